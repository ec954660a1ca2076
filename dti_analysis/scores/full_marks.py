"""Full marks: for each criterion on which a unit misses points, who has the maximum: whom to ask."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from dti_analysis.common.faults import fault, nearest
from dti_analysis.scores.peers import of_one

FULL_MARKS = ["unit", "component", "points", "max_points", "gap", "within", "known", "at_max", "who", "reached"]
WITHIN = ["peers", "cohort", "nobody"]
FEW = 3
"""How many are named for each criterion; the others are counted."""


def full_marks(gaps: pd.DataFrame, unit: str, peers: Sequence[str], others: Sequence[str] = ()) -> pd.DataFrame:
    """Who has the maximum on each criterion on which a unit misses points: its peers, or else anybody.

    `gaps` (dti_analysis.scores.gaps.gaps) are those of one year and basis; `peers` and `others` are ids of units, those to be
    named first first. Returns the columns `FULL_MARKS`, the largest gap first: within = among whom they were found (`peers`;
    `cohort`: no peer has it, one of all does; `nobody`); known = of how many of those the points are known, at_max = how many
    have the maximum; who = ids of the first few of them, with spaces between; reached = their score (1 is the maximum; where
    nobody has it, the highest above the unit's own, and empty where nobody is above). Raises Faults for an unknown unit.
    """
    of_one(gaps)
    if unit not in set(gaps["unit"]):
        raise fault("parameter", "unit", f"'{unit}'", nearest(unit, set(gaps["unit"])))
    own = gaps[(gaps["unit"] == unit) & gaps["finest"] & (gaps["gap"] > 0)].sort_values("gap", ascending=False, kind="stable")
    peers, others = ([each for each in given if each != unit] for given in (peers, others))
    units = list(dict.fromkeys([*peers, *others]))
    scores = _scores(gaps, list(own["component"]), units)
    rows = []
    for row, found in zip(own.to_dict("records"), scores.T, strict=True):
        near, known = found[: len(peers)], ~np.isnan(found)
        within = "peers" if (near >= 1).any() else "cohort" if (found >= 1).any() else "nobody"
        if within == "peers":
            found, known = near, known[: len(peers)]
        best = min(found[known].max(initial=-np.inf), 1.0)
        named = [units[place] for place in np.flatnonzero(known & (found >= best))] if best > row["score"] else []
        rows.append(
            {name: row[name] for name in ("unit", "component", "points", "max_points", "gap")}
            | {"within": within, "known": int(known.sum()), "at_max": int((found >= 1).sum()), "who": " ".join(named[:FEW])}
            | {"reached": best if named else float("nan")}
        )
    return pd.DataFrame(rows, columns=FULL_MARKS).astype({"reached": float})


def _scores(gaps: pd.DataFrame, components: list[str], units: list[str]) -> npt.NDArray[np.float64]:
    """Scores by unit and component, NaN where unknown, exactly 1 where there is no gap."""
    table = gaps[gaps["component"].isin(components) & gaps["unit"].isin(units) & (gaps["max_points"] > 0)]
    scores = np.full((len(units), len(components)), np.nan)
    places = (
        pd.Index(units).get_indexer(pd.Index(table["unit"])),
        pd.Index(components).get_indexer(pd.Index(table["component"])),
    )
    scores[places] = table["score"].mask(table["gap"] <= 0, 1.0)
    return scores
