"""Planning: which changes of which numbers take a unit to a target with the least effort, by the act's own rules.

What each change earns is found by scoring it (dti_analysis.scores.options), whatever the tree above does with points. Which
criteria to change is solved exactly (dti_analysis.scores.covering) by the most that each can add: least effort, then least
beyond what is needed; a choice whose criteria do not stand apart is scored before it is believed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from typing import Literal

import pandas as pd

from dti_analysis.common.exact import ONE, ZERO, Rational, to_rational
from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.criteria.framework import Framework
from dti_analysis.scores.covering import covers
from dti_analysis.scores.field import Field
from dti_analysis.scores.options import Option, may_cost
from dti_analysis.scores.targets import Target
from dti_analysis.scores.whatif import Cells, trials

PLAN = ["place", "component", "changes", "gain", "effort", "owner", "due", "points_after", "rank_after"]
STEP_RANKS = ["component", "changes", "gain", "points_after", "rank_after"]
EFFORTS = ["component", "effort", "owner", "due"]
_TEXTS = dict.fromkeys(["component", "changes", "owner", "due"], str)
_TRIES = 200
"""How many choices are scored before points are taken not to add up."""


@dataclass(frozen=True)
class Own:
    """What planning needs of one unit: points and maximum (exact), group, options, and the field it is ranked in."""

    framework: Framework
    assessment: pd.DataFrame
    scores: pd.DataFrame
    unit: str
    group: str
    total: tuple[Rational, Rational]
    field: Field
    options: list[Option]

    def rank(self, points: Rational) -> float:
        """The rank that so many points would have, the others as in the field."""
        return self.field.rank(points, self.total[1])

    def gains(self, each: Sequence[Cells]) -> list[Rational]:
        """What some changes of cells would add to the unit's total, each by itself."""
        wanted = [(self.unit, cells) for cells in each]
        return trials(self.framework, self.assessment, {self.unit: self.group}, wanted) if wanted else []


@dataclass(frozen=True)
class Plan:
    """A plan: whether the target can be reached, what to do in which order, and what must be kept.

    verdict: `already` reached, `reached` by the plan, or `unreachable`: then the plan holds all that can be done. needed: the
    points that the target takes; points, rank: after the plan. steps: columns `PLAN`. keep: codes of the criteria that stand at
    their maximum now. proven: no plan takes less effort; False only where too many choices had to be scored (`_TRIES`).
    """

    target: Target
    verdict: Literal["already", "reached", "unreachable"]
    needed: float
    points: float
    rank: float
    options: list[Option]
    steps: pd.DataFrame
    keep: list[str]
    proven: bool


def step_ranks(own: Own, most: int | None = None) -> tuple[pd.DataFrame, list[Option]]:
    """The best change of each criterion, most points first, with the rank that it alone would give; columns `STEP_RANKS`.

    Beside the table the options, row by row; those that earn nothing alone are not among them. `most`: how many at most. Others
    are taken as unchanged.
    """
    best: dict[str, Option] = {}
    for option in own.options:
        if option.gain > (best[option.component].gain if option.component in best else 0):
            best[option.component] = option
    chosen = sorted(best.values(), key=lambda option: -option.gain)[:most]
    points = own.total[0]
    rows = [
        (option.component, _in_short(option), float(option.gain), float(points + option.gain), own.rank(points + option.gain))
        for option in chosen
    ]
    return pd.DataFrame(rows, columns=STEP_RANKS).astype(dict.fromkeys(STEP_RANKS[2:], float)), chosen


def plan(own: Own, aim: Target, needed: Rational, efforts: pd.DataFrame | None = None) -> Plan:
    """The plan of least effort by which a unit comes to `needed` points (dti_analysis.scores.targets.points_for).

    `efforts` (columns `EFFORTS`; owner and due may be absent) gives what a criterion costs, 1 where it says nothing. Raises
    Faults for unknown criteria in it, and for efforts that are no numbers above 0.
    """
    costs = _costs(own.framework, efforts)
    now = own.total[0]
    if now >= needed:
        return _plan(own, aim, "already", needed, [], costs, efforts)
    everything = _best_of_each(own.options)
    most = _jointly(own, everything)
    if now + most < needed and not may_cost(own.framework):
        useful = _pruned(own, everything, most, costs, [option for option in everything if not option.apart])
        return _plan(own, aim, "unreachable", needed, useful, costs, efforts)
    chosen = _cheapest(own, needed - now, costs)
    if chosen is not None:
        return _plan(own, aim, "reached", needed, chosen, costs, efforts)
    if now + most < needed:
        return _plan(own, aim, "unreachable", needed, everything, costs, efforts, proven=False)
    fewer = _pruned(own, everything, needed - now, costs, everything)
    return _plan(own, aim, "reached", needed, fewer, costs, efforts, proven=False)


def to_recognition(checklist: pd.DataFrame, shares: Mapping[str, float], efforts: Mapping[str, float]) -> list[str]:
    """The criteria of least effort that one unit has yet to meet to be recognised, in the order of the list.

    `checklist`: criterion, kind (`mandatory`, `extended`), met, of one unit; `shares`: the share of each kind that has to be
    met (dti_analysis.scores.recognition). Only their number counts, so the cheapest of each kind are the plan of least effort.
    """
    chosen: list[str] = []
    for kind, share in shares.items():
        own = checklist[checklist["kind"] == kind]
        met = own["met"].fillna(False).astype(bool)
        short = math.ceil(to_rational(str(share)) * len(own)) - int(met.sum())
        left = sorted(own.loc[~met, "criterion"], key=lambda criterion: efforts.get(criterion, 1.0))
        chosen += left[: max(short, 0)]
    return [criterion for criterion in checklist["criterion"] if criterion in chosen]


