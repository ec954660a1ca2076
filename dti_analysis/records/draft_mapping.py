"""A mapping drafted from a form of another office: what can be told is written, what cannot is a `?` that intake refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dti_analysis.common.faults import fault, nearest
from dti_analysis.common.text import Lang, label
from dti_analysis.criteria.framework import Framework
from dti_analysis.criteria.rules import Levels
from dti_analysis.criteria.words import name_of
from dti_analysis.records.draft_rows import Rows, read_numbers, set_lines
from dti_analysis.records.draft_sheet import Look, bare, look_at
from dti_analysis.records.mapping import TICK
from dti_analysis.records.others_file import address, read_grids
from dti_analysis.records.workbook_file import Unreadable
from dti_analysis.records.workbook_layout import FAULT_SHEET, Line

_UNIT = ("don vi", "ten don vi", "co quan", "ten co quan")
_BY = ("nguoi lap", "nguoi dien", "nguoi bao cao", "nguoi thuc hien", "can bo phu trach")


def draft(path: Path, framework: Framework, lang: Lang, sheet: str = "") -> tuple[str, int]:
    """The mapping of a form as commented YAML, and how many things of it a person has to say.

    Raises Faults where the file cannot be read, has no such sheet, or none with a header.
    """
    try:
        grids = {name: grid for name, grid in read_grids(path, lang).items() if name not in FAULT_SHEET.values()}
    except Unreadable as error:
        raise fault(path, "", error.found, error.expected) from None
    if sheet and sheet not in grids:
        raise fault(path, "sheet", f"'{sheet}'", nearest(sheet, grids))
    looks = {name: look for name, grid in grids.items() if (not sheet or name == sheet) and (look := look_at(grid))}
    if not looks:
        raise fault(path, sheet, "no row of headers (STT, Tiêu chí, Kết quả …)", "a form whose columns are headed")
    text = "\n".join(_Draft(path, framework, lang, looks, list(grids)).lines()) + "\n"
    return text, sum(bool(re.match(r"[^#]*\"\?", line)) for line in text.splitlines())


def quoted(text: str) -> str:
    """A text as YAML has it in quotes."""
    return json.dumps(text, ensure_ascii=False)


@dataclass
class _Draft:
    path: Path
    framework: Framework
    lang: Lang
    looks: dict[str, Look]
    sheets: list[str]

    def __post_init__(self) -> None:
        self.name, self.look = next(iter(self.looks.items()))
        self.laid = set_lines(self.framework, self.lang)
        codes = {held.text for (_, column), held in self.look.grid.cells.items() if column == self.look.columns.get("code")}
        self.by_code = bool(codes & self.laid.keys())
        self.columns = dict(self.look.columns)
        self.columns.pop("stt" if self.by_code else "code", None)
        numbered = "stt" in self.columns and not self.by_code
        self.rows = read_numbers(self.look, self.framework) if numbered else Rows([], [], [], "")

    def say(self, key: str, **values: object) -> str:
        return label(f"draft.{key}", self.lang, **values)

    def lines(self) -> Iterator[str]:
        """The file, line by line."""
        yield from (f"# {line}" for line in self.say("head", file=self.path.name).split("\n"))
        yield f'confirmed: "?"  # {self.say("confirmed")}'
        yield f"title: {quoted(self._title())}"
        yield f"framework: {self.framework.id}"
        yield from self._sheet()
        yield from self._block()
        header = self.look.header
        yield f"header: {header[0] if len(header) == 1 else header}"
        yield from self._columns()
        yield from self._rows()
        if self.rows.until:
            yield f"until: {quoted(self.rows.until)}  # {self.say('until')}"
        yield from self._words()

    def _title(self) -> str:
        texts = [held.text for (row, _), held in sorted(self.look.grid.cells.items()) if row < self.look.header[0]]
        return " ".join(max(texts, key=len, default=self.path.stem).split())[:100]

    def _sheet(self) -> Iterator[str]:
        if len(self.looks) > 1:
            yield f'sheet: "?"  # {self.say("sheets", there=", ".join(self.looks), used=self.name)}'
        elif self.name:
            yield f"sheet: {quoted(self.name)}"

    def _block(self) -> Iterator[str]:
        """Whose it is, who filled it in and of which year, by the cells above the header."""
        above = {place: held.text for place, held in sorted(self.look.grid.cells.items()) if place[0] < self.look.header[0]}
        for (row, column), text in above.items():
            if match := re.search(r"năm\s+20\d\d", " ".join(text.split()), re.IGNORECASE):
                said = re.sub(r"20\d\d", "{year}", match[0].lower())
                yield f"says: {{{address(row, column)}: {quoted(said)}}}  # {self.say('says')}"
                break
        named = [self._beside(place, text) for place, text in above.items() if self._is(text, _UNIT)]
        if "unit" in self.columns:
            yield f"unit: {{column: true}}  # {self.say('unit_column')}"
        elif len(named) == 1:
            cell, before = named[0]
            yield f"unit: {{cell: {cell}, without: [{', '.join(map(quoted, [before, 'UBND']))}]}}  # {self.say('unit')}"
        else:
            cells = ", ".join(f"{address(*place)} “{' '.join(text.split())[:40]}”" for place, text in above.items())
            yield f'unit: {{cell: "?", without: [UBND]}}  # {self.say("unit_unknown", cells=cells or "–")}'
        for place, text in above.items():
            if self._is(text, _BY):
                yield f"by: {self._beside(place, text)[0]}"
                break

    def _is(self, text: str, words: tuple[str, ...]) -> bool:
        begins = bare(text.split(":")[0])
        return begins in words or (":" not in text and any(begins.startswith(f"{word} ") for word in words[:2]))

    def _beside(self, place: tuple[int, int], text: str) -> tuple[str, str]:
        """The cell that holds what a text announces: itself after its colon, or the one to the right of it."""
        before, colon, after = text.partition(":")
        if after.strip():
            return address(*place), before + colon
        grid = self.look.grid
        merged = [column for (row, column), first in grid.first.items() if first == place and row == place[0]]
        right = max(merged, default=place[1]) + 1
        return (address(*place) if merged and (place[0], right) not in grid.cells else address(place[0], right)), before + colon

    def _columns(self) -> Iterator[str]:
        yield f"columns:  # {self.say('columns')}"
        texts = list(self.look.texts.values())
        sure = {column: role for role, column in self.columns.items()}
        for column, text in self.look.texts.items():
            letter = address(1, column)[:-1]
            says = quoted(text)
            placed = says if texts.count(text) == 1 else f"{{letter: {letter}, says: {says}}}"
            roles = self.look.may_be.get(column, [])
            if column in sure:
                yield f"  {quoted(sure[column]) if TICK in sure[column] else sure[column]}: {placed}"
            elif not roles or roles in (["stt"], ["code"]):
                yield f"  # {letter} {says}: {self.say('no_answer')}"
            else:
                what = self.say("or").join(role for role in roles if role != "?")
                yield f'  "? {letter}": {placed}  # {self.say("may_be", roles=what) if what else self.say("what")}'
        if not {"stt", "code"} & self.columns.keys():
            yield f'  "? stt": "?"  # {self.say("no_number")}'
        both = [line.code for line in self._asked() if len([one for one in line.asks if one.cell.kind == "count"]) == 2]
        if both and "value" in self.columns and not {"a", "b"} <= self.columns.keys() and self._in_one_row(both):
            header = quoted(self.look.texts[self.columns["value"]])
            yield f'  "? a/b": {header}  # {self.say("fraction", codes=", ".join(self._in_one_row(both)))}'

    def _asked(self) -> list[Line]:
        return [line for line in self.laid.values() if line.asks]

    def _in_one_row(self, codes: list[str]) -> list[str]:
        return [code for code in codes if any(one.target == code for one in self.rows.numbered)]

    def _rows(self) -> Iterator[str]:
        if self.by_code or "stt" not in self.columns:
            return
        yield f"rows:  # {self.say('rows')}"
        for one in self.rows.numbered:
            if one.heads:
                continue
            name = one.name[:60]
            if one.target:
                yield f"  {quoted(one.number)}: {one.target}  # {name}"
            else:
                likely = self.say("near", codes="; ".join(self._named(target) for target in one.near)) if one.near else ""
                yield f'  {quoted(one.number)}: "?"  # {name} · {likely or self.say("unknown_row")}'
        if heads := [quoted(one.number) for one in self.rows.numbered if one.heads]:
            yield f"headings: [{', '.join(heads)}]"
        if self.rows.ignored:
            yield f"ignored: [{', '.join(map(quoted, dict.fromkeys(self.rows.ignored)))}]"
        if self.rows.absent:
            yield f"# absent:  # {self.say('absent')}"
            for line in self.rows.absent:
                yield f"#   - {line.code}  # {name_of(line.component, self.lang)[:80]}"

    def _named(self, target: str) -> str:
        code, _, cell = target.partition(" ")
        line = self.laid[code]
        text = next((asked.text for asked in line.asks if asked.name == cell), name_of(line.component, self.lang))
        return f"{target} {text[:60]}"

    def _words(self) -> Iterator[str]:
        """What is left to say of words, as comments: nothing of it can be seen in a blank form."""
        yield f"# {self.say('words')}"
        for text in ("words:", "  yes: [x, Đạt, Có]", "  no: [Không đạt, Không]", "  not_applicable: [KAD]", "  levels:"):
            yield f"# {text}"
        for code, line in self.laid.items():
            if isinstance(line.rule, Levels):
                ours = ", ".join(f"{quoted('…')}: {quoted(level.vi)}" for level in line.rule.levels.values())
                yield f"#     {code}: {{{ours}}}"
        yield f'# decimal: ","  # {self.say("decimal")}'
        yield f"# dates: d/m/y  # {self.say('dates')}"
        yield f"# percents: []  # {self.say('percents')}"
