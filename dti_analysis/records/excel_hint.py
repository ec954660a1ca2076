"""Tables that must be UTF-8 with commas, saved by Excel otherwise: told as what they are."""

from __future__ import annotations

import codecs
from itertools import pairwise
from pathlib import Path

from dti_analysis.common.faults import fault


def refuse_excel(path: Path) -> None:
    """Raises Faults where a table that must be UTF-8 with commas is UTF-16, or its header is separated otherwise."""
    try:
        with path.open("rb") as file:
            begins = file.readline(65536)
    except OSError:  # whoever opens it next says so
        return
    expected = "CSV saved as UTF-8 with commas (Excel: “CSV UTF-8 (Comma delimited)”); dti intake reads it as it is"
    if begins.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise fault(path, "", "UTF-16, as Excel saves “Unicode Text”", expected)
    header = begins.decode("utf-8-sig", "replace")
    if header.startswith("sep="):
        raise fault(path, "row 1", f"the line {header.strip()}, for Excel", expected)
    for separator, name in {";": "semicolons", "\t": "tabs"}.items():
        if separator in header and "," not in header:
            found = f"columns separated by {name}, as Excel saves CSV where numbers have a decimal comma"
            raise fault(path, "header", found, expected)


def decimal_comma(row: list[str], cells: int) -> str:
    """A remark on a row with more cells than the header, where a number with a decimal comma may have become two of them."""
    pairs = pairwise(row)
    split = next((f"{whole},{rest}" for whole, rest in pairs if whole.isdigit() and rest.isdigit()), "")
    return (
        f' (is {split} a number with a decimal comma? Write it as "{split}" or with a point)'
        if split and len(row) > cells
        else ""
    )
