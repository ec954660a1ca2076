"""`dti letter`: the result of each unit, as a letter."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from dti_analysis.cli.options import Lang, language
from dti_analysis.common.console import say


def letter(
    place: Annotated[str, typer.Option(help="Whose units, as tinhmau.")],
    year: Annotated[int, typer.Option(help="The year assessed.")],
    level: Annotated[str, typer.Option(help="The level of the units, as district.")],
    out: Annotated[Path, typer.Option(help="The folder to write the letters to.")],
    index: Annotated[str, typer.Option(help="What is measured, as dti.")] = "dti",
    unit: Annotated[list[str] | None, typer.Option(help="Only this unit (may be repeated).")] = None,
    template: Annotated[Path | None, typer.Option(help="A Word template of your own (dti template writes one).")] = None,
    deadline: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Until when units may appeal.")] = None,
    lang: Annotated[Lang, language("The language of the letters")] = "vi",
    data: Annotated[Path | None, typer.Option(help="The data folder, if not the repository's.")] = None,
) -> None:
    """Write a letter to each unit: result, claimed against appraised with reasons, what to mend first, deadline for appeal."""
    from dti_analysis.publishing.letter import write_letters
    from dti_analysis.records.sources import Data, Key
    from dti_analysis.studies.study import Study

    study = Study.of(Key(place, index, year, level), lang, Data(data))
    written = write_letters(study, out, unit, template, deadline.date() if deadline else None)
    say(f"{len(written)} {'letter' if len(written) == 1 else 'letters'} in {out}")
