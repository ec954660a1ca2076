"""The same figure for a narrow screen: names above bars, as HTML that fits any width and keeps the size of the page's text.

A screen shows either this or the drawing, never both, nor does a screen reader read both; paper has the drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import NamedTuple

from dti_analysis.views.figures.picture import sample_mark
from dti_analysis.views.figures.sheet import BLUE, GREY, INK, ORANGE, PALE, SKY

_NAMES = {BLUE: "b", SKY: "s", ORANGE: "o", GREY: "g", INK: "k", PALE: "p"}
"""Colours by the letter that the style sheet knows them by: there they change with light and dark."""


class Mark(NamedTuple):
    """A bar from one place on the axis to another, 0 to 1; a dot or a stroke where `shape` says so; `high` of a column."""

    start: float
    end: float
    colour: str
    shape: str = ""
    high: float = 0.0

    def html(self) -> str:
        """The mark as HTML; what is outside the axis is cut off at its end."""
        start, end = (min(max(place, 0.0), 1.0) for place in (self.start, self.end))
        width = "" if self.shape in ("dot", "hollow", "stroke") else f";width:{100 * (end - start):.4g}%"
        high = f";height:{100 * self.high:.3g}%" if self.shape == "column" else ""
        names = " ".join(filter(None, [_NAMES[self.colour], self.shape]))
        return f'<i class="{names}" style="left:{100 * start:.4g}%{width}{high}"></i>'


class Row(NamedTuple):
    """A row: its name, its value in words, its marks."""

    name: str
    value: str
    marks: Sequence[Mark] = ()
    strong: bool = False
    colour: str = INK

    def html(self) -> str:
        """The row as HTML."""
        names = ["strong" if self.strong else "", "" if self.colour == INK else _NAMES[self.colour]]
        kind = f' class="{" ".join(filter(None, names))}"' if any(names) else ""
        drawn = f"<div>{''.join(mark.html() for mark in self.marks)}</div>" if self.marks else ""
        said = f"<span>{escape(self.name)}</span> <b>{escape(self.value)}</b>" if self.name or self.value else ""
        return f"<li{kind}>{said}{drawn}</li>"


def along(low: float, high: float) -> Callable[[float], float]:
    """Where on the axis, 0 to 1, a value lies; in the middle where there is no length."""
    return lambda value: (value - low) / (high - low) if high > low else 0.5


def narrow_figure(
    title: str,
    subtitle: str,
    rows: Iterable[Row],
    sample: bool,
    axis: Sequence[tuple[float, str]] = (),
    key: Sequence[tuple[str, str, str]] = (),
) -> str:
    """The figure as HTML. `axis` is what is written above the marks, and where; `key` says what each shape and colour means."""
    tag = f'<strong class="dti-sample">{escape(sample_mark())}</strong>' if sample else ""
    ticks = "".join(f'<i style="left:{100 * at:.4g}%">{escape(text)}</i>' for at, text in axis)
    above = f'<div class="axis" aria-hidden="true">{ticks}</div>' if axis else ""
    means = " ".join(f'<span><i class="{_NAMES[colour]} {shape}"></i> {escape(text)}</span>' for shape, colour, text in key)
    head = f'<p class="title">{escape(title)}</p><p>{escape(subtitle)}</p>' + (f'<p class="key">{means}</p>' if key else "")
    return f'<div class="dti-narrow" hidden>{tag}{head}{above}<ul>{"".join(row.html() for row in rows)}</ul></div>'
