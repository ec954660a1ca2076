"""Kept results: what a batch has read and computed once, for every notebook to take instead of doing it again."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from dti_analysis.common.digest import sha256
from dti_analysis.common.rooms import PACKAGE
from dti_analysis.common.writing import write_whole

FOLDER = "DTI_KEPT"
"""The environment variable by which a batch names the folder; without it nothing is kept."""
_WINGS = ("common", "criteria", "records", "scores", "studies")
_T = TypeVar("_T")
_had: dict[Path, Any] = {}
"""What this process, or the one it was forked from, has had of it."""


def kept(name: str, files: Iterable[Path], make: Callable[[], _T]) -> _T:
    """What `make` makes of `files`, taken where it was kept for the same content of files and package.

    What was kept and cannot be read is made again; what cannot be kept, or rests on files that changed meanwhile, is not kept.
    """
    folder = os.environ.get(FOLDER)
    if not folder:
        return make()
    files = list(files)
    key = _key(files)
    path = Path(folder) / f"{name}-{key}.pickle"
    if path not in _had:
        try:
            _had[path] = pickle.loads(path.read_bytes())  # of our own folder
        except (OSError, EOFError, pickle.UnpicklingError, AttributeError, ValueError, ImportError, IndexError):
            made = make()
            if _key(files) != key:
                return made
            _had[path] = made
            with suppress(OSError):  # no room for it is no reason to fail
                write_whole(path, pickle.dumps(made))
    found: _T = _had[path]
    return found


def sweep(folder: Path) -> None:
    """Delete what was kept by another state of the package: nobody will ask for it again."""
    for path in folder.glob("*.pickle"):
        if f"-{package_state()[:8]}-" not in path.name:
            path.unlink(missing_ok=True)


def _key(files: Iterable[Path]) -> str:
    """A hash of what the files and the package hold."""
    digests = [f"{path.name} {_digest(path, path.stat().st_mtime_ns)}" for path in sorted(files) if path.exists()]
    return f"{package_state()[:8]}-{hashlib.sha256(chr(10).join([package_state(), *digests]).encode()).hexdigest()[:24]}"


@cache
def _digest(path: Path, changed: int) -> str:
    return sha256(path)


@cache
def package_state() -> str:
    """One hash of the code that reads and computes, whatever shows it."""
    sources = sorted(path for wing in _WINGS for path in (PACKAGE / wing).glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
