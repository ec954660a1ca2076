"""Layout of a form: which row of the workbook asks for what. The writer and the reader of forms share it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dti_analysis.common.exact import ZERO, Rational
from dti_analysis.common.text import Lang
from dti_analysis.criteria.framework import TOTAL, Component, Framework
from dti_analysis.criteria.rule import Cell, Rule
from dti_analysis.criteria.words import asked, name_of

FORM_SHEET: dict[Lang, str] = {"vi": "Phiếu", "en": "Form"}
FAULT_SHEET: dict[Lang, str] = {"vi": "Lỗi", "en": "Faults"}
HIDDEN_SHEET = "_dti"
"""The sheet of names, lists and sums that nobody fills in."""
COLUMNS = [
    "number", "code", "name", "maximum", "rule", "asks", "answer", "score",
    "file", "document", "dated", "title", "explanation", "last_answer", "last_remark",
]  # fmt: skip
LETTER = {name: chr(ord("A") + place) for place, name in enumerate([*COLUMNS, "key"])}
"""The column in which each thing stands; the last is hidden and says whose row it is."""
PROOF = ["file", "document", "dated", "title"]
HEADER_ROW = 7
BY = "D4"
"""Where the form says who filled it in."""
UNIT = "D3"
"""Where the form names the unit."""
TOTAL_SCORE = "D5"
"""Where the form shows the self-score of the whole."""
META = [
    "form", "framework", "sha256", "place", "index", "year", "level", "unit", "group", "lang", "deadline",
]  # fmt: skip
VERSION = "1"
FIRST_SUM = len(META) + 3
"""The row of the hidden sheet in which the sums begin, below what the form is for and their header."""


class Stated(Rule):
    """A component whose parts are not public: its own figure, in what it is measured in."""

    def cells(self) -> dict[str, Cell]:
        return {"value": Cell("number")}


@dataclass(frozen=True)
class Asked:
    """One number that a form asks for: the cell of the assessment, what it holds, and its words."""

    name: str
    cell: Cell
    text: str


@dataclass(frozen=True)
class Line:
    """A component on the form: its first row, its number in the list, what it asks for, and its maximum for the group.

    `applies` is whether it is there for the group at all; what is not has no row.
    """

    row: int
    number: str
    component: Component
    parent: str
    maximum: Rational
    applies: bool
    rule: Rule | None
    asks: tuple[Asked, ...]

    @property
    def rows(self) -> int:
        """How many rows it takes."""
        return max(1, len(self.asks)) if self.applies else 0

    @property
    def code(self) -> str:
        """The component's code."""
        return self.component.code

    def at(self, name: str) -> int:
        """The row in which a cell is asked for."""
        return self.row + [one.name for one in self.asks].index(name)


def lines(framework: Framework, group: str, lang: Lang) -> list[Line]:
    """Every component for a unit of a group, in the order of the set, the total last."""
    laid: list[Line] = []
    row = HEADER_ROW + 1
    for component, parent, number, applies in _in_order(framework, group):
        line = _line(component, parent, number, applies, group, lang, row)
        laid.append(line)
        row += line.rows
    return laid


def _in_order(framework: Framework, group: str) -> Iterator[tuple[Component, str, str, bool]]:
    applies: dict[str, bool] = {}
    numbers: dict[str, str] = {TOTAL: ""}
    counted: dict[str, int] = {}
    for component, parent, kind in framework.walk():
        above = parent.code if parent else ""
        here = applies.get(above, True) and (component.applies_to is None or group in component.applies_to)
        applies[component.code] = here
        if parent is None:
            continue
        counted[above] = counted.get(above, 0) + here
        roman = kind in ("subindex", "pillar")
        own = (_roman(counted[above]) if kind == "subindex" or roman else str(counted[above])) if here else ""
        before = numbers[above]
        numbers[component.code] = own if roman or not before or before[0] in "IVXLC" else f"{before}.{own}"
        yield component, above, numbers[component.code], here
    yield framework.root, "", "", True


def _line(component: Component, parent: str, number: str, applies: bool, group: str, lang: Lang, row: int) -> Line:
    maximum = component.max_points_by_group.get(group, component.max_points)
    rule: Rule | None = component.way
    if rule is not None and component.max_points and maximum == ZERO:
        applies = False
    asks: tuple[Asked, ...] = ()
    if rule is not None:
        cells = rule.cells()
        asks = tuple(Asked(name, cells[name], text) for _, name, _, text in asked(component, lang))
    elif component.unlisted or not component.children:
        rule = Stated()
        asks = (Asked("value", Cell("number"), name_of(component, lang)),)
    return Line(row, number, component, parent, maximum, applies, rule, asks if applies else ())


def _roman(number: int) -> str:
    text = ""
    for value, letters in ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        text += letters * (number // value)
        number %= value
    return text


def key_of(code: str, name: str = "") -> str:
    """How the hidden column says whose row it is."""
    return f"{code}|{name}"
