"""Sources: the data folder, read and checked."""

from __future__ import annotations

import hashlib
import os
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError

from dti_analysis.common import strict_yaml
from dti_analysis.common.faults import Fault, Faults, fault, nearest, refused_by_model
from dti_analysis.common.rooms import DATA
from dti_analysis.criteria.framework import Framework, Text
from dti_analysis.criteria.framework_file import load, load_all
from dti_analysis.records.intake import read_assessment, read_table

UNITS = [
    "unit", "name_vi", "name_en", "level", "group", "part_of", "valid_from", "valid_to", "successor", "status", "reference",
]  # fmt: skip
BANDS = [
    "scheme", "jurisdiction", "levels", "order", "label_vi", "label_en", "above", "at_least", "below", "at_most", "unit",
    "reference",
]  # fmt: skip


class Provenance(BaseModel):
    """What the sidecar of an assessment file says of it: from whom, real or synthetic, and the hash it must have."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: str
    jurisdiction: str
    year: int
    level: str
    framework: str
    kind: Literal["published", "synthetic"]
    reference: str | None = None
    generator: dict[str, Any] | None = None
    sha256: Text
    note_vi: str | None = None
    note_en: str | None = None


class Data:
    """The data folder: `DTI_DATA` where that is set, else the repository's own. Tables are read when first asked for."""

    def __init__(self, root: Path | None = None):
        self.root = root or Path(os.environ.get("DTI_DATA") or DATA)
        if not self.root.is_dir():
            raise fault(self.root, "", "no such folder", "a data folder (set by --data or DTI_DATA)")
        self._framework: dict[str, Framework] = {}
        self._published: dict[str, pd.DataFrame] = {}

    @cached_property
    def frameworks(self) -> dict[str, Framework]:
        """Every framework by id."""
        return load_all(self.root / "frameworks")

    def framework(self, name: str) -> Framework:
        """One framework, read without the others."""
        path = self.root / "frameworks" / f"{name}.yaml"
        if not path.exists():
            there = [other.stem for other in path.parent.glob("*.yaml")]
            raise fault(path, "", f"no framework '{name}'", nearest(name, there))
        if name not in self._framework:
            self._framework[name] = load(path)
        return self._framework[name]

    @cached_property
    def units(self) -> pd.DataFrame:
        """All units, columns `UNITS`, by unit."""
        return read_table(self.root / "units.csv", UNITS, [])

    def unit_names(self, lang: str) -> dict[str, str]:
        """The name of every unit in a language, the Vietnamese one where there is no other."""
        names = self.units[f"name_{lang}"]
        return dict(zip(self.units["unit"], names.where(names != "", self.units["name_vi"]), strict=True))

    @cached_property
    def jurisdictions(self) -> pd.DataFrame:
        """Who adopts criteria sets and publishes results: jurisdiction, name_vi, name_en."""
        return read_table(self.root / "jurisdictions.csv", ["jurisdiction", "name_vi", "name_en"], [])

    def units_of(self, provenance: Provenance) -> pd.DataFrame:
        """The units of a level that existed in a year (a unit counts while any part of the year is in its span)."""
        units = self.units[self.units["level"] == provenance.level]
        units = units.drop_duplicates("unit")
        begun = (units["valid_from"] == "") | (units["valid_from"] <= f"{provenance.year}-12-31")
        lasting = (units["valid_to"] == "") | (units["valid_to"] >= f"{provenance.year}-01-01")
        return units[begun & lasting].reset_index(drop=True)

    def assessments(self) -> list[tuple[int, str]]:
        """Year and level of every assessment there is, in order."""
        return sorted(
            (int(path.parent.name), path.stem) for path in self.root.glob("assessments/*/*.csv") if path.parent.name.isdigit()
        )

    def assessment(self, year: int, level: str) -> tuple[pd.DataFrame, Provenance]:
        """An assessment and its provenance. Raises Faults if there is none, or its file is not what its sidecar says."""
        path = self.assessment_file(year, level)
        if not path.exists():
            there = ", ".join(f"{y} {name}" for y, name in self.assessments()) or "none"
            raise fault(path, "", f"no assessment of {level} for {year}", f"one of those there are: {there}")
        changed = self.changed(year, level)
        if changed:
            raise Faults(changed)
        return read_assessment(path).assign(year=year), self.provenance(year, level)

    def changed(self, year: int, level: str) -> list[Fault]:
        """A fault if an assessment is not the file that its sidecar was written for."""
        path = self.assessment_file(year, level)
        digest, due = hashlib.sha256(path.read_bytes()).hexdigest(), self.provenance(year, level).sha256
        expected = f"{due}, as {path.with_suffix('.meta.yml').name} says: received files are not edited"
        return [] if digest == due else [Fault(str(path), "", f"sha256 {digest}", expected)]

    def assessment_file(self, year: int, level: str) -> Path:
        """Where the assessment of a year and level lies."""
        return self.root / "assessments" / str(year) / f"{level}.csv"

    def provenance(self, year: int, level: str) -> Provenance:
        """The sidecar of an assessment."""
        path = self.assessment_file(year, level).with_suffix(".meta.yml")
        return _validated(path, Provenance)

    def published(self, name: str) -> pd.DataFrame:
        """A table of published facts, data/published/<name>.csv, as text."""
        if name not in self._published:
            self._published[name] = read_table(self.root / "published" / f"{name}.csv", [])
        return self._published[name]

    @cached_property
    def references(self) -> pd.DataFrame:
        """The texts that figures come from, by id."""
        path = self.root / "references.csv"
        columns = ["id", "kind", "title", "number", "issued", "publisher", "href", "seen_in", "status"]
        return read_table(path, columns, []).set_index("id", drop=False)

    def bands(self, level: str) -> pd.DataFrame:
        """The bands that are shown for a level, best first; none where no scheme is for it."""
        bands = read_table(self.root / "bands.csv", BANDS, [])
        chosen = bands[[level in levels.split() for levels in bands["levels"]]]
        return chosen.sort_values("order", key=lambda order: order.astype(int)).reset_index(drop=True)

    def document(self, name: str) -> Any:
        """A YAML file of the data folder, as plain values."""
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
