"""Findings: sentences whose every number is computed."""

from __future__ import annotations

from importlib.metadata import version

import pandas as pd
from IPython.display import Markdown

from dti_analysis.common.text import Lang, day, label, listing, number, percent
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.scores.gaps import TIERS, leaf_level, pareto
from dti_analysis.scores.movement import counts
from dti_analysis.studies.claims import VERDICTS
from dti_analysis.studies.commune import Commune
from dti_analysis.studies.study import Study

TOP = 5
"""How many of the largest gaps the gap finding adds up."""


def _markdown(*sentences: str) -> Markdown:
    return Markdown("\n\n".join(sentence for sentence in sentences if sentence))


def status(study: Study) -> Markdown:
    """Whether the page rests on published or synthetic data, and what its framework leaves unknown."""
    kind = "synthetic" if study.synthetic else "published"
    notes = [getattr(study.provenance, f"note_{study.lang}"), getattr(study.framework, f"note_{study.lang}")]
    return _markdown(*(f"> {text}" for text in [label(f"status.{kind}_block", study.lang), *notes] if text))


def leader(study: Study) -> Markdown:
    """Who leads, with how much, and how far it is to the last."""
    lang, decimals, table = study.lang, study.framework.ranking.decimals, study.ranking
    best, last = table["score"].max(), table["score"].min()
    leaders = [study.unit_name(unit) for unit in table.loc[table["rank"] == table["rank"].min(), "unit"]]
    key = "finding.leader" if len(leaders) == 1 else "finding.leaders_tied"
    return _markdown(
        label(
            key,
            lang,
            unit=leaders[0],
            units=listing(leaders, lang),
            n=len(table),
            level=label(f"level.{study.level}", lang),
            best=percent(best, decimals, lang),
            last=percent(last, decimals, lang),
            spread=number(100 * (best - last), decimals, lang),
        )
    )


def distribution(study: Study) -> Markdown:
    """Median and quartiles of the completion."""
    q1, median, q3 = (percent(value, 1, study.lang) for value in study.ranking["score"].quantile([0.25, 0.5, 0.75]))
    return _markdown(label("finding.distribution", study.lang, q1=q1, median=median, q3=q3))


def movement(study: Study) -> Markdown:
    """Who rose, held and fell, adding up to those ranked; and whether points may be compared."""
    lang, before = study.lang, study.year - 1
    if study.movement is None:
        return _markdown(label("finding.movement_none", lang, before=before))
    totals = study.movement[study.movement["component"] == TOTAL]
    sentence = label("finding.movement", lang, before=before, n=len(study.ranking), **counts(totals))
    warning = label("finding.movement_other_set", lang, year=study.year, before=before)
    return _markdown(sentence, "" if totals["comparable"].all() else warning)


def appraisal(study: Study) -> Markdown:
    """How much the appraisal changed of what units claimed."""
    table = study.appraisal
    if table.empty:
        return _markdown(label("finding.appraisal_none", study.lang))
    rows = table[table["level"] == leaf_level(table)]
    totals = table[table["component"] == TOTAL]
    return _markdown(
        label(
            "finding.appraisal",
            study.lang,
            changed=percent((rows["difference"] != 0).mean(), 0, study.lang),
            cut=int((rows["difference"] < 0).sum()),
            raised=int((rows["difference"] > 0).sum()),
            mean=number(totals["difference"].mean(), 1, study.lang, sign=True),
        )
    )


def published(study: Study) -> Markdown:
    """How much has been published of the year and level."""
    figures = int((study.published["figure"] != "").sum())
    key = "finding.published_none" if study.published.empty else "finding.published"
    return _markdown(label(key, study.lang, ranks=len(study.published), figures=figures))


def gap(study: Study) -> Markdown:
    """How much is missing and where: of the study's unit, or of all of them on average."""
    return _gap_of_unit(study) if study.unit else _gap_of_all(study)


