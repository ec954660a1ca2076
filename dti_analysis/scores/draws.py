"""Draws: where figures would stand if some were others, and the ranks of many drawn tables at once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from dti_analysis.common.exact import ZERO, Column
from dti_analysis.criteria.framework import Ranking
from dti_analysis.scores.ranking import Floats, compared, rank_among

Ranks = npt.NDArray[np.float32]
NEAR = 1e-6
"""A float this near to where rounding turns, in units of the last decimal, is taken to be there: sums are off by less."""
_MANY, _RANGE = 400, 1 << 17
"""From how many units on each draw is ranked by itself, and up to which range of figures by counting."""
_CHUNK = 1 << 19
"""How many figures are ranked at a time."""


def whole_figures(points: Column, maxima: Column, ranking: Ranking) -> Floats:
    """What the act compares (dti_analysis.scores.ranking.compared) as floats; NaN where points are unknown or none apply."""
    known = np.array([own is not None for own in points], dtype=bool) & (maxima != ZERO).astype(bool)
    figures = np.full(len(points), np.nan)
    figures[known] = compared(points[known], maxima[known], ranking).astype(float)
    return figures


def rounded(figures: Floats, ranking: Ranking) -> Floats:
    """Like `whole_figures`, of floats that are sums: what lies within `NEAR` of a turn counts as having reached it."""
    moved = figures * 10.0**ranking.places
    if ranking.rounding == "down":
        return np.trunc(moved + np.copysign(NEAR, moved))
    near = np.rint(2 * moved) / 2
    moved = np.where(np.abs(moved - near) < NEAR, near, moved)
    return np.rint(moved) if ranking.rounding == "half_even" else np.copysign(np.floor(np.abs(moved) + 0.5), moved)


def rank_if(own: Floats, others: Floats, ties: str) -> Floats:
    """The rank of each unit if its figure were `own` while all the others had theirs of `others`; NaN where it has none."""
    known = ~np.isnan(own) & ~np.isnan(others)
    ranks = np.full(len(own), np.nan)
    ranks[known] = rank_among(own[known], others[~np.isnan(others)], others[known], ties)
    return ranks


def rank_draws(figures: Floats, ranking: Ranking) -> Ranks:
    """The rank of each unit in each draw (rows are draws, columns units), by the act's rounding and ties. All are known."""
    ranks = np.empty(figures.shape, dtype=np.float32)
    for rows in _chunks(*figures.shape):
        drawn = rounded(np.ascontiguousarray(figures[rows]), ranking)
        if figures.shape[1] > _MANY:
            ranks[rows] = [_ranked(own, ranking.ties) for own in drawn]
            continue
        order = np.argsort(-drawn, axis=1)
        ordered = np.take_along_axis(drawn, order, axis=1)
        new = np.ones(ordered.shape, dtype=bool)
        new[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
        np.put_along_axis(ranks[rows], order, _of_runs(new, ranking.ties), axis=1)
    return ranks


def _ranked(figures: Floats, ties: str) -> Floats:
    """Ranks of one draw of many units: whole figures in a narrow range are counted, others looked up in their order."""
    lowest, highest = figures.min(), figures.max()
    if highest - lowest > _RANGE:
        return rank_among(figures, figures, figures, ties)
    cells = (figures - lowest).astype(np.intp)
    counts = np.bincount(cells, minlength=int(highest - lowest) + 1)
    if ties == "dense":
        counts = (counts > 0).astype(np.intp)
    from_top = np.cumsum(counts[::-1])[::-1]
    last, first = from_top, from_top - counts + 1
    taken: Floats = (last if ties == "max" else (first + last) / 2 if ties == "average" else first)[cells]
    return taken


def _of_runs(new: npt.NDArray[np.bool_], ties: str) -> Ranks:
    """Ranks of figures in order, from where a new figure begins."""
    if ties == "dense":
        return np.cumsum(new, axis=1, dtype=np.int32).astype(np.float32)
    place = np.arange(1, new.shape[1] + 1, dtype=np.int32)
    first = np.maximum.accumulate(np.where(new, place, 0), axis=1)
    if ties == "min":
        return first.astype(np.float32)
    ends = np.ones(new.shape, dtype=bool)
    ends[:, :-1] = new[:, 1:]
    last = np.minimum.accumulate(np.where(ends, place, place[-1])[:, ::-1], axis=1)[:, ::-1]
    return last.astype(np.float32) if ties == "max" else ((first + last) / 2).astype(np.float32)


def summary(ranks: Ranks) -> dict[str, Floats]:
    """What many draws say of each unit: median_rank; the middle 90 %, low_rank to high_rank; first, the chance of rank 1.

    Quantiles are ranks that were drawn: the least that at least the share of the draws does not pass.
    """
    places = [_quantile(len(ranks), share) for share in (0.5, 0.05, 0.95)]
    table = np.empty((3, ranks.shape[1]))
    for units in _chunks(ranks.shape[1], len(ranks)):
        table[:, units] = np.partition(np.ascontiguousarray(ranks[:, units].T), places, axis=1)[:, places].T
    first = (ranks == 1).mean(axis=0)
    return {"median_rank": table[0], "low_rank": table[1], "high_rank": table[2], "first": first}


def _quantile(draws: int, share: float) -> int:
    return max(0, int(np.ceil(share * draws - 1e-9)) - 1)


def _chunks(many: int, each: int) -> Iterator[slice]:
    size = max(1, _CHUNK // max(each, 1))
    return (slice(start, min(start + size, many)) for start in range(0, many, size))
