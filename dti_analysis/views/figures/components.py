"""Figures that look into components: the tree of gaps, units by pillars, and where most of the gap lies."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate

import pandas as pd
from matplotlib.colors import LinearSegmentedColormap, to_hex

from dti_analysis.common.exact import Rational, of_float, rounded, to_rational
from dti_analysis.common.text import Lang, listing, number, percent
from dti_analysis.scores import gaps as gap_tables
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
    line_height,
    row_height,
    text_width,
    wrap,
)
from dti_analysis.views.figures.words import UnitRows, caption, places, say, selected, subject

_SHOWN = 15  # how many bars the Pareto chart has
_SHADES = ["#f4f9fd", "#cfe3f2", "#7fb8dd"]  # light to the end, so that dark figures are legible on all of it


def gap_tree(study: Study) -> Picture | None:
    """Points and gap of each pillar: of the study's unit, or else the mean over units. Where there are none, of indicators.

    None where none applies to anybody.
    """
    table = _gaps(study, mean=True)
    if table.empty:
        return None
    total = table[table["level"] == "total"].iloc[0]
    rows = _upper(table)
    parts = rows[(rows["level"] != "subindex") & (rows["max_points"] > 0)]
    if parts.empty:
        return None
    shares = (parts["points"] / parts["max_points"]).round(12)
    weakest = list(parts.loc[shares == shares.min(), "component"])
    if len(weakest) == len(parts):  # superlatives are for those that differ
        weakest = []
    digits = 2
    key = "title" if weakest else "even"
    title = say(
        study,
        "gap_tree.title_full" if total["gap"] <= 0 else f"gap_tree.{key}" if study.unit else f"gap_tree.{key}_mean",
        unit=study.unit_name(study.unit) if study.unit else "",
        gap=number(total["gap"], digits, study.lang),
        component=_quoted([study.component_name(code) for code in weakest], study.lang),
        share=percent(shares.min(), 1, study.lang),
    )
    depths = [int(depth) - 1 for depth in study.components.loc[rows["component"], "depth"]]
    shown = [_shown(points, most, digits, study) for points, most in zip(rows["points"], rows["max_points"], strict=True)]
    heads = say(study, "gap_tree.points"), say(study, "gap_tree.gap")
    gap_right = WIDTH - MARGIN
    points_right = gap_right - max(text_width(heads[1]), *(text_width(gap) for _, gap in shown)) - 0.2
    bar_right = points_right - max(text_width(text, bold=True) for text in [*(points for points, _ in shown), heads[0]]) - 0.12
    names = [
        wrap(study.component_name(code), 3.0 - 0.16 * depth) for code, depth in zip(rows["component"], depths, strict=True)
    ]
    widths = [0.16 * depth + max(map(text_width, lines)) for lines, depth in zip(names, depths, strict=True)]
    bar_left = MARGIN + max(widths) + 0.15
    with style():
        body = 0.22 + sum(row_height(lines, 0.26) for lines in names)
        unit = study.unit
        sheet = Sheet(title, subject(study, *([] if unit else [say(study, "mean_of_units")]), unit=unit), body, study.sample)
        sheet.text(points_right, sheet.top + 0.08, heads[0], "right", GREY)
        sheet.text(gap_right, sheet.top + 0.08, heads[1], "right", GREY)
        y = sheet.top + 0.22
        for row, lines, depth, (points, gap) in zip(rows.to_dict("records"), names, depths, shown, strict=True):
            height = row_height(lines, 0.26)
            y += height / 2
            sheet.text(MARGIN + 0.16 * depth, y, lines)
            share = min(max(row["points"] / row["max_points"], 0.0), 1.0) if row["max_points"] else 0.0
            sheet.box(bar_left, y - 0.075, (bar_right - bar_left) * share, 0.15, BLUE)
            sheet.box(bar_left, y - 0.075, bar_right - bar_left, 0.15, edge=RULE)
            sheet.text(points_right, y, points, "right")
            loud = row["component"] in weakest and row["gap"] > 0
            sheet.text(gap_right, y, gap, "right", ORANGE if loud else INK, loud)
            y += height / 2
        note = say(study, "gap_tree.caption" if weakest else "gap_tree.caption_even")
        return sheet.picture(say(study, "gap_tree.about"), caption(study, note), tabled=True)


def _quoted(names: list[str], lang: Lang) -> str:
    """`a”, “b” and “c`: for a label that puts quotation marks around one name."""
    return listing([f"“{name}”" for name in names], lang).removeprefix("“").removesuffix("”")


def _upper(table: pd.DataFrame) -> pd.DataFrame:
    rows = table[table["level"].isin(["subindex", "pillar"])]
    return rows if len(rows) else table[table["level"] == "indicator"]


def gap_rows(study: Study) -> list[tuple[str, float, str, str]]:
    """What `gap_tree` shows, for a table: component, share of the maximum, points of the maximum, gap."""
    return [
        (
            row["component"],
            row["points"] / row["max_points"] if row["max_points"] else 0.0,
            *_shown(row["points"], row["max_points"], 2, study),
        )
        for row in _upper(_gaps(study, mean=True)).to_dict("records")
    ]


def _shown(points: float, most: float, digits: int, study: Study) -> tuple[str, str]:
    """Points of the maximum, and the gap: the maximum less the points as they are shown, so that the two add up."""
    seen = rounded(of_float(points), digits)
    gap = of_float(most) - to_rational(str(seen))
    return f"{number(points, digits, study.lang)} / {number(most, places([most]), study.lang)}", number(gap, digits, study.lang)


def heatmap(study: Study) -> Picture | None:
    """The score of every unit on every pillar, units in rank order; the study's unit is framed. None without pillars."""
    scores = study.verified[(study.verified["level"] == "pillar") & (study.verified["max_points"] > 0)]
    if scores.empty:
        return None
    grid = scores.pivot_table(index="unit", columns="component", values="score", sort=False)
    grid = grid.reindex(index=study.ranking["unit"])
    means = {code: _mean([of_float(score) for score in grid[code].dropna()]) for code in grid.columns}
    low, high = min(means.values()), max(means.values())
    alike = "heatmap.title_one" if len(means) == 1 else "heatmap.title_even"
    title = say(
        study,
        "heatmap.title" if low < high else alike,
        low=_quoted([study.component_name(code) for code in means if means[code] == low], study.lang),
        low_score=percent(float(low), 1, study.lang),
        high=_quoted([study.component_name(code) for code in means if means[code] == high], study.lang),
        high_score=percent(float(high), 1, study.lang),
    )
    wide = 2.75 if len(grid.columns) <= 5 else 2.0
    count, ranks = len(grid), study.ranking.set_index("unit")["rank"]
    grid = grid.loc[selected(study, list(grid.index))]
    rows = UnitRows(study, list(grid.index), list(ranks[grid.index]), wide)
    left = rows.right + 0.15
    cell = (WIDTH - MARGIN - left) / len(grid.columns)
    heads = [study.component_name(code) for code in grid.columns]
    upright = max(text_width(word) for head in heads for word in head.split(" ")) > cell - 0.06
    turned = [wrap(head, 1.9 if upright else cell - 0.06) for head in heads]
    above = (
        max(text_width(line) for head in turned for line in head) if upright else max(map(len, turned)) * line_height()
    ) + 0.1
    shade = LinearSegmentedColormap.from_list("dti", _SHADES)
    with style():
        body = above + rows.height + 0.08 + rows.row
        sheet = Sheet(title, subject(study, say(study, "percent")), body, study.sample)
        begin = sheet.top + above
        for column, head in enumerate(turned):
            middle = left + (column + 0.5) * cell
            if upright:
                sheet.lines(middle - len(head) * line_height() / 2, begin - 0.06, head, upright=True)
            else:
                sheet.lines(middle, begin - 0.06 - len(head) * line_height(), head, align="center")
        rows.draw(sheet, begin)
        mean_y = begin + rows.height + 0.08 + rows.row / 2
        sheet.text(rows.left, mean_y, say(study, "mean"), color=GREY)
        for column, code in enumerate(grid.columns):
            x = left + column * cell
            for y, unit, score in zip(rows.centres(begin), rows.units, grid[code], strict=True):
                fill, text = "white", "–"
                if not pd.isna(score):
                    fill = to_hex(tuple(shade([min(max(score, 0.0), 1.0)])[0]))
                    text = number(100 * of_float(score), 1, study.lang)
                sheet.box(x, y - rows.row / 2, cell - 0.02, rows.row - 0.02, fill)
                sheet.text(x + cell / 2 - 0.01, y - 0.01, text, "center", bold=unit == study.unit)
            sheet.text(x + cell / 2 - 0.01, mean_y, number(100 * means[code], 1, study.lang), "center", GREY)
        notes = [say(study, "heatmap.caption")]
        if len(grid) < count:
            notes.append(say(study, "omitted", shown=len(grid), count=count))
        if study.unit:
            y = rows.centres(begin)[list(grid.index).index(study.unit)]
            sheet.box(MARGIN - 0.05, y - rows.row / 2 - 0.01, WIDTH - 2 * MARGIN + 0.07, rows.row, edge=INK, line=1.6)
            notes.append(say(study, "heatmap.framed", unit=study.unit_name(study.unit)))
        return sheet.picture(say(study, "heatmap.about", count=len(grid)), caption(study, *notes), tabled=True)


