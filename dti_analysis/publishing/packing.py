"""What is taken away from the site is packed: the same bytes for the same files, whatever the machine and the day."""

from __future__ import annotations

import shutil
import tarfile
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

PACKED = ".zip"
"""The ending that a packed table has beside its own: pandas and R read it as it is."""


def pack_notebooks(files: dict[str, Path], target: Path) -> None:
    """All notebooks, by their names, in one tar.xz: what they have in common is kept once, a fifth of a zip of them."""
    with tarfile.open(target, "w:xz", preset=3) as archive:  # a tenth larger than the best, in a third of the time
        for name, file in sorted(files.items()):
            content, entry = file.read_bytes(), tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, BytesIO(content))


def pack_table(table: Path, folder: Path) -> Path:
    """A table in a folder of the site: a CSV by itself in a zip, a twelfth of its size; any other file as it is."""
    if table.suffix != ".csv":
        return Path(shutil.copyfile(table, folder / table.name))
    target = folder / f"{table.name}{PACKED}"
    entry = ZipInfo(table.name, date_time=(2020, 1, 1, 0, 0, 0))
    entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
    with ZipFile(target, "w") as archive:
        archive.writestr(entry, table.read_bytes(), compresslevel=9)
    return target
