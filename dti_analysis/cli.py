"""The command line `dti`. Exit codes: 0 done, 1 something given is wrong, 2 wrong usage."""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from dti_analysis.common import console
from dti_analysis.common.console import say
from dti_analysis.common.faults import Fault, Faults

Lang = Literal["vi", "en"]  # as dti_analysis.common.text, which takes long to load

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
def form(
    out: Annotated[Path, typer.Option(help="The folder to write the workbooks to.")],
    place: Annotated[str, typer.Option(help="The place, as tinhmau.")] = "",
    index: Annotated[str, typer.Option(help="The index, as dti.")] = "dti",
    year: Annotated[int | None, typer.Option(help="The year assessed.")] = None,
    level: Annotated[str, typer.Option(help="The level, as district.")] = "",
    unit: Annotated[list[str] | None, typer.Option(help="Only this unit (may be repeated).")] = None,
    framework: Annotated[Path | None, typer.Option(help="A criteria set of anyone's, in place of --place and --level.")] = None,
    group: Annotated[str, typer.Option(help="With --framework: the unit's group, where the set tells groups apart.")] = "",
    deadline: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="When forms are due.")] = None,
    lang: Annotated[Lang, typer.Option(help="The language of the form.")] = "vi",
    data: Annotated[Path | None, typer.Option(help="The data folder, if not the repository's.")] = None,
) -> None:
    """Write the forms that units fill in: Excel workbooks that score themselves."""
    from dti_analysis.common.faults import fault
    from dti_analysis.records.forms_out import write_form_of, write_forms
    from dti_analysis.records.sources import Data, Key

    due = deadline.date() if deadline else None
    if framework is not None:
        written = [write_form_of(framework, lang, out, one, group, year, due) for one in unit or [""]]
    elif not (place and level and year):
        raise fault("parameter", "place, year, level", "not all of them", "--place, --year and --level, or --framework")
    else:
        written = write_forms(Data(data), Key(place, index, year, level), lang, out, unit, due)
    say(f"{len(written)} {'form' if len(written) == 1 else 'forms'} in {out}")


@app.command()
def intake(
    folder: Annotated[Path, typer.Argument(help="The folder of workbooks that units sent back.")],
    place: Annotated[str, typer.Option(help="The place, as tinhmau.")],
    year: Annotated[int, typer.Option(help="The year assessed.")],
    level: Annotated[str, typer.Option(help="The level, as district.")],
    index: Annotated[str, typer.Option(help="The index, as dti.")] = "dti",
    received: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="When they came; today without it.")] = None,
    deadline: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="When forms were due.")] = None,
    returned: Annotated[Path | None, typer.Option(help="Where refused forms go; FOLDER/returned without it.")] = None,
    lang: Annotated[Lang, typer.Option(help="The language of faults and of the table.")] = "vi",
    data: Annotated[Path | None, typer.Option(help="The data folder, if not the repository's.")] = None,
) -> None:
    """Take in the forms that came back: accepted ones become the assessment, refused ones are given back with their faults."""
    from dti_analysis.records.forms_in import take_in
    from dti_analysis.records.sources import Data, Key
    from dti_analysis.views.forms_taken import show

    when = received.date() if received else datetime.now().date()
    due = deadline.date() if deadline else None
    taken = take_in(folder, Data(data), Key(place, index, year, level), lang, when, due, returned)
    show(taken, lang)
    if taken.refused:
        raise typer.Exit(1)


@app.command()
def whatif(
    place: Annotated[str, typer.Option(help="Whose units, as tinhmau.")],
    year: Annotated[int, typer.Option(help="The year assessed.")],
    level: Annotated[str, typer.Option(help="The level of the unit, as district.")],
    unit: Annotated[str, typer.Option(help="The unit, by its id in units.csv.")],
    change: Annotated[list[str], typer.Option("--set", help="CODE.cell=figure, as P3.03.a=6 (may be repeated).")],
    index: Annotated[str, typer.Option(help="What is measured, as dti.")] = "dti",
    lang: Annotated[Lang, typer.Option(help="The language of the answer.")] = "vi",
    data: Annotated[Path | None, typer.Option(help="The data folder, if not the repository's.")] = None,
) -> None:
    """Say what a unit's points and rank would be with other figures, and whom it would pass; others unchanged."""
    from dti_analysis.records.sources import Data, Key
    from dti_analysis.studies.study import Study
    from dti_analysis.views.plan_page import what_if_lines

    wrong = [Fault("dti whatif", "--set", f"'{each}'", "CODE.cell=figure, as P3.03.a=6") for each in change if "=" not in each]
    if wrong:
        raise Faults(wrong)
    study = Study.of(Key(place, index, year, level), lang, Data(data))
    changes = {name.strip(): figure for name, _, figure in (each.partition("=") for each in change)}
    for line in what_if_lines(study, unit, *study.outlook.what_if(unit, changes), lang):
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
