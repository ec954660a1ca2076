"""`dti run`: make what is out of date and publish it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from dti_analysis.cli.options import language
from dti_analysis.common.console import say


def run(
    place: Annotated[list[str] | None, typer.Option(help="Only this place, as yenbai (may be repeated).")] = None,
    index: Annotated[list[str] | None, typer.Option(help="Only this index, as dti.")] = None,
    year: Annotated[list[int] | None, typer.Option(help="Only this year.")] = None,
    level: Annotated[list[str] | None, typer.Option(help="Only this level, as district.")] = None,
    lang: Annotated[list[str] | None, language("Only pages in this language: vi, en", of_pages=True)] = None,
    workers: Annotated[int, typer.Option(min=1, help="Notebooks run side by side.")] = 4,
    output: Annotated[Path, typer.Option(help="Where notebooks, tables, figures and the site go.")] = Path("outputs"),
    data: Annotated[Path | None, typer.Option(help="The data folder, if not the repository's.")] = None,
    site: Annotated[Path | None, typer.Option(help="What the site shows: a file as data/site.yaml, if not that one.")] = None,
    cluster: Annotated[str | None, typer.Option(help="A Dask scheduler whose workers make the pages: tcp://….")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be made and why; make nothing.")] = False,
    why: Annotated[str | None, typer.Option(help="Say why this page would be made, as vi/claims; make nothing.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="If another run has the output, wait for it.")] = False,
) -> None:
    """Run every notebook that is out of date, say why each is, and publish the site.

    What is chosen is made, and with it whatever was published before and rests on something that changed.
    """
    from dti_analysis.publishing.settled import asked, settled

    began = time.perf_counter()
    words = {"place": place, "index": index, "year": year, "level": level, "lang": lang}
    chosen = {name: list(said or []) for name, said in words.items()}
    if not (dry_run or why) and settled(asked(chosen, data, site), output.resolve()):
        say(f"nothing changed ({time.perf_counter() - began:.1f} s)")
        say(str(output.resolve() / "site" / "index.html"))
        return
    from dti_analysis.publishing.batch import explain, run_batch

    if dry_run or why:
        for line in explain(chosen, output, data, why, site):
            say(line)
        return
    result = run_batch(chosen, workers, output, data, say, wait, site, cluster)
    took = time.perf_counter() - began
    say(f"{result.made} of {result.total} tasks done in {took:.1f} s" if result.made else f"nothing changed ({took:.1f} s)")
    say(str(result.index))
