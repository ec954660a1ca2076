"""Targets: what a unit wants to reach, and from how many points on it has."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from dti_analysis.common.exact import ONE, ZERO, Rational, of_float, parse
from dti_analysis.common.faults import Faults, fault, nearest
from dti_analysis.scores.cohort import Cohort
from dti_analysis.scores.standing import Standing

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["rank", "score", "points", "band", "next", "recognition"]
Moving = Literal["", "last_year", "best"]
MOVING: dict[str, Moving] = {"": "", "still": "", "last_year": "last_year", "best": "best"}
"""How others are taken to do meanwhile: to stand still, to change again as they did last year, to be at their best so far."""
EXPECTED = "rank 3, 80%, score 0.8, points 800, band 2, next or recognition"
_WORDS: dict[str, Kind] = {
    "rank": "rank", "hạng": "rank", "score": "score", "points": "points", "điểm": "points", "band": "band", "mức": "band",
}  # fmt: skip


@dataclass(frozen=True)
class Target:
    """A target: `score` is a share, 0–1; `next`, the next better place; `recognition`, the pass rule of an act."""

    kind: Kind
    value: Rational = ZERO


@dataclass(frozen=True)
class Goal:
    """From how many points on a target is reached; whether so many are enough, or only more."""

    points: Rational
    enough: bool = True

    def met(self, points: Rational) -> bool:
        """Whether so many points reach it."""
        return bool(points >= self.points if self.enough else points > self.points)


def read_target(text: str) -> Target:
    """A target as people write it: `rank 3`, `80%`, `points 800`, `band 2`, `next`, `recognition`. Raises Faults."""
    words = text.strip().lower()
    if words in ("next", "recognition"):
        return Target("next" if words == "next" else "recognition")
    found = re.fullmatch(r"(?:(\w+)\s+)?([\d.,]+)\s*(%?)", words)
    if found and (found[1] in _WORDS or (not found[1] and found[3])):
        kind = _WORDS[found[1]] if found[1] else "score"
        try:
            value = parse(found[2])
        except ValueError:
            raise _wrong(text) from None
        if not found[3]:
            return Target(kind, value)
        if kind == "score":
            return Target(kind, value / 100)
    raise _wrong(text)


def goal(standing: Standing, target: Target, bands: pd.DataFrame | None = None) -> Goal | None:
    """From how many points on the unit has reached the target, others as they stand; None where no place is better.

    `bands` are the rows of data/bands.csv by which the place goes. Raises Faults: a target that is out of range.
    """
    value, most, count = target.value, standing.max_points, len(standing.figures) + 1
    if target.kind == "next":
        figure = standing.next_figure()
        return None if figure is None else Goal(*standing.points_for(figure))
    if target.kind == "rank":
        if not (1 <= value <= count and value.denominator == 1):
            raise _out(f"rank {float(value):g}", f"a whole number from 1 to {count}: so many units are ranked")
        needed = standing.needed(float(value))
        return Goal(min(ZERO, standing.points)) if needed is None else Goal(*standing.points_for(needed))
    if target.kind == "score":
        if not ZERO < value <= ONE:
            raise _out(f"score {float(value):g} ({float(100 * value):g}%)", "more than 0 and at most 1 (100%)")
        return Goal(value * most)
    if target.kind == "points":
        if not ZERO < value <= most:
            raise _out(f"points {float(value):g}", f"more than 0 and at most {float(most):g}, the maximum")
        return Goal(value)
    if target.kind == "band":
        return _band(value, most, bands)
    raise _out("recognition", "a checklist of mandatory and extended criteria (dti_analysis.scores.planning.pass_recognition)")


def others_moved(cohort: Cohort, earlier: Sequence[pd.DataFrame], moving: str) -> dict[str, Rational]:
    """What each unit is taken to have on the total, in points of this year's maximum, from 0 to it.

    `earlier` are `scores` tables (dti_analysis.scores.scoring.score) of the years before, the last one first. moving:
    `last_year`, the score changes again as it did since the year before; `best`, the best score of all these years and this
    one. Scores are shares of each year's maximum, so that sets with other maxima can be set side by side; a unit that was not
    scored stands still. Raises Faults: another way of moving, no year before.
    """
    if moving not in MOVING:
        raise fault("parameter", "moving", f"'{moving}'", nearest(moving, ["last_year", "best", "still"]))
    if not MOVING[moving]:
        return {}
    if not earlier:
        raise fault("parameter", "moving", f"'{moving}', but one year alone", "a year before, which tells how others move")
    past = [_scores(table, cohort.basis) for table in earlier]
    maxima, moved = cohort.maxima(), {}
    for unit, points in cohort.points().items():
        if points is None or not maxima[unit]:
            continue
        now = points / maxima[unit]
        if MOVING[moving] == "best":
            then = max([now, *(scores[unit] for scores in past if unit in scores)])
        else:
            then = 2 * now - past[0].get(unit, now)
        moved[unit] = min(max(then, ZERO), max(now, ONE)) * maxima[unit]
    return moved


def _scores(table: pd.DataFrame, basis: str) -> Mapping[str, Rational]:
    totals = table[(table["component"] == "total") & (table["basis"] == basis) & table["score"].notna()]
    return dict(zip(totals["unit"], map(of_float, totals["score"]), strict=True))


def _band(order: Rational, most: Rational, bands: pd.DataFrame | None) -> Goal:
    if bands is None or bands.empty:
        raise _out(f"band {float(order):g}", "a place that has adopted bands (data/bands.csv)")
    if (bands["decided_by"] != "total").any():
        raise _out(f"band {float(order):g}", "bands that the total decides; here the weakest pillar does")
    chosen = bands[bands["order"].astype(int) == order]
    if chosen.empty:
        raise _out(f"band {float(order):g}", nearest(f"{float(order):g}", [str(own) for own in bands["order"]]))
    above, at_least = chosen["above"].iloc[0], chosen["at_least"].iloc[0]
    bound = above if above not in ("", None) else at_least
    return Goal(Rational(str(bound or 0)) / 100 * most, enough=above in ("", None))


def _wrong(text: str) -> Faults:
    return _out(f"'{text}'", EXPECTED)


def _out(found: str, expected: str) -> Faults:
    return fault("parameter", "target", found, expected)
