"""Notebooks: kept without outputs, guarded against wrong parameters, and the same when run again."""

from __future__ import annotations

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

pytestmark = pytest.mark.usefixtures("told_in_english")
ALL = sorted(NOTEBOOKS.glob("*.ipynb"), key=lambda path: int(path.name.partition("_")[0]))
EXPLORE = sorted((NOTEBOOKS / "explore").glob("*.ipynb"))
"""Notebooks to work in, which no page is made from."""
TUTORIAL = NOTEBOOKS / "explore" / "tutorial.ipynb"
BIN = Path(sys.executable).parent


def test_committed_notebooks_have_no_faults() -> None:
    assert {page.notebook for page in pages(Data())} == set(ALL), "a notebook without a page, or a page without one"
    assert check(NOTEBOOKS) == []


def test_notebooks_to_explore_are_checked_too_and_never_published() -> None:
    assert [path.name for path in EXPLORE] == ["plan.ipynb", "tutorial.ipynb"]
    assert {page.notebook for page in pages(Data())} == set(ALL)


@pytest.mark.parametrize(
    ("level", "unit"), [("commune", "mau-xa-an"), ("district", "mau-huyen-bac"), ("department", "mau-so-y-te")]
)
def test_the_tutorial_runs_from_any_folder_without_a_warning(level: str, unit: str, tmp_path: Path) -> None:
    done = _papermill(str(TUTORIAL), "out.ipynb", "-p", "level", level, "-p", "unit", unit, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    cells = [cell for cell in nbformat.read(tmp_path / "out.ipynb", as_version=4).cells if cell.cell_type == "code"]
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "stream"]
    assert [output.output_type for output in cells[-1].outputs] == ["display_data"]  # the plot
    shows = [cell.source for cell in cells if not cell.outputs]
    assert len(shows) == 2, "all but the parameters, and those that papermill injects, show something"


@pytest.mark.parametrize(
    ("target", "moving", "said"),
    [("rank 3", "still", "4 chỉ số"), ("next", "last_year", "lên hạng tiếp theo"), ("100%", "still", "chưa thể đạt mục tiêu")],
)
def test_the_plan_runs_from_any_folder_and_says_whether_the_target_is_reached(
    target: str, moving: str, said: str, tmp_path: Path
) -> None:
    given = ["-p", "target", target, "-p", "moving", moving]
    command = [str(BIN / "papermill"), str(NOTEBOOKS / "explore" / "plan.ipynb"), "out.ipynb", *given]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    outputs = [output for cell in nbformat.read(tmp_path / "out.ipynb", 4).cells for output in cell.get("outputs", [])]
    shown = "".join(output.data.get("text/markdown", "") for output in outputs if "data" in output)
    assert said in shown
    assert [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"] == []


def test_the_tutorial_uses_the_public_names_only_and_speaks_both_languages() -> None:
    cells = nbformat.read(TUTORIAL, as_version=4).cells
    imports = [line for cell in cells if cell.cell_type == "code" for line in cell.source.splitlines() if "import" in line]
    assert imports == ["from dti_analysis import Study, load, read_assessment, score"]
    assert all("\n> " in cell.source for cell in cells if cell.cell_type == "markdown")


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
    assert _damaged(path, lambda n: n.cells[-1].outputs.append(output)) == ["cell 17: outputs or an execution count"]
    assert _damaged(path, lambda n: n.cells[0].update(source="no heading")) == ["cell 1: no question"]
    assert _damaged(path, lambda n: _parameters(n).metadata.update(tags=[])) == [": 0 cells tagged parameters"]
    assert _damaged(path, lambda n: _parameters(n).update(source="year = 2000 + 23")) == ["cell 3: 'year = 2000 + 23'"]
    assert _damaged(path, lambda n: n.cells[-1].update(source="for x in y:\n    pass")) == ["cell 17: a for"]


def test_guard_refuses_what_the_notebook_does_not_have() -> None:
    injected = "# Parameters\nyear = 2023\nyaer = 2022\n"
    namespace: dict[str, Any] = {"year": "2023", "lang": "vi", "df": 3, "In": ["", "df = 3", injected, "_x = 1"]}
    with pytest.raises(Faults) as caught:
        check_parameters(namespace, "year", "lang", "level")
    assert [str(fault) for fault in caught.value.faults] == [
        "notebook: parameters: found the parameter 'yaer'; expected 'year'? Known: lang, level, year",
        "notebook: parameters: found year = '2023'; expected a whole number",
        "notebook: parameters: found no 'level'; expected level = … in the cell of parameters, which is run first",
    ]
    check_parameters({"year": 2023, "lang": "vi", "df": 3, "other": "x"}, "year", "lang")


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
    assert {name: value for name, value in defaults.items() if name not in ("low", "high", "least", "target")} in own


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
        (8, "level", "distric", "level: found 'distric' of tinhmau dti 2025; expected 'district'?"),
        (7, "lagn", "vi", "found the parameter 'lagn'; expected 'lang'?"),
    ],
)
def test_plain_papermill_refuses_a_wrong_parameter(
    notebook: int, parameter: str, value: str, message: str, tmp_path: Path
) -> None:
    done = _papermill(str(ALL[notebook]), "out.ipynb", "-p", parameter, value, folder=tmp_path)
    assert done.returncode != 0
    assert message in done.stderr
    assert 'File "' not in done.stderr.rpartition("Exception encountered")[2], "the stack of calls is left out"
