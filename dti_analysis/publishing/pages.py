"""Pages: which notebook is published with which parameters, from which files. A page is a value; it computes nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from dti_analysis.common.rooms import LOCK, NOTEBOOKS, PACKAGE
from dti_analysis.common.text import LANGS, Lang, label
from dti_analysis.records.sources import Data
from dti_analysis.studies.commune import Commune
from dti_analysis.studies.study import Study


@dataclass(frozen=True)
class Page:
    """One published page."""

    kind: Literal["ranking", "gaps", "unit", "case", "claims"]
    name: str
    lang: Lang
    notebook: Path
    parameters: dict[str, Any]
    title: str
    link: str
    synthetic: bool
    root: Path
    data_files: list[Path] = field(hash=False, repr=False)

    @property
    def path(self) -> str:
        """Where the page lies in the site, without its ending: vi/ranking-2023-department."""
        return f"{self.lang}/{self.name}"

    @cached_property
    def files(self) -> list[Path]:
        """Everything the page is made of: its data files, its notebook, the package and its dependencies."""
        return [*self.data_files, self.notebook, LOCK, *package_files()]

    @cached_property
    def seal(self) -> str:
        """A hash of the parameters and of every file in `files`: the same inputs, the same seal, on any machine."""
        return seal(self.files, self.root, {"notebook": self.notebook.name, **self.parameters})


_digests: dict[Path, str] = {}


def seal(files: list[Path], root: Path, parameters: dict[str, Any]) -> str:
    """SHA-256 over parameters and the names and contents of files; each file is read once per process."""
    for file in files:
        if file not in _digests:
            _digests[file] = hashlib.sha256(file.read_bytes()).hexdigest()
    named = sorted((_name(file, root), _digests[file]) for file in files)
    return hashlib.sha256(json.dumps([parameters, named], sort_keys=True).encode()).hexdigest()


def _name(file: Path, data: Path) -> str:
    """A file's name by the room it is in, wherever on a machine that room lies."""
    rooms = {"data": data, "dti_analysis": PACKAGE, "notebooks": NOTEBOOKS, ".": LOCK.parent}
    room, base = next((room, base) for room, base in rooms.items() if file.is_relative_to(base))
    return f"{room}/{file.relative_to(base).as_posix()}"


@cache
def package_files() -> list[Path]:
    """The package's own files, templates, labels and styles included."""
    return sorted(path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc")


def pages(data: Data) -> Iterator[Page]:
    """Every page there is to publish, in both languages."""
    for lang in LANGS:
        for year, level in data.assessments():
            yield from _of_study(Study(year, level, lang, data))
        yield from _of_others(data, lang)


def _of_study(study: Study) -> Iterator[Page]:
    lang, level = study.lang, label(f"level.{study.level}", study.lang)
    common = {"year": study.year, "level": study.level, "lang": lang}
    shared: dict[str, Any] = {"lang": lang, "synthetic": study.synthetic, "root": study.data.root, "data_files": study.files}
    name = f"{study.year}-{study.level}"
    ranking, gaps = NOTEBOOKS / "1_yearly_ranking.ipynb", NOTEBOOKS / "2_gap_analysis.ipynb"
    title = label("page.ranking", lang, year=study.year, level=level, place=study.place)
    link = label("link.ranking", lang)
    yield Page("ranking", f"ranking-{name}", notebook=ranking, parameters=common, title=title, link=link, **shared)
    title = label("page.gaps", lang, year=study.year, level=level, place=study.place)
    link = label("link.gaps", lang)
    yield Page("gaps", f"gaps-{name}", notebook=gaps, parameters=common | {"unit": ""}, title=title, link=link, **shared)
    for unit in study.units["unit"]:
        link = study.unit_name(unit)
        title = label("page.unit", lang, year=study.year, unit=link, place=study.place)
        of_unit = common | {"unit": unit}
        yield Page("unit", f"gaps-{name}-{unit}", notebook=gaps, parameters=of_unit, title=title, link=link, **shared)


def _of_others(data: Data, lang: Lang) -> Iterator[Page]:
    shared: dict[str, Any] = {"lang": lang, "synthetic": False, "root": data.root}
    for commune in dict.fromkeys(data.published("commune_facts")["commune"]):
        case = Commune(commune, lang, data)
        title = label("page.case", lang, unit=case.name)
        parameters = {"commune": commune, "lang": lang}
        notebook = NOTEBOOKS / "3_commune_case_study.ipynb"
        name = f"case-{commune}"
        files = case.files
        yield Page("case", name, notebook=notebook, parameters=parameters, title=title, link=title, data_files=files, **shared)
    everything = sorted(path for path in data.root.rglob("*") if path.suffix in (".csv", ".yaml", ".yml"))
    yield Page(
        "claims",
        "claims",
        notebook=NOTEBOOKS / "4_published_claims.ipynb",
        parameters={"lang": lang},
        title=label("page.claims", lang),
        link=label("page.claims", lang),
        data_files=everything,
        **shared,
    )
