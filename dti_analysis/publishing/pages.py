"""Pages: which notebook is published with which parameters, from which files. A page is a value; it computes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal

from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import Fault, Faults, nearest
from dti_analysis.common.rooms import LOCK, NOTEBOOKS, PACKAGE
from dti_analysis.common.text import Lang, label
from dti_analysis.publishing.ledger import digest_of
from dti_analysis.records import about
from dti_analysis.records.sources import CLAIMS_FILE, Data, Key
from dti_analysis.studies.commune import Commune
from dti_analysis.studies.place import Place
from dti_analysis.studies.study import Study
from dti_analysis.views import year_so_far

PARAMETERS_PART, PACKAGE_PART = "its parameters", "the package"
"""How the parts of a page are called that are no files."""
Kind = about.Kind | Literal["own"]
_NOTEBOOK: dict[str, str] = {
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
    own: Path | None = None

    @property
    def notebook(self) -> Path:
        """The notebook that the page is made from."""
        return self.own or NOTEBOOKS / _NOTEBOOK[self.kind]

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
        return {PARAMETERS_PART: digest_of(self.parameters), PACKAGE_PART: package_digest()} | digests(own, self.root)

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


def as_read(files: Iterable[Path]) -> dict[Path, str]:
    """The digests of files as this process first read them; of one that is not there, none."""
    return {file: _digest(file) if file.is_file() else "" for file in files}


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
    found = next(((room, base) for room, base in rooms.items() if file.is_relative_to(base)), None)
    if found is None:
        return f"beside/{file.name}"  # a site's own file
    room, base = found
    return f"{room}/{file.relative_to(base).as_posix()}"


@cache
def package_files() -> list[Path]:
    """The package's own files, templates, labels and styles included."""
    return sorted(path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc")


def pages(data: Data, site_file: Path | None = None) -> Iterator[Page]:
    """Every page there is to publish, in the languages of the site: all that data/site.yaml, or another file, does not leave
    out."""
    site = about.about(data.root, site_file)
    file = site_file or data.root / about.FILE
    keys = _keys(data, site, file)
    first = {key: Study.of(key, site.languages[0], data) for key in data.assessments()}
    told = dict.fromkeys([*data.published("commune_facts")["commune"], *_leaders(first.values())])
    for lang in site.languages:
        studies = [first[key] if lang == site.languages[0] else Study.of(key, lang, data) for key in keys]
        found = [page for study in studies for page in _of_study(study)]
        found += _of_frameworks(data, lang, keys if site.narrowed else None)
        found += _of_places(data, lang, keys)
        found += _of_communes(data, told, lang, site.places)
        if (data.root / CLAIMS_FILE).exists() and (site.pages or not site.narrowed):
            found.append(_of_claims(data, lang))
        yield from (page for page in found if site.has_kind(page.kind))
        yield from _of_own(site, file.parent, data, lang)


def _keys(data: Data, site: about.About, file: Path) -> list[Key]:
    """The assessments that a site shows. Raises Faults for a place, index, year or level that none is of."""
    there = data.assessments()
    named = {"place": site.places, "index": site.indices, "year": site.years, "level": site.levels}
    known = {name: {str(getattr(key, name)) for key in there} for name in named}
    faults = [
        Fault(str(file), name, f"'{word}'", nearest(str(word), known[name]))
        for name, words in named.items()
        for word in words or []
        if str(word) not in known[name]
    ]
    if faults:
        raise Faults(faults)
    return [key for key in there if site.has(key)]


def _of_own(site: about.About, folder: Path, data: Data, lang: Lang) -> Iterator[Page]:
    everything = sorted(path for path in data.root.rglob("*") if path.suffix in (".csv", ".yaml", ".yml"))
    for own in site.notebooks:
        parameters = dict(own.parameters) | {"lang": lang}
        place = str(parameters.get("place", ""))
        sample = own.sample or (place in data.places.index and data.is_sample(place))
        title = own.title.in_(lang)
        yield Page(
            "own", f"own/{own.name}", lang=lang, parameters=parameters, title=title, link=title, sample=sample, root=data.root,
            data_files=everything, own=(folder / own.notebook).resolve(),
        )  # fmt: skip


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
        for unit in [*study.units["unit"], *study.waiting]:
            name = study.unit_name(unit)
            title = year_so_far.title(study, label("page.unit", lang, unit=name, year=key.year))
            parameters = common | {"unit": unit}
            yield Page("unit", f"{folder(key)}/units/{unit}", parameters=parameters, title=title, link=name, **shared)


def _of_frameworks(data: Data, lang: Lang, keys: list[Key] | None) -> Iterator[Page]:
    """A page for each criteria set whose criteria are public; of `keys`, those that they were made under."""
    used = None if keys is None else {data.assessment(key)[1].framework for key in keys}
    for framework in data.frameworks.values():
        if used is not None and framework.id not in used:
            continue
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


def _of_places(data: Data, lang: Lang, keys: list[Key]) -> Iterator[Page]:
    for place in dict.fromkeys(key.place for key in keys):
        whose = Place(place, lang, data)
        named = {"place": whose.name}
        yield Page(
            "place", f"{place}/index", parameters={"place": place, "lang": lang}, title=label("page.place", lang, **named),
            link=whose.name, sample=whose.sample, data_files=whose.files, lang=lang, root=data.root,
        )  # fmt: skip


def _of_communes(data: Data, communes: Iterable[str], lang: Lang, places: list[str] | None) -> Iterator[Page]:
    for commune in communes:
        case = Commune(commune, lang, data)
        if places is not None and case.place not in places:
            continue
        title = label("page.case", lang, unit=case.name)
        parameters = {"commune": commune, "lang": lang}
        yield Page(
            "case", f"{case.place}/case-{commune}", lang=lang, parameters=parameters, title=title, link=title, sample=False,
            root=data.root, data_files=case.files,
        )  # fmt: skip


def _leaders(studies: Iterable[Study]) -> Iterator[str]:
    """The best of many whose units have no page of their own: held up as cases."""
    for study in studies:
        if study.to_parts and study.model_worthy and not study.to_indicators and not study.sample:
            yield from study.ranking.loc[study.ranking["rank"] == 1, "unit"]


def _of_claims(data: Data, lang: Lang) -> Page:
    everything = sorted(path for path in data.root.rglob("*") if path.suffix in (".csv", ".yaml", ".yml"))
    title = label("page.claims", lang)
    return Page(
        "claims", "claims", lang=lang, parameters={"lang": lang}, title=title, link=title, sample=False, root=data.root,
        data_files=everything,
    )  # fmt: skip
