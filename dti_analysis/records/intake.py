"""Intake: CSV tables as people hand them in, read as text and refused at the door when they do not fit."""

from __future__ import annotations

import csv
import re
import unicodedata
from pathlib import Path

import pandas as pd

from dti_analysis.common.faults import Fault, Faults, fault, nearest

REQUIRED = ["unit", "indicator"]
OPTIONAL = ["year", "group", "basis", "value", "evidence", "evidence_state", "source"]
NUMBER = re.compile(r"[a-z]\d{0,2}")
"""The name of a column that holds a number a rule asks for, beside `value`: a, b, q1."""


def read_table(
    path: Path, required: list[str], optional: list[str] | None = None, also: re.Pattern[str] | None = None
) -> pd.DataFrame:
    """A CSV file as a table of text: NFC, stripped, empty where nothing stands.

    Extra columns are refused unless `optional` is None or `also` matches their name. Raises Faults: no such file, not UTF-8,
    no header, unknown, missing or repeated columns, rows with more or fewer cells than the header.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, strict=True))
    except FileNotFoundError:
        raise fault(path, "", "no such file", "a CSV file") from None
    except IsADirectoryError:
        raise fault(path, "", "a folder", "a CSV file") from None
    except UnicodeDecodeError as error:
        raise fault(path, f"byte {error.start}", "bytes that are not UTF-8", "CSV saved as UTF-8") from None
    except csv.Error as error:
        raise fault(path, "", str(error), "well-formed CSV") from None
    if not rows:
        raise fault(path, "", "an empty file", f"a header with {', '.join(required)}")
    header, *body = [[_clean(cell) for cell in row] for row in rows]
    known = [*required, *(optional or [])]
    faults = [
        Fault(str(path), "header", f"no column '{name}'", f"the column '{name}'") for name in required if name not in header
    ]
    if optional is not None:
        unknown = [name for name in header if name not in known and not (also and also.fullmatch(name))]
        faults += [Fault(str(path), "header", f"the column '{name}'", nearest(name, known)) for name in unknown]
    repeated = sorted({name for name in header if header.count(name) > 1})
    faults += [Fault(str(path), "header", f"the column '{name}' twice", "each column once") for name in repeated]
    for number, row in enumerate(body, start=2):
        if row and len(row) != len(header):
            faults.append(Fault(str(path), f"row {number}", f"{len(row)} cells", f"{len(header)}, as in the header"))
    if faults:
        raise Faults(faults)
    # A blank line is no row, but it counts: index + 2 stays the row in the file.
    filled = [number for number, row in enumerate(body) if row]
    return pd.DataFrame([body[number] for number in filled], index=filled, columns=header, dtype=object)


def read_assessment(path: str | Path) -> pd.DataFrame:
    """An assessment file, as text: unit, indicator, any of year, group, basis, evidence, state, source, and the numbers that
    rules ask for: `value`, or a letter with up to two digits (a, b, q1)."""
    path = Path(path)
    table = read_table(path, REQUIRED, OPTIONAL, NUMBER)
    if not any(name == "value" or NUMBER.fullmatch(name) for name in table.columns):
        raise fault(path, "header", ", ".join(table.columns), "a column 'value' (or 'a' and 'b')")
    table.attrs["tidy"] = True
    return table


def _clean(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip()
