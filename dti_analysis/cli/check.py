"""`dti check`: every fault of what was handed in, at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dti_analysis.cli.options import Told
from dti_analysis.common.console import say
from dti_analysis.common.faults import Faults
from dti_analysis.common.said import in_words, speaking


def check(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files or folders; without any, data and notebooks.")] = None,
    data: Annotated[Path | None, typer.Option(help="The data folder, if not the repository's.")] = None,
    lang: Told = None,
) -> None:
    """Validate frameworks, units, assessments, published facts and notebooks; print every fault."""
    from dti_analysis.checks import check as check_path
    from dti_analysis.common.rooms import NOTEBOOKS
    from dti_analysis.records.sources import Data
    from dti_analysis.studies.sealed import moved

    chosen = paths or [Data(data).root, NOTEBOOKS]
    faults = [fault for path in chosen for fault in check_path(path)]
    if faults:
        raise Faults(faults)
    for path in chosen:
        for line in moved(Data(path)) if (path / "sealed").is_dir() else ():
            say(in_words(line, speaking()))
    say(in_words(f"no faults in {', '.join(map(str, chosen))}", speaking()))
