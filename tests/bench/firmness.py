"""How long it takes to say how firm a ranking is: 28 units × 40 indicators, and 3,321 communes × 62, 10,000 draws each.

`python tests/bench/firmness.py [small|large]` prints seconds by step, and the peak of memory. Forms are generated
(national.py); a share of the self-assessed rows claims more than was verified, and one unit in forty has handed in nothing.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import national
import pandas as pd
import yaml

from dti_analysis.criteria.framework import Framework
from dti_analysis.criteria.framework_file import load
from dti_analysis.scores import appeals, robustness
from dti_analysis.scores.disputes import disputes as disputes_of
from dti_analysis.scores.places_apart import least_places, places_apart
from dti_analysis.scores.scoring import score

SIZES = {"small": (28, 40), "large": (national.UNITS, national.INDICATORS)}
_MOST = {"yes_no": "có", "reported": "10", "steps": "5", "count": "5", "linear": "100"}
"""What earns full marks by rule; a ratio does with a = b."""


def forms(units: int, indicators: int, folder: Path) -> tuple[Framework, pd.DataFrame]:
    """A set of so many indicators, and both bases of so many units' forms."""
    national.INDICATORS = indicators
    written = folder / "national.yaml"
    written.write_text(yaml.safe_dump(national.framework(), allow_unicode=True, sort_keys=False), encoding="utf-8")
    framework = load(written)
    verified = pd.DataFrame(national.rows(units), columns=["unit", "indicator", "value", "a", "b"])
    late = {f"xa-{unit:04}" for unit in range(0, units, 40)}
    verified = verified[~verified["unit"].isin(late)]
    random, kinds = Random(7), {leaf.code: leaf.rule_name for leaf in framework.leaves}
    claimed = [
        {**row, **(_claim(kinds[row["indicator"]], row) if random.random() < 0.4 else {})}
        for row in verified.to_dict("records")
    ]
    rows = pd.concat([pd.DataFrame(claimed).assign(basis="self"), verified.assign(basis="verified")], ignore_index=True)
    rows.attrs["tidy"] = True
    return framework, rows


def _claim(rule: str, row: dict[Any, Any]) -> dict[str, str]:
    return {"a": row["b"]} if rule == "ratio" else {"value": _MOST[rule]}


def main(size: str) -> None:
    """Run every step once and print what it took."""
    units, indicators = SIZES[size]
    with TemporaryDirectory() as folder:
        framework, rows = forms(units, indicators, Path(folder))
    due = pd.DataFrame({"unit": [f"xa-{unit:04}" for unit in range(units)], "group": ""})
    scores = score(framework, rows, due)
    verified, took = scores[scores["basis"] == "verified"], {}

    def timed(name: str, make: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        made = make()
        took[name] = time.perf_counter() - began
        return made

    disputes = timed("disputes", lambda: disputes_of(framework, rows, due))
    figures = timed("appeals: draws", lambda: appeals.draw(disputes))
    ranks = timed("appeals: ranks", lambda: appeals.rank_draws_of(disputes, figures))
    table = timed("appeals: table", lambda: appeals.appeals(disputes, figures=figures, ranks=ranks))
    own = table["rank"].to_numpy(dtype=float)
    apart = timed("appeals: places apart", lambda: places_apart(own, ranks, "appeals"))
    profile = robustness.profile(verified, framework)
    without = timed("left out", lambda: robustness.left_out(profile))
    timed("shifts", lambda: robustness.shifts(without, framework))
    drawn = timed("weights: draws, ranks", lambda: robustness.draw_ranks(profile))
    timed("weights: table", lambda: robustness.weighted(profile, ranks=drawn))
    timed("weights: places apart", lambda: places_apart(profile.ranks, drawn, "weights"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform != "darwin" else 2**30)
    print(f"{units} units × {indicators} indicators, {sum(map(len, disputes.of))} rows disputed, 10,000 draws twice")
    print("\n".join(f"  {name:24}{seconds:8.3f} s" for name, seconds in took.items()))
    print(f"  {'all':24}{sum(took.values()):8.3f} s   peak {peak:.2f} GiB   places that mean something: {least_places(apart)}")


if __name__ == "__main__":
    for chosen in sys.argv[1:] or ["small", "large"]:
        main(chosen)
