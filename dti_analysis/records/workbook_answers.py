"""Answers of a form: what stands in each cell, as an assessment writes it, or why it is refused. Nothing is guessed."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np

from dti_analysis.common.exact import ZERO, Rational
from dti_analysis.common.text import Lang, label, number
from dti_analysis.criteria.cells import NOT_APPLICABLE, read_cell
from dti_analysis.criteria.framework import Component
from dti_analysis.criteria.rule import Refused, Rule
from dti_analysis.criteria.rules import Levels, Ratio
from dti_analysis.criteria.words import in_words
from dti_analysis.records.workbook_layout import Asked, Line, Stated
from dti_analysis.records.workbook_rules import NO, YES
from dti_analysis.records.workbook_words import bounds, expected

_SHOWN = 10**15
"""Numbers from here on are shown by their size alone."""


class Wrong(ValueError):
    """What was found in a cell, and what is expected there."""

    def __init__(self, found: str, wanted: str):
        super().__init__(found)
        self.found, self.expected = found, wanted


def clean(value: Any) -> str:
    """A cell as text: NFC, stripped; a number as it is written, a date as 2025-06-30."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return written(value)
    return unicodedata.normalize("NFC", str(value)).strip()


def written(value: float | Decimal) -> str:
    """A number of a cell, exactly: 1.005 is written 1.0050, so that nobody takes it for a thousand."""
    text = f"{value if isinstance(value, Decimal) else Decimal(repr(value)):f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text


def answer(line: Line, asked: Asked, cell: Any, error: str, lang: Lang) -> str:
    """What an answer cell says. Raises Wrong: a formula, an error, or a value that is not of the kind that is asked for."""
    wanted = expected(line, asked, lang)
    value = None if cell is None else cell.value
    if error or (cell is not None and cell.data_type == "e"):
        raise Wrong(label("intake.error", lang, error=error or value), wanted)
    if cell is not None and cell.data_type == "f":
        raise Wrong(label("intake.formula", lang, formula=str(value)[:60]), label("intake.no_formula", lang, what=wanted))
    text = clean(value)
    if text.lower() in NOT_APPLICABLE:
        return "n/a"
    if not text:
        return ""
    kind = asked.cell.kind
    if kind in ("number", "count"):
        return _number(line, asked, value, cell.number_format, lang)
    if kind == "date":
        return _day(value, wanted, lang)
    if kind == "yes_no":
        return _yes_no(text, value, wanted, lang)
    if isinstance(line.rule, Levels):
        level = line.rule.known().get(text.lower())
        if level is None or not isinstance(value, str):
            raise Wrong(shown(value, lang), wanted)
        return line.rule.levels[level].vi
    return text


def _number(line: Line, asked: Asked, value: Any, form: str, lang: Lang) -> str:
    wanted = expected(line, asked, lang)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Wrong(shown(value, lang), wanted)
    if "%" in form:
        percent = f"{number(100 * value, 2, lang)}%"
        of_percent = line.component.measure == "percent" and asked.cell.kind == "number"
        raise Wrong(label("intake.percent", lang, percent=percent), label("expects.percent", lang) if of_percent else wanted)
    if not fits(line, asked, written(value)):
        raise Wrong(shown(value, lang), wanted)
    return written(value)


def fits(line: Line, asked: Asked, text: str) -> bool:
    """Whether a number lies within what its cell may hold, and is whole where it counts something."""
    try:
        exact = read_cell(line.component, "number", text)
    except ValueError:  # more digits than a number may have
        return False
    low, high = bounds(line, asked)
    whole = asked.cell.kind != "count" or exact.denominator == 1
    return whole and (low is None or exact >= low) and (high is None or exact <= high)


def _day(value: Any, wanted: str, lang: Lang) -> str:
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    raise Wrong(shown(value, lang), wanted)


def _yes_no(text: str, value: Any, wanted: str, lang: Lang) -> str:
    if isinstance(value, str) and text.lower() in YES + NO:
        return "có" if text.lower() in YES else "không"
    raise Wrong(shown(value, lang), wanted)


def shown(value: Any, lang: Lang) -> str:
    """A value of a cell in words: whether it is a text, a date or a number cannot be seen from how it looks."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime | date):
        return label("intake.date", lang, date=value.strftime("%d/%m/%Y"))
    if isinstance(value, int | float):
        text = written(value) if abs(value) < _SHOWN else f"{value:.3g}"
        return text.replace(".", "," if lang == "vi" else ".")
    if not isinstance(value, str):  # a time of day, or how long something takes
        return label("others.time", lang, time=value)
    key = "intake.spaced" if "\xa0" in value or "\u202f" in value else "intake.text"
    return label(key, lang, text=" ".join(value.split())[:60])


def refused(line: Line, texts: dict[str, str], lang: Lang) -> dict[str, Wrong]:
    """What is wrong with a whole row of answers, by cell: numbers left out beside others, or numbers that the rule refuses."""
    rule = line.rule
    said = {name: text for name, text in texts.items() if text}
    if rule is None or not said or set(said.values()) == {"n/a"}:
        return {}
    if "n/a" in said.values():
        first = next(name for name, text in said.items() if text == "n/a")
        found = ", ".join(f"{name} = {text}" for name, text in said.items())
        return {first: Wrong(found, label("expects.figures_or_na", lang))}
    by_name = {asked.name: asked for asked in line.asks}
    empty = [name for name, asked in by_name.items() if not texts[name] and not asked.cell.optional]
    if empty:
        return {name: Wrong(label("intake.empty", lang), expected(line, by_name[name], lang)) for name in empty}
    if isinstance(rule, Stated):
        return {}
    first = line.asks[0].name
    found = ", ".join(f"{name} = {text}" for name, text in texts.items() if text)
    try:
        points = _points(line, rule, texts)
    except Refused as refusal:
        return {first: Wrong(found, _in_words(line, refusal, lang))}
    if points is not None and line.maximum > ZERO and not ZERO <= points <= line.maximum:
        return {first: Wrong(found, _by_rule(line, lang))}
    return {}


def earned(line: Line, texts: dict[str, str]) -> Rational | None:
    """The points of a whole row of answers that is not refused; nothing where they depend on other units, or do not apply."""
    if line.rule is None or line.rule.cohort or isinstance(line.rule, Stated) or "n/a" in texts.values():
        return None
    return _points(line, line.rule, texts)


def _points(line: Line, rule: Rule, texts: dict[str, str]) -> Rational | None:
    cells = rule.cells()
    columns = {name: _column(line.component, cells[name].kind, text) for name, text in texts.items()}
    points: Rational | None = rule.points(columns, np.array([line.maximum], dtype=object))[0]
    return points


def _column(leaf: Component, kind: Any, text: str) -> Any:
    column = np.empty(1, dtype=object)
    column[0] = read_cell(leaf, kind, text) if text else None
    return column


def _in_words(line: Line, refusal: Refused, lang: Lang) -> str:
    rule = line.rule
    if not isinstance(rule, Ratio):
        return _by_rule(line, lang)
    over = " + ".join(rule.numerator)
    under = " + ".join(rule.denominator) if isinstance(rule.denominator, list) else str(rule.denominator)
    if refusal.expected.startswith(f"{over} of 0"):
        return label("expects.nothing_of_nothing", lang, over=over, under=under)
    if refusal.expected.startswith(f"{over} of at most"):
        return label("expects.at_most", lang, over=over, under=under)
    return label("expects.under_above_zero", lang, under=under)


def _by_rule(line: Line, lang: Lang) -> str:
    return label("expects.by_rule", lang, rule=in_words(line.component, lang))
