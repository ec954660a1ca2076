"""Layout of the workbook of an appraisal council: what the writer and the reader share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import fault
from dti_analysis.common.text import Lang, label
from dti_analysis.records.decisions import EVIDENCE, Cells, Claims, Decision, claims_of, file_of, in_force, read, rows_of
from dti_analysis.records.sources import Data, Key, Provenance
from dti_analysis.records.workbook_layout import Line, lines

OVERVIEW: dict[Lang, str] = {"vi": "Tổng hợp", "en": "Overview"}
BY = "E3"
"""Where the overview says who recorded the decisions."""
HEADER_ROW = 7
"""As on a form, so that the rows of a sheet are those of a form."""
CLAIM = ["number", "code", "name", "maximum", "rule", "asks", "claimed", "points", "evidence", "explanation", "since"]
FIRST = ["figure1", "verdict1", "state", "reason1"]
ANSWER = ["answer"]
SECOND = ["figure2", "verdict2", "reason2"]
SHOWN = [*CLAIM, *FIRST, *ANSWER, *SECOND]
LETTER = {name: chr(ord("A") + place) for place, name in enumerate([*SHOWN, "key", "was"])}
"""The last two are hidden: whose row it is, and what the unit claimed when the workbook was written."""
META = ["appraisal", "framework", "sha256", "place", "index", "year", "level", "lang", "decisions", "book"]
VERSION = "1"
ROUNDS = {"1": ("figure1", "verdict1", "reason1"), "2": ("figure2", "verdict2", "reason2")}


@dataclass(frozen=True)
class Desk:
    """What a council has before it: the year's assessment, who is due, what they claim, and what was decided so far."""

    data: Data
    key: Key
    provenance: Provenance
    rows: list[Cells]
    names: dict[str, str]
    groups: dict[str, str]
    claims: dict[tuple[str, str], Cells]
    decisions: list[Decision]

    @property
    def framework(self) -> Any:
        """The criteria set."""
        return self.data.framework(self.provenance.framework)

    def lines(self, unit: str, lang: Lang) -> list[Line]:
        """The components of a unit, in the order of the set."""
        return lines(self.framework, self.groups[unit], lang)

    def claim(self, unit: str, line: Line) -> Cells:
        """What a unit claims of a component, by cell; empty texts where it claims nothing."""
        row = self.claims.get((unit, line.code), {})
        return {one.name: row.get(one.name, "") for one in line.asks}

    @cached_property
    def claimed(self) -> Claims:
        """What every unit claims, the cells that hold something."""
        return claims_of(self.rows, self.framework.inputs)

    @cached_property
    def in_force(self) -> list[Decision]:
        """The decisions on what the units claim now, without those on figures that they have replaced since."""
        return in_force(self.decisions, self.claimed)

    def meta(self, lang: Lang) -> dict[str, str]:
        """What the hidden sheet of a workbook says of it."""
        key, head = self.key, self.decisions[-1].seal if self.decisions else ""
        digest = sha256(self.data.framework_file(self.framework.id))
        texts = [
            VERSION,
            self.framework.id,
            digest,
            key.place,
            key.index,
            str(key.year),
            key.level,
            lang,
            str(len(self.decisions)),
        ]
        return dict(zip(META, [*texts, f"{digest[:6]}-{head[:8] or 'new'}"], strict=True))


def desk(data: Data, key: Key) -> Desk:
    """Raises Faults where there is no assessment, a decision was changed, or rows were verified without any decision."""
    table, provenance = data.as_received(key)
    rows = rows_of(table)
    framework = data.framework(provenance.framework)
    units, names = data.units_of(key, framework.day_due(key.year)), data.unit_names("vi")
    path = file_of(data.root, key)
    decisions = read(path, provenance.decisions)
    verified = sum(row.get("basis") != "self" for row in rows)
    if verified and not decisions:
        found = f"{verified} verified rows that no decision was recorded of"
        raise fault(data.assessment_file(key), "basis", found, "an assessment of which only the units' own rows are there")
    due = dict(zip(units["unit"], units["group"], strict=True))
    claims = {(row["unit"], row["indicator"]): row for row in rows if row.get("basis") == "self"}
    return Desk(data, key, provenance, rows, {unit: names[unit] for unit in due}, due, claims, decisions)


def verdicts(lang: Lang, round_: str) -> dict[str, str]:
    """The decisions that a cell may name, by word; a second one is final."""
    known = ["accepted", "rejected"] if round_ == "2" else ["accepted", "sent_back", "rejected"]
    return {label(f"appraise.verdict.{verdict}", lang): verdict for verdict in known}


def states(lang: Lang) -> dict[str, str]:
    """The states of evidence that a cell may name, by word."""
    return {label(f"evidence.{state}", lang): state for state in EVIDENCE}
