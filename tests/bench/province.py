"""A generated province of 130 communes, two years, two languages: what the whole batch takes, and whether memory grows with
the number of pages.

`python tests/bench/province.py [communes] [options of dti run]` prints seconds, processor seconds, and the most memory that
the batch took with all its forks and the pages made first and last took. It has no thresholds.
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from batch import ROOT, measured, run

COMMUNES = 130
PLACE, LEVEL = "tinhmau", "commune"
_FEW = 20


def write_data(folder: Path, communes: int) -> None:
    """The data folder with that many communes in the sample province, in both years."""
    from dti_analysis.records.sample import write
    from dti_analysis.records.sources import Data

    shutil.copytree(ROOT / "data", folder)
    units = folder / "units.csv"
    with units.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    at = {name: header.index(name) for name in ("unit", "name_vi", "name_en", "place", "level")}
    own = [row for row in rows if (row[at["place"]], row[at["level"]]) == (PLACE, LEVEL)]
    for number in range(len(own), communes):
        row = list(own[number % len(own)])
        row[at["unit"]] = f"{row[at['unit']]}-{number}"
        row[at["name_vi"]], row[at["name_en"]] = (f"{row[at[name]]} {number}" for name in ("name_vi", "name_en"))
        rows.append(row)
    with units.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    write(Data(folder))


def main(communes: int, more: list[str]) -> None:
    """Measure."""
    with TemporaryDirectory() as name:
        data, output = Path(name) / "data", Path(name) / "out"
        write_data(data, communes)
        cost = measured([*run(output, "--place", PLACE, "--level", LEVEL, "--data", str(data)), *more])
        print(cost.said.splitlines()[-2])
        print(f"{cost.seconds:.0f} s, {cost.processor:.0f} s of processor, {cost.peak_mib:.0f} MiB at most")
        pages = json.loads((output / "run.json").read_text(encoding="utf-8"))["pages"]
        peaks = [page["peak_mib"] for page in pages if "/units/" in page["path"]]
        first, last = median(peaks[:_FEW]), median(peaks[-_FEW:])
        print(f"{len(pages)} pages; of units, the first {_FEW} took {first:.0f} MiB each, the last {_FEW} {last:.0f} MiB")
        largest = max((output / "site").rglob("units/*.html"), key=lambda path: path.stat().st_size)
        print(f"largest page of a unit: {largest.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    given = sys.argv[1:]
    count = int(given.pop(0)) if given and given[0].isdigit() else COMMUNES
    main(count, given)
