"""A batch that is killed, starved, disturbed: a whole site is there at every instant, and the next run mends the rest.

Short by default; with DTI_CHAOS set to a number, or by `make chaos`, as many random moments and every change of the disk.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from killed import digests
from test_cli import DTI, dti
from test_only_data import NOWHERE, _sidecar

from dti_analysis.publishing import alone

pytestmark = pytest.mark.usefixtures("told_in_english")
MOMENTS = int(os.environ.get("DTI_CHAOS", "0"))
CHOICE = ["--lang", "vi", "--year", "2031"]
long = pytest.mark.skipif(not MOMENTS, reason="by make chaos only")
STUDY = "vi/nowhere/dti-2031-region"


def _data(root: Path) -> Path:
    for name, text in NOWHERE.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _sidecar(root / "assessments/nowhere/dti/2031/region.csv", framework="nowhere-2031", kind="received")
    return root


def _change(data: Path) -> None:
    units = data / "units.csv"
    units.write_text(units.read_text(encoding="utf-8").replace("Söhne", "Sons"), encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data, what a run made of it, and what it makes after a change: before, after."""
    folder = tmp_path_factory.mktemp("chaos")
    _data(folder / "data")
    assert dti("run", "--data", "data", "--output", "before", *CHOICE, folder=folder).returncode == 0
    shutil.copytree(folder / "data", folder / "changed")
    _change(folder / "changed")
    shutil.copytree(folder / "before", folder / "after")
    done = dti("run", "--data", "changed", "--output", "after", *CHOICE, folder=folder)
    assert done.returncode == 0, done.stderr
    return folder


# ---- killed ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("first", [False, *([True] if MOMENTS else [])])
def test_killed_at_any_step_a_whole_site_is_there_and_the_next_run_mends_the_rest(first: bool, tmp_path: Path) -> None:
    """SIGKILL before each rename (and with DTI_CHAOS each unlink, rmdir and mkdir) of a run, with and without an exchange."""
    data, harness = _data(tmp_path / "data"), Path(__file__).with_name("killed.py")
    (tmp_path / "out").mkdir()
    every = ["all"] if MOMENTS else []

    def run(before: str) -> list[dict[str, object]]:
        command = [sys.executable, str(harness), str(data), before, "out", "results", *every]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=7200, check=False)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in (tmp_path / "results").read_text(encoding="utf-8").splitlines()]

    old: dict[str, str] = {}
    if not first:
        run_it = f"killed.batch.run_batch(killed.CHOSEN, 2, killed.Path('before'), killed.Path({str(data)!r}), print)"
        stand_in = f"import killed; killed._stand_in(); {run_it}"
        environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(harness.parent), *sys.path])}
        subprocess.run([sys.executable, "-c", stand_in], cwd=tmp_path, env=environment, check=True, capture_output=True)
        old = digests(tmp_path / "before" / "site")
        assert len(old) > 6
        _change(data)
    runs = run("before")
    whole = runs[-1]["whole"]
    assert isinstance(whole, dict)
    new = {name.removeprefix("site/"): digest for name, digest in whole.items() if name.startswith("site/")}
    assert new != old and new.keys() >= old.keys()
    assert [said["code"] for said in runs].count(-signal.SIGKILL) == len(runs) - 2 > 25
    for said in runs:
        exchange = said is not runs[-1]
        assert said["then"] in (old, new, *([{}] if first or exchange else [])), said["step"]
        assert said["again"] == 0 and said["whole"] == whole, said["step"]


