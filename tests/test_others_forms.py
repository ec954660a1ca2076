"""Forms of others: what a mapping reads, what is refused at which cell, and that nothing is guessed or half read."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from others_form import ANSWERS, MAPPING, SHEET, mapping, write_others
from typer.testing import CliRunner

from dti_analysis.cli import app
from dti_analysis.common import strict_yaml
from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import Faults
from dti_analysis.records.forms_in import Taken, take_in
from dti_analysis.records.forms_out import write_forms
from dti_analysis.records.mapping import OWN_COLUMNS, Mapping, Placed, Whose, Words, load_mapping
from dti_analysis.records.others_file import Held
from dti_analysis.records.others_forms import read_forms
from dti_analysis.records.others_numbering import in_order, readings
from dti_analysis.records.others_units import unit_of, unit_of_file
from dti_analysis.records.sources import Data, Key
from dti_analysis.records.workbook_answers import Wrong
from dti_analysis.records.workbook_intake import Wanted

KEY = Key("tinhmau", "dti", 2025, "district")
UNIT, OTHER = "mau-thanh-pho-trung", "mau-huyen-bac"
DAY = date(2025, 12, 10)


@pytest.fixture(scope="module")
def wanted() -> Wanted:
    data = Data()
    framework, units, names = data.framework("sample-district-2025"), data.units_of(KEY), data.unit_names("vi")
    due = {unit: (group, names[unit]) for unit, group in zip(units["unit"], units["group"], strict=True)}
    return Wanted(framework, sha256(data.framework_file(framework.id)), KEY, due)


@pytest.fixture(scope="module")
def by() -> Mapping:
    return mapping()


@pytest.fixture
def data(tmp_path: Path) -> Data:
    copy = shutil.copytree(Data().root, tmp_path / "data")
    shutil.rmtree(copy / "assessments" / KEY.place / KEY.index / str(KEY.year))
    return Data(copy)


@pytest.fixture
def box(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def take(box: Path, data: Data, **more: Any) -> Taken:
    return take_in(box, Data(data.root), KEY, "vi", **{"received": DAY, "mapping": MAPPING} | more)


def everything(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): sha256(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def test_every_kind_of_answer_is_read(wanted: Wanted, by: Mapping, tmp_path: Path) -> None:
    rows = write_others(tmp_path / "a.xlsx")
    (form,) = read_forms(tmp_path / "a.xlsx", wanted, "vi", by)
    assert (form.faults, form.unit, form.by, form.complete) == ([], UNIT, "Nguyễn Văn Mẫu", (30, 46))
    given = {code: "/".join(cells.values()) for code, cells in form.answers.items() if any(cells.values())}
    assert given == {
        "P1.01": "Bí thư hoặc Chủ tịch",  # the mapping's word for the level
        "P1.02": "5", "P1.03": "3/4", "P1.04": "7", "P1.05": "có/68", "P2.01": "có", "P2.02": "2025-02-10/2025-02-12",
        "P2.03": "Đúng hạn/Đúng hạn/Đúng hạn/Đúng hạn", "P2.04": "n/a", "P2.05": "29/22", "P3.01.a": "75/75",
        "P3.01.b": "135/137", "P3.02.a": "không", "P3.02.b": "2", "P3.03": "2/3", "P3.05.b": "có", "P4.01": "92/92",
        "P4.05": "39713/56733",  # 39.713/56.733 with thousands
        "P5.01.a": "có", "P5.01.b": "không",
        "P5.03": "3027/670/2130",  # 3.027 as text, 2 130 with a non-breaking space
        "P5.06": "1.1",  # 1,1%
        "P5.09": "3027/3027", "P5.10.a": "có", "P5.10.b": "4/5", "P5.11": "276/369",
        "P6.01": "39.6",  # 0.396 formatted as 39.6%
        "P6.02": "không/có/có/có/không/có/có", "P6.05": "300", "P6.06": "không",
    }  # fmt: skip
    evidence = [f"{100 + rows[number]}/BC-UBND ngày 28/12/2025" for number in ("1.3", "2.2 a", "2.2 b")]
    assert form.evidence["P1.03"] == evidence[0]
    assert form.evidence["P2.02"] == "; ".join(evidence[1:]), "of all rows of a criterion"


CELLS: dict[str, tuple[str, Any, str | None, str, str]] = {
    "85% of a ratio": ("1.3", "85%", None, "chữ “85%”", "a/b trong một ô, như 3/4"),
    "85% by format": ("1.3", 0.85, "0%", "85% (ô định dạng phần trăm)", "a/b trong một ô"),
    "a date made of 3/4": ("1.3", datetime(2025, 4, 3), "dd/mm/yyyy", "ngày 03/04/2025 (Excel đổi từ 3/4 hoặc 4/3)", "như 3/4"),
    "0.75 for 3/4": ("1.3", 0.75, "# ?/?", "0,75", "như 3/4"),
    "more than the whole": ("1.3", "5/4", None, "a = 5, b = 4", "a không lớn hơn b"),
    "another word": ("2.1", "Tốt", None, "chữ “Tốt”", "Có hoặc Không (hoặc: x, Đạt, Đã có, Không đạt, Chưa có, -)"),
    "a level of nobody": ("1.1", "Trưởng phòng", None, "chữ “Trưởng phòng”", "Bí thư hoặc Chủ tịch"),
    "a date in a number cell": ("1.2", datetime(2025, 4, 3), "dd/mm/yyyy", "ngày 03/04/2025", "số nguyên"),
    "percent of a count": ("1.2", "85%", None, "chữ “85%”", "số nguyên"),
    "not whole": ("1.2", "2,5", None, "chữ “2,5”", "số nguyên"),
    "a decimal point": ("5.6", "1.5", None, "chữ “1.5”", "một số"),
    "letters with a space": ("1.2", "12\xa0cuộc", None, "chữ “12 cuộc” có dấu cách đặc biệt", "số nguyên"),
    "a day that is none": ("2.2 b", "31/02/2025", None, "chữ “31/02/2025”", "ngày, tháng, năm"),
    "a formula without result": ("1.2", "=1+2", None, "công thức =1+2 không có kết quả lưu sẵn", "mở tệp bằng Excel"),
    "a number left out": ("1.5 b", None, None, "ô để trống", "số nguyên"),
}  # fmt: skip


@pytest.mark.parametrize("what", CELLS)
def test_a_wrong_answer_is_told_by_its_cell(what: str, wanted: Wanted, by: Mapping, tmp_path: Path) -> None:
    number, value, form, found, expected = CELLS[what]
    path = tmp_path / "a.xlsx"
    rows = write_others(path)
    put(path, f"D{rows[number]}", value, form)
    (read,) = read_forms(path, wanted, "vi", by)
    (fault,) = read.faults
    assert fault.place() == f"{SHEET}!D{rows[number]}"
    assert found in fault.found
    assert expected in fault.expected


def put(path: Path, cell: str, value: Any, form: str | None = None) -> None:
    book = openpyxl.load_workbook(path)
    book[SHEET][cell] = value
    if form:
        book[SHEET][cell].number_format = form
    book.save(path)


def changed(do: Callable[[Any, dict[str, int]], Any]) -> Callable[[Path, dict[str, int]], None]:
    def change(path: Path, rows: dict[str, int]) -> None:
        book = openpyxl.load_workbook(path)
        do(book[SHEET], rows)
        book.save(path)

    return change


def set_cell(cell: str, value: Any) -> Callable[[Path, dict[str, int]], None]:
    return changed(lambda sheet, _: sheet.__setitem__(cell, value))


def at(column: str, number: str, value: Any) -> Callable[[Path, dict[str, int]], None]:
    return changed(lambda sheet, rows: sheet.__setitem__(f"{column}{rows[number]}", value))


def hide_row(sheet: Any, _: object) -> None:
    sheet.row_dimensions[12].hidden = True


def hide_column(sheet: Any, _: object) -> None:
    sheet.column_dimensions["F"].hidden = True


def many_rows(sheet: Any, _: object) -> None:
    for row in range(200, 10_200):
        sheet.cell(row, 3, "x")


def fill_group(sheet: Any, _: object) -> None:
    sheet.unmerge_cells("B10:G10")
    sheet["D10"] = 3


SHEETS: dict[str, tuple[Callable[[Path, dict[str, int]], None], str, str, str]] = {
    "renamed sheet": (changed(lambda sheet, _: setattr(sheet, "title", "Sheet1")), "", "“Biểu 02” (có: Sheet1)", "“Biểu 02”"),
    "another year": (set_cell("A3", "Năm 2024"), "A3", "“Năm 2024”", "“năm 2025”"),
    "no year": (set_cell("A3", None), "A3", "ô để trống", "“năm 2025”"),
    "another unit": (set_cell("A4", "UBND huyện Mẫu Bác"), "A4", "“UBND huyện Mẫu Bác”", "Huyện Mẫu Bắc (mau-huyen-bac)"),
    "no unit": (set_cell("A4", "Đơn vị:"), "A4", "ô để trống", "tên một đơn vị"),
    "a header renamed": (set_cell("E8", "Điểm"), "A8", "không có cột “Kết quả / Điểm tự chấm”", "cột “Kết quả"),
    "a column doubled": (set_cell("H7", "Giải trình"), "G8", "2 cột “Giải trình” (G, H)", "chữ cái"),
    "hidden row": (changed(hide_row), "12:12", "12:12", "không ẩn"),
    "hidden column": (changed(hide_column), "F:F", "F:F", "không ẩn"),
    "10,000 rows": (changed(many_rows), "A5000", "hơn 5000 dòng", ""),
    "a number of nobody": (at("A", "4.2", 4.7), "A48", "số thứ tự “4.7”", "4.5"),
    "a number twice": (at("A", "4.2", 4.3), "A49", "dòng 4.3 (P4.03) lặp lại, lần đầu ở dòng 48", "một dòng"),
    "a row lost": (changed(lambda sheet, rows: sheet.delete_rows(rows["6.6"])), "", "không có dòng 6.6 (P6.06)", "đủ các dòng"),
    "a number as error": (at("A", "4.2", "#REF!"), "A48", "#REF!", "Text"),
    "content without number": (set_cell("D41", "12"), "D41", "“12”", "số thứ tự"),
    "evidence without number": (set_cell("F41", "45/QĐ-UBND"), "F41", "“45/QĐ-UBND”", "số thứ tự"),
    "content in a group": (changed(fill_group), "D10", "dòng nhóm I", ""),
    "below the end": (set_cell("A95", "4.2"), "A95", "dưới dòng “Tổng cộng”", "nằm trên"),
    "only points": (at("E", "4.2", 15), "E48", "điểm tự chấm 15 mà không có số liệu", "điểm tự chấm không thay được số liệu"),
    "points in words": (at("E", "1.2", "tối đa"), "E12", "chữ “tối đa”", "một số"),
    "other points": (at("E", "1.3", 18), "E13", "điểm tự chấm 18; theo số liệu đã kê khai là 15", "điểm đúng theo số liệu"),
    "an answer of two criteria": (changed(lambda sheet, _: sheet.merge_cells("D12:D13")), "D13", "gộp với dòng của P1.02", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", SHEETS)
def test_a_damaged_form_is_refused_with_the_reason(what: str, wanted: Wanted, by: Mapping, tmp_path: Path) -> None:
    damage, cell, found, expected = SHEETS[what]
    path = tmp_path / "a.xlsx"
    damage(path, write_others(path))
    (form,) = read_forms(path, wanted, "vi", by)
    told = [fault for fault in form.faults if fault.cell == cell and found in fault.found and expected in fault.expected]
    assert told, form.faults
    assert len(form.faults) <= 2, form.faults


def test_points_that_follow_are_accepted(wanted: Wanted, by: Mapping, tmp_path: Path) -> None:
    """P1.03: 3/4 of 20 = 15; P3.03: 2/3 of 30 = 20; P4.05: 39713/56733 of 25 = 17.50… (25 × 0.70 = 17.4999); written 17,5."""
    path = tmp_path / "a.xlsx"
    rows = write_others(path)
    for number, points in {"1.3": 15, "3.3": "20,00", "4.5": 17.5, "1.1": "20"}.items():
        put(path, f"E{rows[number]}", points)
    assert read_forms(path, wanted, "vi", by)[0].faults == []
    put(path, f"E{rows['4.5']}", 17.6)
    assert [fault.cell for fault in read_forms(path, wanted, "vi", by)[0].faults] == [f"E{rows['4.5']}"]


# numbers of rows

NUMBERS = {
    "4.10 by its format": (Held(4.1, "0.00"), ["4.10"]),
    "4.1 or 4.10": (Held(4.1), ["4.1", "4.10"]),
    "text": (Held(" 4.10. "), ["4.10"]),
    "text that has been a number": (Held("4,1"), ["4.1", "4.10"]),
    "two decimals": (Held(4.11), ["4.11"]),
    "whole": (Held(4), ["4", "4.0"]),
    "a date": (Held(datetime(2025, 10, 1)), ["1.10", "10.1"]),
    "a letter": (Held("a)"), ["a"]),
    "of the header": (Held("(1)"), ["(1)"]),
}


@pytest.mark.parametrize("what", NUMBERS)
def test_what_a_number_may_have_been(what: str) -> None:
    held, options = NUMBERS[what]
    assert readings(held) == options


@pytest.mark.parametrize(
    ("options", "left"),
    [
        ([[0, 9], [1], [8], [0, 9]], [[0], [1], [8], [9]]),  # 4.1 4.2 … 4.9 4.1
        ([[0, 9], [10]], [[0, 9], [10]]),  # 4.2 … 4.9 were lost: nobody can tell
        ([[0, 9], [0, 9]], [[0], [9]]),
        ([[5], [0, 9]], [[5], [9]]),
        ([[10], [0, 9]], [[10], []]),  # out of order
        ([[3], [2], [0, 9], [10]], [[3], [2], [9], [10]]),  # disorder elsewhere does not matter
        ([[0, 9], [0, 9], [0, 9]], [[], [], []]),
        ([], []),
    ],
)
def test_place_tells_where_it_can(options: list[list[int]], left: list[list[int]]) -> None:
    assert in_order(options) == left


def test_4_10_that_became_4_1_is_told_by_its_place_or_refused(wanted: Wanted, by: Mapping, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    rows = write_others(path)
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    heads = [row for row in range(10, sheet.max_row) if sheet.cell(row, 1).value == 5.1]
    assert heads == [rows["5.1 a"] - 1, rows["5.10 a"] - 1], "both are the number 5.1 in the file"
    assert read_forms(path, wanted, "vi", by)[0].faults == []
    for first, last in ((rows["5.2"], rows["5.12 b"]),):  # all between is lost: 5.1 a may be 5.10 a
        sheet.delete_rows(first, last - first + 1)
    book.save(path)
    faults = read_forms(path, wanted, "vi", by)[0].faults
    assert [fault.cell for fault in faults] == [f"A{rows['5.1 a']}", f"A{rows['5.1 b']}"]
    assert "5.1 a (P5.01.a) hoặc 5.10 a (P5.10.a)" in faults[0].found
    sheet.cell(rows["5.1 a"] - 1, 1).number_format = "0.0"  # now the format tells
    book.save(path)
    told = [fault.found for fault in read_forms(path, wanted, "vi", by)[0].faults]
    assert "không có dòng 5.10 a (P5.10.a)" in told
    assert not any("hoặc" in found for found in told)


# units

WHOSE = Whose(cell="A1", without=["Đơn vị:", "UBND"], names={"TP. Trung": "trung"})
UNITS = {
    "trung": ("Thành phố Trung", "Trung City"), "ha": ("Xã Hạ",), "ha-2": ("Xã Hà",), "x1": ("Xã Một",), "x2": ("Xã Một",)
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("Thành phố Trung", "trung"),
        ("ĐƠN VỊ: UBND  XÃ HẠ", "ha"),
        ("xã Hà", "ha-2"),
        ("x2", "x2"),
        ("UBND TP. Trung", "trung"),
        ("Trung City", "trung"),
    ],
)
def test_a_unit_is_known_by_its_name(text: str, unit: str) -> None:
    assert unit_of(text, WHOSE, UNITS, "vi") == unit


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("Xã Ha", "“Xã Ha”, không phải tên đơn vị", "Xã Hạ (ha) và Xã Hà (ha-2)"),
        ("Xã Một", "tên của nhiều đơn vị: x1, x2", "mã"),
        ("", "ô để trống", "tên một đơn vị"),
    ],
)  # fmt: skip
def test_a_name_that_does_not_tell_is_refused(text: str, found: str, expected: str) -> None:
    with pytest.raises(Wrong) as wrong:
        unit_of(text, WHOSE, UNITS, "vi")
    assert found in wrong.value.found
    assert expected in wrong.value.expected


def test_a_unit_by_the_name_of_the_file() -> None:
    whose = Whose(file=r"\d+[_ ](.+)")
    assert unit_of_file("03_thanh-pho-trung", whose, UNITS, "vi") == "trung"
    assert unit_of_file("03 Thành phố Trung", whose, UNITS, "vi") == "trung"
    for stem in ("03_xa-ha", "khác"):  # Xã Hạ or Xã Hà; no name at all
        with pytest.raises(Wrong):
            unit_of_file(stem, whose, UNITS, "vi")


# mappings


def mapping_file(path: Path, **changes: Any) -> Path:
    content = strict_yaml.read(MAPPING).data | changes
    path.write_text(
        yaml.safe_dump({k: v for k, v in content.items() if v is not None}, allow_unicode=True, sort_keys=False), "utf-8"
    )
    return path


ROWS = strict_yaml.read(MAPPING).data["rows"]
MAPPINGS: dict[str, tuple[dict[str, Any], str]] = {
    "another set": ({"framework": "sample-district-2024"}, "found sample-district-2024; expected sample-district-2025"),
    "unknown key": ({"sheets": "x"}, "found the key 'sheets'; expected 'sheet'?"),
    "unknown criterion": ({"rows": ROWS | {"6.6": "P6.60"}}, "found 'P6.60'; expected 'P6.06'?"),
    "unknown cell": ({"rows": ROWS | {"2.5 b": "P2.05 b"}}, "found 'b' of P2.05"),
    "twice": ({"rows": ROWS | {"6.7": "P6.06"}}, "found P6.06 value again"),
    "left out": ({"rows": {key: code for key, code in ROWS.items() if key != "6.6"}}, "found no row of P6.06; expected a row"),
    "numbers": ({"rows": {(6.6 if key == "6.6" else key): code for key, code in ROWS.items()}}, 'text in quotes, as "6.6"'),
    "only points": (
        {"columns": {"stt": "STT", "points": "Kết quả / Điểm tự chấm", "value": "Kết quả / Số liệu"}},
        "found no column for a, b of P1.03 but only one of points; expected where a, b stands: its rule computes",
    ),
    "no way to the unit": ({"unit": {}}, "one of cell, file and column: true"),
    "no pattern": ({"unit": {"file": "(x"}}, "a regular expression"),
    "a level of nobody": ({"words": {"levels": {"P1.01": {"BT": "Bí thư xã"}}}}, "found 'Bí thư xã'"),
    "a column of nobody": ({"columns": {"stt": "STT", "số liệu": "x"}}, "not 'số liệu'"),
}  # fmt: skip


@pytest.mark.parametrize("what", MAPPINGS)
def test_a_wrong_mapping_is_refused_by_its_line(what: str, tmp_path: Path) -> None:
    changes, told = MAPPINGS[what]
    with pytest.raises(Faults) as faults:
        load_mapping(mapping_file(tmp_path / "m.yaml", **changes), Data().framework("sample-district-2025"))
    assert told in str(faults.value)
    assert re.search(r"m\.yaml: line \d+", str(faults.value))


def test_the_page_on_mappings_names_every_key() -> None:
    page = (Path(__file__).parents[1] / "docs/forms-of-others.md").read_text("utf-8")
    known = [*Mapping.model_fields, *Whose.model_fields, *Words.model_fields, *Placed.model_fields, *OWN_COLUMNS]
    assert [key for key in known if not re.search(rf"`[^`]*\b{key}\b[^`]*`", page)] == []


# taking in


def test_taken_in_kept_and_given_back(box: Path, data: Data) -> None:
    write_others(box / "trung.xlsx")
    rows = write_others(box / "bac.xlsx", "UBND huyện Mẫu Bắc")
    put(box / "bac.xlsx", f"D{rows['1.2']}", "năm")
    put(box / "bac.xlsx", f"D{rows['1.3']}", datetime(2025, 4, 3), "d/m")
    taken = take(box, data)
    states = {one.unit: one.state for one in taken.sent}
    assert (taken.new, states[UNIT], states[OTHER], states["mau-huyen-nam"]) == ([UNIT], "received", "refused", "missing")
    table, provenance = Data(data.root).assessment(KEY)
    assert set(table["unit"]) == {UNIT}
    assert table.set_index("indicator").loc["P4.05", ["a", "b"]].tolist() == ["39713", "56733"]
    (source,) = provenance.sources
    assert source.mapping == f"received/tinhmau/dti/2025/district/mapping-{sha256(MAPPING)[:16]}.yaml"
    assert sha256(data.root / source.mapping) == sha256(MAPPING)
    (copy,) = taken.returned
    book = openpyxl.load_workbook(copy)
    cells = [f"D{rows['1.2']}", f"D{rows['1.3']}"]
    assert [[cell.value for cell in row[:2]] for row in book["Lỗi"].iter_rows(min_row=3)] == [
        [f"{SHEET}!{cells[0]}", "P1.02"],
        [f"{SHEET}!{cells[1]}", "P1.03"],
    ]
    for cell in cells:
        assert book[SHEET][cell].fill.start_color.rgb == "FFF4B6B6"
        assert "cần" in book[SHEET][cell].comment.text
    before = everything(data.root)
    assert not take(box, data).changed
    assert not take(box, data, mapping=None).changed, "what was taken in is read by the mapping that is kept"
    assert everything(data.root) == before
    put(copy, cells[0], 5)
    put(copy, cells[1], "3/4")
    (box / "bac.xlsx").unlink()
    shutil.copy(copy, box / "mended.xlsx")
    assert take(box, data, received=date(2025, 12, 20), deadline=date(2025, 12, 15)).new == [OTHER]
    assert {one.unit: one.state for one in take(box, data, deadline=date(2025, 12, 15)).sent}[OTHER] == "late"


def test_a_newer_form_replaces_and_another_mapping_reads_anew(box: Path, data: Data, tmp_path: Path) -> None:
    rows = write_others(box / "a.xlsx")
    take(box, data)
    shutil.copy(box / "a.xlsx", box / "first.xlsx")
    put(box / "a.xlsx", f"D{rows['1.2']}", 3)
    taken = take(box, data)
    assert (taken.new, taken.refused) == ([UNIT], [])
    assert [one.versions for one in taken.sent if one.unit == UNIT] == [2]
    without = strict_yaml.read(MAPPING).data
    del without["columns"]["evidence"]
    other = mapping_file(tmp_path / "other.yaml", columns=without["columns"])
    taken = take(box, data, mapping=other, received=date(2026, 1, 30), deadline=date(2025, 12, 15))
    assert taken.new == [UNIT]
    (sent,) = [one for one in taken.sent if one.unit == UNIT]
    assert (sent.versions, sent.state, sent.received) == (2, "received", DAY.isoformat()), "only read anew"
    table, provenance = Data(data.root).assessment(KEY)
    assert set(table["evidence"]) == {""}
    assert len({source.file for source in provenance.sources}) == 2, "each file is kept once"
    assert not take(box, data, mapping=other).changed
    kept = data.root / str(provenance.sources[-1].mapping)
    kept.write_text(kept.read_text("utf-8") + "# edited\n", "utf-8")
    with pytest.raises(Faults, match="not the mapping by which forms were taken in"):
        take(box, data, mapping=None)


def test_without_a_mapping_it_is_said_that_one_is_needed(box: Path, data: Data) -> None:
    write_others(box / "a.xlsx")
    (form,) = take(box, data, mapping=None).refused
    assert "--mapping" in form.faults[0].expected


def test_the_command_tells_it(box: Path, data: Data) -> None:
    rows = write_others(box / "a.xlsx")
    put(box / "a.xlsx", f"D{rows['1.2']}", "năm")
    command = ["intake", str(box), "--place", "tinhmau", "--year", "2025", "--level", "district", "--data", str(data.root)]
    result = CliRunner().invoke(app, [*command, "--mapping", str(MAPPING), "--lang", "en"])
    assert re.findall("found (.*);", result.output) == ["the text “năm”"], "the form is in Vietnamese all the same"
    result = CliRunner().invoke(app, [*command, "--mapping", str(MAPPING)])
    assert result.exit_code == 1
    assert f"a.xlsx: {SHEET}!D{rows['1.2']}: thấy chữ “năm”; cần số nguyên từ 0 trở lên" in result.output


# text files and plain tables

TABLE = "unit{s}indicator{s}value{s}a{s}b{s}evidence\r\n{one}{s}P1.02{s}3{s}{s}{s}biên bản\r\n{two}{s}P1.03{s}{s}3{s}4{s}Sở\r\n"
ENCODINGS = {"utf-8": ";", "utf-8-sig": ";", "utf-16": "\t", "utf-8 ": ","}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_plain_table_needs_no_mapping(encoding: str, box: Path, data: Data) -> None:
    text = TABLE.format(s=ENCODINGS[encoding], one="Thành phố Mẫu Trung", two=OTHER)
    (box / "all.csv").write_bytes(text.encode(encoding.strip()))
    taken = take(box, data, mapping=None)
    assert (taken.refused, sorted(taken.new)) == ([], sorted([UNIT, OTHER]))
    table = Data(data.root).assessment(KEY)[0]
    rows = table[table["unit"] == OTHER].set_index("indicator")
    (kept,) = {source.file for source in Data(data.root).provenance(KEY).sources}
    assert re.fullmatch(r"received/tinhmau/dti/2025/district/1-\w{8}\.csv", kept), "kept once"
    assert rows.loc["P1.03", ["a", "b", "evidence"]].tolist() == ["3", "4", "Sở"]
    before = everything(data.root)
    assert not take(box, data, mapping=None).changed
    assert everything(data.root) == before


def test_one_fault_refuses_the_whole_table(box: Path, data: Data) -> None:
    text = (
        TABLE.format(s=";", one=UNIT, two=OTHER) + f"{OTHER};P1.02;1,5;;;\r\nmau-huyen-bak;P1.04;;1;;\r\n{UNIT};P9.99;1;;;\r\n"
    )
    (box / "all.csv").write_text(text, "utf-8-sig")
    before = everything(data.root)
    taken = take(box, data, mapping=None)
    assert (taken.new, everything(data.root)) == ([], before)
    assert {fault.place() for fault in taken.refused[0].faults} == {"CSV!C4", "CSV!A5", "CSV!B6"}
    assert {one.unit for one in taken.sent if one.state == "refused"} == {UNIT, OTHER}
    book = openpyxl.load_workbook(taken.returned[0])
    assert book["CSV"]["C4"].comment is not None
    for cell, value in {"C4": "1", "A5": "mau-huyen-bac", "B6": "P1.04", "C6": None, "D6": "1"}.items():
        book["CSV"][cell] = value
    book.save(box / "mended.xlsx")
    (box / "all.csv").unlink()
    assert sorted(take(box, data, mapping=None).new) == sorted([UNIT, OTHER])


VIETNAMESE = "unit;indicator;value;a;b;evidence\r\nmau-huyen-bac;P1.02;3;;;Quyết định\r\n"
TEXTS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "tệp trống"),
    "one column": (b"unit\r\na\r\n", "chỉ có một cột"),
    "a decimal comma among commas": (b"unit,indicator,value\r\na,P1.02,12,5\r\n", "dấu phẩy thập phân (12,5) lẫn với"),
    "rows of several lengths": (b"unit;indicator;value\r\na;P1.02\r\n", "dòng 2 có 2 ô, dòng tiêu đề có 3"),
    "two separators": (b"a,b;c,d\r\n1,2;3,4\r\n", "chia bằng dấu chấm phẩy và dấu phẩy"),
    "lost letters": (VIETNAMESE.encode("ascii", "replace"), "chữ có dấu đã mất khi lưu tệp, như “Quy?t”"),
    "TCVN3": ("unit;indicator;value\r\nTØnh MÉu;P1.02;1\r\n".encode("cp1252"), "bảng mã chữ không nhận ra được"),
    "binary": (b"\x00\x01\x02;\x00", "không phải văn bản"),
    "UTF-16 cut off": (VIETNAMESE.encode("utf-16")[:-1], "bị cắt cụt"),
    "stray bytes": ("unit;a\r\nx;\x01".encode("utf-16"), "không phải văn bản"),
    "another separator than is stated": (b"sep=,\r\nunit;indicator;value\r\na;P1.02;1,5\r\n", "dòng 1 có 1 ô"),
    "nothing below the separator": (b"sep=;\r\n", "chỉ có một cột"),
    "a quote that is not closed": (b'unit;indicator;value\r\na;"P1.02;1\r\n', "dấu ngoặc kép mở mà không đóng"),
    "60,000 rows": (b"unit;indicator\r\n" + b"a;b\r\n" * 60_000, "hơn 50000 dòng"),
}  # fmt: skip


@pytest.mark.parametrize("what", TEXTS)
def test_a_text_file_that_is_not_sure_is_refused(what: str, wanted: Wanted, tmp_path: Path) -> None:
    content, found = TEXTS[what]
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    (form,) = read_forms(path, wanted, "vi")
    assert [found in fault.found for fault in form.faults] == [True], form.faults
    assert not form.readable


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"', "\ufeffsep=;"])
def test_a_stated_separator_and_line_breaks_in_quotes_are_read(first: str, wanted: Wanted, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = f'{first}\r\nunit;indicator;value;a;b;explanation\r\n{UNIT};P1.03;;2;3;"Không có\ndữ liệu; theo ""công văn"""\r\n'
    path.write_bytes(rows.encode())
    (form,) = read_forms(path, wanted, "vi")
    assert form.faults == [] and form.answers["P1.03"] == {"a": "2", "b": "3"}
    assert form.explanation["P1.03"] == 'Không có dữ liệu; theo "công văn"'


