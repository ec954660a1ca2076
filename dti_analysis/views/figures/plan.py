"""The plan as a staircase: points after each step, the target, and the rank at each step."""

from __future__ import annotations

from dti_analysis.common.exact import Rational, of_float
from dti_analysis.common.text import label, number, rank_text
from dti_analysis.scores.planning import Plan
from dti_analysis.studies.study import Study
from dti_analysis.views.figures.picture import Picture, style
from dti_analysis.views.figures.sheet import (
    BLUE,
    GREY,
    INK,
    MARGIN,
    ORANGE,
    PALE,
    RULE,
    WIDTH,
    Sheet,
    row_height,
    scale,
    text_width,
    wrap,
)
from dti_analysis.views.figures.words import caption, subject

_SHOWN = 15  # how many steps the figure has


def staircase(study: Study, plan: Plan) -> Picture | None:
    """The plan's steps one under another, each as long as what it adds; None where nothing is to be done."""
    if plan.steps.empty:
        return None
    lang, table = study.lang, plan.steps.head(_SHOWN)
    points = [plan.before, *map(of_float, table["points_after"])]
    ranks = [rank_text(rank, lang) for rank in [plan.still, *table["rank_after"]]]
    names = [[label("plan.figure.now", lang)], *(wrap(study.component_name(code), 2.9) for code in table["component"])]
    heads = label("plan.figure.points", lang), label("plan.figure.rank", lang)
    goal = plan.goal.points if plan.goal else plan.after
    low, high = _low(plan.before), max(*points, goal if plan.verdict == "reached" else plan.before)
    rank_right = WIDTH - MARGIN
    points_right = rank_right - max(map(text_width, [heads[1], *ranks])) - 0.2
    shown = [number(own, 2, lang) for own in points]
    left = MARGIN + max(text_width(line) for lines in names for line in lines) + 0.15
    right = points_right - max(text_width(text, bold=True) for text in [heads[0], *shown]) - 0.2
    at = scale(float(low), float(high), left, right)
    with style():
        sheet = Sheet(_title(study, plan), subject(study, unit=plan.unit), 0.44 + sum(map(row_height, names)), study.sample)
        top = sheet.top + 0.4
        bottom = top + sum(map(row_height, names))
        sheet.text(points_right, sheet.top + 0.08, heads[0], "right", GREY)
        sheet.text(rank_right, sheet.top + 0.08, heads[1], "right", GREY)
        sheet.line([left, left], [top, bottom], RULE, 0.8)
        sheet.text(left, top - 0.12, number(low, 0, lang), color=GREY)
        if goal <= high:
            x = at(float(goal))
            needed = label("plan.figure.goal", lang, points=number(goal, 2, lang))
            sheet.line([x, x], [top - 0.02, bottom], ORANGE, 1.2, dashed=True)
            sheet.text(min(x, right), top - 0.12, needed, "right", ORANGE)
        y, before, above = top, plan.before, top
        for place, (lines, after, text, rank) in enumerate(zip(names, points, shown, ranks, strict=True)):
            height = row_height(lines)
            middle = y + height / 2
            bold = place == len(plan.steps)
            changed = place > 0 and rank != ranks[place - 1]
            sheet.text(MARGIN, middle, lines)
            sheet.line([left, points_right], [y + height, y + height], PALE, 0.4)
            if place:
                start, end = at(float(before)), at(float(after))
                sheet.box(start, middle - 0.075, max(end - start, 0.01), 0.15, BLUE)
                sheet.line([start, start], [above + 0.075, middle - 0.075], BLUE, 0.8)
            else:
                sheet.dot(at(float(after)), middle, INK)
            sheet.text(points_right, middle, text, "right", bold=bold)
            sheet.text(rank_right, middle, rank, "right", BLUE if changed else INK, changed or bold)
            y, before, above = y + height, after, middle
        notes = [label("plan.figure.axis", lang, low=number(low, 0, lang))] if low else []
        if len(table) < len(plan.steps):
            notes.append(label("plan.figure.omitted", lang, shown=len(table), count=len(plan.steps)))
        return sheet.picture(label("plan.figure.about", lang), caption(study, *notes))


def _low(points: Rational) -> Rational:
    """Where the axis begins: the hundred below, so that a step of a few points is seen."""
    return max(Rational(0), points // 100 * 100 - (100 if points % 100 < 20 else 0)) if points >= 100 else Rational(0)


def _title(study: Study, plan: Plan) -> str:
    lang, count = study.lang, len(plan.steps)
    before, after = rank_text(plan.still, lang), rank_text(plan.rank, lang)
    key = "held" if before == after else "one" if count == 1 else "reached"
    gained = label("plan.points", lang, n=number(plan.after, 2, lang))
    return label(
        f"plan.figure.{key}", lang, unit=study.unit_name(plan.unit), count=count, before=before, after=after, points=gained
    )
