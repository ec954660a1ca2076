"""Writing files: whole or not at all, beside their place and moved there, and never over what somebody handed in."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from dti_analysis.common.faults import fault

PARTIAL = ".partial"
"""How the names of files end that are not yet whole. What a killed process leaves of them may be deleted."""
_PLACE = "a place that can be written to"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file in one step: who reads it meanwhile, or after a crash, finds what was there before or all of this.

    Raises OSError; nothing is then left of the attempt.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = NamedTemporaryFile(dir=path.parent, prefix=".", suffix=PARTIAL, delete=False)  # noqa: SIM115
    near = Path(partial.name)
    try:
        with partial:  # closed before it is moved: Windows moves no open file
            partial.write(content)
        near.chmod(0o666 & ~_umask())
        near.replace(path)
    except BaseException:
        near.unlink(missing_ok=True)
        raise


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """Within, a path beside a file, for what writes files by name; moved to the file's place at the end, gone if that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + PARTIAL)
    try:
        yield partial
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def refuse_target(out: Path, inputs: Iterable[Path] = ()) -> None:
    """Raise Faults unless a result may be written to `out`: not over one of the `inputs`, nor in place of a folder."""
    try:
        if not out.name or out.is_dir():
            raise fault(out, "", "a folder", "the name of a file")
        if not out.parent.is_dir() or not out.resolve().parent.is_dir():
            found = f"Cannot save file into a non-existent directory: '{out.parent}'"
            raise fault(out, "", found, _PLACE)
        for given in inputs:
            if out.exists() and given.exists() and out.samefile(given):
                raise fault(out, "", "the input itself", "a file other than those that are read")
    except RuntimeError:
        raise fault(out, "", "a link that leads back to itself", _PLACE) from None
    except OSError as error:
        raise fault(out, "", error.strerror or str(error), _PLACE) from None


def write_result(out: Path, content: bytes) -> None:
    """Write what somebody asked for: through a link to the file it names, into a device or pipe rather than in its place.

    Raises Faults if it cannot be written; nothing is then left beside it.
    """
    try:
        if out.exists() and (not stat.S_ISREG(out.stat().st_mode) or out.absolute().is_relative_to("/dev")):
            with out.open("wb") as device:
                device.write(content)
        else:
            write_whole(out.resolve(), content)
    except OSError as error:
        raise fault(out, "", error.strerror or str(error), _PLACE) from None


def plain_cell(text: str) -> str:
    """A text as a cell of a CSV file that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