def _processes(folder: Path) -> list[str]:
    """What runs with a folder in its environment or command."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "environ").read_bytes() + (process / "cmdline").read_bytes()
        except OSError:
            continue
        if os.fsencode(folder) in told:
            found.append(f"{process.name} {(process / 'cmdline').read_bytes()!r}")
    return found


def _ended(folder: Path) -> bool:
    """Whether, within some seconds, nothing is left of a run's processes and temporary folders."""
    for _ in range(100):
        if not _processes(folder) and not list(folder.iterdir()):
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def temporary() -> Iterator[Path]:
    """A folder with a name short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="t", dir="/tmp", ignore_cleanup_errors=True) as name:
        yield Path(name)


def _started(folder: Path, temporary: Path, *more: str, output: str = "out") -> subprocess.Popen[str]:
    environment = os.environ | {"TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1"}
    command = [str(DTI), "run", "--data", "data", "--output", output, *CHOICE, *more]
    return subprocess.Popen(
        command, cwd=folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )


@pytest.fixture
def again(made: Path, tmp_path: Path) -> Path:
    """A folder in which the changed data and the output of before lie: a run has something to make."""
    shutil.copytree(made / "changed", tmp_path / "data")
    shutil.copytree(made / "before", tmp_path / "out")
    return tmp_path


WAYS = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT]


@pytest.mark.parametrize("moment", range(max(MOMENTS, 2)))
def test_ended_at_any_moment_it_leaves_no_process_and_no_folder(moment: int, made: Path, again: Path, temporary: Path) -> None:
    way, chance = WAYS[moment % 3], random.Random(moment)
    old, new = digests(made / "before" / "site"), digests(made / "after" / "site")
    run = _started(again, temporary, *(["--workers", "1"] if moment % 2 else []))
    if MOMENTS:
        time.sleep(chance.uniform(0.2, 6))
    else:
        assert run.stdout is not None
        for _ in range(moment % 3 + 1):
            run.stdout.readline()
        time.sleep(chance.uniform(0, 0.3))
    run.send_signal(way)
    output, errors = run.communicate(timeout=60)
    assert run.returncode in (0, -way, *([] if way == signal.SIGKILL else [128 + way]))
    assert run.returncode == -way or "Traceback" not in errors, errors  # before Python has begun our work, it ends by itself
    assert digests(again / "out" / "site") in (old, new)
    assert _ended(temporary), (_processes(temporary), list((temporary).iterdir()))
    if run.returncode > 0:
        assert "is kept" in output or errors == "ended by SIGINT\n", "after it has begun, and before"
        assert not [path for path in (again / "out").rglob("*") if path.name.endswith(".partial") or ".site" in path.name]
    if not MOMENTS:
        return  # the test above has the next run at every step
    done = dti("run", "--data", "data", "--output", "out", *CHOICE, folder=again)
    assert done.returncode == 0, done.stderr
    assert digests(again / "out") == digests(made / "after")


@long
def test_half_a_page_is_never_published(made: Path, again: Path, temporary: Path) -> None:
    """What a killed process left of a page, its entry gone or still there, is made again, also by a run of something else."""
    page = again / "out" / "pages" / f"{STUDY}/ranking.html"
    page.write_bytes(page.read_bytes()[:3477])
    shutil.rmtree(again / "data")
    shutil.copytree(made / "data", again / "data")
    done = dti("run", "--data", "data", "--output", "out", "--lang", "en", "--year", "2031", folder=again)
    assert done.returncode == 0, done.stderr
    assert f"{STUDY}/ranking done" in done.stdout and f"(pages/{STUDY}/ranking.html was altered)" in done.stdout
    fresh = dti("run", "--data", "data", "--output", "fresh", "--year", "2031", folder=again)
    assert fresh.returncode == 0, fresh.stderr
    assert digests(again / "out" / "site") == digests(again / "fresh" / "site")


# ---- two at once, what is corrupt or in the way -----------------------------------------------------------------------


def test_a_second_run_says_who_runs_or_waits(made: Path, again: Path, temporary: Path) -> None:
    first = _started(again, temporary)
    while not (again / "out" / ".running").exists():
        time.sleep(0.02)
    os.kill(first.pid, signal.SIGSTOP)  # however fast it is, it is still at work
    refused = dti("run", "--data", "data", "--output", "out", *CHOICE, folder=again)
    assert refused.returncode == 1 and f"found a run at work: process {first.pid} on " in refused.stderr
    assert ", since 20" in refused.stderr and "--wait" in refused.stderr and refused.stderr.count("\n") == 2
    command = [DTI, "run", "--data", "data", "--output", "out", *CHOICE, "--wait"]
    waiting = subprocess.Popen(command, cwd=again, stdout=subprocess.PIPE, text=True)
    assert waiting.stdout is not None
    assert f"waiting for another run: process {first.pid}" in waiting.stdout.readline()
    os.kill(first.pid, signal.SIGCONT)
    first.communicate(timeout=60)
    said, _ = waiting.communicate(timeout=60)
    assert (first.returncode, waiting.returncode) == (0, 0)
    assert "nothing changed" in said
    assert digests(again / "out") == digests(made / "after")


def test_corrupt_state_stale_locks_and_leftovers_are_no_obstacle(made: Path, again: Path, temporary: Path) -> None:
    out = again / "out"
    entries = sorted((out / ".made").rglob("*.json"))
    for entry, content in zip(entries, [b"", b"{", b"\xff\xfe", b"[]", b'{"parts": 1, "products": 2}', b"null"], strict=False):
        entry.write_bytes(content)
    stale = {"pid": 1, "host": "elsewhere", "since": "2020", "temporary": str(again / "data")}
    (out / ".running").write_text(json.dumps(stale), encoding="utf-8")
    for old in ("site.old", "site.new", ".site.old", ".site.new"):
        (out / old).mkdir()
        (out / old / "x").write_text("left over", encoding="utf-8")
    for name in (".doit", ".kept/old-pickle.pickle", "pages/vi/gone.html", "tables/gone.csv", f"notebooks/{STUDY}/.x.partial"):
        (out / name).write_bytes(b"left over")
    (out / "site" / "foreign.html").write_text("a page of nobody", encoding="utf-8")
    (out / "site" / "style.css").unlink()
    done = dti("run", "--data", "data", "--output", "out", *CHOICE, folder=again)
    assert done.returncode == 0, done.stderr
    assert "the entry of its making cannot be read" in done.stdout
    assert digests(out) == digests(made / "after") and (again / "data").is_dir()
    quiet = dti("run", "--data", "data", "--output", "out", *CHOICE, folder=again)
    assert "nothing changed" in quiet.stdout
    for damage in (
        "site/style.css",
        f"site/{STUDY}/gaps.html",
        "site/notebooks.tar.xz",
        "figures",
        "run.json",
        f"site/{STUDY}/new.html",
    ):
        path = next((out / damage).iterdir()) if (out / damage).is_dir() else out / damage
        path.write_bytes(b"altered")
        mended = dti("run", "--data", "data", "--output", "out", *CHOICE, folder=again)
        assert mended.returncode == 0, (damage, mended.stderr)
        assert path.name in mended.stdout, damage
        assert digests(out) == digests(made / "after"), damage


def test_a_temporary_folder_that_its_watcher_removes_first_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "dti-run-x"
    folder.mkdir()

    def gone_meanwhile(path: Path) -> bool:
        path.rmdir()
        return False

    monkeypatch.setattr(Path, "is_symlink", gone_meanwhile)
    alone._remove_temporary(str(folder))
    assert not folder.exists()


@pytest.mark.parametrize("what", ["site a link", "site a file", "foreign files", "output in the data", "data in the output"])
def test_an_output_that_is_not_the_batchs_own_is_refused(what: str, tmp_path: Path) -> None:
    data, out, elsewhere = _data(tmp_path / "data"), tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "page.html").write_text("theirs", encoding="utf-8")
    out.mkdir()
    if what == "site a link":
        (out / "site").symlink_to(elsewhere)
    elif what == "site a file":
        (out / "site").write_text("theirs", encoding="utf-8")
    elif what == "foreign files":
        (out / "pages").mkdir()
        (out / "pages" / "mine.html").write_text("theirs", encoding="utf-8")
    elif what == "output in the data":
        out = data / "out"
    else:
        shutil.move(data, out / "tables")
        data = out / "tables"
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    done = dti("run", "--data", data, "--output", out, *CHOICE, folder=tmp_path)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "expected a" in done.stderr
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


# ---- the surroundings ------------------------------------------------------------------------------------------------


def _limited(folder: Path, size: int) -> subprocess.CompletedProcess[str]:
    """A run in which no file may grow beyond `size` bytes: as on a full disk, a write fails."""
    limit = f"import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))"
    words = ["dti", "run", "--data", "data", "--output", "out", *CHOICE]
    script = f"{limit}; sys.argv = {words}; from dti_analysis.cli import main; main()"
    return subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("size", [0, pytest.param(4000, marks=long)])
def test_without_room_one_line_says_so_and_the_site_stays(size: int, made: Path, again: Path, temporary: Path) -> None:
    done = _limited(again, size)
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    assert [line for line in done.stderr.splitlines() if line.startswith("✗")] and done.stderr.count("✗") == 1, done.stderr
    assert "File too large" in done.stderr and "expected" in done.stderr
    assert digests(again / "out" / "site") == digests(made / "before" / "site")
    assert not list((again / "out").rglob("*.partial"))


@long
def test_a_temporary_folder_with_a_long_path_or_none_is_no_obstacle(made: Path, again: Path, temporary: Path) -> None:
    far = again / ("t" * 60) / ("u" * 60)
    far.mkdir(parents=True)
    for place in (far, again / "nowhere"):
        shutil.rmtree(again / "out")
        environment = os.environ | {"TMPDIR": str(place)}
        command = [str(DTI), "run", "--data", "data", "--output", "out", *CHOICE]
        done = subprocess.run(command, cwd=again, env=environment, capture_output=True, text=True, timeout=120, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert digests(again / "out" / "site") == digests(made / "after" / "site")
    assert list(far.iterdir()) == []


def test_a_temporary_folder_that_goes_meanwhile_costs_a_line_or_nothing(made: Path, again: Path, temporary: Path) -> None:
    run = _started(again, temporary, "--workers", "1")
    assert run.stdout is not None
    run.stdout.readline()
    shutil.rmtree(temporary)
    _, errors = run.communicate(timeout=120)
    assert "Traceback" not in errors
    if run.returncode:  # something needed one
        assert run.returncode == 1 and errors.count("✗") == 1 and "temporary folder" in errors, errors
        assert digests(again / "out" / "site") == digests(made / "before" / "site")
    else:
        assert digests(again / "out") == digests(made / "after")


def test_data_that_change_meanwhile_are_not_published(made: Path, again: Path, temporary: Path) -> None:
    units = again / "data" / "units.csv"
    text = units.read_bytes()
    run = _started(again, temporary, "--workers", "1")
    assert run.stdout is not None
    run.stdout.readline()
    units.write_bytes(text.replace(b"Sons", b"Daughters"))
    _, errors = run.communicate(timeout=60)
    assert run.returncode == 1 and errors.count("✗") == 1, errors
    assert "✗ data/units.csv: found a file that changed while the batch " in errors and "nothing was published" in errors
    assert digests(again / "out" / "site") == digests(made / "before" / "site")
    if not MOMENTS:
        return
    units.write_bytes(text)
    done = dti("run", "--data", "data", "--output", "out", *CHOICE, folder=again)
    assert done.returncode == 0, done.stderr
    assert digests(again / "out") == digests(made / "after"), "no figure of the time between stays"


def _victims(folder: Path, what: bytes) -> list[int]:
    found = []
    for line in _processes(folder):
        if what in line.encode():
            found.append(int(line.split()[0]))
    return found


@long
def test_a_fork_that_dies_costs_a_line_and_its_page(made: Path, again: Path, temporary: Path) -> None:
    run = _started(again, temporary, "--workers", "1")
    assert run.stdout is not None
    run.stdout.readline()
    time.sleep(0.4)
    victims = [pid for pid in _victims(temporary, b"dti") if pid != run.pid]
    assert victims
    os.kill(max(victims), signal.SIGKILL)  # the youngest: a page
    _, errors = run.communicate(timeout=60)
    assert "Traceback" not in errors, errors
    assert run.returncode == (1 if errors else 0) and errors.count("✗") <= 2, errors
    assert _ended(temporary)
    done = dti("run", "--data", "data", "--output", "out", *CHOICE, folder=again)
    assert done.returncode == 0, done.stderr
    assert digests(again / "out") == digests(made / "after")
