"""`dti mapping`: a first draft of the file that says what stands where in a form of another office."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dti_analysis.cli.options import Lang, language
from dti_analysis.common.console import say


def mapping(
    workbook: Annotated[Path, typer.Argument(help="A form of another office: .xlsx or CSV, blank or filled in.")],
    framework: Annotated[str, typer.Option(help="The criteria set: its id, or a YAML file of anyone's.")],
    out: Annotated[Path, typer.Option(help="The YAML file to write; none that is there is written over.")],
    sheet: Annotated[str, typer.Option(help="Which sheet, where several look like a form.")] = "",
    lang: Annotated[Lang, language("The language of the comments")] = "vi",
    data: Annotated[Path | None, typer.Option(help="The data folder, if not the repository's.")] = None,
) -> None:
    """Draft the mapping of a form that is not ours; what could not be told is a “?”, which dti intake refuses."""
    from dti_analysis.common.faults import fault
    from dti_analysis.common.text import label
    from dti_analysis.common.writing import refuse_target, write_result
    from dti_analysis.criteria.framework_file import load
    from dti_analysis.records.draft_mapping import draft
    from dti_analysis.records.sources import Data

    if not workbook.is_file():
        raise fault(workbook, "", "no such file", "a form of another office")
    refuse_target(out, [workbook])
    if out.exists():
        raise fault(out, "", "a file that is there already", "another name: what somebody has written into it is kept")
    file = Path(framework)
    set_ = load(file) if file.suffix in (".yaml", ".yml") else Data(data).framework(framework)
    text, left = draft(workbook, set_, lang, sheet)
    write_result(out, text.encode())
    say(label("draft.written", lang, path=out, count=left))
