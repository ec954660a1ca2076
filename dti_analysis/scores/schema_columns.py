"""The columns that many tables share, as promises."""

from __future__ import annotations

from typing import get_args

import pandera.pandas as pa

from dti_analysis.common.exact import Rational
from dti_analysis.criteria.framework import Kind
from dti_analysis.scores.scoring import STATES

UNIT = pa.Column(str, description="Id of the unit, as in units.csv or in the assessment.")
BASIS = pa.Column(str, pa.Check.isin(["self", "verified"]), description="Who assessed: the unit itself, or the council.")
COMPONENT = pa.Column(str, description="Code in the framework; `total` is the whole.")
LEVEL = pa.Column(
    str,
    pa.Check.isin(get_args(Kind)),
    description="Kind of the component; a subpillar is an indicator that is divided into indicators.",
)
STATE = pa.Column(
    str,
    pa.Check.isin(STATES),
    description="How the figure is known: assessed by its rule or parts, stated from above, missing (nothing handed in), not "
    "applicable, unknown (below a stated component), or claimed (not appraised yet: what the unit claims counts until then).",
)
POINTS = pa.Column(float, nullable=True, description="Points awarded; negative only for a penalty; empty where unknown.")
MAX = pa.Column(float, pa.Check.ge(0), description="Points attainable by this unit.")
SCORE = pa.Column(
    float,
    nullable=True,
    description="points ÷ max_points, 0–1 (more only by a bonus, less only by a penalty); empty where max_points is 0.",
)


def ranked(description: str) -> pa.Column:
    """A column of ranks, empty where there is none."""
    return pa.Column(float, pa.Check.ge(1), nullable=True, coerce=True, description=description)


def text(description: str, required: bool = True) -> pa.Column:
    """A column of texts."""
    return pa.Column(str, description=description, required=required)


_EXACT = pa.Check(lambda held: held is None or isinstance(held, Rational), element_wise=True, ignore_na=True)


def exact(description: str, empty: bool = True) -> pa.Column:
    """A column of exact numbers."""
    return pa.Column(object, _EXACT, nullable=empty, description=description)


def places(description: str) -> pa.Column:
    """A column of places risen."""
    return pa.Column(
        float, nullable=True, description=f"{description}; above 0 is a rise; empty for a unit not ranked in both years."
    )
