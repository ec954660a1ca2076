"""Standouts: models beside the best: who is steadiest, who came on fastest, who does most with what it has."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dti_analysis.criteria.framework import TOTAL
from dti_analysis.scores.core import Core
from dti_analysis.scores.models import best
from dti_analysis.scores.peers import of_one

MODELS = ["model", "component", "place", "unit", "score", "figure", "by"]
KINDS = ["best", "steadiest", "fastest", "for_its_means"]
STEADINESS = ["unit", "score", "pillars", "spread"]
PROGRESS = ["unit", "share", "before", "now", "change"]
MEANS = ["unit", "score", "peers", "place", "peers_mean", "ahead", "by"]
COMPARABLE = 0.5
"""The share of a unit's points that has to be comparable for its change to be told."""
PLACES = 3
"""Down to which place those that stand out are listed."""
_DECIMALS = 12
"""Figures nearer than this are equal, whatever the order of a sum."""


def steadiness(scores: pd.DataFrame) -> pd.DataFrame:
    """How evenly each unit does over the pillars: the standard deviation of its pillars' scores, weighted by their points.

    `scores` are those of one year and basis. With s and m the score and the maximum points of a pillar, mean = Σ m s ÷ Σ m and
    spread = √(Σ m (s − mean)² ÷ Σ m): 0 where all pillars are equal. Returns the columns `STEADINESS`, the steadiest first;
    units of which a pillar is unknown, that have fewer than two, or that handed in nothing are left out.
    """
    of_one(scores)
    totals = _ranked(scores)
    pillars = scores[(scores["level"] == "pillar") & (scores["max_points"] > 0) & scores["unit"].isin(totals.index)]
    unknown = pillars.loc[pillars["score"].isna(), "unit"]
    pillars = pillars[~pillars["unit"].isin(unknown)].sort_values(["unit", "component"])
    m, s, unit = pillars["max_points"], pillars["score"], pillars["unit"]
    whole = m.groupby(unit).transform("sum")
    mean = (m * s).groupby(unit).transform("sum") / whole
    spread = np.sqrt((m * (s - mean) ** 2 / whole).groupby(unit).sum()).round(_DECIMALS)
    count = unit.value_counts()
    table = pd.DataFrame({"score": totals["score"], "pillars": count, "spread": spread}).rename_axis("unit").reset_index()
    table = table[table["pillars"] >= 2].astype({"pillars": int})
    return table.sort_values(["spread", "unit"], kind="stable").reset_index(drop=True)[STEADINESS]


def progress(found: Core) -> pd.DataFrame:
    """How far each unit's score has come since the year before, on the comparable core (dti_analysis.scores.core).

    Returns the columns `PROGRESS`, the largest change first: share = the part of the unit's points that is compared (1 where
    the set did not change), before and now = the two scores on it, both weighted by this year's points.
    """
    known = [place for place, own in enumerate(found.after) if own is not None]
    before, now, share = (np.asarray(column[known]) for column in (found.before, found.after, found.share))
    figures = {"share": share, "before": before, "now": now, "change": now - before}
    units = {"unit": [found.units[place] for place in known]}
    table = pd.DataFrame(units | {name: column.astype(float) for name, column in figures.items()})
    return table.sort_values(["change", "unit"], ascending=[False, True], kind="stable").reset_index(drop=True)[PROGRESS]


def for_their_means(scores: pd.DataFrame, peers: pd.DataFrame) -> pd.DataFrame:
    """Where each unit stands among its peers: what it does with what it has to work with.

    `scores` are those of one year and basis, `peers` (dti_analysis.scores.peers.peers) of the same units. place = 1 + how many
    of its peers have a higher score; ahead = its score less the plain mean of theirs. Peers that handed in nothing do not
    count, and such units have no row. Returns the columns `MEANS`, the one furthest ahead first; `by` says how the peers were
    found: those found by profile score alike, and say nothing of what a unit has to work with.
    """
    of_one(scores)
    score = _ranked(scores)["score"]
    pairs = peers.assign(own=peers["unit"].map(score), other=peers["peer"].map(score)).dropna(subset=["own", "other"])
    grouped = pairs.assign(above=pairs["other"] > pairs["own"]).groupby("unit")
    table = grouped.agg(
        score=("own", "first"), peers=("peer", "size"), place=("above", "sum"), peers_mean=("other", "mean"), by=("by", "first")
    ).reset_index()
    table = table.assign(place=table["place"].astype(int) + 1, ahead=(table["score"] - table["peers_mean"]).round(_DECIMALS))
    return table.sort_values(["ahead", "unit"], ascending=[False, True], kind="stable").reset_index(drop=True)[MEANS]


def models(scores: pd.DataFrame, steady: pd.DataFrame, moved: pd.DataFrame, means: pd.DataFrame) -> pd.DataFrame:
    """The models of a year and who comes next: one row per model and unit, place 1 being the models themselves.

    Of best there is place 1 only; of the others the first `PLACES`. Those that share a place are all listed.

    A model is named only where its figure is known of every unit that is ranked and handed something in (fastest apart: who is
    new has no year before).

    best: overall and of each pillar; figure = the score there. steadiest: the least spread among units of at least the median
    score, so that nobody is a model for being weak all round; figure = the spread. fastest: the largest change, if it is a
    rise, among units of which at least `COMPARABLE` of the points are comparable; figure = the change. for_its_means: furthest
    ahead of the mean of its peers among those that are first of them; figure = how far, `by` = how the peers were found.

    `steady`, `moved` and `means` are the tables of `steadiness`, `progress` and `for_their_means`; an empty one has no model.
    Returns the columns `MODELS`: score = the unit's score on the total.
    """
    totals = _ranked(scores)["score"]
    known = scores[scores["unit"].isin(totals.index) & (scores["max_points"] > 0)]
    partly = known.loc[known["points"].isna(), "component"]
    first = best(scores[~scores["component"].isin(partly)])
    rows = [first.assign(model="best", place=1, figure=first["score"], by="")]
    strong = steady[(steady["score"] >= totals.median()) & (len(steady) == len(totals))]
    rose = moved[(moved["change"] > 0) & (moved["share"] >= COMPARABLE)]
    leading = means[(means["place"] == 1) & (means["ahead"] > 0) & (len(means) == len(totals))]
    for model, table, figure, least in (
        ("steadiest", strong, "spread", True),
        ("fastest", rose, "change", False),
        ("for_its_means", leading, "ahead", False),
    ):
        place = table[figure].rank(method="min", ascending=least)
        chosen = table.assign(place=place.astype(int))[place <= PLACES]
        rows.append(chosen.assign(model=model, component=TOTAL, figure=chosen[figure], by=chosen.get("by", "")))
    table = pd.concat(
        [row[["model", "component", "place", "unit", "figure", "by"]] for row in rows if len(row)], ignore_index=True
    )
    return table.assign(score=table["unit"].map(totals))[MODELS]


def _ranked(scores: pd.DataFrame) -> pd.DataFrame:
    """The totals of the units that are ranked and handed something in, by unit."""
    totals = scores[(scores["component"] == TOTAL) & scores["rank"].notna() & (scores["state"] != "missing")]
    return totals.set_index("unit")
