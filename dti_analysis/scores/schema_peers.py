"""What every column of the tables on peers and models holds."""

from __future__ import annotations

import pandera.pandas as pa

from dti_analysis.scores.full_marks import WITHIN
from dti_analysis.scores.peers import WAYS
from dti_analysis.scores.schema_columns import COMPONENT, MAX, UNIT, text
from dti_analysis.scores.standouts import KINDS

_WAY = "features (what units have to work with), profile (how their pillars' scores look), chosen (named by the reader)"
PEER = pa.DataFrameSchema(
    {
        "unit": UNIT,
        "peer": text("Id of a unit like it; never the unit itself."),
        "place": pa.Column(int, pa.Check.ge(1), description="1 is the nearest; equal distances in the order of the ids."),
        "distance": pa.Column(
            float,
            pa.Check.ge(0),
            nullable=True,
            description="Distance of the two, 0 where alike in all that is compared; empty where chosen and not comparable.",
        ),
        "by": pa.Column(str, pa.Check.isin(WAYS), description=f"How it was found: {_WAY}."),
        "on": text("What was compared: names of features, or codes of pillars, with spaces between."),
    },
    strict=True,
    unique=["unit", "peer"],
    name="peers",
    description="One row per unit and peer. dti_analysis.scores.peers.peers.",
)
FULL_MARKS = pa.DataFrameSchema(
    {
        "unit": UNIT,
        "component": COMPONENT,
        "points": pa.Column(float, description="Points of the unit."),
        "max_points": MAX,
        "gap": pa.Column(float, pa.Check.gt(0), description="max_points − points."),
        "within": pa.Column(
            str,
            pa.Check.isin(WITHIN),
            description="Who has the maximum: peers; cohort (no peer, but others); nobody.",
        ),
        "known": pa.Column(int, pa.Check.ge(0), description="Of how many of these the points are known."),
        "at_max": pa.Column(int, pa.Check.ge(0), description="How many of these have the maximum."),
        "who": text("Ids of the first few of them, nearest first, with spaces between; empty where nobody is above the unit."),
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
        "component": COMPONENT,
        "place": pa.Column(int, pa.Check.ge(1), description="1 is the model; others come next. Equal figures share one."),
        "unit": UNIT,
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
        "unit": UNIT,
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
        "unit": UNIT,
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
        "unit": UNIT,
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
