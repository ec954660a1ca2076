"""`dti whatif`: other figures of one unit."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dti_analysis.cli.options import Lang, language
from dti_analysis.common.console import say
from dti_analysis.common.faults import Fault, Faults


def whatif(
    place: Annotated[str, typer.Option(help="Whose units, as tinhmau.")],
    year: Annotated[int, typer.Option(help="The year assessed.")],
    level: Annotated[str, typer.Option(help="The level of the unit, as district.")],
    unit: Annotated[str, typer.Option(help="The unit, by its id in units.csv.")],
    change: Annotated[list[str], typer.Option("--set", help="CODE.cell=figure, as P3.03.a=6 (may be repeated).")],
    index: Annotated[str, typer.Option(help="What is measured, as dti.")] = "dti",
    lang: Annotated[Lang, language("The language of the answer")] = "vi",
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
