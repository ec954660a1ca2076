"""The hash by which a file is known again."""

from __future__ import annotations

import hashlib
from pathlib import Path


def sha256(path: Path) -> str:
    """SHA-256 of what a file holds now, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
