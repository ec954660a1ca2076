"""Neighbours: which units a study's units can be compared with and learn from."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from dti_analysis.common.faults import fault, nearest
from dti_analysis.records.features import features
from dti_analysis.scores.full_marks import FULL_MARKS, full_marks
from dti_analysis.scores.peers import PEERS, K, peers
from dti_analysis.scores.standouts import PROGRESS, for_their_means, models, progress, steadiness

if TYPE_CHECKING:
    from dti_analysis.studies.study import Study

OF = [*PEERS, "rank", "score"]
FEW_UNITS = 200
"""Up to how many units the order of all others is kept for each: beyond, it is found for one unit when asked."""


class Neighbours:
    """Peers of the units of a study, whom to ask, and who stands out; each table computed when first asked for.

    Raises Faults for a study that is known in part: whose like the others are cannot be told of some of them.
    """

    def __init__(self, study: Study):
        if study.partial:
            found = f"{len(study.units)} of {len(study.due)} units of {study!r}"
            raise fault("parameter", "level", found, "a study of which the results of all units are known")
        self.study = study
        self._nearest: dict[tuple[str, int], pd.DataFrame] = {}

    def __repr__(self) -> str:
        return f"Neighbours({self.study!r})"

    @cached_property
    def features(self) -> pd.DataFrame:
        """What is known of the units beside their scores, by unit (dti_analysis.records.features.features)."""
        return features(self.study.data, self.study.units)

    @cached_property
    def peers(self) -> pd.DataFrame:
        """The `peers` table: the nearest of every unit, by features where there are any."""
        return peers(self.study.verified, self.features)

    def of(
        self, unit: str, k: int = K, among: Collection[str] | None = None, on: Collection[str] | None = None
    ) -> pd.DataFrame:
        """The `k` nearest units of one, nearest first, with their rank and score; or those it is to be compared with, `among`.

        `on` chooses features, none of them for the profile of pillar scores. Columns `PEERS`, rank and score (0–1).
        Raises Faults for k below 1, and unknown units and features.
        """
        totals = self.study.ranking.set_index("unit")
        usual = among is None and on is None
        table = self._nearest.get((unit, k)) if usual else None
        if table is None:
            table = peers(self.study.verified, self.features, k, on=on, among=among, of=unit)
            if usual:
                self._nearest[unit, k] = table
        return table.assign(rank=table["peer"].map(totals["rank"]), score=table["peer"].map(totals["score"]))[OF]

    def full_marks(self, unit: str, k: int = K, among: Collection[str] | None = None) -> pd.DataFrame:
        """The `full_marks` table of one unit: who of its peers, or else of all, has the maximum where it misses points.

        Those nearest to the unit are named first. Raises Faults as `of` does.
        """
        if unit not in set(self.study.units["unit"]):
            raise fault("parameter", "unit", f"'{unit}'", nearest(unit, self.study.units["unit"]))
        if unit not in set(self.study.gaps["unit"]):
            return pd.DataFrame(columns=FULL_MARKS)  # nothing is known of what it misses
        everybody = self._all_others if len(self.study.units) <= FEW_UNITS else self._others(unit)
        usual = k == K and among is None
        near = _of(self.peers, unit) if usual else self.of(unit, k, among)
        return full_marks(self.study.gaps, unit, list(near["peer"]), list(_of(everybody, unit)["peer"]))

    @cached_property
    def _all_others(self) -> pd.DataFrame:
        """All other units of every unit, nearest first."""
        return self._others(None)

    def _others(self, unit: str | None) -> pd.DataFrame:
        return peers(self.study.verified, self.features, among=list(self.study.units["unit"]), of=unit)

    @cached_property
    def steadiness(self) -> pd.DataFrame:
        """The `steadiness` table: how evenly each unit does over the pillars."""
        return steadiness(self.study.verified)

    @cached_property
    def progress(self) -> pd.DataFrame:
        """The `progress` table since the year before, of those who had handed in a form; empty without one."""
        core, before = self.study.change.core, self.study.before
        if core is None or before is None:
            return pd.DataFrame(columns=PROGRESS)
        silent = before.ranking.loc[before.ranking["state"] == "missing", "unit"]
        table = progress(core)
        return table[~table["unit"].isin(silent)].reset_index(drop=True)

    @cached_property
    def means(self) -> pd.DataFrame:
        """The `for_their_means` table: where each unit stands among its peers."""
        return for_their_means(self.study.verified, self.peers)

    @cached_property
    def models(self) -> pd.DataFrame:
        """The `models` table: best, steadiest, fastest, and best for what they have to work with."""
        return models(self.study.verified, self.steadiness, self.progress, self.means)

    @cached_property
    def tells_means(self) -> bool:
        """Whether any peers were found by what units have to work with, not only by how their scores look."""
        return bool((self.peers["by"] == "features").any())


def _of(table: pd.DataFrame, unit: str) -> pd.DataFrame:
    return table[table["unit"] == unit]
