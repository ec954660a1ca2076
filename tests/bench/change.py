"""How long it takes to tell why ranks moved: `python tests/bench/change.py` prints it for 28 × 40 and for 3,321 × 62."""

from __future__ import annotations

import resource
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import national
import pandas as pd

from dti_analysis import load
from dti_analysis.criteria.framework import Framework
from dti_analysis.scores.core import core
from dti_analysis.scores.ledger import Ledger
from dti_analysis.scores.rank_explained import passed, rank_explained
from dti_analysis.scores.reasons import appraisal_reasons
from dti_analysis.scores.score_explained import score_explained
from dti_analysis.scores.scoring import exact_scores


def forms(units: int, seed: int, kept: list[str], year: int, basis: str = "verified") -> pd.DataFrame:
    """The generated forms of a year, on the indicators kept."""
    table = pd.DataFrame(national.rows(units, seed), columns=["unit", "indicator", "value", "a", "b"])
    table = table[table["indicator"].isin(kept)].reset_index(drop=True)
    states = ["full", "partial", "missing", "late"]
    return table.assign(year=str(year), basis=basis, evidence_state=[states[at % 4] for at in range(len(table))])


def measure(units: int, indicators: int) -> None:
    """Prints what each table takes, scoring apart."""
    with tempfile.TemporaryDirectory() as folder:
        framework: Framework = load(national.write(Path(folder), 1)[0])
    kept = [leaf.code for leaf in framework.leaves[:indicators]]
    before, after, claims = (
        forms(units, seed, kept, year, basis)
        for seed, year, basis in ((1, 2025, "verified"), (2, 2026, "verified"), (3, 2026, "self"))
    )
    told = [("start", time.perf_counter())]
    ledgers = [Ledger(exact_scores(framework, table), framework) for table in (before, after, claims)]
    told.append(("scoring, three times, exact", time.perf_counter()))
    found = core(ledgers[0], ledgers[1])
    told.append(("core", time.perf_counter()))
    table = score_explained(found, ledgers[0], ledgers[1])
    told.append(("score_explained", time.perf_counter()))
    ranks = rank_explained(ledgers[0], ledgers[1], found)
    told.append(("rank_explained", time.perf_counter()))
    passed(ranks, "xa-0007")
    told.append(("passed, one unit", time.perf_counter()))
    reasons = appraisal_reasons(ledgers[2], ledgers[1], pd.concat([after, claims]))
    told.append(("appraisal_reasons", time.perf_counter()))
    print(f"{units} units × {indicators} indicators: {len(table)} rows explained, {len(reasons)} reasons")
    for (_, start), (name, end) in pairwise(told):
        print(f"  {name:30} {end - start:7.3f} s")
    print(f"  {'all tables, scoring apart':30} {told[-1][1] - told[1][1]:7.3f} s")
    print(f"  most memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    measure(28, 40)
    measure(national.UNITS, national.INDICATORS)
