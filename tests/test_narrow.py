"""A phone, a sheet of paper, a dark screen: what each kind of page looks like there, in a real browser."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from browser import Browser
from bs4 import BeautifulSoup
from site_small import DATA, WITH_BROWSER, site_of

from dti_analysis.common.text import LANGS, label
from dti_analysis.publishing.pages import pages
from dti_analysis.studies.commune import Commune
from dti_analysis.studies.study import Study
from dti_analysis.views import figures
from dti_analysis.views.figures import narrow
from dti_analysis.views.figures.sheet import BLUE, INK, PALE
from dti_analysis.views.html_table import Column, html_table

KINDS = {
    "tinhmau/dti-2025-district/ranking", "tinhmau/dti-2025-department/ranking", "national/dti-2024-merged-province/ranking",
    "tinhmau/dti-2025-district/gaps", "tinhmau/dti-2025-district/change", "tinhmau/dti-2025-district/compare",
    "tinhmau/dti-2025-district/units/mau-huyen-bac", "tinhmau/dti-2025-commune/models", "criteria/sample-district-2025",
    "tinhmau/index", "yenbai/index", "yenbai/case-xa-tu-le", "yenbai/dti-2023-district/ranking", "claims",
}  # fmt: skip
"""A page of every kind that has figures or tables; those of the whole site (home, method, glossary …) come with it."""


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("narrow")
    chosen = [page for page in pages(DATA) if page.name in KINDS]
    assert len(chosen) == len(KINDS) * len(LANGS)
    return site_of(chosen, output)


def files(folder: Path) -> Iterator[str]:
    return (file.relative_to(folder).as_posix() for file in sorted(folder.rglob("*.html")))


LOOK = """(() => {
  const seen = [...document.querySelectorAll('figure')].filter(figure => figure.checkVisibility());
  const parts = seen.flatMap(figure => [figure, ...figure.querySelectorAll('.dti-scroll, .dti-narrow, .dti-narrow ul')]);
  const sizes = [];
  for (const figure of seen) {
    const texts = document.createTreeWalker(figure, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const part = texts.currentNode.parentElement;
      if (!texts.currentNode.textContent.trim() || !part.checkVisibility()) continue;
      const drawn = part.closest('svg') ? Math.hypot(part.getScreenCTM().a, part.getScreenCTM().b) : 1;
      sizes.push(parseFloat(getComputedStyle(part).fontSize) * drawn);
    }
  }
  const aside = [...document.querySelectorAll('main .dti-scroll')].filter(part => part.scrollWidth > part.clientWidth + 1)
    .map(part => part.querySelector('table'));
  return {
    figures: seen.length, wide: parts.filter(part => part.scrollWidth > part.clientWidth && part.checkVisibility())
      .map(part => part.outerHTML.slice(0, 80)),
    smallest: Math.min(...sizes, 99), page: document.documentElement.scrollWidth,
    moved: aside.map(table => [table ? table.tHead.rows[0].cells.length : 0, table ? table.rows[1].cells[0].tagName : '',
      table ? getComputedStyle(table.rows[1].cells[0]).position : '', table && table.caption ? table.caption.textContent : '']),
  } })()"""


@WITH_BROWSER
@pytest.mark.parametrize("width", [320, 390, 600, 1280])
def test_no_figure_is_moved_sideways_and_its_words_can_be_read(width: int, every: Path, tab: Browser) -> None:
    shown = 0
    for name in [name for name in files(every) if width < 600 or not name.startswith("en/")]:
        tab.open(every / name, width, 844)
        found = tab.run(LOOK)
        shown += found["figures"]
        assert found["wide"] == [], name
        assert found["smallest"] >= 12, (name, found["smallest"])
        assert found["page"] <= width, name
        if width == 390:  # only matrices are wider than a phone: many figures of one kind to each name, which stays in view
            assert [table for table in found["moved"] if table[0] < 7 or table[2] != "sticky"] == [], name
    assert shown >= 10, "there are figures to look at"


def test_a_drawing_or_its_narrow_twin_is_shown_never_both(every: Path, tab: Browser) -> None:
    page = every / "vi/tinhmau/dti-2025-district/units/mau-huyen-bac.html"
    script = """[...document.querySelectorAll('figure:not(.tabled)')].map(
      figure => ['svg', '.dti-narrow'].map(part => figure.querySelector(part).checkVisibility()))"""
    for width, expected in ((390, [False, True]), (1280, [True, False])):
        tab.open(page, width, 844)
        assert tab.run(script) == [expected]
    tab.call("Emulation.setEmulatedMedia", media="print")
    tab.call("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True)
    assert tab.run(script) == [[True, False]], "paper has the drawing, however narrow the window"
    tab.call("Emulation.setEmulatedMedia", media="")


FIRST = """(() => { const first = document.querySelector(
    '.dti-brief dd b, .finding > p, .finding > ul > li, .dti-place p, .text p, .text li, .dti-lead, main > p');
  return [first ? first.textContent.trim().length : 0, first ? first.getBoundingClientRect().bottom : 9999] })()"""


@WITH_BROWSER
def test_the_first_finding_is_on_the_first_screen_of_a_phone(every: Path, tab: Browser) -> None:
    for name in files(every):
        tab.open(every / name, 390, 844)
        length, bottom = tab.run(FIRST)
        assert length > 0 and bottom <= 844, (name, bottom)


@WITH_BROWSER
def test_a_card_says_what_each_of_its_cells_is(every: Path, tab: Browser) -> None:
    """The heading of a column stands before its cell, in the words of the heading; hidden rows of a filter stay hidden."""
    tab.open(every / "vi/tinhmau/dti-2025-department/ranking.html", 390, 844)
    rows = tab.run("""(() => { const table = document.querySelector('table.cards'), heads = [...table.tHead.rows[0].cells];
      return [...table.tBodies[0].rows[0].cells].map((cell, at) => [heads[at].textContent.replace(/[↕\\u2060]/g, '').trim(),
        getComputedStyle(cell, '::before').content.replace(/^"|"$/g, '').trim(), cell.tagName]) })()""")
    told = [(head, before) for head, before, tag in rows if tag == "TD" and before != "none"]
    assert len(told) >= 6 and all(head == before for head, before in told)
    assert [head for head, before, tag in rows if before == "none"] == [label("table.rank", "vi"), label("table.unit", "vi")]
    tab.run("document.querySelector('.dti-filter input').focus()")
    tab.type("noi vu")
    shown = "[...document.querySelector('table.cards').tBodies[0].rows].filter(row => row.checkVisibility()).length"
    tab.wait(f"{shown} === 1")


@WITH_BROWSER
def test_axe_finds_nothing_in_cards_and_narrow_figures(every: Path, tab: Browser, axe: str) -> None:
    script = "axe.run(document, {preload: false}).then(r => r.violations.map(v => [v.id, v.nodes.length, v.nodes[0].html]))"
    for dark in (False, True):
        for name in ("vi/tinhmau/dti-2025-district/change.html", "en/tinhmau/dti-2025-department/ranking.html",
                     "vi/yenbai/index.html", "en/yenbai/case-xa-tu-le.html"):  # fmt: skip
            tab.open(every / name, 390, 844, dark)
            tab.run(f"{axe}; 0")
            assert tab.run(script) == [], name


@WITH_BROWSER
def test_in_forced_colours_marks_of_a_narrow_figure_are_still_seen(every: Path, tab: Browser) -> None:
    tab.open(every / "vi/tinhmau/dti-2025-district/change.html", 390, 844)
    tab.call("Emulation.setEmulatedMedia", features=[{"name": "forced-colors", "value": "active"}])
    seen = tab.run("""(() => { const ground = getComputedStyle(document.body).backgroundColor;
      return [...document.querySelectorAll('.dti-narrow li i')].every(
        mark => ![ground, 'rgba(0, 0, 0, 0)'].includes(getComputedStyle(mark).backgroundColor)
          || getComputedStyle(mark).backgroundImage !== 'none') })()""")
    tab.call("Emulation.setEmulatedMedia", features=[])
    assert seen


# ---- paper -----------------------------------------------------------------------------------------------------------


@WITH_BROWSER
@pytest.mark.parametrize("name", ["ranking", "gaps", "change", "units/mau-huyen-bac"])
def test_the_first_sheet_is_well_filled_and_headings_stay_with_what_follows(
    name: str, every: Path, tab: Browser, tmp_path: Path
) -> None:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed: nothing was read from paper")
    tab.open(every / f"vi/tinhmau/dti-2025-district/{name}.html")
    tab.pdf(tmp_path / "page.pdf")
    command = ["pdftotext", "-bbox-layout", "-enc", "UTF-8", str(tmp_path / "page.pdf"), "-"]
    soup = BeautifulSoup(subprocess.run(command, capture_output=True, text=True, check=True).stdout, "html.parser")
    sheets = soup.select("page")
    heads = [head.get_text().replace("¶", "").strip() for head in _headings(every, name)]
    for at, sheet in enumerate(sheets):
        high = float(str(sheet["height"]))
        lines = sorted((float(str(line["ymax"])), " ".join(line.get_text().split())) for line in sheet.select("line"))
        body = [(y, text) for y, text in lines if 0.06 * high < y < 0.94 * high]  # between the running title and the foot
        if at == 0:
            assert body[-1][0] > 0.55 * high, "the first sheet is not half empty"
        assert body[-1][1] not in heads, f"sheet {at + 1} ends with a heading"


def _headings(every: Path, name: str) -> list[Any]:
    text = (every / f"vi/tinhmau/dti-2025-district/{name}.html").read_text(encoding="utf-8")
    return list(BeautifulSoup(text, "html.parser").select("main h2, main h3"))


# ---- without a browser -----------------------------------------------------------------------------------------------


def test_a_narrow_figure_says_the_same_as_the_drawing() -> None:
    """The same title and subtitle, and every name and value that is drawn."""
    unit = Study(2025, "district", "vi", DATA, "mau-huyen-bac", place="tinhmau", index="dti")
    whole = Study(2025, "department", "en", DATA, place="tinhmau", index="dti")
    case = Commune("xa-tu-le", "vi", DATA)
    drawn = [figures.waterfall(unit), figures.claimed(unit), figures.rank_intervals(unit), figures.waterfall(whole),
             figures.rank_intervals(whole), figures.distribution(whole), figures.facts(case)]  # fmt: skip
    for picture in drawn:
        assert picture is not None and picture.narrow, picture
        soup = BeautifulSoup(picture.narrow, "html.parser")
        said = " ".join(soup.get_text(" ").split())
        assert picture.title in said
        whole_text = " ".join(text.get_text() for text in picture.figure.axes[0].texts)
        for row in soup.select("li"):
            value = row.b.get_text() if row.b else ""
            if value and "–" not in value:
                assert value in whole_text, (picture.title, value)
        assert "hidden" in soup.div.attrs, "a page without the style sheet shows the drawing only"  # type: ignore[union-attr]


def test_bars_of_a_waterfall_end_where_the_next_begins() -> None:
    study = Study(2025, "district", "vi", DATA, "mau-huyen-bac", place="tinhmau", index="dti")
    for picture in (figures.waterfall(study), figures.claimed(study)):
        assert picture is not None
        marks = BeautifulSoup(picture.narrow, "html.parser").select("li i")
        spans = [[float(part.split(":")[1].rstrip("%")) for part in str(mark["style"]).split(";")] for mark in marks]
        ends = [(left, left + width) for left, width in spans]
        cut = [mark for mark in marks if "cut" in mark.get_attribute_list("class")]
        assert ends[0][0] == ends[-1][0] == 0 and len(cut) in (0, 2), "wholes start at the axis's start, cut where it is not 0"
        assert ("Trục bắt đầu từ" in picture.caption) == bool(cut)
        for one, other in pairwise(ends):
            assert min(abs(a - b) for a in one for b in other) < 0.5


def test_marks_by_hand() -> None:
    """Places 2 and 5 of an axis from 1 to 9 are at (2 − 1) ÷ 8 = 12.5% and 50%; what lies outside ends at the edge."""
    at = narrow.along(1, 9)
    assert narrow.Mark(at(2), at(5), BLUE).html() == '<i class="b" style="left:12.5%;width:37.5%"></i>'
    assert narrow.Mark(at(0), at(11), PALE).html() == '<i class="p" style="left:0%;width:100%"></i>'
    assert narrow.Mark(at(5), 0, INK, "dot").html() == '<i class="k dot" style="left:50%"></i>'
    assert narrow.along(3, 3)(3) == 0.5


def test_which_tables_are_cards() -> None:
    def kind(columns: list[Column]) -> str:
        soup = BeautifulSoup(str(html_table(columns, "c", "vi").data), "html.parser")
        assert soup.table is not None
        return "cards" if "cards" in soup.table.get_attribute_list("class") else ""

    def column(heading: str, **how: Any) -> Column:
        return Column(heading, ["1"], **how)

    figures_ = [column(f"f{at}", numeric=True) for at in range(7)]
    name = column("name", long=True)
    assert kind([name, *figures_[:2]]) == "", "a phone has room for three columns"
    assert kind([name, *figures_[:4]]) == "cards"
    assert kind([name, column("x"), column("why", long=True)]) == "cards", "long texts want the whole width"
    assert kind([name, *figures_]) == "", "a matrix"
    assert kind([column("rank", numeric=True), name, *figures_]) == "cards", "beside the rank the name would not stay in view"
    assert kind([name, column("b", numeric=True, bars=[0.5]), *figures_]) == "cards"
    quoted = str(html_table([name, column("l'a\"b\\"), *figures_[:3]], "c", "vi").data)
    style = BeautifulSoup(quoted, "html.parser").table["style"]  # type: ignore[index]
    assert str(style).startswith("--k2:'l’a\"b';--k3:'f0'"), json.dumps(style)
