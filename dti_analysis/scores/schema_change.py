"""What every column of the tables on why ranks and scores moved holds."""

from __future__ import annotations

import pandera.pandas as pa

from dti_analysis.scores.core import KINDS
from dti_analysis.scores.rank_explained import STATUS
from dti_analysis.scores.reasons import REASONS
from dti_analysis.scores.schema_columns import POINTS, UNIT, exact, places, ranked, text

RANKS_EXPLAINED = pa.DataFrameSchema(
    {
        "unit": UNIT,
        "status": pa.Column(
            str,
            pa.Check.isin(STATUS),
            description="Ranked in both years, entered, left, or merged: left into, or entered as, a successor.",
        ),
        "from_rank": ranked("Rank in the earlier year; empty for a unit that was not ranked."),
        "to_rank": ranked("Rank in the later year; empty for a unit that is not ranked."),
        "rank_change": places("from_rank − to_rank, the sum of the six parts that follow"),
        "own": places("What its own change did, the mean of both orders; empty too where it has no core"),
        "others": places("What the change of the others did, the mean of both orders; empty too where it has no core"),
        "entered": places("What units did that entered"),
        "left": places("What units did that left"),
        "merged": places("What mergers did"),
        "criteria_set": places("What the rank on the total moved beyond that on the comparable core"),
        "score_before": exact("points ÷ max_points of the total in the earlier year."),
        "score_after": exact("points ÷ max_points of the total in the later year."),
        "core_before": exact("The same on the comparable core; the total where the set did not change; empty without a core."),
        "core_after": exact("The same of the later year."),
        "core_share": exact("Share of the later year's points that the core holds."),
    },
    strict=True,
    unique=["unit"],
    name="ranks_explained",
    description="One row per unit ranked in either year. dti_analysis.scores.rank_explained.rank_explained.",
)
SCORES_EXPLAINED = pa.DataFrameSchema(
    {
        "unit": UNIT,
        "level": pa.Column(str, pa.Check.isin(["criterion", "pillar"]), description="A criterion, or the sum of a pillar's."),
        "component": text("Codes in the later year's set, separated by spaces; empty where dropped."),
        "was": text("Codes in the earlier year's set, separated by spaces; empty where new, and of pillars."),
        "kind": pa.Column(
            str,
            pa.Check.isin(KINDS),
            description="Own change on the same set or on linked criteria (same, linked), the earlier form under the later "
            "rule (method), another maximum, new, dropped, or other: what stands above the criteria.",
        ),
        "points_before": POINTS,
        "max_before": pa.Column(float, pa.Check.ge(0), nullable=True, description="Its maximum then."),
        "points_after": POINTS,
        "max_after": pa.Column(float, pa.Check.ge(0), nullable=True, description="Its maximum now."),
        "contribution": exact("To the change of the score, in share of the total; those of a level add up to it.", empty=False),
    },
    strict=True,
    unique=["unit", "level", "component", "was", "kind"],
    name="scores_explained",
    description="One row per unit ranked in both years, level, block and kind. "
    "dti_analysis.scores.score_explained.score_explained.",
)
APPRAISAL_REASONS = pa.DataFrameSchema(
    {
        "unit": UNIT,
        "reason": pa.Column(
            str,
            pa.Check.isin(REASONS),
            description="By the state of the evidence of the verified row: missing, partial, late, revalued (it was full), "
            "none_asked, not_stated; other: told by no one criterion.",
        ),
        "criteria": pa.Column(int, pa.Check.ge(0), description="How many criteria, or parts of them, changed for it."),
        "lost": exact("Points cut, 0 or more.", empty=False),
        "gained": exact("Points added, 0 or more.", empty=False),
        "difference": exact("gained − lost; those of a unit add up to verified − self of its total.", empty=False),
    },
    strict=True,
    unique=["unit", "reason"],
    name="appraisal_reasons",
    description="One row per unit that assessed itself and reason. dti_analysis.scores.reasons.appraisal_reasons.",
)
