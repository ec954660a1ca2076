"""What figures say: subjects, captions, the names of units and components, and rows that begin with a unit's name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from dti_analysis.common.exact import of_float, rounded
from dti_analysis.common.text import label, listing, rank_text
from dti_analysis.studies.study import Study
from dti_analysis.views.figures.sheet import INK, MARGIN, Sheet, row_height, text_width, wrap


def say(study: Study, key: str, **values: Any) -> str:
    """A label of labels/figures.yaml in the study's language."""
    return label(f"figure.{key}", study.lang, **values)


def subject(study: Study, *more: str, unit: str = "") -> str:
    """What a figure is about: the year, the level or the one unit, how much of it there is, and what more is to be said."""
    who = study.unit_name(unit) if unit else label(f"level.{study.framework.level}", study.lang)
    words = [say(study, "subject", who=who, year=study.year, place=study.place)]
    if is_part(study) and not unit:
        words.append(say(study, "part_of", count=len(study.units), all=len(study.data.units_of(study.provenance))))
    return " · ".join([*words, *more])


def is_part(study: Study) -> bool:
    """Whether there are more units of the level than the study has the forms of."""
    return len(study.units) < len(study.data.units_of(study.provenance))


def caption(study: Study, *sentences: str) -> str:
    """The sentences, then what the provenance of the assessment has to say."""
    note = study.provenance.note_vi if study.lang == "vi" else study.provenance.note_en
    return " ".join([*sentences, *([note] if note else [])])


def unit_names(study: Study, units: Sequence[str]) -> str:
    """One or two units by name, more by number."""
    if len(units) > 2:
        return say(study, "units", count=len(units))
    return listing([study.unit_name(unit) for unit in units], study.lang)


def illustrative(study: Study, codes: Iterable[str]) -> bool:
    """Whether any of the components is illustrative."""
    return bool((study.components.loc[list(codes), "status"] == "illustrative").any())


def places(values: Iterable[float], most: int = 2) -> int:
    """How many decimals it takes to write all the values, two at most."""
    exact = [of_float(value) for value in values if not pd.isna(value)]
    return next((digits for digits in range(most) if all(rounded(value, digits) == value for value in exact)), most)


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
        """Set ranks and names."""
        for y, unit, rank, name in zip(self.centres(top), self.units, self.ranks, self.names, strict=True):
            bold = unit == self.study.unit
            sheet.text(self.left - 0.1, y, rank, "right", bold=bold)
            sheet.text(self.left, y, name, color=INK, bold=bold)
