"""Ways through the site: where a page is, the pages beside it, other years, levels and places, the units before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from posixpath import dirname, relpath
from typing import Any, NamedTuple
from urllib.parse import quote

from dti_analysis.common.text import Lang, label, rank_text
from dti_analysis.publishing.frame import data_of, home_address, link, study_of
from dti_analysis.publishing.pages import Page
from dti_analysis.records.about import About, about
from dti_analysis.records.sources import Key
from dti_analysis.studies.study import Study
from dti_analysis.views.many import MOST_ROWS

FEW_PLACES = 12
"""Up to how many places are listed on every page; of more, the home page tells."""


class Switch(NamedTuple):
    """The same page of something else: of another year, say."""

    name: str
    links: list[dict[str, Any]]


class Site:
    """The pages that a site has, as its frames look them up: no link is made to a page that is not there."""

    def __init__(self, pages: Iterable[Page], facts: About | None = None):
        self.pages = list(pages)
        self.facts = facts or (about(self.pages[0].root) if self.pages else About())
        self.by_path = {page.path: page for page in self.pages}
        self.rows: dict[str, set[str]] = {}  # of a page, the names of rows that can be pointed at

    def at_row(self, page: Page, name: str) -> str:
        """The fragment that leads to a row of a page, in a ranking of very many units to the unit's name; empty where the page
        has no such row."""
        if name in self.rows.get(page.path, ()):
            return f"#{name}"
        if page.kind != "ranking" or not name or len(study_of(page).ranking) <= MOST_ROWS:
            return ""
        return f"#:~:text={quote(study_of(page).unit_name(name), safe='')}"

    @cached_property
    def of_study(self) -> dict[tuple[Lang, Key], dict[str, Page]]:
        """The pages of each study but those of its units, by their kind."""
        found: dict[tuple[Lang, Key], dict[str, Page]] = defaultdict(dict)
        for page in self.pages:
            if page.key is not None and page.kind != "unit":
                found[page.lang, page.key][page.kind] = page
        return found

    @cached_property
    def units(self) -> dict[tuple[Lang, Key], dict[str, Page]]:
        """The pages of each study's units, by unit, in the order of the ranking."""
        found: dict[tuple[Lang, Key], dict[str, Page]] = defaultdict(dict)
        for page in self.pages:
            if page.key is not None and page.kind == "unit":
                found[page.lang, page.key][page.parameters["unit"]] = page
        for pages in found.values():
            ranked = {unit: at for at, unit in enumerate(study_of(next(iter(pages.values()))).ranking["unit"])}
            for unit in sorted(pages, key=lambda unit: ranked.get(unit, len(ranked))):  # who is waited for comes last
                pages[unit] = pages.pop(unit)
        return found

    @cached_property
    def order(self) -> dict[tuple[Lang, Key], tuple[list[str], dict[str, int], dict[str, Any]]]:
        """The units of each study that are ranked and have pages, best first; at which place each is, and its rank."""
        found = {}
        for of, pages in self.units.items():
            ranking = study_of(next(iter(pages.values()))).ranking
            ranks = dict(zip(ranking["unit"], ranking["rank"], strict=True))
            units = [unit for unit in pages if unit in ranks]
            found[of] = units, {unit: at for at, unit in enumerate(units)}, ranks
        return found

    @cached_property
    def keys(self) -> dict[Lang, list[Key]]:
        """What there are studies of, the newest first."""
        found: dict[Lang, list[Key]] = defaultdict(list)
        for lang, key in {**self.of_study, **self.units}:
            found[lang].append(key)
        return {lang: sorted(keys, key=lambda key: (-key.year, key)) for lang, keys in found.items()}

    @cached_property
    def places(self) -> dict[Lang, list[Page]]:
        """The pages of places: the real ones first, in the order of the data."""
        found: dict[Lang, list[Page]] = defaultdict(list)
        for page in self.pages:
            if page.kind == "place":
                found[page.lang].append(page)
        for pages in found.values():
            order = {place: at for at, place in enumerate(data_of(pages[0].root).places["place"])}
            pages.sort(key=lambda page: (page.sample, order[page.parameters["place"]]))
        return found

    def page_of(self, page: Page, key: Key) -> Page | None:
        """The page of another study that is most like this one: of the same kind and unit, or the ranking of its level."""
        if page.kind == "unit":
            return self.units.get((page.lang, key), {}).get(page.parameters["unit"])
        return self.of_study.get((page.lang, key), {}).get(page.kind)


def to(page: Page, target: Page, text: str, fragment: str = "") -> dict[str, Any]:
    """A link from a page to another, which may be itself."""
    way = relpath(target.path, dirname(page.path))
    made: dict[str, Any] = link(f"{way}.html{fragment}", text)
    return made | {"current": target.path == page.path}


def study_name(page: Page) -> str:
    """What the units of a page's study are, and the year: Huyện, thị xã, thành phố, 2025."""
    study = study_of(page)
    key = "frame.study" if study.key.index == "dti" else "frame.study_index"
    text = label(key, page.lang, level=study.level_name, year=study.year, index=short_index(study))
    return text[:1].upper() + text[1:]


def short_index(study: Study) -> str:
    """What is measured, without the act that its name gives in brackets."""
    return study.index.partition(" (")[0]


