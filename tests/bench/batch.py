"""The same pages made by stock tools and by `dti run`, each from cold, as whole trees of processes, in one run:

(a) a shell loop of `papermill` and `jupyter nbconvert`; (b) one Python process that calls papermill and HTMLExporter;
(c) `dti run`, which also checks the data, writes tables and figures and puts the site together. Then `dti run` with nothing
changed, and with one cell of one form changed.

`python tests/bench/batch.py [a] [b] [c]` prints seconds, processor seconds (of all processes, so that other work on the machine
disturbs them less), and peak memory (the most that all processes of a tree held at once, memory they share counted once).
It reports what it measured and has no thresholds.
"""

from __future__ import annotations

import csv
import ctypes
import hashlib
import json
import os
import platform
import resource
import shlex
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
CHOICE = {"place": ["tinhmau"], "year": [2025], "level": ["district"], "lang": ["vi"]}
PROVINCE = ["--place", "tinhmau"]
FORM = "assessments/tinhmau/dti/2025/department"
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER


class Cost(NamedTuple):
    """What a tree of processes took."""

    seconds: float
    processor: float
    peak_mib: float
    said: str


def measured(command: list[str], **environment: str) -> Cost:
    """Run a command under a process of ours that takes in all its orphans, and so knows what they took."""
    given = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    watch = [sys.executable, __file__, "watch", *command]
    done = subprocess.run(watch, env=given, capture_output=True, text=True, check=False)
    *said, last = done.stdout.splitlines() or [""]
    if done.returncode:
        sys.exit(f"{shlex.join(command)[:300]}\n{done.stdout}{done.stderr}")
    return Cost(**json.loads(last), said="\n".join(said))


def watch(command: list[str]) -> int:
    """Be the process that watches a command."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    peak, ended = [0.0], threading.Event()
    sampler = threading.Thread(target=_sample, args=(peak, ended), daemon=True)
    sampler.start()
    began = time.perf_counter()
    process = subprocess.Popen(command)
    code, seconds = process.wait(), 0.0
    seconds = time.perf_counter() - began
    while True:  # orphans
        try:
            os.wait()
        except ChildProcessError:
            break
    ended.set()
    sampler.join()
    took = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps({"seconds": seconds, "processor": took.ru_utime + took.ru_stime, "peak_mib": peak[0]}), flush=True)
    return code


def _sample(peak: list[float], ended: threading.Event) -> None:
    while not ended.wait(0.25):
        peak[0] = max(peak[0], sum(_held(pid) for pid in _below(os.getpid())))


def _below(pid: int) -> list[int]:
    try:
        children = [int(child) for path in Path(f"/proc/{pid}/task").glob("*/children") for child in path.read_text().split()]
    except OSError:
        return []
    return [*children, *(below for child in children for below in _below(child))]


def _held(pid: int) -> float:
    """The memory of a process in MiB, of what it shares its share."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    except OSError:
        return 0.0


def pages() -> list[Any]:
    """The pages that all three make."""
    from dti_analysis.publishing.batch import _is_chosen, listed
    from dti_analysis.records.sources import Data

    chosen: dict[str, list[Any]] = CHOICE
    return [page for page in listed(Data()) if _is_chosen(page, chosen) and page.key is not None]


def shell_loop(folder: Path) -> Path:
    """(a) as a script."""
    lines = ["set -e"]
    for number, page in enumerate(pages()):
        given = [part for name, value in page.parameters.items() for part in ("-p", name, str(value))]
        out = folder / f"{number}.ipynb"
        lines.append(shlex.join([str(BIN / "papermill"), "--no-progress-bar", str(page.notebook), str(out), *given]))
        lines.append(shlex.join([str(BIN / "jupyter"), "nbconvert", "--log-level=ERROR", "--no-input", "--to=html", str(out)]))
    script = folder / "loop.sh"
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return script


def one_process(folder: Path) -> None:
    """(b)."""
    import papermill
    from nbconvert.exporters import HTMLExporter

    exporter = HTMLExporter(exclude_input=True)
    for number, page in enumerate(pages()):
        out = folder / f"{number}.ipynb"
        notebook = papermill.execute_notebook(str(page.notebook), str(out), page.parameters, progress_bar=False)
        html, _ = exporter.from_notebook_node(notebook)
        out.with_suffix(".html").write_text(html, encoding="utf-8")


