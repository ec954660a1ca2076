"""Peers: the units most like a unit, by what they have to work with, or by the profile of their scores."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.criteria.framework import TOTAL

PEERS = ["unit", "peer", "place", "distance", "by", "on"]
WAYS = ["features", "profile", "chosen"]
K = 5
"""How many peers a unit has, unless told otherwise."""
_CHUNK = 256
"""For how many units at a time the distances to all others are held."""
_DECIMALS = 12
"""Distances nearer than this are equal: which of two comes first is then told by their ids, not by the last bit of a sum."""

_Floats = npt.NDArray[np.float64]


def peers(
    scores: pd.DataFrame,
    features: pd.DataFrame | None = None,
    k: int = K,
    *,
    on: Collection[str] | None = None,
    among: Collection[str] | None = None,
    of: str | None = None,
) -> pd.DataFrame:
    """The `k` nearest units of each unit within its group (`of` one unit only, if named).

    `scores` are those of one year and basis (dti_analysis.scores.scoring.score); `features` has a row per unit, which is its
    index, columns of numbers (NaN where unknown) and of words ("" where unknown); `on` chooses some of its columns, none for
    the profile, None for all.

    By features: √(Σ δ² ÷ n) over the n features known of both, δ the difference of standardised numbers (mean 0, standard
    deviation 1 over all units), for words 0 where equal and else 1. This is the distance of CIPFA's nearest neighbours, divided
    by √n so that an unknown feature makes nobody nearer. By profile: √(Σ w δ² ÷ Σ w) over the pillars known of both, δ the
    difference of their scores (0–1), w the pillar's maximum points (of indicators, where a set has no pillars). A unit of
    which no feature is known is compared by profile; one that handed in nothing has none.

    `among` overrides the choice: these are everyone's peers, whatever their group and however many, nearest first.

    Returns the columns `PEERS`: place (1 = nearest; equal distances by id), distance, by (features, profile, or chosen) and
    `on`, the features or pillars compared. A unit is never its own peer; who cannot be compared is left out, or has no distance
    where chosen. Raises Faults: k below 1, unknown features or units, several years or bases.
    """
    of_one(scores)
    totals = scores[scores["component"] == TOTAL].sort_values("unit", kind="stable")
    units = totals["unit"].to_numpy(dtype=object)
    _refuse(k, features, on, among, of, list(units))
    described = _described(features, on, units)
    spaces = [("profile", _profile(scores, totals)), ("features", described)]
    has = described.known
    chosen = np.isin(units, list(among)) if among is not None else None
    groups = np.unique(totals["group"].to_numpy(dtype=str), return_inverse=True)[1]
    wanted = np.flatnonzero(units == of) if of else np.arange(len(units))
    parts = []
    for way, space in spaces:
        own = wanted[has[wanted] == (way == "features")]
        for rows, columns, distance in _chosen(space, own, groups, k, chosen):
            place = np.arange(len(rows)) - np.searchsorted(rows, rows)
            by = way if among is None else "chosen"
            parts.append((rows, columns, place + 1, distance, [by] * len(rows), [" ".join(space.names)] * len(rows)))
    if not parts:
        return _table(units, *([[]] * 6))
    rows, columns, place, distance, ways, names = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((place, rows))
    return _table(units, *(column[order] for column in (rows, columns, place, distance, ways, names)))


def _table(units: npt.NDArray[np.object_], rows: object, peer: object, *rest: object) -> pd.DataFrame:
    who = [units[np.asarray(place, dtype=int)] for place in (rows, peer)]
    table = pd.DataFrame(dict(zip(PEERS, [*who, *rest], strict=True)))
    return table.astype({"place": int, "distance": float, "by": object, "on": object})


def _refuse(
    k: int,
    features: pd.DataFrame | None,
    on: Collection[str] | None,
    among: Collection[str] | None,
    of: str | None,
    units: list[str],
) -> None:
    faults = [] if k >= 1 else [Fault("parameter", "k", str(k), "1 peer or more")]
    known = list(features.columns) if features is not None else []
    unknown = [name for name in on or [] if name not in known]
    faults += [Fault("parameter", "on", f"the feature '{name}'", nearest(name, known)) for name in unknown]
    there = set(units)
    faults += [Fault("parameter", "among", f"'{unit}'", nearest(unit, there)) for unit in among or [] if unit not in there]
    faults += [Fault("parameter", "unit", f"'{of}'", nearest(of, there))] if of is not None and of not in there else []
    if faults:
        raise Faults(faults)


@dataclass(frozen=True)
class _Space:
    """What units are compared on: numbers (NaN unknown) and words as codes (NaN unknown), a column each, and their weights."""

    numbers: _Floats
    words: _Floats
    weights: _Floats
    names: list[str]

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Of which units anything is known."""
        return np.asarray(np.isfinite(np.hstack([self.numbers, self.words])).any(axis=1), dtype=np.bool_)

    def distances(self, rows: npt.NDArray[np.intp]) -> _Floats:
        """From some units to all; infinite where nothing is known of both."""
        total = np.zeros((len(rows), len(self.numbers)))
        weight = np.zeros_like(total)
        columns = [*((column, False) for column in self.numbers.T), *((column, True) for column in self.words.T)]
        for (column, is_word), share in zip(columns, self.weights, strict=True):
            apart = column[rows][:, None] - column[None, :]
            both = ~np.isnan(apart)
            apart = np.where(apart != 0, 1.0, 0.0) if is_word else apart * apart
            total += np.where(both, share * apart, 0.0)
            weight += share * both
        with np.errstate(invalid="ignore", divide="ignore"):
            found: _Floats = np.where(weight > 0, np.sqrt(total / weight), np.inf)
        return found.round(_DECIMALS)


