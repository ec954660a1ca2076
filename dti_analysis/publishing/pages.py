"""Pages: which notebook is published with which parameters, from which files. A page is a value; it computes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from dti_analysis.common.digest import sha256
from dti_analysis.common.rooms import LOCK, NOTEBOOKS, PACKAGE
from dti_analysis.common.text import LANGS, Lang, label
from dti_analysis.publishing.ledger import digest_of
from dti_analysis.records.sources import CLAIMS_FILE, Data, Key
from dti_analysis.studies.commune import Commune
from dti_analysis.studies.place import Place
from dti_analysis.studies.study import Study
from dti_analysis.views import year_so_far

Kind = Literal["ranking", "gaps", "models", "change", "compare", "unit", "criteria", "place", "case", "claims"]
_NOTEBOOK: dict[Kind, str] = {
    "ranking": "1_yearly_ranking.ipynb",
    "gaps": "2_gap_analysis.ipynb",
    "unit": "3_unit.ipynb",
    "criteria": "4_criteria.ipynb",
    "case": "5_commune_case_study.ipynb",
    "models": "6_models.ipynb",
    "place": "7_place.ipynb",
    "claims": "8_published_claims.ipynb",
    "change": "9_why_ranks_moved.ipynb",
    "compare": "10_compare.ipynb",
}


@dataclass(frozen=True)
class Page:
    """One published page."""

    kind: Kind
    name: str
    lang: Lang
    parameters: dict[str, Any]
    title: str
    link: str
    sample: bool
    root: Path
    data_files: list[Path] = field(hash=False, repr=False)
    key: Key | None = None

    @property
    def notebook(self) -> Path:
        """The notebook that the page is made from."""
        return NOTEBOOKS / _NOTEBOOK[self.kind]

    @property
    def path(self) -> str:
        """Where the page lies in the site, without its ending: vi/tinhmau/dti-2025-district/ranking."""
        return f"{self.lang}/{self.name}"

    @property
    def up(self) -> str:
        """The way from the page to the root of the site."""
        return "../" * self.path.count("/")

    @property
    def folder(self) -> str:
        """The name of the folder that holds the pages of the same study: tinhmau/dti-2025-district."""
        assert self.key is not None
        return folder(self.key)

    @cached_property
    def parts(self) -> dict[str, str]:
        """Digests of everything the page is made of, by the name that a person knows it by; the package is one."""
        own = [*filter(Path.exists, self.data_files), self.notebook, LOCK]
        return {"its parameters": digest_of(self.parameters), "the package": package_digest()} | digests(own, self.root)

    @cached_property
    def seal(self) -> str:
        """A hash over `parts`: the same inputs, the same seal, on any machine."""
        return digest_of(self.parts)


def folder(key: Key) -> str:
    """Where the pages of a study lie, below their language."""
    return f"{key.place}/{key.index}-{key.year}-{key.level}"


def digests(files: list[Path], root: Path) -> dict[str, str]:
    """The digests of files by their names; each file is read once per process."""
    return {_name(file, root).removeprefix("./"): _digest(file) for file in files}


def changed_meanwhile(files: list[Path], root: Path) -> list[str]:
    """The names of files that no longer hold what they held when this process first read them."""
    return [_name(file, root) for file in files if not file.is_file() or sha256(file) != _digest(file)]


@cache
def package_digest() -> str:
    """One digest of the package's own files."""
    return digest_of(digests(package_files(), PACKAGE))


@cache
def _digest(file: Path) -> str:
    return sha256(file)


@cache
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
    told = dict.fromkeys([*data.published("commune_facts")["commune"], *_leaders(data)])
    for lang in LANGS:
        for key in data.assessments():
            yield from _of_study(Study.of(key, lang, data))
        yield from _of_frameworks(data, lang)
        yield from _of_places(data, lang)
        yield from _of_communes(data, told, lang)
        if (data.root / CLAIMS_FILE).exists():
            yield _of_claims(data, lang)


