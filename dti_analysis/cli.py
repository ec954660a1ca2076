"""The command line: `dti run`, `dti score`, `dti check`, `dti whatif`.

Exit codes: 0 done, 1 something given is wrong, 2 wrong usage.
"""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from dti_analysis.common.faults import Faults

app = typer.Typer(
    help="Score, rank and explain digital transformation indices, so that anyone can check and re-run them.",
    epilog="Exit codes: 0 done · 1 something that was given is wrong (each fault is printed) · 2 wrong usage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def run(
    place: Annotated[list[str] | None, typer.Option(help="Only this place, as yenbai (may be repeated).")] = None,
    index: Annotated[list[str] | None, typer.Option(help="Only this index, as dti.")] = None,
    year: Annotated[list[int] | None, typer.Option(help="Only this year.")] = None,
    level: Annotated[list[str] | None, typer.Option(help="Only this level, as district.")] = None,
    lang: Annotated[list[str] | None, typer.Option(help="Only this language: vi, en.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Notebooks run side by side.")] = 4,
    output: Annotated[Path, typer.Option(help="Where notebooks, tables, figures and the site go.")] = Path("outputs"),
    data: Annotated[Path | None, typer.Option(help="The data folder, if not the repository's.")] = None,
) -> None:
    """Run every notebook that is out of date and publish the site."""
    from dti_analysis.publishing.batch import run_batch

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was done is remembered
    began = time.perf_counter()
    chosen = {"place": place, "index": index, "year": year, "level": level, "lang": lang}
    result = run_batch({name: list(words or []) for name, words in chosen.items()}, workers, output, data)
    took = time.perf_counter() - began
    done = f"{result.made} of {result.total} tasks done in {took:.1f} s" if result.made else f"nothing changed ({took:.1f} s)"
    typer.echo(f"{done}\n{result.index}")


@app.command()
def score(
    framework: Annotated[Path, typer.Option(help="A criteria set, as YAML.")],
    assessment: Annotated[Path, typer.Option(help="CSV: unit, indicator, value (a, b, group, basis where needed).")],
    out: Annotated[Path, typer.Option(help="CSV to write: unit, component, level, points, max_points, score, rank.")],
) -> None:
    """Score an assessment under a framework: anyone's, no repository needed."""
    from dti_analysis.criteria.framework_file import load
    from dti_analysis.records.intake import read_form
    from dti_analysis.scores.scoring import scored, write_scores

    scores = scored(load(framework), read_form(assessment), None, str(assessment))
    write_scores(scores, out)
    typer.echo(f"{len(scores.unit['unit'])} units scored: {out}")


@app.command()
def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders; without any, the repository's own.")] = None,
) -> None:
    """Validate frameworks, units, assessments, published facts and notebooks; print every fault."""
    from dti_analysis.checks import check as check_path
    from dti_analysis.common.rooms import NOTEBOOKS
    from dti_analysis.records.sources import Data

    chosen = paths or [Data().root, NOTEBOOKS]
    faults = [fault for path in chosen for fault in check_path(path)]
    if faults:
        raise Faults(faults)
    typer.echo(f"no faults in {', '.join(map(str, chosen))}")


@app.command()
def whatif(
    place: Annotated[str, typer.Option(help="The place, as tinhmau.")],
    year: Annotated[int, typer.Option(help="The year.")],
    level: Annotated[str, typer.Option(help="The level, as district.")],
    unit: Annotated[str, typer.Option(help="The unit, as mau-huyen-bac.")],
    set_: Annotated[list[str], typer.Option("--set", help="CODE.cell=value, as P3.03.a=6 (may be repeated).")],
    index: Annotated[str, typer.Option(help="The index.")] = "dti",
    lang: Annotated[str, typer.Option(help="vi or en.")] = "vi",
    data: Annotated[Path | None, typer.Option(help="The data folder, if not the repository's.")] = None,
) -> None:
    """What a unit would have if some of its figures were others: points, rank, who is passed."""
    from dti_analysis.common.text import LANGS, check_lang
    from dti_analysis.records.sources import Data
    from dti_analysis.scores.whatif import read_changes
    from dti_analysis.studies.study import Study
    from dti_analysis.views.plan_page import what_if_text

    check_lang(lang)
    changes = read_changes(set_)
    study = Study(year, level, next(known for known in LANGS if known == lang), Data(data), place=place, index=index)
    typer.echo(what_if_text(study, unit, changes))


def main() -> None:
    """Run the command line; print faults one a line, and leave with the documented exit code."""
    try:
        app()
    except Faults as error:
        from rich.console import Console

        errors = Console(stderr=True, soft_wrap=True, highlight=False)
        for fault in error.faults:
            errors.print(f"[red]✗[/red] {str(fault).replace('[', chr(92) + '[')}")
        errors.print(f"{len(error.faults)} fault{'s' if len(error.faults) != 1 else ''}; nothing was written or published.")
        sys.exit(1)


if __name__ == "__main__":
    main()
