"""How firm a ranking is, in sentences, a table, and the two sentences of a unit."""

from __future__ import annotations

from typing import Any

import pandas as pd
from IPython.display import HTML, Markdown

from dti_analysis.common.exact import of_float
from dti_analysis.common.text import label, number, percent, rank_text
from dti_analysis.studies.study import Study
from dti_analysis.views.figures.firmness import rank_intervals
from dti_analysis.views.figures.words import unit_names
from dti_analysis.views.html_table import Column, html_table
from dti_analysis.views.many import few, left_out
from dti_analysis.views.prose import markdown, told
from dti_analysis.views.wording import distance_text


def section(study: Study) -> list[object]:
    """The section of the ranking page, under a heading: findings, figure, table; a sentence alone where nothing can be told.

    To be shown by `show(*firmness_page.section(study))`.
    """
    shown: list[object] = [markdown(f"## {told('firmness.heading', study.lang)}"), findings(study)]
    return [*shown, *(part for part in (rank_intervals(study), table(study)) if part is not None)]


def findings(study: Study) -> Markdown:
    """What a leader takes away, and what cannot be told."""
    lang, firm = study.lang, study.firmness
    if not firm.told:
        return markdown(*(told(f"firmness.cannot.{key}", lang) for key in firm.cannot))
    said = [_apart(study, "appeals"), _first_two(study), _disputed(study), _apart(study, "weights"), *_shifts(study)]
    return markdown(*said, _printed(study), *(told(f"firmness.cannot.{key}", lang) for key in firm.cannot))


def _apart(study: Study, by: str) -> str:
    firm = study.firmness
    if (firm.appealed if by == "appeals" else firm.weighted) is None:
        return ""
    places = firm.least(by)
    key = f"firmness.apart.{by}" + ("_none" if places is None else "_one" if places == 1 else "")
    return told(key, study.lang, places=places, spread=percent(firm.spread, 0, study.lang))


def _disputed(study: Study) -> str:
    lang, firm = study.lang, study.firmness
    if firm.appealed is None:
        return ""
    rows = firm.appealed.rows
    chance = percent(firm.probability, 0, lang)
    named = {"rows": len(rows), "units": rows["unit"].nunique()}
    said = told("firmness.disputed", lang, probability=chance, **named)
    if decided := firm.study.corrections.appeals:
        granted = sum(decision.outcome == "granted" for decision in decided)
        so_far = told("corrections.granted_so_far", lang, decided=len(decided), granted=granted, probability=chance)
        said = told("corrections.disputed", lang, so_far=so_far, **named)
    approximate = bool(firm.appealed.table["approximate"].iloc[0])
    return " ".join([said, *([told("firmness.approximate", lang)] if approximate else [])])


def _first_two(study: Study) -> str:
    """How far the first two are apart, and whether an appeal of the second would put it in front."""
    firm, lang = study.firmness, study.lang
    if firm.appealed is None:
        return ""
    leading = study.ranking.head(2).to_dict("records")
    if len(leading) < 2 or pd.isna(leading[1]["rank"]) or leading[0]["rank"] == leading[1]["rank"]:
        return ""
    first, second = leading
    own = firm.appealed.table.set_index("unit").loc[second["unit"]]
    way = "one" if own["component_rank"] <= first["rank"] else "all" if own["best_rank"] <= first["rank"] else "none"
    names = {"first": study.unit_name(first["unit"]), "second": study.unit_name(second["unit"])}
    ranks = {"rank": rank_text(first["rank"], lang), "next": rank_text(second["rank"], lang)}
    what = told(f"firmness.first_two.{way}", lang, second=names["second"])
    return told("firmness.first_two", lang, gap=_gap(study, first, second), what=what, **names, **ranks)


def _gap(study: Study, first: dict[Any, Any], second: dict[Any, Any]) -> str:
    """In points where both could attain the same, else as a difference of scores."""
    lang = study.lang
    if study.framework.measure == "points" and first["max_points"] == second["max_points"]:
        points = of_float(first["points"]) - of_float(second["points"])
        return label("firmness.points_of", lang, points=number(points, 2, lang), max=number(first["max_points"], 0, lang))
    return distance_text(study, of_float(first["score"]) - of_float(second["score"]))


