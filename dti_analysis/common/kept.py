"""Kept results: what a batch has read and computed once, for every notebook to take instead of doing it again."""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TypeVar

from dti_analysis.common.digest import sha256
from dti_analysis.common.rooms import PACKAGE

FOLDER = "DTI_KEPT"
"""The environment variable by which a batch names the folder; without it nothing is kept."""
_WINGS = ("common", "criteria", "records", "scores", "studies")
_T = TypeVar("_T")


def kept(name: str, files: Iterable[Path], make: Callable[[], _T]) -> _T:
    """What `make` makes of `files`, taken where it was kept for the same content of files and package.

    What was kept and cannot be read is made again.
    """
    folder = os.environ.get(FOLDER)
    if not folder:
        return make()
    path = Path(folder) / f"{name}-{_key(files)}.pickle"
    try:
        found: _T = pickle.loads(path.read_bytes())  # of our own folder
        return found
    except (OSError, EOFError, pickle.UnpicklingError, AttributeError, ValueError, ImportError, IndexError):
        made = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=".partial", delete=False) as partial:
        partial.write(pickle.dumps(made))
    Path(partial.name).replace(path)
    return made


def _key(files: Iterable[Path]) -> str:
    """A hash of what the files and the package hold."""
    digests = [f"{path.name} {_digest(path, path.stat().st_mtime_ns)}" for path in sorted(files) if path.exists()]
    return hashlib.sha256("\n".join([_package(), *digests]).encode()).hexdigest()[:24]


@cache
def _digest(path: Path, changed: int) -> str:
    return sha256(path)


@cache
def _package() -> str:
    sources = sorted(path for wing in _WINGS for path in (PACKAGE / wing).glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
