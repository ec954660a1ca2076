"""Kernels for the batch that start in a tenth of the time: forked from a process that has done the imports already.

An ordinary kernel spends most of a short notebook's time on starting Python and importing pandas and matplotlib. Here a
`multiprocessing` fork server imports them once; every kernel is then a fork of it, a full ipykernel with a state of its own.
Uses two documented extension points of jupyter_client: a kernel provisioner (entered in pyproject.toml) and a kernel manager.
Where the system cannot fork, as Windows, ordinary kernels and spawned processes do the same work, more slowly.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import default

_T = TypeVar("_T")
PROVISIONER = "dti-forked"
PRELOAD = [
    "IPython.core.completerlib",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "ipykernel.kernelapp",
    "pandas",
    "dti_analysis.publishing.alone",
    "dti_analysis.studies.commune",
    "dti_analysis.views.figures",
    "dti_analysis.views.findings",
    "dti_analysis.views.notebook",
    "dti_analysis.publishing.publish",
    "dti_analysis.studies.study",
    "dti_analysis.views.tables",
    "dti_analysis.views.unit_page",
    "dti_analysis.views.models_page",
    "dti_analysis.views.commune_page",
    "dti_analysis.views.place_page",
    "dti_analysis.views.criteria_page",
]


@cache
def can_fork() -> bool:
    """Whether this system can fork processes from a prepared one."""
    return "forkserver" in multiprocessing.get_all_start_methods()


@cache
def _context() -> BaseContext:
    if not can_fork():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOAD)
    return context


def prepare() -> None:
    """Start the process that kernels are forked from, if there may be one and it does not run: it imports while other work is
    done."""
    _context()
    if can_fork():
        from multiprocessing.forkserver import ensure_running

        ensure_running()


def kernel_manager() -> type[AsyncKernelManager]:
    """What starts the kernels of pages here."""
    return ForkedKernelManager if can_fork() else AsyncKernelManager


def _end_with_the_batch() -> None:
    """In a forked process: end when the batch is gone, however it went. Its end of a pipe closes with it."""
    batch = multiprocessing.parent_process()
    assert batch is not None

    def watch() -> None:
        connection.wait([batch.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


class _Measured(threading.local):
    peak: float | None = None


measured = _Measured()
"""`peak`: the most memory, in MiB, that the last kernel of this thread took; None where the system does not tell."""


def _peak_of(pid: int | None) -> float | None:
    try:
        said = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
        return round(int(said.partition("VmHWM:")[2].split()[0]) / 1024, 1)
    except (OSError, IndexError, ValueError):
        return None


def _kernel(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    """What a forked process does: be a kernel."""
    _end_with_the_batch()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # no page is debugged, and importing it is most of a kernel's start
    from ipykernel.kernelapp import IPKernelApp

    IPKernelApp.launch_instance(argv=[*arguments, "--log-level=CRITICAL", "--HistoryManager.enabled=False"])


def in_fork(work: Callable[..., _T], *given: object) -> _T:
    """Do some work in a process of its own, a fork of the prepared one: for what threads must not do side by side, as drawing
    figures."""
    with ProcessPoolExecutor(max_workers=1, mp_context=_context(), initializer=_end_with_the_batch) as pool:
        return pool.submit(work, *given).result()


class _Process:
    """A forked process, as jupyter_client expects its `Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess):
        self._process = process
        process.start()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def send_signal(self, signum: int) -> None:
        if self._process.is_alive() and self.pid:
            os.kill(self.pid, signum)

    def kill(self) -> None:
        self._process.kill()

    def terminate(self) -> None:
        self._process.terminate()


class ForkedProvisioner(LocalProvisioner):
    """Launches a kernel as a fork of the prepared process."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel with the arguments that `cmd` gives to ipykernel; returns its connection information."""
        arguments = cmd[cmd.index("-f") :]
        environment = dict(kwargs.get("env") or os.environ)
        folder = kwargs.get("cwd") or str(os.getcwd())  # noqa: PTH109
        process = _context().Process(  # type: ignore[attr-defined]  # every context has one
            target=_kernel, args=(arguments, environment, folder), daemon=False
        )
        kernel = _Process(process)
        self.process = kernel  # type: ignore[assignment]  # it need only look like a Popen
        self.pid, self.pgid = kernel.pid, None
        await self._sockets_there(kernel)
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """End the kernel, once it is known how much memory it took."""
        measured.peak = _peak_of(self.pid)
        await super().kill(restart)

    async def _sockets_there(self, kernel: _Process) -> None:
        """Wait until the kernel listens: a client that connects sooner waits a second before it tries again."""
        ports = [port for name, port in self.connection_info.items() if name.endswith("_port")]
        sockets = [Path(f"{self.connection_info['ip']}-{port}") for port in ports]
        for _ in range(6000):
            if kernel.poll() is not None or all(socket.exists() for socket in sockets):
                return
            await asyncio.sleep(0.01)
        raise RuntimeError("no sockets after a minute")


class ForkedKernelManager(AsyncKernelManager):
    """A kernel manager whose kernels are forked, and reached over socket files of their own rather than the network."""

    transport = "ipc"

    @default("ip")
    def _socket_files(self) -> str:
        # Private, with a short name (socket paths may have some 100 characters), and gone with the manager.
        self._folder = TemporaryDirectory(prefix="k")
        return f"{self._folder.name}/kernel"

    @property
    def kernel_spec(self) -> KernelSpec | None:
        """The chosen kernel's specification, started by our provisioner."""
        specification = super().kernel_spec
        if specification is not None:
            specification.metadata["kernel_provisioner"] = {"provisioner_name": PROVISIONER}
        return specification
