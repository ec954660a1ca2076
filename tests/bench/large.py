"""A generated place of 3,321 communes × 62 criteria, two years, two languages: how large its pages are, and what each takes.

`python tests/bench/large.py [communes] [folder]` makes the pages of the newest year that are not of one unit, six pages of
units, place, criteria and home, and prints for each processor seconds, memory and bytes (also compressed). No thresholds.
"""

from __future__ import annotations

import gzip
import os
import platform
import resource
import sys
import time
from functools import partial
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import large_province

COMMUNES, UNITS = 3321, 6


def chosen(everything: list[Any], year: int) -> list[Any]:
    """The pages of the newest year and of none, of units the first, some in between and the last."""
    units = [page for page in everything if page.kind == "unit" and page.key.year == year]
    each = max(1, len(units) // UNITS // 2 * 2 + 1)
    shared = [page for page in everything if page.kind != "unit" and (page.key is None or page.key.year == year)]
    return shared + units[::each][:UNITS]


def main(communes: int, folder: Path) -> None:
    """Write the data, make the pages, tell."""
    from dti_analysis.publishing import publish, site
    from dti_analysis.publishing.downloads import make_tables
    from dti_analysis.publishing.forks import Forks
    from dti_analysis.publishing.packing import pack_table
    from dti_analysis.publishing.pages import pages
    from dti_analysis.publishing.warm import prepare, share_study
    from dti_analysis.records.sources import Data

    load = os.getloadavg()[0]
    print(f"{communes} communes · {platform.platform()} · {os.cpu_count()} cores · load {load:.1f}")
    began = time.perf_counter()

    def told(what: str) -> None:
        nonlocal began
        own = resource.getrusage(resource.RUSAGE_SELF)
        spent = own.ru_utime + own.ru_stime
        print(f"{what:50} {time.perf_counter() - began:7.1f} s, {spent:6.1f} s of processor so far", flush=True)
        began = time.perf_counter()

    data = folder / "data"
    if not data.exists():
        large_province.write(data, communes)
    told("data written")
    os.environ["DTI_KEPT"] = str(folder / "kept")
    (folder / "kept").mkdir(exist_ok=True)
    everything = list(pages(Data(data)))
    wanted, year = chosen(everything, large_province.YEARS[-1]), large_province.YEARS[-1]
    own = {page.path for page in wanted}
    rest = [page for page in everything if page.kind == "unit" and page.key.year == year and page.path not in own]
    left_out = {Path(f"{page.path}.html") for page in rest}
    told("list of pages")
    prepare()
    told("prepared")
    output, hands = folder / "out", Forks(1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    shared: set[Any] = set()
    for page in sorted(wanted, key=lambda page: (str(page.key), page.lang, page.kind)):
        if page.key is not None and (page.key, page.lang) not in shared:
            shared.add((page.key, page.lang))
            share_study(page)
            told(f"tables shared by {page.lang} {page.key.year}")
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        hands.start(page.path, partial(publish.make_page, page, output))
        ((_, result),) = hands.wait()
        if not isinstance(result, tuple):
            print(f"{page.path}: {result}")
            continue
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        print(f"    {page.path:60} {spent:6.2f} s of processor, {result[1] or 0:6.0f} MiB", flush=True)
        began = time.perf_counter()
    made = folder / "out" / "site"
    for page in wanted:
        target = made / f"{page.path}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        copyfile(publish.products(page, output)[1], target)
    began = time.perf_counter()
    ranking = next(page for page in wanted if page.kind == "ranking" and page.key.year == large_province.YEARS[-1])
    tables = make_tables(ranking, output)
    told("tables and workbook of one year")
    (made / "tables").mkdir(exist_ok=True)
    for table in tables:
        if table.suffix != ".svg":
            pack_table(table, made / "tables")
    site.complete(wanted, made, rest)
    told(f"site of {len(wanted) + len(rest)} pages put together")
    peak = max(peak, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(f"most memory of the batch itself: {peak:.0f} MiB")
    for file in sorted(path for path in made.rglob("*") if path.is_file() and path.relative_to(made) not in left_out):
        content = file.read_bytes()
        sizes = [len(content) / 1000, len(gzip.compress(content)) / 1000]
        print(f"{file.relative_to(made).as_posix():60} {sizes[0]:9.1f} kB {sizes[1]:9.1f} kB gzip")


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COMMUNES
    if len(sys.argv) > 2:
        Path(sys.argv[2]).mkdir(parents=True, exist_ok=True)
        main(count, Path(sys.argv[2]).resolve())
    else:
        with TemporaryDirectory() as name:
            main(count, Path(name))
