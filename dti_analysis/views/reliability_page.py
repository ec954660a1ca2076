"""How far scores can be relied on, and what is still possible while rows are missing: sentences and a table."""

from __future__ import annotations

from typing import Any

import pandas as pd
from IPython.display import HTML, Markdown

from dti_analysis.common.text import label, number, percent, rank_text
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.records.documents import FINAL
from dti_analysis.scores.reliability import GRADES, REASONS
from dti_analysis.studies.study import Study
from dti_analysis.views import year_so_far
from dti_analysis.views.html_table import Column, html_table
from dti_analysis.views.many import few, left_out
from dti_analysis.views.prose import listed, markdown, told
from dti_analysis.views.wording import score_text

NAMED = 6
"""How many open units are named at most, those with the most points open first; of more, one fewer."""


def table(study: Study) -> HTML | None:
    """Grade, reasons and shares of each unit, in the order of the ranking; None where no forms were scored, so that nothing is
    known of how the figures came about."""
    if not study.to_indicators:
        return None
    lang, order = study.lang, {unit: place for place, unit in enumerate(study.ranking["unit"])}
    every = study.standing.reliability.sort_values("unit", key=lambda units: units.map(order), kind="stable")
    told, rows = _told(every), few(study, every)
    found = [name for name in told if (every[name] > 0).any()]
    columns = [
        Column(label("reliability.unit", lang), [study.unit_name(unit) for unit in rows["unit"]], long=True,
               links=[f"units/{unit}.html" for unit in rows["unit"]]),
        Column(label("reliability.grade", lang), list(rows["grade"])),
        Column(label("reliability.in_doubt", lang), [percent(share, 1, lang) for share in rows["in_doubt"]], numeric=True,
               bars=list(rows["in_doubt"])),
        *(Column(label(f"reliability.heading.{name}", lang), [percent(share, 1, lang) for share in rows[name]], numeric=True)
          for name in found),
        Column(label("reliability.reasons", lang), [_reasons(study, codes.split()) for codes in rows["reasons"]], long=True),
    ]  # fmt: skip
    named = {"index": study.index, "year": study.year, "level": study.level_name, "place": study.place}
    limits = dict(zip("abc", (percent(limit, 0, lang) for limit in GRADES.values()), strict=True))
    untold = [name for name in REASONS if name not in told]
    note = label("reliability.note", lang, **limits)
    if untold:
        note = f"{note} {label('reliability.not_told', lang, reasons=_reasons(study, untold))}"
    note = f"{left_out(study, rows, every)} {note}".strip()
    return html_table(columns, label("reliability.caption", lang, **named), lang, sample=study.sample, note=note)


def not_ranked(study: Study) -> Markdown | None:
    """Who is listed but not ranked, by the rule declared for the study; None where none is declared."""
    if not study.least:
        return None
    names = [study.unit_name(unit) for unit in study.not_ranked]
    key = "reliability.not_ranked" if names else "reliability.not_ranked_none"
    return markdown(told(key, study.lang, least=study.least, units=listed(names, study.lang)))


def unit_line(study: Study) -> Markdown | None:
    """The grade of the study's unit and what it rests on, in one sentence; None where no forms were scored."""
    if not study.to_indicators:
        return None
    rows = study.standing.reliability
    own = rows[rows["unit"] == study.unit]
    if own.empty:
        return None
    row, lang = own.to_dict("records")[0], study.lang
    if not row["reasons"]:
        return markdown(told("reliability.line_clear", lang, grade=row["grade"], reasons=_reasons(study, _told(rows))))
    codes, share = row["reasons"].split(), percent(row["in_doubt"], 1, lang)
    said = (
        [
            told("reliability.share", lang, reason=told(f"reliability.{name}", lang), share=percent(row[name], 1, lang))
            for name in codes
        ]
        if len(codes) > 1
        else [told(f"reliability.{codes[0]}", lang)]
    )
    return markdown(told("reliability.line", lang, grade=row["grade"], share=share, reasons=listed(said, lang)))


