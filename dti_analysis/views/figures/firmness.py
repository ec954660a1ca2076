"""The figure of rank intervals: where each unit stands, and between which ranks it may stand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dti_analysis.common.text import percent, rank_text
from dti_analysis.studies.study import Study
from dti_analysis.views.figures.narrow import Mark, Row, along, narrow_figure
from dti_analysis.views.figures.picture import Picture, style
from dti_analysis.views.figures.sheet import BLUE, GREY, INK, MARGIN, PALE, SKY, WIDTH, Sheet, scale, text_width
from dti_analysis.views.figures.words import UnitRows, breaks, caption, say, selected, subject

_TICKS = 8
"""About how many ranks are marked on the axis."""


def rank_intervals(study: Study) -> Picture | None:
    """For each unit a dot at its rank, a thick line for the middle 90 % of the draws, a thin one from best to worst rank.

    By appeals, or where nobody assessed themselves by weights; None where neither can be told.
    """
    table = study.firmness.intervals
    if table is None:
        return None
    lang, by = study.lang, str(table["by"].iloc[0])
    shown = table.set_index("unit").loc[selected(study, list(table["unit"]))].reset_index()
    rows = UnitRows(study, list(shown["unit"]), list(shown["rank"]), 2.75)
    last = float(np.nanmax(table[["rank", "worst_rank", "high_rank"]].to_numpy(dtype=float)))
    left, right = rows.right + 0.3, WIDTH - MARGIN - 0.2
    at = scale(1.0, max(last, 2.0), left, right)
    under = {} if by == "appeals" else {"spread": percent(study.firmness.spread, 0, lang)}
    above = 0.46
    with style():
        sheet = Sheet(_title(study, table, by), subject(study, say(study, f"firmness.by_{by}", **under)),
                      above + rows.height + 0.05, study.sample)  # fmt: skip
        top, bottom = sheet.top + above, sheet.top + above + rows.height
        _key(study, sheet, left, by)
        sheet.text(left - 0.12, top - 0.12, say(study, "firmness.axis"), "right", GREY)
        for tick in _ticks(int(last)):
            sheet.line([at(tick), at(tick)], [top - 0.03, bottom], PALE, 0.8)
            sheet.text(at(tick), top - 0.12, rank_text(tick, lang), "center", GREY)
        rows.draw(sheet, top)
        for y, row in zip(rows.centres(top), shown.to_dict("records"), strict=True):
            colour = INK if row["unit"] == study.unit else BLUE
            if not pd.isna(row["best_rank"]):
                sheet.line([at(row["best_rank"]), at(row["worst_rank"])], [y, y], GREY, 0.9)
            sheet.line([at(row["low_rank"]), at(row["high_rank"])], [y, y], GREY if row["unit"] == study.unit else SKY, 5.0)
            sheet.dot(at(row["rank"]), y, colour, size=5.5)
        notes = [say(study, f"firmness.caption_{by}")]
        if len(shown) < len(table):
            notes.append(say(study, "omitted", shown=len(shown), count=len(table)))
        narrow = _narrow(study, sheet, shown, max(last, 2.0), by)
        return sheet.picture(say(study, "firmness.about", count=len(shown)), caption(study, *notes), narrow=narrow)


def _narrow(study: Study, sheet: Sheet, shown: pd.DataFrame, last: float, by: str) -> str:
    """The figure for a narrow screen: the value of a row are the ranks of the thick line."""
    at, lang = along(1.0, last), study.lang
    rows, left_out = [], breaks(study, list(shown["unit"]))
    for n, row in enumerate(shown.to_dict("records")):
        own = row["unit"] == study.unit
        low, high = row["low_rank"], row["high_rank"]
        marks = [] if pd.isna(row["best_rank"]) else [Mark(at(row["best_rank"]), at(row["worst_rank"]), GREY, "thin")]
        marks += [Mark(at(low), at(high), GREY if own else SKY), Mark(at(row["rank"]), 0.0, INK if own else BLUE, "dot")]
        span = rank_text(low, lang) if low == high else f"{rank_text(low, lang)}–{rank_text(high, lang)}"
        name = f"{rank_text(row['rank'], lang)}. {study.unit_name(row['unit'])}"
        rows.append(Row(name, span, marks, own))
        if n in left_out:
            rows.append(Row("…", ""))
    axis = [(at(tick), rank_text(tick, lang)) for tick in _ticks(int(last))]
    shapes = [("dot", BLUE, "dot"), ("", SKY, "thick"), *([("thin", GREY, "thin")] if by == "appeals" else [])]
    key = [(shape, colour, say(study, f"firmness.{word}")) for shape, colour, word in shapes]
    return narrow_figure(sheet.title, sheet.subtitle, rows, study.sample, axis, key)


def _title(study: Study, table: pd.DataFrame, by: str) -> str:
    """What was found: how many may leave their rank, and from how many places on a difference means something."""
    moving = int((table["low_rank"] < table["high_rank"]).sum())
    places = study.firmness.least(by)
    if not moving:
        return say(study, "firmness.title_none")
    key = "title" if places is not None and places > 1 else "title_one"
    return say(study, f"firmness.{key}", places=places, overlapping=moving, count=len(table))


def _ticks(last: int) -> list[int]:
    """Rank 1 and whole steps after it, and the last rank where it is clear of them."""
    step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**6) if last / size <= _TICKS)
    return [1, *range(step if step > 1 else 2, last + 1, step)]


def _key(study: Study, sheet: Sheet, left: float, by: str) -> None:
    """What dot, thick and thin line are, above the axis, from the left end of the sheet if need be."""
    y = sheet.top + 0.08
    words = {name: say(study, f"firmness.{name}") for name in ("dot", "thick", *(["thin"] if by == "appeals" else []))}
    width = sum(text_width(word) + 0.55 for word in words.values())
    x = min(left, WIDTH - MARGIN - width)
    for name, word in words.items():
        if name == "dot":
            sheet.dot(x + 0.12, y, BLUE, size=5.5)
        else:
            sheet.line([x, x + 0.26], [y, y], SKY if name == "thick" else GREY, 5.0 if name == "thick" else 0.9)
        sheet.text(x + 0.34, y, word, color=GREY)
        x += text_width(word) + 0.55
