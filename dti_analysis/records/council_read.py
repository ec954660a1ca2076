"""The workbook of an appraisal council, read back: what is newly decided, and every fault with its cell. Nothing is guessed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from dti_analysis.common.digest import sha256
from dti_analysis.common.text import LANGS, Lang, day, label
from dti_analysis.records.council_layout import BY, LETTER, META, OVERVIEW, ROUNDS, Desk, states, verdicts
from dti_analysis.records.council_zero import nothing
from dti_analysis.records.decisions import Cells, Decision, written
from dti_analysis.records.workbook_answers import Wrong, answer, clean, refused
from dti_analysis.records.workbook_file import SheetRead, Unreadable, read_sheets
from dti_analysis.records.workbook_intake import CellFault, Form
from dti_analysis.records.workbook_layout import HIDDEN_SHEET, Line, key_of


@dataclass
class Minutes:
    """What a workbook says: the new decisions, in its order, and what is wrong with it (as a form, to be given back)."""

    form: Form
    new: list[Decision] = field(default_factory=list)


def read_book(path: Path, desk: Desk, lang: Lang, today: date) -> Minutes:
    """Read a workbook; faults are in a language. Never raises for what is in the file."""
    form = Form(path, sha256(path), lang)
    minutes = Minutes(form)
    try:
        sheets = read_sheets(path, lang)
    except Unreadable as error:
        form.readable = False
        form.wrong("", error.found, label("appraise.wanted", lang))
        return minutes
    meta = _meta(sheets)
    due = desk.meta(lang)
    if not meta:
        form.wrong("", label("appraise.no_meta", lang), label("appraise.wanted", lang))
        return minutes
    about = [name for name in META[:7] if meta[name] != due[name]]
    if about:
        found, wanted = (", ".join(held[name] for name in about) for held in (meta, due))
        form.wrong("", label("appraise.meta", lang, found=found), label("appraise.meta_due", lang, due=wanted))
        return minutes
    overview = next((sheets[name] for name in OVERVIEW.values() if name in sheets), SheetRead())
    form.by = clean(overview.cells[BY].value) if BY in overview.cells else ""
    reader = _Reader(minutes, desk, lang, today, meta, sheets)
    reader.read()
    if minutes.new and not form.by:
        form.sheet = next((name for name in OVERVIEW.values() if name in sheets), "")
        form.wrong(BY, label("appraise.no_by", lang), label("appraise.name_needed", lang))
    return minutes


def _meta(sheets: dict[str, SheetRead]) -> dict[str, str]:
    hidden = sheets.get(HIDDEN_SHEET)
    if hidden is None:
        return {}
    texts = {f"{letter}{row}": "" for letter in "AB" for row in range(1, len(META) + 1)}
    texts |= {cell: clean(hidden.cells[cell].value) for cell in texts if cell in hidden.cells}
    if any(texts[f"A{row}"] != name for row, name in enumerate(META, start=1)):
        return {}
    return {name: texts[f"B{row}"] for row, name in enumerate(META, start=1)}


@dataclass
class _Reader:
    minutes: Minutes
    desk: Desk
    lang: Lang
    today: date
    meta: dict[str, str]
    sheets: dict[str, SheetRead]

    def read(self) -> None:
        self.last, self.ever = _by_round(self.desk.in_force), _by_round(self.desk.decisions)
        self.newest = {one.pair: one for one in self.desk.decisions}
        told = self.meta["decisions"]
        self.known = int(told) if told.isdecimal() else 0  # how many decisions the workbook was written with
        at: dict[str, tuple[str, int]] = {}
        for name, sheet in self.sheets.items():
            for cell, held in sheet.cells.items():
                if cell.startswith(LETTER["key"]) and str(held.value).count("|") == 2:
                    at[clean(held.value)] = (name, held.row)
        written_in = {key.partition("|")[0] for key in at}
        for unit in self.desk.names:
            if not any(one == unit for one, _ in self.desk.claims):
                continue
            if unit not in written_in:
                self._wrong("", "", self._say("no_sheet", unit=self.desk.names[unit]), self._say("all_rows"))
                continue
            for line in self.desk.lines(unit, self.lang):
                if line.applies and line.asks:
                    self._line(unit, line, at)

    def _say(self, key: str, **values: Any) -> str:
        return label(f"appraise.{key}", self.lang, **values)

    def _wrong(self, sheet: str, cell: str, found: str, wanted: str) -> None:
        self.minutes.form.faults.append(CellFault(sheet, cell, found, wanted))

    def _line(self, unit: str, line: Line, at: dict[str, tuple[str, int]]) -> None:
        places = {one.name: at.get(f"{unit}|{key_of(line.code, one.name)}") for one in line.asks}
        if any(place is None for place in places.values()):
            self._wrong("", "", self._say("no_row", code=f"{self.desk.names[unit]}, {line.code}"), self._say("all_rows"))
            return
        rows = {name: place for name, place in places.items() if place is not None}
        _Row(self, unit, line, rows).read()


def _by_round(decisions: list[Decision]) -> dict[tuple[str, str, str, bool], Decision]:
    """The last decision on each answer in each round, and the unit's last answer."""
    return {(one.unit, one.indicator, one.round, one.verdict == "answered"): one for one in decisions}


