"""Sources: the data folder, read and checked."""

from __future__ import annotations

import os
from collections.abc import Collection
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError

from dti_analysis.common import strict_yaml
from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import Fault, Faults, fault, nearest, refused_by_model
from dti_analysis.common.kept import kept
from dti_analysis.common.rooms import DATA
from dti_analysis.criteria.framework import Framework, Line
from dti_analysis.criteria.framework_file import load, load_all
from dti_analysis.records.intake import read_assessment, read_table

UNITS = [
    "unit", "name_vi", "name_en", "level", "place", "group", "part_of", "valid_from", "valid_to", "successor", "status",
    "reference",
]  # fmt: skip
BANDS = [
    "scheme", "place", "levels", "decided_by", "order", "label_vi", "label_en", "above", "at_least", "below", "at_most", "unit",
    "reference",
]  # fmt: skip
PLACES = ["place", "name_vi", "name_en", "kind", "unit", "note_vi", "note_en", "reference"]
LEVELS = ["level", "name_vi", "name_en"]
INDICES = ["index", "name_vi", "name_en", "note_vi", "note_en"]
PUBLISHED = {
    "results": ["place", "index", "year", "level", "unit", "name_vi", "statistic", "printed", "status", "reference"],
    "movements": ["place", "index", "year", "levels", "rose", "held", "fell", "ranked", "reference"],
    "national_positions": [
        "unit", "year", "provinces", "rank", "index", "rank_digital_government", "rank_digital_economy", "rank_digital_society",
        "reference", "note",
    ],
    "structures": ["place", "decision", "level", "pillars", "indicators", "scale", "detail", "status", "reference"],
    "commune_facts": [
        "commune", "as_of", "topic", "fact_vi", "fact_en", "value", "measure", "stale", "reference", "criterion", "reading",
    ],
}  # fmt: skip
"""The columns that are read of each table of published facts; where nothing was published, no file is needed."""
CLAIMS_FILE = "published/claims.yaml"
SHARED = [
    "units.csv", "places.csv", "levels.csv", "indices.csv", "bands.csv", "features.csv", "references.csv",
    "published/results.csv",
]  # fmt: skip
"""Data files that every study rests on, where they are there."""


class Key(NamedTuple):
    """What an assessment is of: a place, an index, a year and a level."""

    place: str
    index: str  # type: ignore[assignment]  # the word of the field, not the method of a tuple
    year: int
    level: str


class Source(BaseModel):
    """A form that was received: whose, which file of the data folder, its hash, the day it came, who filled it in."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    unit: str
    file: str
    sha256: Line
    received: Line
    by: str = ""


class Provenance(BaseModel):
    """What the sidecar of an assessment file says of it: from whom, of what kind, and the hash it must have."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: str
    place: str
    index: str
    year: int
    level: str
    framework: str
    kind: Literal["published", "received", "sample"]
    as_of: Line | None = None
    reference: str | None = None
    generator: dict[str, Any] | None = None
    sha256: Line
    sources: list[Source] = []
    note_vi: str | None = None
    note_en: str | None = None

    @property
    def key(self) -> Key:
        """What the assessment is of."""
        return Key(self.place, self.index, self.year, self.level)


def data_root() -> Path:
    """Where the data folder is, if nobody says: `DTI_DATA` where that is set, else the repository's own."""
    return Path(os.environ.get("DTI_DATA") or DATA)


