"""The home page: the newest finding of every place with a small figure, and the ways to everything else."""

from __future__ import annotations

from typing import Any

import pandas as pd
from markupsafe import Markup

from dti_analysis.common.text import Lang, label, rank_text
from dti_analysis.publishing.frame import link_to, study_of
from dti_analysis.publishing.navigate import Site, short_index, study_name
from dti_analysis.publishing.pages import Page
from dti_analysis.publishing.texts import to_html
from dti_analysis.records.sources import Key
from dti_analysis.studies.extent import date
from dti_analysis.studies.study import Study
from dti_analysis.views.wording import score_text
from dti_analysis.views.year_so_far import title

FIRST = 5
"""How many units the small figure of a place has."""


def home_parts(site: Site, lang: Lang) -> dict[str, Any]:
    """What the template of the home page fills in: `places`, `sets` and `claims`."""
    own = [page for page in site.pages if page.lang == lang]
    return {
        "places": [_place(place, site) for place in site.places.get(lang, [])] or _without_places(site, lang),
        "sets": [link_to(page) for page in own if page.kind == "criteria"],
        "claims": [link_to(page) for page in own if page.kind in ("claims", "own")],
    }


def _without_places(site: Site, lang: Lang) -> list[dict[str, Any]]:
    """Of a site that holds some studies only, not the pages of their places: a section for each place all the same."""
    keys = site.keys.get(lang, [])
    rankings = [site.of_study[lang, key]["ranking"] for key in keys if "ranking" in site.of_study.get((lang, key), {})]
    named = {page.key.place: page for page in rankings if page.key}
    return [
        {"href": "", "text": study_of(page).place, "sample": page.sample, "cases": []} | _studies(place, site, lang)
        for place, page in named.items()
    ]


def _place(place: Page, site: Site) -> dict[str, Any]:
    id_ = place.parameters["place"]
    cases = [
        link_to(page)
        for page in site.pages
        if page.lang == place.lang and page.kind == "case" and page.name.startswith(f"{id_}/")
    ]
    return {**link_to(place), "sample": place.sample, "cases": cases} | _studies(id_, site, place.lang)


def _studies(place: str, site: Site, lang: Lang) -> dict[str, Any]:
    """The newest study of a place with its finding and figure, and all studies: kinds of units, each with its years."""
    found = {
        key: page
        for key in site.keys.get(lang, [])
        if key.place == place and (page := site.of_study.get((lang, key), {}).get("ranking"))
    }
    if not found:
        return {"newest": None, "levels": []}
    newest = max(found, key=lambda key: (key.year, _weight(study_of(found[key])), key.level))
    return {"newest": _newest(found[newest], site), "levels": _levels(found)}


def _weight(study: Study) -> tuple[bool, bool]:
    """Of the studies of one year, one that is known whole and to its criteria is shown before others."""
    return not study.partial, study.to_indicators


def _levels(found: dict[Key, Page]) -> list[dict[str, Any]]:
    named: dict[str, list[dict[str, str]]] = {}
    for key, page in found.items():
        study = study_of(page)
        level = study.level_name[:1].upper() + study.level_name[1:]
        name = level if key.index == "dti" else f"{level} – {short_index(study)}"
        named.setdefault(name, []).append(link_to(page) | {"text": str(key.year)})
    return [{"name": name, "years": years} for name, years in named.items()]


def _newest(ranking: Page, site: Site) -> dict[str, Any]:
    from dti_analysis.views import findings

    study = study_of(ranking)
    note = str(study.data.indices.at[study.key.index, f"note_{study.lang}"])
    finding = Markup(to_html(str(findings.leader(study).data)))
    return {
        "name": study_name(ranking),
        "notes": [date(study)] * bool(study.provenance.as_of) + [note] * bool(note),
        "href": f"{ranking.path}.html",
        "finding": finding,
        "bars": _bars(study, ranking, site),
        "caption": title(
            study, label("home.known" if study.partial else "home.top", study.lang, count=min(FIRST, len(study.ranking)))
        ),
    }


def _bars(study: Study, ranking: Page, site: Site) -> list[dict[str, Any]]:
    """The first few of a ranking: rank, name, score in words and as the length of a bar, from 0."""
    rows = study.ranking.head(FIRST).to_dict("records")
    units = site.units.get((ranking.lang, study.key), {})
    return [
        {
            "rank": rank_text(row["rank"], study.lang),
            "name": study.unit_name(row["unit"]),
            "href": f"{units[row['unit']].path}.html" if row["unit"] in units else "",
            "score": score_text(study, row["score"]),
            "share": f"{100 * min(row['score'], 1.0):.1f}",
        }
        for row in rows
        if not pd.isna(row["score"])
    ]
