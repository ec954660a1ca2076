"""The synthetic assessment: reproducible, marked, realistic, and at one with what was published."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from dti_analysis.records.sources import Data
from dti_analysis.records.synthetic import write
from dti_analysis.studies.study import Study

YEARS_LEVELS = [(year, level) for year in (2022, 2023) for level in ("department", "district")]


def test_generator_writes_the_committed_files_byte_for_byte(tmp_path: Path) -> None:
    shutil.copytree(Data().root, tmp_path / "data")
    shutil.rmtree(tmp_path / "data" / "assessments" / "2023")
    written = write(Data(tmp_path / "data"))
    assert len(written) == 4
    for path in written:
        committed = Data().root / path.relative_to(tmp_path / "data")
        assert path.read_bytes() == committed.read_bytes()
        sidecar = path.with_suffix(".meta.yml")
        assert sidecar.read_bytes() == committed.with_suffix(".meta.yml").read_bytes()


@pytest.mark.parametrize(("year", "level"), YEARS_LEVELS)
def test_every_row_and_sidecar_says_synthetic(year: int, level: str) -> None:
    rows, provenance = Data().assessment(year, level)
    assert provenance.kind == "synthetic"
    assert set(rows["source"]) == {"synthetic"}
    assert "mô phỏng" in (provenance.note_vi or "") and "ynthetic" in (provenance.note_en or "")


@pytest.mark.parametrize(("year", "level"), YEARS_LEVELS)
def test_grid_is_complete(year: int, level: str) -> None:
    study = Study(year, level)
    counts = {
        ("department", 2022): (19, 43),
        ("district", 2022): (9, 75),
        ("department", 2023): (19, 20),
        ("district", 2023): (9, 40),
    }
    units, indicators = counts[level, year]
    assert study.rows["unit"].nunique() == units
    assert len(study.rows) == units * indicators * 2


def test_appraisal_is_as_seen_in_the_field() -> None:
    """Self about 82 % of the maximum, four in ten rows changed, many full → 0, some raised (domain notes, section 6)."""
    tables = [Study(year, level).appraisal for year, level in YEARS_LEVELS]
    rows = pd.concat([table[table["level"] == "indicator"] for table in tables])
    assert abs(rows["self"].sum() / rows["max_points"].sum() - 0.82) < 0.01
    assert abs((rows["difference"] != 0).mean() - 0.40) < 0.03
    emptied = ((rows["self"] == rows["max_points"]) & (rows["verified"] == 0)).mean()
    assert 0.10 < emptied < 0.20
    assert 0.04 < (rows["difference"] > 0).mean() < 0.12
