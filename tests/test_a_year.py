"""One year of the sample province's departments, as it is done: forms out, ten come back damaged, are mended and taken in,
appraised, decided, published, one appeal granted, sealed, and told to the units."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from test_cli import dti
from test_council import Book

from dti_analysis.checks import check
from dti_analysis.records.council import record
from dti_analysis.records.forms_in import take_in
from dti_analysis.records.sources import Data, Key
from dti_analysis.studies.study import Study

KEY = Key("tinhmau", "dti", 2025, "department")
OF = ["--place", "tinhmau", "--year", 2025, "--level", "department", "--data", "data"]
UNIT, CODE = "mau-so-tai-chinh", "P1.02"
DAMAGES: list[tuple[str, Any]] = [
    ("P1.02|a", "ba cuộc"), ("P1.02|a", -1), ("P1.02|b", 0.5), ("P1.02|b", "không rõ"), ("P1.02|a", "=1/0"),
    ("P1.01|value", "Giám đốc bận"), ("P1.04|a", "hôm qua"), ("P1.03|a", "nhiều"), ("P1.05|q1", "Sớm"),
    ("P1.06|b", date(2025, 3, 1)),
]  # fmt: skip
"""What ten units write into one cell of their forms."""


def _typed(text: str) -> Any:
    """A figure of an assessment as a person types it into a cell."""
    if text in ("có", "không"):
        return text.capitalize()
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def _places(sheet: Any) -> dict[str, int]:
    return {sheet[f"P{row}"].value: row for row in range(8, sheet.max_row + 1) if sheet[f"P{row}"].value}


def _write(path: Path, answers: dict[str, Any]) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["Phiếu"]
    at = _places(sheet)
    for key, answer in answers.items():
        sheet[f"G{at[key]}"] = answer
    book.save(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of the sample province on the day the forms go out: nothing of the departments' year is there yet."""
    folder = tmp_path_factory.mktemp("year")
    shutil.copytree(
        Data().root, folder / "data", ignore=shutil.ignore_patterns("corrections", "appraisals", "sealed", "received")
    )
    for name in ("department.csv", "department.meta.yml"):
        (folder / "data/assessments/tinhmau/dti/2025" / name).unlink()
    return folder


