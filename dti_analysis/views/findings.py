"""Findings: sentences whose every number is computed."""

from __future__ import annotations

from importlib.metadata import version

import pandas as pd
from IPython.display import Markdown

from dti_analysis.common.exact import of_float
from dti_analysis.common.text import Lang, day, label, number, percent, rank_text
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.scores.movement import counts
from dti_analysis.studies.claims import VERDICTS
from dti_analysis.studies.study import Study
from dti_analysis.views.figures.words import unit_names
from dti_analysis.views.prose import FEW_UNITS, Said, in_vietnamese, listed, markdown, plain, told
from dti_analysis.views.wording import distance_text, score_text
from dti_analysis.views.year_so_far import carried, notes, so_far

_WAYS = ["rose", "held", "fell", "entered", "left"]


def status(study: Study) -> Markdown:
    """What a reader must know before any figure: a fictitious place, the day of the figures, what the index is not."""
    lang, provenance = study.lang, study.provenance
    index_note = study.data.indices.at[study.key.index, f"note_{lang}"]
    said = [
        told("finding.sample", lang, place=study.place) if study.sample else "",
        *notes(study),
        told("status.as_of", lang, day=day(provenance.as_of, lang)) if provenance.as_of else "",
        plain(str(index_note)),
        "" if study.sample else plain(getattr(provenance, f"note_{lang}") or ""),
        plain(str(study.data.places.at[study.key.place, f"note_{lang}"])) if not study.sample else "",
    ]
    return markdown("\n>\n".join(f"> {text}" for text in said if text))


def leader(study: Study) -> Markdown:
    """Who leads and by how much; of a part of the units, whose results have been published."""
    lang, table = study.lang, study.ranking
    if study.partial:
        named = [
            told(
                "finding.published_unit" if row["score"] >= 0 else "finding.published_rank", lang,
                unit=study.unit_name(row["unit"]), rank=rank_text(row["rank"], lang), score=score_text(study, row["score"]),
            )
            for row in table.to_dict("records")
        ]  # fmt: skip
        absent = study.due[~study.due["unit"].isin(table["unit"])]["unit"]
        missing = listed([study.unit_name(unit) for unit in absent], lang) if len(absent) <= FEW_UNITS else ""
        key = "finding.part_named" if missing else "finding.part"
        return markdown(
            told(key, lang, count=len(table), all=len(study.due), level=study.level_name, units=Said("; ".join(named)),
                  missing=missing, rest=len(absent))
        )  # fmt: skip
    unranked = int((table["rank"].isna() & ~table["unit"].isin(study.not_ranked)).sum())  # by a declared rule: said beside it
    table = table[table["rank"].notna()]
    if table.empty:
        return markdown(told("finding.none_ranked", lang))
    sentence = so_far(study, _leaders(study, table))
    return markdown(sentence, told("finding.some_unranked", lang, count=unranked)) if unranked else markdown(sentence)


def _leaders(study: Study, table: pd.DataFrame) -> Said:
    """Who leads the ranked units, and who is last."""
    lang = study.lang
    leaders = [study.unit_name(unit) for unit in table.loc[table["rank"] == table["rank"].min(), "unit"]]
    best, rest = table["score"].max(), table[table["rank"] > table["rank"].min()]["score"]
    shared = {"n": len(table), "level": study.level_name, "best": score_text(study, best)}
    if len(table) == 1:
        return told("council.only_one", lang, unit=leaders[0], best=shared["best"])
    if rest.empty:
        return told("finding.all_equal", lang, unit=leaders[0], **shared)
    second = of_float(best) - of_float(rest.max())
    last = table[table["rank"] == table["rank"].max()]["unit"]
    return told(
        "finding.leader" if len(leaders) == 1 else "finding.leaders_tied",
        lang,
        unit=leaders[0],
        units=listed(leaders, lang),
        gap=distance_text(study, second),
        last=unit_names(study, list(last)),
        last_score=score_text(study, table["score"].min()),
        **shared,
    )


def distribution(study: Study) -> Markdown | None:
    """Median and quartiles, under a heading of their own; None of a part of the units, or of few."""
    if study.partial or len(study.ranking) < FEW_UNITS:
        return None
    q1, median, q3 = (score_text(study, value) for value in study.ranking["score"].quantile([0.25, 0.5, 0.75]))
    heading = f"## {told('heading.distribution', study.lang)}"
    return markdown(heading, told("finding.distribution", study.lang, q1=q1, median=median, q3=q3))


def movement(study: Study) -> Markdown:
    """Who rose, held and fell; what has been published of it; whether points may be compared."""
    lang, before = study.lang, study.year - 1
    said = study.published_movement
    published = ""
    if said:
        total = sum(int(said[way]) for way in ("rose", "held", "fell"))
        key = "finding.movement_published" if total == int(said["ranked"]) else "finding.movement_clash"
        published = told(key, lang, total=total, year=study.year, **{k: said[k] for k in ("rose", "held", "fell", "ranked")})
    if study.movement is None:
        why = {"provisional": "provisional", "part": "part"}.get(study.change.silent, "none")
        return markdown(published, told(f"finding.movement_{why}", lang, before=before))
    totals = study.movement[study.movement["component"] == TOTAL]
    tally = counts(totals)
    parts = [told(f"finding.moved.{way}", lang, count=tally[way]) for way in _WAYS if tally[way]]
    if not parts:
        return markdown(published, told("finding.moved_nobody", lang, before=before))
    moved = told("finding.movement", lang, before=before, n=len(study.ranking), counts=listed(parts, lang))
    most = [_most(study, totals, way) for way in ("rose", "fell")]
    warning = "" if totals["comparable"].all() else told("finding.movement_other_set", lang, year=study.year, before=before)
    return markdown(" ".join([moved, *filter(None, most)]), carried(study), published, warning)


