"""Tables as readers see them: words and numbers in their language. Nothing displayed here feeds a computation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pandas as pd
from IPython.display import HTML

from dti_analysis.common.text import Lang, day, label, number, percent, rank_text
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.records.sources import Data
from dti_analysis.scores.gaps import TIERS, leaf_level
from dti_analysis.studies.commune import Commune
from dti_analysis.studies.study import Study
from dti_analysis.views.html_table import Column, html_table

_TELLING = ["disagrees", "cannot_be_checked", "agrees"]


def ranking(study: Study) -> HTML:
    """Rank, unit, completion, points, band; self-assessment and the year before where there are such."""
    lang, table, decimals = study.lang, study.ranking, study.framework.ranking.decimals
    t = _labeller(lang)
    columns = [
        Column(t("table.rank"), [rank_text(rank, lang) for rank in table["rank"]], numeric=True),
        Column(t("table.unit"), [study.unit_name(unit) for unit in table["unit"]], long=True),
        Column(t("table.percent"), [percent(score, decimals, lang) for score in table["score"]], numeric=True),
        Column(t("table.points"), [number(points, decimals, lang) for points in table["points"]], numeric=True),
    ]
    if table["max_points"].max() > table["max_points"].min():
        columns.append(Column(t("table.max_points"), [number(m, 0, lang) for m in table["max_points"]], numeric=True))
    if len(table["group"].unique()) > 1:
        columns.insert(
            1, Column(t("table.rank_in_group"), [rank_text(rank, lang) for rank in table["rank_in_group"]], numeric=True)
        )
    if "band" in table:
        columns.append(Column(t("table.band"), _band_names(study, table)))
    cut = study.appraisal[study.appraisal["component"] == TOTAL].set_index("unit").reindex(table["unit"])
    if cut["difference"].notna().any():
        columns += [
            Column(t("table.self"), [number(points, decimals, lang) for points in cut["self"]], numeric=True),
            Column(t("table.difference"), [number(d, decimals, lang, sign=True) for d in cut["difference"]], numeric=True),
        ]
    if study.movement is not None:
        moved = study.movement[study.movement["component"] == TOTAL].set_index("unit").reindex(table["unit"])
        heading = label("table.rank_before", lang, year=study.year - 1)
        columns += [
            Column(heading, [rank_text(rank, lang) for rank in moved["from_rank"]], numeric=True),
            Column(t("table.change"), [_change(row, lang) for row in moved.itertuples()]),
        ]
    caption = label("caption.ranking", lang, level=t(f"level.{study.level}"), year=study.year)
    return html_table(columns, caption, lang, synthetic=study.synthetic, note=t("caption.band") if "band" in table else "")


def published(study: Study) -> HTML | None:
    """Published ranks and figures beside those computed here; None where nothing was published of the year and level."""
    table, t, lang = study.published, _labeller(study.lang), study.lang
    if table.empty:
        return None
    ours = study.ranking.set_index("unit").reindex(table["unit"])
    places = [len(figure.partition(".")[2]) for figure in table["figure"]]
    in_percent = table["statistic"] == "completion_percent"
    scale = [100 if whole else 1 for whole in in_percent]
    computed = [
        number(scale_ * score, decimals, lang) if figure else "–"
        for score, figure, decimals, scale_ in zip(ours["score"], table["figure"], places, scale, strict=True)
    ]
    printed = [number(float(f), decimals, lang) if f else "–" for f, decimals in zip(table["figure"], places, strict=True)]
    columns = [
        Column(t("table.unit"), [study.unit_name(unit) for unit in table["unit"]], long=True),
        Column(t("table.rank_published"), list(table["rank"]), numeric=True),
        Column(t("table.rank_computed"), [rank_text(rank, lang) for rank in ours["rank"]], numeric=True),
        Column(t("table.figure_published"), printed, numeric=True),
        Column(t("table.figure_computed"), computed, numeric=True),
    ]
    caption = label("caption.published", lang, year=study.year)
    note = t("note.published_synthetic") if study.kind == "synthetic" else t("note.published")
    differs = [p != c and "–" not in (p, c) for p, c in zip(printed, computed, strict=True)]
    return html_table(columns, caption, lang, synthetic=study.synthetic, note=note, strong=differs)


def tier(study: Study, name: str) -> HTML:
    """The indicators of the study's unit in one tier (not_achieved, low, below_max, at_max), largest gap first."""
    mine = _of_unit(study)
    chosen = mine[mine["tier"] == name]
    caption = label("caption.tier", study.lang, tier=label(f"tier.{name}", study.lang), n=len(chosen))
    return _gap_list(study, chosen, caption)


