"""The README, followed to the letter in a folder of its own: every command of it that an analyst types, in its order."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import openpyxl
import pandas as pd

from dti_analysis.common.rooms import NOTEBOOKS, REPOSITORY

README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
BIN = Path(sys.executable).parent


_SECTIONS = (
    "Start with your own data",
    "One command at a time, or in Python",
    "Letters and the annex of the decision",
    "Send forms, take them in",
)


def _blocks(section: str, kind: str = "") -> list[str]:
    """The code blocks of a section."""
    text = README.split(f"## {section}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(rf"^```{kind}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


def _fill(forms: Path) -> None:
    """What the units do before their forms come back."""
    for path in forms.glob("*.xlsx"):
        book = openpyxl.load_workbook(path)
        sheet = book["Phiếu"]
        row = next(row for row in range(8, sheet.max_row + 1) if sheet[f"P{row}"].value == "P1.02|value")
        sheet[f"G{row}"] = 4
        book.save(path)


def test_every_command_does_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "notebooks").symlink_to(NOTEBOOKS)
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "200"}
    said = []
    for section in _SECTIONS:
        for line in "".join(_blocks(section)).splitlines():
            if line.startswith("dti intake"):
                _fill(tmp_path / "forms")
            done = subprocess.run(
                ["bash", "-c", line], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, (line, done.stdout, done.stderr)
            said.append(done.stdout)
        for python in _blocks(section, "python"):
            code = python + "print(len(scores), 'rows')"
            done = subprocess.run([BIN / "python", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
            assert done.stdout == f"{len(pd.read_csv(tmp_path / 'scores.csv'))} rows\n", done.stderr
    assert "no faults in my-data" in said[1]
    assert (tmp_path / "my-outputs/site/vi/vung-thu/dti-2026-commune/ranking.html").exists()
    scores = pd.read_csv(tmp_path / "scores.csv")
    total = scores[(scores["unit"] == "vung-thu-1") & (scores["component"] == "total") & (scores["basis"] == "verified")]
    assert list(total["points"]) == [83.36]
    assert any("72,5" in text for text in said), "62.5 and 10 more for the fourth meeting"
    assert len(list((tmp_path / "letters").iterdir())) == 3 + 2 and (tmp_path / "my-letter.docx").exists()
    assert len(list((tmp_path / "forms").glob("*.xlsx"))) == 3
    taken = (tmp_path / "my-data/assessments/vung-thu/dti/2026/commune.csv").read_text(encoding="utf-8")
    assert all(f"vung-thu-{number},P1.02,self,4" in taken for number in (1, 2, 3))


def test_the_powershell_lines_are_what_make_does() -> None:
    (lines,) = re.findall(r"```powershell\n(.*?)```", README, flags=re.DOTALL)
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    for words in ("--require-hashes -r requirements.lock", "--no-deps --no-build-isolation", "-m venv"):
        assert words in lines and words in makefile
    assert "dti run" in lines and "pytest" in lines
