"""The output folder: what a batch may take for its own, and what of it goes because nobody needs it any more."""

from __future__ import annotations

import shutil
from pathlib import Path

from dti_analysis.common.faults import Fault, Faults, fault
from dti_analysis.common.kept import sweep as sweep_kept
from dti_analysis.common.rooms import NOTEBOOKS, PACKAGE
from dti_analysis.common.writing import PARTIAL
from dti_analysis.publishing.ledger import FOLDER, MADE, Ledger
from dti_analysis.publishing.publish import NEW_SITE
from dti_analysis.publishing.switch import recover

KEPT = ".kept"
_OWN = (*MADE, "site", FOLDER, KEPT)
_SIGNS = (FOLDER, "run.json", ".doit")
"""By which an output folder is known: of this version, of any, of the first two."""


def refuse_output(output: Path, data: Path) -> None:
    """Raise Faults unless a batch may write below `output`: nothing that it reads lies there, nothing leads elsewhere, and
    what is there is of a batch."""
    faults = []
    known = any((output / sign).exists() for sign in _SIGNS)
    for room in (output / name for name in _OWN):
        for given in (data, NOTEBOOKS, PACKAGE):
            if room == given or room.is_relative_to(given) or given.is_relative_to(room):
                faults.append(Fault(str(room), "", f"an input, {given}", "a folder apart from all inputs (--output)"))
        if room.is_symlink():
            faults.append(Fault(str(room), "", f"a link to {room.readlink()}", "a folder of its own: take the link away"))
        elif room.exists() and not room.is_dir():
            faults.append(Fault(str(room), "", "a file", "a folder: take the file away"))
        elif not known and room.is_dir() and any(room.iterdir()):
            faults.append(Fault(str(room), "", "files that no batch made", "a new or empty folder (--output)"))
    if faults:
        raise Faults(faults)


def check_writable(output: Path) -> None:
    """Make the folder; raise Faults if it cannot be made or written to."""
    try:
        output.mkdir(parents=True, exist_ok=True)
        probe = output / ".writable"
        probe.write_bytes(b"x")
        probe.unlink()
    except OSError as error:
        raise fault(output, "", error.strerror or str(error), "a folder that can be written to (--output)") from None


def tidy(output: Path) -> None:
    """Clear away what processes that were killed have left half done; a site that stepped aside comes back."""
    recover(output / "site")
    shutil.rmtree(output / NEW_SITE, ignore_errors=True)
    for room in (output / name for name in (*MADE, FOLDER, KEPT)):
        for path in room.rglob(f".*{PARTIAL}"):
            path.unlink(missing_ok=True)
    for path in output.glob(f".*{PARTIAL}"):
        path.unlink(missing_ok=True)


def sweep(ledger: Ledger, known: set[str]) -> None:
    """Forget what is made no longer (all but the jobs `known` by name), and delete every product without an entry."""
    for name in ledger.names():
        if name not in known:
            ledger.drop(name)
    entries = (ledger.entry(name) for name in ledger.names())
    due = {ledger.output / product for entry in entries if entry for product in entry.products}
    for room in (ledger.output / name for name in (*MADE, FOLDER)):
        for path in sorted(room.rglob("*"), reverse=True):
            if path.is_dir() and not path.is_symlink():
                if not any(path.iterdir()):
                    path.rmdir()
            elif room.name != FOLDER and path not in due:
                path.unlink()
    for old in (".doit", "site.new", "site.old"):  # of earlier versions
        path = ledger.output / old
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        path.unlink(missing_ok=True) if path.is_file() else None
    sweep_kept(ledger.output / KEPT)
