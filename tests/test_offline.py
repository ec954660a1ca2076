"""A run asks nothing of the network: it opens no socket but to its own machine, and needs no network to be there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_chaos import CHOICE, _data
from test_cli import DTI

HOOK = """\
import os, sys

def hook(event, given):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = given[1] if len(given) > 1 else None
        if not isinstance(address, tuple) or address[0] in ("127.0.0.1", "::1", "localhost"):
            return  # a file's name, as of a Unix socket, or this machine
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        address = given[0]
        if address in (None, "", "127.0.0.1", "::1", "localhost"):
            return
    else:
        return
    with open(os.environ["ASKED"], "a") as file:
        file.write(f"{event} {address} {sys.argv}\\n")

sys.addaudithook(hook)
with open(os.environ["ASKED"] + ".hooked", "a") as file:
    file.write(f"{os.getpid()}\\n")
"""


@pytest.fixture
def watched(tmp_path: Path) -> dict[str, str]:
    """An environment in which every Python process notes what it asks of the network."""
    (tmp_path / "hooks").mkdir()
    (tmp_path / "hooks" / "sitecustomize.py").write_text(HOOK, encoding="utf-8")
    path = os.pathsep.join([str(tmp_path / "hooks"), *filter(None, [os.environ.get("PYTHONPATH")])])
    return os.environ | {"PYTHONPATH": path, "ASKED": str(tmp_path / "asked")}


def test_the_hook_notes_what_asks(tmp_path: Path, watched: dict[str, str]) -> None:
    script = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9))"
    subprocess.run([sys.executable, "-c", script], env=watched, capture_output=True, check=False, timeout=60)
    assert "socket.connect ('192.0.2.1', 9)" in (tmp_path / "asked").read_text(encoding="utf-8")


def test_a_run_asks_nothing_of_the_network(tmp_path: Path, watched: dict[str, str]) -> None:
    _data(tmp_path / "data")
    command = [DTI, "run", "--data", "data", "--output", "out", *CHOICE]
    done = subprocess.run(command, cwd=tmp_path, env=watched, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "asked.hooked").exists()
    assert not (tmp_path / "asked").exists(), (tmp_path / "asked").read_text(encoding="utf-8")


def test_a_run_needs_no_network(tmp_path: Path) -> None:
    """In a network of its own, in which not even the loopback is up."""
    unshare = shutil.which("unshare")
    if not unshare or subprocess.run([unshare, "-n", "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs unshare -n and the right to use it")
    _data(tmp_path / "data")
    command = [unshare, "-n", str(DTI), "run", "--data", "data", "--output", "out", *CHOICE]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "site" / "index.html").exists()