def _profile(scores: pd.DataFrame, totals: pd.DataFrame) -> _Space:
    """Scores of the pillars; those of a unit that handed in nothing are unknown."""
    level = "pillar" if (scores["level"] == "pillar").any() else "indicator"
    own = scores.loc[(scores["level"] == level) & (scores["max_points"] > 0), ["unit", "component", "score", "max_points"]]
    wide = own.pivot(index="unit", columns="component", values="score").dropna(axis=1, how="all").reindex(totals["unit"])
    known = (totals["state"] != "missing").to_numpy()
    values = np.where(known[:, None], wide.to_numpy(dtype=float), np.nan).reshape(len(totals), -1)
    weights = own.groupby("component")["max_points"].max().reindex(wide.columns).to_numpy(dtype=float)
    return _Space(values, np.empty((len(totals), 0)), weights, list(map(str, wide.columns)))


def _described(features: pd.DataFrame | None, on: Collection[str] | None, units: npt.NDArray[np.object_]) -> _Space:
    """Features, numbers standardised over all units; those of which nothing is known are left out."""
    table = pd.DataFrame(index=units) if features is None else features.reindex(units)
    names = [name for name in table.columns if on is None or name in on]
    numbers, words, told = [], [], ([], [])  # type: ignore[var-annotated]
    for name in names:
        if is_word := not pd.api.types.is_numeric_dtype(table[name]):
            codes = pd.factorize(table[name].where(table[name] != ""), sort=True)[0].astype(float)
            column = np.where(codes < 0, np.nan, codes)
        else:
            column = table[name].to_numpy(dtype=float)
        if np.isnan(column).all():
            continue
        if not is_word:
            spread = np.nanstd(column)
            column = (column - np.nanmean(column)) / (spread if spread > 0 else 1.0)
        (words if is_word else numbers).append(column)
        told[is_word].append(str(name))
    stacked = [np.column_stack(each) if each else np.empty((len(units), 0)) for each in (numbers, words)]
    return _Space(stacked[0], stacked[1], np.ones(len(numbers) + len(words)), [*told[0], *told[1]])


def _chosen(
    space: _Space, own: npt.NDArray[np.intp], groups: npt.NDArray[np.intp], k: int, among: npt.NDArray[np.bool_] | None
) -> Iterator[tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], _Floats]]:
    """Unit, peer and distance, by unit and then nearest first, a chunk of units at a time."""
    for start in range(0, len(own), _CHUNK):
        rows = own[start : start + _CHUNK]
        distance = space.distances(rows)
        open_to = groups[rows][:, None] == groups[None, :] if among is None else np.repeat(among[None, :], len(rows), axis=0)
        open_to[np.arange(len(rows)), rows] = False
        first = open_to if among is not None else _first(np.where(open_to, distance, np.inf), k)
        at, peer = np.nonzero(first)
        far = distance[at, peer]
        order = np.lexsort((peer, far, at))
        yield rows[at[order]], peer[order], np.where(np.isinf(far), np.nan, far)[order]


def _first(distance: _Floats, k: int) -> npt.NDArray[np.bool_]:
    """The k least of each row that are finite; of equal ones those that come first."""
    last = min(k, distance.shape[1]) - 1
    limit = np.partition(distance, last, axis=1)[:, last : last + 1]
    nearer, level = distance < limit, distance == limit
    left = k - nearer.sum(axis=1, keepdims=True)
    chosen: npt.NDArray[np.bool_] = (nearer | (level & (level.cumsum(axis=1) <= left))) & np.isfinite(distance)
    return chosen


def of_one(table: pd.DataFrame) -> None:
    """Refuse a table in which a unit may stand twice: one of several years or bases."""
    for column in ("year", "basis"):
        if len(found := table[column].unique()) > 1:
            raise fault("scores", column, ", ".join(map(str, found)), f"one {column}")
