"""Scores, ranks and gaps of 3,321 communes × 62 criteria, both bases, from the files to the tables: goal 10 s and 1 GiB.

`python tests/bench/nation.py [communes]` prints seconds, processor seconds and the most memory of the process. No thresholds.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

import large_province


def tables(folder: Path) -> None:
    """Compute the tables of a folder and say what that took, imports included."""
    began = time.perf_counter()
    from dti_analysis.records.sources import Data
    from dti_analysis.studies.study import Study

    study = Study(large_province.YEARS[-1], large_province.LEVEL, "vi", Data(folder), place=large_province.PLACE)
    counts = len(study.scores), len(study.ranking), len(study.gaps)
    took, own = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF)
    print("{} rows of scores, {} of the ranking, {} of gaps".format(*counts))
    spent = own.ru_utime + own.ru_stime
    print(f"{took:.1f} s, {spent:.1f} s of processor, {own.ru_maxrss / 1024:.0f} MiB; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["tables"]:
        tables(Path(sys.argv[2]))
    else:
        with TemporaryDirectory() as name:
            data = large_province.write(Path(name), int(sys.argv[1]) if sys.argv[1:] else 3321, large_province.YEARS[-1:])
            subprocess.run([sys.executable, __file__, "tables", str(data)], check=True)
