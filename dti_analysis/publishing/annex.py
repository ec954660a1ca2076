"""The annex of the decision: the ranking as it is on the site and the criteria set, as a Word document and as a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from dti_analysis.common.text import label, number, rank_text
from dti_analysis.criteria.framework import Component
from dti_analysis.criteria.voice import exact, said
from dti_analysis.criteria.words import in_words, name_of
from dti_analysis.publishing.annex_book import Cell, Form, annex_book
from dti_analysis.publishing.office import Template, heading, template_of, write_all
from dti_analysis.studies.study import Study
from dti_analysis.views.wording import score_text


def write_annex(study: Study, out: Path, template: Path | None = None) -> list[Path]:
    """Write the annex of a study; returns its two files. Raises Faults before anything is written, as letters do."""
    study.refuse_provisional()
    found = fields(study)
    read = Template(template or template_of("annex", study.lang), found, "units")
    name = out / f"{label('annex.file', study.lang)}-{'-'.join(map(str, study.key))}"
    document, book = read.filled(found), annex_book(study, found, table(study), criteria(study))
    return write_all({name.with_name(f"{name.name}.docx"): document, name.with_name(f"{name.name}.xlsx"): book})


def fields(study: Study) -> dict[str, Any]:
    """What an annex may say, by field."""
    lang, rows = study.lang, table(study)
    common = heading(study)
    kind = "title_day" if study.provenance.as_of else "title_published" if study.partial else "title"
    named = {"index": common["index" if kind != "title" else "index_within"], "year": study.year, "level": study.level_name}
    return common | {
        "title": label(f"annex.{kind}", lang, **named),
        "heads": [cell.text for cell in rows[0][2:]],
        "units": [
            {"rank": rank.text, "unit": unit.text,
             "cells": [{"text": cell.text, "words": cell.form == "text"} for cell in cells]}
            for rank, unit, *cells in rows[1:]
        ],
        "criteria": [
            {"code": row["code"], "criterion": row["criterion"], "max": row["max"], "rule": row["rule"],
             "evidence": row["evidence"], "pillar": row["pillar"]}
            for row in criteria(study)
        ],
    }  # fmt: skip


def table(study: Study) -> list[list[Cell]]:
    """The ranking: headings, then a row for each unit, in the order of the site; nothing is ranked that is not ranked there."""
    lang, ranking = study.lang, study.ranking
    columns: list[list[Cell]] = [
        [_head(study, "table.rank"), *(Cell(rank_text(rank, lang), "whole", rank) for rank in ranking["rank"])],
        [_head(study, "table.unit"), *(Cell(study.unit_name(unit), "text") for unit in ranking["unit"])],
    ]
    if len(ranking["group"].unique()) > 1:
        cells = (Cell(rank_text(rank, lang), "whole", rank) for rank in ranking["rank_in_group"])
        columns.append([_head(study, "table.rank_in_group"), *cells])
    share = study.framework.measure == "share"
    for pillar, own in _pillars(study, "score" if share else "points"):
        found = (own.get(unit, float("nan")) for unit in ranking["unit"])
        head = Cell(label("annex.short", lang, code=pillar.code, name=name_of(pillar, lang)), "text")
        columns.append(
            [head, *(Cell(number(each, 4 if share else 2, lang), "index" if share else "points", each) for each in found)]
        )
    if study.framework.measure == "points":
        columns.append(
            [_head(study, "table.points"), *(Cell(number(each, 2, lang), "points", each) for each in ranking["points"])]
        )
        if ranking["max_points"].max() > ranking["max_points"].min():
            cells = (Cell(number(each, 2, lang), "points", each) for each in ranking["max_points"])
            columns.append([_head(study, "table.max_points"), *cells])
    form: Form = "index" if share else "share"
    columns.append(
        [
            _head(study, "table.index" if share else "table.percent"),
            *(Cell(score_text(study, each), form, each) for each in ranking["score"]),
        ]
    )
    if "band" in ranking:
        names = dict(zip(study.bands["order"].astype(int), study.bands[f"label_{lang}"], strict=True))
        bands = (Cell("–" if pd.isna(band) else names[int(band)], "text") for band in ranking["band"])
        columns.append([_head(study, "table.band"), *bands])
    if (ranking["state"] == "missing").any():
        said_ = (Cell(label("table.no_form", lang) if state == "missing" else "", "text") for state in ranking["state"])
        columns.append([_head(study, "table.note"), *said_])
    return [list(row) for row in zip(*columns, strict=True)]


def criteria(study: Study) -> list[dict[str, Any]]:
    """The criteria set: every component with its maximum, its rule in words and what proves it, under its pillar."""
    lang, rows = study.lang, []
    for component, _, kind in study.framework.walk():
        above = bool(component.children) and not component.parts and component.rule is None
        if kind == "total" or kind == "part":
            continue
        rows.append(
            {
                "code": component.code,
                "criterion": name_of(component, lang) or component.name_vi,
                "max": exact(component.max_points, lang),
                "number": float(component.max_points),
                "rule": "" if above else in_words(component, lang),
                "evidence": said(component.evidence, lang),
                "pillar": above,
            }
        )
    return rows


def _pillars(study: Study, column: str) -> Iterator[tuple[Component, dict[str, float]]]:
    """The pillars of which the points of any unit are known."""
    scores = study.verified[study.verified["level"] == "pillar"]
    for component, _, kind in study.framework.walk():
        own = scores[(scores["component"] == component.code) & scores[column].notna()] if kind == "pillar" else scores[:0]
        if len(own):
            yield component, dict(zip(own["unit"], own[column], strict=True))


def _head(study: Study, key: str) -> Cell:
    return Cell(label(key, study.lang), "text")
