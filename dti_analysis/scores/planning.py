"""Planning: which changes of which numbers take a unit to a target with the least effort, by the act's own rules.

What each change earns is found by scoring it (dti_analysis.scores.whatif.trials), whatever the tree above does with points.
Which criteria to change is solved exactly (dti_analysis.scores.covering): least effort, then least beyond what is needed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

import pandas as pd

from dti_analysis.common.exact import ONE, ZERO, Rational, to_rational
from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.criteria.next_steps import Step
from dti_analysis.criteria.rules import Gate
from dti_analysis.scores.covering import covers
from dti_analysis.scores.field import Field
from dti_analysis.scores.own_steps import ways_on
from dti_analysis.scores.targets import Target
from dti_analysis.scores.whatif import Cells, cells_of_steps, trials

PLAN = ["place", "component", "changes", "gain", "effort", "owner", "due", "points_after", "rank_after"]
STEP_RANKS = ["component", "changes", "gain", "points_after", "rank_after"]
EFFORTS = ["component", "effort", "owner", "due"]
_TEXTS = dict.fromkeys(["component", "changes", "owner", "due"], str)
_TRIES = 200
"""How many choices are scored before points are taken not to add up."""


class Option(NamedTuple):
    """One way to earn more on a criterion: its steps, done together, and how many points the total gains by them alone."""

    component: str
    steps: tuple[Step, ...]
    gain: Rational

    @property
    def changes(self) -> Cells:
        """The cells that change, by code and cell, and what they then hold."""
        return cells_of_steps(self.steps)


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
    their maximum now. proven: no plan takes less effort; False only for sets whose tree is not a plain sum.
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


def options(
    framework: Framework, assessment: pd.DataFrame, scores: pd.DataFrame, groups: Mapping[str, str]
) -> dict[str, list[Option]]:
    """Every way in which one criterion alone would earn a unit more, for some units (with their groups), scored in one go."""
    found = [
        (unit, code, way)
        for unit in groups
        for code, ways in ways_on(framework, assessment, scores, unit).items()
        for way in ways
    ]
    each = [(unit, cells_of_steps(done)) for unit, _, done in found]
    by_unit: dict[str, list[Option]] = {unit: [] for unit in groups}
    for (unit, code, done), gain in zip(found, trials(framework, assessment, groups, each), strict=True):
        if gain > 0:
            by_unit[unit].append(Option(code, done, gain))
    return by_unit


def step_ranks(own: Own, most: int | None = None) -> tuple[pd.DataFrame, list[Option]]:
    """The best change of each criterion, most points first, with the rank that it alone would give; columns `STEP_RANKS`.

    Beside the table the options, row by row. `most`: how many at most. Others are taken as unchanged.
    """
    best: dict[str, Option] = {}
    for option in own.options:
        if option.component not in best or option.gain > best[option.component].gain:
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
    now, found = own.total[0], own.options
    proven = additive(own.framework)
    if now >= needed:
        return _plan(own, aim, "already", needed, [], costs, efforts, proven)
    chosen = _cheapest(own, found, needed - now, costs)
    if chosen is None:
        everything = _best_of_each(found)
        if now + _jointly(own, everything) < needed:
            return _plan(own, aim, "unreachable", needed, everything, costs, efforts, proven)
        chosen, proven = _pruned(own, everything, needed - now, costs), False
    return _plan(own, aim, "reached", needed, chosen, costs, efforts, proven)


def additive(framework: Framework) -> bool:
    """Whether what one criterion earns leaves alone what others add to the total: no best-of, cap or gate above criteria."""

    def plain(component: Component) -> bool:
        if component.parts or not component.children:
            return not isinstance(component.way, Gate)
        caps = (component.extra_at_most, component.extra_at_least)
        return component.combine == "sum" and caps == (None, None) and all(map(plain, component.children))

    return plain(framework.root)


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


def _cheapest(own: Own, found: list[Option], missing: Rational, costs: Mapping[str, Rational]) -> list[Option] | None:
    """The options of least effort that together, scored, earn what is missing; None if none do."""
    if not found:
        return None
    efforts = [costs.get(option.component, ONE) for option in found]
    choices = covers([option.gain for option in found], efforts, [option.component for option in found], missing)
    for places in islice(choices, _TRIES):
        chosen = [found[place] for place in places]
        if _jointly(own, chosen) >= missing:
            return chosen
    return None


def _best_of_each(found: list[Option]) -> list[Option]:
    best: dict[str, Option] = {}
    for option in found:
        if option.component not in best or option.gain > best[option.component].gain:
            best[option.component] = option
    return list(best.values())


def _jointly(own: Own, chosen: list[Option]) -> Rational:
    """What some options add to the total when done together."""
    return own.gains([_all(chosen)])[0] if chosen else ZERO


def _all(chosen: Sequence[Option]) -> dict[tuple[str, str], str]:
    return {cell: text for option in chosen for cell, text in option.changes.items()}


def _pruned(own: Own, chosen: list[Option], missing: Rational, costs: Mapping[str, Rational]) -> list[Option]:
    """Without what can be left out, the dearest for what it earns first: where points do not simply add up."""
    left = list(chosen)
    for option in sorted(chosen, key=lambda one: one.gain / costs.get(one.component, ONE)):
        fewer = [other for other in left if other is not option]
        if _jointly(own, fewer) >= missing:
            left = fewer
    return left


def _plan(
    own: Own,
    aim: Target,
    verdict: Literal["already", "reached", "unreachable"],
    needed: Rational,
    chosen: list[Option],
    costs: Mapping[str, Rational],
    efforts: pd.DataFrame | None,
    proven: bool,
) -> Plan:
    ordered = sorted(chosen, key=lambda option: -option.gain / costs.get(option.component, ONE))
    now = own.total[0]
    after = [now + gain for gain in own.gains([_all(ordered[: place + 1]) for place in range(len(ordered))])]
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
