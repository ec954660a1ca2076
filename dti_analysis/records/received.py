"""Forms that were received and kept: each is there, and is the file that was taken in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import Fault
from dti_analysis.records.documents import Source


def wrong_received(root: Path, sources: list[Source], sidecar: Path) -> Iterator[Fault]:
    """A fault for each kept form, and each mapping by which one was read, that is gone or is no longer what was taken in.

    `root` is the data folder, `sidecar` the file that lists them.
    """
    due = {source.file: source.sha256 for source in sources}
    due |= {mapping: mapping.rpartition("mapping-")[2].partition(".")[0] for one in sources if (mapping := one.mapping)}
    for file, digest in due.items():
        path = root / file
        expected = f"sha256 {digest}, as {sidecar.name} says: received files are kept, and not edited"
        try:
            if not path.is_file():
                yield Fault(str(path), "", "no such file", expected)
            elif not (found := sha256(path)).startswith(digest):
                yield Fault(str(path), "", f"sha256 {found}", expected)
        except OSError as error:
            yield Fault(str(path), "", error.strerror or "no way to read it", expected)
