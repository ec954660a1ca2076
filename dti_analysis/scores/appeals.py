"""Appeals: what becomes of the ranking if what units claimed and the appraisal did not grant is granted after all."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dti_analysis.common.faults import fault
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.scores.disputes import Disputes
from dti_analysis.scores.draws import Ranks, rank_draws, rank_if, rounded, summary, whole_figures
from dti_analysis.scores.ranking import Floats

APPEALS = [
    "unit", "group", "disputed", "points_disputed", "rank", "best_rank", "worst_rank", "component", "component_points",
    "component_rank", "median_rank", "low_rank", "high_rank", "first", "probability", "draws", "seed", "approximate",
]  # fmt: skip
PROBABILITY = 0.5
"""How likely an appeal is granted where the outcome of none is known: neither is held to be likelier."""
DRAWS, SEED = 10_000, 20261125


def draw(disputes: Disputes, probability: float = PROBABILITY, draws: int = DRAWS, seed: int = SEED) -> Floats:
    """What each unit comes to in each draw (rows draws, columns units), each appeal granted or not by itself.

    The probability is taken to the nearest 65,536th. What is drawn is what the act compares: points, or their share of the
    maximum, not rounded; NaN for units that are not ranked. Raises Faults for a probability outside 0 to 1, and for fewer than
    one draw.
    """
    if not 0 <= probability <= 1:
        raise fault("parameter", "probability", str(probability), "a probability from 0 to 1")
    if draws < 1:
        raise fault("parameter", "draws", str(draws), "1 or more")
    random, threshold = np.random.default_rng(seed), round(probability * 2**16)
    figures, out_of = np.empty((draws, len(disputes.units.unit)), order="F"), _out_of(disputes)
    for unit, codes in enumerate(disputes.of):
        drawn = np.frombuffer(random.bytes(2 * len(codes) * draws), dtype="<u2").reshape(len(codes), draws)
        figures[:, unit] = disputes.totals(unit, drawn < threshold) / out_of[unit]
    return figures


def _out_of(disputes: Disputes) -> Floats:
    maxima = disputes.max_points[disputes.place[TOTAL]].astype(float)
    known = np.array([own is not None for own in disputes.before[disputes.place[TOTAL]]], dtype=bool) & (maxima != 0)
    divisor = np.ones(len(maxima)) if disputes.framework.ranking.by == "points" else maxima
    return np.where(known, divisor, np.nan)


def rank_draws_of(disputes: Disputes, figures: Floats) -> Ranks:
    """The rank of each unit in each draw (rows) of what `draw` gave; NaN for units that are not ranked."""
    ranking = disputes.framework.ranking
    known = ~np.isnan(_out_of(disputes))
    if known.all():
        return rank_draws(figures, ranking)
    ranks = np.full(figures.shape, np.nan, dtype=np.float32)
    ranks[:, known] = rank_draws(figures[:, known], ranking)
    return ranks


def appeals(
    disputes: Disputes,
    probability: float = PROBABILITY,
    seed: int = SEED,
    figures: Floats | None = None,
    ranks: Ranks | None = None,
    draws: int = DRAWS,
) -> pd.DataFrame:
    """What appeals may do to each unit's rank; one row per unit, columns `APPEALS`.

    disputed and points_disputed: how many rows, and what they add to the total together. best_rank: all its own are granted and
    nobody else's, which is also its rank if only its own succeed; worst_rank: none of its own, all of the others'. component:
    the one appeal that adds most, component_points what it adds, component_rank the rank with it alone; empty where there is
    none. median_rank, low_rank to high_rank (the middle 90 %) and first (chance of rank 1, shared ones too) over `draws` draws
    in which each appeal is granted with `probability`. approximate: criteria scored beside the leader are disputed; the leader
    is held. `figures` and `ranks` are those that `draw` and `rank_draws_of` gave, if they are there already. Ranks by the act's
    rounding and ties. Raises Faults as `draw` does.
    """
    ranking, place = disputes.framework.ranking, disputes.place[TOTAL]
    none = whole_figures(disputes.before[place], disputes.max_points[place], ranking)
    totals, out_of = _totals(disputes), _out_of(disputes)
    granted = whole_figures(disputes.after[place], disputes.max_points[place], ranking)
    if disputes.approximate:
        granted = rounded(disputes.all_granted / out_of, ranking)
    most = disputes.rows.sort_values("total_points", ascending=False, kind="stable").drop_duplicates("unit").set_index("unit")
    most = most.reindex(pd.Index(disputes.units.unit))
    alone = rounded((totals + most["total_points"].fillna(0).to_numpy()) / out_of, ranking)
    if ranks is None:
        drawn = draw(disputes, probability, draws, seed) if figures is None else figures
        ranks = rank_draws_of(disputes, drawn)
    table = pd.DataFrame(
        {
            "unit": disputes.units.unit,
            "group": disputes.units.group,
            "disputed": [len(codes) for codes in disputes.of],
            "points_disputed": np.round(disputes.all_granted - totals, 9),
            "rank": rank_if(none, none, ranking.ties),
            "best_rank": rank_if(granted, none, ranking.ties),
            "worst_rank": rank_if(none, granted, ranking.ties),
            "component": most["component"].fillna("").to_numpy(),
            "component_points": most["total_points"].to_numpy(dtype=float),
            "component_rank": np.where(most["component"].isna(), np.nan, rank_if(alone, none, ranking.ties)),
            **summary(ranks),
            "probability": float(probability),
            "draws": len(ranks),
            "seed": seed,
            "approximate": disputes.approximate,
        }
    )
    table.loc[table["rank"].isna(), "first"] = np.nan
    return table[APPEALS]


def _totals(disputes: Disputes) -> Floats:
    totals: Floats = disputes.floats[0][disputes.place[TOTAL]]
    return totals


def chances_of_bands(figures: Floats, units: list[str], bands: pd.DataFrame) -> pd.DataFrame:
    """How likely each unit is in each band: columns unit, band (its order), chance; `figures` are shares of the maximum.

    `bands` are the rows of one scheme of data/bands.csv, bounds in percent; a float within a billionth of a bound is on it.
    """
    percent = np.round(100 * figures, 9)
    rows = []
    for band in bands.to_dict("records"):
        held = np.ones(percent.shape, dtype=bool)
        for name, holds in (
            ("above", np.greater),
            ("at_least", np.greater_equal),
            ("below", np.less),
            ("at_most", np.less_equal),
        ):
            if band[name] != "":
                held &= holds(percent, float(band[name]))
        rows += [
            {"unit": unit, "band": int(band["order"]), "chance": c} for unit, c in zip(units, held.mean(axis=0), strict=True)
        ]
    return pd.DataFrame(rows, columns=["unit", "band", "chance"])
