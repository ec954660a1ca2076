"""A drafted mapping: what it says is right, what it cannot tell is a question mark that no intake takes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import test_tick_columns as ticks
import yaml
from others_form import MAPPING, mapping, write_others
from test_others_forms import wanted
from typer.testing import CliRunner

from dti_analysis.cli import app
from dti_analysis.common import strict_yaml
from dti_analysis.common.faults import Faults
from dti_analysis.criteria.words import name_of
from dti_analysis.records.draft_mapping import draft
from dti_analysis.records.mapping import load_mapping
from dti_analysis.records.others_forms import read_forms
from dti_analysis.records.sources import Data
from dti_analysis.records.workbook_intake import Wanted
from dti_analysis.records.workbook_layout import lines

__all__ = ["wanted"]  # fixture
SET = Data().framework("sample-district-2025")
NAMES = {line.code: name_of(line.component, "vi") for line in lines(SET, "district", "vi")}


def drafted(path: Path, **more: Any) -> dict[str, Any]:
    text, count = draft(path, SET, "vi", **more)
    file = path.with_suffix(".yaml")
    file.write_text(text, "utf-8")
    with pytest.raises(Faults) as refused:
        load_mapping(file, SET)
    told = [fault for fault in refused.value.faults if "a person has to say it" in fault.expected]
    assert len(told) == count == len(refused.value.faults) > 0, "every question mark is refused by its line"
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def book(path: Path, rows: list[list[Any]], merged: tuple[str, ...] = (), title: str = "Phiếu") -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    made.save(path)
    return path


def test_a_blank_form_of_two_header_rows_and_roman_groups(wanted: Wanted, tmp_path: Path) -> None:
    """All that the draft is sure of is what the mapping made by hand says; a person says the rest, and it reads the same."""
    write_others(tmp_path / "a.xlsx", unit="", answers={})
    said, truth = drafted(tmp_path / "a.xlsx"), strict_yaml.read(MAPPING).data
    assert [said[key] for key in ("sheet", "header", "says", "ignored", "until", "framework", "by")] == [
        truth[key] for key in ("sheet", "header", "says", "ignored", "until", "framework", "by")
    ]
    assert said["unit"] == {"cell": "A4", "without": ["Đơn vị:", "UBND"]}
    columns = {name: header for name, header in truth["columns"].items() if name != "a/b"}
    assert said["columns"] == columns | {"? a/b": truth["columns"]["a/b"]}, "one cell or two cannot be seen in a blank form"
    sure = {number: code for number, code in said["rows"].items() if code != "?"}
    assert len(sure) == 38 and sure == {number: truth["rows"][number] for number in sure}
    assert list(said["rows"]) == list(truth["rows"]), "in the order of the form, 5.10 as 5.10"
    text = (tmp_path / "a.yaml").read_text("utf-8")
    assert re.search(r'"6.2 c": "\?"  # .* có thể là P6.02 c1 truy cập Internet', text)

    text = text.replace('confirmed: "?"', "confirmed: Nguyễn Văn Mẫu").replace('"? a/b"', "a/b")
    for number, code in truth["rows"].items():
        text = re.sub(rf'(  "{re.escape(number)}": )"\?"', rf"\g<1>{code}", text)
    text += yaml.safe_dump({key: truth[key] for key in ("words", "decimal", "dates", "percents")}, allow_unicode=True)
    (tmp_path / "m.yaml").write_text(text, "utf-8")
    write_others(tmp_path / "b.xlsx")
    (form,) = read_forms(tmp_path / "b.xlsx", wanted, "vi", load_mapping(tmp_path / "m.yaml", SET))
    (by_hand,) = read_forms(tmp_path / "b.xlsx", wanted, "vi", mapping())
    assert form.faults == [] and (form.answers, form.evidence) == (by_hand.answers, by_hand.evidence)


def test_a_form_that_is_ticked(wanted: Wanted, tmp_path: Path) -> None:
    ticks.form(tmp_path, wanted, {})
    said = drafted(tmp_path / "a.xlsx")
    columns = {name: header for name, header in ticks.MAPPED["columns"].items() if name != "tick KAD"}
    assert said["columns"].pop("tick Không áp dụng") == "Không áp dụng"
    assert said["columns"] == columns | {"name": "Tiêu chí"} and said["header"] == [2, 3]
    assert said["unit"]["cell"] == "?", "a heading of the office above is not taken for the unit"
    assert set(said["rows"].values()) == {"?"}, "rows without names tell nothing"


def test_numbers_begin_anew_under_roman_numerals_and_columns_are_not_sure(tmp_path: Path) -> None:
    """Two columns that may hold the figures, one that nobody knows, and two of one header: none is chosen in silence."""
    head = ["TT", "Tiêu chí", "ĐVT", "Điểm tối đa", "Kết quả", "Giá trị", "Ghi chú", "Cột lạ", "Cột lạ", "Điểm thẩm định"]
    rows = [
        ["Tên đơn vị", None, "UBND huyện Mẫu Bắc"], ["Người báo cáo: Trần Văn Mẫu"], head, ["I", "NHẬN THỨC SỐ"],
        [1, NAMES["P1.01"]], [2, NAMES["P1.02"].upper()], [3, NAMES["P1.04"] + " (1)"], ["II", "THỂ CHẾ SỐ"],
        [1, NAMES["P2.01"]], [2, "Ban hành văn bản triển khai dữ liệu số"], [3, "Một chỉ số không ai biết"],
        [None, "Ghi chú: số liệu đến 31/12"],
    ]  # fmt: skip
    said = drafted(book(tmp_path / "a.xlsx", rows, ("A1:B1",)))
    assert said["columns"] == {
        "stt": "TT", "name": "Tiêu chí", "? E": "Kết quả", "? F": "Giá trị", "explanation": "Ghi chú",
        "? H": {"letter": "H", "says": "Cột lạ"}, "? I": {"letter": "I", "says": "Cột lạ"},
    }  # fmt: skip
    assert said["rows"] == {"I.1": "P1.01", "I.2": "P1.02", "I.3": "P1.04", "II.1": "P2.01", "II.2": "?", "II.3": "?"}
    assert said["unit"]["cell"] == "C1" and said["by"] == "A2" and said["until"] == "Ghi chú"
    text = (tmp_path / "a.yaml").read_text("utf-8")
    assert "có thể là P2.04 Ban hành văn bản triển khai phát triển dữ liệu số" in text
    assert "không giống tên chỉ số nào" in text and "#   - P2.02" in text


def test_4_10_of_a_spreadsheet_follows_4_9(tmp_path: Path) -> None:
    rows = [["STT", "Nội dung", "Số liệu"], *([float(f"4.{at}"), f"chỉ số {at}"] for at in (8, 9, 1, 11)), [5.1, "khác"]]
    assert list(drafted(book(tmp_path / "a.xlsx", rows))["rows"]) == ["4.8", "4.9", "4.10", "4.11", "5.1"]


def test_several_sheets_codes_of_ours_and_csv(tmp_path: Path) -> None:
    rows = [["STT", "Mã chỉ số", "Tên chỉ số", "Tử số", "Mẫu số", "Số liệu"], [1, "P1.03", NAMES["P1.03"], 2, 3, None]]
    path = book(tmp_path / "a.xlsx", rows, title="Biểu 1")
    two = openpyxl.load_workbook(path)
    two.create_sheet("Hướng dẫn")["A1"] = "Cách ghi"
    two.save(path)
    said = drafted(path)
    assert said["sheet"] == "Biểu 1" and "rows" not in said, "a sheet that is no form is none"
    assert said["columns"] == {"code": "Mã chỉ số", "name": "Tên chỉ số", "a": "Tử số", "b": "Mẫu số", "value": "Số liệu"}
    two.copy_worksheet(two["Biểu 1"]).title = "Biểu 2"
    two.save(path)
    assert drafted(path)["sheet"] == "?"
    assert drafted(path, sheet="Biểu 2")["sheet"] == "Biểu 2"
    (tmp_path / "a.csv").write_text("STT;Nội dung;Kết quả\n1;" + NAMES["P1.02"] + ";3\n", "utf-8")
    said = drafted(tmp_path / "a.csv")
    assert said["rows"] == {"1": "P1.02"} and "sheet" not in said


def test_what_cannot_be_drafted_is_told(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", [["một", "hai"], [1, 2]])
    with pytest.raises(Faults, match="no row of headers"):
        draft(path, SET, "vi")
    with pytest.raises(Faults, match="'Biểu'"):
        draft(path, SET, "vi", "Biểu")
    path.write_bytes(b"")
    with pytest.raises(Faults, match="tệp trống"):
        draft(path, SET, "vi")


def test_the_command(tmp_path: Path) -> None:
    write_others(tmp_path / "a.xlsx")
    asked = ["mapping", str(tmp_path / "a.xlsx"), "--framework", SET.id, "--out", str(tmp_path / "m.yaml")]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0 and "chỗ “?” phải ghi trước khi dùng" in done.output
    assert isinstance(CliRunner().invoke(app, asked).exception, Faults), "nothing that somebody wrote is written over"
    english = CliRunner().invoke(app, [*asked[:-1], str(tmp_path / "n.yaml"), "--lang", "en"])
    assert english.exit_code == 0 and "perhaps P1.05 g" in (tmp_path / "n.yaml").read_text("utf-8")
