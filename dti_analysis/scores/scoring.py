"""Scoring: an assessment under a framework becomes points and scores, exactly.

Every unit is scored on every indicator: a complete grid is laid first, so that a row that was left out is still a row.
A row is then missing (nothing filled in), not applicable (said to be so, or by the unit's group), or assessed; only the
assessed ones meet a rule. Points are rationals until the last step and totals are sums of unrounded points.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dti_analysis.common.exact import parse
from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.criteria.rules import ONE, RULES, ZERO, Column, Reads, Refused, choose
from dti_analysis.scores.ranking import rank

NOT_APPLICABLE = ("n/a", "không áp dụng")
_YES_NO = {"1": True, "yes": True, "có": True, "true": True, "0": False, "no": False, "không": False, "false": False}
_INPUTS = ["value", "a", "b"]
_TOP = {"share": 1, "percent": 100}
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
_EXPECTED = {
    "number": "a number without thousands separators, as 1000 or 12.5",
    "yes_no": "có or không (yes or no, 1 or 0)",
    "word": "a word",
}

SCORES = [
    "year",
    "unit",
    "group",
    "basis",
    "component",
    "level",
    "points",
    "max_points",
    "score",
    "rank",
    "rank_in_group",
]


def score(
    framework: Framework,
    assessment: pd.DataFrame,
    units: pd.DataFrame | None = None,
    source: str = "assessment",
) -> pd.DataFrame:
    """Points, score and rank of every unit on every component.

    `assessment` has one row per unit, indicator and basis, all text: unit, indicator, and where its rules need them value,
    a, b; optional basis (`self` or `verified`, by default `verified`), group and year. An empty value is missing; `n/a` is
    not applicable. `units` (unit, group) lists who is to be scored; without it, those that the assessment names.
    `source` is what errors call the assessment.

    Returns the columns `SCORES`: points, max_points (floats nearest to the exact values), score = points ÷ max_points
    (NaN where max_points is 0), rank and rank_in_group (1 is best) among the units of the same basis.
    Raises Faults: unknown unit or indicator, duplicate rows, text that is no number, values that the rule refuses.
    """
    exact = exact_scores(framework, assessment, units, source)
    exact["score"] = [p / m if m else None for p, m in zip(exact["points"], exact["max_points"], strict=True)]
    ranked = rank(exact, framework.ranking)
    for column in ("points", "max_points", "score"):
        ranked[column] = ranked[column].astype(float)
    return ranked[SCORES]


def exact_scores(
    framework: Framework,
    assessment: pd.DataFrame,
    units: pd.DataFrame | None = None,
    source: str = "assessment",
) -> pd.DataFrame:
    """Like `score`, before ranking: points and max_points as exact fractions, on which every sum holds exactly."""
    rows = _tidy(assessment)
    if units is None:
        units = rows.drop_duplicates("unit")[["unit", "group"]]
    faults = _check_rows(framework, rows, units, source)
    tables = []
    for basis, of_basis in rows.groupby("basis", sort=True):
        # A unit that handed in no self-assessment has none, which is not one of 0 points.
        assessed = units[units["unit"].isin(of_basis["unit"])] if basis == "self" else units
        cohort = _Cohort(framework, assessed.reset_index(drop=True), of_basis, source, faults)
        tables.append(cohort.table().assign(basis=basis))
    if faults:
        raise Faults(faults)
    if not tables:
        raise fault(source, "", "no rows", f"rows for the indicators of {framework.id}")
    scores = pd.concat(tables, ignore_index=True)
    return scores.assign(year=rows["year"].iloc[0])


def _tidy(assessment: pd.DataFrame) -> pd.DataFrame:
    """The assessment with every optional column, as stripped text; its index + 2 is the row in a spreadsheet."""
    whole = assessment.index.is_unique and pd.api.types.is_integer_dtype(assessment.index)
    rows = assessment.copy() if whole else assessment.reset_index(drop=True)
    for column, default in {"basis": "verified", "group": "", "year": "", **dict.fromkeys(_INPUTS, "")}.items():
        if column not in rows:
            rows[column] = default
    text = ["unit", "indicator", "basis", "group", *_INPUTS]
    rows[text] = rows[text].astype(object).where(rows[text].notna(), "").astype(str).apply(lambda c: c.str.strip())
    rows.loc[rows["basis"] == "", "basis"] = "verified"
    return rows


def _check_rows(framework: Framework, rows: pd.DataFrame, units: pd.DataFrame, source: str) -> list[Fault]:
    """Unknown units, indicators and bases, and rows given twice."""
    leaves = [leaf.code for leaf in framework.leaves]
    faults = []
    known = {"unit": list(units["unit"]), "indicator": leaves, "basis": ["self", "verified"]}
    for column, names in known.items():
        for name, of_name in rows[~rows[column].isin(names)].groupby(column, sort=False):
            more = f" and {len(of_name) - 1} more" if len(of_name) > 1 else ""
            faults.append(
                Fault(source, f"row {of_name.index[0] + 2}{more}", f"the {column} '{name}'", nearest(str(name), names))
            )
    if len(years := rows["year"].unique()) > 1:
        faults.append(Fault(source, "year", ", ".join(map(str, years)), "rows of one year"))
    for unit, groups in rows.groupby("unit", sort=False)["group"].unique().items():
        if len(groups) > 1:
            faults.append(Fault(source, str(unit), f"the groups {', '.join(groups)}", "one group for each unit"))
    key = ["unit", "indicator", "basis"]
    for index in rows.index[rows.duplicated(key)].tolist():
        row = rows.loc[index]
        first = rows.index[(rows[key] == row[key]).all(axis=1)][0]
        what = f"{row['unit']}, {row['indicator']}, {row['basis']} again (first in row {first + 2})"
        faults.append(Fault(source, f"row {index + 2}", what, "one row for each unit, indicator and basis"))
    return faults


@dataclass
class _Tally:
    """What a component earned, per unit: points, the maximum it was scored against, and where it did not apply."""

    points: Column
    extra: Column  # bonus less penalty: points against no maximum, which redistribution leaves as they are
    max_points: Column
    absent: npt.NDArray[np.bool_]


class _Cohort:
    """All units assessed together on one basis."""

    def __init__(self, framework: Framework, units: pd.DataFrame, rows: pd.DataFrame, source: str, faults: list[Fault]):
        self.framework = framework
        self.units = units
        self.source = source
        self.faults = faults
        self.rows = rows.drop_duplicates(["unit", "indicator"])
        self.cells = {column: self._grid(column) for column in _INPUTS}
        self.tallies: dict[str, _Tally] = {}
        self.factors: dict[str, Column] = {}

    def _grid(self, column: str) -> dict[str, Column]:
        """One column of the assessment as a complete grid: by leaf, an entry per unit, empty where there is no row."""
        codes = [leaf.code for leaf in self.framework.leaves]
        wide = self.rows.pivot(index="unit", columns="indicator", values=column)
        text = wide.reindex(index=self.units["unit"], columns=codes).astype(object).fillna("").to_numpy()
        return dict(zip(codes, text.T, strict=True))

    def table(self) -> pd.DataFrame:
        """Columns unit, group, component, level, points, max_points; points exact."""
        self._tally(self.framework.root, np.ones(len(self.units), dtype=bool))
        self._spread(self.framework.root)
        parts = [
            self.units[["unit", "group"]].assign(
                component=component.code,
                level=kind,
                points=self.tallies[component.code].points,
                max_points=self.tallies[component.code].max_points,
            )
            for component, _, kind in self.framework.walk()
        ]
        return pd.concat(parts, ignore_index=True)

    def _nominal(self, component: Component) -> Column:
        """The component's maximum for each unit's group."""
        maxima = self.units["group"].map(component.max_points_by_group).astype(object)
        return choose(maxima.notna(), maxima, component.max_points)

    def _tally(self, component: Component, applies: npt.NDArray[np.bool_]) -> _Tally:
        """`applies` says to which units all that is above the component applies."""
        if component.applies_to is not None:
            applies = applies & self.units["group"].isin(component.applies_to).to_numpy()
        tally = self._measured(component, applies) if component.rule else self._combined(component, applies)
        self.tallies[component.code] = tally
        return tally

    def _combined(self, component: Component, applies: npt.NDArray[np.bool_]) -> _Tally:
        children = [self._tally(child, applies) for child in component.children]
        points = np.array([child.points for child in children], dtype=object)
        extra = np.array([child.extra for child in children], dtype=object)
        maxima = np.array([child.max_points for child in children], dtype=object)
        absent = np.logical_and.reduce([child.absent for child in children])
        if component.combine == "best":
            return _Tally((points + extra).max(axis=0), ZERO * extra[0], maxima.max(axis=0), absent)
        has_base = points[0] > ZERO
        total, extra, attainable = points.sum(axis=0), extra.sum(axis=0), maxima.sum(axis=0)
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
        return _Tally(total, extra, attainable, absent)

    def _spread(self, component: Component, scale: Column | Fraction = ONE) -> None:
        """Hand the points of what does not apply down to its siblings, where the act redistributes them."""
        tally = self.tallies[component.code]
        tally.points, tally.max_points = tally.points * scale + tally.extra, tally.max_points * scale
        for child in component.children:
            self._spread(child, scale * self.factors.get(component.code, ONE))

    def _measured(self, leaf: Component, applies: npt.NDArray[np.bool_]) -> _Tally:
        """Points of one indicator, for all units at once."""
        assert leaf.rule is not None
        ((name, parameters),) = leaf.rule.items()
        rule = RULES[name]
        maxima = self._nominal(leaf)
        if leaf.max_points:  # else a bonus or a penalty, or kept for information
            applies = applies & (maxima != ZERO).astype(bool)
        inputs, assessed, absent = self._inputs(leaf, rule.reads, applies)
        points = np.full(len(self.units), ZERO, dtype=object)
        if assessed.any():
            keywords = rule.parameters.model_validate(parameters or {})
            given = {key: getattr(keywords, key) for key in type(keywords).model_fields}
            columns = [inputs[column][assessed] for column in rule.reads]
            try:
                points[assessed] = rule.function(*columns, maxima[assessed], **given)
            except Refused as refused:
                self._refused(leaf, refused, np.flatnonzero(assessed), maxima)
        inapplicable = np.array([earned is None for earned in points])
        points = choose(inapplicable, ZERO, points)
        for position in np.flatnonzero(((points < ZERO) | (points > maxima)) & (maxima > ZERO)).tolist():
            found = f"{float(points[position]):g} points by the rule '{name}'"
            self._fault(leaf, position, found, f"at least 0 and at most {float(maxima[position]):g}, the maximum")
        absent = absent | inapplicable
        on_top = maxima == ZERO
        extra, points = choose(on_top, points, ZERO), choose(on_top, ZERO, points)
        return _Tally(points, extra, choose(absent, ZERO, maxima), absent)

    def _inputs(
        self, leaf: Component, reads: dict[str, Reads], applies: npt.NDArray[np.bool_]
    ) -> tuple[dict[str, Column], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        """The rule's input columns over all units; which units were assessed; which are not applicable."""
        cells = {column: grid[leaf.code] for column, grid in self.cells.items()}
        given = {column: cells[column] != "" for column in cells}
        said_absent = np.any([np.isin(np.char.lower(cells[column].astype(str)), NOT_APPLICABLE) for column in reads], axis=0)
        missing = applies & ~np.any([given[column] for column in reads], axis=0)
        others = [column for column in _INPUTS if column not in reads]
        stray = missing & np.any([given[column] for column in others], axis=0)
        for position in np.flatnonzero(stray).tolist():
            found = ", ".join(f"{column} '{cells[column][position]}'" for column in others if given[column][position])
            self._fault(leaf, position, f"only {found}", f"{' and '.join(reads)}, which the rule reads")
        policy = self.framework.ranking.missing
        if policy == "refuse" and leaf.max_points:
            for position in np.flatnonzero(missing & ~stray).tolist():
                self._fault(leaf, position, "nothing", "a value: the act refuses missing ones")
        inputs = {}
        wanted = applies & ~missing & ~said_absent
        for column, reading in reads.items():
            inputs[column] = self._read(leaf, column, cells[column].tolist(), reading, wanted)
        absent = ~applies | said_absent | (missing & (policy == "not_applicable"))
        return inputs, wanted, absent

    def _read(self, leaf: Component, column: str, cells: list[str], reading: Reads, wanted: npt.NDArray[np.bool_]) -> Column:
        values: list[Any] = [ZERO] * len(cells)
        for position in np.flatnonzero(wanted).tolist():
            try:
                values[position] = _convert(cells[position], reading)
                expected = _outside(values[position], leaf) if (column, reading) == ("value", "number") else ""
            except (ValueError, KeyError):
                expected = _EXPECTED[reading]
            if expected:
                found = f"{column} '{cells[position]}'" if cells[position] else f"no {column}"
                self._fault(leaf, position, found, expected)
                wanted[position] = False
        return np.array(values, dtype=object)

    def _refused(self, leaf: Component, refused: Refused, positions: npt.NDArray[np.intp], maxima: Column) -> None:
        for position in positions[refused.at].tolist():
            cells = {column: grid[leaf.code][position] for column, grid in self.cells.items()}
            found = ", ".join(f"{column} {cell}" for column, cell in cells.items() if cell)
            self._fault(leaf, position, found, f"{refused.expected} ({float(maxima[position]):g} at most)")

    def _fault(self, leaf: Component, position: int, found: str, expected: str) -> None:
        unit = self.units["unit"][position]
        here = self.rows[(self.rows["unit"] == unit) & (self.rows["indicator"] == leaf.code)]
        row = f"row {here.index[0] + 2}, " if len(here) else ""
        self.faults.append(Fault(self.source, f"{row}{unit}, {leaf.code}", found, expected))


