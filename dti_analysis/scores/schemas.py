"""The four tables, as promises: what every column holds. docs/data-dictionary.md is generated from here.

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
from dti_analysis.scores.reliability import LETTERS, REASONS
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
BOUNDS = pa.DataFrameSchema(
    {
        "unit": _UNIT,
        "points_low": pa.Column(float, nullable=True, description="The fewest points still possible; empty where unknown."),
        "points_high": pa.Column(float, nullable=True, description="The most points still possible; empty where unknown."),
        "max_points": _MAX,
        "score_low": pa.Column(float, nullable=True, description="points_low ÷ max_points; empty where that is 0."),
        "score_high": pa.Column(float, nullable=True, description="points_high ÷ max_points; empty where that is 0."),
        "rank_low": _rank("Best rank still possible: the unit at its highest, all others at their lowest."),
        "rank_high": _rank("Worst rank still possible: the unit at its lowest, all others at their highest."),
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
        "unit": _UNIT,
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
PROGRESS = pa.DataFrameSchema(
    {
        "unit": _UNIT,
        "as_of": _text("Day of the assessment, as 2025-06-30."),
        "score": pa.Column(float, description="Score of the total on that day, 0–1."),
        "rank": _rank("Rank on that day, by level."),
        "progress": pa.Column(float, description="score − the unit's first score."),
        "rank_of_progress": _rank("Rank by progress, 1 is the largest; empty on a unit's first day."),
        "expected": pa.Column(float, nullable=True, description="Score on the straight path to the target; empty without one."),
        "on_path": pa.Column("boolean", nullable=True, description="Whether score ≥ expected; empty without a target."),
    },
    strict=True,
    unique=["unit", "as_of"],
    name="progress",
    description="One row per unit and day of a year's dated assessments. dti_analysis.scores.progress.progress.",
)
TABLES = [ASSESSMENT, SCORES, GAPS, MOVEMENT, BOUNDS, RELIABILITY, PROGRESS]
_KINDS = {
    "string[python]": "text", "float64": "number", "int64": "whole number", "bool": "yes or no", "boolean": "yes or no",
    "None": "whole number",
}  # fmt: skip
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
