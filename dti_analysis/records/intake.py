"""Intake: CSV tables as people hand them in, read as text and refused at the door when they do not fit."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dti_analysis.common.exact import Column
from dti_analysis.common.faults import Fault, Faults, fault, in_order, nearest, readable
from dti_analysis.common.spelling import folded, odd, tidy

if TYPE_CHECKING:
    import pandas as pd

REQUIRED = ["unit", "indicator"]
OPTIONAL = ["year", "group", "basis", "value", "evidence", "evidence_state", "explanation", "source"]
LONGEST_NAME = 150
MOST_COLUMNS = 1000
"""How many columns a table may have; units.csv of a place that describes its units by much has some thirty."""
NUMBER = re.compile(r"[a-z]\d{0,2}")
"""The name of a column that holds a number a rule asks for, beside `value`: a, b, q1."""


@dataclass(frozen=True)
class Sheet:
    """A table of text by column, and the row of the file in which each entry stands (the header is row 1).

    `faults` are what is wrong with it although it can be read: whoever uses it raises them, with what else there is.
    """

    columns: dict[str, Column]
    rows: npt.NDArray[np.intp]
    faults: list[Fault] = field(default_factory=list)

    def frame(self) -> pd.DataFrame:
        """The same as a data frame; its index + 2 is the row of the file."""
        import pandas as pd

        return pd.DataFrame(self.columns, index=self.rows - 2, dtype=object)


_SIGNS = {";": "semicolons", "\t": "tabs", "|": "bars"}
_EXCEL = "in Excel: “CSV UTF-8 (Comma delimited)”; dti intake reads what Excel saves otherwise"


class _Clean(dict[str, str]):
    """Cells as NFC and stripped, each text once: equal cells become one string."""

    def __missing__(self, cell: str) -> str:
        clean = self[cell] = tidy(cell)
        return clean


def read_sheet(
    path: Path, required: list[str], optional: list[str] | None = None, also: re.Pattern[str] | None = None
) -> Sheet:
    """A CSV file as a table of text: NFC, stripped, empty where nothing stands. A line of blanks is no row, but it counts.

    Extra columns are refused unless `optional` is None or `also` matches their name. Raises Faults: no such file, not UTF-8,
    no header, unknown, missing or repeated columns, rows with more or fewer cells than the header.
    """
    cells: list[str] = []
    blank: list[int] = []
    ragged: list[Fault] = []
    number = 1
    try:
        with (
            readable(path, "a CSV file", f"CSV saved as UTF-8 ({_EXCEL})"),
            path.open(encoding="utf-8-sig", newline="") as file,
        ):
            lines = csv.reader(file, strict=True)
            header = next(lines, None)
            if header is None:
                raise fault(path, "", "an empty file", f"a header with {', '.join(required)}")
            if len(header) > MOST_COLUMNS:
                raise fault(path, "header", f"{len(header):,} columns", f"at most {MOST_COLUMNS}")
            for number, row in enumerate(lines, start=2):
                if not any(map(str.strip, row)):
                    blank.append(number)
                    continue
                cells += row
                if len(row) != len(header):
                    due = f"{len(header)}, as in the header{_decimal_comma(row, len(header))}"
                    ragged.append(Fault(str(path), f"row {number}", f"{len(row)} cells", due))
    except csv.Error as error:
        found = "a cell without end" if "field limit" in str(error) else str(error)
        raise fault(path, f"row {number + 1}", found, "well-formed CSV, every quote closed") from None
    clean = _Clean()
    header = [clean[name] for name in header]
    if len(header) == 1 and (split := [sign for sign in ";\t|" if sign in header[0]]):
        raise fault(path, "header", f"columns separated by {_SIGNS[split[0]]}", f"columns separated by commas ({_EXCEL})")
    while header and not header[-1] and not any(map(str.strip, cells[len(header) - 1 :: len(header)])) and not ragged:
        cells = [cell for at, cell in enumerate(cells, start=1) if at % len(header)]  # a column left blank by a spreadsheet
        header.pop()
    if wrong := _no_header(path, header, required):
        raise wrong
    if faults := [*_wrong_header(path, header, required, optional, also), *ragged]:
        raise Faults(faults)
    texts = list(map(clean.__getitem__, cells))
    if any("\0" in text for text in clean):
        at = next(at for at, text in enumerate(texts) if "\0" in text) // len(header)
        row = np.delete(np.arange(2, number + 1), np.array(blank, dtype=int) - 2)[at]
        raise fault(path, f"row {row}", "the character U+0000", "text; a file of another kind was renamed, or is damaged")
    columns = {name: np.array(texts[place :: len(header)], dtype=object) for place, name in enumerate(header)}
    return Sheet(columns, np.delete(np.arange(2, number + 1), np.array(blank, dtype=int) - 2))


def _decimal_comma(row: list[str], cells: int) -> str:
    """A remark on a row with more cells than the header, where a number with a decimal comma may have become two of them."""
    split = next((f"{whole},{rest}" for whole, rest in pairwise(row) if whole.isdigit() and rest.isdigit()), "")
    if not split or len(row) <= cells:
        return ""
    return f" (is {split} a number with a decimal comma? Write it in quotes, or with a point)"


def _no_header(path: Path, header: list[str], required: list[str]) -> Faults | None:
    """One fault where the first row names no column at all: a title, a blank line, a file of another kind."""
    if not required or any(get_close_matches(folded(name), required, 1) for name in header):
        return None
    found = ", ".join(name for name in header if name) or "a blank line"
    return fault(path, "row 1", f"'{found}'" if found != "a blank line" else found, f"a header with {', '.join(required)}")


def _wrong_header(
    path: Path, header: list[str], required: list[str], optional: list[str] | None, also: re.Pattern[str] | None
) -> list[Fault]:
    known = [*required, *(optional or [])]
    missing = [name for name in required if name not in header]
    unknown = [name for name in dict.fromkeys(header) if name and name not in known and not (also and also.fullmatch(name))]
    faults = []
    for name in unknown:  # one fault, not two, where a column that there must be is misspelt
        sign = f" with {character}" if (character := odd(name)) else ""
        if meant := get_close_matches(folded(name), missing, 1):
            missing.remove(meant[0])
            faults.append(Fault(str(path), "header", f"the column '{name}'{sign}", f"the column '{meant[0]}'"))
        elif optional is not None:
            faults.append(Fault(str(path), "header", f"the column '{name}'{sign}", nearest(name, known)))
    faults = [Fault(str(path), "header", f"no column '{name}'", f"the column '{name}'") for name in missing] + faults
    if nameless := [str(at) for at, name in enumerate(header, start=1) if not name]:
        faults.append(Fault(str(path), "header", f"no name for column {', '.join(nameless)}", "a name for each column"))
    repeated = sorted({name for name in header if name and header.count(name) > 1})
    return faults + [Fault(str(path), "header", f"the column '{name}' twice", "each column once") for name in repeated]


def read_table(
    path: Path, required: list[str], optional: list[str] | None = None, also: re.Pattern[str] | None = None
) -> pd.DataFrame:
    """Like `read_sheet`, as a data frame."""
    return read_sheet(path, required, optional, also).frame()


def read_form(path: Path) -> Sheet:
    """An assessment file, as text: unit, indicator, any of year, group, basis, evidence, evidence_state, explanation and
    source, and the numbers that rules ask for: `value`, or a letter with up to two digits (a, b, q1).

    Names that only look like others are its `faults`.
    """
    sheet = read_sheet(path, REQUIRED, OPTIONAL, NUMBER)
    if not any(name == "value" or NUMBER.fullmatch(name) for name in sheet.columns):
        raise fault(path, "header", ", ".join(sheet.columns), "a column 'value' (or 'a' and 'b')")
    sheet.faults.extend(misspelt(str(path), sheet))
    return sheet


def misspelt(source: str, sheet: Sheet) -> Iterator[Fault]:
    """Names of units, groups, indicators and bases that are left out, or that only look like others."""
    for name in ("unit", "group", "indicator", "basis"):
        if name in sheet.columns:
            yield from _misspelt(source, name, sheet)


def _misspelt(source: str, name: str, sheet: Sheet) -> Iterator[Fault]:
    texts = sheet.columns[name].tolist()
    alike: dict[str, str] = {}
    wrong = {}
    for text in dict.fromkeys(texts):
        if text:
            found, expected = _strange(name, text, alike)
        else:
            found, expected = f"no {name}", f"the {name} in each row: merged cells leave it out of all but the first"
        if found and (text or name in REQUIRED):
            wrong[text] = found, expected
    times = Counter(texts) if wrong else {}
    for text, row in zip(texts, sheet.rows.tolist(), strict=True):
        if text in wrong:
            more = f" and {times[text] - 1} more" if times[text] > 1 else ""
            yield Fault(source, f"row {row}{more}", *wrong.pop(text))


def _strange(name: str, text: str, alike: dict[str, str]) -> tuple[str, str]:
    """What is strange about a name, and what was expected; empty where nothing is. `alike` keeps those seen, folded."""
    if character := odd(text):
        return f"the {name} '{text}' with {character}", "letters, digits and blanks of the keyboard"
    if text[0] in "=+-@":
        return f"the {name} '{text}'", "a name, which a spreadsheet does not take for a formula"
    if len(text) > LONGEST_NAME:
        return f"the {name} '{text}'", f"at most {LONGEST_NAME} characters"
    if (other := alike.setdefault(folded(text), text)) != text and name in ("unit", "group"):
        return f"the {name} '{text}' beside '{other}'", "one way of writing each, and ids where only tones tell two apart"
    return "", ""


def read_assessment(path: str | Path) -> pd.DataFrame:
    """Like `read_form`, as a data frame. Raises Faults also for names that are left out or only look like others."""
    sheet = read_form(Path(path))
    if sheet.faults:
        raise Faults(in_order(sheet.faults))
    table = sheet.frame()
    table.attrs["tidy"] = True
    return table
