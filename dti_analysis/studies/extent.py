"""Of what kind a study's figures are, when they end and of how many units they are known, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dti_analysis.common.text import day, label

if TYPE_CHECKING:
    from dti_analysis.studies.study import Study


def kind(study: Study) -> str:
    """Whether the figures are published, handed in or invented."""
    return label(f"frame.kind.{study.kind}", study.lang)


def date(study: Study) -> str:
    """When the figures of a study end."""
    as_of = study.provenance.as_of
    if as_of:
        return label("frame.as_of", study.lang, day=day(as_of, study.lang))
    return label("frame.of_year", study.lang, year=study.year)


def extent(study: Study) -> str:
    """Of how many units, and how far down, figures are known."""
    if study.partial:
        return label("frame.part", study.lang, count=len(study.units), all=len(study.due))
    if study.provisional:
        return label("council.extent", study.lang, count=len(study.units), all=len(study.due))
    whole = label("frame.whole", study.lang, all=len(study.due))
    return whole if study.to_indicators else f"{whole} {label('frame.above_only', study.lang)}"
