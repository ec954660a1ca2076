"""An HTML table and a card, readable on a phone, on paper and by a screen reader; tables of a fictitious place say so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from IPython.display import HTML

from dti_analysis.common.text import Lang, label

_PAGE = re.compile(r"https://|#[A-Za-z0-9.-]+$|(\.\./)*[a-z0-9][a-z0-9/-]*\.html(#[A-Za-z0-9.-]+)?$")

_FEW, _MATRIX = 3, 5
"""Up to how many columns a phone has room for; and more figures than this to a row are a matrix."""


BARE = "dti-bare"
"""The class of a table whose cells have no marks of their own."""


@dataclass(frozen=True)
class Column:
    """A heading and its cells, already text.

    `numeric` cells are set flush right, `long` ones may wrap; `links` gives the addresses that cells lead to (https, or a page
    of the site), or ""; `bars` the shares (0–1) drawn behind the figures, from 0 at the left; `lang` the language of the cells
    where it is not the page's.
    """

    heading: str
    cells: Sequence[str]
    numeric: bool = False
    long: bool = False
    links: Sequence[str] = ()
    bars: Sequence[float] = ()
    lang: str = ""

    def shown(self, row: int) -> str:
        """A cell as HTML."""
        text = escape(self.cells[row])
        link = self.links[row] if self.links else ""
        shown = f'<a href="{escape(link)}">{text}</a>' if _PAGE.match(link) else text
        if not self.bars or not self.bars[row] >= 0:
            return shown
        return f'<span class="dti-bar" style="--share:{100 * min(self.bars[row], 1.0):.1f}%">{shown}</span>'


def vietnamese(text: str, lang: Lang) -> str:
    """A text that there is in Vietnamese only, on a page in `lang`: it says its language where that is another."""
    return text if lang == "vi" or not text else f'<span lang="vi">{text}</span>'


def html_table(
    columns: Sequence[Column],
    caption: str,
    lang: Lang,
    *,
    sample: bool = False,
    note: str = "",
    strong: Sequence[bool] = (),
    cards: bool = True,
    bare: bool = False,
) -> HTML:
    """The table as HTML. The first column heads its rows; `strong` rows stand out; sample tables say so in their caption. An
    empty table says that there is nothing. Without `cards` a phone shows the table as it is, whatever it holds. Of a `bare`
    table the cells say nothing of themselves: the table names its numeric columns, for the style sheet; a site leaves out the
    ends of its cells too."""
    count = len(columns[0].cells)
    tag = f'<strong class="dti-sample">{label("sample", lang)}</strong> ' if sample else ""
    head = "".join(f'<th scope="col"{_class(column)}>{escape(column.heading)}</th>' for column in columns)
    marks = [*strong, *([False] * (count - len(strong)))]
    row_of = _bare_row if bare else _row
    body = "".join(
        f"<tr{' class=' + repr('strong') if mark else ''}>{row_of(columns, row, lang)}</tr>" for row, mark in enumerate(marks)
    )
    if not count:
        body = f'<tr><td colspan="{len(columns)}">{label("table.nothing", lang)}</td></tr>'
    kinds = [
        "dti-table",
        *(["sample"] if sample else []),
        *(["cards"] if cards and not bare and _as_cards(columns) and count else []),
    ]
    heads = card_style([column.heading for column in columns]) if "cards" in kinds else ""
    if bare:
        kinds += [BARE, *(f"num-{at}" for at, column in enumerate(columns, 1) if column.numeric)]
    foot = f'<p class="dti-note">{escape(note)}</p>' if note else ""
    return HTML(
        f'<div class="dti-scroll"><table class="{" ".join(kinds)}"{heads}>'
        f"<caption><span>{tag}{escape(caption)}</span></caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>{foot}"
    )


def _as_cards(columns: Sequence[Column]) -> bool:
    """Whether a phone shows each row as a card: it has no room for so many columns, and they are not figures of one kind that
    are compared down the columns (those are moved sideways beside the names of their rows)."""
    figures = sum(column.numeric for column in columns)
    named = not columns[0].numeric and not any(column.bars for column in columns)
    matrix = named and figures > _MATRIX and figures == len(columns) - 1
    return (len(columns) > _FEW or any(column.long for column in columns[2:])) and not matrix


def card_style(headings: Sequence[str]) -> str:
    """The headings as properties of the table that the style sheet sets before the cells of a card."""
    said = (heading.replace("\\", "").replace("'", "’") for heading in headings)
    return ' style="' + ";".join(f"--k{place}:'{escape(text)}'" for place, text in enumerate(said, 1) if place > 1) + '"'


def _class(column: Column) -> str:
    if column.numeric:
        return ' class="num"'
    # JupyterLab sets table cells flush right unless told otherwise.
    return ' class="long" style="text-align:left"' if column.long else ' style="text-align:left"'


def _row(columns: Sequence[Column], row: int, lang: Lang) -> str:
    cells = []
    for place, column in enumerate(columns):
        tag, scope = ("td", "") if place else ("th", ' scope="row"')
        other = f' lang="{column.lang}"' if column.lang not in ("", lang) else ""
        cells.append(f"<{tag}{scope}{_class(column)}{other}>{column.shown(row)}</{tag}>")
    return "".join(cells)


def _bare_row(columns: Sequence[Column], row: int, lang: Lang) -> str:
    first, *rest = (column.shown(row) for column in columns)
    return f"<th>{first}</th>" + "".join(f"<td>{cell}</td>" for cell in rest)


def criterion_card(code: str, name: str, points: str, lines: Iterable[tuple[str, str]], tier: str = "") -> str:
    """One criterion as HTML: its points, and below them the lines that say something, each a heading and its text.

    `points` and the texts of `lines` are HTML already; `tier` is the tier of the gap, where there is one.
    """
    said = "".join(f"<dt>{escape(heading)}</dt><dd>{text}</dd>" for heading, text in lines if text)
    return (
        f'<section class="{" ".join(filter(None, ["dti-criterion", tier]))}" id="{escape(code)}">'
        f'<h4><span class="code">{escape(code)}</span> {escape(name)}</h4><p class="points">{points}</p>'
        f"<dl>{said}</dl></section>"
    )
