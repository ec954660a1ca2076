"""Files that came back, whoever's form they are: ours, those of others by a mapping, and plain tables. Never raises for a file.

A file may hold one unit's form or, with a column `unit`, many; one fault in it refuses it whole. Tables with the columns
unit, indicator and the numbers of the rules, as `dti score` takes them, need no mapping.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from dti_analysis.common.digest import sha256
from dti_analysis.common.text import Lang, label
from dti_analysis.records.intake import NUMBER
from dti_analysis.records.mapping import Mapping, Whose
from dti_analysis.records.others_cells import read_unit
from dti_analysis.records.others_file import Grid, read_grids
from dti_analysis.records.others_paper import Paper
from dti_analysis.records.others_rows import read_rows
from dti_analysis.records.text_files import TEXT_SUFFIXES
from dti_analysis.records.workbook_file import Unreadable, check_container
from dti_analysis.records.workbook_intake import Form, Wanted, read_form_file
from dti_analysis.records.workbook_layout import FAULT_SHEET, HIDDEN_SHEET

_TABLE = {"unit": "unit", "indicator": "code", "basis": "basis", "year": "year"} | {
    name: name for name in ("evidence", "explanation", "value")
}
"""Columns of a plain table, and what they are in a mapping."""


def read_forms(path: Path, wanted: Wanted, lang: Lang, mapping: Mapping | None = None, unit: str = "") -> list[Form]:
    """The forms in a file; where there are faults, one form that tells them all.

    `unit` is whose it is where that is known already: of a file that is kept under another name than it came with.
    """
    if path.suffix.lower() not in TEXT_SUFFIXES and _ours(path, lang):
        return [read_form_file(path, wanted, lang)]
    form = Form(path, sha256(path), lang)
    try:
        grids = read_grids(path, lang)
    except Unreadable as error:
        form.readable = False
        form.wrong("", error.found, error.expected)
        return [form]
    chosen = _table(grids, wanted) or mapping
    if chosen is not None:
        forms = _read(form, grids, chosen, wanted, unit)
        for one in forms:
            one.mapped = chosen is mapping
        return forms
    if any(re.fullmatch(r"\S+\|\w*", held.text) for grid in grids.values() for held in grid.cells.values()):
        form.wrong("", label("others.own_as_text", lang), label("others.own_workbook", lang))
    else:
        form.wrong("", label("others.no_mapping", lang), label("others.use_mapping", lang))
    return [form]


def _read(form: Form, grids: dict[str, Grid], mapping: Mapping, wanted: Wanted, unit: str) -> list[Form]:
    paper = Paper(form, mapping, wanted)
    if not paper.open(grids):
        return [form]
    whose = paper.whose(unit)
    rows = read_rows(paper, whose)
    forms = [read_unit(paper, one, own) for one, own in rows.items()]
    if not form.faults and not any(one.complete[0] for one in forms):
        form.wrong("", paper.say("intake.blank"), paper.say("intake.answers"))
    if not form.faults:
        return forms
    form.units = frozenset(one for one in (whose, *rows) if one)
    form.unit = next(iter(form.units)) if len(form.units) == 1 else ""
    return [form]


def _ours(path: Path, lang: Lang) -> bool:
    """Whether a file is our workbook, or none that can be read at all."""
    try:
        check_container(path, lang)
        with zipfile.ZipFile(path) as packed:
            return f'name="{HIDDEN_SHEET}"' in packed.read("xl/workbook.xml").decode("utf-8", "replace")
    except (Unreadable, KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        return True


def _table(grids: dict[str, Grid], wanted: Wanted) -> Mapping | None:
    """The mapping of a plain table, where the file is one."""
    sheets = [grid for name, grid in grids.items() if name not in FAULT_SHEET.values()]
    if len(sheets) != 1:
        return None
    first = 2 if not any(row == 1 for row, _ in sheets[0].cells) else 1  # below `sep=;`
    texts = [held.text for (row, _), held in sorted(sheets[0].cells.items()) if row == first]
    if not {"unit", "indicator"} <= set(texts):
        return None
    columns = {_TABLE.get(text, text): text for text in texts if text in _TABLE or NUMBER.fullmatch(text)}
    return Mapping(title="", framework=wanted.framework.id, header=first, columns=dict(columns), unit=Whose(column=True))
