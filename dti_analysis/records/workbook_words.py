"""The words of a form: what a cell asks for, what it may hold, and the rule beside it."""

from __future__ import annotations

from dti_analysis.common.exact import ZERO, Rational
from dti_analysis.common.text import Lang, label
from dti_analysis.criteria.rules import Levels, Reported
from dti_analysis.criteria.voice import exact, said
from dti_analysis.criteria.words import in_words, name_of
from dti_analysis.records.workbook_layout import Asked, Line, Stated


def rule_words(line: Line, lang: Lang) -> str:
    """How a component earns points, and what proves it; empty where it is only added up."""
    words = in_words(line.component, lang)
    text = capital(words) if line.rule is not None or line.component.parts else ""
    proof = said(line.component.evidence, lang)
    return f"{text}.\n{label('form.needs_proof', lang, what=proof)}." if proof and text else f"{text}." if text else ""


def wanted(line: Line, asked: Asked, lang: Lang) -> str:
    """What a cell asks for, as the form words it: its letter, and what is to be written where the rule has no words."""
    text = asked.text
    lettered = len(asked.name) == 1 and asked.cell.kind in ("count", "number", "date")
    if text == name_of(line.component, lang):
        points = isinstance(line.rule, Reported | Stated)
        text = label("form.ask.reported" if points else f"form.ask.{asked.cell.kind}", lang)
    elif not lettered:
        text = capital(text)
    return label("form.lettered", lang, cell=asked.name, what=text) if lettered else text


def bounds(line: Line, asked: Asked) -> tuple[Rational | None, Rational | None]:
    """The lowest and the highest number that a cell may hold, where the rule or the measure sets one."""
    measure = line.component.measure
    if asked.cell.kind == "date":
        return Rational(61), None
    if asked.cell.kind == "count":
        return ZERO, None
    if isinstance(line.rule, Reported) or (isinstance(line.rule, Stated) and measure == "points"):
        return ZERO, line.maximum
    if asked.name == "value" and measure in ("share", "percent"):
        return ZERO, Rational(1 if measure == "share" else 100)
    if line.rule is not None and line.rule.cohort:
        return ZERO, None
    return None, None


def expected(line: Line, asked: Asked, lang: Lang) -> str:
    """What a cell should hold, in words."""
    if isinstance(line.rule, Levels):
        return label("expects.levels", lang, levels=", ".join(said(level, lang) for level in line.rule.levels.values()))
    low, high = bounds(line, asked)
    if asked.cell.kind == "number" and low is not None:
        if high is None:
            return label("expects.at_least_zero", lang)
        return label("expects.between", lang, low=exact(low, lang), high=exact(high, lang))
    return label(f"expects.{asked.cell.kind}", lang)


def capital(text: str) -> str:
    """A text that begins with a capital, unless it begins with the letter of a formula: a/b."""
    return text[:1].upper() + text[1:] if text[1:2].isalpha() else text


def plain(number: Rational | None) -> str:
    """A number of a data validation."""
    return f"{float(number or 0):.15g}"