def maintain(study: Study) -> HTML:
    """The indicators of the study's unit that are high: to be kept."""
    mine = _of_unit(study)
    chosen = mine[mine["high"]]
    share = percent(study.high, 0, study.lang)
    return _gap_list(study, chosen, label("caption.maintain", study.lang, high=share, n=len(chosen)))


def asks(study: Study) -> list[HTML]:
    """What the province asks: the four lists of the study's unit, or over all units how many stand where."""
    if not study.unit:
        return [tiers_overview(study)]
    return [*(tier(study, name) for name in ("not_achieved", "low", "below_max")), maintain(study)]


def tiers_overview(study: Study) -> HTML:
    """On each indicator: how many units are in each tier, and the mean gap."""
    t = _labeller(study.lang)
    gaps = study.gaps[study.gaps["level"] == leaf_level(study.gaps)]
    counts = gaps.pivot_table(index="component", columns="tier", values="unit", aggfunc="count", fill_value=0)
    counts = counts.reindex(columns=TIERS, fill_value=0).assign(mean_gap=gaps.groupby("component")["gap"].mean())
    counts = counts.sort_values("mean_gap", ascending=False, kind="stable")
    columns = [
        Column(t("table.code"), list(counts.index)),
        Column(t("table.component"), [study.marked_name(code) for code in counts.index], long=True),
        *(Column(t(f"tier.{name}"), [number(n, 0, study.lang) for n in counts[name]], numeric=True) for name in TIERS),
        Column(t("table.mean_gap"), [number(gap, 2, study.lang) for gap in counts["mean_gap"]], numeric=True),
    ]
    return html_table(
        columns, t("caption.tiers_overview"), study.lang, synthetic=study.synthetic, note=_illustrative_note(study)
    )


def _of_unit(study: Study) -> pd.DataFrame:
    gaps = study.gaps
    mine = gaps[(gaps["unit"] == study.unit) & (gaps["level"] == leaf_level(gaps))]
    return mine.sort_values("gap", ascending=False, kind="stable")


def _gap_list(study: Study, chosen: pd.DataFrame, caption: str) -> HTML:
    t, lang = _labeller(study.lang), study.lang
    rows = study.rows[(study.rows["unit"] == study.unit) & (study.rows["basis"] == "verified")]
    evidence = rows.set_index("indicator")["evidence"].reindex(chosen["component"]).fillna("")
    columns = [
        Column(t("table.code"), list(chosen["component"])),
        Column(t("table.component"), [study.marked_name(code) for code in chosen["component"]], long=True),
        Column(t("table.points"), [number(points, 1, lang) for points in chosen["points"]], numeric=True),
        Column(t("table.max_points"), [number(points, 1, lang) for points in chosen["max_points"]], numeric=True),
        Column(t("table.gap"), [number(gap, 1, lang) for gap in chosen["gap"]], numeric=True),
        Column(t("table.share"), [percent(share, 1, lang) for share in chosen["share_of_total_gap"]], numeric=True),
    ]
    if (evidence != "").any():
        columns.append(Column(t("table.evidence"), list(evidence), long=True))
    return html_table(columns, caption, lang, synthetic=study.synthetic, note=_illustrative_note(study))


def facts(commune: Commune) -> HTML:
    """What is known of a commune: dated, sourced, and said to be old where it is."""
    t, lang, table = _labeller(commune.lang), commune.lang, commune.facts
    stale = [
        day(as_of, lang) + (f" ({t('stale.mark')})" if old == "yes" else "")
        for as_of, old in zip(table["as_of"], table["stale"], strict=True)
    ]
    columns = [
        Column(t("table.topic"), [t(f"topic.{topic}") for topic in table["topic"]]),
        Column(t("table.fact"), list(table[f"fact_{lang}"]), long=True),
        Column(t("table.value"), [_measured(row, lang) for row in table.itertuples()], numeric=True),
        Column(t("table.as_of"), stale, long=True),
        Column(t("table.resembles"), [commune.criterion(code) for code in table["resembles"]], long=True),
        _sources(commune.data, table["reference"], lang),
    ]
    return html_table(columns, label("caption.facts", lang, unit=commune.name), lang)


def coverage(commune: Commune) -> HTML:
    """How many of the reference criteria of each pillar a known fact touches."""
    t, table = _labeller(commune.lang), commune.coverage
    columns = [
        Column(t("table.pillar"), list(table["name"]), long=True),
        Column(t("table.indicators"), [str(n) for n in table["indicators"]], numeric=True),
        Column(t("table.known"), [str(n) for n in table["known"]], numeric=True),
        Column(t("table.unknown"), [str(n) for n in table["indicators"] - table["known"]], numeric=True),
    ]
    return html_table(columns, t("caption.coverage"), commune.lang)


