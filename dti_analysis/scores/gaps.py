"""Gaps: how far each component is from its maximum, and in which tier it stands."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dti_analysis.common.exact import of_float
from dti_analysis.common.faults import fault
from dti_analysis.criteria.framework import Framework

GAPS = [
    "year", "unit", "basis", "component", "level", "state", "finest", "points", "max_points", "score", "gap", "tier",
    "share_of_total_gap",
]  # fmt: skip
TIERS = ["not_achieved", "low", "middle", "high", "at_max"]
LOW, HIGH = 0.5, 0.8
"""Shares of the maximum under which points are low and from which they are high, unless told otherwise."""


def gaps(scores: pd.DataFrame, framework: Framework, low: float = LOW, high: float = HIGH) -> pd.DataFrame:
    """The gap of every scored component of `scores` (dti_analysis.scores.scoring.score) to its maximum.

    gap = max_points − points. tier, by score, each component in exactly one: `not_achieved` (0 or less), `low` (under the
    threshold `low`), `middle`, `high` (from the threshold `high`), `at_max`. finest: nothing below it is known, so that the
    finest components of a unit are its criteria, each once; parts of a rule belong to their indicator. share_of_total_gap:
    the gap over that of the unit's total (NaN where the total has none). Gaps of children add up to their parent's (those of
    the parts of a `best` or `base_plus` indicator do not: there the whole is not their sum).

    Components whose points are unknown or which do not apply are left out. Returns the columns `GAPS`. Raises Faults for
    thresholds out of order. Both are shares of the maximum; no act is known that fixes either.
    """
    refuse_thresholds(low, high)
    table = scores[((scores["max_points"] > 0) | (scores["points"] != 0)) & scores["points"].notna()].copy()
    pairs = zip(table["max_points"], table["points"], strict=True)
    table["gap"] = [float(of_float(maximum) - of_float(points)) for maximum, points in pairs]
    table["tier"] = np.select(
        [table["points"] <= 0, table["gap"] <= 0, table["score"] < low, table["score"] < high],
        ["not_achieved", "at_max", "low", "middle"],
        "high",
    )
    key = [table["year"], table["unit"], table["basis"]]
    total = table["gap"].where(table["level"] == "total").groupby(key).transform("max")
    table["share_of_total_gap"] = table["gap"] / total.where(total != 0)
    listed = table[table["level"] != "part"]
    parents = set(zip(listed["unit"], listed["basis"], listed["component"].map(framework.parents), strict=True))
    table["finest"] = [
        level != "part" and maximum > 0 and (unit, basis, component) not in parents
        for unit, basis, component, level, maximum in table[["unit", "basis", "component", "level", "max_points"]].itertuples(
            index=False, name=None
        )
    ]
    return table[GAPS]


def refuse_thresholds(low: float, high: float) -> None:
    """Raise Faults unless 0 ≤ low ≤ high ≤ 1."""
    if not 0 <= low <= high <= 1:
        raise fault("parameter", "low, high", f"{low}, {high}", "0 ≤ low ≤ high ≤ 1, shares of the maximum")


def pareto(gaps_of_unit: pd.DataFrame) -> pd.DataFrame:
    """The finest components by falling gap (ties in the framework's order), with cumulative_share of their sum."""
    ordered = gaps_of_unit[gaps_of_unit["finest"]].sort_values("gap", ascending=False, kind="stable")
    total = ordered["gap"].sum()
    return ordered.assign(cumulative_share=ordered["gap"].cumsum() / (total if total else np.nan))
