"""Why a rank moved: own change, the others', who entered, left or merged, and another criteria set; whom a unit passed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dti_analysis.common.exact import Column
from dti_analysis.criteria.framework import TOTAL, Ranking
from dti_analysis.scores.core import Core
from dti_analysis.scores.grid import Mask
from dti_analysis.scores.ledger import Ledger
from dti_analysis.scores.ranking import Floats, compared, rank_among

PARTS = ["own", "others", "entered", "left", "merged", "criteria_set"]
"""What a change of rank is made of; a part above 0 is a rise."""
RANKS = [
    "unit", "status", "from_rank", "to_rank", "rank_change", *PARTS, "score_before", "score_after", "core_before", "core_after",
    "core_share",
]  # fmt: skip
STATUS = ["ranked", "entered", "left", "merged"]
PASSED = ["unit", "way", "from_rank", "to_rank", "level", "score_change"]


def rank_explained(before: Ledger, after: Ledger, found: Core, successors: Mapping[str, str] | None = None) -> pd.DataFrame:
    """One row per unit ranked in either year, in the order of its rank now; columns `RANKS`.

    status: `ranked` in both years, `entered`, `left`, or `merged`: left into, or entered as, a successor (`successors`: unit →
    successor) that was ranked after, or whose predecessor was before. rank_change = from_rank − to_rank = the sum of `PARTS`:

    - own, others: what the unit's own change and that of the others did, among the units ranked in both years: the mean of both
      orders (own first, others first), so that neither is favoured; halves are possible.
    - entered, left, merged: rank among all ranked against rank among those ranked in both years.
    - criteria_set: where the set changed, own and others are told on the comparable core, and this is what the rank on the
      total moved beyond that. Of a unit without a core, own and others are empty, and this is all of it.

    Ranks are by each act's tie rule and on figures rounded as it declares. score_*: points ÷ maximum; core_*: the same on the
    core (dti_analysis.scores.core), exact, as is core_share: of this year's points that the core holds.
    """
    old, new = before.framework.ranking, after.framework.ranking
    first, second = _figures(before), _figures(after)
    common = found.units
    table = pd.DataFrame({"unit": [*second, *(unit for unit in first if unit not in second)]})
    table["from_rank"], table["to_rank"] = (
        table["unit"].map(dict(zip(figures, _ranks(figures, figures, ranking), strict=True)))
        for figures, ranking in ((first, old), (second, new))
    )
    table["rank_change"] = table["from_rank"] - table["to_rank"]
    merged_before, merged_after = _merged(first, second, successors or {})
    parts = {name: pd.Series(0.0, index=common) for name in PARTS}
    among = {unit: first[unit] for unit in common}, {unit: second[unit] for unit in common}
    gone, merged = _effects(among[0], first, merged_before, old)
    came, merged_too = _effects(among[1], second, merged_after, new)
    parts["left"] += gone
    parts["entered"] -= came
    parts["merged"] += merged - merged_too
    change = _ranks(among[0], among[0], old) - _ranks(among[1], among[1], new)
    held = np.array([score is not None for score in found.after], dtype=bool)
    own, others = np.full(len(common), np.nan), np.full(len(common), np.nan)
    own[held], others[held] = _own_and_others(*_on_core(before, after, found, held, among), new)
    parts["own"], parts["others"] = pd.Series(own, index=common), pd.Series(others, index=common)
    parts["criteria_set"] += change - np.nan_to_num(own) - np.nan_to_num(others)
    for name, part in parts.items():
        table[name] = table["unit"].map(part)
    for name, ledger in (("score_before", before), ("score_after", after)):
        shown = ledger.ranked
        scores = ledger.points[TOTAL][shown] / ledger.max_points[TOTAL][shown]
        table[name] = _exact(table["unit"], np.array(ledger.units, dtype=object)[shown], scores)
    for name, column in (("core_before", found.before), ("core_after", found.after), ("core_share", found.share)):
        table[name] = _exact(table["unit"], np.array(common, dtype=object), column)
    entered, left = table["from_rank"].isna(), table["to_rank"].isna()
    turned = table["unit"].isin(merged_before | merged_after)
    table["status"] = np.select([turned & (entered | left), entered, left], ["merged", "entered", "left"], "ranked")
    return table.sort_values(["to_rank", "from_rank"], kind="stable", ignore_index=True)[RANKS]


def passed(ranks: pd.DataFrame, unit: str) -> pd.DataFrame:
    """Whom a unit passed and who passed it, of a table of `rank_explained`, nearest now first; columns `PASSED`.

    way: `passed` (ranked before it in the earlier year, no longer after) or `passed_by` (not before it, now ranked before it),
    so that under the tie rule `min` passed − passed_by is the change of rank among those ranked in both years. level: now of
    the same rank. score_change: its change on the core, exact; None without one. Raises KeyError for a unit that is not ranked.
    """
    table = ranks[ranks["status"] == "ranked"]
    row = ranks.set_index("unit").loc[unit]
    was_ahead, is_ahead = table["from_rank"] < row["from_rank"], table["to_rank"] < row["to_rank"]
    ways = {"passed": table[was_ahead & ~is_ahead], "passed_by": table[~was_ahead & is_ahead]}
    found = pd.concat([own.assign(way=way) for way, own in ways.items()])
    found = found[found["unit"] != unit]
    found["level"] = found["to_rank"] == row["to_rank"]
    found["score_change"] = changes(found)
    near = (found["to_rank"] - row["to_rank"]).abs().sort_values(kind="stable").index
    return found.loc[near].sort_values("way", kind="stable", ignore_index=True)[PASSED]


def changes(ranks: pd.DataFrame) -> list[Any]:
    """The exact change of each unit's score on the core, which is the whole where the set did not change; None without one."""
    pairs = zip(ranks["core_before"], ranks["core_after"], strict=True)
    return [None if before is None or after is None else after - before for before, after in pairs]


