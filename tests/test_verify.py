"""Two published runs beside each other, and a site made again: what differs is named, and why; the same is attested."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from test_cli import dti
from test_only_data import NOWHERE, _sidecar

from dti_analysis.common.faults import Faults
from dti_analysis.publishing.attestation import FILE, Attestation, attestation
from dti_analysis.publishing.differing import differences, figures, pages
from dti_analysis.publishing.published_run import Run
from dti_analysis.publishing.verifying import other_inputs

RANKING = "vi/nowhere/dti-2031-region/ranking"
FORM = "data/assessments/nowhere/dti/2031/region.csv"


def small(folder: Path, **form: str) -> Path:
    """A data folder of two units; `form` replaces texts of their form."""
    for name, text in NOWHERE.items():
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    path, text = folder / FORM, (folder / FORM).read_text(encoding="utf-8")
    for right, wrong in form.items():
        assert right in text
        text = text.replace(right, wrong)
    path.write_text(text, encoding="utf-8")
    _sidecar(path, framework="nowhere-2031", kind="received")
    return folder


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data and what was made of them, in one language."""
    folder = small(tmp_path_factory.mktemp("published"))
    done = dti("run", "--data", "data", "--output", "out", "--lang", "vi", folder=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with another figure: 1 of 4 services in place of 3, so that the first of two becomes the last."""
    folder = small(tmp_path_factory.mktemp("other"), **{"acores,B,,3,4": "acores,B,,0,4"})
    done = dti("run", "--data", "data", "--output", "out", "--lang", "vi", folder=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def copied(published: Path, tmp_path: Path) -> Path:
    shutil.copytree(published, tmp_path / "all")
    return tmp_path / "all"


def test_the_record_says_what_each_page_was_made_from(published: Path) -> None:
    run = Run(published / "out")
    assert {"data/units.csv", FORM, "notebooks/1_yearly_ranking.ipynb", "the package", "requirements.lock"} <= set(
        run.inputs_of(RANKING)
    )
    assert FORM not in run.inputs_of("vi/criteria/nowhere-2031")
    assert "its parameters" not in run.every_input
    assert Run(published / "out" / "site").output == published / "out"
    assert other_inputs(run, published / "data") == []


def test_diff_names_figures_ranks_and_pages_and_why(published: Path, other: Path) -> None:
    # acores: 4 + 6·3/4 = 8.5 of 10, rank 1 before österreich's 6; with 0/4 it has 4, rank 2
    before, now = Run(published / "out"), Run(other / "out")
    found = {(each.row, each.column): (each.was, each.now) for each in figures(before, now) if each.table.endswith("scores")}
    assert found["2031 acores verified total", "points"] == ("8.5", "4")
    assert found["2031 acores verified total", "rank"] == ("1", "2")
    assert found["2031 osterreich verified total", "rank"] == ("2", "1")
    assert not any(row.startswith("2031 osterreich") and column == "points" for row, column in found)
    made = {each.path: each for each in pages(before, now)}
    assert made[RANKING].how == "says"
    assert any(f"{FORM} changed" in why for why in made[RANKING].why)
    assert "vi/criteria/nowhere-2031" not in made
    lines = differences(before, now)
    assert lines[0].startswith("why: ") and f"  {FORM} changed" in lines
    assert "  nowhere-dti-2031-region-scores: 2031 acores verified total rank: 1 → 2" in lines
    done = dti("diff", published / "out", other / "out" / "site", "--most", 1, folder=published)
    assert done.returncode == 0 and "… and" in done.stdout and "vi/criteria" not in done.stdout


def test_a_run_is_as_itself_and_a_page_that_came_or_went_is_told(published: Path, copied: Path) -> None:
    run = Run(published / "out")
    assert differences(run, run) == []
    record = json.loads((copied / "out/run.json").read_text(encoding="utf-8"))
    record["pages"] = [page for page in record["pages"] if page["path"] != RANKING]
    (copied / "out/run.json").write_text(json.dumps(record), encoding="utf-8")
    assert f"  {RANKING}: gone" in differences(run, Run(copied / "out"))
    assert f"  {RANKING}: new" in differences(Run(copied / "out"), run)
    done = dti("diff", "out", "out", folder=published)
    assert (done.returncode, done.stdout) == (0, "no figure and no page differs\n")


@pytest.mark.parametrize("name", ["", "out/site/vi", "data"])
def test_what_was_not_published_is_refused(name: str, published: Path) -> None:
    with pytest.raises(Faults, match="no published run"):
        Run(published / name)


def test_a_record_of_another_version_is_refused(copied: Path) -> None:
    (copied / "out/run.json").write_text('{"pages": []}', encoding="utf-8")
    with pytest.raises(Faults, match="a record that cannot be read"):
        Run(copied / "out")


def test_a_site_made_again_is_attested_and_its_pages_say_so(copied: Path) -> None:
    done = dti("verify", "out", "--data", "data", "--by", "Sở <b>", folder=copied)
    assert (done.returncode, done.stderr) == (0, "")
    assert "pages made again: the same" in done.stdout
    said = attestation(copied / "out")
    assert said is not None and said.agreed and said.differs == []
    assert set(said.pages) == set(Run(copied / "out").pages)
    again = dti("run", "--data", "data", "--output", "out", "--lang", "vi", folder=copied)
    assert again.returncode == 0 and "site done" in again.stdout
    page = (copied / f"out/site/{RANKING}.html").read_text(encoding="utf-8")
    assert "Đã được tính lại trên cùng máy ngày" in page and "(Sở &lt;b&gt;): khớp" in page
    assert "nothing changed" in dti("run", "--data", "data", "--output", "out", "--lang", "vi", folder=copied).stdout


def test_a_site_that_was_altered_is_not_the_same(copied: Path) -> None:
    page = copied / f"out/site/{RANKING}.html"
    text = page.read_text(encoding="utf-8")
    assert "85,00%" in text
    page.write_text(text.replace("85,00%", "95,00%"), encoding="utf-8")
    done = dti("verify", "out", "--data", "data", folder=copied)
    assert done.returncode == 1
    assert f"  {RANKING}: from the same inputs" in done.stdout and "made again: not the same" in done.stdout
    said = attestation(copied / "out")
    assert said is not None and not said.agreed and said.differs_on(RANKING) and not said.differs_on("vi/nowhere/index")
    again = dti("run", "--data", "data", "--output", "out", "--lang", "vi", folder=copied)
    assert again.returncode == 0
    shown = {name: (copied / f"out/site/{name}.html").read_text(encoding="utf-8") for name in (RANKING, "vi/nowhere/index")}
    assert "trên cùng máy ngày" in shown[RANKING] and ": KHÔNG KHỚP ở trang này." in shown[RANKING]
    assert ": KHÔNG KHỚP ở một số trang hoặc tệp." in shown["vi/nowhere/index"] and ": khớp" not in "".join(shown.values())


def test_other_inputs_are_named_and_nothing_is_made(copied: Path) -> None:
    units = copied / "data/units.csv"
    units.write_text(units.read_text(encoding="utf-8").replace("Azores", "Açores"), encoding="utf-8")
    done = dti("verify", "out", "--data", "data", folder=copied)
    assert done.returncode == 1
    assert "data/units.csv: found sha256" in done.stderr and "from which the site was made" in done.stderr
    assert done.stderr.count("✗") == 1
    assert not (copied / "out" / FILE).exists()


def test_who_made_it_on_another_machine_is_said_of_the_same_state_only() -> None:
    said = Attestation(
        agreed=True, day="2026-03-01", by="", machine="b", made_on="a", surroundings={}, pages={"vi/x": "1"}, differs=[]
    )
    assert said.line("vi/x", "1", "vi") == "Đã được máy khác tính lại ngày 01/03/2026: khớp."
    assert said.line("vi/x", "1", "en") == "Recomputed by another machine on 1 March 2026: the same."
    assert said.line("vi/x", "2", "vi") == "" and said.line("vi/y", "1", "vi") == ""
    differs = said.model_copy(update={"agreed": False, "differs": ["pages: 1", "  vi/x: from the same inputs"], "machine": "a"})
    assert differs.line("vi/x", "1", "vi") == "Đã được tính lại trên cùng máy ngày 01/03/2026: KHÔNG KHỚP ở trang này."
    assert said.model_copy(update={"agreed": False}).line("vi/x", "1", "en").endswith(": NOT THE SAME on some pages or files.")
    assert differs.line("vi/x", "2", "vi") == ""


def test_an_attestation_that_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{", encoding="utf-8")
    assert attestation(tmp_path) is None
