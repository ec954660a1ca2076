"""Units like one unit, and whom to ask: the section of its page."""

from __future__ import annotations

from typing import Any

import pandas as pd
from IPython.display import HTML, Markdown

from dti_analysis.common.text import label, listing, number, percent, rank_text
from dti_analysis.records.features import feature_name, value_name
from dti_analysis.scores.full_marks import FEW
from dti_analysis.studies.study import Study
from dti_analysis.views.html_table import Column, html_table
from dti_analysis.views.prose import Said, listed, markdown, told
from dti_analysis.views.wording import given_text, score_text

MOST = 10
"""How many criteria the table of whom to ask shows at most, those that miss most first."""


def unit_section(study: Study) -> list[object]:
    """Units like the study's unit and whom to ask, under a heading; nothing where only a part of the units is known.

    To be shown by `show(*peers_page.unit_section(study))`.
    """
    if study.partial or study.provisional:  # nobody is held up to others before the council has decided
        return []
    heading = markdown(f"## {told('peers.heading', study.lang)}")
    return [part for part in (heading, similar(study), similar_table(study), whom_to_ask(study)) if part is not None]


def similar(study: Study) -> Markdown:
    """Who is like the study's unit, by what they were chosen, and where it stands among them."""
    lang, table = study.lang, study.neighbours.of(study.unit)
    if table.empty:
        return markdown(told("peers.nobody", lang))
    units = [
        told("peers.one", lang, unit=study.unit_name(unit), rank=rank_text(rank, lang), score=score_text(study, score))
        for unit, rank, score in table[["peer", "rank", "score"]].itertuples(index=False)
    ]
    by, on = table["by"].iloc[0], table["on"].iloc[0].split()
    names = [feature_name(study.data, name, lang) for name in on] if by == "features" else []
    sentence = told(f"peers.by_{by}", lang, units=listed(units, lang), on=listed(names, lang))
    return markdown(" ".join([sentence, *_standing(study, table)]))


def _standing(study: Study, table: pd.DataFrame) -> list[Said]:
    """Where the unit stands beside them, if it handed anything in."""
    own, lang = _own(study), study.lang
    if own["state"] == "missing":
        return []
    place = told(f"peers.place_{1 + int((table['score'] > own['score']).sum())}", lang)
    key = "peers.place_joint" if (table["score"] == own["score"]).any() else "peers.place"
    return [told(key, lang, n=len(table) + 1, unit=study.unit_name(study.unit), place=place)]


def similar_table(study: Study) -> HTML | None:
    """The unit and those like it, with what makes them alike; None where it has none."""
    lang, table = study.lang, study.neighbours.of(study.unit)
    if table.empty:
        return None
    own, by, described = _own(study), table["by"].iloc[0], study.neighbours.features
    units = [study.unit, *table["peer"]]
    shown = list(described.columns) if by == "features" else []
    columns = [
        Column(label("table.unit", lang), [study.unit_name(unit) for unit in units], long=True,
               links=["", *(f"{unit}.html" for unit in table["peer"])]),
        Column(label("table.rank", lang), [rank_text(rank, lang) for rank in [own["rank"], *table["rank"]]], numeric=True),
        Column(label("table.percent", lang), [score_text(study, score) for score in [own["score"], *table["score"]]],
               numeric=True, bars=[own["score"], *table["score"]]),
        *(
            Column(_capital(feature_name(study.data, name, lang)),
                   [value_name(study.data, name, described.at[unit, name], lang) for unit in units],
                   numeric=pd.api.types.is_numeric_dtype(described[name]))
            for name in shown
        ),
        Column(label("peers.distance", lang), ["–", *(number(far, 2, lang) for far in table["distance"])], numeric=True),
    ]  # fmt: skip
    caption = label("peers.caption", lang, unit=study.unit_name(study.unit), year=study.year)
    note = label(f"peers.note_{by}", lang)
    return html_table(columns, caption, lang, sample=study.sample, note=note, strong=[True])


def whom_to_ask(study: Study) -> HTML | None:
    """For the criteria that miss most, who has the maximum and with what figures; None where nothing is missing."""
    lang, table = study.lang, study.neighbours.full_marks(study.unit)
    if table.empty:
        return None
    shown = table.head(MOST)
    handed_in = {unit: study.handed_in(unit) for unit in {who.split()[0] for who in shown["who"] if who}}
    rows = shown.to_dict("records")
    given = [
        given_text(study, study.component(row["component"]), handed_in[row["who"].split()[0]]) if row["who"] else "–"
        for row in rows
    ]
    columns = [
        Column(label("table.component", lang), [study.component_name(row["component"]) for row in rows], long=True,
               links=[f"#{row['component']}" for row in rows]),
        Column(label("table.missing", lang), [number(row["gap"], 2, lang) for row in rows], numeric=True),
        Column(label("peers.ask", lang), [_who(study, row) for row in rows], long=True),
        Column(label("peers.given", lang), given, long=True),
    ]  # fmt: skip
    key = "peers.caption_ask_part" if len(shown) < len(table) else "peers.caption_ask"
    caption = label(key, lang, unit=study.unit_name(study.unit), shown=len(shown), all=len(table))
    return html_table(columns, caption, lang, sample=study.sample, note=label("peers.note_ask", lang, few=FEW))


def _who(study: Study, row: dict[Any, Any]) -> str:
    """Who has the maximum of one criterion, or comes nearest to it."""
    units = listing([study.unit_name(unit) for unit in row["who"].split()], study.lang)
    key = "itself" if not units else row["within"]
    score = percent(row["reached"], 0, study.lang)
    return label(f"peers.within_{key}", study.lang, at=row["at_max"], known=row["known"], units=units, score=score)


def _own(study: Study) -> dict[str, Any]:
    """The unit's row of the ranking."""
    return {str(name): value for name, value in study.ranking.set_index("unit").loc[study.unit].items()}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
