"""Options: what one unit can do about each criterion, and what its total gains by it, as scoring will tell.

An option of a criterion is a next step of its rule (dti_analysis.criteria.next_steps), or several one after another where one
does not reach the maximum. Of a criterion one option is taken or none. A figure that is the same for the whole place (`shared`)
is no unit's to raise, and a criterion of which nothing was handed in, or which a council awards, has no step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from dti_analysis.common.exact import ZERO, Rational, decimals_of, rounded, scaled
from dti_analysis.criteria.cells import read_row
from dti_analysis.criteria.framework import TOTAL, Component, Framework
from dti_analysis.criteria.next_steps import Step, next_steps
from dti_analysis.scores.cohort import Cohort

_MOST_STEPS = 50
"""How many steps of one criterion follow one another at most."""


@dataclass(frozen=True)
class Option:
    """Steps of one criterion, one after another; what the unit's total gains by them alone, and at most beside others."""

    component: str
    steps: tuple[Step, ...]
    gain: Rational = ZERO
    bound: Rational = ZERO
    apart: bool = True  # what it adds does not depend on what is done about other criteria

    @property
    def changes(self) -> dict[tuple[str, str], str]:
        """What the cells of the form would hold."""
        return {(step.code, step.cell): written(step.after) for step in self.steps}


def criteria(framework: Framework) -> list[Component]:
    """The criteria in the order of the framework: what is measured; parts of a rule belong to their criterion."""
    return [c for c, _, kind in framework.walk() if kind not in ("part", TOTAL) and (c.rule or c.parts)]


def options(cohort: Cohort, units: Sequence[str], onwards: bool = True) -> dict[str, list[Option]]:
    """Every option of each unit, criterion by criterion, the least gain first; `onwards`: with steps that follow steps."""
    found: dict[str, list[Option]] = {cohort.known(unit): [] for unit in units}
    unsure: list[tuple[str, Option]] = []
    listed = [component for component in criteria(cohort.framework) if not component.shared]
    for unit in units:
        own = cohort.rows_of(unit)
        for component in listed:
            cells = _cells(component, own) if cohort.figure(unit, component.code, "state") == "assessed" else None
            if cells is None:
                continue
            maximum = component.max_points if component.parts else cohort.figure(unit, component.code, "max_points")
            for steps in _ladder(component, cells, maximum, onwards):
                option = Option(component.code, steps)
                gain = _adds_up(cohort, unit, component, cells, steps, maximum)
                if gain is None:
                    unsure.append((unit, option))
                else:
                    found[unit].append(replace(option, gain=gain, bound=gain))
    for unit, option in _told_by_scoring(cohort, unsure):
        found[unit].append(option)
    order = {component.code: place for place, component in enumerate(listed)}
    for unit, some in found.items():
        useful = [option for option in some if option.bound > 0]
        found[unit] = sorted(useful, key=lambda own: (order[own.component], own.gain, len(own.steps)))
    return found


def written(value: Any) -> str:
    """What a cell of a form would say."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, str):
        return value
    exact = Rational(value)
    return format(rounded(exact, decimals_of([exact], 12)), "f")


def _cells(component: Component, own: dict[str, dict[str, str]]) -> dict[str, Any] | None:
    """The unit's figures as the rules want them, by part where there are parts; None where they do not tell."""
    if not component.parts:
        return read_row(component, own[component.code]) if component.way and component.code in own else None
    read = {leaf.code: read_row(leaf, own.get(leaf.code, {})) for leaf in component.parts if leaf.way}
    return None if None in read.values() else read


def _ladder(component: Component, cells: dict[str, Any], maximum: Rational, onwards: bool) -> Iterator[tuple[Step, ...]]:
    """Each single step, and after the one that gains most what comes next, until nothing is left."""
    taken: tuple[Step, ...] = ()
    while len(taken) < _MOST_STEPS:
        steps = sorted(next_steps(component, cells, maximum), key=lambda step: step.gain)
        if not steps:
            return
        for step in steps:
            yield (*taken, step)
        best = steps[-1]
        if not onwards or (best.reaches_maximum and component.rule):
            return
        taken = (*taken, best)
        cells = _after(component, cells, (best,))


def _after(component: Component, cells: dict[str, Any], steps: tuple[Step, ...]) -> dict[str, Any]:
    held = dict(cells)
    for step in steps:
        if component.parts:
            held[step.code] = {**held[step.code], step.cell: step.after}
        else:
            held[step.cell] = step.after
    return held


def _adds_up(
    cohort: Cohort, unit: str, component: Component, cells: dict[str, Any], steps: tuple[Step, ...], maximum: Rational
) -> Rational | None:
    """What the total gains where it is a plain sum of the criteria; None where only scoring tells."""
    ranking, framework = cohort.framework.ranking, cohort.framework
    if ranking.not_applicable == "redistribute" or not all(map(_plain, _above(framework, component))):
        return None
    if ranking.indicator_decimals is None:
        return sum((step.gain for step in steps), ZERO)
    if component.parts or component.way is None:
        return None
    held = _after(component, cells, steps)
    columns = {name: np.array([held[name]], dtype=object) for name in component.way.cells()}
    points = component.way.points(columns, np.array([maximum], dtype=object))[0]
    exact = scaled(points, ranking.indicator_decimals, ranking.rounding) / Rational(10**ranking.indicator_decimals)
    return Rational(exact - cohort.figure(unit, component.code))


def _above(framework: Framework, component: Component) -> Iterator[Component]:
    code = framework.parents[component.code]
    while code:
        yield framework.by_code[code]
        code = framework.parents[code]


def _plain(above: Component) -> bool:
    caps = above.extra_at_most is not None or above.extra_at_least is not None
    return above.combine == "sum" and not caps and not any(child.rule_name == "gate" for child in above.children)


def _told_by_scoring(cohort: Cohort, options: Sequence[tuple[str, Option]]) -> Iterator[tuple[str, Option]]:
    """The options with what scoring gives for each alone.

    `bound`, the most that an option can add beside others: where a group above takes its best part, lets nothing count without
    its base, or has a floor under its penalties, two steps may earn more together than each alone; there it is what the
    criterion itself gains, and for a base what it lets count.
    """
    if not options:
        return
    each = cohort.would_be([(unit, option.changes) for unit, option in options])
    for (unit, option), after in zip(options, each, strict=True):
        total = bound = _gained(cohort, unit, after, TOTAL)
        component = cohort.framework.by_code[option.component]
        path = [component, *_above(cohort.framework, component)]
        if any(up.combine != "sum" or up.extra_at_least is not None for up in path[1:]):
            bound = max(bound, _gained(cohort, unit, after, option.component))
            for below, up in pairwise(path):
                if up.combine == "base_plus" and up.children[0] is below:
                    held = (cohort.figure(unit, child.code) or ZERO for child in up.children[1:])
                    bound += sum((max(points, ZERO) for points in held), ZERO)
        yield unit, replace(option, gain=total, bound=bound, apart=all(map(_plain, path[1:])))


def _gained(cohort: Cohort, unit: str, after: dict[str, Rational | None], code: str) -> Rational:
    return (after[code] or ZERO) - (cohort.figure(unit, code) or ZERO)