def _figures(ledger: Ledger) -> dict[str, object]:
    """What each ranked unit is ranked by."""
    at = np.flatnonzero(ledger.ranked)
    figures = compared(ledger.points[TOTAL][at], ledger.max_points[TOTAL][at], ledger.framework.ranking)
    return dict(zip([ledger.units[place] for place in at], figures, strict=True))


def _column(figures: Mapping[str, object]) -> Column:
    column = np.empty(len(figures), dtype=object)
    column[:] = list(figures.values())
    return column


def _ranks(figures: Mapping[str, object], pool: Mapping[str, object], ranking: Ranking) -> Floats:
    """The rank of each among all of a pool that holds them."""
    own = _column(figures)
    return rank_among(own, _column(pool), own, ranking.ties) if len(own) else np.zeros(0)


def _merged(
    first: Mapping[str, object], second: Mapping[str, object], successors: Mapping[str, str]
) -> tuple[set[str], set[str]]:
    """Who left into a successor that is ranked, and who entered as the successor of somebody who was."""

    def heir(unit: str) -> str:
        seen = {unit}
        while (unit := successors.get(unit, "")) and unit not in second and unit not in seen:
            seen.add(unit)
        return unit

    into = {unit: heir(unit) for unit in first if unit not in second}
    gone = {unit for unit, after in into.items() if after in second}
    return gone, {into[unit] for unit in gone} - first.keys()


def _effects(
    common: Mapping[str, object], pool: Mapping[str, object], merged: set[str], ranking: Ranking
) -> tuple[Floats, Floats]:
    """By how much the ranks of `common` are worse for the others in the pool: those not merged, and those merged."""

    def among(drop: set[str] | None) -> Floats:
        keep = {unit: own for unit, own in pool.items() if unit in common or (drop is not None and unit not in drop)}
        return _ranks(common, keep, ranking)

    rest = {unit for unit in pool if unit not in common} - merged
    whole, alone = among(set()), among(None)
    without_merged, without_rest = among(merged), among(rest)
    return (whole - without_rest + without_merged - alone) / 2, (whole - without_merged + without_rest - alone) / 2


def _on_core(
    before: Ledger, after: Ledger, found: Core, held: Mask, totals: tuple[Mapping[str, object], Mapping[str, object]]
) -> tuple[Column, Column]:
    """What the units with a core are compared by on it, both years by the new act's rule; on the whole, the totals."""
    if before.framework.id == after.framework.id:
        return _column(totals[0]), _column(totals[1])
    at = np.array([after.place[unit] for unit in found.units], dtype=np.intp)[held]
    maxima = after.max_points[TOTAL][at]
    return (
        compared(found.before[held] * maxima, maxima, after.framework.ranking),
        compared(found.after[held] * maxima, maxima, after.framework.ranking),
    )


def _own_and_others(first: Column, second: Column, ranking: Ranking) -> tuple[Floats, Floats]:
    """The mean of both orders."""
    if not len(first):
        return np.zeros(0), np.zeros(0)

    def rank(own: Column, others: Column) -> npt.NDArray[np.float64]:
        return rank_among(own, others, first if others is first else second, ranking.ties)

    start, end = rank(first, first), rank(second, second)
    own_first, others_first = rank(second, first), rank(first, second)
    own = (start - own_first + others_first - end) / 2
    return own, start - end - own


def _exact(units: pd.Series, known: Column, figures: Column) -> list[Any]:
    held = dict(zip(known, figures, strict=True))
    return [held.get(unit) for unit in units]