def _outside(value: Fraction, leaf: Component) -> str:
    """What the value would have been, if its measure rules it out; a percent given for a share would earn full marks."""
    top = _TOP.get(leaf.measure or "")
    measured = "reported" not in (leaf.rule or {})
    return f"a {leaf.measure}, 0 to {top}" if top and measured and not ZERO <= value <= top else ""


def _convert(cell: str, reading: Reads) -> Any:
    if reading == "number":
        if _THOUSANDS.fullmatch(cell):
            raise ValueError("1.000 may be one or a thousand")
        return parse(cell)
    return _YES_NO[cell.lower()] if reading == "yes_no" else cell


def write_scores(scores: pd.DataFrame, path: Path) -> None:
    """Write scores as CSV, whole or not at all: unit, component, level, points, max_points, score, rank.

    The columns year, group and basis are kept where they tell rows apart. Raises Faults if the file cannot be written.
    """
    telling = [column for column in ("year", "group", "basis") if len(scores[column].unique()) > 1]
    columns = [*telling, "unit", "component", "level", "points", "max_points", "score", "rank"]
    partial = path.with_name(path.name + ".partial")
    try:
        scores[columns].to_csv(partial, index=False, lineterminator="\n", float_format="%.12g")
        partial.replace(path)
    except OSError as error:
        raise fault(path, "", error.strerror or str(error), "a place that can be written to") from None