@dataclass
class _Row:
    """One answer of a unit, with what the council says of it."""

    reader: _Reader
    unit: str
    line: Line
    places: dict[str, tuple[str, int]]

    def __post_init__(self) -> None:
        self.name, self.row = self.places[self.line.asks[0].name]
        self.sheet, self.lang = self.reader.sheets[self.name], self.reader.lang
        self.claim = self.reader.desk.claim(self.unit, self.line)
        was = self.sheet.cells.get(f"{LETTER['was']}{self.row}")
        self.seen = clean(was.value) if was else ""  # claimed when the workbook was written
        self.sound = True

    def read(self) -> None:
        first = self._decision("1")
        answer_ = self._text("answer")
        second = self._decision("2")
        if not self.sound:
            return
        if (answer_ or second) and not first:
            cell = LETTER["answer"] if answer_ else LETTER["verdict2"]
            self._wrong(f"{cell}{self.row}", self._say("too_early"), self._say("first_before"))
            return
        said = [first, self._made("1", "answered", None, "", answer_) if answer_ else None, second]
        fresh = [one for one in said if one and self._is_new(one, bool(second))]
        if fresh and self._may(fresh):
            counted = self.reader.newest.get((self.unit, self.line.code))
            old = (counted.new if counted else "") or written(self.claim)
            for one in fresh:
                new = old if one.verdict == "answered" else one.new
                self.reader.minutes.new.append(replace(one, old=old, new=new))
                old = new or old

    def _before(self, one: Decision) -> Decision | None:
        """The decision that it repeats or changes; in a workbook older than the claim any that it was written with."""
        known = self.reader.last if self.seen == written(self.claim) else self.reader.ever
        return known.get((one.unit, one.indicator, one.round, one.verdict == "answered"))

    def _is_new(self, one: Decision, again: bool) -> bool:
        """Whether a decision is not the one recorded; the state of the evidence is that of the second where there is one."""
        before = self._before(one)
        if before is None:
            return True
        told = ["reason"] if one.verdict == "answered" else ["verdict", "new", "reason"]
        if one.verdict != "answered" and (one.round == "2" or not again):
            told.append("evidence_state")
        return any(getattr(before, name) != getattr(one, name) for name in told)

    def _may(self, fresh: list[Decision]) -> bool:
        """Whether they can be recorded: neither the claim nor a decision is newer than the workbook, and a change has its
        reason."""
        verdict = f"{LETTER['verdict1']}{self.row}"
        if self.seen != written(self.claim):
            found = self._say("newer_claim", claim=written(self.claim) or self._say("nothing"))
            self._wrong(f"{LETTER['claimed']}{self.row}", found, self._say("write_again"))
            return False
        since = self.reader.newest.get((self.unit, self.line.code))
        adds = self.reader.meta["book"] == (since.book if since else "") and all(self._before(one) is None for one in fresh)
        if since and int(since.number) > self.reader.known and not adds:
            named = {"number": since.number, "day": day(since.decided, self.lang), "by": since.by}
            self._wrong(verdict, self._say("newer_decision", **named), self._say("write_again"))
            return False
        if fresh[0].round == "1" and (self.unit, self.line.code, "2", False) in self.reader.last:
            self._wrong(verdict, self._say("first_closed"), self._say("second_instead"))
            return False
        for one in fresh:
            before = self._before(one)
            if before and not one.reason and (before.verdict, before.new) != (one.verdict, one.new):
                cell = f"{LETTER[ROUNDS[one.round][2]]}{self.row}"
                self._wrong(cell, self._say("empty"), self._say("reason_again"))
                return False
        return True

    def _decision(self, round_: str) -> Decision | None:
        """What was decided in a round; None where nothing was, or it is faulty (`sound` is then False)."""
        figure, verdict_column, reason_column = ROUNDS[round_]
        cell = f"{LETTER[verdict_column]}{self.row}"
        texts, reason = self._figures(figure), self._text(reason_column)
        known = {word.lower(): verdict for lang in LANGS for word, verdict in verdicts(lang, round_).items()}
        word, given = self._text(verdict_column), any(texts.values())
        names = ", ".join(verdicts(self.lang, round_))
        if not self.sound:
            return None
        if not word:
            if given:
                return self._refuse(cell, self._say("empty"), self._say("verdict_needed", verdicts=names))
            return None
        verdict = known.get(word.lower())
        if verdict is None:
            return self._refuse(cell, f"“{word}”", self._say("verdict_needed", verdicts=names))
        state = self._state()
        return self._judged(round_, verdict, word, texts if given else None, state, reason) if self.sound else None

    def _judged(self, round_: str, verdict: str, word: str, figures: Cells | None, state: str, reason: str) -> Decision | None:
        figure, verdict_column, reason_column = ROUNDS[round_]
        at = {name: f"{LETTER[name]}{self.row}" for name in (figure, verdict_column, reason_column)}
        claimed = any(self.claim.values())
        new = figures or self.claim
        if verdict == "sent_back" and figures:
            return self._refuse(at[figure], self._say("figures_back"), self._say("no_figures"))
        if not figures and not claimed:
            return self._refuse(at[verdict_column], self._say("nothing_claimed", verdict=word), self._say("figures_needed"))
        if verdict == "rejected" and not figures:
            zero = nothing(self.line, self.claim)
            if zero is None:
                return self._refuse(at[figure], self._say("no_zero", verdict=word), self._say("say_figures"))
            new = zero
        if not reason and (verdict != "accepted" or written(new) != written(self.claim)):
            return self._refuse(at[reason_column], self._say("empty"), self._say("reason_needed"))
        if not reason and round_ == "2":
            return self._refuse(at[reason_column], self._say("empty"), self._say("reason_again"))
        return self._made(round_, verdict, None if verdict == "sent_back" else new, state, reason)

    def _made(self, round_: str, verdict: str, new: Cells | None, state: str, reason: str) -> Decision:
        form, by = self.reader.minutes.form, self.unit
        return Decision(
            number="", decided=self.reader.today.isoformat(), by=by if verdict == "answered" else form.by, round=round_,
            unit=self.unit, indicator=self.line.code, verdict=verdict, claimed=written(self.claim), old="",
            new=written(new or {}), evidence_state=state,
            evidence=self._evidence(), reason=reason, book=self.reader.meta["book"],
        )  # fmt: skip

    def _figures(self, column: str) -> Cells:
        """The appraised figures; of an answer of several, those that were left empty are as claimed."""
        texts: Cells = {}
        for one in self.line.asks:
            cell = f"{LETTER[column]}{self.places[one.name][1]}"
            if merged := self.sheet.merged_over(cell):
                self._refuse(cell, label("intake.merged", self.lang, cells=merged), label("intake.own_row", self.lang))
                texts[one.name] = ""
                continue
            try:
                texts[one.name] = answer(self.line, one, self.sheet.cells.get(cell), self.sheet.errors.get(cell, ""), self.lang)
            except Wrong as wrong:
                self._refuse(cell, wrong.found, wrong.expected)
                texts[one.name] = ""
        if not any(texts.values()) or not self.sound:
            return texts
        if "n/a" in texts.values():
            return dict.fromkeys(texts, "n/a")
        whole = {name: text or ("" if self.claim[name] == "n/a" else self.claim[name]) for name, text in texts.items()}
        for name, why in refused(self.line, whole, self.lang).items():
            self._refuse(f"{LETTER[column]}{self.places[name][1]}", why.found, why.expected)
        return whole

    def _evidence(self) -> str:
        return self.reader.desk.claims.get((self.unit, self.line.code), {}).get("evidence", "")

    def _state(self) -> str:
        word, known = self._text("state"), {word.lower(): state for lang in LANGS for word, state in states(lang).items()}
        if word and word.lower() not in known:
            wanted = self._say("state_needed", states=", ".join(states(self.lang)))
            self._refuse(f"{LETTER['state']}{self.row}", f"“{word}”", wanted)
        return known.get(word.lower(), "")

    def _text(self, column: str) -> str:
        """A text of the council's; an error or a formula in it is a fault."""
        cell = f"{LETTER[column]}{self.row}"
        held = self.sheet.cells.get(cell)
        if held is None:
            return ""
        if held.data_type in ("f", "e") or cell in self.sheet.errors:
            key = "error" if held.data_type == "e" or cell in self.sheet.errors else "formula"
            said = label(f"intake.{key}", self.lang, error=held.value, formula=str(held.value)[:60])
            self._refuse(cell, said, label("expects.word", self.lang))
            return ""
        return " ".join(clean(held.value).split())

    def _say(self, key: str, **values: Any) -> str:
        return self.reader._say(key, **values)

    def _wrong(self, cell: str, found: str, wanted: str) -> None:
        self.reader._wrong(self.name, cell, found, wanted)

    def _refuse(self, cell: str, found: str, wanted: str) -> Decision | None:
        """Note a fault: there is then no decision."""
        self.sound = False
        self._wrong(cell, found, wanted)
        return None
