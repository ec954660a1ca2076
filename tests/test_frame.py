"""The frame of the site: finding, moving, sorting, trust and looks, on a small site; in a real browser where there is one."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag

import pytest
from browser import Browser
from bs4 import BeautifulSoup, Tag
from site_small import ALL, CHOSEN, DATA, STUDIES, UNITS, WITH_BROWSER

from dti_analysis.common.faults import Faults
from dti_analysis.common.rooms import TEMPLATES
from dti_analysis.common.text import LANGS, Lang, label, plain
from dti_analysis.publishing import site
from dti_analysis.publishing.find import index_file, index_of
from dti_analysis.publishing.frame import EXECUTED
from dti_analysis.publishing.navigate import FEW_PLACES, Site
from dti_analysis.publishing.sections import leading, sections, slug, with_rows, with_sections
from dti_analysis.publishing.texts import glossary, texts, with_terms
from dti_analysis.records.about import about
from dti_analysis.records.sources import Data

HOME = {"vi": "index.html", "en": "index.en.html"}
NODE = shutil.which("node")
WITH_NODE = pytest.mark.skipif(NODE is None, reason="node is not installed: the script is tried in the browser only")


def _texts(soups: dict[str, BeautifulSoup]) -> dict[str, BeautifulSoup]:
    names = {f"{lang}/{name}.html" for lang in LANGS for name in ("about", "method", "glossary", "changelog")}
    return {name: soup for name, soup in soups.items() if name in names}


# ---- what every page has ---------------------------------------------------------------------------------------------


def test_every_page_has_its_frame(folder: Path, soups: dict[str, BeautifulSoup]) -> None:
    assert len(soups) == (len(CHOSEN) + len(_texts(soups)) // 2 + 1) * len(LANGS)
    for name, soup in soups.items():
        assert len(soup.select("h1")) == len(soup.select("main#main")) == len(soup.select("footer")) == 1, name
        assert soup.select_one("body > a.dti-skip")["href"] == "#main"  # type: ignore[index]
        box = soup.select_one("[role=search] input[role=combobox]")
        assert box is not None and soup.find(id=str(box["aria-controls"])), name
        assert [str(script["src"]).rpartition("/")[2] for script in soup.select("script")] == ["site.js"], name
        assert not soup.select("[onclick], [onload], [oninput], script:not([src])"), name
        for described in ("og:title", "og:description"):
            assert len(str(soup.find("meta", property=described)["content"])) > 6, name  # type: ignore[index]
        if name not in HOME.values():
            crumbs = soup.select(".dti-crumbs li")
            assert crumbs[0].a is not None and crumbs[-1].select("[aria-current=page]"), name
        ids = [str(tag["id"]) for tag in soup.find_all(id=True)]
        assert len(ids) == len(set(ids)), (name, [own for own in ids if ids.count(own) > 1])
        assert not [own for own in ids if "%" in own or " " in own], name
    assert sum(file.stat().st_size for file in folder.glob("site.js")) < 15_000
    assert all((folder / HOME[lang]).stat().st_size < 100_000 for lang in LANGS)


def test_every_link_of_the_frame_leads_somewhere(folder: Path, soups: dict[str, BeautifulSoup]) -> None:
    """Links within findings lead to pages that this small site does not have; tests of the whole site follow those."""
    ids = {name: {str(tag["id"]) for tag in soup.find_all(id=True)} for name, soup in soups.items()}
    own = {*_texts(soups), *HOME.values()}
    checked = 0
    for name, soup in soups.items():
        part = "a" if name in own else "header a, footer a, .dti-neighbours a, a.dti-term, a.dti-anchor, a.code"
        links = [
            str(link["href"])
            for link in [*soup.select(f":is({part})[href]"), *soup.select("link[href], script[src]")]
            if link.get("href")
        ]
        links += [str(script["src"]) for script in soup.select("script")]
        for link in links:
            if link.startswith(("https://", "data:")):
                continue
            address, fragment = urldefrag(link.partition("?")[0])
            target = ((folder / name).parent / unquote(address)).resolve() if address else folder / name
            if target.name == EXECUTED or target.parent.name == "tables":
                continue  # made by the batch
            inside = target.relative_to(folder.resolve() if address else folder).as_posix()
            assert target.is_file() and (not fragment or fragment in ids[inside]), (name, link)
            checked += 1
    assert checked > 1000


def test_every_page_says_who_computed_it_when_its_data_end_and_what_is_published(soups: dict[str, BeautifulSoup]) -> None:
    said = {
        "vi/tinhmau/dti-2025-district/ranking.html": ["hư cấu", "năm 2025", "Đủ 9 đơn vị"],
        "vi/yenbai/dti-2023-district/ranking.html": ["đã công bố", "năm 2023", "3 trong 9 đơn vị"],
        "en/yenbai/dti-2023-district/ranking.html": ["Published figures", "3 of 9 units"],
        "en/criteria/sample-district-2025.html": ["in force"],
    }
    for name, soup in soups.items():
        foot = " ".join(soup.footer.get_text(" ").split())  # type: ignore[union-attr]
        assert "dti-analysis" in foot, name
        assert [words for words in said.get(name, []) if words not in foot] == [], name
        links = [str(link["href"]) for link in soup.select("footer a")]
        for due in ("method.html", "glossary.html", "changelog.html"):
            assert any(link.endswith(due) for link in links), (name, due)
        assert sum("about.html#" in link for link in links) == 2, "how to cite, and how to ask for a correction"


# ---- move ------------------------------------------------------------------------------------------------------------


def _links(soup: BeautifulSoup, part: str) -> list[tuple[str, str, bool]]:
    return [(link.get_text(), str(link["href"]), link.get("aria-current") == "page") for link in soup.select(f"{part} a")]


def test_a_unit_page_leads_to_its_place_row_other_year_and_neighbours(soups: dict[str, BeautifulSoup]) -> None:
    soup = soups["vi/tinhmau/dti-2025-district/units/mau-huyen-bac.html"]
    assert [link[1] for link in _links(soup, ".dti-crumbs")] == [
        "../../../../index.html", "../../index.html", "../ranking.html#mau-huyen-bac",
    ]  # fmt: skip
    assert _links(soup, ".dti-years") == [
        ("2025", "mau-huyen-bac.html", True), ("2024", "../../dti-2024-district/units/mau-huyen-bac.html", False),
    ]  # fmt: skip
    neighbours = {str(link["rel"][0]): (link.get_text(), str(link["href"])) for link in soup.select(".dti-neighbours a")}
    # Ranked 6, 7, 8: Giang, Bắc, Hạ.
    assert neighbours["prev"] == ("Huyện Mẫu Giang (hạng 6)", "mau-huyen-giang.html")
    assert neighbours["next"] == ("Huyện Mẫu Hạ (hạng 8)", "mau-huyen-ha.html")
    row = soups["vi/tinhmau/dti-2025-district/ranking.html"].find(id="mau-huyen-bac")
    assert isinstance(row, Tag) and row.name == "tr" and "Huyện Mẫu Bắc" in row.get_text()


def test_switches_lead_only_to_pages_there_are(soups: dict[str, BeautifulSoup]) -> None:
    soup = soups["vi/criteria/sample-district-2025.html"]
    assert [(text, here) for text, _, here in _links(soup, ".dti-years")] == [("2025", True), ("2024", False)]
    assert not soups["vi/claims.html"].select(".dti-ways"), "one place, one year: nothing to switch to"
    assert not soups["vi/yenbai/dti-2023-district/ranking.html"].select(".dti-years")


def test_places_are_listed_on_every_page_while_they_are_few() -> None:
    whole = Site(ALL)
    for page in (page for page in ALL if page.kind == "ranking"):
        named = {switch.name: switch.links for switch in site.navigate.switches(page, whole)}
        places = named.get(label("frame.places", page.lang), [])
        assert (len(places) == len(whole.places[page.lang])) == (len(whole.places[page.lang]) <= FEW_PLACES)
        if page.key and page.key.place == "tinhmau":
            levels = named[label("frame.levels", page.lang)]
            assert len(levels) == 3 and sum(shown["current"] for shown in levels) == 1


MADE = """<div class="prose"><h1 id="%C4%90?">Đơn vị nào?<a class="anchor-link" href="#x">¶</a></h1><p>Vì sao</p></div>
<div class="finding"><blockquote><p>Lưu ý.</p></blockquote><p>Huyện <strong>A &amp; B</strong> đứng đầu.</p></div>
<h2 id="x%20y">Tăng, giữ &amp; giảm<a class="anchor-link" href="#x">¶</a></h2><h3 id="P1">Nhóm</h3>
<h2 id="x">P1<a class="anchor-link" href="#x">¶</a></h2><h2 id="z">Tăng giữ giảm<a class="anchor-link" href="#x">¶</a></h2>
<section class="dti-criterion low" id="P1.01"><h4><span class="code">P1.01</span> Tên</h4></section>"""


def test_sections_have_readable_addresses_that_people_can_share() -> None:
    assert slug("Đơn vị <em>dẫn đầu</em> &amp; Ở “đâu”?") == "don-vi-dan-dau-o-dau"
    assert slug("§ ½") == "muc" and len(slug("một hai ba " * 30)) <= 60
    assert sections(MADE) == ["tang-giu-giam", "p1", "tang-giu-giam-2"]
    soup = BeautifulSoup(with_sections(MADE, ["rose", "p1", "third"], "vi"), "html.parser")
    assert [(str(h["id"]), h.get("data-twin")) for h in soup.select(".dti-heading h2")] == [
        ("tang-giu-giam", "rose"), ("p1", None), ("tang-giu-giam-2", "third"),
    ]  # fmt: skip
    assert [str(link["href"]) for link in soup.select("a.dti-anchor")] == ["#tang-giu-giam", "#p1", "#tang-giu-giam-2"]
    assert "“Tăng, giữ & giảm”" in str(soup.select_one("a.dti-anchor")["aria-label"])  # type: ignore[index]
    assert soup.select_one("p.question").get_text() == "Đơn vị nào?"  # type: ignore[union-attr]
    assert str(soup.select_one("#P1\\.01 a.code")["href"]) == "#P1.01"  # type: ignore[index]
    assert "¶" not in soup.get_text() and not soup.select("[data-twin='']")
    assert not BeautifulSoup(with_sections(MADE, ["one"], "vi"), "html.parser").select("[data-twin]"), "sections differ"
    assert leading(MADE) == "Huyện A & B đứng đầu."


def test_rows_are_named_in_the_table_that_has_as_many() -> None:
    tables = "<tbody><tr><td>1</td></tr></tbody><tbody><tr><td>1</td></tr><tr class='strong'><td>2</td></tr></tbody>"
    rows = BeautifulSoup(with_rows(tables, ["a", "b"]), "html.parser").select("tr[id]")
    assert [(row["id"], row.get_text()) for row in rows] == [("a", "1"), ("b", "2")]
    assert with_rows(tables, ["a", "b", "c"]) == tables == with_rows(tables, [])


def test_sections_of_both_languages_are_paired(soups: dict[str, BeautifulSoup]) -> None:
    paired = 0
    for name, soup in soups.items():
        for heading in soup.select("[data-twin]"):
            other = soups[("en" if name.startswith("vi") else "vi") + name[2:]]
            twin = other.find(id=str(heading["data-twin"]))
            assert isinstance(twin, Tag) and twin["data-twin"] == heading["id"], (name, heading)
            paired += 1
    assert paired > 50


# ---- find ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def indices(tmp_path_factory: pytest.TempPathFactory) -> dict[Lang, Path]:
    """The index of the whole site, in each language, without making it."""
    whole = Site(ALL)
    for page in ALL:
        whole.rows[page.path] = set(site._row_names(page))
    made = {}
    for lang in LANGS:
        made[lang] = tmp_path_factory.mktemp("index") / index_file(lang)
        made[lang].write_text(index_of(whole, texts(DATA, lang, "", ""), lang), encoding="utf-8")
    return made


def _node(script: str) -> Any:
    """What a script says that has the site's own as `own`."""
    assert NODE is not None
    start = f"const own = require({json.dumps(str(TEMPLATES / 'dti' / 'site.js'))});"
    done = subprocess.run(
        [NODE, "-e", f"{start} console.log(JSON.stringify({script}))"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _found(index: Path, *queries: str) -> list[list[dict[str, Any]]]:
    text = json.loads(index.read_text(encoding="utf-8").removeprefix("dtiFind(").removesuffix(");\n"))
    return list(_node(f"(all => {json.dumps(queries)}.map(q => own.search(all, q)))(own.entries({json.dumps(text)}))"))


def test_the_index_is_a_script_and_small(indices: dict[Lang, Path]) -> None:
    for path in indices.values():
        text = path.read_text(encoding="utf-8")
        assert text.startswith("dtiFind({") and text.endswith("});\n") and "</" not in text
        assert path.stat().st_size < 45_000


@WITH_NODE
def test_what_is_typed_without_diacritics_is_found(indices: dict[Lang, Path]) -> None:
    asked = {
        "mau bac": ("Huyện Mẫu Bắc", "vi/tinhmau/dti-2025-district/units/mau-huyen-bac.html"),
        "MẪU BẮC": ("Huyện Mẫu Bắc", "vi/tinhmau/dti-2025-district/units/mau-huyen-bac.html"),
        "mau bac 2024": ("Huyện Mẫu Bắc", "vi/tinhmau/dti-2024-district/units/mau-huyen-bac.html"),
        "dak song": ("UBND xã Đăk Song", "vi/gialai/service-2026-commune/ranking.html#xa-dak-song"),
        "Đăk So": ("UBND xã Đăk Song", "vi/gialai/service-2026-commune/ranking.html#xa-dak-song"),
        "van chan": ("Huyện Văn Chấn", "vi/yenbai/dti-2023-district/ranking.html#"),  # of which nothing is published
        "gia lai": ("Gia Lai", "vi/gialai/index.html"),
        "98,82": (
            "Ba sở dẫn đầu năm 2023 hoàn thành 98,82%, 97,06% và 91,95%", "vi/claims.html#yenbai-2023-completion-departments",
        ),
        "to cong nghe so cong dong hoat dong hieu qua": (
            "Tổ công nghệ số cộng đồng hoạt động hiệu quả", "vi/criteria/sample-district-2025.html#P6.06",
        ),
        "phuong phap": ("Phương pháp tính", "vi/method.html"),
    }  # fmt: skip
    for (query, due), found in zip(asked.items(), _found(indices["vi"], *asked), strict=True):
        assert found and (found[0]["name"], found[0]["address"]) == due, (query, found[:3])
    assert _found(indices["vi"], "không có gì như thế", " ", "?!") == [[], [], []]
    assert _found(indices["en"], "mau bac")[0][0]["address"] == "en/tinhmau/dti-2025-district/units/mau-huyen-bac.html"


@WITH_NODE
def test_script_and_package_take_diacritics_away_alike() -> None:
    names = [*DATA.units["name_vi"], "ĐẮK LẮK", "Öst & Ệ½"]
    assert _node(f"{json.dumps(names)}.map(own.plain)") == [plain(name) for name in names]


@WITH_NODE
def test_everything_found_is_there(folder: Path, soups: dict[str, BeautifulSoup]) -> None:
    for lang in LANGS:
        text = (folder / index_file(lang)).read_text(encoding="utf-8").removeprefix("dtiFind(").removesuffix(");\n")
        entries = _node(f"own.entries({text})")
        assert len(entries) > 100
        for entry in entries:
            address, fragment = urldefrag(entry["address"])
            assert address in soups and (not fragment or soups[address].find(id=fragment)), entry


# ---- sort ------------------------------------------------------------------------------------------------------------


@WITH_NODE
def test_numbers_sort_as_numbers_and_names_as_vietnamese_does() -> None:
    vi = [
        "1.000,5",
        "98,82%",
        "−12,5",
        "+3",
        "620,00/1.000",
        "1 trong 63",
        "▲ 3",
        "▼ 12",
        "= giữ hạng",
        "10/10/2026",
        "05/2022",
        "–",
        "",
        "Mã 3",
    ]
    keys = [1000.5, 98.82, -12.5, 3, 620, 1, 3, -12, 0, 20261010, 20220500, None, None, "Mã 3"]
    assert _node(f"{json.dumps(vi)}.map(text => own.sortKey(text, 'vi'))") == keys
    assert _node("['1,000.5', '98.82%', '−0.25'].map(text => own.sortKey(text, 'en'))") == [1000.5, 98.82, -0.25]
    names = ["Đà Nẵng", "Dak", "Ân", "An", "Ăn", "Êa", "Ea", "Ông", "Ong", "Ưng", "Ung"]
    script = f"{json.dumps(names)}.sort((a, b) => own.inOrder(a, b, 1, new Intl.Collator('vi')))"
    assert _node(script) == ["An", "Ăn", "Ân", "Dak", "Đà Nẵng", "Ea", "Êa", "Ong", "Ông", "Ung", "Ưng"]
    for way in (1, -1):
        mixed = _node(f"[null, 2, 'b', 10, null].sort((a, b) => own.inOrder(a, b, {way}, new Intl.Collator('vi')))")
        assert mixed[-2:] == [None, None], "what is empty comes last"


# ---- texts and trust -------------------------------------------------------------------------------------------------


def test_the_glossary_has_every_term_and_words_on_pages_lead_to_it(soups: dict[str, BeautifulSoup]) -> None:
    due = [term.name for under in glossary().values() for term in under]
    assert len(due) > 70 and len(due) == len(set(due))
    for lang in LANGS:
        rows = [str(row["id"]) for row in soups[f"{lang}/glossary.html"].select("tbody tr[id]")]
        assert rows == due
        page = soups[f"{lang}/tinhmau/dti-2025-district/ranking.html"]
        told = {link.get_text(): str(link["href"]) for link in page.select("a.dti-term")}
        assert told[label("table.rank", lang)].endswith("glossary.html#hang-thu-hang")
    assert not [term.vi for under in glossary().values() for term in under if not term.means["vi"]], "docs/glossary.vi.md"
    assert all(vi for vi, _ in glossary())
    assert not soups["vi/glossary.html"].select("main td:nth-child(3)[lang], main h2[lang]")
    assert {
        lang: str(soups[f"{lang}/{STUDIES[0]}/ranking.html"].select_one("a.dti-term[href$='#hang-thu-hang']")["title"])  # type: ignore[index]
        for lang in LANGS
    } == {"vi": "1 là cao nhất", "en": "1 is best"}
    twice = with_terms('<th scope="col">Hạng</th><dt>hạng</dt><th scope="col">Tên &lt;b&gt;</th>', "vi", "")
    assert twice.count("dti-term") == 1 and "Tên &lt;b&gt;" in twice


def test_english_texts_say_so_on_vietnamese_pages(soups: dict[str, BeautifulSoup]) -> None:
    assert soups["vi/changelog.html"].select("main [lang=en] h2") and not soups["en/changelog.html"].select("main [lang=en]")
    assert not soups["vi/method.html"].select("main [lang=en]") and not soups["en/method.html"].select("main [lang=en]")
    assert len(soups["vi/method.html"].select("main h2")) >= 12, "the method is told in Vietnamese"
    assert soups["vi/method.html"].select("main a[href='../en/method.html'][hreflang=en]"), "and its formulas are one link away"
    assert not [link for soup in _texts(soups).values() for link in soup.select("main a[href$='.md'], main a[href$='.csv']")]


def test_contact_code_and_licence_are_data_and_said_to_be_unknown_where_they_are(tmp_path: Path) -> None:
    def told(lang: Lang) -> str:
        (text,) = [text for text in texts(data, lang, "make run", "../x.zip") if text.name == "about"]
        return BeautifulSoup(text.html, "html.parser").get_text(" ") + "".join(
            re.findall('href="(?:https|mailto)[^"]*"', text.html)
        )

    shutil.copytree(DATA.root, tmp_path / "data")
    data, file = Data(tmp_path / "data"), tmp_path / "data" / "site.yaml"
    assert label("about.correct_none", "vi") in told("vi") and label("about.licence_none", "en") in told("en")
    assert label("about.publisher_none", "vi") in told("vi") and label("about.code_none", "en") in told("en")
    file.write_text(
        "publisher: {name: Sở X & Y, href: 'https://x.vn'}\n"
        "contact: {name: Ban biên tập <b>, href: 'mailto:a@b.vn'}\ncode: https://x.vn/code\n"
        "licence: {name: CC BY 4.0, href: 'https://x.vn/l'}\naddress: null\n", encoding="utf-8",
    )  # fmt: skip
    for words in ("Sở X & Y", "Ban biên tập <b>", "mailto:a@b.vn", "https://x.vn/code", "CC BY 4.0", 'href="https://x.vn/l"'):
        assert words in told("vi")
    frame = site._frame("vi", "Trang", "../", "", "", about(data.root)) | {"crumbs": []}
    foot = BeautifulSoup(site._rendered("page.html.j2", frame, body=""), "html.parser").select_one("footer .dti-people")
    assert foot is not None and foot.get_text() == (
        "Đơn vị công bố: Sở X & Y · Liên hệ, đính chính: Ban biên tập <b> · Giấy phép: CC BY 4.0 · Mã nguồn: https://x.vn/code"
    ), "on every page once it is given"
    file.write_text("contact: {name: A, href: 'javascript:alert(1)'}\ncod: x\n", encoding="utf-8")
    with pytest.raises(Faults) as error:
        about(data.root)
    assert len(error.value.faults) == 2 and "line 1" in str(error.value) and "code" in str(error.value)
    file.unlink()
    assert about(data.root).contact is None


def test_a_shared_page_has_a_picture_where_the_address_of_the_site_is_known(tmp_path: Path) -> None:
    def images(address: str) -> list[str]:
        (tmp_path / "site.yaml").write_text(f"address: {address}\n", encoding="utf-8")
        frame = site._frame("vi", "Trang", "../", "", "", about(tmp_path)) | {"crumbs": []}
        soup = BeautifulSoup(site._rendered("page.html.j2", frame, body=""), "html.parser")
        return [str(meta["content"]) for meta in soup.select("meta[property='og:image']")]

    assert images("null") == []
    assert images("https://x.vn/dti") == ["https://x.vn/dti/picture.png"]


def test_text_from_data_cannot_end_what_it_stands_in() -> None:
    assert site._css_text('a"} </style> \\ Đ') == '"a\\22 \\7d  \\3c \\2f style\\3e  \\5c  Đ"'


# ---- in a browser ----------------------------------------------------------------------------------------------------


RANKING = "vi/tinhmau/dti-2025-district/ranking.html"


@WITH_BROWSER
def test_find_by_keyboard_alone_from_a_folder(folder: Path, tab: Browser) -> None:
    tab.open(folder / RANKING)
    loaded = {request.rpartition("/")[2] for request in tab.requests}
    assert loaded == {"ranking.html", "style.css", "site.js"}, "the index is loaded when somebody looks for something"
    tab.press("/")
    tab.type("mau ba")
    tab.wait("document.querySelectorAll('#dti-found [role=option]').length > 0")
    box = "document.getElementById('dti-find')"
    assert tab.run(f"{box}.getAttribute('aria-expanded')") == "true" and "2" in tab.run(
        "document.getElementById('dti-count').textContent"
    )
    tab.press("ArrowDown", "ArrowDown")
    marked = tab.run(f"document.getElementById({box}.getAttribute('aria-activedescendant')).textContent")
    assert "2024" in marked
    tab.press("Escape")
    assert tab.run(f"[{box}.value, {box}.getAttribute('aria-expanded')]") == ["mau ba", "false"]
    tab.press("ArrowDown", "Enter")
    tab.wait("location.pathname.endsWith('dti-2025-district/units/mau-huyen-bac.html') && document.readyState === 'complete'")
    assert tab.errors == []
    root = folder.resolve().as_uri()
    assert all(request.startswith(root) for request in tab.requests), tab.requests
    tab.press("/")
    tab.type("không đâu có")
    tab.wait("document.getElementById('dti-count').textContent !== ''")
    assert tab.run("document.getElementById('dti-count').textContent") == label("frame.found_none", "vi")
    tab.press("Escape")
    assert tab.run(f"{box}.value") == ""


@WITH_BROWSER
def test_the_other_language_opens_at_the_same_section(folder: Path, tab: Browser) -> None:
    tab.open(folder / RANKING)
    twin = tab.run("document.getElementById('bang-xep-hang').dataset.twin")
    tab.run("document.getElementById('bang-xep-hang').scrollIntoView()")
    tab.run("document.querySelector('a.language').click()")
    tab.wait("location.pathname.includes('/en/')")
    assert tab.run("location.hash") == f"#{twin}" == "#ranking"
    tab.open(folder / "en/criteria/sample-district-2025.html")
    tab.run("document.getElementById('P3.02').scrollIntoView()")
    tab.run("document.querySelector('a.language').click()")
    tab.wait("location.pathname.includes('/vi/')")
    assert tab.run("location.hash") == "#P3.02"


@WITH_BROWSER
def test_tables_sort_and_filter_and_are_whole_without(folder: Path, soups: dict[str, BeautifulSoup], tab: Browser) -> None:
    assert not soups[RANKING].select(".dti-sort, .dti-filter"), "made by the script"
    tab.open(folder / RANKING)
    names = "[...document.querySelectorAll('table.dti-table')][0].querySelectorAll('tbody td:nth-child(2)')"
    read, before = f"[...{names}].map(cell => cell.textContent)", tab.run(f"[...{names}].map(cell => cell.textContent)")
    for expected in ("Huyện Mẫu Bắc", "Thị xã Mẫu Hòa", before[0]):  # ascending, descending, as it was
        tab.run("document.querySelectorAll('.dti-sort')[1].focus()")
        tab.press("Enter")
        assert tab.run(read)[0] == expected
    assert tab.run(read) == before
    tab.run("document.querySelectorAll('.dti-sort')[3].click()")
    assert tab.run("document.querySelectorAll('thead th')[3].getAttribute('aria-sort')") == "ascending"
    assert tab.run(read)[0] == "Huyện Mẫu Nam"
    tab.open(folder / "vi/claims.html")
    tab.run("document.querySelector('.dti-filter input').focus()")
    tab.type("tu le")
    assert re.fullmatch(r"\d+ trong 41 dòng", tab.run("document.querySelector('.dti-filter [role=status]').textContent"))
    assert 0 < tab.run("document.querySelectorAll('tbody tr:not([hidden])').length") < 41
    tab.call("Emulation.setEmulatedMedia", media="print")
    shown = tab.run(
        "[...document.querySelectorAll('tbody tr[hidden]')].every(row => getComputedStyle(row).display === 'table-row')"
    )
    tab.call("Emulation.setEmulatedMedia", media="")
    assert shown, "a part is not printed as if it were the whole"


@WITH_BROWSER
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_is_wider_than_its_screen(folder: Path, soups: dict[str, BeautifulSoup], tab: Browser, width: int) -> None:
    for name in [name for name in soups if not name.startswith("en/")]:
        tab.open(folder / name, width, 844)
        assert tab.run("document.documentElement.scrollWidth") <= width, name
        assert tab.errors == [], name


@WITH_BROWSER
def test_the_first_finding_is_on_the_first_screen_of_a_phone(folder: Path, tab: Browser) -> None:
    for name in ("index.html", RANKING, "vi/tinhmau/dti-2025-district/units/mau-huyen-bac.html"):
        tab.open(folder / name, 390, 844)
        assert tab.run("document.querySelector('.finding > p, .dti-brief dd').getBoundingClientRect().bottom") <= 844, name


@WITH_BROWSER
def test_printed_pages_say_what_they_are_of_and_their_number(folder: Path, tab: Browser, tmp_path: Path) -> None:
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed: nothing was read from paper")
    tab.open(folder / RANKING)
    tab.pdf(tmp_path / "ranking.pdf")
    read = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "ranking.pdf"), "-"], capture_output=True, text=True, check=True
    )
    sheets = read.stdout.rstrip("\f").split("\f")
    assert len(sheets) > 1
    for number, sheet in enumerate(sheets, 1):
        assert f"{number}/{len(sheets)}" in sheet and "Xếp hạng huyện, thị xã, thành phố, Tỉnh Mẫu, năm 2025" in sheet
        assert label("sample", "vi") in sheet and "dti-analysis" in sheet
    assert all(DATA.unit_names("vi")[unit] in read.stdout for unit in UNITS)


