"""Options: in which ways one criterion alone may earn a unit more, and what each adds to the total, by itself and at most."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import pandas as pd

from dti_analysis.common.exact import ZERO, Rational, of_float
from dti_analysis.criteria.cells import YES_NO
from dti_analysis.criteria.framework import TOTAL, Component, Framework
from dti_analysis.criteria.next_steps import Step
from dti_analysis.criteria.rules import Gate, Penalty
from dti_analysis.scores.own_steps import Row, by_unit, ways_on
from dti_analysis.scores.scoring import CLAIMED
from dti_analysis.scores.whatif import Cells, cells_of_steps, gained

_SCORED = ("component", "state", "points", "max_points")


class Option(NamedTuple):
    """One way to earn more on a criterion: its steps, done together, and how many points the total gains by them alone.

    most: what they can add to the total beside whatever else is done. apart: they add `gain`, whatever else is done: all above
    the criterion are plain sums. needs: gates and bases that are not met, without which they add nothing.
    """

    component: str
    steps: tuple[Step, ...]
    gain: Rational
    most: Rational
    apart: bool = True
    needs: frozenset[str] = frozenset()

    @property
    def changes(self) -> Cells:
        """The cells that change, by code and cell, and what they then hold."""
        return cells_of_steps(self.steps)


def options(
    framework: Framework, assessment: pd.DataFrame, scores: pd.DataFrame, groups: Mapping[str, str]
) -> dict[str, list[Option]]:
    """Every way in which one criterion alone would earn some units more, for each (with its group), scored in one go.

    A gate that is not met is one of them even if it earns nothing by itself, as other criteria earn nothing without it.
    `scores` are the verified ones.
    """
    rows = by_unit(assessment, groups)
    standing = {str(unit): own for unit, own in scores[scores["unit"].isin(list(groups))].groupby("unit", sort=False)}
    at = {unit: _At(framework, rows[unit], standing[unit]) for unit in groups}
    found = [(unit, code, way) for unit in groups for code, ways in ways_on(framework, rows[unit], at[unit].scores).items()
             for way in ways]  # fmt: skip
    each = [(unit, cells_of_steps(done)) for unit, _, done in found]
    gains = gained(framework, assessment, groups, each, [code for _, code, _ in found])
    made: dict[str, list[Option]] = {unit: [] for unit in groups}
    for (unit, code, done), (gain, own) in zip(found, gains, strict=True):
        option = at[unit].option(code, done, gain, own)
        if option.most > 0 or code in at[unit].shut:
            made[unit].append(option)
    return {unit: list(_useful(some)) for unit, some in made.items()}


def _useful(some: list[Option]) -> Iterator[Option]:
    """Without what nothing can let count, and gates that let nothing count."""
    there = {option.component for option in some}
    able = [option for option in some if option.needs <= there]
    needed = frozenset[str]().union(*(option.needs for option in able))
    return (option for option in able if option.most > 0 or option.component in needed)


class _At:
    """Where one unit stands in the tree: which gates and bases hold back what."""

    def __init__(self, framework: Framework, rows: Mapping[str, Row], scores: pd.DataFrame):
        self.framework, self.rows = framework, rows
        own = [scores[name].to_numpy(dtype=object).tolist() for name in _SCORED]
        self.scores = {row[0]: dict(zip(_SCORED, row, strict=True)) for row in zip(*own, strict=True)}

    @cached_property
    def shut(self) -> set[str]:
        """The gates that are not met, and the bases without points: what is beside them earns nothing."""
        found = set()
        for component, above, kind in self.framework.walk():
            if kind == "part" or above is None:
                continue
            if isinstance(component.way, Gate):
                said = self.rows.get(component.code, {}).get("value", "")
                if self._state(component.code) in ("assessed", CLAIMED, "missing") and not YES_NO.get(said.lower(), False):
                    found.add(component.code)
            elif above.combine == "base_plus" and above.children[0] is component and self._points(component.code) <= 0:
                found.add(component.code)
        return found

    def option(self, code: str, done: tuple[Step, ...], gain: Rational, own: Rational) -> Option:
        """The option, with what it can add at most: what the criterion itself gains, and what it lets count."""
        path = list(_path(self.framework, code))
        if all(plain(above) for above in path[1:]):
            return Option(code, done, gain, gain)
        opened = [above for below, above in pairwise(path) if below.code in self.shut]
        counted = sum((self._held(above) for above in opened), ZERO)
        beside = [child for below, above in pairwise(path) for child in above.children if child is not below]
        needs = {child.code for child in beside if child.code in self.shut and (child.rule or child.parts)}
        return Option(code, done, gain, max(gain, max(own, ZERO) + counted), False, frozenset(needs))

    def _held(self, above: Component) -> Rational:
        """What stands below a component, whether or not it counts."""
        if above.parts or not above.children:
            return max(self._points(above.code), ZERO)
        return sum((self._held(child) for child in above.children), ZERO)

    def _state(self, code: str) -> str:
        return str(self.scores[code]["state"])

    def _points(self, code: str) -> Rational:
        points = self.scores[code]["points"]
        return ZERO if points != points else of_float(points)


def plain(above: Component) -> bool:
    """Whether a component adds up what stands below it: no best of several, base, cap or gate."""
    capped = (above.extra_at_most, above.extra_at_least) != (None, None)
    return above.combine == "sum" and not capped and not any(isinstance(child.way, Gate) for child in above.children)


def may_cost(framework: Framework) -> bool:
    """Whether to meet a gate or a base may cost points: a penalty stands behind it."""

    def penalised(component: Component) -> bool:
        return isinstance(component.way, Penalty) or any(map(penalised, component.children))

    def held_back(above: Component) -> bool:
        return above.combine == "base_plus" or any(isinstance(child.way, Gate) for child in above.children)

    return any(held_back(above) and penalised(above) for above, _, _ in framework.walk() if not above.parts)


def _path(framework: Framework, code: str) -> Iterator[Component]:
    """A component and all above it, up to the whole."""
    while code != TOTAL:
        yield framework.by_code[code]
        code = framework.parents[code]
    yield framework.root
