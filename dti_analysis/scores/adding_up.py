"""Adding up in floats: one unit's total for many completions of its criteria at once.

What `dti_analysis.scores.scoring.Tree` does exactly and for all units, done here for the draws of a simulation: sums, the
best of several, a base, gates and caps on bonuses. A test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import add, or_
from typing import Any

import numpy as np

from dti_analysis.criteria.framework import Component
from dti_analysis.criteria.rules import Gate

Figure = Any
"""A float, or an array of one float for each draw."""


def add_up(component: Component, ends: Mapping[str, Figure], on_top: frozenset[str], shut: Mapping[str, Figure]) -> Figure:
    """The points of a component from those of its ends: what is measured, or stated of a component as a whole.

    `ends` holds points by code; those of codes in `on_top` have no maximum of their own. `shut` says of gates that are not met.
    Points are those of the tables: what an act hands round of what does not apply is in them.
    """
    points, extra = _parts(component, ends, on_top, shut)
    return points + extra


def _parts(
    component: Component, ends: Mapping[str, Figure], on_top: frozenset[str], shut: Mapping[str, Figure]
) -> tuple[Figure, Figure]:
    """Points, and bonus less penalty."""
    if component.code in ends:
        own = ends[component.code]
        return (0.0, own) if component.code in on_top else (own, 0.0)
    below: list[tuple[Figure, Figure]] = [
        _parts(child, ends, on_top, shut) for child in component.children if not isinstance(child.way, Gate)
    ]
    if not below:
        return 0.0, 0.0
    closed = [shut[child.code] for child in component.children if child.code in shut]
    points: Figure
    extra: Figure
    if component.combine == "best":
        points, extra = reduce(np.maximum, [own + more for own, more in below]), 0.0
    else:
        points, extra = reduce(add, [own for own, _ in below]), reduce(add, [more for _, more in below])
        if component.combine == "base_plus":
            closed.append(below[0][0] <= 0)
    if component.extra_at_most is not None:
        extra = np.minimum(extra, float(component.extra_at_most))
    if component.extra_at_least is not None:
        extra = np.maximum(extra, float(component.extra_at_least))
    if closed:
        nothing = reduce(or_, closed)
        points, extra = np.where(nothing, 0.0, points), np.where(nothing, 0.0, extra)
    return points, extra
