"""A plan as a staircase: points after each step, the rank they give, and the points that the target takes."""

from __future__ import annotations

from dti_analysis.common.text import number, rank_text
from dti_analysis.scores.planning import Plan
from dti_analysis.studies.study import Study
from dti_analysis.views.figures.narrow import Mark, Row, along, narrow_figure
from dti_analysis.views.figures.picture import Picture, style
from dti_analysis.views.figures.sheet import BLUE, GREY, INK, MARGIN, ORANGE, PALE, RULE, WIDTH, Sheet, scale, text_width, wrap
from dti_analysis.views.figures.words import caption, say, subject

_ROW, _NAMES = 0.38, 2.7


def plan(study: Study, plan: Plan) -> Picture | None:
    """The staircase of a plan; None where there is nothing to do."""
    if plan.steps.empty:
        return None
    lang = study.lang
    own = study.ranking[study.ranking["unit"] == study.unit].to_dict("records")[0]
    name, points = study.unit_name(study.unit), number(plan.points, 2, lang)
    title = say(study, f"plan.title_{plan.verdict}", unit=name, count=len(plan.steps), points=points,
                rank=rank_text(plan.rank, lang))  # fmt: skip
    rows = [(say(study, "plan.now"), float(own["points"]), float(own["points"]), float(own["rank"]))]
    before = float(own["points"])
    for row in plan.steps.to_dict("records"):
        after = float(row["points_after"])
        rows.append((f"{row['place']}. {study.component_name(row['component'])}", before, after, float(row["rank_after"])))
        before = after
    top = max(rows[-1][2], plan.needed)
    start = max(0.0, rows[0][1] - (top - rows[0][1]) * 0.35)
    start = float(int(start / 10) * 10)
    widest = max(text_width(_after(study, after, rank)) for _, _, after, rank in rows)
    left, right = MARGIN + _NAMES + 0.15, WIDTH - MARGIN - widest - 0.12
    at = scale(start, top, left, right)
    with style():
        sheet = Sheet(title, subject(study, unit=study.unit), 0.3 + _ROW * len(rows), study.sample)
        first, last = sheet.top + 0.3, sheet.top + 0.3 + _ROW * len(rows)
        goal = at(plan.needed)
        sheet.line([goal, goal], [first - 0.08, last], ORANGE, 1.2)
        needed = say(study, "plan.needed", points=number(plan.needed, 2, lang))
        sheet.text(min(goal, WIDTH - MARGIN - text_width(needed)), first - 0.18, needed, color=ORANGE)
        sheet.line([left, left], [first, last], RULE, 0.6)
        for place, (text, low, high, rank) in enumerate(rows):
            y = first + _ROW * (place + 0.5)
            lines = wrap(text, _NAMES)
            shown = lines if len(lines) < 3 else [lines[0], f"{lines[1]} …"]
            for line, above in zip(shown, [0.0] if len(shown) == 1 else [-0.075, 0.075], strict=True):
                sheet.text(MARGIN, y + above, line, "left", INK)
            if place:
                sheet.line([at(low), at(low)], [y - _ROW * 0.82, y + 0.08], PALE, 0.8)
                sheet.line([at(low), at(high)], [y, y], BLUE, 5.0)
            else:
                sheet.line([left, at(high)], [y, y], GREY, 5.0)
            sheet.text(WIDTH - MARGIN, y, _after(study, high, rank), "right", INK, place == len(rows) - 1)
        note = say(study, "plan.broken", start=number(start, 0, lang)) if start else ""
        about = say(study, "plan.about", unit=name, now=number(rows[0][1], 2, lang), points=points)
        along_ = along(start, top)
        narrow = [Row(needed, "", [Mark(along_(plan.needed), 0.0, ORANGE, "stroke")], colour=ORANGE)]
        for place, (text, low, high, rank) in enumerate(rows):
            mark = Mark(along_(low), along_(high), BLUE) if place else Mark(0.0, along_(high), GREY, "cut" if start else "")
            narrow.append(Row(text, _after(study, high, rank), [mark], place == len(rows) - 1))
        phone = narrow_figure(title, sheet.subtitle, narrow, study.sample)
        return sheet.picture(about, caption(study, *([note] if note else [])), narrow=phone)


def _after(study: Study, points: float, rank: float) -> str:
    return f"{number(points, 2, study.lang)} · {say(study, 'plan.rank', rank=rank_text(rank, study.lang))}"
