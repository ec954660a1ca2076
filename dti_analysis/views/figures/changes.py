"""Figures of what changed: ranks since the year before, and scores between self-assessment and appraisal."""

from __future__ import annotations

import pandas as pd

from dti_analysis.common.exact import Rational, of_float
from dti_analysis.common.text import number, rank_text
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.scores.movement import counts
from dti_analysis.studies.study import Study
from dti_analysis.views.figures.picture import Picture, style
from dti_analysis.views.figures.sheet import BLUE, GREY, MARGIN, ORANGE, PALE, WIDTH, Sheet, row_height, scale, text_width, wrap
from dti_analysis.views.figures.words import MOST_UNITS, UnitRows, caption, say, selected, subject

_MOVED = 20  # how many units a slope chart of many shows
_WAYS = {"rose": BLUE, "held": GREY, "fell": ORANGE}


def movement(study: Study) -> Picture | None:
    """Ranks on the total, the year before and now, coloured by direction; None without a year before."""
    if study.before is None or study.movement is None:
        return None
    table = study.movement[study.movement["component"] == TOTAL]
    tally = counts(table)
    before, after = study.before.year, study.year
    parts = [say(study, f"movement.{way}", count=count) for way, count in tally.items() if count or way in _WAYS]
    title = say(study, "movement.title", counts=", ".join(parts), before=before)
    comparable = bool(table["comparable"].all())
    lines = subject(study, say(study, "movement.subtitle" if comparable else "movement.changed"))

    if len(table) > MOST_UNITS:  # a tangle of lines: those who moved most
        change = table["rank_change"].abs()
        moved = table.assign(_by=change).nlargest(_MOVED, "_by", keep="first")
        table = table[table["unit"].isin({*moved["unit"], study.unit})]
    columns = [_column(table, "from_rank", "to_rank"), _column(table, "to_rank", "from_rank")]
    if not any(columns):  # nobody is ranked in either year
        return None
    names = {unit: wrap(study.unit_name(unit), 1.95, bold=unit == study.unit) for unit in table["unit"]}
    row = max(row_height(name) for name in names.values())
    first, second = 2.5, 3.95
    with style():
        sheet = Sheet(title, lines, 0.26 + row * max(map(len, columns)), study.sample)
        top = sheet.top + 0.26
        sheet.text(first - 0.1, sheet.top + 0.1, say(study, "movement.year", year=before), "right", bold=True)
        sheet.text(second + 0.1, sheet.top + 0.1, say(study, "movement.year", year=after), bold=True)
        height = [{unit: top + row * (place + 0.5) for place, unit in enumerate(column)} for column in columns]
        for unit, old, new, change, way in table[["unit", "from_rank", "to_rank", "rank_change", "direction"]].itertuples(
            index=False
        ):
            colour, own = _WAYS.get(way, GREY), unit == study.unit
            if unit in height[0]:
                y = height[0][unit]
                sheet.dot(first, y, colour, size=5)
                sheet.text(first - 0.1, y, rank_text(old, study.lang), "right", colour, own)
                sheet.text(first - 0.38, y, names[unit], "right", colour, own)
            if unit in height[1]:
                y = height[1][unit]
                sheet.dot(second, y, colour, size=5)
                sheet.text(second + 0.3, y, rank_text(new, study.lang), "right", colour, own)
                sheet.text(second + 0.4, y, names[unit], "left", colour, own)
                sheet.text(WIDTH - MARGIN, y, _change(study, change, way), "right", colour, own)
            if unit in height[0] and unit in height[1]:
                sheet.line([first, second], [height[0][unit], height[1][unit]], colour, 2.4 if own else 1.4)
        notes = [say(study, "movement.caption")]
        if len(table) < sum(tally.values()):
            notes.append(say(study, "movement.omitted", shown=len(table), count=sum(tally.values())))
        if not comparable:
            notes.append(say(study, "movement.caption_changed", before=before, after=after))
        return sheet.picture(say(study, "movement.about", before=before, after=after), caption(study, *notes), tabled=True)


def appraisal(study: Study) -> Picture | None:
    """Self-assessed and verified score of each unit, in rank order; None where units did not assess themselves."""
    totals = study.appraisal[(study.appraisal["component"] == TOTAL) & (study.appraisal["max_points"] > 0)].set_index("unit")
    order = [unit for unit in study.ranking["unit"] if unit in totals.index]
    if not order:
        return None
    shown = selected(study, order)
    mean = sum(map(of_float, totals["difference"] / totals["max_points"]), Rational()) * 100 / len(totals)
    count, order = len(order), shown
    totals = totals.loc[order]
    share = [100 / of_float(most) for most in totals["max_points"]]
    own, checked, changes = (
        [of_float(points) * each for points, each in zip(totals[column], share, strict=True)]
        for column in ("self", "verified", "difference")
    )
    key = "lower" if mean < 0 else "higher" if mean > 0 else "same"
    title = say(study, f"appraisal.{key}", mean=number(abs(mean), 1, study.lang))

    ranks = study.ranking.set_index("unit").loc[order, "rank"]
    rows = UnitRows(study, order, list(ranks), 2.75)
    head = say(study, "appraisal.difference")
    right = WIDTH - MARGIN - text_width(head) - 0.2
    at = scale(0.0, max(100.0, float(max(own + checked))), rows.right + 0.2, right)
    with style():
        sheet = Sheet(title, subject(study, say(study, "percent")), 0.24 + rows.height, study.sample)
        top = sheet.top + 0.24
        _key(study, sheet, at(float(own[0])), at(float(checked[0])), right)
        sheet.text(WIDTH - MARGIN, sheet.top + 0.1, head, "right", GREY)
        rows.draw(sheet, top)
        for y, unit, x, to, change in zip(rows.centres(top), order, own, checked, changes, strict=True):
            colour = ORANGE if change < 0 else BLUE if change > 0 else GREY
            start, end = at(float(x)), at(float(to))
            sheet.line([rows.right + 0.06, right], [y, y], PALE, 0.6)
            sheet.line([start, end], [y, y], colour, 2.2)
            sheet.dot(start, y, colour, hollow=True)
            sheet.dot(end, y, colour)
            sheet.text(WIDTH - MARGIN, y, number(change, 1, study.lang, sign=True), "right", colour, unit == study.unit)
        notes = [say(study, "appraisal.caption")]
        if len(order) < count:
            notes.append(say(study, "omitted", shown=len(order), count=count))
        return sheet.picture(say(study, "appraisal.about", count=len(order)), caption(study, *notes), tabled=True)


def _column(table: pd.DataFrame, ranks: str, other: str) -> list[str]:
    """Units from best to worst by one year's rank; those that share it by the other year's."""
    return list(table[table[ranks].notna()].sort_values([ranks, other], kind="stable")["unit"])


def _change(study: Study, change: float, way: str) -> str:
    if way == "entered":
        return say(study, "movement.new")
    return "=" if change == 0 else f"{'▲' if change > 0 else '▼'}{rank_text(abs(change), study.lang)}"


def _key(study: Study, sheet: Sheet, own: float, checked: float, right: float) -> None:
    """What the two dots of the first row are, written above them."""
    marks = sorted([(own, f"○ {say(study, 'appraisal.self')}"), (checked, f"● {say(study, 'appraisal.verified')}")])
    (left_x, left_text), (right_x, right_text) = marks
    start = min(right_x - 0.05, right - text_width(right_text))
    sheet.text(start, sheet.top + 0.1, right_text, color=GREY)
    sheet.text(min(left_x + 0.05, start - 0.15), sheet.top + 0.1, left_text, "right", GREY)
