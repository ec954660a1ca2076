"""What may stand in every file that people hand in, told from the models that read it: the data dictionary's second half."""

from __future__ import annotations

import re
from inspect import get_annotations
from typing import TYPE_CHECKING

from dti_analysis.criteria import framework
from dti_analysis.records import about, corrections, documents, mapping
from dti_analysis.records.tables import PUBLISHED_TABLES, TABLES

if TYPE_CHECKING:
    from pydantic import BaseModel

_DOCUMENTS: list[tuple[str, list[type[BaseModel]]]] = [
    ("frameworks/<id>.yaml", [framework.Framework, framework.Component, framework.Ranking, framework.Span, framework.Act]),
    ("assessments/<place>/<index>/<year>/<level>.meta.yml", [documents.Provenance, documents.Source]),
    ("corrections/<place>/<index>/<year>/<level>.yaml, a list of", [corrections.Decision, corrections.Change]),
    (
        "published/claims.yaml, a list of",
        [documents.Claim, documents.Check, documents.Equal, documents.Between, documents.Unknown],
    ),
    ("recognition/<place>-<year>.yaml", [documents.Recognition, documents.PassRule, documents.Criterion]),
    ("site.yaml", [about.About, about.Named, about.Told, about.Own]),
    ("a mapping of others' forms (dti intake --mapping)", [mapping.Mapping, mapping.Placed, mapping.Whose, mapping.Words]),
]
_TYPES = {
    "Id": "lower-case letters, digits and hyphens, as xa-mau-an",
    "Words": "a text, not empty",
    "Name": "a name in Latin letters",
    "Day": "a date as 2025-06-30",
    "Dated": "a date as 2025-06-30, a month or a year",
    "Number": "a number",
    "Count": "a whole number",
    "Line": "a text on one line",
    "Digest": "a SHA-256, 64 hexadecimal digits",
    "…OrEmpty": "the same, or empty",
}


def input_files() -> str:
    """Markdown: for each file of a data folder its fields, in the words of its model, and whether they may be left out."""
    lines = ["# Files that are handed in", "", "Told from the models that read them, refusing anything else.", ""]
    lines += [f"- `{name}`: {meaning}" for name, meaning in _TYPES.items()]
    lines.append("")
    for name, table in (TABLES | {f"published/{name}.csv": table for name, table in PUBLISHED_TABLES.items()}).items():
        further = "; further columns may follow" if table.more else ""
        lines += [f"## {name}", "", f"{_said(table.model)} Every column stands in the first row{further}.", ""]
        lines += ["| column | holds |", "|---|---|"]
        for field in table.model.model_fields:
            there = f", of a row of {table.known[field]}.csv" if field in table.known else ""
            lines.append(f"| `{field}` | {_holds(table.model, field)}{there} |")
        lines.append("")
    for name, models in _DOCUMENTS:
        lines += [f"## {name}", ""]
        for model in models:
            lines += [f"**{model.__name__}**. {_said(model)}", "", "| key | holds | may be left out |", "|---|---|---|"]
            for field, info in model.model_fields.items():
                lines.append(f"| `{info.alias or field}` | {_holds(model, field)} | {'no' if info.is_required() else 'yes'} |")
            lines.append("")
    return "\n".join(lines)


def _said(model: type[BaseModel]) -> str:
    return " ".join((model.__doc__ or "").split())


def _holds(model: type[BaseModel], field: str) -> str:
    """The type of a field as its model declares it."""
    text = str(next(said[field] for said in map(get_annotations, model.__mro__) if field in said))
    if found := re.search(r"one_of\((.*)\)", text):
        return "one of " + found[1].replace('"', "").replace("'", "")
    if found := re.fullmatch(r"Literal\[(.*?)\]( \| None)?", text):
        return "one of " + found[1].replace('"', "").replace("'", "")
    return f"`{text}`".replace("|", "\\|")
