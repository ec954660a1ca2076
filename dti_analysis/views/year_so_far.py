"""How far a year has come: what is provisional and why, who is waited for, who is not ranked, which units carry on others."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dti_analysis.common.text import day, label, rank_text
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.scores.provisional import answered
from dti_analysis.studies.study import Study
from dti_analysis.views.html_table import Column
from dti_analysis.views.prose import FEW_UNITS, Said, listed, told


def notes(study: Study) -> list[Said]:
    """Sentences that stand above every figure: how far the council is, who has no form, who is not ranked."""
    lang = study.lang
    said = []
    if study.provisional:
        done = appraised(study)
        all_ = sum(every for _, every in done.values())
        counts = {"forms": len(study.units), "due": len(study.due), "done": sum(one for one, _ in done.values()), "all": all_}
        key = study.state if counts["done"] < all_ or study.state == "collecting" else "appraised_all"
        said.append(told(f"council.{key}", lang, **counts))
    elif study.state == "decided":
        said.append(told("council.decided", lang))
    if study.waiting:
        said.append(told("council.waiting", lang, units=_named(study, study.waiting)))
    elif left_out := without_form(study):
        said.append(told("council.no_form", lang, units=_named(study, left_out)))
    if study.not_due:
        said.append(told("council.not_due", lang, day=day(study.day_due, lang), units=_named(study, study.not_due)))
    return said


def so_far(study: Study, sentence: str) -> str:
    """A sentence, said to be provisional while the council has not decided."""
    return told("council.so_far", study.lang, sentence=Said(sentence)) if study.provisional and sentence else sentence


def title(study: Study, text: str) -> str:
    """The title of a page, said to be provisional while the council has not decided."""
    return label("council.title", study.lang, title=text) if study.provisional else text


def carried(study: Study, unit: str = "") -> str:
    """Which units carry on others, and that last year's ranks are worked out anew for it; empty where none was merged."""
    if study.before is None or not study.carried:
        return ""
    lang, year = study.lang, study.before.year
    shown = {unit: study.carried[unit]} if unit in study.carried else {} if unit else study.carried
    if len(shown) <= FEW_UNITS:
        said = []
        for after, own in shown.items():
            key = "carried" if len(own) > 1 else "one_before"
            units = listed([study.unit_name(each) for each in own], lang)
            said.append(told(f"council.{key}", lang, unit=study.unit_name(after), count=len(own), units=units, before=year))
    else:
        said = [told("council.carried_many", lang, count=len(shown), before=year)]
    return " ".join([*said, told("council.ranked_anew", lang, before=year)])


def without_form(study: Study) -> list[str]:
    """The units that have 0 points because they handed in nothing, once the year is decided."""
    if study.provisional:
        return []
    totals = study.verified[study.verified["component"] == TOTAL]
    return list(totals.loc[totals["state"] == "missing", "unit"])


def appraised(study: Study) -> dict[str, tuple[int, int]]:
    """Of each unit, how many of its answers the council has appraised, and of how many."""
    below = [leaf.code for leaf in study.framework.leaves if leaf.rule_name == "roll_up"]
    rows = study.filed[~study.filed["indicator"].isin(below)]  # what comes from the units below is nobody's answer
    claims = rows[(rows["basis"] == "self") & answered(rows)] if "basis" in rows else rows.iloc[:0]
    left = study.unappraised[~study.unappraised["indicator"].isin(below)]
    every, open_ = (table["unit"].value_counts().to_dict() for table in (claims, left))
    return {unit: (every.get(unit, 0) - open_.get(unit, 0), every.get(unit, 0)) for unit in study.units["unit"]}


def with_waiting(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """A table of units, with a row, without figures, for each that is waited for; its state is `waiting`."""
    if not study.waiting:
        return table
    due = study.due[study.due["unit"].isin(study.waiting)]
    rows = pd.DataFrame({"unit": due["unit"], "group": due["group"], "state": "waiting"})
    return pd.concat([table, rows], ignore_index=True)


def columns(study: Study, units: Sequence[str]) -> list[Column]:
    """Beside each unit: the ranks that are still possible, and how many of its answers are appraised; none once decided."""
    if not study.provisional:
        return []
    lang, ends, done = study.lang, _ends(study), appraised(study)
    possible = [_from_to(*ends[unit], study) for unit in units]
    counted = [label("council.of", lang, done=done[u][0], all=done[u][1]) if u in done else "–" for u in units]
    return [
        Column(label("council.possible", lang), possible, numeric=True),
        Column(label("council.done", lang), counted, numeric=True),
    ]


def possible(study: Study) -> str:
    """The ranks that the study's unit may still have."""
    return _from_to(*_ends(study)[study.unit], study)


def _ends(study: Study) -> dict[str, tuple[float, float]]:
    bounds = study.standing.bounds
    return dict(zip(bounds["unit"], zip(bounds["rank_low"], bounds["rank_high"], strict=True), strict=True))


def _from_to(low: float, high: float, study: Study) -> str:
    if pd.isna(low):
        return "–"
    ends = {"low": rank_text(low, study.lang), "high": rank_text(high, study.lang)}
    return ends["low"] if low == high else label("council.from_to", study.lang, **ends)


def _named(study: Study, units: Sequence[str]) -> Said:
    return listed([study.unit_name(unit) for unit in units], study.lang)
