"""The ledger: for each thing a batch made, from what, with what result, why and at what cost. It decides what is made again.

Content decides, never times. An entry is a file of its own, written when its products are in place: a batch that is killed
forgets nothing that was finished, and an entry that cannot be read costs its own page only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from dti_analysis.common.digest import sha256
from dti_analysis.common.writing import write_whole

FOLDER = ".made"
MADE = ("pages", "notebooks", "tables", "figures")
"""The rooms of an output that hold what was made, one file for each product."""


@dataclass(frozen=True)
class Entry:
    """What is known of one thing that was made: digests of its inputs by name and of its products by path, and the account."""

    parts: dict[str, str]
    products: dict[str, str]
    seal: str = ""
    why: str = ""
    seconds: float = 0.0
    peak_mib: float | None = None


@dataclass(frozen=True)
class Job:
    """One thing to make: a page, the tables of a study, the check of the data.

    `parts` are the digests of all it is made from, by the name a person knows them by; `work` makes it and returns its
    products, and the most memory that took, in MiB, where that is known; `changed_meanwhile` tells which inputs are no longer
    what `parts` says; `ready` does beforehand, in the process of the batch, what several jobs share.
    """

    name: str
    parts: dict[str, str]
    work: Callable[[], tuple[list[Path], float | None]] = field(repr=False)
    seal: str = ""
    changed_meanwhile: Callable[[], list[str]] = field(repr=False, default=list)
    ready: Callable[[], object] = field(repr=False, default=bool)


class Ledger:
    """The entries of an output folder."""

    def __init__(self, output: Path):
        self.output = output
        self._entries: dict[str, Entry | None] = {}

    def _path(self, name: str) -> Path:
        return self.output / FOLDER / f"{name}.json"

    def entry(self, name: str) -> Entry | None:
        """The entry of what was made under a name; None where there is none that can be read."""
        if name not in self._entries:
            self._entries[name] = self._read(name)
        return self._entries[name]

    def _read(self, name: str) -> Entry | None:
        try:
            entry = Entry(**json.loads(self._path(name).read_text(encoding="utf-8")))
            sound = isinstance(entry.parts, dict) and isinstance(entry.products, dict) and entry.seconds >= 0
        except (OSError, ValueError, TypeError):
            return None
        return entry if sound else None

    def names(self) -> list[str]:
        """Everything there is an entry of, read or not."""
        folder = self.output / FOLDER
        return sorted(path.relative_to(folder).as_posix().removesuffix(".json") for path in folder.rglob("*.json"))

    def add(self, name: str, entry: Entry) -> None:
        """Write an entry; its products must be in place."""
        write_whole(self._path(name), (json.dumps(asdict(entry), ensure_ascii=False, indent=1) + "\n").encode())
        self._entries[name] = entry

    def drop(self, name: str) -> None:
        """Forget what was made under a name."""
        self._path(name).unlink(missing_ok=True)
        self._entries[name] = None

    def digests(self, products: Iterable[Path]) -> dict[str, str]:
        """The digests of products, by their path below the output."""
        return {path.relative_to(self.output).as_posix(): sha256(path) for path in products}

    def changes(self, job: Job) -> list[str]:
        """Which inputs of a job are not as they were when it was made; empty if it was never made."""
        entry = self.entry(job.name)
        if entry is None:
            return []
        names = dict.fromkeys([*job.parts, *entry.parts])
        return [change(name, entry.parts.get(name), job.parts.get(name)) for name in names
                if entry.parts.get(name) != job.parts.get(name)]  # fmt: skip

    def reasons(self, job: Job) -> list[str]:
        """Why a job is to be done: what changed since it was made. Empty if nothing did."""
        entry = self.entry(job.name)
        if entry is None:
            return ["the entry of its making cannot be read" if self._path(job.name).exists() else "never made"]
        return [*self.changes(job), *self.damage(job.name)]

    def damage(self, name: str) -> list[str]:
        """Which products of what was made are not as they were made."""
        entry = self.entry(name)
        if entry is None:
            return []
        found = []
        for product, digest in entry.products.items():
            path = self.output / product
            if not path.is_file():
                found.append(f"{product} was deleted")
            elif sha256(path) != digest:
                found.append(f"{product} was altered")
        return found


def change(name: str, before: str | None, now: str | None) -> str:
    """What happened to an input, in words."""
    return f"{name} {'is new' if before is None else 'is gone' if now is None else 'changed'}"


def digest_of(value: object) -> str:
    """The digest of plain values."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
