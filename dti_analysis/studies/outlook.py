"""An outlook: what the units of a study would have, could reach, and lack to the next place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from dti_analysis.common.exact import Rational
from dti_analysis.common.faults import fault
from dti_analysis.scores import planning, whatif
from dti_analysis.scores.cohort import Cohort
from dti_analysis.scores.targets import Target, others_moved, read_target

if TYPE_CHECKING:
    from dti_analysis.studies.study import Study


class Outlook:
    """What may come of a study, on verified figures."""

    def __init__(self, study: Study):
        self.study = study

    @cached_property
    def cohort(self) -> Cohort:
        """The study's units, scored exactly. Raises Faults where results are known of a part of them only."""
        study = self.study
        if study.partial:
            found = f"results of {len(study.units)} of {len(study.due)} units"
            raise fault(self._source, "", found, "results of all, as a rank is among all")
        return Cohort(study.framework, study.rows, study.units, source=self._source)

    @property
    def _source(self) -> str:
        return str(self.study.data.assessment_file(self.study.key))

    def what_if(self, unit: str, changes: Mapping[str, object]) -> pd.DataFrame:
        """The unit's points and rank with some cells changed, {"P2.01.a": 812} (dti_analysis.scores.whatif.what_if)."""
        study, _ = self.study, self.cohort  # which says where nothing can be told
        return whatif.what_if(study.framework, study.rows, study.units, unit, changes, source=self._source)

    def plan(
        self, unit: str, target: str | Target = "next", moving: str = "", efforts: pd.DataFrame | None = None
    ) -> planning.Plan:
        """The plan of least effort to a target: `rank 3`, `80%`, `points 800`, `band 2`, `next`.

        Others stand still, or are `moving`: `last_year` (each changes again as it did then), `best` (each at its best score of
        the years known). `efforts`: component, effort, owner, due. Raises Faults (dti_analysis.scores.planning.plan).
        """
        aim = read_target(target) if isinstance(target, str) else target
        if aim.kind == "recognition":
            raise fault("parameter", "target", "recognition", "a place whose units' mandatory and extended criteria are known")
        return planning.plan(self.cohort, unit, aim, others=self.others(moving), efforts=efforts, bands=self.study.bands)

    def others(self, moving: str) -> dict[str, Rational]:
        """What the units are taken to have on the total (dti_analysis.scores.targets.others_moved)."""
        earlier, study = [], self.study.before
        while study is not None and not study.partial:
            earlier.append(study.verified)
            study = study.before
        return others_moved(self.cohort, earlier, moving)

    def step_ranks(self, unit: str = "", count: int = 3) -> pd.DataFrame:
        """The single steps that gain a unit (or each) most, with the rank that each alone would give."""
        return planning.step_ranks(self.cohort, [unit] if unit else None, count)

    def next_place(self, unit: str) -> planning.NextPlace | None:
        """The distance of a unit to the next better place; None at the top."""
        return planning.next_place(self.cohort, unit)
