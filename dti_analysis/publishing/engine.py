"""The engine: jobs side by side, each entered in the ledger once its products are in place; a line for each."""

from __future__ import annotations

import errno
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from dti_analysis.common.faults import Fault, Faults
from dti_analysis.publishing.forks import Died, Hands
from dti_analysis.publishing.ledger import Entry, Job, Ledger

_FEW = 3


@dataclass
class Outcome:
    """What became of jobs: how many were done, the faults of each that failed, and those that ended the batch early."""

    made: int = 0
    failed: dict[str, list[Fault]] = field(default_factory=dict)
    ended: list[Fault] = field(default_factory=list)


class Progress:
    """Lines that say what was done and why, what remains, and about how long that takes."""

    def __init__(self, total: int, seen: int, todo: Sequence[Job], ledger: Ledger, say: Callable[[str], None]):
        self._ledger, self._say = ledger, say
        self._began, self._done = time.perf_counter(), 0.0
        self.expect(total, seen, todo)

    def expect(self, total: int, seen: int, todo: Sequence[Job]) -> None:
        """How many jobs there are, how many of them are done, and which are still to do."""
        self.total, self.seen = total, seen
        known = {job.name: entry.seconds for job in todo if (entry := self._ledger.entry(job.name))}
        usual = sum(known.values()) / len(known) if known else 1.0
        self._left = {job.name: max(known.get(job.name, usual), 0.01) for job in todo}

    @property
    def expected(self) -> float:
        """About how many seconds of work are left, by what it took the last time."""
        return sum(self._left.values())

    def tell(self, name: str, word: str, why: str) -> None:
        """One job is at its end."""
        self.seen += 1
        self._done += self._left.pop(name, 0.0)
        pace = (time.perf_counter() - self._began) / self._done if self._done else 0.0
        remain = self.total - self.seen
        about = f", about {max(1, round(pace * self.expected))} s" if self._left and pace else ""
        self._say(f"[{self.seen} of {self.total}] {name} {word}, {remain} remain{about} ({why})")


def said(reasons: Sequence[str]) -> str:
    """Reasons in a line: the first few, and how many more there are."""
    more = f" and {len(reasons) - _FEW} more" if len(reasons) > _FEW else ""
    return ", ".join(reasons[:_FEW]) + more


def run_jobs(
    todo: dict[str, tuple[Job, list[str]]],
    hands: Hands,
    ledger: Ledger,
    progress: Progress,
    meanwhile: Callable[[], None] | None = None,
) -> Outcome:
    """Do jobs, each given with its reasons, as many at a time as there are hands for. One that fails holds back no other; a
    fault of the surroundings (no room, no temporary folder, data that change meanwhile) ends the batch, as it would meet
    every job. Once the first is under way, `meanwhile` is done here."""
    outcome = Outcome()
    waiting, under_way = list(reversed(todo)), 0
    while waiting or under_way:
        while waiting and under_way < hands.room:
            name = waiting.pop()
            if hands.here:
                todo[name][0].ready()
            hands.start(name, partial(_done, *todo[name], ledger))
            under_way += 1
            if meanwhile is not None:
                meanwhile()
                meanwhile = None
        for name, result in hands.wait():
            under_way -= 1
            why = said(todo[name][1])
            if isinstance(result, Entry):
                outcome.made += 1
                ledger.add(name, result)
                progress.tell(name, "done", why)
            elif isinstance(result, Ended):
                outcome.ended = outcome.ended or result.faults
                waiting.clear()  # what is under way comes to its end
            else:
                outcome.failed[name] = _faults(name, result)
                progress.tell(name, "FAILED", why)
    return outcome


def _faults(name: str, result: object) -> list[Fault]:
    """What went wrong with a job: whatever it is, it costs this job only, and is said in a line."""
    if isinstance(result, Faults):
        return result.faults
    if isinstance(result, Died):
        return [Fault(name, "", "a process that died", "one that lives: run again, with more memory if it was short")]
    first = (str(result).strip().splitlines() or [""])[0][:300]
    return [Fault(name, "", f"{type(result).__name__}: {first}", "no error")]


class Ended(Faults):
    """Faults of the surroundings: every job would meet them."""


def _done(job: Job, why: list[str], ledger: Ledger) -> Entry:
    """Do a job where this is called; returns its entry. Raises Ended for faults of the surroundings."""
    began = time.perf_counter()
    try:
        products, peak = job.work()
        if changed := job.changed_meanwhile():
            wanted = "data that stay as they are while a batch runs: run it again"
            raise Ended(Fault(name, "", "a file that changed while the batch read it", wanted) for name in changed)
        seconds = round(time.perf_counter() - began, 2)
        return Entry(job.parts, ledger.digests(products), job.seal, said(why), seconds, peak)
    except OSError as error:
        raise Ended([_surroundings(error, ledger)]) from None


def _surroundings(error: OSError, ledger: Ledger) -> Fault:
    """What a failed call to the system says of the place that the batch works in."""
    folder = tempfile.gettempdir()
    if not Path(folder).is_dir():
        return Fault(folder, "", "no temporary folder any more", "one that stays while a batch runs (TMPDIR)")
    where = error.filename if isinstance(error.filename, str) else str(ledger.output)
    if error.errno == errno.EMFILE:
        return Fault(where, "", error.strerror or "", "leave to open more files at once (ulimit -n), or fewer --workers")
    return Fault(where, "", error.strerror or str(error), "room and leave to write")
