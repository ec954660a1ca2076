"""The index that the search box reads: units, criteria, places, claims and pages, as a script of the site for each language.

A page opened from a folder may load a script, but not fetch a file: the index is a script that hands over what it holds. It is
kept small by saying each thing once: a unit's name once for all years, a criterion's once for all sets that have it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from textwrap import shorten
from typing import Any

from dti_analysis.common.text import Lang
from dti_analysis.publishing.frame import data_of, study_of
from dti_analysis.publishing.navigate import Site, study_name
from dti_analysis.publishing.texts import Text
from dti_analysis.studies.claims import check_claims

LONGEST = 80
"""How many characters of a criterion's name are kept: enough to know it by."""


def index_file(lang: Lang) -> str:
    """Where the index of a language lies in the site."""
    return f"find.{lang}.js"


class _Folders:
    """Where things lie, each place once: its address and name, and what is put around the id of a thing in it."""

    def __init__(self) -> None:
        self.said: dict[tuple[str, str], list[str]] = {}

    def at(self, base: str, name: str, before: str = "", after: str = "") -> int:
        """The number of a folder, or of a page that things are on."""
        before = before or next((own for of, own in self.said if of == base), "")
        self.said.setdefault((base, before), [base, name, before, after])
        return list(self.said).index((base, before))


def index_of(site: Site, texts: Iterable[Text], lang: Lang) -> str:
    """The index as a script.

    It calls `dtiFind` with: folders [[base, name, before, after]]; units, criteria, claims, and pages of studies [[name, id,
    folder, folder, id, folder …]], the newest first, where an id holds for the folders that follow it, and the address is
    base + before + id + after, of pages base + id; places and other pages [[name, address]].
    """
    folders = _Folders()
    held = {
        "units": _units(site, lang, folders),
        "criteria": _criteria(site, lang, folders),
        "places": [[page.link, f"{page.path}.html"] for page in site.places.get(lang, [])],
        "claims": _claims(site, lang, folders),
        "pages": [*_of_studies(site, lang, folders), *_others(site, texts, lang)],
    }
    said = json.dumps({"folders": list(folders.said.values()), **held}, ensure_ascii=False, separators=(",", ":"))
    return f"dtiFind({said});\n"


def _units(site: Site, lang: Lang, folders: _Folders) -> list[list[Any]]:
    """Every unit by its name, with its pages, or its rows in rankings where it has no page."""
    found: dict[str, list[tuple[str, int]]] = {}
    for key in site.keys.get(lang, []):
        shared, own = site.of_study.get((lang, key), {}), site.units.get((lang, key), {})
        ranking = shared.get("ranking")
        some = ranking or next(iter({**own, **shared}.values()))
        study, base = study_of(some), f"{lang}/{some.folder}/"
        name = f"{study.place}, {study_name(some)}"
        for unit in study.due["unit"]:  # also whose results nobody has published: the page says so
            if unit in own:
                found.setdefault(study.unit_name(unit), []).append((unit, folders.at(base, name, "units/", ".html")))
            elif ranking:
                row = site.at_row(ranking, unit).removeprefix("#")
                found.setdefault(study.unit_name(unit), []).append((row, folders.at(base, name, "ranking.html#")))
    return [_short(name, pages) for name, pages in found.items()]


def _short(name: str, pages: list[tuple[str, int]]) -> list[Any]:
    """A thing with its ids and folders, an id that is the one before left out."""
    said: list[Any] = [name]
    before = None
    for id_, folder in pages:
        said += [folder] if id_ == before else [id_, folder]
        before = id_
    return said


def _criteria(site: Site, lang: Lang, folders: _Folders) -> list[list[Any]]:
    """Every criterion by its name, with the sets that have it, the newest first."""
    pages = [page for page in site.pages if page.kind == "criteria" and page.lang == lang]
    sets = [(page, data_of(page.root).framework(page.parameters["framework"])) for page in pages]
    found: dict[str, list[tuple[str, int]]] = {}
    for page, framework in sorted(sets, key=lambda pair: -pair[1].applies.from_):
        folder = folders.at(f"{page.path}.html#", page.link)
        for component, _, kind in framework.walk():
            if kind not in ("total", "part"):
                name = getattr(component, f"name_{lang}") or component.name_vi
                found.setdefault(name, []).append((component.code, folder))
    return [_short(shorten(name, LONGEST, placeholder=" …"), ids) for name, ids in found.items()]


def _claims(site: Site, lang: Lang, folders: _Folders) -> list[list[Any]]:
    page = site.by_path.get(f"{lang}/claims")
    if page is None:
        return []
    checked = check_claims(data_of(page.root), lang)
    folder = folders.at(f"{page.path}.html#", "")
    named = zip(checked["statement"], checked["claim"], strict=True)
    return [[statement, site.at_row(page, claim).removeprefix("#"), folder] for statement, claim in named]


def _of_studies(site: Site, lang: Lang, folders: _Folders) -> list[list[Any]]:
    """The pages of studies that are not of one unit, by what they are called."""
    found: dict[str, list[tuple[str, int]]] = {}
    for key in site.keys.get(lang, []):
        for page in site.of_study.get((lang, key), {}).values():
            folder = folders.at(f"{lang}/{page.folder}/", f"{study_of(page).place}, {study_name(page)}")
            found.setdefault(page.link, []).append((f"{page.name.rpartition('/')[2]}.html", folder))
    return [_short(name, pages) for name, pages in found.items()]


def _others(site: Site, texts: Iterable[Text], lang: Lang) -> list[list[Any]]:
    """Pages that have a title of their own and are of no study and no place."""
    own = [page for page in site.pages if page.lang == lang and page.key is None and page.kind != "place"]
    return [*([page.title, f"{page.path}.html"] for page in own), *([text.title, f"{lang}/{text.name}.html"] for text in texts)]
