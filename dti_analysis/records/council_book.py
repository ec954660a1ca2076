"""The workbook of an appraisal council: one sheet a unit, what it claims beside what the council decides.

What was decided before stands in it, so that reading it back unchanged records nothing. The same data make the same file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from dti_analysis.common.text import Lang, day, label
from dti_analysis.common.writing import beside
from dti_analysis.criteria.cells import NOT_APPLICABLE
from dti_analysis.criteria.rules import Levels
from dti_analysis.criteria.voice import said
from dti_analysis.criteria.words import name_of
from dti_analysis.records.council_layout import (
    ANSWER,
    CLAIM,
    FIRST,
    HEADER_ROW,
    LETTER,
    OVERVIEW,
    ROUNDS,
    SECOND,
    SHOWN,
    Desk,
    states,
    verdicts,
)
from dti_analysis.records.council_zero import nothing
from dti_analysis.records.decisions import Decision, cells_of, overtaken, standing, written
from dti_analysis.records.workbook_layout import HIDDEN_SHEET, Asked, Line, key_of
from dti_analysis.records.workbook_page import Formats
from dti_analysis.records.workbook_words import rule_words, wanted

_YELLOW, _GREY, _INK, _BLUE, _ORANGE = "#FFF9DB", "#F1F4F8", "#1F3A5F", "#DCE6F1", "#FBD9B5"
_WIDTHS = {
    "number": 5, "code": 7, "name": 22, "maximum": 7, "rule": 32, "asks": 24, "claimed": 13, "points": 9, "evidence": 22,
    "explanation": 18, "since": 24,
    "figure1": 13, "verdict1": 14, "state": 15, "reason1": 24, "answer": 26, "figure2": 13, "verdict2": 14,
    "reason2": 24,
}  # fmt: skip
_PARTS = {"claim": CLAIM, "first": FIRST, "answer": ANSWER, "second": SECOND}


def write_book(desk: Desk, path: Path, lang: Lang, points: Mapping[tuple[str, str], float], title: str, tag: str = "") -> int:
    """Write the workbook, whole or not at all; returns of how many units it has a sheet: of those that claim anything.

    `points`: what each claim earns, by unit and component. `title` names index and place; `tag` says that it is fictitious.
    """
    import xlsxwriter

    units = [unit for unit in desk.names if any(one == unit for one, _ in desk.claims)]
    with beside(path) as partial, xlsxwriter.Workbook(str(partial)) as book:
        book.set_properties(
            {"title": label("appraise.title", lang, year=desk.key.year), "created": datetime(desk.key.year, 1, 1)}
        )
        _Writer(book, desk, lang, points, f"{title} – {tag}" if tag else title, units).write()
    return len(units)


@dataclass
class _Writer:
    book: Any
    desk: Desk
    lang: Lang
    points: Mapping[tuple[str, str], float]
    title: str
    units: list[str]
    ends: dict[str, int] = field(default_factory=dict)

    def write(self) -> None:
        self.last = self._last_decisions()
        self.overtaken = overtaken(self.desk.decisions, self.desk.claimed)
        self.sheets = {unit: f"{place}. {self.desk.names[unit]}" for place, unit in enumerate(self.units, start=1)}
        self.sheets = {unit: re.sub(r"[\[\]:*?/\\']", " ", name)[:31].strip() for unit, name in self.sheets.items()}
        overview = self.book.add_worksheet(OVERVIEW[self.lang])
        for unit in self.units:
            self._unit(unit)
        self._overview(overview)
        hidden = self.book.add_worksheet(HIDDEN_SHEET)
        for row, (name, text) in enumerate(self.desk.meta(self.lang).items()):
            hidden.write_string(row, 0, name)
            hidden.write_string(row, 1, text)
        hidden.protect()
        hidden.very_hidden()

    def say(self, key: str, **values: Any) -> str:
        return label(f"appraise.{key}", self.lang, **values)

    @cached_property
    def style(self) -> Formats:
        return Formats(self.book)

    def _last_decisions(self) -> dict[tuple[str, str, str, bool], Decision]:
        """The last decision that holds on each answer in each round, and the unit's last answer."""
        return {(one.unit, one.indicator, one.round, one.verdict == "answered"): one for one in self.desk.in_force}

    def _overview(self, sheet: Any) -> None:
        head = self.style(bold=True, align="center", bg_color=_INK, font_color="white", border=1)
        cell, figure = self.style(border=1), self.style(border=1, align="center", num_format="#,##0.##")
        title = f"{self.say('title', year=self.desk.key.year)}\n{self.title}"
        sheet.merge_range("A1:H1", title, self.style(bold=True, align="center", font_size=13, font_color=_INK))
        sheet.set_row(0, 38)
        sheet.merge_range("A3:D3", self.say("by"), self.style(bold=True))
        sheet.merge_range("E3:H3", "", self.style(bg_color=_YELLOW, border=1, locked=False))
        sheet.merge_range("A5:H5", self.say("how"), self.style(italic=True, valign="top"))
        sheet.set_row(4, 96)
        headings = ["number", "unit", "claims", "claimed_total", "decided", "back", "left", "anew"]
        for place, name in enumerate(headings):
            sheet.write(HEADER_ROW - 1, place, self.say(name), head)
        sheet.set_row(HEADER_ROW - 1, 32)
        row = HEADER_ROW
        for place, (unit, name) in enumerate(self.desk.names.items(), start=1):
            row += 1
            sheet.write_number(f"A{row}", place, figure)
            if unit not in self.sheets:
                sheet.write(f"B{row}", name, cell)
                sheet.merge_range(f"C{row}:H{row}", self.say("no_form"), self.style(border=1, italic=True))
                continue
            sheet.write_url(f"B{row}", f"internal:'{self.sheets[unit]}'!A1", cell, name)
            self._counts(sheet, row, unit, figure)
            anew = sum(one == unit for one, _ in self.overtaken)
            look = self.style(border=1, align="center", bold=True, bg_color=_ORANGE) if anew else figure
            sheet.write_number(f"H{row}", anew, look)
        for letters, role in (("B", "secretary"), ("EFGH", "chair")):
            for down, text in ((2, self.say(f"signed_{role}")), (3, self.say("sign"))):
                look = self.style(align="center", bold=down == 2, italic=down == 3)
                if len(letters) > 1:
                    sheet.merge_range(f"{letters[0]}{row + down}:{letters[-1]}{row + down}", text, look)
                else:
                    sheet.write(f"{letters}{row + down}", text, look)
        for letter, width in zip("ABCDEFGH", (6, 36, 12, 12, 12, 12, 14, 15), strict=True):
            sheet.set_column(f"{letter}:{letter}", width)
        self._page(sheet, f"A1:H{row + 6}", landscape=False)
        sheet.activate()

    def _counts(self, sheet: Any, row: int, unit: str, look: Any) -> None:
        """How many answers there are, and, as formulas, how many are decided, sent back and open."""
        claims = [code for one, code in self.desk.claims if one == unit and any(self._cells(unit, code).values())]
        name = self.sheets[unit].replace("'", "''")
        answered, back = self.say("verdict.accepted"), self.say("verdict.sent_back")
        refused = self.say("verdict.rejected")
        first, second = (
            f"'{name}'!{LETTER[column]}{HEADER_ROW + 1}:{LETTER[column]}{self.ends[unit]}"
            for column in ("verdict1", "verdict2")
        )
        taken = f'COUNTIF({first},"{answered}")+COUNTIF({first},"{refused}")'
        again = f'COUNTIFS({first},"{back}",{second},"{answered}")+COUNTIFS({first},"{back}",{second},"{refused}")'
        done = [self.last.get((unit, code, "1", False)) for code in claims]
        decided = len({code for one, code in standing(self.desk.in_force) if one == unit})
        waits = sum(one is not None and one.verdict == "sent_back" for one in done)
        sheet.write_number(f"C{row}", len(claims), look)
        sheet.write_number(f"D{row}", round(self.points.get((unit, "total"), 0), 2), look)
        sheet.write_formula(f"E{row}", f"={taken}+{again}", look, decided)
        sheet.write_formula(f"F{row}", f'=COUNTIF({first},"{back}")-({again})', look, waits)
        sheet.write_formula(f"G{row}", f"=MAX(0,C{row}-E{row}-F{row})", look, max(0, len(claims) - decided - waits))

    def _cells(self, unit: str, code: str) -> dict[str, str]:
        row = self.desk.claims.get((unit, code), {})
        return {name: row.get(name, "") for name in ("value", *self.desk.framework.inputs)}

    def _unit(self, unit: str) -> None:
        sheet = self.book.add_worksheet(self.sheets[unit])
        last = LETTER[SHOWN[-1]]
        title = f"{self.say('title', year=self.desk.key.year)} – {self.desk.names[unit]}\n{self.title}"
        sheet.merge_range(f"A1:{last}1", title, self.style(bold=True, align="center", font_size=13, font_color=_INK))
        sheet.set_row(0, 38)
        head = self.style(bold=True, align="center", bg_color=_INK, font_color="white", border=1, border_color="#8FA3BC")
        for part, columns in _PARTS.items():
            row = HEADER_ROW - 1
            ends = f"{LETTER[columns[0]]}{row}:{LETTER[columns[-1]]}{row}"
            if len(columns) > 1:
                sheet.merge_range(ends, self.say(f"part.{part}"), head)
            else:
                sheet.write(f"{LETTER[columns[0]]}{row}", self.say(f"part.{part}"), head)
        for name in SHOWN:
            sheet.write(f"{LETTER[name]}{HEADER_ROW}", self.say(name), head)
        for row, height in enumerate((6, 6, 6, 6, 24, 34), start=1):
            sheet.set_row(row, height)
        lines = [line for line in self.desk.lines(unit, self.lang) if line.applies and line.parent]
        for line in lines:
            self._line(sheet, unit, line)
        self.ends[unit] = lines[-1].row + lines[-1].rows - 1
        for name, width in _WIDTHS.items():
            sheet.set_column(f"{LETTER[name]}:{LETTER[name]}", width)
        sheet.set_column(f"{LETTER['key']}:{LETTER['was']}", 4, None, {"hidden": True})
        sheet.freeze_panes(HEADER_ROW, 3)
        sheet.repeat_rows(HEADER_ROW - 2, HEADER_ROW - 1)
        self._page(sheet, f"A1:{last}{self.ends[unit]}", landscape=True)

    def _page(self, sheet: Any, area: str, landscape: bool) -> None:
        sheet.protect("", {"format_rows": True, "format_columns": True, "select_locked_cells": True})
        if landscape:
            sheet.set_landscape()
            sheet.set_paper(8)  # A3: nineteen columns are not read on A4
        else:
            sheet.set_paper(9)
        sheet.set_margins(left=0.35, right=0.35, top=0.45, bottom=0.55)
        sheet.fit_to_pages(1, 0)
        sheet.print_area(area)
        sheet.set_footer(f"&R&8{label('form.page', self.lang)}")
        sheet.hide_gridlines(2)

    def _line(self, sheet: Any, unit: str, line: Line) -> None:
        group = not line.asks
        look: dict[str, Any] = {"border": 1, "border_color": "#B8B8B8"} | ({"bold": True, "bg_color": _BLUE} if group else {})
        centre, small = look | {"align": "center"}, look | {"font_size": 10, "bold": False}
        claim, row = self.desk.claim(unit, line), self.desk.claims.get((unit, line.code), {})
        points = self.points.get((unit, line.code))
        texts: dict[str, tuple[Any, dict[str, Any]]] = {
            "number": (line.number, centre),
            "code": (line.code, centre | {"font_size": 10}),
            "name": (name_of(line.component, self.lang), look),
            "maximum": (float(line.maximum), centre),
            "rule": (rule_words(line, self.lang), small),
            "points": (None if points is None else round(points, 4), centre | {"num_format": "0.00##"}),
            "evidence": (row.get("evidence", ""), small),
            "explanation": (row.get("explanation", ""), small),
        }
        since = self._since(unit, line, claim, row.get("evidence", "")) if not group else ""
        texts["since"] = (since, small | ({"bg_color": _ORANGE} if since else {}))
        open_ = look | {"bg_color": _YELLOW, "locked": False} if not group else look
        recorded = self._recorded(unit, line, claim)
        for name in ("verdict1", "state", "reason1", "answer", "verdict2", "reason2"):
            texts[name] = (recorded.get(name, ""), open_ | {"font_size": 10.5})
        for name, (value, style) in texts.items():
            self._put(sheet, line, name, value, style)
        if group:
            for name in ("asks", "claimed", "figure1", "figure2"):
                self._put(sheet, line, name, "", look)
            self._heights(sheet, line, texts)
            return
        for place, asked in enumerate(line.asks):
            at = line.row + place
            given = claim[asked.name]
            sheet.write(f"{LETTER['asks']}{at}", wanted(line, asked, self.lang), self.style(**small))
            shown = given or (self.say("nothing") if not any(claim.values()) and not place else "")
            self._figure(sheet, f"{LETTER['claimed']}{at}", line, asked, shown, centre | {"bg_color": _GREY})
            for name in ("figure1", "figure2"):
                figures = recorded.get(name) or {}
                self._figure(
                    sheet, f"{LETTER[name]}{at}", line, asked, figures.get(asked.name, ""), open_ | {"align": "center"}
                )
                if menu := self._menu(line, asked):
                    sheet.data_validation(f"{LETTER[name]}{at}", {"validate": "list", "source": menu, "error_type": "warning"})
            hidden = self.style(font_color="white")
            sheet.write_string(f"{LETTER['key']}{at}", f"{unit}|{key_of(line.code, asked.name)}", hidden)
            if not place:
                sheet.write_string(f"{LETTER['was']}{at}", written(claim), hidden)
        for name, words in (
            ("verdict1", verdicts(self.lang, "1")),
            ("verdict2", verdicts(self.lang, "2")),
            ("state", states(self.lang)),
        ):
            sheet.data_validation(f"{LETTER[name]}{line.row}", {"validate": "list", "source": list(words)})
        self._heights(sheet, line, texts)

    def _since(self, unit: str, line: Line, claim: dict[str, str], evidence: str) -> str:
        """What the unit has changed since the council decided: the figure, which is decided anew, or the evidence alone."""
        if before := self.overtaken.get((unit, line.code)):
            seen, now, then = (self._words(line, cells) for cells in (cells_of(before.claimed), claim, cells_of(before.new)))
            verdict, on = self.say(f"verdict.{before.verdict}"), day(before.decided, self.lang)
            told = [self.say("since_told", was=seen, now=now, verdict=verdict, number=before.number, day=on)]
            told += [self.say("since_figures", figures=then)] if before.new and then != seen else []
            told += [self.say("since_reason", reason=before.reason.rstrip(". "))] if before.reason else []
            return " ".join([*told, self.say("since_second" if before.verdict == "sent_back" else "since_anew")])
        last = next((one for one in reversed(self.desk.in_force) if one.pair == (unit, line.code)), None)
        if last and last.evidence != evidence:
            return self.say("since_evidence", day=day(last.decided, self.lang), was=last.evidence or self.say("nothing"))
        return ""

    def _words(self, line: Line, cells: dict[str, str]) -> str:
        """Figures of an answer as one text; each under its name where there are several."""
        told = []
        for asked in line.asks:
            if text := cells.get(asked.name, ""):
                value = self._value(line, asked, text)
                shown = day(value.isoformat(), self.lang) if isinstance(value, date) else str(value)
                if isinstance(value, float):
                    shown = text.replace(".", ",") if self.lang == "vi" else text
                name = asked.name if wanted(line, asked, self.lang).startswith(f"{asked.name} = ") else asked.text
                told.append(f"{name} = {shown}" if len(line.asks) > 1 else shown)
        return ", ".join(told) or self.say("nothing")

    def _recorded(self, unit: str, line: Line, claim: dict[str, str]) -> dict[str, Any]:
        """What was decided of an answer before, as its cells show it."""
        found: dict[str, Any] = {}
        for round_, (figure, verdict, reason) in ROUNDS.items():
            if one := self.last.get((unit, line.code, round_, False)):
                found |= {verdict: self.say(f"verdict.{one.verdict}"), reason: one.reason}
                plain = claim if one.verdict == "accepted" else nothing(line, claim) or {}
                if one.verdict != "sent_back" and cells_of(one.new) != {name: text for name, text in plain.items() if text}:
                    found[figure] = cells_of(one.new)
                if one.evidence_state:
                    found["state"] = label(f"evidence.{one.evidence_state}", self.lang)
        if answer := self.last.get((unit, line.code, "1", True)):
            found["answer"] = answer.reason
        return found

    def _put(self, sheet: Any, line: Line, column: str, value: Any, look: dict[str, Any]) -> None:
        letter, style = LETTER[column], self.style(**look)
        if line.rows > 1:
            sheet.merge_range(f"{letter}{line.row}:{letter}{line.row + line.rows - 1}", "", style)
        self._write(sheet, f"{letter}{line.row}", value, style)

    def _write(self, sheet: Any, cell: str, value: Any, style: Any) -> None:
        if value is None or value == "":
            sheet.write_blank(cell, None, style)
        elif isinstance(value, str):
            sheet.write_string(cell, value, style)
        elif isinstance(value, date):
            sheet.write_datetime(cell, value, style)
        else:
            sheet.write_number(cell, value, style)

    def _figure(self, sheet: Any, cell: str, line: Line, asked: Asked, text: str, look: dict[str, Any]) -> None:
        """A cell of the assessment as a person reads and writes it."""
        form = {"count": "#,##0", "date": "dd/mm/yyyy"}.get(asked.cell.kind, "General")
        self._write(sheet, cell, self._value(line, asked, text), self.style(**look | {"num_format": form}))

    def _value(self, line: Line, asked: Asked, text: str) -> str | float | date:
        """A cell of the assessment as what it is: a number, a day, a word of the language."""
        kind = asked.cell.kind
        if text.lower() in NOT_APPLICABLE:
            return label("form.absent", self.lang)
        if kind in ("number", "count") and re.fullmatch(r"-?\d+([.,]\d+)?", text):
            return float(text.replace(",", "."))
        if kind == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
        if kind == "yes_no" and text.lower() in ("có", "không", "yes", "no"):
            return label("form.yes" if text.lower() in ("có", "yes") else "form.no", self.lang)
        if isinstance(line.rule, Levels) and (level := line.rule.known().get(text.lower())):
            return said(line.rule.levels[level], self.lang)
        return text

    def _menu(self, line: Line, asked: Asked) -> list[str]:
        """What an appraised figure is chosen from, where there are few."""
        if asked.cell.kind == "yes_no":
            return [label("form.yes", self.lang), label("form.no", self.lang), label("form.absent", self.lang)]
        if isinstance(line.rule, Levels):
            names = [said(level, self.lang) for level in line.rule.levels.values()]
            return names if len(",".join(names)) < 250 and not any("," in name for name in names) else []
        return []

    def _heights(self, sheet: Any, line: Line, texts: dict[str, tuple[Any, dict[str, Any]]]) -> None:
        """Rows as tall as the longest text beside them: a spreadsheet does not do so for merged cells."""
        longest = max(
            sum(-(-max(1, len(part)) // int(_WIDTHS[name] * 1.15)) for part in str(value).split("\n"))
            for name, (value, _) in texts.items()
            if isinstance(value, str)
        )
        own = [-(-len(wanted(line, asked, self.lang)) // int(_WIDTHS["asks"] * 1.15)) or 1 for asked in line.asks] or [1]
        more = max(0, longest - sum(own))
        for place, needs in enumerate(own):
            sheet.set_row(line.row + place - 1, round(14.5 * (needs + more / len(own)) + 4, 1))
