"""Figures of units by their scores: the ranking, and how the scores are spread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pandas as pd

from dti_analysis.common.exact import Rational, of_float
from dti_analysis.common.text import number, percent
from dti_analysis.studies.study import Study
from dti_analysis.views.figures.narrow import Mark, Row, narrow_figure
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
from dti_analysis.views.figures.words import UnitRows, caption, say, selected, subject, unit_names
from dti_analysis.views.prose import FEW_UNITS
from dti_analysis.views.wording import distance_text, score_text

_STEPS = 50
"""How many columns a histogram has on a narrow screen."""
_DOT = 0.115  # inches between the centres of two dots that would overlap
MOST_DOTS = 250
"""Up to how many units each has a dot among the scores; more are heaped."""
_TALL = 0.6  # half the height of the highest heap, in inches


def ranking(study: Study) -> Picture | None:
    """Units by score, best on top, as bars from 0, labelled at the precision that ranks are decided on; None without any."""
    table = _scored(study)
    if table.empty:
        return None
    exact = [of_float(score) for score in table["score"]]
    leaders = list(table.loc[table["score"] == table["score"].iloc[0], "unit"])
    title = say(study, "ranking.published_of", count=len(table), all=len(study.due))
    if not study.partial:
        key = "title_joint" if len(leaders) > 1 else "title"
        if len(leaders) == len(table):
            key = "title_equal" if len(leaders) > 1 else "title_one"
        second = next((score for score in exact if score < exact[0]), exact[0])
        title = say(
            study, f"ranking.{key}", unit=unit_names(study, leaders), score=score_text(study, table["score"].iloc[0]),
            gap=distance_text(study, exact[0] - second),
        )  # fmt: skip
    shown = table.set_index("unit").loc[selected(study, list(table["unit"]))].reset_index()
    values = [score_text(study, score) for score in shown["score"]]
    rows = UnitRows(study, list(shown["unit"]), list(shown["rank"]), 2.75)
    left, right = rows.right + 0.15, WIDTH - MARGIN - 0.12 - max(text_width(value, bold=True) for value in values)
    at = scale(0.0, max(1.0, float(shown["score"].max())), left, right)
    bounds = _bounds(study, at)
    above = 0.22
    with style():
        sheet = Sheet(title, subject(study, say(study, _measured(study))), above + rows.height + 0.05, study.sample)
        bottom = sheet.top + above + rows.height
        ticks = [(at(tick), _tick(study, tick)) for tick in _TICKS]
        for x, text in [*((x, "" if _hidden(x, text, bounds) else text) for x, text in ticks), *bounds]:
            sheet.line([x, x], [sheet.top + above - 0.03, bottom], PALE, 0.8)
            sheet.text(x, sheet.top + 0.09, text, "center", color=GREY)
        rows.draw(sheet, sheet.top + above)
        for y, unit, score, value in zip(rows.centres(sheet.top + above), rows.units, shown["score"], values, strict=True):
            own = unit == study.unit
            sheet.box(left, y - 0.07, max(at(score) - left, 0.0), 0.14, INK if own else BLUE)
            sheet.text(max(at(score), left) + 0.07, y, value, bold=own)
        omitted = [say(study, "omitted", shown=len(shown), count=len(table))] if len(shown) < len(table) else []
        about = say(study, "ranking.about", count=len(shown))
        return sheet.picture(about, caption(study, say(study, "ranking.caption"), *omitted), tabled=True)


_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def _tick(study: Study, tick: float) -> str:
    return number(tick, 2, study.lang) if study.framework.measure == "share" else percent(tick, 0, study.lang)


def _measured(study: Study) -> str:
    return "index" if study.framework.measure == "share" else "percent"


def distribution(study: Study) -> Picture | None:
    """All scores on one line with an axis, the median and the quartiles; None for few units, or a part of them."""
    table = _scored(study)
    if study.partial or len(table) < FEW_UNITS:
        return None
    scores = [of_float(score) for score in table["score"]]
    cuts = {name: float(_quantile(scores, Rational(share, 4))) for name, share in [("lower", 1), ("upper", 3), ("median", 2)]}
    words = {name: score_text(study, cut) for name, cut in cuts.items()}
    title = say(study, "distribution.title", median=words["median"], range=distance_text(study, scores[0] - scores[-1]))

    at = scale(0.0, max(1.0, float(scores[0])), MARGIN + 0.25, WIDTH - MARGIN - 0.25)
    xs = [at(float(score)) for score in scores]
    many = len(xs) > MOST_DOTS
    offsets = [] if many else _swarm(xs)
    deep = (_TALL if many else max(map(abs, offsets))) + 0.2
    sides: dict[str, Align] = {"lower": "right", "upper": "left", "median": "center"}
    notes = [(at(cuts[name]), side, say(study, f"distribution.{name}", value=words[name])) for name, side in sides.items()]
    ends = _ends(xs, [[*wrap(name, 3.1), value] for name, value in (_end(study, table, place) for place in (0, -1))])
    ends = ends if scores[0] != scores[-1] else [(xs[0], "center", ends[0][2], 0.0)]
    if study.unit in set(table["unit"]):
        place = list(table["unit"]).index(study.unit)
        if place not in (0, len(table) - 1):
            notes.append((xs[place], "center", ": ".join(_end(study, table, place))))
    levels = _levels([_span(*note) for note in notes])
    above = max(raised + len(lines) * line_height() for _, _, lines, raised in ends) + 0.1

    with style():
        body = above + 2 * deep + 0.3 + 0.21 * (max(levels) + 1)
        sheet = Sheet(title, subject(study, say(study, _measured(study))), body, study.sample)
        middle = sheet.top + above + deep
        sheet.box(at(cuts["lower"]), middle - deep, at(cuts["upper"]) - at(cuts["lower"]), 2 * deep, "#e9e9e9")
        sheet.line([at(0.0), at(1.0)], [middle, middle], PALE)
        for tick in _TICKS:
            sheet.line([at(tick)] * 2, [middle - 0.05, middle + 0.05], RULE)
            sheet.text(at(tick), sheet.top + body - 0.08, _tick(study, tick), "center", GREY)
        heights = [middle + deep + 0.13 + 0.21 * level for level in levels]
        for (x, _, _), y in zip(notes, heights, strict=True):
            sheet.line([x, x], [middle, y - 0.07], INK if x == at(cuts["median"]) else RULE)
        sheet.line([at(cuts["median"])] * 2, [middle - deep, middle], INK)
        for note, y in zip(notes, heights, strict=True):
            start, end = _span(*note)
            sheet.box(start - 0.03, y - 0.07, end - start + 0.06, 0.16, "white")
            sheet.text({"left": start, "center": (start + end) / 2, "right": end}[note[1]], y, note[2], note[1])
        for x, side, lines, raised in ends:
            sheet.lines(x, sheet.top + above - raised - 0.1 - len(lines) * line_height(), lines, align=side)
            sheet.line([x, x], [sheet.top + above - raised - 0.06, middle], RULE)
        for x, offset, unit in () if many else zip(xs, offsets, table["unit"], strict=True):
            sheet.dot(x, middle + offset, INK if unit == study.unit else BLUE)
        for x, share in _heaped(xs) if many else ():
            sheet.box(x, middle - _TALL * share, _DOT - 0.015, 2 * _TALL * share, BLUE)
        about = say(study, "distribution.about_many" if many else "distribution.about", count=len(table))
        said = caption(study, say(study, "distribution.caption_many" if many else "distribution.caption"))
        return sheet.picture(about, said, narrow=_distribution_narrow(study, table, sheet, cuts, words))


def _distribution_narrow(study: Study, table: pd.DataFrame, sheet: Sheet, cuts: dict[str, float], words: dict[str, str]) -> str:
    """How the scores are spread for a narrow screen: how many units are in each fiftieth of the axis, and what divides them."""
    most = max(1.0, float(table["score"].max()))
    steps = Counter(min(int(score / most * _STEPS), _STEPS - 1) for score in table["score"])
    highest = max(steps.values())
    own = table.loc[table["unit"] == study.unit, "score"]
    marked = {min(int(score / most * _STEPS), _STEPS - 1) for score in own}
    columns = [Mark(cuts["lower"] / most, cuts["upper"] / most, PALE, "band")]
    columns += [
        Mark(step / _STEPS, (step + 1) / _STEPS, INK if step in marked else BLUE, "column", count / highest)
        for step, count in sorted(steps.items())
    ]
    rows = [Row("", "", [*columns, Mark(cuts["median"] / most, 0.0, INK, "stroke")])]
    ends = [_end(study, table, place) for place in (0, -1)]
    rows.append(Row(*ends[0]))
    rows += [
        Row(say(study, f"distribution.{name}", value="").strip(" :"), words[name]) for name in ("upper", "median", "lower")
    ]
    rows.append(Row(*ends[1]))
    if study.unit in set(table["unit"]):
        rows.append(Row(*_end(study, table, list(table["unit"]).index(study.unit)), strong=True))
    axis = [(tick / most, _tick(study, tick)) for tick in _TICKS]
    return narrow_figure(sheet.title, sheet.subtitle, rows, study.sample, axis)


def _scored(study: Study) -> pd.DataFrame:
    return study.ranking[study.ranking["score"].notna()].reset_index(drop=True)


def _bounds(study: Study, at: Callable[[float], float]) -> list[tuple[float, str]]:
    """Where on the sheet the lower bounds of the place's own bands fall, and what to call them."""
    bounds = []
    for band in study.bands.to_dict("records"):
        bound = band["above"] or band["at_least"]
        if bound and float(bound) / 100 not in _TICKS:
            bounds.append((at(float(bound) / 100), str(band[f"label_{study.lang}"])))
    return bounds


