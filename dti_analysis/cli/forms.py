"""`dti form` and `dti intake`: what goes out to units and what comes back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from dti_analysis.cli.options import Lang, language
from dti_analysis.common.console import say


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
    lang: Annotated[Lang, language("The language of the form")] = "vi",
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


def intake(
    folder: Annotated[Path, typer.Argument(help="The folder of workbooks and CSV that units sent back.")],
    place: Annotated[str, typer.Option(help="The place, as tinhmau.")],
    year: Annotated[int, typer.Option(help="The year assessed.")],
    level: Annotated[str, typer.Option(help="The level, as district.")],
    index: Annotated[str, typer.Option(help="The index, as dti.")] = "dti",
    received: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="When they came; today without it.")] = None,
    deadline: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="When forms were due.")] = None,
    returned: Annotated[Path | None, typer.Option(help="Where refused forms go; FOLDER/returned without it.")] = None,
    mapping: Annotated[Path | None, typer.Option(help="What stands where in forms that are not ours, as YAML.")] = None,
    lang: Annotated[Lang, language("The language of the table")] = "vi",
    data: Annotated[Path | None, typer.Option(help="The data folder, if not the repository's.")] = None,
) -> None:
    """Take in the forms that came back: accepted ones become the assessment, refused ones are given back with their faults."""
    from dti_analysis.records.forms_in import take_in
    from dti_analysis.records.sources import Data, Key
    from dti_analysis.views.forms_taken import show

    when = received.date() if received else datetime.now().date()
    due = deadline.date() if deadline else None
    taken = take_in(folder, Data(data), Key(place, index, year, level), lang, when, due, returned, mapping)
    show(taken, lang)
    if taken.refused:
        raise typer.Exit(1)