VIOLATIONS = "axe.run(document, {preload: false}).then(r => r.violations.map(v => [v.id, v.nodes.length, v.nodes[0].html]))"


@WITH_BROWSER
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, False), (1280, True), (390, True)])
def test_axe_finds_nothing(
    folder: Path, tab: Browser, axe: str, soups: dict[str, BeautifulSoup], width: int, dark: bool
) -> None:
    once = [name for name in soups if "units/" not in name and "2024" not in name]
    chosen = "?a=mau-huyen-bac&b=mau-huyen-ha&c=mau-huyen-giang"
    for name in [
        *once,
        "vi/tinhmau/dti-2025-district/units/mau-huyen-bac.html",
        "en/tinhmau/dti-2025-district/units/mau-huyen-bac.html",
        f"vi/tinhmau/dti-2025-district/compare.html{chosen}",
    ]:
        tab.open((folder / name.partition("?")[0]).resolve().as_uri() + "".join(name.partition("?")[1:]), width, 844, dark)
        if "compare" in name:
            tab.wait("document.getElementById('dti-compare').dataset.ready === 'yes'")
        tab.run(f"{axe}; 0")
        assert tab.run(VIOLATIONS) == [], name
    faulty = '<p style="color:#888;background:#777">hard to read</p><img src=x>'
    tab.run(f"document.querySelector('main').insertAdjacentHTML('beforeend', {json.dumps(faulty)})")
    assert {found[0] for found in tab.run(VIOLATIONS)} == {"color-contrast", "image-alt"}, "axe sees a fault that is there"
