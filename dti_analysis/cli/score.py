"""`dti score`: a criteria set and a form of anyone's, scored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dti_analysis.cli.options import Told
from dti_analysis.common.console import say


def score(
    framework: Annotated[Path, typer.Option(help="A criteria set, as YAML.")],
    assessment: Annotated[Path, typer.Option(help="CSV: unit, indicator, value (a, b, group, basis where needed).")],
    out: Annotated[Path, typer.Option(help="CSV to write: unit, component, level, points, max_points, score, rank.")],
    lang: Told = None,
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