def _shifts(study: Study) -> list[str]:
    """The pillar and the criterion without which most changes."""
    weighted, lang = study.firmness.weighted, study.lang
    if weighted is None or weighted.shifts.empty:
        return []
    if not (weighted.shifts["moved"] > 0).any():
        return [told("firmness.shifts_none", lang)]
    said: list[str] = []
    for key, level in (("firmness.shifts", "pillar"), ("firmness.shifts_indicator", "indicator")):
        of = weighted.shifts[(weighted.shifts["level"] == level) & (weighted.shifts["moved"] > 0)]
        for row in of.sort_values(["moved", "max_shift"], ascending=False, kind="stable").head(1).to_dict("records"):
            named = {"component": study.component_name(str(row["component"])), "n": len(weighted.table)}
            said.append(told(key, lang, moved=row["moved"], most=rank_text(row["max_shift"], lang), **named))
    return said


def _printed(study: Study) -> str:
    """Whether the rounding of published figures may have decided a rank."""
    table, lang = study.firmness.printed, study.lang
    if table is None or (table["low"] == table["high"]).all():
        return ""
    wide = _moved_by_rounding(study)
    if wide.empty:
        return told("firmness.printed_none", lang)
    most = (wide["worst_rank"] - wide["best_rank"]).max()
    named = unit_names(study, list(wide["unit"]))
    key = "firmness.printed_one" if len(wide) == 1 else "firmness.printed"
    return told(key, lang, n=len(wide), most=rank_text(most, lang), units=named)


def table(study: Study) -> HTML | None:
    """Rank, best and worst, 90 % intervals, chances of the first place and of bands, of every ranked unit.

    Where only the rounding of published figures can be told: the units that might stand elsewhere for it. None where nothing.
    """
    lang, firm, intervals = study.lang, study.firmness, study.firmness.intervals
    if intervals is None:
        return _rounding_table(study)
    every, intervals = intervals, few(study, intervals)
    units = list(intervals["unit"])
    links = [f"units/{unit}.html" if study.to_indicators else "" for unit in units]
    columns = [
        Column(label("firmness.table.rank", lang), [rank_text(rank, lang) for rank in intervals["rank"]], numeric=True),
        Column(label("table.unit", lang), [study.unit_name(unit) for unit in units], long=True, links=links),
    ]
    notes = []
    if firm.appealed is not None:
        own = firm.appealed.table.set_index("unit").loc[units]
        columns += [
            Column(label("firmness.table.best_worst", lang), _ranges(own, "best_rank", "worst_rank", study), numeric=True),
            Column(label("firmness.table.appeals", lang), _ranges(own, "low_rank", "high_rank", study), numeric=True),
            Column(label("firmness.table.first", lang), [_chance(chance, study) for chance in own["first"]], numeric=True),
            Column(label("firmness.table.disputed", lang), [number(count, 0, lang) for count in own["disputed"]], numeric=True),
        ]
        notes.append(label("firmness.note.appeals", lang, draws=number(own["draws"].iloc[0], 0, lang),
                           probability=percent(firm.probability, 0, lang), seed=firm.seed))  # fmt: skip
    if firm.weighted is not None:
        own = firm.weighted.table.set_index("unit").reindex(units)
        columns.append(
            Column(label("firmness.table.weights", lang), _ranges(own, "low_rank", "high_rank", study), numeric=True)
        )
        if firm.appealed is None:
            chances = [_chance(chance, study) for chance in own["first"]]
            columns.append(Column(label("firmness.table.first", lang), chances, numeric=True))
        notes.append(label("firmness.note.weights", lang, draws=number(own["draws"].iloc[0], 0, lang),
                           spread=percent(firm.spread, 0, lang), seed=firm.seed))  # fmt: skip
    if firm.appealed is not None and firm.appealed.bands is not None:
        columns.append(Column(label("firmness.table.bands", lang), _bands(study, firm.appealed.bands, units), long=True))
    if firm.printed is not None and not _moved_by_rounding(study).empty:
        own = firm.printed.set_index("unit").reindex(units)
        columns.append(
            Column(label("firmness.table.printed", lang), _ranges(own, "best_rank", "worst_rank", study), numeric=True)
        )
        notes.append(label("firmness.note.printed", lang))
    if study.to_indicators:
        grades = study.standing.reliability.set_index("unit")["grade"].reindex(units).fillna("–")
        columns.append(Column(label("reliability.grade", lang), list(grades)))
    caption = label("firmness.caption", lang, level=study.level_name, place=study.place, year=study.year)
    note = " ".join(filter(None, [left_out(study, units, every), *notes, label("firmness.note.apart", lang)]))
    return html_table(columns, caption, lang, sample=study.sample, note=note, strong=[unit == study.unit for unit in units])


