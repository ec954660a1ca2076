"""The field: the figures of the other units, among which any figure of one unit has a rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dti_analysis.common.exact import ZERO, Rational
from dti_analysis.criteria.framework import Ranking
from dti_analysis.scores.ranking import compared, exact_column, rank_among

_HALF_EVEN_STEP = Rational(1, 10**9)
"""How far above a half a figure has to be where a half goes to the even neighbour, in units of the last decimal."""


@dataclass(frozen=True)
class Field:
    """The others' compared figures (points, or share of the maximum) as whole units of the act's last decimal, ascending."""

    ranking: Ranking
    others: npt.NDArray[Any]

    def figure(self, points: Rational, max_points: Rational) -> int:
        """What the act compares of a unit, in whole units of its last decimal."""
        own, most = (np.array([number], dtype=object) for number in (points, max_points))
        return int(compared(own, most, self.ranking)[0])

    def rank(self, points: Rational, max_points: Rational) -> float:
        """The rank that so many points would have, by the act's rounding and rule of ties."""
        return self._rank(self.figure(points, max_points))

    def _rank(self, figure: int) -> float:
        own = np.array([figure])
        return float(rank_among(own, np.append(self.others, own), own, self.ranking.ties)[0])

    def points_for_figure(self, figure: int, max_points: Rational) -> Rational:
        """The fewest points that compare as so many units of the last decimal."""
        rounding = self.ranking.rounding
        least = Rational(figure)
        if rounding != "down":
            least -= Rational(1, 2)
        if rounding == "half_even" and figure % 2:
            least += _HALF_EVEN_STEP
        share = max(least, ZERO) / Rational(10**self.ranking.places)
        return share if self.ranking.by == "points" else share * max_points

    def points_for_rank(self, rank: float, max_points: Rational) -> Rational:
        """The fewest points that have this rank or a better one."""
        candidates = sorted({0, *(figure + more for figure in set(self.others.tolist()) for more in (0, 1))})
        low, high = 0, len(candidates) - 1  # a higher figure never ranks worse
        while low < high:
            middle = (low + high) // 2
            if self._rank(candidates[middle]) <= rank:
                high = middle
            else:
                low = middle + 1
        return self.points_for_figure(candidates[low], max_points)


def field(totals: pd.DataFrame, unit: str, ranking: Ranking) -> Field:
    """The field of one unit: `totals` has unit, points and max_points of all that are ranked; unknown ones are left out."""
    others = totals[(totals["unit"] != unit) & totals["points"].notna() & (totals["max_points"] > 0)]
    points, maxima = (exact_column(others[name]) for name in ("points", "max_points"))
    return Field(ranking, np.sort(compared(points, maxima, ranking).astype(np.int64)))
