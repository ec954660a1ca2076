"""Robustness: what the ranking owes to the choice of criteria and of their weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from dti_analysis.common.faults import fault
from dti_analysis.criteria.framework import TOTAL, Component, Framework
from dti_analysis.criteria.rules import Gate
from dti_analysis.scores.draws import rank_draws, rank_if, rounded, summary
from dti_analysis.scores.peers import of_one
from dti_analysis.scores.ranking import Floats

LEFT_OUT = ["component", "level", "unit", "rank", "rank_without", "shift"]
SHIFTS = ["component", "level", "weight", "moved", "max_shift", "mean_shift", "gains", "gains_by", "loses", "loses_by"]
WEIGHTS = [
    "unit", "group", "rank", "median_rank", "low_rank", "high_rank", "first", "criteria", "spread", "draws", "seed",
]  # fmt: skip
SPREAD = 0.25
"""How far a weight may lie from the act's, as a share of it. That and a uniform draw are ours."""
DRAWS, SEED = 10_000, 20261125


@dataclass(frozen=True)
class Profile:
    """What each unit earned on the finest criteria that are known of every unit and add up to the total.

    points, max_points: by unit (rows) and criterion (columns); `extra` points have no maximum, and `nominal` is the act's
    maximum of a criterion. A component whose parts do not simply add up (the best of several, a base, gates, caps) is one.
    """

    framework: Framework
    units: list[str]
    groups: list[str]
    codes: list[str]
    points: Floats
    max_points: Floats
    nominal: Floats

    @property
    def splits(self) -> bool:
        """Whether more is known than the total."""
        return len(self.codes) > 1

    def figures(self, weights: Floats) -> Floats:
        """What the act would compare under other weights: rows of `weights` are draws, columns criteria, 1 the act's own.

        Points and maxima of a criterion count so many times; the sum is brought back to the act's maximum (renormalised), of
        the unit where shares are compared, of the act where points are. NaN where nothing that counts applies.
        """
        earned = weights @ self.points.T
        if self.framework.ranking.by == "points":
            attainable = (weights @ self.nominal)[:, None] / self.nominal.sum()
        elif (self.max_points == self.max_points[:1]).all():
            attainable = (weights @ self.max_points[0])[:, None]
        else:
            attainable = weights @ self.max_points.T
        with np.errstate(invalid="ignore", divide="ignore"):
            figures: Floats = np.where(attainable > 0, earned / attainable, np.nan)
        return figures

    @cached_property
    def ranks(self) -> Floats:
        """The rank of each unit under the act's own weights."""
        own = rounded(self.figures(np.ones((1, len(self.codes))))[0], self.framework.ranking)
        return rank_if(own, own, self.framework.ranking.ties)


def profile(scores: pd.DataFrame, framework: Framework) -> Profile:
    """The points of one year and basis, by unit and criterion. Units without points of the total are left out.

    Raises Faults for scores of several years or bases, and where no unit has any.
    """
    of_one(scores)
    totals = scores[(scores["component"] == TOTAL) & scores["points"].notna() & (scores["max_points"] > 0)]
    if totals.empty:
        raise fault("scores", "", "no unit with points", "scores of at least one unit")
    units = totals["unit"].to_list()
    own = scores[scores["unit"].isin(units)]
    points, maxima = (own.pivot(index="unit", columns="component", values=name).loc[units] for name in ("points", "max_points"))
    codes = list(_criteria(framework.root, set(points.columns[points.notna().all()])))
    nominal = np.array([float(framework.by_code[code].max_points) for code in codes])
    tables = [table[codes].to_numpy(dtype=float) for table in (points, maxima)]
    return Profile(framework, units, totals["group"].to_list(), codes, tables[0], tables[1], nominal)


def _criteria(component: Component, known: set[str]) -> list[str]:
    """The codes of the finest components that are known and add up."""
    simple = component.combine == "sum" and component.extra_at_most is None and component.extra_at_least is None
    gated = any(isinstance(child.way, Gate) for child in component.children)
    if not component.children or not simple or gated or not known.issuperset(child.code for child in component.children):
        return [component.code]
    return [code for child in component.children for code in _criteria(child, known)]


def left_out(profile: Profile) -> pd.DataFrame:
    """The rank of each unit with one indicator, or one pillar, left out; columns `LEFT_OUT`, in the order of the framework.

    A row for each unit and each component that the criteria of the profile make up, from the sub-indices down; shift =
    rank − rank_without: positive, the unit would stand higher without it. rank_without is empty where nothing else applies to
    the unit. Empty where no more than the total is known. Source: Handbook, uncertainty and sensitivity analysis.
    """
    framework = profile.framework
    below = _below(profile)
    if not profile.splits:
        return pd.DataFrame(columns=LEFT_OUT)
    kinds = {component.code: kind for component, _, kind in framework.walk()}
    weights = np.array([~np.isin(profile.codes, list(codes)) for codes in below.values()], dtype=float)
    figures = rounded(profile.figures(weights), framework.ranking)
    ranks = np.array([rank_if(row, row, framework.ranking.ties) for row in figures])
    each = len(profile.units)
    return pd.DataFrame(
        {
            "component": np.repeat(list(below), each),
            "level": np.repeat([kinds[code] for code in below], each),
            "unit": np.tile(profile.units, len(below)),
            "rank": np.tile(profile.ranks, len(below)),
            "rank_without": ranks.ravel(),
            "shift": (profile.ranks - ranks).ravel(),
        }
    )[LEFT_OUT]


