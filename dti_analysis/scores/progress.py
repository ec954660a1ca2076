"""Progress: the path through one year, where its forms were assessed on several days (quarters)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

import pandas as pd

from dti_analysis.common.days import iso_day
from dti_analysis.common.exact import Rational, of_float
from dti_analysis.common.faults import fault, nearest
from dti_analysis.criteria.framework import TOTAL

PROGRESS = ["unit", "as_of", "score", "rank", "progress", "rank_of_progress", "expected", "on_path"]


def progress(
    dated: Sequence[tuple[str, pd.DataFrame]],
    target: float | Mapping[str, float] | None = None,
    year_end: str = "",
    basis: str = "verified",
) -> pd.DataFrame:
    """How far each unit has come since the first day. One row per unit and day, columns `PROGRESS`.

    `dated`: pairs of an ISO date and what `score` returns of that day's forms, in order. score (0–1) and rank are those of the
    total, on `basis`. progress = score − the unit's first score. rank_of_progress: 1 is the largest progress among those who
    were scored before (ties share the best); empty on a unit's first day. `target`: a score (0–1), for all or by unit, to be
    reached on `year_end` (31 December unless given); expected: the straight path from the first score to it, on that day;
    on_path: score ≥ expected. Both are empty for units without a target. The path is ours; no act is known that draws one.

    Raises Faults: one day only, days that are none, out of order, given twice or after `year_end`, no scores on the basis,
    scores under different sets, a target outside 0 to 1 or of a unit that there is not.
    """
    days = [iso_day(day, "dated") for day, _ in dated]
    end = _checked(days, year_end)
    totals = [_totals(scores, basis) for _, scores in dated]
    _same_set([scores for _, scores in dated], totals, dated)
    units = list(dict.fromkeys(unit for table in totals for unit in table["unit"]))
    targets = _targets(target, units)
    first: dict[str, tuple[date, Rational]] = {}
    rows = []
    for day, table in zip(days, totals, strict=True):
        for row in table.to_dict("records"):
            exact = of_float(row["score"])
            begun, start = first.setdefault(row["unit"], (day, exact))
            goal = targets.get(row["unit"])
            path = None if goal is None else start + (goal - start) * _passed(begun, day, end)
            rows.append(
                {
                    "unit": row["unit"],
                    "as_of": day.isoformat(),
                    "score": row["score"],
                    "rank": float(row["rank"]),
                    "progress": float(exact - start),
                    "since": begun != day,
                    "expected": float("nan") if path is None else float(path),
                    "on_path": pd.NA if path is None else bool(exact >= path),
                }
            )
    table = pd.DataFrame(rows)
    moved = table["progress"].where(table["since"])
    table["rank_of_progress"] = moved.groupby(table["as_of"]).rank(method="min", ascending=False)
    return table.astype({"on_path": "boolean"})[PROGRESS]


def _passed(begun: date, day: date, end: date) -> Rational:
    """The share of the way from a first day to the last that has passed."""
    whole = (end - begun).days
    return Rational((day - begun).days, whole) if whole else Rational(1)


def _checked(days: list[date], year_end: str) -> date:
    """The last day of the year, if the days are in order up to it."""
    if len(days) < 2:
        raise fault("progress", "dated", "one day" if days else "no day", "two days or more: progress is made between days")
    for before, after in pairwise(days):
        if after <= before:
            raise fault("progress", "dated", f"{after} after {before}", "days in order, each once")
    end = iso_day(year_end, "year_end") if year_end else date(days[0].year, 12, 31)
    if days[-1] > end:
        raise fault("progress", "dated", str(days[-1]), f"days up to {end}, the end of the year")
    return end


def _totals(scores: pd.DataFrame, basis: str) -> pd.DataFrame:
    """The totals of the units that have a score on the basis."""
    own = scores[(scores["basis"] == basis) & (scores["component"] == TOTAL)]
    if own.empty:
        raise fault("progress", "basis", f"no scores on the basis '{basis}'", nearest(basis, set(scores["basis"])))
    return own[own["score"].notna()]


def _same_set(tables: list[pd.DataFrame], totals: list[pd.DataFrame], dated: Sequence[tuple[str, Any]]) -> None:
    """Refuse scores under different sets: they are no path."""
    most = [float(table["max_points"].max()) for table in totals]
    codes = [set(table["component"]) for table in tables]
    for (day, _), own, its in zip(dated[1:], most[1:], codes[1:], strict=True):
        if own != most[0] or its != codes[0]:
            found = f"{len(its)} components, {own:g} points at most, on {day}"
            raise fault("progress", "dated", found, f"the set of {dated[0][0]}: {len(codes[0])} components, {most[0]:g} points")


def _targets(target: float | Mapping[str, float] | None, units: list[str]) -> dict[str, Rational]:
    if target is None:
        return {}
    targets = dict(target) if isinstance(target, Mapping) else dict.fromkeys(units, target)
    for unit, goal in targets.items():
        if unit not in units:
            raise fault("parameter", "target", f"'{unit}'", nearest(unit, units))
        if not 0 <= goal <= 1:
            raise fault("parameter", "target", f"{goal:g}", "a score from 0 to 1")
    return {unit: of_float(goal) for unit, goal in targets.items()}
