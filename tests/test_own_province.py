"""An analyst brings a province of her own: what is half written is told as what to write next, and her words are enough."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_cli import dti

from dti_analysis.checks import check
from dti_analysis.common.faults import Faults
from dti_analysis.publishing.batch import run_batch
from dti_analysis.records.new_folder import write_new_folder
from dti_analysis.records.sources import Data, Key
from dti_analysis.records.to_write import to_write
from dti_analysis.studies.study import Study

PLACE, YEAR = "vung-thu", 2026
EVERYTHING = ["places.csv", "levels.csv", "indices.csv", "references.csv", "units.csv", "frameworks", "assessments"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder as `dti new` writes it."""
    write_new_folder(tmp_path / "data", PLACE, YEAR, "commune")
    return tmp_path / "data"


def _batch(folder: Path, tmp_path: Path) -> list[str]:
    with pytest.raises(Faults) as caught:
        run_batch({}, 1, tmp_path / "out", folder, lambda line: None)
    return [f"{Path(one.file).name}: {one.found}" for one in caught.value.faults]


@pytest.mark.parametrize("there", [EVERYTHING[:n] for n in range(len(EVERYTHING))] + [[name] for name in EVERYTHING[1:-1]])
def test_a_half_written_folder_is_told_what_to_write_next_by_check_and_run_alike(
    there: list[str], folder: Path, tmp_path: Path
) -> None:
    for name in set(EVERYTHING) - set(there):
        shutil.rmtree(folder / name) if (folder / name).is_dir() else (folder / name).unlink()
    (folder / "README.md").unlink()
    told = check(folder)
    lacking = [name for name in EVERYTHING if name not in there and (name != "assessments" or "frameworks" in there)]
    if not there:
        assert "dti new FOLDER" in told[0].expected and len(told) == 1
        assert _batch(folder, tmp_path) == ["data: nothing of a data folder"]
        return
    assert [Path(one.file).name for one in told] == lacking
    assert "dti new FOLDER" in told[0].expected and [one for one in told[1:] if "dti new" in one.expected] == []
    assert _batch(folder, tmp_path) == [f"{Path(one.file).name}: {one.found}" for one in told]
    assert to_write(folder) == told


def test_a_study_and_forms_of_an_empty_folder_name_dti_new_too(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Faults, match="dti new FOLDER"):
        Study(YEAR, "commune", place=PLACE, data=Data(tmp_path / "empty"))
    options = ["--place", PLACE, "--year", YEAR, "--level", "commune", "--out", "forms"]
    done = dti("form", "--data", "empty", *options, folder=tmp_path)
    assert done.returncode == 1 and "dti new FOLDER" in done.stderr


def _without_english(values: Any) -> Any:
    if isinstance(values, list):
        return [_without_english(each) for each in values]
    if not isinstance(values, dict):
        return values
    kept = {name: _without_english(each) for name, each in values.items() if name != "en"}
    return {name: "" if name == "name_en" else each for name, each in kept.items()}


def test_a_set_in_vietnamese_only_is_taken_and_its_words_stand_in_for_english(folder: Path) -> None:
    path = folder / f"frameworks/{PLACE}-commune-{YEAR}.yaml"
    path.write_text(yaml.safe_dump(_without_english(yaml.safe_load(path.read_text("utf-8"))), allow_unicode=True), "utf-8")
    for name in ("units.csv", "places.csv"):
        text = (folder / name).read_text("utf-8")
        (folder / name).write_text(re.sub("Sample (unit )?(One|Two|Three|place)", "", text), "utf-8")
    assert check(folder) == []
    study = Study.of(Key(PLACE, "dti", YEAR, "commune"), "en", Data(folder))
    assert study.component_name("P1.02") == "Số cuộc họp của Ban Chỉ đạo chuyển đổi số trong năm"
    assert study.framework.by_code["P1.02"].way.cells()["value"].asks.en == "số cuộc họp"  # type: ignore[union-attr]
    assert study.unit_name(f"{PLACE}-2") == "Đơn vị mẫu Hai" and study.place == "Địa phương mẫu"


def test_a_text_without_any_language_is_still_refused(folder: Path) -> None:
    path = folder / f"frameworks/{PLACE}-commune-{YEAR}.yaml"
    path.write_text(path.read_text("utf-8").replace("{vi: số cuộc họp, en: meetings}", '{vi: "", en: ""}'), "utf-8")
    assert [one.found for one in check(folder)], "an empty text passed"


def test_bands_may_have_labels_in_vietnamese_only(folder: Path) -> None:
    header = "scheme,place,levels,decided_by,order,label_vi,label_en,above,at_least,below,at_most,unit,reference"
    rows = [
        f"mine,{PLACE},commune,total,{order},{name},,,{low},{high},,percent,{PLACE}-decision"
        for order, (name, low, high) in enumerate([("Tốt", 60, ""), ("Khá", 30, 60), ("Yếu", 0, 30)], 1)
    ]
    (folder / "bands.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")
    assert check(folder) == []
    study = Study.of(Key(PLACE, "dti", YEAR, "commune"), "en", Data(folder))
    assert list(study.bands["label_en"]) == ["Tốt", "Khá", "Yếu"]
