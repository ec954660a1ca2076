"""What every column of the tables on what is still possible, on reliability and on progress within a year holds."""

from __future__ import annotations

import pandera.pandas as pa

from dti_analysis.scores.reliability import LETTERS, REASONS
from dti_analysis.scores.schema_columns import MAX, UNIT, ranked, text

BOUNDS = pa.DataFrameSchema(
    {
        "unit": UNIT,
        "points_low": pa.Column(float, nullable=True, description="The fewest points still possible; empty where unknown."),
        "points_high": pa.Column(float, nullable=True, description="The most points still possible; empty where unknown."),
        "max_points": MAX,
        "score_low": pa.Column(float, nullable=True, description="points_low ÷ max_points; empty where that is 0."),
        "score_high": pa.Column(float, nullable=True, description="points_high ÷ max_points; empty where that is 0."),
        "rank_low": ranked("Best rank still possible: the unit at its highest, all others at their lowest."),
        "rank_high": ranked("Worst rank still possible: the unit at its lowest, all others at their highest."),
        "open_points": pa.Column(float, nullable=True, description="What its own open rows may earn by their rules, added up."),
        "conservative": pa.Column(bool, description="Whether the bounds hold but may be wider than what can happen."),
    },
    strict=True,
    unique=["unit"],
    name="bounds",
    description="One row per unit: what is still possible while rows are missing or figures unknown. "
    "dti_analysis.scores.bounds.bounds.",
)


def _share(text: str) -> pa.Column:
    return pa.Column(float, pa.Check.in_range(0, 1), nullable=True, description=text)


_CODES = pa.Check.str_matches(rf"^(({'|'.join(REASONS)})( |$))*$")
RELIABILITY = pa.DataFrameSchema(
    {
        "unit": UNIT,
        "self_only": _share("Share of the points that were claimed and not verified."),
        "no_evidence": _share("Share without evidence that was due; empty where the form has no such column."),
        "missing": _share("Share of which nothing was handed in."),
        "small": _share("Share that rests on ratios of a denominator of 1 or 2."),
        "old": _share("Share of figures older than they should be; empty where no dates were given."),
        "in_doubt": _share("Share of which at least one of these holds."),
        "grade": pa.Column(str, pa.Check.isin(LETTERS), description="A to D, by the share in doubt."),
        "reasons": pa.Column(str, _CODES, description="The shares above 0 by name, largest first; empty if there are none."),
        "rests_on": pa.Column(str, _CODES, description="The shares that could be told: the grade rests on these alone."),
    },
    strict=True,
    unique=["unit"],
    name="reliability",
    description="One row per unit: how much of its score rests on what is weakly known. "
    "dti_analysis.scores.reliability.reliability.",
)
PATH = pa.DataFrameSchema(
    {
        "unit": UNIT,
        "as_of": text("Day of the assessment, as 2025-06-30."),
        "score": pa.Column(float, description="Score of the total on that day, 0–1."),
        "rank": ranked("Rank on that day, by level."),
        "progress": pa.Column(float, description="score − the unit's first score."),
        "rank_of_progress": ranked("Rank by progress, 1 is the largest; empty on a unit's first day."),
        "expected": pa.Column(float, nullable=True, description="Score on the straight path to the target; empty without one."),
        "on_path": pa.Column("boolean", nullable=True, description="Whether score ≥ expected; empty without a target."),
    },
    strict=True,
    unique=["unit", "as_of"],
    name="progress_in_year",
    description="One row per unit and day of a year's dated assessments. dti_analysis.scores.progress.progress.",
)
