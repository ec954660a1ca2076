"""The annex as a workbook: two sheets, made to be printed on A4, numbers as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Literal

import pandas as pd

from dti_analysis.common.text import label
from dti_analysis.studies.sheet_columns import row_height
from dti_analysis.studies.study import Study

Form = Literal["text", "whole", "points", "share", "index"]
_SHOWN = {"whole": "General", "points": "#,##0.00", "share": "0.00%", "index": "0.0000"}
_NAME, _FIGURE = 27, 9.5
"""Widths of the column of names and of one of figures: ten pillars stand beside each other on A4 at a readable size."""
_FONT = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter"}


@dataclass(frozen=True)
class Cell:
    """A cell: its text as the language writes it, how a number is shown, and the number."""

    text: str
    form: Form = "text"
    value: Any = None


def annex_book(study: Study, fields: dict[str, Any], ranking: list[list[Cell]], criteria: list[dict[str, Any]]) -> bytes:
    """The workbook of an annex: `ranking` with its headings first, `criteria` as the annex lists them."""
    import xlsxwriter

    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"title": fields["title"], "created": datetime(study.year, 1, 1)})
        sheet = _Sheet(book, label("annex.ranking_sheet", study.lang), len(ranking[0]), fields, study)
        sheet.begin(fields["title"])
        sheet.table(ranking)
        sheet.signed(fields)
        rows = [[Cell(label(f"annex.{key}", study.lang)) for key in ("code", "criterion", "maximum", "rule", "evidence")]]
        for row in criteria:
            first, last = [Cell(row["code"]), Cell(row["criterion"])], [Cell(row["rule"]), Cell(row["evidence"])]
            rows.append([*first, Cell(row["max"], "points", row["number"]), *last])
        second = _Sheet(book, label("annex.criteria_sheet", study.lang), 5, fields, study)
        second.begin(f"{fields['act']} ({fields['act_number']})")
        second.table(rows, {1: 34, 3: 60, 4: 40}, [row["pillar"] for row in criteria])
    return content.getvalue()


class _Sheet:
    """One sheet of the annex, written from the top."""

    def __init__(self, book: Any, name: str, width: int, fields: dict[str, Any], study: Study):
        self.page, self.row, self.width = book.add_worksheet(name), 0, width
        self.fields, self.study = fields, study
        self.formats = {form: book.add_format(_FONT | {"num_format": shown, "border": 1}) for form, shown in _SHOWN.items()}
        self.formats |= {
            "text": book.add_format(_FONT | {"border": 1, "text_wrap": True}),
            "strong": book.add_format(_FONT | {"border": 1, "text_wrap": True, "bold": True}),
            "head": book.add_format(_FONT | {"border": 1, "text_wrap": True, "bold": True, "align": "center"}),
            "title": book.add_format(_FONT | {"bold": True, "font_size": 14, "align": "center", "text_wrap": True}),
            "note": book.add_format(_FONT | {"italic": True, "align": "center", "text_wrap": True}),
            "signer": book.add_format(_FONT | {"bold": True, "align": "center"}),
        }
        self.page.set_landscape()
        self.page.set_paper(9)
        self.page.fit_to_pages(1, 0)
        self.page.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.6)
        self.page.set_footer("&L&A&R&P/&N")

    def begin(self, title: str) -> None:
        """The title, and below it what kind of figures these are."""
        self._across(title, "title", 36)
        for said in (self.fields["sample"], self.fields["part"], self.fields["note"]):
            if said:
                self._across(said, "note", 18)

    def _across(self, text: str, form: str, height: int) -> None:
        self.page.merge_range(self.row, 0, self.row, self.width - 1, "", self.formats[form])
        self.page.write_string(self.row, 0, text, self.formats[form])
        self.page.set_row(self.row, height)
        self.row += 1

    def table(self, rows: list[list[Cell]], widths: dict[int, float] | None = None, strong: list[bool] | None = None) -> None:
        """Headings and rows, the headings on every printed page."""
        self.page.repeat_rows(self.row)
        room = [(widths or {}).get(at, _NAME if at == 1 else _FIGURE) for at in range(self.width)]
        for at, wide in enumerate(room):
            self.page.set_column(at, at, wide)
        for place, row in enumerate(rows):
            bold = "head" if not place else "strong" if strong and strong[place - 1] else "text"
            for at, cell in enumerate(row):
                if cell.form == "text" or pd.isna(cell.value):
                    self.page.write_string(self.row, at, cell.text, self.formats[bold])
                else:
                    self.page.write_number(self.row, at, float(f"{float(cell.value):.12g}"), self.formats[cell.form])
            texts = [(cell.text, wide) for cell, wide in zip(row, room, strict=True) if cell.form == "text"]
            self.page.set_row(self.row, row_height(texts, 0.8 if bold != "text" else 1.0))
            self.row += 1

    def signed(self, fields: dict[str, Any]) -> None:
        """The signature block, below the table on the right."""
        first = max(0, self.width - 4)
        for gap, text in ((1, fields["issuer"].upper()), (2, fields["signer"].upper()), (7, fields["signer_name"])):
            self.page.merge_range(self.row + gap, first, self.row + gap, self.width - 1, "", self.formats["signer"])
            self.page.write_string(self.row + gap, first, text, self.formats["signer"])
