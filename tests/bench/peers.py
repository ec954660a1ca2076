"""Peers and models, timed: one province (28 units × 40 indicators) and national scale (3,321 × 62).

`python tests/bench/peers.py` prints seconds for each table and the peak memory. It reports and has no thresholds.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TypeVar

import national
import pandas as pd

from dti_analysis import load, read_assessment, score
from dti_analysis.scores.full_marks import full_marks
from dti_analysis.scores.gaps import gaps
from dti_analysis.scores.models import in_common, leaders
from dti_analysis.scores.peers import peers
from dti_analysis.scores.standouts import PROGRESS, for_their_means, models, steadiness

_T = TypeVar("_T")


def timed(name: str, work: Callable[[], _T]) -> _T:
    """What the work gives; prints how long it took."""
    start = time.perf_counter()
    result = work()
    print(f"  {name:32} {time.perf_counter() - start:6.3f} s")
    return result


def features(units: list[str], seed: int = 20260101) -> pd.DataFrame:
    """Generated features: a number and two words."""
    rng = Random(seed)
    rows = [(2000 + 28000 * rng.random(), rng.random() < 0.4, rng.random() < 0.2) for _ in units]
    table = pd.DataFrame(rows, columns=["population", "upland", "ward"], index=units)
    return table.replace({True: "yes", False: "no"})


def measure(count: int, indicators: int, folder: Path) -> None:
    """All tables of so many units; the generated set has 62 indicators, of which the first are taken."""
    act, forms = national.write(folder, count)
    framework, rows = load(act), read_assessment(forms)
    kept = set(rows["indicator"].unique()[:indicators])
    scores = score(framework, rows)
    scores = scores[scores["component"].isin(kept) | scores["level"].isin(["total", "pillar"])]
    units = sorted(scores["unit"].unique())
    described, table = features(units), gaps(scores, framework)
    print(f"{count} units × {indicators} indicators, after scoring")
    start = time.perf_counter()
    timed("peers of all by profile", lambda: peers(scores))
    near = timed("peers of all by features", lambda: peers(scores, described))
    every = timed("all others of one, nearest first", lambda: peers(scores, described, among=units, of=units[0]))
    own = list(near.loc[near["unit"] == units[0], "peer"])
    timed("whom to ask, one unit", lambda: full_marks(table, units[0], own, list(every["peer"])))
    steady = timed("steadiness", lambda: steadiness(scores))
    means = timed("among peers", lambda: for_their_means(scores, near))
    timed("models", lambda: models(scores, steady, pd.DataFrame(columns=PROGRESS), means))
    timed("what leaders have in common", lambda: in_common(table, leaders(scores)))
    print(f"  {'together':32} {time.perf_counter() - start:6.3f} s")


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        measure(28, 40, Path(folder) / "province")
        measure(national.UNITS, national.INDICATORS, Path(folder) / "national")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
