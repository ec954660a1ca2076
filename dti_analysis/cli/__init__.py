"""The command line `dti`. Exit codes: 0 done, 1 something given is wrong, 2 wrong usage."""

from __future__ import annotations

import os
import signal
import sys

import typer

from dti_analysis.cli.annex import annex, template
from dti_analysis.cli.appraise import appraise
from dti_analysis.cli.check import check
from dti_analysis.cli.compare_runs import diff, verify
from dti_analysis.cli.forms import form, intake
from dti_analysis.cli.freeze import freeze
from dti_analysis.cli.letter import letter
from dti_analysis.cli.mapping import mapping
from dti_analysis.cli.new import new
from dti_analysis.cli.run import run
from dti_analysis.cli.score import score
from dti_analysis.cli.whatif import whatif
from dti_analysis.common import console
from dti_analysis.common.console import say
from dti_analysis.common.faults import Faults
from dti_analysis.common.said import in_words, speaking

MOST = 200
"""How many faults are printed: who mends them will run again before reading on."""

app = typer.Typer(
    help="Score, rank and explain digital transformation indices, so that anyone can check and re-run them.",
    epilog="Exit codes: 0 done · 1 something that was given is wrong (each fault is printed) · 2 wrong usage.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (run, check, new, form, mapping, intake, appraise, score, whatif, letter, annex, template, freeze, diff, verify):
    app.command()(command)


def _ended(number: int, _: object) -> None:
    """What Ctrl-C does where no batch is at work, which says more: one line, and the documented exit code."""
    os.write(2, b"ended by SIGINT\n")
    sys.exit(128 + number)


def main() -> None:
    """Run the command line; print faults one a line, and leave with the documented exit code."""
    signal.signal(signal.SIGINT, _ended)  # typer would say "Aborted!" and leave with 1
    console.prepare()
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # a second of grammars for addresses that no notebook has
    try:
        app()
    except Faults as error:
        lang = speaking()
        for fault in error.faults[:MOST]:
            say(f"{typer.style('✗', fg='red') if sys.stderr.isatty() else '✗'} {fault.text(lang)}", sys.stderr)
        if len(error.faults) > MOST:
            say(in_words(f"… and {len(error.faults) - MOST} more", lang), sys.stderr)
        count = f"{len(error.faults)} fault{'s' if len(error.faults) != 1 else ''}"
        say(in_words(f"{count}; {error.consequence}.", lang), sys.stderr)
        sys.exit(1)
