"""Decisions of an appraisal council: a file that is only ever appended to, and the verified rows that follow from it.

`<data>/appraisals/<place>/<index>/<year>/<level>.csv` has one row per decision. Each carries a seal over itself and the row
before, and the sidecar of the assessment holds the seal of the last: a row changed or removed afterwards is found.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from dti_analysis.common.faults import Fault, Faults
from dti_analysis.records.intake import read_sheet

if TYPE_CHECKING:
    import pandas as pd

    from dti_analysis.records.sources import Data, Key

Verdict = Literal["accepted", "sent_back", "rejected", "answered"]
"""The claim (or what was found) stands; the unit is to mend it; it earns nothing; the unit has answered the council."""
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
EVIDENCE = ["full", "partial", "missing", "late", "none"]
"""States of the evidence, as the column evidence_state of an assessment has them."""
Cells = dict[str, str]
Claims = Mapping[tuple[str, str], Cells]
"""What units claim, by unit and component: the cells that hold something."""
_BETWEEN, _IS = " | ", "="


@dataclass(frozen=True)
class Decision:
    """One row: who decided what of which answer, when, in which round; what counted before and after, and why.

    `claimed`: what the unit claimed by then, which the council saw; `old`, `new`: what counted before and what counts since,
    all as the cells of an assessment, `a=8 | b=12`; `new` is empty while the unit is to answer. `evidence` is what the unit had
    handed in by then, `book` the workbook that the decision was read from. `by` is the unit itself where it `answered`;
    `reason` is then its answer.
    """

    number: str
    decided: str
    by: str
    round: str
    unit: str
    indicator: str
    verdict: str
    claimed: str
    old: str
    new: str
    evidence: str
    evidence_state: str
    reason: str
    book: str
    seal: str = ""

    def sealed(self, before: str) -> Decision:
        """The same with its seal, on top of the seal of the row before."""
        own = [getattr(self, name) for name in COLUMNS if name != "seal"]
        return replace(self, seal=hashlib.sha256("\x1f".join([before, *own]).encode()).hexdigest()[:32])

    @property
    def pair(self) -> tuple[str, str]:
        """The unit and the component."""
        return self.unit, self.indicator


COLUMNS = [field.name for field in fields(Decision)]


def written(cells: Mapping[str, str]) -> str:
    """Cells as one text: a=8 | b=12."""
    return _BETWEEN.join(f"{name}{_IS}{text}" for name, text in cells.items() if text)


def cells_of(text: str) -> Cells:
    """The cells that a text of `written` holds."""
    pairs = (part.partition(_IS) for part in text.split(_BETWEEN) if part)
    return {name: cell for name, _, cell in pairs}


def file_of(root: Path, key: Key) -> Path:
    """Where the decisions on an assessment lie."""
    return root / "appraisals" / key.place / key.index / str(key.year) / f"{key.level}.csv"


def read(path: Path, head: str | None) -> list[Decision]:
    """All decisions of a file, in order; none where there is no file. `head` is the seal that the sidecar holds.

    Raises Faults, naming the first row that is not what was appended, or what was decided and is no longer there.
    """
    if not path.exists():
        if head:
            raise Faults([Fault(str(path), "", "no such file", f"the decisions that end with the seal {head}")])
        return []
    sheet = read_sheet(path, COLUMNS, [])
    rows = [Decision(*row) for row in zip(*(sheet.columns[name].tolist() for name in COLUMNS), strict=True)]
    seal, found = "", head is None
    for number, row in enumerate(rows, start=1):
        place = f"row {sheet.rows[number - 1]}"
        what = f"decision {row.number} ({row.unit}, {row.indicator}, {row.decided})"
        if row.number != str(number):
            raise Faults([Fault(str(path), place, what, f"decision {number}: no decision is ever removed or moved")])
        if row.sealed(seal).seal != row.seal:
            raise Faults([Fault(str(path), place, f"{what}, changed after it was taken", "it as it was: write a new decision")])
        if row.verdict not in VERDICTS:
            raise Faults([Fault(str(path), place, f"the verdict '{row.verdict}'", f"one of {', '.join(VERDICTS)}")])
        seal = row.seal
        found = found or seal == head
    if not found:
        raise Faults([Fault(str(path), "", f"{len(rows)} decisions without the last one", f"one with the seal {head}")])
    return rows


def appended(before: list[Decision], new: Iterable[Decision]) -> list[Decision]:
    """The decisions with new ones after them, numbered and sealed."""
    rows = list(before)
    for one in new:
        rows.append(replace(one, number=str(len(rows) + 1)).sealed(rows[-1].seal if rows else ""))
    return rows


def content(rows: list[Decision]) -> bytes:
    """The file that holds the decisions."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([getattr(row, name) for name in COLUMNS] for row in rows)
    return out.getvalue().encode()