def _rounding_table(study: Study) -> HTML | None:
    wide = _moved_by_rounding(study)
    if wide.empty:
        return None
    every = wide.sort_values("rank", kind="stable")
    lang, wide = study.lang, few(study, every)
    columns = [
        Column(label("firmness.table.rank", lang), [rank_text(rank, lang) for rank in wide["rank"]], numeric=True),
        Column(label("table.unit", lang), [study.unit_name(unit) for unit in wide["unit"]], long=True),
        Column(label("firmness.table.printed", lang), _ranges(wide, "best_rank", "worst_rank", study), numeric=True),
    ]
    caption = label("firmness.caption", lang, level=study.level_name, place=study.place, year=study.year)
    note = f"{left_out(study, wide, every)} {label('firmness.note.printed', lang)}".strip()
    return html_table(columns, caption, lang, sample=study.sample, note=note)


def _moved_by_rounding(study: Study) -> pd.DataFrame:
    """The rows of `printed` of units that rounding may have placed."""
    table = study.firmness.printed
    if table is None:
        return pd.DataFrame(columns=["unit", "rank", "best_rank", "worst_rank"])
    return table[(table["worst_rank"] > table["rank"]) | (table["best_rank"] < table["rank"])]


def _ranges(table: pd.DataFrame, low: str, high: str, study: Study) -> list[str]:
    return [_range(ends, study) for ends in table[[low, high]].itertuples(index=False, name=None)]


def _range(ends: tuple[float, float], study: Study) -> str:
    low, high = (rank_text(end, study.lang) for end in ends)
    return low if low == high else label("firmness.range", study.lang, low=low, high=high)


def _bands(study: Study, chances: pd.DataFrame, units: list[str]) -> list[str]:
    """For each unit the bands that it may come to, the likeliest first, with their chances."""
    name = "label_vi" if study.lang == "vi" else "label_en"
    names = {int(row["order"]): str(row[name] or row["label_vi"]) for row in study.bands.to_dict("records")}
    said = []
    for unit in units:
        own = chances[(chances["unit"] == unit) & (chances["chance"] > 0)].sort_values("chance", ascending=False, kind="stable")
        told_ = [label("firmness.band", study.lang, band=names[band], chance=_chance(chance, study))
                 for band, chance in zip(own["band"], own["chance"], strict=True)]  # fmt: skip
        said.append("; ".join(told_))
    return said


def _chance(chance: float, study: Study) -> str:
    """A chance in whole percent, of which what is above 0 is not shown as 0, nor what is below 1 as 1."""
    if 0 < chance < 0.005:
        return "<" + percent(0.01, 0, study.lang)
    if 0.995 <= chance < 1:
        return ">" + percent(0.99, 0, study.lang)
    return percent(chance, 0, study.lang)


def unit_brief(study: Study) -> list[str]:
    """Short sentences on the study's unit: best and worst rank by appeals, the 90 % interval, the appeal that counts most.

    By weights where nobody assessed themselves; none where neither can be told, or the unit is not ranked.
    """
    firm, lang = study.firmness, study.lang
    intervals = firm.intervals
    if intervals is None or study.unit not in set(intervals["unit"]):
        return []
    if firm.appealed is None:
        row = intervals.set_index("unit").loc[study.unit]
        key = "firmness.unit.weights" + ("_one" if row["low_rank"] == row["high_rank"] else "")
        return [told(key, lang, spread=percent(firm.spread, 0, lang), **_ends(row, lang))]
    row = firm.appealed.table.set_index("unit").loc[study.unit]
    ranks = {"best": rank_text(row["best_rank"], lang), "worst": rank_text(row["worst_rank"], lang)}
    said: list[str] = [told("firmness.unit.granted" if row["disputed"] else "firmness.unit.nothing", lang, **ranks)]
    said.append(
        told("firmness.unit.interval" + ("_one" if row["low_rank"] == row["high_rank"] else ""), lang, **_ends(row, lang))
    )
    if row["component"]:
        then = "up" if row["component_rank"] < row["rank"] else "same"
        said.append(
            told("firmness.unit.most", lang, component=study.component_name(row["component"]),
                 points=number(row["component_points"], 2, lang, sign=True),
                 then=label(f"firmness.unit.most_{then}", lang, rank=rank_text(row["component_rank"], lang)))
        )  # fmt: skip
    return said


def _ends(row: Any, lang: Any) -> dict[str, str]:
    return {"low": rank_text(row["low_rank"], lang), "high": rank_text(row["high_rank"], lang)}
