"""Full marks: for each criterion on which a unit misses points, who has the maximum: whom to ask."""

from __future__ import annotations

from collections.abc import Sequence

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
    near = _scores_of(gaps, own["component"], peers)
    told = {component: found for component, found in near.items() if (found >= 1).any()}
    missing = own.loc[~own["component"].isin(list(told)), "component"]
    everybody = _scores_of(gaps, missing, list(dict.fromkeys([*peers, *others])))
    rows = []
    for row in own.to_dict("records"):
        within, found = "peers", told.get(row["component"])
        if found is None:
            found = everybody.get(row["component"], pd.Series(dtype=float))
            within = "cohort" if (found >= 1).any() else "nobody"
        best = min(found.max(), 1.0) if len(found) else float("nan")
        named = found.index[found >= best] if best > row["score"] else []
        rows.append(
            {name: row[name] for name in ("unit", "component", "points", "max_points", "gap")}
            | {"within": within, "known": len(found), "at_max": int((found >= 1).sum()), "who": " ".join(named[:FEW])}
            | {"reached": best if len(named) else float("nan")}
        )
    return pd.DataFrame(rows, columns=FULL_MARKS).astype({"reached": float})


def _scores_of(gaps: pd.DataFrame, components: pd.Series, units: list[str]) -> dict[str, pd.Series]:
    """By component, the scores of those units of which one is known, in their order; exactly 1 where there is no gap."""
    table = gaps[gaps["component"].isin(components) & gaps["unit"].isin(units) & (gaps["max_points"] > 0)]
    order = {unit: place for place, unit in enumerate(units)}
    table = table.assign(_place=table["unit"].map(order)).sort_values("_place", kind="stable")
    scores = table["score"].mask(table["gap"] <= 0, 1.0).set_axis(table["unit"])
    return {str(component): scores.iloc[places] for component, places in table.groupby("component", sort=False).indices.items()}
