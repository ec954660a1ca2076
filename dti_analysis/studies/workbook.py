"""A study as a workbook for people: every sheet in both languages, numbers as numbers, the same bytes for the same study."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from dti_analysis.common.text import LANGS, label
from dti_analysis.studies.extent import date, extent, kind
from dti_analysis.studies.sheet_columns import Column, Form, Sheet, row_height, title
from dti_analysis.studies.sheets import Sheets
from dti_analysis.studies.study import Study

_NUMBER: dict[Form, str] = {
    "whole": "General", "points": "#,##0.00", "share": "0.00%", "index": "0.0000", "change": "+0.00%;-0.00%;0.00%",
}  # fmt: skip
_WIDE = {"text": 34, "long": 60}
_DIGITS = 12
"""Significant digits that a number keeps: beyond them stands only what binary arithmetic adds."""
_HEADER = 3
"""The row of the headings; above it stand the title and what kind of figures these are."""


def workbook(study: Study) -> bytes:
    """The workbook of a study: ranking, scores with gaps, movement, criteria, units, codebook and sources."""
    import xlsxwriter

    content, sheets = BytesIO(), Sheets(study)
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        headline, marked = _headline(sheets), _marked(sheets)
        book.set_properties({"title": headline, "subject": marked, "created": datetime(study.year, 1, 1)})
        styles = _styles(book)
        for sheet in sheets.all():
            _write(book.add_worksheet(title(sheet.name)), sheet, headline, marked, styles)
    return content.getvalue()


def _headline(sheets: Sheets) -> str:
    titles = {
        lang: label("workbook.title", lang, index=one.index, level=one.level_name, place=one.place, year=one.year)
        for lang, one in sheets.twins.items()
    }
    provisional = sheets.study.provisional
    return " / ".join(label("council.title", lang, title=text) if provisional else text for lang, text in titles.items())


def _marked(sheets: Sheets) -> str:
    """What kind of figures these are, of which day, and of how many units they are known."""
    tags = {lang: f"{label('sample', lang)}. " if sheets.study.sample else "" for lang in LANGS}
    return " / ".join(f"{tags[lang]}{kind(one)} {date(one)} {extent(one)}" for lang, one in sheets.twins.items())


def _styles(book: Any) -> dict[str, Any]:
    base = {"font_name": "Arial", "font_size": 10, "valign": "top"}
    forms = {form: book.add_format(base | {"num_format": shown}) for form, shown in _NUMBER.items()}
    return forms | {
        "text": book.add_format(base),
        "long": book.add_format(base | {"text_wrap": True}),
        "title": book.add_format(base | {"bold": True, "font_size": 12}),
        "marked": book.add_format(base | {"italic": True}),
        "heading": book.add_format(base | {"bold": True, "text_wrap": True, "bottom": 1, "bg_color": "#E8EDF2"}),
    }


def _write(page: Any, sheet: Sheet, headline: str, marked: str, styles: dict[str, Any]) -> None:
    page.write_string(0, 0, headline, styles["title"])
    page.write_string(1, 0, " ".join(filter(None, [marked, sheet.note])), styles["marked"])
    for at, column in enumerate(sheet.columns):
        page.set_column(at, at, _width(column), styles[column.form])
        page.write_string(_HEADER - 1, at, column.heading, styles["heading"])
        for row, value in enumerate(column.values, _HEADER):
            if value is None or value == "":
                continue
            if column.form in _NUMBER:
                page.write_number(row, at, float(f"{float(value):.{_DIGITS}g}"))
            else:
                page.write_string(row, at, str(value))
    wraps = [(column.values, _WIDE["long"]) for column in sheet.columns if column.form == "long"]
    for row in range(len(wraps[0][0]) if wraps else 0):
        page.set_row(_HEADER + row, row_height((str(values[row] or ""), wide) for values, wide in wraps))
    last = _HEADER - 1 + max((len(column.values) for column in sheet.columns), default=0)
    page.freeze_panes(_HEADER, _kept(sheet.columns))
    page.autofilter(_HEADER - 1, 0, last, len(sheet.columns) - 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(_HEADER - 1)
    page.set_footer("&L&A&R&P/&N")


def _kept(columns: list[Column]) -> int:
    """How many columns stay in view: those up to the name of a unit."""
    texts = [at for at, column in enumerate(columns) if column.form == "text"]
    return texts[1] + 1 if len(texts) > 1 and texts[1] < 4 else 0


def _width(column: Column) -> float:
    """As wide as what stands in it, within reason."""
    heading = max(map(len, column.heading.split(" / ")), default=0)
    if column.form in _NUMBER:
        return min(max(11.0, heading * 0.7), 24)
    longest = max((len(str(value)) for value in column.values if value), default=0)
    return min(max(longest, heading * 0.6, 8) * 1.05 + 1, _WIDE[column.form])
