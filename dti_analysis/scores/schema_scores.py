"""What every column of an assessment, of scores, gaps and movement holds."""

from __future__ import annotations

import pandera.pandas as pa

from dti_analysis.scores.gaps import TIERS
from dti_analysis.scores.movement import DIRECTIONS
from dti_analysis.scores.schema_columns import BASIS, COMPONENT, LEVEL, MAX, POINTS, SCORE, STATE, UNIT, ranked, text

ASSESSMENT = pa.DataFrameSchema(
    {
        "year": pa.Column(int, description="Year assessed."),
        "unit": UNIT,
        "indicator": text("Code of a component: one that is measured, or one whose own figure is stated."),
        "basis": BASIS,
        "value": text(
            "What was measured, as written; empty = missing, `n/a` = not applicable. Of a component, its own figure."
        ),
        "evidence": text("What proves it, or what the council said of it.", required=False),
        "evidence_state": text("State of the evidence: full, partial, missing, late, none.", required=False),
        "explanation": text("What the unit said of its answer, as on its form.", required=False),
        "source": text("Id of the reference, or `sample`.", required=False),
        r"^[a-z]\d{0,2}$": pa.Column(
            str, regex=True, required=False, description="A number that the rule asks for, by its name in the act: a, b, q1."
        ),
    },
    strict=True,
    unique=["year", "unit", "indicator", "basis"],
    name="assessment",
    description="One row per year, unit, indicator and basis. Files in data/assessments/<place>/<index>/<year>/<level>.csv.",
)
SCORES = pa.DataFrameSchema(
    {
        "year": pa.Column(description="Year assessed; empty where the assessment names none."),
        "unit": UNIT,
        "group": text("Peers among whom the unit is also ranked."),
        "basis": BASIS,
        "component": COMPONENT,
        "level": LEVEL,
        "state": STATE,
        "points": POINTS,
        "max_points": MAX,
        "score": SCORE,
        "rank": ranked("Rank among all units, 1 is best; equal figures share one by the act's tie rule."),
        "rank_in_group": ranked("Rank among the unit's group."),
    },
    strict=True,
    unique=["year", "unit", "basis", "component"],
    name="scores",
    description="One row per year, unit, basis and component. dti_analysis.scores.scoring.score.",
)
GAPS = pa.DataFrameSchema(
    {
        "year": pa.Column(description="Year assessed."),
        "unit": UNIT,
        "basis": BASIS,
        "component": COMPONENT,
        "level": LEVEL,
        "state": STATE,
        "finest": pa.Column(bool, description="Whether nothing below it is known: the criteria of a unit, each once."),
        "points": POINTS,
        "max_points": MAX,
        "score": SCORE,
        "gap": pa.Column(
            float,
            description="max_points − points; children's add up to their parent's, parts of `best` and `base_plus` apart.",
        ),
        "tier": pa.Column(
            str,
            pa.Check.isin(TIERS),
            description="Where the score stands, in exactly one: nothing earned, under the threshold of low, between it and "
            "that of high, from there on, at the maximum.",
        ),
        "share_of_total_gap": pa.Column(
            float, nullable=True, description="gap ÷ the gap of the unit's total; empty where that is 0."
        ),
    },
    strict=True,
    unique=["year", "unit", "basis", "component"],
    name="gaps",
    description="One row per year, unit, basis and scored component. dti_analysis.scores.gaps.gaps.",
)
MOVEMENT = pa.DataFrameSchema(
    {
        "unit": UNIT,
        "component": COMPONENT,
        "from_year": pa.Column(description="The earlier year."),
        "to_year": pa.Column(description="The later year."),
        "from_rank": ranked("Rank in the earlier year; empty for a unit that entered."),
        "to_rank": ranked("Rank in the later year; empty for a unit that left."),
        "rank_change": pa.Column(float, nullable=True, coerce=True, description="from_rank − to_rank: positive is a rise."),
        "score_change": pa.Column(float, nullable=True, description="Later score − earlier score; read it only if comparable."),
        "direction": pa.Column(str, pa.Check.isin(DIRECTIONS), description="Which way the rank went."),
        "comparable": pa.Column(bool, description="Whether both scores were earned on the same criterion."),
        "reason": pa.Column(
            str, pa.Check.isin(["", "criteria_set_changed"]), description="Why they are not comparable; empty if they are."
        ),
    },
    strict=True,
    unique=["unit", "component"],
    name="movement",
    description="One row per unit and component found in both years. dti_analysis.scores.movement.movement.",
)
