"""Kinds of fields that models of input files share: ids, words, days, years, and numbers as text."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

from dti_analysis.common.exact import parse
from dti_analysis.common.spelling import ID_EXPECTED, foreign, is_id, odd

LONGEST_NAME = 250
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATED = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
_YEAR = re.compile(r"(199|20\d)\d", re.ASCII)


def _id(text: str) -> str:
    if not text:
        raise ValueError("an id, as xa-mau-an")
    if not is_id(text):
        raise ValueError(ID_EXPECTED + (f" (it has {character})" if (character := odd(text)) else ""))
    return text


def words(text: str) -> str:
    """A text that is not empty."""
    if not text:
        raise ValueError("a text")
    return text


def _name(text: str) -> str:
    if character := odd(text):
        raise ValueError(f"a name in Latin letters (it has {character})")
    if len(text) > LONGEST_NAME:
        raise ValueError(f"a name of at most {LONGEST_NAME} characters")
    return text


def _title(text: str) -> str:
    if "\n" in text:
        raise ValueError("a text on one line")
    if character := foreign(text):
        raise ValueError(f"Latin letters (it has {character})")
    return text


def _day(text: str) -> str:
    if not (_DAY.fullmatch(text) and is_day(text)):
        raise ValueError("a date as 2025-06-30")
    return text


def _dated(text: str) -> str:
    if not (_DATED.fullmatch(text) and is_day((text + "-01-01")[:10])):
        raise ValueError("a date as 2025-06-30, a month as 2025-06 or a year")
    return text


def is_day(text: str) -> bool:
    """Whether a text is a day that there is, as 2025-06-30."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _year(text: str) -> str:
    if not _YEAR.fullmatch(text):
        raise ValueError("a year as 2025")
    return text


def is_number(text: str) -> bool:
    """Whether a text is a number, as cells write them."""
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _number(text: str) -> str:
    if not is_number(text):
        raise ValueError("a number")
    return text


def _count(text: str) -> str:
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise ValueError("a whole number")
    return text


def _or_empty(check: object) -> AfterValidator:
    return AfterValidator(lambda text: check(text) if text else text)  # type: ignore[operator]


def one_of(*words: str) -> AfterValidator:
    """A text that is one of some words."""

    def check(text: str) -> str:
        if text not in words:
            raise ValueError("one of " + ", ".join(filter(None, words)))
        return text

    return AfterValidator(check)


_ADDRESSES = {"https": r"https://[^/\s\"'<>`\\][^\s\"'<>`\\]*", "mailto": r"mailto:[^@\s\"'<>`\\]+@[^@\s\"'<>`\\]+"}

_SHOWN = {"https": "https://…", "mailto": "mailto:…"}


def address(*kinds: str) -> AfterValidator:
    """An address that a page may lead to: of the web (https), or to write to (mailto)."""

    def check(text: str) -> str:
        if not any(re.fullmatch(_ADDRESSES[kind], text) for kind in kinds):
            raise ValueError("an address as " + " or ".join(_SHOWN[kind] for kind in kinds))
        return text

    return AfterValidator(check)


def link() -> AfterValidator:
    """An address of the web, or nothing."""

    def check(text: str) -> str:
        if text and not re.fullmatch(_ADDRESSES["https"], text):
            http = " (one that is http only goes to seen_in, as text)" if text.startswith("http:") else ""
            raise ValueError(f"an address as https://…{http}")
        return text

    return AfterValidator(check)


def _line(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Id = Annotated[str, AfterValidator(_id)]
IdOrEmpty = Annotated[str, _or_empty(_id)]
Words = Annotated[str, AfterValidator(words)]
Title = Annotated[str, AfterValidator(words), AfterValidator(_title)]
"""What a criterion is called: one line, whose letters are what they look like."""
Name = Annotated[str, AfterValidator(words), AfterValidator(_name)]
"""A name that stands in tables beside others: what only looks like another letter is refused."""
NameOrEmpty = Annotated[str, AfterValidator(_name)]
Day = Annotated[str, AfterValidator(_day)]
DayOrEmpty = Annotated[str, _or_empty(_day)]
Dated = Annotated[str, BeforeValidator(_line), AfterValidator(_dated)]
"""A day, a month or a year; a year may stand without quotes."""
DatedOrEmpty = Annotated[str, _or_empty(_dated)]
Year = Annotated[str, AfterValidator(_year)]
Number = Annotated[str, AfterValidator(_number)]
NumberOrEmpty = Annotated[str, _or_empty(_number)]
Count = Annotated[str, AfterValidator(_count)]
CountOrEmpty = Annotated[str, _or_empty(_count)]
