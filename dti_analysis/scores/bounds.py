"""Bounds: the lowest and highest points, score and rank that what is not known yet still allows. Exact, nothing is simulated.

What each component may come to is added up by dti_analysis.scores.spans; a unit ranks best at its highest while all others are
at their lowest, and the other way round.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dti_analysis.common.exact import ONE, ZERO, Column, choose
from dti_analysis.common.faults import fault, nearest
from dti_analysis.criteria.framework import TOTAL, Framework, Ranking
from dti_analysis.scores.grid import Mask
from dti_analysis.scores.ledger import Ledger
from dti_analysis.scores.ranking import compared, exact_column, rank_among
from dti_analysis.scores.scoring import CLAIMED
from dti_analysis.scores.spans import Known, Spans

BOUNDS = [
    "unit", "points_low", "points_high", "max_points", "score_low", "score_high", "rank_low", "rank_high", "open_points",
    "conservative",
]  # fmt: skip
OPEN = ("missing", "unknown", CLAIMED)
"""States in which a figure may still come: nothing handed in, not known, or claimed and not yet appraised."""
Whole = npt.NDArray[np.int64]


def bounds(
    scores: pd.DataFrame,
    framework: Framework,
    open_states: Sequence[str] = OPEN,
    assessment: pd.DataFrame | None = None,
    basis: str = "verified",
) -> pd.DataFrame:
    """What each unit can still reach, and still fall to, once what is open is known. One row per unit, columns `BOUNDS`.

    `scores` is what `score` returns, or `exact_scores`, whose rationals lose nothing where points are no decimals. A leaf in
    one of `open_states` may earn from 0 to the most its rule gives (a gate: met or not; a bonus up to `at_most`, a penalty
    down to it); what was assessed or stated stays. points_low, points_high in points; score_low, score_high = those ÷
    max_points (NaN where that is 0); rank_low is the best rank: the unit at its highest while all others are at their lowest;
    rank_high the worst: the other way round; both among the units of `basis`, by the act's rounding and ties. open_points:
    what its own open rows may earn by their rules, added up. conservative: the bounds hold, but may be wider than need be.

    `assessment` (the rows that were scored) tells which gates are met; without it one over a component of no known points
    may be either. Under the policy `missing: not_applicable` nothing missing is open: it does not apply. With `unknown` not
    in `open_states`, units of unknown points have no bounds and no rank. Raises Faults for a state that is never open.
    Source: interval arithmetic on the act's own tree; for the term, design.md, 4.
    """
    if wrong := [state for state in open_states if state not in OPEN]:
        raise fault("parameter", "open_states", f"'{wrong[0]}'", nearest(wrong[0], OPEN))
    own = scores[scores["basis"] == basis]
    ledger = Ledger(own.assign(**{name: exact_column(own[name]) for name in ("points", "max_points")}), framework)
    stands = Known(ledger, open_states, assessment, basis)
    spans = Spans(stands)
    span = spans.total()
    known = (stands.state[TOTAL] != "unknown") | ("unknown" in open_states)
    low, high = span.low + span.extra_low, span.high + span.extra_high
    settled = known & ~span.open
    low = choose(settled, stands.points[TOTAL], low)  # as they were scored: no need to add floats up again
    high = choose(settled, stands.points[TOTAL], high)
    some = known & (span.max_points != ZERO).astype(bool)
    rank_low, rank_high, loose = _ranks(low, high, span.max_points, some, framework.ranking)
    out_of = choose(some, span.max_points, ONE)
    return pd.DataFrame(
        {
            "unit": np.array(ledger.units, dtype=object),
            "points_low": _floats(low, known),
            "points_high": _floats(high, known),
            "max_points": span.max_points.astype(float),
            "score_low": _floats(low / out_of, some),
            "score_high": _floats(high / out_of, some),
            "rank_low": rank_low,
            "rank_high": rank_high,
            "open_points": _floats(spans.open_points, known),
            "conservative": span.loose | loose,
        }
    )[BOUNDS]


def _floats(column: Column, known: Mask) -> npt.NDArray[np.float64]:
    floats = np.full(len(column), np.nan)
    floats[known] = column[known].astype(float)
    return floats


def _ranks(low: Column, high: Column, maxima: Column, some: Mask, ranking: Ranking) -> tuple[Any, Any, Mask]:
    """Best and worst rank of each unit, and where they may be too far apart: dense ranks count figures, not units, and how
    many different ones there will be is bounded only."""
    best, worst, loose = np.full(len(low), np.nan), np.full(len(low), np.nan), np.zeros(len(low), dtype=bool)
    if not some.any():
        return best, worst, loose
    least, most = (compared(column[some], maxima[some], ranking).astype(np.int64) for column in (low, high))
    if ranking.ties == "dense":
        fixed, moving = np.unique(least[least == most]), least < most
        above = len(fixed) - np.searchsorted(fixed, most, side="right")
        best[some] = 1 + np.maximum(above, _above(least[moving], most) > 0)
        own = moving & (most > least)
        worst[some] = 1 + len(fixed) - np.searchsorted(fixed, least, side="right") + _above(most[moving], least) - own
        loose[some] = moving.any()
        return best, worst, loose
    # Each unit at its highest among the others at their lowest, and back: it is never itself among them.
    best[some], worst[some] = rank_among(most, least, least, ranking.ties), rank_among(least, most, most, ranking.ties)
    return best, worst, loose


def _above(figures: Whole, own: Whole) -> Whole:
    """How many figures are above each of one's own."""
    return len(figures) - np.searchsorted(np.sort(figures), own, side="right")
