"""What differs between two published runs: figures, ranks and pages, and which inputs are others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from dti_analysis.publishing.ledger import change
from dti_analysis.publishing.published_run import Run

_KEYS = ["year", "from_year", "to_year", "unit", "basis", "component"]
_NAMES = ("unit_name", "component_name")


class Figure(NamedTuple):
    """A figure that differs: of which table, row and column, what it was and is; empty where it is not there."""

    table: str
    row: str
    column: str
    was: str
    now: str

    @property
    def of_rank(self) -> bool:
        """Whether it is the rank of a whole unit."""
        return "rank" in self.column and self.row.endswith(" total")


class Differing(NamedTuple):
    """A page that differs: `new`, `gone`, `says` something else, or `checksums` alone; and which of its inputs are others."""

    path: str
    how: str
    why: list[str]


def figures(before: Run, now: Run) -> Iterator[Figure]:
    """Every figure of the tables that differs; of a table or a row that came or went, one line."""
    old, new = before.tables(), now.tables()
    for name in dict.fromkeys([*old, *new]):
        if name not in old or name not in new:
            yield Figure(name, "", "", "" if name not in old else "the table", "" if name not in new else "the table")
        elif old[name].read_bytes() != new[name].read_bytes():
            yield from _rows(name, before.table(name), now.table(name))


def _rows(name: str, old: pd.DataFrame, new: pd.DataFrame) -> Iterator[Figure]:
    keys = [key for key in _KEYS if key in old and key in new]
    tables = [{_key(row, keys): row for row in table.to_dict("records")} for table in (old, new)]
    for key in dict.fromkeys([*tables[0], *tables[1]]):
        was, now = (table.get(key) for table in tables)
        row = " ".join(key)
        if was is None or now is None:
            yield Figure(name, row, "", "" if was is None else "a row", "" if now is None else "a row")
            continue
        for column in dict.fromkeys([*was, *now]):
            if column not in _NAMES and was.get(column, "") != now.get(column, ""):
                yield Figure(name, row, str(column), str(was.get(column, "")), str(now.get(column, "")))


def _key(row: dict[object, object], keys: list[str]) -> tuple[str, ...]:
    return tuple(str(row[key]) for key in keys)


def pages(before: Run, now: Run) -> Iterator[Differing]:
    """Every page that is new, gone, or made from other inputs."""
    for path in dict.fromkeys([*before.pages, *now.pages]):
        if path not in now.pages or path not in before.pages:
            yield Differing(path, "gone" if path in before.pages else "new", [])
            continue
        same = before.said(path) == now.said(path)
        why = changed(before.inputs_of(path), now.inputs_of(path))
        if not why and before.pages[path]["seal"] != now.pages[path]["seal"]:
            why = ["its parameters changed"]
        if not same or why:
            yield Differing(path, "checksums" if same else "says", why)


def changed(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """Which inputs are others, in words."""
    names = dict.fromkeys([*before, *now])
    return [change(name, before.get(name), now.get(name)) for name in names if before.get(name) != now.get(name)]


def differences(before: Run, now: Run, most: int = 20) -> list[str]:
    """What differs, in lines: why, ranks, figures, pages; of each at most so many, and how many more. Empty if nothing does."""
    found, made = list(figures(before, now)), list(pages(before, now))
    ranks = [each for each in found if each.of_rank]
    others = [each for each in found if not each.of_rank]
    say = [each for each in made if each.how != "checksums"]
    quiet = len(made) - len(say)
    reasons = list(dict.fromkeys(why for each in made for why in each.why))
    if not (found or made):
        return []
    reasons += [f"{name} {old} → {new}" for name, old, new in _surroundings(before, now)]
    lines = _listed("why", reasons or ["no input is another: what computes is not the same on both sides"], most)
    lines += _listed("ranks", [_told(each) for each in ranks], most)
    lines += _listed("figures", [_told(each) for each in others], most)
    lines += _listed("pages", [f"{each.path}: {_why(each)}" for each in say], most)
    return lines + ([f"{quiet} more pages were made from other inputs and say the same"] if quiet else [])


def _surroundings(before: Run, now: Run) -> Iterator[tuple[str, str, str]]:
    old, new = before.surroundings, now.surroundings
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield name, old.get(name, "–"), new.get(name, "–")


def _told(figure: Figure) -> str:
    where = " ".join(filter(None, [figure.table + ":", figure.row, figure.column]))
    return f"{where}: {figure.was or 'nothing'} → {figure.now or 'nothing'}"


def _why(page: Differing) -> str:
    return page.how if page.how in ("new", "gone") else ", ".join(page.why) or "from the same inputs"


def _listed(heading: str, lines: list[str], most: int) -> list[str]:
    if not lines:
        return []
    more = [f"  … and {len(lines) - most} more"] if len(lines) > most else []
    return [f"{heading}: {len(lines)}", *(f"  {line}" for line in lines[:most]), *more]