def test_a_year_from_blank_forms_to_sealed_ranks(folder: Path) -> None:
    claims, _ = Data().as_received(KEY)
    claims = claims[claims["basis"] == "self"]
    units = list(dict.fromkeys(claims["unit"]))

    # forms go out, and every department fills in what the sample says it claimed
    assert dti("form", *OF, "--deadline", "2025-12-15", "--out", "forms", folder=folder).returncode == 0
    answers: dict[str, dict[str, Any]] = {unit: {} for unit in units}
    for row in claims.to_dict("records"):
        for cell in ("value", "a", "b", "c", "q1", "q2", "q3", "q4"):
            if row[cell]:
                answers[row["unit"]][f"{row['indicator']}|{cell}"] = _typed(row[cell])
    forms = {unit: folder / f"forms/dti-2025-department-{unit}.xlsx" for unit in units}
    for unit, path in forms.items():
        asked = _places(openpyxl.load_workbook(path)["Phiếu"])
        answers[unit] = {key: answer for key, answer in answers[unit].items() if key in asked}  # its group is asked no more
        _write(path, answers[unit])

    # ten of them come back with a fault; they are given back, the others are in
    damaged = dict(zip(units, DAMAGES, strict=False))
    assert len(damaged) == 10
    for unit, (key, wrong) in damaged.items():
        _write(forms[unit], {key: wrong})
    taken = take_in(folder / "forms", Data(folder / "data"), KEY, "vi", date(2025, 12, 14), date(2025, 12, 15))
    told = {form.path.stem.removeprefix("dti-2025-department-"): form.faults for form in taken.refused}
    assert set(told) == set(damaged) and len(taken.new) == 9
    for unit, (key, _) in damaged.items():
        row = _places(openpyxl.load_workbook(forms[unit])["Phiếu"])[key]
        assert f"G{row}" in {fault.cell for fault in told[unit]}, (unit, key)

    # the red cells are mended in the copies that were given back, and these are sent
    for unit, (key, _) in damaged.items():
        copy = folder / "forms/returned" / forms[unit].name
        _write(copy, {key: answers[unit].get(key)})
        shutil.move(copy, forms[unit])
    again = take_in(folder / "forms", Data(folder / "data"), KEY, "vi", date(2025, 12, 20), date(2025, 12, 15))
    assert again.refused == [] and sorted(again.new) == sorted(damaged)
    assert {one.unit: one.state for one in again.sent} == {unit: "late" if unit in damaged else "received" for unit in units}
    study = Study.of(KEY, data=Data(folder / "data"))
    assert study.state == "collecting" and study.provisional and check(folder / "data") == []
    held = study.filed[study.filed["basis"] == "self"].set_index(["unit", "indicator"]).sort_index()
    due = claims.set_index(["unit", "indicator"]).sort_index()
    sent = [(unit, key.partition("|")[0]) for unit, given in answers.items() for key in given if key.endswith("|a")]
    assert len(sent) > 200 and [held.at[key, "a"] for key in sent] == [due.at[key, "a"] for key in sent]

    # the council meets: it accepts every claim but one, which it counts lower
    assert dti("appraise", *OF, "--out", "council.xlsx", folder=folder).returncode == 0
    book = Book(folder / "council.xlsx")
    asked_of: dict[tuple[str, str], list[str]] = {}
    for unit, code, cell in (key.split("|") for key in book.at):
        asked_of.setdefault((unit, code), []).append(f"{code}|{cell}")
    for (unit, _), keys in asked_of.items():
        if any(book.get(unit, key, "claimed") not in (None, "không kê khai") for key in keys):
            book.put(unit, keys[0], verdict1="Chấp nhận")  # one verdict for all numbers of a criterion
    book.put(UNIT, f"{CODE}|a", figure1=1, verdict1="Chấp nhận", reason1="chỉ một thông báo kết luận hợp lệ")
    met = record(book.save(folder / "council.xlsx"), Data(folder / "data"), KEY, "vi", date(2026, 1, 12))
    assert met.refused is None and met.changed, [(f.place(), f.found, f.expected) for f in met.refused.faults][:4]
    assert dti("letter", *OF, "--out", "letters", folder=folder).returncode == 1, "no letter before the decision"
    sidecar = folder / "data/assessments/tinhmau/dti/2025/department.meta.yml"
    said = yaml.safe_load(sidecar.read_text(encoding="utf-8"))
    sidecar.write_text(yaml.safe_dump(said | {"state": "decided"}, allow_unicode=True, sort_keys=False), encoding="utf-8")
    assert check(folder / "data") == []
    decided = Study.of(KEY, data=Data(folder / "data"))
    assert not decided.provisional and decided.ranking["rank"].notna().all() and len(decided.ranking) == 19
    before = decided.ranking.set_index("unit")

    # published, sealed, and an appeal granted, which is declared and sealed anew with its reason
    assert dti("run", *OF[:-2], "--lang", "vi", "--data", "data", "--output", "out", folder=folder).returncode == 0
    page = (folder / "out/site/vi/tinhmau/dti-2025-department/ranking.html").read_text(encoding="utf-8")
    assert "tạm tính" not in page and decided.unit_name(decided.ranking["unit"].iloc[0]) in page
    sealed = ["--decision", "1/QĐ-UBND", "--by", "UBND Tỉnh Mẫu"]
    assert dti("freeze", *OF, *sealed, "--date", "2026-02-01", folder=folder).returncode == 0
    appeal = {
        "kind": "appeal", "outcome": "granted", "number": "7/QĐ-HĐTĐ", "decided": "2026-02-12", "by": "Hội đồng thẩm định",
        "reference": "sample-province", "unit": UNIT, "indicator": CODE,
        "reason_vi": "Đã nộp bản ký số của thông báo còn thiếu.",
        "reason_en": "The signed copy of the missing notice was handed in.", "cells": {"a": {"was": "1", "becomes": "3"}},
    }  # fmt: skip
    declared = folder / "data/corrections/tinhmau/dti/2025/department.yaml"
    declared.parent.mkdir(parents=True)
    declared.write_text(yaml.safe_dump([appeal], allow_unicode=True), encoding="utf-8")
    silent = dti("check", "data", folder=folder)
    assert silent.returncode == 1 and UNIT in silent.stderr, "what was sealed does not change in silence"
    why = ["--decision", "7/QĐ-HĐTĐ", "--by", "UBND Tỉnh Mẫu", "--date", "2026-02-13", "--reason", "khiếu nại được chấp nhận"]
    assert dti("freeze", *OF, *why, folder=folder).returncode == 0
    assert dti("check", "data", folder=folder).returncode == 0
    after = Study.of(KEY, data=Data(folder / "data")).ranking.set_index("unit")
    # P1.02 of 40 points: 1 of 3 earned 13.33, 3 of 3 earns 40
    assert after.at[UNIT, "points"] - before.at[UNIT, "points"] == pytest.approx(26.67)
    assert after.at[UNIT, "rank"] <= before.at[UNIT, "rank"]
    assert dti("run", *OF[:-2], "--lang", "vi", "--data", "data", "--output", "out", folder=folder).returncode == 0
    page = (folder / "out/site/vi/tinhmau/dti-2025-department/ranking.html").read_text(encoding="utf-8")
    assert "Đính chính, khiếu nại" in page and "7/QĐ-HĐTĐ" in page

    # and told: a letter to each unit, the annex of the decision
    assert dti("letter", *OF, "--deadline", "2026-03-01", "--out", "letters", folder=folder).returncode == 0
    assert len(list((folder / "letters").glob("*.docx"))) == 19
    assert dti("annex", *OF, "--out", "annex", folder=folder).returncode == 0
    assert {path.suffix for path in (folder / "annex").iterdir()} == {".docx", ".xlsx"}
