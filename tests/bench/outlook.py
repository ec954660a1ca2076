"""How long plans take: `python tests/bench/outlook.py` prints it for one province and for all communes of the country."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import national

from dti_analysis.criteria.framework_file import load
from dti_analysis.records.intake import read_assessment
from dti_analysis.scores.cohort import Cohort
from dti_analysis.scores.planning import plan, step_ranks
from dti_analysis.scores.targets import read_target


def main() -> None:
    """Time cohort, steps and plans of 28 and of 3,321 units."""
    began = time.perf_counter()
    import scipy.optimize  # noqa: F401

    print(f"scipy.optimize imported: {time.perf_counter() - began:.2f} s")
    for count, indicators in ((28, 40), (3321, 62)):
        national.INDICATORS = indicators
        with tempfile.TemporaryDirectory() as folder:
            national.write(Path(folder), count)
            framework = load(Path(folder) / "national.yaml")
            assessment = read_assessment(Path(folder) / "forms.csv")
        began = time.perf_counter()
        cohort = Cohort(framework, assessment)
        scored = time.perf_counter()
        few = cohort.units if count < 100 else cohort.units[:1]
        step_ranks(cohort, few)
        stepped = time.perf_counter()
        for unit in few:
            plan(cohort, unit, read_target("rank 3"))
        done = time.perf_counter()
        times = f"scored exactly {scored - began:.2f} s, steps ranked {stepped - scored:.2f} s, planned {done - stepped:.2f} s"
        print(f"{count} × {indicators}, {len(few)} asked: {times}")


if __name__ == "__main__":
    main()
