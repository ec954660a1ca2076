"""Ranks and bands of scores."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from dti_analysis.common.exact import of_float, rounded
from dti_analysis.common.faults import fault
from dti_analysis.criteria.framework import TOTAL, Ranking
from dti_analysis.criteria.rules import Band
from dti_analysis.criteria.rules import bands as in_bands

_BOUNDS = ["above", "at_least", "below", "at_most"]


def rank(scores: pd.DataFrame, ranking: Ranking) -> pd.DataFrame:
    """`scores` with rank and rank_in_group (1 is best), for each year, basis and component.

    Units are compared on points, or on points in percent of max_points, rounded as the framework declares; equal figures
    share a rank by its tie policy (`min`: 1-2-2-4). A component with a maximum of 0 gives no rank. Raises Faults if points
    are to be compared although maxima differ.
    """
    ranked = scores.copy()
    if ranking.by == "points" and _maxima_differ(ranked):
        found = "ranking by points among units whose maxima differ"
        raise fault("framework", "ranking.by", found, "by: percent, which compares them")
    figures = [_figure(p, m, ranking) for p, m in zip(ranked["points"], ranked["max_points"], strict=True)]
    keyed = ranked.assign(_figure=pd.Series(figures, index=ranked.index, dtype=float))
    for column, within in {"rank": [], "rank_in_group": ["group"]}.items():
        grouped = keyed.groupby(["year", "basis", "component", *within], dropna=False)["_figure"]
        ranks = grouped.rank(method=ranking.ties, ascending=False)
        ranked[column] = ranks if ranking.ties == "average" else ranks.astype("Int64")
    return ranked


def _maxima_differ(scores: pd.DataFrame) -> bool:
    totals = scores[scores["component"] == TOTAL]
    return bool(
        (totals.groupby(["year", "basis"], dropna=False)["max_points"].agg(lambda maxima: maxima.max() > maxima.min())).any()
    )


def _figure(points: Any, max_points: Any, ranking: Ranking) -> float | None:
    """The figure that is compared: as rounded, then a float, which keeps equal decimals equal."""
    points, max_points = _exact(points), _exact(max_points)
    if not max_points:
        return None
    figure = points if ranking.by == "points" else 100 * points / max_points
    return float(rounded(figure, ranking.decimals, ranking.rounding))


def _exact(number: Any) -> Fraction:
    return number if isinstance(number, Fraction) else of_float(number)


def banded(scores: pd.DataFrame, bands: pd.DataFrame) -> pd.Series:
    """The order (1 is best) of the band that holds each row's score, as a nullable integer column.

    `bands` are the rows of one scheme of data/bands.csv: order, above or at_least, below or at_most, in percent.
    """
    bounds = [{name: bound for name, bound in row.items() if bound != ""} for row in bands[_BOUNDS].to_dict("records")]
    scheme = [Band.model_validate({**held, "points": order}) for held, order in zip(bounds, bands["order"], strict=True)]
    scored = scores["score"].notna()
    percent = np.array([100 * of_float(score) for score in scores.loc[scored, "score"]], dtype=object)
    orders = pd.Series(pd.NA, index=scores.index, dtype="Int64", name="band")
    orders[scored] = [int(order) for order in in_bands(percent, percent, bands=scheme)]
    return orders
