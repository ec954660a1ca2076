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
from dti_analysis.scores.full_marks import WITHIN
from dti_analysis.scores.gaps import TIERS
from dti_analysis.scores.movement import DIRECTIONS
from dti_analysis.scores.peers import WAYS
from dti_analysis.scores.scoring import STATES
from dti_analysis.scores.standouts import KINDS

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
_WAY = "features (what units have to work with), profile (how their pillars' scores look), chosen (named by the reader)"
PEER = pa.DataFrameSchema(
    {
        "unit": _UNIT,
        "peer": _text("Id of a unit like it; never the unit itself."),
        "place": pa.Column(int, pa.Check.ge(1), description="1 is the nearest; equal distances in the order of the ids."),
        "distance": pa.Column(
            float,
            pa.Check.ge(0),
            nullable=True,
            description="Distance of the two, 0 where alike in all that is compared; empty where chosen and not comparable.",
        ),
        "by": pa.Column(str, pa.Check.isin(WAYS), description=f"How it was found: {_WAY}."),
        "on": _text("What was compared: names of features, or codes of pillars, with spaces between."),
    },
    strict=True,
    unique=["unit", "peer"],
    name="peers",
    description="One row per unit and peer. dti_analysis.scores.peers.peers.",
)
FULL_MARKS = pa.DataFrameSchema(
    {
        "unit": _UNIT,
        "component": _COMPONENT,
        "points": pa.Column(float, description="Points of the unit."),
        "max_points": _MAX,
        "gap": pa.Column(float, pa.Check.gt(0), description="max_points − points."),
        "within": pa.Column(
            str,
            pa.Check.isin(WITHIN),
            description="Who has the maximum: peers; cohort (no peer, but others); nobody.",
        ),
        "known": pa.Column(int, pa.Check.ge(0), description="Of how many of these the points are known."),
        "at_max": pa.Column(int, pa.Check.ge(0), description="How many of these have the maximum."),
        "who": _text("Ids of the first few of them, nearest first, with spaces between; empty where nobody is above the unit."),
        "reached": pa.Column(
            float, nullable=True, description="Their score: 1, or the highest there is where nobody has the maximum."
        ),
    },
    strict=True,
    unique=["unit", "component"],
    name="full_marks",
    description="One row per criterion on which a unit misses points. dti_analysis.scores.full_marks.full_marks.",
)
MODELS = pa.DataFrameSchema(
    {
        "model": pa.Column(
            str,
            pa.Check.isin(KINDS),
            description="best, steadiest, fastest, or for_its_means (best with what it has).",
        ),
        "component": _COMPONENT,
        "place": pa.Column(int, pa.Check.ge(1), description="1 is the model; others come next. Equal figures share one."),
        "unit": _UNIT,
        "score": pa.Column(float, description="Score of the unit on the total, 0–1."),
        "figure": pa.Column(
            float,
            description="What makes it a model: the score on the component, spread of its pillars, change of its score, or "
            "how far it is ahead of the mean of its peers.",
        ),
        "by": pa.Column(str, pa.Check.isin(["", *WAYS]), description=f"Of for_its_means, how its peers were found: {_WAY}."),
    },
    strict=True,
    unique=["model", "component", "unit"],
    name="models",
    description="One row per model and unit that is one. dti_analysis.scores.standouts.models.",
)
STEADINESS = pa.DataFrameSchema(
    {
        "unit": _UNIT,
        "score": pa.Column(float, description="Score on the total, 0–1."),
        "pillars": pa.Column(int, pa.Check.ge(2), description="How many pillars apply to it."),
        "spread": pa.Column(
            float, pa.Check.ge(0), description="Standard deviation of the pillars' scores, weighted by their points; 0 is even."
        ),
    },
    strict=True,
    unique=["unit"],
    name="steadiness",
    description="One row per unit of which all pillars are known. dti_analysis.scores.standouts.steadiness.",
)
PROGRESS = pa.DataFrameSchema(
    {
        "unit": _UNIT,
        "share": pa.Column(float, pa.Check.gt(0), description="Part of its points that both years measured, 0–1."),
        "before": pa.Column(float, description="Score on that part a year earlier, at this year's weights."),
        "now": pa.Column(float, description="Score on that part this year."),
        "change": pa.Column(float, description="now − before."),
    },
    strict=True,
    unique=["unit"],
    name="progress",
    description="One row per unit known in both years. dti_analysis.scores.standouts.progress.",
)
MEANS = pa.DataFrameSchema(
    {
        "unit": _UNIT,
        "score": pa.Column(float, description="Score on the total, 0–1."),
        "peers": pa.Column(int, pa.Check.ge(1), description="How many of its peers count."),
        "place": pa.Column(int, pa.Check.ge(1), description="Its place among them and itself; 1 is best."),
        "peers_mean": pa.Column(float, description="Plain mean of their scores."),
        "ahead": pa.Column(float, description="score − peers_mean."),
        "by": pa.Column(str, pa.Check.isin(WAYS), description=f"How its peers were found: {_WAY}."),
    },
    strict=True,
    unique=["unit"],
    name="means",
    description="One row per unit that has peers. dti_analysis.scores.standouts.for_their_means.",
)
WHAT_IF = pa.DataFrameSchema(
    {
        "component": _COMPONENT,
        "points_before": pa.Column(float, nullable=True, description="Points now; empty where unknown."),
        "points_after": pa.Column(float, nullable=True, description="Points with the other figures."),
        "max_points": pa.Column(float, pa.Check.ge(0), description="Points attainable with the other figures."),
        "score_before": pa.Column(float, nullable=True, description="points ÷ max_points now."),
        "score_after": pa.Column(float, nullable=True, description="points ÷ max_points with the other figures."),
        "rank_before": _rank("Rank among all units now."),
        "rank_after": _rank("Rank with the other figures, all other units unchanged."),
    },
    strict=True,
    unique=["component"],
    name="what_if",
    description="One row per component that a change of figures touches, the total first. dti_analysis.scores.whatif.what_if.",
)
_CHANGES = _text("What changes, as `dti whatif --set` takes it: CODE.cell=figure, with spaces between.")
_GAIN = "Points that the total gains"
_RANK_AFTER = "Rank that the unit then has, the others as in the field."
STEP_RANKS = pa.DataFrameSchema(
    {
        "component": _COMPONENT,
        "changes": _CHANGES,
        "gain": pa.Column(float, pa.Check.gt(0), description=f"{_GAIN} by this change alone."),
        "points_after": pa.Column(float, description="Points of the total after this change alone."),
        "rank_after": _rank(_RANK_AFTER),
    },
    strict=True,
    coerce=True,  # a table without rows has no types
    unique=["component"],
    name="step_ranks",
    description="One row per criterion on which one unit can earn more, most points first. "
    "dti_analysis.scores.planning.step_ranks.",
)
PLAN = pa.DataFrameSchema(
    {
        "place": pa.Column(
            int, pa.Check.ge(1), coerce=True, description="Order of the steps: most points for their effort first."
        ),
        "component": _COMPONENT,
        "changes": _CHANGES,
        "gain": pa.Column(float, coerce=True, description=f"{_GAIN} by this step after those before it."),
        "effort": pa.Column(
            float, pa.Check.gt(0), coerce=True, description="What the step costs: 1, or as the file of efforts says."
        ),
        "owner": _text("Who does it, if the file of efforts says."),
        "due": _text("By when, if the file of efforts says."),
        "points_after": pa.Column(float, coerce=True, description="Points of the total after this step and those before it."),
        "rank_after": _rank(_RANK_AFTER),
    },
    strict=True,
    coerce=True,  # a table without rows has no types
    unique=["component"],
    name="plan",
    description="One row per step of a plan, in order. dti_analysis.scores.planning.plan.",
)
TABLES = [
    ASSESSMENT, SCORES, GAPS, MOVEMENT, PEER, FULL_MARKS, MODELS, STEADINESS, PROGRESS, MEANS, WHAT_IF, STEP_RANKS, PLAN,
]  # fmt: skip
_KINDS = {"string[python]": "text", "float64": "number", "int64": "whole number", "bool": "yes or no", "None": "whole number"}
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
