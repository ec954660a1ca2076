"""What changed for one unit, in sentences: its rank and why it moved, its score, what the appraisal took of its claim."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dti_analysis.common.exact import ZERO, of_float
from dti_analysis.common.text import label, listing, number, rank_text
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.scores.core import OWN
from dti_analysis.scores.rank_explained import PARTS
from dti_analysis.scores.reasons import REASONS
from dti_analysis.studies.study import Study
from dti_analysis.views.change_words import amount, figure, kinds_there, mean, scale_of, steps
from dti_analysis.views.year_so_far import carried

NAMED = 3
"""Up to how many units that passed, or were passed, are named; more are counted."""


def unit_brief(study: Study) -> list[str]:
    """Short sentences on the study's unit: its rank and why it moved, who passed it, its score, what appraisal took and why."""
    said = [*_rank_sentences(study), carried(study, study.unit) if study.unit in study.carried else "", _score_sentence(study)]
    return [sentence for sentence in [*said, claimed(study)] if sentence]


def claimed(study: Study) -> str:
    """Claimed and appraised points of the study's unit, or their mean, with the main reason; empty where nobody claimed any."""
    lang, totals, table = study.lang, study.appraisal[study.appraisal["component"] == TOTAL], study.change.reasons
    if study.unit:
        totals, table = totals[totals["unit"] == study.unit], table[table["unit"] == study.unit]
    if totals.empty:
        return ""
    own, verified = (mean(map(of_float, totals[basis])) for basis in ("self", "verified"))
    lost = {reason: sum(part["lost"], ZERO) / len(totals) for reason, part in table.groupby("reason", sort=False)}
    cut, gained = sum(lost.values(), ZERO), sum(table["gained"], ZERO) / len(totals)
    main = max(REASONS, key=lambda reason: lost.get(reason, ZERO))
    key = ("cut_gained" if gained else "cut") if cut else "raised" if gained else "same"
    shown = {"own": own, "verified": verified, "lost": cut, "gained": gained, "part": lost.get(main, ZERO)}
    values = {name: number(value, 2, lang) for name, value in shown.items()}
    sentence = label(f"change.claimed.{key}", lang, why=label(f"change.why.{main}", lang), **values)
    return sentence if study.unit else label("change.claimed.mean", lang, n=len(totals), sentence=_lower(sentence))


def _rank_sentences(study: Study) -> list[str]:
    lang, before = study.lang, study.before
    if study.change.ranks is None or before is None:
        return [label(f"change.silent.{study.change.silent}", lang)]
    own = study.change.ranks[study.change.ranks["unit"] == study.unit]
    if own.empty:
        return []
    row = own.to_dict("records")[0]
    named = {"rank": rank_text(row["to_rank"], lang), "before": before.year}
    if row["status"] != "ranked":
        return [label(f"change.brief.{row['status']}", lang, **named)]
    by = row["rank_change"]
    parts = listing([_part(study, part, row[part]) for part in PARTS if not pd.isna(row[part]) and row[part]], lang)
    if pd.isna(row["own"]):
        parts = label("change.part.untold", lang)
    way = "rose" if by > 0 else "fell" if by < 0 else "held_parts" if parts else "held"
    sentences = [label(f"change.brief.{way}", lang, by=rank_text(abs(by), lang), parts=parts, **named)]
    for way in ("passed_by", "passed"):
        if said := names(study, study.unit, way, with_change=True):
            sentences.append(label(f"change.brief.{way}", lang, units=said))
    if study.ranking.set_index("unit").at[study.unit, "state"] == "missing":
        sentences.append(label("change.brief.no_form", lang, year=study.year))
    return sentences


def _score_sentence(study: Study) -> str:
    lang, kinds, table = study.lang, kinds_there(study), study.change.kinds
    if table is None or study.change.ranks is None or study.unit not in table.index or not any(kind in OWN for kind in kinds):
        return ""
    scale, row = scale_of(study), study.change.ranks.set_index("unit").loc[study.unit]
    shown = steps(scale, row["score_before"], [table.at[study.unit, kind] for kind in kinds])
    old, now = scale.shown(row["score_before"]), scale.shown(row["score_after"])
    parts = [
        f"{_lower(label(f'change.kind.{kind}', lang))} {figure(study, scale, part, sign=True)}"
        for kind, part in zip(kinds, shown, strict=True)
        if part
    ]
    if len(parts) < 2:
        return ""
    values = {"old": figure(study, scale, old), "now": figure(study, scale, now), "parts": "; ".join(parts)}
    return label("change.brief.score", lang, change=amount(study, scale, now - old, sign=True), **values)


def passed_of(study: Study, unit: str) -> pd.DataFrame | None:
    """Whom a unit passed and who passed it; None where it is not ranked in both years."""
    table = study.change.ranks
    if table is None or unit not in set(table.loc[table["status"] == "ranked", "unit"]):
        return None
    return study.change.passed(unit)


def names(study: Study, unit: str, way: str, with_change: bool = False) -> str:
    """The units that a unit passed, or that passed it: a few by name, more by number."""
    table, scale = passed_of(study, unit), scale_of(study)
    if table is None:
        return ""
    rows = table[table["way"] == way]
    named = []
    for row in rows.head(NAMED).itertuples():
        name = study.unit_name(str(row.unit))
        if with_change and row.score_change is not None:
            change = amount(study, scale, scale.shown(row.score_change), sign=True)
            name = label("change.brief.unit", study.lang, unit=name, change=change)
        named.append(name)
    if len(rows) > NAMED:
        named.append(label("change.more", study.lang, count=len(rows) - NAMED))
    return listing(named, study.lang)


def _part(study: Study, part: str, by: float) -> str:
    key = part if part != "others" else "others_up" if by > 0 else "others_down"
    return label(f"change.part.{key}", study.lang, by=places(by, study))


def places(by: Any, study: Study) -> str:
    """So many places up or down, with a half where there is one; nothing where nothing is known."""
    if pd.isna(by):
        return ""
    exact = of_float(by)
    return number(exact, 0 if exact.denominator == 1 else 1 if (2 * exact).denominator == 1 else 2, study.lang, sign=True)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
