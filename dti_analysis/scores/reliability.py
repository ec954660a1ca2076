"""Reliability: how much of what a unit's score rests on can be relied on, in one grade with its reasons."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dti_analysis.common.faults import fault, nearest
from dti_analysis.criteria.framework import TOTAL, Framework

RELIABILITY = [
    "unit", "group", "self_only", "without_evidence", "missing", "small_denominator", "old", "doubtful", "stated", "grade",
    "reasons",
]  # fmt: skip
REASONS = ["self_only", "without_evidence", "missing", "small_denominator", "old"]
GRADES = {"good": 0.05, "fair": 0.15, "average": 0.30, "weak": 1.0}
"""Up to which share of doubtful points a grade is given, best first (tốt, khá, trung bình, yếu). Ours: no known act has any."""
WITHOUT = ("missing",)
"""States of the evidence in which there is none; `none` is that none was asked for."""


def reliability(
    framework: Framework,
    assessment: pd.DataFrame,
    scores: pd.DataFrame,
    remarks: pd.DataFrame,
    as_of: str = "",
    oldest: str = "",
) -> pd.DataFrame:
    """How much of each unit's attainable points rests on what; one row per unit that is scored, columns `RELIABILITY`.

    Shares (0–1) of the points attainable by the unit on its criteria: self_only: a self-assessment and no verified row;
    without_evidence: the evidence is said to be missing (NaN where no form says anything of evidence); missing: nothing was
    handed in; small_denominator: a ratio whose denominators add up to 1 or 2 (from `remarks`); old: the figures are of a day
    before `oldest` (NaN where `as_of`, their day, or `oldest` is not given; ISO dates). doubtful: the share to which any of
    them applies; stated: of how many of the points only the result is known. grade: by `GRADES`, empty where anything is only
    stated or nothing is said of evidence: nobody is graded on what is not known. reasons: those that apply, the largest share
    first, with spaces between.

    `scores` and `remarks` are those of the same assessment. Points of parts count as far as their indicator's maximum goes.
    """
    leaves = _leaves(framework, scores)
    rows = assessment.assign(basis=assessment["basis"].replace("", "verified") if "basis" in assessment else "verified")
    pairs = {basis: _pairs(rows[rows["basis"] == basis], "indicator") for basis in ("self", "verified")}
    mine = _pairs(leaves, "component")
    small = remarks[(remarks["kind"] == "small_denominator") & (remarks["basis"] == "verified")]
    flags = pd.DataFrame(
        {
            "self_only": (mine.isin(pairs["self"]) & ~mine.isin(pairs["verified"])).to_numpy(),
            "without_evidence": False,
            "missing": (leaves["state"] == "missing").to_numpy(),
            "small_denominator": mine.isin(_pairs(small, "component")).to_numpy(),
            "old": bool(as_of and oldest and as_of < oldest),
        }
    )
    told = "evidence_state" in rows and bool((rows["evidence_state"] != "").any())
    if told:
        verified = rows[rows["basis"] == "verified"]
        flags["without_evidence"] = mine.isin(
            _pairs(verified[verified["evidence_state"].isin(WITHOUT)], "indicator")
        ).to_numpy()
    weight = leaves["weight"].to_numpy()
    flags["doubtful"] = flags.any(axis=1)
    flags["stated"] = (leaves["state"] == "stated").to_numpy()
    sums = flags.mul(weight, axis=0).groupby(leaves["unit"].to_numpy(), sort=False).sum()
    sums = sums.div(pd.Series(weight).groupby(leaves["unit"].to_numpy(), sort=False).sum().replace(0, np.nan), axis=0)
    units = scores.loc[(scores["component"] == TOTAL) & (scores["basis"] == "verified"), ["unit", "group"]]
    table = units.merge(sums.round(9), left_on="unit", right_index=True, how="left").reset_index(drop=True)
    table["reasons"] = [_reasons(row) for row in table[REASONS].itertuples(index=False, name=None)]
    graded = told & (table["stated"] == 0)
    table["grade"] = [_grade(share) if known else "" for share, known in zip(table["doubtful"], graded, strict=True)]
    if not told:
        table["without_evidence"] = np.nan
    if not (as_of and oldest):
        table["old"] = np.nan
    return table[RELIABILITY]


def _leaves(framework: Framework, scores: pd.DataFrame) -> pd.DataFrame:
    """What the verified scores rest on (columns unit, component, state, weight): the finest that is known, with its points."""
    table = scores[(scores["basis"] == "verified") & (scores["state"] != "unknown")]
    inner = _pairs(table.assign(above=table["component"].map(framework.parents)), "above")
    finest = table[~_pairs(table, "component").isin(inner)]
    finest = finest.assign(weight=finest["max_points"], above=finest["component"].map(framework.parents))
    part = finest["level"] == "part"
    whole = table.set_index(["unit", "component"])["max_points"]
    of = pd.Series(whole.reindex(pd.MultiIndex.from_frame(finest.loc[part, ["unit", "above"]])).to_numpy(), finest.index[part])
    among = finest[part].groupby(["unit", "above"])["max_points"].transform("sum")
    finest.loc[part, "weight"] = (finest.loc[part, "max_points"] / among.where(among > 0) * of).fillna(0)
    return finest[["unit", "component", "state", "weight"]].reset_index(drop=True)


def _pairs(rows: pd.DataFrame, column: str) -> pd.Series:
    """Unit and component in one text, which is looked up faster than the two."""
    return rows["unit"].astype(str) + "\n" + rows[column].astype(str)


def _reasons(row: tuple[float, ...]) -> str:
    found = [(-share, reason) for reason, share in zip(REASONS, row, strict=True) if share > 0]
    return " ".join(reason for _, reason in sorted(found, key=lambda pair: pair[0]))


def _grade(share: float) -> str:
    if pd.isna(share):
        return ""
    return next((grade for grade, most in GRADES.items() if share <= most + 1e-9), list(GRADES)[-1])


def not_ranked(reliability: pd.DataFrame, least: str) -> list[str]:
    """The units whose grade is below `least`: to be listed but not ranked, where that is declared. Units without a grade stay.

    Raises Faults for what is no grade."""
    order = list(GRADES)
    if least not in GRADES:
        raise fault("parameter", "least", f"'{least}'", nearest(least, order))
    return [unit for unit, grade in zip(reliability["unit"], reliability["grade"], strict=True)
            if grade and order.index(grade) > order.index(least)]  # fmt: skip