def rows_of(table: pd.DataFrame) -> list[Cells]:
    """The rows of an assessment as they were received, cell by cell."""
    return [{str(name): str(cell) for name, cell in row.items()} for row in table.drop(columns="year").to_dict("records")]


def claims_of(rows: Iterable[Mapping[str, str]], names: Iterable[str]) -> Claims:
    """What the rows of an assessment claim, by unit and component: the cells of basis `self` that hold something."""
    names = list(dict.fromkeys(["value", *names]))
    own = (row for row in rows if row.get("basis") == "self")
    return {(row["unit"], row["indicator"]): {name: row[name] for name in names if row.get(name)} for row in own}


def in_force(rows: Sequence[Decision], claims: Claims) -> list[Decision]:
    """The decisions that hold for what the units claim now.

    What was granted or refused of a figure that the unit has replaced since, by a newer form, holds no longer, nor does what
    led to it: it is to be decided anew. A row that was sent back waits for just that.
    """
    held: dict[tuple[str, str], list[int]] = {}
    for at, row in enumerate(rows):
        own = held.setdefault(row.pair, [])
        before = _last(rows, own)
        if row.verdict != "answered" and before and before.verdict != "sent_back" and before.claimed != row.claimed:
            own.clear()
        own.append(at)
    for pair, own in held.items():
        last = _last(rows, own)
        if last and last.verdict != "sent_back" and cells_of(last.claimed) != claims.get(pair, {}):
            own.clear()
    return [rows[at] for at in sorted(at for own in held.values() for at in own)]


def decided(data: Data, key: Key) -> list[Decision]:
    """The decisions on an assessment that hold for what the units claim now. Raises Faults where one was changed or removed."""
    provenance = data.provenance(key)
    decisions = read(file_of(data.root, key), provenance.decisions)
    if not decisions:
        return []
    claims = claims_of(rows_of(data.as_received(key)[0]), data.framework(provenance.framework).inputs)
    return in_force(decisions, claims)


def _last(rows: Sequence[Decision], own: list[int]) -> Decision | None:
    return next((rows[at] for at in reversed(own) if rows[at].verdict != "answered"), None)


def overtaken(rows: Iterable[Decision], claims: Claims) -> dict[tuple[str, str], Decision]:
    """The last decision on each answer that the unit has claimed otherwise since: the council has to decide anew."""
    last = {row.pair: row for row in rows if row.verdict != "answered"}
    return {pair: row for pair, row in last.items() if cells_of(row.claimed) != claims.get(pair, {})}


def standing(rows: Iterable[Decision]) -> dict[tuple[str, str], Decision]:
    """The decision that stands on each answer: the last that granted or refused it, unless it was sent back after that."""
    found: dict[tuple[str, str], Decision] = {}
    for row in rows:
        if row.verdict == "sent_back":
            found.pop(row.pair, None)
        elif row.verdict != "answered":
            found[row.pair] = row
    return found


def verified_rows(decisions: Iterable[Decision]) -> list[dict[str, str]]:
    """The verified rows of an assessment that follow from the decisions in force, in the order in which they were taken."""
    rows = []
    for (unit, code), decision in standing(decisions).items():
        said = "; ".join(filter(None, [decision.evidence, decision.reason]))
        row = {"unit": unit, "indicator": code, "basis": "verified", **cells_of(decision.new)}
        rows.append(row | {"evidence": said, "evidence_state": decision.evidence_state})
    return rows
