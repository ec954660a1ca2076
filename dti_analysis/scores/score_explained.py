"""Why a score changed: contributions of pillars and criteria that add up to the change of the total, exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dti_analysis.common.exact import ZERO, Column, Rational, choose
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.scores.core import KINDS, Core
from dti_analysis.scores.ledger import Ledger, pillar_of

EXPLAINED = [
    "unit", "level", "component", "was", "kind", "points_before", "max_before", "points_after", "max_after", "contribution",
]  # fmt: skip


def score_explained(found: Core, before: Ledger, after: Ledger) -> pd.DataFrame:
    """Where the change of each unit's score comes from, of the units ranked in both years; columns `EXPLAINED`.

    level: `criterion` (the finest known in both years; criteria that were split without shares stand together, their codes
    separated by spaces) or `pillar` (sums of those). component: codes of the new set, empty where dropped. was: codes of the
    old set. kind: one of dti_analysis.scores.core.KINDS. Points and maxima of both years, of what is compared; empty of pillars
    and where there are none. contribution: in share of the total, exact; those of a level add up to score after − before.
    """
    units = np.array(found.units, dtype=object)
    tables = []
    pillars: dict[tuple[str, str, str], Column] = {}
    for part in found.parts:
        new, old = " ".join(part.new), " ".join(part.old)
        row: dict[str, Any] = {"unit": units[part.at], "level": "criterion", "component": new, "was": old, "kind": part.kind}
        for when, figures in (("before", part.before), ("after", part.after)):
            for name, place in (("points", 0), ("max", 1)):
                row[f"{name}_{when}"] = np.nan if figures is None else figures[place].astype(float)
        tables.append(pd.DataFrame(row | {"contribution": part.contribution}))
        above = _pillar(part.new, part.old, before, after)
        sums = pillars.setdefault((*above, part.kind), np.full(len(units), None, dtype=object))
        held = sums[part.at]
        sums[part.at] = choose(held == np.array(None), ZERO, held) + part.contribution
    for (component, was, kind), sums in pillars.items():
        there = np.flatnonzero(sums != np.array(None))
        row = {"unit": units[there], "level": "pillar", "component": component, "was": was, "kind": kind}
        tables.append(pd.DataFrame(row | {"contribution": sums[there]}))
    if not tables:
        return pd.DataFrame(columns=EXPLAINED)
    return pd.concat(tables, ignore_index=True)[EXPLAINED]


def by_kind(explained: pd.DataFrame) -> pd.DataFrame:
    """The contributions of each unit by kind, exact: one row per unit, a column for each kind that there is."""
    rows = explained[explained["level"] == "pillar"]
    sums: dict[str, dict[str, Rational]] = {kind: {} for kind in KINDS}
    for unit, kind, part in zip(rows["unit"], rows["kind"], rows["contribution"], strict=True):
        sums[kind][unit] = sums[kind].get(unit, ZERO) + part
    units = list(dict.fromkeys(rows["unit"]))
    columns = {kind: [own.get(unit, ZERO) for unit in units] for kind, own in sums.items() if own}
    return pd.DataFrame(columns, index=units, dtype=object)


def _pillar(new: tuple[str, ...], old: tuple[str, ...], before: Ledger, after: Ledger) -> tuple[str, str]:
    """The pillar of the new set that holds most of a block, the first of equal ones; of what was dropped, its old one."""
    if not new:
        return "", pillar_of(before.framework, old[0])
    if new == (TOTAL,):
        return TOTAL, ""
    most = max(new, key=lambda code: after.framework.by_code[code].max_points)
    return pillar_of(after.framework, most), ""
