"""Scores and distances in words, as the index of a study is published."""

from __future__ import annotations

from typing import Any

from dti_analysis.common.text import label, number, percent
from dti_analysis.studies.study import Study


def score_text(study: Study, score: float, decimals: int | None = None) -> str:
    """A score as the index is published: 0,8373 where the act gives an index from 0 to 1, else in percent."""
    if study.framework.measure == "share":
        return number(score, 4, study.lang)
    return percent(score, study.framework.ranking.decimals if decimals is None else decimals, study.lang)


def distance_text(study: Study, distance: Any, decimals: int = 2) -> str:
    """A difference of two scores: in points of the index, or in percentage points."""
    if study.framework.measure == "share":
        return number(distance, 4, study.lang)
    return label("figure.percentage_points", study.lang, number=number(100 * distance, decimals, study.lang))