def test_windows_1258_is_read_where_it_is_vietnamese(wanted: Wanted, tmp_path: Path) -> None:
    import unicodedata

    marks = dict.fromkeys("\u0300\u0301\u0303\u0309\u0323")
    parts = [unicodedata.normalize("NFD", letter) for letter in VIETNAMESE]
    split = "".join(
        unicodedata.normalize("NFC", "".join(c for c in p if c not in marks)) + "".join(c for c in p if c in marks)
        for p in parts
    )
    path = tmp_path / "a.csv"
    path.write_bytes(split.encode("cp1258"))
    (form,) = read_forms(path, wanted, "vi")
    assert (form.faults, form.evidence["P1.02"]) == ([], "Quyết định")


def office(path: Path, kind: str, out: Path) -> Path:
    """A file as LibreOffice saves it."""
    profile = f"-env:UserInstallation={(out / 'profile').as_uri()}"
    command = ["soffice", "--headless", profile, "--convert-to", kind, "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return out / f"{path.stem}.{kind.partition(':')[0]}"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice")
def test_as_an_office_saves_it(wanted: Wanted, by: Mapping, tmp_path: Path) -> None:
    """The same form through LibreOffice: saved again, as CSV with semicolons, as “Unicode Text”, and as an old .xls."""
    path, out = tmp_path / "a.xlsx", tmp_path / "out"
    out.mkdir()
    rows = write_others(path, answers=ANSWERS | {"1.2": "=2+3", "6.1": "39,6", "2.2 a": "10/02/2025"})
    put(path, f"D{rows['6.1']}", "39,6", "General")
    read = {}
    for kind in ("xlsx", "csv:Text - txt - csv (StarCalc):59,34,76", "csv:Text - txt - csv (StarCalc):9,34,65535"):
        (form,) = read_forms(office(path, kind, out), wanted, "vi", by)
        assert form.faults == [], kind
        read[kind] = form.answers, form.evidence, form.unit, form.by
    assert len({repr(one) for one in read.values()}) == 1
    assert next(iter(read.values()))[0]["P1.02"] == {"value": "5"}, "the saved result of =2+3"
    (old,) = read_forms(office(path, "xls", out), wanted, "vi", by)
    assert "tệp định dạng .xls cũ" in old.faults[0].found
    put(path, f"D{rows['1.2']}", "=1/0")
    (form,) = read_forms(office(path, "xlsx", out), wanted, "vi", by)
    assert [(fault.cell, fault.found) for fault in form.faults] == [(f"D{rows['1.2']}", "lỗi công thức #DIV/0!")]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="no LibreOffice")
