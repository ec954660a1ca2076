"""`dti appraise`: the workbook of an appraisal council, out and back."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dti_analysis.cli.options import Lang, language
from dti_analysis.common.console import say

if TYPE_CHECKING:
    from dti_analysis.records.council_layout import Desk


def appraise(
    place: Annotated[str, typer.Option(help="The place, as tinhmau.")],
    year: Annotated[int, typer.Option(help="The year assessed.")],
    level: Annotated[str, typer.Option(help="The level, as district.")],
    out: Annotated[Path | None, typer.Option(help="The workbook to write.")] = None,
    read: Annotated[Path | None, typer.Option(help="A workbook that the council filled in.")] = None,
    index: Annotated[str, typer.Option(help="The index, as dti.")] = "dti",
    decided: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="When it decided; today without it.")] = None,
    returned: Annotated[Path | None, typer.Option(help="Where a refused workbook goes; FOLDER/returned without it.")] = None,
    lang: Annotated[Lang, language("The language of the workbook")] = "vi",
    data: Annotated[Path | None, typer.Option(help="The data folder, if not the repository's.")] = None,
) -> None:
    """Write the council's workbook (--out), or read one back (--read): its decisions are recorded, the verified rows follow."""
    from dti_analysis.common.faults import fault
    from dti_analysis.common.text import label
    from dti_analysis.common.writing import refuse_target
    from dti_analysis.records.council import record
    from dti_analysis.records.council_layout import desk
    from dti_analysis.records.sources import Data, Key

    if (out is None) == (read is None):
        raise fault("parameter", "out, read", "both" if out else "neither", "--out FILE to write a workbook, or --read FILE")
    folder, key = Data(data), Key(place, index, year, level)
    if out is not None:
        refuse_target(out)
        table = desk(folder, key)
        say(label("appraise.written", lang, path=out, units=_write(table, out, lang)))
        _say_anew(table, lang)
        return
    assert read is not None
    done = record(read, folder, key, lang, decided.date() if decided else datetime.now().date(), returned)
    if done.refused is not None:
        for one in done.refused.faults:
            say(f"✗ {label('intake.fault', lang, place=one.place() or read.name, found=one.found, expected=one.expected)}")
        say(label("appraise.refused", lang, count=len(done.refused.faults), path=done.returned or read))
        raise typer.Exit(1)
    key_ = "recorded" if done.decisions else "unchanged"
    say(label(f"appraise.{key_}", lang, count=len(done.decisions), path=done.path))
    if done.counts:
        held = done.counts
        say(label("appraise.counts", lang, claims=held["claims"], accepted=held["accepted"], rejected=held["rejected"],
                  back=held["sent_back"], left=held["left"]))  # fmt: skip
        _say_anew(desk(folder, key), lang)


def _say_anew(table: Desk, lang: Lang) -> None:
    """Which decisions hold no longer, because the unit has sent a newer form since."""
    from dti_analysis.common.text import label
    from dti_analysis.records.council import to_decide_anew

    if rows := to_decide_anew(table.decisions, table.claimed, table.data.unit_names(lang), lang):
        say(label("appraise.anew_count", lang, count=len(rows)))
        for row in rows:
            say(f"  ! {row}")


def _write(table: Desk, out: Path, lang: Lang) -> int:
    from dti_analysis.common.text import label
    from dti_analysis.records.council_book import write_book
    from dti_analysis.studies.study import Study

    study = Study.of(table.key, lang, table.data)
    own = study.scores[study.scores["basis"] == "self"]
    points = dict(zip(zip(own["unit"], own["component"], strict=True), own["points"].tolist(), strict=True))
    tag = label("sample", lang) if table.data.is_sample(table.key.place) else ""
    return write_book(table, out, lang, points, f"{study.index}, {study.level_name}, {study.place}", tag)
