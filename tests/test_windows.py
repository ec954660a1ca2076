"""What Windows lacks taken away, and a clone as Git for Windows makes it: everything still checks, runs and says the same."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import dti

from dti_analysis.common.rooms import REPOSITORY

WINDOWS = """
import multiprocessing, os, sys
import jupyter_core.paths, platformdirs  # which ask the system what it is
from multiprocessing import context
for name in ("getuid", "geteuid"):
    delattr(os, name)
for name in ("ForkServerContext", "ForkServerProcess", "ForkContext", "ForkProcess"):
    delattr(context, name)
context._concrete_contexts = {"spawn": context.SpawnContext()}
multiprocessing.get_all_start_methods = lambda: ["spawn"]
context._default_context._default_context = context._concrete_contexts["spawn"]
"""
"""Run before anything else: a Python as it is where no process forks."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("windows")
    assert dti("new", "data", "--place", "thu", "--year", "2026", folder=folder).returncode == 0
    return folder


def _site(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_where_nothing_forks_the_batch_publishes_the_same_bytes_and_says_once_that_it_is_slower(folder: Path) -> None:
    choice = ["run", "--data", "data", "--lang", "vi", "--place", "thu", "--year", "2026"]
    script = WINDOWS + f"sys.argv = {['dti', *choice, '--output', 'spawned']!r}\nfrom dti_analysis.cli import main\n"
    (folder / "run.py").write_text(script + "if __name__ == '__main__':\n    main()\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "run.py"], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("cannot fork processes") == 1
    assert dti(*choice, "--output", "forked", folder=folder).returncode == 0
    assert _site(folder / "spawned" / "site") == _site(folder / "forked" / "site")


def test_a_clone_with_windows_line_ends_switched_on_has_the_same_bytes_and_no_fault(tmp_path: Path) -> None:
    if shutil.which("git") is None or not (REPOSITORY / ".git").exists():
        pytest.skip("not a clone of git")
    clone = ["git", "-c", "core.autocrlf=true", "clone", "--quiet", "--no-hardlinks", str(REPOSITORY), str(tmp_path / "clone")]
    subprocess.run(clone, check=True)
    there = tmp_path / "clone"
    text = [path for path in there.rglob("*") if path.suffix in (".csv", ".yaml", ".yml", ".ipynb", ".py", ".lock")]
    assert len(text) > 200 and [path for path in text if b"\r\n" in path.read_bytes()] == []
    environment = {**os.environ, "PYTHONPATH": str(there), "DTI_DATA": str(there / "data")}
    script = "import sys; sys.argv = ['dti', 'check']; from dti_analysis.cli import main; main()"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=there, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert str(there / "notebooks") in done.stdout