def _most(study: Study, totals: pd.DataFrame, way: str) -> str:
    """Who rose or fell the most."""
    moved = totals[totals["direction"] == way]
    if moved.empty:
        return ""
    change = moved["rank_change"].abs()
    units = [study.unit_name(unit) for unit in moved.loc[change == change.max(), "unit"]]
    if len(units) > 2:
        return ""
    return told(f"finding.most.{way}", study.lang, units=listed(units, study.lang), by=rank_text(change.max(), study.lang))


def appraisal(study: Study) -> Markdown | None:
    """How much the appraisal changed of what units claimed, under a heading of its own; None where they claimed nothing."""
    table = study.appraisal
    heading = f"## {told('heading.appraisal', study.lang)}"
    if table.empty:
        return None
    rows = table[table["level"] == "indicator"]
    totals = table[table["component"] == TOTAL]
    if rows.empty:
        rows = table
    counts = {
        "changed": percent((rows["difference"] != 0).mean(), 0, study.lang),
        "cut": int((rows["difference"] < 0).sum()),
        "raised": int((rows["difference"] > 0).sum()),
    }
    if study.provisional or totals.empty:
        return markdown(heading, told("council.appraisal", study.lang, **counts))
    mean = totals["difference"].mean()
    way = "same" if number(abs(mean), 1, "en") == "0.0" else "lower" if mean < 0 else "higher"
    change = label(f"finding.appraisal.{way}", study.lang, mean=number(abs(mean), 1, study.lang))
    return markdown(heading, told("finding.appraisal", study.lang, mean=change, **counts))


def gap(study: Study) -> Markdown:
    """How much is missing over all units, and where."""
    lang, gaps = study.lang, study.gaps
    totals = gaps[gaps["component"] == TOTAL]
    pillars = gaps[gaps["level"] == "pillar"].groupby("component", sort=False)[["points", "max_points", "gap"]].sum()
    if not totals["max_points"].sum():
        return markdown(told("finding.nothing_applies", lang))
    if not totals["gap"].sum():
        return markdown(told("finding.gap_nothing", lang))
    sentence = told(
        "finding.gap_all", lang, gap=number(totals["gap"].mean(), 1, lang), max=number(totals["max_points"].max(), 0, lang)
    )
    pillars = pillars[pillars["max_points"] > 0]
    if len(pillars) < 2:
        return markdown(sentence)
    scores, missing = (pillars["points"] / pillars["max_points"]).round(12), pillars["gap"].round(9)
    weakest, largest = (list(pillars.index[column == column.agg(way)]) for column, way in ((scores, "min"), (missing, "max")))
    key = "finding.gap_pillar" if weakest == largest and len(weakest) == 1 else "finding.gap_pillars"
    if len(weakest) == len(pillars):  # superlatives are for those that differ
        key = "finding.gap_even" if len(largest) == len(pillars) else "finding.gap_even_largest"
    return markdown(
        sentence,
        told(
            key,
            lang,
            weakest=listed([study.component_name(code) for code in weakest], lang),
            score=percent(scores.min(), 1, lang),
            largest=listed([study.component_name(code) for code in largest], lang),
            share=percent(pillars["gap"][largest].sum() / pillars["gap"].sum(), 0, lang),
        ),
    )


def no_remarks(study: Study) -> Markdown:
    """Said where there is nothing to remark."""
    few = study.verified["unit"].nunique() <= 2  # of so few, equal points are no remark
    return markdown(told("finding.no_remarks_few" if few else "finding.no_remarks", study.lang))


def claims(checked: pd.DataFrame, lang: Lang) -> Markdown:
    """How many published claims agree, disagree and cannot be checked; what readers misread is no fault of its source."""
    misread = (checked["said_by"] == "reader") & (checked["verdict"] == "disagrees")
    verdicts = {verdict: int((checked.loc[~misread, "verdict"] == verdict).sum()) for verdict in VERDICTS}
    aside = told("finding.claims_misread", lang, count=int(misread.sum())) if misread.any() else ""
    return markdown(told("finding.claims", lang, n=len(checked) - int(misread.sum()), **verdicts), aside)


def assumptions(study: Study) -> Markdown:
    """What the framework decides of ranks, missing and inapplicable rows, and the parameters of the page."""
    lang, act, ranking = study.lang, study.framework.reference, study.framework.ranking
    title, issued = in_vietnamese(act.title, lang), day(act.issued, lang)
    inferred = told("assumption.inferred", lang) if act.inferred else ""
    sentences = [
        told("assumption.reference", lang, title=title, number=act.number, issued=issued) + inferred,
        plain(getattr(study.framework, f"note_{lang}") or ""),
        told(f"assumption.by_{ranking.by}", lang, decimals=ranking.decimals),
        told(f"assumption.missing.{ranking.missing}", lang),
        told(f"assumption.not_applicable.{ranking.not_applicable}", lang),
        told("assumption.tiers", lang, low=percent(study.low, 0, lang), high=percent(study.high, 0, lang)),
        told("stamp", lang, version=version("dti-analysis")),
    ]
    return markdown("\n".join(f"- {sentence}" for sentence in sentences if sentence))


def stamp(lang: Lang) -> Markdown:
    """What a page was computed with."""
    return markdown(told("stamp", lang, version=version("dti-analysis")))
