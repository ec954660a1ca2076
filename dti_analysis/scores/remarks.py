"""Remarks: what a reader should know before trusting a figure. They correct nothing."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dti_analysis.common.exact import parse
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.criteria.rules import Ratio

REMARKS = ["kind", "component", "unit", "basis", "detail"]
KINDS = ["small_denominator", "separates_nobody", "source_contradicts"]
SMALL = 2
"""Denominators up to which one case more or less decides a large share of the points."""


def remarks(framework: Framework, assessment: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """What to know before trusting the figures of one study: one row per remark, columns `REMARKS`.

    small_denominator: a ratio of a unit rests on a denominator of 1 or 2 (`detail`), so that one case decides half of the
    points or all. separates_nobody: all units (three or more) earn the same points on an indicator, none of them by leaving
    it out; `detail` is those points. source_contradicts: the source of a criterion that was scored contradicts itself; the
    note of the criterion says how.
    """
    rows = [*small_denominators(framework, assessment), *_equal(framework, scores), *_contradicted(framework, scores)]
    return pd.DataFrame(rows, columns=REMARKS)


def small_denominators(framework: Framework, assessment: pd.DataFrame) -> list[tuple[str, str, str, str, str]]:
    """The remarks `small_denominator` of an assessment, each with the entries of `REMARKS`."""
    found = []
    ratios = {leaf.code: leaf for leaf in framework.leaves if isinstance(leaf.way, Ratio)}
    rows = assessment[assessment["indicator"].isin(ratios)]
    for row in rows.astype(object).to_dict("records"):  # reading string arrays entry by entry takes long
        below = _denominator(ratios[row["indicator"]], row)
        if below is not None and 0 < below <= SMALL:
            found.append(("small_denominator", row["indicator"], row["unit"], row.get("basis") or "verified", str(below)))
    return found


def _denominator(leaf: Component, row: dict[Any, Any]) -> int | None:
    """The sum of the denominators of a row; None where it is fixed by the act or cannot be told."""
    rule = leaf.way
    assert isinstance(rule, Ratio)
    if not isinstance(rule.denominator, list):
        return None
    try:
        return int(sum(parse(row.get(name) or "") for name in rule.denominator))
    except ValueError:
        return None


def _equal(framework: Framework, scores: pd.DataFrame) -> list[tuple[str, str, str, str, str]]:
    measured = scores[(scores["basis"] == "verified") & scores["level"].isin(["indicator", "pillar"])]
    measured = measured[measured["state"].isin(["assessed", "stated"]) & (measured["max_points"] > 0)]
    everybody = scores.loc[scores["basis"] == "verified", "unit"].nunique()
    found = []
    for code, own in measured.groupby("component", sort=False):
        component = framework.by_code[str(code)]
        if component.children and not component.parts and (own["state"] == "assessed").any():
            continue  # its parts are looked at one by one
        if everybody > 2 and len(own) == everybody and own["points"].min() == own["points"].max():
            found.append(("separates_nobody", str(code), "", "verified", f"{own['points'].iloc[0]:g}"))
    return found


def _contradicted(framework: Framework, scores: pd.DataFrame) -> list[tuple[str, str, str, str, str]]:
    scored = set(scores.loc[scores["state"].isin(["assessed", "stated", "missing"]), "component"])
    flagged = [component.code for component, _, _ in framework.walk() if component.contradicted]
    return [("source_contradicts", code, "", "verified", "") for code in flagged if code in scored]
