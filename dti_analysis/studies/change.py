"""What changed in a study, and why: since the year before, and from self-assessment to appraisal."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dti_analysis.common.exact import Rational, choose
from dti_analysis.records.successors import successors
from dti_analysis.scores import rank_explained as ranking
from dti_analysis.scores import score_explained as scoring
from dti_analysis.scores.core import Core, core
from dti_analysis.scores.ledger import Ledger
from dti_analysis.scores.reasons import APPRAISAL_REASONS, appraisal_reasons
from dti_analysis.scores.reread import reach, reread

if TYPE_CHECKING:
    from dti_analysis.studies.study import Study


class Change:
    """The tables that explain a study's change, each when first asked for; of two years, None where `silent` says why."""

    def __init__(self, study: Study):
        self.study = study
        self._passed: dict[str, pd.DataFrame] = {}

    def __repr__(self) -> str:
        return f"Change({self.study!r})"

    @property
    def silent(self) -> str:
        """Why nothing can be said of two years: `alone` (one year only), `provisional` (not decided yet), `part` (one known in
        part); empty where it can."""
        if self.study.before is None:
            return "alone"
        if self.study.provisional or self.study.before.provisional:
            return "provisional"
        return "" if self.study.moved else "part"

    @cached_property
    def core(self) -> Core | None:
        """Both years on what is comparable."""
        if self.silent or self.study.before is None:
            return None
        before, forms = self.study.before, self.study.before.rows_on("verified")
        again = {} if before.framework.id == self.study.framework.id else reread(forms, self._old, self.study.framework)
        merged = np.isin(self._old.units, list(self.study.carried))  # of them there is no one form to read again
        return core(self._old, self._new, {code: choose(merged, None, read) for code, read in again.items()})

    @cached_property
    def ranks(self) -> pd.DataFrame | None:
        """Why each rank moved: dti_analysis.scores.rank_explained.rank_explained."""
        if self.core is None:
            return None
        return ranking.rank_explained(self._old, self._new, self.core, successors(self.study.data.units))

    @cached_property
    def scores(self) -> pd.DataFrame | None:
        """Where each change of score comes from: dti_analysis.scores.score_explained.score_explained."""
        return None if self.core is None else scoring.score_explained(self.core, self._old, self._new)

    @cached_property
    def kinds(self) -> pd.DataFrame | None:
        """Its contributions by kind, one row per unit: dti_analysis.scores.score_explained.by_kind."""
        return None if self.scores is None else scoring.by_kind(self.scores)

    @cached_property
    def reasons(self) -> pd.DataFrame:
        """Claimed to appraised by reason: dti_analysis.scores.reasons.appraisal_reasons; empty where nobody claimed points."""
        if self.study.appraisal.empty:
            return pd.DataFrame(columns=APPRAISAL_REASONS)
        claimed = Ledger(self.study.exact("self"), self.study.framework)
        return appraisal_reasons(claimed, self._new, self.study.rows)

    @property
    def same_set(self) -> bool:
        """Whether both years were scored under the same set."""
        return self.study.before is not None and self.study.before.framework.id == self.study.framework.id

    @cached_property
    def reach(self) -> Rational | None:
        """The share of this year's points under whose rules last year's forms can be read."""
        return None if self.study.before is None else reach(self.study.before.framework, self.study.framework)

    def passed(self, unit: str) -> pd.DataFrame | None:
        """Whom a unit passed and who passed it: dti_analysis.scores.rank_explained.passed."""
        if self.ranks is None:
            return None
        if unit not in self._passed:
            self._passed[unit] = ranking.passed(self.ranks, unit)
        return self._passed[unit]

    @cached_property
    def _new(self) -> Ledger:
        exact = self.study.exact("verified")
        return Ledger(exact[~exact["unit"].isin(self.study.not_ranked)], self.study.framework)

    @cached_property
    def _old(self) -> Ledger:
        assert self.study.before is not None
        return (
            Ledger(self.study.exact_before, self.study.before.framework)
            if self.study.carried
            else self.study.before.change._new
        )
