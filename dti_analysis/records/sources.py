"""Sources: the data folder, read and checked."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from dti_analysis.common.bilingual import with_english
from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.common.kept import kept
from dti_analysis.common.rooms import DATA
from dti_analysis.common.strict_yaml import Document
from dti_analysis.criteria.framework import Framework
from dti_analysis.criteria.framework_file import load, load_all
from dti_analysis.records import corrections
from dti_analysis.records.documents import Claims, Key, Provenance, Recognition, Source
from dti_analysis.records.door import read_document, read_rows
from dti_analysis.records.intake import read_assessment, read_sheet, read_table
from dti_analysis.records.received import wrong_received
from dti_analysis.records.successors import there_in, there_on
from dti_analysis.records.tables import CITED, KEYS, PUBLISHED_TABLES, TABLES, Columns
from dti_analysis.records.to_write import to_write

__all__ = ["CLAIMS_FILE", "PUBLISHED", "SHARED", "UNITS", "Data", "Key", "Provenance", "Source"]
UNITS = TABLES["units.csv"].columns
PUBLISHED = {name: table.columns for name, table in PUBLISHED_TABLES.items()}
"""The columns that are read of each table of published facts; where nothing was published, no file is needed."""
CLAIMS_FILE = "published/claims.yaml"
SHARED = [
    "units.csv", "places.csv", "levels.csv", "indices.csv", "bands.csv", "features.csv", "references.csv",
    "published/results.csv",
]  # fmt: skip
"""Data files that every study rests on, where they are there."""


YEAR = re.compile(r"(199|20\d)\d", re.ASCII)
"""What the folder of a year is called."""


def data_root() -> Path:
    """Where the data folder is, if nobody says: `DTI_DATA` where that is set, else the repository's own."""
    return Path(os.environ.get("DTI_DATA") or DATA)


