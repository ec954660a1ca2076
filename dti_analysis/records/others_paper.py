"""A form of others laid open: the sheet that is meant, its columns by their headers, what hides; and how faults are noted."""

from __future__ import annotations

from dataclasses import dataclass, field

from dti_analysis.common.text import label
from dti_analysis.records.mapping import Mapping, Placed, compared
from dti_analysis.records.others_file import Grid, Held, address, column_of, place_of
from dti_analysis.records.others_units import unit_of, unit_of_file
from dti_analysis.records.workbook_answers import Wrong
from dti_analysis.records.workbook_file import MOST_ROWS
from dti_analysis.records.workbook_intake import Form, Wanted
from dti_analysis.records.workbook_layout import FAULT_SHEET, Line, lines


@dataclass
class Paper:
    """A form that is being read: its faults go to `form`; `columns` say where each column of the mapping stands."""

    form: Form
    mapping: Mapping
    wanted: Wanted
    grid: Grid = field(default_factory=lambda: Grid("", {}))
    columns: dict[str, int] = field(default_factory=dict)
    _laid: dict[str, list[Line]] = field(default_factory=dict)

    def open(self, grids: dict[str, Grid]) -> bool:
        """Find the sheet and its columns; whether what stands below the header can be read as what it seems to be."""
        if not self._choose(grids):
            return False
        self._says()
        self._columns()
        if self.form.faults:
            return False
        self._hidden()
        return True

    @property
    def number(self) -> int:
        """The column that says which criterion a row is of."""
        return self.columns.get("stt") or self.columns["code"]

    def lines(self, unit: str) -> list[Line]:
        """The criteria as they are for a unit."""
        group = self.wanted.units[unit][0] if unit in self.wanted.units else ""
        if group not in self._laid:
            self._laid[group] = lines(self.wanted.framework, group, self.form.lang)
        return self._laid[group]

    def cell(self, cell: str) -> Held:
        """A cell by its address."""
        return self.grid.whole(*place_of(cell))

    def say(self, key: str, **values: object) -> str:
        """A label in the language of the faults."""
        return label(key, self.form.lang, **values)

    def wrong(self, row: int, column: int, found: str, expected: str) -> None:
        """Note a fault of a cell."""
        self.form.wrong(address(row, column), found, expected)

    def unread(self, row: int, column: int, held: Held, expected: str) -> bool:
        """Note that a cell holds an error, or a formula without a result; whether it does."""
        if not held.error and not (held.formula and held.value is None):
            return False
        key = "intake.error" if held.error else "others.no_result"
        self.wrong(row, column, self.say(key, error=held.error, formula=held.formula), expected)
        return True

    def whose(self, known: str) -> str:
        """The unit of the whole file; empty where a column says it, or where it cannot be told."""
        whose = self.mapping.unit
        if whose.column:
            return ""
        if known:
            return known
        try:
            if whose.cell is None:
                return unit_of_file(self.form.path.stem, whose, self.wanted.names, self.form.lang)
            return unit_of(self.cell(whose.cell).text, whose, self.wanted.names, self.form.lang)
        except Wrong as wrong:
            self.form.wrong(whose.cell or "", wrong.found, wrong.expected)
            return ""

    def _choose(self, grids: dict[str, Grid]) -> bool:
        """Find the sheet that is meant."""
        sheets = {name: grid for name, grid in grids.items() if name not in FAULT_SHEET.values()}
        named = self.mapping.sheet
        if "" in sheets:
            self.grid = sheets[""]
            self.grid.sheet = named or "CSV"
        elif named is None:
            if len(sheets) == 1:
                self.grid = next(iter(sheets.values()))
            else:
                there = ", ".join(sheets)
                self.form.wrong("", self.say("others.sheets", count=len(sheets), there=there), self.say("others.one_sheet"))
                return False
        elif named in sheets:
            self.grid = sheets[named]
        else:
            there = ", ".join(sheets)
            self.form.wrong("", self.say("intake.no_sheet", sheet=named, there=there), self.say("intake.sheet", sheet=named))
            return False
        self.form.sheet = self.grid.sheet
        if self.grid.rows > MOST_ROWS and not ("" in sheets and self.mapping.unit.column):
            self.wrong(MOST_ROWS, 1, self.say("intake.rows", rows=MOST_ROWS), self.say("intake.nothing_below"))
        return not self.form.faults

    def _says(self) -> None:
        for cell, text in self.mapping.says.items():
            held = self.cell(cell)
            due = text.replace("{year}", str(self.wanted.key.year))
            if compared(due) not in compared(held.text):
                found = f"“{' '.join(held.text.split())[:60]}”" if held.text else self.say("others.nothing")
                self.form.wrong(cell, found, self.say("others.to_say", text=due))

    def _columns(self) -> None:
        """Find the columns of the mapping by their headers, whole or else by the last of several below one another."""
        headers = self._headers()
        there = ", ".join(f"{_letters(column)} “{text}”" for column, text in headers.items())
        for name, due in self.mapping.columns.items():
            says = due.says if isinstance(due, Placed) else due
            whole = [column for column, text in headers.items() if compared(says) == compared(text)]
            placed = whole or [column for column, text in headers.items() if _below(says, text) or _below(text, says)]
            if isinstance(due, Placed):
                placed = [column for column in placed if _letters(column) == due.letter]
            if len(placed) == 1:
                self.columns[name] = placed[0]
                continue
            row, column = self.mapping.headers[-1], placed[0] if placed else 1
            if placed:
                letters = ", ".join(map(_letters, placed))
                found = self.say("others.two_columns", count=len(placed), header=says, letters=letters)
                self.wrong(row, column, found, self.say("others.one_column", header=says))
            else:
                found = self.say("others.no_column", header=says, there=there or "–")
                self.wrong(row, column, found, self.say("others.column", header=says))

    def _headers(self) -> dict[int, str]:
        last = max((column for _, column in self.grid.cells), default=0)
        headers: dict[int, str] = {}
        for column in range(1, last + 1):
            texts = [" ".join(self.grid.whole(row, column).text.split()) for row in self.mapping.headers]
            if joined := " / ".join(dict.fromkeys(filter(None, texts))):
                headers[column] = joined
        return headers

    def _hidden(self) -> None:
        """Refuse hidden rows and columns that hold something."""
        for what in self.grid.hidden:
            begins, _, ends = what.partition(":")
            if begins.isdigit():
                held = any(row == int(begins) for row, _ in self.grid.cells)
            else:
                first, last = column_of(begins), column_of(ends)
                held = any(first <= column <= last for _, column in self.grid.cells)
            if held:
                self.form.wrong(what, self.say("intake.hidden", what=what), self.say("intake.not_hidden"))


def _below(says: str, header: str) -> bool:
    """Whether a text is the last of several headers; in a text file a merged one above stands only over the first column."""
    return compared(says) == compared(header.split(" / ")[-1])


def _letters(column: int) -> str:
    return address(1, column)[:-1]
