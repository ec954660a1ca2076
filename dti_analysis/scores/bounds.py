"""Bounds: the lowest and highest points, score and rank that what is not known yet still allows. Exact, nothing is simulated.

Why it is enough to look at two ends: every leaf stands in the tree once, and all that is done on the way up (sums, the best of
several, caps, a factor of 0 or more) never falls when a leaf rises. So a component is lowest with all its open leaves at
their lowest, highest with all at their highest, and each end is earned by one completion. Maxima do not move: an open row is
taken to apply. Two things break this, and are marked `conservative`, as bounds that hold but may be too wide: a gate that may
be shut over a penalty (shut, it takes the penalty away too), and rules by which a unit's points depend on the other units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dti_analysis.common.exact import ONE, ZERO, Column, Rational, choose, scaled
from dti_analysis.common.faults import fault, nearest
from dti_analysis.criteria.cells import YES_NO
from dti_analysis.criteria.framework import TOTAL, Component, Framework, Ranking
from dti_analysis.criteria.rules import Bands, Bonus, Gate, Levels, NotScored, Penalty, Steps
from dti_analysis.scores.grid import Mask
from dti_analysis.scores.ranking import compared, exact_column, rank_among
from dti_analysis.scores.scoring import CLAIMED

BOUNDS = [
    "unit", "points_low", "points_high", "max_points", "score_low", "score_high", "rank_low", "rank_high", "open_points",
    "conservative",
]  # fmt: skip
OPEN = ("missing", "unknown", CLAIMED)
"""States in which a figure may still come: nothing handed in, not known, or claimed and not yet appraised."""
Whole = npt.NDArray[np.int64]


def bounds(
    scores: pd.DataFrame,
    framework: Framework,
    open_states: Sequence[str] = OPEN,
    assessment: pd.DataFrame | None = None,
    basis: str = "verified",
) -> pd.DataFrame:
    """What each unit can still reach, and still fall to, once what is open is known. One row per unit, columns `BOUNDS`.

    `scores` is what `score` returns, or `exact_scores`, whose rationals lose nothing where points are no decimals. A leaf in
    one of `open_states` may earn from 0 to the most its rule gives (a gate: met or not; a bonus up to `at_most`, a penalty
    down to it); what was assessed or stated stays. points_low, points_high in points; score_low, score_high = those ÷
    max_points (NaN where that is 0); rank_low is the best rank: the unit at its highest while all others are at their lowest;
    rank_high the worst: the other way round; both among the units of `basis`, by the act's rounding and ties. open_points:
    what its own open rows may earn by their rules, added up. conservative: the bounds hold, but may be wider than need be.

    `assessment` (the rows that were scored) tells which gates are met; without it one over a component of no known points
    may be either. Under the policy `missing: not_applicable` nothing missing is open: it does not apply. With `unknown` not
    in `open_states`, units of unknown points have no bounds and no rank. Raises Faults for a state that is never open.
    Source: interval arithmetic on the act's own tree; for the term, design.md, 4.
    """
    if wrong := [state for state in open_states if state not in OPEN]:
        raise fault("parameter", "open_states", f"'{wrong[0]}'", nearest(wrong[0], OPEN))
    form = _Table(scores[scores["basis"] == basis], framework, open_states, assessment, basis)
    tree = _Tree(form)
    span = tree.total()
    known = ~form.lost
    low, high = span.low + span.extra_low, span.high + span.extra_high
    settled = known & ~span.open
    low = choose(settled, form.points[TOTAL], low)  # as they were scored: no need to add floats up again
    high = choose(settled, form.points[TOTAL], high)
    some = known & (span.max_points != ZERO).astype(bool)
    rank_low, rank_high, loose = _ranks(low, high, span.max_points, some, framework.ranking)
    out_of = choose(some, span.max_points, ONE)
    return pd.DataFrame(
        {
            "unit": form.units,
            "points_low": _floats(low, known),
            "points_high": _floats(high, known),
            "max_points": span.max_points.astype(float),
            "score_low": _floats(low / out_of, some),
            "score_high": _floats(high / out_of, some),
            "rank_low": rank_low,
            "rank_high": rank_high,
            "open_points": _floats(tree.open_points, known),
            "conservative": span.loose | loose,
        }
    )[BOUNDS]


def _floats(column: Column, known: Mask) -> npt.NDArray[np.float64]:
    floats = np.full(len(column), np.nan)
    floats[known] = column[known].astype(float)
    return floats


def _ranks(low: Column, high: Column, maxima: Column, some: Mask, ranking: Ranking) -> tuple[Any, Any, Mask]:
    """Best and worst rank of each unit, and where they may be too far apart: dense ranks count figures, not units, and how
    many different ones there will be is bounded only."""
    best, worst, loose = np.full(len(low), np.nan), np.full(len(low), np.nan), np.zeros(len(low), dtype=bool)
    if not some.any():
        return best, worst, loose
    least, most = (compared(column[some], maxima[some], ranking).astype(np.int64) for column in (low, high))
    if ranking.ties == "dense":
        fixed, moving = np.unique(least[least == most]), least < most
        above = len(fixed) - np.searchsorted(fixed, most, side="right")
        best[some] = 1 + np.maximum(above, _above(least[moving], most) > 0)
        own = moving & (most > least)
        worst[some] = 1 + len(fixed) - np.searchsorted(fixed, least, side="right") + _above(most[moving], least) - own
        loose[some] = moving.any()
        return best, worst, loose
    # Each unit at its highest among the others at their lowest, and back: it is never itself among them.
    best[some], worst[some] = rank_among(most, least, least, ranking.ties), rank_among(least, most, most, ranking.ties)
    return best, worst, loose


def _above(figures: Whole, own: Whole) -> Whole:
    """How many figures are above each of one's own."""
    return len(figures) - np.searchsorted(np.sort(figures), own, side="right")


