"""Standing: where one unit stands among others on the total, and from how many points on it would stand elsewhere."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from dti_analysis.common.exact import HALF, Rational, scaled
from dti_analysis.criteria.framework import Ranking


def figure_of(points: Rational, max_points: Rational, ranking: Ranking) -> int:
    """What is compared, rounded as the act does, in whole units of its last decimal."""
    share = ranking.by == "percent"
    decimals = ranking.decimals + (2 if share else 0)
    return int(scaled(Rational(points) / max_points if share else Rational(points), decimals, ranking.rounding))


def rank_among(ordered: Sequence[int], figure: int, ties: str) -> float:
    """The rank that a figure has among others, the highest first, by the act's ties.

    `ordered`: the figures of the others from the lowest on, where ties are `dense` each once.
    """
    first, last = len(ordered) + 1 - bisect_right(ordered, figure), len(ordered) + 1 - bisect_left(ordered, figure)
    return float(first if ties in ("min", "dense") else last if ties == "max" else Rational(first + last, 2))


@dataclass(frozen=True)
class Standing:
    """Where one unit stands among others on the total: `figures` are those of the others, as they are compared."""

    ranking: Ranking
    unit: str
    points: Rational
    max_points: Rational
    figures: Mapping[str, int]

    @cached_property
    def _ordered(self) -> list[int]:
        figures = self.figures.values()
        return sorted(set(figures) if self.ranking.ties == "dense" else figures)

    def figure(self, points: Rational) -> int:
        """What the unit would be compared on."""
        return figure_of(points, self.max_points, self.ranking)

    def rank(self, points: Rational | None = None) -> float:
        """The unit's rank with so many points (by default with its own), others as they stand."""
        return self.rank_of(self.figure(self.points if points is None else points))

    def rank_of(self, figure: int) -> float:
        """The rank that a figure gives."""
        return rank_among(self._ordered, figure, self.ranking.ties)

    def needed(self, rank: float) -> int | None:
        """The smallest figure that gives this rank or a better one; None where any figure does."""
        steps = sorted({each for figure in self._ordered for each in (figure, figure + 1)})
        if self.rank_of(steps[0] - 1) <= rank:
            return None
        return next(figure for figure in steps if self.rank_of(figure) <= rank)

    def points_for(self, figure: int) -> tuple[Rational, bool]:
        """From how many points on the unit is compared on this figure, and whether so many are enough (else: more)."""
        share = self.ranking.by == "percent"
        unit = Rational(1, 10 ** (self.ranking.decimals + (2 if share else 0))) * (self.max_points if share else 1)
        if self.ranking.rounding == "down":
            low, enough = (figure, True) if figure > 0 else (figure - 1, False)
        else:
            low = figure - HALF
            enough = figure % 2 == 0 if self.ranking.rounding == "half_even" else figure > 0
        return Rational(low) * unit, bool(enough)

    def passed(self, points: Rational) -> tuple[list[str], list[str]]:
        """Whom the unit passes with so many points, and who passes it: the nearest first."""
        before, after = self.figure(self.points), self.figure(points)
        up = [name for name, own in self.figures.items() if before <= own < after]
        down = [name for name, own in self.figures.items() if after < own <= before]
        return sorted(up, key=lambda name: self.figures[name]), sorted(down, key=lambda name: -self.figures[name])

    def next_better(self) -> list[str]:
        """The units of the nearest figure above the unit's own; none at the top."""
        own = self.figure(self.points)
        above = [figure for figure in self.figures.values() if figure > own]
        return [name for name, figure in self.figures.items() if above and figure == min(above)]

    def next_figure(self) -> int | None:
        """The smallest figure that gives a better rank than the unit's own; None at the top."""
        own = self.figure(self.points)
        steps = sorted({each for figure in self._ordered for each in (figure, figure + 1) if each > own})
        return next((figure for figure in steps if self.rank_of(figure) < self.rank_of(own)), None)