def _of_study(study: Study) -> Iterator[Page]:
    lang, key = study.lang, study.key
    common = {**key._asdict(), "lang": lang}
    shared: dict[str, Any] = {"lang": lang, "sample": study.sample, "root": study.data.root, "key": key}
    shared["data_files"] = study.files
    named = {"year": key.year, "level": study.level_name, "place": study.place, "index": study.index}

    def page(kind: Kind, name: str, **more: Any) -> Page:
        title = year_so_far.title(study, label(f"page.{kind}", lang, **named))
        link = label(f"link.{kind}", lang)
        return Page(kind, f"{folder(key)}/{name}", parameters=common | more, title=title, link=link, **shared)

    yield page("ranking", "ranking")
    if study.moved:
        yield page("change", "change")
    if study.to_parts:
        yield page("gaps", "gaps")
        yield page("compare", "compare")
        if study.model_worthy:
            yield page("models", "models")
    if study.to_indicators:
        for unit in study.units["unit"]:
            name = study.unit_name(unit)
            title = year_so_far.title(study, label("page.unit", lang, unit=name, year=key.year))
            parameters = common | {"unit": unit}
            yield Page("unit", f"{folder(key)}/units/{unit}", parameters=parameters, title=title, link=name, **shared)


def _of_frameworks(data: Data, lang: Lang) -> Iterator[Page]:
    """A page for each criteria set whose criteria are public."""
    for framework in data.frameworks.values():
        if not framework.leaves or not any(kind == "indicator" for _, _, kind in framework.walk()):
            continue
        named = {
            "place": data.name("places", framework.place, lang),
            "index": data.name("indices", framework.index, lang),
            "level": data.name("levels", framework.levels[0], lang),
            "year": framework.applies.from_,
        }
        files = [data.framework_file(name) for name in sorted({framework.id, *framework.sets_before})]
        files += [data.root / name for name in ("places.csv", "levels.csv", "indices.csv", "references.csv")]
        yield Page(
            "criteria",
            f"criteria/{framework.id}",
            lang=lang,
            parameters={"framework": framework.id, "lang": lang},
            title=label("page.criteria", lang, **named),
            link=label("link.criteria", lang, **named),
            sample=data.is_sample(framework.place),
            root=data.root,
            data_files=files,
        )


def _of_places(data: Data, lang: Lang) -> Iterator[Page]:
    for place in dict.fromkeys(key.place for key in data.assessments()):
        about = Place(place, lang, data)
        named = {"place": about.name}
        yield Page(
            "place", f"{place}/index", parameters={"place": place, "lang": lang}, title=label("page.place", lang, **named),
            link=about.name, sample=about.sample, data_files=about.files, lang=lang, root=data.root,
        )  # fmt: skip


def _of_communes(data: Data, communes: Iterable[str], lang: Lang) -> Iterator[Page]:
    for commune in communes:
        case = Commune(commune, lang, data)
        title = label("page.case", lang, unit=case.name)
        parameters = {"commune": commune, "lang": lang}
        yield Page(
            "case", f"{case.place}/case-{commune}", lang=lang, parameters=parameters, title=title, link=title, sample=False,
            root=data.root, data_files=case.files,
        )  # fmt: skip


def _leaders(data: Data) -> Iterator[str]:
    """The best of many whose units have no page of their own: held up as cases."""
    for key in data.assessments():
        study = Study.of(key, data=data)
        if study.to_parts and study.model_worthy and not study.to_indicators and not study.sample:
            yield from study.ranking.loc[study.ranking["rank"] == 1, "unit"]


def _of_claims(data: Data, lang: Lang) -> Page:
    everything = sorted(path for path in data.root.rglob("*") if path.suffix in (".csv", ".yaml", ".yml"))
    title = label("page.claims", lang)
    return Page(
        "claims", "claims", lang=lang, parameters={"lang": lang}, title=title, link=title, sample=False, root=data.root,
        data_files=everything,
    )  # fmt: skip
