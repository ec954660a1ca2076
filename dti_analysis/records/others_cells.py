"""Answers of one unit in a form of others: each figure read by its rule, and points that are claimed held against it."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from dti_analysis.common.exact import Rational
from dti_analysis.common.text import Lang, listing
from dti_analysis.criteria.rules import Reported
from dti_analysis.criteria.voice import exact
from dti_analysis.records.mapping import UNMARKED, Mapping, compared
from dti_analysis.records.others_answers import agrees, read_answer, read_fraction, read_points
from dti_analysis.records.others_file import Held, address
from dti_analysis.records.others_paper import Paper
from dti_analysis.records.others_rows import Row
from dti_analysis.records.workbook_answers import Wrong, earned, refused
from dti_analysis.records.workbook_intake import Form
from dti_analysis.records.workbook_layout import Asked, Line, Stated

Texts = dict[str, str]


class _Told(Exception):
    """A row cannot be read, and its faults are noted."""


def read_unit(paper: Paper, unit: str, rows: list[Row]) -> Form:
    """The form of a unit, from its rows; faults go to the paper."""
    form = Form(paper.form.path, paper.form.digest, paper.form.lang, unit, sheet=paper.grid.sheet)
    form.by = " ".join(paper.cell(paper.mapping.by).text.split()) if paper.mapping.by else ""
    of_code: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of_code[row.code].append(row)
    cells = _Cells(paper)
    for line in paper.lines(unit):
        own = of_code[line.code]
        if line.applies and line.asks:
            form.answers[line.code] = cells.answers(line, own)
            form.evidence[line.code] = cells.texts(own, "evidence")
            form.explanation[line.code] = cells.texts(own, "explanation")
        elif unit:
            cells.refuse_all(line, own)
    return form


@dataclass
class _Cells:
    paper: Paper

    @property
    def mapping(self) -> Mapping:
        return self.paper.mapping

    @property
    def lang(self) -> Lang:
        return self.paper.form.lang

    def refuse_all(self, line: Line, rows: list[Row]) -> None:
        """Refuse figures of a criterion that is not for the unit's group."""
        for row in rows:
            for name in (*self.mapping.numbers, *self.mapping.ticks):
                held = self._at(row, name)
                if not self._empty(name, held):
                    found = self.paper.say("others.not_for_group", text=f"“{held.text}”", code=line.code)
                    self._wrong(row, name, found, self.paper.say("others.empty_wanted"))

    def answers(self, line: Line, rows: list[Row]) -> Texts:
        """What a unit answers to a criterion, by cell; empty where it answers nothing."""
        texts = dict.fromkeys((one.name for one in line.asks), "")
        where: dict[str, tuple[Row, str]] = {}
        sound = True
        for row in rows:
            wanted = self._wanted(line, row)
            for column, names in wanted.items():
                where |= dict.fromkeys(names, (row, column))
                try:
                    texts |= self._read(line, row, column, names)
                except _Told:
                    sound = False
                except Wrong as wrong:
                    self._wrong(row, column, wrong.found, wrong.expected)
                    sound = False
            self._refuse_unasked(line, row, set(wanted))
        if sound and not self._only_points(line, rows, texts):
            faults = refused(line, texts, self.lang)
            told: set[tuple[int, str, str]] = set()
            for name, why in faults.items():
                row, column = where.get(name, (rows[0], next(iter(where.values()))[1]))
                if (row.row, column, why.found) not in told:
                    self._wrong(row, column, why.found, why.expected)
                told.add((row.row, column, why.found))
            if not faults:
                self._hold_against(line, rows, texts)
        return texts

    def _wanted(self, line: Line, row: Row) -> dict[str, list[str]]:
        """The columns in which a row answers, and which numbers each holds."""
        ticked = {one.name: columns for one in line.asks if (columns := self._ticked(line, row, one))}
        if row.cell:
            if row.cell in ticked:
                return {ticked[row.cell][0]: [row.cell]}
            return {"value" if "value" in self.paper.columns else row.cell: [row.cell]}
        wanted: dict[str, list[str]] = {}
        for one in line.asks:
            column = ticked[one.name][0] if one.name in ticked else self.mapping.column_of(line, one.name)
            if column is not None and column in self.paper.columns:
                wanted.setdefault(column, []).append(one.name)
        return wanted

    def _ticked(self, line: Line, row: Row, asked: Asked) -> list[str]:
        """The columns in which a row answers by a tick; none where it answers in words instead, in the column of values."""
        columns = self.mapping.ticked(line, asked) if not row.cell or row.cell == asked.name else []
        marked = any(not self._empty(name, self._at(row, name)) for name in self.mapping.ticks) if columns else False
        in_words = "value" in self.paper.columns and not self._at(row, "value").blank
        return [] if in_words and not marked else columns

    def _empty(self, name: str, held: Held) -> bool:
        """Whether nothing stands in a cell; in a column of ticks an empty box is nothing."""
        return held.blank or (name in self.mapping.ticks and compared(held.text) in UNMARKED and not held.error)

    def _tick(self, line: Line, row: Row, columns: list[str]) -> Held | None:
        """The word that the one tick of a row stands for; nothing where there is none and that is no fault. Raises Wrong."""
        marked = [name for name in columns if not self._empty(name, self._at(row, name))]
        wanted = self.paper.say("others.one_tick", words=", ".join(self.mapping.ticks[name] for name in columns))
        for name in marked:
            held = self._at(row, name)
            if held.error or compared(held.text) not in map(compared, self.mapping.marks):
                text = held.error or held.text or held.formula
                self._wrong(row, name, self.paper.say("others.no_mark", text=" ".join(text.split())[:40]), wanted)
                raise _Told
        if len(marked) > 1:
            cells = ", ".join(address(row.row, self.paper.columns[name]) for name in marked)
            for name in marked:
                self._wrong(row, name, self.paper.say("others.ticks", count=len(marked), cells=cells), wanted)
            raise _Told
        if marked:
            return Held(self.mapping.ticks[marked[0]])
        if self.mapping.unticked == "refused":
            raise Wrong(self.paper.say("others.no_tick"), wanted)
        return None

    def _read(self, line: Line, row: Row, column: str, names: list[str]) -> Texts:
        if column in self.mapping.ticks:
            asked = next(one for one in line.asks if one.name == names[0])
            word = self._tick(line, row, self.mapping.ticked(line, asked))
            return {names[0]: read_answer(line, asked, word, self.mapping, self.lang) if word else ""}
        held = self._held(line, row, column)
        if "/" in column:
            return read_fraction(line, self.mapping.numbers[column], held, self.mapping, self.lang)
        asked = next(one for one in line.asks if one.name == names[0])
        return {names[0]: read_answer(line, asked, held, self.mapping, self.lang)}

    def _held(self, line: Line, row: Row, column: str) -> Held:
        """An answer; a cell merged with that of another criterion is refused."""
        place = row.row, self.paper.columns[column]
        first = self.paper.grid.first.get(place, place)
        if first == place or first[1] != place[1] or self.paper.grid.at(*first).blank:
            return self.paper.grid.at(*place)
        other = self.paper.form.codes.get(first[0], "")
        if other != line.code:
            raise Wrong(self.paper.say("others.merged", code=other or str(first[0])), self.paper.say("others.own_cell"))
        return self.paper.grid.at(*first)

    def _refuse_unasked(self, line: Line, row: Row, used: set[str]) -> None:
        """Refuse what stands in a column of numbers that the criterion does not ask for: it would be lost."""
        ticked = [
            name for one in line.asks if (columns := self.mapping.ticked(line, one)) and columns[0] in used for name in columns
        ]
        taken = {self.paper.columns[name] for name in (*used, *ticked)}
        for name in (*self.mapping.numbers, *self.mapping.ticks):
            column, held = self.paper.columns[name], self._at(row, name)
            if column not in taken and not self._empty(name, held):
                taken.add(column)
                found = self.paper.say("others.not_asked", text=f"“{held.text}”", column=name, code=line.code)
                self._wrong(row, name, found, self.paper.say("others.empty_wanted"))

    def _claimed(self, rows: list[Row]) -> tuple[Row, Rational, int] | None:
        """The row and the points that a unit claims, and at how many decimals, where the form has a column for them."""
        for row in rows if "points" in self.paper.columns else []:
            try:
                claimed = read_points(self._at(row, "points"), self.mapping, self.lang)
            except Wrong as wrong:
                self._wrong(row, "points", self.paper.say("others.points_no_number", text=wrong.found), wrong.expected)
                continue
            if claimed is not None:
                return row, *claimed
        return None

    def _only_points(self, line: Line, rows: list[Row], texts: Texts) -> bool:
        """Refuse points that are claimed without the figures that they follow from; whether they are."""
        if any(texts.values()) or isinstance(line.rule, Reported | Stated) or not (claimed := self._claimed(rows)):
            return False
        row, points, _ = claimed
        cells = listing([one.text for one in line.asks], self.lang)
        found = self.paper.say("others.only_points", points=exact(points, self.lang))
        self._wrong(row, "points", found, self.paper.say("others.figures", cells=cells))
        return True

    def _hold_against(self, line: Line, rows: list[Row], texts: Texts) -> None:
        """Refuse points that do not follow from the figures beside them."""
        if not any(texts.values()) or isinstance(line.rule, Reported | Stated):
            return
        computed, claimed = earned(line, texts), self._claimed(rows)
        if computed is None or claimed is None:
            return
        row, points, places = claimed
        if not agrees(points, places, computed):
            found = self.paper.say("others.points_differ", points=exact(points, self.lang), computed=exact(computed, self.lang))
            self._wrong(row, "points", found, self.paper.say("others.points_wanted"))

    def texts(self, rows: list[Row], name: str) -> str:
        """Evidence or explanation of a criterion, of all its rows, on one line."""
        column = self.paper.columns.get(name)
        texts: list[str] = []
        for row in rows if column else []:
            held = self.paper.grid.whole(row.row, column or 0)
            if not self.paper.unread(row.row, column or 0, held, self.paper.say("expects.word")):
                points = re.split(r"(?:^|\n)\s*[*•+-]\s+", held.text)  # a list in one cell
                texts.append("; ".join(filter(None, (" ".join(point.split()) for point in points))))
        return "; ".join(dict.fromkeys(filter(None, texts)))

    def _at(self, row: Row, name: str) -> Held:
        return self.paper.grid.at(row.row, self.paper.columns[name])

    def _wrong(self, row: Row, name: str, found: str, expected: str) -> None:
        self.paper.wrong(row.row, self.paper.columns[name], found, expected)
