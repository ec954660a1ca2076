"""Notebooks: kept without outputs, guarded against wrong parameters, and the same when run again."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest

from dti_analysis.checks import check, check_notebook
from dti_analysis.common.faults import Faults
from dti_analysis.publishing.pages import NOTEBOOKS, pages
from dti_analysis.records.sources import Data
from dti_analysis.views.notebook import check_parameters

ALL = sorted(NOTEBOOKS.glob("*.ipynb"), key=lambda path: int(path.stem.partition("_")[0]))
BIN = Path(sys.executable).parent


def test_committed_notebooks_have_no_faults() -> None:
    assert {page.notebook for page in pages(Data())} == set(ALL)
    assert check(NOTEBOOKS) == []


def _damaged(path: Path, change: Any) -> list[str]:
    notebook = nbformat.read(ALL[0], as_version=4)
    change(notebook)
    nbformat.write(notebook, path)
    with pytest.raises(Faults) as caught:
        check_notebook(path)
    return [f"{fault.place}: {fault.found}" for fault in caught.value.faults]


def _parameters(notebook: Any) -> Any:
    return next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", []))


def test_each_kind_of_damage_is_named(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    output = nbformat.v4.new_output("stream", text="left over")
    assert _damaged(path, lambda n: n.cells[-1].outputs.append(output)) == ["cell 15: outputs or an execution count"]
    assert _damaged(path, lambda n: n.cells[0].update(source="no heading")) == ["cell 1: no question"]
    assert _damaged(path, lambda n: _parameters(n).metadata.update(tags=[])) == [": 0 cells tagged parameters"]
    assert _damaged(path, lambda n: _parameters(n).update(source="year = 2000 + 23")) == ["cell 3: 'year = 2000 + 23'"]
    assert _damaged(path, lambda n: n.cells[-1].update(source="for x in y:\n    pass")) == ["cell 15: a for"]


def test_guard_refuses_what_the_notebook_does_not_have() -> None:
    namespace: dict[str, Any] = {"year": 2023, "yaer": 2022, "lang": "vi", "_": 1, "os": os, "Path": Path, "check": check}
    with pytest.raises(Faults) as caught:
        check_parameters(copy.copy(namespace), year="2023", lang="vi")
    assert [str(fault) for fault in caught.value.faults] == [
        "notebook: parameters: found the parameter 'yaer'; expected 'year'? Known: lang, year",
        "notebook: parameters: found year = '2023'; expected a whole number",
    ]


def _papermill(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(BIN / "papermill"), "--no-progress-bar", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def test_plain_papermill_works_from_any_folder(tmp_path: Path) -> None:
    done = _papermill(str(NOTEBOOKS / "1_yearly_ranking.ipynb"), "out.ipynb", "-p", "year", "2023", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "out.ipynb").read_text(encoding="utf-8")
    assert "Sở Thông tin và Truyền thông" in text and "98,82%" in text


@pytest.mark.parametrize("notebook", ALL, ids=lambda path: path.stem)
def test_a_notebook_opened_as_it_is_shows_a_published_page(notebook: Path) -> None:
    defaults: dict[str, Any] = {}
    exec(_parameters(nbformat.read(notebook, as_version=4)).source, {}, defaults)
    own = [page.parameters for page in pages(Data()) if page.notebook == notebook]
    assert {name: value for name, value in defaults.items() if name not in ("low", "high")} in own


@pytest.mark.parametrize(
    ("notebook", "parameter", "value", "message"),
    [
        (0, "yaer", "2023", "found the parameter 'yaer'; expected 'year'?"),
        (0, "place", "yenbay", "place: found 'yenbay'; expected 'yenbai'?"),
        (0, "index", "dtl", "index: found 'dtl' of yenbai; expected 'dti'?"),
        (0, "year", "2021", "year: found '2021' of yenbai dti; expected '2023'? Known: 2022, 2023"),
        (0, "level", "commune", "level: found 'commune' of yenbai dti 2023; expected one of department, district"),
        (0, "lang", "fr", "lang: found 'fr'; expected one of en, vi"),
        (1, "low", "0.9", "low, high: found 0.9, 0.8; expected 0 ≤ low ≤ high ≤ 1"),
        (1, "low", "half", "found low = 'half'; expected a number"),
        (2, "unit", "mau-huyen-bak", "unit: found 'mau-huyen-bak'; expected 'mau-huyen-bac'?"),
        (3, "framework", "hcm-commune-2025", "no framework 'hcm-commune-2025'; expected 'hcm-commune-2026'?"),
        (4, "commune", "xa-tu-la", "commune: found 'xa-tu-la'; expected 'xa-tu-le'?"),
        (5, "level", "comune", "level: found 'comune' of gialai service 2026; expected 'commune'?"),
        (6, "place", "yenbay", "place: found 'yenbay'; expected 'yenbai'?"),
        (7, "lagn", "vi", "found the parameter 'lagn'; expected 'lang'?"),
        ("10_plan.ipynb", "target", "rank 30", "target: found rank 30; expected a whole number from 1 to 9"),
    ],
)
def test_plain_papermill_refuses_a_wrong_parameter(
    notebook: int | str, parameter: str, value: str, message: str, tmp_path: Path
) -> None:
    path = NOTEBOOKS / notebook if isinstance(notebook, str) else ALL[notebook]
    done = _papermill(str(path), "out.ipynb", "-p", parameter, value, folder=tmp_path)
    assert done.returncode != 0
    assert message in done.stderr
    assert 'File "' not in done.stderr.rpartition("Exception encountered")[2], "the stack of calls is left out"
