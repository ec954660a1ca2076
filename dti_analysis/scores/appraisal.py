"""Self-assessment beside appraisal: what the appraisal council changed."""

from __future__ import annotations

import pandas as pd

from dti_analysis.common.exact import of_float


def appraisal(scores: pd.DataFrame) -> pd.DataFrame:
    """One row per unit and component that has both bases.

    Columns: year, unit, group, component, level, self, verified (points), max_points, difference = verified − self
    (negative: the council cut points).
    """
    key = ["year", "unit", "group", "component", "level"]
    wide = scores.pivot_table(index=key, columns="basis", values="points", sort=False, dropna=False, observed=True)
    if not {"self", "verified"} <= set(wide.columns):
        return pd.DataFrame(columns=[*key, "self", "verified", "max_points", "difference"])
    maxima = scores[scores["basis"] == "verified"].set_index(key)["max_points"]
    table = wide.dropna().join(maxima).reset_index()
    pairs = zip(table["verified"], table["self"], strict=True)
    table["difference"] = [float(of_float(verified) - of_float(own)) for verified, own in pairs]
    return table[[*key, "self", "verified", "max_points", "difference"]].rename_axis(columns=None)
