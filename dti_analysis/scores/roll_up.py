"""Roll-up: what the units below have reached becomes a value of the unit above them."""

from __future__ import annotations

import pandas as pd

from dti_analysis.common.exact import ZERO, of_float, rounded
from dti_analysis.criteria.framework import Framework
from dti_analysis.criteria.rules import RollUp


def levels_below(framework: Framework) -> list[str]:
    """The levels whose scores a framework's roll-ups need."""
    return sorted({leaf.way.level for leaf in framework.leaves if isinstance(leaf.way, RollUp)})


def rolled_up(
    framework: Framework, assessment: pd.DataFrame, below: dict[str, pd.DataFrame], part_of: dict[str, str]
) -> pd.DataFrame:
    """The assessment with a row for each roll-up: the mean score (0–1) of the units that are part of the unit.

    `below` has the `scores` of each level below; `part_of` names the unit above each unit. Units that are not applicable or
    unknown below are left out of the mean; a unit with nothing below it gets no row. Source: QĐ 3806/QĐ-BGDĐT 2024.
    """
    rows = []
    for leaf in framework.leaves:
        rule = leaf.way
        if not isinstance(rule, RollUp) or rule.level not in below:
            continue
        scores = below[rule.level]
        parts = scores[(scores["component"] == rule.component) & scores["score"].notna()]
        parts = parts.assign(above=parts["unit"].map(part_of)).dropna(subset=["above"])
        for (above, basis), own in parts.groupby(["above", "basis"], sort=False):
            # At six places: a value as a person would write it, and the same on every machine.
            mean = sum(map(of_float, own["score"]), ZERO) / len(own)
            rows.append({"unit": above, "indicator": leaf.code, "basis": basis, "value": str(rounded(mean, 6))})
    if not rows:
        return assessment
    own_units = assessment[["unit"]].assign(basis=assessment.get("basis", ""))
    own_units["basis"] = own_units["basis"].replace("", "verified")
    added = pd.DataFrame(rows).merge(own_units.drop_duplicates(), on=["unit", "basis"])
    added["year"] = assessment["year"].iloc[0] if "year" in assessment else ""
    added.index += assessment.index.max() + 1  # the rows handed in keep the numbers that they have in their file
    whole = pd.concat([assessment, added]).fillna("")
    whole.attrs.update(assessment.attrs)
    return whole
