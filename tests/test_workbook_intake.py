"""Forms that come back: what is accepted, what is refused at which cell, what is given back, and that nothing else changes."""

from __future__ import annotations

import re
import shutil
import time
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from test_workbook_form import SETS, fill, filling, heading, scored

from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import Faults
from dti_analysis.records.forms_in import Taken, take_in
from dti_analysis.records.forms_out import write_form_of, write_forms
from dti_analysis.records.sources import Data, Key
from dti_analysis.records.workbook_answers import written
from dti_analysis.records.workbook_form import write_form
from dti_analysis.records.workbook_intake import Wanted, read_form_file
from dti_analysis.records.workbook_layout import HIDDEN_SHEET, lines
from dti_analysis.scores.scoring import score

KEY = Key("tinhmau", "dti", 2025, "district")
UNIT, OTHER = "mau-thanh-pho-trung", "mau-huyen-bac"
DAY = date(2025, 12, 10)
OTHERS = Path(__file__).with_name("others")


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forms of two units, filled in in part: P1.01 by a level, P1.02 by a count, P1.03 by a and b, P2.02 by two dates."""
    folder = tmp_path_factory.mktemp("sent")
    write_forms(Data(), KEY, "vi", folder, [UNIT, OTHER], date(2025, 12, 15))
    for path in folder.glob("*.xlsx"):
        book = openpyxl.load_workbook(path)
        sheet = book["Phiếu"]
        at = places(sheet)
        for key, value in {
            "P1.01|value": "Bí thư hoặc Chủ tịch", "P1.02|value": 3, "P1.03|a": 2, "P1.03|b": 3, "P1.05|g": "Có",
            "P1.05|value": 60, "P2.02|a": date(2025, 2, 3), "P2.02|b": datetime(2025, 2, 7), "P2.04|value": "Không áp dụng",
        }.items():  # fmt: skip
            sheet[f"G{at[key]}"] = value
        row = at["P1.01|value"]
        for letter, text in {"J": "12/QĐ-UBND", "K": date(2025, 1, 9), "L": "kiện toàn", "I": "12.pdf"}.items():
            sheet[f"{letter}{row}"] = text
        sheet[f"M{at['P2.04|value']}"] = "Không có\ndữ liệu, theo công văn"
        sheet["D4"] = "Nguyễn Văn Mẫu"
        book.save(path)
    return folder


def places(sheet: Any) -> dict[str, int]:
    return {sheet[f"P{row}"].value: row for row in range(8, sheet.max_row + 1) if sheet[f"P{row}"].value}


@pytest.fixture
def data(tmp_path: Path) -> Data:
    """A data folder without forms of the year."""
    copy = tmp_path / "data"
    shutil.copytree(Data().root, copy)
    shutil.rmtree(copy / "assessments" / KEY.place / KEY.index / str(KEY.year))
    return Data(copy)


@pytest.fixture
def box(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def name_of(unit: str) -> str:
    return f"dti-2025-district-{unit}.xlsx"


def take(box: Path, data: Data, **more: Any) -> Taken:
    return take_in(box, Data(data.root), KEY, "vi", **{"received": DAY} | more)


def everything(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): sha256(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def test_accepted_forms_become_the_assessment(sent: Path, box: Path, data: Data) -> None:
    for unit in (UNIT, OTHER):
        shutil.copy(sent / name_of(unit), box)
    taken = take(box, data)
    assert (taken.refused, sorted(taken.new), taken.changed) == ([], sorted([UNIT, OTHER]), True)
    after = Data(data.root)
    table, provenance = after.assessment(KEY)
    rows = table[table["unit"] == UNIT].set_index("indicator")
    assert set(rows["basis"]) == {"self"}
    evidence = "12/QĐ-UBND ngày 09/01/2025: kiện toàn; 12.pdf"
    assert rows.loc["P1.01", ["value", "evidence"]].tolist() == ["Bí thư hoặc Chủ tịch", evidence]
    assert rows.loc["P1.03", ["a", "b"]].tolist() == ["2", "3"]
    assert rows.loc["P2.02", ["a", "b"]].tolist() == ["2025-02-03", "2025-02-07"]
    assert rows.loc["P2.04", ["value", "explanation"]].tolist() == ["n/a", "Không có dữ liệu, theo công văn"]
    assert rows.loc["P1.04", "a"] == ""
    assert provenance.kind == "sample", "of a fictitious place; of any other `received`"
    by_unit = {source.unit: source for source in provenance.sources}
    assert by_unit[UNIT].by == "Nguyễn Văn Mẫu"
    assert by_unit[UNIT].received == "2025-12-10"
    assert by_unit[UNIT].sha256 == sha256(box / name_of(UNIT)) == sha256(data.root / by_unit[UNIT].file)
    standing = {one.unit: (one.state, one.answered, one.asked) for one in taken.sent}
    assert standing[UNIT] == ("received", 6, 46)
    assert {state for unit, (state, *_) in standing.items() if unit not in (UNIT, OTHER)} == {"missing"}
    points = score(after.framework("sample-district-2025"), table).set_index(["unit", "component"])["points"]
    # 20 (head) + 30 (3 meetings) + 13.33 (2/3 of 20) + 20 (60 items and a section) = 83.33; P2.02: 4 working days, in time.
    assert points[UNIT, "P1"] == pytest.approx(83.33)
    assert points[UNIT, "P2.02"] == 25


def test_again_changes_nothing_and_a_newer_form_replaces_the_older(sent: Path, box: Path, data: Data) -> None:
    shutil.copy(sent / name_of(UNIT), box)
    take(box, data)
    before = everything(data.root)
    again = take(box, data, received=date(2026, 1, 1))
    assert (everything(data.root), again.changed, again.new) == (before, False, [])
    change(box / name_of(UNIT), "P1.02|value", 4)
    newer = take(box, data, received=date(2025, 12, 20))
    one = next(one for one in newer.sent if one.unit == UNIT)
    assert (one.state, one.versions, one.received) == ("late", 2, "2025-12-20")  # the form itself says: due on 15/12
    table, provenance = Data(data.root).assessment(KEY)
    assert table.set_index("indicator").at["P1.02", "value"] == "4"
    kept = [source.file for source in provenance.sources]
    assert [Path(file).name[0] for file in kept] == ["1", "2"]
    assert sha256(data.root / kept[0]) == before[kept[0]], "the older one is kept as it was"
    assert sha256(data.root / kept[1]) == sha256(box / name_of(UNIT))
    shutil.copy(sent / name_of(UNIT), box / "older-again.xlsx")  # the older one once more is known, and does not come back
    assert not take(box, data).changed


def change(path: Path, key: str, value: Any, form: str | None = None) -> str:
    """Put a value into a form; returns its cell."""
    book = openpyxl.load_workbook(path)
    sheet = book["Phiếu"]
    cell = f"G{places(sheet)[key]}"
    sheet[cell] = value
    if form:
        sheet[cell].number_format = form
    book.save(path)
    return f"Phiếu!{cell}"


CELLS: dict[str, tuple[str, Any, str | None, str, str]] = {
    "text with a non-breaking space": ("P1.02|value", "1\xa0234", None, "dấu cách đặc biệt", "số nguyên"),
    "a number as text": ("P1.02|value", "3", None, "chữ “3”", "số nguyên"),
    "85%": ("P1.03|a", "85%", None, "chữ “85%”", "số nguyên"),
    "3/4": ("P1.03|a", "3/4", None, "chữ “3/4”", "số nguyên"),
    "a date in a number cell": ("P1.02|value", datetime(2025, 4, 3), "dd/mm/yyyy", "ngày 03/04/2025", "số nguyên"),
    "a percent format": ("P1.02|value", 1, "0%", "100,00% (ô định dạng phần trăm)", "số nguyên"),
    "not whole": ("P1.02|value", 2.5, None, "2,5", "số nguyên"),
    "negative": ("P1.02|value", -1, None, "-1", "số nguyên"),
    "a formula": ("P1.02|value", "=1+2", None, "công thức =1+2", "không ghi công thức"),
    "another level": ("P1.01|value", "Trưởng phòng", None, "chữ “Trưởng phòng”", "Bí thư hoặc Chủ tịch"),
    "x": ("P2.01|value", "x", None, "chữ “x”", "Có hoặc Không"),
    "Đạt": ("P2.01|value", "Đạt", None, "chữ “Đạt”", "Có hoặc Không"),
    "TRUE": ("P2.01|value", True, None, "TRUE", "Có hoặc Không"),
    "a date as text": ("P2.02|a", "03/02/2025", None, "chữ “03/02/2025”", "ngày, tháng, năm"),
    "a number for a date": ("P2.02|a", 45000, "General", "45000", "ngày, tháng, năm"),
    "more than the whole": ("P1.03|a", 4, None, "a = 4, b = 3", "a không lớn hơn b"),
    "some of nothing": ("P1.03|b", 0, None, "a = 2, b = 0", "a bằng 0 khi b bằng 0"),
    "a number left out": ("P1.03|b", None, None, "ô để trống", "số nguyên"),
}


@pytest.fixture(scope="module")
def wanted() -> Wanted:
    data = Data()
    framework = data.framework("sample-district-2025")
    return Wanted(framework, sha256(data.framework_file(framework.id)), KEY, {UNIT: ("district", "Thành phố Mẫu Trung")})


@pytest.fixture(scope="module")
def opened(sent: Path) -> Any:
    return openpyxl.load_workbook(sent / name_of(UNIT))


@pytest.mark.parametrize("what", CELLS)
def test_a_wrong_answer_is_told_by_its_cell(what: str, opened: Any, wanted: Wanted, tmp_path: Path) -> None:
    key, value, form, found, expected = CELLS[what]
    sheet = opened["Phiếu"]
    cell = sheet[f"G{places(sheet)[key]}"]
    good = cell.value, cell.number_format
    cell.value, cell.number_format = value, form or cell.number_format
    opened.save(tmp_path / "form.xlsx")
    cell.value, cell.number_format = good
    (fault,) = read_form_file(tmp_path / "form.xlsx", wanted, "vi").faults
    told = f"G{places(sheet)['P1.03|a']}" if what == "some of nothing" else cell.coordinate
    assert fault.place() == f"Phiếu!{told}"
    assert found in fault.found
    assert expected in fault.expected


def test_a_refused_form_is_given_back_with_its_faults_and_nothing_else_changes(sent: Path, box: Path, data: Data) -> None:
    path = Path(shutil.copy(sent / name_of(UNIT), box))
    cells = [change(path, "P1.02|value", "ba"), change(path, "P1.03|a", 4), change(path, "P2.01|value", "=1+1")]
    was, before = sha256(path), everything(data.root)
    taken = take(box, data)
    faults = {fault.place(): fault for fault in taken.refused[0].faults}
    assert list(faults) == cells
    assert (sha256(path), everything(data.root)) == (was, before), "the original and the data stay as they were"
    (copy,) = taken.returned
    book = openpyxl.load_workbook(copy)
    for cell, fault in faults.items():
        returned = book["Phiếu"][cell.partition("!")[2]]
        assert returned.fill.start_color.rgb == "FFF4B6B6"
        assert fault.expected in returned.comment.text
    assert [row[0].value for row in book["Lỗi"].iter_rows(min_row=3)] == cells
    assert {cell.data_type for row in book["Lỗi"].iter_rows(min_row=3) for cell in row} == {"s"}, "no formula among the faults"
    digest = sha256(copy)
    take(box, data)
    assert sha256(copy) == digest, "given back again, byte for byte"


def patched(path: Path, part: str, old: str, new: str) -> None:
    """Change the text of one part of a workbook."""
    copy = path.with_suffix(".new")
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(copy, "w") as out:
        for info in given.infolist():
            content = given.read(info)
            if info.filename == part:
                text = content.decode()
                assert re.search(old, text), old
                content = re.sub(old, new, text, count=1).encode()
            out.writestr(info, content)
    copy.replace(path)


def with_sheet(do: Callable[[Any], Any]) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        book = openpyxl.load_workbook(path)
        do(book)
        book.save(path)

    return damage


def meta(row: int, text: str) -> Callable[[Path], None]:
    return with_sheet(lambda book: book[HIDDEN_SHEET].cell(row, 2, text))


def hide_row(book: Any) -> None:
    book["Phiếu"].row_dimensions[12].hidden = True


def hide_column(book: Any) -> None:
    book["Phiếu"].column_dimensions["M"].hidden = True


def many_rows(book: Any) -> None:
    for row in range(200, 10_200):
        book["Phiếu"].cell(row, 3, "ghi chú")


def rename(path: Path, suffix: str) -> None:
    path.rename(path.with_suffix(suffix))


def merge(cells: str) -> Callable[[Path], None]:
    return with_sheet(lambda book: book["Phiếu"].merge_cells(cells))


def in_the_sheet(old: str, new: Callable[[], str]) -> Callable[[Path], None]:
    return lambda path: patched(path, "xl/worksheets/sheet1.xml", old, new())


def second_sheet(book: Any) -> None:
    book.copy_worksheet(book["Phiếu"]).title = "Phiếu (2)"


def evidence_of_another(book: Any) -> None:
    book["Phiếu"].unmerge_cells("J11:J12")
    book["Phiếu"]["J12"] = "13/QĐ-UBND"


FAR = '<row r="1048576"><c r="C1048576" t="inlineStr"><is><t>ghi chú</t></is></c></row></sheetData>'
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
FILES: dict[str, tuple[Callable[[Path], Any], str, str]] = {
    "another version of the set": (meta(3, "f" * 64), "bản khác của bộ chỉ số", "Phiếu"),
    "another set": (meta(2, "sample-district-2024"), "bộ chỉ số sample-district-2024", "Phiếu"),
    "another year": (meta(6, "2024"), "phiếu năm 2024", "Phiếu"),
    "another level": (meta(7, "commune"), "cấp commune", "Phiếu"),
    "another unit": (meta(8, "xa-la"), "đơn vị “xa-la”", "Phiếu!D3"),
    "hidden row": (with_sheet(hide_row), "12:12", "Phiếu!12:12"),
    "hidden column": (with_sheet(hide_column), "M:M", "Phiếu!M:M"),
    "renamed sheet": (with_sheet(lambda book: setattr(book["Phiếu"], "title", "Sheet1")), "“Phiếu” (có: Sheet1)", ""),
    "a row lost": (with_sheet(lambda book: book["Phiếu"].delete_rows(11)), "mất dòng của P1.03 a", "Phiếu"),
    "notes below": (with_sheet(lambda book: book["Phiếu"].cell(180, 3, "ghi chú")), "1 ô ngoài phiếu", "Phiếu!C180"),
    "10,000 rows": (with_sheet(many_rows), "hơn 5000 dòng", "Phiếu!A5000"),
    "a score typed over": (with_sheet(lambda book: book["Phiếu"].__setitem__("H9", 20)), "bị ghi đè: 20", "Phiếu!H9"),
    "no form": (with_sheet(lambda book: book.remove(book[HIDDEN_SHEET])), "không có trang ẩn", ""),
    "under a password": (lambda path: path.write_bytes(OLE + "EncryptedPackage".encode("utf-16-le")), "mật khẩu", ""),
    "old format": (lambda path: rename(path, ".xls") or path.with_suffix(".xls").write_bytes(OLE + b"\0" * 600), ".xls cũ", ""),
    "with macros": (lambda path: rename(path, ".xlsm"), "macro", ""),
    "macros under another name": (lambda path: zipfile.ZipFile(path, "a").writestr("xl/vbaProject.bin", b"x"), "macro", ""),
    "no workbook": (lambda path: path.write_bytes(b"PK\x03\x04 cut off"), "tệp hỏng", ""),
    "under a real password": (lambda path: shutil.copy(OTHERS / "mat-khau.xlsx", path), "mật khẩu", ""),
    "a shortcut": (lambda path: rename(path, ".lnk"), "lối tắt", ""),
    "an empty file": (lambda path: path.write_bytes(b""), "tệp trống", ""),
    "merged over two criteria": (merge("G9:G10"), "ô gộp G9:G10", "Phiếu!G10"),
    "merged over two numbers": (merge("G11:G12"), "ô gộp G11:G12", "Phiếu!G12"),
    "evidence merged over two criteria": (merge("J9:J10"), "ô gộp J9:J10", "Phiếu!J9"),
    "evidence below its row": (with_sheet(evidence_of_another), "“13/QĐ-UBND” ở dòng không hỏi gì", "Phiếu!J12"),
    "an answer in a group row": (with_sheet(lambda book: book["Phiếu"].__setitem__("G8", 5)), "“5” ở dòng", "Phiếu!G8"),
    "two sheets": (with_sheet(second_sheet), "trang “Phiếu (2)” không phải của phiếu", ""),
    "something on another sheet": (
        with_sheet(lambda book: book.create_sheet("Ghi chú").__setitem__("A1", "xem")), "trang “Ghi chú”", "",
    ),
    "something a million rows below": (in_the_sheet("</sheetData>", lambda: FAR), "hơn 5000 dòng", "Phiếu!A5000"),
    "half a million cells": (
        in_the_sheet("</sheetData>", lambda: '<row r="300">' + '<c t="b"><v>1</v></c>' * 500_000 + "</row></sheetData>"),
        "nhiều hơn 400000", "",
    ),
    "a cell merged over all": (
        in_the_sheet("</mergeCells>", lambda: '<mergeCell ref="A200:XFD1048576"/></mergeCells>'), "nhiều hơn 400000", "",
    ),
    "70 MB of blanks": (in_the_sheet("</sheetData>", lambda: " " * 70_000_000 + "</sheetData>"), "tệp quá lớn", ""),
    "a number too large": (with_sheet(lambda book: book["Phiếu"].__setitem__("G10", 1e300)), "1e+300", "Phiếu!G10"),
    "a picture": (lambda path: rename(path, ".png"), "tệp .png", ""),
    "blank": (with_sheet(lambda book: empty(book["Phiếu"])), "chưa kê khai chỉ số nào", "Phiếu"),
}  # fmt: skip


def empty(sheet: Any) -> None:
    for row in places(sheet).values():
        sheet[f"G{row}"] = None if sheet[f"G{row}"].__class__.__name__ == "Cell" else sheet[f"G{row}"].value


@pytest.mark.parametrize("what", FILES)
def test_a_damaged_file_is_refused_with_the_reason(what: str, sent: Path, box: Path, wanted: Wanted) -> None:
    damage, found, place = FILES[what]
    damage(Path(shutil.copy(sent / name_of(UNIT), box)))
    (path,) = box.iterdir()
    faults = read_form_file(path, wanted, "vi").faults
    assert any(found in fault.found and (not place or fault.place() in (place, "")) for fault in faults), faults


def test_what_cannot_be_opened_is_told_and_what_a_system_leaves_is_not(sent: Path, box: Path, data: Data) -> None:
    shutil.copy(sent / name_of(UNIT), box)
    (box / "gửi sau.xlsx").symlink_to("không có.xlsx")
    (box / "vòng.xlsx").symlink_to("vòng.xlsx")
    for name in ("Thumbs.db", "desktop.ini", "~$mở.xlsx", ".DS_Store"):
        (box / name).write_bytes(b"x")
    taken = take(box, data)
    assert {form.path.name: form.faults[0].found for form in taken.refused} == dict.fromkeys(
        ("gửi sau.xlsx", "vòng.xlsx"), "lối tắt (shortcut), không phải chính tệp phiếu"
    )
    assert taken.new == [UNIT] and taken.returned == []


def test_forms_in_a_folder_within_are_not_passed_over_in_silence(sent: Path, box: Path, data: Data) -> None:
    for name in ("đợt 2", "returned", "trống", "của tôi"):
        (box / name).mkdir()
    shutil.copy(sent / name_of(UNIT), box / "đợt 2")
    shutil.copy(sent / name_of(UNIT), box / "returned")
    (box / "trống" / ".DS_Store").write_bytes(b"x")
    taken = take(box, data)
    assert {form.path.name: form.faults[0].found for form in taken.refused} == {
        "đợt 2": "thư mục con có 1 tệp; dti intake không đọc thư mục con"
    }
    assert taken.new == [] and taken.returned == []


def test_a_copy_of_a_sheet_with_something_far_below_is_given_back_at_once(sent: Path, box: Path, data: Data) -> None:
    path = Path(shutil.copy(sent / name_of(UNIT), box))
    patched(path, "xl/worksheets/sheet1.xml", "</sheetData>", FAR)
    begun = time.monotonic()
    (copy,) = take(box, data).returned
    assert time.monotonic() - begun < 60, "not a walk over every cell up to the last: that took 8 minutes and 5 GB"
    assert openpyxl.load_workbook(copy, read_only=True).sheetnames[0] == "Lỗi"


def test_nothing_of_damaged_files_enters_the_data(sent: Path, box: Path, data: Data) -> None:
    for what in ("under a password", "another year", "renamed sheet", "no workbook", "hidden row"):
        FILES[what][0](Path(shutil.copy(sent / name_of(UNIT), box / f"{what}.xlsx")))
    (box / "~$open.xlsx").write_bytes(b"what an office leaves beside an open file")
    before = everything(data.root)
    taken = take(box, data)
    assert (len(taken.refused), taken.new, everything(data.root)) == (5, [], before)
    assert sorted(path.name for path in taken.returned) == ["another year.xlsx", "hidden row.xlsx", "renamed sheet.xlsx"]


def test_errors_of_formulas_are_told(sent: Path, box: Path, data: Data) -> None:
    path = Path(shutil.copy(sent / name_of(UNIT), box))
    change(path, "P1.02|value", "=1/0")
    cell = f'<c r="G{places(openpyxl.load_workbook(path)["Phiếu"])["P1.02|value"]}"'
    patched(
        path,
        "xl/worksheets/sheet1.xml",
        f'({cell}[^>]*?)( t="\\w+")?><f>1/0</f><v ?/?>(</v>)?',
        r'\1 t="e"><f>1/0</f><v>#DIV/0!</v>',
    )
    (fault,) = take(box, data).refused[0].faults
    assert "#DIV/0!" in fault.found


def test_all_faults_of_all_files_at_once_and_the_good_ones_enter(sent: Path, box: Path, data: Data) -> None:
    for unit in (UNIT, OTHER):
        shutil.copy(sent / name_of(unit), box)
    change(box / name_of(OTHER), "P1.02|value", "ba")
    change(box / name_of(OTHER), "P2.01|value", "x")
    taken = take(box, data)
    assert [len(form.faults) for form in taken.refused] == [2]
    assert taken.new == [UNIT]
    assert set(Data(data.root).assessment(KEY)[0]["unit"]) == {UNIT}
    assert {one.unit: one.state for one in taken.sent}[OTHER] == "refused"


def test_two_new_forms_of_one_unit_are_both_refused(sent: Path, box: Path, data: Data) -> None:
    shutil.copy(sent / name_of(UNIT), box / "a.xlsx")
    shutil.copy(sent / name_of(UNIT), box / "b.xlsx")
    assert take(box, data).new == [UNIT], "the same file twice is one form"
    change(box / "a.xlsx", "P1.02|value", 1)
    change(box / "b.xlsx", "P1.02|value", 2)
    taken = take(box, data)
    assert sorted(form.path.name for form in taken.refused) == ["a.xlsx", "b.xlsx"]
    assert "a.xlsx, b.xlsx" in taken.refused[0].faults[0].found


def test_a_mended_copy_is_accepted(sent: Path, box: Path, data: Data) -> None:
    path = Path(shutil.copy(sent / name_of(UNIT), box))
    change(path, "P1.02|value", "ba")
    (copy,) = take(box, data).returned
    path.unlink()
    mended = Path(shutil.copy(copy, box / "mended.xlsx"))
    change(mended, "P1.02|value", 3)
    taken = take(box, data)
    assert (taken.refused, taken.new) == ([], [UNIT])


def test_nothing_is_written_over_what_does_not_come_from_forms(sent: Path, box: Path, tmp_path: Path) -> None:
    whole = Data(shutil.copytree(Data().root, tmp_path / "whole"))
    shutil.copy(sent / name_of(UNIT), box)
    before = everything(whole.root)
    with pytest.raises(Faults, match="none, of an assessment of kind 'sample'"):
        take(box, whole)
    assert everything(whole.root) == before


def test_an_edited_assessment_is_not_written_over(sent: Path, box: Path, data: Data) -> None:
    shutil.copy(sent / name_of(UNIT), box)
    take(box, data)
    path = data.assessment_file(KEY)
    path.write_text(path.read_text("utf-8").replace(",3,", ",4,", 1), "utf-8")
    change(box / name_of(UNIT), "P1.02|value", 1)
    with pytest.raises(Faults, match="received files are not edited"):
        take(box, data)


def test_what_the_council_decided_stays(sent: Path, box: Path, data: Data) -> None:
    shutil.copy(sent / name_of(UNIT), box)
    take(box, data)
    path = data.assessment_file(KEY)
    text = path.read_text("utf-8")
    own = next(line for line in text.splitlines() if f"{UNIT},P1.02,self" in line)
    path.write_text(text + own.replace("self,3", "verified,2") + "\n", "utf-8")
    sidecar = path.with_suffix(".meta.yml")
    sidecar.write_text(re.sub("sha256: \\w+", f"sha256: {sha256(path)}", sidecar.read_text("utf-8"), count=1), "utf-8")
    shutil.copy(sent / name_of(OTHER), box)
    take(box, data)
    table = Data(data.root).assessment(KEY)[0]
    assert table[table["basis"] == "verified"]["value"].tolist() == ["2"]
    assert set(table["unit"]) == {UNIT, OTHER}


def test_a_form_without_a_unit_takes_the_name_that_was_written(box: Path, data: Data) -> None:
    path = write_form_of(data.framework_file("sample-district-2025"), "en", box)
    book = openpyxl.load_workbook(path)
    sheet = book["Form"]
    sheet["D3"], sheet[f"G{places(sheet)['P1.02|value']}"] = "  thành phố  Mẫu TRUNG ", 2
    book.save(path)
    assert take(box, data).new == [UNIT]
    book = openpyxl.load_workbook(path)
    book["Form"]["D3"] = "Thành phố Khác"
    book.save(path)
    assert [fault.place() for fault in take(box, data).refused[0].faults] == ["Form!D3"]


@pytest.mark.parametrize("name", SETS)
def test_a_form_is_accepted_exactly_where_dti_score_takes_its_answers(name: str, tmp_path: Path) -> None:
    """Over all rules and policies: the rows refused by the intake are those that scoring refuses, and no others."""
    set_ = SETS[name]
    form = lines(set_, "", "vi")
    write_form(heading(set_, ""), tmp_path / "blank.xlsx")
    fillings = {tmp_path / f"{seed}.xlsx": filling(form, 100 + seed) for seed in range(6)}
    fill(tmp_path / "blank.xlsx", form, fillings)
    key = Key("test", "dti", 2023, "district")
    wanted = Wanted(set_, "0" * 64, key, {"u": ("", "Đơn vị U")})
    rows = {f"Phiếu!G{line.at(one.name)}": line.code for line in form for one in line.asks}
    seen = 0
    for path, answers in fillings.items():
        read = read_form_file(path, wanted, "vi")
        refused = {rows[fault.place()] for fault in read.faults}
        assert refused == scored(set_, "", answers)[2], answers
        seen += len(refused)
        taken = {code: cells for code, cells in read.answers.items() if code not in refused}
        points = scored(set_, "", taken)[0]
        assert points == pytest.approx(scored(set_, "", answers)[0])
    assert seen > 10


@pytest.mark.parametrize(
    ("value", "text"), [(3, "3"), (3.0, "3"), (0.1, "0.1"), (1.005, "1.0050"), (12.345, "12.3450"), (1e-7, "0.0000001")]
)  # fmt: skip
def test_a_number_of_a_cell_is_written_exactly(value: float, text: str) -> None:
    assert written(value) == text
