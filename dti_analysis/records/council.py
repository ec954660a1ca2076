"""An appraisal council's year: a workbook goes out, decisions come back, and the verified rows follow from them."""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from dti_analysis.common.faults import Fault, fault
from dti_analysis.common.text import Lang, day, label
from dti_analysis.common.writing import write_whole
from dti_analysis.records.council_layout import LETTER, Desk, desk
from dti_analysis.records.council_read import read_book
from dti_analysis.records.decisions import (
    Cells,
    Claims,
    Decision,
    appended,
    cells_of,
    claims_of,
    content,
    file_of,
    in_force,
    overtaken,
    read,
    rows_of,
    standing,
    verified_rows,
)
from dti_analysis.records.documents import FINAL
from dti_analysis.records.sources import Data, Key
from dti_analysis.records.workbook_intake import Form
from dti_analysis.records.workbook_returned import GIVEN_BACK, give_back


@dataclass
class Recorded:
    """What a reading did: the decisions recorded, the workbook if it was refused with its copy, and where things stand."""

    decisions: list[Decision]
    path: Path
    refused: Form | None = None
    returned: Path | None = None
    changed: bool = False
    counts: Counter[str] | None = None


def record(book: Path, data: Data, key: Key, lang: Lang, today: date, returned: Path | None = None) -> Recorded:
    """Read a workbook and record what is new in it: all of it, or, where anything is wrong, nothing.

    A refused workbook is given back as a copy with its faults beside the cells. Raises Faults as `desk` does.
    """
    table = desk(data, key)
    path = file_of(data.root, key)
    if table.provenance.state in FINAL:
        sidecar = data.assessment_file(key).with_suffix(".meta.yml")
        found = f"{table.provenance.state}: the council has decided"
        raise fault(
            sidecar, "state", found, "a year that is still appraised; what is decided is corrected, not appraised again"
        )
    minutes = read_book(book, table, lang, today)
    if minutes.form.faults:
        copy = (returned or book.parent / GIVEN_BACK) / book.name if minutes.form.readable else None
        if copy:
            give_back(minutes.form, copy, LETTER["key"])
        return Recorded([], path, minutes.form, copy)
    decisions = appended(table.decisions, minutes.new)
    changed = _write(table, decisions, path)
    return Recorded(minutes.new, path, changed=changed, counts=counts(table, decisions))


def _write(table: Desk, decisions: list[Decision], path: Path) -> bool:
    """Write the decisions, then the assessment and its sidecar, as far as they differ: what was begun is finished next time."""
    if not decisions:
        return False
    place = table.data.assessment_file(table.key)
    text = _assessment(table, decisions)
    provenance = table.provenance.model_copy(
        update={
            "state": "appraising" if table.provenance.state in (None, "collecting") else table.provenance.state,
            "sha256": hashlib.sha256(text).hexdigest(),
            "decisions": decisions[-1].seal,
        }
    )
    plain = provenance.model_dump(exclude_none=True)
    sidecar = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=128).encode()
    files = {path: content(decisions), place: text, place.with_suffix(".meta.yml"): sidecar}
    if all(file.exists() and file.read_bytes() == held for file, held in files.items()):
        return False
    for file, held in files.items():
        write_whole(file, held)
    return True


def _assessment(table: Desk, decisions: list[Decision]) -> bytes:
    """The assessment: the units' own rows as they are, and the verified ones as the decisions make them."""
    own = [row for row in table.rows if row.get("basis") == "self"]
    rows = [*own, *verified_rows(in_force(decisions, table.claimed))]
    said = ["unit", "indicator", "basis", "evidence", "evidence_state", "explanation", "source"]
    names = list(dict.fromkeys(["value", *table.framework.inputs]))
    known = list(dict.fromkeys(name for row in rows for name in row))
    header = [*said[:3], *names, *said[3:], *(name for name in known if name not in {*said, *names})]
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def counts(table: Desk, decisions: list[Decision]) -> Counter[str]:
    """How many answers there are, and how many were accepted, rejected, sent back, and not looked at yet.

    `anew` are those whose figure is another since the council decided; unless they were sent back they are among those left.
    """
    claims = {pair for pair, cells in table.claimed.items() if cells}
    held = in_force(decisions, table.claimed)
    stands, last = standing(held), {one.pair: one for one in held if one.verdict != "answered"}
    found = Counter({"claims": len(claims), "accepted": 0, "rejected": 0, "sent_back": 0})
    found.update(one.verdict for one in stands.values())
    found["sent_back"] += sum(one.verdict == "sent_back" for one in last.values())
    found["left"] = len(claims - last.keys())
    found["anew"] = len(overtaken(decisions, table.claimed))
    return found


def to_decide_anew(decisions: list[Decision], claims: Claims, names: Mapping[str, str], lang: Lang) -> list[str]:
    """Each answer that the unit has claimed otherwise since the council decided, in words: whose, what then and what now."""
    told = []
    for (unit, code), last in overtaken(decisions, claims).items():
        seen, held = cells_of(last.claimed), claims.get((unit, code), {})
        now = {name: held[name] for name in dict.fromkeys([*seen, *held]) if name in held}  # in the order of the rule
        was, is_ = (_plain(cells) or label("appraise.nothing", lang) for cells in (seen, now))
        on = {"number": last.number, "day": day(last.decided, lang)}
        told.append(label("appraise.anew_row", lang, unit=names.get(unit, unit), code=code, was=was, now=is_, **on))
    return told


def _plain(cells: Cells) -> str:
    return (
        ", ".join(cells.values()) if list(cells) == ["value"] else ", ".join(f"{name} = {text}" for name, text in cells.items())
    )


def wrong_decisions(data: Data, key: Key) -> list[Fault]:
    """What is wrong between the decisions on an assessment and the assessment, by unit and component.

    Raises Faults where a decision was changed or removed.
    """
    provenance, path = data.provenance(key), file_of(data.root, key)
    decisions = read(path, provenance.decisions)
    if not decisions:
        return []
    if decisions[-1].seal != provenance.decisions:
        found = f"{len(decisions)} decisions, the last of them not in the sidecar"
        return [Fault(str(path), "", found, "the decisions that dti appraise recorded: read the workbook again")]
    rows = rows_of(data.as_received(key)[0])
    held = in_force(decisions, claims_of(rows, data.framework(provenance.framework).inputs))
    due = {(row["unit"], row["indicator"]): row for row in verified_rows(held)}
    there = {(row["unit"], row["indicator"]): row for row in rows if row.get("basis") != "self"}
    faults = []
    for pair in dict.fromkeys([*due, *there]):
        one, other = ({k: v for k, v in held.get(pair, {}).items() if v} for held in (due, there))
        if one != other:
            wanted = ", ".join(f"{name} '{text}'" for name, text in one.items() if name not in ("unit", "indicator", "basis"))
            found = "a verified row" if other else "no verified row"
            faults.append(Fault(str(data.assessment_file(key)), ", ".join(pair), found, wanted or "none: nothing was decided"))
    return faults
