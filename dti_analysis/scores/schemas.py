"""The tables, as promises: what every column holds. docs/data-dictionary.md is generated from here.

`python -m dti_analysis.scores.schemas` writes that page again. Imported where tables are checked, not where they are computed:
pandera takes longer to load than a year takes to score.
"""

from __future__ import annotations

from typing import get_args

import pandas as pd
import pandera.pandas as pa

from dti_analysis.common.rooms import REPOSITORY
from dti_analysis.criteria.framework import Kind
from dti_analysis.scores.gaps import TIERS
from dti_analysis.scores.movement import DIRECTIONS
from dti_analysis.scores.scoring import STATES

_UNIT = pa.Column(str, description="Id of the unit, as in units.csv or in the assessment.")
_BASIS = pa.Column(str, pa.Check.isin(["self", "verified"]), description="Who assessed: the unit itself, or the council.")
_COMPONENT = pa.Column(str, description="Code in the framework; `total` is the whole.")
_LEVEL = pa.Column(
    str,
    pa.Check.isin(get_args(Kind)),
    description="Kind of the component; a subpillar is an indicator that is divided into indicators.",
)
_STATE = pa.Column(
    str,
    pa.Check.isin(STATES),
    description="How the figure is known: assessed by its rule or parts, stated from above, missing (nothing handed in), not "
    "applicable, or unknown (below a stated component).",
)
_POINTS = pa.Column(float, nullable=True, description="Points awarded; negative only for a penalty; empty where unknown.")
_MAX = pa.Column(float, pa.Check.ge(0), description="Points attainable by this unit.")
_SCORE = pa.Column(
    float,
    nullable=True,
    description="points ÷ max_points, 0–1 (more only by a bonus, less only by a penalty); empty where max_points is 0.",
)


def _rank(text: str) -> pa.Column:
    return pa.Column(float, pa.Check.ge(1), nullable=True, coerce=True, description=text)


def _text(text: str, required: bool = True) -> pa.Column:
    return pa.Column(str, description=text, required=required)