def test_our_own_form_as_an_office_saves_it(wanted: Wanted, tmp_path: Path) -> None:
    """Saved again it is the same form; as CSV it has lost what it is for, and is told so; as .xls likewise."""
    write_forms(Data(), KEY, "vi", tmp_path, [UNIT])
    path, out = tmp_path / f"dti-2025-district-{UNIT}.xlsx", tmp_path / "out"
    out.mkdir()
    book = openpyxl.load_workbook(path)
    sheet = book["Phiếu"]
    (row,) = [row for row in range(8, sheet.max_row) if sheet[f"P{row}"].value == "P1.02|value"]
    sheet[f"G{row}"] = 3
    book.save(path)
    (form,) = read_forms(office(path, "xlsx", out), wanted, "vi")
    assert (form.faults, form.unit, form.answers["P1.02"]) == ([], UNIT, {"value": "3"})
    (text,) = read_forms(office(path, "csv:Text - txt - csv (StarCalc):59,34,76", out), wanted, "vi")
    assert "đã lưu thành tệp văn bản" in text.faults[0].found
    (old,) = read_forms(office(path, "xls", out), wanted, "vi")
    assert "tệp định dạng .xls cũ" in old.faults[0].found


def test_a_packed_file_or_an_empty_one_is_no_workbook(wanted: Wanted, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as packed:
        packed.writestr("word/document.xml", "<w/>")
    (tmp_path / "b.xlsx").write_bytes(b"")
    found = [read_forms(tmp_path / name, wanted, "vi")[0].faults[0].found for name in ("a.xlsx", "b.xlsx")]
    assert found == ["tệp nén, bên trong không có bảng tính", "tệp trống"]


def test_the_sample_saved_by_excel_comes_back_as_it_was(box: Path, data: Data) -> None:
    """What all districts claimed in 2025, as Vietnamese Excel saves it: semicolons and decimal commas; figures are the same."""
    kept = ["unit", "indicator", *Data().framework("sample-district-2025").inputs]
    table = Data().assessment(KEY)[0]
    claimed = table.loc[table["basis"] == "self", [*dict.fromkeys([*kept, "value"])]]
    comma = claimed.map(lambda text: re.sub(r"^(\d+)\.(\d+)$", r"\1,\2", text))
    comma.to_csv(box / "all.csv", sep=";", index=False, encoding="utf-8-sig", lineterminator="\r\n")
    taken = take(box, data, mapping=None)
    assert ([form.faults for form in taken.refused], len(taken.new)) == ([], 9)
    after = Data(data.root).assessment(KEY)[0][list(claimed.columns)]
    order = ["unit", "indicator"]
    same = after.merge(claimed[order]).sort_values(order).reset_index(drop=True)
    assert same.equals(claimed.sort_values(order).reset_index(drop=True))
