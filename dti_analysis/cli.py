"""The command line `dti`. Exit codes: 0 done, 1 something given is wrong, 2 wrong usage."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from dti_analysis.common import console
from dti_analysis.common.console import say
from dti_analysis.common.faults import Fault, Faults, nearest

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
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be made and why; make nothing.")] = False,
    why: Annotated[str | None, typer.Option(help="Say why this page would be made, as vi/claims; make nothing.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="If another run has the output, wait for it.")] = False,
) -> None:
    """Run every notebook that is out of date, say why each is, and publish the site.

    What is chosen is made, and with it whatever was published before and rests on something that changed.
    """
    from dti_analysis.publishing.batch import explain, run_batch

    began = time.perf_counter()
    words = {"place": place, "index": index, "year": year, "level": level, "lang": lang}
    chosen = {name: list(said or []) for name, said in words.items()}
    if dry_run or why:
        for line in explain(chosen, output, data, why):
            say(line)
        return
    result = run_batch(chosen, workers, output, data, say, wait)
    took = time.perf_counter() - began
    say(f"{result.made} of {result.total} tasks done in {took:.1f} s" if result.made else f"nothing changed ({took:.1f} s)")
    say(str(result.index))


@app.command()
def score(
    framework: Annotated[Path, typer.Option(help="A criteria set, as YAML.")],
    assessment: Annotated[Path, typer.Option(help="CSV: unit, indicator, value (a, b, group, basis where needed).")],
    out: Annotated[Path, typer.Option(help="CSV to write: unit, component, level, points, max_points, score, rank.")],
) -> None:
    """Score an assessment under a framework: anyone's, no repository needed."""
    from dti_analysis.common.writing import refuse_target
    from dti_analysis.criteria.framework_file import load
    from dti_analysis.records.intake import read_form
    from dti_analysis.scores.scoring import scored, write_scores

    refuse_target(out, [framework, assessment])
    scores = scored(load(framework), read_form(assessment), None, str(assessment))
    write_scores(scores, out)
    say(f"{len(scores.unit['unit'])} units scored: {out}")


@app.command()
def whatif(
    place: Annotated[str, typer.Option(help="Whose units, as tinhmau.")],
    year: Annotated[int, typer.Option(help="The year assessed.")],
    level: Annotated[str, typer.Option(help="The level of the unit, as district.")],
    unit: Annotated[str, typer.Option(help="The unit, by its id in units.csv.")],
    change: Annotated[list[str], typer.Option("--set", help="CODE.cell=figure, as P3.03.a=6 (may be repeated).")],
    index: Annotated[str, typer.Option(help="What is measured, as dti.")] = "dti",
    lang: Annotated[str, typer.Option(help="Language of the answer: vi, en.")] = "vi",
    data: Annotated[Path | None, typer.Option(help="The data folder, if not the repository's.")] = None,
) -> None:
    """Say what a unit's points and rank would be with other figures, and whom it would pass; others unchanged."""
    from dti_analysis.common.text import LANGS
    from dti_analysis.records.sources import Data, Key
    from dti_analysis.studies.study import Study
    from dti_analysis.views.plan_page import what_if_lines

    said = next((each for each in LANGS if each == lang), None)
    wrong = [Fault("dti whatif", "--set", f"'{each}'", "CODE.cell=figure, as P3.03.a=6") for each in change if "=" not in each]
    wrong += [] if said else [Fault("dti whatif", "--lang", f"'{lang}'", nearest(lang, LANGS))]
    if wrong or not said:
        raise Faults(wrong)
    study = Study.of(Key(place, index, year, level), said, Data(data))
    changes = {name.strip(): figure for name, _, figure in (each.partition("=") for each in change)}
    for line in what_if_lines(study, unit, *study.outlook.what_if(unit, changes), said):
        say(line)


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
    say(f"no faults in {', '.join(map(str, chosen))}")


def main() -> None:
    """Run the command line; print faults one a line, and leave with the documented exit code."""
    console.prepare()
    try:
        app()
    except Faults as error:
        for fault in error.faults:
            say(f"{typer.style('✗', fg='red') if sys.stderr.isatty() else '✗'} {fault}", sys.stderr)
        count = f"{len(error.faults)} fault{'s' if len(error.faults) != 1 else ''}"
        say(f"{count}; {error.consequence}.", sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