class Data:
    """The data folder: `DTI_DATA` where that is set, else the repository's own. Tables are read when first asked for."""

    def __init__(self, root: Path | None = None):
        self.root = root or data_root()
        if not self.root.is_dir():
            raise fault(self.root, "", "no such folder", "a data folder (set by --data or DTI_DATA)")
        self._framework: dict[str, Framework] = {}
        self._tables: dict[str, pd.DataFrame] = {}
        self._assessments: dict[Key, tuple[pd.DataFrame, Provenance]] = {}

    @cached_property
    def frameworks(self) -> dict[str, Framework]:
        """Every framework by id."""
        return load_all(self.root / "frameworks")

    def framework(self, name: str) -> Framework:
        """One framework, read without the others."""
        path = self.framework_file(name)
        if not path.exists():
            there = [other.stem for other in path.parent.glob("*.yaml")]
            raise fault(path, "", f"no framework '{name}'", nearest(name, there))
        if name not in self._framework:
            self._framework[name] = kept(name, [path], lambda: load(path))
        return self._framework[name]

    def framework_file(self, name: str) -> Path:
        """Where a framework lies."""
        return self.root / "frameworks" / f"{name}.yaml"

    def _table(self, name: str, columns: list[str], optional: list[str] | None) -> pd.DataFrame:
        if name not in self._tables:
            self._tables[name] = read_table(self.root / name, columns, optional)
        return self._tables[name]

    def table_if_there(self, name: str, columns: list[str], optional: list[str] | None) -> pd.DataFrame:
        """A table of the data folder, as text; without rows where there is no such file."""
        if not (self.root / name).exists():
            return pd.DataFrame(columns=columns, dtype=object)
        return self._table(name, columns, optional)

    @property
    def units(self) -> pd.DataFrame:
        """All units, columns `UNITS`, and any further columns that describe them."""
        return self._table("units.csv", UNITS, None)

    @property
    def places(self) -> pd.DataFrame:
        """Whose units are assessed, by place: columns `PLACES`; kind is `real` or `sample`."""
        return self._table("places.csv", PLACES, []).set_index("place", drop=False)

    @property
    def levels(self) -> pd.DataFrame:
        """The levels that units have, by level: columns `LEVELS`."""
        return self._table("levels.csv", LEVELS, []).set_index("level", drop=False)

    @property
    def indices(self) -> pd.DataFrame:
        """What is measured, by index: columns `INDICES`."""
        return self._table("indices.csv", INDICES, []).set_index("index", drop=False)

    def name(self, kind: Literal["places", "levels", "indices"], key: str, lang: str) -> str:
        """The name of a place, level or index in a language, the Vietnamese one where there is no other."""
        table: pd.DataFrame = getattr(self, kind)
        if key not in table.index:
            raise fault(self.root / f"{kind}.csv", "", f"no '{key}'", nearest(key, table.index))
        return str(table.at[key, f"name_{lang}"] or table.at[key, "name_vi"])

    def is_sample(self, place: str) -> bool:
        """Whether a place is fictitious."""
        return bool(self.places.at[place, "kind"] == "sample")

    def unit_names(self, lang: str) -> dict[str, str]:
        """The name of every unit in a language, the Vietnamese one where there is no other."""
        names = self.units[f"name_{lang}"]
        return dict(zip(self.units["unit"], names.where(names != "", self.units["name_vi"]), strict=True))

    def units_of(self, key: Key, assessed: Collection[str] = (), listed: Collection[str] = ()) -> pd.DataFrame:
        """Who is due: the units of a place and level that were there on the last day of the year.

        A unit that ended within the year is due only if it is among those `assessed`; its successor stands for it otherwise.
        Units `listed` are due whatever their span: a published result says of whom it is (of provinces merged later, say).
        """
        units = self.units[(self.units["level"] == key.level) & (self.units["place"] == key.place)]
        units = units.drop_duplicates("unit")
        begun = (units["valid_from"] == "") | (units["valid_from"] <= f"{key.year}-12-31")
        lasting = (units["valid_to"] == "") | (units["valid_to"] >= f"{key.year}-12-31")
        ended = (units["valid_to"] >= f"{key.year}-01-01") & units["unit"].isin(list(assessed))
        return units[(begun & (lasting | ended)) | units["unit"].isin(list(listed))].reset_index(drop=True)

    def assessments(self) -> list[Key]:
        """What there are assessments of, in order."""
        files = self.root.glob("assessments/*/*/*/*.csv")
        found = [(path, path.relative_to(self.root / "assessments").parts) for path in files]
        return sorted(Key(p[0], p[1], int(p[2]), path.stem) for path, p in found if p[2].isdigit())

    def assessment(self, key: Key) -> tuple[pd.DataFrame, Provenance]:
        """An assessment and its provenance. Raises Faults if there is none, or its file is not what its sidecar says."""
        if key not in self._assessments:
            path = self.assessment_file(key)
            if not path.exists():
                raise self._no_assessment(key)
            if changed := self.changed(key):
                raise Faults(changed)
            read = kept("-".join(["forms", *map(str, key)]), [path], lambda: read_assessment(path))
            table = read.assign(year=key.year)
            table.attrs["tidy"] = True
            self._assessments[key] = table, self.provenance(key)
        return self._assessments[key]

    def _no_assessment(self, key: Key) -> Faults:
        """What is wrong with a key that has no assessment: the first of its parts that nothing has, or the combination."""
        there = self.assessments()
        for place, part in enumerate(Key._fields):
            left = [other for other in there if other[:place] == key[:place]]
            known = sorted({str(other[place]) for other in left})
            if str(key[place]) not in known:
                of = " ".join(map(str, key[:place]))
                return fault(
                    "parameter", part, f"'{key[place]}'" + (f" of {of}" if of else ""), nearest(str(key[place]), known)
                )
        return fault(self.assessment_file(key), "", "no such file", "an assessment")

    def changed(self, key: Key) -> list[Fault]:
        """A fault if an assessment is not the file that its sidecar was written for."""
        path = self.assessment_file(key)
        digest, due = sha256(path), self.provenance(key).sha256
        expected = f"{due}, as {path.with_suffix('.meta.yml').name} says: received files are not edited"
        return [] if digest == due else [Fault(str(path), "", f"sha256 {digest}", expected)]

    def assessment_file(self, key: Key) -> Path:
        """Where an assessment lies."""
        return self.root / "assessments" / key.place / key.index / str(key.year) / f"{key.level}.csv"

    def provenance(self, key: Key) -> Provenance:
        """The sidecar of an assessment."""
        return _validated(self.assessment_file(key).with_suffix(".meta.yml"), Provenance)

    def published(self, name: str) -> pd.DataFrame:
        """A table of published facts, data/published/<name>.csv, as text; empty if there is no such file."""
        return self.table_if_there(f"published/{name}.csv", PUBLISHED[name], None)

    @property
    def references(self) -> pd.DataFrame:
        """The texts that figures come from, by id."""
        columns = ["id", "kind", "title", "number", "issued", "publisher", "href", "seen_in", "status"]
        return self._table("references.csv", columns, []).set_index("id", drop=False)

    def bands(self, key: Key) -> pd.DataFrame:
        """The bands that the place itself has adopted for a level, best first; none where it has none."""
        bands = self.table_if_there("bands.csv", BANDS, [])
        for_level = bands["levels"].map(lambda levels: key.level in levels.split()).astype(bool)
        chosen = bands[for_level & (bands["place"] == key.place)]
        return chosen.sort_values("order", key=lambda order: order.astype(int)).reset_index(drop=True)

    def document(self, name: str) -> Any:
        """A YAML file of the data folder, as plain values; claims that nobody has made are an empty list."""
        if name == CLAIMS_FILE and not (self.root / name).exists():
            return []
        return strict_yaml.read(self.root / name).data


def _validated(path: Path, model: type[Provenance]) -> Provenance:
    document = strict_yaml.read(path)
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        faults = []
        for detail in error.errors():
            key = str(detail["loc"][-1]) if detail["loc"] else ""
            place = f"line {document.line(detail['loc'])}"
            faults.append(Fault(str(path), place, *refused_by_model(detail, key, model.model_fields)))
        raise Faults(faults) from None
