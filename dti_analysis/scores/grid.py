"""The grid: an assessment laid out complete, by component and unit, and its cells read as a rule wants them.

A row that was left out is still a cell of the grid. A cell is then missing (nothing filled in), not applicable (said to be
so), or given; only those given are read. Everything wrong is collected, with the row it stands in.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from itertools import chain, count
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dti_analysis.common.exact import ZERO, Column, choose
from dti_analysis.common.faults import Fault, Faults, nearest
from dti_analysis.common.spelling import tidy
from dti_analysis.criteria.cells import EXPECTED, read_cell
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.criteria.rule import Cell
from dti_analysis.criteria.rules import Levels
from dti_analysis.records.intake import Sheet, misspelt

if TYPE_CHECKING:
    import pandas as pd

Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]
"""Per row, where in a list stands what it names."""

KNOWN_COLUMNS = ["year", "unit", "group", "indicator", "basis", "evidence", "evidence_state", "explanation", "source"]
"""Columns of an assessment beside the numbers that rules ask for."""


class Units(NamedTuple):
    """Who is scored, each with its group."""

    unit: Column
    group: Column


def sheet_of(assessment: pd.DataFrame, inputs: Iterable[str], source: str = "assessment") -> Sheet:
    """An assessment as tidied text; its index + 2 is the row in a spreadsheet. Names that mislead are its `faults`.

    Raises Faults where no column says of which unit or indicator a row is.
    """
    import pandas as pd

    if absent := [name for name in ("unit", "indicator") if name not in assessment]:
        raise Faults(Fault(source, "header", f"no column '{name}'", f"the column '{name}'") for name in absent)
    index = assessment.index
    whole = index.is_unique and pd.api.types.is_integer_dtype(index)
    columns = {str(name): assessment[name].to_numpy(dtype=object) for name in assessment}
    if not assessment.attrs.get("tidy"):  # as dti_analysis.records.intake leaves it
        for name in columns.keys() & {"unit", "indicator", "basis", "group", "value", *inputs}:
            texts = ["" if pd.isna(cell) else tidy(_as_text(cell)) for cell in columns[name]]
            columns[name] = np.array(texts, dtype=object)
    sheet = Sheet(columns, (index.to_numpy() if whole else np.arange(len(index))) + 2)
    if not assessment.attrs.get("tidy"):
        sheet.faults.extend(misspelt(source, sheet))
    return sheet


def _as_text(cell: object) -> str:
    """A cell as it would be written; of a number that a program made, three decimals cannot be taken for thousands."""
    text = str(cell)
    return f"{text}0" if isinstance(cell, float) and _THOUSANDTHS.fullmatch(text) else text


_THOUSANDTHS = re.compile(r"-?\d+\.\d{3}", re.ASCII)


class Form:
    """An assessment's rows, each placed among the units, components and bases: what is not known stands after what is."""

    def __init__(self, framework: Framework, sheet: Sheet, units: Units | None):
        self.framework, self.rows = framework, sheet.rows
        self.told = {fault.found.partition(" with ")[0] for fault in sheet.faults}
        empty = np.full(len(sheet.rows), "", dtype=object)
        self.columns = dict.fromkeys(["year", "group", "basis", "value", *framework.inputs], empty) | sheet.columns
        self.columns["basis"] = choose(self.columns["basis"] == "", "verified", self.columns["basis"])
        self.known = {
            "unit": [] if units is None else units.unit.tolist(),
            "indicator": list(framework.by_code),
            "basis": ["self", "verified"],
        }
        self.places: dict[str, Places] = {}
        self.names: dict[str, list[str]] = {}
        self.first: dict[str, Places] = {}
        for column, known in self.known.items():
            self.places[column], self.names[column] = placed(self.columns[column], known)
            self.first[column] = _first(self.places[column], len(self.names[column]))
        if units is None:
            self.known["unit"] = self.names["unit"]
            units = Units(np.array(self.names["unit"], dtype=object), self.columns["group"][self.first["unit"]])
        self.units = units

    def faults(self, source: str) -> list[Fault]:
        """Unknown units, components, bases and columns, rows given twice, and components stated beside their own parts."""
        columns = {*KNOWN_COLUMNS, *self.framework.inputs, "value"}
        faults = [
            Fault(source, "header", f"the column '{name}'", nearest(name, columns))
            for name, column in self.columns.items()
            if name not in columns and (column != "").any()
        ]
        for column, known in self.known.items():
            times = np.bincount(self.places[column])
            for place, name in list(enumerate(self.names[column]))[len(known) :]:
                more = f" and {times[place] - 1} more" if times[place] > 1 else ""
                row = f"row {self.rows[self.first[column][place]]}{more}"
                if not name or f"the {column} '{name}'" in self.told:
                    continue  # told with its characters, or as left out
                faults.append(Fault(source, row, f"the {column} '{name}'", nearest(name, known)))
        years, span = dict.fromkeys(self.columns["year"].tolist()), self.framework.applies
        if len(years) > 1:
            faults.append(Fault(source, "year", ", ".join(str(year) or "none" for year in years), "rows of one year"))
        for year in (year for year in years if year and isinstance(year, str)):  # as a form has it; a study's is checked
            if not (re.fullmatch("[0-9]{4}", year) and span.from_ <= int(year) <= span.to):
                first = self.rows[self.columns["year"] == year][0]
                due = f"a year from {span.from_} to {span.to}, in which {self.framework.id} is in force"
                faults.append(Fault(source, f"row {first}", f"the year {year}", due))
        units, groups = self.columns["unit"], self.columns["group"]
        for unit in dict.fromkeys(units[groups != groups[self.first["unit"][self.places["unit"]]]]):
            own = ", ".join(dict.fromkeys(groups[units == unit]))
            faults.append(Fault(source, unit, f"the groups {own}", "one group for each unit"))
        return [*faults, *self._given_twice(source), *self._stated_twice(source)]

    def _given_twice(self, source: str) -> list[Fault]:
        rows = np.ravel_multi_index(list(self.places.values()), [len(names) for names in self.names.values()]).tolist()
        if len(set(rows)) == len(rows):
            return []
        faults = []
        first: dict[int, int] = {}
        for at, row in enumerate(rows):
            if not (self.columns["unit"][at] and self.columns["indicator"][at]):
                continue
            if (before := first.setdefault(row, at)) != at:
                given = ", ".join(self.columns[column][at] for column in self.places)
                found = f"{given} again (first in row {self.rows[before]})"
                faults.append(Fault(source, f"row {self.rows[at]}", found, "one row for each unit, indicator and basis"))
        return faults

    def _stated_twice(self, source: str) -> list[Fault]:
        """A component known from above must not stand beside one of its own parts, for the same unit and basis."""
        above = [not component.rule for component in self.framework.by_code.values()]
        unknown = len(self.names["indicator"]) - len(above)
        stated = np.array(above + [False] * unknown)[self.places["indicator"]]
        units = self.places["unit"]
        here: dict[tuple[str, str], dict[str, int]] = {}
        for at in np.flatnonzero(np.isin(units, units[stated])).tolist():
            unit, code, basis = (self.columns[column][at] for column in self.places)
            here.setdefault((unit, basis), {})[code] = self.rows[at]
        faults = []
        for (unit, _), codes in here.items():
            for code, row in codes.items():
                whole = self.framework.parents.get(code, "")
                while whole and whole not in codes:
                    whole = self.framework.parents[whole]
                if whole:
                    found = f"{code} beside {whole} (row {codes[whole]}), of which it is a part"
                    faults.append(Fault(source, f"row {row}, {unit}", found, "a component or its parts, not both"))
        return faults


