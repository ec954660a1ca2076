"""What readers see of why ranks moved: of all units, and the sentences and tables of one."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
from IPython.display import HTML, Markdown

from dti_analysis.common.exact import ZERO, Rational
from dti_analysis.common.text import label, listing, number, percent, rank_text
from dti_analysis.scores.core import OWN
from dti_analysis.scores.rank_explained import PARTS
from dti_analysis.scores.reasons import REASONS
from dti_analysis.studies.study import Study
from dti_analysis.views.change_brief import claimed, names, passed_of, places, unit_brief
from dti_analysis.views.change_words import figure, kinds_there, scale_of, steps
from dti_analysis.views.figures.words import MOST_UNITS
from dti_analysis.views.html_table import Column, html_table
from dti_analysis.views.many import few, left_out, nearest
from dti_analysis.views.prose import markdown
from dti_analysis.views.year_so_far import carried

__all__ = ["appraised", "passed", "ranks", "reasons", "scores", "summary", "unit_brief"]
_CAME_AND_WENT = ["entered", "left", "merged"]


def summary(study: Study) -> Markdown:
    """How many moved and mainly why, and what the two years are compared on; or why nothing can be said."""
    lang, change = study.lang, study.change
    if change.ranks is None or change.core is None or study.before is None:
        return markdown(label(f"change.silent.{change.silent}", lang))
    years = {"before": study.before.year, "year": study.year}
    table = change.ranks[change.ranks["status"] == "ranked"]
    moved = table[table["rank_change"] != 0]
    known = sum(score is not None for score in table["core_after"])
    if known == 0:
        return markdown(label("change.no_core", lang, **years))
    reasons = Counter(map(_main, moved.to_dict("records")))
    said = [
        label(f"change.mainly.{reason}", lang, count=reasons[reason])
        for reason in ("own", "others", "came_and_went", "criteria_set", "several")
        if reasons[reason]
    ]
    key = "change.summary" if len(moved) else "change.summary_held"
    sentences = [label(key, lang, n=len(table), moved=len(moved), reasons=listing(said, lang), **years)]
    sentences.append(carried(study))
    if change.same_set:
        return markdown(*sentences, label("change.same_set", lang))
    shares = {
        name: _span(study, held) for name, held in (("share", change.core.share), ("share_before", change.core.share_before))
    }
    sentences.append(label("change.core", lang, **shares, **years))
    if change.reach:
        sentences.append(label("change.reach", lang, reach=percent(float(change.reach), 1, lang), **years))
    if known < len(table):
        sentences.append(label("change.no_core_some", lang, count=len(table) - known))
    return markdown(*sentences)


def ranks(study: Study) -> HTML | None:
    """One row per unit: ranks of both years and what the change is made of; None where there is nothing to compare."""
    every, lang, before = study.change.ranks, study.lang, study.before
    if every is None or before is None:
        return None
    table, named_all = few(study, every), len(every) <= MOST_UNITS
    shown = [part for part in PARTS if part in ("own", "others") or every[part].fillna(0).ne(0).any()]
    told = table[["own", "others"]].notna().all(axis=1)
    shown = [part for part in shown if table.loc[told, part].notna().any()]
    links = [f"units/{unit}.html" if study.to_indicators and held else "" for unit, held in _now(table)]
    columns = [
        _rank_column(study, study.year, table["to_rank"]),
        Column(label("table.unit", lang), [study.unit_name(unit) for unit in table["unit"]], long=True, links=links),
        _rank_column(study, before.year, table["from_rank"]),
        Column(label("table.change", lang), [_moved(study, row) for row in table.to_dict("records")], numeric=True),
    ]
    for part in shown:
        cells = [places(by, study) for by in table[part].where(told)]
        columns.append(Column(label(f"change.table.{part}", lang), cells, numeric=True))
    if named_all:
        for way in ("passed", "passed_by"):
            cells = [names(study, unit, way) if held else "" for unit, held in _both(table)]
            columns.append(Column(label(f"change.table.{way}", lang), cells, long=True))
    named = {"before": before.year, "year": study.year, "level": study.level_name, "place": study.place}
    notes = [left_out(study, table, every)] if len(table) < len(every) else []
    notes += [label("change.note.ranks", lang)] if "own" in shown else []
    notes += [label("change.note.sum_apart", lang)] if "own" in shown and not study.change.same_set else []
    caption = label("change.caption.ranks", lang, **named)
    strong = [unit == study.unit for unit in table["unit"]]
    return html_table(columns, caption, lang, sample=study.sample, note=" ".join(notes), strong=strong)


def scores(study: Study) -> HTML | None:
    """One row per unit: the score of both years and what its change is made of, so that what is shown adds up."""
    kinds, lang, before, ranked = kinds_there(study), study.lang, study.before, study.change.ranks
    if study.change.kinds is None or ranked is None or before is None or not any(kind in OWN for kind in kinds):
        return None
    scale = scale_of(study)
    every = ranked[ranked["status"] == "ranked"]
    table = few(study, every)
    known = zip(table["unit"], table["score_before"], strict=True)
    parts = [steps(scale, start, [study.change.kinds.at[unit, kind] for kind in kinds]) for unit, start in known]
    columns = [
        Column(label("table.unit", lang), [study.unit_name(unit) for unit in table["unit"]], long=True),
        Column(label("change.table.score", lang, year=before.year),
               [figure(study, scale, scale.shown(score)) for score in table["score_before"]], numeric=True),
        *(Column(label(f"change.kind.{kind}", lang), [figure(study, scale, row[at], sign=True) for row in parts], numeric=True)
          for at, kind in enumerate(kinds)),
        Column(label("change.table.score", lang, year=study.year),
               [figure(study, scale, scale.shown(score)) for score in table["score_after"]], numeric=True),
    ]  # fmt: skip
    named = {"before": before.year, "year": study.year, "level": study.level_name, "place": study.place}
    caption = label("change.caption.scores", lang, measure=label(f"change.measure.{scale.measure}", lang), **named)
    note = " ".join(filter(None, [left_out(study, table, every), _converted(study)]))
    return html_table(columns, caption, lang, sample=study.sample, note=note)


def passed(study: Study) -> HTML | None:
    """Whom the study's unit passed and who passed it, with ranks and change; None where nobody, or there is no year before."""
    lang, before, scale = study.lang, study.before, scale_of(study)
    every = passed_of(study, study.unit)
    if every is None or every.empty or before is None:
        return None
    table = nearest(study, every)
    ways = [
        label("change.way.passed_level" if way == "passed" and level else f"change.way.{way}", lang)
        for way, level in zip(table["way"], table["level"], strict=True)
    ]
    moved = [
        "–" if change is None else figure(study, scale, scale.shown(change), sign=True) for change in table["score_change"]
    ]
    columns = [
        Column(label("table.unit", lang), [study.unit_name(unit) for unit in table["unit"]], long=True),
        Column(label("change.table.way", lang), ways),
        _rank_column(study, before.year, table["from_rank"]),
        _rank_column(study, study.year, table["to_rank"]),
        Column(label("change.table.score_change", lang), moved, numeric=True),
    ]
    caption = label("change.caption.passed", lang, unit=study.unit_name(study.unit), before=before.year, year=study.year)
    counts = {"shown": number(len(table), 0, lang), "count": number(len(every), 0, lang)}
    notes = [label("many.nearest", lang, **counts)] if len(table) < len(every) else []
    note = " ".join([*notes, *([] if study.change.same_set else [label("change.note.core_points", lang)])])
    return html_table(columns, caption, lang, sample=study.sample, note=note)


