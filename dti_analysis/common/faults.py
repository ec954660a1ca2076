"""Faults in what people hand us: where, what was found, what was expected. Always reported all at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any

from dti_analysis.common.said import in_words, speaking
from dti_analysis.common.spelling import folded, invisible, shown, visible

_ABSENT = ("không ", "chưa ", "chỉ có ")  # nobody sees what is not there
_ROW = re.compile(r"row (\d+)")


@dataclass(frozen=True)
class Fault:
    """One thing wrong in one place.

    `file` names the file (or table), `place` the line, row or key in it.
    """

    file: str
    place: str
    found: str
    expected: str

    def __str__(self) -> str:
        return self.text("en")

    def text(self, lang: str) -> str:
        """The fault on one line, in a language."""
        file, place, found, expected = (in_words(said, lang) for said in (self.file, self.place, self.found, self.expected))
        where = f"{file}: {place}" if place else file
        if lang == "vi":
            seen = "" if found.startswith(_ABSENT) else "thấy "
            cut = partial(shown, counted="ký tự")
            return f"{cut(where)}: {seen}{cut(found)}; cần {cut(expected, most=600)}"
        return f"{shown(where)}: found {shown(found)}; expected {shown(expected, most=600)}"


class Faults(Exception):
    """Every fault found in one go; printing it lists them one a line."""

    consequence = "nothing was written or published"
    """What the one who is told must know of what became of the work."""

    def __init__(self, faults: Iterable[Fault]):
        self.faults = list(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[Faults], tuple[list[Fault]]]:
        """Faults that another process met arrive whole."""
        return type(self), (self.faults,)

    def text(self, lang: str) -> str:
        """Every fault on a line, in a language."""
        return "\n".join(fault.text(lang) for fault in self.faults)

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the faults in its language, without the stack of calls that found them."""
        return self.text(speaking("notebook")).splitlines()


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Faults of one file, each once, in the order of its rows; what is of no row goes first."""
    return sorted(dict.fromkeys(faults), key=lambda fault: int(row[1]) if (row := _ROW.match(fault.place)) else 0)


def fault(file: object, place: str, found: str, expected: str) -> Faults:
    """A `Faults` of one, for errors that end the work by themselves."""
    return Faults([Fault(str(file), place, found, expected)])


@contextmanager
def readable(path: Path, kind: str, encoding: str) -> Iterator[None]:
    """Within, a file that cannot be read raises `Faults`: expected was `kind`, or `encoding` where it is not UTF-8.

    What would never end (a pipe, a device) is not opened.
    """
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise fault(path, "", "a pipe or a device", kind)
        yield
    except FileNotFoundError:
        raise fault(path, "", "no such file", kind) from None
    except IsADirectoryError:
        raise fault(path, "", "a folder", kind) from None
    except OSError as error:
        raise fault(path, "", error.strerror or "no way to read it", f"{kind} that can be read") from None
    except UnicodeDecodeError as error:
        found = next((said for start, said in _STARTS.items() if error.object.startswith(start)), "bytes that are not UTF-8")
        raise fault(path, f"byte {error.start}", found, encoding) from None


_STARTS = {
    b"\xff\xfe\0\0": "text in UTF-32",
    b"%PDF": "a PDF document",
    b"PK": "an Excel workbook or another archive",
    b"\xd0\xcf\x11\xe0": "an Excel workbook of the old kind",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
}
"""What a file that is not in UTF-8 is, by its first bytes."""


def nearest(word: str, known: Iterable[str]) -> str:
    """`one of a, b, c`, led by the closest match to `word` where there is one."""
    known = sorted(known)
    match = get_close_matches(word, known, n=1)
    listing = ", ".join(known) if len(known) <= 12 else ", ".join(known[:12]) + f" … ({len(known)} in all)"
    return (f"'{match[0]}'? Known: " if match else "one of ") + (listing or "nothing")


def refused_by_model(detail: Any, key: str, known: Iterable[str]) -> tuple[str, str]:
    """What was found and what was expected, for one error of a pydantic model.

    `key` is the place in the file as it is to be named; `known` are the keys there may be beside it.
    """
    last = str(detail["loc"][-1]) if detail["loc"] else ""
    if detail["type"] == "extra_forbidden":
        return f"the key '{key}'", nearest(last, known)
    if detail["type"] == "invalid_key":
        return f"the key {said(detail['input'])}", "a word as key, in quotes where it looks like a number"
    if detail["type"] == "missing":
        return f"no '{key}'", f"the key '{last}'"
    if detail["type"] == "too_short":
        return (f"{key}: " if key else "") + f"{len(detail['input'])} of them", f"at least {detail['ctx']['min_length']}"
    if detail["type"] == "string_type":
        return f"{key}: {said(detail['input'])}", "text, in quotes where it looks like a number"
    wanted = str(detail["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")
    wanted = _SHAPES.get(detail["type"], wanted)
    return (f"{key}: " if key else "") + said(detail["input"]), wanted


def said(value: object) -> str:
    """A plain value of a file as a message shows it: as it is written there, and nothing where nothing is."""
    return {"None": "nothing", "True": "true", "False": "false"}.get(repr(value), repr(value))


def kind_of(value: object) -> str:
    """What a plain value of a file is, in words."""
    kinds = {dict: "a mapping", list: "a list", str: "a text", bool: "true or false", int: "a number", float: "a number"}
    return kinds.get(type(value), "nothing")


def worth_telling(details: Iterable[Any]) -> list[Any]:
    """Errors of a pydantic model, each cause once: a key that is misspelt is not missing besides, and one with a character
    that is not seen is told where texts are looked at. Of thousands, the first."""
    details = list(details)[:MOST_OF_A_FILE]
    extra: dict[tuple[Any, ...], list[str]] = {}
    for detail in details:
        if detail["type"] == "extra_forbidden":
            extra.setdefault(tuple(detail["loc"][:-1]), []).append(folded(visible(str(detail["loc"][-1]))))

    def again(detail: Any) -> bool:
        *above, last = detail["loc"] or [""]
        if detail["type"] == "missing":
            return bool(get_close_matches(str(last), extra.get(tuple(above), []), 1, 0.8))
        return detail["type"] == "extra_forbidden" and bool(invisible(str(last)))

    return [detail for detail in details if not again(detail)]


MOST_OF_A_FILE = 1000
"""How many errors of one file are put into words."""
_SHAPES = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "model_type": "a mapping, as 'key: value'",
    "dict_type": "a mapping, as 'key: value'",
    "list_type": "a list, as '- …'",
}
"""What kinds of values are called for whom pydantic's words mean nothing."""
