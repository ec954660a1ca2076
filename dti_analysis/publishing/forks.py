"""Work side by side, each piece in a fork of this process: it finds all that was imported, read and computed before, and
leaves nothing behind. The process that forks must have one thread.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing import connection
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Protocol


def can_fork() -> bool:
    """Whether this system can fork processes; where it cannot, as Windows, each piece of work starts a Python of its own."""
    return "fork" in multiprocessing.get_all_start_methods()


class Died:
    """What comes back of work whose process died."""


class Hands(Protocol):
    """Who does the work of a batch: forks of this process, or workers of a cluster."""

    room: int
    """How many pieces of work may be under way at once."""
    here: bool
    """Whether they share what this process has computed."""

    def start(self, name: str, work: Callable[[], Any]) -> None:
        """Begin a piece of work that returns or raises something that can be pickled."""

    def wait(self) -> list[tuple[str, Any]]:
        """What is done since, at least one: its name, and what it returned, or raised, or `Died`."""


class Forks:
    """Hands that are processes forked for one piece of work each, `room` at a time."""

    here = True

    def __init__(self, room: int, context: BaseContext | None = None):
        self.room = room
        self._context: Any = context or multiprocessing.get_context("fork" if can_fork() else "spawn")
        self._running: dict[Connection, tuple[str, BaseProcess]] = {}

    def start(self, name: str, work: Callable[[], Any]) -> None:
        """Fork a process that does the work."""
        if not self._running:
            gc.collect()
        gc.freeze()  # memory that both share stays shared: a collection in the fork does not write to it
        receiving, sending = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_in_fork, args=(work, sending), name=name)
        process.start()
        sending.close()
        self._running[receiving] = (name, process)

    def wait(self) -> list[tuple[str, Any]]:
        """What forks have sent back; each is then gone."""
        found = []
        for receiving in connection.wait(list(self._running)):
            assert isinstance(receiving, Connection)
            name, process = self._running.pop(receiving)
            try:
                result = receiving.recv()
            except (EOFError, OSError):
                result = Died()
            process.join()
            receiving.close()
            found.append((name, result))
        return found


def _in_fork(work: Callable[[], Any], sending: Connection) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):  # what the batch does on these is not for its forks to do
        signal.signal(number, signal.SIG_DFL)
    _end_with_the_batch()
    try:
        result = work()
    except BaseException as error:  # it is the batch's to judge
        result = error
    try:
        sending.send(result)
    except Exception:
        sending.send(RuntimeError(f"{type(result).__name__}: {result}"))


def _end_with_the_batch() -> None:
    """In a fork: end when the batch is gone, however it went. Its end of a pipe closes with it."""
    batch = multiprocessing.parent_process()
    assert batch is not None

    def watch() -> None:
        connection.wait([batch.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def peak() -> float | None:
    """The most memory, in MiB, that this process has had; None where the system does not tell."""
    try:
        said = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
        return round(int(said.partition("VmHWM:")[2].split()[0]) / 1024, 1)
    except (OSError, IndexError, ValueError):
        return None
