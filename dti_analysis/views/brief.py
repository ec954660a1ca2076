"""The brief of one unit: where it stands and what moves it, on one screen and on one sheet of paper."""

from __future__ import annotations

from html import escape
from typing import Any, NamedTuple

import pandas as pd
from IPython.display import HTML, Markdown

from dti_analysis.common.exact import of_float, rounded, to_rational
from dti_analysis.common.text import label, number, percent, rank_text
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.scores.gaps import TIERS
from dti_analysis.studies.study import Study
from dti_analysis.views import awaited_page, change_page, firmness_page, plan_page, reliability_page, year_so_far
from dti_analysis.views import figures as figures_
from dti_analysis.views.prose import listed, markdown, told


class Figure(NamedTuple):
    """One figure of the brief: its heading, the figure itself, and what it is set against."""

    heading: str
    value: str
    note: str


def figures(study: Study) -> HTML:
    """The unit's rank, points, what appraisal changed and the next place, as a row of figures."""
    if study.awaited:
        return awaited_page.brief(study)
    own = _own(study)
    unranked = pd.isna(own["rank"]) or pd.isna(own["score"])  # nothing applies to it, or nothing is known
    if own["state"] == "missing" or unranked:
        key = "brief.unranked" if unranked else "brief.missing"
        text = label(key, study.lang, unit=study.unit_name(study.unit))
        return HTML(f'<p class="dti-note"><strong>{escape(text)}</strong></p>')
    found = [_rank(study, own), _points(study, own), _appraised(study), _next_place(study)]
    tiles = "".join(
        f"<div><dt>{escape(tile.heading)}</dt><dd><b>{escape(tile.value)}</b> <span>{escape(tile.note)}</span></dd></div>"
        for tile in found
        if tile
    )
    return HTML(f'<dl class="dti-brief">{tiles}</dl>')


def why(study: Study) -> HTML | None:
    """Why the rank is what it is, in sentences, each kind under its heading; None where nothing can be said."""
    if study.awaited:
        return None
    said = {"why": change_page.unit_brief(study), "firm": firmness_page.unit_brief(study)}
    rows = [
        f"<dt>{escape(label(f'brief.{key}', study.lang))}</dt><dd>{''.join(f'<p>{escape(text)}</p>' for text in texts)}</dd>"
        for key, texts in said.items()
        if texts
    ]
    return HTML(f'<dl class="dti-why">{"".join(rows)}</dl>') if rows else None


def standing(study: Study) -> list[object]:
    """How far the unit's score can be relied on, and what is still possible while rows are missing, as sentences.

    To be shown by `show(*brief.standing(study))`.
    """
    if not study.to_indicators:
        return []
    said = (reliability_page.unit_line(study), reliability_page.unit_bounds(study))
    return [sentence for sentence in said if sentence is not None]


def change_section(study: Study) -> list[object]:
    """What the score and the rank changed by, drawn and listed, under a heading; nothing where there is nothing to compare.

    To be shown by `show(*brief.change_section(study))`. What the appraisal changed is listed, not drawn as well: the page of
    all units draws it, and a site of many units has to stay small.
    """
    if study.awaited:
        return []
    parts = (figures_.waterfall(study), change_page.passed(study), change_page.reasons(study))
    shown = [part for part in parts if part is not None]
    return [markdown(f"## {told('brief.change_heading', study.lang)}"), *shown] if shown else []


def tiers(study: Study) -> Markdown | None:
    """In how many criteria the study's unit stands where, each in exactly one tier; None where it handed in nothing."""
    if study.awaited or _own(study)["state"] == "missing":
        return None
    lang = study.lang
    mine = study.gaps[(study.gaps["unit"] == study.unit) & study.gaps["finest"]]
    shares = {"low": percent(study.low, 0, lang), "high": percent(study.high, 0, lang)}
    parts = [
        told(f"finding.tier.{tier}", lang, count=int((mine["tier"] == tier).sum()), **shares)
        for tier in TIERS
        if (mine["tier"] == tier).any()
    ]
    key = "finding.tiers" if (mine["level"] == "indicator").all() else "finding.tiers_above"
    return markdown(told(key, lang, n=len(mine), parts=listed(parts, lang))) if parts else None


def _own(study: Study) -> dict[Any, Any]:
    table = study.ranking
    return table[table["unit"] == study.unit].to_dict("records")[0]


def _rank(study: Study, own: dict[Any, Any]) -> Figure:
    lang = study.lang
    value = f"{rank_text(own['rank'], lang)}/{len(study.ranking)}"
    if study.provisional:
        note = f"{label('council.possible', lang)}: {year_so_far.possible(study)}"
        return Figure(label("council.rank", lang), value, note)
    return Figure(label("brief.rank", lang), value, changed(study, study.unit))


def changed(study: Study, unit: str) -> str:
    """How a unit's rank compares with the year before; empty where there is nothing to compare."""
    if study.movement is None:
        return ""
    moved = study.movement[(study.movement["component"] == TOTAL) & (study.movement["unit"] == unit)]
    if moved.empty:
        return ""
    row = moved.to_dict("records")[0]
    by = "" if pd.isna(row["rank_change"]) else rank_text(abs(row["rank_change"]), study.lang)
    ranks = {"before": row["from_year"], "rank": rank_text(row["from_rank"], study.lang)}
    return label(f"brief.{row['direction']}", study.lang, by=by, **ranks)


def _points(study: Study, own: dict[Any, Any]) -> Figure:
    """The points missing are the maximum less the points shown, so that the two shown add up to it."""
    lang, points = study.lang, rounded(of_float(own["points"]), 2)
    gap = of_float(own["max_points"]) - to_rational(str(points))
    share = percent(own["score"], study.framework.ranking.decimals, lang)
    value = f"{number(own['points'], 2, lang)}/{number(own['max_points'], 0, lang)}"
    return Figure(label("brief.points", lang), value, label("brief.short", lang, share=share, gap=number(gap, 2, lang)))


def _appraised(study: Study) -> Figure | None:
    table, lang = study.appraisal[study.appraisal["unit"] == study.unit], study.lang
    total = table[table["component"] == TOTAL]
    if total.empty:
        return None
    row, rows = total.to_dict("records")[0], table[table["level"] == "indicator"]
    cut, raised = int((rows["difference"] < 0).sum()), int((rows["difference"] > 0).sum())
    note = label("brief.difference", lang, difference=number(row["difference"], 2, lang, sign=True), cut=cut, raised=raised)
    value = f"{number(row['self'], 2, lang)} → {number(row['verified'], 2, lang)}"
    return Figure(label("brief.appraised", lang), value, note)


def _next_place(study: Study) -> Figure | None:
    """How far it is to the next better place; None at the top, and where ranks after a change cannot be told."""
    found = study.outlook.next_place(study.unit) if plan_page.ranked(study) else None
    if found is None:
        return None
    lang = study.lang
    value = label("brief.more_points", lang, points=number(found.missing, 2, lang, sign=True))
    named = {"unit": study.unit_name(found.unit), "rank": rank_text(found.rank, lang)}
    return Figure(label("brief.next_place", lang), value, label("brief.equals", lang, **named))
