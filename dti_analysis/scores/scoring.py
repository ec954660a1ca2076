"""Scoring: an assessment under a framework becomes points and scores, exactly.

Every unit is scored on every indicator of a complete grid (dti_analysis.scores.grid). Points are rationals until the last
step, and totals are sums of unrounded points unless the act rounds each indicator. A component whose parts are unknown may be
stated: its parts are then neither zero nor missing, but unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dti_analysis.common.exact import ONE, ZERO, Column, Rational, choose
from dti_analysis.common.faults import Faults, fault, in_order
from dti_analysis.common.writing import plain_cell, refuse_target, write_result
from dti_analysis.criteria.cells import NOT_APPLICABLE, UNKNOWN
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.criteria.rule import Cell, Refused
from dti_analysis.criteria.rules import Gate
from dti_analysis.records.intake import Sheet
from dti_analysis.scores.grid import Cases, Form, Grid, Mask, Places, Units, sheet_of
from dti_analysis.scores.ranking import Scores, ranks, rounded_points

if TYPE_CHECKING:
    import pandas as pd

CLAIMED = "claimed"
STATES = ["assessed", "stated", "missing", "not_applicable", "unknown", CLAIMED]
"""How a figure is known: by its rule or its parts; given from above; nothing handed in; does not apply; below a stated one;
as the unit claims, while the council has not appraised it (dti_analysis.scores.provisional)."""
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
    scores = scored(framework, *_sheets(framework, assessment, units, source), source)
    table = _as_given(scores, assessment, units)[SCORES]
    return table if framework.ranking.ties == "average" else table.astype(dict.fromkeys(scores.row, "Int64"))


def exact_scores(
    framework: Framework,
    assessment: pd.DataFrame,
    units: pd.DataFrame | None = None,
    source: str = "assessment",
) -> pd.DataFrame:
    """Like `score`, before ranking: points and max_points as exact rationals (None where unknown), on which sums hold."""
    return _as_given(tallied(framework, *_sheets(framework, assessment, units, source), source), assessment, units)


def _sheets(
    framework: Framework, assessment: pd.DataFrame, units: pd.DataFrame | None, source: str
) -> tuple[Sheet, Units | None]:
    due = None if units is None else Units(*(units[name].to_numpy(dtype=object) for name in Units._fields))
    return sheet_of(assessment, framework.inputs, source), due


def _as_given(scores: Scores, assessment: pd.DataFrame, units: pd.DataFrame | None) -> pd.DataFrame:
    """Scores as a data frame, whose year, units and groups are of the type in which they were given."""
    import pandas as pd

    given = assessment if units is None else units
    names = Units._fields if units is not None or assessment.attrs.get("tidy") else ()
    kinds = {name: given[name].dtype for name in names if name in given}
    return pd.DataFrame(scores.table()).assign(year=scores.cohort["year"][0]).astype(kinds)


def scored(framework: Framework, sheet: Sheet, units: Units | None, source: str) -> Scores:
    """What `score` returns; ranks are floats, NaN where there is none."""
    scores = tallied(framework, sheet, units, source)
    points, maxima = scores.figure["points"], scores.figure["max_points"]
    known = scores.figure["state"] != "unknown"
    some = known & (maxima != ZERO)
    floats = {name: np.full(len(points), np.nan) for name in ("points", "score")}
    floats["points"][known] = points[known].astype(float)
    floats["score"][some] = (points[some] / maxima[some]).astype(float)
    near = np.where(some, floats["points" if framework.ranking.by == "points" else "score"], np.nan)
    figures = scores.figure | floats | {"max_points": maxima.astype(float)}
    return replace(scores, figure=figures, row=ranks(scores, near, framework.ranking))


def tallied(framework: Framework, sheet: Sheet, units: Units | None, source: str) -> Scores:
    """What `exact_scores` returns."""
    if not len(sheet.rows):
        raise fault(source, "", "no rows", f"rows for the indicators of {framework.id}")
    form = Form(framework, sheet, units)
    if not len(form.units.unit):
        raise fault(source, "", "no units to score", "units of the place, level and year in units.csv")
    faults = [*sheet.faults, *form.faults(source)]
    names, unit, figure = [], [], []
    figures: list[dict[str, Column]] = []
    before = 0
    for basis in sorted(set(form.columns["basis"].tolist())):
        tree = _Tree(framework, Grid(form, basis, source, faults))
        for component, _, kind in framework.walk():
            tally = tree.tallies[component.code]
            names.append((form.columns["year"][0], basis, component.code, kind))
            unit.append(tree.grid.assessed)
            figure.append(tally.of + before)
            figures.append(tally.figures())
            before += len(tally.points)
    if faults:
        raise Faults(in_order(faults))
    cohort = np.repeat(np.arange(len(unit)), [len(own) for own in unit])
    return Scores(
        form.units._asdict(),
        dict(zip(("year", "basis", "component", "level"), np.array(names, dtype=object).T, strict=True)),
        {name: np.concatenate([own[name] for own in figures]) for name in figures[0]},
        of={"unit": np.concatenate(unit), "cohort": cohort, "figure": np.concatenate(figure), "row": np.arange(len(cohort))},
    )


@dataclass
class _Tally:
    """What a component earned, case by case: points, the maximum it was scored against, and how it is known.

    `of` is the case of each unit. Units that handed in the same are one case of what a rule measures; above, each is its own.
    """

    of: Places
    points: Column
    extra: Column | None  # bonus less penalty, if any: points against no maximum, which redistribution leaves as they are
    max_points: Column
    absent: Mask  # does not apply
    missing: Mask  # nothing was handed in
    known: Mask  # neither below what is stated, nor above what nobody knows
    shut: Mask | None = None  # a gate that is not met
    stated: Mask | None = None  # given itself, its parts are not known

    def by_unit(self) -> _Tally:
        """The same with a case for each unit."""
        columns: dict[str, Any] = {name: None if column is None else column[self.of] for name, column in vars(self).items()}
        return _Tally(**columns | {"of": np.arange(len(self.of))})

    def figures(self) -> dict[str, Column]:
        """Columns state, points and max_points by case; points None where unknown."""
        states = np.full(len(self.points), "assessed", dtype=object)
        for state, mask in {"missing": self.missing, "not_applicable": self.absent, "stated": self.stated}.items():
            if mask is not None:
                states[mask] = state
        states[~self.known] = "unknown"
        return {"state": states, "points": choose(self.known, self.points, None), "max_points": self.max_points}


class _Tree:
    """The components' tallies, added up from the leaves."""

    def __init__(self, framework: Framework, grid: Grid):
        self.framework, self.grid = framework, grid
        self.tallies: dict[str, _Tally] = {}
        self.factors: dict[str, Column] = {}
        everywhere = np.ones(len(grid.units.unit), dtype=bool)
        self._tally(framework.root, everywhere, everywhere)
        self._spread(framework.root)

    def _nominal(self, component: Component) -> Column:
        """The component's maximum for each unit's group."""
        if not component.max_points_by_group:
            return np.full(len(self.grid.units.unit), component.max_points, dtype=object)
        maxima = [component.max_points_by_group.get(group, component.max_points) for group in self.grid.units.group]
        return np.array(maxima, dtype=object)

    def _tally(self, component: Component, applies: Mask, open_: Mask) -> _Tally:
        """`applies` says to which units all that is above the component applies; `open_`, for which nothing above is stated."""
        if component.applies_to is not None:
            applies = applies & np.isin(self.grid.units.group, component.applies_to)
        if component.rule:
            tally = self._measured(component, applies, open_)
        else:
            cases = self.grid.cases(component.code, ["value"])
            given = open_ & applies & cases.given[cases.of]
            stray = open_ & applies & self.grid.anything(component.code, but=["value"])
            self._stray(component, stray, given, ["value"], "value, which states its figure")
            tally = self._combined(component, applies, open_ & ~given)
            stated = given & ~cases.say(UNKNOWN)[cases.of]
            if stated.any():
                self._state(component, tally, stated)
        self.tallies[component.code] = tally
        return tally

    def _state(self, component: Component, tally: _Tally, stated: Mask) -> None:
        """Put in what is stated of the component itself."""
        maxima = self._nominal(component)
        cases = self.grid.cases(component.code, ["value"], stated, maxima)
        maxima, absent = maxima[cases.first], cases.say(NOT_APPLICABLE)
        readable = stated[cases.first] & ~absent
        values = self.grid.read(component, "value", Cell("number"), cases, readable)
        points = values * maxima * _OF_MAXIMUM[component.measure] if component.measure in _OF_MAXIMUM else values
        top = _TOP.get(component.measure)
        for position, case in cases.units(readable & ((points < ZERO) | (points > maxima))):
            most = f"a {component.measure}, 0 to {top}" if top else f"points from 0 to {float(maxima[case]):g}, the maximum"
            self.grid.fault(component.code, position, f"value '{cases.texts['value'][case]}'", most)
        tally.points = choose(
            stated, choose(absent, ZERO, rounded_points(points, self.framework.ranking))[cases.of], tally.points
        )
        tally.extra = None if tally.extra is None else choose(stated, ZERO, tally.extra)
        tally.max_points = choose(stated, choose(absent, ZERO, maxima)[cases.of], tally.max_points)
        tally.absent = np.where(stated, absent[cases.of], tally.absent)
        tally.missing = tally.missing & ~stated
        tally.known, tally.stated = tally.known | stated, stated

    def _combined(self, component: Component, applies: Mask, open_: Mask) -> _Tally:
        """What a component's parts add up to."""
        if component.unlisted or not component.children:
            return self._nothing_handed_in(component, applies, open_)
        children = [self._tally(child, applies, open_).by_unit() for child in component.children]
        points, maxima = [child.points for child in children], [child.max_points for child in children]
        extras = [child.extra for child in children if child.extra is not None]
        extra = reduce(add, extras) if extras else None
        absent = np.logical_and.reduce([child.absent for child in children])
        missing = np.logical_and.reduce([child.missing | child.absent for child in children]) & ~absent
        known = np.logical_and.reduce([child.known for child in children])  # with a part that nobody knows it is not either
        gates = [child.shut for child in children if child.shut is not None]
        shut = np.logical_or.reduce(gates) if gates else np.zeros_like(absent)
        if component.combine == "best":
            each = [child.points if child.extra is None else child.points + child.extra for child in children]
            total, attainable, extra = reduce(np.maximum, each), reduce(np.maximum, maxima), None
        else:
            total, attainable = reduce(add, points), reduce(add, maxima)
        if extra is not None and component.extra_at_most is not None:
            extra = np.minimum(extra, component.extra_at_most)
        if extra is not None and component.extra_at_least is not None:
            extra = np.maximum(extra, component.extra_at_least)
        if component.combine == "base_plus":
            absent = absent | children[0].absent  # nothing can be added to a base that does not apply
            shut = shut | (points[0] <= ZERO).astype(bool)
            attainable = choose(absent, ZERO, attainable)
        elif component.combine == "sum" and self.framework.ranking.not_applicable == "redistribute":
            nothing = attainable == ZERO  # left to attain here: the component above hands its points to others
            whole = choose(nothing, ZERO, self._nominal(component))
            factor = choose(nothing, ONE, whole / choose(nothing, ONE, attainable))
            self.factors[component.code] = factor
            total, attainable = total * factor, whole
        if shut.any():
            total, extra = choose(shut, ZERO, total), None if extra is None else choose(shut, ZERO, extra)
        return _Tally(np.arange(len(total)), total, extra, attainable, absent, missing, known)

    def _nothing_handed_in(self, component: Component, applies: Mask, open_: Mask) -> _Tally:
        """A component whose parts are not public, before what is stated of it is put in."""
        policy, maxima = self.framework.ranking.missing, self._nominal(component)
        if policy == "refuse" and component.max_points:
            for position in np.flatnonzero(applies & open_ & ~self.grid.anything(component.code)).tolist():
                self.grid.fault(component.code, position, "nothing", "a value: the act refuses missing ones")
        absent = ~applies | (policy == "not_applicable")
        zero = np.full(len(maxima), ZERO, dtype=object)
        return _Tally(np.arange(len(zero)), zero, None, choose(absent, ZERO, maxima), absent, ~absent, open_)

    def _spread(self, component: Component, scale: Column | Rational = ONE) -> None:
        """Hand the points of what does not apply down to its siblings, where the act redistributes them."""
        tally = self.tallies[component.code]
        if scale is not ONE:
            tally = self.tallies[component.code] = tally.by_unit()
            tally.points, tally.max_points = tally.points * scale, tally.max_points * scale
        if tally.extra is not None:
            tally.points = tally.points + tally.extra
        for child in component.children:
            factor = self.factors.get(component.code)
            self._spread(child, scale if factor is None else factor * scale)

    def _measured(self, leaf: Component, applies: Mask, open_: Mask) -> _Tally:
        """Points of one indicator: of all that was handed in at once, each different row once."""
        rule = leaf.way
        assert rule is not None
        maxima = self._nominal(leaf)
        if leaf.max_points:  # else a bonus, a penalty or a gate, or kept for information
            applies = applies & (maxima != ZERO).astype(bool)
        cases = self.grid.cases(leaf.code, rule.cells(), applies, open_, maxima)
        applies, open_, maxima = applies[cases.first], open_[cases.first], maxima[cases.first]
        inputs, assessed, absent, missing = self._inputs(leaf, cases, applies, open_)
        points = np.full(len(maxima), ZERO, dtype=object)
        if assessed.any():
            try:
                points[assessed] = rule.points({name: column[assessed] for name, column in inputs.items()}, maxima[assessed])
            except Refused as refused:
                self._refused(leaf, refused, cases, np.flatnonzero(assessed), maxima)
        inapplicable = np.array([earned is None for earned in points.tolist()], dtype=bool)
        if inapplicable.any():
            points = choose(inapplicable, ZERO, points)
        if isinstance(rule, Gate):
            shut = (points < ZERO).astype(bool) | (missing & open_)
            nothing = np.full(len(points), ZERO, dtype=object)
            return _Tally(cases.of, nothing, None, nothing, absent, missing, open_, shut)
        for position, case in cases.units(((points < ZERO) | (points > maxima)) & (maxima > ZERO)):
            found = f"{float(points[case]):g} points by the rule '{leaf.rule_name}'"
            self.grid.fault(leaf.code, position, found, f"at least 0 and at most {float(maxima[case]):g}, the maximum")
        absent = absent | inapplicable
        points, extra = rounded_points(points, self.framework.ranking), None
        if not leaf.max_points:
            on_top = maxima == ZERO
            extra, points = choose(on_top, points, ZERO), choose(on_top, ZERO, points)
        return _Tally(cases.of, points, extra, choose(absent, ZERO, maxima), absent, missing, open_)

    def _inputs(self, leaf: Component, cases: Cases, applies: Mask, open_: Mask) -> tuple[dict[str, Column], Mask, Mask, Mask]:
        """The rule's cells in each case; which were assessed; which are not applicable; which are missing."""
        grid = self.grid
        cells = leaf.way.cells() if leaf.way else {}
        said_absent = cases.say(NOT_APPLICABLE)
        missing = applies & ~cases.given
        empty = (missing & open_)[cases.of]
        stray = (applies & open_)[cases.of] & grid.anything(leaf.code, but=cells)
        self._stray(leaf, stray, cases.given[cases.of], cells, f"{' and '.join(cells)}, which the rule reads")
        mixed = applies & open_ & said_absent & ~cases.say([*NOT_APPLICABLE, ""], all_of_them=True)
        for position, case in cases.units(mixed):
            found = ", ".join(f"{name} '{texts[case]}'" for name, texts in cases.texts.items() if texts[case])
            grid.fault(leaf.code, position, found, "the figures, or nothing but n/a")
        policy = self.framework.ranking.missing
        if policy == "refuse" and leaf.max_points:
            for position in np.flatnonzero(empty & ~stray).tolist():
                grid.fault(leaf.code, position, "nothing", "a value: the act refuses missing ones")
        wanted = applies & ~missing & ~said_absent & open_
        readable = {name: wanted.copy() for name in cells}  # each cell is looked at, so that all that is wrong is told
        inputs = {name: grid.read(leaf, name, cell, cases, readable[name]) for name, cell in cells.items()}
        wanted = np.logical_and.reduce([*readable.values()])
        for name, cell in cells.items():
            if name == "value" and cell.kind == "number" and leaf.measure in _TOP and leaf.rule_name != "reported":
                self._in_measure(leaf, cases, inputs[name], wanted)
        absent = ~applies | said_absent | (missing & (policy == "not_applicable"))
        return inputs, wanted, absent, missing & ~absent

    def _stray(self, component: Component, at: Mask, given: Mask, cells: Collection[str], expected: str) -> None:
        """Refuse what stands in cells that nothing reads: it may say otherwise than those that are read, if any are `given`."""
        others = [name for name in dict.fromkeys(["value", *self.framework.inputs]) if name not in cells]
        for position in np.flatnonzero(at).tolist():
            held = [(name, self.grid.text(component.code, name)[position]) for name in others]
            found = ", ".join(f"{name} '{text}'" for name, text in held if text)
            beside = f"{found} beside {' and '.join(cells)}" if given[position] else f"only {found}"
            self.grid.fault(component.code, position, beside, f"{'only ' if given[position] else ''}{expected}")

    def _in_measure(self, leaf: Component, cases: Cases, values: Column, wanted: Mask) -> None:
        """A percent given for a share, or the other way round, would earn full marks or none: refused."""
        top = _TOP[leaf.measure]
        outside = wanted & ((values < 0) | (values > top)).astype(bool)
        for position, case in cases.units(outside):
            self.grid.fault(leaf.code, position, f"value '{cases.texts['value'][case]}'", f"a {leaf.measure}, 0 to {top}")
        wanted &= ~outside

    def _refused(self, leaf: Component, refused: Refused, cases: Cases, assessed: Places, maxima: Column) -> None:
        at = np.zeros(len(maxima), dtype=bool)
        at[assessed[refused.at]] = True
        for position, case in cases.units(at):
            found = ", ".join(f"{name} {texts[case]}" for name, texts in cases.texts.items() if texts[case])
            self.grid.fault(leaf.code, position, found, f"{refused.expected} ({float(maxima[case]):g} at most)")


