"""The year's path: of several dated assessments of a year, how far units have come, and whether they are on the path."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from dti_analysis.common.exact import Rational, of_float
from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.criteria.framework import TOTAL, Framework
from dti_analysis.scores.standing import figure_of, rank_among

PROGRESS = [
    "as_of", "unit", "points", "max_points", "score", "rank", "progress", "rank_of_progress", "path", "on_path",
]  # fmt: skip


def progress(
    dated: Mapping[date, pd.DataFrame],
    framework: Framework,
    targets: Mapping[str, float] | None = None,
    until: date | None = None,
    basis: str = "verified",
) -> pd.DataFrame:
    """Level and progress of each unit at each date of a year, beside the straight path to its target.

    `dated` are `scores` tables (dti_analysis.scores.scoring.score) under one framework, by the day that their figures are of;
    `targets` are scores (0–1) that units are to have at `until`, by default 31 December of the year of the last date. Returns
    the columns `PROGRESS`, by date, then unit in the order of the first table: progress = score less the score at the unit's
    first date; rank_of_progress, by progress rounded as the act rounds what it ranks and with its ties, among the units that
    have been scored at the date and before; path = first score + (target − first score) × days since ÷ days from the first date
    to `until`; on_path, whether the score has reached it (missing without a target). Raises Faults: fewer than two dates, dates
    not before `until`, a target of an unknown unit or outside 0–1.
    """
    days = sorted(dated)
    if len(days) < 2:
        raise fault("parameter", "dated", f"{len(days)} assessment", "two or more of one year")
    until = until or date(days[-1].year, 12, 31)
    tables = {day: _totals(dated[day], basis) for day in days}
    units = list(dict.fromkeys(unit for table in tables.values() for unit in table.index))
    _check(units, targets or {}, days, until)
    first: dict[str, tuple[date, Rational]] = {}
    rows = []
    for day in days:
        here = []
        for unit, row in ((unit, tables[day].loc[unit]) for unit in units if unit in tables[day].index):
            score = of_float(row["score"])
            began, start = first.setdefault(unit, (day, score))
            target = (targets or {}).get(unit)
            path = None
            if target is not None and until > began:
                path = start + (of_float(target) - start) * (day - began).days / Rational((until - began).days)
            moved = score - start
            figure = figure_of(moved, Rational(1), framework.ranking.model_copy(update={"by": "percent"}))
            on_path = pd.NA if path is None else score >= path
            held = [row["points"], row["max_points"], row["score"], row["rank"], float(moved)]
            here.append((day, unit, held, figure if began < day else None, path, on_path))
        figures = [own for *_, own, _, _ in here if own is not None]
        for when, unit, held, own, path, on_path in here:
            rank = None if own is None else _rank(figures, own, framework.ranking.ties)
            rows.append([when.isoformat(), unit, *held, rank, None if path is None else float(path), on_path])
    table = pd.DataFrame(rows, columns=PROGRESS)
    return table.astype(dict.fromkeys(["rank", "rank_of_progress", "path"], float) | {"on_path": "boolean"})


def _rank(figures: list[int], own: int, ties: str) -> float:
    others = sorted(figures)
    others.remove(own)
    return rank_among(sorted(set(others)) if ties == "dense" else others, own, ties)


def _totals(scores: pd.DataFrame, basis: str) -> pd.DataFrame:
    chosen = (scores["component"] == TOTAL) & (scores["basis"] == basis) & scores["score"].notna()
    return scores[chosen].set_index("unit")


def _check(units: list[str], targets: Mapping[str, float], days: list[date], until: date) -> None:
    faults = []
    if days[0].year != days[-1].year:
        faults.append(Fault("parameter", "dated", f"{days[0]} and {days[-1]}", "dates of one year"))
    if until < days[-1]:
        faults.append(Fault("parameter", "until", str(until), f"{days[-1]}, the last date, or later"))
    for unit, target in targets.items():
        if unit not in units:
            faults.append(Fault("parameter", "targets", f"'{unit}'", nearest(unit, units)))
        elif not 0 <= target <= 1:
            faults.append(Fault("parameter", "targets", f"{target} for {unit}", "a score from 0 to 1"))
    if faults:
        raise Faults(faults)
