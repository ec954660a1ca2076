"""The tables, as promises: what every column holds. docs/data-dictionary.md is generated from here.

`python -m dti_analysis.scores.schemas` writes that page again. Imported where tables are checked, not where they are computed:
pandera takes longer to load than a year takes to score.
"""

from __future__ import annotations

from typing import get_args

import pandas as pd
import pandera.pandas as pa

from dti_analysis.common.exact import Rational
from dti_analysis.common.rooms import REPOSITORY
from dti_analysis.criteria.framework import Kind
from dti_analysis.scores.core import KINDS
from dti_analysis.scores.gaps import TIERS
from dti_analysis.scores.movement import DIRECTIONS
from dti_analysis.scores.rank_explained import STATUS
from dti_analysis.scores.reasons import REASONS
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
_EXACT = pa.Check(lambda held: held is None or isinstance(held, Rational), element_wise=True, ignore_na=True)


def _exact(text: str, empty: bool = True) -> pa.Column:
    return pa.Column(object, _EXACT, nullable=empty, description=text)


def _places(text: str) -> pa.Column:
    return pa.Column(float, nullable=True, description=f"{text}; above 0 is a rise; empty for a unit not ranked in both years.")


RANKS_EXPLAINED = pa.DataFrameSchema(
    {
        "unit": _UNIT,
        "status": pa.Column(
            str,
            pa.Check.isin(STATUS),
            description="Ranked in both years, entered, left, or merged: left into, or entered as, a successor.",
        ),
        "from_rank": _rank("Rank in the earlier year; empty for a unit that was not ranked."),
        "to_rank": _rank("Rank in the later year; empty for a unit that is not ranked."),
        "rank_change": _places("from_rank − to_rank, the sum of the six parts that follow"),
        "own": _places("What its own change did, the mean of both orders; empty too where it has no core"),
        "others": _places("What the change of the others did, the mean of both orders; empty too where it has no core"),
        "entered": _places("What units did that entered"),
        "left": _places("What units did that left"),
        "merged": _places("What mergers did"),
        "criteria_set": _places("What the rank on the total moved beyond that on the comparable core"),
        "score_before": _exact("points ÷ max_points of the total in the earlier year."),
        "score_after": _exact("points ÷ max_points of the total in the later year."),
        "core_before": _exact("The same on the comparable core; the total where the set did not change; empty without a core."),
        "core_after": _exact("The same of the later year."),
        "core_share": _exact("Share of the later year's points that the core holds."),
    },
    strict=True,
    unique=["unit"],
    name="ranks_explained",
    description="One row per unit ranked in either year. dti_analysis.scores.rank_explained.rank_explained.",
)
SCORES_EXPLAINED = pa.DataFrameSchema(
    {
        "unit": _UNIT,
        "level": pa.Column(str, pa.Check.isin(["criterion", "pillar"]), description="A criterion, or the sum of a pillar's."),
        "component": _text("Codes in the later year's set, separated by spaces; empty where dropped."),
        "was": _text("Codes in the earlier year's set, separated by spaces; empty where new, and of pillars."),
        "kind": pa.Column(
            str,
            pa.Check.isin(KINDS),
            description="Own change on the same set or on linked criteria (same, linked), the earlier form under the later "
            "rule (method), another maximum, new, dropped, or other: what stands above the criteria.",
        ),
        "points_before": _POINTS,
        "max_before": pa.Column(float, pa.Check.ge(0), nullable=True, description="Its maximum then."),
        "points_after": _POINTS,
        "max_after": pa.Column(float, pa.Check.ge(0), nullable=True, description="Its maximum now."),
        "contribution": _exact(
            "To the change of the score, in share of the total; those of a level add up to it.", empty=False
        ),
    },
    strict=True,
    unique=["unit", "level", "component", "was", "kind"],
    name="scores_explained",
    description="One row per unit ranked in both years, level, block and kind. "
    "dti_analysis.scores.score_explained.score_explained.",
)
APPRAISAL_REASONS = pa.DataFrameSchema(
    {
        "unit": _UNIT,
        "reason": pa.Column(
            str,
            pa.Check.isin(REASONS),
            description="By the state of the evidence of the verified row: missing, partial, late, revalued (it was full), "
            "none_asked, not_stated; other: told by no one criterion.",
        ),
        "criteria": pa.Column(int, pa.Check.ge(0), description="How many criteria, or parts of them, changed for it."),
        "lost": _exact("Points cut, 0 or more.", empty=False),
        "gained": _exact("Points added, 0 or more.", empty=False),
        "difference": _exact("gained − lost; those of a unit add up to verified − self of its total.", empty=False),
    },
    strict=True,
    unique=["unit", "reason"],
    name="appraisal_reasons",
    description="One row per unit that assessed itself and reason. dti_analysis.scores.reasons.appraisal_reasons.",
)
TABLES = [ASSESSMENT, SCORES, GAPS, MOVEMENT, RANKS_EXPLAINED, SCORES_EXPLAINED, APPRAISAL_REASONS]
_KINDS = {
    "string[python]": "text",
    "float64": "number",
    "object": "exact number",
    "int64": "whole number",
    "bool": "yes or no",
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
