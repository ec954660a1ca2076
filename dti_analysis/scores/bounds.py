"""Bounds: the lowest and highest points, score and rank that what is not known yet still allows. Exact, not simulated.

Every leaf stands in the tree once, and nothing on the way up falls when a leaf rises: sums, the best of several, caps, gates
and factors of 0 or more. So a total is lowest
with every open leaf at its least and highest with every one at its most, each of which one completion earns, and a rank is
best with the unit at its highest while all others are at their lowest. One thing breaks this: a gate that is not met takes
the penalties below it away too. Over an open one penalties are therefore kept while points are lost, which holds but is more
than can happen, and is marked. The tree adds up as ever (dti_analysis.scores.scoring.Tree); only what is open is put in.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd

from dti_analysis.common.exact import ZERO, Column, choose
from dti_analysis.common.faults import fault, nearest
from dti_analysis.criteria.cells import UNKNOWN
from dti_analysis.criteria.framework import TOTAL, Component, Framework
from dti_analysis.criteria.rules import Bands, Bonus, Gate, Levels, NotScored, Penalty, Steps
from dti_analysis.scores.grid import Grid, Mask, Units, sheet_of
from dti_analysis.scores.scoring import Tally, Tree, tallied
from dti_analysis.scores.standing import Floats, compared, rank_among

BOUNDS = [
    "unit", "group", "open", "open_points", "points", "low", "high", "max_points", "low_score", "high_score", "rank",
    "best_rank", "worst_rank", "conservative",
]  # fmt: skip
KINDS = ["no_form", "no_row", "empty", "unknown"]
"""What may be open: all rows of a unit that handed in nothing; a row that is not there; one that is left empty; a figure that
is said to be unknown."""
OPEN = ("no_form", "no_row", "unknown")
End = Literal["least", "most"]


def bounds(
    framework: Framework,
    assessment: pd.DataFrame,
    units: pd.DataFrame | None = None,
    open_kinds: Collection[str] = OPEN,
    source: str = "assessment",
) -> pd.DataFrame:
    """The lowest and highest total that each unit can still come to on the verified basis, and the best and worst rank.

    `assessment` and `units` are those that `score` takes. Open is what `open_kinds` names (some of `KINDS`), never what was
    assessed. An open criterion may earn from 0, which it earns if nothing comes, to the most that its rule gives; a bonus, a
    penalty and points by bands what theirs give; a gate may be met or not; it may also turn out not to apply.

    Returns the columns `BOUNDS`: open = how many rows are open, open_points = what they are worth at most; points and rank as
    they stand (what is missing earns 0); low, high and max_points in points, low_score and high_score as shares (0–1) of what
    the unit is then scored against; best_rank: the unit at its highest while all others are at their lowest; worst_rank: the
    other way round. conservative: the bounds hold but may be wider than what can happen: where points depend on the leader
    and one may still come (others' are then bounded by 0), an open gate stands over penalties, or ties are counted densely.
    Raises Faults for an unknown kind, and as `score` does.
    """
    for kind in open_kinds:
        if kind not in KINDS:
            raise fault("parameter", "open_kinds", f"'{kind}'", nearest(kind, KINDS))
    table = verified_rows(assessment)
    due = named_units(assessment, units)
    made = [_total(framework, table, due, source, frozenset(open_kinds), end, absent=False) for end in ("least", "most")]
    low, high, maxima = made[0]["points"], made[1]["points"], made[1]["max_points"]
    low_of, high_of = made[0]["max_points"], maxima
    if framework.ranking.by == "percent" and ((high > maxima) | (low < ZERO)).any():
        # Only beyond 0 to 1 does leaving a criterion out move a share further than its least or its most does.
        without = [_total(framework, table, due, source, frozenset(open_kinds), end, absent=True) for end in ("least", "most")]
        low, low_of = _further(low, low_of, without[0], lowest=True)
        high, high_of = _further(high, high_of, without[1], lowest=False)
    now = _total(framework, table, due, source, frozenset(), "least", absent=False)
    figures = [compared(points, of, framework.ranking) for points, of in ((low, low_of), (high, high_of))]
    dense = framework.ranking.ties == "dense"
    best, worst = _ranks(figures[0], figures[1], framework.ranking.ties)
    current = compared(now["points"], now["max_points"], framework.ranking)
    return pd.DataFrame(
        {
            "unit": due["unit"].to_numpy(dtype=object),
            "group": due["group"].to_numpy(dtype=object),
            "open": made[0]["open"],
            "open_points": (made[1]["points"] - made[0]["points"]).astype(float),
            "points": _floats(now["points"]),
            "low": low.astype(float),
            "high": high.astype(float),
            "max_points": maxima.astype(float),
            "low_score": _share(low, low_of),
            "high_score": _share(high, high_of),
            "rank": rank_among(current, current, framework.ranking.ties),
            "best_rank": best,
            "worst_rank": worst,
            "conservative": bool(made[0]["loose"] or dense),
        }
    )[BOUNDS]


def verified_rows(assessment: pd.DataFrame) -> pd.DataFrame:
    """The rows of the verified basis."""
    if "basis" not in assessment:
        return assessment
    rows = assessment[assessment["basis"].replace("", "verified") == "verified"]
    rows.attrs.update(assessment.attrs)
    return rows


def named_units(assessment: pd.DataFrame, units: pd.DataFrame | None = None) -> pd.DataFrame:
    """Who is scored, with unit and group: those that are given, else those that the assessment names."""
    if units is not None:
        return units
    named = assessment.drop_duplicates("unit").reset_index(drop=True)
    return named[["unit"]].assign(group=named.get("group", ""))


def _ranks(low: Floats, high: Floats, ties: str) -> tuple[Floats, Floats]:
    if ties != "dense":
        return rank_among(high, low, ties), rank_among(low, high, ties)
    surely = rank_among(high, low, "min") > 1  # how many different figures there will be above is not known
    return np.where(np.isnan(high), np.nan, 1.0 + surely), rank_among(low, high, "min")


def _total(
    framework: Framework, rows: pd.DataFrame, units: pd.DataFrame, source: str, kinds: frozenset[str], end: End, absent: bool
) -> dict[str, Any]:
    """Points and maximum of every unit's total with what is open at one end, or left out; how many rows are open."""
    trees: list[_Completed] = []

    def tree_of(framework: Framework, grid: Grid) -> Tree:
        trees.append(_Completed(framework, grid, kinds, end, absent))
        return trees[0]

    due = Units(*(units[name].to_numpy(dtype=object) for name in Units._fields))
    if len(rows):
        tallied(framework, sheet_of(rows, framework.inputs), due, source, tree_of)
    else:
        raise fault(source, "basis", "no verified rows", "rows of the verified basis")
    tally = trees[0].tallies[TOTAL].by_unit()
    points = choose(tally.known, tally.points, None)
    return {"points": points, "max_points": tally.max_points, "open": trees[0].opened, "loose": trees[0].loose}


class _Completed(Tree):
    """The tree with every open component at one end."""

    def __init__(self, framework: Framework, grid: Grid, kinds: frozenset[str], end: End, absent: bool):
        self.kinds, self.end, self.absent = kinds, end, absent
        self.opened = np.zeros(len(grid.units.unit), dtype=int)
        self.loose = False
        self._gates: dict[str, Mask] = {}
        codes = list(framework.by_code)
        self._nothing = ~np.logical_or.reduce([grid.handed_in(code) for code in codes])
        super().__init__(framework, grid)

    def tally(self, component: Component, applies: Mask, open_: Mask) -> Tally:
        """As the tree does, then what is open put in."""
        tally = super().tally(component, applies, open_)
        at = self._open(component, tally, open_)
        if not at.any():
            return tally
        self.opened += at
        tally = self.tallies[component.code] = tally.by_unit()
        least, most = _ends(component, self.nominal(component))
        points = self.rounded(least if self.end == "least" else most)
        if component.way is not None and component.way.cohort:
            self.loose = True
            if self.end == "least":  # whoever hands in more than the leader takes points from all others
                tally.points = choose(at, tally.points, ZERO)
        if tally.shut is not None:
            self._gates[component.code] = at
            tally.shut = tally.shut & ~at if self.end == "most" else tally.shut | at
        elif tally.extra is not None and not component.max_points:
            tally.extra = choose(at, points, tally.extra)
        else:
            tally.points = choose(at, ZERO if self.absent else points, tally.points)
            nothing = self.absent or self.nominal(component)
            tally.max_points = choose(at, ZERO if self.absent else nothing, tally.max_points)
        tally.known, tally.missing = tally.known | at, tally.missing & ~at
        tally.absent = np.where(at, self.absent and tally.shut is None, tally.absent)
        return tally

    def _combined(self, component: Component, applies: Mask, open_: Mask) -> Tally:
        """As the tree does, penalties kept under a gate that is open."""
        tally = super()._combined(component, applies, open_)
        below = [self.tallies[child.code].by_unit() for child in component.children if child.code in self.tallies]
        opened = [self._gates[child.code] for child in component.children if child.code in self._gates]
        if self.end == "most" or not opened:
            return tally
        closed = [own.shut & ~self._gates.get(child.code, np.zeros_like(own.shut))
                  for child, own in zip(component.children, below, strict=True) if own.shut is not None]  # fmt: skip
        at = np.logical_or.reduce(opened) & ~np.logical_or.reduce(closed)
        extra = self.capped(component, [own.extra for own in below if own.extra is not None])
        if extra is not None and (lost := at & (extra < ZERO).astype(bool)).any():
            self.loose = True
            tally.extra = choose(lost, extra, ZERO if tally.extra is None else tally.extra)
        return tally

    def _open(self, component: Component, tally: Tally, open_: Mask) -> Mask:
        """For which units the component's own figure may still come."""
        grid, code = self.grid, component.code
        if isinstance(component.way, NotScored):
            return np.zeros(len(grid.units.unit), dtype=bool)
        of = tally.of
        row, absent = grid.handed_in(code), tally.absent[of]
        if component.rule or component.unlisted or not component.children:
            missing = open_ & tally.missing[of]
            if self.framework.ranking.missing == "not_applicable":
                missing = open_ & absent & ~grid.anything(code) & self._applies(component)
            found = missing & (
                (("no_form" in self.kinds) & self._nothing)
                | (("no_row" in self.kinds) & ~row & ~self._nothing)
                | (("empty" in self.kinds) & row)
            )
        else:
            found = np.zeros(len(row), dtype=bool)
        if "unknown" in self.kinds and not component.rule:
            said = np.array([text.lower() in UNKNOWN for text in grid.text(code, "value").tolist()], dtype=bool)
            found |= said & open_
        return np.asarray(found, dtype=bool)

    def _applies(self, component: Component) -> Mask:
        """To which units a component applies, by their group."""
        applies = np.ones(len(self.grid.units.unit), dtype=bool)
        code = component.code
        while code:
            above = self.framework.by_code[code]
            if above.applies_to is not None:
                applies &= np.isin(self.grid.units.group, above.applies_to)
            code = self.framework.parents[code]
        scored = (self.nominal(component) != ZERO).astype(bool) | (component.max_points == ZERO)
        return np.asarray(applies & scored, dtype=bool)


def _ends(component: Component, maxima: Column) -> tuple[Column, Column]:
    """The least and the most that a component earns; nothing may be handed in, which earns 0."""
    rule, zero = component.way, np.full(len(maxima), ZERO, dtype=object)
    same = partial(np.full, len(maxima), dtype=object)
    if isinstance(rule, Penalty):
        return same(-rule.at_most), zero
    if isinstance(rule, Bonus):
        return zero, same(rule.at_most)
    if isinstance(rule, Bands):
        earned = [ZERO, *(band.points for band in rule.bands)]
        return same(min(earned)), same(max(earned))
    if isinstance(rule, Steps):
        return zero, same(max(rule.points_.values()))
    if isinstance(rule, Levels):
        return zero, maxima * max(level.share for level in rule.levels.values())
    return zero, zero if isinstance(rule, Gate) else maxima


def _further(points: Column, of: Column, without: dict[str, Any], lowest: bool) -> tuple[Column, Column]:
    """Of two ways to a share the one that lies further out."""
    other, other_of = without["points"], without["max_points"]
    some = (other_of != ZERO).astype(bool) & (of != ZERO).astype(bool)
    left, right = points * other_of, other * of  # shares compared without dividing by 0
    take = some & ((right < left) if lowest else (right > left)).astype(bool)
    return choose(take, other, points), choose(take, other_of, of)


def _floats(points: Column) -> Floats:
    return np.array([np.nan if own is None else float(own) for own in points], dtype=float)


def _share(points: Column, of: Column) -> Floats:
    pairs = zip(points, of, strict=True)
    return np.array([float(own / most) if own is not None and most else np.nan for own, most in pairs], dtype=float)
