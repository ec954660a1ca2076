"""Figures of why: from last year's score to this year's by pillar, and from claimed to appraised points by reason."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import NamedTuple

import pandas as pd

from dti_analysis.common.exact import ONE, ZERO, Rational, of_float
from dti_analysis.common.text import label, number
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.scores.core import OWN
from dti_analysis.scores.reasons import REASONS
from dti_analysis.studies.study import Study
from dti_analysis.views.change_words import Scale, amount, figure, mean, scale_of, steps
from dti_analysis.views.figures.narrow import Mark, Row, along, narrow_figure
from dti_analysis.views.figures.picture import Picture, style
from dti_analysis.views.figures.sheet import (
    BLUE,
    GREY,
    INK,
    MARGIN,
    ORANGE,
    PALE,
    WIDTH,
    Sheet,
    row_height,
    scale,
    text_width,
    wrap,
)
from dti_analysis.views.figures.words import caption, say, subject

_BAR, _CUT = 0.15, 0.6
"""Inches: the height of a bar. And from which share of the highest level on the lowest is worth cutting the axis below it."""
_REST = ["method", "maximum", "dropped", "new", "other"]


class _Row(NamedTuple):
    """A row of a waterfall: its name, and what it adds, as shown; a whole starts from 0."""

    name: str
    change: Rational
    whole: bool = False
    colour: str = ""


def waterfall(study: Study) -> Picture | None:
    """Last year's score, what each pillar and each kind of change added, this year's: of the study's unit, or the mean of all.

    None without a year before, or where no parts of the totals are known.
    """
    scores, ranks = study.change.scores, study.change.ranks
    if scores is None or ranks is None or study.before is None:
        return None
    both = ranks[ranks["status"] == "ranked"]
    rows = scores[scores["level"] == "pillar"]
    if study.unit:
        both, rows = both[both["unit"] == study.unit], rows[rows["unit"] == study.unit]
    if both.empty or not rows["kind"].isin(OWN).any() or rows.loc[rows["kind"].isin(OWN), "component"].eq(TOTAL).any():
        return None
    measure, start, now = scale_of(study), mean(both["score_before"]), mean(both["score_after"])
    names, changes, kinds = _contributions(study, rows, len(both))
    shown = steps(measure, start, changes)
    who = study.unit_name(study.unit) if study.unit else say(study, "waterfall.mean", n=len(both))
    years = {"before": study.before.year, "year": study.year}
    first, last = measure.shown(start), measure.shown(now)
    title = say(
        study, "waterfall.title", who=who, old=figure(study, measure, first), now=figure(study, measure, last),
        change=amount(study, measure, last - first, sign=True), **years,
    )  # fmt: skip
    held = [
        _Row(name, change, colour="" if kind in OWN else GREY)
        for name, change, kind in zip(names, shown, kinds, strict=True)
        if change or kind in OWN
    ]
    ends = [
        _Row(say(study, "waterfall.start", year=year), level, True)
        for year, level in zip(years.values(), (first, last), strict=True)
    ]
    lines = subject(study, say(study, "waterfall.subtitle", measure=say_measure(study, measure)), unit=study.unit)
    note = "waterfall.caption_same" if study.change.same_set else "waterfall.caption"
    return _drawn(study, measure, title, lines, [ends[0], *held, ends[1]], "waterfall", say(study, note))


def claimed(study: Study) -> Picture | None:
    """Claimed points, what was cut and added for each reason, appraised points: of the study's unit, or the mean of all."""
    table, totals = study.change.reasons, study.appraisal[study.appraisal["component"] == TOTAL]
    if study.unit:
        table, totals = table[table["unit"] == study.unit], totals[totals["unit"] == study.unit]
    if totals.empty:
        return None
    measure = Scale("points", ONE, 1)
    own, verified = (mean(map(of_float, totals[basis])) for basis in ("self", "verified"))
    rows: list[tuple[str, Rational]] = []
    for sign, side in ((-1, "lost"), (1, "gained")):
        for reason in REASONS:
            of_all = sum(table.loc[table["reason"] == reason, side], ZERO) * sign / len(totals)
            rows.append((label(f"change.reason.{reason}", study.lang), of_all))
    shown = steps(measure, own, [change for _, change in rows])
    held = [_Row(name, change) for (name, _), change in zip(rows, shown, strict=True) if change]
    first, last = measure.shown(own), measure.shown(verified)
    ends = [_Row(say(study, f"claimed.{end}"), level, True) for end, level in (("own", first), ("verified", last))]
    who = study.unit_name(study.unit) if study.unit else say(study, "waterfall.mean", n=len(totals))
    title = say(study, "claimed.title", who=who, own=figure(study, measure, first), verified=amount(study, measure, last))
    lines = subject(study, say(study, "claimed.subtitle"), unit=study.unit)
    return _drawn(study, measure, title, lines, [ends[0], *held, ends[1]], "claimed", say(study, "claimed.caption"))


