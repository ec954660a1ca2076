"""Mappings: what stands where in a form that is not ours, stated in a small YAML file and checked against the criteria set."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from dti_analysis.common import strict_yaml
from dti_analysis.common.faults import Fault, Faults, nearest, refused_by_model
from dti_analysis.criteria.cells import NOT_APPLICABLE
from dti_analysis.criteria.framework import Framework
from dti_analysis.criteria.rules import Levels, NotScored, Reported
from dti_analysis.records.intake import NUMBER
from dti_analysis.records.workbook_layout import Asked, Line, lines
from dti_analysis.records.workbook_rules import NO, YES

OWN_COLUMNS = ("stt", "code", "unit", "name", "points", "evidence", "explanation", "basis", "year")
"""What a column may be beside a number that a rule asks for (`value`, a, b, …) or several in one cell (`a/b`: “3/4”)."""
TICK = "tick "
"""How the name of a column begins in which a mark stands for an answer: `tick Có`, `tick Đầy đủ`."""
MARKS = ("x", "v", "✓", "✔", "☑", "☒")
UNMARKED = ("☐", "□")
CellName = Annotated[str, Field(pattern=r"^[A-Z]{1,3}[1-9]\d{0,4}$")]


def _as_text(given: object) -> object:
    if isinstance(given, int | float):
        raise ValueError(f'text in quotes, as "{given}": without them 4.10 is the number 4.1')
    return given


Number = Annotated[str, BeforeValidator(_as_text)]


def _pattern(text: str) -> str:
    try:
        groups = re.compile(text).groups
    except re.error as error:
        raise ValueError(f"a regular expression ({error})") from None
    if groups != 1:
        raise ValueError("a regular expression with one group in brackets, which is the unit")
    return text


class Model(BaseModel):
    """Strict and frozen: an unknown key is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Placed(Model):
    """A column that is told by its letter, where several have the same header: both must hold."""

    letter: str = Field(pattern=r"^[A-Z]{1,3}$")
    says: str


class Whose(Model):
    """How a form says whose it is: a cell, the name of the file (a regular expression with one group), or the column `unit`.

    `without` are words before the name (“Đơn vị:”, “UBND”); `names` are other ways in which a unit is written, and its id.
    """

    cell: CellName | None = None
    file: Annotated[str, AfterValidator(_pattern)] | None = None
    column: Literal[True] | None = None
    without: list[str] = []
    names: dict[str, str] = {}

    @model_validator(mode="after")
    def _one_way(self) -> Whose:
        if sum(way is not None for way in (self.cell, self.file, self.column)) != 1:
            raise ValueError("one of cell, file and column: true")
        return self


class Words(Model):
    """How the form says yes, no, that a criterion does not apply, and, by criterion, its levels: the form's word, ours."""

    yes: list[Number] = []
    no: list[Number] = []
    not_applicable: list[Number] = []
    levels: dict[str, dict[Number, str]] = {}

    @model_validator(mode="after")
    def _each_once(self) -> Words:
        known = [compared(word) for word in (*self.yes, *self.no, *self.not_applicable)]
        if twice := [word for word in known if known.count(word) > 1]:
            raise ValueError(f"each word once, not '{twice[0]}' twice")
        return self


