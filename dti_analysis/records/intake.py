"""Intake: CSV tables as people hand them in, read as text and refused at the door when they do not fit."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dti_analysis.common.exact import Column
from dti_analysis.common.faults import Fault, Faults, fault, nearest, readable
from dti_analysis.records.excel_hint import decimal_comma, refuse_excel

if TYPE_CHECKING:
    import pandas as pd

REQUIRED = ["unit", "indicator"]
OPTIONAL = ["year", "group", "basis", "value", "evidence", "evidence_state", "explanation", "source"]
NUMBER = re.compile(r"[a-z]\d{0,2}")
"""The name of a column that holds a number a rule asks for, beside `value`: a, b, q1."""


@dataclass(frozen=True)
class Sheet:
    """A table of text by column, and the row of the file in which each entry stands (the header is row 1)."""

    columns: dict[str, Column]
    rows: npt.NDArray[np.intp]

    def frame(self) -> pd.DataFrame:
        """The same as a data frame; its index + 2 is the row of the file."""
        import pandas as pd

        return pd.DataFrame(self.columns, index=self.rows - 2, dtype=object)


class _Clean(dict[str, str]):
    """Cells as NFC and stripped, each text once: equal cells become one string."""

    def __missing__(self, cell: str) -> str:
        clean = self[cell] = unicodedata.normalize("NFC", cell).strip()
        return clean


def read_sheet(
    path: Path, required: list[str], optional: list[str] | None = None, also: re.Pattern[str] | None = None
) -> Sheet:
    """A CSV file as a table of text: NFC, stripped, empty where nothing stands. A blank line is no row, but it counts.

    Extra columns are refused unless `optional` is None or `also` matches their name. Raises Faults: no such file, not UTF-8,
    no header, unknown, missing or repeated columns, rows with more or fewer cells than the header.
    """
    refuse_excel(path)
    cells: list[str] = []
    blank: list[int] = []
    ragged: list[Fault] = []
    number = 1
    try:
        with (
            readable(path, "a CSV file", "CSV saved as UTF-8 (in Excel: “CSV UTF-8”)"),
            path.open(encoding="utf-8-sig", newline="") as file,
        ):
            lines = csv.reader(file, strict=True)
            header = next(lines, None)
            if header is None:
                raise fault(path, "", "an empty file", f"a header with {', '.join(required)}")
            for number, row in enumerate(lines, start=2):
                cells += row
                if not row:
                    blank.append(number)
                elif len(row) != len(header):
                    due = f"{len(header)}, as in the header{decimal_comma(row, len(header))}"
                    ragged.append(Fault(str(path), f"row {number}", f"{len(row)} cells", due))
    except csv.Error as error:
        raise fault(path, "", str(error), "well-formed CSV") from None
    clean = _Clean()
    header = [clean[name] for name in header]
    if faults := [*_wrong_header(path, header, required, optional, also), *ragged]:
        raise Faults(faults)
    texts = list(map(clean.__getitem__, cells))
    columns = {name: np.array(texts[place :: len(header)], dtype=object) for place, name in enumerate(header)}
    return Sheet(columns, np.delete(np.arange(2, number + 1), np.array(blank, dtype=int) - 2))


def _wrong_header(
    path: Path, header: list[str], required: list[str], optional: list[str] | None, also: re.Pattern[str] | None
) -> list[Fault]:
    known = [*required, *(optional or [])]
    faults = [
        Fault(str(path), "header", f"no column '{name}'", f"the column '{name}'") for name in required if name not in header
    ]
    if optional is not None:
        unknown = [name for name in header if name not in known and not (also and also.fullmatch(name))]
        faults += [Fault(str(path), "header", f"the column '{name}'", nearest(name, known)) for name in unknown]
    repeated = sorted({name for name in header if header.count(name) > 1})
    return faults + [Fault(str(path), "header", f"the column '{name}' twice", "each column once") for name in repeated]


def read_table(
    path: Path, required: list[str], optional: list[str] | None = None, also: re.Pattern[str] | None = None
) -> pd.DataFrame:
    """Like `read_sheet`, as a data frame."""
    return read_sheet(path, required, optional, also).frame()


def read_form(path: Path) -> Sheet:
    """An assessment file, as text: unit, indicator, any of year, group, basis, evidence, evidence_state, explanation, source,
    and the numbers that rules ask for: `value`, or a letter with up to two digits (a, b, q1)."""
    sheet = read_sheet(path, REQUIRED, OPTIONAL, NUMBER)
    if not any(name == "value" or NUMBER.fullmatch(name) for name in sheet.columns):
        raise fault(path, "header", ", ".join(sheet.columns), "a column 'value' (or 'a' and 'b')")
    return sheet


def read_assessment(path: str | Path) -> pd.DataFrame:
    """Like `read_form`, as a data frame."""
    table = read_form(Path(path)).frame()
    table.attrs["tidy"] = True
    return table
