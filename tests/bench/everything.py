"""All that explains, tests and plans, as one total: a province (28 units × 40 indicators) and the nation (3,321 × 62).

`python tests/bench/everything.py [small|large]` prints seconds by step (the wall's and the processor's), their total, and the
peak of memory. Two years and the claims are scored once, exactly, before the clock starts; everything else is timed: why
ranks and scores moved, claimed → appraised, bounds, reliability, 10,000 appeals and 10,000 weights, peers and models, and for
a province the steps of every unit and its plan to the next place (for the nation those of one unit).
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import firmness
import national
import pandas as pd
from peers import features

from dti_analysis.criteria.framework import TOTAL
from dti_analysis.scores import appeals, robustness
from dti_analysis.scores.bounds import bounds
from dti_analysis.scores.core import core
from dti_analysis.scores.disputes import disputes as disputes_of
from dti_analysis.scores.field import field
from dti_analysis.scores.gaps import gaps
from dti_analysis.scores.ledger import Ledger
from dti_analysis.scores.models import in_common, leaders
from dti_analysis.scores.options import options
from dti_analysis.scores.peers import peers
from dti_analysis.scores.places_apart import places_apart
from dti_analysis.scores.planning import Own, plan, step_ranks
from dti_analysis.scores.rank_explained import rank_explained
from dti_analysis.scores.reasons import appraisal_reasons
from dti_analysis.scores.reliability import reliability
from dti_analysis.scores.score_explained import score_explained
from dti_analysis.scores.scoring import exact_scores, score
from dti_analysis.scores.standouts import PROGRESS, for_their_means, models, steadiness
from dti_analysis.scores.targets import points_for, target

SIZES = {"small": (28, 40, 28), "large": (national.UNITS, national.INDICATORS, 1)}
"""Units, indicators, and for how many units steps and plans are made."""
BANDS = pd.DataFrame(columns=["order", "label_vi", "label_en", "above", "at_least", "decided_by"])
_T = TypeVar("_T")


def main(size: str) -> None:
    """Score two years, then run every step once and print what it took."""
    units, indicators, asked = SIZES[size]
    with TemporaryDirectory() as folder:
        framework, rows = firmness.forms(units, indicators, Path(folder))
    past = pd.DataFrame(national.rows(units, 1), columns=["unit", "indicator", "value", "a", "b"])
    past.attrs["tidy"] = True
    due = pd.DataFrame({"unit": [f"xa-{unit:04}" for unit in range(units)], "group": ""})
    verified_rows = rows[rows["basis"] == "verified"].reset_index(drop=True)
    states = ["full", "partial", "missing", "late"]
    told = rows.assign(evidence_state=[states[at % 4] for at in range(len(rows))])
    scores = score(framework, rows, due)
    verified = scores[scores["basis"] == "verified"]
    exact = exact_scores(framework, rows, due)
    exact_now, exact_claims = (exact[exact["basis"] == basis] for basis in ("verified", "self"))
    exact_past = exact_scores(framework, past, due)
    took: dict[str, tuple[float, float]] = {}

    def timed(name: str, make: Callable[[], _T]) -> _T:
        wall, cpu = time.perf_counter(), time.process_time()
        made = make()
        took[name] = time.perf_counter() - wall, time.process_time() - cpu
        return made

    ledgers = timed("ledgers", lambda: [Ledger(table, framework) for table in (exact_past, exact_now, exact_claims)])
    old, new, claims = ledgers
    found = timed("core", lambda: core(old, new))
    timed("score explained", lambda: score_explained(found, old, new))
    timed("rank explained", lambda: rank_explained(old, new, found))
    timed("claimed → appraised", lambda: appraisal_reasons(claims, new, told))
    timed("bounds", lambda: bounds(exact_now, framework, assessment=verified_rows))
    timed("reliability", lambda: reliability(framework, rows, scores))
    _firm(timed, framework, rows, due, verified)
    described = features(list(due["unit"]))
    near = timed("peers", lambda: peers(verified, described))
    steady = timed("steadiness", lambda: steadiness(verified))
    means = timed("for their means", lambda: for_their_means(verified, near))
    timed("models", lambda: models(verified, steady, pd.DataFrame(columns=PROGRESS), means))
    missing = timed("gaps", lambda: gaps(verified, framework))
    timed("in common", lambda: in_common(missing, leaders(verified)))
    _plans(timed, framework, rows, verified, exact_now, asked)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform != "darwin" else 2**30)
    print(f"{units} units × {indicators} indicators; steps and plans of {asked}: seconds of the wall, of the processor")
    print("\n".join(f"  {name:24}{wall:8.3f}{cpu:8.3f}" for name, (wall, cpu) in took.items()))
    wall, cpu = (sum(seconds) for seconds in zip(*took.values(), strict=True))
    print(f"  {'TOTAL':24}{wall:8.3f}{cpu:8.3f}   peak {peak:.2f} GiB")


def _firm(
    timed: Callable[[str, Callable[[], Any]], Any],
    framework: Any,
    rows: pd.DataFrame,
    due: pd.DataFrame,
    verified: pd.DataFrame,
) -> None:
    disputes = timed("disputes", lambda: disputes_of(framework, rows, due))
    figures = timed("appeals: draws", lambda: appeals.draw(disputes))
    ranks = timed("appeals: ranks", lambda: appeals.rank_draws_of(disputes, figures))
    table = timed("appeals: table", lambda: appeals.appeals(disputes, figures=figures, ranks=ranks))
    timed("appeals: places apart", lambda: places_apart(table["rank"].to_numpy(dtype=float), ranks, "appeals"))
    profile = robustness.profile(verified, framework)
    without = timed("left out", lambda: robustness.left_out(profile))
    timed("shifts", lambda: robustness.shifts(without, framework))
    drawn = timed("weights: draws, ranks", lambda: robustness.draw_ranks(profile))
    timed("weights: table", lambda: robustness.weighted(profile, ranks=drawn))
    timed("weights: places apart", lambda: places_apart(profile.ranks, drawn, "weights"))


def _plans(
    timed: Callable[[str, Callable[[], Any]], Any],
    framework: Any,
    rows: pd.DataFrame,
    verified: pd.DataFrame,
    exact: pd.DataFrame,
    asked: int,
) -> None:
    totals = verified[verified["component"] == TOTAL]
    some = totals[totals["state"] != "missing"]
    groups = dict.fromkeys(list((totals if asked > 1 else some)["unit"])[-asked:], "")
    whole = exact[exact["component"] == TOTAL].set_index("unit")
    found = timed("options", lambda: options(framework, rows, verified, groups))

    def own(unit: str) -> Own:
        total = (whole.loc[unit, "points"], whole.loc[unit, "max_points"])
        return Own(framework, rows, verified, unit, "", total, field(totals, unit, framework.ranking), found[unit])

    each = timed("fields", lambda: [own(unit) for unit in groups])
    timed("step ranks", lambda: [step_ranks(one) for one in each])
    aims = [target("next", len(totals), one.total[1], BANDS) for one in each]
    needed = [points_for(aim, one.field, *one.total, BANDS) for aim, one in zip(aims, each, strict=True)]
    timed("plans to the next place", lambda: [plan(*asked_for) for asked_for in zip(each, aims, needed, strict=True)])


if __name__ == "__main__":
    for chosen in sys.argv[1:] or ["small", "large"]:
        main(chosen)
