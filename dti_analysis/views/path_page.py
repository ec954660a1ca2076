"""The year's path on a page: who has come how far, and who is on the way to the target."""

from __future__ import annotations

import pandas as pd
from IPython.display import HTML, Markdown

from dti_analysis.common.text import day, label, rank_text
from dti_analysis.studies.study import Study
from dti_analysis.views.figures.words import unit_names
from dti_analysis.views.html_table import Column, html_table
from dti_analysis.views.prose import markdown, told
from dti_analysis.views.wording import distance_text, score_text


def section(study: Study, target: str = "") -> list[object]:
    """Progress since the year's first forms, under a heading; nothing where forms of one day at most are there.

    `target`: a share of the maximum to be reached by the end of the year, as `80%`, or empty. To be shown by
    `show(*path_page.section(study, target))`.
    """
    path = study.path.table(target)
    if path is None:
        return []
    return [markdown(f"## {told('path.heading', study.lang)}"), findings(study, path, target), table(study, path, target)]


def findings(study: Study, path: pd.DataFrame, target: str) -> Markdown:
    """Who has come furthest, and who is on the path to the target."""
    lang, days = study.lang, study.path.days
    last = path[path["as_of"] == days[-1]]
    since = last[last["rank_of_progress"].notna()]
    said = [told("path.days", lang, count=len(days), first=day(days[0], lang), last=day(days[-1], lang))]
    leading = since[(since["rank_of_progress"] == 1) & (since["progress"] > 0)]
    if len(leading):
        named = unit_names(study, list(leading["unit"]))
        said.append(told("path.furthest", lang, units=named, by=distance_text(study, leading["progress"].iloc[0])))
    aimed = since[since["on_path"].notna()]
    if target and len(aimed):
        off = list(aimed.loc[~aimed["on_path"].astype(bool), "unit"])
        key = "path.off" if off else "path.all_on"
        said.append(told(key, lang, target=target, on=len(aimed) - len(off), n=len(aimed), units=unit_names(study, off)))
    return markdown(" ".join(said))


def table(study: Study, path: pd.DataFrame, target: str) -> HTML:
    """Rank and score on the last day, scores of the days before, progress and its rank, and the path to the target."""
    lang, days = study.lang, study.path.days
    last = path[path["as_of"] == days[-1]].sort_values("rank", kind="stable").set_index("unit")
    scores = path.pivot(index="unit", columns="as_of", values="score").reindex(last.index)
    columns = [
        Column(label("path.rank", lang), [rank_text(rank, lang) for rank in last["rank"]], numeric=True),
        Column(label("table.unit", lang), [study.unit_name(unit) for unit in last.index], long=True),
        *(
            Column(day(each, lang), ["–" if own != own else score_text(study, own) for own in scores[each]], numeric=True)
            for each in days
        ),
        Column(label("path.progress", lang), [distance_text(study, own) for own in last["progress"]], numeric=True),
        Column(
            label("path.rank_of_progress", lang), [rank_text(rank, lang) for rank in last["rank_of_progress"]], numeric=True
        ),
    ]
    if target:
        columns.append(Column(label("path.expected", lang), [score_text(study, own) for own in last["expected"]], numeric=True))
        columns.append(Column(label("path.on", lang), [label(f"path.on_{bool(on)}", lang) for on in last["on_path"]]))
    named = {"level": study.level_name, "place": study.place, "year": study.year}
    note = label("path.note", lang, target=target) if target else None
    return html_table(columns, label("path.caption", lang, **named), lang, sample=study.sample, note=note or "")
