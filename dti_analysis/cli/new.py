"""`dti new`: a data folder to begin with."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from dti_analysis.cli.options import Told
from dti_analysis.common.console import say


def new(
    folder: Annotated[Path, typer.Argument(help="The folder to write: new or empty.")],
    place: Annotated[str, typer.Option(help="The id of the place, as tinh-mau: lower-case letters, digits, hyphens.")],
    year: Annotated[int | None, typer.Option(help="The year assessed; this year without it.")] = None,
    level: Annotated[str, typer.Option(help="Whom is assessed: department, district, commune …")] = "commune",
    index: Annotated[str, typer.Option(help="What is measured.")] = "dti",
    lang: Told = None,
) -> None:
    """Write a data folder to begin with: three sample units, a small criteria set, their forms; it checks and runs at once."""
    from dti_analysis.records.new_folder import write_new_folder

    files = write_new_folder(folder, place, year or datetime.now().year, level, index)
    for path in files:
        say(str(path))
    say(f'next: read {folder / "README.md"}, then dti check --data "{folder}" and dti run --data "{folder}"')
