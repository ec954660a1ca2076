"""A site is a file: what it shows, in which languages, with one's own pages; what it cannot say is refused."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import nbformat
import papermill
import pytest
import yaml
from bs4 import BeautifulSoup
from test_cli import dti
from test_only_data import NOWHERE, _sidecar

from dti_analysis.common.faults import Faults
from dti_analysis.common.rooms import DATA, REPOSITORY
from dti_analysis.publishing import publish
from dti_analysis.publishing.cells import NAME
from dti_analysis.publishing.pages import pages
from dti_analysis.records.about import About, Kind, about
from dti_analysis.records.sources import Data

OWN = {
    "cells": [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# Mine"]},
        {"cell_type": "code", "id": "b", "metadata": {"tags": ["parameters"]}, "source": ['lang = "vi"\nhow = 1'],
         "outputs": [], "execution_count": None},
        {"cell_type": "code", "id": "c", "metadata": {}, "outputs": [], "execution_count": None,
         "source": ["from IPython.display import Markdown\nMarkdown(f'{lang} so {how}')"]},
    ],
    "metadata": {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}},
    "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip
DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PUT_OUT = [
    "from IPython.display import Image, SVG, display\nimport base64, pandas",
    f"Image(base64.b64decode('{DOT}'))",
    'SVG(\'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(2)</script></svg>\')',
    "'a text <script>alert(3)</script>'",
    "print('printed <i>')",
    "raise ValueError('wrong <b>')",
    "pandas.DataFrame({'a': [1.5]})",
]
"""What nbconvert would show of a notebook: pictures, texts, what was printed, an error that is let happen, tables."""
NARROW: dict[str, Any] = {
    "title": {"vi": "Trang của sở"},
    "question": {"vi": "Ai đi trước?"},
    "lead": {"vi": "Lời mở <b>đầu</b>."},
    "languages": ["vi"],
    "places": ["nowhere"],
    "years": [2031],
    "pages": ["ranking", "unit", "place"],
    "notebooks": [{"notebook": "mine/own.ipynb", "name": "mine", "title": {"vi": "Của tôi"}, "parameters": {"how": 2}}],
}


def _file(folder: Path, said: dict[str, Any]) -> Path:
    (folder / "mine").mkdir(exist_ok=True)
    (folder / "mine" / "own.ipynb").write_text(json.dumps(OWN), encoding="utf-8")
    path = folder / "my-site.yaml"
    path.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def _links(site: Path) -> list[str]:
    """Links of a site that lead nowhere."""
    lost = []
    for page in site.rglob("*.html"):
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        for link in soup.select("[href], [src]"):
            to = str(link.get("href") or link.get("src")).partition("#")[0].partition("?")[0]
            if to and "://" not in to and not to.startswith(("mailto:", "data:")) and not (page.parent / to).exists():
                lost.append(f"{page.relative_to(site)}: {to}")
    return lost


def test_a_site_in_one_language_with_a_page_of_ones_own(tmp_path: Path) -> None:
    for name, text in NOWHERE.items():
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _sidecar(tmp_path / "data/assessments/nowhere/dti/2031/region.csv", framework="nowhere-2031", kind="received")
    file = _file(tmp_path, NARROW)
    command = ["run", "--data", "data", "--output", "out", "--site", file.name]
    done = dti(*command, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    site = tmp_path / "out" / "site"
    study = "vi/nowhere/dti-2031-region"
    due = {f"{study}/ranking", f"{study}/units/acores", f"{study}/units/osterreich", "vi/nowhere/index", "vi/own/mine"}
    assert {page["path"] for page in json.loads((tmp_path / "out/run.json").read_text(encoding="utf-8"))["pages"]} == due
    assert _links(site) == []
    assert not (site / "en").exists() and not (site / "index.en.html").exists()
    home = BeautifulSoup((site / "index.html").read_text(encoding="utf-8"), "html.parser")
    assert home.title and home.title.get_text() == "Trang của sở" and home.select("h1")[0].get_text() == "Ai đi trước?"
    assert home.select(".dti-lead")[0].get_text() == "Lời mở <b>đầu</b>.", "a text, not HTML"
    assert "vi/own/mine.html" in [link["href"] for link in home.select("a")]
    assert "vi so 2" in (site / "vi/own/mine.html").read_text(encoding="utf-8")

    assert "nothing changed" in dti(*command, folder=tmp_path).stdout
    (tmp_path / "mine/own.ipynb").write_text(json.dumps(OWN).replace(" so ", " now "), encoding="utf-8")
    assert "vi/own/mine: beside/own.ipynb changed" in dti(*command, "--dry-run", folder=tmp_path).stdout
    _file(tmp_path, NARROW | {"languages": ["en"], "title": {"en": "Ours"}, "question": None, "lead": None, "notebooks": []})
    done = dti(*command, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert _links(site) == [] and not (site / "vi").exists()
    assert (site / "index.html").read_bytes() == (site / "index.en.html").read_bytes()
    assert "Ours" in (site / "index.html").read_text(encoding="utf-8")
    refused = dti(*command, "--lang", "vi", folder=tmp_path)
    assert refused.returncode == 1 and "found 'vi'; expected one of en" in refused.stderr


def test_what_ones_own_notebook_puts_out_is_shown_and_runs_nothing(tmp_path: Path) -> None:
    cells = [nbformat.v4.new_code_cell(source) for source in PUT_OUT]
    cells[5].metadata["tags"] = ["raises-exception"]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=OWN["metadata"])
    done = _executed(notebook, tmp_path / "own.ipynb")
    own = next(page for page in pages(Data()) if page.lang == "vi")
    html = publish.to_html(done, replace(own, own=Path("x")))
    soup = BeautifulSoup(html, "html.parser")
    images = [str(image["src"]) for image in soup.select("img.dti-output")]
    assert images[0] == f"data:image/png;base64,{DOT}" and images[1].startswith("data:image/svg+xml;base64,")
    texts = [pre.get_text() for pre in soup.select("pre.dti-output")]
    assert texts == ["'a text <script>alert(3)</script>'", "printed <i>\n", "ValueError: wrong <b>\n"]
    assert soup.select("table.dataframe") and not soup.select("script, i, b")
    assert "<img" not in publish.to_html(done, own), "pages of the repository show findings, tables and figures only"


def _executed(notebook: Any, file: Path) -> Any:
    nbformat.write(notebook, file)
    return papermill.execute_notebook(str(file), None, {}, NAME, kernel_name="python3", progress_bar=False)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"colour": "red"}, "the key 'colour'"),
        ({"languages": ["fr"]}, "'fr'"),
        ({"languages": []}, "languages"),
        ({"languages": ["vi", "vi"]}, "each once"),
        ({"pages": ["unit"]}, "'ranking' beside unit"),
        ({"pages": ["rankings"]}, "rankings"),
        ({"years": ["soon"]}, "soon"),
        ({"title": {"vi": "x"}}, "title: a text in 'en'"),
        ({"notebooks": [{"notebook": "none.ipynb", "name": "x", "title": {"vi": "x"}}]}, "no file 'none.ipynb'"),
        ({"notebooks": [{"notebook": "mine/own.ipynb", "name": "../x", "title": {"vi": "x"}}]}, "../x"),
        ({"notebooks": [{"notebook": "mine/own.txt", "name": "x", "title": {"vi": "x"}}]}, "own.txt"),
        ({"places": ["nowhre"]}, "'nowhre'"),
    ],
)
def test_what_a_site_cannot_say_is_refused(tmp_path: Path, said: dict[str, Any], fault: str) -> None:
    file = _file(tmp_path, said)
    with pytest.raises(Faults) as caught:
        list(pages(Data(DATA), file))
    assert fault in str(caught.value) and str(file) in str(caught.value)


def test_the_repositorys_own_site_is_such_a_file_and_shows_everything(tmp_path: Path) -> None:
    shutil.copy(DATA / "site.yaml", tmp_path / "other.yaml")
    assert about(DATA, tmp_path / "other.yaml") == about(DATA)
    found = [page.path for page in pages(Data(DATA))]
    assert {key.place for key in Data(DATA).assessments()} == {p.split("/")[1] for p in found if p.endswith("/ranking")}


def test_the_readme_shows_a_file_that_is_one() -> None:
    (example,) = re.findall(r"```yaml\n(title:.*?)```", (REPOSITORY / "README.md").read_text(encoding="utf-8"), flags=re.DOTALL)
    said = About.model_validate(yaml.safe_load(example))
    assert said.notebooks[0].name == "roads" and said.narrowed
    assert set(get_args(Kind)) == set(re.search(r"# of: (.*)", example)[1].split())  # type: ignore[index]
