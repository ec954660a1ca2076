"""Models: who is best, overall and in each pillar, and what the leaders have that the rest lack."""

from __future__ import annotations

import pandas as pd

from dti_analysis.common.exact import Rational, of_float
from dti_analysis.common.faults import fault
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.scores.peers import of_one

BEST = ["component", "level", "unit", "points", "max_points", "score"]
IN_COMMON = [
    "component", "max_points", "leaders", "others", "leaders_score", "others_score", "difference", "leaders_at_max",
    "others_at_max",
]  # fmt: skip
LEAST = 3
"""How few leaders there are at least, whatever a tenth of the units is."""


def best(scores: pd.DataFrame) -> pd.DataFrame:
    """The units of the best rank on the total and on each pillar, all of those that share it.

    `scores` are those of one year and basis (dti_analysis.scores.scoring.score). Returns the columns `BEST`, the total first,
    then the pillars in the order of `scores`: points and max_points in points of the framework, score a share (0–1). A pillar
    whose points are known of no unit has no row. Raises Faults for scores of several years or bases.
    """
    of_one(scores)
    ranked = scores[scores["level"].isin(["total", "pillar"]) & scores["rank"].notna()]
    first = ranked[ranked["rank"] == ranked.groupby("component")["rank"].transform("min")]
    order = dict.fromkeys([TOTAL, *first["component"]])
    placed = first["component"].map({component: place for place, component in enumerate(order)})
    return first.assign(_place=placed).sort_values("_place", kind="stable")[BEST].reset_index(drop=True)


def leaders(scores: pd.DataFrame) -> list[str]:
    """The best tenth of the units by rank on the total (rounded down, at least `LEAST`), and those that share the last rank.

    `scores` are those of one year and basis. Best first; equal ranks in the order of `scores`. Raises Faults for scores of
    several years or bases, and where no ranked unit would be left to compare the leaders with.
    """
    of_one(scores)
    totals = scores[(scores["component"] == TOTAL) & scores["rank"].notna()].sort_values("rank", kind="stable")
    count = max(len(totals) // 10, LEAST)
    chosen = totals[totals["rank"] <= totals["rank"].iloc[count - 1]] if len(totals) > count else totals
    if len(chosen) == len(totals):
        raise fault("scores", TOTAL, f"{len(totals)} ranked units, {len(chosen)} of them leaders", "units beside the leaders")
    return list(chosen["unit"])


def in_common(gaps: pd.DataFrame, leaders: list[str]) -> pd.DataFrame:
    """What sets the leaders apart: the criteria on which their mean score exceeds that of the others most.

    `gaps` (dti_analysis.scores.gaps.gaps) are those of one year and basis; `leaders` are ids of its units. A criterion is a
    finest component, and of the units only those count for which it is one. Returns the columns `IN_COMMON`, the largest
    difference first (equal ones in the order of `gaps`): leaders, others = of how many units the score is known;
    leaders_score, others_score = their mean scores (0–1); difference = the first less the second; leaders_at_max,
    others_at_max = how many have the maximum. Criteria that are known of leaders only, or of others only, are left out.
    Raises Faults for gaps of several years or bases, and for a leader that has no gaps.
    """
    of_one(gaps)
    if absent := sorted(set(leaders) - set(gaps["unit"])):
        raise fault("leaders", "", ", ".join(absent), "units of the gaps")
    finest = gaps[gaps["finest"]]
    leading = finest["unit"].isin(leaders)
    rows = []
    for component, of_component in finest.groupby("component", sort=False):
        first, rest = (of_component[mask.loc[of_component.index]] for mask in (leading, ~leading))
        if first.empty or rest.empty:
            continue
        one, other = _mean(first), _mean(rest)
        rows.append(
            {
                "component": component,
                "max_points": of_component["max_points"].max(),
                "leaders": len(first),
                "others": len(rest),
                "leaders_score": float(one),
                "others_score": float(other),
                "difference": one - other,
                "leaders_at_max": int((first["tier"] == "at_max").sum()),
                "others_at_max": int((rest["tier"] == "at_max").sum()),
            }
        )
    rows.sort(key=lambda row: -row["difference"])  # exact, so that equal differences stay in order
    table = pd.DataFrame(rows, columns=IN_COMMON)
    return table.assign(difference=table["difference"].astype(float))


def _mean(table: pd.DataFrame) -> Rational:
    """The mean score, exactly."""
    pairs = zip(table["points"], table["max_points"], strict=True)
    shares = [of_float(points) / of_float(maximum) for points, maximum in pairs]
    return sum(shares, Rational()) / len(shares)
