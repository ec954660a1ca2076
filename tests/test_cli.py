"""The command line as the person at it meets it: what it prints, what it leaves behind, and its exit codes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from dti_analysis.criteria.framework_file import load
from dti_analysis.records.intake import read_assessment
from dti_analysis.records.sources import Data
from dti_analysis.scores.scoring import score

DTI = Path(sys.executable).parent / "dti"
FRAMEWORK = """\
id: bulletin
place: example
index: dti
levels: [district]
applies: {from: 2023, to: 2023}
status: official
reference: {title: District rules bulletin, number: '1', issued: '2023'}
max_points: 60
expects: {indicators: 3}
ranking: {by: percent, decimals: 2, rounding: half_up, ties: min, missing: zero, not_applicable: exclude}
indicators:
  - {code: P1.01, name_vi: Họp, name_en: Meetings, max_points: 20, reference: {article: '1.1'},
     rule: {steps: {points: {1: 5, 2: 10, 3: 15, 4: 20}}}}
  - {code: P1.02, name_vi: Chủ trì, name_en: Chaired, max_points: 20, reference: {article: '1.2'},
     rule: {ratio: {a: {vi: có chủ trì, en: chaired}, b: {vi: mọi cuộc họp, en: all}, when_b_zero: zero, above_one: refuse}}}
  - {code: P1.03, name_vi: Được chấm, name_en: Awarded, max_points: 20, reference: {article: '1.3'}, rule: {reported: {}}}
