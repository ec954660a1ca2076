"""The published site: every page, with each parameter set it is published with, run and looked through."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urldefrag

import nbformat
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from dti_analysis.common.text import percent
from dti_analysis.publishing.pages import Page, pages
from dti_analysis.records.sources import Data
from dti_analysis.studies.study import Study

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
OUTPUT = ROOT / "outputs"
PAGES = {page.path: page for page in pages(Data())}


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


def test_every_page_is_there_in_both_languages(soups: dict[str, BeautifulSoup]) -> None:
    assert set(soups) == {f"{path}.html" for path in PAGES} | {"index.html", "index.en.html"}
    vietnamese, english = ({path[3:] for path in PAGES if path.startswith(lang)} for lang in ("vi", "en"))
    assert vietnamese == english
    assert len(vietnamese) > 70


def _links(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.find_all(True):
        for attribute in ("href", "src", "xlink:href"):
            if tag.get(attribute):
                yield str(tag[attribute])


def test_every_link_leads_somewhere_and_nothing_is_loaded_from_outside(site: Path, soups: dict[str, BeautifulSoup]) -> None:
    broken, checked = [], 0
    for name, soup in soups.items():
        for link in _links(soup):
            if link.startswith("data:"):
                continue
            if link.startswith("https://"):  # a source a reader may follow; never something the page needs
                assert soup.find("a", href=link), (name, link)
                continue
            address, fragment = urldefrag(link)
            target = (site / name).parent / unquote(address) if address else site / name
            checked += 1
            if not target.is_file() or (
                fragment and not soups[target.resolve().relative_to(site.resolve()).as_posix()].find(id=fragment)
            ):
                broken.append((name, link))
    assert broken == []
    assert checked > 1000
    assert not [name for name, soup in soups.items() if soup.find(["script", "iframe"])]


@pytest.mark.parametrize("path", PAGES)
def test_page_says_what_it_is(path: str, soups: dict[str, BeautifulSoup]) -> None:
    page, soup = PAGES[path], soups[f"{path}.html"]
    assert soup.html is not None and soup.html["lang"] == page.lang
    assert page.title in soup.title.text  # type: ignore[union-attr]
    assert page.seal[:16] in soup.footer.text  # type: ignore[union-attr]
    assert len(soup.find_all("h1")) == 1
    text = soup.get_text(" ")
    assert re.findall(r"\b(?:Traceback|NaN|nan|None|IPython)\b|<NA>|[{}]", text) == []
    for svg in soup.select("figure svg"):
        assert svg["role"] == "img"
        assert len(str(svg["aria-label"])) > 40
    only_other = {"vi": "How to compute", "en": "Giả định"}[page.lang]
    assert only_other not in text


@pytest.mark.parametrize("path", PAGES)
def test_synthetic_pages_say_so_everywhere_and_real_ones_nowhere(path: str, soups: dict[str, BeautifulSoup]) -> None:
    page, soup = PAGES[path], soups[f"{path}.html"]
    figures = soup.select("figure")
    tables = [table for table in soup.select("table") if not table.find("code") and "SHA-256" not in table.text]
    if page.synthetic:
        assert soup.select_one(".banner") and "synthetic" in soup.body["class"]  # type: ignore[index]
        assert soup.title.text.startswith("[")  # type: ignore[union-attr]
        for figure in figures:
            assert figure.text.upper().count("SYNTHETIC") > 3
        marked = [table for table in tables if "synthetic" in table["class"]]
        assert all(table.select_one("caption .dti-synthetic") for table in marked)
        assert len(tables) - len(marked) == 1, "all but the list of texts and sources"
    else:
        assert not soup.select(".banner, .dti-synthetic, table.synthetic, [data-kind=synthetic]")
    if page.kind != "claims":
        assert figures or tables


@pytest.mark.parametrize(
    "page", [page for page in PAGES.values() if page.kind == "ranking"], ids=lambda page: page.path.replace("/", "-")
)
def test_ranking_pages_show_what_the_package_computes(page: Page, soups: dict[str, BeautifulSoup]) -> None:
    study = Study(page.parameters["year"], page.parameters["level"], page.lang)
    table = soups[f"{page.path}.html"].select_one("table.dti-table")
    assert table is not None
    shown = [[cell.get_text() for cell in row.find_all(["th", "td"])][:3] for row in table.select("tbody tr")]
    computed = [
        [f"{row.rank}", study.unit_name(row.unit), percent(row.score, 2, page.lang)] for row in study.ranking.itertuples()
    ]
    assert shown == computed


def test_every_notebook_ran_with_its_parameters(site: Path) -> None:
    for page in PAGES.values():
        notebook = nbformat.read(site / "notebooks" / f"{page.path}.ipynb", as_version=4)
        injected = [cell for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", [])]
        assert len(injected) == 1
        values: dict[str, object] = {}
        exec(injected[0].source, {}, values)
        assert values == page.parameters
        outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
        assert outputs and not [output for output in outputs if output.output_type in ("error", "stream")]


def test_executed_notebooks_name_no_folder_of_this_machine(site: Path) -> None:
    for file in site.rglob("*.ipynb"):
        assert str(ROOT) not in file.read_text(encoding="utf-8")


def test_tables_say_what_they_rest_on(site: Path) -> None:
    for file in sorted((site / "tables").glob("*.csv")):
        table = pd.read_csv(file)
        kind = "published" if "2022-province" in file.name else "synthetic"
        assert set(table["data"]) <= {kind}
    scores = pd.read_csv(site / "tables" / "2022-province-scores.csv")
    total = scores[(scores["component"] == "total") & (scores["unit"] == "thanh-pho-da-nang")]
    assert total["points"].item() == 800.175


def test_the_record_names_every_page_and_its_seal(site: Path) -> None:
    record = json.loads((OUTPUT / "run.json").read_text(encoding="utf-8"))
    assert {page["path"]: page["seal"] for page in record["pages"]} == {path: page.seal for path, page in PAGES.items()}


def test_nothing_changed_is_said_and_quick(site: Path) -> None:
    done = subprocess.run([str(BIN / "dti"), "run"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("nothing changed")
    assert str(site / "index.html") in done.stdout


NBVAL = ["vi/ranking-2022-province", "vi/gaps-2023-district-huyen-van-yen", "vi/case-xa-tu-le", "en/claims"]


def test_run_again_notebooks_give_the_same_outputs(site: Path, tmp_path: Path) -> None:
    """nbval executes published notebooks anew, in ordinary kernels, and compares every output with what was published."""
    for path in NBVAL:
        (tmp_path / f"{path.replace('/', '-')}.ipynb").write_bytes((site / "notebooks" / f"{path}.ipynb").read_bytes())
    command = [str(BIN / "pytest"), "--nbval", "-q", "-p", "no:cacheprovider", "-c", os.devnull, str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    cells = [nbformat.read(site / "notebooks" / f"{path}.ipynb", as_version=4).cells for path in NBVAL]
    expected = sum(cell.cell_type == "code" for notebook in cells for cell in notebook)
    assert f"{expected} passed" in done.stdout
