"""An analyst brings a province of her own: what is half written is told as what to write next, and her words are enough."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from helpers import assessment, column, framework, node
from test_cli import dti

from dti_analysis.checks import check
from dti_analysis.common.faults import Faults
from dti_analysis.common.text import Lang
from dti_analysis.publishing.batch import run_batch
from dti_analysis.publishing.pages import pages
from dti_analysis.records.new_folder import write_new_folder
from dti_analysis.records.sources import Data, Key
from dti_analysis.records.to_write import to_write
from dti_analysis.scores.movement import movement
from dti_analysis.scores.recognition import recognise
from dti_analysis.scores.scoring import score
from dti_analysis.studies.commune import Commune
from dti_analysis.studies.study import Study
from dti_analysis.views import brief, commune_page, reliability_page, tables, unit_page

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


def _forms(folder: Path, keep: Any, **said: Any) -> None:
    """The forms again, with only the rows that `keep` holds, and a sidecar that says more."""
    path = folder / f"assessments/{PLACE}/dti/{YEAR}/commune.csv"
    header, *rows = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([header, *filter(keep, rows)]) + "\n", "utf-8")
    sidecar = path.with_suffix(".meta.yml")
    more = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest()} | said
    sidecar.write_text(yaml.safe_dump(yaml.safe_load(sidecar.read_text("utf-8")) | more, allow_unicode=True), "utf-8")


def _study(folder: Path, unit: str = "", lang: str = "vi") -> Study:
    return Study(YEAR, "commune", lang, Data(folder), unit=unit, place=PLACE)  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_a_unit_whose_form_has_not_come_has_a_page_that_says_what_is_awaited(lang: str, folder: Path) -> None:
    last = f"{PLACE}-3"
    _forms(folder, lambda row: ",self," in row and not row.startswith(last), deadline="2027-01-31")
    assert check(folder) == []
    assert f"{PLACE}/dti-{YEAR}-commune/units/{last}" in {page.name for page in pages(Data(folder))}
    study = _study(folder, last, lang)
    said = brief.figures(study).data
    assert study.awaited and "31/01/2027" in said.replace("31 January 2027", "31/01/2027")
    assert ("không phải là 0 điểm" if lang == "vi" else "which is not 0 points") in said and " 6 " in said
    bounds = str(reliability_page.unit_bounds(study).data)  # type: ignore[union-attr]
    assert "1" in bounds and ("100,00" if lang == "vi" else "100.00") in bounds  # anything from 0 to 100 points, rank 1 to 3
    assert unit_page.pillars(study) is not None and "P2.03" in unit_page.criteria(study).data
    assert brief.why(study) is None and brief.tiers(study) is None and brief.change_section(study) == []
    assert f"units/{last}.html" in tables.ranking(_study(folder, lang=lang)).data


def test_who_is_ranked_is_never_awaited_and_a_name_is_answered_with_the_id_of_an_awaited_unit(folder: Path) -> None:
    _forms(folder, lambda row: ",self," in row and not row.startswith(f"{PLACE}-3"))
    assert not _study(folder, f"{PLACE}-1").awaited and not _study(folder).awaited
    with pytest.raises(Faults, match=f"'{PLACE}-3', the id of"):
        _study(folder, "Đơn vị mẫu Ba")


@pytest.mark.parametrize("state", ["decided", "published"])
def test_once_decided_a_unit_without_a_form_is_not_said_to_be_able_to_come_out_anywhere(state: str, folder: Path) -> None:
    last = f"{PLACE}-3"
    _forms(folder, lambda row: not row.startswith(last), state=state)
    said = str(reliability_page.unit_bounds(_study(folder, last)).data)  # type: ignore[union-attr]
    assert "0 điểm" in said and "đều còn có thể" not in said
    assert reliability_page.bounds_sentences(_study(folder)) is None
    assert reliability_page.unit_bounds(_study(folder, f"{PLACE}-1")) is None
    assert not _study(folder, last).awaited


def test_without_a_decision_that_is_declared_what_is_missing_may_still_come(folder: Path) -> None:
    _forms(folder, lambda row: not row.startswith(f"{PLACE}-3"))
    assert "đều còn có thể" in str(reliability_page.bounds_sentences(_study(folder)).data)  # type: ignore[union-attr]


def test_facts_on_topics_of_ones_own_are_taken_and_shown_as_written(folder: Path) -> None:
    header = "commune,as_of,topic,fact_vi,fact_en,value,measure,stale,reference,criterion,reading"
    rows = [
        f"{PLACE}-1,2026-05-01,{topic},{fact},,,,no,{PLACE}-decision,,"
        for topic, fact in (("hạ tầng số", "Có mạng 5G"), ("people", "Có 40 tổ công nghệ số cộng đồng"))
    ]
    (folder / "published").mkdir()
    (folder / "published/commune_facts.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")
    assert check(folder) == []
    langs: list[tuple[Lang, str]] = [("vi", "Nhân lực"), ("en", "People")]
    for lang, people in langs:
        case = Commune(f"{PLACE}-1", lang, Data(folder))
        shown = "".join(str(getattr(part, "data", "")) for part in commune_page.known(case))
        assert "hạ tầng số" in shown and "Có mạng 5G" in shown and people in shown


SET = framework(node("P1", 10, {"linear": {"target": 10}}), node("P2", 10, {"yes_no": {}}))


def test_a_table_without_the_column_of_units_or_indicators_is_refused_by_that_column() -> None:
    with pytest.raises(Faults) as caught:
        score(SET, pd.DataFrame({"value": ["1"]}))
    assert [(one.place, one.found) for one in caught.value.faults] == [
        ("header", "no column 'unit'"), ("header", "no column 'indicator'"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "points"), [(8.125, 8.125), (0.5, 0.5), (8.0, 8.0), (7, 7.0), ("8,125.5", None), ("8.125", None)]
)
def test_a_number_that_a_program_made_is_not_taken_for_thousands_but_a_text_that_may_be_is_refused(
    number: Any, points: Any
) -> None:
    table = pd.DataFrame({"unit": ["u", "u"], "indicator": ["P1", "P2"], "value": pd.Series([number, "có"], dtype=object)})
    if points is None:
        with pytest.raises(Faults, match="thousands"):
            score(SET, table)
    else:
        assert column(score(SET, table), component="P1") == {"u": points}


@pytest.mark.parametrize("answer", ["có", "True", 2, 0.5])
def test_an_answer_of_a_checklist_that_is_neither_yes_nor_no_is_refused_where_it_stands(answer: Any) -> None:
    rows = pd.DataFrame(
        {"unit": ["u", "u"], "criterion": ["A", "B"], "kind": "mandatory", "met": pd.Series([True, answer], dtype=object)}
    )
    with pytest.raises(Faults, match=f"checklist: u, B: found the answer '{answer}'; expected True or False"):
        recognise(rows, 1, 0.8)


def test_scores_without_a_year_move_from_and_to_the_years_of_their_sets() -> None:
    sets = [
        framework(node("P1", 10, {"yes_no": {}}), id=f"test-{year}", applies={"from": year, "to": year})
        for year in (2024, 2025)
    ]
    tables = [score(one, assessment({"u": {"P1": {"value": "có"}}})) for one in sets]
    told = movement(*tables, *sets)
    assert set(told["from_year"]) == {2024} and set(told["to_year"]) == {2025}
