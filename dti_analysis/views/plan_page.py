"""What an official reads of a plan: the verdict, what to do and what must be kept; and what one change would give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from IPython.display import HTML, Markdown

from dti_analysis.common.exact import Rational, decimals_of, of_float
from dti_analysis.common.text import label, listing, number, percent, rank_text
from dti_analysis.criteria.cells import read_cell
from dti_analysis.criteria.next_steps import Step, what_to_do
from dti_analysis.scores.planning import Plan
from dti_analysis.scores.targets import MOVING
from dti_analysis.studies.study import Study
from dti_analysis.views.findings import markdown
from dti_analysis.views.html_table import Column, html_table


def verdict(study: Study, plan: Plan, moving: str = "") -> Markdown:
    """Where the unit stands, whether the target can be reached, and by how many steps; what is assumed of the others."""
    lang = study.lang
    own = study.ranking[study.ranking["unit"] == plan.unit].iloc[0]
    now = label(
        "plan.now", lang, unit=study.unit_name(plan.unit), points=points_text(study, plan.before),
        rank=rank_text(own["rank"], lang), count=len(study.ranking), level=study.level_name,
    )  # fmt: skip
    way = MOVING[moving]
    others = label(f"plan.others.{way or 'still'}", lang, still=rank_text(plan.still, lang))
    return markdown(now + " " + _verdict(study, plan), others)


def _verdict(study: Study, plan: Plan) -> str:
    lang = study.lang
    if plan.goal is None:
        return label("plan.first", lang)
    count = len(plan.steps)
    said = {"target": target_text(study, plan), "goal": _needed(study, plan.goal.points, plan.goal.enough)}
    if plan.verdict == "already":
        return label("plan.already", lang, **said)
    if not count:
        return label("plan.no_step", lang, **said)
    steps = label("plan.one_step", lang) if count == 1 else label("plan.steps", lang, n=count)
    after = {"after": points_text(study, plan.after), "rank": rank_text(plan.rank, lang)}
    return label(f"plan.{plan.verdict}", lang, steps=steps, **said, **after)


def steps(study: Study, plan: Plan) -> HTML | None:
    """What to do, by how much of which number, and points and rank after each step; None where nothing is to be done."""
    lang, table = study.lang, plan.steps
    if table.empty:
        return None
    columns = [
        Column(label("plan.head.order", lang), [str(order) for order in table["order"]], numeric=True),
        Column(label("table.component", lang), [study.component_name(code) for code in table["component"]], long=True),
        Column(label("plan.head.step", lang), steps_in_words(study, table), long=True),
        Column(label("plan.head.gain", lang), [number(gain, 2, lang, sign=True) for gain in table["gain"]], numeric=True),
        Column(
            label("plan.head.points_after", lang), [number(after, 2, lang) for after in table["points_after"]], numeric=True
        ),
        Column(label("plan.head.rank_after", lang), [rank_text(rank, lang) for rank in table["rank_after"]], numeric=True),
    ]
    if (table["effort"] != 1).any():
        efforts = [number(effort, decimals_of([of_float(effort)], 2), lang) for effort in table["effort"]]
        columns.append(Column(label("plan.head.effort", lang), efforts, numeric=True))
    for name in ("owner", "due"):
        if (table[name] != "").any():
            columns.append(Column(label(f"plan.head.{name}", lang), list(table[name])))
    return html_table(columns, label("plan.caption.steps", lang), lang, sample=study.sample)


def kept(study: Study, plan: Plan) -> HTML:
    """What must not fall."""
    lang, table = study.lang, plan.keep
    most = [label("plan.at_max", lang) if at_max else "" for at_max in table["at_max"]]
    columns = [
        Column(label("table.component", lang), [study.component_name(code) for code in table["component"]], long=True),
        Column(label("table.points", lang), [number(points, 2, lang) for points in table["points"]], numeric=True),
        Column(label("table.max_points", lang), [_short(most, lang) for most in table["max_points"]], numeric=True),
        Column(label("plan.head.at_max", lang), most),
    ]
    return html_table(columns, label("plan.caption.keep", lang), lang, sample=study.sample)


def assumptions(study: Study) -> Markdown:
    """How a plan is made."""
    return markdown(label("plan.assumptions", study.lang))


def three_steps(study: Study) -> HTML | None:
    """The three steps that gain the study's unit most, with the rank that each alone would give; None where there are none."""
    if study.partial:
        return None
    lang, table = study.lang, study.outlook.step_ranks(study.unit)
    if table.empty:
        return None
    codes = table["component"]
    columns = [
        Column(label("table.component", lang), [study.component_name(code) for code in codes], long=True,
               links=[f"#{code}" for code in codes]),
        Column(label("plan.head.step", lang), steps_in_words(study, table), long=True),
        Column(label("plan.head.gain", lang), [number(gain, 2, lang, sign=True) for gain in table["gain"]], numeric=True),
        Column(label("plan.head.rank_alone", lang), [rank_text(rank, lang) for rank in table["rank_after"]], numeric=True),
    ]  # fmt: skip
    return html_table(columns, label("plan.caption.three", lang), lang, sample=study.sample)


