"""Standouts on the page of models: who is steadiest, came on fastest, and does most with what it has."""

from __future__ import annotations

import pandas as pd
from IPython.display import HTML, Markdown

from dti_analysis.common.text import label, number, percent, rank_text
from dti_analysis.records.features import feature_name
from dti_analysis.studies.study import Study
from dti_analysis.views.figures.words import unit_names
from dti_analysis.views.html_table import Column, html_table
from dti_analysis.views.prose import Said, listed, markdown, told
from dti_analysis.views.wording import distance_text, score_text

_SHOWN = ["steadiest", "fastest", "for_its_means"]


def standouts(study: Study) -> Markdown:
    """A sentence each on the steadiest, the fastest, and the best for what it has to work with, or why it cannot be told."""
    return markdown(_steadiest(study), _fastest(study), _for_its_means(study))


def table(study: Study) -> HTML | None:
    """The first three each way; None where nothing can be told."""
    lang, models = study.lang, _told(study)
    if models.empty:
        return None
    ranks = study.ranking.set_index("unit")["rank"]
    share = study.framework.measure == "share"
    shown = [
        number(f if share else 100 * f, 4 if share else 1, lang, m != "steadiest")
        for m, f in models[["model", "figure"]].itertuples(index=False)
    ]
    columns = [
        Column(label("standouts.way", lang), [label(f"standouts.way_{model}", lang) for model in models["model"]], long=True),
        Column(label("models.unit", lang), [study.unit_name(unit) for unit in models["unit"]], long=True,
               links=[f"units/{unit}.html" if study.to_indicators else "" for unit in models["unit"]]),
        Column(label(f"standouts.figure{'_share' if share else ''}", lang), shown, numeric=True),
        Column(label("table.percent", lang), [score_text(study, score) for score in models["score"]], numeric=True,
               bars=list(models["score"])),
        Column(label("table.rank", lang), [rank_text(ranks[unit], lang) for unit in models["unit"]], numeric=True),
    ]  # fmt: skip
    strong = list(models["place"] == 1)
    return html_table(columns, label("standouts.caption", lang), lang, sample=study.sample, strong=strong)


def _told(study: Study) -> pd.DataFrame:
    """Who may be named: nobody is called best for its means whose means are unknown, or first where all are."""
    models = study.neighbours.models
    first = (models["place"] == 1).groupby(models["model"]).transform("sum")
    apart = first < int(study.ranking["rank"].notna().sum())
    return models[models["model"].isin(_SHOWN) & (models["by"] != "profile") & apart]


def _first(study: Study, model: str) -> pd.DataFrame:
    models = _told(study)
    return models[(models["model"] == model) & (models["place"] == 1)]


def _steadiest(study: Study) -> Said:
    first, lang = _first(study, "steadiest"), study.lang
    if first.empty:
        return told("standouts.no_steadiest", lang)
    spread = distance_text(study, first["figure"].iloc[0], 1)
    return told("standouts.steadiest", lang, units=unit_names(study, list(first["unit"])), spread=spread)


def _fastest(study: Study) -> Said:
    first, lang = _first(study, "fastest"), study.lang
    if study.movement is None:
        return told("standouts.no_fastest_year", lang)
    if first.empty:
        return told("standouts.no_fastest", lang)
    shares = study.neighbours.progress.set_index("unit")["share"]
    share = shares[first["unit"].iloc[0]]
    basis = told("standouts.basis", lang, share=percent(share, 0, lang)) if share < 1 else ""
    change = distance_text(study, first["figure"].iloc[0], 1)
    units = unit_names(study, list(first["unit"]))
    return told("standouts.fastest", lang, units=units, change=change, before=study.year - 1, basis=basis)


def _for_its_means(study: Study) -> Said:
    first, lang = _first(study, "for_its_means"), study.lang
    if not study.neighbours.tells_means:
        return told("standouts.no_means", lang)
    if first.empty:
        return told("standouts.nobody_ahead", lang)
    on = listed([feature_name(study.data, name, lang) for name in study.neighbours.features.columns], lang)
    ahead = distance_text(study, first["figure"].iloc[0], 1)
    return told("standouts.for_its_means", lang, units=unit_names(study, list(first["unit"])), on=on, ahead=ahead)
