"""Tables of more units than a page holds: the ranking alone lists all, in short rows; others have those that figures show."""

from __future__ import annotations

from collections.abc import Sized

import pandas as pd

from dti_analysis.common.text import label, number
from dti_analysis.studies.study import Study
from dti_analysis.views.figures.words import MOST_UNITS, selected

MOST_ROWS = 250
"""Up to how many units every table has a row for each."""


def few(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table (`unit`, in rank order) that stand on a page: all, or of very many units the first, the last and the
    neighbours of the study's own."""
    if len(table) <= MOST_ROWS:
        return table
    return table[table["unit"].isin(selected(study, list(table["unit"])))]


def nearest(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table (`unit`, `to_rank`) that stand on the page of the study's unit: all, or of very many units those
    nearest to it in rank."""
    if len(study.units) <= MOST_ROWS:
        return table
    own = study.ranking.set_index("unit")["rank"][study.unit]
    near = (table["to_rank"] - own).abs().sort_values(kind="stable").index[:MOST_UNITS]
    return table[table.index.isin(near)]


def left_out(study: Study, shown: Sized, of: Sized) -> str:
    """What a table says of the units that it leaves out; empty where it leaves out none."""
    if len(shown) == len(of):
        return ""
    counts = {"shown": number(len(shown), 0, study.lang), "count": number(len(of), 0, study.lang)}
    own = [label("many.own", study.lang)] if study.to_indicators else []
    return " ".join([label("many.shown", study.lang, **counts), *own])