def distance(study: Study) -> Markdown | None:
    """How many points the study's unit lacks to the next better place, and whose it is; None of a part of the units."""
    if study.partial:
        return None
    lang, place = study.lang, study.outlook.next_place(study.unit)
    if place is None:
        return markdown(label("plan.next_top", lang))
    units = listing([study.unit_name(unit) for unit in place.units], lang)
    missing, goal = points_text(study, place.missing), _needed(study, place.points, place.enough)
    return markdown(label("plan.next", lang, missing=missing, rank=rank_text(place.rank, lang), units=units, goal=goal))


def unit_section(study: Study) -> list[Any]:
    """The plan of the study's unit to the next better place, to be shown on its page; nothing of a part of the units."""
    if study.partial:
        return []
    plan = study.outlook.plan(study.unit, "next")
    return [verdict(study, plan), steps(study, plan)]


def what_if_text(study: Study, unit: str, changes: Mapping[str, object]) -> str:
    """What a unit would have with some figures changed, as lines of text (dti_analysis.scores.whatif.what_if)."""
    lang, table = study.lang, study.outlook.what_if(unit, changes)
    total, *parts = table.to_dict("records")
    lines = [
        label(
            "whatif.total", lang, unit=study.unit_name(unit), rank_before=rank_text(total["rank_before"], lang),
            rank_after=rank_text(total["rank_after"], lang), **_change(total, lang),
        )
    ]  # fmt: skip
    for row in parts:
        named = {"code": row["component"], "name": study.component_name(str(row["component"]))}
        lines.append(label("whatif.criterion", lang, **named, max=_short(row["max_points"], lang), **_change(row, lang)))
    for way in ("passed", "passed_by"):
        if units := str(total[way]).split():
            lines.append(label(f"whatif.{way}", lang, units=listing([study.unit_name(name) for name in units], lang)))
    if not total["passed"] and not total["passed_by"]:
        lines.append(label("whatif.nobody", lang))
    return "\n".join([*lines, label("plan.others.still", lang)])


def target_text(study: Study, plan: Plan) -> str:
    """The target in words, to be read after “to”: “đạt hạng 3 trở lên”."""
    kind, value = plan.target.kind, plan.target.value
    if kind == "rank" and value == 1:
        return label("plan.to.first", study.lang)
    shown = _short(float(value), study.lang)
    if kind == "score":
        shown = percent(float(value), decimals_of([100 * value], 2), study.lang)
    elif kind == "points":
        shown = label("plan.points", study.lang, n=shown)
    elif kind == "band":
        names = study.bands.set_index(study.bands["order"].astype(int))[f"label_{study.lang}"]
        shown = f"“{names[int(value)]}”"
    return label(f"plan.to.{kind}", study.lang, n=shown)


def steps_in_words(study: Study, table: pd.DataFrame) -> list[str]:
    """The steps of a table of steps (columns component, indicator, cell, before, after …), in words."""
    return [_in_words(study, row) for row in table.to_dict("records")]


def points_text(study: Study, points: Rational) -> str:
    """Points at two decimals, with the word."""
    return label("plan.points", study.lang, n=number(points, 2, study.lang))


def _in_words(study: Study, row: Mapping[Any, Any]) -> str:
    leaf = study.component(row["indicator"])
    assert leaf.way is not None
    kind = leaf.way.cells()[row["cell"]].kind
    before, after = (read_cell(leaf, kind, row[name]) for name in ("before", "after"))
    change = None if pd.isna(row["change"]) else after - before
    step = Step(leaf.code, row["cell"], before, after, change, of_float(row["gain"]), row["reaches_maximum"])
    told = what_to_do(step, study.component(row["component"]), study.lang)
    return told[:1].upper() + told[1:]


def _needed(study: Study, points: Rational, enough: bool) -> str:
    decimals = max(2, decimals_of([points], 6))
    shown = label("plan.points", study.lang, n=number(points, decimals, study.lang))
    return label("plan.at_points" if enough else "plan.above_points", study.lang, points=shown)


def _change(row: Mapping[Any, Any], lang: Any) -> dict[str, str]:
    before, after = of_float(row["points_before"]), of_float(row["points_after"])
    change = number(after - before, 2, lang, sign=True)
    return {"before": number(before, 2, lang), "after": number(after, 2, lang), "change": change}


def _short(value: float, lang: Any) -> str:
    return number(value, decimals_of([of_float(value)], 2), lang)
