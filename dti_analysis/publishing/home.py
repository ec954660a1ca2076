"""The home page: every place with its newest findings, the criteria sets, the claims."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, FileSystemLoader, Template

from dti_analysis.common.rooms import TEMPLATES
from dti_analysis.common.text import Lang, collation, day, label, listing
from dti_analysis.publishing.frame import data_of, frame_of, home_address, link_to, other_language, study_of, words
from dti_analysis.publishing.pages import Page
from dti_analysis.studies.study import Study
from dti_analysis.views.wording import score_text


def home_page(pages: list[Page], lang: Lang) -> str:
    """The home page in a language as HTML, of all pages of the site."""
    own = [page for page in pages if page.lang == lang]
    other = other_language(lang)
    frame = {
        "lang": lang,
        "title": label("site.title", lang),
        "sample": False,
        "root": "",
        "home": home_address("", lang),
        "words": words(lang),
        "translation": {"href": home_address("", other), "lang": other, "text": label("site.language", other)},
    }
    groups = {
        "sets": [link_to(p) for p in own if p.kind == "criteria"],
        "others": [link_to(p) for p in own if p.kind == "claims"],
    }
    titled = [{"title": label(f"site.{name}", lang), "links": links} for name, links in groups.items() if links]
    return _template("home.html.j2").render(page=frame, places=_places(own, lang), groups=titled)


def notice_page(page: Page) -> str:
    """What stands in place of a page that could not be made: that it could not, and links to the others."""
    frame = frame_of(page) | {"downloads": [], "seal": ""}
    return _template("notice.html.j2").render(page=frame, notice=label("site.withheld", page.lang))


def _template(name: str) -> Template:
    environment = Environment(loader=FileSystemLoader(TEMPLATES / "dti"), autoescape=True, trim_blocks=True)
    return environment.get_template(name)


def _places(pages: list[Page], lang: Lang) -> list[dict[str, Any]]:
    """The places in the order of data/places.csv, each with its studies, newest first, and its communes."""
    found = []
    for place in [page for page in pages if page.kind == "place"]:
        id_ = place.parameters["place"]
        studies = {page.key: page for page in pages if page.kind == "ranking" and page.key and page.key.place == id_}
        newest = sorted(studies, key=lambda key: (-key.year, key.index, key.level))
        found.append(
            {
                **link_to(place),
                "sample": place.sample,
                "cases": [link_to(page) for page in pages if page.kind == "case" and page.name.startswith(f"{id_}/")],
                "studies": [_study_section(studies[key], pages) for key in newest],
            }
        )
    order = {row: at for at, row in enumerate(data_of(pages[0].root).places["place"])} if pages else {}
    return sorted(found, key=lambda section: (section["sample"], order[section["href"].split("/")[1]]))


def _study_section(ranking: Page, pages: list[Page]) -> dict[str, Any]:
    lang, study = ranking.lang, study_of(ranking)
    own = [page for page in pages if page.key == ranking.key]
    plain = study.key.index == "dti"
    title = label(
        "site.study" if plain else "site.study_index", lang, level=study.level_name, year=study.year, index=study.index
    )
    units = sorted((link_to(page) for page in own if page.kind == "unit"), key=lambda link: collation(link["text"]))
    return {
        "title": title[:1].upper() + title[1:],
        "finding": _leader(study),
        "links": [link_to(page) for page in own if page.kind != "unit"],
        "units": units,
    }


def _leader(study: Study) -> str:
    """Who leads, and with how much; of a part, how many results have been published."""
    if study.partial:
        return label("site.part", study.lang, count=len(study.units), all=len(study.due))
    day_ = study.provenance.as_of
    best = study.ranking[study.ranking["rank"] == study.ranking["rank"].min()]
    names = listing([study.unit_name(unit) for unit in best["unit"]], study.lang)
    key, score = ("site.leader_as_of" if day_ else "site.leader"), score_text(study, best["score"].iloc[0])
    return label(key, study.lang, unit=names, score=score, day=day(day_, study.lang) if day_ else "")
