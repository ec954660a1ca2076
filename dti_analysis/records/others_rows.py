"""Rows of a form of others: which criterion each is of, and what of the sheet is heading, note or blank. Doubts are faults."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

from dti_analysis.common.text import listing
from dti_analysis.records.mapping import Mapping, compared
from dti_analysis.records.others_file import NOTHING, Held, address
from dti_analysis.records.others_numbering import LETTERED, ROMAN, in_order, readings
from dti_analysis.records.others_paper import Paper
from dti_analysis.records.others_units import unit_of
from dti_analysis.records.workbook_answers import Wrong


@dataclass(frozen=True)
class Row:
    """A row that answers: where it stands, whose it is, which criterion, and which cell of it (all of them where empty)."""

    row: int
    unit: str
    code: str
    cell: str


def read_rows(paper: Paper, whose: str) -> dict[str, list[Row]]:
    """The rows that answer, by unit (`whose`, unless a column says it)."""
    reader = _Rows(paper, whose)
    reader.read()
    by_unit = {unit: reader.placed(unit) for unit in dict.fromkeys(unit for _, unit, _ in reader.found)}
    reader.complete(by_unit)
    return by_unit


@dataclass
class _Rows:
    paper: Paper
    whose: str
    found: list[tuple[int, str, list[str]]] = field(default_factory=list)
    """Row, unit, and every number of the mapping that it may have."""

    @property
    def mapping(self) -> Mapping:
        return self.paper.mapping

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The numbers of rows in the order of the form; where rows have none, the codes of criteria."""
        codes = [line.code for line in self.paper.lines("") if line.asks or not line.applies]
        return {name: place for place, name in enumerate(self.mapping.rows or codes)}

    @cached_property
    def headings(self) -> set[str]:
        """The numbers of rows that only head others."""
        return {*self.mapping.headings, *(number.partition(" ")[0] for number in self.mapping.rows if " " in number)}

    def read(self) -> None:
        """Go through the sheet below its header."""
        paper, grid = self.paper, self.paper.grid
        group, above, ended = "", list[str](), False
        for row in range(self.mapping.headers[-1] + 1, grid.rows + 1):
            held = grid.at(row, paper.number)
            ended = ended or self._ends(row)
            if paper.unread(row, paper.number, held, paper.say("others.number_as_text", one=next(iter(self.numbers)))):
                continue
            options = self._options(held, group, above)
            known = [one for one in options if one in self.numbers]
            if ended:
                if known and not held.blank:
                    found = paper.say("others.after_end", number=held.text, until=self.mapping.until)
                    paper.wrong(row, paper.number, found, paper.say("others.before_end", until=self.mapping.until))
            elif held.blank:
                self._refuse_content(row, "others.stray", paper.say("others.stray_wanted"))
            elif known:
                self.found.append((row, self._unit(row), known))
                above = above if LETTERED.fullmatch(options[-1]) else options
            elif ROMAN.fullmatch(options[0]) or {*options, *(f"{group}.{one}" for one in options)} & self.headings:
                group = options[0] if ROMAN.fullmatch(options[0]) else group
                above = options
                self._refuse_content(row, "others.in_heading", paper.say("others.heading_wanted"), number=held.text)
            elif not set(options) & set(self.mapping.ignored):
                self._unknown(row, held)

    def _options(self, held: Held, group: str, above: list[str]) -> list[str]:
        """Every number that a cell may be: as it stands, below its Roman numeral, or a letter below the number before it."""
        if "code" in self.paper.columns:
            return [held.text]
        options = readings(held)
        if LETTERED.fullmatch(options[0]):
            heads = [*above, *(f"{group}.{one}" for one in above)]
            return [f"{head} {options[0]}" for head in heads] + options
        below = [f"{group}.{one}" for one in options if f"{group}.{one}" in self.numbers]
        return below or options

    def _ends(self, row: int) -> bool:
        until = self.mapping.until
        texts = (self.paper.grid.at(row, column).text for column in range(1, max(self.paper.columns.values()) + 1))
        return until is not None and any(compared(text).startswith(compared(until)) for text in texts)

    def _unknown(self, row: int, held: Held) -> None:
        paper = self.paper
        text = " ".join(held.text.split())[:40]
        close = get_close_matches(text, self.numbers, n=2, cutoff=0.5)
        nearest = paper.say("others.near", words=listing(close, paper.form.lang)) if close else ""
        what = "code" if "code" in paper.columns else "number"
        found = paper.say(f"others.{what}_unknown", **{what: text})
        paper.wrong(row, paper.number, found, paper.say(f"others.{what}_known", nearest=nearest))

    def _refuse_content(self, row: int, key: str, expected: str, **values: str) -> None:
        """Refuse figures, evidence or explanation in a row that is no criterion's: they would be lost."""
        for name in (*self.mapping.numbers, *self.mapping.ticks, "evidence", "explanation"):
            held = self.paper.grid.at(row, self.paper.columns[name]) if name in self.paper.columns else NOTHING
            if not held.blank:
                text = " ".join((held.text or held.error or held.formula).split())[:40]
                self.paper.wrong(row, self.paper.columns[name], self.paper.say(key, text=text, **values), expected)

    def _unit(self, row: int) -> str:
        if not self.mapping.unit.column:
            return self.whose
        paper = self.paper
        column = paper.columns["unit"]
        for name, due in (("basis", "self"), ("year", str(paper.wanted.key.year))):
            text = paper.grid.at(row, paper.columns[name]).text if name in paper.columns else due
            if text.lower() != due:
                expected = paper.say("others.self") if name == "basis" else due
                paper.wrong(row, paper.columns[name], paper.say(f"others.{name}", text=text), expected)
        try:
            return unit_of(paper.grid.whole(row, column).text, self.mapping.unit, paper.wanted.names, paper.form.lang)
        except Wrong as wrong:
            paper.wrong(row, column, wrong.found, wrong.expected)
            return ""

    def placed(self, unit: str) -> list[Row]:
        """The rows of a unit, each number told by how it is written or else by its place among the others."""
        paper = self.paper
        own = [(row, options) for row, other, options in self.found if other == unit]
        places = in_order([[self.numbers[one] for one in options] for _, options in own])
        names = list(self.numbers)
        rows: list[Row] = []
        for (row, options), left in zip(own, places, strict=True):
            if len(options) > 1 and len(left) != 1:
                both = paper.say("others.or").join(f"{one} ({self.mapping.rows[one]})" for one in options)
                found = paper.say("others.number_two", number=paper.grid.at(row, paper.number).text, both=both)
                paper.wrong(row, paper.number, found, paper.say("others.number_as_text", one=options[-1]))
                continue
            number = names[left[0]] if len(options) > 1 else options[0]
            code, cell = self.mapping.target(number) if self.mapping.rows else (number, "")
            rows.append(Row(row, unit, code, cell))
            paper.form.codes[row] = code
        return rows

    def complete(self, by_unit: dict[str, list[Row]]) -> None:
        """Refuse rows that are there twice, and numbers of the mapping that are not there."""
        paper = self.paper
        number_of = {self.mapping.target(number): number for number in self.mapping.rows}
        own = {fault.cell.rstrip("0123456789") for fault in paper.form.faults}
        unsure = address(1, paper.number)[:-1] in own  # a row that could not be told may be the one that is missing
        for unit, rows in (by_unit or {self.whose: []}).items():
            first: dict[tuple[str, str], int] = {}
            for row in rows:
                key = row.code, row.cell
                if first.setdefault(key, row.row) != row.row:
                    number = number_of.get(key, row.code)
                    found = paper.say("others.number_twice", number=number, code=row.code, row=first[key])
                    paper.wrong(row.row, paper.number, found, paper.say("others.once"))
            applying = {line.code for line in paper.lines(unit) if line.applies}
            for key, number in number_of.items():
                if not unsure and key not in first and key[0] in applying:
                    found = paper.say("others.no_row", number=number, code=key[0])
                    paper.form.wrong("", found, paper.say("others.all_rows"))
