"""The form of a unit as a workbook: what the criteria set asks for, its rules in words, and a self-score that follows at once.

Only the answer cells are unlocked. What a form is for (set, its SHA-256, unit, year) stands on a hidden sheet, with the sums
(dti_analysis.records.workbook_sums) and the lists of its drop-downs. The same inputs make the same file, byte for byte.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from math import lcm
from pathlib import Path
from typing import Any

from dti_analysis.common.text import Lang, day, label
from dti_analysis.common.writing import beside
from dti_analysis.criteria.cells import NOT_APPLICABLE
from dti_analysis.criteria.framework import TOTAL, Framework
from dti_analysis.criteria.rules import Gate, Levels, NotScored, RollUp
from dti_analysis.criteria.voice import exact, said
from dti_analysis.criteria.words import name_of
from dti_analysis.records.last_year import Past
from dti_analysis.records.workbook_layout import (
    COLUMNS,
    FIRST_SUM,
    FORM_SHEET,
    HEADER_ROW,
    HIDDEN_SHEET,
    LETTER,
    META,
    PROOF,
    TOTAL_SCORE,
    VERSION,
    Asked,
    Line,
    key_of,
    lines,
)
from dti_analysis.records.workbook_page import WIDTHS, Formats, page_breaks, row_heights
from dti_analysis.records.workbook_rules import Levelled
from dti_analysis.records.workbook_sums import AT, SUMS, Sums
from dti_analysis.records.workbook_words import bounds, capital, expected, plain, rule_words, wanted

_YELLOW, _GREY, _DARK, _INK = "#FFF9DB", "#F1F4F8", "#DCE6F1", "#1F3A5F"
_LIST = "N"
"""The column of the hidden sheet where lists begin; the numerators of shares stand in the next."""


@dataclass(frozen=True)
class Heading:
    """What a form is for. `unit` is empty where the unit writes its own name; `tag` says that a place is fictitious."""

    framework: Framework
    digest: str
    year: int
    level: str
    lang: Lang
    index_name: str
    unit: str = ""
    unit_name: str = ""
    group: str = ""
    deadline: date | None = None
    tag: str = ""

    def meta(self) -> dict[str, str]:
        """What the hidden sheet says of the form."""
        framework, due = self.framework, self.deadline.isoformat() if self.deadline else ""
        texts = [
            VERSION, framework.id, self.digest, framework.place, framework.index, str(self.year), self.level, self.unit,
            self.group, self.lang, due,
        ]  # fmt: skip
        return dict(zip(META, texts, strict=True))


def write_form(heading: Heading, path: Path, past: dict[str, Past] | None = None) -> None:
    """Write the form, whole or not at all. `past` has last year's answers by code of a component."""
    import xlsxwriter

    with beside(path) as partial, xlsxwriter.Workbook(str(partial)) as book:
        book.set_properties({"title": _title(heading), "created": datetime(heading.year, 1, 1)})
        for name, text in heading.meta().items():
            book.set_custom_property(f"dti {name}", text)
        _Writer(book, heading, past or {}).write()


def _title(heading: Heading) -> str:
    return label("form.title", heading.lang, year=heading.year)


