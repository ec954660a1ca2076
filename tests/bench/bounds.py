"""Bounds and reliability, timed: a province's 28 units × 40 indicators and the nation's 3,321 × 62, one row in 50 missing.

`python tests/bench/bounds.py` prints seconds and peak memory. It reports what it measured and has no thresholds.
"""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from national import write

from dti_analysis import load, read_assessment, score
from dti_analysis.criteria.framework import Framework
from dti_analysis.scores.bounds import bounds
from dti_analysis.scores.reliability import reliability

HOLE = 50
"""One row in so many is left out."""


def timed(framework: Framework, forms: pd.DataFrame) -> tuple[float, float, float, int]:
    """Seconds for scoring, bounds and reliability, and how many units are open."""
    holed = forms[forms.index % HOLE != 0].reset_index(drop=True)
    marks = [time.perf_counter()]
    scores = score(framework, holed)
    marks.append(time.perf_counter())
    table = bounds(scores, framework, assessment=holed)
    marks.append(time.perf_counter())
    reliability(framework, holed, scores)
    marks.append(time.perf_counter())
    return marks[1] - marks[0], marks[2] - marks[1], marks[3] - marks[2], int((table["open_points"] > 0).sum())


def main() -> None:
    """Print what was measured."""
    print("units × indicators    score  bounds  reliability (seconds)  open units")
    with TemporaryDirectory() as folder:
        act, path = write(Path(folder))
        framework, forms = load(act), read_assessment(path)
    codes = [leaf.code for leaf in framework.leaves]
    for units, indicators in ((28, 40), (len(set(forms["unit"])), len(codes))):
        some = forms[forms["unit"].isin(sorted(set(forms["unit"]))[:units]) & forms["indicator"].isin(codes[:indicators])]
        scoring, bounding, relying, opened = timed(framework, some.reset_index(drop=True))
        print(f"{units:8} × {indicators:<9}{scoring:8.2f}{bounding:8.2f}{relying:13.2f}{opened:23}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    print(f"peak memory {peak / 2**20:.0f} MB")


if __name__ == "__main__":
    main()
