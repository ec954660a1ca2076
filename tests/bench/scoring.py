"""National scale, timed: `dti score` beside a plain pandas script of the same rows, as whole processes, file to file, in turn.

`python tests/bench/scoring.py [runs]` prints seconds, rows per second, peak memory, and how many units each ranks wrongly, on
any component: compared with ranks computed in `fractions.Fraction`. It reports what it measured and has no thresholds.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from collections import defaultdict
from fractions import Fraction
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import yaml

RUNS = 5
YES = "có"
STEPS = [Fraction(0), Fraction(5, 2), Fraction(5), Fraction(15, 2), Fraction(10)]
"""Points of the generated set's rule `steps` for 0, 1, 2, 3, and 4 or more. Its `count` gives 2 each."""


def criteria(act: Path) -> list[dict[str, Any]]:
    """The indicators of the criteria set: code, pillar, maximum, kind of rule, full mark of a ratio and whether it rescales."""
    rows = []
    for pillar in yaml.load(act.read_text(encoding="utf-8"), yaml.CSafeLoader)["pillars"]:
        for indicator in pillar["indicators"]:
            kind, given = next(iter(indicator["rule"].items()))
            row = {
                "indicator": indicator["code"],
                "pillar": pillar["code"],
                "max_points": indicator["max_points"],
                "kind": kind,
            }
            row |= {"full": Fraction(str(given.get("full_from", 1))), "rescaled": given.get("rescaled", False)}
            rows.append(row)
    return rows


def plain(act: Path, forms: Path, out: Path) -> None:
    """What an analyst would write: floats, one vectorised line a rule, a group-by for the sums, ranks of rounded percents."""
    import numpy as np
    import pandas as pd

    rules = pd.DataFrame(criteria(act)).astype({"full": float})
    rows = pd.read_csv(forms, dtype={"value": str}).merge(rules, on="indicator", how="left")
    number, most, full = pd.to_numeric(rows["value"], errors="coerce"), rows["max_points"], rows["full"]
    share = rows["a"] / rows["b"]
    points = {
        "ratio": np.where(share >= full, 1, np.where(rows["rescaled"], share / full, share)) * most,
        "yes_no": (rows["value"] == YES) * most,
        "steps": np.take([float(step) for step in STEPS], number.fillna(0).clip(0, 4).astype(int)),
        "reported": number,
        "count": np.minimum(2 * number, most),
        "linear": (number / 100).clip(0, 1) * most,
    }
    rows["points"] = np.select([rows["kind"] == kind for kind in points], list(points.values()))
    figures = ["points", "max_points"]
    parts = {
        "total": rows.groupby("unit", sort=False)[figures].sum().reset_index().assign(component="total"),
        "pillar": rows.groupby(["unit", "pillar"], sort=False)[figures].sum().reset_index(names=["unit", "component"]),
        "indicator": rows.rename(columns={"indicator": "component"}),
    }
    table = [part[["unit", "component", *figures]].assign(level=level) for level, part in parts.items()]
    scores = pd.concat(table, ignore_index=True)
    scores["score"] = scores["points"] / scores["max_points"]
    rounded = np.floor(scores["score"] * 100 * 100 + 0.5)
    scores["rank"] = rounded.groupby(scores["component"], sort=False).rank(method="min", ascending=False).astype(int)
    header = ["unit", "component", "level", *figures, "score", "rank"]
    scores[header].to_csv(out, index=False, float_format="%.12g")


def exact_ranks(act: Path, forms: Path) -> dict[tuple[str, str], int]:
    """The rank of every unit on every component, by unit and component, in fractions and loops."""
    rules = {row["indicator"]: row for row in criteria(act)}
    points: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    most: dict[str, int] = defaultdict(int)
    for code, rule in rules.items():
        for component in (code, rule["pillar"], "total"):
            most[component] += rule["max_points"]
    with forms.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rule = rules[row["indicator"]]
            for component in (row["indicator"], rule["pillar"], "total"):
                points[component][row["unit"]] += _points(rule, row)
    ranks = {}
    for component, earned in points.items():
        rounded = {unit: (own * 10000 / most[component] + Fraction(1, 2)) // 1 for unit, own in earned.items()}
        best_first = sorted(rounded.values(), reverse=True)
        first = {figure: place for place, figure in reversed(list(enumerate(best_first, start=1)))}
        ranks |= {(unit, component): first[figure] for unit, figure in rounded.items()}
    return ranks


def _points(rule: dict[str, Any], row: dict[str, str]) -> Fraction:
    most, value = Fraction(rule["max_points"]), row["value"]
    if rule["kind"] == "ratio":
        share = Fraction(int(row["a"]), int(row["b"]))
        return most * (1 if share >= rule["full"] else share / rule["full"] if rule["rescaled"] else share)
    if rule["kind"] == "yes_no":
        return most * (value == YES)
    if rule["kind"] == "steps":
        return STEPS[min(int(value), 4)]
    if rule["kind"] == "count":
        return min(2 * Fraction(value), most)
    return Fraction(value) if rule["kind"] == "reported" else most * min(Fraction(value) / 100, Fraction(1))


def timed(command: list[str]) -> tuple[float, int]:
    """Seconds that a command takes from start to end, and its peak memory in bytes."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    took = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} failed")
    return took, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main(runs: int) -> None:
    """Run both in turn and print what was measured."""
    from national import INDICATORS, UNITS, write

    with TemporaryDirectory() as folder:
        act, forms = write(Path(folder))
        outs = {name: Path(folder) / f"{name}.csv" for name in ("dti score", "plain pandas")}
        dti = [
            str(Path(sys.executable).with_name("dti")),
            "score",
            "--framework",
            str(act),
            "--assessment",
            str(forms),
            "--out",
        ]
        commands = {"dti score": dti, "plain pandas": [sys.executable, __file__, "plain", str(act), str(forms)]}
        measured: dict[str, list[tuple[float, int]]] = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                measured[name].append(timed([*command, str(outs[name])]))
        due = exact_ranks(act, forms)
        rows = UNITS * INDICATORS
        print(f"{UNITS} units × {INDICATORS} indicators = {rows} rows, whole processes, {runs} runs each in turn")
        print("              seconds: min  median     max  rows/s  peak MB  units with a wrong rank")
        for name, figures in measured.items():
            seconds, memory = zip(*figures, strict=True)
            with outs[name].open(encoding="utf-8", newline="") as file:
                wrong = {row["unit"] for row in csv.DictReader(file) if int(row["rank"]) != due[row["unit"], row["component"]]}
            middle = median(seconds)
            print(
                f"{name:14}{min(seconds):12.2f}{middle:8.2f}{max(seconds):8.2f}{rows / middle:8.0f}"
                f"{max(memory) / 2**20:9.0f}{len(wrong):25}"
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["plain"]:
        plain(*map(Path, sys.argv[2:5]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
