"""Figures of units by their scores: the ranking, and how the scores are spread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

import pandas as pd

from dti_analysis.common.exact import of_float
from dti_analysis.common.text import number, percent
from dti_analysis.studies.study import Study
from dti_analysis.views.figures.picture import Picture, style
from dti_analysis.views.figures.sheet import (
    BLUE,
    GREY,
    INK,
    MARGIN,
    PALE,
    RULE,
    WIDTH,
    Align,
    Sheet,
    line_height,
    scale,
    text_width,
    wrap,
)
from dti_analysis.views.figures.words import UnitRows, caption, is_part, say, subject, unit_names

_DOT = 0.115  # inches between the centres of two dots that would overlap


def ranking(study: Study) -> Picture:
    """Units by score, best on top, each labelled at the precision that ranks are decided on."""
    table = _scored(study)
    scores = list(table["score"])
    values = [percent(score, study.framework.ranking.decimals, study.lang) for score in scores]
    leaders = list(table.loc[table["rank"] == table["rank"].iloc[0], "unit"])
    key = "title_equal" if len(leaders) == len(table) else "title_joint" if len(leaders) > 1 else "title"
    distance = number(100 * (of_float(scores[0]) - of_float(scores[-1])), 1, study.lang)
    last = say(study, "ranking.last_known" if is_part(study) else "ranking.last", count=len(table))
    title = say(study, f"ranking.{key}", unit=unit_names(study, leaders), score=values[0], gap=distance, last=last)
    rows = UnitRows(study, list(table["unit"]), list(table["rank"]), 2.75)
    right = WIDTH - MARGIN - 0.12 - max(text_width(value, bold=True) for value in values)
    at = scale(scores[-1] - 0.04 * (scores[0] - scores[-1]), scores[0], rows.right + 0.2, right)
    bounds = _bounds(study, at, scores[-1], scores[0])
    above = 0.2 if bounds else 0.0
    with style():
        sheet = Sheet(title, subject(study, say(study, "percent")), above + rows.height, study.synthetic)
        for x, text in bounds:
            sheet.line([x, x], [sheet.top + 0.02, sheet.top + above + rows.height], PALE, 1.2)
            sheet.text(x + 0.05, sheet.top + 0.09, text, color=GREY)
        rows.draw(sheet, sheet.top + above)
        for y, unit, score, value in zip(rows.centres(sheet.top + above), rows.units, scores, values, strict=True):
            sheet.line([rows.right + 0.06, at(score)], [y, y], RULE, 0.6, dashed=True)
            sheet.dot(at(score), y, INK if unit == study.unit else BLUE)
            sheet.text(at(score) + 0.1, y, value, bold=unit == study.unit)
        notes = [say(study, "ranking.caption"), *([say(study, "ranking.bands")] if bounds else [])]
        return sheet.picture(say(study, "ranking.about", count=len(table)), caption(study, *notes))


def distribution(study: Study) -> Picture:
    """All scores on one line, with the median, from five units on the quartiles, and the names of the extremes."""
    table = _scored(study)
    scores = [of_float(score) for score in table["score"]]
    cuts = {name: float(_quantile(scores, Fraction(share, 4))) for name, share in [("lower", 1), ("upper", 3), ("median", 2)]}
    words = {name: percent(cut, study.framework.ranking.decimals, study.lang) for name, cut in cuts.items()}
    distance = number(100 * (scores[0] - scores[-1]), 1, study.lang)
    title = say(study, "distribution.title", median=words["median"], range=distance)

    at = scale(float(scores[-1]), float(scores[0]), MARGIN + 0.1, WIDTH - MARGIN - 0.1)
    xs = [at(float(score)) for score in scores]
    offsets = _swarm(xs)
    deep = max(map(abs, offsets)) + 0.2
    quartiles = len(scores) >= 5
    sides: dict[str, Align] = {"lower": "right", "upper": "left", "median": "center"} if quartiles else {"median": "center"}
    notes = [(at(cuts[name]), side, say(study, f"distribution.{name}", value=words[name])) for name, side in sides.items()]
    sided: list[tuple[int, Align]] = [(0, "right"), (-1, "left")] if scores[0] != scores[-1] else [(0, "center")]
    ends = [
        (xs[place], side, [*wrap(name, 3.1), value]) for place, side in sided for name, value in [_end(study, table, place)]
    ]
    if study.unit in set(table["unit"]):
        place = list(table["unit"]).index(study.unit)
        if place not in (0, len(table) - 1):
            notes.append((xs[place], "center", ": ".join(_end(study, table, place))))
    levels = _levels([_span(*note) for note in notes])
    above = max(len(lines) for _, _, lines in ends) * line_height() + 0.1

    with style():
        body = above + 2 * deep + 0.1 + 0.21 * (max(levels) + 1)
        sheet = Sheet(title, subject(study, say(study, "percent")), body, study.synthetic)
        middle = sheet.top + above + deep
        if quartiles:
            sheet.box(at(cuts["lower"]), middle - deep, at(cuts["upper"]) - at(cuts["lower"]), 2 * deep, "#e9e9e9")
        sheet.line([MARGIN, WIDTH - MARGIN], [middle, middle], PALE)
        heights = [middle + deep + 0.13 + 0.21 * level for level in levels]
        for (x, _, _), y in zip(notes, heights, strict=True):
            sheet.line([x, x], [middle, y - 0.07], INK if x == at(cuts["median"]) else RULE)
        sheet.line([at(cuts["median"])] * 2, [middle - deep, middle], INK)
        for note, y in zip(notes, heights, strict=True):
            start, end = _span(*note)
            sheet.box(start - 0.03, y - 0.07, end - start + 0.06, 0.16, "white")
            sheet.text({"left": start, "center": (start + end) / 2, "right": end}[note[1]], y, note[2], note[1])
        for x, side, lines in ends:
            sheet.lines(x, sheet.top + above - 0.1 - len(lines) * line_height(), lines, align=side)
            sheet.line([x, x], [sheet.top + above - 0.06, middle], RULE)
        for x, offset, unit in zip(xs, offsets, table["unit"], strict=True):
            sheet.dot(x, middle + offset, INK if unit == study.unit else BLUE)
        about = say(study, "distribution.about", count=len(table))
        return sheet.picture(about, caption(study, say(study, f"distribution.caption{'' if quartiles else '_few'}")))


def _scored(study: Study) -> pd.DataFrame:
    return study.ranking[study.ranking["score"].notna()].reset_index(drop=True)


def _bounds(study: Study, at: Callable[[float], float], low: float, high: float) -> list[tuple[float, str]]:
    """Where on the sheet the lower bounds of bands fall, and what to call them; none if they cannot all be labelled."""
    bounds = []
    for band in study.bands.to_dict("records"):
        sign, bound = (">", band["above"]) if band["above"] else ("≥", band["at_least"])
        if bound and low < float(bound) / 100 < high:
            bounds.append(
                (at(float(bound) / 100), f"{band[f'label_{study.lang}']} ({sign} {percent(float(bound) / 100, 0, study.lang)})")
            )
    bounds.sort()
    ends = [*(x for x, _ in bounds[1:]), WIDTH - MARGIN]
    fits = all(x + 0.1 + text_width(text) < end for (x, text), end in zip(bounds, ends, strict=False))
    return bounds if fits else []


def _quantile(falling: Sequence[Fraction], share: Fraction) -> Fraction:
    """A quantile by linear interpolation, of values that fall."""
    place = (1 - share) * (len(falling) - 1)
    above, below = falling[int(place)], falling[min(int(place) + 1, len(falling) - 1)]
    return above + (place - int(place)) * (below - above)


def _swarm(xs: Sequence[float]) -> list[float]:
    """How far off the line each dot is to be moved so that none overlap, in inches; the first and last stay on it."""
    offsets = dict.fromkeys([0, len(xs) - 1], 0.0)
    for index, x in enumerate(xs):
        near = {offset for other, offset in offsets.items() if other != index and abs(x - xs[other]) < _DOT}
        steps = (sign * step * _DOT for step in range(len(xs)) for sign in (1, -1))
        offsets.setdefault(index, next(offset for offset in steps if offset not in near))
    return [offsets[index] for index in range(len(xs))]


def _end(study: Study, table: pd.DataFrame, place: int) -> tuple[str, str]:
    """The name of a unit, or of those that share its rank, and the score."""
    row = table.iloc[place]
    name = unit_names(study, list(table.loc[table["rank"] == row["rank"], "unit"]))
    return name, percent(row["score"], study.framework.ranking.decimals, study.lang)


def _span(x: float, side: Align, text: str) -> tuple[float, float]:
    """From where to where a text at x reaches, once it is moved into the sheet."""
    width = text_width(text)
    start = x - {"left": 0.0, "center": width / 2, "right": width}[side]
    start = min(max(start, MARGIN), WIDTH - MARGIN - width)
    return start, start + width


def _levels(spans: Sequence[tuple[float, float]]) -> list[int]:
    """The first row in which each span is clear of those before it."""
    rows: list[list[tuple[float, float]]] = []
    levels = []
    for start, end in spans:
        free = [
            index for index, row in enumerate(rows) if all(end + 0.15 < left or right + 0.15 < start for left, right in row)
        ]
        if not free:
            rows.append([])
        levels.append(free[0] if free else len(rows) - 1)
        rows[levels[-1]].append((start, end))
    return levels
