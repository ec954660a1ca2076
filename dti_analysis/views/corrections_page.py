"""Corrections and appeals as readers see them: the decisions, and what became of points and ranks by them."""

from __future__ import annotations

import pandas as pd
from IPython.display import HTML, Markdown

from dti_analysis.common.text import day, label, number, rank_text
from dti_analysis.criteria.words import given_in_words
from dti_analysis.records.corrections import Decision
from dti_analysis.records.seals import Seal, seals
from dti_analysis.studies.study import Study
from dti_analysis.views.html_table import Column, html_table
from dti_analysis.views.prose import in_vietnamese, listed, markdown, told


def section(study: Study) -> list[object]:
    """The section of the ranking page, under a heading; nothing where nothing was decided or sealed.

    To be shown by `show(*corrections_page.section(study))`.
    """
    every = seals(study.data.seal_file(study.key))
    if not (study.corrections.decisions or every):
        return []
    heading = markdown(f"## {told('corrections.heading', study.lang)}")
    sealed = [markdown(*(_sealed(seal, study) for seal in every))] if every else []
    if not study.corrections.decisions:
        return [heading, *sealed, markdown(told("corrections.none", study.lang))]
    authors = _authors(study, study.corrections.decisions)
    return [heading, *sealed, findings(study), decisions(study), authors, moved(study)]


def _sealed(seal: Seal, study: Study) -> str:
    """When figures were sealed, by whom, of which decision; and why anew."""
    lang = study.lang
    named = {"day": day(seal.sealed, lang), "decision": seal.decision, "by": in_vietnamese(seal.by, lang)}
    if not seal.reason:
        return told("corrections.sealed", lang, **named)
    return told("corrections.sealed_anew", lang, reason=in_vietnamese(seal.reason, lang), **named)


def unit_section(study: Study) -> list[object]:
    """What touches the study's one unit, under a heading: decisions on it, and its rank where any decision moved it."""
    lang, table = study.lang, study.corrections.moved
    own = [decision for decision in study.corrections.decisions if decision.unit == study.unit]
    rows = table[table["unit"] == study.unit].to_dict("records")
    if not own and not rows:
        return []
    shown: list[object] = [markdown(f"## {told('corrections.heading', lang)}")]
    for row in rows:
        figures = {name: number(row[name], 2, lang) for name in ("points_before", "points")}
        figures |= {name: rank_text(row[name], lang) for name in ("rank_before", "rank")}
        key = "unit_passed" if row["points_before"] == row["points"] else "unit_moved"
        shown.append(markdown(told(f"corrections.{key}", lang, **figures)))
    return [*shown, _decisions(study, own), _authors(study, own)] if own else shown


def findings(study: Study) -> Markdown:
    """How many decisions there were, and how many totals and ranks they changed."""
    lang, decided, table = study.lang, study.corrections.decisions, study.corrections.moved
    outcomes = [decision.outcome for decision in decided]
    counts = {name: outcomes.count(name) for name in ("granted", "refused")}
    parts = [told("corrections.corrections", lang, n=outcomes.count(None))] if None in outcomes else []
    if any(counts.values()):
        parts.append(told("corrections.appeals", lang, n=sum(counts.values()), **counts))
    said = told("corrections.count", lang, parts=listed(parts, lang))
    if table.empty:
        return markdown(said, told("corrections.none_moved", lang))
    changed = {name: int((table[name].fillna(-1) != table[f"{name}_before"].fillna(-1)).sum()) for name in ("points", "rank")}
    return markdown(said, told("corrections.moved", lang, points=changed["points"], ranks=changed["rank"]))


def decisions(study: Study) -> HTML:
    """Every decision: its number, day and author, on whom and what, the figures before and after, why."""
    return _decisions(study, study.corrections.decisions)


def _decisions(study: Study, decided: list[Decision]) -> HTML:
    lang = study.lang
    points = [study.corrections.points(one.unit, one.indicator, one.basis) for one in decided]
    english = lang == "en" and all(one.reason_en for one in decided)
    units = [] if study.unit else [_units(study, decided)]
    columns = [
        Column(label("corrections.table.decision", lang), [_act(one, study) for one in decided], long=True),
        *units,
        Column(label("table.component", lang), [f"{one.indicator} {study.component_name(one.indicator)}" for one in decided],
               long=True),
        Column(label("corrections.table.what", lang), [label(f"corrections.kind.{_kind(one)}", lang) for one in decided],
               long=True),
        Column(label("corrections.table.figures", lang), [_figures_of(one, study) for one in decided], long=True),
        Column(label("corrections.table.points", lang),
               [f"{number(old, 2, lang)} → {number(new, 2, lang)}" if one.cells else number(new, 2, lang)
                for one, (old, new) in zip(decided, points, strict=True)], numeric=True),
        Column(label("corrections.table.reason", lang), [one.reason_en if english else one.reason_vi for one in decided],
               long=True, lang="en" if english else "vi"),
    ]  # fmt: skip
    return html_table(columns, label("corrections.caption.decisions", lang, year=study.year), lang, sample=study.sample)


def _kind(decision: Decision) -> str:
    return decision.outcome or decision.kind


def _act(decision: Decision, study: Study) -> str:
    return label("corrections.decision", study.lang, number=decision.number, day=day(decision.decided, study.lang))


def _units(study: Study, decided: list[Decision]) -> Column:
    links = [f"units/{one.unit}.html" if study.to_indicators else "" for one in decided]
    return Column(label("table.unit", study.lang), [study.unit_name(one.unit) for one in decided], long=True, links=links)


def _figures_of(decision: Decision, study: Study) -> str:
    """The figures of the row before and after, or that they stay."""
    was = _given(decision, study, "was")
    after = _given(decision, study, "becomes") if decision.cells else ""
    return f"{was} → {after}" if after else label("corrections.stay", study.lang, figures=was)


def _authors(study: Study, decided: list[Decision]) -> Markdown:
    """Who decided."""
    names = [in_vietnamese(by, study.lang) for by in dict.fromkeys(one.by for one in decided)]
    return markdown(told("corrections.authors", study.lang, by=listed(names, study.lang)))


def _given(decision: Decision, study: Study, side: str) -> str:
    """The row in words with the cells of a decision as they were, or as they became."""
    rows = study.rows_on(decision.basis)
    own = rows[(rows["unit"] == decision.unit) & (rows["indicator"] == decision.indicator)]
    now = {str(name): str(cell) for name, cell in own.iloc[0].items()} if len(own) else {}
    changed = {column: getattr(change, side) for column, change in decision.cells.items()}
    return given_in_words(study.component(decision.indicator), now | changed, study.lang)


def moved(study: Study) -> HTML | None:
    """Rank and points before and after, of every unit of which either changed; None where neither did of any."""
    lang, table = study.lang, study.corrections.moved
    if table.empty:
        return None
    links = [f"units/{unit}.html" if study.to_indicators else "" for unit in table["unit"]]
    columns = [
        Column(label("table.unit", lang), [study.unit_name(unit) for unit in table["unit"]], long=True, links=links),
        *(_figures(study, table, name) for name in ("rank_before", "rank", "points_before", "points")),
    ]
    return html_table(columns, label("corrections.caption.moved", lang), lang, sample=study.sample)


def _figures(study: Study, table: pd.DataFrame, name: str) -> Column:
    heading = label(f"corrections.table.{'points_after' if name == 'points' else name}", study.lang)
    ranks = name.startswith("rank")
    cells = [rank_text(cell, study.lang) if ranks else number(cell, 2, study.lang) for cell in table[name]]
    return Column(heading, cells, numeric=True)