class Mapping(Model):
    """A form of others.

    confirmed: who compared it with the form, where it was drafted · sheet: its name; the only one without it (not for CSV) ·
    header: the row of the headers, or several below one another
    (joined by “ / ”) · columns: what it is (`OWN_COLUMNS`, a number of a rule, or `a/b`) and its header · rows: in the order of
    the form, each number (STT; “II.3” where they begin anew under Roman numerals; “6.2 a” of a lettered row below 6.2) and the
    criterion, or criterion and cell (“P6.02 c1”) · headings, ignored: numbers of rows that hold no answer of their own, or one
    that is deliberately left out · absent: criteria that the form does not ask for · until: how the row begins below which
    there are only notes · says: texts that cells must hold ({year} is the year assessed) · decimal: the decimal sign of
    numbers written as text; the other one then groups thousands · dates: how dates are written
    as text · percents: criteria whose figure is in percent, so that 85% is 85.
    """

    title: str
    framework: str
    confirmed: str | None = None
    sheet: str | None = None
    header: int | list[int]
    columns: dict[str, str | Placed]
    unit: Whose
    by: CellName | None = None
    rows: dict[Number, str] = {}
    headings: list[Number] = []
    ignored: list[Number] = []
    absent: list[str] = []
    until: str | None = None
    says: dict[CellName, str] = {}
    words: Words = Words()
    decimal: Literal[",", "."] | None = None
    dates: Literal["d/m/y", "m/d/y"] | None = None
    percents: list[str] = []
    marks: list[Number] = list(MARKS)
    unticked: Literal["refused", "unanswered"] = "refused"

    @property
    def headers(self) -> list[int]:
        """The rows of the header."""
        return self.header if isinstance(self.header, list) else [self.header]

    @property
    def numbers(self) -> dict[str, list[str]]:
        """The columns that hold numbers that rules ask for, and which."""
        return {name: name.split("/") for name in self.columns if name not in OWN_COLUMNS and name not in self.ticks}

    @property
    def ticks(self) -> dict[str, str]:
        """The columns in which a tick is an answer, and the word that it stands for."""
        return {name: " ".join(name.removeprefix(TICK).split()) for name in self.columns if name.startswith(TICK)}

    def ticked(self, line: Line, asked: Asked) -> list[str]:
        """The columns in which a criterion's cell is answered by a tick; none where it is of another kind."""
        if asked.cell.kind == "yes_no":
            known = {*YES, *NO, *map(compared, [*self.words.yes, *self.words.no])}
        elif isinstance(line.rule, Levels):
            known = {*line.rule.known(), *map(compared, self.words.levels.get(line.code, {}))}
        else:
            return []
        nothing = {*NOT_APPLICABLE, *map(compared, self.words.not_applicable)}
        own = [name for name, word in self.ticks.items() if compared(word) in known]
        return (
            [*own, *(name for name, word in self.ticks.items() if name not in own and compared(word) in nothing)] if own else []
        )

    def target(self, number: str) -> tuple[str, str]:
        """The criterion of a row, and the cell if it is of one."""
        code, _, cell = self.rows[number].partition(" ")
        return code, cell

    def column_of(self, line: Line, name: str) -> str | None:
        """The column in which a number of a criterion stands."""
        if isinstance(line.rule, Reported) and "points" in self.columns:
            return "points"
        if name in self.columns:
            return name
        if ticked := next((self.ticked(line, one) for one in line.asks if one.name == name), []):
            return ticked[0]
        figures = {one.name for one in line.asks if one.cell.kind in ("number", "count")}
        both = [column for column, names in self.numbers.items() if name in names and figures >= set(names)]
        return both[0] if both else "value" if len(line.asks) == 1 and "value" in self.columns else None

    @model_validator(mode="after")
    def _whole(self) -> Mapping:
        if not self.headers or any(row < 1 for row in self.headers):
            raise ValueError("header: the number of a row, as 6, or of several, as [6, 7]")
        for name, parts in self.numbers.items():
            if not all(part == "value" or NUMBER.fullmatch(part) for part in parts):
                known = ", ".join(OWN_COLUMNS)
                raise ValueError(f"columns: one of {known}, value, a, b …, a/b or {TICK}…; not '{name}'")
        if len(self.ticks) == 1:
            raise ValueError(f"columns: two columns at least to tick, not '{next(iter(self.ticks))}' alone")
        if ("stt" in self.columns) == ("code" in self.columns):
            raise ValueError("columns: stt, with rows that say which criterion a number is, or code")
        if bool(self.rows) != ("stt" in self.columns):
            raise ValueError("rows: which criterion each number is, where and only where there is a column stt")
        if bool(self.unit.column) != ("unit" in self.columns):
            raise ValueError("columns: unit, where and only where the unit is found by a column")
        return self


def compared(text: str) -> str:
    """A text as it is compared: lower case, single spaces, composed letters."""
    return " ".join(unicodedata.normalize("NFC", text).lower().split())


def load_mapping(path: Path, framework: Framework) -> Mapping:
    """A mapping for a criteria set. Raises Faults: all that is wrong with it, by its lines."""
    document = strict_yaml.read(path)
    if unsaid := list(_unsaid(document.data)):
        expected = "what it is: dti mapping could not tell, a person has to say it"
        raise Faults([Fault(str(path), f"line {document.line(loc)}", f"{'.'.join(loc)}: ?", expected) for loc in unsaid])
    try:
        mapping = Mapping.model_validate(document.data)
    except ValidationError as error:
        raise Faults([_fault(path, document, detail) for detail in error.errors()]) from None
    wrong = [Fault(str(path), f"line {document.line(key)}", *what) for key, *what in _unfit(mapping, framework)]
    if wrong:
        raise Faults(wrong)
    return mapping


