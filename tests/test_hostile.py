"""A data folder that means harm: its pages have the elements and links of a harmless one's, and differ in text only."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from bs4 import BeautifulSoup, Tag
from test_cli import dti
from test_only_data import NOWHERE, _sidecar

from dti_analysis.publishing.texts import SOURCES
from dti_analysis.views.prose import listed, markdown, plain, told

HARM = (
    "</title></td></p><script>alert(1)</script><img src=x onerror=alert(2)>[k](javascript:alert(3))![i](http://x/y)"
    '<https://a.b> https://c.d **b** _i_ `c` # h | t | ~~s~~ $x$ {{7*7}} &amp; " \' onclick="a" [^1] \\'
)
"""What a name, note, title or number may hold to break out of its place, in HTML and in Markdown."""
BLOCKS = [
    "# h\n\n- a\n- b",
    "- a",
    "1. a",
    "> q",
    "```\nc\n```",
    "---",
    "    c",
    "| a |\n|---|\n| b |",
    "a\n\n---\n\n<hr>",
    "=",
    ": d",
]
"""The same for what begins a paragraph."""


def _folder(root: Path, text: Any) -> None:
    """The data of nowhere, with `text(name, harmless)` in every place that holds a text."""
    root.mkdir()
    for name, content in NOWHERE.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    texts = {"name_vi", "name_en", "note_vi", "note_en", "title", "number", "publisher", "seen_in"}
    for name in ("places", "levels", "indices", "units", "references"):
        path = root / f"{name}.csv"
        with path.open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        for row in rows:
            row |= {key: text(f"{name} {key} {next(iter(row.values()))}", "Tên") for key in row if key in texts}
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    path = root / "frameworks" / "nowhere-2031.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["reference"] |= {key: text(f"act {key}", "Luật") for key in ("title", "number", "seen_in")}
    document |= {key: text(key, "Ghi chú") for key in ("note_vi", "note_en")}
    for leaf in document["indicators"]:
        leaf |= {key: text(f"{leaf['code']} {key}", "Chỉ số") for key in ("name_vi", "name_en", "note_vi", "note_en")}
        leaf["evidence"] = {lang: text(f"evidence {lang}", "Văn bản") for lang in ("vi", "en")}
        leaf["reference"]["article"] = text("article", "Điều 1")
    ratio = document["indicators"][1]["rule"]["ratio"]
    ratio |= {letter: {lang: text(f"{letter} {lang}", "số") for lang in ("vi", "en")} for letter in "ab"}
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    forms = root / "assessments/nowhere/dti/2031/region.csv"
    said = {key: text(f"form {key}", "Ghi chú") for key in ("title", "note_vi", "note_en")}
    _sidecar(forms, framework="nowhere-2031", kind="received", **said)


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The site of a harmless folder and that of a hostile one."""
    folder = tmp_path_factory.mktemp("hostile")
    _folder(folder / "good", lambda place, word: f"{word} {place}")
    _folder(folder / "bad", lambda place, word: f"{word} {place} {HARM}")
    for name in ("good", "bad"):
        done = dti("run", "--data", name, "--output", f"{name}-out", "--lang", "vi", folder=folder)
        assert done.returncode == 0, done.stderr
    return folder / "good-out/site", folder / "bad-out/site"


def _shape(node: Tag) -> list[Any]:
    """The elements of a page with their attributes, those that hold text for readers by name only."""
    words = {"content", "aria-label"}
    shown: list[Any] = []
    for child in node.find_all(True):
        if child.find_parent("svg") or child.name == "br":
            continue  # a figure breaks long names over more lines
        attributes = {
            key: "" if key in words else value for key, value in child.attrs.items() if key not in ("style", "viewbox")
        }
        shown.append((child.name, attributes))
    return shown


def test_the_pages_of_hostile_data_differ_in_text_only(sites: tuple[Path, Path]) -> None:
    good, bad = sites
    files = sorted(path.relative_to(good) for path in good.rglob("*.html"))
    assert len(files) >= 8 and files == sorted(path.relative_to(bad) for path in bad.rglob("*.html"))
    for file in files:
        texts = [(site / file).read_text(encoding="utf-8") for site in (good, bad)]
        harmless, hostile = (BeautifulSoup(text, "html.parser") for text in texts)
        assert _shape(hostile) == _shape(harmless), file
        assert {tag.name for svg in hostile.select("svg") for tag in svg.find_all(True)} <= {
            "title", "g", "path", "defs", "use", "text", "clippath", "rect", "metadata", "tspan",
        }, file  # fmt: skip
        assert not [name for tag in hostile.find_all(True) for name in tag.attrs if name.startswith("on")]
        own = file.stem in SOURCES or file.name.startswith("index")
        assert "alert(1)" in hostile.get_text() or own, "what is hostile is shown, as text"
        addresses = [str(tag[key]) for tag in hostile.find_all(True) for key in ("href", "src", "xlink:href") if tag.get(key)]
        known = r"data:,|#[^\s<>]+|[\w./-]+(\?a=[\w-]+&b=[\w-]+)?(#[\w.-]+)?|https://[^\s]+"
        assert [address for address in addresses if not re.fullmatch(known, address)] == []
    assert any("alert(1)" in (bad / file).read_text(encoding="utf-8") for file in files)


def test_every_page_has_a_policy_that_lets_nothing_run_or_load_but_the_script_of_the_site(sites: tuple[Path, Path]) -> None:
    for site in sites:
        for file in site.rglob("*.html"):
            soup = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
            (meta,) = soup.select('meta[http-equiv="Content-Security-Policy"]')
            rules = dict(rule.strip().partition(" ")[::2] for rule in str(meta["content"]).split(";"))
            assert rules["default-src"] == "'none'" and rules["script-src"] == "'self' file:" and "http" not in str(rules)
            assert [str(script["src"]).rpartition("/")[2] for script in soup.select("script")] == ["site.js"]
            assert soup.find(True, recursive=False) and soup.head and soup.head.find_all("meta")[1] == meta, (
                "before all it guards"
            )


def _html(shown: Any) -> BeautifulSoup:
    from nbconvert.filters import markdown2html_mistune

    return BeautifulSoup(markdown2html_mistune(shown.data), "html.parser")


@pytest.mark.parametrize("harm", [HARM, *BLOCKS, *HARM.split()])
def test_markdown_from_data_is_text(harm: str) -> None:
    for shown in (markdown(plain(harm)), markdown("> " + plain(harm)), markdown("- " + plain(harm))):
        soup = _html(shown)
        assert {tag.name for tag in soup.find_all(True)} <= {"p", "blockquote", "ul", "li"}, shown.data
        assert "".join(soup.get_text().split()) == "".join(harm.split())
    sentence = told("models.quoted", "vi", name=harm)
    assert plain(plain(harm)) == plain(harm) and listed([plain(harm)], "vi") == plain(harm)
    assert told("models.quoted", "vi", name=plain(harm)) == sentence


def test_downloads_hold_no_formula(tmp_path: Path) -> None:
    from dti_analysis.common.writing import plain_cell

    for cell in ('=HYPERLINK("http://x","a")', "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1"):
        assert plain_cell(cell) == f"'{cell}"
    assert [plain_cell(cell) for cell in ("huyện-à", "1-2", "", "a=b")] == ["huyện-à", "1-2", "", "a=b"]
