"""Intake: CSV tables as people hand them in, read as text and refused at the door when they do not fit."""

from __future__ import annotations

import csv
import unicodedata
from pathlib import Path

import pandas as pd

from dti_analysis.common.faults import Fault, Faults, fault, nearest

REQUIRED = ["unit", "indicator"]
OPTIONAL = ["year", "group", "basis", "value", "a", "b", "evidence", "source"]


def read_table(path: Path, required: list[str], optional: list[str] | None = None) -> pd.DataFrame:
    """A CSV file as a table of text: NFC, stripped, empty where nothing stands.

    Extra columns are refused unless `optional` is None. Raises Faults: no such file, not UTF-8, no header, unknown, missing
    or repeated columns, rows with more or fewer cells than the header.
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
        unknown = [name for name in header if name not in known]
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
    """An assessment file: the columns unit, indicator, and any of year, group, basis, value, a, b, evidence, source."""
    path = Path(path)
    table = read_table(path, REQUIRED, OPTIONAL)
    if not {"value", "a"} & set(table.columns):
        raise fault(path, "header", ", ".join(table.columns), "a column 'value' (or 'a' and 'b')")
    return table


def _clean(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip()
