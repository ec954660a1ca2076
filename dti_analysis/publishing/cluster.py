"""Pages made by the workers of a Dask cluster: `dti run --cluster tcp://…`.

A worker makes a page only if it holds the same package, lock and data: it computes the page's seal from its own files. What it
made comes back as bytes, with their digests. Dask decides who makes what, and gives a page to another worker if one is lost.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, NamedTuple

from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import Fault, Faults, fault
from dti_analysis.common.rooms import LOCK
from dti_analysis.common.writing import write_whole
from dti_analysis.publishing.engine import Ended, said
from dti_analysis.publishing.forks import Died
from dti_analysis.publishing.ledger import Entry, Job, Ledger, digest_of
from dti_analysis.publishing.pages import Page, package_digest

ROOMS = ("notebooks", "pages", "tables", "figures")
"""Where below an output folder things may come to lie that workers have made."""
_CONNECT, _WITHOUT = 20, 60
_OTHER = "what the batch has: the same package, lock and data"


class Request(NamedTuple):
    """What a worker is to make: a page, or the tables of the study of a ranking page. `seal` is the page's, `state` is the
    digest of all that the batch holds, `data` where the worker has the data folder."""

    kind: Literal["page", "tables"]
    page: Page
    seal: str
    state: str = ""
    data: Path | None = None


@dataclass(frozen=True)
class Made:
    """What a worker made: files by their path below the output, their digests, the seal by its own files, seconds, memory."""

    seal: str
    files: dict[str, bytes]
    digests: dict[str, str]
    seconds: float
    peak_mib: float | None


def held(root: Path) -> dict[str, str]:
    """Digests of what a process holds: package, lock, Python, and every file of the data folder."""
    files = sorted(path for path in root.rglob("*") if path.is_file())
    own = {"the package": package_digest(), "Python": "{}.{}".format(*sys.version_info), LOCK.name: sha256(LOCK)}
    return own | {f"data/{path.relative_to(root).as_posix()}": sha256(path) for path in files}


class Workers:
    """Hands that are the workers of a cluster. Raises Faults if there are none, or one that holds something else."""

    here = False

    def __init__(
        self, address: str, todo: dict[str, tuple[Job, list[str]]], pages: dict[str, Page], ledger: Ledger, root: Path
    ):
        """`todo` are jobs with their reasons; `pages` the page of each, or, of tables, the ranking page."""
        self._todo, self._pages, self._ledger = todo, pages, ledger
        self._client = _connected(address)
        self._futures: dict[str, Any] = {}
        own = held(root)
        self._state = digest_of(own)
        try:
            self._refuse_others(root, own)
        except BaseException:
            self._client.close()
            raise
        threads = [worker["nthreads"] for worker in self._workers().values()]
        self.room = 2 * sum(threads)  # one waits at each worker while another is made

    def _workers(self) -> dict[str, Any]:
        found: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        return found

    def _refuse_others(self, root: Path, own: dict[str, str]) -> None:
        if not self._workers():
            raise fault("dti run", "--cluster", "a scheduler without workers", "workers that have joined it")
        found = []
        for worker, its in self._client.run(_held_there, root, on_error="return").items():
            if isinstance(its, BaseException):
                found.append(Fault("--cluster", worker, f"{type(its).__name__}: {its}", _OTHER))
                continue
            other = [name for name in sorted(own.keys() | its.keys()) if own.get(name) != its.get(name)]
            if other:
                more = f" and {len(other) - 3} more" if len(other) > 3 else ""
                found.append(Fault("--cluster", worker, f"another content of {', '.join(other[:3])}{more}", _OTHER))
        if found:
            raise Faults(found)

    def start(self, name: str, work: Callable[[], Any]) -> None:
        """Send a request to the cluster; `work`, which would do it here, is not used."""
        key = f"dti-{name}-{hashlib.sha256(f'{name} {time.time_ns()}'.encode()).hexdigest()[:12]}"
        page = self._pages[name]
        request = Request("page" if page.path == name else "tables", page, page.seal, self._state)
        self._futures[name] = self._client.submit(make_here, request, key=key, pure=False)

    def wait(self) -> list[tuple[str, Any]]:
        """What workers have sent back, verified and written where it belongs."""
        alone_since = None
        while not (done := [name for name, future in self._futures.items() if future.done()]):
            time.sleep(0.02)
            if self._workers():
                alone_since = None
            else:
                alone_since = alone_since or time.monotonic()
                if time.monotonic() - alone_since > _WITHOUT:
                    left = fault("--cluster", "", f"no worker for {_WITHOUT} s", "workers; what they made is kept")
                    lost = [(name, Ended(left.faults)) for name in self._futures]
                    self._futures.clear()
                    return lost
        return [(name, self._received(name, self._futures.pop(name))) for name in done]

    def _received(self, name: str, future: Any) -> Any:
        from distributed.scheduler import KilledWorker

        error = future.exception()
        if error is not None:
            return Died() if isinstance(error, KilledWorker) else error
        job, why = self._todo[name]
        made = future.result()
        if not isinstance(made, Made) or made.seal != job.seal or not _is_whole(made):
            found = "files that are not as they were made"
            return fault(name, "--cluster", found, "what a worker sent, with its seal and digests")
        paths = [self._ledger.output / path for path in made.files]
        try:
            for path, content in zip(paths, made.files.values(), strict=True):
                write_whole(path, content)
        except OSError as problem:
            return Ended([Fault(str(problem.filename), "", problem.strerror or str(problem), "room and leave to write")])
        return Entry(job.parts, self._ledger.digests(paths), made.seal, said(why), made.seconds, made.peak_mib)

    def close(self) -> None:
        """Leave the cluster; what it has not made is no longer wanted."""
        self._client.cancel(list(self._futures.values()))
        self._client.close()


def _is_whole(made: Made) -> bool:
    inside = all(path.split("/")[0] in ROOMS and ".." not in path.split("/") for path in made.files)
    return inside and made.digests == {path: hashlib.sha256(content).hexdigest() for path, content in made.files.items()}


def _connected(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise fault("dti run", "--cluster", "no package 'distributed'", "pip install 'dti-analysis[cluster]'") from None
    try:
        return Client(address, timeout=_CONNECT, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        expected = "the address of a Dask scheduler, as tcp://host:8786"
        raise fault("dti run", "--cluster", f"'{address}': {reason}", expected) from None


# ---- at a worker ------------------------------------------------------------------------------------------------------


def _held_there(root: Path) -> dict[str, str]:
    return held(_root(root))


def _root(of_batch: Path) -> Path:
    """Where a worker has the data: as its own DTI_DATA says, else where the batch has them."""
    return Path(os.environ.get("DTI_DATA") or of_batch).resolve()


def make_here(request: Request) -> Made:
    """Make what is asked for, in a fork of a process that this thread of the worker keeps for it. Raises Faults: the worker
    holds something else than the batch; what went wrong in the page."""
    from dti_analysis.publishing.nursery import asked

    result = asked(request._replace(data=_root(request.page.root)))
    if isinstance(result, BaseException):
        raise result
    if not isinstance(result, Made):
        raise Faults([Fault(request.page.path, "", "a process that died", "one that lives: more memory for the workers")])
    return result


def at_home(request: Request) -> Page:
    """The page of a request, of this machine's own files. Raises Faults if its seal is then another."""
    root, page = request.data or request.page.root, request.page
    files = [root / path.relative_to(page.root) for path in page.data_files]
    own = replace(page, root=root, data_files=files)
    if own.seal != request.seal:
        raise Faults([Fault(page.path, "--cluster", f"the seal {own.seal[:16]} at a worker", f"{request.seal[:16]}: {_OTHER}")])
    return own


def made_of(names: Iterable[Path], output: Path, seal: str, seconds: float, peak: float | None) -> Made:
    """What was made below a folder, to be sent."""
    files = {path.relative_to(output).as_posix(): path.read_bytes() for path in names}
    return Made(seal, files, {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}, seconds, peak)
