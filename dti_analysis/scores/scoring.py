"""Scoring: an assessment under a framework becomes points and scores, exactly.

Every unit is scored on every indicator of a complete grid (dti_analysis.scores.grid). Points are rationals until the last
step, and totals are sums of unrounded points unless the act rounds each indicator. A component whose parts are unknown may be
stated: its parts are then neither zero nor missing, but unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from dti_analysis.common.exact import ONE, ZERO, Column, Rational, choose, scaled
from dti_analysis.common.faults import Faults, fault
from dti_analysis.criteria.cells import UNKNOWN
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.criteria.rules import Cell, Gate, Refused
from dti_analysis.scores.grid import Grid, Mask, check_rows, tidy
from dti_analysis.scores.ranking import rank

STATES = ["assessed", "stated", "missing", "not_applicable", "unknown"]
"""How a figure is known: by its rule or its parts; given from above; nothing handed in; does not apply; below a stated one."""
SCORES = [
    "year", "unit", "group", "basis", "component", "level", "state", "points", "max_points", "score", "rank", "rank_in_group",
]  # fmt: skip
_OF_MAXIMUM = {"share": ONE, "percent": Rational(1, 100)}
_TOP = {"share": 1, "percent": 100}


def score(
    framework: Framework,
    assessment: pd.DataFrame,
    units: pd.DataFrame | None = None,
    source: str = "assessment",
) -> pd.DataFrame:
    """Points, score and rank of every unit on every component.

    `assessment` has one row per unit, indicator and basis, all text: unit, indicator, and the columns that its rules read
    (value, a, b, …); optional basis (`self` or `verified`, by default `verified`), group and year. An empty cell is missing;
    `n/a` is not applicable. A row that names a component above the indicators states its figure, where its parts are not
    known (`unknown`, where that figure is not either). `units` (unit, group) lists who is to be scored; without it, those
    that the assessment names. `source` is what errors call the assessment.

    Returns the columns `SCORES`: state (one of `STATES`), points, max_points (floats nearest to the exact values; points of
    the unknown are NaN), score = points ÷ max_points (NaN where max_points is 0 or the points are unknown), rank and
    rank_in_group (1 is best) among the units of the same basis.
    Raises Faults: unknown unit or indicator, duplicate rows, text that is no number, values that the rule refuses, a component
    stated beside its parts.
    """
    exact = exact_scores(framework, assessment, units, source)
    ranked = rank(exact, framework.ranking)
    known = np.array([p is not None for p in exact["points"]])
    points = choose(known, exact["points"], ZERO)
    maxima = exact["max_points"].to_numpy()
    some = np.array([m != 0 for m in maxima])
    ranked["points"] = np.where(known, points.astype(float), np.nan)
    ranked["max_points"] = maxima.astype(float)
    ranked["score"] = np.where(known & some, (points / choose(some, maxima, ONE)).astype(float), np.nan)
    return ranked[SCORES]


def exact_scores(
    framework: Framework,
    assessment: pd.DataFrame,
    units: pd.DataFrame | None = None,
    source: str = "assessment",
) -> pd.DataFrame:
    """Like `score`, before ranking: points and max_points as exact rationals (None where unknown), on which sums hold."""
    rows = tidy(assessment, framework.inputs)
    if rows.empty:
        raise fault(source, "", "no rows", f"rows for the indicators of {framework.id}")
    if units is None:
        units = rows.drop_duplicates("unit")[["unit", "group"]]
    if units.empty:
        raise fault(source, "", "no units to score", "units of the place, level and year in units.csv")
    faults = check_rows(framework, rows, units, source)
    tables = []
    for basis, of_basis in rows.groupby("basis", sort=True):
        # A unit that handed in no self-assessment has none, which is not one of 0 points.
        assessed = units[units["unit"].isin(of_basis["unit"])] if basis == "self" else units
        grid = Grid(framework, assessed.reset_index(drop=True), of_basis, source, faults)
        tables.append(_Tree(framework, grid).table().assign(basis=basis))
    if faults:
        raise Faults(faults)
    scores = pd.concat(tables, ignore_index=True)
    return scores.assign(year=rows["year"].iloc[0])


@dataclass
class _Tally:
    """What a component earned, per unit: points, the maximum it was scored against, and how it is known."""

    points: Column
    extra: Column  # bonus less penalty: points against no maximum, which redistribution leaves as they are
    max_points: Column
    absent: Mask  # does not apply
    missing: Mask  # nothing was handed in
    shut: Mask  # a gate that is not met


class _Tree:
    """The components' tallies, added up from the leaves."""

    def __init__(self, framework: Framework, grid: Grid):
        self.framework, self.grid = framework, grid
        self.tallies: dict[str, _Tally] = {}
        self.factors: dict[str, Column] = {}
        self.stated: dict[str, Mask] = {}
        self.known: dict[str, Mask] = {}

    def table(self) -> pd.DataFrame:
        """Columns unit, group, component, level, state, points, max_points; points exact, None where unknown."""
        everywhere = np.ones(len(self.grid.units), dtype=bool)
        self._tally(self.framework.root, everywhere, everywhere)
        self._spread(self.framework.root)
        parts = []
        for component, _, kind in self.framework.walk():
            tally, known = self.tallies[component.code], self.known[component.code]
            state = np.select(
                [~known, self.stated[component.code], tally.absent, tally.missing],
                ["unknown", "stated", "not_applicable", "missing"],
                "assessed",
            )
            part = self.grid.units[["unit", "group"]].assign(component=component.code, level=kind, state=state)
            parts.append(part.assign(points=choose(known, tally.points, None), max_points=tally.max_points))
        return pd.concat(parts, ignore_index=True)

    def _nominal(self, component: Component) -> Column:
        """The component's maximum for each unit's group."""
        if not component.max_points_by_group:
            return np.full(len(self.grid.units), component.max_points, dtype=object)
        maxima = self.grid.units["group"].map(component.max_points_by_group).astype(object)
        return choose(maxima.notna(), maxima, component.max_points)

    def _tally(self, component: Component, applies: Mask, open_: Mask) -> _Tally:
        """`applies` says to which units all that is above the component applies; `open_`, for which nothing above is stated."""
        if component.applies_to is not None:
            applies = applies & self.grid.units["group"].isin(component.applies_to).to_numpy()
        self.known[component.code] = open_
        stated = np.zeros(len(self.grid.units), dtype=bool)
        if component.rule:
            tally = self._measured(component, applies, open_)
        else:
            stated = open_ & applies & self.grid.given(component.code, "value")
            stray = open_ & applies & ~stated & self.grid.anything(component.code)
            self._stray(component, stray, ["value"], "value, which states its figure")
            hidden = stated & self.grid.says(component.code, "value", UNKNOWN)
            stated = stated & ~hidden
            tally = self._combined(component, applies, open_ & ~stated & ~hidden)
            if stated.any():
                self._state(component, tally, stated)
            for child in component.children:  # a whole with a part that nobody knows is not known either
                hidden = hidden | (open_ & ~stated & ~self.known[child.code])
            self.known[component.code] = open_ & ~hidden
        self.stated[component.code] = stated
        self.tallies[component.code] = tally
        return tally

    def _state(self, component: Component, tally: _Tally, stated: Mask) -> None:
        """Put in what is stated of the component itself."""
        absent = self.grid.said_absent(component.code, ["value"]) & stated
        readable = stated & ~absent
        values = self.grid.read(component, "value", Cell("number"), readable)
        maxima = self._nominal(component)
        points = values * maxima * _OF_MAXIMUM[component.measure] if component.measure in _OF_MAXIMUM else values
        top = _TOP.get(component.measure)
        for position in np.flatnonzero(readable & ((points < ZERO) | (points > maxima))).tolist():
            cell = self.grid.text(component.code, "value")[position]
            most = f"a {component.measure}, 0 to {top}" if top else f"points from 0 to {float(maxima[position]):g}, the maximum"
            self.grid.fault(component.code, position, f"value '{cell}'", most)
        tally.points = choose(stated, choose(absent, ZERO, self._rounded(points)), tally.points)
        tally.extra = choose(stated, ZERO, tally.extra)
        tally.max_points = choose(stated, choose(absent, ZERO, maxima), tally.max_points)
        tally.absent = np.where(stated, absent, tally.absent)
        tally.missing = tally.missing & ~stated

    def _combined(self, component: Component, applies: Mask, open_: Mask) -> _Tally:
        none = np.zeros(len(self.grid.units), dtype=bool)
        if component.unlisted or not component.children:
            return self._nothing_handed_in(component, applies, open_)
        children = [self._tally(child, applies, open_) for child in component.children]
        points = np.array([child.points for child in children], dtype=object)
        extra = np.array([child.extra for child in children], dtype=object)
        maxima = np.array([child.max_points for child in children], dtype=object)
        absent = np.logical_and.reduce([child.absent for child in children])
        missing = np.logical_and.reduce([child.missing | child.absent for child in children]) & ~absent
        shut = np.logical_or.reduce([child.shut for child in children])
        if component.combine == "best":
            best = (points + extra).max(axis=0)
            return _Tally(choose(shut, ZERO, best), ZERO * extra[0], maxima.max(axis=0), absent, missing, none)
        has_base = points[0] > ZERO
        total, extra, attainable = points.sum(axis=0), extra.sum(axis=0), maxima.sum(axis=0)
        if component.extra_at_most is not None:
            extra = np.minimum(extra, np.full(len(extra), component.extra_at_most, dtype=object))
        if component.extra_at_least is not None:
            extra = np.maximum(extra, np.full(len(extra), component.extra_at_least, dtype=object))
        if component.combine == "base_plus":
            absent = absent | children[0].absent  # nothing can be added to a base that does not apply
            total, extra = choose(has_base, total, ZERO), choose(has_base, extra, ZERO)
            attainable = choose(absent, ZERO, attainable)
        elif self.framework.ranking.not_applicable == "redistribute":
            nothing = attainable == ZERO  # left to attain here: the component above hands its points to others
            whole = choose(nothing, ZERO, self._nominal(component))
            factor = choose(nothing, ONE, whole / choose(nothing, ONE, attainable))
            self.factors[component.code] = factor
            total, attainable = total * factor, whole
        if shut.any():
            total, extra = choose(shut, ZERO, total), choose(shut, ZERO, extra)
        return _Tally(total, extra, attainable, absent, missing, none)

    def _nothing_handed_in(self, component: Component, applies: Mask, open_: Mask) -> _Tally:
        """A component whose parts are not public, before what is stated of it is put in."""
        policy, maxima = self.framework.ranking.missing, self._nominal(component)
        if policy == "refuse" and component.max_points:
            for position in np.flatnonzero(applies & open_ & ~self.grid.anything(component.code)).tolist():
                self.grid.fault(component.code, position, "nothing", "a value: the act refuses missing ones")
        absent = ~applies | (policy == "not_applicable")
        zero = np.full(len(maxima), ZERO, dtype=object)
        none = np.zeros(len(maxima), dtype=bool)
        return _Tally(zero, zero, choose(absent, ZERO, maxima), absent, ~absent, none)

    def _spread(self, component: Component, scale: Column | Rational = ONE) -> None:
        """Hand the points of what does not apply down to its siblings, where the act redistributes them."""
        tally = self.tallies[component.code]
        plain = scale is ONE
        tally.points = (tally.points if plain else tally.points * scale) + tally.extra
        tally.max_points = tally.max_points if plain else tally.max_points * scale
        for child in component.children:
            factor = self.factors.get(component.code)
            self._spread(child, scale if factor is None else factor * scale)

    def _measured(self, leaf: Component, applies: Mask, open_: Mask) -> _Tally:
        """Points of one indicator, for all units at once."""
        rule = leaf.way
        assert rule is not None
        maxima = self._nominal(leaf)
        if leaf.max_points:  # else a bonus, a penalty or a gate, or kept for information
            applies = applies & (maxima != ZERO).astype(bool)
        inputs, assessed, absent, missing = self._inputs(leaf, applies, open_)
        points = np.full(len(maxima), ZERO, dtype=object)
        if assessed.any():
            every = bool(assessed.all())
            columns = {name: column if every else column[assessed] for name, column in inputs.items()}
            try:
                earned = rule.points(columns, maxima if every else maxima[assessed])
                points[assessed] = earned
            except Refused as refused:
                self._refused(leaf, refused, np.flatnonzero(assessed), maxima)
        inapplicable = np.array([earned is None for earned in points])
        if inapplicable.any():
            points = choose(inapplicable, ZERO, points)
        if isinstance(rule, Gate):
            shut = (points < ZERO) | (missing & open_)
            nothing = np.full(len(points), ZERO, dtype=object)
            return _Tally(nothing, nothing, nothing, absent, missing, np.asarray(shut, dtype=bool))
        for position in np.flatnonzero(((points < ZERO) | (points > maxima)) & (maxima > ZERO)).tolist():
            found = f"{float(points[position]):g} points by the rule '{leaf.rule_name}'"
            self.grid.fault(leaf.code, position, found, f"at least 0 and at most {float(maxima[position]):g}, the maximum")
        absent = absent | inapplicable
        points = self._rounded(points)
        none = np.zeros(len(points), dtype=bool)
        if leaf.max_points:
            extra = np.full(len(points), ZERO, dtype=object)
        else:
            on_top = maxima == ZERO
            extra, points = choose(on_top, points, ZERO), choose(on_top, ZERO, points)
        return _Tally(points, extra, choose(absent, ZERO, maxima) if absent.any() else maxima, absent, missing, none)

    def _rounded(self, points: Column) -> Column:
        """Points as the act rounds each indicator's, if it does."""
        decimals = self.framework.ranking.indicator_decimals
        if decimals is None:
            return points
        column: Column = scaled(points, decimals, self.framework.ranking.rounding) / Rational(10**decimals)
        return column

    def _inputs(self, leaf: Component, applies: Mask, open_: Mask) -> tuple[dict[str, Column], Mask, Mask, Mask]:
        """The rule's cells over all units; which units were assessed; which are not applicable; which are missing."""
        grid = self.grid
        cells = leaf.way.cells() if leaf.way else {}
        said_absent = grid.said_absent(leaf.code, cells)
        missing = applies & ~np.any([grid.given(leaf.code, name) for name in cells], axis=0)
        stray = missing & grid.anything(leaf.code) & open_
        self._stray(leaf, stray, list(cells), f"{' and '.join(cells)}, which the rule reads")
        policy = self.framework.ranking.missing
        if policy == "refuse" and leaf.max_points:
            for position in np.flatnonzero(missing & ~stray & open_).tolist():
                grid.fault(leaf.code, position, "nothing", "a value: the act refuses missing ones")
        wanted = applies & ~missing & ~said_absent & open_
        readable = {name: wanted.copy() for name in cells}  # each cell is looked at, so that all that is wrong is told
        inputs = {name: grid.read(leaf, name, cell, readable[name]) for name, cell in cells.items()}
        wanted = np.logical_and.reduce([*readable.values()])
        for name, cell in cells.items():
            if name == "value" and cell.kind == "number" and leaf.measure in _TOP and leaf.rule_name != "reported":
                self._in_measure(leaf, inputs[name], wanted)
        absent = ~applies | said_absent | (missing & (policy == "not_applicable"))
        return inputs, wanted, absent, missing & ~absent

    def _stray(self, component: Component, at: Mask, cells: list[str], expected: str) -> None:
        """Refuse what stands in cells that nothing reads, where those that are read are empty."""
        others = [name for name in dict.fromkeys(["value", *self.framework.inputs]) if name not in cells]
        for position in np.flatnonzero(at).tolist():
            held = [(name, self.grid.text(component.code, name)[position]) for name in others]
            found = ", ".join(f"{name} '{text}'" for name, text in held if text)
            self.grid.fault(component.code, position, f"only {found}", expected)

    def _in_measure(self, leaf: Component, values: Column, wanted: Mask) -> None:
        """A percent given for a share, or the other way round, would earn full marks or none: refused."""
        top = _TOP[leaf.measure]
        for position in np.flatnonzero(wanted).tolist():
            if not 0 <= values[position] <= top:
                cell = self.grid.text(leaf.code, "value")[position]
                self.grid.fault(leaf.code, position, f"value '{cell}'", f"a {leaf.measure}, 0 to {top}")
                wanted[position] = False

    def _refused(self, leaf: Component, refused: Refused, positions: np.ndarray, maxima: Column) -> None:
        for position in positions[refused.at].tolist():
            cells = {name: self.grid.text(leaf.code, name)[position] for name in (leaf.way.cells() if leaf.way else ())}
            found = ", ".join(f"{name} {cell}" for name, cell in cells.items() if cell)
            self.grid.fault(leaf.code, position, found, f"{refused.expected} ({float(maxima[position]):g} at most)")


def write_scores(scores: pd.DataFrame, path: Path) -> None:
    """Write scores as CSV, whole or not at all: unit, component, level, points, max_points, score, rank.

    The columns year, group, basis and state are kept where they tell rows apart. Raises Faults if the file cannot be written.
    """
    telling = [column for column in ("year", "group", "basis", "state") if len(scores[column].unique()) > 1]
    columns = [*telling, "unit", "component", "level", "points", "max_points", "score", "rank"]
    partial = path.with_name(path.name + ".partial")
    try:
        scores[columns].to_csv(partial, index=False, lineterminator="\n", float_format="%.12g")
        partial.replace(path)
    except OSError as error:
        raise fault(path, "", error.strerror or str(error), "a place that can be written to") from None
