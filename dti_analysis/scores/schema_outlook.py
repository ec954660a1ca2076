"""What every column of the tables on what could be holds: what-ifs, steps, plans."""

from __future__ import annotations

import pandera.pandas as pa

from dti_analysis.scores.schema_columns import COMPONENT, MAX, POINTS, SCORE, ranked, text

_CHANGES = text("Cells and what they would hold, as `dti whatif --set` takes them, separated by spaces.")
TRIED = pa.DataFrameSchema(
    {
        "component": COMPONENT,
        "points_before": POINTS,
        "points_after": POINTS,
        "max_points": MAX,
        "score_before": SCORE,
        "score_after": SCORE,
        "rank_before": ranked("Rank as it is."),
        "rank_after": ranked("Rank with the other figures, all other units unchanged."),
    },
    strict=True,
    unique=["component"],
    name="what_if",
    description="One row for the total, each changed criterion and what is above it. dti_analysis.scores.whatif.what_if.",
)
RANKS_OF_STEPS = pa.DataFrameSchema(
    {
        "component": COMPONENT,
        "changes": _CHANGES,
        "gain": pa.Column(float, pa.Check.gt(0), description="Points that the total gains by it alone."),
        "points_after": pa.Column(float, description="Points of the total then."),
        "rank_after": ranked("Rank then, all other units unchanged."),
    },
    strict=True,
    unique=["component"],
    name="step_ranks",
    description="One row per criterion that can earn a unit more, most points first. dti_analysis.scores.planning.step_ranks.",
)
PLANNED = pa.DataFrameSchema(
    {
        "place": pa.Column(int, pa.Check.ge(1), description="Order of the steps, most points for their effort first."),
        "component": COMPONENT,
        "changes": _CHANGES,
        "gain": pa.Column(float, description="Points that the total gains by it after the steps before."),
        "effort": pa.Column(float, pa.Check.gt(0), description="What it costs: 1, unless a table of efforts says otherwise."),
        "owner": text("Who does it, if the table of efforts says so."),
        "due": text("By when, if the table of efforts says so."),
        "points_after": pa.Column(float, description="Points of the total after it."),
        "rank_after": ranked("Rank after it, the others as the plan takes them to move."),
    },
    strict=True,
    unique=["component"],
    name="plan",
    description="One row per criterion that a plan changes. dti_analysis.scores.planning.plan.",
)
