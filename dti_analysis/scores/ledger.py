"""A ledger: exact points and maxima by component and unit, and down to where they are known."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

import numpy as np
import pandas as pd

from dti_analysis.common.exact import ZERO, Column
from dti_analysis.criteria.framework import TOTAL, Component, Framework
from dti_analysis.scores.grid import Mask, Places


class Ledger:
    """The exact scores (dti_analysis.scores.scoring.exact_scores) of one year and basis, one column of units per component."""

    def __init__(self, scores: pd.DataFrame, framework: Framework):
        self.framework = framework
        place, units = pd.factorize(scores["unit"])
        self.units = [str(unit) for unit in units]
        self.groups = scores["group"].to_numpy(dtype=object)[np.unique(place, return_index=True)[1]]
        of, codes = pd.factorize(scores["component"])
        shape = (len(codes), len(units))
        self.points: dict[str, Column] = {}
        self.max_points: dict[str, Column] = {}
        self.states: dict[str, Column] = {}
        for name, held in (("points", self.points), ("max_points", self.max_points), ("state", self.states)):
            laid = np.full(shape, None, dtype=object)
            laid[of, place] = scores[name].to_numpy(dtype=object)
            held |= dict(zip(map(str, codes), laid, strict=True))

    @cached_property
    def place(self) -> dict[str, int]:
        """Where each unit stands."""
        return {unit: place for place, unit in enumerate(self.units)}

    @cached_property
    def ranked(self) -> Mask:
        """Which units have a total that can be ranked."""
        known = self.known([TOTAL], np.arange(len(self.units)))[0]
        mask: Mask = known & (self.max_points[TOTAL] != ZERO).astype(bool)
        return mask

    def known(self, codes: Collection[str], at: Places) -> Mask:
        """Whether the points of each component (row) are known, of each unit at a place (column)."""
        return np.array([[points is not None for points in self.points[code][at]] for code in codes], dtype=bool)


def alike(known: Mask) -> Iterator[tuple[Places, list[bool]]]:
    """The units (columns) of which the same is known: their places, and what."""
    patterns, of = np.unique(known, axis=1, return_inverse=True)
    for number, pattern in enumerate(patterns.T.tolist()):
        yield np.flatnonzero(of.reshape(-1) == number), pattern


def components(framework: Framework) -> list[str]:
    """The codes of a set down to its criteria: all but the parts of their rules."""
    return [component.code for component, _, kind in framework.walk() if kind != "part"]


def finest(framework: Framework, known: Mapping[str, bool], stop: Collection[str] = ()) -> list[str]:
    """The components nearest to the criteria of which all are known, in the order of the set: together, the whole.

    What lies below those in `stop` is not looked at.
    """

    def down(component: Component) -> list[str]:
        below = component.subindices or component.pillars or component.indicators
        if not below or component.code in stop or not all(known[child.code] for child in below):
            return [component.code]
        return [code for child in below for code in down(child)]

    return down(framework.root)


def pillar_of(framework: Framework, code: str) -> str:
    """The pillar that a component belongs to; where there are no pillars, what stands directly below the total."""
    path = [code]
    while path[-1]:
        path.append(framework.parents[path[-1]])
    kinds = {component.code: kind for component, _, kind in framework.walk()} if len(path) > 3 else {}
    return next((each for each in path if kinds.get(each) == "pillar"), path[-3] if len(path) > 2 else code)
