"""Files of others as grids: workbooks with the results of their formulas and their merged cells, and text tables alike."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dti_analysis.common.text import Lang, label
from dti_analysis.records.text_files import TEXT_SUFFIXES, read_text_table
from dti_analysis.records.workbook_answers import clean
from dti_analysis.records.workbook_file import MOST_ROWS, SheetRead, Unreadable, quiet, read_sheets

Place = tuple[int, int]


@dataclass(frozen=True)
class Held:
    """What a cell holds: its value (of a formula its result), the format of a number, its formula, its error."""

    value: Any = None
    form: str = "General"
    formula: str = ""
    error: str = ""

    @property
    def text(self) -> str:
        """The value as text."""
        return clean(self.value)

    @property
    def blank(self) -> bool:
        """Whether nothing stands there: no value, no error and no formula."""
        return not (self.text or self.error or self.formula)


NOTHING = Held()


@dataclass
class Grid:
    """A sheet by (row, column), both from 1: cells, the first cell of each merged one, what is hidden, where it ends."""

    sheet: str
    cells: dict[Place, Held]
    first: dict[Place, Place] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    last: int = 0
    """The last row that holds something, also below those that are read."""

    def at(self, row: int, column: int) -> Held:
        """The cell itself; nothing within a merged cell but at its first."""
        return self.cells.get((row, column), NOTHING)

    def whole(self, row: int, column: int) -> Held:
        """The cell, or the merged one that covers it."""
        return self.at(*self.first.get((row, column), (row, column)))

    @property
    def rows(self) -> int:
        """The last row that holds something."""
        return max([self.last, *(row for row, _ in self.cells)])


def read_grids(path: Path, lang: Lang) -> dict[str, Grid]:
    """Every sheet of a workbook, or the one table of a text file under the name "". Raises Unreadable."""
    if path.suffix.lower() in TEXT_SUFFIXES:
        table = read_text_table(path, lang)
        cells = {
            (row, column): Held(text)
            for row, texts in enumerate(table.rows, start=1)
            for column, text in enumerate(texts, start=1)
            if text.strip()
        }
        return {"": Grid("", cells)}
    sheets = read_sheets(path, lang)
    results = _results(path, lang)
    return {name: _grid(name, sheet, results.get(name, {})) for name, sheet in sheets.items()}


def _results(path: Path, lang: Lang) -> dict[str, dict[Place, Any]]:
    """What the formulas of each sheet had come to when it was saved."""
    import openpyxl

    found: dict[str, dict[Place, Any]] = {}
    try:
        with quiet(), closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as book:
            for sheet in book.worksheets:
                sheet.reset_dimensions()
                cells = (cell for row in sheet.iter_rows(max_row=MOST_ROWS + 1) for cell in row)
                found[sheet.title] = {(cell.row, cell.column): cell.value for cell in cells if cell.value is not None}
        return found
    except Exception as error:  # whatever a damaged part of a workbook makes the reader say
        raise Unreadable(label("intake.broken", lang), label("intake.xlsx", lang)) from error


def _grid(name: str, sheet: SheetRead, results: dict[Place, Any]) -> Grid:
    cells: dict[Place, Held] = {}
    for address, cell in sheet.cells.items():
        place = cell.row, cell.column
        formula = str(cell.value)[:60] if cell.data_type == "f" else ""
        error = sheet.errors.get(address, "") or (str(cell.value) if cell.data_type == "e" else "")
        value = None if error else results.get(place) if formula else cell.value
        if value is not None and not clean(value) and not (formula or error):
            continue
        cells[place] = Held(value, cell.number_format or "General", formula, error)
    return Grid(name, cells, dict(_merged(sheet.merged)), sheet.hidden, sheet.last_row)


def _merged(ranges: list[str]) -> list[tuple[Place, Place]]:
    from openpyxl.utils import range_boundaries

    covered: list[tuple[Place, Place]] = []
    for one in ranges:
        left, top, right, bottom = range_boundaries(one)
        bottom = min(bottom, MOST_ROWS)
        covered += [((row, column), (top, left)) for row in range(top, bottom + 1) for column in range(left, right + 1)]
    return covered


def address(row: int, column: int) -> str:
    """A cell as F12."""
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(column)}{row}"


def place_of(cell: str) -> Place:
    """Row and column of a cell as F12."""
    from openpyxl.utils import coordinate_to_tuple

    row, column = coordinate_to_tuple(cell)
    return row, column


def column_of(letters: str) -> int:
    """A column by its letters."""
    from openpyxl.utils import column_index_from_string

    return int(column_index_from_string(letters))
