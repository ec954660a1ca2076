"""JupyterLab as the analyst meets it: completion, what things say of themselves, cells that are run again, her own export."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import jedi
import nbformat
import pytest

import dti_analysis
from dti_analysis import Study
from dti_analysis.common.faults import Faults
from dti_analysis.common.rooms import NOTEBOOKS, TEMPLATES
from dti_analysis.publishing import pages as of_pages
from dti_analysis.publishing import publish
from dti_analysis.publishing.lab_export import clean_html
from dti_analysis.records.sources import Data

RANKING = NOTEBOOKS / "1_yearly_ranking.ipynb"


@pytest.fixture(scope="module")
def study() -> Study:
    return Study(2025, "district", place="tinhmau")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("dti_analysis.", {"Study", "load", "read_assessment", "score"}),
        ("dti_analysis.St", {"Study"}),
        ("study.", {"scores", "ranking", "gaps", "change", "firmness", "standing", "outlook", "neighbours", "kind"}),
        ("study.outlook.", {"plan", "what_if", "next_place"}),
        ("study.change.", {"ranks", "scores"}),
        ("study.framework.", {"pillars", "leaves", "by_code"}),
        ("study.scores.to_e", {"to_excel"}),
    ],
)
def test_tab_offers_what_there_is(typed: str, offered: set[str], study: Study) -> None:
    names = {each.name for each in jedi.Interpreter(typed, [{"dti_analysis": dti_analysis, "study": study}]).complete()}
    assert offered <= names


def test_each_thing_says_what_it_is(study: Study) -> None:
    own = "Study(2025, 'district', 'vi', place='tinhmau', index='dti')"
    assert repr(study) == own
    for name in ("outlook", "change", "firmness", "standing", "neighbours"):
        assert repr(getattr(study, name)) == f"{name.title()}({own})"
    assert repr(study.framework) == "<Framework sample-district-2025: 6 pillars, 47 criteria, 1000 points>"
    assert repr(study.data).startswith("Data('")


def test_frames_go_to_excel(study: Study, tmp_path: Path) -> None:
    import pandas as pd

    study.scores.to_excel(tmp_path / "scores.xlsx", index=False)
    again = pd.read_excel(tmp_path / "scores.xlsx")
    assert list(again["points"].fillna(-1)) == list(study.scores["points"].fillna(-1))


def _run(tmp_path: Path, *cells: str) -> list[str]:
    """What the ranking notebook says when its cells of parameters and setup are run among others; faults too."""
    from nbclient import NotebookClient

    notebook = nbformat.read(RANKING, as_version=4)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    sources = {"PARAMETERS": code[0], "SETUP": code[1]}
    notebook.cells = [nbformat.v4.new_code_cell(sources.get(cell, cell)) for cell in cells]
    client = NotebookClient(notebook, kernel_name="python3", allow_errors=True, resources={"metadata": {"path": str(tmp_path)}})
    outputs = [output for cell in client.execute().cells for output in cell.outputs]
    return [output.get("evalue") or str(output.get("data", {}).get("text/markdown", "")) for output in outputs]


def test_the_setup_runs_again_beside_the_analysts_own_variables(tmp_path: Path) -> None:
    said = _run(
        tmp_path,
        *("PARAMETERS", "SETUP", "df = 3\nghi_chu = 'của tôi'"),
        *('year, place, level = 2025, "tinhmau", "district"', "SETUP"),
        *('level = "huyện"', "SETUP", "del level", "levle = 'district'", "SETUP"),
    )
    assert "Sở Thông tin và Truyền thông" in said[1] and "Thành phố Mẫu Trung" in said[3]
    assert said[-2].startswith("parameter: level: found 'huyện' of tinhmau dti 2025; expected ")
    assert said[-1] == (
        "notebook: parameters: found no 'level', but 'levle'; expected level = … in the cell of parameters, which is run first"
    )


def test_a_unit_may_be_named_by_its_name_to_learn_its_id() -> None:
    with pytest.raises(Faults, match=r"found 'Huyện mẫu bắc'; expected 'mau-huyen-bac', the id of Huyện mẫu bắc in units\.csv"):
        Study(2025, "district", place="tinhmau", unit="Huyện mẫu bắc")
    with pytest.raises(Faults, match=r"parameter: year: found '2025'; expected a whole number"):
        Study("2025", "district", place="tinhmau")  # type: ignore[arg-type]
    with pytest.raises(Faults, match=r"found 50, 80; expected 0 ≤ low ≤ high ≤ 1"):
        Study(2025, "district", place="tinhmau", low=50, high=80)


def test_a_notebook_that_was_saved_with_what_was_tried_in_it_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = nbformat.read(RANKING, as_version=4)
    tried = nbformat.v4.new_code_cell("study.ranking.head(3)", execution_count=7)
    notebook.cells.insert(6, tried)
    nbformat.write(notebook, tmp_path / RANKING.name)
    page = next(page for page in of_pages.pages(Data()) if page.kind == "ranking")
    monkeypatch.setattr(of_pages, "NOTEBOOKS", tmp_path)
    with pytest.raises(Faults) as caught:
        publish.make_page(page, tmp_path / "out")
    (fault,) = caught.value.faults
    assert (fault.file, fault.place) == (str(tmp_path / RANKING.name), "cell 7")
    assert "Restart Kernel and Clear Outputs of All Cells" in fault.expected
    assert not (tmp_path / "out").exists()


HARMFUL = """<h1 onclick="x()">Tiêu đề</h1><script>alert(1)</script><a href="javascript:x()">a</a><a href="https://a.vn">b</a>
<svg viewBox="0 0 9 9"><use xlink:href="https://a.vn/x.svg#y"/><use xlink:href="#y"/><foreignObject><iframe src="x"></iframe>
</foreignObject></svg><img src=x onerror="y()"><table><thead><tr><th style="position:fixed">A</th></tr></thead></table>"""


def test_the_filter_keeps_what_is_read_and_drops_what_runs() -> None:
    clean = clean_html(HARMFUL)
    for kept in ("<h1>Tiêu đề</h1>", '<svg viewBox="0 0 9 9">', 'href="#y"', "<thead>", '<a href="https://a.vn">'):
        assert kept in clean
    for gone in ("<script", "onclick", "javascript:", "x.svg", "<iframe", "<img", "position:"):
        assert gone not in clean


def _serve(folder: Path) -> tuple[subprocess.Popen[bytes], str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        str(Path(sys.executable).parent / "jupyter"), "server", "--no-browser", "--allow-root", f"--port={port}",
        "--ip=127.0.0.1", "--IdentityProvider.token=t", f"--ServerApp.root_dir={folder}",
    ]  # fmt: skip
    environment = {**os.environ, "JUPYTER_CONFIG_DIR": str(folder / "none"), "JUPYTER_RUNTIME_DIR": str(folder / "run")}
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, env=environment), f"http://127.0.0.1:{port}"


def _get(address: str) -> str:
    for _ in range(300):
        try:
            with urlopen(address, timeout=60) as answer:
                return str(answer.read().decode())
        except URLError as error:
            if hasattr(error, "code"):
                raise
            time.sleep(0.1)
    raise TimeoutError(address)


def test_labs_own_sanitized_export_is_a_page_to_read(tmp_path: Path, study: Study) -> None:
    """As File ▸ Save and Export Notebook As ▸ HTML asks the server for it, with the box ticked that is ticked at first."""
    from dti_analysis.views import figures, tables

    def shown(part: Any) -> Any:
        return nbformat.v4.new_output("display_data", {"text/html": part._repr_html_(), "text/plain": repr(part)})

    cell = nbformat.v4.new_code_cell("…", execution_count=1)
    cell.outputs = [shown(figures.ranking(study)), shown(tables.ranking(study))]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Ai dẫn đầu?"), cell])
    nbformat.write(notebook, tmp_path / "mine.ipynb")
    installed = Path(sys.prefix, "etc/jupyter/jupyter_server_config.json")
    assert json.loads(installed.read_text()) == json.loads((TEMPLATES / "jupyter_server_config.json").read_text())
    server, address = _serve(tmp_path)
    try:
        page = _get(f"{address}/nbconvert/html/mine.ipynb?download=false&sanitize_html=true&token=t")
    finally:
        server.terminate()
        server.wait()
    assert "&lt;h1" not in page and "&lt;svg" not in page and "&lt;th" not in page
    assert "<svg" in page and "text-anchor" in page and "<caption>" in page and "Ai dẫn đầu?" in page
