"""Numbers of rows (STT) in forms of others: 4.10 that became 4.1, or 1.2 a date, told by their format or by their place.

Where both leave a doubt, every number that it may have been is returned, and the reader refuses the row.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from itertools import pairwise

from dti_analysis.records.others_file import Held
from dti_analysis.records.workbook_answers import clean, written

ROMAN = re.compile(r"(?=[IVXL])(?:XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
LETTERED = re.compile(r"[a-zđ]")
_NEVER = 1 << 30


def readings(held: Held) -> list[str]:
    """Every number that a cell of the column STT may have been, as it stands first.

    A number shown with a fixed count of decimals is what is shown. Otherwise 4.1 may have been 4.10, a text too: it may have
    been through a spreadsheet before. A date is what a spreadsheet makes of 1.2 or 2.1.
    """
    value = held.value
    if isinstance(value, datetime | date):
        return [f"{value.day}.{value.month}", f"{value.month}.{value.day}"]
    if isinstance(value, int | float) and not isinstance(value, bool):
        fixed = re.fullmatch(r"[#0]*0\.(0+)(?:_\)|;.*)?", held.form)
        if fixed:
            return [f"{value:.{len(fixed[1])}f}"]
        whole = float(value).is_integer()
        return [f"{int(value)}", f"{int(value)}.0"] if whole else _lengthened(written(value))
    text = " ".join(clean(value).split())
    if "(" not in text:
        text = re.sub(r"[.)]+$", "", text).strip()
    return _lengthened(text.replace(",", ".")) if re.fullmatch(r"\d+[.,]\d+", text) else [text]


def _lengthened(text: str) -> list[str]:
    return [text, f"{text}0"] if len(text.partition(".")[2]) == 1 else [text]


def in_order(options: list[list[int]]) -> list[list[int]]:
    """Of the places that each row may have in the list of numbers, those that stand in the order of the list.

    Rows of one place are sure; what lies between two of them must lie between them in the list too. Nothing remains for rows
    that cannot.
    """
    kept = [list(own) for own in options]
    sure = [-1, *(row for row, own in enumerate(options) if len(own) == 1), len(options)]
    for before, after in pairwise(sure):
        ahead = options[before][0] if before >= 0 else -1
        for row in range(before + 1, after):  # what the rows before leave possible
            kept[row] = [place for place in kept[row] if place > ahead]
            ahead = min(kept[row], default=_NEVER)
        behind = options[after][0] if after < len(options) else _NEVER
        for row in range(after - 1, before, -1):  # and what the rows after do
            kept[row] = [place for place in kept[row] if place < behind]
            behind = max(kept[row], default=-1)
    return kept