def _below(profile: Profile) -> dict[str, set[str]]:
    """The criteria that each component is made of, of every component that is not the whole."""
    parents = profile.framework.parents
    below: dict[str, set[str]] = {}
    for criterion in profile.codes:
        code = criterion
        while code and code != TOTAL:
            below.setdefault(code, set()).add(criterion)
            code = parents[code]
    order = [component.code for component, _, _ in profile.framework.walk()]
    return {code: below[code] for code in order if code in below and len(below[code]) < len(profile.codes)}


def shifts(left_out: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """How much leaving out each component moves; one row per component, columns `SHIFTS`, the largest mean shift first.

    moved: how many units change rank; max_shift, mean_shift: places, whichever way; weight: its share of the act's maximum.
    gains and loses: the unit that would rise and fall most without it, by so many places (the first in the order of units;
    empty where none does).
    """
    rows = []
    for code, own in left_out.dropna(subset=["shift"]).groupby("component", sort=False):
        by, units = own["shift"].to_numpy(dtype=float), own["unit"].to_numpy(dtype=object)
        up, down = int(by.argmax()), int(by.argmin())
        rows.append(
            {"component": code, "level": own["level"].iloc[0],
             "weight": float(framework.by_code[str(code)].max_points / framework.max_points),
             "moved": int((by != 0).sum()), "max_shift": float(np.abs(by).max()), "mean_shift": float(np.abs(by).mean()),
             "gains": units[up] if by[up] > 0 else "", "gains_by": max(float(by[up]), 0.0),
             "loses": units[down] if by[down] < 0 else "", "loses_by": max(-float(by[down]), 0.0)}
        )  # fmt: skip
    table = pd.DataFrame(rows, columns=SHIFTS)
    return table.sort_values("mean_shift", ascending=False, kind="stable").reset_index(drop=True)


def draw_weights(criteria: int, spread: float = SPREAD, draws: int = DRAWS, seed: int = SEED) -> Floats:
    """Factors by which weights are multiplied: rows are draws, columns criteria, uniform from 1 − spread to 1 + spread.

    Raises Faults for a spread outside 0 to 1, and for fewer than one draw.
    """
    if not 0 <= spread <= 1:
        raise fault("parameter", "spread", str(spread), "a share from 0 to 1")
    if draws < 1:
        raise fault("parameter", "draws", str(draws), "1 or more")
    return np.random.default_rng(seed).uniform(1 - spread, 1 + spread, (draws, criteria))


def shares(factors: Floats, nominal: Floats) -> Floats:
    """Weights as shares of the whole in each draw: they add up to 1."""
    weights: Floats = factors * nominal
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), dtype=float)


def weighted(
    profile: Profile,
    spread: float = SPREAD,
    draws: int = DRAWS,
    seed: int = SEED,
    ranks: npt.NDArray[np.float32] | None = None,
) -> pd.DataFrame:
    """How each unit's rank moves when weights are drawn around the act's; one row per unit, columns `WEIGHTS`.

    Every criterion's weight is multiplied by a factor drawn by itself, uniform in 1 ± `spread`, and the sum brought back to the
    act's. median_rank; low_rank to high_rank, the middle 90 % of the draws; first, the chance of rank 1. `ranks` are those that
    `draw_ranks` gave, if they are there already. Source: Handbook, uncertainty analysis.
    """
    drawn = draw_ranks(profile, spread, draws, seed) if ranks is None else ranks
    told = {"criteria": len(profile.codes), "spread": spread, "draws": len(drawn), "seed": seed}
    units = {"unit": profile.units, "group": profile.groups, "rank": profile.ranks}
    return pd.DataFrame(units | summary(drawn) | told)[WEIGHTS]


def draw_ranks(profile: Profile, spread: float = SPREAD, draws: int = DRAWS, seed: int = SEED) -> npt.NDArray[np.float32]:
    """Ranks under drawn weights: rows are draws, columns units. Raises Faults as `draw_weights` does."""
    factors = draw_weights(len(profile.codes), spread, draws, seed)
    parts = np.array_split(factors, max(1, factors.size * len(profile.units) // (1 << 27)))
    return np.vstack([rank_draws(profile.figures(part), profile.framework.ranking) for part in parts])
