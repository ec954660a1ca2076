"""Columns of a study's workbook: headings and meanings in both languages, values as they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from math import ceil
from typing import Any, Literal

import pandas as pd

from dti_analysis.common.text import LANGS, Lang, label

Form = Literal["text", "long", "whole", "points", "share", "index", "change"]
"""How a column is shown: a text, a long one, a whole number, points, a share as percent, an index 0–1, a change of a share."""


@dataclass(frozen=True)
class Column:
    """A column: its heading, its meaning by language, how it is shown, its values (None where there is none)."""

    heading: str
    means: dict[Lang, str]
    form: Form
    values: list[Any]


@dataclass(frozen=True)
class Sheet:
    """A sheet: which one it is, its columns, and what is to be said above them."""

    name: str
    columns: list[Column]
    note: str = ""


def title(name: str) -> str:
    """The name of a sheet in both languages."""
    return both(f"workbook.sheet.{name}", " - ")


def column(key: str, form: Form, values: Iterable[Any]) -> Column:
    """A column by the key of its words."""
    return Column(both(f"workbook.{key}"), means_of(key), form, values_of(values))


def values_of(values: Iterable[Any]) -> list[Any]:
    """Values of cells, None where there is none."""
    return [None if value is None or pd.isna(value) else value for value in values]


def both(key: str, between: str = " / ", **values: Any) -> str:
    """A label in both languages, once where they are the same."""
    return between.join(dict.fromkeys(label(key, lang, **values) for lang in LANGS))


def words(prefix: str, keys: Iterable[str]) -> list[str]:
    """The words of ids, by the labels that begin with `prefix`; empty where the id is."""
    found: Callable[[str], str] = cache(lambda key: both(f"{prefix}.{key}") if key else "")
    return [found(key) for key in keys]


def means_of(key: str) -> dict[Lang, str]:
    """What a column means: in English as the schemas say it, where one has a column of that name."""
    schema = next((columns[key] for columns in schemas().values() if key in columns), "")
    return {lang: label(f"workbook.what.{key}", lang, schema=schema) for lang in LANGS}


def row_height(texts: Iterable[tuple[str, float]], letters: float = 1.0) -> float:
    """The height of a row, in points, in which every text has room: texts with the widths of their columns. `letters` is how
    many letters of the typeface stand in one unit of width; programs that only print do not find heights themselves."""
    return 14.5 * max((ceil(max(1, len(text)) / (wide * letters)) for text, wide in texts), default=1) + 2


@cache
def schemas() -> dict[str, dict[str, str]]:
    """What the columns of the tables mean, as the schemas say it."""
    from dti_analysis.scores.schema_scores import GAPS, MOVEMENT, SCORES

    tables = {"scores": SCORES, "gaps": GAPS, "movement": MOVEMENT}
    return {
        name: {str(key): str(column.description) for key, column in schema.columns.items()} for name, schema in tables.items()
    }
