"""Ranks and bands of scores."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from dti_analysis.common.exact import ZERO, Column, Rational, choose, of_float, scaled, scaled_near
from dti_analysis.common.faults import fault
from dti_analysis.criteria.framework import TOTAL, Ranking
from dti_analysis.criteria.rules import Band, Bands
from dti_analysis.scores.grid import Mask, Places, placed

if TYPE_CHECKING:
    import pandas as pd

Floats = npt.NDArray[np.float64]

_HELD_APART = 2**53
"""Whole numbers up to this are different floats."""
_BOUNDS = ["above", "at_least", "below", "at_most"]


@dataclass(frozen=True)
class Scores:
    """A table of scores in parts, by column: what is said of units, of cohorts (the rows ranked together), of figures, of rows.

    Many rows share a unit, a cohort or a figure: `of` says, per row, which.
    """

    unit: dict[str, Column]
    cohort: dict[str, Column]
    figure: dict[str, Column]
    of: dict[str, Places]
    row: dict[str, Column] = field(default_factory=dict)

    def column(self, name: str) -> tuple[Column, Places]:
        """A column of one of the parts, and which of its entries each row takes."""
        part = next(part for part in self.of if name in getattr(self, part))
        return getattr(self, part)[name], self.of[part]

    def table(self) -> dict[str, Column]:
        """The whole table by column, one entry per row."""
        columns = {name: self.column(name) for part in self.of for name in getattr(self, part)}
        return {name: column[places] for name, (column, places) in columns.items()}


def rank(scores: pd.DataFrame, ranking: Ranking) -> pd.DataFrame:
    """`scores` with rank and rank_in_group (1 is best), for each year, basis and component.

    Units are compared on points, or on points in percent of max_points, rounded as the framework declares; equal figures
    share a rank by its tie policy (`min`: 1-2-2-4). A component with a maximum of 0, or of unknown points, gives no rank.
    Raises Faults if points are to be compared although maxima differ.
    """
    cohorts = scores.groupby(["year", "basis", "component"], dropna=False, sort=False)
    points, maxima = exact_column(scores["points"]), exact_column(scores["max_points"])
    each = np.arange(len(scores))
    parts = Scores(
        {"group": scores["group"].to_numpy(dtype=object)},
        {"component": cohorts["component"].first().to_numpy(dtype=object)},
        {"points": points, "max_points": maxima},
        of={"unit": each, "cohort": cohorts.ngroup().to_numpy().astype(np.intp), "figure": each},
    )
    known = np.array([own is not None for own in points], dtype=bool) & (maxima != ZERO)
    near = np.full(len(scores), np.nan)
    near[known] = _compared(parts, known, ranking).astype(float)
    ranked = scores.assign(**ranks(parts, near, ranking))
    return ranked if ranking.ties == "average" else ranked.astype(dict.fromkeys(["rank", "rank_in_group"], "Int64"))


def listed_only(scores: pd.DataFrame, ranking: Ranking, units: Collection[str]) -> pd.DataFrame:
    """Scores of one basis in which some units are listed but not ranked: the others are ranked among themselves."""
    listed = scores["unit"].isin(list(units))
    others = rank(scores[~listed], ranking)
    return scores.assign(**{name: others[name].reindex(scores.index) for name in ("rank", "rank_in_group")})


def ranks(scores: Scores, near: Floats, ranking: Ranking) -> dict[str, Floats]:
    """What `rank` adds to exact points, by column: floats, NaN where there is no rank.

    `near` holds, for each figure, the float nearest to what is compared: points, or their share of the maximum; NaN for none.
    """
    cohort, figure = scores.of["cohort"], scores.of["figure"]
    total = np.flatnonzero((scores.cohort["component"] == TOTAL)[cohort])
    maxima = set(zip(cohort[total], scores.figure["max_points"][figure[total]], strict=True))
    if ranking.by == "points" and len(maxima) > len(set(cohort[total])):
        found = "ranking by points among units whose maxima differ"
        raise fault("framework", "ranking.by", found, "by: percent, which compares them")
    rounded = _rounded(scores, near, ranking)[figure]
    group, groups = placed(scores.unit["group"])
    rank = _ranked(rounded, cohort, ranking.ties)
    within = rank if len(groups) == 1 else _ranked(rounded, cohort * len(groups) + group[scores.of["unit"]], ranking.ties)
    return {"rank": rank, "rank_in_group": within}


def _compared(scores: Scores, at: Mask, ranking: Ranking) -> Column:
    """What is compared of some figures, exactly."""
    points: Column = scores.figure["points"][at]
    return points if ranking.by == "points" else points / scores.figure["max_points"][at]


def _rounded(scores: Scores, near: Floats, ranking: Ranking) -> Floats:
    """What is compared, rounded: in whole units of the last decimal, or at least in their order."""
    decimals = ranking.places
    if not (np.abs(near) * 10.0**decimals > _HELD_APART / 2).any():
        return scaled_near(near, lambda at: _compared(scores, at, ranking), decimals, ranking.rounding)
    known = ~np.isnan(near)
    rounded = np.full(len(near), np.nan)
    rounded[known] = np.unique(scaled(_compared(scores, known, ranking), decimals, ranking.rounding), return_inverse=True)[1]
    return rounded


def _ranked(figures: Floats, cohort: Places, ties: str) -> Floats:
    """The rank of each figure in its cohort, the highest first."""
    ranks = np.full(len(figures), np.nan)
    known = np.flatnonzero(~np.isnan(figures))
    order = known[np.argsort(cohort[known], kind="stable")]
    for rows in np.split(order, np.flatnonzero(np.diff(cohort[order])) + 1):
        ranks[rows] = rank_among(figures[rows], figures[rows], figures[rows], ties)
    return ranks


def rank_among(figures: Column, others: Column, instead: Column, ties: str) -> Floats:
    """The rank that each figure has, or would have, among others, one of which (`instead`) gives way to it; 1 is the highest.

    With `instead` the figures themselves, their ranks as they are.
    """
    gone_ahead = (instead > figures).astype(bool)
    if ties == "dense":
        pool, times = np.unique(others, return_counts=True)
        once = times[np.searchsorted(pool, instead)] == 1
        ahead = len(pool) - np.searchsorted(pool, figures, side="right") - (gone_ahead & once)
        return np.asarray(1 + ahead, dtype=float)
    pool = np.sort(others)
    first = 1 + len(pool) - np.searchsorted(pool, figures, side="right") - gone_ahead
    if ties == "min":
        return np.asarray(first, dtype=float)
    behind = np.searchsorted(pool, figures, side="left") - (instead < figures).astype(bool)
    last = len(pool) - behind
    return np.asarray(last if ties == "max" else (first + last) / 2, dtype=float)


def compared(points: Column, maxima: Column, ranking: Ranking) -> Column:
    """What ranks are told by, of exact points and maxima: rounded as the act declares, in units of the last decimal."""
    figures = points if ranking.by == "points" else points / maxima
    return np.asarray(scaled(figures, ranking.places, ranking.rounding), dtype=object)


def rounded_points(points: Column, ranking: Ranking) -> Column:
    """Points as the act rounds each indicator's, if it does."""
    decimals = ranking.indicator_decimals
    if decimals is None:
        return points
    column: Column = scaled(points, decimals, ranking.rounding) / Rational(10**decimals)
    return column


def exact_column(column: pd.Series) -> Column:
    """A column of rationals; floats stand for the decimals they are the nearest to, NaN and None are unknown."""
    import pandas as pd

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
    import pandas as pd

    bounds = [{name: bound for name, bound in row.items() if bound != ""} for row in bands[_BOUNDS].to_dict("records")]
    scheme = [Band.model_validate({**held, "points": order}) for held, order in zip(bounds, bands["order"], strict=True)]
    percent = exact_column(scores["score"])
    known = np.array([score is not None for score in percent], dtype=bool)
    values = 100 * choose(known, percent, ZERO)
    orders = pd.Series(pd.NA, index=scores.index, dtype="Int64", name="band")
    if known.any():
        unchecked = Bands.model_construct(bands=scheme)  # overlaps are told where a score lies
        of_known = unchecked.points({"value": values[known]}, values[known])
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
