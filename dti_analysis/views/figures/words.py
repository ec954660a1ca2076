"""What figures say: subjects, captions, the names of units and components, and rows that begin with a unit's name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import pandas as pd

from dti_analysis.common.exact import decimals_of, of_float
from dti_analysis.common.text import day, label, listing, rank_text
from dti_analysis.studies.study import Study
from dti_analysis.views.figures.sheet import GREY, INK, MARGIN, WIDTH, Sheet, row_height, text_width, wrap

MOST_UNITS = 25
"""From how many units on a figure shows leaders, last and neighbours only; the table beside it has all."""
_LEADERS, _LAST, _NEAR = 10, 5, 2


def say(study: Study, key: str, **values: Any) -> str:
    """A label of labels/figures.yaml in the study's language."""
    return label(f"figure.{key}", study.lang, **values)


def subject(study: Study, *more: str, unit: str = "") -> str:
    """What a figure is about: the index, the year, the level or the one unit, and what more is to be said."""
    who = study.unit_name(unit) if unit else f"{study.level_name}, {study.place}"
    words = [say(study, "subject", index=study.index, who=who, year=study.year)]
    if study.partial and not unit:
        words.append(say(study, "part_of", count=len(study.units), all=len(study.due)))
    if study.provisional:
        words.append(label("council.tag", study.lang))
    return " · ".join([*words, *more])


def caption(study: Study, *sentences: str) -> str:
    """The sentences, then the day of the figures where they are of one day."""
    day_ = study.provenance.as_of
    return " ".join([*sentences, *([label("status.as_of", study.lang, day=day(day_, study.lang))] if day_ else [])])


def unit_names(study: Study, units: Sequence[str]) -> str:
    """One or two units by name, more by number."""
    if len(units) > 2:
        return say(study, "units", count=len(units))
    return listing([study.unit_name(unit) for unit in units], study.lang)


def selected(study: Study, units: Sequence[str]) -> list[str]:
    """Of units in rank order those that a figure shows: all, or where there are many the first, the last and the own's
    neighbours."""
    if len(units) <= MOST_UNITS:
        return list(units)
    places = {*range(_LEADERS), *range(len(units) - _LAST, len(units))}
    if study.unit in units:
        own = list(units).index(study.unit)
        places |= set(range(max(0, own - _NEAR), min(len(units), own + _NEAR + 1)))
    return [units[place] for place in sorted(places)]


def breaks(study: Study, units: Sequence[str]) -> list[int]:
    """After which of the units shown, by their place in the list, others of the ranking are left out."""
    at = {unit: place for place, unit in enumerate(study.ranking["unit"])}
    found = [at.get(unit) for unit in units]
    return [n for n, (own, after) in enumerate(pairwise(found)) if own is not None and after is not None and after > own + 1]


def places(values: Iterable[float], most: int = 2) -> int:
    """How many decimals it takes to write all the values, two at most."""
    return decimals_of((of_float(value) for value in values if not pd.isna(value)), most)


class UnitRows:
    """Rows that begin with rank and name of a unit; `right` is where the names end, `height` that of all rows."""

    def __init__(self, study: Study, units: Sequence[str], ranks: Sequence[Any], width: float):
        self.study, self.units = study, units
        self.ranks = [rank_text(rank, study.lang) for rank in ranks]
        self.names = [wrap(study.unit_name(unit), width, bold=unit == study.unit) for unit in units]
        self.left = MARGIN + 0.1 + max(map(text_width, self.ranks)) + 0.02
        self.row = max(row_height(lines) for lines in self.names)
        self.right = self.left + max(
            text_width(line, bold=unit == study.unit) for unit, lines in zip(units, self.names, strict=True) for line in lines
        )
        self.height = self.row * len(units)

    def centres(self, top: float) -> list[float]:
        """The height of the middle of each row, for rows that begin at `top`."""
        return [top + self.row * (index + 0.5) for index in range(len(self.units))]

    def draw(self, sheet: Sheet, top: float) -> None:
        """Set ranks and names; a dotted line where units are left out."""
        for n in breaks(self.study, self.units):
            y = top + self.row * (n + 1)
            sheet.line([MARGIN, WIDTH - MARGIN], [y, y], GREY, 0.8, dashed=True)
        for y, unit, rank, name in zip(self.centres(top), self.units, self.ranks, self.names, strict=True):
            bold = unit == self.study.unit
            sheet.text(self.left - 0.1, y, rank, "right", bold=bold)
            sheet.text(self.left, y, name, color=INK, bold=bold)
