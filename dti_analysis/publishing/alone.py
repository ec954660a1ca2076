"""One run at a time for each output folder, with a temporary folder of its own, that leaves nothing behind however it ends."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from dti_analysis.common.faults import fault
from dti_analysis.publishing.forks import can_fork

TEMPORARY = "DTI_RUN_FOLDER"
"""The environment variable by which processes of a run know its temporary folder."""
_LOCK, _WHO, _PREFIX = ".lock", ".running", "dti-run-"
_ROOM = 55
"""How long the name of the folder may be: the path of a socket, which a notebook may want one for, has some 100 characters."""


@contextmanager
def alone(output: Path, wait: bool, say: Callable[[str], None], tidy: Callable[[], None]) -> Iterator[None]:
    """Within, no other run has `output`. What a run that was killed left behind goes first: `tidy` sweeps the output.

    Raises Faults, saying who runs since when, if somebody does; with `wait` says so and waits. A signal to end is obeyed at
    once: every file is whole at every moment, so that nothing need be brought to an end.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(output / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        if not wait:
            expected = "one run at a time: wait for it (--wait), or give another --output"
            raise fault(output, "", f"a run at work: {_who(output)}", expected) from None
        say(f"waiting for another run: {_who(output)}")
        lock.acquire()
    before = {name: os.environ.get(name) for name in ("TMPDIR", TEMPORARY)}
    handlers: dict[signal.Signals, Any] = {}
    folder: Path | None = None
    held: int | None = None
    try:
        _remove_temporary(str(_said(output).get("temporary", "")))
        tidy()
        folder = _temporary()
        held = _watched(folder)

        def end(number: int, _: object) -> NoReturn:
            tidy()
            _leave(output)
            _remove_temporary(str(folder))
            say(f"ended by {signal.Signals(number).name}: what was made is kept, the site is as it was")
            os._exit(128 + number)

        for number in (signal.SIGTERM, signal.SIGINT):
            handlers[number] = signal.signal(number, end)
        about = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now().astimezone().isoformat(" ", "seconds"),
        }
        (output / _WHO).write_text(json.dumps(about | {"temporary": str(folder)}), encoding="utf-8")
        os.environ.update({"TMPDIR": str(folder), TEMPORARY: str(folder)})
        tempfile.tempdir = str(folder)
        yield
    finally:
        for ending, handler in handlers.items():
            signal.signal(ending, handler)
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        tempfile.tempdir = None
        _leave(output)
        if held is not None:
            os.close(held)
        if folder:
            _remove_temporary(str(folder))
        lock.release()


def _leave(output: Path) -> None:
    with suppress(OSError):
        (output / _WHO).unlink(missing_ok=True)


def _said(output: Path) -> dict[str, Any]:
    """What a run has written of itself; nothing where there is none, or half of it."""
    try:
        said = json.loads((output / _WHO).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}


def _who(output: Path) -> str:
    said = _said(output)
    return f"process {said.get('pid', 'unknown')} on {said.get('host', 'unknown')}, since {said.get('since', 'unknown')}"


def _temporary() -> Path:
    """A folder for what the run needs for its own time, where the path leaves room for the names of sockets."""
    tried = []
    for root in dict.fromkeys([tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm"]):
        try:
            if len(os.fsencode(root)) <= _ROOM:
                return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=root))
            tried.append(f"{root} (a path of {len(os.fsencode(root))} bytes; {_ROOM} at most)")
        except OSError as error:
            tried.append(f"{root} ({error.strerror})")
    raise fault("TMPDIR", "", "; ".join(tried), "a folder for temporary files that can be written to")


def _remove_temporary(folder: str) -> None:
    """Remove the temporary folder of a run that was killed, and nothing else."""
    path = Path(folder)
    with suppress(FileNotFoundError):  # at the end of a run the one that watches it may be quicker
        if path.name.startswith(_PREFIX) and path.is_dir() and not path.is_symlink() and _own(path):
            shutil.rmtree(path, ignore_errors=True)


def _own(path: Path) -> bool:
    """Whether a folder is of who runs this; Windows, which has no such numbers, keeps others out by itself."""
    return not hasattr(os, "getuid") or path.stat().st_uid == os.getuid()


def _watched(folder: Path) -> int | None:
    """Start a process that turns off the light: once the batch and all its forks are gone, however they went, it removes the
    temporary folder. Returns the end of a pipe that it watches."""
    if not can_fork():
        return None
    watched, held = os.pipe()
    if os.fork():
        os.close(watched)
        return held
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        os.close(held)
        while os.read(watched, 1):
            pass
        _remove_temporary(str(folder))
    finally:
        os._exit(0)
