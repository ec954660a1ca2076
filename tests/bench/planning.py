"""Planning, timed: one province (28 units × 40 indicators), and one unit at national scale (3,321 × 62).

`python tests/bench/planning.py` prints seconds and the peak memory. It reports and has no thresholds.
"""

from __future__ import annotations

import resource
from pathlib import Path
from tempfile import TemporaryDirectory

import national
import pandas as pd
from peers import timed

from dti_analysis import load, read_assessment, score
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.scores.field import field
from dti_analysis.scores.options import options
from dti_analysis.scores.planning import Own, plan, step_ranks
from dti_analysis.scores.scoring import exact_scores
from dti_analysis.scores.targets import points_for, target

BANDS = pd.DataFrame(columns=["order", "label_vi", "label_en", "above", "at_least", "decided_by"])


def measure(count: int, indicators: int, asked: int, folder: Path) -> None:
    """Steps and plans of some of so many units; the generated set has 62 indicators, of which the first are handed in."""
    act, forms = national.write(folder, count)
    framework, rows = load(act), read_assessment(forms)
    rows = rows[rows["indicator"].isin(rows["indicator"].unique()[:indicators])]
    rows.attrs["tidy"] = True
    print(f"{count} units × {indicators} indicators, {asked} asked about")
    scores = timed("scoring", lambda: score(framework, rows))
    totals = scores[scores["component"] == TOTAL]
    groups = dict.fromkeys(list(totals["unit"])[:asked], "")
    found = timed("options", lambda: options(framework, rows, scores, groups))

    exact = exact_scores(framework, rows)

    def own(unit: str) -> Own:
        total = exact[(exact["component"] == TOTAL) & (exact["unit"] == unit)].iloc[0]
        points = (total["points"], total["max_points"])
        return Own(framework, rows, scores, unit, "", points, field(totals, unit, framework.ranking), found[unit])

    each = timed("fields", lambda: [own(unit) for unit in groups])
    timed("step ranks", lambda: [step_ranks(one) for one in each])
    for text in ("next", "rank 1"):
        aims = [(one, target(text, count, one.total[1], BANDS)) for one in each]
        timed(f"plans to {text}", lambda aims=aims: [plan(o, a, points_for(a, o.field, *o.total, BANDS)) for o, a in aims])


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        measure(28, 40, 28, Path(folder) / "province")
        measure(national.UNITS, national.INDICATORS, 1, Path(folder) / "national")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
