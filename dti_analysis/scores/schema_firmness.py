"""What every column of the tables on the firmness of ranks holds."""

from __future__ import annotations

import pandera.pandas as pa

from dti_analysis.scores.schema_columns import COMPONENT, LEVEL, UNIT, ranked, text

_GROUP = text("Peers among whom the unit is also ranked.")
_RANK = ranked("Rank as it stands.")
_MEDIAN = ranked("Median rank of the draws.")
_LOW = ranked("Best rank of the middle 90 % of the draws.")
_HIGH = ranked("Worst rank of the middle 90 % of the draws.")
_FIRST = pa.Column(float, pa.Check.in_range(0, 1), nullable=True, description="Share of the draws in which it is first.")
_DRAWS = pa.Column(int, pa.Check.ge(1), description="How many draws.")
_SEED = pa.Column(int, description="Seed of the draws: the same seed, the same table.")


def _count(what: str, least: int = 0) -> pa.Column:
    return pa.Column(int, pa.Check.ge(least), description=what)


APPEALS = pa.DataFrameSchema(
    {
        "unit": UNIT,
        "group": _GROUP,
        "disputed": _count("On how many rows it claims more points than were verified."),
        "points_disputed": pa.Column(float, nullable=True, description="What they add to its total together."),
        "rank": _RANK,
        "best_rank": ranked("All its own appeals are granted and nobody else's."),
        "worst_rank": ranked("None of its own is granted, and all of the others'."),
        "component": text("The row whose appeal adds most; empty where it disputes none."),
        "component_points": pa.Column(float, nullable=True, description="What that appeal alone adds to its total."),
        "component_rank": ranked("Its rank if that appeal alone is granted."),
        "median_rank": _MEDIAN,
        "low_rank": _LOW,
        "high_rank": _HIGH,
        "first": _FIRST,
        "probability": pa.Column(float, pa.Check.in_range(0, 1), description="Chance of each appeal in the draws."),
        "draws": _DRAWS,
        "seed": _SEED,
        "approximate": pa.Column(bool, description="Whether rows scored beside the leader are disputed: the leader is held."),
    },
    strict=True,
    unique=["unit"],
    name="appeals",
    description="One row per unit. dti_analysis.scores.appeals.appeals.",
)
DISPUTED = pa.DataFrameSchema(
    {
        "unit": UNIT,
        "component": COMPONENT,
        "claimed": pa.Column(float, description="Points of the row as self-assessed."),
        "verified": pa.Column(float, description="Points of the row as verified."),
        "points": pa.Column(float, pa.Check.ge(0), description="claimed − verified; 0 for a gate."),
        "total_points": pa.Column(float, description="What the unit's total gains if this row alone is granted."),
    },
    strict=True,
    unique=["unit", "component"],
    name="disputed",
    description="One row per row on which a unit claims more than was verified. dti_analysis.scores.disputes.Disputes.rows.",
)
BAND_CHANCES = pa.DataFrameSchema(
    {
        "unit": UNIT,
        "band": _count("Order of the band, 1 is best.", 1),
        "chance": pa.Column(float, pa.Check.in_range(0, 1), description="Share of the draws in which the unit is in it."),
    },
    strict=True,
    unique=["unit", "band"],
    name="band_chances",
    description="One row per unit and band. dti_analysis.scores.appeals.chances_of_bands.",
)
WEIGHTS = pa.DataFrameSchema(
    {
        "unit": UNIT,
        "group": _GROUP,
        "rank": _RANK,
        "median_rank": _MEDIAN,
        "low_rank": _LOW,
        "high_rank": _HIGH,
        "first": _FIRST,
        "criteria": _count("On how many criteria weights were drawn: the finest that are known of every unit and add up.", 2),
        "spread": pa.Column(float, pa.Check.in_range(0, 1), description="How far a weight may lie from the act's (share)."),
        "draws": _DRAWS,
        "seed": _SEED,
    },
    strict=True,
    unique=["unit"],
    name="weights",
    description="One row per unit with points. dti_analysis.scores.robustness.weighted.",
)
LEFT_OUT = pa.DataFrameSchema(
    {
        "component": COMPONENT,
        "level": LEVEL,
        "unit": UNIT,
        "rank": _RANK,
        "rank_without": ranked("Rank without the component; empty where nothing else applies to the unit."),
        "shift": pa.Column(float, nullable=True, description="rank − rank_without: positive, it would stand higher without."),
    },
    strict=True,
    unique=["component", "unit"],
    name="left_out",
    description="One row per component and unit. dti_analysis.scores.robustness.left_out.",
)
SHIFTS = pa.DataFrameSchema(
    {
        "component": COMPONENT,
        "level": LEVEL,
        "weight": pa.Column(float, pa.Check.ge(0), description="Its maximum ÷ the act's."),
        "moved": _count("How many units change rank without it."),
        "max_shift": pa.Column(float, pa.Check.ge(0), description="The most places that one moves, whichever way."),
        "mean_shift": pa.Column(float, pa.Check.ge(0), description="Mean of the places moved, whichever way."),
        "gains": text("The unit that would rise most without it; empty where none would."),
        "gains_by": pa.Column(float, pa.Check.ge(0), description="By how many places."),
        "loses": text("The unit that would fall most without it; empty where none would."),
        "loses_by": pa.Column(float, pa.Check.ge(0), description="By how many places."),
    },
    strict=True,
    unique=["component"],
    name="shifts",
    description="One row per component left out. dti_analysis.scores.robustness.shifts.",
)
PRINTED = pa.DataFrameSchema(
    {
        "unit": UNIT,
        "group": _GROUP,
        "rank": _RANK,
        "low": pa.Column(float, nullable=True, description="Least points of the total that the printed figures allow."),
        "high": pa.Column(float, nullable=True, description="Most points of the total that they allow."),
        "best_rank": ranked("The unit at its high end, all others at their low one."),
        "worst_rank": ranked("The unit at its low end, all others at their high one."),
    },
    strict=True,
    unique=["unit"],
    name="printed",
    description="One row per unit: ranks that the rounding of printed figures allows. dti_analysis.scores.printed.printed.",
)
PLACES_APART = pa.DataFrameSchema(
    {
        "by": pa.Column(str, pa.Check.isin(["appeals", "weights"]), description="What was drawn."),
        "places": _count("How many places two units lie apart.", 1),
        "pairs": _count("How many pairs of units do."),
        "firm": _count("How many of them keep their order in 90 % of the draws."),
        "share": pa.Column(float, nullable=True, description="firm ÷ pairs; empty without such a pair."),
        "share_from": pa.Column(float, nullable=True, description="The same of all pairs so far apart or further."),
    },
    strict=True,
    unique=["by", "places"],
    name="places_apart",
    description="One row per distance in places. dti_analysis.scores.places_apart.places_apart.",
)
FIRMNESS = [APPEALS, DISPUTED, BAND_CHANCES, WEIGHTS, LEFT_OUT, SHIFTS, PRINTED, PLACES_APART]
