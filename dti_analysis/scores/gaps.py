"""Gaps: how far each component is from its maximum, and which of the four asks it falls under."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dti_analysis.common.exact import of_float
from dti_analysis.common.faults import fault

GAPS = [
    "year", "unit", "basis", "component", "level", "points", "max_points", "score", "gap", "tier", "high", "share_of_total_gap",
]  # fmt: skip
TIERS = ["not_achieved", "low", "below_max", "at_max"]
LOW, HIGH = 0.5, 0.8
"""Shares of the maximum under which points are low and from which they are high, unless told otherwise."""


def gaps(scores: pd.DataFrame, low: float = LOW, high: float = HIGH) -> pd.DataFrame:
    """The gap of every scored component of `scores` (dti_analysis.scores.scoring.score) to its maximum.

    gap = max_points − points. tier, by score: `not_achieved` (0 or less), `low` (under the threshold `low`), `below_max`,
    `at_max`. high: score of at least `high`, the criteria a unit is asked to maintain. share_of_total_gap: the gap over that
    of the unit's total (NaN where the total has none). Gaps of children add up
    to their parent's (those of the parts of a `best` or `base_plus` indicator do not: there the whole is not their sum).

    Returns the columns `GAPS`. Raises Faults for thresholds out of order. Both are shares of the maximum; no act is known that
    fixes either.
    """
    if not 0 <= low <= high <= 1:
        raise fault("parameter", "low, high", f"{low}, {high}", "0 ≤ low ≤ high ≤ 1, shares of the maximum")
    table = scores[(scores["max_points"] > 0) | (scores["points"] != 0)].copy()
    pairs = zip(table["max_points"], table["points"], strict=True)
    table["gap"] = [float(of_float(maximum) - of_float(points)) for maximum, points in pairs]
    table["tier"] = np.select(
        [table["points"] <= 0, table["gap"] <= 0, table["score"] < low], ["not_achieved", "at_max", "low"], "below_max"
    )
    table["high"] = table["score"] >= high
    total = (
        table["gap"].where(table["level"] == "total").groupby([table["year"], table["unit"], table["basis"]]).transform("max")
    )
    table["share_of_total_gap"] = table["gap"] / total.where(total != 0)
    return table[GAPS]


def pareto(gaps_of_unit: pd.DataFrame, level: str = "indicator") -> pd.DataFrame:
    """The components of one level by falling gap (ties in the framework's order), with cumulative_share of their sum."""
    ordered = gaps_of_unit[gaps_of_unit["level"] == level].sort_values("gap", ascending=False, kind="stable")
    total = ordered["gap"].sum()
    return ordered.assign(cumulative_share=ordered["gap"].cumsum() / (total if total else np.nan))


def leaf_level(scores: pd.DataFrame) -> str:
    """The finest level on which gaps add up: indicators, or pillars where the framework lists no indicators."""
    return "indicator" if (scores["level"] == "indicator").any() else "pillar"
