"""A data folder to begin with: it passes every check, is published at once, and every fault of the wish for one is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_cli import dti

from dti_analysis.checks import check
from dti_analysis.common.faults import Faults
from dti_analysis.records.new_folder import write_new_folder
from dti_analysis.records.sources import Data, Key
from dti_analysis.studies.study import Study


@pytest.mark.parametrize("level", ["commune", "department", "district"])
def test_a_new_folder_has_no_fault_and_scores_as_its_rules_say(level: str, tmp_path: Path) -> None:
    folder = tmp_path / "dữ liệu của tôi"
    write_new_folder(folder, "vung-thu", 2026, level)
    assert check(folder) == []
    study = Study.of(Key("vung-thu", "dti", 2026, level), data=Data(folder))
    totals = study.ranking.set_index("unit")["points"].to_dict()
    # 1: 10 + 15 (3 meetings) + 10 + 30 × 812/1000 + 20 (45/50 is 90 %) + 4 = 83.36
    # 2: 10 + 10 + 5 + 30 × 600/800 + 20 × 20/40 + 5 = 62.5 · 3: 0 + 5 + 0 + 30 × 90/300 + 20 × 9/30 + 2.5 = 22.5
    assert totals == {"vung-thu-1": 83.36, "vung-thu-2": 62.5, "vung-thu-3": 22.5}


def test_no_file_of_it_speaks_of_another_place_and_each_yaml_file_teaches(tmp_path: Path) -> None:
    files = write_new_folder(tmp_path / "new", "vung-thu", 2026, "commune")
    others = [name for name in Data().places["name_vi"] if name] + list(Data().places.index)
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert [name for name in others if re.search(rf"\b{re.escape(name)}\b", text)] == [], path
        assert "$" not in text, path
        assert path.suffix == ".csv" or "#" in text, path


def test_it_is_published_and_forms_are_written_from_it_at_once(tmp_path: Path) -> None:
    assert dti("new", "data", "--place", "thu", "--year", "2026", folder=tmp_path).returncode == 0
    done = dti("run", "--data", "data", "--output", "out", "--lang", "vi", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "out/site/vi/thu/dti-2026-commune/units/thu-2.html").read_text(encoding="utf-8")
    assert "Địa phương mẫu và mọi đơn vị, con số trên trang này đều hư cấu" in page and "62,50/100" in page
    others = [name for name in [*Data().places["name_vi"], "Lào Cai", "Tây Ninh"] if name]
    for path in [tmp_path / "out/site/index.html", *(tmp_path / "out/site/vi/thu").rglob("*.html")]:
        shown = path.read_text(encoding="utf-8")
        assert [name for name in others if name in shown] == [], f"another province on {path}"
        assert "/en/" not in shown and "index.en.html" not in shown, f"a link to English on {path}"
    sent = dti("form", "--data", "data", "--place", "thu", "--year", 2026, "--level", "commune", "--out", "f", folder=tmp_path)
    assert sent.returncode == 0 and len(list((tmp_path / "f").glob("*.xlsx"))) == 3


def test_what_cannot_be_is_told_all_at_once_and_nothing_is_written(tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (there / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Faults) as caught:
        write_new_folder(there, "Tỉnh Tôi", 26, "comune", "dtl")
    assert [f"{fault.place} {fault.found}" for fault in caught.value.faults] == [
        " something there already", "--place 'Tỉnh Tôi'", "--year 26", "--level 'comune'", "--index 'dtl'",
    ]  # fmt: skip
    assert "'commune'?" in str(caught.value)
    with pytest.raises(Faults, match="a place that can be written to"):
        write_new_folder(there / "mine.txt" / "new", "thu", 2026, "commune")
    assert [path.name for path in tmp_path.rglob("*")] == ["there", "mine.txt"]