def pareto_rows(study: Study) -> pd.DataFrame:
    """What `pareto` shows the first of, for a table: component, gap (of the study's unit, or summed over all units),
    cumulative_share; the largest gap first."""
    return gap_tables.pareto(_gaps(study, mean=False))


def pareto(study: Study) -> Picture | None:
    """The largest gaps with their running share of the whole: of the study's unit, or summed over all units.

    None where no criterion applies to anybody.
    """
    if _gaps(study, mean=False).empty:
        return None
    every = pareto_rows(study)
    table = every[every["gap"] > 0].head(_SHOWN)
    running = list(accumulate(map(of_float, every["gap"])))
    most = next((count for count, reached in enumerate(running, 1) if 2 * reached >= running[-1]), 0)
    what = say(study, "pareto.indicator" if (every["level"] == "indicator").any() else "pareto.pillar")
    title = say(study, "pareto.title_full")
    if len(table):
        share = percent(every["cumulative_share"].iloc[most - 1], 1, study.lang)
        title = say(study, "pareto.title", count=most, all=len(every), what=what, share=share)
    digits = places(table["gap"], 1)
    head = say(study, "pareto.cumulative")
    names = [wrap(study.component_name(code), 3.4) for code in table["component"]]
    bar_left = MARGIN + 0.12 + max([text_width(line) for lines in names for line in lines], default=0.0)
    cumulative_right = WIDTH - MARGIN
    values = [number(gap, digits, study.lang) for gap in table["gap"]]
    bar_right = cumulative_right - text_width(head) - 0.2 - max([text_width(value, bold=True) for value in values], default=0.0)
    unit = study.unit
    kind = say(study, "pareto.own") if unit else say(study, "pareto.summed", count=len(study.ranking))
    with style():
        body = 0.22 + sum(row_height(lines, 0.26) for lines in names)
        sheet = Sheet(title, subject(study, kind, unit=unit), body, study.sample)
        y = sheet.top + 0.22
        sheet.text(cumulative_right, sheet.top + 0.08, head, "right", GREY)
        for place, (row, lines, value) in enumerate(zip(table.to_dict("records"), names, values, strict=True)):
            height = row_height(lines, 0.26)
            y += height / 2
            length = (bar_right - bar_left) * row["gap"] / table["gap"].iloc[0]
            sheet.text(bar_left - 0.12, y, lines, "right")
            sheet.box(bar_left, y - 0.075, length, 0.15, ORANGE if place < most else PALE)
            sheet.text(bar_left + length + 0.06, y, value, bold=place < most)
            sheet.text(cumulative_right, y, percent(row["cumulative_share"], 1, study.lang), "right", GREY)
            y += height / 2
        notes = say(study, "pareto.caption", shown=len(table), what=what)
        return sheet.picture(say(study, "pareto.about"), caption(study, notes), tabled=True)


def _gaps(study: Study, mean: bool) -> pd.DataFrame:
    """The gaps of the study's unit, or of all units together (their mean or their sum), in the framework's order."""
    columns = ["points", "max_points", "gap"]
    if study.unit:
        table = study.gaps[study.gaps["unit"] == study.unit]
    else:
        exact = study.gaps.assign(**{column: study.gaps[column].map(of_float) for column in columns})
        # Of some units a component may be the finest that is known, of others not: their mean is one, their sums are apart.
        grouped = exact.groupby(["component", "level", *([] if mean else ["finest"])], sort=False)[columns]
        table = grouped.agg(_mean if mean else _sum).astype(float).reset_index()
    order = {code: place for place, code in enumerate(study.components.index)}
    return table.sort_values("component", key=lambda codes: codes.map(order)).reset_index(drop=True)


def _sum(numbers: Iterable[Rational]) -> Rational:
    return sum(numbers, Rational())


def _mean(numbers: Iterable[Rational]) -> Rational:
    numbers = list(numbers)
    return _sum(numbers) / len(numbers)
