"""The published site: every page, with each parameter set it is published with, run and looked through."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup, Tag

from dti_analysis.common import strict_yaml
from dti_analysis.common.text import day, label, rank_text
from dti_analysis.publishing.downloads import table_products
from dti_analysis.publishing.frame import EXECUTED
from dti_analysis.publishing.pages import PACKAGE, Page, pages
from dti_analysis.publishing.texts import NAMES, SOURCES
from dti_analysis.records.sources import Data
from dti_analysis.scores.gaps import TIERS
from dti_analysis.studies.study import Study
from dti_analysis.views.figures.picture import sample_mark
from dti_analysis.views.wording import score_text

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
OUTPUT = ROOT / "outputs"
DATA = Data()
PAGES = {page.path: page for page in pages(DATA)}
HOME = {"vi": "index.html", "en": "index.en.html"}
TEXTS = {f"{lang}/{name}.html" for lang in HOME for name in NAMES}
DOCUMENTS = {f"{lang}/{name}.html" for lang in HOME for name in SOURCES}
"""Pages made from the repository's own documents, which speak of data and labels by their names."""
UNITS = [page for page in PAGES.values() if page.kind == "unit"]
STUDY_KINDS = ("ranking", "change", "gaps", "models", "compare", "unit")


def ids(page: Page) -> str:
    return page.path.replace("/", "-")


def of_kind(*kinds: str) -> pytest.MarkDecorator:
    """A test for each page of the kinds."""
    return pytest.mark.parametrize("page", [page for page in PAGES.values() if page.kind in kinds], ids=ids)


def study_of(page: Page) -> Study:
    assert page.key is not None
    return _study(*page.key, page.lang)


@cache
def _study(place: str, index: str, year: int, level: str, lang: str) -> Study:
    return Study(year, level, lang, DATA, place=place, index=index)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def site() -> Path:
    """The whole site, made where `make run` makes it: what is up to date there is not made twice."""
    done = subprocess.run([str(BIN / "dti"), "run"], cwd=ROOT, capture_output=True, text=True, timeout=1800, check=False)
    assert done.returncode == 0, done.stderr
    return OUTPUT / "site"


