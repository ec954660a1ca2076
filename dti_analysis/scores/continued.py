"""Last year on this year's map: a unit that others were merged into carries on their results, as the mean of their scores."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import pandas as pd

from dti_analysis.common.exact import ONE, ZERO, Column, choose
from dti_analysis.criteria.framework import TOTAL, Ranking
from dti_analysis.scores.ranking import exact_column, rank


def predecessors(before: Collection[str], now: Collection[str], heirs: Mapping[str, str]) -> dict[str, list[str]]:
    """The units of the year before that each unit of this year carries on, of those that carry on any other than themselves.

    `heirs` says which unit of this year carries on one of the year before. A unit that lasts carries on itself.
    """
    found: dict[str, list[str]] = {}
    for unit in before:
        after = unit if unit in now else heirs.get(unit, "")
        if after:
            found.setdefault(after, []).append(unit)
    return {unit: own for unit, own in found.items() if own != [unit]}


def ranked(scores: pd.DataFrame, ranking: Ranking) -> pd.DataFrame:
    """Exact scores of one year and basis with score (0–1, float) and ranks, by the act's rule."""
    shares = [
        float(points / most) if points is not None and most else float("nan")
        for points, most in zip(exact_column(scores["points"]), exact_column(scores["max_points"]), strict=True)
    ]
    return rank(scores.assign(score=shares), ranking)


def continued(scores: pd.DataFrame, carried: Mapping[str, list[str]], groups: Mapping[str, str]) -> pd.DataFrame:
    """The scores of one year and basis in which each unit of `carried` stands in the place of its predecessors.

    `scores` are exact (dti_analysis.scores.scoring.exact_scores); so is what is returned, without ranks. Of several
    predecessors the total is the mean of their scores, each counting the same, as the national ranking of 2024 did for merged
    provinces; every sheet is brought to the mean of their maxima, so that parts still add up to the whole. What is not known of
    all of them is unknown. `groups`: the group of each unit of this year.
    """
    if not carried:
        return scores
    heirs = {unit for own in carried.values() for unit in own}
    part = scores["unit"].isin(heirs)
    merged = scores[part]
    exact = {name: exact_column(merged[name]) for name in ("points", "max_points")}
    sheets = {unit: sheet.set_index("component") for unit, sheet in merged.assign(**exact).groupby("unit", sort=False)}
    tables = [
        _mean([sheets[unit] for unit in own]).assign(unit=after, group=groups.get(after, ""))[list(scores)]
        for after, own in carried.items()
    ]
    return pd.concat([scores[~part], *tables], ignore_index=True)


def _mean(sheets: list[pd.DataFrame]) -> pd.DataFrame:
    """The mean of several sheets of one criteria set, by component."""
    first = sheets[0]
    wholes: list[Any] = [sheet.at[TOTAL, "max_points"] for sheet in sheets]
    common = sum(wholes, ZERO) / len(sheets)
    points: Column = np.full(len(first), ZERO, dtype=object)
    maxima: Column = np.full(len(first), ZERO, dtype=object)
    known = np.ones(len(first), dtype=bool)
    for sheet, whole in zip(sheets, wholes, strict=True):
        scale = common / whole / len(sheets) if whole else ONE / len(sheets)
        held, here = (sheet[name].reindex(first.index).to_numpy(dtype=object) for name in ("points", "max_points"))
        told = np.array([one is not None for one in held], dtype=bool)
        known &= told
        points, maxima = points + choose(told, held, ZERO) * scale, maxima + here * scale
    states = [sheet["state"].reindex(first.index).to_numpy(dtype=object) for sheet in sheets]
    alike = np.logical_and.reduce([state == states[0] for state in states])
    state = choose(alike, states[0], choose(maxima == ZERO, "not_applicable", "assessed"))
    return first.assign(
        points=choose(known, points, None), max_points=maxima, state=choose(known, state, "unknown")
    ).reset_index()