class Grid:
    """All units assessed together on one basis, by component: their cells as text, and what is wrong with them."""

    def __init__(self, form: Form, basis: str, source: str, faults: list[Fault]):
        self.source, self.faults = source, faults
        codes, everyone = form.known["indicator"], form.units.unit
        unit, component = form.places["unit"], form.places["indicator"]
        of_basis = form.columns["basis"] == basis
        self.assessed = np.arange(len(everyone))
        if basis == "self":  # A unit that handed in no self-assessment has none, which is not one of 0 points.
            self.assessed = np.intersect1d(self.assessed, unit[of_basis])
        self.units = Units(everyone[self.assessed], form.units.group[self.assessed])
        here = np.flatnonzero(of_basis & (unit < len(everyone)) & (component < len(codes)))
        place = component[here] * len(self.units.unit) + np.searchsorted(self.assessed, unit[here])
        first = _first(place, len(codes) * len(self.units.unit)).reshape(len(codes), -1)
        self._row = np.append(form.rows[here], -1)[first]  # the place -1, where no row stands, is the last
        inputs = dict.fromkeys(["value", *form.framework.inputs])
        self._cells = {column: np.append(form.columns[column][here], "")[first] for column in inputs}
        self._place = {code: place for place, code in enumerate(codes)}

    def text(self, code: str, column: str) -> Column:
        """The cells of one component and column, one entry per unit, empty where there is none."""
        cells: Column = self._cells[column][self._place[code]]
        return cells

    @property
    def columns(self) -> list[str]:
        """The columns that any rule reads, `value` first."""
        return list(self._cells)

    def handed_in(self, code: str) -> Mask:
        """For which units a row of the component stands, be it empty."""
        mask: Mask = self._row[self._place[code]] >= 0
        return mask

    def anything(self, code: str, but: Collection[str] = ()) -> Mask:
        """For which units any cell of the component is filled in, `but` some."""
        filled = [self.text(code, column) != "" for column in self._cells if column not in but]
        return np.any(filled, axis=0) if filled else np.zeros(len(self.units.unit), dtype=bool)

    def cases(self, code: str, columns: Iterable[str], *also: Column) -> Cases:
        """The different rows of a component: by what stands in some columns, and by what `also` says of each unit."""
        return Cases({column: self.text(code, column) for column in columns}, also)

    def read(self, leaf: Component, name: str, cell: Cell, cases: Cases, wanted: Mask) -> Column:
        """The cells of one column as its rule wants them; `wanted` loses those that cannot be read, each a fault."""
        texts = cases.texts[name]
        read: dict[str, Any] = {}
        refused = set()
        for text in set(texts[wanted].tolist()):
            try:
                read[text] = None if cell.optional and not text else read_cell(leaf, cell.kind, text)
            except (ValueError, KeyError):
                refused.add(text)
        unreadable = wanted & np.array([text in refused for text in texts.tolist()], dtype=bool)
        levels = leaf.way.levels.values() if isinstance(leaf.way, Levels) else ()
        expected = "one of " + ", ".join(level.vi for level in levels) if levels else EXPECTED[cell.kind]
        for position, case in cases.units(unreadable):
            self.fault(leaf.code, position, f"{name} '{texts[case]}'" if texts[case] else f"no {name}", expected)
        wanted &= ~unreadable
        values = np.full(len(texts), None if cell.optional else ZERO, dtype=object)
        values[wanted] = [read[text] for text in texts[wanted].tolist()]
        return values

    def fault(self, code: str, position: int, found: str, expected: str) -> None:
        """Note what is wrong with a component of the unit at a position."""
        row = self._row[self._place[code], position]
        place = f"row {row}, " if row >= 0 else ""
        self.faults.append(Fault(self.source, f"{place}{self.units.unit[position]}, {code}", found, expected))