"""
GOOD = """\
unit,indicator,value,a,b
huyen-a,P1.01,3,,
huyen-a,P1.02,,1,3
huyen-a,P1.03,"12,5",,
huyen-b,P1.01,9,,
huyen-b,P1.02,,4,4
"""
BAD = """\
unit,indicator,value,a,b
huyen-a,P1.01,three,,
huyen-a,P1.02,,5,3
huyen-a,P1.03,20.5,,
huyen-a,P1.04,1,,
huyen-a,P1.03,7,,
huyen-b,P1.02,,4,
"""


def dti(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1"}
    if arguments[0] == "run":  # whose pages are in Vietnamese here and whose faults are read in English
        environment["DTI_LANG"] = "en"
    command = [str(DTI), *map(str, arguments)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bulletin.yaml").write_text(FRAMEWORK, encoding="utf-8")
    (tmp_path / "good.csv").write_text(GOOD, encoding="utf-8")
    (tmp_path / "bad.csv").write_text(BAD, encoding="utf-8")
    return tmp_path


def test_score_scores_anyones_data(folder: Path) -> None:
    done = dti("score", "--framework", "bulletin.yaml", "--assessment", "good.csv", "--out", "out.csv", folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    table = pd.read_csv(folder / "out.csv")
    # huyen-b handed in no P1.03, so that states differ and are told.
    assert list(table.columns) == ["state", "unit", "component", "level", "points", "max_points", "score", "rank"]
    assert table.loc[table["state"] == "missing", ["unit", "component"]].to_numpy().tolist() == [["huyen-b", "P1.03"]]
    totals = table[table["component"] == "total"].set_index("unit")
    assert totals["points"].to_dict() == {"huyen-a": 34.1666666667, "huyen-b": 40}
    assert totals["rank"].to_dict() == {"huyen-a": 2, "huyen-b": 1}


def test_the_same_in_three_lines_of_python(folder: Path) -> None:
    framework = load(folder / "bulletin.yaml")
    assessment = read_assessment(folder / "good.csv")
    scores = score(framework, assessment)
    assert scores.loc[(scores["unit"] == "huyen-a") & (scores["component"] == "P1.02"), "points"].item() == 20 / 3


def test_every_fault_of_an_assessment_is_named_at_once_and_nothing_is_written(folder: Path) -> None:
    done = dti("score", "--framework", "bulletin.yaml", "--assessment", "bad.csv", "--out", "out.csv", folder=folder)
    assert done.returncode == 1
    assert done.stdout == ""
    assert sorted(line for line in done.stderr.splitlines() if line.startswith("✗")) == [
        "✗ bad.csv: row 2, huyen-a, P1.01: found value 'three'; "
        "expected a whole number of 0 or more, without thousands separators",
        "✗ bad.csv: row 3, huyen-a, P1.02: found a 5, b 3; expected a of at most b (20 at most)",
        "✗ bad.csv: row 4, huyen-a, P1.03: found value 20.5; expected points from 0 to the maximum (20 at most)",
        "✗ bad.csv: row 5: found the indicator 'P1.04'; expected 'P1.03'? Known: P1.01, P1.02, P1.03, total",
        "✗ bad.csv: row 6: found huyen-a, P1.03, verified again (first in row 4); "
        "expected one row for each unit, indicator and basis",
        "✗ bad.csv: row 7, huyen-b, P1.02: found no b; expected a whole number of 0 or more, without thousands separators",
    ]
    assert "6 faults" in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["bad.csv", "bulletin.yaml", "good.csv"]


@pytest.mark.parametrize(
    ("framework", "assessment", "out", "message"),
    [
        ("nowhere.yaml", "good.csv", "out.csv", "nowhere.yaml: found no such file; expected a YAML file"),
        ("bulletin.yaml", "nowhere.csv", "out.csv", "nowhere.csv: found no such file; expected a CSV file"),
        ("good.csv", "good.csv", "out.csv", "good.csv: "),
        (
            "bulletin.yaml",
            "bulletin.yaml",
            "out.csv",
            "bulletin.yaml: row 1: found 'id: bulletin'; expected a header with unit, indicator",
        ),
        (
            "bulletin.yaml",
            "good.csv",
            "nowhere/out.csv",
            "nowhere/out.csv: found Cannot save file into a non-existent directory",
        ),
    ],
)
def test_wrong_files_are_named(framework: str, assessment: str, out: str, message: str, folder: Path) -> None:
    done = dti("score", "--framework", framework, "--assessment", assessment, "--out", out, folder=folder)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "out.csv").exists()


SCORE = ["score", "--framework", "bulletin.yaml", "--assessment", "good.csv", "--out"]


@pytest.mark.parametrize(
    ("out", "message"),
    [
        ("good.csv", "found the input itself; expected a file other than those that are read"),
        ("./bulletin.yaml", "found the input itself"),
        ("link-to-good", "found the input itself"),
        ("hard-link-to-good", "found the input itself"),
        (".", "found a folder; expected the name of a file"),
        ("..", "found a folder"),
        ("/", "found a folder"),
        ("sub", "found a folder"),
        ("link-to-sub", "found a folder"),
        ("bad.csv/out.csv", "found Cannot save file into a non-existent directory"),
        ("loop", "expected a place that can be written to"),
        ("x" * 300, "expected a place that can be written to"),
    ],
)
def test_a_result_takes_no_place_of_anything(out: str, message: str, folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "link-to-sub").symlink_to("sub")
    (folder / "link-to-good").symlink_to("good.csv")
    (folder / "hard-link-to-good").hardlink_to(folder / "good.csv")
    (folder / "loop").symlink_to("loop")
    before = {path: path.lstat().st_ino for path in folder.iterdir()}
    done = dti(*SCORE, out, folder=folder)
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    assert message in done.stderr
    assert {path: path.lstat().st_ino for path in folder.iterdir()} == before, "no .partial is left either"
    assert (folder / "good.csv").read_text(encoding="utf-8") == GOOD


def test_a_result_goes_through_links_and_into_devices(folder: Path) -> None:
    assert dti(*SCORE, "out.csv", folder=folder).returncode == 0
    due = (folder / "out.csv").read_text(encoding="utf-8")
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "there.csv").write_text("old", encoding="utf-8")
    (folder / "link.csv").symlink_to("elsewhere/there.csv")
    assert dti(*SCORE, "link.csv", folder=folder).returncode == 0
    assert (folder / "link.csv").is_symlink() and (folder / "elsewhere" / "there.csv").read_text(encoding="utf-8") == due
    assert dti(*SCORE, "/dev/null", folder=folder).returncode == 0
    assert Path("/dev/null").is_char_device()
    piped = dti(*SCORE, "/dev/stdout", folder=folder)
    assert piped.returncode == 0 and piped.stdout.startswith(due)
    os.mkfifo(folder / "pipe")
    with subprocess.Popen(["cat", "pipe"], cwd=folder, stdout=subprocess.PIPE, text=True) as reader:
        assert dti(*SCORE, "pipe", folder=folder).returncode == 0
        assert reader.communicate(timeout=20)[0] == due
    assert (folder / "pipe").is_fifo()


def test_formulas_reach_no_result(folder: Path) -> None:
    cells = ['=HYPERLINK("http://x","a")', "+1+cmd", "-1+1", "@SUM(1)"]
    rows = ['"' + cell.replace('"', '""') + '",P1.01,3,,' for cell in cells]
    (folder / "form.csv").write_text("unit,indicator,value,a,b\n" + "\n".join(rows) + "\n", encoding="utf-8")
    done = dti("score", "--framework", "bulletin.yaml", "--assessment", "form.csv", "--out", "out.csv", folder=folder)
    if done.returncode == 0:  # unless such a unit is refused at the door
        assert set(pd.read_csv(folder / "out.csv")["unit"]) == {f"'{cell}" for cell in cells}


@pytest.mark.parametrize("encoding", ["cp1258", "cp1252", "ascii", "utf-16", "cp1258:strict"])
def test_any_console_shows_any_text(encoding: str, folder: Path) -> None:
    """Names with diacritics, brackets and backslashes, in an encoding that lacks them."""
    place = folder / "dữ liệu [của] 'tôi' \\x [red]"
    place.mkdir()
    for name in ("bulletin.yaml", "good.csv"):
        shutil.copy(folder / name, place / name)
    (place / "bad.csv").write_text("unit,indicator,value\nu,P1.03,\\[/x] [red]ữ\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0", "NO_COLOR": "1", "COLUMNS": "200"}
    for form, code in (("good.csv", 0), ("bad.csv", 1)):
        command = [str(DTI), "score", "--framework", "bulletin.yaml", "--assessment", form, "--out", place / "kết quả.csv"]
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, timeout=60, check=False)
        said = (done.stdout + done.stderr).decode("utf-16" if encoding == "utf-16" else "latin-1", errors="replace")
        assert done.returncode == code and "Traceback" not in said, said
        assert "\\[/x] [red]" in said.replace("\\\\", "\\") if code else "units scored" in said
    helped = subprocess.run([str(DTI), "run", "--help"], env=environment, capture_output=True, timeout=60, check=False)
    assert helped.returncode == 0 and b"Traceback" not in helped.stderr


def test_a_reader_that_leaves_ends_nothing(folder: Path) -> None:
    for words in ("check", "score --framework bulletin.yaml --assessment good.csv --out out.csv", "run --dry-run"):
        done = subprocess.run(
            ["bash", "-c", f"set -o pipefail; '{DTI}' {words} | true"], cwd=folder, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, ""), words
    assert (folder / "out.csv").exists()


def test_make_takes_any_name_of_a_data_folder(folder: Path) -> None:
    """The recipes hand the name to the shell as it is."""
    makefile, name = Path(__file__).parents[1] / "Makefile", "dữ liệu của 'tôi' \"2023\" `x`"
    (folder / ".venv" / "bin").mkdir(parents=True)
    said = folder / ".venv" / "bin" / "dti"
    said.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\" > said\n", encoding="utf-8")
    said.chmod(0o755)
    for given in ("requirements.lock", "pyproject.toml"):
        (folder / given).write_text("", encoding="utf-8")
    listed = subprocess.run(["make", "-pn", "-f", makefile], cwd=folder, capture_output=True, text=True, check=False).stdout
    installed = next(line.split(":=", 1)[1].strip() for line in listed.splitlines() if line.startswith("INSTALLED :="))
    (folder / installed).touch()
    done = subprocess.run(
        ["make", "-f", makefile, "run", f"DATA={name}"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert (folder / "said").read_text(encoding="utf-8").splitlines() == ["run", "--data", name]


def test_wrong_usage_is_exit_2_and_help_reads_well(folder: Path) -> None:
    assert dti("score", "--framwork", "x", folder=folder).returncode == 2
    help_ = dti("--help", folder=folder)
    assert help_.returncode == 0
    for word in ("run", "score", "check", "Exit codes: 0 done"):
        assert word in help_.stdout


def test_check_of_the_repository_finds_no_fault(tmp_path: Path) -> None:
    done = dti("check", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--place", "yenbay"], "dti run: --place: found 'yenbay'; expected 'yenbai'?"),
        (["--index", "dtl"], "dti run: --index: found 'dtl'; expected 'dti'?"),
        (["--year", "2021"], "dti run: --year: found '2021'; expected "),
        (["--level", "distric"], "--level: found 'distric'; expected 'district'?"),
        (
            ["--place", "yenbai", "--year", "2025"],
            "dti run: found no assessment of place yenbai, year 2025; expected a combination",
        ),
        (["--lang", "fr"], "--lang: found 'fr'; expected one of en, vi"),
        (["--data", "nowhere"], "nowhere: found no such folder; expected a data folder"),
        (
            ["--output", "/proc/nowhere"],
            "/proc/nowhere: found No such file or directory; expected a folder that can be written to",
        ),
        (["--output", "taken"], "taken: found File exists; expected a folder that can be written to"),
    ],
)
def test_run_refuses_what_cannot_be(arguments: list[str], message: str, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    done = dti("run", *arguments, folder=tmp_path)
    assert done.returncode == 1
    assert message in done.stderr
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "outputs") == ["taken"]


def test_a_failed_batch_leaves_what_was_published(tmp_path: Path) -> None:
    """Publish; damage one value; the next batch names it, exits 1, and the published site is byte for byte as before."""
    data = tmp_path / "data"
    shutil.copytree(Data().root, data)
    choice = ["run", "--place", "gialai", "--level", "commune", "--lang", "vi", "--data", data, "--output", tmp_path / "out"]
    first = dti(*choice, folder=tmp_path)
    assert first.returncode == 0, first.stderr
    site = tmp_path / "out" / "site"
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}
    folder = "vi/gialai/service-2026-commune"
    assert {path.relative_to(site).as_posix() for path in before if path.suffix == ".html"} == {
        *(f"{folder}/{kind}.html" for kind in ("ranking", "gaps", "models", "compare")), "index.html", "index.en.html",
        *(f"vi/{text}.html" for text in ("about", "method", "glossary", "changelog")),
    }  # fmt: skip

    again = dti(*choice, folder=tmp_path)
    assert again.returncode == 0 and "nothing changed" in again.stdout

    assessment = data / "assessments" / "gialai" / "service" / "2026" / "commune.csv"
    os.utime(assessment)
    touched = dti(*choice, folder=tmp_path)
    assert "nothing changed" in touched.stdout, "a new time without new content is no change"

    (kept,) = (tmp_path / "out" / ".kept").glob("gialai-service-2026-commune-*")
    kept.write_bytes(b"not what was kept")
    (tmp_path / "out" / "pages" / f"{folder}/ranking.html").unlink()
    remade = dti(*choice, folder=tmp_path)
    assert remade.returncode == 0, remade.stderr
    assert "[" in remade.stdout and f"{folder}/ranking done" in remade.stdout
    assert "gaps" not in remade.stdout.split("tasks done")[0], "only what was missing is made again"
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before

    framework = data / "frameworks" / "service-2026.yaml"
    text = framework.read_text(encoding="utf-8")
    framework.write_text(text.replace("above_one: refuse", "above_on: refuse", 1), encoding="utf-8")
    failed = dti(*choice, folder=tmp_path)
    assert failed.returncode == 1
    assert failed.stderr.count("✗") == 1, failed.stderr
    line = text[: text.index("above_one: refuse")].count("\n") + 1
    assert f"{framework}: line {line}, G1.1: found the key 'ratio.above_on'; expected 'above_one'?" in failed.stderr
    assert "done" not in failed.stdout
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before


def test_other_choices_stay_in_the_site_as_they_were(tmp_path: Path) -> None:
    for level in ("department", "district"):
        done = dti("run", "--place", "yenbai", "--level", level, "--lang", "vi", "--output", "out", folder=tmp_path)
        assert done.returncode == 0, done.stderr
    made = {path.parent.name for path in (tmp_path / "out/site/vi").rglob("ranking.html")}
    assert made == {"dti-2023-department", "dti-2022-district", "dti-2023-district"}


def test_forms_go_out_and_come_in(folder: Path) -> None:
    data = folder / "my data"
    shutil.copytree(Data().root, data)
    for room in ("assessments", "corrections"):
        shutil.rmtree(data / room / "tinhmau/dti/2025")
    of = ["--place", "tinhmau", "--year", 2025, "--level", "district", "--data", data]
    out = dti("form", *of, "--unit", "mau-huyen-bac", "--unit", "mau-huyen-nam", "--out", "phiếu", folder=folder)
    assert (out.returncode, out.stdout) == (0, "2 forms in phiếu\n"), out.stderr
    book = openpyxl.load_workbook(folder / "phiếu/dti-2025-district-mau-huyen-bac.xlsx")
    book["Phiếu"]["G10"] = 4
    book.save(folder / "phiếu/dti-2025-district-mau-huyen-bac.xlsx")
    taken = dti("intake", "phiếu", *of, "--received", "2025-12-10", "--deadline", "2025-12-09", folder=folder)
    assert taken.returncode == 1  # the other form is blank
    assert "9 đơn vị: 0 đã nhận đúng hạn, 1 nhận muộn, 1 trả lại, 7 chưa gửi." in taken.stdout
    assert "dti-2025-district-mau-huyen-nam.xlsx: Phiếu: thấy phiếu chưa kê khai chỉ số nào" in taken.stdout
    assert "Huyện Mẫu Bắc" in taken.stdout
    assert "1/46 (2%)" in taken.stdout
    (folder / "phiếu/dti-2025-district-mau-huyen-nam.xlsx").unlink()
    again = dti("intake", "phiếu", *of, "--lang", "en", folder=folder)
    assert again.returncode == 0, again.stdout
    assert "Nothing changed" in again.stdout
    checked = dti("check", data, folder=folder)
    assert checked.returncode == 0, checked.stderr


def test_a_form_of_anyones_set(folder: Path) -> None:
    done = dti("form", "--framework", "bulletin.yaml", "--lang", "en", "--out", ".", folder=folder)
    assert (done.returncode, done.stdout) == (0, "1 form in .\n"), done.stderr
    assert openpyxl.load_workbook(folder / "bulletin-2023.xlsx").sheetnames[0] == "Form"
    wrong = dti("form", "--place", "tinhmau", "--out", ".", folder=folder)
    assert wrong.returncode == 1
    assert "--place, --year and --level, or --framework" in wrong.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_the_output_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "bulletin.yaml").write_text(FRAMEWORK, encoding="utf-8")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [DTI, "check", "bulletin.yaml"], cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1 and done.stderr.startswith("✗ standard output: found No space left on device"), done.stderr
    assert done.stderr.count("\n") == 2
