"""The process that a worker of a cluster keeps to fork pages from: it has one thread, which the worker has not.

`python -m dti_analysis.publishing.nursery FD` answers requests that come over a pipe, until that ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from functools import partial
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dti_analysis.common.faults import Fault, Faults
from dti_analysis.common.kept import FOLDER as KEPT_FOLDER
from dti_analysis.publishing import publish
from dti_analysis.publishing.cluster import Made, Request, at_home, made_of
from dti_analysis.publishing.forks import Died, Forks, peak
from dti_analysis.publishing.pages import Page, changed_meanwhile

_mine = threading.local()


def asked(request: Request) -> Any:
    """What the nursery of this thread answers to a request; it is started when first needed, and anew if it died or the batch
    holds something else than before."""
    connection: Connection | None = getattr(_mine, "connection", None)
    if connection is not None and _mine.state != request.state:  # what it has read is of the past
        connection.close()
        _mine.process.wait()
        connection = None
    if connection is None:
        connection, other = Pipe()
        number = other.fileno()
        command = [sys.executable, "-m", "dti_analysis.publishing.nursery", str(number)]
        _mine.process = subprocess.Popen(command, pass_fds=[number], stdin=subprocess.DEVNULL)
        other.close()
        _mine.connection, _mine.state = connection, request.state
    try:
        connection.send(request)
        return connection.recv()
    except (EOFError, OSError):
        connection.close()
        _mine.process.wait()
        _mine.connection = None
        return Died()


def _answers(connection: Connection) -> None:
    from dti_analysis.publishing.warm import prepare, share_study

    prepare()
    hands = Forks(1)
    while True:
        try:
            request = connection.recv()
        except (EOFError, OSError):
            return
        try:
            page = at_home(request)
            if request.kind == "page":
                share_study(page)
            hands.start(page.path, partial(_made, request.kind, page))
            ((_, result),) = hands.wait()
        except Exception as error:
            result = error
        connection.send(result)


def _made(kind: str, page: Page) -> Made:
    from dti_analysis.publishing.downloads import make_tables

    began = time.perf_counter()
    with TemporaryDirectory(prefix="dti-page-") as name:
        output = Path(name).resolve()
        names = publish.make_page(page, output)[0] if kind == "page" else make_tables(page, output)
        files = [*filter(Path.exists, page.data_files), page.notebook]
        if changed := changed_meanwhile(files, page.root):
            wanted = "data that stay as they are while a batch runs: run it again"
            raise Faults([Fault(name, "", "a file that changed while the batch read it", wanted) for name in changed])
        return made_of(names, output, page.seal, round(time.perf_counter() - began, 2), peak())


def main() -> None:
    """Answer until whoever asks is gone."""
    with TemporaryDirectory(prefix="dti-kept-") as kept:
        os.environ[KEPT_FOLDER] = kept
        _answers(Connection(int(sys.argv[1])))


if __name__ == "__main__":
    main()
