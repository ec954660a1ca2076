"""The grid: an assessment laid out complete, by component and unit, and its cells read as a rule wants them.

A row that was left out is still a cell of the grid. A cell is then missing (nothing filled in), not applicable (said to be
so), or given; only those given are read. Everything wrong is collected, with the row it stands in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dti_analysis.common.exact import ZERO, Column
from dti_analysis.common.faults import Fault, nearest
from dti_analysis.criteria.cells import EXPECTED, NOT_APPLICABLE, read_cell
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.criteria.rules import Cell, Levels

Mask = npt.NDArray[np.bool_]

KNOWN_COLUMNS = ["year", "unit", "group", "indicator", "basis", "evidence", "evidence_state", "source"]
"""Columns of an assessment beside the numbers that rules ask for."""


def tidy(assessment: pd.DataFrame, inputs: Iterable[str]) -> pd.DataFrame:
    """The assessment with every optional column, as stripped text; its index + 2 is the row in a spreadsheet."""
    whole = assessment.index.is_unique and pd.api.types.is_integer_dtype(assessment.index)
    rows = assessment.copy() if whole else assessment.reset_index(drop=True)
    columns = {"basis": "verified", "group": "", "year": "", "value": "", **dict.fromkeys(inputs, "")}
    for column, default in columns.items():
        if column not in rows:
            rows[column] = default
    if not assessment.attrs.get("tidy"):  # as dti_analysis.records.intake leaves it
        for column in ["unit", "indicator", "basis", "group", "value", *inputs]:
            text = rows[column].astype(object)
            rows[column] = text.where(text.notna(), "").astype(str).str.strip()
    rows.loc[rows["basis"] == "", "basis"] = "verified"
    return rows


def check_rows(framework: Framework, rows: pd.DataFrame, units: pd.DataFrame, source: str) -> list[Fault]:
    """Unknown units, components, bases and columns, rows given twice, and components stated beside their own parts."""
    codes = list(framework.by_code)
    faults = [
        Fault(source, "header", f"the column '{name}'", nearest(str(name), {*KNOWN_COLUMNS, *framework.inputs, "value"}))
        for name in rows.columns
        if name not in KNOWN_COLUMNS and name not in framework.inputs and name != "value" and (rows[name] != "").any()
    ]
    known = {"unit": list(units["unit"]), "indicator": codes, "basis": ["self", "verified"]}
    for column, names in known.items():
        for name, of_name in rows[~rows[column].isin(names)].groupby(column, sort=False):
            more = f" and {len(of_name) - 1} more" if len(of_name) > 1 else ""
            faults.append(
                Fault(source, f"row {of_name.index[0] + 2}{more}", f"the {column} '{name}'", nearest(str(name), names))
            )
    if len(years := rows["year"].unique()) > 1:
        faults.append(Fault(source, "year", ", ".join(map(str, years)), "rows of one year"))
    groups = rows.groupby("unit", sort=False)["group"].nunique()
    for unit in groups.index[groups > 1]:
        named = ", ".join(rows.loc[rows["unit"] == unit, "group"].unique())
        faults.append(Fault(source, str(unit), f"the groups {named}", "one group for each unit"))
    key = ["unit", "indicator", "basis"]
    for index in rows.index[rows.duplicated(key)].tolist():
        row = rows.loc[index]
        first = rows.index[(rows[key] == row[key]).all(axis=1)][0]
        what = f"{row['unit']}, {row['indicator']}, {row['basis']} again (first in row {first + 2})"
        faults.append(Fault(source, f"row {index + 2}", what, "one row for each unit, indicator and basis"))
    return [*faults, *_stated_twice(framework, rows, source)]


def _stated_twice(framework: Framework, rows: pd.DataFrame, source: str) -> list[Fault]:
    """A component known from above must not stand beside one of its own parts, for the same unit and basis."""
    stated = rows[rows["indicator"].isin([code for code, component in framework.by_code.items() if not component.rule])]
    if stated.empty:
        return []
    here: dict[tuple[str, str], dict[str, int]] = {}
    concerned = rows[rows["unit"].isin(stated["unit"])]
    for index, unit, basis, code in concerned[["unit", "basis", "indicator"]].itertuples(name=None):
        here.setdefault((unit, basis), {})[code] = index
    faults = []
    for (unit, _), codes in here.items():
        for code, index in codes.items():
            above = framework.parents.get(code, "")
            while above:
                if above in codes:
                    found = f"{code} beside {above} (row {codes[above] + 2}), of which it is a part"
                    faults.append(Fault(source, f"row {index + 2}, {unit}", found, "a component or its parts, not both"))
                    break
                above = framework.parents[above]
    return faults


class Grid:
    """All units assessed together on one basis, by component: their cells as text, and what is wrong with them."""

    def __init__(self, framework: Framework, units: pd.DataFrame, rows: pd.DataFrame, source: str, faults: list[Fault]):
        self.units, self.source, self.faults = units, source, faults
        self._framework = framework
        self._row_of: dict[tuple[str, str], int] = {}
        self._rows = rows
        codes = list(framework.by_code)
        unit = pd.Index(units["unit"]).get_indexer(pd.Index(rows["unit"]))
        component = pd.Index(codes).get_indexer(pd.Index(rows["indicator"]))
        at = component * len(units) + unit
        at[(unit < 0) | (component < 0)] = -1
        _, first = np.unique(at, return_index=True)
        first = first[at[first] >= 0]
        self._at, self._index = at[first], rows.index.to_numpy()[first]
        self._cells: dict[str, Column] = {}
        for column in {"value", *framework.inputs}:
            flat = np.full(len(codes) * len(units), "", dtype=object)
            flat[self._at] = rows[column].to_numpy(dtype=object)[first]
            self._cells[column] = flat.reshape(len(codes), len(units))
        self._place = {code: place for place, code in enumerate(codes)}
        self._given = {column: cells != "" for column, cells in self._cells.items()}

    def text(self, code: str, column: str) -> Column:
        """The cells of one component and column, one entry per unit, empty where there is none."""
        cells: Column = self._cells[column][self._place[code]]
        return cells

    def given(self, code: str, column: str) -> Mask:
        """Where such a cell holds anything."""
        mask: Mask = self._given[column][self._place[code]]
        return mask

    def anything(self, code: str) -> Mask:
        """For which units any cell of the component is filled in."""
        mask: Mask = np.any([self.given(code, column) for column in self._cells], axis=0)
        return mask

    def said_absent(self, code: str, columns: Iterable[str]) -> Mask:
        """For which units a cell says that the component does not apply."""
        absent = np.zeros(len(self.units), dtype=bool)
        for column in columns:
            cells = self.text(code, column)
            for position in np.flatnonzero(self.given(code, column)).tolist():
                absent[position] |= cells[position].lower() in NOT_APPLICABLE
        return absent

    def says(self, code: str, column: str, words: Collection[str]) -> Mask:
        """For which units a cell is one of some words, in any case."""
        mask: Mask = np.array([bool(cell) and cell.lower() in words for cell in self.text(code, column)], dtype=bool)
        return mask

    def read(self, leaf: Component, name: str, cell: Cell, wanted: Mask) -> Column:
        """The cells of one column as its rule wants them; `wanted` loses those that cannot be read, each a fault."""
        cells = self.text(leaf.code, name)
        values: list[Any] = [None if cell.optional else ZERO] * len(cells)
        for position in np.flatnonzero(wanted).tolist():
            text = cells[position]
            if not text and cell.optional:
                continue
            try:
                values[position] = read_cell(leaf, cell.kind, text)
            except (ValueError, KeyError):
                found = f"{name} '{text}'" if text else f"no {name}"
                levels = leaf.way.levels.values() if isinstance(leaf.way, Levels) else ()
                expected = ", ".join(level.vi for level in levels)
                self.fault(leaf.code, position, found, f"one of {expected}" if levels else EXPECTED[cell.kind])
                wanted[position] = False
        return np.array(values, dtype=object)

    def fault(self, code: str, position: int, found: str, expected: str) -> None:
        """Note what is wrong with a component of the unit at a position."""
        at = self._place[code] * len(self.units) + position
        place = np.searchsorted(self._at, at)
        there = place < len(self._at) and self._at[place] == at
        row = f"row {self._index[place] + 2}, " if there else ""
        self.faults.append(Fault(self.source, f"{row}{self.units['unit'].iloc[position]}, {code}", found, expected))

    @cached_property
    def nothing_at_all(self) -> Mask:
        """Which units handed in nothing: not one cell of any component."""
        anything = np.any([given.any(axis=0) for given in self._given.values()], axis=0)
        mask: Mask = ~anything
        return mask
