"""Files that claim to be workbooks: opened safely, or refused with the reason."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from dti_analysis.common.text import Lang, label

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MOST = 60_000_000
"""Bytes that a form may hold unpacked: a thousand times what one of ours does."""
MOST_ROWS = 5000
MOST_CELLS = 400_000
"""Cells that the sheets of a form may hold, and that its merged ones may cover: who reads it waits for seconds, not minutes."""
_SHORTCUTS = (".lnk", ".url", ".webloc")


_MERGED = re.compile(r'<mergeCell [^>]*\bref="([A-Z]+\d+:[A-Z]+\d+)"')


class Unreadable(Exception):
    """Why a file cannot be read as a form: what it is, and what it should be."""

    def __init__(self, found: str, expected: str):
        super().__init__(found)
        self.found, self.expected = found, expected


@dataclass
class SheetRead:
    """A sheet: its cells by address, which rows and columns are hidden, which are merged, and which cells hold an error."""

    cells: dict[str, Any] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    last_row: int = 0

    def merged_over(self, cell: str) -> str:
        """The merged range that covers a cell beside others; nothing where it stands alone."""
        return self._covered.get(cell, "")

    @cached_property
    def _covered(self) -> dict[str, str]:
        return {cell: one for one in self.merged for cell in _cells_of(one)}


def check_container(path: Path, lang: Lang) -> None:
    """Raises Unreadable where a file is no plain .xlsx workbook: of another kind, under a password, with macros, too large."""
    begins = path.read_bytes()
    wanted = label("intake.xlsx", lang)
    if not begins:
        raise Unreadable(label("others.empty_file", lang), wanted)
    if begins.startswith(_OLE):
        raise Unreadable(label("intake.password" if _ENCRYPTED in begins else "intake.old", lang), wanted)
    if path.suffix.lower() != ".xlsx":
        key = "intake.macro" if path.suffix.lower() == ".xlsm" else "intake.suffix"
        key = "intake.shortcut" if path.suffix.lower() in _SHORTCUTS else key
        raise Unreadable(label(key, lang, suffix=path.suffix), wanted)
    try:
        with zipfile.ZipFile(path) as packed:
            names = [info.filename for info in packed.infolist()]
            size = sum(info.file_size for info in packed.infolist())
    except zipfile.BadZipFile:
        raise Unreadable(label("intake.broken", lang), wanted) from None
    if not any(name.endswith("workbook.xml") for name in names):
        raise Unreadable(label("others.no_workbook", lang), wanted)
    if any(name.endswith("vbaProject.bin") for name in names):
        raise Unreadable(label("intake.macro", lang), wanted)
    if size > _MOST:
        raise Unreadable(label("intake.large", lang, size=f"{size // 1_000_000} MB"), wanted)


def read_sheets(path: Path, lang: Lang) -> dict[str, SheetRead]:
    """Every sheet of a workbook, formulas as they are written. Raises Unreadable."""
    import openpyxl

    check_container(path, lang)
    try:
        with quiet(), zipfile.ZipFile(path) as packed, closing(openpyxl.load_workbook(path, read_only=True)) as book:
            texts = {sheet.title: packed.read(sheet._worksheet_path).decode("utf-8", "replace") for sheet in book.worksheets}
            _bounded(texts, lang)
            return {sheet.title: _read(sheet, texts[sheet.title]) for sheet in book.worksheets}
    except Unreadable:
        raise
    except Exception as error:  # whatever a damaged part of a workbook makes the reader say
        raise Unreadable(f"{label('intake.broken', lang)} ({type(error).__name__})", label("intake.xlsx", lang)) from error


def _bounded(texts: dict[str, str], lang: Lang) -> None:
    """Raises Unreadable where sheets hold, or merge, more cells than any form has."""
    cells = sum(text.count("<c ") + text.count("<c>") for text in texts.values())
    cells += sum(_size(one) for text in texts.values() for one in _MERGED.findall(text))
    if cells > MOST_CELLS:
        raise Unreadable(label("intake.cells", lang, cells=cells, most=MOST_CELLS), label("intake.nothing_below", lang))


def _size(merged: str) -> int:
    from openpyxl.utils import range_boundaries

    left, top, right, bottom = range_boundaries(merged)
    return int((right - left + 1) * (bottom - top + 1))


def _cells_of(merged: str) -> Iterator[str]:
    from openpyxl.utils import range_boundaries

    left, top, right, bottom = range_boundaries(merged)
    return (f"{_letters(column)}{row}" for row in range(top, bottom + 1) for column in range(left, right + 1))


@contextmanager
def quiet() -> Iterator[None]:
    """Within, openpyxl keeps its remarks to itself: on colours and drop-downs that it does not keep, on dates that are none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _read(sheet: Any, text: str) -> SheetRead:
    read = SheetRead()
    sheet.reset_dimensions()
    for row in sheet.iter_rows(max_row=MOST_ROWS + 1):
        for cell in row:
            if cell.value is not None:
                read.cells[cell.coordinate] = cell
                read.last_row = cell.row
    read.hidden = list(_hidden(text))
    read.merged = _MERGED.findall(text)
    read.last_row = max(read.last_row, _far_below(text))
    read.errors = dict(re.findall(r'<c r="([A-Z]+\d+)"[^>]*\bt="e"[^>]*>(?:<f[^>]*>[^<]*</f>|<f[^>]*/>)?<v>([^<]*)</v>', text))
    return read


def _far_below(text: str) -> int:
    """The first row that holds something below those that are read; 0 where there is none."""
    for match in re.finditer(r'<row [^>]*\br="(\d{4,7})"', text):
        if int(match[1]) > MOST_ROWS + 1 and re.search("<v[ >]|<is[ >]|<f[ >]", text[match.start() :]):
            return int(match[1])
    return 0


def _hidden(text: str) -> Iterator[str]:
    """Hidden rows and columns, as 12:12 and C:D."""
    for tag in re.findall(r"<row [^>]*>", text):
        if re.search(r'\bhidden="(1|true)"', tag) and (number := re.search(r'\br="(\d+)"', tag)):
            yield f"{number[1]}:{number[1]}"
    for tag in re.findall(r"<col [^>]*>", text):
        if re.search(r'\bhidden="(1|true)"', tag) and (ends := re.findall(r'\b(?:min|max)="(\d+)"', tag)):
            numbers = sorted(map(int, ends))
            yield ":".join(_letters(number) for number in numbers)


def _letters(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
