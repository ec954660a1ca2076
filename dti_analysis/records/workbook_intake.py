"""A form that came back: read whole, every fault with its cell. What is unsure is refused, never guessed."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import nearest
from dti_analysis.common.text import Lang, day, label
from dti_analysis.criteria.framework import Framework
from dti_analysis.records.sources import Key
from dti_analysis.records.workbook_answers import Wrong, answer, clean, refused
from dti_analysis.records.workbook_file import MOST_ROWS, SheetRead, Unreadable, read_sheets
from dti_analysis.records.workbook_layout import (
    BY,
    FAULT_SHEET,
    FORM_SHEET,
    HEADER_ROW,
    HIDDEN_SHEET,
    LETTER,
    META,
    PROOF,
    UNIT,
    VERSION,
    Line,
    key_of,
    lines,
)

_UNITS_OWN = {LETTER[name] for name in (*PROOF, "explanation")}
_FOOT = 8
"""Rows below the total that belong to the form: signatures, and what it was made for."""


@dataclass(frozen=True)
class Wanted:
    """Which forms are taken: of this set and version, place, index, year, level, and of these units (group and name by id).

    `also` are their names in other languages: a form may be in another than its faults are told in.
    """

    framework: Framework
    digest: str
    key: Key
    units: dict[str, tuple[str, str]]
    also: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """Every name of each unit, the one in the language of the faults first."""
        return {unit: tuple(dict.fromkeys([name, *self.also.get(unit, ())])) for unit, (_, name) in self.units.items()}


@dataclass(frozen=True)
class CellFault:
    """One thing wrong with a form: the cell (empty where it is the whole file), what was found and what is expected."""

    sheet: str
    cell: str
    found: str
    expected: str
    number: bool = False
    """Whether a plain number belongs into the cell, whatever format it was given by what was typed there."""

    def place(self) -> str:
        """Where it is, as Phiếu!F12."""
        return f"{self.sheet}!{self.cell}" if self.cell else self.sheet


@dataclass
class Form:
    """A form as it was read: whose it is, what it answers by component and cell, and what is wrong with it."""

    path: Path
    digest: str
    lang: Lang
    unit: str = ""
    by: str = ""
    sheet: str = ""
    deadline: str = ""
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    explanation: dict[str, str] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=dict)
    """Of a form of others: which criterion each row is of."""
    units: frozenset[str] = frozenset()
    """Whose a refused file is, where it holds several units."""
    mapped: bool = False
    """Whether it was read by a mapping."""
    readable: bool = True

    @property
    def complete(self) -> tuple[int, int]:
        """How many criteria are answered, and of how many."""
        return sum(any(cells.values()) for cells in self.answers.values()), len(self.answers)

    def wrong(self, cell: str, found: str, expected: str, number: bool = False) -> None:
        """Note a fault."""
        self.faults.append(CellFault(self.sheet, cell, found, expected, number))


def read_form_file(path: Path, wanted: Wanted, lang: Lang) -> Form:
    """Read one file as a form, faults in a language. Never raises for what is in the file."""
    form = Form(path, sha256(path), lang)
    try:
        sheets = read_sheets(path, lang)
    except Unreadable as error:
        form.readable = False
        form.wrong("", error.found, error.expected)
        return form
    meta = _meta(sheets)
    if not meta:
        form.wrong("", label("intake.no_meta", lang), label("intake.xlsx", lang))
        return form
    form.deadline = meta["deadline"]
    name = FORM_SHEET["en" if meta["lang"] == "en" else "vi"]
    same_set = _compare(form, meta, wanted)
    if name not in sheets:
        there = ", ".join(sheet for sheet in sheets if sheet != HIDDEN_SHEET)
        form.wrong("", label("intake.no_sheet", lang, sheet=name, there=there), label("intake.sheet", lang, sheet=name))
        return form
    form.sheet = name
    sheet = sheets[name]
    for other in sheets.keys() - {name, HIDDEN_SHEET, *FAULT_SHEET.values()}:
        if sheets[other].cells:
            found = label("intake.other_sheet", lang, sheet=other, cells=len(sheets[other].cells))
            form.wrong("", found, label("intake.one_form_sheet", lang, sheet=name))
    form.by = _text(sheet, BY)
    _whose(form, meta, sheet, wanted)
    if same_set:
        group = wanted.units[form.unit][0] if form.unit in wanted.units else meta["group"]
        _Reader(form, sheet, lines(wanted.framework, group, lang)).read()
    return form


def _meta(sheets: dict[str, SheetRead]) -> dict[str, str]:
    """What the hidden sheet says the form is for; nothing where it is not one of ours."""
    hidden = sheets.get(HIDDEN_SHEET)
    if hidden is None or any(_text(hidden, f"A{row}") != name for row, name in enumerate(META, start=1)):
        return {}
    return {name: _text(hidden, f"B{row}") for row, name in enumerate(META, start=1)}


def _compare(form: Form, meta: dict[str, str], wanted: Wanted) -> bool:
    """Refuse a form of another set, place, year or level; whether it is of this set, so that its rows are known."""
    key = wanted.key
    due = {
        "form": VERSION,
        "framework": wanted.framework.id,
        "sha256": wanted.digest,
        "year": str(key.year),
        "level": key.level,
    }
    due |= {"place": wanted.framework.place, "index": key.index}
    wrong = {name for name, expected in due.items() if meta[name] != expected}
    if "framework" in wrong:
        wrong.discard("sha256")  # follows from the first
    for name in due:
        if name in wrong:
            form.wrong("", label(f"intake.meta.{name}", form.lang, found=meta[name]), due[name])
    return not wrong & {"form", "framework", "sha256"}


def _whose(form: Form, meta: dict[str, str], sheet: SheetRead, wanted: Wanted) -> None:
    """The unit, by the id on the hidden sheet or else by the name that was written; its group must be that of the form."""
    unit, names = meta["unit"], {_folded(name): unit for unit, names in wanted.names.items() for name in names}
    if not unit:
        written = _text(sheet, UNIT)
        unit = names.get(_folded(written), written)
    if unit not in wanted.units:
        form.wrong(UNIT, label("intake.meta.unit", form.lang, found=unit), nearest(unit, wanted.units))
        return
    form.unit = unit
    group = wanted.units[unit][0]
    if meta["group"] != group and meta["unit"]:
        form.wrong(UNIT, label("intake.meta.group", form.lang, found=meta["group"]), group)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).lower().split())


def _text(sheet: SheetRead, cell: str) -> str:
    return clean(sheet.cells[cell].value) if cell in sheet.cells else ""


@dataclass
class _Reader:
    form: Form
    sheet: SheetRead
    lines: list[Line]

    def read(self) -> None:
        self._whole_sheet()
        rows = self._rows()
        for line in self.lines:
            if line.applies and (line.asks or line.rule is not None):
                self._line(line, rows)
        self._scores(rows)
        self._astray(rows)
        self._outside(rows)
        if not self.form.faults and not self.form.complete[0]:
            self.form.wrong("", self._say("blank"), self._say("answers"))

    def _say(self, key: str, **values: Any) -> str:
        return label(f"intake.{key}", self.form.lang, **values)

    def _whole_sheet(self) -> None:
        own = LETTER["key"]
        for what in self.sheet.hidden:
            if what == f"{own}:{own}" or (re.match(r"[A-Z]", what) and what.split(":")[0] >= own):
                continue
            self.form.wrong(what, self._say("hidden", what=what), self._say("not_hidden"))
        if self.sheet.last_row > MOST_ROWS:
            self.form.wrong(f"A{MOST_ROWS}", self._say("rows", rows=MOST_ROWS), self._say("nothing_below"))

    def _rows(self) -> dict[str, int]:
        """Where the row of each component and cell stands now, by the hidden column; rows lost or doubled are faults."""
        letter, rows = LETTER["key"], dict[str, int]()
        due = {key_of(line.code, one.name) for line in self.lines for one in line.asks}
        for row in range(HEADER_ROW + 1, min(self.sheet.last_row, MOST_ROWS) + 1):
            key = _text(self.sheet, f"{letter}{row}")
            if key in rows:
                self.form.wrong(f"A{row}", self._say("row_twice", code=key.replace("|", " ")), self._say("row"))
            elif key:
                rows[key] = row
        for key in due - rows.keys():
            self.form.wrong("", self._say("no_row", code=key.replace("|", " ").strip()), self._say("row"))
        return rows

    def _line(self, line: Line, rows: dict[str, int]) -> None:
        if not line.asks:
            return
        at = {one.name: rows.get(key_of(line.code, one.name)) for one in line.asks}
        texts: dict[str, str] = {}
        sound = True
        for one in line.asks:
            cell = f"{LETTER['answer']}{at[one.name]}"
            if at[one.name] is None:  # its row is lost, and that is told
                texts[one.name], sound = "", False
                continue
            if merged := self.sheet.merged_over(cell):
                self.form.wrong(cell, self._say("merged", cells=merged), self._say("own_row"))
                texts[one.name], sound = "", False
                continue
            try:
                text = answer(line, one, self.sheet.cells.get(cell), self.sheet.errors.get(cell, ""), self.form.lang)
                texts[one.name] = text
            except Wrong as wrong:
                self.form.wrong(cell, wrong.found, wrong.expected, one.cell.kind in ("number", "count"))
                texts[one.name], sound = "", False
        self.form.answers[line.code] = texts
        if sound:
            for name, why in refused(line, texts, self.form.lang).items():
                self.form.wrong(f"{LETTER['answer']}{at[name]}", why.found, why.expected)
        first = at[line.asks[0].name]
        self.form.evidence[line.code] = self._evidence(first)
        self.form.explanation[line.code] = self._free(f"{LETTER['explanation']}{first}")

    def _free(self, cell: str) -> str:
        """A text of the unit's own; an error or a formula in it is a fault."""
        held = self.sheet.cells.get(cell)
        if held is not None and held.data_type in ("f", "e"):
            key = "error" if held.data_type == "e" else "formula"
            self.form.wrong(
                cell, self._say(key, error=held.value, formula=str(held.value)[:60]), label("expects.word", self.form.lang)
            )
            return ""
        return " ".join(_text(self.sheet, cell).split())

    def _evidence(self, row: int | None) -> str:
        """`12/QĐ-UBND ngày 28/06/2025: its title; file`, of what there is."""
        given = {name: self._free(f"{LETTER[name]}{row}") for name in PROOF}
        dated = given["dated"]
        with suppress(ValueError):  # a date that is none stays as it was written
            dated = day(dated, "vi") if re.fullmatch(r"\d{4}-\d\d-\d\d", dated) else dated
        number = " ".join(filter(None, [given["document"], f"ngày {dated}" if dated else ""]))
        return "; ".join(filter(None, [": ".join(filter(None, [number, given["title"]])), given["file"]]))

    def _scores(self, rows: dict[str, int]) -> None:
        """The formulas of the form must stand: a number typed over one would no longer follow from the answers."""
        for line in self.lines:
            row = rows.get(key_of(line.code, line.asks[0].name)) if line.asks else None
            if row is None:
                continue
            cell = f"{LETTER['score']}{row}"
            held = self.sheet.cells.get(cell)
            if held is None or held.data_type != "f":
                text = clean(held.value) if held is not None else ""
                self.form.wrong(cell, self._say("overwritten", text=text or "–"), self._say("the_formula"))
            elif cell in self.sheet.errors:
                self.form.wrong(cell, self._say("error", error=self.sheet.errors[cell]), self._say("the_formula"))

    def _astray(self, rows: dict[str, int]) -> None:
        """Refuse what stands where nothing of the form is read: in rows between its own, or beside another criterion's."""
        answers, own = set[int](), set[int]()
        for line in self.lines:
            at = [row for one in line.asks if (row := rows.get(key_of(line.code, one.name)))]
            answers.update(at)
            own.update(at[:1])
            for name in (*PROOF, "explanation"):
                cell = f"{LETTER[name]}{at[0]}" if at else ""
                merged = self.sheet.merged_over(cell)
                if merged and not set(map(int, re.findall(r"\d+", merged))) <= {*at}:
                    self.form.wrong(cell, self._say("merged", cells=merged), self._say("own_row"))
        last = max(rows.values(), default=0)
        for cell, held in self.sheet.cells.items():
            letter = cell.rstrip("0123456789")
            allowed = answers if letter == LETTER["answer"] else own if letter in _UNITS_OWN else None
            if allowed is not None and HEADER_ROW < held.row <= last and held.row not in allowed and clean(held.value):
                self.form.wrong(cell, self._say("astray", text=f"“{clean(held.value)[:40]}”"), self._say("own_row"))

    def _outside(self, rows: dict[str, int]) -> None:
        end = max(rows.values(), default=0) + 1 + _FOOT
        beyond = [
            (cell.row, cell.column, name)
            for name, cell in self.sheet.cells.items()
            if cell.row > end or cell.column > ord(LETTER["key"]) - ord("A") + 1
        ]
        if beyond:
            _, _, first = min(beyond)
            text = clean(self.sheet.cells[first].value)[:40]
            self.form.wrong(first, self._say("below", count=len(beyond), text=f"“{text}”"), self._say("nothing_below"))