ASSESSMENT = pa.DataFrameSchema(
    {
        "year": pa.Column(int, description="Year assessed."),
        "unit": _UNIT,
        "indicator": _text("Code of a component: one that is measured, or one whose own figure is stated."),
        "basis": _BASIS,
        "value": _text(
            "What was measured, as written; empty = missing, `n/a` = not applicable. Of a component, its own figure."
        ),
        "evidence": _text("What proves it, or what the council said of it.", required=False),
        "evidence_state": _text("State of the evidence: full, partial, missing, late, none.", required=False),
        "source": _text("Id of the reference, or `sample`.", required=False),
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
        "unit": _UNIT,
        "group": _text("Peers among whom the unit is also ranked."),
        "basis": _BASIS,
        "component": _COMPONENT,
        "level": _LEVEL,
        "state": _STATE,
        "points": _POINTS,
        "max_points": _MAX,
        "score": _SCORE,
        "rank": _rank("Rank among all units, 1 is best; equal figures share one by the act's tie rule."),
        "rank_in_group": _rank("Rank among the unit's group."),
    },
    strict=True,
    unique=["year", "unit", "basis", "component"],
    name="scores",
    description="One row per year, unit, basis and component. dti_analysis.scores.scoring.score.",
)
GAPS = pa.DataFrameSchema(
    {
        "year": pa.Column(description="Year assessed."),
        "unit": _UNIT,
        "basis": _BASIS,
        "component": _COMPONENT,
        "level": _LEVEL,
        "state": _STATE,
        "finest": pa.Column(bool, description="Whether nothing below it is known: the criteria of a unit, each once."),
        "points": _POINTS,
        "max_points": _MAX,
        "score": _SCORE,
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
        "unit": _UNIT,
        "component": _COMPONENT,
        "from_year": pa.Column(description="The earlier year."),
        "to_year": pa.Column(description="The later year."),
        "from_rank": _rank("Rank in the earlier year; empty for a unit that entered."),
        "to_rank": _rank("Rank in the later year; empty for a unit that left."),
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
_STEP = {
    "component": _text("Code of the criterion."),
    "indicator": _text("Code of the row of the form: the criterion, or a part of its rule."),
    "cell": _text("Cell of that row which changes."),
    "before": _text("What it holds."),
    "after": _text("What it would hold."),
    "change": pa.Column(float, nullable=True, description="after − before; empty where they are no numbers."),
    "gain": pa.Column(float, description="Points that the unit's total gains."),
    "reaches_maximum": pa.Column(bool, description="Whether the rule then gives its maximum."),
}
_AFTER = {
    "points_after": pa.Column(float, description="The unit's points on the total then."),
    "rank_after": _rank("Its rank then, other units as they are taken to stand."),
}
STEP_RANKS = pa.DataFrameSchema(
    {"unit": _UNIT, **_STEP, **_AFTER},
    strict=True,
    unique=["unit", "component"],
    name="step_ranks",
    description="The single steps that gain a unit most, each as if done alone. dti_analysis.scores.planning.step_ranks.",
)
PLAN = pa.DataFrameSchema(
    {
        "order": pa.Column(int, pa.Check.ge(1), description="Which comes first: most gain for the effort."),
        **_STEP,
        "effort": pa.Column(float, pa.Check.gt(0), description="1 for each next step, or what the table of efforts gives."),
        "owner": _text("Who is in charge, as the table of efforts says."),
        "due": _text("By when, as it says."),
        **_AFTER,
    },
    strict=True,
    unique=["order"],
    name="plan",
    description="The steps of one unit to a target, points and rank after each. dti_analysis.scores.planning.plan.",
)
KEPT = pa.DataFrameSchema(
    {
        "component": _text("Code of a criterion that has points now."),
        "points": _POINTS,
        "max_points": _MAX,
        "at_max": pa.Column(bool, description="Whether it has its maximum."),
    },
    strict=True,
    unique=["component"],
    name="keep",
    description="What a plan rests on and must not fall. dti_analysis.scores.planning.keep.",
)
WHAT_IF = pa.DataFrameSchema(
    {
        "component": _COMPONENT,
        "max_points": _MAX,
        "points_before": _POINTS,
        "points_after": _POINTS,
        "score_before": _SCORE,
        "score_after": _SCORE,
        "rank_before": _rank("Rank with the figures handed in."),
        "rank_after": _rank("Rank with the changed ones, others unchanged."),
        "passed": _text("Ids of the units that the unit passes, divided by blanks."),
        "passed_by": _text("Ids of the units that pass it."),
    },
    strict=True,
    unique=["component"],
    name="what_if",
    description="The total and the criteria changed, before and after. dti_analysis.scores.whatif.what_if.",
)
PROGRESS = pa.DataFrameSchema(
    {
        "as_of": _text("Day that the figures are of, as 2025-06-30."),
        "unit": _UNIT,
        "points": _POINTS,
        "max_points": _MAX,
        "score": _SCORE,
        "rank": _rank("Rank by level at that day."),
        "progress": pa.Column(float, description="score − score at the unit's first day."),
        "rank_of_progress": _rank("Rank by progress, by the act's rounding and ties; empty at the first day."),
        "path": pa.Column(float, nullable=True, description="Score on the straight path to the target; empty without one."),
        "on_path": pa.Column(
            "boolean", nullable=True, description="Whether the score has reached the path; empty without one."
        ),
    },
    strict=True,
    unique=["as_of", "unit"],
    name="progress",
    description="Dated assessments of one year. dti_analysis.scores.progress.progress.",
)
TABLES = [ASSESSMENT, SCORES, GAPS, MOVEMENT, STEP_RANKS, PLAN, KEPT, WHAT_IF, PROGRESS]
_KINDS = {
    "string[python]": "text",
    "float64": "number",
    "int64": "whole number",
    "bool": "yes or no",
    "boolean": "yes or no",
    "None": "whole number",
}
DICTIONARY = REPOSITORY / "docs" / "data-dictionary.md"


def dictionary() -> str:
    """The data dictionary, as Markdown."""
    lines = ["# Data dictionary", "", "Generated by `python -m dti_analysis.scores.schemas`; a test keeps it in step.", ""]
    for table in TABLES:
        lines += [
            f"## {table.name}",
            "",
            str(table.description),
            "",
            "| column | type | may be empty | what |",
            "|---|---|---|---|",
        ]
        for name, column in table.columns.items():
            empty = "yes" if column.nullable else "column may be absent" if not column.required else "no"
            kind = _KINDS[str(column.dtype)]
            lines.append(f"| `{name}` | {kind} | {empty} | {column.description} |")
        lines.append("")
    return "\n".join(lines)


def validated(table: pd.DataFrame, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """The table, if it keeps its promise. Raises pandera's SchemaErrors with every breach."""
    return schema.validate(table, lazy=True)


if __name__ == "__main__":
    DICTIONARY.write_text(dictionary(), encoding="utf-8")
