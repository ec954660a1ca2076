"""How a study's figures stand: what is still possible while something is open, and how far each score can be relied on."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from dti_analysis.scores.bounds import OPEN, bounds
from dti_analysis.scores.reliability import reliability
from dti_analysis.scores.scoring import exact_scores

if TYPE_CHECKING:
    from dti_analysis.studies.study import Study


class Standing:
    """The tables `bounds` and `reliability` of a study, each computed when first asked for."""

    def __init__(self, study: Study):
        self.study = study

    def __repr__(self) -> str:
        return f"Standing({self.study!r})"

    @cached_property
    def bounds(self) -> pd.DataFrame:
        """What each unit can still reach (dti_analysis.scores.bounds). Of a part of the units there are no ranks: who is not
        known may stand anywhere. What rolls up from units below is taken as it stands, whatever is open there."""
        study = self.study
        scores = study.verified
        if study.waiting or scores["state"].isin(OPEN).any():  # else nothing is added up, and the floats are as good
            due = study.due if study.provisional else study.units  # who is waited for may still come out anywhere
            scores = study.marked(exact_scores(study.framework, study.rows, due, str(study.data.assessment_file(study.key))))
        table = bounds(scores, study.framework, assessment=study.rows)
        return table.assign(rank_low=float("nan"), rank_high=float("nan")) if study.partial else table

    @cached_property
    def reliability(self) -> pd.DataFrame:
        """How far each score can be relied on (dti_analysis.scores.reliability)."""
        study = self.study
        return reliability(study.framework, study.filed, study.scores)
