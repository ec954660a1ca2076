"""Rows of a form looked at for the first time: which criterion each number is of, told by its name or left to be said."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from dti_analysis.common.text import Lang
from dti_analysis.criteria.framework import Framework
from dti_analysis.criteria.words import name_of
from dti_analysis.records.draft_sheet import Look, bare
from dti_analysis.records.others_numbering import LETTERED, ROMAN, readings
from dti_analysis.records.workbook_layout import Line, lines

_NEAR = 0.6
"""How alike two names are, from 0 to 1, so that one is worth naming."""


@dataclass
class Numbered:
    """A row with a number: which criterion it is of (“P1.03”, “P6.02 c1”), empty where that is not sure, and which may be."""

    row: int
    number: str
    name: str
    target: str = ""
    near: list[str] = field(default_factory=list)
    heads: bool = False


@dataclass
class Rows:
    """What the rows below a header seem to be; `until` is how the first of the notes begins."""

    numbered: list[Numbered]
    absent: list[Line]
    ignored: list[str]
    until: str


def set_lines(framework: Framework, lang: Lang) -> dict[str, Line]:
    """Every component of a set as any group has it, by code."""
    groups = {"", *(group for one, _, _ in framework.walk() for group in [*(one.applies_to or []), *one.max_points_by_group])}
    laid: dict[str, Line] = {}
    for line in (line for group in sorted(groups) for line in lines(framework, group, lang)):
        if line.code not in laid or (line.asks and not laid[line.code].asks):
            laid[line.code] = line
    return laid


def read_numbers(look: Look, framework: Framework) -> Rows:
    """The numbers of a form in its order, each with the criterion that bears the very name of its row."""
    laid = set_lines(framework, "vi")
    number, name = look.columns["stt"], look.columns.get("name", 0)
    found: list[tuple[int, str, str, str]] = []
    roman, ignored, last = "", list[str](), look.header[-1]
    for row in range(look.header[-1] + 1, look.grid.rows + 1):
        held = look.grid.at(row, number)
        if held.blank or look.grid.first.get((row, number), (row, number)) != (row, number):
            continue
        options = readings(held)
        text = options[0]
        if re.fullmatch(r"\(?\d+\)?", text) and "(" in text:
            ignored.append(text)
        elif ROMAN.fullmatch(text):
            roman = text
        elif LETTERED.fullmatch(text) or re.fullmatch(r"[A-Z]?\d+([.,]\d+)*", text):
            text = _next(options, [other for *_, other, _ in found])
            found.append((row, roman, text, " ".join(look.grid.whole(row, name).text.split()) if name else ""))
            last = row
    plain_numbers = [text for _, _, text, _ in found if not LETTERED.fullmatch(text)]
    again = len(plain_numbers) != len(set(plain_numbers))
    rows = _told(found, again, laid)
    used = {one.target.partition(" ")[0] for one in rows}
    absent = [line for line in laid.values() if line.asks and line.code not in used]
    return Rows(rows, absent, ignored, _until(look, last))


def _next(options: list[str], before: list[str]) -> str:
    """Of 4.1 and 4.10 the one that follows the number before it."""
    if len(options) > 1 and before and (match := re.fullmatch(r"(\d+)\.(\d+)", before[-1])):
        after = f"{match[1]}.{int(match[2]) + 1}"
        return after if after in options else options[0]
    return options[0]


def _told(found: list[tuple[int, str, str, str]], again: bool, laid: dict[str, Line]) -> list[Numbered]:
    rows: list[Numbered] = []
    head: Numbered | None = None
    for row, roman, text, name in found:
        if LETTERED.fullmatch(text):
            if head is None:
                continue
            one = Numbered(row, f"{head.number} {text}", name)
            head.heads = True
            _of_cell(one, laid[head.target] if head.target else None, laid)
        else:
            one = Numbered(row, f"{roman}.{text}" if again and roman else text, name)
            _of_name(one, laid)
            head = one
        rows.append(one)
    numbers = [one.number for one in rows]
    for one in rows:
        line = laid.get(one.target)
        above = any(other.startswith(f"{one.number}.") for other in numbers)
        one.heads = one.heads or above or (line is not None and not line.asks)
    _only_once(rows)
    return rows


def _of_name(one: Numbered, laid: dict[str, Line]) -> None:
    """The criterion whose code or whose very name stands in the row; else those whose names are alike."""
    own = [code for code in laid if code and re.search(rf"(?<![\w.]){re.escape(code)}(?![\w.])", one.name)]
    same = [code for code, line in laid.items() if one.name and bare(one.name) in _names(line)]
    found = own if len(own) == 1 else [code for code in same if laid[code].asks] or same
    if len(found) == 1:
        one.target = found[0]
        return
    one.near = found or _nearest(one.name, {code: _names(line) for code, line in laid.items() if line.asks})


def _of_cell(one: Numbered, line: Line | None, laid: dict[str, Line]) -> None:
    """The cell of the criterion above whose very words stand in a lettered row, or a criterion of its own."""
    asks = line.asks if line is not None else ()
    cells = {f"{line.code} {asked.name}": [bare(asked.text)] for asked in asks if line is not None}
    same = [target for target, names in cells.items() if bare(one.name) in names]
    if len(same) == 1:
        one.target = same[0]
        return
    _of_name(one, laid)
    if line is not None and len(cells) > 1 and one.target in ("", line.code):  # it bears the name of the whole
        one.target, one.near = "", _nearest(one.name, cells) or list(cells)


def _names(line: Line) -> list[str]:
    return [bare(name_of(line.component, lang)) for lang in ("vi", "en")]


def _nearest(name: str, names: dict[str, list[str]]) -> list[str]:
    alike = {
        target: max(SequenceMatcher(None, bare(name), one, autojunk=False).ratio() for one in own)
        for target, own in names.items()
        if name and own
    }
    return sorted((target for target in alike if alike[target] >= _NEAR), key=lambda target: -alike[target])[:3]


def _only_once(rows: list[Numbered]) -> None:
    """Two rows that seem to be of one criterion are both left to be said; a heading claims none."""
    answers = [one for one in rows if not one.heads]
    targets = [one.target for one in answers]
    for one in answers:
        if one.target and targets.count(one.target) > 1:
            one.near, one.target = [one.target], ""
    for one in rows:
        if one.heads:
            one.target = ""


def _until(look: Look, last: int) -> str:
    """The first text below the last number."""
    below = sorted(place for place in look.grid.cells if place[0] > last)
    text = " ".join(look.grid.at(*below[0]).text.split()) if below else ""
    return re.split(r"[:.;(]", text)[0].strip()[:40]
