"""Targets: a rank, a share of the maximum, points, a band or the next place, and how many points each takes."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

import pandas as pd

from dti_analysis.common.exact import Rational, parse
from dti_analysis.common.faults import Faults, fault, nearest
from dti_analysis.scores.field import Field

EXPECTED = "next, rank 3, 80%, points 800, or band and its order or name"
_NEXT = ("next", "kế tiếp")
_WORDS: dict[str, Literal["rank", "points", "band"]] = {
    "rank": "rank", "hạng": "rank", "points": "points", "điểm": "points", "band": "band", "mức": "band",
}  # fmt: skip
_TARGET = re.compile(rf"({'|'.join(_WORDS)})\s+(.+)", re.IGNORECASE)
_A_LITTLE = Rational(1, 10**9)
"""How far above an open bound the least points lie that count as beyond it."""


class Target(NamedTuple):
    """What is aimed at; `text` says it as it was given."""

    kind: Literal["next", "rank", "score", "points", "band"]
    value: Rational
    text: str


def target(text: str, count: int, max_points: Rational, bands: pd.DataFrame) -> Target:
    """The target that a text names, for one of `count` ranked units of `max_points`; `bands` as Study.bands.

    Raises Faults for a text that names none, and for one out of range.
    """
    said = text.strip()
    if said.lower() in _NEXT:
        return Target("next", Rational(0), said)
    try:
        if said.endswith("%"):
            return _within(Target("score", parse(said[:-1]) / 100, said), Rational(0), Rational(1), "0% to 100%")
        if match := _TARGET.fullmatch(said):
            kind, value = _WORDS[match[1].lower()], match[2].strip()
            if kind == "band":
                return Target("band", Rational(_band(value, bands)), said)
            if kind == "rank":
                rank = Target("rank", parse(value), said)
                return _within(rank, Rational(1), Rational(count), f"a whole rank from 1 to {count}", whole=True)
            return _within(Target("points", parse(value), said), Rational(0), max_points, f"0 to {float(max_points):g} points")
    except ValueError:
        pass
    raise _refused(said, EXPECTED)


def points_for(aim: Target, field: Field, points: Rational, max_points: Rational, bands: pd.DataFrame) -> Rational:
    """The fewest points that reach a target; `points` are those that the unit has."""
    if aim.kind == "points":
        return aim.value
    if aim.kind == "score":
        return aim.value * max_points
    if aim.kind == "rank":
        return field.points_for_rank(float(aim.value), max_points)
    if aim.kind == "band":
        row = bands[bands["order"].astype(int) == int(aim.value)].iloc[0]
        share = parse(str(row["at_least"] or row["above"] or "0")) / 100
        return share * max_points + (0 if row["at_least"] or not row["above"] else _A_LITTLE)
    ahead = field.others[field.others > field.figure(points, max_points)]
    return points if not len(ahead) else field.points_for_figure(int(ahead[0]), max_points)


def _band(value: str, bands: pd.DataFrame) -> int:
    if bands.empty:
        raise _refused(f"band {value}", "another target: this place has adopted no bands for the level")
    if (bands["decided_by"] == "weakest_pillar").any():
        raise _refused(f"band {value}", "another target: these bands go by the weakest pillar, not by the total")
    names = {
        str(row[name]).lower(): int(row["order"])
        for row in bands.to_dict("records")
        for name in ("order", "label_vi", "label_en")
    }
    if value.lower() not in names:
        raise _refused(f"band {value}", nearest(value.lower(), names))
    return names[value.lower()]


def _within(aim: Target, least: Rational, most: Rational, expected: str, whole: bool = False) -> Target:
    if not least <= aim.value <= most or (whole and aim.value.denominator != 1):
        raise _refused(aim.text, expected)
    return aim


def _refused(found: str, expected: str) -> Faults:
    return fault("parameter", "target", f"'{found}'", expected)
