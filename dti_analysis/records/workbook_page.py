"""The page of a form: how wide its columns are, how tall its rows, and where a sheet of A4 on its side ends."""

from __future__ import annotations

from math import ceil
from typing import Any

from dti_analysis.records.workbook_layout import HEADER_ROW, Line

WIDTHS = {
    "number": 4, "code": 6.5, "name": 21, "maximum": 6.3, "rule": 30, "asks": 21, "answer": 12, "score": 8.3, "file": 12.5,
    "document": 10.5, "dated": 9.7, "title": 13, "explanation": 14.5, "last_answer": 15, "last_remark": 14,
}  # fmt: skip
_PAGE = (297 - 2 * 9, 210 - 26)
"""Width and height of a sheet of A4 on its side within its margins, in millimetres."""
_LINE = 14.5
"""The height of a line of text, in points."""
_PER_WIDTH = {"name": 1.12, "asks": 1.12, "rule": 1.17, "last_answer": 1.2, "last_remark": 1.2}
"""Letters that stand in one unit of a column's width, in the typeface of each column, narrowly."""


class Formats:
    """The cell formats of a workbook: called with properties, the same one for the same properties."""

    def __init__(self, book: Any):
        self._book = book
        self._made: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, **more: Any) -> Any:
        base = {"font_name": "Times New Roman", "font_size": 11, "valign": "vcenter", "text_wrap": True}
        properties = base | more
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(properties)
        return self._made[key]


def row_heights(asks: list[str], beside: dict[str, str]) -> list[float]:
    """The heights of the rows of one component: of what it asks for, stretched to the longest text that stands beside them."""
    own = [_lines(text, "asks") for text in asks] or [1]
    short = max(0, max(_lines(text, column) for column, text in beside.items()) - sum(own))
    return [round(_LINE * (needs + short / len(own)) + 4, 1) for needs in own]


def _lines(text: str, column: str) -> int:
    room = WIDTHS[column] * _PER_WIDTH[column]
    return max(1, sum(ceil(max(1, len(part)) / room) for part in text.split("\n")))


def page_breaks(lines: list[Line], heights: dict[int, float], columns: list[str]) -> list[int]:
    """After which rows the page breaks, when it is as wide as the columns: between components, and no heading alone."""
    wide = sum(int(WIDTHS[name] * 7 + 5) for name in columns) * 25.4 / 96
    room = _PAGE[1] * wide / _PAGE[0] / 25.4 * 72
    used = sum(heights[row] for row in range(1, HEADER_ROW + 1))
    breaks = []
    for line in lines:
        height = sum(heights[line.row + row] for row in range(line.rows))
        following = heights[line.row + line.rows] if line.rows and line.rule is None and line.parent else 0
        if used + height + following > room:
            breaks.append(line.row - 1)
            used = heights[HEADER_ROW]
        used += height
    return breaks
