"""A form given back: a copy whose faults stand beside the cells, and a sheet that lists them. The original stays as it is."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

from dti_analysis.common.text import label
from dti_analysis.common.writing import write_whole
from dti_analysis.records.text_files import TEXT_SUFFIXES, read_text_table
from dti_analysis.records.workbook_answers import clean
from dti_analysis.records.workbook_file import quiet
from dti_analysis.records.workbook_intake import Form
from dti_analysis.records.workbook_layout import FAULT_SHEET, FORM_SHEET, LETTER

GIVEN_BACK = "returned"
"""The folder beside what came in, in which what was refused is given back, where no other is named."""
_RED, _YELLOW = "FFF4B6B6", "FFFFF9DB"
_AUTHOR = "dti"
_WIDTHS = {"A": 17, "B": 10, "C": 50, "D": 60}
_EPOCH = (1980, 1, 1, 0, 0, 0)


def give_back(form: Form, path: Path, keys: str = LETTER["key"]) -> None:
    """Write the copy, whole or not at all; the same form with the same faults gives the same bytes.

    `keys` is the hidden column that says whose row it is: P1.01|a on a form, and before it the unit on a council's workbook.
    """
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.worksheet.properties import PageSetupProperties

    book = _opened(form)
    for name in FAULT_SHEET.values():
        if name in book.sheetnames:
            del book[name]
    lang = form.lang
    marked = {fault.sheet for fault in form.faults} | {form.sheet, *FORM_SHEET.values()}
    for sheet in book.worksheets:
        there = (
            list(sheet._cells.values()) if sheet.title in marked else []
        )  # not every cell up to the last, a million rows below
        for cell in there:
            if getattr(cell, "comment", None) is not None and cell.comment.author == _AUTHOR:
                cell.comment = None
                cell.fill = PatternFill("solid", start_color=_YELLOW)
    listed = book.create_sheet(FAULT_SHEET[lang], 0)
    listed.append([label("intake.mended", lang)])
    listed.append([label(f"intake.{name}", lang) for name in ("cell", "code", "found", "expected")])
    for fault in form.faults:
        held = book[fault.sheet] if fault.sheet in book.sheetnames else None
        cell = held[fault.cell] if held is not None and re.fullmatch(r"[A-Z]+\d+", fault.cell) else None
        code = _code(form, held, cell, keys) if cell is not None else ""
        listed.append([_harmless(text) for text in (fault.place(), code, fault.found, fault.expected)])
        if cell is None:
            continue
        words = label("intake.fault", lang, place=fault.place(), found=fault.found, expected=fault.expected)
        if fault.number:
            _unformat(cell)
        if cell.__class__.__name__ != "MergedCell":
            before = f"{cell.comment.text}\n" if cell.comment is not None and cell.comment.author == _AUTHOR else ""
            cell.comment = Comment(before + words, _AUTHOR, height=120, width=300)
            cell.fill = PatternFill("solid", start_color=_RED)
        listed.cell(listed.max_row, 1).hyperlink = f"#'{fault.sheet}'!{fault.cell}"
    for column, width in _WIDTHS.items():
        listed.column_dimensions[column].width = width
    for row in listed.iter_rows(min_row=2):
        tall = max(-(-len(str(cell.value or "")) // _WIDTHS[cell.column_letter]) for cell in row)
        listed.row_dimensions[row[0].row].height = 17 * max(1, tall)
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(name="Times New Roman", size=12, bold=cell.row == 2)
    listed.merge_cells("A1:D1")
    listed.page_setup.orientation, listed.page_setup.paperSize = "landscape", 9
    listed.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    listed.page_setup.fitToHeight = 0
    listed["A1"].font = Font(name="Times New Roman", size=13, bold=True, color="FFB00020")
    book.active = 0
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is listed
    if book.calculation is not None:
        book.calculation.fullCalcOnLoad = True
    held = io.BytesIO()
    book.save(held)
    write_whole(path, _timeless(held.getvalue()))


def _opened(form: Form) -> Any:
    """The workbook, or a text file as one: all text, as it came."""
    import openpyxl

    if form.path.suffix.lower() not in TEXT_SUFFIXES:
        with quiet():
            return openpyxl.load_workbook(form.path)
    book = openpyxl.Workbook()
    book.active.title = form.sheet or "CSV"
    for row, texts in enumerate(read_text_table(form.path, form.lang).rows, start=1):
        for column, text in enumerate(texts, start=1):
            if text:
                cell = book.active.cell(row, column, text)
                cell.data_type, cell.number_format = "s", "@"
    return book


def _code(form: Form, sheet: Any, cell: Any, keys: str) -> str:
    """Which criterion a cell is of: by the mapping, or by the hidden column."""
    return form.codes.get(cell.row) or ["", *clean(sheet[f"{keys}{cell.row}"].value).split("|")][-2]


def _unformat(cell: Any) -> None:
    """What was typed stays to be read, as text; a number typed over it is then a number, and no day or percentage again."""
    if cell.is_date and hasattr(cell.value, "strftime"):
        cell.value, cell.number_format = cell.value.strftime("%d/%m/%Y"), "General"
    elif "%" in cell.number_format and isinstance(cell.value, int | float):
        cell.value, cell.number_format = f"{100 * cell.value:g}%", "General"


def _harmless(text: str) -> str:
    """A text that a spreadsheet does not take for a formula."""
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "\ufffd", text)
    return f"’{text}" if text[:1] in "=+-@" and text[:1] else text


def _timeless(content: bytes) -> bytes:
    """The same workbook without the time at which it was saved."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as kept:
        for info in given.infolist():
            part = given.read(info)
            if info.filename == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>1980-01-01T00:00:00Z", part)
            kept.writestr(zipfile.ZipInfo(info.filename, _EPOCH), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()