@dataclass
class _Writer:
    book: Any
    heading: Heading
    past: dict[str, Past]
    levels: dict[str, Levelled] = field(default_factory=dict)
    menus: dict[str, str] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)

    def write(self) -> None:
        heading = self.heading
        self.lang = heading.lang
        self.lines = lines(heading.framework, heading.group, heading.lang)
        self.sheet = self.book.add_worksheet(FORM_SHEET[self.lang])
        self.hidden = self.book.add_worksheet(HIDDEN_SHEET)
        self._lists()
        answers = {
            line.code: {one.name: f"'{FORM_SHEET[self.lang]}'!$G${line.at(one.name)}" for one in line.asks}
            for line in self.lines
        }
        self.sums = Sums(heading.framework, self.lines, FIRST_SUM, answers, self.levels)
        self._hidden()
        self._head()
        for line in self.lines:
            if line.applies:
                self._line(line)
        self._foot()
        self._page()

    @cached_property
    def style(self) -> Formats:
        """The cell formats of the form."""
        return Formats(self.book)

    def say(self, key: str, **values: Any) -> str:
        return label(f"form.{key}", self.lang, **values)

    def _lists(self) -> None:
        """The drop-downs: the names of levels in the form's language; after them, for what is pasted, all other ways."""
        row = 1
        absent = self.say("absent")
        self.menus["yes_no"] = self._list(row, [(word, "") for word in (self.say("yes"), self.say("no"), absent)])
        row += 3
        for line in self.lines:
            rule = line.rule
            if not isinstance(rule, Levels) or not line.applies:
                continue
            below = lcm(*(int(level.share.denominator) for level in rule.levels.values()))
            names = {said(level, self.lang): level.share for level in rule.levels.values()}
            others = {way: rule.levels[name].share for way, name in rule.known().items()}
            known = {name.lower() for name in names}
            ways = [*names.items(), (absent, None), *((way, share) for way, share in others.items() if way not in known)]
            entries = [(way, "" if share is None else int(share * below)) for way, share in ways]
            self.menus[line.code] = self._list(row, entries[: len(names) + 1], entries)
            end = row + len(entries) - 1
            self.levels[line.code] = Levelled(f"${_LIST}${row}:${_LIST}${end}", f"$O${row}:$O${end}", below)
            row = end + 1

    def _list(self, row: int, shown: list[tuple[str, Any]], entries: list[tuple[str, Any]] | None = None) -> str:
        for place, (word, number) in enumerate(entries or shown):
            self.hidden.write_string(f"{_LIST}{row + place}", word)
            if number != "":
                self.hidden.write_number(f"O{row + place}", number)
        return f"='{HIDDEN_SHEET}'!${_LIST}${row}:${_LIST}${row + len(shown) - 1}"

    def _hidden(self) -> None:
        """What the form is for, and the sums."""
        for row, (name, text) in enumerate(self.heading.meta().items()):
            self.hidden.write_string(row, 0, name)
            self.hidden.write_string(row, 1, text)
        for place, name in enumerate(SUMS):
            self.hidden.write_string(FIRST_SUM - 2, place, name)
        for line in self.lines:
            row = self.sums.row[line.code]
            self.hidden.write_string(f"A{row}", line.code)
            for name, formula in self.sums.formulas(line).items():
                if isinstance(formula, int):
                    self.hidden.write_number(f"{AT[name]}{row}", formula)
                elif formula.startswith("="):
                    self.hidden.write_formula(f"{AT[name]}{row}", formula, None, "missing" if name == "state" else 0)
                elif formula:
                    self.hidden.write_string(f"{AT[name]}{row}", formula)
        self.hidden.protect()
        self.hidden.very_hidden()

    def _from_sums(self, code: str, name: str) -> str:
        return f"'{HIDDEN_SHEET}'!{self.sums.cell(code, name)}"

    def _head(self) -> None:
        heading, last = self.heading, self._last
        title = f"{_title(heading)} – {heading.tag}" if heading.tag else _title(heading)
        act = heading.framework.reference
        words = self.say("act", title=act.title.removesuffix("."), number=act.number)
        plain, bold = self.style(), self.style(bold=True)
        fill = self.style(bg_color=_YELLOW, border=1, border_color="#B8B8B8", locked=False)
        self._across(f"A1:{last}1", f"{title}\n{heading.index_name}", self.style(bold=True, align="center", font_color=_INK))
        self._across(f"A2:{last}2", words, self.style(italic=True, align="center"))
        self._across("A3:C3", self.say("unit"), plain)
        self._across("D3:E3", heading.unit_name, self.style(bold=True, font_size=12) if heading.unit_name else fill)
        self.sheet.write("F3", self.say("year"), plain)
        self.sheet.write_number("G3", heading.year, self.style(bold=True, align="left"))
        self._across("I3:J3", self.say("deadline"), plain)
        self._across("K3:L3", day(heading.deadline.isoformat(), self.lang) if heading.deadline else "……/……/………", bold)
        self._across("A4:C4", self.say("by"), plain)
        self._across("D4:E4", "", fill)
        self.sheet.write("F4", self.say("contact"), plain)
        self._across("G4:J4", "", fill)
        self._progress()
        self._across(f"A6:{last}6", self.say("how"), self.style(italic=True, font_color="#444444"))
        for row, height in enumerate((32, 17, 18, 18, 18, 31)):
            self._height(row + 1, height)
        self._header()

    def _across(self, cells: str, text: str, style: Any) -> None:
        self.sheet.merge_range(cells, text, style)

    def _height(self, row: int, height: float) -> None:
        self.heights[row] = height
        self.sheet.set_row(row - 1, height)

    def _progress(self) -> None:
        """The self-score of the whole, and how far the form is filled in."""
        states = f"'{HIDDEN_SHEET}'!{self.sums.states}"
        counted = {state: f'COUNTIF({states},"{state}")' for state in ("ok", "n/a", "check")}
        leaves = [line for line in self.lines if line.rule is not None and line.applies]
        others = [line for line in leaves if line.rule and (line.rule.cohort or isinstance(line.rule, RollUp))]
        asked = sum(bool(line.asks) for line in leaves)
        given = [f'IF({self._from_sums(line.code, "state")}="others",1,0)' for line in others if line.asks]
        done = f"({'+'.join([*counted.values(), *given])})"
        earned, most = (self._from_sums(TOTAL, name) for name in ("earned", "attainable"))
        number = self.style(bold=True, font_size=13, num_format="#,##0.00", align="left", font_color=_INK)
        of, shown = (
            self.say("of_maximum", maximum=f"ROUND({most},2)"),
            self.say("of_maximum_blank", maximum=exact(self.lines[-1].maximum, self.lang)),
        )
        progress = self.say("progress", done=done, all=asked, bad=counted["check"], others=len(others))
        self._across("A5:C5", self.say("total"), self.style())
        self._across("D5:E5", "", number)
        self.sheet.write_formula(TOTAL_SCORE, f"={earned}", number, 0)
        self.sheet.write_formula("F5", of, self.style(), shown)
        self._across(f"G5:{self._last}5", "", self.style())
        self.sheet.write_formula("G5", progress, self.style(), self.say("progress_blank", all=asked))

    def _header(self) -> None:
        head = self.style(bold=True, align="center", bg_color=_INK, font_color="white", border=1, border_color="#8FA3BC")
        keys = {"title": "proof_title"}
        year = self.heading.year - 1
        for place, name in enumerate(self.columns):
            words = self.say(keys.get(name, name), year=year)
            self.sheet.write(HEADER_ROW - 1, place, words, head)
        self.sheet.write(HEADER_ROW - 1, len(COLUMNS), "key", self.style(font_color="white"))
        self._height(HEADER_ROW, 46)

    @property
    def columns(self) -> list[str]:
        """The columns that the form shows: those of last year only where there is one."""
        return COLUMNS if self.past else COLUMNS[:-2]

    @property
    def _last(self) -> str:
        return LETTER[self.columns[-1]]

    def _line(self, line: Line) -> None:
        """A component: its own row, or one for each number that it asks for, the rest merged beside them."""
        total = line.parent == ""
        background = {} if line.rule is not None and not total else {"bg_color": _DARK if self._major(line) else _GREY}
        look: dict[str, Any] = {"border": 1, "border_color": "#B8B8B8"} | background
        if background:
            look["bold"] = True
        component, past = line.component, self.past.get(line.code)
        name = self.say("grand_total") if total else name_of(component, self.lang)
        self._put(line, "number", line.number, look | {"align": "center"})
        self._put(line, "code", "" if total else line.code, look | {"align": "center", "font_size": 10})
        self._put(line, "name", name, look)
        self._put(line, "maximum", float(line.maximum), look | {"align": "center", "num_format": "General"})
        self._put(line, "rule", "" if total else rule_words(line, self.lang), look | {"bold": False, "font_size": 10.5})
        self._score(line, look)
        unlocked = look | {"bg_color": _YELLOW, "locked": False}
        for name in (*PROOF, "explanation"):
            look_here = unlocked | ({"num_format": "dd/mm/yyyy", "align": "center"} if name == "dated" else {})
            self._put(line, name, None, look_here if line.asks else look)
        if self.past:
            small = look | {"font_size": 10, "font_color": "#555555", "bold": False}
            self._put(line, "last_answer", past.answer if past else "", small)
            self._put(line, "last_remark", past.remark if past else "", small)
        for place, asked in enumerate(line.asks):
            self._ask(line, asked, line.row + place, look)
        if not line.asks:
            below = self.say("from_below") if isinstance(line.rule, RollUp) else ""
            self._put(line, "asks", below, look)
            self._put(line, "answer", None, look)
            self.sheet.write(line.row - 1, len(COLUMNS), key_of(line.code), self.style(font_color="white"))
        self._heights(line, past)

    def _major(self, line: Line) -> bool:
        return line.parent in ("", "total") or bool(line.component.pillars)

    def _put(self, line: Line, column: str, value: Any, look: dict[str, Any]) -> None:
        letter, last = LETTER[column], line.row + line.rows - 1
        style = self.style(**look)
        if line.rows > 1:
            self.sheet.merge_range(f"{letter}{line.row}:{letter}{last}", value if value is not None else "", style)
        elif value is None or value == "":
            self.sheet.write_blank(f"{letter}{line.row}", None, style)
        else:
            self.sheet.write(f"{letter}{line.row}", value, style)

    def _score(self, line: Line, look: dict[str, Any]) -> None:
        """The points of a component, or, in words, why there are none."""
        earned, state = self._from_sums(line.code, "earned"), self._from_sums(line.code, "state")
        look = look | {"align": "center", "num_format": "0.00##", "bold": True}
        self._put(line, "score", None, look)
        cell = f"{LETTER['score']}{line.row}"
        if line.rule is None:
            self.sheet.write_formula(cell, f"={earned}", self.style(**look), 0)
            return
        if isinstance(line.rule, Gate):
            shut = self._from_sums(line.code, "shut")
            earned = f'IF({shut}=1,"{self.say("not_met")}","{self.say("met")}")'
        elif isinstance(line.rule, NotScored):
            earned = f'"{self.say("not_scored")}"'
        words = {"check": "check", "n/a": "absent", "others": "others"}
        otherwise = '""'
        for known, key in words.items():
            otherwise = f'IF({state}="{known}","{self.say(key)}",{otherwise})'
        look = look | {"font_size": 10.5}
        value = self.say("others") if isinstance(line.rule, RollUp) else ""
        self.sheet.write_formula(cell, f'=IF({state}="ok",{earned},{otherwise})', self.style(**look), value)

    def _ask(self, line: Line, asked: Asked, row: int, look: dict[str, Any]) -> None:
        kind = asked.cell.kind
        self.sheet.write(f"{LETTER['asks']}{row}", wanted(line, asked, self.lang), self.style(**look | {"bold": False}))
        numbers = {"count": "#,##0", "date": "dd/mm/yyyy", "number": "General"}
        style = look | {"bg_color": _YELLOW, "locked": False, "align": "center", "bold": False}
        self.sheet.write_blank(f"G{row}", None, self.style(**style | {"num_format": numbers.get(kind, "General")}))
        self.sheet.write(row - 1, len(COLUMNS), key_of(line.code, asked.name), self.style(font_color="white"))
        self.sheet.data_validation(f"G{row}", self._validation(line, asked, f"G{row}"))

    def _validation(self, line: Line, asked: Asked, cell: str) -> dict[str, Any]:
        kind = asked.cell.kind
        what = expected(line, asked, self.lang)
        common = {
            "input_title": line.code[:32],
            "input_message": capital(label("expects.or_absent", self.lang, what=what))[:255],
            "error_title": self.say("wrong"),
            "error_message": capital(what)[:255],
        }
        if kind == "yes_no":
            return common | {"validate": "list", "source": self.menus["yes_no"]}
        if kind == "word":
            listed = self.menus.get(line.code)
            return common | ({"validate": "list", "source": listed} if listed else {"validate": "any"})
        low, high = bounds(line, asked)
        tests = [f"{cell}>={plain(low)}"] * (low is not None) + [f"{cell}<={plain(high)}"] * (high is not None)
        if kind in ("count", "date"):
            tests.append(f"{cell}=INT({cell})")
        number = f"AND({','.join(tests)})" if tests else "TRUE"
        words = ",".join(f'TRIM({cell})="{word}"' for word in NOT_APPLICABLE)
        return common | {"validate": "custom", "value": f"=IF(ISNUMBER({cell}),{number},OR({words}))"}

    def _heights(self, line: Line, past: Past | None) -> None:
        """Rows as tall as the longest text beside them; a spreadsheet does not do so for merged cells."""
        asks = [wanted(line, asked, self.lang) for asked in line.asks]
        beside = {"name": name_of(line.component, self.lang), "rule": rule_words(line, self.lang) if line.parent else ""}
        if past:
            beside |= {"last_answer": past.answer, "last_remark": past.remark}
        for place, height in enumerate(row_heights(asks, beside)):
            self._height(line.row + place, height)

    def _foot(self) -> None:
        end = self.lines[-1].row + 2
        centre, small = self.style(align="center", bold=True), self.style(align="center", italic=True)
        right = ("I", "M")
        for first, last, role, sign in (("C", "E", "signed_by", "sign"), (*right, "signed_head", "seal")):
            self.sheet.merge_range(f"{first}{end}:{last}{end}", self.say(role), centre)
            self.sheet.merge_range(f"{first}{end + 1}:{last}{end + 1}", self.say(sign), small)
        words = self.say("made_for", framework=self.heading.framework.id, digest=self.heading.digest)
        note = self.style(font_size=8, font_color="#777777", text_wrap=False)
        self.sheet.write(f"A{end + 6}", words, note)
        self.end = end + 6

    def _page(self) -> None:
        sheet = self.sheet
        for name, width in WIDTHS.items():
            if name in self.columns:
                sheet.set_column(f"{LETTER[name]}:{LETTER[name]}", width)
        sheet.set_column(f"{LETTER['key']}:{LETTER['key']}", 4, None, {"hidden": True})
        sheet.protect("", {"format_rows": True, "format_columns": True, "select_locked_cells": True})
        sheet.freeze_panes(HEADER_ROW, 3)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.35, right=0.35, top=0.45, bottom=0.55)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_h_pagebreaks(page_breaks(self.lines, self.heights, self.columns))
        sheet.repeat_rows(HEADER_ROW - 1)
        sheet.print_area(f"A1:{self._last}{self.end}")
        sheet.set_footer(f"&L&8{self.heading.unit_name.replace('&', '&&')}&R&8{self.say('page')}")
        sheet.hide_gridlines(2)
        sheet.set_first_sheet()
        sheet.activate()
