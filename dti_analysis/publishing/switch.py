"""Putting a folder in the place of another in one step, so that whoever looks finds the old one or the new one, whole."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path

_HERE, _EXCHANGE, _SWAP = -100, 2, 2  # AT_FDCWD, RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS


def replace_folder(new: Path, place: Path) -> None:
    """Move the folder `new` to `place`; what was there before is deleted.

    Where the file system cannot exchange two folders, the old one steps aside first: `recover` brings it back if the process
    is killed at that moment.
    """
    aside = _aside(place)
    if not place.exists():
        new.rename(place)
    elif _exchanged(new, place):
        new.rename(aside)
    else:
        place.rename(aside)
        new.rename(place)
    shutil.rmtree(aside, ignore_errors=True)


def recover(place: Path) -> None:
    """Bring back, or clear away, what a process that was killed while it replaced `place` has left."""
    aside = _aside(place)
    if aside.is_dir() and not place.exists():
        aside.rename(place)
    shutil.rmtree(aside, ignore_errors=True)


def _aside(place: Path) -> Path:
    return place.with_name(f".{place.name}.old")


def _exchanged(new: Path, place: Path) -> bool:
    """Whether two folders have changed places, which not every system and file system can do."""
    if os.name != "posix":
        return False
    library, names = ctypes.CDLL(None), (os.fsencode(new), os.fsencode(place))
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return bool(library.renamex_np(*names, _SWAP) == 0)
    if hasattr(library, "renameat2"):
        return bool(library.renameat2(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0)
    return False