def _gap_of_unit(study: Study) -> Markdown:
    lang, decimals = study.lang, study.framework.ranking.decimals
    total = study.ranking.set_index("unit").loc[study.unit]
    gaps = study.gaps[study.gaps["unit"] == study.unit]
    largest = pareto(gaps, leaf_level(gaps)).head(TOP)
    sentence = label(
        "finding.gap_unit",
        lang,
        unit=study.unit_name(study.unit),
        rank=f"{total['rank']:g}",
        n=len(study.ranking),
        points=number(total["points"], decimals, lang),
        max=number(total["max_points"], 0, lang),
        gap=number(gaps.loc[gaps["component"] == TOTAL, "gap"].iloc[0], decimals, lang),
        k=len(largest),
        share=percent(largest["cumulative_share"].iloc[-1], 0, lang),
    )
    leaves = gaps[gaps["level"] == leaf_level(gaps)]
    tiers = {tier: int((leaves["tier"] == tier).sum()) for tier in TIERS}
    asks = label("finding.asks", lang, **tiers, threshold=percent(study.low, 0, lang), high=int(leaves["high"].sum()))
    return _markdown(sentence, asks)


def _gap_of_all(study: Study) -> Markdown:
    lang = study.lang
    gaps = study.gaps
    pillars = gaps[gaps["level"] == "pillar"].groupby("component", sort=False)["gap"].sum()
    totals = gaps[gaps["component"] == TOTAL]
    return _markdown(
        label(
            "finding.gap_all",
            lang,
            gap=number(totals["gap"].mean(), 1, lang),
            max=number(totals["max_points"].max(), 0, lang),
            pillar=study.component_name(str(pillars.idxmax())),
            share=percent(pillars.max() / pillars.sum(), 0, lang),
        )
    )


def facts(commune: Commune) -> Markdown:
    """How much is known of a commune and how old it is."""
    table = commune.facts
    return _markdown(
        label(
            "finding.facts",
            commune.lang,
            n=len(table),
            unit=commune.name,
            latest=day(table["as_of"].max(), commune.lang),
            stale=int((table["stale"] == "yes").sum()),
        )
    )


def coverage(commune: Commune) -> Markdown:
    """How many of the reference criteria the facts touch."""
    covered, all_ = int(commune.coverage["known"].sum()), int(commune.coverage["indicators"].sum())
    return _markdown(label("finding.coverage", commune.lang, covered=covered, all=all_, missing=all_ - covered))


def recognition(commune: Commune) -> Markdown:
    """The pass rule for communes, and that it cannot be decided."""
    shares = commune.recognition_rules.set_index("level")
    return _markdown(
        label(
            "finding.recognition",
            commune.lang,
            mandatory=percent(shares["mandatory_share"]["commune"], 0, commune.lang),
            extended=percent(shares["extended_share"]["commune"], 0, commune.lang),
            unit=commune.name,
        )
    )


def claims(checked: pd.DataFrame, lang: Lang) -> Markdown:
    """How many published claims agree, disagree and cannot be checked."""
    verdicts = {verdict: int((checked["verdict"] == verdict).sum()) for verdict in VERDICTS}
    return _markdown(label("finding.claims", lang, n=len(checked), **verdicts))


def assumptions(study: Study) -> Markdown:
    """What the framework decides of ranks, missing and inapplicable rows, and the parameters of the page."""
    lang, act, ranking = study.lang, study.framework.reference, study.framework.ranking
    sentences = [
        label("assumption.reference", lang, title=act.title, number=act.number, issued=day(act.issued, lang)),
        label(f"assumption.by_{ranking.by}", lang, decimals=ranking.decimals),
        label(f"assumption.missing.{ranking.missing}", lang),
        label(f"assumption.not_applicable.{ranking.not_applicable}", lang),
        label("assumption.tiers", lang, low=percent(study.low, 0, lang), high=percent(study.high, 0, lang)),
        label("stamp", lang, version=version("dti-analysis")),
    ]
    return _markdown("\n".join(f"- {sentence}" for sentence in sentences))


def stamp(lang: Lang) -> Markdown:
    """What a page was computed with."""
    return _markdown(label("stamp", lang, version=version("dti-analysis")))
