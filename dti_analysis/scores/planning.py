"""Planning: the way of least effort to a target, the single steps that gain most, and the next better place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal

from dti_analysis.common.exact import ZERO, Rational, to_rational
from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.criteria.next_steps import Step
from dti_analysis.scores.cohort import Cohort
from dti_analysis.scores.options import Option, criteria, options, written
from dti_analysis.scores.recognition import KINDS
from dti_analysis.scores.solving import effort_of, least_effort
from dti_analysis.scores.standing import Standing
from dti_analysis.scores.targets import Goal, Target, goal

if TYPE_CHECKING:
    import pandas as pd

Verdict = Literal["reached", "already", "unreachable"]
STEP_RANKS = [
    "unit", "component", "indicator", "cell", "before", "after", "change", "gain", "reaches_maximum", "points_after",
    "rank_after",
]  # fmt: skip
PLAN = [
    "order", "component", "indicator", "cell", "before", "after", "change", "gain", "reaches_maximum", "effort", "owner", "due",
    "points_after", "rank_after",
]  # fmt: skip
KEEP = ["component", "points", "max_points", "at_max"]
EFFORTS = ["component", "effort", "owner", "due"]


@dataclass(frozen=True)
class Plan:
    """A plan and its verdict.

    `steps` has the columns `PLAN`, `keep` the columns `KEEP`. verdict: reached (by the steps), already (nothing is to be done
    but to keep what is there), or unreachable (the steps are then all that there are, to the most that can be reached).
    `goal`: from how many points on (None where no place is better). `still`: the rank if the unit does nothing while others
    do as they are taken to; the rank that it has today, where they stand still.
    """

    unit: str
    target: Target
    verdict: Verdict
    goal: Goal | None
    before: Rational
    after: Rational
    still: float
    rank: float
    steps: pd.DataFrame
    keep: pd.DataFrame


def plan(
    cohort: Cohort,
    unit: str,
    target: Target,
    *,
    others: Mapping[str, Rational] | None = None,
    efforts: pd.DataFrame | None = None,
    bands: pd.DataFrame | None = None,
) -> Plan:
    """The steps of least effort that take a unit to a target; of equal effort those that gain most.

    Effort is 1 for each next step of a criterion, unless `efforts` (columns `EFFORTS`) gives another; `others` are the points
    that other units are taken to have (dti_analysis.scores.targets.others_moved), by default what they have. Steps are ordered
    by gain for effort; points and rank after each, others unchanged, are what scoring gives. A unit of which nothing more can
    be done gets the verdict unreachable. Raises Faults: unknown unit, target out of range, efforts of what is no criterion.
    """
    standing = cohort.standing(unit, others)
    aim = goal(standing, target, bands)
    costs = _efforts(cohort, efforts)
    every = options(cohort, [unit])[unit]
    chosen: list[Option] | None = []
    verdict: Verdict = "already"
    if aim and not aim.met(standing.points):
        effort = {code: cost for code, (cost, _, _) in costs.items()}
        chosen = least_effort(every, effort, standing.points, aim, lambda some: _total(cohort, unit, standing, some))
        verdict = "unreachable" if chosen is None else "reached"
    steps, after = _steps(cohort, unit, standing, _most(every) if chosen is None else chosen, costs)
    rank = standing.rank(after)
    return Plan(unit, target, verdict, aim, standing.points, after, standing.rank(), rank, steps, keep(cohort, unit))


def step_ranks(cohort: Cohort, units: Iterable[str] | None = None, count: int = 3) -> pd.DataFrame:
    """The `count` single steps that gain each unit most, one a criterion, with the rank that each alone would give.

    Returns the columns `STEP_RANKS`, for each unit the most first; others unchanged. Units without a rank have none.
    """
    import pandas as pd

    rows = []
    maxima, points = cohort.maxima(), cohort.points()
    chosen = [name for name in cohort.units if points[name] is not None and maxima[name]] if units is None else list(units)
    for unit, some in options(cohort, chosen, onwards=False).items():
        standing = cohort.standing(unit)
        best = {option.component: option for option in some if option.gain > 0}  # the last is the one that gains most
        for option in sorted(best.values(), key=lambda own: -own.gain)[:count]:
            after = standing.points + option.gain
            row = {"unit": unit, "component": option.component} | _said(option.steps[0]) | {"gain": float(option.gain)}
            rows.append(row | {"points_after": float(after), "rank_after": standing.rank(after)})
    return pd.DataFrame(rows, columns=STEP_RANKS).astype({"change": float})


@dataclass(frozen=True)
class NextPlace:
    """The next better place: whose it is, from how many points on, and how many are missing; `figure` as it is compared."""

    units: list[str]
    rank: float
    points: Rational
    enough: bool
    missing: Rational


def next_place(cohort: Cohort, unit: str) -> NextPlace | None:
    """The distance of a unit to the next better place, others unchanged; None at the top."""
    standing = cohort.standing(unit)
    figure = standing.next_figure()
    if figure is None:
        return None
    points, enough = standing.points_for(figure)
    rank = standing.rank_of(figure)
    return NextPlace(standing.next_better(), rank, points, enough, points - standing.points)


def keep(cohort: Cohort, unit: str) -> pd.DataFrame:
    """What must not fall: the unit's criteria that have points now (columns `KEEP`), those at their maximum marked."""
    import pandas as pd

    rows = []
    for component in criteria(cohort.framework):
        points, most = (cohort.figure(unit, component.code, name) for name in ("points", "max_points"))
        if points is not None and points > 0:
            rows.append((component.code, float(points), float(most), bool(most and points >= most)))
    return pd.DataFrame(rows, columns=KEEP)


