"""A batch that kills itself at its n-th step that changes the disk. Pages are made by a stand-in; all around them is real.

Called as `python killed.py DATA BEFORE OUTPUT RESULTS [all]`: for each step, a copy of BEFORE is run to its death below OUTPUT,
what is published then is noted, and it is run again to the end. RESULTS gets one line of JSON each. Without `all`, only renames
count.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

from dti_analysis.common.writing import write_whole
from dti_analysis.publishing import batch, publish, switch
from dti_analysis.publishing.downloads import table_products


class Here:
    """Hands that do the work in this very process: what it changes of the disk is then counted with the rest."""

    room, here = 1, True

    def __init__(self, room: int):
        self._done: list[tuple[str, Any]] = []

    def start(self, name: str, work: Any) -> None:
        try:
            self._done.append((name, work()))
        except Exception as error:
            self._done.append((name, error))

    def wait(self) -> list[tuple[str, Any]]:
        done, self._done = self._done, []
        return done


CHOSEN: dict[str, list[Any]] = {"lang": ["vi"], "year": [2031]}
RENAMES = ("replace", "rename")
OTHERS = ("unlink", "rmdir", "mkdir")


def _stand_in() -> None:
    """Take out what makes a run slow: kernels, checks, figures."""

    def make_page(page: Any, output: Path) -> tuple[list[Path], None]:
        made = publish.products(page, output)
        for path in made:
            write_whole(path, f"{page.path} {page.seal}\n".encode() * 50)
        return made, None

    def make_tables(ranking: Any, output: Path) -> tuple[list[Path], None]:
        made = table_products(ranking, output)
        for path in made:
            write_whole(path, f"{path.name} {ranking.seal}\n".encode())
        return made, None

    publish.make_page = make_page  # type: ignore[assignment]
    batch._make_tables = make_tables  # type: ignore[assignment]
    batch._refuse_faults = lambda data: ([], None)  # type: ignore[assignment]
    batch._prepare = lambda: None  # type: ignore[assignment]
    batch._rehearse = lambda plan: None  # type: ignore[assignment]
    batch._share_study = lambda page: None  # type: ignore[assignment]
    batch.Forks = Here  # type: ignore[assignment,misc]


def _kill_at(step: int, every: bool, without_exchange: bool) -> None:
    """Have this process die just before its `step`-th change of the disk."""
    count = 0

    def counted(change: Any) -> Any:
        def with_count(*given: Any, **more: Any) -> Any:
            nonlocal count
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return change(*given, **more)

        return with_count

    for name in (*RENAMES, *(OTHERS if every else ())):
        setattr(os, name, counted(getattr(os, name)))
    exchanged = (lambda new, place: False) if without_exchange else switch._exchanged
    switch._exchanged = counted(exchanged)  # type: ignore[assignment]


def digests(folder: Path) -> dict[str, str]:
    """What every file below a folder holds, but for the record's own time and the account of what a run cost."""
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name not in ("run.json", ".lock")]
    own = [path for path in files if not {".made", ".kept"} & set(path.parts)]
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in own}


def _forked(data: Path, output: Path, step: int, every: bool, without_exchange: bool) -> int:
    child = os.fork()
    if not child:
        try:
            _kill_at(step, every, without_exchange)
            batch.run_batch(CHOSEN, 2, output, data, lambda line: None)
            code = 0
        except BaseException as error:
            print(repr(error), file=sys.stderr)
            code = 1
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    data, before, output, results = map(Path, sys.argv[1:5])
    every = "all" in sys.argv[5:]
    _stand_in()
    with results.open("w", encoding="utf-8") as told:
        last = 0
        for without_exchange in (False, True):
            for step in range(max(1, 1 if every else last - 6), 2000):  # what is before the switch is the same with both
                here = output / f"{step}-{without_exchange}"
                if before.exists():
                    shutil.copytree(before, here)
                code = _forked(data, here, step, every, without_exchange)
                said = {"step": step, "code": code, "then": digests(here / "site")}
                said["again"] = _forked(data, here, 0, every, without_exchange)
                said |= {"whole": digests(here)}
                told.write(json.dumps(said) + "\n")
                shutil.rmtree(here)
                if code != -signal.SIGKILL:
                    last = step
                    break


if __name__ == "__main__":
    main()
