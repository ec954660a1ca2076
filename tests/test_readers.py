"""What readers do: units compared, every task of their review by keyboard alone, paper, and numbers that stand twice."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from browser import Browser
from bs4 import BeautifulSoup
from site_small import DATA, STUDIES, UNITS, WITH_BROWSER
from test_frame import WITH_NODE

from dti_analysis.common.rooms import TEMPLATES
from dti_analysis.common.text import LANGS, Lang, label, number
from dti_analysis.scores.spread import spread
from dti_analysis.studies.study import Study
from dti_analysis.views import compare_page

STUDY = f"vi/{STUDIES[0]}"
RANKING, COMPARE, UNIT = f"{STUDY}/ranking.html", f"{STUDY}/compare.html", f"{STUDY}/units/mau-huyen-bac.html"


def figure(text: str, lang: str) -> float:
    """A number as a reader of the language reads it."""
    plain = text.replace(".", "").replace(",", ".") if lang == "vi" else text.replace(",", "")
    return float(plain.replace("−", "-"))


# ---- compare ---------------------------------------------------------------------------------------------------------


def test_spread_by_hand() -> None:
    """Shares 1/2, 1/4 and, of its own 8 points, 1: mean (0.5 + 0.25 + 1) ÷ 3 = 7/12. What does not apply counts nowhere."""
    columns = ["component", "level", "state", "points", "max_points", "score"]
    rows = [
        ("P", "pillar", "assessed", 5, 10, 0.5),
        ("P", "pillar", "missing", 2.5, 10, 0.25),
        ("P", "pillar", "stated", 8, 8, 1),
    ]
    absent = [("P", "pillar", "not_applicable", 0, 0, None), ("Q", "pillar", "unknown", None, 5, None)]
    penalty = [("R", "indicator", "assessed", -3, 0, None), ("R", "indicator", "assessed", 0, 0, None)]
    table = spread(pd.DataFrame([*rows, *absent, *penalty], columns=columns).astype({"score": float, "points": float}))
    row, lost = table.to_dict("records")
    assert (lost["component"], lost["max_points"]) == ("R", 0) and pd.isna(lost["mean"])
    assert row == {
        "component": "P", "level": "pillar", "units": 3, "max_points": 10.0, "highest": 1.0, "lowest": 0.25,
        "mean": pytest.approx(7 / 12),
    }  # fmt: skip


HELD = {
    "decimals": 2,
    "max": [100, 10, 10, 10],
    "units": {"a": [60, 2.5, "", 4], "b": [45, 5, 3, None], "c": [45, 10, 1, 0]},
    "own": {"a": {"0": 90}},
}


def _node(script: str) -> Any:
    file = json.dumps(str(TEMPLATES / "dti" / "compare.js"))
    node = shutil.which("node")
    assert node is not None
    command = [node, "-e", f"const own = require({file}); console.log(JSON.stringify({script}))"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@WITH_NODE
def test_units_are_set_apart_in_points_or_where_maxima_differ_in_shares() -> None:
    two = _node(f"own.compared({json.dumps(HELD)}, ['a', 'b']).map(row => [row.apart, row.alike])")
    # 60/90 − 45/100 = 21.666… of a hundred; 2.5 − 5; nothing where one is not applicable or unknown.
    assert two == [[21.67, False], [-2.5, True], [None, None], [None, None]]
    three = _node(f"own.compared({json.dumps(HELD)}, ['c', 'b', 'a'])[1].apart")
    assert three == 7.5, "the highest less the lowest"


@WITH_NODE
def test_an_address_asks_for_each_unit_once_and_strangers_are_named() -> None:
    there = json.dumps(HELD["units"])
    assert _node(f"own.asked('?b=b&a=a&c=a', {there})") == [["a", "b"], []]
    assert _node(f"own.asked('?a=zz&b=toString&c=c', {there})") == [["c"], ["zz", "toString"]]
    assert _node(f"own.asked('', {there})") == [[], []]


KEYS = [(2025, "district", "tinhmau", "dti"), (2025, "department", "tinhmau", "dti"),
        (2024, "merged-province", "national", "dti"), (2026, "department", "gialai", "service")]  # fmt: skip


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_what_the_page_is_told_is_what_was_scored(key: tuple[int, str, str, str]) -> None:
    year, level, place, index = key
    study = Study(year, level, "vi", DATA, place=place, index=index)
    held, rows = compare_page.data(study), compare_page.rows(study)
    assert list(held["units"]) == list(study.ranking["unit"]) and len(json.dumps(held)) < 20_000
    scores = study.verified.set_index(["unit", "component"])
    for unit, values in held["units"].items():
        for at, (code, value) in enumerate(zip(rows["component"], values, strict=True)):
            row = scores.loc[unit, code]
            if value == "":
                assert row["state"] == "not_applicable"
            elif value is None:
                assert pd.isna(row["points"])
            else:
                assert number(value, held["decimals"], "vi") == number(
                    row["score" if held["decimals"] == 4 else "points"], held["decimals"], "vi"
                )
                if held["decimals"] == 2:
                    assert held["own"].get(unit, {}).get(at, held["max"][at]) == row["max_points"]


def test_without_a_script_the_page_says_so_and_has_whole_tables(soups: dict[str, BeautifulSoup]) -> None:
    for lang in LANGS:
        soup = soups[f"{lang}/{STUDIES[0]}/compare.html"]
        assert soup.noscript is not None and label("compare.without", lang) in soup.noscript.get_text()
        upper, lower = soup.select("#dti-compare tbody")
        assert len(upper.select("tr")) == 7 and len(lower.select("tr")) == 40
        assert not [cell for cell in soup.select("#dti-compare td") if not cell.get_text(strip=True)]


def test_rankings_and_unit_pages_lead_to_the_comparison(soups: dict[str, BeautifulSoup]) -> None:
    assert soups[RANKING].select(".dti-tabs a[href='compare.html']")
    # Ranked 6, 7, 8: Giang, Bắc, Hạ; of the units that the small site has, Giang is the first.
    assert soups[UNIT].select(".dti-tabs a[href='../compare.html?a=mau-huyen-bac&b=mau-huyen-giang']")
    assert soups[UNIT.replace("bac", "giang")].select(".dti-tabs a[href='../compare.html?a=mau-huyen-giang&b=mau-huyen-bac']")


def _compared(tab: Browser, folder: Path, lang: str, query: str) -> list[list[str]]:
    tab.open((folder / lang / STUDIES[0] / "compare.html").resolve().as_uri() + query)
    tab.wait("document.getElementById('dti-compare').dataset.ready === 'yes'")
    assert tab.errors == []
    rows = "[...document.querySelectorAll('#dti-compare tbody tr')].map(row => [...row.cells].map(cell => cell.textContent))"
    return list(tab.run(rows))


@WITH_BROWSER
def test_compared_units_have_the_points_of_their_own_pages(folder: Path, soups: dict[str, BeautifulSoup], tab: Browser) -> None:
    for lang in LANGS:
        rows = _compared(tab, folder, lang, "?a=mau-huyen-bac&b=mau-huyen-ha")
        names = [DATA.unit_names(lang)[unit] for unit in ("mau-huyen-bac", "mau-huyen-ha")]
        assert tab.run("document.title").startswith(" – ".join(names) + " | ")
        pages = [soups[f"{lang}/{STUDIES[0]}/units/{unit}.html"] for unit in ("mau-huyen-bac", "mau-huyen-ha")]
        cards = [
            {card.h4.get_text(): card.select_one(".points b").get_text() for card in page.select("section.dti-criterion")}  # type: ignore[union-attr]
            for page in pages
        ]
        found = 0
        for name, _, one, other, apart, *_ in rows[7:]:
            due = [next(points for title, points in own.items() if title.endswith(f" {name}")) for own in cards]
            assert [one, other] == due, name
            assert round(figure(one, lang) - figure(other, lang), 2) == figure(apart, lang)
            found += 1
        assert found == 40
        hidden = tab.run(
            "(() => { document.querySelector('#dti-compare > label input').click(); return [...document.querySelectorAll("
            "'#dti-compare tbody tr')].filter(row => row.hidden).length })()"
        )
        assert hidden == sum(figure(row[4], lang) == 0 for row in rows)


@WITH_BROWSER
def test_a_comparison_keeps_its_units_in_the_other_language_and_year(folder: Path, tab: Browser) -> None:
    query = "?a=mau-huyen-ha&b=mau-huyen-bac&c=mau-huyen-giang"
    rows = _compared(tab, folder, "vi", query)
    assert len(rows[0]) == 7
    assert tab.run("document.querySelector('a.language').search") == query
    assert tab.run("[...document.querySelectorAll('.dti-years a')].map(link => link.search)") == [query, query]
    _compared(tab, folder, "vi", "?a=mau-huyen-ha&b=nobody")
    assert "“nobody”" in tab.run("document.getElementById('dti-compare').textContent")
    root = folder.resolve().as_uri()
    assert all(request.startswith(root) for request in tab.requests), tab.requests


# ---- tasks of the readers' review, by keyboard alone -----------------------------------------------------------------


class Keys:
    """A reader without a mouse: counts what is pressed."""

    def __init__(self, tab: Browser, page: Path, lang: Lang):
        self.tab, self.lang, self.pressed = tab, lang, 0
        tab.open(page, 390, 844)

    def press(self, *keys: str) -> None:
        self.tab.press(*keys)
        self.pressed += len(keys)

    def to(self, selector: str, most: int = 150) -> None:
        """Press Tab until what is chosen has the focus."""
        for _ in range(most):
            self.press("Tab")
            if self.tab.run(f"document.activeElement.matches({json.dumps(selector)})"):
                return
        raise AssertionError(f"not reached by {most} tabs: {selector}")

    def follow(self, selector: str, address: str) -> None:
        self.to(selector)
        self.press("Enter")
        self.arrive(address)

    def find(self, words: str, address: str) -> None:
        self.press("/")
        self.tab.type(words)
        self.tab.wait("document.querySelectorAll('#dti-found [role=option]').length > 0")
        self.press("Enter")
        self.arrive(address)

    def arrive(self, address: str) -> None:
        self.tab.wait(f"location.href.endsWith({json.dumps(address)}) && document.readyState === 'complete'")

    def seen(self, selector: str) -> str:
        """The text of an element that is on the screen."""
        found = self.tab.run(
            f"(() => {{ const one = document.querySelector({json.dumps(selector)}), at = one.getBoundingClientRect();"
            "return at.top < innerHeight && at.bottom > 0 ? one.textContent : '' })()"
        )
        return " ".join(str(found).split())


def _leader(keys: Keys) -> None:
    """On the home page, on its first screen, nothing pressed."""
    assert {"vi": "đứng đầu", "en": "leads"}[keys.lang] in keys.seen(".finding > p")


def _why_it_fell(keys: Keys) -> None:
    keys.find("mau ha", "dti-2025-district/units/mau-huyen-ha.html")
    assert {"vi": "giảm 3 bậc", "en": "down 3 from rank 5"}[keys.lang] in keys.seen("dl.dti-brief")
    assert {"vi": "tự thân", "en": "own change"}[keys.lang] in keys.tab.run("document.querySelector('dl.dti-why').textContent")


def _compare_two(keys: Keys) -> None:
    keys.find("mau bac", "dti-2025-district/units/mau-huyen-bac.html")
    keys.follow(".dti-tabs a[href*='compare']", "compare.html?a=mau-huyen-bac&b=mau-huyen-giang")
    keys.tab.wait("document.getElementById('dti-compare').dataset.ready === 'yes'")
    keys.to("select[name=b]")
    keys.press("ArrowDown")
    keys.to(".dti-choose button")
    keys.press("Enter")
    keys.tab.wait("location.search.startsWith('?a=mau-huyen-bac&b=') && !location.search.includes('giang')")


def _find(keys: Keys) -> None:
    keys.find("mau bac", "dti-2025-district/units/mau-huyen-bac.html")


def _year_before(keys: Keys) -> None:
    keys.find("mau bac", "dti-2025-district/units/mau-huyen-bac.html")
    keys.follow(".dti-years a:not([aria-current])", "dti-2024-district/units/mau-huyen-bac.html")


def _own_row(keys: Keys) -> None:
    keys.find("mau bac", "dti-2025-district/units/mau-huyen-bac.html")
    keys.follow(".dti-crumbs li:nth-child(3) a", "ranking.html#mau-huyen-bac")
    assert DATA.unit_names(keys.lang)["mau-huyen-bac"] in keys.tab.run("document.querySelector('tr:target').textContent")


def _from_ranking(keys: Keys) -> None:
    keys.find({"vi": "xep hang 2025", "en": "ranking district 2025"}[keys.lang], f"{keys.lang}/{STUDIES[0]}/ranking.html")
    keys.follow("table a[href$='mau-huyen-bac.html']", "units/mau-huyen-bac.html")


def _table(keys: Keys) -> None:
    keys.find({"vi": "xep hang 2025", "en": "ranking district 2025"}[keys.lang], f"{keys.lang}/{STUDIES[0]}/ranking.html")
    keys.follow(".dti-tabs a[href='#dti-downloads']", "#dti-downloads")
    keys.to("footer a[href*='tables/']")
    assert keys.tab.run("document.activeElement.href").endswith("tinhmau-dti-2025-district.xlsx")


def _sample(keys: Keys) -> None:
    keys.find("mau bac", "dti-2025-district/units/mau-huyen-bac.html")
    assert {"vi": "hư cấu", "en": "fictitious"}[keys.lang] in keys.seen(".finding blockquote")


def _annex(keys: Keys) -> None:
    keys.find({"vi": "xep hang 2025", "en": "ranking district 2025"}[keys.lang], f"{keys.lang}/{STUDIES[0]}/ranking.html")
    keys.tab.call("Emulation.setEmulatedMedia", media="print")
    rows = "document.querySelector('table.dti-table').tBodies[0].rows.length"
    shown = f"document.querySelector('.dti-sign').checkVisibility() ? {rows} : 0"
    assert keys.tab.run(shown) == 9
    keys.tab.call("Emulation.setEmulatedMedia", media="")


def _what_next(keys: Keys) -> None:
    keys.find("mau bac", "dti-2025-district/units/mau-huyen-bac.html")
    table = "[...document.querySelectorAll('main table')][0]"
    assert {"vi": "Hạng khi đó", "en": "Rank then"}[keys.lang] in keys.tab.run(f"{table}.textContent")
    assert len(keys.tab.run(f"[...{table}.tBodies[0].rows].map(row => row.textContent)")) == 3


TASKS: dict[str, Callable[[Keys], None]] = {
    "who leads": _leader, "why it fell": _why_it_fell, "compare two": _compare_two, "find by typing": _find,
    "unit to the year before": _year_before, "unit to its ranking": _own_row, "ranking to unit": _from_ranking,
    "table for Excel": _table, "ranking as an annex": _annex, "understand sample": _sample, "what to do next": _what_next,
}  # fmt: skip


@WITH_BROWSER
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("task", TASKS)
def test_every_task_is_done_by_keyboard_alone_on_a_phone(task: str, lang: Lang, folder: Path, tab: Browser) -> None:
    home = {"vi": "index.html", "en": "index.en.html"}[lang]
    keys = Keys(tab, folder / home, lang)
    begun = time.monotonic()
    TASKS[task](keys)
    print(f"{lang}, {task}: {keys.pressed} keys, {time.monotonic() - begun:.1f} s")
    assert keys.pressed <= 60, "keys beside the words typed"


# ---- numbers that stand twice ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("study", STUDIES)
def test_rank_and_points_agree_wherever_they_stand(study: str, lang: Lang, soups: dict[str, BeautifulSoup]) -> None:
    ranking = soups[f"{lang}/{study}/ranking.html"]
    heads = [cell.get_text() for cell in ranking.select("table.dti-table")[0].select("thead th")]
    for unit in UNITS:
        row = [cell.get_text() for cell in ranking.find(id=unit).find_all(["th", "td"])]  # type: ignore[union-attr]
        listed = dict(zip(heads, row, strict=True))
        page = soups[f"{lang}/{study}/units/{unit}.html"]
        brief = {part.dt.get_text(): part.dd for part in page.select("dl.dti-brief > div")}  # type: ignore[union-attr]
        rank, points = (brief[label(key, lang)].b.get_text() for key in ("brief.rank", "brief.points"))
        assert rank.partition("/")[0] == listed[label("table.rank", lang)]
        assert points.partition("/")[0] == listed[label("table.points", lang)]
        assert listed[label("table.percent", lang)] in brief[label("brief.points", lang)].get_text()
        appraised = brief[label("brief.appraised", lang)]
        own, verified = appraised.b.get_text().split(" → ")
        assert verified == points.partition("/")[0] and own == listed[label("table.self", lang)]
        assert listed[label("table.difference", lang)] in appraised.get_text()
        headings = [re.split(r"/| of ", head.small.get_text())[0] for head in page.select(".dti-criteria > h3") if head.small]
        caption = label("caption.own_pillars", lang, unit=DATA.unit_names(lang)[unit], year=study.split("-")[1])
        (table,) = [table for table in page.select("table") if table.caption and caption in table.caption.get_text()]
        at = [cell.get_text() for cell in table.select("thead th")].index(label("table.points", lang))
        assert headings == [row.find_all(["th", "td"])[at].get_text() for row in table.select("tbody tr")]
        assert round(sum(figure(text, lang) for text in headings), 2) == pytest.approx(
            figure(points.partition("/")[0], lang), abs=0.03
        ), "pillars are rounded one by one"
        cards = [card.select_one(".points b").get_text() for card in page.select("section.dti-criterion")]  # type: ignore[union-attr]
        assert len(cards) == 40


TICKS = {"0", "25", "50", "75", "100"}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", ["ranking", "gaps"])
def test_what_a_figure_says_stands_in_a_table_too(name: str, lang: str, soups: dict[str, BeautifulSoup]) -> None:
    soup = soups[f"{lang}/{STUDIES[0]}/{name}.html"]
    told = [" ".join(part.get_text(" ") for part in soup.select("table, .finding")), ""]
    tables = {text.strip("%") for text in re.findall(r"[+−]?\d[\d.,]*%?", told[0])}
    tabled = soup.select("figure.tabled")
    assert len(tabled) >= 3
    for picture in tabled:
        heights = picture.select("svg text")
        shown = [part.get_text() for part in heights[3:] if re.fullmatch(r"[+−]?[\d.,]+%?( / [\d.,]+)?", part.get_text())]
        values = {value for text in shown for value in text.strip("%").split(" / ")} - TICKS
        points = {value.lstrip("+−") for value in tables} | tables
        rounded = {re.sub(r"([.,]\d)\d$", r"\1", value) for value in points}
        strange = {value for value in values if value.lstrip("+−") not in points | rounded}
        if "−" in "".join(values) or "+" in "".join(values):  # in percentage points, of what the table has in points of 1,000
            continue
        assert len(strange) <= len(values) / 10, (picture.figcaption, strange)


# ---- as HTML ---------------------------------------------------------------------------------------------------------


def test_every_page_is_html_without_a_fault(
    folder: Path, html_validate: Callable[[Path], list[tuple[str, str, str, int]]], tmp_path: Path
) -> None:
    assert html_validate(folder) == []
    (tmp_path / "faulty.html").write_text('<!DOCTYPE html><html lang="vi"><title>x</title><p id="a"><div id="a"></p></html>')
    assert {"no-dup-id", "close-order"} & {rule for _, rule, *_ in html_validate(tmp_path)}, "it sees a fault that is there"


# ---- paper -----------------------------------------------------------------------------------------------------------


def study_units() -> list[str]:
    """The nine units of the study."""
    return list(Study(2025, "district", "vi", DATA, place="tinhmau").units["unit"])


SIZES = """(() => { const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const part = texts.currentNode.parentElement;
    if (!texts.currentNode.textContent.trim() || !part.checkVisibility() || part.closest("noscript")) continue;
    const drawn = part.closest("svg") ? part.getScreenCTM().a : 1;
    found.push([Math.round(7.5 * parseFloat(getComputedStyle(part).fontSize) * drawn) / 10, part.textContent.slice(0, 40)]);
  }
  return found.sort((a, b) => a[0] - b[0]).slice(0, 5) })()"""
"""The smallest texts of a page, in points."""


def _paper(tab: Browser, target: Path) -> list[str]:
    tab.pdf(target)
    read = subprocess.run(["pdftotext", "-layout", str(target), "-"], capture_output=True, text=True, check=True)
    return read.stdout.rstrip("\f").split("\f")


def _smallest(tab: Browser) -> list[list[Any]]:
    """As on A4 with margins of 12 mm: 186 mm are 703 px."""
    tab.call("Emulation.setDeviceMetricsOverride", width=703, height=1000, deviceScaleFactor=1, mobile=False)
    tab.call("Emulation.setEmulatedMedia", media="print")
    found = tab.run(SIZES)
    tab.call("Emulation.setEmulatedMedia", media="")
    return list(found)


WITH_PDF = pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed: nothing was read from paper")


@WITH_BROWSER
@WITH_PDF
@pytest.mark.parametrize("name", [RANKING, UNIT, COMPARE])
def test_paper_has_numbers_titles_and_text_that_can_be_read(name: str, folder: Path, tab: Browser, tmp_path: Path) -> None:
    tab.open(folder / name)
    smallest = _smallest(tab)
    assert smallest[0][0] >= 8, smallest
    title = tab.run("document.querySelector('h1').firstChild.textContent").strip()
    tab.open(folder / name)
    sheets = _paper(tab, tmp_path / "page.pdf")
    for at, sheet in enumerate(sheets, 1):
        assert f"{at}/{len(sheets)}" in sheet and title in " ".join(sheet.split())
    signed = [at for at, sheet in enumerate(sheets) if label("frame.sign_head", "vi") in sheet]
    assert signed == ([] if name == COMPARE else [0]), "the brief and the ranking are one sheet each, signed"
    if name == RANKING:
        assert all(DATA.unit_names("vi")[unit] in sheets[0] for unit in study_units())
    assert len(sheets) <= {RANKING: 9, UNIT: 15, COMPARE: 5}[name]


MANY = """(() => { const body = document.querySelector("table.dti-table tbody"), row = body.rows[0];
  for (let at = body.rows.length + 1; at <= 120; at++) {
    const more = row.cloneNode(true);
    more.removeAttribute("id");
    more.cells[0].textContent = at;
    more.cells[1].textContent = "Xã Thử Số " + at;
    body.append(more);
  }
  return body.rows.length })()"""


@WITH_BROWSER
@WITH_PDF
def test_a_ranking_of_120_units_breaks_over_sheets_whole(folder: Path, tab: Browser, tmp_path: Path) -> None:
    tab.open(folder / RANKING)
    assert tab.run(MANY) == 120
    sheets = _paper(tab, tmp_path / "many.pdf")
    text = "\n".join(sheets)
    assert [at for at in range(10, 121) if f"Xã Thử Số {at}" not in text] == []
    heads = [sheet for sheet in sheets if "Xã Thử Số" in sheet]
    assert len(heads) > 2 and all(label("table.unit", "vi") in sheet for sheet in heads), "the heading is on every sheet"
    tab.open(folder / RANKING)
    tab.run(MANY)
    assert _smallest(tab)[0][0] >= 8


# ---- phone -----------------------------------------------------------------------------------------------------------


@WITH_BROWSER
@pytest.mark.parametrize("width", [390, 1280])
def test_figures_are_set_at_twelve_pixels(width: int, folder: Path, tab: Browser) -> None:
    for name in (RANKING, f"{STUDY}/gaps.html", UNIT, "vi/tinhmau/index.html"):
        tab.open(folder / name, width, 844)
        sizes = tab.run(
            "[...document.querySelectorAll('figure svg text')].filter(text => text.checkVisibility())"
            ".map(text => parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"
        )
        assert not sizes or min(sizes) >= 12, (name, min(sizes))


@WITH_BROWSER
def test_a_table_is_copied_without_hidden_words(folder: Path, tab: Browser) -> None:
    tab.open(folder / RANKING)
    copied = tab.run(
        "(() => { const table = document.querySelector('table.dti-table'); getSelection().selectAllChildren(table);"
        "return getSelection().toString() })()"
    )
    lines = [line for line in copied.splitlines() if line.strip()]
    assert len([line for line in lines if "Mẫu" in line and "\t" in line]) == 9
    assert not re.search(r"SYNTHETIC|\u202f|↕|Sắp xếp", copied)


@WITH_BROWSER
@pytest.mark.parametrize("lang", ["vi", "en"])
@pytest.mark.parametrize("unit", UNITS)
def test_the_brief_of_a_unit_is_read_without_scrolling(unit: str, lang: str, folder: Path, tab: Browser) -> None:
    """Rank and change, why, how firm, the next place and the three steps, on the screen of an ordinary laptop."""
    tab.open(folder / lang / STUDIES[0] / f"units/{unit}.html", 1280, 900)
    bottoms = tab.run(
        "['.dti-brief', '.dti-why', '.dti-why + .dti-scroll tbody tr:nth-child(3)']"
        ".map(part => document.querySelector(part).getBoundingClientRect().bottom)"
    )
    assert max(bottoms) <= 900, bottoms
    beside = tab.run(
        "['.dti-why', '.dti-why + .dti-scroll'].map(part => document.querySelector(part).getBoundingClientRect().toJSON())"
    )
    assert beside[0]["right"] < beside[1]["left"], "neither covers the other"
