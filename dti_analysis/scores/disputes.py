"""Disputes: what units claimed and the appraisal did not grant, and what their totals would be with some of it granted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dti_analysis.common.exact import Column
from dti_analysis.criteria.cells import YES_NO
from dti_analysis.criteria.framework import TOTAL, Framework
from dti_analysis.criteria.rules import Gate
from dti_analysis.scores.adding_up import add_up
from dti_analysis.scores.grid import Form, Grid, Units, sheet_of
from dti_analysis.scores.ranking import Floats, Scores
from dti_analysis.scores.scoring import tallied

DISPUTED = ["unit", "component", "claimed", "verified", "points", "total_points"]


@dataclass(frozen=True)
class Disputes:
    """Rows on which a unit claims more than the appraisal granted, and the points of all units with none and all granted.

    `before`, `after`: points by component (rows, in the order of the framework) and unit (columns), exact. `of`: for each unit
    the codes disputed. `approximate`: some are scored beside the leader, who is then held to stay who he is.
    """

    framework: Framework
    units: Units
    before: Column
    after: Column
    max_points: Column
    state: Column
    of: list[list[str]]
    shut: dict[str, npt.NDArray[np.bool_]]
    claimed: Column

    @cached_property
    def place(self) -> dict[str, int]:
        """Where the row of a component is."""
        return {code: place for place, code in enumerate(self.framework.by_code)}

    @cached_property
    def approximate(self) -> bool:
        """Whether a criterion is disputed whose points depend on the leader."""
        leaves = {leaf.code for leaf in self.framework.leaves if leaf.way is not None and leaf.way.cohort}
        return any(code in leaves for codes in self.of for code in codes)

    @cached_property
    def floats(self) -> tuple[Floats, Floats]:
        """Points before and after as floats; NaN where unknown. What is granted never costs points."""
        before, after = (table.astype(float) for table in (self.before, self.after))  # None becomes NaN
        return before, np.fmax(before, after)

    @cached_property
    def adding(self) -> set[str]:
        """The criteria that simply add to the total: nothing above them is the best of several, a base, gated or capped."""
        below: set[str] = set()
        for component, parent, _ in self.framework.walk():
            if parent is None or (parent.code in below and not isinstance(component.way, Gate)):
                capped = component.extra_at_most is not None or component.extra_at_least is not None
                gated = any(isinstance(child.way, Gate) for child in component.children)
                if component.combine == "sum" and not capped and not gated:
                    below.add(component.code)
        return below

    def totals(self, unit: int, granted: npt.NDArray[np.bool_]) -> Floats:
        """The unit's total where the appeals are granted that each column of `granted` marks, a row for each of its appeals."""
        before, after = self.floats
        places = [self.place[code] for code in self.of[unit]]
        gains = after[places, unit] - before[places, unit]
        plain = np.array([code in self.adding for code in self.of[unit]], dtype=bool)
        total = before[self.place[TOTAL], unit] if plain.all() else self._added_up(unit, granted, gains, plain)
        return np.asarray(total + gains[plain] @ granted[plain].astype(float), dtype=float)

    def _added_up(self, unit: int, granted: npt.NDArray[np.bool_], gains: Floats, plain: npt.NDArray[np.bool_]) -> Any:
        """The unit's total with those appeals granted that do not simply add to it."""
        ends: dict[str, Any] = {}
        on_top: set[str] = set()
        shut: dict[str, Any] = {}
        for component, _, _ in self.framework.walk():
            place = self.place[component.code]
            if isinstance(component.way, Gate):
                shut[component.code] = bool(self.shut[component.code][unit])
            elif self.state[place, unit] == "stated" or (self.state[place, unit] != "unknown" and not component.children):
                ends[component.code] = self.floats[0][place, unit]
                nominal = component.max_points_by_group.get(self.units.group[unit], component.max_points)
                if component.rule and not component.max_points and not nominal:
                    on_top.add(component.code)
        for row in np.flatnonzero(~plain).tolist():
            code = self.of[unit][row]
            if code in shut:
                shut[code] = ~granted[row]
            else:
                ends[code] = ends[code] + gains[row] * granted[row]
        return add_up(self.framework.root, ends, frozenset(on_top), shut)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Every disputed row, in the order of units and criteria; columns `DISPUTED`.

        claimed and verified are points of the row, points their difference, which is 0 for a gate; total_points is what the
        unit's total gains if this row alone is granted.
        """
        rows: list[tuple[Any, ...]] = []
        for unit, codes in enumerate(self.of):
            if not codes:
                continue
            totals = self.totals(unit, np.eye(len(codes), len(codes) + 1, dtype=bool))  # the last column grants none
            for code, gain in zip(codes, (totals[:-1] - totals[-1]).tolist(), strict=True):
                own, verified = float(self.claimed[self.place[code], unit]), float(self.floats[0][self.place[code], unit])
                rows.append((self.units.unit[unit], code, own, verified, round(own - verified, 9), round(gain, 9)))
        kinds = dict.fromkeys(DISPUTED[2:], float)
        return pd.DataFrame(rows, columns=DISPUTED).astype(kinds)

    @cached_property
    def all_granted(self) -> Floats:
        """Each unit's total with all its appeals granted, the leader held."""
        return np.array([self.totals(u, np.ones((len(codes), 1), dtype=bool))[0] for u, codes in enumerate(self.of)])


