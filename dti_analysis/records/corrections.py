"""Corrections and appeals: what was decided of an assessment after it was taken in, each on one row, guarded and signed.

What was received is never edited: a decision says what it expects to find and what stands instead from then on. Where it does
not find that, it is stale and refused; nothing is then read of the assessment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from dti_analysis.common.faults import Fault, Faults, nearest
from dti_analysis.common.fields import Day, Id, Words
from dti_analysis.records.door import read_document
from dti_analysis.records.intake import NUMBER, OPTIONAL

FOLDER = "corrections"
COLUMNS = [name for name in OPTIONAL if name not in ("year", "group", "basis")]
"""What may be corrected of a row, beside the numbers that its rule asks for."""
Outcome = Literal["granted", "refused"]


def _as_written(value: Any) -> Any:
    if isinstance(value, float | bool):
        raise ValueError("the cell as it is written, in quotation marks")
    return "" if value is None else str(value) if isinstance(value, int) else value


Cell = Annotated[str, BeforeValidator(_as_written)]


class Change(BaseModel):
    """A cell: what is expected to be found, and what stands instead; empty where nothing stands."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    was: Cell
    becomes: Cell


class Decision(BaseModel):
    """A correction, or the answer to an appeal, of one row of an assessment: who decided what, when, under which number, why.

    `cells` holds the changes by column; an appeal that was refused changes nothing.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["correction", "appeal"]
    number: Words
    decided: Day
    by: Words
    reference: Id | None = None
    unit: Id
    indicator: Words
    basis: Literal["verified", "self"] = "verified"
    reason_vi: Words
    reason_en: str = ""
    outcome: Outcome | None = Field(default=None, validate_default=True)
    cells: dict[str, Change] = Field(default={}, validate_default=True)

    @field_validator("outcome")
    @classmethod
    def _answers_an_appeal(cls, value: Outcome | None, info: ValidationInfo) -> Outcome | None:
        if (value is None) == (info.data.get("kind") == "appeal"):
            raise ValueError("granted or refused for an appeal, nothing for a correction")
        return value

    @field_validator("cells")
    @classmethod
    def _changes_something(cls, value: dict[str, Change], info: ValidationInfo) -> dict[str, Change]:
        if info.data.get("outcome") == "refused":
            if value:
                raise ValueError("no cells where an appeal was refused")
        elif not value or any(change.was == change.becomes for change in value.values()):
            raise ValueError("for each cell that changes: {was: …, becomes: …}, and the two different")
        return value


def decisions(path: Path) -> list[Decision]:
    """The decisions of a file, in its order; none where there is no file. Raises Faults: all that is wrong with it."""
    return read_document(path, list[Decision])[0] if path.exists() else []


def corrected(table: pd.DataFrame, path: Path, source: str) -> pd.DataFrame:
    """The assessment with the decisions of a file in force, one after another; itself where there is no such file.

    A row that nobody handed in is one whose cells are all empty. Raises Faults: what `decisions` raises, a column that forms
    do not have, and every decision that is stale: the cell is not what it expects (`source` names where the cell stands).
    """
    if not path.exists():
        return table
    read, document = read_document(path, list[Decision])
    rows, faults = _Rows(table), []
    for place, decision in enumerate(read):
        for column, change in decision.cells.items():
            where = f"line {document.line((place, 'cells', column))}: {decision.unit}, {decision.indicator}, {column}"
            if column not in COLUMNS and not NUMBER.fullmatch(column):
                faults.append(Fault(str(path), where, f"the column '{column}'", nearest(column, COLUMNS)))
            elif (found := rows.cell(decision, column)) != change.was:
                expected = f"'{change.was}', which {decision.number} replaces: the decision is stale"
                faults.append(Fault(str(path), where, f"'{found}' in {Path(source).name}", expected))
            else:
                rows.put(decision, column, change.becomes)
    if faults:
        raise Faults(faults)
    return rows.table


@contextmanager
def answered_for(path: Path) -> Iterator[None]:
    """Within, a value that a rule refuses is a fault of the decision that put it there, by its number, not of the form's row.

    `path` is the file of decisions, where there is one.
    """
    try:
        yield
    except Faults as error:
        last = {f"{one.unit}, {one.indicator}": one for one in decisions(path)}
        raise Faults(_of_decision(each, last, path) for each in error.faults) from None


def _of_decision(fault: Fault, last: dict[str, Decision], path: Path) -> Fault:
    key = re.sub(r"^row \d+, ", "", fault.place)
    decision = last.get(key)
    if decision is None or not any(change.becomes in fault.found for change in decision.cells.values()):
        return fault
    return replace(fault, file=str(path), place=f"{decision.number}: {key}")


class _Rows:
    """An assessment whose cells are found by unit, criterion and basis."""

    def __init__(self, table: pd.DataFrame):
        self.table = table.copy()
        self.table.attrs.update(table.attrs)
        basis = table["basis"].replace("", "verified") if "basis" in table else ["verified"] * len(table)
        keys = zip(table["unit"], table["indicator"], basis, strict=True)
        self._at = dict(zip(keys, table.index, strict=True))

    def cell(self, decision: Decision, column: str) -> str:
        """What stands in a cell; empty where the row or the column is not there."""
        at = self._at.get(_key(decision))
        return str(self.table.at[at, column]) if at is not None and column in self.table else ""

    def put(self, decision: Decision, column: str, text: str) -> None:
        """Put a text in a cell, in a row of its own where there was none."""
        if column not in self.table:
            self.table[column] = ""
        if _key(decision) not in self._at:
            self._at[_key(decision)] = self._added(decision)
        self.table.at[self._at[_key(decision)], column] = text

    def _added(self, decision: Decision) -> Any:
        own = self.table[self.table["unit"] == decision.unit]
        row = dict.fromkeys(self.table.columns, "") | {"unit": decision.unit, "indicator": decision.indicator}
        if "group" in row and len(own):
            row["group"] = own["group"].iloc[0]
        if "basis" in row or decision.basis != "verified":
            row["basis"] = decision.basis
        at = self.table.index.max() + 1 if len(self.table) else 0
        added = pd.concat([self.table, pd.DataFrame([row], index=[at], dtype=object)]).fillna("")
        added.attrs.update(self.table.attrs)
        self.table = added
        return at


def _key(decision: Decision) -> tuple[str, str, str]:
    return decision.unit, decision.indicator, decision.basis


def share_granted(decided: list[Decision]) -> float | None:
    """Which share of the appeals that were decided was granted; None where none was."""
    outcomes = [decision.outcome for decision in decided if decision.kind == "appeal"]
    return outcomes.count("granted") / len(outcomes) if outcomes else None


def settled(decided: list[Decision]) -> frozenset[tuple[str, str]]:
    """The rows (unit and criterion) on which an appeal was decided: it cannot be granted again."""
    return frozenset((decision.unit, decision.indicator) for decision in decided if decision.kind == "appeal")
