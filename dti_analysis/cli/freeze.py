"""`dti freeze`: seal the figures of a decided year."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from dti_analysis.cli.options import Told
from dti_analysis.common.console import say


def freeze(
    place: Annotated[str, typer.Option(help="Whose units, as tinhmau.")],
    year: Annotated[int, typer.Option(help="The year assessed.")],
    level: Annotated[str, typer.Option(help="The level of the units, as district.")],
    decision: Annotated[str, typer.Option(help="The number of the decision that the figures rest on.")],
    by: Annotated[str, typer.Option(help="Who seals them: an office, or a name.")],
    index: Annotated[str, typer.Option(help="What is measured, as dti.")] = "dti",
    day: Annotated[str, typer.Option("--date", help="The day of sealing, as 2026-02-12; today without it.")] = "",
    reason: Annotated[str, typer.Option(help="Why figures that were sealed before are sealed anew.")] = "",
    data: Annotated[Path | None, typer.Option(help="The data folder, if not the repository's.")] = None,
    lang: Told = None,
) -> None:
    """Seal the points and ranks of a decided year: dti check then refuses whatever alters one of them, and names it."""
    from dti_analysis.records.sources import Data, Key
    from dti_analysis.studies.sealed import freeze as seal_figures
    from dti_analysis.studies.study import Study

    study = Study.of(Key(place, index, year, level), data=Data(data))
    done = seal_figures(study, decision, by, day or date.today().isoformat(), reason)
    path = study.data.seal_file(study.key)
    if not done.new:
        say(f"nothing to seal: every figure is as sealed on {done.seal.sealed} ({path})")
        return
    for one in done.changed:
        say(f"{one.unit}: {one.figure}: was {one.was or 'nothing'}, is {one.now or 'nothing'}")
    say(f"{len(study.units)} units sealed: {path}, figures in {path.with_name(done.seal.figures).name}")
