"""Movement: who rose, held and fell between two years, and whether the two can be compared."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dti_analysis.criteria.bridge import links, one_to_one
from dti_analysis.criteria.framework import TOTAL, Framework

MOVEMENT = [
    "unit", "component", "from_year", "to_year", "from_rank", "to_rank", "rank_change", "score_change",
    "direction", "comparable", "reason",
]  # fmt: skip
DIRECTIONS = ["rose", "held", "fell", "entered", "left"]


def movement(before: pd.DataFrame, after: pd.DataFrame, old: Framework, new: Framework) -> pd.DataFrame:
    """Change of rank and score from one year to the next, for the total and every component that both sets have.

    `before` and `after` are scores on one basis each; a component of the new set continues the one that its `was` names
    in the old set (any of its own code where the set did not change); one that was split or merged has no such predecessor.
    Units ranked in neither year are left out. rank_change = old rank − new rank: positive is a rise.
    direction: rose, held, fell, or entered (not ranked before) and left (no longer ranked), so that rose + held + fell +
    entered is the number of units ranked after. comparable is False, with the reason `criteria_set_changed`, where the
    score was earned under another set: ranks may still be set side by side, score_change may not be read as progress.

    Returns the columns `MOVEMENT`.
    """
    pairs = one_to_one(links(old, new)) | {TOTAL: TOTAL}
    left = before[before["component"].isin(pairs)].assign(component=lambda table: table["component"].map(pairs))
    right = after[after["component"].isin(pairs.values())]
    columns = ["unit", "component", "rank", "score"]
    both = left[columns].merge(right[columns], on=["unit", "component"], how="outer", suffixes=("_old", "_new"), sort=False)
    both = both.dropna(subset=["rank_old", "rank_new"], how="all").reset_index(drop=True)
    table = pd.DataFrame(
        {
            "unit": both["unit"],
            "component": both["component"],
            "from_year": _year(before, old),
            "to_year": _year(after, new),
            "from_rank": both["rank_old"],
            "to_rank": both["rank_new"],
            "rank_change": both["rank_old"] - both["rank_new"],
            "score_change": both["score_new"] - both["score_old"],
        }
    )
    change = table["rank_change"]
    table["direction"] = "held"
    table.loc[(change > 0).fillna(False), "direction"] = "rose"
    table.loc[(change < 0).fillna(False), "direction"] = "fell"
    table.loc[table["from_rank"].isna(), "direction"] = "entered"
    table.loc[table["to_rank"].isna(), "direction"] = "left"
    # In another set, only the total is here without having been declared the same criterion by `was`.
    table["comparable"] = (old.id == new.id) | (table["component"] != TOTAL)
    table["reason"] = table["comparable"].map({True: "", False: "criteria_set_changed"})
    return table[MOVEMENT]


def _year(scores: pd.DataFrame, framework: Framework) -> Any:
    """The year of scores; where the assessment named none, the one in which the set was in force, if it was just one."""
    said, span = scores["year"].iloc[0], framework.applies
    return span.from_ if said == "" and span.from_ == span.to else said


def counts(table: pd.DataFrame) -> dict[str, int]:
    """How many units rose, held, fell, entered and left on the total; the first four add up to the units ranked after."""
    totals = table[table["component"] == TOTAL]
    return {direction: int((totals["direction"] == direction).sum()) for direction in DIRECTIONS}
