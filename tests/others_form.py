"""A form of another office, as tests/others/phieu-huyen.yaml describes it: titles, merged headers, Roman groups, notes."""

from __future__ import annotations

import io
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.styles import Alignment, Border, Font, Side

from dti_analysis.records.mapping import Mapping, load_mapping
from dti_analysis.records.sources import Data
from dti_analysis.records.workbook_layout import lines

MAPPING = Path(__file__).with_name("others") / "phieu-huyen.yaml"
SHEET = "Biểu 02"
HEADER = {"A": "STT", "B": "Chỉ số, chỉ số thành phần", "C": "Điểm tối đa", "D": "Kết quả", "F": "Tài liệu kiểm chứng",
          "G": "Giải trình"}  # fmt: skip
ANSWERS: dict[str, Any] = {
    "1.1": "Bí thư", "1.2": 5, "1.3": "3/4", "1.4": 7, "1.5 a": "x", "1.5 b": 68, "2.1": "Đạt", "2.2 a": date(2025, 2, 10),
    "2.2 b": "12/02/2025", "2.3 a": "Đúng hạn", "2.3 b": "đúng hạn", "2.3 c": "Đúng hạn", "2.3 d": "Đúng hạn", "2.4": "KAD",
    "2.5 a": 29, "2.5 b": 22, "3.1 a": "75/75", "3.1 b": "135/137", "3.2 a": "Chưa có", "3.2 b": 2, "3.3": "2/3", "3.5 b": "x",
    "4.1": "92 / 92", "4.5": "39.713/56.733", "5.1 a": "x", "5.1 b": "-", "5.3 a": "3.027", "5.3 b": 670, "5.3 c": "2\u00a0130",
    "5.6": "1,1%", "5.9": "3027/3027", "5.10 a": "x", "5.10 b": "4/5", "5.11": "276/369", "6.1": 0.396, "6.2 a": "-",
    "6.2 b": "x", "6.2 c": "x", "6.2 d": "x", "6.2 đ": "-", "6.2 e": "x", "6.2 g": "x", "6.5": "300", "6.6": "Không đạt",
}  # fmt: skip
"""What the office answers, by number; what is not here is left blank."""


@cache
def mapping() -> Mapping:
    """The mapping of the form."""
    return load_mapping(MAPPING, Data().framework("sample-district-2025"))


def write_others(path: Path, unit: str = "UBND thành phố Mẫu Trung", answers: dict[str, Any] = ANSWERS) -> dict[str, int]:
    """Write the form; returns the row of each number."""
    content, rows = _made(unit, tuple(answers.items()))
    path.write_bytes(content)
    return rows


@cache
def _made(unit: str, answers: tuple[tuple[str, Any], ...]) -> tuple[bytes, dict[str, int]]:
    set_ = Data().framework("sample-district-2025")
    names = {line.code: line for line in lines(set_, "district", "vi")}
    of = mapping()
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = SHEET
    for cell, text in {"A1": "UBND TỈNH MẪU", "A2": "TỰ ĐÁNH GIÁ MỨC ĐỘ CHUYỂN ĐỔI SỐ CẤP HUYỆN", "A3": "Năm 2025",
                       "A4": f"Đơn vị: {unit}", "A5": "Người lập:", "B5": "Nguyễn Văn Mẫu"}.items():  # fmt: skip
        sheet[cell] = text
        sheet[cell].font = Font(name="Times New Roman", bold=cell in ("A1", "A2"), size=13)
    for cell in ("A2:G2", "A3:G3", "A4:G4", "D7:E7", "A7:A8", "B7:B8", "C7:C8", "F7:F8", "G7:G8"):
        sheet.merge_cells(cell)
    for letter, text in HEADER.items():
        sheet[f"{letter}7"] = text
    sheet["D8"], sheet["E8"] = "Số liệu", "Điểm tự chấm"
    for column in range(1, 8):
        sheet.cell(9, column, f"({column})")
    row, group, above = 10, "", ""
    rows: dict[str, int] = {}
    for number in of.rows:
        code, _ = of.target(number)
        pillar = code[:2]
        if pillar != group:
            sheet.cell(row, 1, {"P1": "I", "P2": "II", "P3": "III", "P4": "IV", "P5": "V", "P6": "VI"}[pillar])
            sheet.cell(row, 2, names[pillar].component.name_vi.upper())
            sheet.merge_cells(f"B{row}:G{row}")
            group, row = pillar, row + 1
        head, _, letter = number.partition(" ")
        if letter and head != above:
            sheet.cell(row, 1, float(head)).number_format = "General"
            sheet.cell(row, 2, names[code].component.name_vi)
            row += 1
        above = head
        sheet.cell(row, 1, letter or float(head))
        sheet.cell(row, 2, names[code].component.name_vi)
        sheet.cell(row, 4, dict(answers).get(number))
        if number == "6.1":
            sheet.cell(row, 4).number_format = "0.0%"
        if number in dict(answers):
            sheet.cell(row, 6, f"{100 + row}/BC-UBND\nngày 28/12/2025")
        rows[number] = row
        row += 2 if number == "3.3" else 1  # a blank row between
    sheet.cell(row, 2, "Tổng cộng")
    sheet.cell(row + 1, 2, "Ghi chú: số liệu tính đến 31/12/2025")
    sheet.cell(row + 3, 6, "CHỦ TỊCH")
    side = Side("thin")
    for line in sheet.iter_rows(7, row, 1, 7):
        for cell in line:
            cell.border = Border(side, side, side, side)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCDEFG", (7, 50, 10, 22, 14, 26, 24), strict=True):
        sheet.column_dimensions[letter].width = width
    held = io.BytesIO()
    book.save(held)
    return held.getvalue(), rows
