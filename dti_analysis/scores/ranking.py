"""Ranks and bands of scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dti_analysis.common.exact import ZERO, Column, Rational, choose, of_float, scaled
from dti_analysis.common.faults import fault
from dti_analysis.criteria.framework import TOTAL, Ranking
from dti_analysis.criteria.rules import Band, Bands

_HELD_APART = 2**53
"""Whole numbers up to this are different floats."""
_BOUNDS = ["above", "at_least", "below", "at_most"]


def rank(scores: pd.DataFrame, ranking: Ranking) -> pd.DataFrame:
    """`scores` with rank and rank_in_group (1 is best), for each year, basis and component.

    Units are compared on points, or on points in percent of max_points, rounded as the framework declares; equal figures
    share a rank by its tie policy (`min`: 1-2-2-4). A component with a maximum of 0, or of unknown points, gives no rank.
    Raises Faults if points are to be compared although maxima differ.
    """
    ranked = scores.copy()
    points, maxima = _exact(ranked["points"]), _exact(ranked["max_points"])
    if ranking.by == "points" and _maxima_differ(ranked, maxima):
        found = "ranking by points among units whose maxima differ"
        raise fault("framework", "ranking.by", found, "by: percent, which compares them")
    compared = np.array([p is not None and m != 0 for p, m in zip(points, maxima, strict=True)], dtype=bool)
    figures = np.full(len(ranked), np.nan)
    if compared.any():
        figure = points[compared] if ranking.by == "points" else 100 * points[compared] / maxima[compared]
        units = scaled(figure, ranking.decimals, ranking.rounding)
        if max(map(abs, units)) > _HELD_APART:
            units = np.unique(units, return_inverse=True)[1]
        figures[compared] = units.astype(float)
    keyed = ranked.assign(_figure=figures)
    keys = ["year", "basis", "component"]
    for column, within in {"rank": [], "rank_in_group": ["group"]}.items():
        if within and len(set(keyed["group"])) == 1:
            ranked[column] = ranked["rank"]
            continue
        grouped = keyed.groupby([*keys, *within], dropna=False, sort=False)["_figure"]
        ranks = grouped.rank(method=ranking.ties, ascending=False)
        ranked[column] = ranks if ranking.ties == "average" else ranks.astype("Int64")
    return ranked


def _maxima_differ(scores: pd.DataFrame, maxima: Column) -> bool:
    total = (scores["component"] == TOTAL).to_numpy()
    table = scores.loc[total, ["year", "basis"]].assign(maximum=maxima[total])
    return any(len(set(of_basis["maximum"])) > 1 for _, of_basis in table.groupby(["year", "basis"], dropna=False))


def _exact(column: pd.Series) -> Column:
    """A column of rationals; floats stand for the decimals they are the nearest to, NaN and None are unknown."""
    if column.dtype != object:
        return np.array([None if number != number else of_float(number) for number in column.tolist()], dtype=object)
    exact: Column = column.to_numpy()
    if all(number is None or isinstance(number, Rational) for number in exact):
        return exact
    return np.array([None if pd.isna(number) else _rational(number) for number in exact], dtype=object)


def _rational(number: Any) -> Rational:
    return of_float(number) if isinstance(number, float) else Rational(str(number))


def banded(scores: pd.DataFrame, bands: pd.DataFrame) -> pd.Series:
    """The order (1 is best) of the band that holds each score, as a nullable integer column.

    `bands` are the rows of one scheme of data/bands.csv: order, above or at_least, below or at_most, in percent. Raises
    Refused where a score lies in no band, or in two.
    """
    bounds = [{name: bound for name, bound in row.items() if bound != ""} for row in bands[_BOUNDS].to_dict("records")]
    scheme = [Band.model_validate({**held, "points": order}) for held, order in zip(bounds, bands["order"], strict=True)]
    percent = _exact(scores["score"])
    known = np.array([score is not None for score in percent], dtype=bool)
    values = 100 * choose(known, percent, ZERO)
    orders = pd.Series(pd.NA, index=scores.index, dtype="Int64", name="band")
    if known.any():
        of_known = Bands(bands=scheme).points({"value": values[known]}, values[known])
        orders[known] = [int(order) for order in of_known]
    return orders


def banded_by_weakest(scores: pd.DataFrame, bands: pd.DataFrame, level: str = "pillar") -> pd.Series:
    """Like `banded`, by unit, where the weakest component of a level decides: a band is reached when every one reaches it.

    A unit of which one such component is unknown is in no band: the weakest may be that one. Source: QĐ 4725/QĐ-BGDĐT 2022
    (level 3 when each group is above 75). Returns the order of the band per unit.
    """
    parts = scores[(scores["level"] == level) & (scores["max_points"] > 0)]
    of_unit = parts.groupby("unit", sort=False)["score"]
    weakest = of_unit.agg(lambda own: own.min(skipna=False)).rename("score").reset_index()
    return banded(weakest, bands).set_axis(weakest["unit"])
