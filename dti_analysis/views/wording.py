"""Scores, distances and figures handed in, in words, as the index of a study is published."""

from __future__ import annotations

from typing import Any

from dti_analysis.common.text import label, number, percent
from dti_analysis.criteria.framework import Component
from dti_analysis.criteria.words import given_in_words
from dti_analysis.studies.study import Study


def score_text(study: Study, score: float, decimals: int | None = None) -> str:
    """A score as the index is published: 0,8373 where the act gives an index from 0 to 1, else in percent."""
    if study.framework.measure == "share":
        return number(score, 4, study.lang)
    return percent(score, study.framework.ranking.decimals if decimals is None else decimals, study.lang)


def score_heading(study: Study) -> str:
    """What a column of scores is headed: index or percent, as `score_text` writes them."""
    return label("table.index" if study.framework.measure == "share" else "table.percent", study.lang)


def distance_text(study: Study, distance: Any, decimals: int = 2) -> str:
    """A difference of two scores: in points of the index, or in percentage points."""
    if study.framework.measure == "share":
        return number(distance, 4, study.lang)
    return label("figure.percentage_points", study.lang, number=number(100 * distance, decimals, study.lang))


def given_text(study: Study, component: Component, rows: dict[str, dict[str, str]]) -> str:
    """The figures handed in for a criterion and its parts; `rows` are those of one unit (Study.handed_in)."""
    said = []
    for leaf in component.parts or [component]:
        row = rows.get(leaf.code, {})
        text = given_in_words(leaf, row, study.lang) if row else label("unit.nothing_given", study.lang)
        said.append(f"{study.component_name(leaf.code)}: {text}" if component.parts else text)
    return "; ".join(said)
