"""A study: one year and level, scored, beside the year before. What every notebook opens first."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Literal

import pandas as pd

from dti_analysis.common.faults import fault, nearest
from dti_analysis.common.text import Lang, check_lang
from dti_analysis.criteria.framework import TOTAL, Framework
from dti_analysis.records.sources import Data
from dti_analysis.scores.appraisal import appraisal
from dti_analysis.scores.gaps import HIGH, LOW, gaps
from dti_analysis.scores.movement import movement
from dti_analysis.scores.ranking import banded
from dti_analysis.scores.scoring import score

SHARED_FILES = ("units.csv", "jurisdictions.csv", "bands.csv", "references.csv", "published/results.csv")
"""Data files that every study rests on."""


class Study:
    """Scores of one year and level and all that follows from them, each table computed when first asked for."""

    def __init__(
        self,
        year: int,
        level: str,
        lang: Lang = "vi",
        data: Data | None = None,
        unit: str = "",
        low: float = LOW,
        high: float = HIGH,
    ):
        check_lang(lang)
        self.low, self.high = low, high
        self.year, self.level, self.lang, self.unit = year, level, lang, unit
        self.data = data or Data()
        self.rows, self.provenance = self.data.assessment(year, level)
        if unit and unit not in set(self.units["unit"]):
            raise fault("parameter", "unit", f"'{unit}'", nearest(unit, self.units["unit"]))

    @cached_property
    def framework(self) -> Framework:
        """The criteria set that the assessment was made under."""
        return self.data.framework(self.provenance.framework)

    @cached_property
    def units(self) -> pd.DataFrame:
        """Who is scored: the units of the level that year; where the forms of only some are published, those."""
        units = self.data.units_of(self.provenance)
        if self.provenance.kind == "published":
            units = units[units["unit"].isin(self.rows["unit"])].reset_index(drop=True)
        return units

    @cached_property
    def scores(self) -> pd.DataFrame:
        """The `scores` table, both bases."""
        source = str(self.data.assessment_file(self.year, self.level))
        return score(self.framework, self.rows, self.units, source)

    @cached_property
    def verified(self) -> pd.DataFrame:
        """The scores as appraised: what is ranked."""
        return self.scores[self.scores["basis"] == "verified"]

    @cached_property
    def ranking(self) -> pd.DataFrame:
        """The verified totals, best first; equal ranks in the order of the units file. Adds `band` where bands are shown."""
        totals = self.verified[self.verified["component"] == TOTAL]
        if not self.bands.empty:
            totals = totals.assign(band=banded(totals, self.bands))
        return totals.sort_values("rank", kind="stable").reset_index(drop=True)

    @cached_property
    def bands(self) -> pd.DataFrame:
        """The bands shown for orientation; those of Lào Cai are the only ones whose bounds are known."""
        return self.data.bands(self.level)

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """The `gaps` table of the verified scores, by the study's thresholds of low and high."""
        return gaps(self.verified, self.low, self.high)

    @cached_property
    def appraisal(self) -> pd.DataFrame:
        """Self-assessed beside verified points."""
        return appraisal(self.scores)

    @cached_property
    def before(self) -> Study | None:
        """The same level a year earlier, if it was assessed."""
        if (self.year - 1, self.level) not in self.data.assessments():
            return None
        return Study(self.year - 1, self.level, self.lang, self.data)

    @cached_property
    def movement(self) -> pd.DataFrame | None:
        """The `movement` table since the year before, if there is one."""
        if self.before is None:
            return None
        return movement(self.before.verified, self.verified, self.before.framework, self.framework)

    @cached_property
    def components(self) -> pd.DataFrame:
        """The framework's components by code."""
        return self.framework.components.set_index("component", drop=False)

    def unit_name(self, unit: str) -> str:
        """A unit's name in the study's language."""
        return self._unit_names[unit]

    @cached_property
    def _unit_names(self) -> dict[str, str]:
        return self.data.unit_names(self.lang)

    @property
    def place(self) -> str:
        """Whose results these are: the name of the jurisdiction."""
        names = self.data.jurisdictions.set_index("jurisdiction")[f"name_{self.lang}"]
        return str(names[self.provenance.jurisdiction])

    def component_name(self, code: str) -> str:
        """A component's name in the study's language."""
        return str(self.components.at[code, f"name_{self.lang}"])

    def marked_name(self, code: str) -> str:
        """A component's name, with a mark on the same line as its last word if it is illustrative."""
        illustrative = self.components.at[code, "status"] == "illustrative"
        return self.component_name(code) + ("\u00a0◇" if illustrative else "")

    @property
    def kind(self) -> Literal["published", "synthetic"]:
        """Whether the assessment is published or synthetic."""
        return self.provenance.kind

    @property
    def synthetic(self) -> bool:
        """Whether any figure of the study rests on synthetic rows: this year's or the year before's."""
        return self.kind == "synthetic" or (self.before is not None and self.before.kind == "synthetic")

    @cached_property
    def published(self) -> pd.DataFrame:
        """What has been published of this year and level, one row per unit that was named.

        Columns: unit, rank, figure (as printed, text, empty where none), statistic (completion_percent or index), reference.
        """
        results = self.data.published("results")
        keys = {"jurisdiction": self.provenance.jurisdiction, "year": str(self.year), "level": self.level}
        mine = results[(results[list(keys)] == list(keys.values())).all(axis=1) & (results["unit"] != "")]
        ranks = mine[mine["statistic"] == "rank"].rename(columns={"printed": "rank"})[["unit", "rank", "reference"]]
        figures = mine[mine["statistic"].isin(["completion_percent", "index"])].rename(columns={"printed": "figure"})
        table = ranks.merge(figures[["unit", "figure", "statistic"]], on="unit", how="outer", sort=False).fillna("")
        return table.sort_values("rank", key=lambda rank: rank.astype(int), kind="stable").reset_index(drop=True)

    @cached_property
    def references(self) -> list[str]:
        """Ids of the texts that the study's figures come from."""
        cited = [*self.published["reference"], *self.bands["reference"], self.provenance.reference]
        return sorted({reference for reference in cited if reference})

    @property
    def files(self) -> list[Path]:
        """The data files that the study rests on, the year before's included."""
        shared = [self.data.root / name for name in SHARED_FILES]
        assessment = self.data.assessment_file(self.year, self.level)
        framework = self.data.root / "frameworks" / f"{self.provenance.framework}.yaml"
        own = [assessment, assessment.with_suffix(".meta.yml"), framework]
        return sorted({*shared, *own, *(self.before.files if self.before else [])})