def _unsaid(data: object, loc: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where a draft still holds a question mark, as a value or before the name of a key."""
    if isinstance(data, dict):
        for key, value in data.items():
            if str(key).startswith("?"):
                yield (*loc, str(key))
            else:
                yield from _unsaid(value, (*loc, str(key)))
    elif data == "?":
        yield loc


def _fault(path: Path, document: strict_yaml.Document, detail: Any) -> Fault:
    loc = tuple(part for part in detail["loc"] if part not in ("[key]", "Placed", "str", "int", "list[int]"))
    key = ".".join(map(str, loc)) or "mapping"
    known = Mapping.model_fields if len(loc) < 2 else Whose.model_fields if loc[0] == "unit" else Words.model_fields
    found, expected = refused_by_model(detail, key, known)
    if detail["type"] == "value_error":
        found = key if isinstance(detail["input"], dict) else found
    return Fault(str(path), f"line {document.line(loc)}", found, expected)


def _unfit(mapping: Mapping, framework: Framework) -> list[tuple[tuple[str, ...], str, str]]:
    """What does not fit the set: another set, unknown criteria and cells, criteria without a row, numbers without a column."""
    if mapping.framework != framework.id:
        return [(("framework",), mapping.framework, framework.id)]
    groups = {"", *(group for one, _, _ in framework.walk() for group in [*(one.applies_to or []), *one.max_points_by_group])}
    laid = [line for group in sorted(groups) for line in lines(framework, group, "vi")]
    asked = {line.code: line for line in laid if line.asks}
    wrong: list[tuple[tuple[str, ...], str, str]] = []
    seen: dict[str, set[str]] = {}
    for number in mapping.rows:
        code, cell = mapping.target(number)
        key = ("rows", number)
        names = {one.name for one in asked[code].asks} if code in asked else set()
        if code not in asked:
            wrong.append((key, f"'{code}'", nearest(code, asked)))
        elif cell and cell not in names:
            wrong.append((key, f"'{cell}' of {code}", nearest(cell, names)))
        elif twice := seen.setdefault(code, set()) & ({cell} if cell else names):
            wrong.append((key, f"{code} {', '.join(sorted(twice))} again", "each criterion and cell once"))
        if code in asked:
            seen.setdefault(code, set()).update({cell} if cell else names)
            if not cell:
                wrong += _without_column(mapping, asked[code], key)
            elif not {"value", cell} & mapping.columns.keys() and not _tickable(mapping, asked[code], cell):
                wrong.append((key, f"no column for '{cell}' of {code}", "a column value in which the answers stand"))
    if mapping.rows:
        wrong += _left_out(mapping, asked, seen)
    for name, word in mapping.ticks.items():
        if not any(name in mapping.ticked(line, one) for line in asked.values() for one in line.asks):
            expected = "an answer of a criterion: yes, no, a level, or one of words"
            wrong.append((("columns", name), f"a tick that stands for '{word}'", expected))
    wrong += [(("percents",), f"'{code}'", nearest(code, asked)) for code in mapping.percents if code not in asked]
    for code, levels in mapping.words.levels.items():
        rule = asked[code].rule if code in asked else None
        if not isinstance(rule, Levels):
            known = [one for one, line in asked.items() if isinstance(line.rule, Levels)]
            wrong.append((("words", "levels", code), f"'{code}'", nearest(code, known)))
            continue
        for word, level in levels.items():
            if level.lower() not in rule.known():
                ours = [one.vi for one in rule.levels.values()]
                wrong.append((("words", "levels", code, word), f"'{level}'", nearest(level, ours)))
    return wrong


def _tickable(mapping: Mapping, line: Line, cell: str) -> bool:
    return any(mapping.ticked(line, one) for one in line.asks if one.name == cell)


def _without_column(mapping: Mapping, line: Line, key: tuple[str, ...]) -> list[tuple[tuple[str, ...], str, str]]:
    missing = [one.name for one in line.asks if not one.cell.optional and mapping.column_of(line, one.name) is None]
    if not missing:
        return []
    only = " but only one of points" if "points" in mapping.columns else ""
    numbers = ", ".join(missing)
    expected = f"where {numbers} stands: its rule computes points from it; claimed points cannot stand in for it"
    return [(key, f"no column for {numbers} of {line.code}{only}", expected)]


def _left_out(mapping: Mapping, asked: dict[str, Line], seen: dict[str, set[str]]) -> list[tuple[tuple[str, ...], str, str]]:
    wrong: list[tuple[tuple[str, ...], str, str]] = []
    for code, line in asked.items():
        if code in mapping.absent:
            continue
        missing = [one.name for one in line.asks if not one.cell.optional and one.name not in seen.get(code, set())]
        if missing and not isinstance(line.rule, NotScored):
            what = code if code not in seen else f"{code} {', '.join(missing)}"
            wrong.append(
                (("rows",), f"no row of {what}", "a row for it, or its code under absent: the form does not ask for it")
            )
    for code in mapping.absent:
        if code not in asked or code in seen:
            found = f"'{code}'" if code not in asked else f"{code}, which has a row"
            wrong.append((("absent",), found, nearest(code, asked.keys() - seen.keys())))
    return wrong
