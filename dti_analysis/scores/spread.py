"""Spread: between which shares of the maximum the units lie on each component, and where their mean is."""

from __future__ import annotations

import pandas as pd

from dti_analysis.common.exact import of_float

SPREAD = ["component", "level", "units", "max_points", "highest", "mean", "lowest"]
KNOWN = ["assessed", "stated", "missing"]
"""The states of a figure that counts: one that is not applicable or unknown is none."""


def spread(scores: pd.DataFrame) -> pd.DataFrame:
    """For each component that any unit can earn, or has lost, points on, in the order of `scores`, one row. Columns `SPREAD`.

    `scores` are of one basis. Of the `units` to which it applies and of which it is known: max_points the most that one of them
    can earn; highest, mean and lowest shares of the own maximum (0–1). The mean is that of the shares, exact until it is
    rounded to a float. Of a penalty, which has a maximum of 0, there are no shares.
    """
    known = scores[scores["state"].isin(KNOWN) & ((scores["max_points"] > 0) | (scores["points"] != 0))]
    rows = []
    for component, own in known.groupby("component", sort=False):
        shares = own["score"].dropna()
        mean = sum(map(of_float, shares)) / len(shares) if len(shares) else float("nan")
        rows.append(
            {
                "component": component, "level": own["level"].iloc[0], "units": len(own), "max_points": own["max_points"].max(),
                "highest": own["score"].max(), "mean": float(mean), "lowest": own["score"].min(),
            }
        )  # fmt: skip
    return pd.DataFrame(rows, columns=SPREAD)