class _Table:
    """The scores of one basis by component, a column of all units each."""

    def __init__(
        self,
        scores: pd.DataFrame,
        framework: Framework,
        open_states: Sequence[str],
        assessment: pd.DataFrame | None,
        basis: str,
    ):
        self.framework, self.open_states = framework, list(open_states)
        whole = scores[scores["component"] == TOTAL]
        self.units, self.group = whole["unit"].to_numpy(dtype=object), whole["group"].to_numpy(dtype=object)
        order = {unit: place for place, unit in enumerate(self.units)}
        self.state: dict[str, Column] = {}
        self.points: dict[str, Column] = {}
        self.none: dict[str, Mask] = {}
        for code, own in scores.groupby("component", sort=False):
            place = own["unit"].map(order).to_numpy()
            points, states = exact_column(own["points"]), own["state"].to_numpy(dtype=object)
            columns = [np.empty(len(order), dtype=object) for _ in range(3)]
            for column, values in zip(columns, (states, choose([p is None for p in points], ZERO, points),
                                                own["max_points"].to_numpy(dtype=float) == 0), strict=True):  # fmt: skip
                column[place] = values
            self.state[str(code)], self.points[str(code)], self.none[str(code)] = (
                columns[0],
                columns[1],
                columns[2].astype(bool),
            )
        self.lost = (self.state[TOTAL] == "unknown") & ("unknown" not in open_states)
        self._shut = _shut(framework, assessment, basis)

    def is_open(self, code: str) -> Mask:
        """For which units the figure of a leaf may still come."""
        return np.isin(self.state[code], self.open_states)

    def shut(self, leaf: Component, above: Component) -> tuple[Mask, Mask]:
        """Where a gate that is not open may be shut, and where it surely is."""
        state = self.state[leaf.code]
        if self._shut is None:
            unclear = (state == "assessed") & (self.points[above.code] == ZERO).astype(bool)
            return unclear | (state == "missing"), state == "missing"
        told = np.array([(unit, leaf.code) in self._shut for unit in self.units], dtype=bool)
        surely = (state == "missing") | ((state == "assessed") & told)
        return surely, surely

    def nominal(self, component: Component) -> Column:
        """The component's maximum for each unit's group."""
        by_group = component.max_points_by_group
        return np.array([by_group.get(group, component.max_points) for group in self.group], dtype=object)


def _shut(framework: Framework, assessment: pd.DataFrame | None, basis: str) -> set[tuple[str, str]] | None:
    """The unit and code of every gate that the rows say is not met; None where there are no rows."""
    if assessment is None:
        return None
    gates = [leaf.code for leaf in framework.leaves if isinstance(leaf.way, Gate)]
    rows = assessment[assessment["indicator"].isin(gates)]
    if "basis" in rows:
        rows = rows[rows["basis"].replace("", "verified") == basis]
    cells = zip(rows["unit"], rows["indicator"], rows.get("value", pd.Series("", index=rows.index)), strict=True)
    return {(unit, code) for unit, code, value in cells if YES_NO.get(str(value).strip().lower()) is False}


@dataclass
class _Span:
    """From where to where a component's points may lie, for each unit; `extra` is bonus less penalty, of no maximum."""

    low: Column
    high: Column
    extra_low: Column
    extra_high: Column
    max_points: Column
    open: Mask  # rests on anything that may still come
    loose: Mask  # wider than it need be
    may_shut: Mask | None = None  # a gate that may not be met
    surely_shut: Mask | None = None


