"""The next steps of one unit: what it handed in, criterion by criterion, and which changes would earn more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dti_analysis.common.exact import of_float
from dti_analysis.criteria.cells import read_row
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.criteria.next_steps import Step, next_steps

Row = Mapping[str, str]


def rows_of(assessment: pd.DataFrame, unit: str) -> dict[str, dict[str, str]]:
    """The verified rows of a unit by indicator, each by column, all text."""
    table = verified_rows(assessment, unit)
    return {str(row["indicator"]): {str(k): str(v) for k, v in row.items()} for row in table.to_dict("records")}


def verified_rows(assessment: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The rows of a unit on the basis `verified`."""
    own = assessment[assessment["unit"] == unit]
    return own[own["basis"].replace("", "verified") == "verified"] if "basis" in own else own


def cells_of(component: Component, rows: Mapping[str, Row]) -> dict[str, Any] | None:
    """A unit's figures on a criterion as rules want them; of one with parts by their codes; None where any is not there."""
    if not component.parts:
        row = rows.get(component.code)
        return read_row(component, row) if row and component.way else None
    read = {leaf.code: read_row(leaf, rows.get(leaf.code, {})) for leaf in component.parts if leaf.way}
    return None if None in read.values() else read


def maximum_of(component: Component, score: Mapping[Any, Any]) -> Any:
    """The maximum that the steps of a criterion are measured against; `score` is the unit's row of the table `scores`."""
    return component.max_points if component.parts else of_float(score["max_points"])


def steps_of(component: Component, rows: Mapping[str, Row], score: Mapping[Any, Any]) -> list[Step]:
    """The next steps of one criterion, the one that earns most last; none where no unit can raise its figure alone."""
    if score["state"] != "assessed" or component.shared:
        return []
    cells = cells_of(component, rows)
    return sorted(next_steps(component, cells, maximum_of(component, score)), key=lambda step: step.gain) if cells else []


def own_steps(framework: Framework, assessment: pd.DataFrame, scores: pd.DataFrame, unit: str) -> dict[str, list[Step]]:
    """Every criterion of a unit that has next steps, in the order of the framework, with them; `scores` are the verified."""
    rows = rows_of(assessment, unit)
    own = scores[(scores["unit"] == unit) & scores["component"].isin(framework.by_code)]
    by_code = {str(row["component"]): row for row in own.to_dict("records")}
    found = {
        component.code: steps_of(component, rows, by_code[component.code])
        for component, _, kind in framework.walk()
        if kind not in ("part", "total") and (component.rule or component.parts)
    }
    return {code: steps for code, steps in found.items() if steps}