class Data:
    """The data folder: `DTI_DATA` where that is set, else the repository's own. Tables are read when first asked for."""

    def __init__(self, root: Path | None = None, lenient: bool = False):
        """`lenient`: tables that have faults are used all the same; a check tells the `faults` of each, and goes on."""
        self.lenient = lenient
        self.faults: dict[str, list[Fault]] = {}
        self.root = root or data_root()
        if not self.root.is_dir():
            raise fault(self.root, "", "no such folder", "a data folder (set by --data or DTI_DATA)")
        self._framework: dict[str, Framework] = {}
        self._tables: dict[str, pd.DataFrame] = {}
        self._assessments: dict[Key, tuple[pd.DataFrame, Provenance]] = {}
        self._corrected: dict[Key, pd.DataFrame] = {}
        self._provenances: dict[Key, Provenance] = {}
        self._documents: dict[str, Any] = {}
        self._ids: dict[str, frozenset[str]] = {}

    def __repr__(self) -> str:
        return f"Data({str(self.root)!r})"

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

    def table(self, name: str) -> pd.DataFrame:
        """A table of the data folder by its path there, checked by its model (dti_analysis.records.tables), as text."""
        if name not in self._tables:
            table = TABLES.get(name) or PUBLISHED_TABLES.get(Path(name).stem, CITED)
            beside = {other: self._columns(other) for other in table.beside}
            self._tables[name], self.faults[name] = read_rows(self.root / name, table, self.ids, beside)
        if self.faults[name] and not self.lenient:
            raise Faults(self.faults[name])
        return self._tables[name]

    def table_if_there(self, name: str, columns: list[str], optional: list[str] | None = None) -> pd.DataFrame:
        """A table of the data folder, as text; without rows where there is no such file.

        One that has no model of its own is read for its `columns`, and no more of them but `optional` (None: any).
        """
        if not (self.root / name).exists():
            return pd.DataFrame(columns=columns, dtype=object)
        if name not in TABLES and not name.startswith("published/"):
            return read_table(self.root / name, columns, optional)
        return self.table(name)

    def _columns(self, name: str) -> Columns:
        """The columns of a table that another one is checked by, whatever faults it has; none where it is not there."""
        path = self.root / name
        return {column: cells.tolist() for column, cells in read_sheet(path, []).columns.items()} if path.exists() else {}

    def ids(self, kind: str) -> frozenset[str]:
        """The ids of places, levels, indices, units or references, whatever else their table holds."""
        if kind not in self._ids:
            self._ids[kind] = frozenset(read_sheet(self.root / f"{kind}.csv", [KEYS[kind]]).columns[KEYS[kind]].tolist())
        return self._ids[kind]

    @property
    def units(self) -> pd.DataFrame:
        """All units, columns `UNITS`, and any further columns that describe them."""
        return self.table("units.csv")

    @property
    def places(self) -> pd.DataFrame:
        """Whose units are assessed, by place; kind is `real` or `sample`."""
        return self.table("places.csv").set_index("place", drop=False)

    @property
    def levels(self) -> pd.DataFrame:
        """The levels that units have, by level."""
        return self.table("levels.csv").set_index("level", drop=False)

    @property
    def indices(self) -> pd.DataFrame:
        """What is measured, by index."""
        return self.table("indices.csv").set_index("index", drop=False)

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

    def units_of(self, key: Key, day: str = "", listed: Collection[str] = ()) -> pd.DataFrame:
        """Who is due: the units of a place and level that were there on a day, the last of the year if none is named.

        Units `listed` are due whatever their span: a published result says of whom it is (of provinces merged later, say).
        """
        units = self._of_level(key)
        due = there_on(units, day or f"{key.year}-12-31") | units["unit"].isin(list(listed))
        return units[due].reset_index(drop=True)

    def came_or_went(self, key: Key, day: str) -> list[str]:
        """The units of a place and level that were there within the year, but not on the day that counts: not ranked."""
        units = self._of_level(key)
        return list(units.loc[there_in(units, key.year) & ~there_on(units, day), "unit"])

    def _of_level(self, key: Key) -> pd.DataFrame:
        units = self.units[(self.units["level"] == key.level) & (self.units["place"] == key.place)]
        return units.drop_duplicates("unit")

    def assessments(self) -> list[Key]:
        """What there are assessments of, in order."""
        files = self.root.glob("assessments/*/*/*/*.csv")
        found = [(path, path.relative_to(self.root / "assessments").parts) for path in files]
        return sorted(Key(p[0], p[1], int(p[2]), path.stem) for path, p in found if YEAR.fullmatch(p[2]))

    def assessment(self, key: Key) -> tuple[pd.DataFrame, Provenance]:
        """An assessment, with what was decided of it since, and its provenance. Raises Faults as `as_received` does, and where
        a decision is stale."""
        table, provenance = self.as_received(key)
        if key not in self._corrected:
            path, source = self.correction_file(key), str(self.assessment_file(key))
            self._corrected[key] = corrections.corrected(table, path, source)
        return self._corrected[key], provenance

    def as_received(self, key: Key) -> tuple[pd.DataFrame, Provenance]:
        """An assessment as its file says, and its provenance. Raises Faults if there is none, or its file is not what its
        sidecar says."""
        if key not in self._assessments:
            path = self.assessment_file(key)
            if not path.exists():
                raise self._no_assessment(key)
            if changed := self.changed(key):
                raise Faults(changed)
            read = kept("-".join(["forms", *map(str, key)]), [path], lambda: read_assessment(path))
            if "year" in read and (wrong := read["year"][~read["year"].isin(["", str(key.year)])]).size:
                raise fault(path, f"row {wrong.index[0] + 2}", f"the year {wrong.iloc[0]}", f"{key.year}, as its path says")
            table = read.assign(year=key.year)
            table.attrs["tidy"] = True
            self._assessments[key] = table, self.provenance(key)
        return self._assessments[key]

    def _no_assessment(self, key: Key) -> Faults:
        """What is wrong with a key that has no assessment: the first of its parts that nothing has, or the combination."""
        there = self.assessments()
        if not there:
            return Faults(to_write(self.root))
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
        """Faults where an assessment, or a form it was made from, is not the file that its sidecar was written for."""
        path, provenance = self.assessment_file(key), self.provenance(key)
        sidecar = path.with_suffix(".meta.yml")
        digest, due = sha256(path), provenance.sha256
        expected = f"{due}, as {sidecar.name} says: received files are not edited"
        own = [] if digest == due else [Fault(str(path), "", f"sha256 {digest}", expected)]
        return [*own, *wrong_received(self.root, provenance.sources, sidecar)]

    def assessment_file(self, key: Key) -> Path:
        """Where an assessment lies."""
        return self.root / "assessments" / key.place / key.index / str(key.year) / f"{key.level}.csv"

    def correction_file(self, key: Key) -> Path:
        """Where the corrections and appeals of an assessment lie, if there are any."""
        return self.root / corrections.FOLDER / key.place / key.index / str(key.year) / f"{key.level}.yaml"

    def decisions(self, key: Key) -> list[corrections.Decision]:
        """What was decided of an assessment after it was taken in."""
        return corrections.decisions(self.correction_file(key))

    def seal_file(self, key: Key) -> Path:
        """Where the seals of an assessment lie, if its figures were sealed."""
        return self.root / "sealed" / key.place / key.index / str(key.year) / f"{key.level}.yaml"

    def decision_files(self, key: Key) -> list[Path]:
        """The files of corrections and appeals of the same place and index, all years and levels."""
        return sorted((self.root / corrections.FOLDER / key.place / key.index).glob("*/*.yaml"))

    def provenance(self, key: Key) -> Provenance:
        """The sidecar of an assessment. Raises Faults also where it does not go with its path, its framework or its place."""
        if key not in self._provenances:
            sidecar = self.assessment_file(key).with_suffix(".meta.yml")
            provenance, document = read_document(sidecar, Provenance)
            if faults := [*self._unfit(key, provenance, document)]:
                raise Faults(faults)
            self._provenances[key] = provenance
        return self._provenances[key]

    def _unfit(self, key: Key, said: Provenance, document: Document) -> Iterator[Fault]:
        """What a sidecar says otherwise than its path, or names and nobody knows; invented figures of a real place."""

        def wrong(name: str, found: str, expected: str) -> Fault:
            return Fault(str(document.path), f"line {document.line((name,))}, {name}", found, expected)

        for name, stated, due in zip(Key._fields, said.key, key, strict=True):
            if stated != due:
                yield wrong(name, str(stated), f"{due}, as its path says")
        for name, kind in (("place", "places"), ("index", "indices"), ("level", "levels")):
            if (word := str(getattr(key, name))) not in self.ids(kind):
                yield wrong(name, f"'{word}'", nearest(word, self.ids(kind)))
        kind_of_place = dict(zip(*(self.table("places.csv")[name] for name in ("place", "kind")), strict=True)).get(said.place)
        if kind_of_place == "real" and said.kind == "sample":
            yield wrong("kind", f"sample figures of {said.place}, a real place", "a place whose kind is sample")
        if kind_of_place == "sample" and said.kind != "sample":
            yield wrong("kind", f"{said.kind} figures of {said.place}, a fictitious place", "kind: sample")
        if said.kind == "published" and not said.reference:
            yield wrong("reference", "no reference", "the id of the text that published the figures")
        if said.reference and said.reference not in self.ids("references"):
            yield wrong("reference", said.reference, nearest(said.reference, self.ids("references")))
        for at, source in enumerate(said.sources):
            if source.unit not in self.ids("units"):
                found = Fault(str(document.path), f"line {document.line(('sources', at))}, sources", source.unit, "")
                yield replace(found, expected=nearest(source.unit, self.ids("units")))
        try:
            framework = self.framework(said.framework)
        except Faults as error:
            yield from error.faults
            return
        if framework.index != key.index:
            yield wrong("framework", f"{framework.id}, of the index {framework.index}", f"one of {key.index}")
        if key.level not in framework.levels:
            yield wrong("framework", f"{framework.id}, for {', '.join(framework.levels)}", f"one for {key.level}")
        span = framework.applies
        if not span.from_ <= key.year <= span.to:
            yield wrong("framework", f"{framework.id}, in force {span.from_} to {span.to}", f"one in force in {key.year}")

    def published(self, name: str) -> pd.DataFrame:
        """A table of published facts, data/published/<name>.csv, as text; empty if there is no such file."""
        return self.table_if_there(f"published/{name}.csv", PUBLISHED[name])

    @property
    def references(self) -> pd.DataFrame:
        """The texts that figures come from, by id."""
        return self.table("references.csv").set_index("id", drop=False)

    def bands(self, key: Key) -> pd.DataFrame:
        """The bands that the place itself has adopted for a level, best first; none where it has none."""
        bands = self.table_if_there("bands.csv", TABLES["bands.csv"].columns)
        for_level = bands["levels"].map(lambda levels: key.level in levels.split()).astype(bool)
        chosen = bands[for_level & (bands["place"] == key.place)]
        return chosen.sort_values("order", key=lambda order: order.astype(int)).reset_index(drop=True)

    def document(self, name: str) -> Any:
        """Claims, or a file of pass rules, as plain values; claims that nobody has made are an empty list."""
        if name not in self._documents:
            self._documents[name] = self._read_document(self.root / name)
        return self._documents[name]

    def _read_document(self, path: Path) -> Any:
        if path == self.root / CLAIMS_FILE:
            if not path.exists():
                return []
            claims, document = read_document(path, Claims)
            faults = [
                Fault(str(path), f"line {document.line((at, 'reference'))}, {claim.id}", f"reference '{claim.reference}'",
                      nearest(claim.reference, self.ids("references")))
                for at, claim in enumerate(claims)
                if claim.reference not in self.ids("references")
            ]  # fmt: skip
        else:
            said, document = read_document(path, Recognition)
            places: list[tuple[str, tuple[str | int, ...], str, Collection[str]]] = [
                ("id", (), said.id, [path.stem]),
                ("place", (), said.place, self.ids("places")),
            ]
            for kind in ("rules", "criteria"):
                places += [("level", (kind, at), one.level, self.ids("levels")) for at, one in enumerate(getattr(said, kind))]
            faults = [
                Fault(str(path), f"line {document.line((*key, name))}", f"{name} '{word}'", nearest(word, known))
                for name, key, word, known in places
                if word not in known
            ]
        if faults:
            raise Faults(faults)
        return with_english(document.data)
