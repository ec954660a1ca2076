"""A place as far as it is known: where it stood in the country, who led inside it, how its criteria sets changed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from dti_analysis.common.faults import fault, nearest
from dti_analysis.common.said import speak
from dti_analysis.common.text import Lang, check_lang
from dti_analysis.criteria.framework import Framework
from dti_analysis.records.sources import SHARED, Data, Key
from dti_analysis.studies.claims import CLAIMS, check_claims
from dti_analysis.studies.study import Study

POSITIONS = [
    "year", "unit", "provinces", "rank", "rank_to", "printed", "tied", "index", "rank_digital_government",
    "rank_digital_economy", "rank_digital_society", "reference", "note",
]  # fmt: skip
LEADERS = [
    "year", "index", "level", "unit", "name", "rank", "score", "printed", "statistic", "how", "named", "due", "reference",
]  # fmt: skip
TOP = 3
"""Down to which rank those who led are listed."""
_FIGURES = ["index", "completion_percent", "points"]
_INDEX = "dti"  # what data/published/national_positions.csv is about


class Place:
    """What is known of one place, over all indices, years and levels."""

    def __init__(self, place: str, lang: Lang = "vi", data: Data | None = None):
        check_lang(lang)
        speak(lang, "notebook")
        self.place, self.lang, self.data = place, lang, data or Data()
        if place not in self.data.places.index:
            raise fault("parameter", "place", f"'{place}'", nearest(place, self.data.places.index))

    def __repr__(self) -> str:
        return f"Place({self.place!r}, {self.lang!r})"

    @property
    def name(self) -> str:
        """The place's name in the chosen language."""
        return self.data.name("places", self.place, self.lang)

    @property
    def note(self) -> str:
        """What a reader must know of the place before anything else; empty where there is nothing."""
        return str(self.data.places.at[self.place, f"note_{self.lang}"])

    @property
    def sample(self) -> bool:
        """Whether the place is fictitious."""
        return self.data.is_sample(self.place)

    @property
    def unit(self) -> str:
        """The unit as which the place itself is ranked one level up; empty where it is not."""
        return str(self.data.places.at[self.place, "unit"])

    def unit_name(self, unit: str) -> str:
        """A unit's name in the chosen language."""
        return self.data.unit_names(self.lang)[unit]

    @cached_property
    def keys(self) -> list[Key]:
        """What there are assessments of, newest first."""
        return self._newest_first(key for key in self.data.assessments() if key.place == self.place)

    def _newest_first(self, keys: Iterator[Key]) -> list[Key]:
        levels = list(self.data.levels.index)
        return sorted(set(keys), key=lambda key: (-key.year, key.index, levels.index(key.level)))

    @cached_property
    def studies(self) -> list[Study]:
        """A study of each assessment, newest first."""
        return [Study.of(key, self.lang, self.data) for key in self.keys]

    def study(self, key: Key) -> Study | None:
        """The study of one of the place's assessments, if there is one."""
        return next((study for study in self.studies if study.key == key), None)

    @cached_property
    def positions(self) -> pd.DataFrame:
        """Where the place stood in the country, by year; last the unit that it became a part of. Columns `POSITIONS`.

        Those of data/published/national_positions.csv, numbers as numbers; a rank that is not given there is computed from the
        index of all units, where they are known. rank_to: the last of the ranks that units equal to it take, where the rank
        is not printed anywhere; printed: whether it is; tied: names of the units that share it. Empty for a place that is
        not ranked itself.
        """
        table, units = self.data.published("national_positions"), self._ranked_as
        rows = [self._position(row) for row in table[table["unit"].isin(units)].to_dict("records")]
        rows.sort(key=lambda row: (units.index(row["unit"]), row["year"]))
        return pd.DataFrame(rows, columns=POSITIONS)

    @property
    def _ranked_as(self) -> list[str]:
        """The place's own unit and those that succeeded it, one after the other."""
        successors = dict(zip(self.data.units["unit"], self.data.units["successor"], strict=True))
        units: list[str] = []
        unit = self.unit
        while unit and unit not in units:
            units.append(unit)
            unit = successors.get(unit, "")
        return units

    def _position(self, row: Any) -> dict[str, Any]:
        named = {str(name): row[name] for name in row if name in POSITIONS and not str(name).startswith("rank")}
        ranks = {name: _number(row[name]) for name in POSITIONS if name.startswith("rank_digital")}
        rank, ranking = _number(row["rank"]), self._national(row["unit"], int(row["year"]))
        tied, computed = self._shared(row["unit"], ranking)
        results = self.data.published("results")
        printed = (results["unit"] == row["unit"]) & (results["year"] == row["year"]) & (results["statistic"] == "rank")
        rank = computed if rank is None else rank
        open_ = rank is not None and not printed.any()
        return {
            **named, **ranks, "year": int(row["year"]), "provinces": int(row["provinces"]), "index": _number(row["index"]),
            "rank": rank, "rank_to": rank + len(tied) if open_ and rank is not None else rank, "printed": bool(printed.any()),
            "tied": [self.unit_name(unit) for unit in tied],
        }  # fmt: skip

    def _national(self, unit: str, year: int) -> pd.DataFrame | None:
        """The ranking of all units of a unit's place and level in a year, if it is known."""
        if (key := self._national_key(unit, year)) not in self.data.assessments():
            return None
        study = Study.of(key, self.lang, self.data)
        return None if study.partial or study.provisional else study.ranking

    def _national_key(self, unit: str, year: int) -> Key:
        row = self.data.units.drop_duplicates("unit").set_index("unit").loc[unit]
        return Key(str(row["place"]), _INDEX, year, str(row["level"]))

    @staticmethod
    def _shared(unit: str, ranking: pd.DataFrame | None) -> tuple[list[str], float | None]:
        """Who shares a unit's rank, and the rank."""
        if ranking is None or unit not in set(ranking["unit"]):
            return [], None
        rank = float(ranking.loc[ranking["unit"] == unit, "rank"].iloc[0])
        equal = ranking[(ranking["rank"] == rank) & (ranking["unit"] != unit)]
        return list(equal["unit"]), rank

    @cached_property
    def leaders(self) -> pd.DataFrame:
        """Who led inside the place, down to rank `TOP`, newest first within each year, index and level. Columns `LEADERS`.

        name: the unit's, unit empty where it has no id; score: 0–1, NaN where it is not known here; printed: its result as
        published, text, and statistic what that is (index, completion_percent, points), empty where none was; how: `published`,
        `inferred` (said so by the reference), or `computed` here from the results of all units; named: of how many units the
        result is known, due: of how many there were, 0 where that is not known.
        """
        results = self.data.published("results")
        own = results[results["place"] == self.place]
        told = (Key(self.place, *row) for row in own[["index", "year", "level"]].drop_duplicates().itertuples(index=False))
        rows: list[dict[str, Any]] = []
        for key in self._newest_first(key._replace(year=int(key.year)) for key in [*self.keys, *told]):
            mine = own[(own[["index", "year", "level"]] == [key.index, str(key.year), key.level]).all(axis=1)]
            rows += self._led(key, mine)
        return pd.DataFrame(rows, columns=LEADERS)

    def _led(self, key: Key, results: pd.DataFrame) -> Iterator[dict[str, Any]]:
        """The first of one year, index and level: of all units where they are known, else of those that were named."""
        study, names = self.study(key), self.data.unit_names(self.lang)
        told = _by_unit(results[results["statistic"] == "rank"])
        figures = _by_unit(results[results["statistic"].isin(_FIGURES)])
        scores = {} if study is None else dict(zip(study.ranking["unit"], study.ranking["score"], strict=True))
        if study and not study.partial and not study.provisional:
            ranked = study.ranking[study.ranking["rank"].notna()]
            first = dict(zip(ranked["unit"], ranked["rank"].astype(float), strict=True))
        else:
            first = {unit: float(row["printed"]) for unit, row in told.items()}
        for unit in sorted((unit for unit, rank in first.items() if rank <= TOP), key=first.__getitem__):
            row, figure = told.get(unit, {}), figures.get(unit, {})
            how = "computed"
            if row and float(row["printed"]) == first[unit]:
                how = "inferred" if row["status"] == "inferred" else "published"
            reference = study.provenance.reference if study and how == "computed" else row.get("reference")
            yield {
                "year": key.year, "index": key.index, "level": key.level, "unit": row["unit"] if row else unit,
                "name": names.get(unit, unit), "rank": first[unit], "score": scores.get(unit, float("nan")),
                "printed": figure.get("printed", ""), "statistic": figure.get("statistic", ""), "how": how,
                "named": len(first), "due": len(study.due) if study else len(self.data.units_of(key)),
                "reference": reference or "",
            }  # fmt: skip

    @cached_property
    def structures(self) -> pd.DataFrame:
        """What is known of the place's criteria sets, in the order of the file: columns of data/published/structures.csv."""
        table = self.data.published("structures")
        return table[table["place"] == self.place].reset_index(drop=True)

    @cached_property
    def frameworks(self) -> list[Framework]:
        """The place's criteria sets whose pillars or criteria are public, oldest first."""
        own = [framework for framework in self.data.frameworks.values() if framework.place == self.place]
        return sorted((f for f in own if not f.unlisted), key=lambda f: (f.applies.from_, f.index, f.id))

    @cached_property
    def claims(self) -> pd.DataFrame:
        """The claims about the place, checked: columns of dti_analysis.studies.claims.CLAIMS.

        Those whose id begins with the place, whose check asks for its own unit, or whose source is one of those that tell of
        its criteria sets, of who led inside it, or of its communes.
        """
        if not self._about:
            return pd.DataFrame(columns=CLAIMS)
        checked = check_claims(self.data, self.lang)
        return checked[checked["claim"].isin(self._about)].reset_index(drop=True)

    @cached_property
    def _about(self) -> set[str]:
        """The ids of the claims about the place."""
        facts = self.data.published("commune_facts")
        inside = facts[facts["commune"].isin(self.communes)]
        told = {*self.structures["reference"], *self.leaders["reference"], *inside["reference"]} - {""}
        return {
            str(claim["id"])
            for claim in self.data.document("published/claims.yaml")
            if str(claim["id"]).startswith(f"{self.place}-")
            or (self.unit and any(asked.get("unit") == self.unit for asked in _asked(claim["check"])))
            or claim["reference"] in told
        }

    @cached_property
    def communes(self) -> list[str]:
        """The communes of the place of which facts are known."""
        units = self.data.units.set_index("unit")["place"]
        facts = dict.fromkeys(self.data.published("commune_facts")["commune"])
        return [commune for commune in facts if units.get(commune) == self.place]

    @cached_property
    def references(self) -> list[str]:
        """Ids of the texts that the figures come from."""
        tables = [self.positions, self.leaders, self.structures, self.claims]
        cited = {reference for table in tables for reference in table["reference"]}
        cited.add(str(self.data.places.at[self.place, "reference"]))
        return sorted(reference for reference in cited if reference)

    @cached_property
    def files(self) -> list[Path]:
        """The data files that the page rests on."""
        names = ["national_positions.csv", "structures.csv", "commune_facts.csv", "claims.yaml"]
        names = [*SHARED, *(f"published/{name}" for name in names)]
        # Claims and positions may point at any published study; a fictitious place rests on its own.
        others = [] if self.sample else [key for key in self.data.assessments() if key not in self.keys]
        published = [study for key in others if (study := Study.of(key, self.lang, self.data)).kind == "published"]
        return sorted(
            {
                *(self.data.root / name for name in names),
                *(self.data.framework_file(framework.id) for framework in self.frameworks),
                *(file for study in [*self.studies, *published] for file in study.files),
            }
        )


def _by_unit(results: pd.DataFrame) -> dict[str, dict[Any, Any]]:
    """The first row of each unit: by its id, or by its name where it has none."""
    rows = results.to_dict("records")
    return {row["unit"] or row["name_vi"]: row for row in reversed(rows)}


def _number(text: str) -> float | None:
    return float(text) if text else None


def _asked(check: Any) -> Iterator[dict[str, Any]]:
    """Every lookup of a figure in a claim's check."""
    if isinstance(check, list):
        yield from (asked for part in check for asked in _asked(part))
    elif isinstance(check, dict):
        yield check
        yield from (asked for part in check.values() for asked in _asked(part))
