"""The field: the figures of the other units, among which any figure of one unit has a rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dti_analysis.common.exact import ONE, ZERO, Rational, of_float, scaled
from dti_analysis.criteria.framework import Ranking

_HALF_EVEN_STEP = Rational(1, 10**9)
"""How far above a half a figure has to be where a half goes to the even neighbour, in units of the last decimal."""


@dataclass(frozen=True)
class Field:
    """The others' compared figures (points, or share of the maximum) as whole units of the act's last decimal, ascending."""

    ranking: Ranking
    others: npt.NDArray[Any]

    def figure(self, points: Rational, max_points: Rational) -> int:
        """What the act compares of a unit, in whole units of its last decimal."""
        compared = points if self.ranking.by == "points" else points / max_points
        return int(scaled(compared, self.decimals, self.ranking.rounding))

    @property
    def decimals(self) -> int:
        """How many decimals are compared: of points, or of a share."""
        return self.ranking.decimals + (2 if self.ranking.by == "percent" else 0)

    def rank(self, points: Rational, max_points: Rational) -> float:
        """The rank that so many points would have, by the act's rounding and rule of ties."""
        return self._rank(self.figure(points, max_points))

    def _rank(self, figure: int) -> float:
        below_or_equal = int(np.searchsorted(self.others, figure, side="right"))
        above = len(self.others) - below_or_equal
        equal = below_or_equal - int(np.searchsorted(self.others, figure, side="left"))
        if self.ranking.ties == "dense":
            return 1 + len(set(self.others[below_or_equal:].tolist()))
        if self.ranking.ties == "max":
            return 1 + above + equal
        return 1 + above + (equal / 2 if self.ranking.ties == "average" else 0)

    def points_for_figure(self, figure: int, max_points: Rational) -> Rational:
        """The fewest points that compare as so many units of the last decimal."""
        rounding = self.ranking.rounding
        least = Rational(figure)
        if rounding != "down":
            least -= Rational(1, 2)
        if rounding == "half_even" and figure % 2:
            least += _HALF_EVEN_STEP
        share = max(least, ZERO) / Rational(10**self.decimals)
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
    empty = Field(ranking, np.array([], dtype=np.int64))
    pairs = zip(others["points"], others["max_points"], strict=True)
    figures = [empty.figure(of_float(points), of_float(most) or ONE) for points, most in pairs]
    return Field(ranking, np.array(sorted(figures), dtype=np.int64))