def run(output: Path, *more: str) -> list[str]:
    """`dti run`."""
    return [str(BIN / "dti"), "run", "--output", str(output), *more]


def chosen() -> list[str]:
    """The choice as options."""
    return [part for name, values in CHOICE.items() for value in values for part in (f"--{name}", str(value))]


def change_a_cell(data: Path) -> str:
    """Change one figure of one form, and its sidecar's hash with it; says which."""
    form, sidecar = data / f"{FORM}.csv", data / f"{FORM}.meta.yml"
    before = hashlib.sha256(form.read_bytes()).hexdigest()
    with form.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    at = header.index("a")
    row = next(row for row in rows if row[at].isdigit() and int(row[at]) > 1)
    row[at] = str(int(row[at]) - 1)
    with form.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    after = hashlib.sha256(form.read_bytes()).hexdigest()
    text = sidecar.read_text(encoding="utf-8")
    assert before in text
    sidecar.write_text(text.replace(before, after), encoding="utf-8")
    return f"{FORM}.csv: {' '.join(row[:3])}, a"


def digests(output: Path) -> dict[str, str]:
    """The digests of the made parts of pages, which no seal is a part of."""
    room = output / "pages"
    return {str(path.relative_to(room)): hashlib.sha256(path.read_bytes()).hexdigest() for path in room.rglob("*.html")}


def main(wanted: list[str]) -> None:
    """Measure what is asked for, all of it if nothing is."""
    wanted = wanted or ["a", "b", "c", "changed"]
    count = len(pages())
    print(f"{count} pages · {platform.platform()} · {os.cpu_count()} cores · load {os.getloadavg()[0]:.1f}")
    print(f"{'':34} {'seconds':>8} {'processor':>9} {'a page':>7} {'peak MiB':>9}")
    found: dict[str, Cost] = {}
    with TemporaryDirectory() as name:
        folder = Path(name)

        def tell(key: str, what: str, command: list[str], pages: int = count, **environment: str) -> Cost:
            cost = found[key] = measured(command, **environment)
            each = f"{cost.processor / pages:.2f}" if pages else "–"
            print(f"{what:34} {cost.seconds:8.1f} {cost.processor:9.1f} {each:>7} {cost.peak_mib:9.0f}", flush=True)
            return cost

        if "a" in wanted:
            (folder / "a").mkdir()
            tell("a", "(a) papermill, nbconvert in a loop", ["sh", str(shell_loop(folder / "a"))])
        if "b" in wanted:
            (folder / "b").mkdir()
            tell("b", "(b) both in one process", [sys.executable, __file__, "one", str(folder / "b")])
        if "c" in wanted:
            tell("c", "(c) dti run", run(folder / "c", *chosen()))
            tell("again", "    nothing changed", run(folder / "c", *chosen()), 0)
            for other in {"a", "b"} & found.keys():
                by = [getattr(found[other], part) / getattr(found["c"], part) for part in ("seconds", "processor")]
                print(f"({other}) / (c): {by[0]:.1f} times the seconds, {by[1]:.1f} times the processor seconds")
        if "changed" in wanted:
            shutil.copytree(ROOT / "data", folder / "data")
            data = ["--data", str(folder / "data")]
            cold = tell("cold", "sample province, from cold", run(folder / "p", *PROVINCE, *data), 0)
            print(f"    {cold.said.splitlines()[-2]}")
            tell("idle", "    nothing changed", run(folder / "p", *PROVINCE, *data), 0)
            before, cell = digests(folder / "p"), change_a_cell(folder / "data")
            after = tell("after", "    one cell of one form changed", run(folder / "p", *PROVINCE, *data), 0)
            made = [line for line in after.said.splitlines() if " done, " in line]
            other = sum(before.get(page) != digest for page, digest in digests(folder / "p").items())
            share = [100 * getattr(after, part) / getattr(cold, part) for part in ("seconds", "processor")]
            print(f"    {cell}: {len(made)} jobs; {share[0]:.0f} % of the seconds of cold, {share[1]:.0f} % of its processor")
            print(f"    {other} of {len(before)} pages are not as they were")


if __name__ == "__main__":
    if sys.argv[1:2] == ["watch"]:
        sys.exit(watch(sys.argv[2:]))
    elif sys.argv[1:2] == ["one"]:
        one_process(Path(sys.argv[2]))
    else:
        main(sys.argv[1:])
