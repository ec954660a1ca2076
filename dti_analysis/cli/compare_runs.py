"""`dti diff` and `dti verify`: two published runs beside each other, and one made again."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from dti_analysis.cli.options import Told
from dti_analysis.common.console import say


def diff(
    before: Annotated[Path, typer.Argument(help="An output folder of dti run, or its site.")],
    now: Annotated[Path, typer.Argument(help="Another one.")],
    most: Annotated[int, typer.Option(min=1, help="How many ranks, figures and pages to name of each.")] = 20,
    lang: Told = None,
) -> None:
    """Say which figures, ranks and pages differ between two runs, and which inputs are others."""
    from dti_analysis.publishing.differing import differences
    from dti_analysis.publishing.published_run import Run

    for line in differences(Run(before), Run(now), most) or ["no figure and no page differs"]:
        say(line)


def verify(
    site: Annotated[Path, typer.Argument(help="An output folder of dti run, or its site, with run.json.")],
    data: Annotated[Path | None, typer.Option(help="The data folder, if not the repository's.")] = None,
    output: Annotated[Path | None, typer.Option(help="Where to make the site again; a temporary folder without it.")] = None,
    by: Annotated[str, typer.Option(help="Who verifies; stands on the site.")] = "",
    attest: Annotated[Path | None, typer.Option(help="Where the attestation goes; beside run.json without it.")] = None,
    workers: Annotated[int, typer.Option(min=1, help="Notebooks run side by side.")] = 4,
    lang: Told = None,
) -> None:
    """Make a published site again from its inputs and say what differs; exit code 1 if anything does."""
    from dti_analysis.publishing.verifying import verify as verify_site

    with TemporaryDirectory(prefix="dti-verify-") as folder:
        done = verify_site(site, data, output or Path(folder) / "outputs", workers, by, attest, lambda line: None)
    for line in done.differs:
        say(line)
    say(f"{len(done.pages)} pages made again: the same" if done.agreed else "made again: not the same")
    if not done.agreed:
        raise typer.Exit(1)
