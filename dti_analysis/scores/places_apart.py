"""Places apart: from how many places on a difference of ranks means something, for one table."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from dti_analysis.scores.ranking import Floats

PLACES_APART = ["by", "places", "pairs", "firm", "share", "share_from"]
HELD = 0.9
"""In which share of the draws an order holds to be firm, and which share of the pairs has to be firm. Ours."""
_MOST_PAIRS, _MOST, _LEAST_DRAWS = 400_000, 4e8, 1000
"""Of how many pairs at most the order is followed: of larger tables, those of every second (third …) unit with all others;
through how many draws of all pairs together; and of each pair at least."""


def places_apart(ranks: Floats, draws: npt.NDArray[np.float32], by: str, held: float = HELD) -> pd.DataFrame:
    """For each distance in places: how many pairs of units lie that far apart, and how many of those are firm.

    `ranks` are the ranks as they stand and `draws` those of many draws (rows), of the same units (columns). The order of a pair
    holds in a draw where the unit that stands above is above there too; it is firm where it holds in a share `held` of the
    draws. Columns `PLACES_APART`: by names what was drawn; share = firm ÷ pairs of exactly so many places (a half one counts
    as the whole below), share_from of so many or more; empty where there is no such pair. No row of fewer than two units.
    """
    step = max(1, int(np.ceil(len(ranks) ** 2 / _MOST_PAIRS)))
    followed = max(_LEAST_DRAWS, int(_MOST * step / max(len(ranks), 1) ** 2))
    drawn = np.ascontiguousarray(draws[:followed].T)
    most = max(0, int(np.nanmax(ranks, initial=1.0)) - 1)
    pairs, firm = np.zeros(most + 1, dtype=int), np.zeros(most + 1, dtype=int)
    needed = held * drawn.shape[1] - 1e-9
    for unit in range(0, len(ranks), step):
        away = np.floor(np.abs(ranks - ranks[unit]))
        others = np.flatnonzero((away >= 1) & ((ranks > ranks[unit]) | (np.arange(len(ranks)) % step != 0)))
        below = ranks[others] > ranks[unit]
        holds = np.empty(len(others), dtype=bool)
        holds[below] = (drawn[others[below]] > drawn[unit]).sum(axis=1) >= needed
        holds[~below] = (drawn[others[~below]] < drawn[unit]).sum(axis=1) >= needed
        places = away[others].astype(int)
        pairs += np.bincount(places, minlength=most + 1)
        firm += np.bincount(places, weights=holds, minlength=most + 1).astype(int)
    table = pd.DataFrame({"by": by, "places": np.arange(1, most + 1), "pairs": pairs[1:], "firm": firm[1:]})
    further = table[["pairs", "firm"]][::-1].cumsum()[::-1]
    shares = {"share": table["firm"] / table["pairs"].where(table["pairs"] > 0)}
    shares["share_from"] = further["firm"] / further["pairs"].where(further["pairs"] > 0)
    return table.assign(**shares)[PLACES_APART]


def least_places(table: pd.DataFrame, held: float = HELD) -> int | None:
    """From how many places on a difference means something: the least at which at least a share `held` of the pairs is firm,
    both of those exactly so far apart and of those as far apart or further. None where no difference does."""
    firm = table[(table["share"] >= held - 1e-9) & (table["share_from"] >= held - 1e-9)]
    return None if firm.empty else int(firm["places"].iloc[0])