def recognition(commune: Commune) -> HTML:
    """The pass rules by level."""
    t, lang, rules = _labeller(commune.lang), commune.lang, commune.recognition_rules

    def shares(column: str) -> list[str]:
        return [label("at_least", lang, share=percent(s, 0, lang)) if s else t("not_required") for s in rules[column]]

    columns = [
        Column(t("table.level"), [t(f"level.{level}") for level in rules["level"]]),
        Column(t("table.mandatory"), shares("mandatory_share"), numeric=True),
        Column(t("table.extended"), shares("extended_share"), numeric=True),
    ]
    return html_table(columns, label("caption.recognition", lang, number=commune.recognition_act), lang)


def claims(checked: pd.DataFrame, data: Data, lang: Lang) -> HTML:
    """Every claim, as `check_claims` gives them: both sides, verdict and source; disagreement first."""
    t = _labeller(lang)
    table = checked.sort_values("verdict", key=lambda verdict: verdict.map(_TELLING.index), kind="stable")

    def figures(column: str, sign: bool = False) -> list[str]:
        known = zip(table[column], table["decimals"], strict=True)
        return ["–" if pd.isna(value) else number(value, int(decimals), lang, sign) for value, decimals in known]

    columns = [
        Column(t("table.claim"), list(table["statement"]), long=True),
        Column(t("table.stated"), figures("left"), numeric=True),
        Column(t("table.found"), figures("right"), numeric=True),
        Column(t("table.off_by"), figures("difference", sign=True), numeric=True),
        Column(t("table.verdict"), [t(f"verdict.{verdict}") for verdict in table["verdict"]]),
        Column(t("table.why"), list(table["note"]), long=True),
        _sources(data, table["reference"], lang),
    ]
    return html_table(columns, t("caption.claims"), lang, strong=list(table["verdict"] == "disagrees"))


def references(data: Data, ids: Iterable[str], lang: Lang) -> HTML:
    """The texts that figures on a page come from."""
    t, chosen = _labeller(lang), data.references.loc[sorted(set(ids))]
    columns = [
        Column(t("table.reference"), [_title(row) for row in chosen.itertuples()], long=True, links=list(chosen["href"])),
        Column(t("table.issued"), [day(issued, lang) for issued in chosen["issued"]]),
        Column(t("table.seen_in"), list(chosen["seen_in"]), long=True),
        Column(t("table.status"), [t(f"status.{status}") if status else "" for status in chosen["status"]]),
    ]
    return html_table(columns, t("caption.references"), lang)


def inputs(files: Iterable[Path], root: Path, lang: Lang) -> HTML:
    """The data files that a page was computed from, and their hashes."""
    t, paths = _labeller(lang), sorted(files)
    columns = [
        Column(t("table.file"), [path.relative_to(root).as_posix() for path in paths]),
        Column("SHA-256", [hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in paths]),
    ]
    return html_table(columns, t("caption.inputs"), lang)


def _labeller(lang: Lang) -> Callable[[str], str]:
    return lambda key: label(key, lang)


def _change(row: object, lang: Lang) -> str:
    by = getattr(row, "rank_change", None)
    return label(f"direction.{row.direction}", lang, by="" if pd.isna(by) else f"{abs(by):g}")  # type: ignore[attr-defined]


def _band_names(study: Study, table: pd.DataFrame) -> list[str]:
    names = dict(zip(study.bands["order"].astype(int), study.bands[f"label_{study.lang}"], strict=True))
    return ["–" if pd.isna(band) else names[band] for band in table["band"]]


def _illustrative_note(study: Study) -> str:
    return label("illustrative.mark", study.lang) if (study.components["status"] == "illustrative").any() else ""


def _measured(row: object, lang: Lang) -> str:
    value, measure = row.value, row.measure  # type: ignore[attr-defined]
    if not value:
        return "–"
    decimals = len(value.partition(".")[2])
    text = number(float(value), decimals, lang)
    return text + (" %" if lang == "vi" else "%") if measure == "percent" else text


def _title(row: object) -> str:
    title, number_ = row.title, row.number  # type: ignore[attr-defined]
    return f"{number_} – {title}" if number_ and number_ not in title else title


def _sources(data: Data, references: Iterable[str], lang: Lang) -> Column:
    """A column that names where figures come from: an act by its number, an article by who published it."""
    rows = data.references.loc[list(references)]
    names = [str(row.number or row.publisher or row.title) for row in rows.itertuples()]
    return Column(label("table.source", lang), names, long=True, links=list(rows["href"]))
