"""Thousands of units: what pages weigh, who stands in the table and who in the figure, how soon there is something to read.

The nation (3,321 communes × 62 criteria, generated) is scored, its ranking written and put into the page that a place of 260
communes has, whose pages are made whole: what differs between the two is that table alone.
"""

from __future__ import annotations

import os
import re
from functools import cache
from html import unescape
from pathlib import Path

import large_province
import pytest
from browser import Browser
from site_small import WITH_BROWSER, site_of

from dti_analysis.common.text import LANGS, Lang, label
from dti_analysis.publishing import site
from dti_analysis.publishing.pages import pages
from dti_analysis.publishing.sections import lean
from dti_analysis.publishing.warm import share_study
from dti_analysis.records.sources import Data
from dti_analysis.studies.study import Study
from dti_analysis.views import compare_page, many, tables
from dti_analysis.views.figures.words import MOST_UNITS, selected

NATION, PLACE = 3321, many.MOST_ROWS + 10
YEAR = large_province.YEARS[-1]
MOST = {"ranking": 400_000, "unit": 150_000, "gaps": 150_000, "home": 100_000, "index": 400_000}
FIRST_PAINT = 1000
"""Milliseconds, on a processor slowed down four times."""


@pytest.fixture(scope="module")
def nation(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return Data(large_province.write(tmp_path_factory.mktemp("nation"), NATION, [YEAR]))


@cache
def study_of(data: Data, lang: Lang) -> Study:
    return Study(YEAR, large_province.LEVEL, lang, data, place=large_province.PLACE)


@cache
def ranking_of(data: Data, lang: Lang) -> str:
    """The table of the ranking as a site has it."""
    return lean(str(tables.ranking(study_of(data, lang)).data))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of the smaller place: ranking, gaps and one unit; of the others it knows that they are there."""
    folder = tmp_path_factory.mktemp("place")
    data = Data(large_province.write(folder / "data", PLACE, [YEAR]))
    everything = list(pages(data))
    last = f"units/{large_province.names(PLACE)[-2][0]}"
    chosen = [page for page in everything if page.name.endswith(("/ranking", "/gaps", last))]
    assert len(chosen) == 3 * len(LANGS)
    for page in chosen:
        share_study(page)
    rest = [page for page in everything if page.kind == "unit" and page not in chosen]
    return site_of(chosen, folder, rest)


def page_of(made: Path, lang: Lang, name: str) -> str:
    (file,) = (made / lang).rglob(f"{name}.html")
    return file.read_text(encoding="utf-8")


def unit_page(made: Path, lang: Lang) -> str:
    """The page of the one unit that was made."""
    (file,) = (path for path in (made / lang).rglob("units/*.html") if "dti-criterion" in path.read_text(encoding="utf-8"))
    return file.read_text(encoding="utf-8")


def bodies(html: str) -> list[str]:
    return re.findall(r"<tbody>(.*?)</tbody>", html, re.DOTALL)


def of_the_nation(made: Path, data: Data, lang: Lang) -> str:
    """The ranking page of the place with the nation's table in place of its own."""
    html = page_of(made, lang, "ranking")
    (own,) = (body for body in bodies(html) if body.count("<tr") == PLACE)
    return html.replace(own, bodies(ranking_of(data, lang))[0])


def figures_in(html: str) -> list[str]:
    return re.findall(r"<svg.*?</svg>", html, re.DOTALL)


@pytest.mark.parametrize("lang", LANGS)
def test_the_ranking_of_the_nation_has_every_unit_and_stays_within_its_bound(made: Path, nation: Data, lang: Lang) -> None:
    html = of_the_nation(made, nation, lang)
    assert len(html.encode()) <= MOST["ranking"]
    study = study_of(nation, lang)
    linked = re.findall(
        r"<tr><th>[\d.,=]*<td><a href=(units/[a-z0-9-]+\.html)>([^<]+)</a><td>\d", bodies(ranking_of(nation, lang))[0]
    )
    assert [address for address, _ in linked] == [f"units/{unit}.html" for unit in study.ranking["unit"]]
    assert [unescape(name) for _, name in linked] == [study.unit_name(unit) for unit in study.ranking["unit"]]
    silent = int((study.ranking["state"] == "missing").sum())
    assert silent and html.count(f"({label('table.no_form', lang)})") == silent


@pytest.mark.parametrize("lang", LANGS)
def test_figures_and_all_other_tables_show_leaders_last_and_neighbours(made: Path, lang: Lang) -> None:
    data = Data(made.parent / "data")
    study = study_of(data, lang)
    order = list(study.ranking["unit"])
    shown = selected(study, order)
    assert shown == [*order[:10], *order[-5:]] and len(order) > MOST_UNITS
    html = page_of(made, lang, "ranking")
    long = [body.count("<tr") for body in bodies(html) if body.count("<tr") > len(shown)]
    assert long == [PLACE]  # what grows with the units stands once
    assert all(body.count("<tr") <= len(study.framework.leaves) + 1 for body in bodies(page_of(made, lang, "gaps")))
    for page in (html, page_of(made, lang, "gaps")):
        assert max(figure.count("<path") + figure.count("<use") for figure in figures_in(page)) < 4000
        assert all(len(figure.encode()) < 60_000 for figure in figures_in(page))
    left_out = many.left_out(study, shown, order)
    assert str(len(order)) in left_out and html.count(left_out) >= 1


@pytest.mark.parametrize("lang", LANGS)
def test_pages_of_units_and_the_home_page_and_index_stay_within_their_bounds(made: Path, lang: Lang) -> None:
    assert len(unit_page(made, lang).encode()) <= MOST["unit"]
    assert len(page_of(made, lang, "gaps").encode()) <= MOST["gaps"]
    home = made / ("index.html" if lang == "vi" else "index.en.html")
    assert len(home.read_bytes()) <= MOST["home"]
    whole = len((made / f"find.{lang}.js").read_bytes())
    assert whole / PLACE * NATION <= MOST["index"]


def test_of_many_units_the_compare_page_asks_for_those_it_compares(nation: Data) -> None:
    told = compare_page.data(study_of(nation, "vi"))
    whole, parts = compare_page.parted(told)
    together = {unit: own for part in parts for unit, own in part["units"].items()}
    assert together == told["units"] and list(whole["units"]) == list(told["units"])
    assert len(site._compact(whole).encode()) <= 300_000
    assert max(len(site._compact(part).encode()) for part in parts) <= 150_000
    few = {**told, "units": dict(list(told["units"].items())[: many.MOST_ROWS])}
    assert compare_page.parted(few) == (few, [])


@WITH_BROWSER
@pytest.mark.parametrize("lang", LANGS)
def test_there_is_something_to_read_within_a_second(made: Path, nation: Data, tab: Browser, lang: Lang) -> None:
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    if load > 1.5 * cores:
        pytest.skip(f"load {load:.0f} on {cores} cores: how soon a page is painted tells nothing of the page")
    large = next((made / lang).rglob("ranking.html")).with_name("of-the-nation.html")
    large.write_text(of_the_nation(made, nation, lang), encoding="utf-8")
    tab.call("Emulation.setCPUThrottlingRate", rate=4)
    try:
        took = []
        for _ in range(3):  # what else the machine does only adds to it
            tab.open(large, 390, 844)
            tab.wait("performance.getEntriesByName('first-contentful-paint').length > 0")
            took.append(tab.run("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        assert min(took) < FIRST_PAINT
        assert tab.run("document.querySelectorAll('.dti-bare tbody tr').length") == NATION
        assert tab.run("new Set([...document.querySelectorAll('.dti-bare tbody tr')].map((row) => row.cells.length)).size") == 1
    finally:
        tab.call("Emulation.setCPUThrottlingRate", rate=1)
