"""What a data folder lacks before anything can be published from it: each thing by its file, and what stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from dti_analysis.common.faults import Fault
from dti_analysis.records.tables import TABLES

_MADE_OF = ("places.csv", "levels.csv", "indices.csv", "references.csv", "units.csv")
"""The tables that no data folder can do without, in the order in which they are best written: each points at those before."""
_FOLDERS = ("frameworks", "assessments")
TO_BEGIN = "`dti new FOLDER --place … --year … --level …` writes a folder that has everything, to begin with"


def is_data_folder(root: Path) -> bool:
    """Whether a folder holds anything that a data folder has by its name, be it only one table."""
    return any((root / name).is_file() for name in TABLES) or any((root / name).is_dir() for name in _FOLDERS)


def to_write(root: Path) -> list[Fault]:
    """What is not there yet and has to be, in the order in which to write it; nothing where all of it is there."""
    if not is_data_folder(root):
        return [Fault(str(root), "", "nothing of a data folder", TO_BEGIN)]
    lacking = [*_missing(root)]
    return [*(replace(one, expected=f"{one.expected}; {TO_BEGIN}") for one in lacking[:1]), *lacking[1:]]


def _missing(root: Path) -> Iterator[Fault]:
    for name in _MADE_OF:
        if not (root / name).exists():
            yield Fault(str(root / name), "", "not written yet", f"a table with the columns {','.join(TABLES[name].columns)}")
    if not any((root / "frameworks").glob("*.yaml")):
        yield Fault(str(root / "frameworks"), "", "no criteria set yet", "the act, copied into a file <id>.yaml")
    elif not any((root / "assessments").glob("*/*/*/*.csv")):
        expected = "forms taken in: `dti form` writes one for each unit, `dti intake` takes in what comes back"
        yield Fault(str(root / "assessments"), "", "no assessment yet", expected)
