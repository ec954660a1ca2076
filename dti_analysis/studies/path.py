"""The year's path of a study: how far its units have come since the first day of which there are forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from dti_analysis.common.exact import to_rational
from dti_analysis.common.faults import fault
from dti_analysis.records.dated import dated
from dti_analysis.scores.progress import progress
from dti_analysis.scores.scoring import score

if TYPE_CHECKING:
    from dti_analysis.studies.study import Study

LEAST = 2
"""How many days of forms make a path."""


class Path:
    """The path through a year of several dated assessments."""

    def __init__(self, study: Study):
        self.study = study
        forms = dated(study.data, study.key)
        self.days = [day for day, _ in forms]
        self._forms = forms

    def __bool__(self) -> bool:
        return len(self.days) >= LEAST

    def table(self, target: str = "") -> pd.DataFrame | None:
        """The `progress` table; None where forms of fewer than two days are there.

        `target`: a share of the maximum to be reached by the end of the year, as `80%`. Units are scored on the days on which
        they had handed in something, on the basis `verified`, or `self` where some day has no verified rows. What
        rolls up from the units below is taken as the year has it, on every day. Raises Faults for a target that is none.
        """
        if not self:
            return None
        study, scored = self.study, []
        bases = [set(rows["basis"].replace("", "verified")) if "basis" in rows else {"verified"} for _, rows in self._forms]
        basis = "verified" if all("verified" in each for each in bases) else "self"
        for day, rows in self._forms:
            units = study.units[study.units["unit"].isin(rows["unit"])]
            scored.append((day, score(study.framework, self._whole(rows), units, f"{study.key.level}/{day}.csv")))
        return progress(scored, _share(target), f"{study.year}-12-31", basis)

    def _whole(self, rows: pd.DataFrame) -> pd.DataFrame:
        """The forms of a day, with what rolls up from the units below."""
        rolled = [leaf.code for leaf in self.study.framework.leaves if leaf.rule_name == "roll_up"]
        if not rolled:
            return rows
        year = self.study.rows
        above = year[year["indicator"].isin(rolled) & year["unit"].isin(rows["unit"])]
        whole = pd.concat([rows[~rows["indicator"].isin(rolled)], above], ignore_index=True).fillna("")
        whole.attrs.update(rows.attrs)
        return whole


def _share(target: str) -> float | None:
    said = target.strip()
    if not said:
        return None
    try:
        share = to_rational(said.removesuffix("%").replace(",", ".")) / 100
    except ValueError:
        share = None
    if share is None or not said.endswith("%") or not 0 <= share <= 1:
        raise fault("parameter", "target", f"'{target}'", "a share of the maximum, as 80%")
    return float(share)
