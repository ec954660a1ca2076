"""One HTML table, readable on a phone, on paper and by a screen reader; marked when its figures are synthetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from IPython.display import HTML

from dti_analysis.common.text import Lang, label


@dataclass(frozen=True)
class Column:
    """A heading and its cells, already text.

    `numeric` cells are set flush right, `long` ones may wrap; `links` gives the addresses that cells lead to, or "".
    """

    heading: str
    cells: Sequence[str]
    numeric: bool = False
    long: bool = False
    links: Sequence[str] = ()

    def shown(self, row: int) -> str:
        """A cell as HTML."""
        text = escape(self.cells[row])
        link = self.links[row] if self.links else ""
        return f'<a href="{escape(link)}">{text}</a>' if link.startswith("https://") else text


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
    count = len(columns[0].cells)
    tag = f'<strong class="dti-synthetic">{label("synthetic", lang)}</strong> ' if synthetic else ""
    head = "".join(f'<th scope="col"{_class(column)}>{escape(column.heading)}</th>' for column in columns)
    marks = [*strong, *([False] * (count - len(strong)))]
    body = "".join(
        f"<tr{' class=' + repr('strong') if mark else ''}>{_row(columns, row)}</tr>" for row, mark in enumerate(marks)
    )
    if not count:
        body = f'<tr><td colspan="{len(columns)}">{label("table.nothing", lang)}</td></tr>'
    kind = "dti-table synthetic" if synthetic else "dti-table"
    foot = f'<p class="dti-note">{escape(note)}</p>' if note else ""
    return HTML(
        f'<div class="dti-scroll"><table class="{kind}"><caption><span>{tag}{escape(caption)}</span></caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{foot}"
    )


def _class(column: Column) -> str:
    if column.numeric:
        return ' class="num"'
    # JupyterLab sets table cells flush right unless told otherwise.
    return ' class="long" style="text-align:left"' if column.long else ' style="text-align:left"'


def _row(columns: Sequence[Column], row: int) -> str:
    first, *rest = columns
    cells = [f'<th scope="row"{_class(first)}>{first.shown(row)}</th>']
    cells += [f"<td{_class(column)}>{column.shown(row)}</td>" for column in rest]
    return "".join(cells)
