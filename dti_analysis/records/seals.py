"""Seals: the figures of a decided year as they were decided, what they rest on, and every time they were sealed anew.

The seals of an assessment are a list, never edited, only added to; the figures of each lie beside it in a table that a person
can read: one row per unit, one column per figure, points exact (docs/decisions/0007-sealed-years.md).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

import yaml
from pydantic import BaseModel, ConfigDict, Field

from dti_analysis.common.digest import sha256
from dti_analysis.common.exact import Rational
from dti_analysis.common.faults import fault
from dti_analysis.common.fields import Day, Words
from dti_analysis.common.writing import write_whole
from dti_analysis.records.documents import Digest
from dti_analysis.records.door import read_document
from dti_analysis.records.intake import read_table

Figures = dict[str, dict[str, str]]
"""Decided figures as text: by unit, then by figure (rank, rank_in_group, band, max_points, and points by component)."""


class Seal(BaseModel):
    """One sealing: when, by whom, of which decision, why anew, with which code, from which files, and the figures' hash."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    sealed: Day
    by: Words
    decision: Words
    reason: str = ""
    version: Words
    code: Digest
    files: dict[str, Digest]
    figures: Words
    sha256: Digest


Seals = Annotated[list[Seal], Field(min_length=1)]


class Difference(NamedTuple):
    """A decided figure that is another now; empty where there is none."""

    unit: str
    figure: str
    was: str
    now: str


def seals(path: Path) -> list[Seal]:
    """The seals of a file, oldest first; none where there is no file. Raises Faults for what seals cannot be."""
    return read_document(path, Seals)[0] if path.exists() else []


def sealed_figures(path: Path, seal: Seal) -> Figures:
    """The figures of a seal whose file is `path`. Raises Faults if they are not those that were sealed."""
    table = path.with_name(seal.figures)
    if not table.exists():
        raise fault(table, "", "no such file", f"the figures sealed on {seal.sealed}: they are kept for good")
    if (digest := sha256(table)) != seal.sha256:
        raise fault(table, "", f"sha256 {digest}", f"{seal.sha256}, as {path.name} says: sealed figures are not edited")
    return {
        row.pop("unit"): {str(k): v for k, v in row.items()} for row in read_table(table, ["unit", "rank"]).to_dict("records")
    }


def differences(was: Figures, now: Figures) -> Iterator[Difference]:
    """Every figure that differs, unit by unit in the order of `was`; of a unit that came or went its rank alone."""
    for unit in dict.fromkeys([*was, *now]):
        old, new = was.get(unit), now.get(unit)
        if old is None or new is None:
            yield Difference(unit, "rank", old["rank"] if old else "", new["rank"] if new else "")
            continue
        for figure in dict.fromkeys([*old, *new]):
            if old.get(figure, "") != new.get(figure, ""):
                yield Difference(unit, figure, old.get(figure, ""), new.get(figure, ""))


def add_seal(path: Path, figures: Figures, **said: object) -> Seal:
    """Write the figures and a seal over them behind those there are; the figures first, so that no seal lacks its figures."""
    before = seals(path)
    table = path.with_name(f"{path.stem}-{len(before) + 1}.csv")
    write_whole(table, _as_csv(figures).encode())
    seal = Seal.model_validate({**said, "figures": table.name, "sha256": sha256(table)})
    entries = [each.model_dump(exclude_defaults=True) for each in [*before, seal]]
    write_whole(path, yaml.safe_dump(entries, allow_unicode=True, sort_keys=False, width=120).encode())
    return seal


def _as_csv(figures: Figures) -> str:
    names = list(dict.fromkeys(name for own in figures.values() for name in own))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["unit", *names])
    writer.writerows([unit, *(own.get(name, "") for name in names)] for unit, own in figures.items())
    return text.getvalue()


def exact_text(number: Rational) -> str:
    """A number without loss: as a decimal where it is one, else as a fraction."""
    rest, places = int(number.denominator), 0
    while rest % 10 == 0 or rest % 5 == 0 or rest % 2 == 0:
        rest, places = rest // (10 if rest % 10 == 0 else 5 if rest % 5 == 0 else 2), places + 1
    if rest != 1:
        return f"{number.numerator}/{number.denominator}"
    digits = str(abs(int(number * 10**places))).rjust(places + 1, "0")
    whole, part = (digits[:-places], digits[-places:].rstrip("0")) if places else (digits, "")
    return ("-" if number < 0 else "") + whole + (f".{part}" if part else "")


def moved_files(seal: Seal, now: Mapping[str, str]) -> list[str]:
    """Which of the files a seal rests on are other now, are gone, or came."""
    return [name for name in dict.fromkeys([*seal.files, *now]) if seal.files.get(name) != now.get(name)]
