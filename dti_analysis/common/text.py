"""Language: labels, numbers, dates and the order of names, Vietnamese or English."""

from __future__ import annotations

import unicodedata
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Literal, get_args

import pandas as pd
from babel.dates import format_date
from babel.numbers import format_decimal

from dti_analysis.common import strict_yaml
from dti_analysis.common.exact import Rational, of_float, rounded
from dti_analysis.common.faults import fault, nearest

Lang = Literal["vi", "en"]
LANGS: tuple[Lang, ...] = get_args(Lang)


@cache
def _labels() -> dict[str, dict[str, str]]:
    labels: dict[str, dict[str, str]] = {}
    for path in sorted(Path(__file__).with_name("labels").glob("*.yaml")):
        labels |= strict_yaml.read(path, as_is=True).data  # the blank before a unit is a part of it
    return labels


def label(key: str, lang: Lang, **values: Any) -> str:
    """The label `key` in a language, its {places} filled; `{n:unit|units}` is the word that goes with that number.

    Raises Faults for an unknown key or language.
    """
    if key not in _labels():
        raise fault("labels", key, "no such label", nearest(key, _labels()))
    check_lang(lang)
    text = _labels()[key][lang]
    return _COUNTED.vformat(text, (), values) if "|" in text else text.format(**values)


class _Counted(Formatter):
    def format_field(self, value: Any, format_spec: str) -> Any:
        one, bar, more = format_spec.partition("|")
        if bar:
            return one if str(value).strip("*") == "1" else more
        return super().format_field(value, format_spec)


_COUNTED = _Counted()


def check_lang(lang: str) -> None:
    """Raises Faults unless `lang` is a language we publish in."""
    if lang not in LANGS:
        raise fault("parameter", "lang", f"'{lang}'", nearest(lang, LANGS))


def number(value: Any, decimals: int, lang: Lang, sign: bool = False) -> str:
    """A number at `decimals` places, half-up, as the language writes it; a dash where there is none."""
    if pd.isna(value):
        return "–"
    exact = value if isinstance(value, Rational) else of_float(value)
    text: str = format_decimal(
        rounded(exact, decimals), format="#,##0" + ("." + "0" * decimals if decimals else ""), locale=lang
    ).replace("-", "−")
    return f"+{text}" if sign and exact > 0 else text


def percent(score: float, decimals: int, lang: Lang) -> str:
    """A score (0–1) in percent: 98,82% in Vietnamese, 98.82% in English."""
    if pd.isna(score):
        return "–"
    return number(100 * of_float(score), decimals, lang) + "%"


def rank_text(rank: Any, lang: Lang) -> str:
    """A rank; an average one may have a half."""
    return number(rank, 0 if pd.isna(rank) or float(rank).is_integer() else 1, lang)


def day(iso: str, lang: Lang) -> str:
    """An ISO date as the language writes it; a bare year or a year and month stay what they are."""
    parts = iso.split("-")
    if len(parts) == 3:
        return str(format_date(date.fromisoformat(iso), format="dd/MM/yyyy" if lang == "vi" else "d MMMM yyyy", locale=lang))
    if len(parts) == 2:
        first = date(int(parts[0]), int(parts[1]), 1)
        return str(format_date(first, format="MM/yyyy" if lang == "vi" else "MMMM yyyy", locale=lang))
    return iso


def listing(words: list[str], lang: Lang) -> str:
    """`a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return ", ".join(words[:-1]) + f" {label('and', lang)} " + words[-1]


def plain(text: str) -> str:
    """A text as people type it who want to find it: lower case, no diacritics, đ as d."""
    parts = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return unicodedata.normalize("NFC", "".join(part for part in parts if not unicodedata.combining(part)))
