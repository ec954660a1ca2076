"""`dti annex`: the annex of the decision; `dti template`: the Word templates, to be edited."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from dti_analysis.cli.options import Lang, language
from dti_analysis.common.console import say


def annex(
    place: Annotated[str, typer.Option(help="Whose units, as tinhmau.")],
    year: Annotated[int, typer.Option(help="The year assessed.")],
    level: Annotated[str, typer.Option(help="The level of the units, as district.")],
    out: Annotated[Path, typer.Option(help="The folder to write the annex to.")],
    index: Annotated[str, typer.Option(help="What is measured, as dti.")] = "dti",
    template: Annotated[Path | None, typer.Option(help="A Word template of your own (dti template writes one).")] = None,
    lang: Annotated[Lang, language("The language of the annex")] = "vi",
    data: Annotated[Path | None, typer.Option(help="The data folder, if not the repository's.")] = None,
) -> None:
    """Write the annex of the decision, as .docx and .xlsx: the ranking, and the criteria set."""
    from dti_analysis.publishing.annex import write_annex
    from dti_analysis.records.sources import Data, Key
    from dti_analysis.studies.study import Study

    for path in write_annex(Study.of(Key(place, index, year, level), lang, Data(data)), out, template):
        say(str(path))


def template(
    what: Annotated[Literal["letter", "annex"], typer.Argument(help="Which template.")],
    out: Annotated[Path, typer.Argument(help="The .docx to write.")],
    lang: Annotated[Lang, language("The language of the template")] = "vi",
) -> None:
    """Write the project's Word template of letters or annexes, to be edited and given back by --template."""
    from dti_analysis.common.writing import refuse_target, write_result
    from dti_analysis.publishing.office import template_of

    refuse_target(out)
    write_result(out, template_of(what, lang).read_bytes())
    say(str(out))
