"""The door: a file of the data folder is read, checked by its model, and refused with everything that is wrong with it."""

from __future__ import annotations

import typing
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from dti_analysis.common import strict_yaml
from dti_analysis.common.bilingual import english_of
from dti_analysis.common.faults import Fault, Faults, in_order, kind_of, nearest, refused_by_model, worth_telling
from dti_analysis.common.spelling import invisible
from dti_analysis.records.intake import read_sheet
from dti_analysis.records.tables import Columns, Table

if TYPE_CHECKING:
    import pandas as pd

_T = TypeVar("_T")
_SEVERAL = ("levels",)
"""Columns that hold several ids, separated by blanks."""


def read_rows(
    path: Path, table: Table, known: Callable[[str], Collection[str]], beside: dict[str, Columns] | None = None
) -> tuple[pd.DataFrame, list[Fault]]:
    """A table of the data folder, its index + 2 the row of the file, and what is wrong with it, in the order of its rows.

    `known` gives the ids of another table; `beside` holds those that it is checked against.
    Raises Faults where the file cannot be read as a table.
    """
    sheet = read_sheet(path, table.columns, None if table.more else [])
    names = list(sheet.columns)
    rows = [dict(zip(names, cells, strict=True)) for cells in zip(*sheet.columns.values(), strict=True)]
    faults: list[Fault] = []

    def add(at: int, found: str, expected: str) -> None:
        faults.append(Fault(str(path), f"row {sheet.rows[at]}", found, expected))

    ids = {column: known(kind) for column, kind in table.known.items()}
    for at, row in enumerate(rows):
        wrong = _wrong_cells(table.model, row)
        for column, expected in wrong.items():
            cell = row[column]
            add(at, f"{column} '{cell}'" if cell else f"no {column}", expected)
        for column, cell in row.items():
            if column not in wrong and (character := invisible(cell)):
                add(at, f"{column} '{cell}' with {character}", "plain blanks and signs")
        for column in [column for column in ids if column not in wrong]:
            for word in row[column].split() if column in _SEVERAL else filter(None, [row[column]]):
                if word not in ids[column]:
                    add(at, f"{column} '{word}'", nearest(word, ids[column]))
    for at, found, expected in table.wrong(rows, beside or {}):
        add(at, found, expected)
    return _with_english(sheet.frame()), in_order(faults)


def _with_english(table: pd.DataFrame) -> pd.DataFrame:
    """The table with the Vietnamese texts where the English ones beside them are empty."""
    for name in [name for name in map(str, table) if english_of(name) in table]:
        english = english_of(name)
        table[english] = table[english].where(table[english] != "", table[name])
    return table


def _wrong_cells(model: type[BaseModel], row: dict[str, str]) -> dict[str, str]:
    """What was expected of each cell that the model refuses."""
    try:
        model.model_validate(row)
    except ValidationError as error:
        return {str(detail["loc"][0]): str(detail["msg"]).removeprefix("Value error, ") for detail in error.errors()}
    return {}


def read_document(path: Path, kind: type[_T]) -> tuple[_T, strict_yaml.Document]:
    """A YAML file as its model has it, and the file as written. Raises Faults: all that the model refuses, by line."""
    document = strict_yaml.parse(path)
    faults = [*document.faults, *strict_yaml.unseen(document)]
    try:
        made = TypeAdapter(kind).validate_python(document.data)
    except ValidationError as error:
        for detail in worth_telling(error.errors()):
            loc = tuple(part for part in detail["loc"] if part != "[key]")
            where = ".".join(map(str, loc[1:] if loc and isinstance(loc[0], int) else loc))
            model = _model_at(kind, loc[:-1])
            keys = [field.alias or name for name, field in model.model_fields.items()] if model else []
            if detail["type"] != "too_short" and not isinstance(detail["input"], str | int | float | None):
                detail["input"] = kind_of(detail["input"])
                found, expected = refused_by_model(detail, where, keys)
                found = found.replace("'a ", "a ").removesuffix("'") if detail["type"] not in _OF_KEYS else found
                found = found.removeprefix(": ")
            else:
                found, expected = refused_by_model(detail, where, keys)
            faults.append(Fault(str(path), _place(document, loc), found, expected))
        raise Faults(sorted(dict.fromkeys(faults), key=_line)) from None
    if faults:
        raise Faults(sorted(dict.fromkeys(faults), key=_line))
    return made, document


_OF_KEYS = ("extra_forbidden", "missing")


def _place(document: strict_yaml.Document, loc: tuple[Any, ...]) -> str:
    """The line, and the id of the entry of a list of them."""
    place = f"line {document.line(loc)}"
    entry = document.data[loc[0]] if loc and isinstance(loc[0], int) and isinstance(document.data, list) else None
    return f"{place}, {entry['id']}" if isinstance(entry, dict) and "id" in entry else place


def _line(fault: Fault) -> int:
    word, _, rest = fault.place.partition(" ")
    return int(rest.split(",")[0]) if word == "line" else 0


def _model_at(kind: Any, loc: tuple[Any, ...]) -> type[BaseModel] | None:
    """The model that keys at a place of the file belong to."""
    model = _model_in(kind)
    for part in loc:
        if model is None or isinstance(part, int):
            continue
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        model = _model_in(fields[part].annotation) if part in fields else None
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((model for part in typing.get_args(annotation) if (model := _model_in(part))), None)
