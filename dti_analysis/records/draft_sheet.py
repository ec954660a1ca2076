"""A form of another office looked at for the first time: which sheet, where its header is, what each column seems to be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dti_analysis.common.text import plain
from dti_analysis.records.mapping import TICK
from dti_analysis.records.others_file import Grid

_FIRST = 40
"""Rows among which a header is looked for."""
WORDS: dict[str, tuple[str, ...]] = {
    "stt": ("stt", "tt", "so tt", "so thu tu", "no", "no."),
    "code": ("ma", "ma so", "ma chi so", "ma tieu chi", "ma chi tieu", "code"),
    "name": ("chi so", "tieu chi", "noi dung", "chi tieu", "ten chi so", "ten tieu chi", "criterion", "indicator"),
    "points": (
        "diem tu cham", "diem tu danh gia", "tu cham", "tu cham diem", "diem de nghi", "diem don vi tu cham", "self-score",
    ),
    "a": ("tu so", "tu so (a)", "a", "(a)"),
    "b": ("mau so", "mau so (b)", "b", "(b)"),
    "value": ("so lieu", "ket qua", "gia tri", "ket qua thuc hien", "so lieu thuc hien", "thuc hien", "value"),
    "evidence": (
        "tai lieu kiem chung", "minh chung", "tai lieu minh chung", "van ban minh chung", "tai lieu", "can cu", "evidence",
    ),
    "explanation": ("giai trinh", "ghi chu", "thuyet minh", "giai trinh, ghi chu", "explanation", "note"),
    "unit": ("don vi", "ten don vi", "huyen", "xa", "co quan", "unit"),
}  # fmt: skip
"""How offices head a column, without diacritics, and what it then is."""
APART = ("diem toi da", "thang diem", "diem chuan", "don vi tinh", "dvt", "tham dinh", "hoi dong", "maximum")
"""Headers of columns that are no answer of the unit: the maximum, the measure, what the council writes."""
TICKED = ("co", "khong", "chua", "chua co", "mot phan", "day du", "dat", "khong dat", "khong ap dung", "yes", "no", "partly")
"""Headers of columns that are ticked, where two of them stand side by side."""


@dataclass
class Look:
    """What a sheet seems to be: rows of the header, and by column its header and what it may be (several: not sure)."""

    grid: Grid
    header: list[int]
    texts: dict[int, str]
    may_be: dict[int, list[str]] = field(default_factory=dict)

    @property
    def columns(self) -> dict[str, int]:
        """The columns that are told for sure: of what they are there is one only, and it is nothing else."""
        sure = {column: roles[0] for column, roles in self.may_be.items() if len(roles) == 1}
        taken = [role for roles in self.may_be.values() for role in roles]
        return {role: column for column, role in sure.items() if taken.count(role) == 1}


def look_at(grid: Grid) -> Look | None:
    """The header and the columns of a sheet; nothing where no row looks like a header."""
    rows = {row: _known(grid, row) for row in range(1, min(grid.rows, _FIRST) + 1)}
    first = max(rows, key=lambda row: rows[row], default=0)
    if not first or rows[first] < 2:
        return None
    while first > 1 and _spans(grid, first - 1, first):  # the row that was found is the lower one of several
        first -= 1
    bottom = max((row for row, column in grid.cells if row == first for row in [_end(grid, first, column)]), default=first)
    if any(_wide(grid, first, column) for row, column in grid.cells if row == first):
        bottom = max(bottom, first + 1)
    header = list(range(first, bottom + 1))
    look = Look(grid, header, _headers(grid, header))
    look.may_be = {column: _roles(text) for column, text in look.texts.items()}
    _tick(look)
    return look


def _known(grid: Grid, row: int) -> int:
    """How many cells of a row are headed as columns are."""
    texts = {bare(held.text) for (at, _), held in grid.cells.items() if at == row and len(held.text) < 80}
    return sum(bool(_exact(text)) or any(text.startswith(apart) for apart in APART) for text in texts)


def _spans(grid: Grid, above: int, row: int) -> bool:
    """Whether two rows are one header: a cell of the upper is merged over both, or over columns that the lower one heads."""
    own = {column for at, column in grid.cells if at == row}
    for place, column in [place for place in grid.cells if place[0] == above]:
        if _end(grid, place, column) >= row or (_wide(grid, place, column) & own and _known(grid, above)):
            return True
    return False


def _end(grid: Grid, row: int, column: int) -> int:
    return max((at for (at, _), first in grid.first.items() if first == (row, column)), default=row)


def _wide(grid: Grid, row: int, column: int) -> set[int]:
    """The columns over which a cell is merged, where they are several."""
    over = {at for (_, at), first in grid.first.items() if first == (row, column)}
    return over if len(over) > 1 else set()


def _headers(grid: Grid, rows: list[int]) -> dict[int, str]:
    last = max((column for _, column in grid.cells), default=0)
    found: dict[int, str] = {}
    for column in range(1, last + 1):
        texts = [" ".join(grid.whole(row, column).text.split()) for row in rows]
        if joined := " / ".join(dict.fromkeys(filter(None, texts))):
            found[column] = joined
    return found


def bare(text: str) -> str:
    """A text as it is compared here: no diacritics, single spaces, nothing in brackets at its end."""
    return re.sub(r"(?<=\S)\s*\([^()]+\)$", "", " ".join(plain(text).split())).strip(" .:*")


def _exact(text: str) -> list[str]:
    return [role for role, words in WORDS.items() if text in words]


def _roles(header: str) -> list[str]:
    """What a column may be by its header, by its last part before the others; nothing where it is no answer of the unit."""
    parts = [bare(part) for part in reversed(header.split(" / "))]
    if any(part.startswith(apart) or apart in part for part in parts for apart in APART):
        return []
    for part in parts:
        if found := _exact(part):
            return found
    near = [role for role, words in WORDS.items() if any(len(word) > 3 and word in parts[0] for word in words)]
    return near if near == ["name"] else [*near, "?"]  # a name is no answer: rows are told by it only where it is the very one


def _tick(look: Look) -> None:
    """Columns side by side that are headed “Có”, “Không” or as steps are ticked."""
    last = {column: text.split(" / ")[-1] for column, text in look.texts.items()}
    ticked = [column for column, text in last.items() if bare(text) in TICKED]
    for column in ticked:
        if {column - 1, column + 1} & set(ticked):
            look.may_be[column] = [f"{TICK}{last[column]}"]
