"""What was decided of a study after it was published, and what became of points and ranks by it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from dti_analysis.common.faults import Fault
from dti_analysis.common.kept import kept
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.records.corrections import Decision, decisions, settled, share_granted
from dti_analysis.scores.scoring import score

if TYPE_CHECKING:
    from dti_analysis.studies.study import Study

MOVED = ["unit", "rank_before", "rank", "points_before", "points"]


def too_early(study: Study) -> list[Fault]:
    """A fault for each decision of a year that the council has not decided yet: there is nothing to correct in it."""
    path = str(study.data.correction_file(study.key))
    expected = "a decided year (state: decided in the sidecar); until then what the council changes is read by dti appraise"
    found = f"a decision on a year that is still {study.state}"
    return [Fault(path, one.number, found, expected) for one in study.corrections.decisions] if study.provisional else []


class Corrections:
    """Corrections and appeals of a study; each table computed when first asked for."""

    def __init__(self, study: Study):
        self.study = study

    @cached_property
    def decisions(self) -> list[Decision]:
        """What was decided, in the order in which it took effect."""
        return self.study.data.decisions(self.study.key)

    @cached_property
    def appeals(self) -> list[Decision]:
        """Every appeal that was decided of the same place and index, whatever its year and level."""
        files = self.study.data.decision_files(self.study.key)
        return [decision for file in files for decision in decisions(file) if decision.kind == "appeal"]

    @property
    def share_granted(self) -> float | None:
        """Which share of `appeals` was granted; None where there are none."""
        return share_granted(self.appeals)

    @property
    def settled(self) -> frozenset[tuple[str, str]]:
        """The rows of the study on which an appeal was decided."""
        return settled(self.decisions)

    @cached_property
    def before(self) -> pd.DataFrame:
        """The `scores` table as it was before any decision of this study; those of levels below are in force."""
        study = self.study
        received, _ = study.data.as_received(study.key)
        source = str(study.data.assessment_file(study.key))
        name = "-".join(["received", *map(str, study.key)])
        return kept(name, study.files, lambda: score(study.framework, study.with_below(received), study.units, source))

    def points(self, unit: str, component: str, basis: str = "verified") -> tuple[float, float]:
        """Points of a unit on a component before and after all decisions."""
        found = []
        for table in (self.before, self.study.scores):
            rows = table[(table["unit"] == unit) & (table["component"] == component) & (table["basis"] == basis)]
            found.append(float(rows["points"].iloc[0]) if len(rows) else float("nan"))
        return found[0], found[1]

    @cached_property
    def moved(self) -> pd.DataFrame:
        """Units whose verified total or rank is another by the decisions, best first; columns `MOVED`."""
        columns = ["unit", "rank", "points"]
        tables = [
            table[(table["component"] == TOTAL) & (table["basis"] == "verified")][columns]
            for table in (self.before, self.study.scores)
        ]
        both = tables[0].merge(tables[1], on="unit", how="outer", suffixes=("_before", ""))
        same = pd.Series(True, index=both.index)
        for name in ("rank", "points"):
            old, new = both[f"{name}_before"], both[name]
            same &= (old == new) | (old.isna() & new.isna())
        return both[~same].sort_values(["rank", "unit"], kind="stable").reset_index(drop=True)[MOVED]