def disputes(
    framework: Framework,
    assessment: pd.DataFrame,
    units: pd.DataFrame | None = None,
    source: str = "assessment",
    settled: frozenset[tuple[str, str]] = frozenset(),
) -> Disputes:
    """The rows on which the basis `self` earns more points than `verified`, and both scorings: none granted, all granted.

    An appeal that is granted puts the cells of the self-assessment in place of the verified ones; the act's own rules then
    score the changed form (dti_analysis.scores.scoring.tallied). Rows of the same cells, rows that do not apply on one of
    the two bases, and rows `settled` (unit and criterion: an appeal was decided already) are not disputed. Takes what `score`
    takes, and raises Faults as it does.
    """
    sheet = sheet_of(assessment, framework.inputs)
    due = Units(*(due_units(assessment, units)[name].to_numpy(dtype=object) for name in Units._fields))
    form = Form(framework, sheet, due)
    grids = {basis: Grid(form, basis, source, []) for basis in ("self", "verified")}
    scores = tallied(framework, sheet, due, source)
    codes = list(framework.by_code)
    points, states, maxima = (_matrix(scores, "verified", name, len(codes), len(due.unit)) for name in _FIGURES)
    own, own_states, _ = (_matrix(scores, "self", name, len(codes), len(due.unit)) for name in _FIGURES)
    found: list[list[str]] = [[] for _ in due.unit]
    shut: dict[str, npt.NDArray[np.bool_]] = {}
    claimant = grids["self"].assessed
    for place, (component, _, _) in enumerate(framework.walk()):
        code, gate = component.code, isinstance(component.way, Gate)
        given = np.zeros(len(due.unit), dtype=bool)
        given[claimant] = grids["self"].handed_in(code) & _differ(grids, code, claimant)
        comparable = np.isin(states[place], ["assessed", "missing", "stated"]) & np.isin(
            own_states[place], ["assessed", "stated"]
        )
        if gate:
            shut[code] = _unmet(grids["verified"].text(code, "value"), states[place])
            claims = np.zeros(len(due.unit), dtype=bool)
            claims[claimant] = ~_unmet(grids["self"].text(code, "value"), own_states[place][claimant])
            more = claims & shut[code]
        else:
            more = np.array([a is not None and b is not None and a > b for a, b in zip(own[place], points[place], strict=True)])
        if component.children and not gate:
            comparable &= np.isin(states[place], ["stated", "missing"]) & (own_states[place] == "stated")
        for unit in np.flatnonzero(given & comparable & more).tolist():
            if (due.unit[unit], code) not in settled:
                found[unit].append(code)
    after = points
    if any(found):
        granted = _granted(assessment, due, found)
        after = _matrix(
            tallied(framework, sheet_of(granted, framework.inputs), due, source), "verified", "points", *points.shape
        )
    return Disputes(framework, due, points, after, maxima, states, found, shut, own)


def due_units(assessment: pd.DataFrame, units: pd.DataFrame | None = None) -> pd.DataFrame:
    """Who is scored, with unit and group: those that are given, else those that the assessment names."""
    if units is not None:
        return units
    named = assessment.drop_duplicates("unit").reset_index(drop=True)
    return named[["unit"]].assign(group=named.get("group", ""))


_FIGURES = ("points", "state", "max_points")


def _matrix(scores: Scores, basis: str, name: str, components: int, units: int) -> Column:
    """A figure by component and unit; None for units that are not assessed on the basis."""
    at = np.flatnonzero((scores.cohort["basis"] == basis)[scores.of["cohort"]])
    table = np.full((components, units), None, dtype=object)
    if len(at):
        place = scores.of["cohort"][at] - scores.of["cohort"][at[0]]
        table[place, scores.of["unit"][at]] = scores.figure[name][scores.of["figure"][at]]
    return table


def _differ(grids: dict[str, Grid], code: str, claimant: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
    """For which of those who assessed themselves any cell of the component was changed."""
    own, verified = grids["self"], grids["verified"]
    changed: npt.NDArray[np.bool_] = np.any(
        [own.text(code, column) != verified.text(code, column)[claimant] for column in own.columns], axis=0
    )
    return changed


def _unmet(cells: Column, states: Column) -> npt.NDArray[np.bool_]:
    """Where a gate is not met: said so, or nothing handed in."""
    met = np.array([YES_NO.get(str(text).lower(), False) for text in cells], dtype=bool)
    return ~met & np.isin(states, ["assessed", "missing"])


def _granted(assessment: pd.DataFrame, units: Units, found: list[list[str]]) -> pd.DataFrame:
    """The verified rows with those that are disputed replaced by the claims."""
    basis = assessment["basis"].replace("", "verified")
    disputed = {(unit, code) for unit, codes in zip(units.unit, found, strict=True) for code in codes}
    named = (assessment[name].to_numpy(dtype=object).tolist() for name in ("unit", "indicator"))
    at = np.array([pair in disputed for pair in zip(*named, strict=True)], dtype=bool)
    rows = pd.concat([assessment[(basis == "verified") & ~at], assessment[(basis == "self") & at]])
    rows = rows.assign(basis="verified").reset_index(drop=True)
    rows.attrs.update(assessment.attrs)
    return rows