@pytest.fixture(scope="session")
def soups(site: Path) -> dict[str, BeautifulSoup]:
    files = {file.relative_to(site).as_posix(): file for file in sorted(site.rglob("*.html"))}
    return {name: BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser") for name, file in files.items()}


@pytest.fixture(scope="session")
def texts(soups: dict[str, BeautifulSoup]) -> dict[str, str]:
    """What a reader sees of each page, the title in the browser left out."""
    return {name: soup.body.get_text(" ") for name, soup in soups.items() if soup.body}


# ---- the site as a whole ---------------------------------------------------------------------------------------------


def test_every_page_is_there_in_both_languages(soups: dict[str, BeautifulSoup]) -> None:
    assert set(soups) == {f"{path}.html" for path in PAGES} | set(HOME.values()) | TEXTS
    vietnamese, english = ({path[3:] for path in PAGES if path.startswith(lang)} for lang in ("vi", "en"))
    assert vietnamese == english
    assert len(vietnamese) > 150


def _links(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.find_all(True):
        for attribute in ("href", "src", "xlink:href"):
            if tag.get(attribute):
                yield str(tag[attribute])


def test_every_link_leads_somewhere_and_nothing_is_loaded_from_outside(site: Path, soups: dict[str, BeautifulSoup]) -> None:
    anchors = {name: {str(tag["id"]) for tag in soup.find_all(id=True)} for name, soup in soups.items()}
    broken, checked = [], 0
    for name, soup in soups.items():
        for link in _links(soup):
            if link.startswith("data:"):
                continue
            if link.startswith("https://"):  # a source a reader may follow; never something the page needs
                assert soup.find("a", href=link), (name, link)
                continue
            address, fragment = urldefrag(link.partition("?")[0])
            target = (site / name).parent / unquote(address) if address else site / name
            checked += 1
            if not target.is_file() or (
                fragment and fragment not in anchors[target.resolve().relative_to(site.resolve()).as_posix()]
            ):
                broken.append((name, link))
    assert broken == []
    assert checked > 5000
    assert not [name for name, soup in soups.items() if soup.find("iframe") or len(soup.select("script")) != 1]


def test_a_site_is_small_enough_to_send(site: Path) -> None:
    sizes = {file.relative_to(site).as_posix(): file.stat().st_size for file in site.rglob("*") if file.is_file()}
    assert sum(sizes.values()) <= 25_000_000
    assert {name: size for name, size in sizes.items() if name.endswith(".html") and size > 400_000} == {}
    assert {name: size for name, size in sizes.items() if "/units/" in name and size > 150_000} == {}


def test_titles_tell_the_pages_apart(soups: dict[str, BeautifulSoup]) -> None:
    for lang in HOME:
        own = [path for path in PAGES if path.startswith(f"{lang}/")]
        for part in ("h1", "title"):
            said = [soups[f"{path}.html"].find(part).get_text() for path in own]  # type: ignore[union-attr]
            assert [text for text in set(said) if said.count(text) > 1] == []


@pytest.mark.parametrize("lang", HOME)
def test_home_has_every_place_the_real_ones_first_and_the_sample_tagged(lang: str, soups: dict[str, BeautifulSoup]) -> None:
    soup = soups[HOME[lang]]
    titles = [heading for heading in soup.select("section.dti-place > h2") if heading.a]
    shown = [str(heading.a["href"]).split("/")[1] for heading in titles if heading.a]
    due = [place for place in DATA.places["place"] if any(key.place == place for key in DATA.assessments())]
    kinds = DATA.places["kind"]
    assert shown == sorted(due, key=lambda place: kinds[place] == "sample")
    assert shown[0] == DATA.places["place"].iloc[0]
    assert [bool(heading.select(".dti-sample")) for heading in titles] == [kinds[place] == "sample" for place in shown]
    linked = {str(link["href"]) for link in soup.select("a[href]")}
    due_here = ("place", "ranking", "criteria", "case", "claims")
    assert {f"{path}.html" for path, page in PAGES.items() if page.lang == lang and page.kind in due_here} <= linked


@pytest.mark.parametrize("lang", HOME)
def test_three_steps_from_home_lead_to_every_page(lang: str, soups: dict[str, BeautifulSoup]) -> None:
    reached = {HOME[lang]}
    for _ in range(3):
        reached |= {target for name in reached for target in _targets(name, soups[name])}
    assert {f"{path}.html" for path in PAGES if path.startswith(f"{lang}/")} | TEXTS <= reached


def _targets(name: str, soup: BeautifulSoup) -> set[str]:
    """The pages that a page links to."""
    links = {urldefrag(str(link["href"]).partition("?")[0])[0] for link in soup.select("a[href]")}
    base = Path(name).parent
    found = {Path(os.path.normpath(base / link)).as_posix() for link in links if not link.startswith("https://")}
    return {target for target in found if target.endswith(".html")}


# ---- every page ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES.values(), ids=ids)
def test_page_says_what_it_is(page: Page, soups: dict[str, BeautifulSoup]) -> None:
    soup = soups[f"{page.path}.html"]
    assert soup.html is not None and soup.html["lang"] == page.lang
    heading, title = _without_tag(soup.select("h1")), soup.title.get_text()  # type: ignore[union-attr]
    assert heading == page.title
    assert title == page.title + (f" [{label('sample', page.lang).lower()}]" if page.sample else "")
    for word in _named(page):
        assert word in heading
    assert page.seal[:16] in soup.footer.text  # type: ignore[union-attr]
    for svg in soup.select("figure svg"):
        assert svg["role"] == "img"
        assert len(str(svg["aria-label"])) > 40
    if page.kind != "claims":
        assert soup.select("figure, table")


def _without_tag(headings: list[Tag]) -> str:
    """The one heading of a page, without its tag."""
    assert len(headings) == 1
    return "".join(part for part in headings[0].find_all(string=True, recursive=False)).strip()


def _named(page: Page) -> list[str]:
    """What a page's title must name: the unit or the place, and the year."""
    names = DATA.unit_names(page.lang)
    if page.kind == "unit":
        return [names[page.parameters["unit"]], str(page.parameters["year"])]
    if page.kind == "case":
        return [names[page.parameters["commune"]]]
    if page.kind == "criteria":
        own = DATA.framework(page.parameters["framework"])
        return [DATA.name("places", own.place, page.lang), str(own.applies.from_)]
    place = [DATA.name("places", page.parameters["place"], page.lang)] if "place" in page.parameters else []
    return [*place, *([str(page.parameters["year"])] if "year" in page.parameters else [])]


KEYS = {key for path in (PACKAGE / "common/labels").glob("*.yaml") for key in strict_yaml.read(path).data}


def test_no_page_shows_what_only_a_program_reads(texts: dict[str, str]) -> None:
    assert len(KEYS) > 200
    found = []
    for name, text in texts.items():
        if name in DOCUMENTS:
            continue
        found += [(name, word) for word in re.findall(r"\b(?:Traceback|NaN|nan|None|IPython)\b|\bmpq\(|<NA>|[{}]|\*\*", text)]
        found += [(name, key) for key in set(re.findall(r"\b[a-z_]+(?:\.[a-z_]+)+\b", text)) & KEYS]
    assert found == []


FOREIGN = {
    "en": r"\b(?:của|và|các|không|được|những|hoặc|theo|trong|chưa|nếu|trên|điểm|tiêu chí|chỉ số)\b",
    "vi": r"\b(?:the|of|and|with|points|units|each|criteria)\b",
}
OWN = {"en": FOREIGN["vi"], "vi": FOREIGN["en"]}


@pytest.mark.parametrize("lang", HOME)
def test_pages_are_in_their_language_and_other_parts_say_theirs(lang: str, site: Path) -> None:
    """Act titles, articles and documents there are in Vietnamese only; names are names."""
    names = [re.escape(name) for name in {*DATA.unit_names(lang).values(), *DATA.unit_names("vi").values()}]
    known = re.compile("|".join(sorted(names, key=len, reverse=True)))
    for file in [site / HOME[lang], *sorted((site / lang).rglob("*.html"))]:
        soup = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser").body
        assert soup is not None
        for part in soup.select(f'[lang]:not([lang="{lang}"]), code'):
            part.decompose()
        text = known.sub("", re.sub(r"\b[\w-]+\.(?:csv|yml|yaml)\b|[\w/.-]*/[\w/.-]*", "", soup.get_text(" ")))
        strange = [text[max(0, at.start() - 60) : at.end() + 60] for at in re.finditer(FOREIGN[lang], text)]
        assert strange == [], file
        assert len(re.findall(OWN[lang], text)) > 10 or file.relative_to(site).as_posix() in DOCUMENTS, file


# ---- the sample place and the real ones ------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES.values(), ids=ids)
def test_one_tag_a_sample_page_figure_and_table_and_none_on_real_ones(page: Page, soups: dict[str, BeautifulSoup]) -> None:
    soup, tag = soups[f"{page.path}.html"], label("sample", page.lang)
    marks, figures = soup.select(".dti-sample"), soup.select("figure")
    shown = [text.get_text().count(tag) for text in soup.select("svg text")]
    if not page.sample:
        assert not marks and not soup.select(".sample, [data-kind=sample]")
        assert tag not in soup.get_text(" ")
        return
    assert [mark.get_text() for mark in marks if mark.find_parent("h1")] == [tag]
    narrow = [mark for mark in marks if mark.find_parent(class_="dti-narrow")]
    assert all(mark in narrow or mark.find_parent(["h1", "caption"]) for mark in marks)
    for table in soup.select("table"):
        inputs = "SHA-256" in table.get_text() or (
            table.caption and table.caption.text == label("caption.references", page.lang)
        )
        tagged = len(table.select("caption .dti-sample"))
        assert tagged == (0 if inputs else 1)
        assert ("sample" in table["class"]) == bool(tagged)
    for figure in figures:
        assert figure["data-kind"] == "sample"
        assert [text.get_text() for text in figure.select("svg text")].count(sample_mark()) == 1
        assert tag not in figure.figcaption.get_text()  # type: ignore[union-attr]
        assert len(figure.select(".dti-narrow > .dti-sample")) == len(figure.select(".dti-narrow"))
    assert sum(shown) == len(figures)
    whole = soup.body.get_text(" ")  # type: ignore[union-attr]
    assert whole.count(tag) == len(marks) + len(figures)


def test_sample_pages_name_no_real_body_and_no_real_place(soups: dict[str, BeautifulSoup]) -> None:
    real = DATA.units[DATA.units["place"].map(DATA.places["kind"]) == "real"]
    provinces = real[real["level"].isin(["province", "merged-province"])]["name_vi"]
    names = {re.sub(r"^(?:Tỉnh|Thành phố) ", "", name) for name in provinces}
    assert len(names) >= 63
    for page in PAGES.values():
        if not page.sample:
            continue
        soup = soups[f"{page.path}.html"]
        for link in soup.select("main a[href*='units/'], main a[href^='mau-']"):
            assert "Mẫu" in link.get_text(), (page.path, link)
        if page.kind == "criteria":  # these tell which public sets they are adapted from
            continue
        text = soup.main.get_text(" ")  # type: ignore[union-attr]
        if page.key:  # the note of the set tells what it is adapted from
            text = text.replace(str(getattr(study_of(page).framework, f"note_{page.lang}")), "")
        assert [name for name in names if re.search(rf"\b{re.escape(name)}\b", text)] == [], page.path
        if page.kind in ("ranking", "gaps"):
            own = {DATA.unit_names(page.lang)[unit] for unit in study_of(page).units["unit"]}
            assert own <= _cells(soup) and all("Mẫu" in name for name in own)


def _cells(soup: BeautifulSoup) -> set[str]:
    return {cell.get_text() for cell in soup.select("table.sample th, table.sample td")}


# ---- studies ---------------------------------------------------------------------------------------------------------


@of_kind("ranking")
def test_ranking_pages_show_what_the_package_computes(page: Page, soups: dict[str, BeautifulSoup]) -> None:
    study, table = study_of(page), soups[f"{page.path}.html"].select_one("table.dti-table")
    assert table is not None
    heads = [cell.get_text() for cell in table.select("thead th")]
    at = [heads.index(label(key, page.lang)) for key in ("table.rank", "table.unit")]
    at.append(at[1] + 1)
    rows = [row.find_all(["th", "td"]) for row in table.select("tbody tr")]
    computed = [
        [rank_text(row.rank, page.lang), study.unit_name(row.unit), score_text(study, row.score)]
        for row in study.ranking.itertuples()
    ]
    assert [[row[column].get_text() for column in at] for row in rows] == computed
    linked = [row[at[1]].a["href"] if row[at[1]].a else "" for row in rows]
    assert linked == [f"units/{unit}.html" if study.to_indicators else "" for unit in study.ranking["unit"]]


PARTIAL = [page for page in PAGES.values() if page.kind in STUDY_KINDS and study_of(page).partial]
WHOLE_ONLY = {
    "vi": r"bình quân|trung bình|trung vị|một nửa số đơn vị|tứ phân vị|thấp nhất|xếp cuối|đứng cuối|dẫn đầu với|đứng đầu",
    "en": r"\b(?:mean|average|median|half of the units|quartile|lowest|last is|leads)\b",
}

NOBODY: dict[str, Any] = dict.fromkeys(("count", "all", "level", "units", "rest"), "")


@pytest.mark.parametrize("page", PARTIAL, ids=ids)
def test_a_part_is_never_told_as_the_whole(page: Page, soups: dict[str, BeautifulSoup], texts: dict[str, str]) -> None:
    study, soup = study_of(page), soups[f"{page.path}.html"]
    count, due = len(study.units), len(study.due)
    of = {"vi": f"{count} trong {due}", "en": f"{count} of {'the ' if page.lang == 'en' else ''}{due}"}[page.lang]
    assert page.kind == "ranking" and count < due
    parts = [part.get_text() for part in soup.select(".finding p, .finding li, figure, table")]
    told = [part for part in parts if of in part and label("finding.part", page.lang, **NOBODY).rpartition(",")[2] in part]
    assert len(told) == 1 and f"{count}/{due}" not in texts[f"{page.path}.html"]
    text = " ".join(part for part in parts if part not in told)
    assert re.findall(WHOLE_ONLY[page.lang], text, re.IGNORECASE) == []
    assert label("heading.distribution", page.lang) not in texts[f"{page.path}.html"]
    assert len(soup.select("figure")) <= 1
    assert not [path for path in PAGES if path.startswith(f"{page.lang}/{page.folder}/") and path != page.path]


def test_what_was_published_of_yen_bai_is_told_as_far_as_it_goes(texts: dict[str, str]) -> None:
    assert sorted(page.path for page in PARTIAL if page.lang == "vi") == [
        f"vi/yenbai/dti-{study}/ranking" for study in ("2022-district", "2023-department", "2023-district")
    ]
    for level, part in (("department", "3 trong 19"), ("district", "3 trong 9")):
        text = texts[f"vi/yenbai/dti-2023-{level}/ranking.html"]
        assert part in text
        assert re.search(r"12 đơn vị tăng hạng, 10 giữ hạng, 7 giảm hạng,\s+cộng lại là 29, trong khi chỉ có 28 đơn vị", text)
    for rate in ("80,69%", "80,57%", "77,91%"):
        assert rate in texts["vi/yenbai/dti-2023-district/ranking.html"]
    assert "1 trong 9" in texts["vi/yenbai/dti-2022-district/ranking.html"]


def test_every_page_of_gia_lai_says_that_it_is_of_one_day_and_not_the_dti(texts: dict[str, str]) -> None:
    own = [path for path in PAGES if path[3:].startswith("gialai/")]
    assert len(own) > 30
    said = {
        "vi": (day("2026-10-10", "vi"), "không phải chỉ số chuyển đổi số (DTI)"),
        "en": (day("2026-10-10", "en"), "not the digital transformation index (DTI)"),
    }
    assert said["vi"][0] == "10/10/2026"
    for path in own:
        text = " ".join(texts[f"{path}.html"].split())
        assert [words for words in said[path[:2]] if words not in text] == [], path


# ---- units -----------------------------------------------------------------------------------------------------------


def _figure(text: str, lang: str) -> Fraction:
    """A number as a reader of the language reads it."""
    plain = text.replace(".", "").replace(",", ".") if lang == "vi" else text.replace(",", "")
    return Fraction(plain.replace("−", "-"))


def _tiers_sentence(page: Page, soup: BeautifulSoup) -> list[int]:
    """The counts of the sentence on tiers, the number of all first; empty where there is none."""
    start = {"vi": r"Trong (\d+) (?:chỉ số có điểm|chỉ số và nhóm biết điểm): (.*)\.", "en": r"Of (\d+) criteria .*?, (.*)\."}
    found = [re.fullmatch(start[page.lang], part.get_text()) for part in soup.select(".finding p")]
    sentences = [match for match in found if match]
    if not sentences:
        return []
    (sentence,) = sentences
    return [int(sentence[1]), *map(int, re.findall(r"(?<![\d.,])\d+(?![\d%])", sentence[2]))]


@of_kind("unit")
def test_tiers_of_a_unit_add_up_to_its_criteria(page: Page, soups: dict[str, BeautifulSoup]) -> None:
    soup, study, unit = soups[f"{page.path}.html"], study_of(page), page.parameters["unit"]
    cards = soup.select("section.dti-criterion")
    assert len({card["id"] for card in cards}) == len(cards) > 0
    tiers = {str(card["id"]): [tier for tier in TIERS if tier in card["class"]] for card in cards}
    tagged = [code for code, tier in tiers.items() if tier]
    assert all(len(tier) <= 1 for tier in tiers.values())
    for card in cards:
        tags = [tag.get_text() for tag in card.select(".tier")]
        assert tags == [label(f"tier.{tier}", page.lang) for tier in tiers[str(card["id"])]]
        if tags:
            shown = card.select_one(".points").get_text().removesuffix(tags[0])  # type: ignore[union-attr]
            points, _, maximum = shown.strip().partition("/")
            share = _figure(points, page.lang) / _figure(maximum, page.lang)
            assert tiers[str(card["id"])][0] in _tiers_of(share, Fraction(1, 100) / _figure(maximum, page.lang))
    note = label("unit.from_above", page.lang)
    groups = [str(part.find_previous_sibling("h3")["id"]) for part in soup.select(".dti-criteria > .dti-note")]  # type: ignore[index]
    assert all(part.get_text() == note for part in soup.select(".dti-criteria > .dti-note"))
    mine = study.gaps[(study.gaps["unit"] == unit) & study.gaps["finest"]].set_index("component")["tier"]
    assert sorted([*tagged, *groups]) == sorted(mine.index)
    assert {code: tiers[code][0] for code in tagged} == mine[tagged].to_dict()
    counts = _tiers_sentence(page, soup)
    if study.ranking.set_index("unit").at[unit, "state"] == "missing":
        assert counts == [] and set(mine) == {"not_achieved"}
    else:
        assert counts[0] == sum(counts[1:]) == len(mine)
        assert counts[1:] == [count for tier in TIERS if (count := int((mine == tier).sum()))]


def _tiers_of(share: Fraction, blur: Fraction) -> set[str]:
    """The tiers that a share may be in, shown at two decimals of a point."""
    ends = {"not_achieved": (-1, 0), "low": (0, Fraction(1, 2)), "middle": (Fraction(1, 2), Fraction(4, 5))}
    spans = {**ends, "high": (Fraction(4, 5), 1), "at_max": (1, 1)}
    return {tier for tier, (low, high) in spans.items() if low - blur <= share <= high + blur}


@of_kind("unit")
def test_points_shown_and_missing_add_up_to_the_maximum_shown(page: Page, soups: dict[str, BeautifulSoup]) -> None:
    caption = label("caption.own_pillars", page.lang, unit=_named(page)[0], year=page.parameters["year"])
    (table,) = [t for t in soups[f"{page.path}.html"].select("table") if t.caption and caption in t.caption.text]
    heads = [cell.get_text() for cell in table.select("thead th")]
    keys = ("table.points", "table.missing", "table.max_points")
    columns = [heads.index(label(key, page.lang)) for key in keys]
    rows = [[_figure(row.find_all(["th", "td"])[at].text, page.lang) for at in columns] for row in table.select("tbody tr")]
    assert len(rows) >= 3
    assert all(points + missing == maximum for points, missing, maximum in rows)


# ---- notebooks, tables, the record -----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def notebooks(site: Path) -> dict[str, str]:
    """The executed notebooks, by the page that they are of."""
    with tarfile.open(site / EXECUTED) as archive:
        return {name.removesuffix(".ipynb"): archive.extractfile(name).read().decode() for name in archive.getnames()}  # type: ignore[union-attr]


def test_every_notebook_ran_with_its_parameters(notebooks: dict[str, str]) -> None:
    assert set(notebooks) == set(PAGES)
    for path, page in PAGES.items():
        notebook = nbformat.reads(notebooks[path], as_version=4)
        injected = [cell for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", [])]
        assert len(injected) == 1
        values: dict[str, object] = {}
        exec(injected[0].source, {}, values)
        assert values == page.parameters
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        assert outputs and not [output for output in outputs if output.output_type in ("error", "stream")]


def test_executed_notebooks_name_no_folder_of_this_machine(notebooks: dict[str, str]) -> None:
    assert [path for path, text in notebooks.items() if str(ROOT) in text] == []


def test_tables_have_names_and_say_what_they_rest_on(site: Path) -> None:
    rankings = [page for page in PAGES.values() if page.kind == "ranking" and page.lang == "vi"]
    made = {path.name: page for page in rankings for path in table_products(page, OUTPUT)}
    due = {f"{name}.zip": page for name, page in made.items() if name.endswith(".csv")}
    books = {name for name in made if name.endswith(".xlsx")}
    assert {file.name for file in (site / "tables").iterdir() if file.suffix != ".js"} == {*due, *books}
    assert len(books) == len(rankings)
    assert max((site / "tables" / name).stat().st_size for name in books) < 400_000
    for name, page in due.items():
        study = study_of(page)
        table = pd.read_csv(site / "tables" / name, keep_default_na=False)
        assert set(table["data"]) == {study.kind}
        for unit, shown in set(zip(table["unit"], table["unit_name"], strict=True)):
            assert shown == study.unit_name(unit)
        assert table["component_name"].str.len().gt(3).all()
        assert not page.sample or table["unit_name"].str.contains("Mẫu").all()
    scores = pd.read_csv(site / "tables" / "national-dti-2022-province-scores.csv.zip")
    total = scores[(scores["component"] == "total") & (scores["unit"] == "thanh-pho-da-nang")]
    assert total["points"].item() == 800.175


def test_the_record_names_every_page_and_its_seal(site: Path) -> None:
    record = json.loads((site.parent / "run.json").read_text(encoding="utf-8"))
    assert {page["path"]: page["seal"] for page in record["pages"]} == {path: page.seal for path, page in PAGES.items()}


def test_nothing_changed_is_said_and_quick(site: Path) -> None:
    done = subprocess.run([str(BIN / "dti"), "run"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("nothing changed")
    assert str(site / "index.html") in done.stdout


NBVAL = [
    "vi/national/dti-2022-province/ranking", "vi/tinhmau/dti-2025-district/gaps",
    "en/tinhmau/dti-2025-district/units/mau-huyen-bac", "vi/criteria/hcm-commune-2026", "vi/yenbai/case-xa-tu-le",
    "en/gialai/service-2026-commune/models", "vi/yenbai/index", "en/claims",
    "vi/tinhmau/dti-2025-department/change", "en/tinhmau/dti-2025-department/compare",
]  # fmt: skip


def test_run_again_notebooks_give_the_same_outputs(notebooks: dict[str, str], tmp_path: Path) -> None:
    """nbval executes published notebooks anew, in ordinary kernels, and compares every output with what was published."""
    assert {PAGES[path].kind for path in NBVAL} == {page.kind for page in PAGES.values()}
    for path in NBVAL:
        (tmp_path / f"{path.replace('/', '-')}.ipynb").write_text(notebooks[path], encoding="utf-8")
    command = [str(BIN / "pytest"), "--nbval", "-q", "-p", "no:cacheprovider", "-c", os.devnull, str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    cells = [nbformat.reads(notebooks[path], as_version=4).cells for path in NBVAL]
    expected = sum(cell.cell_type == "code" for notebook in cells for cell in notebook)
    assert f"{expected} passed" in done.stdout