class Cases:
    """The different rows of one component, each once, so that it is computed once however many units handed it in.

    `of` is the case of each unit, `first` the position of the first unit of each case, `texts` the cells of each case.
    """

    def __init__(self, texts: dict[str, Column], also: Iterable[Column] = ()):
        keys = [key.tolist() for key in [*texts.values(), *(each for each in also if (each != each[:1]).any())]]
        self.of, kinds = _numbered(keys[0] if len(keys) == 1 else list(zip(*keys, strict=True)))
        self.first = _first(self.of, len(kinds))
        self.texts = {column: cells[self.first] for column, cells in texts.items()}
        self.given: Mask = np.any([cells != "" for cells in self.texts.values()], axis=0)

    def say(self, words: Collection[str], all_of_them: bool = False) -> Mask:
        """In which cases a cell, or each of them, is one of some words, in any case of letters."""
        says = np.full(len(self.first), all_of_them, dtype=bool)
        for cells in self.texts.values():
            said = np.isin(cells, [text for text in set(cells.tolist()) if text.lower() in words])
            says = says & said if all_of_them else says | said
        return says

    def units(self, at: Mask) -> Iterable[tuple[int, int]]:
        """The position and the case of every unit whose case is marked."""
        positions = np.flatnonzero(at[self.of])
        return zip(positions.tolist(), self.of[positions].tolist(), strict=True)


def placed(column: Column, known: Iterable[str] = ()) -> tuple[Places, list[str]]:
    """The place of each entry in a list of names, and that list: what is known, and after it what the column adds."""
    starts = np.flatnonzero(np.append(True, column[1:] != column[:-1]))  # of runs: entries come in runs more often than not
    places, names = _numbered(column[starts].tolist(), known)
    return np.repeat(places, np.diff(np.append(starts, len(column)))), names


def _numbered(entries: list[Any], known: Iterable[str] = ()) -> tuple[Places, list[Any]]:
    numbers = dict(zip(dict.fromkeys(chain(known, entries)), count(), strict=False))
    return np.fromiter(map(numbers.__getitem__, entries), dtype=np.intp, count=len(entries)), list(numbers)


def _first(places: Places, among: int) -> Places:
    """At which row each of so many places is named first; -1 where it never is."""
    first = np.full(among, -1)
    first[places[::-1]] = np.arange(len(places))[::-1]
    return first
