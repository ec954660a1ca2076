"""Firmness: how sure the ranks of a study are, from every side from which they may move."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from dti_analysis.common.kept import kept
from dti_analysis.scores import appeals as of_appeals
from dti_analysis.scores import robustness
from dti_analysis.scores.disputes import disputes as disputes_of
from dti_analysis.scores.places_apart import least_places, places_apart
from dti_analysis.scores.printed import printed

if TYPE_CHECKING:
    from dti_analysis.studies.study import Study

INTERVALS = ["unit", "rank", "best_rank", "worst_rank", "low_rank", "high_rank", "first", "by"]


class Appealed(NamedTuple):
    """What appeals may do: the `appeals` table, the disputed rows, the places that make a difference, chances of bands."""

    table: pd.DataFrame
    rows: pd.DataFrame
    apart: pd.DataFrame
    bands: pd.DataFrame | None


class Weighted(NamedTuple):
    """What weights may do: the `weights` table, ranks with a component left out, a summary of them, places apart."""

    table: pd.DataFrame
    left_out: pd.DataFrame
    shifts: pd.DataFrame
    apart: pd.DataFrame


class Firmness:
    """What may still move the ranks of a study; each table computed when first asked for, None where it cannot be told.

    Why it cannot is in `cannot`. `probability`: of an appeal being granted, without one the share of those decided of the place
    and index that was, or 1/2 where none was decided; `spread`: how far weights lie around the act's;
    `draws` and `seed` of both; they stand in the tables.
    """

    def __init__(
        self,
        study: Study,
        probability: float | None = None,
        spread: float = robustness.SPREAD,
        draws: int = of_appeals.DRAWS,
        seed: int = of_appeals.SEED,
    ):
        self.study = study
        share = study.corrections.share_granted
        known = share if share is not None else of_appeals.PROBABILITY
        self.probability = known if probability is None else probability
        self.spread, self.draws, self.seed = spread, draws, seed

    def __repr__(self) -> str:
        return f"Firmness({self.study!r})"

    @property
    def cannot(self) -> list[str]:
        """What cannot be told, by keys: `part` (nothing, of a part of the units), `provisional` (nothing, before the council
        has decided), `one_unit` (nothing), `self` (appeals, where nobody assessed themselves), `undisputed` (where nothing
        is disputed), `total` (criteria and weights, where no more than totals is known)."""
        if self.study.partial:
            return ["part"]
        if self.study.provisional:
            return ["provisional"]
        if len(self.study.units) < 2:
            return ["one_unit"]
        claimed = "self" in set(self.study.scores["basis"])
        said = [("self", not claimed), ("undisputed", claimed and self.appealed is None), ("total", self.weighted is None)]
        return [key for key, holds in said if holds]

    @property
    def told(self) -> bool:
        """Whether anything can be told at all: there is more than one unit, all are known, and the council has decided."""
        return not self.study.partial and not self.study.provisional and len(self.study.units) > 1

    @cached_property
    def appealed(self) -> Appealed | None:
        """What appeals may do; None where nobody assessed themselves, or nothing is disputed."""
        if not self.told or "self" not in set(self.study.scores["basis"]):
            return None
        made = kept(self._name("appeals", self.probability), self.study.files, self._appeal)
        return made if len(made.rows) else None

    def _appeal(self) -> Appealed:
        study, ranking = self.study, self.study.framework.ranking
        units = study.units[~study.units["unit"].isin(study.not_ranked)]
        rows = study.rows[study.rows["unit"].isin(units["unit"])]
        rows.attrs.update(study.rows.attrs)
        disputes = disputes_of(study.framework, rows, units, self._source, study.corrections.settled)
        figures = of_appeals.draw(disputes, self.probability, self.draws, self.seed)
        ranks = of_appeals.rank_draws_of(disputes, figures)
        table = of_appeals.appeals(disputes, self.probability, self.seed, figures, ranks)
        known = table["rank"].notna().to_numpy()
        apart = places_apart(table["rank"].to_numpy(dtype=float)[known], ranks[:, known], "appeals")
        bands = None
        if not study.bands.empty and (study.bands["decided_by"] == "total").all() and ranking.by == "percent":
            bands = of_appeals.chances_of_bands(figures, list(table["unit"]), study.bands)
        return Appealed(table, disputes.rows, apart, bands)

    @cached_property
    def weighted(self) -> Weighted | None:
        """What the choice of criteria and weights does; None where no more than totals is known of some unit."""
        if not self.told or not self.study.verified["rank"].notna().any():
            return None
        made: Weighted | None = kept(self._name("weights", self.spread), self.study.files, self._weigh)
        return made

    def _weigh(self) -> Weighted | None:
        verified = self.study.verified[~self.study.verified["unit"].isin(self.study.not_ranked)]
        profile = robustness.profile(verified, self.study.framework)
        if not profile.splits or len(profile.units) < 2:
            return None
        ranks = robustness.draw_ranks(profile, self.spread, self.draws, self.seed)
        table = robustness.weighted(profile, self.spread, seed=self.seed, ranks=ranks)
        without = robustness.left_out(profile)
        apart = places_apart(profile.ranks, ranks, "weights")
        return Weighted(table, without, robustness.shifts(without, self.study.framework), apart)

    @cached_property
    def printed(self) -> pd.DataFrame | None:
        """The `printed` table; None where the figures are forms, which are not rounded."""
        if not self.told or self.study.kind != "published":
            return None
        return printed(self.study.framework, self.study.rows, self.study.units, self._source)

    @cached_property
    def places_apart(self) -> pd.DataFrame:
        """The `places_apart` table of appeals and of weights, as far as they can be told."""
        told = [part.apart for part in (self.appealed, self.weighted) if part is not None]
        return pd.concat(told, ignore_index=True) if told else places_apart(np.empty(0), np.empty((0, 0), np.float32), "")

    def least(self, by: str) -> int | None:
        """From how many places on a difference means something, by `appeals` or `weights`; None where none does."""
        return least_places(self.places_apart[self.places_apart["by"] == by])

    @cached_property
    def intervals(self) -> pd.DataFrame | None:
        """One row per ranked unit, best first, columns `INTERVALS`: by appeals, or else by weights; None where neither is told.

        best_rank and worst_rank are exact, and empty by weights.
        """
        if self.appealed is not None:
            table = self.appealed.table.assign(by="appeals")
        elif self.weighted is not None:
            table = self.weighted.table.assign(best_rank=np.nan, worst_rank=np.nan, by="weights")
        else:
            return None
        known = table[table["rank"].notna()]
        place = {unit: at for at, unit in enumerate(self.study.ranking["unit"])}
        return known.sort_values("unit", key=lambda unit: unit.map(place)).reset_index(drop=True)[INTERVALS]

    @property
    def _source(self) -> str:
        return str(self.study.data.assessment_file(self.study.key))

    def _name(self, what: str, parameter: float) -> str:
        return "-".join(
            map(str, ["firmness", what, *self.study.key, *filter(None, [self.study.least]), parameter, self.draws, self.seed])
        )