class _Tree:
    """The framework's tree, with a span for each component: first maxima, which nothing open moves, then points."""

    def __init__(self, table: _Table):
        self.table, self.framework = table, table.framework
        self.looked_at: dict[str, Mask] = {}
        self.maxima: dict[str, Column] = {}
        self.absent: dict[str, Mask] = {}
        self.factor: dict[str, Column] = {}
        self.open_points: Column = np.full(len(table.units), ZERO, dtype=object)
        everywhere = np.ones(len(table.units), dtype=bool)
        self._measure(self.framework.root, everywhere, everywhere)

    def total(self) -> _Span:
        """The span of the whole."""
        return self._span(self.framework.root, None, ONE)

    def _stated(self, component: Component) -> Mask:
        stated: Mask = self.table.state[component.code] == "stated"
        return stated

    def _open(self, component: Component) -> Mask:
        here: Mask = self.table.is_open(component.code) & self.looked_at[component.code] & ~self.absent[component.code]
        return here

    def _measure(self, component: Component, applies: Mask, looked_at: Mask) -> None:
        """Maxima, what does not apply, and the factors by which an act hands points of what does not apply round.

        `looked_at`: for which units nothing above is stated, so that the component's own figure counts.
        """
        code, nominal = component.code, self.table.nominal(component)
        if component.applies_to is not None:
            applies = applies & np.isin(self.table.group, component.applies_to)
        if component.rule and component.max_points:
            applies = applies & (nominal != ZERO).astype(bool)
        self.looked_at[code], stated = looked_at, self._stated(component)
        if component.rule or _ends_here(component):
            absent = ~applies | (self.table.state[code] == "not_applicable")
            maxima = choose(absent, ZERO, nominal)
        else:
            absent, maxima = self._measure_below(component, applies, looked_at & ~stated, nominal)
        none = stated & self.table.none[code]
        self.absent[code] = np.where(stated, none, absent)
        self.maxima[code] = choose(stated, choose(none, ZERO, nominal), maxima)

    def _measure_below(self, component: Component, applies: Mask, looked_at: Mask, nominal: Column) -> tuple[Mask, Column]:
        for child in component.children:
            self._measure(child, applies, looked_at)
        maxima = [self.maxima[child.code] for child in component.children]
        absent = np.logical_and.reduce([self.absent[child.code] for child in component.children])
        attainable = reduce(np.maximum if component.combine == "best" else add, maxima)
        if component.combine == "base_plus":
            absent = absent | self.absent[component.children[0].code]
            attainable = choose(absent, ZERO, attainable)
        elif component.combine == "sum" and self.framework.ranking.not_applicable == "redistribute":
            nothing = (attainable == ZERO).astype(bool)
            whole = choose(nothing, ZERO, nominal)
            self.factor[component.code] = choose(nothing, ONE, whole / choose(nothing, ONE, attainable))
            attainable = whole
        return absent, attainable

    def _span(self, component: Component, above: Component | None, scale: Column | Rational) -> _Span:
        """The span of a component, before what is above it scales it; `scale` is by how much the table's points were."""
        if component.rule:
            return self._leaf(component, above or component, scale)
        span = self._frontier(component, scale) if _ends_here(component) else self._combined(component, scale)
        stated = self._stated(component)
        if not stated.any():
            return span
        given = self._as_given(component, scale)
        either = {
            name: choose(stated, getattr(given, name), getattr(span, name))
            for name in ("low", "high", "extra_low", "extra_high", "max_points")
        }
        return _Span(**either, open=span.open & ~stated, loose=span.loose & ~stated)

    def _as_given(self, component: Component, scale: Column | Rational) -> _Span:
        points, nothing = self.table.points[component.code], np.zeros(len(self.table.units), dtype=bool)
        points = points if scale is ONE else points / choose(scale == ZERO, ONE, scale)
        zero = np.full(len(points), ZERO, dtype=object)
        return _Span(points, points, zero, zero, self.maxima[component.code], nothing, nothing)

    def _frontier(self, component: Component, scale: Column | Rational) -> _Span:
        """A component whose parts are not public: open, its own figure may be anything up to its maximum."""
        span = self._as_given(component, scale)
        open_ = self._open(component)
        top = self._rounded(self.maxima[component.code])
        self.open_points = self.open_points + choose(open_, top, ZERO)
        return replace(span, low=choose(open_, ZERO, span.low), high=choose(open_, top, span.high), open=open_)

    def _leaf(self, leaf: Component, above: Component, scale: Column | Rational) -> _Span:
        rule, absent = leaf.way, self.absent[leaf.code]
        assert rule is not None
        open_ = self._open(leaf)
        zero, nominal = np.full(len(open_), ZERO, dtype=object), self.table.nominal(leaf)
        if isinstance(rule, Gate):
            may, surely = self.table.shut(leaf, above)
            may, surely = (may | open_) & ~absent, surely & ~open_ & ~absent
            unsure = may & ~surely & ~open_
            return _Span(zero, zero, zero, zero, zero, may & ~surely, unsure, may, surely)
        least, most = (self._rounded(end) for end in _ends(leaf, nominal))
        self.open_points = self.open_points + choose(open_, most - least, ZERO)
        on_top = np.zeros_like(open_) if leaf.max_points else (nominal == ZERO).astype(bool)
        given = self.table.points[leaf.code]
        held = given if scale is ONE else given / choose(scale == ZERO, ONE, scale)
        low, high = choose(open_, least, held), choose(open_, most, held)
        extra_low, extra_high = choose(open_, least, given), choose(open_, most, given)
        loose = np.zeros_like(open_)
        if rule.cohort and open_.any():  # whoever hands in more than the best takes points from all others
            loose = ~absent
            low = choose(loose, ZERO, low)
        return _Span(
            choose(on_top, ZERO, low),
            choose(on_top, ZERO, high),
            choose(on_top, extra_low, ZERO),
            choose(on_top, extra_high, ZERO),
            self.maxima[leaf.code],
            open_ | loose,
            loose,
        )

    def _rounded(self, points: Column) -> Column:
        """Points as the act rounds each indicator's, if it does."""
        decimals = self.framework.ranking.indicator_decimals
        if decimals is None:
            return points
        column: Column = scaled(points, decimals, self.framework.ranking.rounding) / Rational(10**decimals)
        return column

    def _combined(self, component: Component, scale: Column | Rational) -> _Span:
        factor = self.factor.get(component.code)
        spans = [self._span(child, component, scale if factor is None else scale * factor) for child in component.children]
        opened = np.logical_or.reduce([span.open for span in spans])
        loose = np.logical_or.reduce([span.loose for span in spans])
        zero = np.full(len(opened), ZERO, dtype=object)
        if component.combine == "best":
            low = reduce(np.maximum, [span.low + span.extra_low for span in spans])
            high = reduce(np.maximum, [span.high + span.extra_high for span in spans])
            extra_low, extra_high = zero, zero
        else:
            low, high = reduce(add, [span.low for span in spans]), reduce(add, [span.high for span in spans])
            extra_low, extra_high = (
                _capped(reduce(add, [getattr(span, end) for span in spans]), component) for end in ("extra_low", "extra_high")
            )
        if factor is not None:
            low, high = low * factor, high * factor
        may, surely = _gates(spans, component)
        unsure = may & ~surely
        if may.any():
            low, high = choose(may, ZERO, low), choose(surely, ZERO, high)
            loose = (loose & ~surely) | (unsure & (extra_low < ZERO).astype(bool))
            extra_low = choose(surely, ZERO, choose(unsure, np.minimum(extra_low, zero), extra_low))
            extra_high = choose(surely, ZERO, choose(unsure, np.maximum(extra_high, zero), extra_high))
            opened = opened & ~surely
        return _Span(low, high, extra_low, extra_high, self.maxima[component.code], opened, loose)