def pass_recognition(
    checklist: pd.DataFrame, unit: str, mandatory_share: float, extended_share: float, efforts: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """The criteria still to be met to pass, of least effort: of each kind the cheapest of those not known to be met.

    `checklist` and the shares as dti_analysis.scores.recognition.recognise takes them. Returns criterion, kind, effort in the
    order of the checklist; nothing where the unit passes. Each criterion is met by itself, so that the cheapest are the least.
    """
    if unit not in set(checklist["unit"]):
        raise fault("parameter", "unit", f"'{unit}'", nearest(unit, set(checklist["unit"])))
    known = checklist.drop_duplicates("criterion")[["criterion", "kind"]]
    own = checklist[checklist["unit"] == unit].set_index("criterion")["met"]
    met = known["criterion"].map(own).astype("boolean").fillna(False)
    given = {code: to_rational(str(effort)) for code, effort in (efforts or {}).items()}
    if unknown := [code for code in given if code not in set(known["criterion"])]:
        raise Faults(Fault("efforts", code, f"the criterion '{code}'", nearest(code, known["criterion"])) for code in unknown)
    chosen: list[Any] = []
    for kind, share in zip(KINDS, (mandatory_share, extended_share), strict=True):
        of_kind = known[known["kind"] == kind]
        lacking = -(-to_rational(str(share)) * len(of_kind) // 1) - int(met[of_kind.index].sum())
        open_ = of_kind[~met[of_kind.index]]
        cheapest = sorted(open_["criterion"].items(), key=lambda pair: given.get(pair[1], Rational(1)))
        chosen += [place for place, _ in cheapest[: max(0, int(lacking))]]
    left = known.loc[sorted(chosen)].reset_index(drop=True)
    return left.assign(effort=[float(given.get(code, 1)) for code in left["criterion"]])


def _total(cohort: Cohort, unit: str, standing: Standing, some: Sequence[Option]) -> Rational:
    if all(option.apart for option in some):
        return standing.points + sum((option.gain for option in some), ZERO)
    changes = {place: text for option in some for place, text in option.changes.items()}
    return cohort.would_be([(unit, changes)])[0][TOTAL] or ZERO


def _most(every: Sequence[Option]) -> list[Option]:
    """Of each criterion the option that adds most, with the fewest steps."""
    best: dict[str, Option] = {}
    for option in every:
        held = best.get(option.component)
        if held is None or option.bound > held.bound:
            best[option.component] = option
    return list(best.values())


def _steps(
    cohort: Cohort, unit: str, standing: Standing, chosen: Sequence[Option], costs: Mapping[str, tuple[Rational, str, str]]
) -> tuple[pd.DataFrame, Rational]:
    """The plan's steps, and the points after them, as scoring gives them one after another."""
    import pandas as pd

    effort = {code: cost for code, (cost, _, _) in costs.items()}
    ordered = sorted(chosen, key=lambda own: -own.gain / effort_of(own, effort))
    taken = [(option.component, step, times) for option in ordered for step, times in _merged(option.steps)]
    points = _after_each(cohort, unit, standing, ordered, [step for _, step, _ in taken])
    rows, before = [], standing.points
    for place, ((component, step, times), after) in enumerate(zip(taken, points, strict=True), start=1):
        cost, owner, due = costs.get(component, (Rational(1), "", ""))
        row = {"order": place, "component": component} | _said(step) | {"gain": float(after - before)}
        row |= {"effort": float(cost * times), "owner": owner, "due": due}
        rows.append(row | {"points_after": float(after), "rank_after": standing.rank(after)})
        before = after
    return pd.DataFrame(rows, columns=PLAN).astype({"change": float}), before


def _after_each(
    cohort: Cohort, unit: str, standing: Standing, chosen: Sequence[Option], steps: Sequence[Step]
) -> list[Rational]:
    """The unit's points after each step: added up where criteria are apart and have a step each, else scored again."""
    if len(steps) == len(chosen) and all(option.apart for option in chosen):
        return list(accumulate((option.gain for option in chosen), initial=standing.points))[1:]
    done: dict[tuple[str, str], str] = {}
    variants = [(unit, done := {**done, (step.code, step.cell): written(step.after)}) for step in steps]
    return [told[TOTAL] or ZERO for told in cohort.would_be(variants)]


def _merged(steps: Sequence[Step]) -> list[tuple[Step, int]]:
    """Steps of one cell that follow one another, as one, and how many they are."""
    merged: list[tuple[Step, int]] = []
    for step in steps:
        last, times = merged[-1] if merged else (None, 0)
        if last and (last.code, last.cell) == (step.code, step.cell):
            change = None if last.change is None or step.change is None else last.change + step.change
            whole = Step(step.code, step.cell, last.before, step.after, change, last.gain + step.gain, step.reaches_maximum)
            merged[-1] = (whole, times + 1)
        else:
            merged.append((step, 1))
    return merged


def _said(step: Step) -> dict[str, Any]:
    return {
        "indicator": step.code,
        "cell": step.cell,
        "before": written(step.before),
        "after": written(step.after),
        "change": None if step.change is None else float(step.change),
        "reaches_maximum": step.reaches_maximum,
    }


def _efforts(cohort: Cohort, table: pd.DataFrame | None) -> dict[str, tuple[Rational, str, str]]:
    """Effort, owner and due date of each criterion that the table names. Raises Faults."""
    if table is None:
        return {}
    known = [component.code for component in criteria(cohort.framework)]
    faults, held = [], {}
    if "component" not in table:
        raise fault("efforts", "header", f"the columns {', '.join(map(str, table))}", f"the columns {', '.join(EFFORTS)}")
    for number, row in enumerate(table.fillna("").astype(str).to_dict("records"), start=2):
        code, text = row["component"].strip(), row.get("effort", "").strip()
        if code not in known:
            faults.append(Fault("efforts", f"row {number}", f"the criterion '{code}'", nearest(code, known)))
        elif code in held:
            faults.append(Fault("efforts", f"row {number}", f"{code} again", "each criterion once"))
        try:
            effort = to_rational(text or 1)
        except ValueError:
            effort = ZERO
        if effort <= 0:
            faults.append(Fault("efforts", f"row {number}, {code}", f"the effort '{text}'", "a number above 0"))
        held[code] = (effort, row.get("owner", ""), row.get("due", ""))
    if faults:
        raise Faults(faults)
    return held
