"""Cells: what a person writes in an assessment, read as a rule wants it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from dti_analysis.common.exact import Rational, parse
from dti_analysis.criteria.framework import Component
from dti_analysis.criteria.rule import Kind
from dti_analysis.criteria.rules import Levels

NOT_APPLICABLE = ("n/a", "không áp dụng")
"""How a cell says that the criterion does not apply, in lower case."""
UNKNOWN = ("unknown", "chưa công bố")
"""How a stated figure is said not to be known, in lower case: of a unit whose rank alone was published, say."""
YES_NO = {"1": True, "yes": True, "có": True, "true": True, "0": False, "no": False, "không": False, "false": False}
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
EXPECTED: dict[Kind, str] = {
    "number": "a number without thousands separators, as 1000 or 12.5",
    "count": "a whole number of 0 or more, without thousands separators",
    "yes_no": "có or không (yes or no, 1 or 0)",
    "word": "a word",
    "date": "a date as 2025-06-30",
}
"""What a cell of each kind should have been."""


def read_cell(leaf: Component, kind: Kind, text: str) -> Any:
    """The rational, truth value, word or date that a cell writes. Raises ValueError or KeyError where it is none."""
    if not text:
        raise ValueError("an empty cell")
    if kind in ("number", "count"):
        return _number(kind, text)
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "yes_no":
        return YES_NO[text.lower()]
    return leaf.way.known().get(text.lower(), text) if isinstance(leaf.way, Levels) else text


@lru_cache(maxsize=1 << 16)
def _number(kind: Kind, text: str) -> Rational:
    if _THOUSANDS.fullmatch(text):
        raise ValueError("1.000 may be one or a thousand")
    number = parse(text)
    if kind == "count" and (number < 0 or number.denominator != 1):
        raise ValueError("not a count")
    return number


def read_row(leaf: Component, row: Mapping[str, str]) -> dict[str, Any] | None:
    """Every cell that the leaf's rule reads; None where the row is missing, does not apply, or cannot be read in full."""
    assert leaf.way is not None
    read: dict[str, Any] = {}
    for name, cell in leaf.way.cells().items():
        text = row.get(name, "")
        if not text and cell.optional:
            read[name] = None
            continue
        try:
            read[name] = read_cell(leaf, cell.kind, text)
        except (ValueError, KeyError):
            return None
    return read
