"""Kept tables: what a batch has computed once, for every notebook of the same study to read instead of computing it again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from pickle import UnpicklingError
from tempfile import NamedTemporaryFile

import pandas as pd

from dti_analysis.common.rooms import PACKAGE

FOLDER = "DTI_TABLES"
"""The environment variable by which a batch names the folder; without it nothing is kept."""
_WINGS = ("common", "criteria", "records", "scores", "studies")


def kept(name: str, files: Iterable[Path], make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
    """The table that `make` computes from `files`, read where it was kept for the same content of files and package.

    A kept table that cannot be read is made again.
    """
    folder = os.environ.get(FOLDER)
    if not folder:
        return make()
    path = Path(folder) / f"{name}-{_key(files)}.pickle"
    try:
        table: pd.DataFrame = pd.read_pickle(path)  # of our own folder
        return table
    except (OSError, EOFError, UnpicklingError, AttributeError, ValueError, ImportError):
        table = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=".partial", delete=False) as partial:
        table.to_pickle(partial.name)
    Path(partial.name).replace(path)
    return table


def _key(files: Iterable[Path]) -> str:
    """A hash of what the files and the package hold."""
    digests = [f"{path.name} {_digest(path, path.stat().st_mtime_ns)}" for path in sorted(files)]
    return hashlib.sha256("\n".join([_package(), *digests]).encode()).hexdigest()[:24]


@cache
def _digest(path: Path, changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _package() -> str:
    sources = sorted(path for wing in _WINGS for path in (PACKAGE / wing).glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
