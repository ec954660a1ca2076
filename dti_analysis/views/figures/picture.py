"""A finished figure, and how it becomes an SVG that can stand in a page beside others."""

from __future__ import annotations

import hashlib
import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache, cached_property
from html import escape
from io import StringIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.style
from matplotlib.figure import Figure

from dti_analysis.common.text import label

_STYLE = Path(__file__).with_name("dti.mplstyle")
_ALONE = re.compile(r"<g>\s*(<(?:path|use)\b[^>]*/>|<text\b[^>]*>[^<]*</text>)\s*</g>")
"""A group that says nothing of the one element in it."""
_FINER = re.compile(r"(?<=\d\.\d\d)\d+(?=[\s\"),])")
"""Digits of a coordinate below a hundredth of a point."""
_LINES = re.compile(r'(?<=\bd=")M [-\d. ML\nz]*(?=")')
"""What a path of straight lines only draws."""
_INHERITED = {"font-size:8.5px", "text-anchor:start", "fill:#222222"}
"""What most texts of a figure are set in: said once, by the figure."""


def style() -> AbstractContextManager[None]:
    """The style of every figure, whatever the session around it has set."""
    return mpl.style.context(["default", _STYLE])


@cache
def families() -> list[str]:
    """The fonts of every figure: the one that it is drawn and measured with, then those that a reader may have instead."""
    with style():
        return list(mpl.rcParams["font.sans-serif"])


def sample_mark() -> str:
    """What every figure of a fictitious place says in its corner, in both languages."""
    return f"{label('sample', 'vi')} · {label('sample', 'en')}"


@dataclass(frozen=True)
class Picture:
    """A finished figure: shown by a notebook as inline SVG, saved as the same."""

    figure: Figure
    title: str
    alt: str
    caption: str
    sample: bool
    tabled: bool = False  # the table below says the same, with bars: a phone need not show both
    narrow: str = ""  # what a narrow screen shows in place of the drawing

    @cached_property
    def svg(self) -> str:
        """The figure as an `svg` element, the same bytes each time, with ids that do not clash with other pictures'."""
        buffer = StringIO()
        with style():
            nothing: dict[str, Any] = dict.fromkeys(["Date", "Creator", "Format", "Type"])
            self.figure.savefig(buffer, format="svg", metadata=nothing)
        return _inline(buffer.getvalue(), self.alt)

    def save(self, path: Path) -> None:
        """Write the SVG to a file."""
        path.write_text(self.svg + "\n", encoding="utf-8", newline="\n")

    def _repr_html_(self) -> str:
        kind = "sample" if self.sample else "published"
        return (
            f'<figure class="dti-figure{" tabled" if self.tabled else ""}" data-kind="{kind}">{self.narrow}'
            f'<div class="dti-scroll" style="overflow-x:auto">{self.svg}</div>'
            f"<figcaption>{escape(self.caption)}</figcaption></figure>"
        )

    def __repr__(self) -> str:
        return self.alt


def _inline(svg: str, alt: str) -> str:
    """Matplotlib's document as an element that can stand in a page beside others."""
    stack = ", ".join(f"'{name}'" for name in families()) + ", sans-serif"
    view = re.search(r'viewBox="[^"]*"', svg)
    assert view
    body = svg[svg.index(">", svg.index("<svg")) + 1 :]
    body = re.sub(r"\s*<defs>\s*<style.*?</style>\s*</defs>", "", body, flags=re.DOTALL)  # it would apply to the whole page
    body = re.sub(r" font-family: [^;\"]*;?", "", body)
    body = re.sub(r' transform="rotate\(-0 [^)]*\)"', "", body)  # which turns by nothing
    used = set(re.findall(r"#([\w-]+)", " ".join(re.findall(r'(?:href="|url\()#[\w-]+', body))))
    body = re.sub(r' id="([\w-]+)"', lambda found: found[0] if found[1] in used else "", body)
    body = re.sub(r"<[^>]*>", lambda tag: _FINER.sub("", tag[0]), _ALONE.sub(r"\1", body))  # numbers in texts stay
    body = _LINES.sub(_shortest, body)
    body = re.sub(r'(?<= style=")[^"]*', lambda style: style[0].replace(": ", ":").replace("; ", ";"), body)
    body = re.sub(r'<text style="([^"]*)"', _own_style, body)
    body = re.sub(r"\s*\n\s*", "\n", body)
    prefix = "f" + hashlib.sha256((alt + body).encode()).hexdigest()[:10]
    body = re.sub(r'( id="|href="#|url\(#)', rf"\g<1>{prefix}-", body)
    name = escape(alt, quote=True)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" role="img" '
        f'aria-label="{name}" width="100%" {view[0]} style="min-width:45rem;max-width:45rem;stroke-linejoin:round;'
        f'stroke-linecap:butt;{";".join(sorted(_INHERITED))};font-family:{stack}">{body.strip()}'
    )


def _shortest(lines: re.Match[str]) -> str:
    """The same straight lines in fewer characters: H and V along one axis, no line back to where `z` leads anyway."""
    said, start, here = "", ("", ""), ("", "")
    steps = re.findall(r"([ML]) (\S+) (\S+)|(z)", lines[0])
    for at, (move, x, y, close) in enumerate(steps):
        after = steps[at + 1] if at + 1 < len(steps) else None
        if close:
            said += "z"
        elif move == "M":
            start = (x, y)
            said += f"M{x} {y}"
        elif after and after[3] and (x, y) == start:
            continue
        elif y == here[1]:
            said += f"H{x}"
        elif x == here[0]:
            said += f"V{y}"
        else:
            said += f"L{x} {y}"
        here = start if close else (x, y)
    return said


def _own_style(text: re.Match[str]) -> str:
    """The beginning of a text with what it does not inherit."""
    own = ";".join(part for part in text[1].split(";") if part not in _INHERITED)
    return f'<text style="{own}"' if own else "<text"