def reasons(study: Study) -> HTML | None:
    """From claimed to appraised by reason, of the study's unit or summed over all; None where nobody claimed anything."""
    lang, table = study.lang, study.change.reasons
    table = table[table["unit"] == study.unit] if study.unit else table
    if table.empty:
        return None
    there = [reason for reason in REASONS if (table["reason"] == reason).any()]
    rows = [table[table["reason"] == reason] for reason in there] + [table]
    lost, gained, both = ([sum(own[name], ZERO) for own in rows] for name in ("lost", "gained", "difference"))
    columns = [
        Column(label("change.table.reason", lang),
               [*(label(f"change.reason.{reason}", lang) for reason in there), label("change.table.sum", lang)], long=True),
        Column(label("change.table.criteria", lang), [number(own["criteria"].sum(), 0, lang) for own in rows], numeric=True),
        Column(label("change.table.lost", lang), [number(-part, 2, lang) for part in lost], numeric=True),
        Column(label("change.table.gained", lang), [number(part, 2, lang, sign=True) for part in gained], numeric=True),
        Column(label("change.table.difference", lang), [number(part, 2, lang, sign=True) for part in both], numeric=True),
    ]  # fmt: skip
    who = study.unit_name(study.unit) if study.unit else f"{study.level_name}, {study.place}"
    caption = label("change.caption.reasons", lang, year=study.year, who=who)
    return html_table(columns, caption, lang, sample=study.sample, strong=[*([False] * len(there)), True])


def appraised(study: Study) -> Markdown:
    """What the appraisal took of the mean claim, and mainly why; or that nobody claimed anything."""
    return markdown(claimed(study) or label("change.claimed.nothing", study.lang))


def _main(row: dict[Any, Any]) -> str:
    """What moved a unit most: the largest part of the same direction; `several` where two are alike."""
    sums = {part: 0.0 if pd.isna(row[part]) else row[part] for part in PARTS}
    parts = {name: sums[name] for name in ("own", "others", "criteria_set")}
    parts["came_and_went"] = sum(sums[name] for name in _CAME_AND_WENT)
    along = {name: part * row["rank_change"] for name, part in parts.items()}
    most = max(along.values())
    found = [name for name, part in along.items() if part == most]
    return found[0] if len(found) == 1 else "several"


def _moved(study: Study, row: dict[Any, Any]) -> str:
    if row["status"] == "ranked":
        return places(row["rank_change"], study)
    return label(f"change.{row['status']}", study.lang)


def _now(table: pd.DataFrame) -> list[tuple[str, bool]]:
    return list(zip(table["unit"], table["to_rank"].notna(), strict=True))


def _both(table: pd.DataFrame) -> list[tuple[str, bool]]:
    return list(zip(table["unit"], table["status"] == "ranked", strict=True))


def _span(study: Study, shares: Any) -> str:
    held: list[Rational] = [share for share in shares if share is not None]
    words = list(dict.fromkeys(percent(float(share), 1, study.lang) for share in (min(held), max(held))))
    return "–".join(words)


def _converted(study: Study) -> str:
    other = study.before is not None and study.before.framework.max_points != study.framework.max_points
    if study.before is None or not other or scale_of(study).measure != "points":
        return ""
    return label("change.note.converted", study.lang, before=study.before.year)


def _rank_column(study: Study, year: int, ranks: pd.Series) -> Column:
    heading = label("change.table.rank", study.lang, year=year)
    return Column(heading, [rank_text(rank, study.lang) for rank in ranks], numeric=True)
