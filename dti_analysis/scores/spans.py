"""Spans: from where to where the points of every component may lie while something is open, added up on the act's own tree.

Why two ends are enough: every leaf stands in the tree once, and all that is done on the way up (sums, the best of several,
caps, a factor of 0 or more) never falls when a leaf rises. So a component is lowest with all its open leaves at their lowest,
highest with all at their highest, and each end is earned by one completion. Maxima do not move: an open row is taken to
apply. Two things break this, and are marked `loose`, as spans that hold but may be too wide: a gate that may be shut over a
penalty (shut, it takes the penalty away too), and rules by which a unit's points depend on the other units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

import numpy as np
import pandas as pd

from dti_analysis.common.exact import ONE, ZERO, Column, Rational, choose
from dti_analysis.criteria.cells import YES_NO
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.criteria.rules import Bands, Bonus, Gate, Levels, NotScored, Penalty, Steps
from dti_analysis.scores.grid import Mask
from dti_analysis.scores.ledger import Ledger
from dti_analysis.scores.ranking import rounded_points


class Known:
    """What is known of every component: the exact scores of one basis, and which gates are met.

    `assessment` (the rows that were scored) tells which; without it a gate over a component of no known points may be either.
    """

    def __init__(
        self, scores: Ledger, open_states: Sequence[str], assessment: pd.DataFrame | None = None, basis: str = "verified"
    ):
        self.scores, self.framework, self.open_states = scores, scores.framework, list(open_states)
        self.state = scores.states
        self.points = {code: choose([own is None for own in points], ZERO, points) for code, points in scores.points.items()}
        self.none: dict[str, Mask] = {code: (most == ZERO).astype(bool) for code, most in scores.max_points.items()}
        self._shut = _shut(scores.framework, assessment, basis)

    def is_open(self, code: str) -> Mask:
        """For which units the figure of a leaf may still come."""
        return np.isin(self.state[code], self.open_states)

    def shut(self, leaf: Component, above: Component) -> tuple[Mask, Mask]:
        """Where a gate that is not open may be shut, and where it surely is."""
        state = self.state[leaf.code]
        if self._shut is None:
            unclear = (state == "assessed") & (self.points[above.code] == ZERO).astype(bool)
            return unclear | (state == "missing"), state == "missing"
        told = np.array([(unit, leaf.code) in self._shut for unit in self.scores.units], dtype=bool)
        surely = (state == "missing") | ((state == "assessed") & told)
        return surely, surely

    def nominal(self, component: Component) -> Column:
        """The component's maximum for each unit's group."""
        by_group = component.max_points_by_group
        return np.array([by_group.get(group, component.max_points) for group in self.scores.groups], dtype=object)


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
class Span:
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


class Spans:
    """The framework's tree, with a span for each component: first maxima, which nothing open moves, then points."""

    def __init__(self, table: Known):
        self.table, self.framework = table, table.framework
        self.looked_at: dict[str, Mask] = {}
        self.maxima: dict[str, Column] = {}
        self.absent: dict[str, Mask] = {}
        self.factor: dict[str, Column] = {}
        self.open_points: Column = np.full(len(table.scores.units), ZERO, dtype=object)
        everywhere = np.ones(len(table.scores.units), dtype=bool)
        self._measure(self.framework.root, everywhere, everywhere)

    def total(self) -> Span:
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
            applies = applies & np.isin(self.table.scores.groups, component.applies_to)
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

    def _span(self, component: Component, above: Component | None, scale: Column | Rational) -> Span:
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
        return Span(**either, open=span.open & ~stated, loose=span.loose & ~stated)

    def _as_given(self, component: Component, scale: Column | Rational) -> Span:
        points, nothing = self.table.points[component.code], np.zeros(len(self.table.scores.units), dtype=bool)
        points = points if scale is ONE else points / choose(scale == ZERO, ONE, scale)
        zero = np.full(len(points), ZERO, dtype=object)
        return Span(points, points, zero, zero, self.maxima[component.code], nothing, nothing)

    def _frontier(self, component: Component, scale: Column | Rational) -> Span:
        """A component whose parts are not public: open, its own figure may be anything up to its maximum."""
        span = self._as_given(component, scale)
        open_ = self._open(component)
        top = rounded_points(self.maxima[component.code], self.framework.ranking)
        self.open_points = self.open_points + choose(open_, top, ZERO)
        return replace(span, low=choose(open_, ZERO, span.low), high=choose(open_, top, span.high), open=open_)

    def _leaf(self, leaf: Component, above: Component, scale: Column | Rational) -> Span:
        rule, absent = leaf.way, self.absent[leaf.code]
        assert rule is not None
        open_ = self._open(leaf)
        zero, nominal = np.full(len(open_), ZERO, dtype=object), self.table.nominal(leaf)
        if isinstance(rule, Gate):
            may, surely = self.table.shut(leaf, above)
            may, surely = (may | open_) & ~absent, surely & ~open_ & ~absent
            unsure = may & ~surely & ~open_
            return Span(zero, zero, zero, zero, zero, may & ~surely, unsure, may, surely)
        least, most = (rounded_points(end, self.framework.ranking) for end in _ends(leaf, nominal))
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
        return Span(
            choose(on_top, ZERO, low),
            choose(on_top, ZERO, high),
            choose(on_top, extra_low, ZERO),
            choose(on_top, extra_high, ZERO),
            self.maxima[leaf.code],
            open_ | loose,
            loose,
        )

    def _combined(self, component: Component, scale: Column | Rational) -> Span:
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
        return Span(low, high, extra_low, extra_high, self.maxima[component.code], opened, loose)


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


def _gates(spans: list[Span], component: Component) -> tuple[Mask, Mask]:
    """Where the component may earn nothing, for a gate that is not met or a base of no points, and where it surely does."""
    nothing = np.zeros(len(spans[0].low), dtype=bool)
    may = np.logical_or.reduce([nothing, *(span.may_shut for span in spans if span.may_shut is not None)])
    surely = np.logical_or.reduce([nothing, *(span.surely_shut for span in spans if span.surely_shut is not None)])
    if component.combine == "base_plus":
        may = may | (spans[0].low <= ZERO).astype(bool)
        surely = surely | (spans[0].high <= ZERO).astype(bool)
    return may, surely