def _ends_here(component: Component) -> bool:
    """Whether nothing below a component that has no rule is scored."""
    return component.unlisted or not component.children


def _ends(leaf: Component, maxima: Column) -> tuple[Column, Column]:
    """The least and the most that a leaf may earn. Nothing may be handed in at all, which earns 0, whatever the rule gives."""
    rule, zero = leaf.way, np.full(len(maxima), ZERO, dtype=object)
    if isinstance(rule, NotScored):
        return zero, zero
    if isinstance(rule, Bonus):
        most = np.full(len(maxima), rule.at_most, dtype=object)
        return (-most, zero) if isinstance(rule, Penalty) else (zero, most)
    if isinstance(rule, Bands):
        earned = [band.points for band in rule.bands]
        return np.full(len(maxima), min([ZERO, *earned])), np.full(len(maxima), max([ZERO, *earned]))
    if isinstance(rule, Steps):
        return zero, np.full(len(maxima), max(rule.points_.values()), dtype=object)
    if isinstance(rule, Levels):
        return zero, maxima * max(level.share for level in rule.levels.values())
    return zero, maxima


def _capped(extra: Column, component: Component) -> Column:
    if component.extra_at_most is not None:
        extra = np.minimum(extra, component.extra_at_most)
    return extra if component.extra_at_least is None else np.maximum(extra, component.extra_at_least)


def _gates(spans: list[_Span], component: Component) -> tuple[Mask, Mask]:
    """Where the component may earn nothing, for a gate that is not met or a base of no points, and where it surely does."""
    nothing = np.zeros(len(spans[0].low), dtype=bool)
    may = np.logical_or.reduce([nothing, *(span.may_shut for span in spans if span.may_shut is not None)])
    surely = np.logical_or.reduce([nothing, *(span.surely_shut for span in spans if span.surely_shut is not None)])
    if component.combine == "base_plus":
        may = may | (spans[0].low <= ZERO).astype(bool)
        surely = surely | (spans[0].high <= ZERO).astype(bool)
    return may, surely