def bounds_sentences(study: Study) -> Markdown | None:
    """What units can still reach and fall to while their rows are missing or points unknown; None where nothing is open.

    A published figure that nobody has seen is not said to be anything from 0 to the maximum: of it nothing is said.
    """
    if study.provisional or _settled(study):  # the ranking shows the possible ranks, and who has 0 for want of a form
        return None
    rows = study.standing.bounds
    rows = rows[rows["points_low"].notna()]
    opened = _open(study, rows)
    if opened.empty:
        return None
    lang = study.lang
    named = len(opened) if len(opened) <= NAMED else NAMED - 1
    lines = [f"- {_unit(study, row)}" for row in opened.head(named).to_dict("records")]
    if len(opened) > named:
        lines.append(f"- {told('bounds.more', lang, count=len(opened) - named)}")
    others = rows[~rows["unit"].isin(opened["unit"]) & (rows["rank_low"] < rows["rank_high"])]
    moved = ""
    if len(others) == 1:
        moved = told("bounds.one_other", lang, unit=study.unit_name(others["unit"].iloc[0]))
    elif len(others):
        moved = told("bounds.others", lang, count=len(others))
    return markdown(
        told("bounds.open", lang, count=len(opened), n=len(study.units)),
        "\n".join(lines),
        moved,
        told("bounds.conservative", lang) if rows["conservative"].any() else "",
    )


def unit_bounds(study: Study) -> Markdown | None:
    """What the study's unit can still reach and fall to, in one sentence; None where neither points nor rank can move.

    Once the council has decided, a unit without a form is said to have 0 points for it.
    """
    if _settled(study):
        none = study.unit in year_so_far.without_form(study)
        return markdown(told("bounds.unit_decided", study.lang, unit=study.unit_name(study.unit))) if none else None
    rows = study.standing.bounds
    own = rows[(rows["unit"] == study.unit) & rows["points_low"].notna()]
    if own.empty:
        return None
    row = own.to_dict("records")[0]
    if len(_open(study, own)):
        return markdown(_unit(study, row))
    if not row["rank_low"] < row["rank_high"]:
        return None
    ranks = {"best": rank_text(row["rank_low"], study.lang), "worst": rank_text(row["rank_high"], study.lang)}
    return markdown(told("bounds.unit_closed", study.lang, unit=study.unit_name(study.unit), **ranks))


def _open(study: Study, rows: pd.DataFrame) -> pd.DataFrame:
    """The units that have something open themselves, most points first."""
    own = (rows["open_points"] > 0) | ~rows["conservative"]
    opened = rows[own & (rows["points_high"] > rows["points_low"])]
    if study.kind == "published":
        totals = study.verified[study.verified["component"] == TOTAL]
        opened = opened[~opened["unit"].isin(totals.loc[totals["state"] == "unknown", "unit"])]
    return opened.sort_values("open_points", ascending=False, kind="stable")


def _unit(study: Study, row: dict[Any, Any]) -> str:
    lang, share = study.lang, study.framework.measure == "share"
    if row["unit"] in study.waiting and pd.notna(row["rank_low"]):
        best, worst = rank_text(row["rank_low"], lang), rank_text(row["rank_high"], lang)
        return told("awaited.bounds", lang, points=number(row["points_high"], 2, lang), best=best, worst=worst)
    if row["score_low"] <= 0 and row["score_high"] >= 1 and pd.notna(row["rank_low"]):
        return told(
            "council.unit_open" if study.provisional else "bounds.unit_nothing", lang, unit=study.unit_name(row["unit"])
        )
    ends = {
        end: score_text(study, row[f"score_{end}"]) if share else number(row[f"points_{end}"], 2, lang)
        for end in ("low", "high")
    }
    ranked = pd.notna(row["rank_low"])
    ranks = {"best": rank_text(row["rank_low"], lang), "worst": rank_text(row["rank_high"], lang)}
    held = "" if ranked and row["rank_low"] < row["rank_high"] else "_held" if ranked else "_no_rank"
    return told(f"bounds.unit{'_share' if share else ''}{held}", lang, unit=study.unit_name(row["unit"]), **ends, **ranks)


def _settled(study: Study) -> bool:
    """Whether what was not handed in can no longer come: the council has decided, and by the act it earns nothing."""
    decided = study.kind == "received" or study.provenance.state in FINAL
    return decided and not study.provisional and study.framework.ranking.missing == "zero"


def _told(rows: pd.DataFrame) -> list[str]:
    return rows["rests_on"].iloc[0].split() if len(rows) else []


def _reasons(study: Study, codes: list[str]) -> str:
    return listed([told(f"reliability.{name}", study.lang) for name in codes], study.lang)
