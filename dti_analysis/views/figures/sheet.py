"""The sheet a figure is drawn on, laid out in inches from its top left corner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Literal

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Rectangle

from dti_analysis.views.figures.picture import Picture, families, sample_mark

WIDTH, MARGIN = 7.0, 0.14
SMALL, TITLE = 8.5, 12.0  # points; nothing is set smaller than SMALL
INK, GREY, RULE, PALE = "#222222", "#595959", "#8c8c8c", "#d9d9d9"
BLUE, SKY, ORANGE = "#0072b2", "#56b4e9", "#b84a00"  # after Okabe and Ito; the orange darkened so that text in it is legible

_DPI = 288

Align = Literal["left", "center", "right"]


@cache
def _renderer() -> RendererAgg:
    return RendererAgg(1, 1, _DPI)


def text_width(text: str, size: float = SMALL, bold: bool = False) -> float:
    """How wide a line of text is at most, in inches: renderers that fit letters to pixels set it a little wider."""
    words = text.split(" ")
    return sum(_word_width(word, size, bold) for word in words) + (len(words) - 1) * _word_width(" ", size, bold)


@cache
def _word_width(word: str, size: float, bold: bool) -> float:
    font = FontProperties(family=families()[0], size=size, weight="bold" if bold else "normal")
    width, _, _ = _renderer().get_text_width_height_descent(word, font, False)
    return 1.02 * float(width) / _DPI


def wrap(text: str, width: float, size: float = SMALL, bold: bool = False, even: bool = True) -> list[str]:
    """Text in lines no wider than `width` inches, broken at plain spaces only, as few as will do and evenly filled."""
    lines = _filled(text, width, size, bold)
    while even:
        narrower = _filled(text, max(text_width(line, size, bold) for line in lines) - 0.01, size, bold)
        if len(narrower) > len(lines) or narrower == lines:
            break
        lines = narrower
    return lines


def _filled(text: str, width: float, size: float, bold: bool) -> list[str]:
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width(longer, size, bold) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def line_height(size: float = SMALL) -> float:
    """From one baseline to the next, in inches: room for a capital with two marks above and one below."""
    return 1.3 * size / 72


def row_height(lines: Sequence[str], least: float = 0.255) -> float:
    """The height of a row that holds these lines."""
    return max(least, len(lines) * line_height() + 0.05)


class Sheet:
    """A figure in the making: title and subtitle are set; `top` is where the body of the given height begins."""

    def __init__(self, title: str, subtitle: str, body: float, sample: bool):
        self.title, self.subtitle, self.sample = title, subtitle, sample
        tag = 0.3 if self.sample else 0.0
        titles = wrap(title, WIDTH - 2 * MARGIN, TITLE, bold=True)
        subtitles = wrap(subtitle, WIDTH - 2 * MARGIN, even=False)
        below_title = MARGIN + tag + len(titles) * line_height(TITLE) + 0.04
        self.top = below_title + len(subtitles) * line_height() + 0.12
        self.height = self.top + body + MARGIN
        self.figure = Figure(figsize=(WIDTH, self.height))
        self.axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()
        self.axes.set(xlim=(0, WIDTH), ylim=(self.height, 0))
        if tag:
            self._tag()
        self.lines(MARGIN, MARGIN + tag, titles, TITLE, bold=True)
        self.lines(MARGIN, below_title, subtitles, color=GREY)

    def text(
        self,
        x: float,
        y: float,
        text: str | Sequence[str],
        align: Align = "left",
        color: str = INK,
        bold: bool = False,
    ) -> None:
        """A line of text, or several, centred on height `y`."""
        lines = [text] if isinstance(text, str) else text
        self.lines(x, y - len(lines) * line_height() / 2, lines, SMALL, bold, color, align)

    def lines(
        self,
        x: float,
        top: float,
        lines: Sequence[str],
        size: float = SMALL,
        bold: bool = False,
        color: str = INK,
        align: Align = "left",
        upright: bool = False,
    ) -> None:
        """Lines of text from height `top` down, or upright ones from `x` to the right, standing on `top`.

        Each is set by itself, so that it keeps its alignment in any font.
        """
        for index, line in enumerate(lines):
            drop = (index + 0.72) * line_height(size)
            self.axes.text(
                x + drop if upright else x, top if upright else top + drop, line, fontsize=size, color=color, ha=align,
                va="baseline", fontweight="bold" if bold else "normal", rotation=90 if upright else 0, rotation_mode="anchor",
            )  # fmt: skip

    def line(
        self, xs: Sequence[float], ys: Sequence[float], color: str = RULE, width: float = 0.8, dashed: bool = False
    ) -> None:
        """A line through the points."""
        self.axes.plot(xs, ys, color=color, linewidth=width, linestyle=(0, (1, 2)) if dashed else "-", clip_on=False)

    def dot(self, x: float, y: float, color: str = BLUE, hollow: bool = False, size: float = 6.5) -> None:
        """A round mark."""
        face = "white" if hollow else color
        self.axes.plot(
            [x], [y], "o", markersize=size, markerfacecolor=face, markeredgecolor=color, markeredgewidth=1.2, clip_on=False
        )

    def box(
        self, x: float, y: float, width: float, height: float, fill: str = "none", edge: str = "none", line: float = 0.8
    ) -> None:
        """A rectangle with its top left corner at x, y."""
        self.axes.add_patch(
            Rectangle((x, y), width, height, facecolor=fill, edgecolor=edge, linewidth=line, clip_on=False, zorder=2)
        )

    def picture(self, about: str, caption: str, tabled: bool = False, narrow: str = "") -> Picture:
        """The sheet as a picture. `about` says what kind of chart it is, for the text in place of the image; `narrow` is what a
        narrow screen shows instead."""
        alt = f"{about} {self.title}. {self.subtitle}."
        if self.sample:
            alt = f"{sample_mark()}. {alt}"
        return Picture(self.figure, self.title, alt, caption, self.sample, tabled, narrow)

    def _tag(self) -> None:
        width = text_width(sample_mark(), SMALL, bold=True) + 0.2
        self.box(WIDTH - MARGIN - width, MARGIN - 0.04, width, 0.23, edge=GREY)
        self.text(WIDTH - MARGIN - width / 2, MARGIN + 0.075, sample_mark(), "center", GREY, bold=True)


def scale(low: float, high: float, left: float, right: float) -> Callable[[float], float]:
    """Where on the sheet a value goes, for values from low to high between two places; halfway if all are the same."""
    if high == low:
        return lambda value: (left + right) / 2
    return lambda value: left + (value - low) / (high - low) * (right - left)