def _hidden(x: float, text: str, bounds: list[tuple[float, str]]) -> bool:
    """Whether a tick would be written over the name of a band: where the bands are says more."""
    return any(abs(x - other) < (text_width(text) + text_width(name)) / 2 + 0.05 for other, name in bounds)


def _quantile(falling: Sequence[Rational], share: Rational) -> Rational:
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


def _heaped(xs: Sequence[float]) -> list[tuple[float, float]]:
    """Where heaps of dots begin, each as wide as a dot, and how high they are beside the highest."""
    heaps = Counter(int((x - min(xs)) / _DOT) for x in xs)
    most = max(heaps.values())
    return [(min(xs) + heap * _DOT, count / most) for heap, count in sorted(heaps.items())]


def _end(study: Study, table: pd.DataFrame, place: int) -> tuple[str, str]:
    """The name of a unit, or of those that share its rank, and the score."""
    row = table.iloc[place]
    name = unit_names(study, list(table.loc[table["rank"] == row["rank"], "unit"]))
    return name, score_text(study, row["score"])


def _ends(xs: Sequence[float], texts: Sequence[list[str]]) -> list[tuple[float, Align, list[str], float]]:
    """Where the texts of the first and the last go: at which x, on which side of it, and by how much they are raised.

    Texts that would lie on each other end at their dots, the first above the last if they still do.
    """
    (first, last), (high, low) = (xs[0], xs[-1]), [max(map(text_width, lines)) for lines in texts]
    if first - last > high + low + 0.15:
        return [(first, "right", texts[0], 0.0), (last, "left", texts[1], 0.0)]
    raised = 0.0 if first - last > high + 0.15 else len(texts[1]) * line_height() + 0.05
    fits = last - low > MARGIN
    return [(first, "right", texts[0], raised), (last if fits else MARGIN, "right" if fits else "left", texts[1], 0.0)]


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
