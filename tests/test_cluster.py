"""Pages made by a cluster: a real scheduler and workers on this machine, one of which is killed; the site is the same, byte for
byte. Workers that hold something else are refused."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_cli import dti
from test_only_data import NOWHERE, _sidecar

from dti_analysis.publishing.cluster import Made, _is_whole

pytest.importorskip("distributed")
pytestmark = pytest.mark.usefixtures("told_in_english")
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cluster")
    for name, text in NOWHERE.items():
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _sidecar(folder / "data/assessments/nowhere/dti/2031/region.csv", framework="nowhere-2031", kind="received")
    return folder


class Cluster:
    """A scheduler and its workers, each a process."""

    def __init__(self, folder: Path):
        self.folder, self.processes = folder, []
        self.environment = os.environ | {"PYTHONPATH": os.environ.get("PYTHONPATH", ""), "DTI_DATA": ""}
        scheduler = self._start("distributed.cli.dask_scheduler", "--port", "0", "--no-dashboard", "--host", "127.0.0.1")
        assert scheduler.stderr is not None
        for line in scheduler.stderr:
            if found := re.search(r"Scheduler at:\s+(tcp://\S+)", line):
                self.address = found[1]
                return
        raise AssertionError("no scheduler")

    def _start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=self.folder, env=self.environment | environment, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def worker(self, name: str, **environment: str) -> subprocess.Popen[str]:
        """Start a worker and wait until it has joined."""
        own = [
            "--name",
            name,
            "--nthreads",
            "1",
            "--no-nanny",
            "--no-dashboard",
            "--local-directory",
            str(self.folder / "scratch" / name),
        ]
        process = self._start("distributed.cli.dask_worker", self.address, *own, **environment)
        assert process.stderr is not None
        for line in process.stderr:
            if "Registered to" in line:
                return process
        raise AssertionError("no worker")

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
            if process.stderr:
                process.stderr.close()


@pytest.fixture
def cluster(folder: Path) -> Iterator[Cluster]:
    started = Cluster(folder)
    try:
        yield started
    finally:
        started.end()


def _site(output: Path) -> dict[str, str]:
    site = output / "site"
    return {str(p.relative_to(site)): hashlib.sha256(p.read_bytes()).hexdigest() for p in site.rglob("*") if p.is_file()}


def test_the_same_site_though_a_worker_was_killed(folder: Path, cluster: Cluster) -> None:
    victim = cluster.worker("first")
    cluster.worker("second")
    command = [str(BIN / "dti"), "run", "--data", "data", "--lang", "vi"]
    run = subprocess.Popen(
        [*command, "--output", "far", "--cluster", cluster.address], cwd=folder, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    assert run.stdout is not None
    said = [run.stdout.readline() for _ in range(2)]
    assert "check of the data done" in said[0]
    os.kill(victim.pid, signal.SIGKILL)
    rest, errors = run.communicate(timeout=240)
    assert run.returncode == 0, errors
    assert "FAILED" not in rest
    near = dti("run", "--data", "data", "--lang", "vi", "--output", "near", folder=folder)
    assert near.returncode == 0, near.stderr
    assert _site(folder / "far") == _site(folder / "near")
    again = dti("run", "--data", "data", "--lang", "vi", "--output", "far", "--cluster", cluster.address, folder=folder)
    assert "nothing changed" in again.stdout, again.stderr


def test_a_worker_with_other_data_is_refused_and_nothing_published(folder: Path, cluster: Cluster) -> None:
    other = folder / "other"
    shutil.copytree(folder / "data", other, dirs_exist_ok=True)
    units = other / "units.csv"
    units.write_text(units.read_text(encoding="utf-8").replace("Söhne", "Sons"), encoding="utf-8")
    command = ["run", "--data", "data", "--lang", "vi", "--output", "refused", "--cluster", cluster.address]
    nobody = dti(*command, folder=folder)
    assert nobody.returncode == 1 and "a scheduler without workers" in nobody.stderr
    cluster.worker("other", DTI_DATA=str(other))
    refused = dti(*command, folder=folder)
    assert refused.returncode == 1 and "another content of data/units.csv" in refused.stderr, refused.stderr
    assert "Traceback" not in refused.stderr and not (folder / "refused" / "site").exists()


def test_no_scheduler_is_said_in_a_line(folder: Path) -> None:
    done = dti("run", "--data", "data", "--output", "none", "--cluster", "tcp://127.0.0.1:9", folder=folder)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "tcp://127.0.0.1:9" in done.stderr and "the address of a Dask scheduler" in done.stderr


@pytest.mark.parametrize("path", ["pages/a.html", "site/a.html", "pages/../site/a.html", "/etc/passwd"])
def test_only_whole_files_of_their_rooms_are_taken(path: str) -> None:
    digest = hashlib.sha256(b"x").hexdigest()
    assert _is_whole(Made("s", {path: b"x"}, {path: digest}, 0.1, None)) == (path == "pages/a.html")
    assert not _is_whole(Made("s", {path: b"y"}, {path: digest}, 0.1, None))
