"""One HTML table, readable on a phone, on paper and by a screen reader; marked when its figures are synthetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from IPython.display import HTML

from dti_analysis.text import Lang, label


@dataclass(frozen=True)
class Column:
    """A heading and its cells, already text; `numeric` cells are set flush right."""

    heading: str
    cells: Sequence[str]
    numeric: bool = False


def html_table(
    columns: Sequence[Column],
    caption: str,
    lang: Lang,
    *,
    synthetic: bool = False,
    note: str = "",
    strong: Sequence[bool] = (),
) -> HTML:
    """The table as HTML. The first column heads its rows; `strong` rows stand out; synthetic tables say so in their caption,
    and across their face so that a cropped picture says it too. An empty table says that there is nothing."""
    rows = list(zip(*(column.cells for column in columns), strict=True))
    tag = f'<strong class="dti-synthetic">{label("synthetic", lang)}</strong> ' if synthetic else ""
    head = "".join(f'<th scope="col"{_class(column)}>{escape(column.heading)}</th>' for column in columns)
    body = "".join(
        f'<tr class="strong">{_row(columns, row)}</tr>'
        if index < len(strong) and strong[index]
        else f"<tr>{_row(columns, row)}</tr>"
        for index, row in enumerate(rows)
    )
    if not rows:
        body = f'<tr><td colspan="{len(columns)}">{label("table.nothing", lang)}</td></tr>'
    kind = "dti-table synthetic" if synthetic else "dti-table"
    foot = f'<p class="dti-note">{escape(note)}</p>' if note else ""
    return HTML(
        f'<div class="dti-scroll"><table class="{kind}"><caption>{tag}{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{foot}"
    )


def _class(column: Column) -> str:
    return ' class="num"' if column.numeric else ""


def _row(columns: Sequence[Column], row: Sequence[str]) -> str:
    first, *rest = row
    cells = [f'<th scope="row"{_class(columns[0])}>{escape(first)}</th>']
    cells += [f"<td{_class(column)}>{escape(cell)}</td>" for column, cell in zip(columns[1:], rest, strict=True)]
    return "".join(cells)