def _cheapest(own: Own, missing: Rational, costs: Mapping[str, Rational]) -> list[Option] | None:
    """The options of least effort that together, scored, earn what is missing; None if none of the first `_TRIES` do."""
    found = own.options
    choices = covers(
        [option.most for option in found],
        [costs.get(option.component, ONE) for option in found],
        [option.component for option in found],
        missing,
        [option.needs for option in found],
    )
    for places in islice(choices, _TRIES):
        chosen = [found[place] for place in places]
        if _jointly(own, chosen) >= missing:
            return chosen
    return None


def _best_of_each(found: list[Option]) -> list[Option]:
    best: dict[str, Option] = {}
    for option in found:
        if option.component not in best or (option.most, option.gain) > best[option.component][3:1:-1]:
            best[option.component] = option
    return list(best.values())


def _jointly(own: Own, chosen: Sequence[Option]) -> Rational:
    """What some options add to the total when done together."""
    return _one_after_another(own, chosen)[-1] if chosen else ZERO


def _one_after_another(own: Own, chosen: Sequence[Option]) -> list[Rational]:
    """What is added to the total once the first of some options is done, the first two, and so on.

    What stands apart is added up; the rest is scored together.
    """
    parts = [[option for option in chosen[: place + 1] if not option.apart] for place in range(len(chosen))]
    each = {len(part): _all(part) for part in parts if part}
    scored = {0: ZERO, **dict(zip(each, own.gains(list(each.values())), strict=True))}
    added = accumulate(option.gain if option.apart else ZERO for option in chosen)
    return [plain + scored[len(part)] for plain, part in zip(added, parts, strict=True)]


def _all(chosen: Sequence[Option]) -> dict[tuple[str, str], str]:
    return {cell: text for option in chosen for cell, text in option.changes.items()}


def _pruned(
    own: Own, chosen: list[Option], missing: Rational, costs: Mapping[str, Rational], of: Sequence[Option]
) -> list[Option]:
    """Without what can be left out `of` it, the dearest for what it earns first: where points do not simply add up."""
    left = list(chosen)
    for option in sorted(of, key=lambda one: one.most / costs.get(one.component, ONE)):
        fewer = [other for other in left if other is not option]
        if _jointly(own, fewer) >= missing:
            left = fewer
    return left


def _in_order(chosen: Sequence[Option], costs: Mapping[str, Rational]) -> list[Option]:
    """What earns most for its effort first, and before it what it needs."""
    ordered: list[Option] = []
    for option in sorted(chosen, key=lambda one: -one.most / costs.get(one.component, ONE)):
        first = [other for other in chosen if other.component in option.needs]
        ordered += [one for one in (*first, option) if one not in ordered]
    return ordered


def _plan(
    own: Own,
    aim: Target,
    verdict: Literal["already", "reached", "unreachable"],
    needed: Rational,
    chosen: list[Option],
    costs: Mapping[str, Rational],
    efforts: pd.DataFrame | None,
    proven: bool = True,
) -> Plan:
    ordered = _in_order(chosen, costs)
    now = own.total[0]
    after = [now + gain for gain in _one_after_another(own, ordered)]
    people = {} if efforts is None else efforts.set_index("component").to_dict("index")
    rows, before = [], now
    for place, (option, points) in enumerate(zip(ordered, after, strict=True), start=1):
        who = people.get(option.component, {})
        rows.append(
            (place, option.component, _in_short(option), float(points - before), float(costs.get(option.component, 1)),
             str(who.get("owner", "")), str(who.get("due", "")), float(points), own.rank(points))
        )  # fmt: skip
        before = points
    mine = own.scores[(own.scores["unit"] == own.unit) & (own.scores["max_points"] > 0)]
    full = mine[(mine["points"] >= mine["max_points"]) & (mine["level"] == "indicator") & (mine["state"] == "assessed")]
    steps = pd.DataFrame(rows, columns=PLAN).astype(dict.fromkeys(PLAN, float) | _TEXTS | {"place": int})
    return Plan(aim, verdict, float(needed), float(before), own.rank(before), ordered, steps, list(full["component"]), proven)


def _in_short(option: Option) -> str:
    """The cells that an option changes, as `dti whatif --set` takes them, separated by spaces."""
    return " ".join(f"{code}.{cell}={text}" for (code, cell), text in option.changes.items())


def _costs(framework: Framework, efforts: pd.DataFrame | None) -> dict[str, Rational]:
    if efforts is None:
        return {}
    if absent := [name for name in ("component", "effort") if name not in efforts]:
        raise fault("efforts", "header", f"no column {' and '.join(absent)}", ", ".join(EFFORTS))
    faults, costs = [], {}
    known = [
        component.code
        for component, _, kind in framework.walk()
        if kind not in ("part", "total") and (component.rule or component.parts)
    ]
    for row, (code, text) in enumerate(zip(efforts["component"], efforts["effort"], strict=True), start=2):
        if code not in known:
            faults.append(Fault("efforts", f"row {row}", f"the criterion '{code}'", nearest(str(code), known)))
        elif code in costs:
            faults.append(Fault("efforts", f"row {row}", f"{code} again", "each criterion once"))
        try:
            effort = to_rational(str(text))
        except ValueError:
            effort = ZERO
        if effort <= 0:
            faults.append(Fault("efforts", f"row {row}, {code}", f"the effort '{text}'", "a number above 0"))
        costs[str(code)] = effort
    if faults:
        raise Faults(faults)
    return costs