def say_measure(study: Study, measure: Scale) -> str:
    """The name of a measure."""
    return label(f"change.measure.{measure.measure}", study.lang)


def _contributions(study: Study, rows: pd.DataFrame, units: int) -> tuple[list[str], list[Rational], list[str]]:
    """Names, contributions and kinds: own change by pillar in the order of the set, then each other kind."""
    own = rows[rows["kind"].isin(OWN)]
    sums: dict[str, Rational] = {}
    for code, part in zip(own["component"], own["contribution"], strict=True):
        sums[code] = sums.get(code, ZERO) + part
    codes = [code for code in study.framework.by_code if code in sums]
    rest = {kind: sum(rows.loc[rows["kind"] == kind, "contribution"], ZERO) for kind in _REST}
    names = [*map(study.component_name, codes), *(label(f"change.kind.{kind}", study.lang) for kind in _REST)]
    return (
        names,
        [change / units for change in [*(sums[code] for code in codes), *rest.values()]],
        ["same"] * len(codes) + _REST,
    )


def _drawn(study: Study, measure: Scale, title: str, lines: str, rows: list[_Row], kind: str, note: str) -> Picture:
    """A waterfall: wholes from the axis's start, each change from where the one above it ended."""
    levels = list(accumulate((row.change for row in rows[1:-1]), initial=rows[0].change))
    low, high = float(min(levels)), float(max(levels))
    room = max(high - low, high * 0.02)
    step = 10.0 ** math.floor(math.log10(room))
    floor = math.floor((low - 0.35 * room) / step) * step if low > _CUT * high else 0.0
    texts = [figure(study, measure, row.change, sign=not row.whole) for row in rows]
    names = [wrap(row.name, 2.5, bold=row.whole) for row in rows]
    left = MARGIN + max(text_width(line, bold=True) for lines_ in names for line in lines_) + 0.15
    right = WIDTH - MARGIN - max(text_width(text, bold=True) for text in texts) - 0.15
    at = scale(min(floor, low), high, left, right)
    with style():
        sheet = Sheet(title, lines, sum(map(row_height, names)), study.sample)
        y, level = sheet.top, ZERO
        for place, (row, words, text) in enumerate(zip(rows, names, texts, strict=True)):
            y += row_height(words) / 2
            begin, end = (floor, float(row.change)) if row.whole else (float(level), float(level + row.change))
            colour = _colour(row)
            sheet.text(MARGIN, y, words, bold=row.whole)
            x = sorted([at(begin), at(end)])
            sheet.box(x[0], y - _BAR / 2, max(x[1] - x[0], 0.012), _BAR, INK if row.whole else colour)
            if row.whole and floor:
                _cut(sheet, left + 0.12, y)
            sheet.text(WIDTH - MARGIN, y, text, "right", INK if row.whole else colour, row.whole)
            level = row.change if row.whole else level + row.change
            y += row_height(words) / 2
            if place < len(rows) - 1:
                sheet.line(
                    [at(float(level))] * 2,
                    [y - row_height(words) / 2 + _BAR / 2, y + row_height(names[place + 1]) / 2 - _BAR / 2],
                    PALE,
                    0.8,
                )
        notes = [note, say(study, "waterfall.broken", low=number(floor, 0 if high > 2 else 2, study.lang)) if floor else ""]
        narrow = narrow_figure(title, lines, _narrow(rows, texts, along(min(floor, low), high), floor), study.sample)
        return sheet.picture(say(study, f"{kind}.about"), caption(study, *filter(None, notes)), narrow=narrow)


def _narrow(rows: list[_Row], texts: list[str], at: Callable[[float], float], floor: float) -> Iterator[Row]:
    """The rows for a narrow screen."""
    level = ZERO
    for row, text in zip(rows, texts, strict=True):
        begin, end = (floor, float(row.change)) if row.whole else (float(level), float(level + row.change))
        colour = INK if row.whole else _colour(row)
        start, stop = sorted([at(begin), at(end)])
        mark = Mark(start, max(stop, start + 0.004), colour, "cut" if row.whole and floor else "")
        yield Row(row.name, text, [mark], row.whole, colour)
        level = row.change if row.whole else level + row.change


def _colour(row: _Row) -> str:
    """That of a change, up or down."""
    return row.colour or (GREY if not row.change else BLUE if row.change > 0 else ORANGE)


def _cut(sheet: Sheet, x: float, y: float) -> None:
    """The mark of an axis that does not start at 0: two strokes across the bar."""
    for shift in (0.0, 0.05):
        sheet.line([x + shift - 0.03, x + shift + 0.03], [y + _BAR * 0.8, y - _BAR * 0.8], "white", 2.0)