def crumbs(page: Page, site: Site) -> list[dict[str, Any]]:
    """Where a page is: home, place, study, the page itself."""
    steps: list[dict[str, Any]] = [link(home_address(page.up, page.lang), label("site.home", page.lang))]
    place = site.by_path.get(f"{page.lang}/{_place(page)}/index")
    if place and place.path != page.path:
        steps.append(to(page, place, place.link))
    ranking = site.of_study.get((page.lang, page.key), {}).get("ranking") if page.key else None
    if ranking and ranking.path != page.path:
        steps.append(to(page, ranking, study_name(page), site.at_row(ranking, page.parameters.get("unit", ""))))
    return [*steps, {"href": "", "text": _own_name(page), "current": True}]


def _own_name(page: Page) -> str:
    """What a page is called below the steps that lead to it."""
    if page.kind == "ranking":
        return study_name(page)
    if page.kind == "criteria":
        data = data_of(page.root)
        framework = data.framework(page.parameters["framework"])
        level = data.name("levels", framework.levels[0], page.lang)
        return f"{label('link.set', page.lang)}: {level}, {framework.applies.from_}"
    return page.link


def _place(page: Page) -> str:
    if page.kind == "criteria":
        return data_of(page.root).framework(page.parameters["framework"]).place
    return page.key.place if page.key else page.name.partition("/")[0]


def tabs(page: Page, site: Site) -> list[dict[str, Any]]:
    """The pages of the same study, and its criteria set."""
    if page.key is None:
        return []
    own = site.of_study.get((page.lang, page.key), {})
    mine = page.parameters.get("unit", "")
    found = [to(page, other, other.link, _chosen(page, other, site) or site.at_row(other, mine)) for other in own.values()]
    criteria = site.by_path.get(f"{page.lang}/criteria/{study_of(page).framework.id}")
    if criteria:
        found.append(to(page, criteria, label("link.set", page.lang)))
    return found if len(found) > 1 or page.kind == "unit" else []


def _chosen(page: Page, other: Page, site: Site) -> str:
    """What makes a page on which units are compared begin with a unit and the one ranked just before it, or after the first."""
    if page.kind != "unit" or page.key is None or other.kind != "compare":
        return ""
    order, places, _ = site.order[page.lang, page.key]
    if page.parameters["unit"] not in places:
        return ""
    at = places[page.parameters["unit"]]
    beside = order[at - 1 : at] or order[at + 1 : at + 2]
    return "?" + "&".join(f"{name}={unit}" for name, unit in zip("ab", [order[at], *beside], strict=False))


def years(page: Page, site: Site) -> list[dict[str, Any]]:
    """The same page of other years, the newest first; of a criteria set, the sets of the same units."""
    found = [(year, other) for year, other in _of_other_years(page, site) if other]
    return [to(page, other, year) for year, other in found] if len(found) > 1 else []


def _of_other_years(page: Page, site: Site) -> list[tuple[str, Page | None]]:
    if page.kind == "criteria":
        frameworks = data_of(page.root).frameworks
        own = frameworks[page.parameters["framework"]]
        alike = [f for f in frameworks.values() if (f.place, f.index, f.levels) == (own.place, own.index, own.levels)]
        alike.sort(key=lambda framework: -framework.applies.from_)
        return [(str(f.applies.from_), site.by_path.get(f"{page.lang}/criteria/{f.id}")) for f in alike]
    if page.key is None:
        return []
    keys = [key for key in site.keys[page.lang] if key._replace(year=page.key.year) == page.key]
    return [(str(key.year), site.page_of(page, key)) for key in keys]


def switches(page: Page, site: Site) -> list[Switch]:
    """The same page of other kinds of units, and the pages of other places."""
    found = []
    if page.key is not None:
        keys = [key for key in reversed(site.keys[page.lang]) if key._replace(level=page.key.level) == page.key]
        rankings = [site.of_study.get((page.lang, key), {}) for key in keys]
        pairs = [(study.get(page.kind) or study.get("ranking"), key) for study, key in zip(rankings, keys, strict=True)]
        data = data_of(page.root)
        links = [to(page, other, data.name("levels", key.level, page.lang)) for other, key in pairs if other]
        for shown in links:
            shown["text"] = shown["text"][:1].upper() + shown["text"][1:]
        found.append(Switch(label("frame.levels", page.lang), links))
    places = site.places.get(page.lang, [])
    if len(places) <= FEW_PLACES:
        found.append(Switch(label("frame.places", page.lang), [to(page, place, place.link) for place in places]))
    return [switch for switch in found if any(not shown["current"] for shown in switch.links) and len(switch.links) > 1]


def neighbours(page: Page, site: Site) -> dict[str, dict[str, Any]]:
    """The units ranked just before and just after a unit: `before`, `after`, where there are any."""
    if page.kind != "unit" or page.key is None:
        return {}
    pages = site.units[page.lang, page.key]
    order, places, ranks = site.order[page.lang, page.key]
    if page.parameters["unit"] not in places:
        return {}
    at = places[page.parameters["unit"]]
    found = {}
    for name, other in (("before", at - 1), ("after", at + 1)):
        if 0 <= other < len(order):
            unit = order[other]
            text = label("frame.neighbour", page.lang, unit=pages[unit].link, rank=rank_text(ranks[unit], page.lang))
            found[name] = to(page, pages[unit], text)
    return found
