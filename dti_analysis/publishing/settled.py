"""What a batch remembers that left nothing to do: the next one like it reads and hashes, and loads nothing that makes pages.

It remembers no times: all that pages are made from, and all that was made, is hashed anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from dti_analysis.common.digest import sha256
from dti_analysis.common.rooms import DATA, PACKAGE
from dti_analysis.common.writing import write_whole
from dti_analysis.publishing.ledger import FOLDER, MADE, Ledger

FILE = ".settled"
_AT_REST = {FILE, FOLDER, ".kept", ".lock", ".gitignore"}
"""What of an output folder is hidden while no batch is at work, nor was killed."""


def asked(chosen: dict[str, list[Any]], data: Path | None, site: Path | None) -> dict[str, Any]:
    """What somebody wants of a batch, to be compared."""
    root = data.resolve() if data else Path(os.environ.get("DTI_DATA") or DATA).absolute()
    return {"chosen": chosen, "data": str(root), "site": str(site and site.absolute()), "python": sys.version}


def settled(wanted: dict[str, Any], output: Path) -> bool:
    """Whether a batch was asked for the same, and nothing has changed since that it read or made."""
    try:
        said = json.loads((output / FILE).read_text(encoding="utf-8"))
        if said["wanted"] != wanted or not _at_rest(output):
            return False
        there = set(map(str, _rooms(Path(wanted["data"]))))
        return (
            there <= said["inputs"].keys()
            and said["made"] == _digest_of_folder(output / FOLDER)
            and all(_digest(Path(name)) == digest for name, digest in said["inputs"].items())
            and _as_made(Ledger(output))
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return False


def remember(wanted: dict[str, Any], output: Path, inputs: dict[Path, str]) -> None:
    """Remember what was asked for, and the digests of what it was made from as they were when it was read; "" says that a file
    was not there."""
    said = {
        "wanted": wanted,
        "inputs": {str(path.absolute()): digest for path, digest in inputs.items()},
        "made": _digest_of_folder(output / FOLDER),
    }
    with suppress(OSError):  # no room for it is no reason to fail
        write_whole(output / FILE, json.dumps(said, ensure_ascii=False).encode())


def _rooms(data: Path) -> Iterable[Path]:
    """What lies where a file that is new may change what there is to make."""
    yield from (path for path in data.rglob("*") if path.is_file())
    yield from (path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc")


def _at_rest(output: Path) -> bool:
    return {path.name for path in output.iterdir() if path.name.startswith(".")} <= _AT_REST


def _digest(path: Path) -> str:
    return sha256(path) if path.is_file() else ""


def _digest_of_folder(folder: Path) -> str:
    entries = sorted(path for path in folder.rglob("*") if path.is_file())
    told = [f"{path.relative_to(folder).as_posix()} {sha256(path)}" for path in entries]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _as_made(ledger: Ledger) -> bool:
    """Whether the rooms of an output hold what was made as it was made, and nothing else."""
    entries = [entry for name in ledger.names() if (entry := ledger.entry(name))]
    due = {ledger.output / name: digest for entry in entries for name, digest in entry.products.items()}
    there = [path for room in (*MADE, "site") for path in (ledger.output / room).rglob("*") if not path.is_dir()]
    there += [path for path in (ledger.output / room for room in (*MADE, "site", FOLDER)) if path.is_symlink()]
    return set(there) | {ledger.output / "run.json"} == due.keys() and all(_digest(path) == due[path] for path in due)
