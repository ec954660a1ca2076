"""What next, for one unit: the steps that earn most, the way to a target, and what figures would give which rank."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
from IPython.display import HTML, Markdown

from dti_analysis.common.exact import of_float
from dti_analysis.common.text import Lang, label, number, percent, rank_text
from dti_analysis.criteria.next_steps import step_in_words
from dti_analysis.scores.options import Option
from dti_analysis.scores.planning import Plan
from dti_analysis.studies.outlook import Moving
from dti_analysis.studies.study import Study
from dti_analysis.views.html_table import Column, html_table
from dti_analysis.views.prose import markdown, told

FIRST = 3
"""How many of the steps that earn most stand at the top of a unit's page."""


def ranked(study: Study) -> bool:
    """Whether ranks after a step can be told: two units at least are ranked, the study's own too, and all due are known."""
    units = study.ranking.loc[study.ranking["rank"].notna(), "unit"]
    return not study.partial and len(units) > 1 and (not study.unit or study.unit in set(units))


def first_steps(study: Study) -> HTML | None:
    """The steps that earn the study's unit most, with the rank that each alone would give; None where there are none."""
    if not ranked(study) or not study.to_indicators:
        return None
    table, options = study.outlook.step_ranks(study.unit, FIRST)
    if table.empty:
        return None
    lang = study.lang
    columns = [
        Column(label("plan.criterion", lang), [study.component_name(code) for code in table["component"]], long=True,
               links=[f"#{code}" for code in table["component"]]),
        Column(label("plan.what", lang), [in_words(study, option) for option in options], long=True),
        Column(label("plan.gain", lang), [number(gain, 2, lang, sign=True) for gain in table["gain"]], numeric=True),
        Column(label("plan.rank_alone", lang), [rank_text(rank, lang) for rank in table["rank_after"]], numeric=True),
    ]  # fmt: skip
    caption = label("plan.steps_caption", lang, unit=study.unit_name(study.unit))
    return html_table(columns, caption, lang, sample=study.sample, note=label("plan.unchanged", lang))


def in_words(study: Study, option: Option) -> str:
    """What an option asks to be done, without the points, which stand beside it."""
    component = study.component(option.component)
    return "; ".join(step_in_words(step, component, study.lang, gain=False) for step in option.steps)


def next_section(study: Study) -> list[object]:
    """How the study's unit comes to the next place with the least effort, under a heading; nothing where none can be told.

    To be shown by `show(*plan_page.next_section(study))`.
    """
    if not ranked(study) or not study.to_indicators:
        return []
    heading = markdown(f"## {told('plan.heading', study.lang)}")
    own = study.ranking[study.ranking["unit"] == study.unit].to_dict("records")[0]
    if own["state"] == "missing":
        named = {"unit": study.unit_name(study.unit), "year": study.year}
        return [heading, markdown(told("plan.no_form", study.lang, **named))]
    plan = study.outlook.plan(study.unit)
    return [part for part in (heading, verdict(study, plan), steps(study, plan)) if part is not None]


def verdict(study: Study, plan: Plan, moving: Moving = "still") -> Markdown:
    """Whether the target can be reached, by how much, and what is to be kept."""
    lang = study.lang
    own = study.ranking[study.ranking["unit"] == study.unit].to_dict("records")[0]
    values = {
        "unit": study.unit_name(study.unit), "aim": aim_text(study, plan), "needed": number(plan.needed, 2, lang),
        "now": number(own["points"], 2, lang), "points": number(plan.points, 2, lang), "count": len(plan.steps),
        "missing": number(of_float(plan.needed) - of_float(own["points"]), 2, lang), "rank": rank_text(plan.rank, lang),
        "moving": label(f"plan.moving_{moving}", lang),
    }  # fmt: skip
    first = plan.verdict == "already" and plan.target.kind == "next"
    sentences = [told("plan.already_first" if first else f"plan.{plan.verdict}", lang, **values)]
    if plan.keep:
        sentences.append(told("plan.keep", lang, count=len(plan.keep)))
    return markdown(" ".join(sentences), "" if plan.proven else told("plan.not_proven", lang))


def steps(study: Study, plan: Plan) -> HTML | None:
    """The plan step by step; None where there is nothing to do."""
    table, lang = plan.steps, study.lang
    if table.empty:
        return None
    columns = [
        Column(label("plan.order", lang), [str(place) for place in table["place"]], numeric=True),
        Column(label("plan.criterion", lang), [study.component_name(code) for code in table["component"]], long=True),
        Column(label("plan.what", lang), [in_words(study, option) for option in plan.options], long=True),
        Column(label("plan.gain", lang), [number(gain, 2, lang, sign=True) for gain in table["gain"]], numeric=True),
        Column(label("plan.points_after", lang), [number(after, 2, lang) for after in table["points_after"]], numeric=True),
        Column(label("plan.rank_after", lang), [rank_text(rank, lang) for rank in table["rank_after"]], numeric=True),
        *(
            Column(label(f"plan.{name}", lang), list(table[name]), long=True)
            for name in ("owner", "due")
            if (table[name] != "").any()
        ),
    ]
    caption = label("plan.caption", lang, unit=study.unit_name(study.unit), aim=aim_text(study, plan))
    return html_table(columns, caption, lang, sample=study.sample)


def aim_text(study: Study, plan: Plan) -> str:
    """A target in words."""
    aim, lang = plan.target, study.lang
    value = {
        "score": percent(float(aim.value), 2, lang),
        "points": number(aim.value, 2, lang),
        "rank": rank_text(float(aim.value), lang),
    }.get(aim.kind, "")
    if aim.kind == "band":
        row = study.bands[study.bands["order"].astype(int) == int(aim.value)].iloc[0]
        value = str(row[f"label_{lang}"] or row["label_vi"])
    return label(f"plan.aim_{aim.kind}", lang, value=value)


def what_if_lines(study: Study, unit: str, figures: pd.DataFrame, passed: pd.DataFrame, lang: Lang) -> Iterator[str]:
    """What other figures would give (dti_analysis.scores.whatif.what_if), line by line, and the caveat."""
    total = figures.iloc[0]
    change = of_float(total["points_after"]) - of_float(total["points_before"])
    before, after = (number(total[f"points_{when}"], 2, lang) for when in ("before", "after"))
    ranks = {f"rank_{when}": rank_text(total[f"rank_{when}"], lang) for when in ("before", "after")}
    named = {"unit": study.unit_name(unit), "change": number(change, 2, lang, sign=True)}
    yield label("whatif.total", lang, before=before, after=after, **named, **ranks)
    for row in figures.iloc[1:].to_dict("records"):
        shown = {when: number(row[f"points_{when}"], 2, lang) for when in ("before", "after")}
        most, name = number(row["max_points"], 2, lang), study.component_name(row["component"])
        yield label("whatif.component", lang, code=row["component"], name=name, max=most, **shown)
    for row in passed.to_dict("records"):
        shown = {when: rank_text(row[f"rank_{when}"], lang) for when in ("before", "after")}
        yield label(f"whatif.{row['way']}", lang, unit=study.unit_name(row["unit"]), **shown)
    yield label("plan.unchanged", lang)