def write_scores(scores: Scores, path: Path) -> None:
    """Write scores as CSV, whole or not at all: unit, component, level, points, max_points, score, rank.

    The columns group, basis and state are kept where they tell rows apart. Raises Faults if the file cannot be written.
    """
    names = [name for name in ("group", "basis", "state") if len(set(scores.column(name)[0].tolist())) > 1]
    names += ["unit", "component", "level"]
    earned = ["points", "max_points", "score"]
    numbers = zip(*(scores.figure[name].tolist() for name in earned), strict=True)
    figures = np.array([f"{p:.12g},{m:.12g},{s:.12g}".replace("nan", "") for p, m, s in numbers], dtype=object)
    texts = [_texts(column, _quoted)[places].tolist() for column, places in map(scores.column, names)]
    texts += [figures[scores.of["figure"]].tolist(), _texts(scores.row["rank"], _number).tolist()]
    lines = [",".join([*names, *earned, "rank"]), *map(",".join, zip(*texts, strict=True)), ""]
    refuse_target(path)
    write_result(path, "\n".join(lines).encode())


def _texts(column: Column, write: Callable[[Any], str]) -> Column:
    """Each entry of a column as text; what repeats is written once."""
    entries = column.tolist()
    texts = {entry: write(entry) for entry in set(entries)}
    return np.array([texts[entry] for entry in entries], dtype=object)


def _number(number: float) -> str:
    return "" if number != number else f"{number:.12g}"


def _quoted(text: str) -> str:
    text = plain_cell(text)
    return '"' + text.replace('"', '""') + '"' if re.search(r'[",\r\n]', text) else text
