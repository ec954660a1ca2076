"""Tables as readers see them: words and numbers in their language. Nothing displayed here feeds a computation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import HTML

from dti_analysis.common.digest import sha256
from dti_analysis.common.text import Lang, day, label, number, percent, rank_text
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.records.sources import Data
from dti_analysis.scores.gaps import TIERS
from dti_analysis.scores.scoring import CLAIMED
from dti_analysis.studies.study import Study
from dti_analysis.views import year_so_far
from dti_analysis.views.figures.components import gap_rows, pareto_rows
from dti_analysis.views.figures.words import places
from dti_analysis.views.html_table import Column, html_table
from dti_analysis.views.many import MOST_ROWS, few, left_out
from dti_analysis.views.wording import score_heading, score_text

INPUTS = "inputs"
"""The address, within a page, of the table of its input files."""
_TELLING = ["disagrees", "cannot_be_checked", "agrees"]


def ranking(study: Study) -> HTML:
    """Rank, unit, score, points, band; self-assessment and the year before where there are such."""
    lang, table = study.lang, year_so_far.with_waiting(study, study.ranking)
    if len(table) > MOST_ROWS:
        return _all_of_many(study, table)
    t = labeller(lang)
    linked = {*study.units["unit"], *study.waiting} if study.to_indicators else set()
    links = [f"units/{unit}.html" if unit in linked else "" for unit in table["unit"]]
    columns = [
        Column(
            t("council.rank" if study.provisional else "table.rank"),
            [rank_text(rank, lang) for rank in table["rank"]],
            numeric=True,
        ),
        Column(t("table.unit"), [study.unit_name(unit) for unit in table["unit"]], long=True, links=links),
        Column(
            score_heading(study),
            [score_text(study, score) for score in table["score"]],
            numeric=True,
            bars=list(table["score"]),
        ),
    ]
    if study.framework.measure == "points":
        columns.append(Column(t("table.points"), [number(points, 2, lang) for points in table["points"]], numeric=True))
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
            Column(t("table.self"), [number(points, 2, lang) for points in cut["self"]], numeric=True),
            Column(t("table.difference"), [number(d, 2, lang, sign=True) for d in cut["difference"]], numeric=True),
        ]
    if study.movement is not None:
        moved = study.movement[study.movement["component"] == TOTAL].set_index("unit").reindex(table["unit"])
        heading = label("table.rank_before", lang, year=study.year - 1)
        columns += [
            Column(heading, [rank_text(rank, lang) for rank in moved["from_rank"]], numeric=True),
            Column(t("table.change"), [_change(row, lang) for row in moved.itertuples()]),
        ]
    columns += year_so_far.columns(study, list(table["unit"]))
    said = {"missing": t("table.no_form"), "waiting": t("council.no_form_yet")}
    if table["state"].isin(said).any():
        columns.append(Column(t("table.note"), [said.get(state, "") for state in table["state"]]))
    return html_table(columns, _ranking_caption(study, table), lang, sample=study.sample)


def _all_of_many(study: Study, table: pd.DataFrame) -> HTML:
    """The ranking of more units than rows with all figures would leave readable: rank, unit, score, band.

    Who handed in nothing, or is waited for, is said beside the score.
    """
    lang, t = study.lang, labeller(study.lang)
    said = {"missing": f" ({t('table.no_form')})", "waiting": f" ({t('council.no_form_yet')})"}
    links = [f"units/{unit}.html" for unit in table["unit"]] if study.to_indicators else []
    scores = [
        score_text(study, score) + said.get(state, "") for score, state in zip(table["score"], table["state"], strict=True)
    ]
    columns = [
        Column(
            t("council.rank" if study.provisional else "table.rank"),
            [rank_text(rank, lang) for rank in table["rank"]],
            numeric=True,
        ),
        Column(t("table.unit"), [study.unit_name(unit) for unit in table["unit"]], links=links),
        Column(score_heading(study), scores, numeric=True),
    ]
    if "band" in table:
        columns.append(Column(t("table.band"), _band_names(study, table)))
    columns += year_so_far.columns(study, list(table["unit"]))
    note = label("many.list", lang, count=number(len(table), 0, lang))
    return html_table(columns, _ranking_caption(study, table), lang, sample=study.sample, note=note, bare=True)


def _ranking_caption(study: Study, table: pd.DataFrame) -> str:
    key = "caption.ranking_part" if study.partial else "caption.ranking"
    named = {"level": study.level_name, "place": study.place, "year": study.year, "index": study.index}
    return year_so_far.title(study, label(key, study.lang, count=len(table), all=len(study.due), **named))


def known_how(study: Study) -> HTML | None:
    """Which totals were computed from their parts and which were published whole; None where all are of one kind."""
    table, lang = study.ranking, study.lang
    stated = table[table["state"] == "stated"]
    if stated.empty or len(stated) == len(table):
        return None
    units = [study.unit_name(unit) for unit in table.loc[table["state"] == "assessed", "unit"]]
    text = label("note.known_how", lang, computed=len(units), stated=len(stated), units=", ".join(units))
    return HTML(f'<p class="dti-note">{escape(text)}</p>')


def published(study: Study) -> HTML | None:
    """Published ranks that differ from those computed here, and how many agree; None where there is nothing to compare."""
    table, t, lang = study.published, labeller(study.lang), study.lang
    if table.empty or study.partial:
        return None
    ours = study.ranking.set_index("unit").reindex(table["unit"])
    same = [str(rank) == given for rank, given in zip(ours["rank"], table["rank"], strict=True)]
    sentence = label("note.published", lang, same=sum(same), count=len(same))
    if all(same):
        return HTML(f"<p>{sentence}</p>")
    differs = [not agrees for agrees in same]
    columns = [
        Column(t("table.unit"), [study.unit_name(unit) for unit in table.loc[differs, "unit"]], long=True),
        Column(t("table.rank_published"), list(table.loc[differs, "rank"]), numeric=True),
        Column(t("table.rank_computed"), [rank_text(rank, lang) for rank in ours["rank"][differs]], numeric=True),
    ]
    return html_table(columns, sentence, lang, sample=study.sample)


def pillars(study: Study) -> HTML | None:
    """The score of every unit on every pillar, units in rank order; None without pillars."""
    scores = study.verified[(study.verified["level"] == "pillar") & (study.verified["max_points"] > 0)]
    if scores.empty:
        return None
    lang, t = study.lang, labeller(study.lang)
    ranked = few(study, study.ranking)["unit"]
    grid = scores.pivot_table(index="unit", columns="component", values="score", sort=False).reindex(ranked)
    links = [f"units/{unit}.html" if study.to_indicators else "" for unit in grid.index]
    columns = [
        Column(t("table.unit"), [study.unit_name(unit) for unit in grid.index], long=True, links=links),
        *(
            Column(study.component_name(code), [percent(score, 1, lang) for score in grid[code]], numeric=True)
            for code in grid.columns
        ),
    ]
    named = {"level": study.level_name, "place": study.place, "year": study.year}
    note = left_out(study, ranked, study.ranking)
    return html_table(columns, label("caption.pillars", lang, **named), lang, sample=study.sample, note=note)


def mean_gaps(study: Study) -> HTML | None:
    """What the figure of points and points missing shows, with bars: the mean over units of each pillar; None where none
    applies."""
    if study.gaps.empty:
        return None
    lang, t, rows = study.lang, labeller(study.lang), gap_rows(study)
    columns = [
        Column(t("table.pillar"), [study.component_name(row[0]) for row in rows], long=True),
        Column(t("table.percent"), [percent(row[1], 1, lang) for row in rows], numeric=True, bars=[row[1] for row in rows]),
        Column(t("table.points"), [row[2] for row in rows], numeric=True),
        Column(t("table.missing"), [row[3] for row in rows], numeric=True),
    ]
    named = {"level": study.level_name, "place": study.place, "year": study.year}
    return html_table(columns, label("caption.mean_gaps", lang, **named), lang, sample=study.sample)


def tiers(study: Study) -> HTML | None:
    """On each criterion: points missing, summed over units with their running share and in the mean, and units by tier.

    None where none applies.
    """
    t, lang = labeller(study.lang), study.lang
    gaps = study.gaps[study.gaps["finest"]]
    if gaps.empty:
        return None
    counts = gaps.pivot_table(index="component", columns="tier", values="unit", aggfunc="count", fill_value=0)
    counts = counts.reindex(columns=TIERS, fill_value=0).assign(mean_gap=gaps.groupby("component")["gap"].mean())
    summed = pareto_rows(study).set_index("component").loc[lambda rows: rows.index.isin(counts.index)]
    counts = counts.loc[summed.index].join(summed[["gap", "cumulative_share"]])
    most, digits = max(counts["gap"].max(), 0.0) or 1.0, places(counts["gap"], 1)
    columns = [
        Column(t("table.component"), [study.component_name(code) for code in counts.index], long=True),
        Column(t("table.summed_gap"), [number(gap, digits, lang) for gap in counts["gap"]], numeric=True,
               bars=list(counts["gap"] / most)),
        Column(t("table.cumulative"), [percent(share, 1, lang) for share in counts["cumulative_share"]], numeric=True),
        Column(t("table.mean_gap"), [number(gap, 2, lang) for gap in counts["mean_gap"]], numeric=True),
        *(Column(t(f"tier.{name}"), [number(n, 0, lang) for n in counts[name]], numeric=True) for name in TIERS),
    ]  # fmt: skip
    apart = {"missing": "council.left_out_yet" if study.provisional else "council.left_out", CLAIMED: "council.not_appraised"}
    for state, heading in apart.items():
        if (gaps["state"] == state).any():  # else an answer left out would look like one that earned nothing
            of_state = gaps[gaps["state"] == state].groupby("component")["unit"].count().reindex(counts.index, fill_value=0)
            columns.append(Column(t(heading), [number(n, 0, lang) for n in of_state], numeric=True))
    return html_table(columns, t("caption.tiers"), lang, sample=study.sample)


def claims(checked: pd.DataFrame, data: Data, lang: Lang) -> HTML:
    """Every claim, as `check_claims` gives them: the figure published and what it was checked against; disagreement first."""
    t = labeller(lang)
    table = checked.sort_values("verdict", key=lambda verdict: verdict.map(_TELLING.index), kind="stable")
    rows = table.to_dict("records")

    def figure(row: dict[Any, Any], name: str, sign: bool = False) -> str:
        return "–" if pd.isna(row[name]) else number(row[name], int(row["decimals"]), lang, sign)

    def measured(row: dict[Any, Any], *names: str) -> str:
        known = [figure(row, name) for name in names if not pd.isna(row[name])]
        unit = row["unit"] if row["unit"] == "%" else f" {row['unit']}"
        return "–".join(known) + unit if known else "–"

    def verdict(row: dict[Any, Any]) -> str:
        words = [t(f"verdict.{row['verdict']}")]
        if row["verdict"] == "disagrees":
            words.append(f"({figure(row, 'difference', sign=True)})")
        return " ".join([*words, *([t("table.said_by_reader")] if row["said_by"] == "reader" else [])])

    columns = [
        Column(t("table.claim"), [row["statement"] for row in rows], long=True),
        Column(t("table.stated"), [measured(row, "left") for row in rows], long=True),
        Column(t("table.found"), [measured(row, "right", "high") for row in rows], long=True),
        Column(t("table.verdict"), [verdict(row) for row in rows], long=True),
        Column(t("table.why"), [row["note"] for row in rows], long=True),
        sources(data, table["reference"], lang),
    ]
    return html_table(columns, t("caption.claims"), lang, strong=[row["verdict"] == "disagrees" for row in rows])


def references(data: Data, ids: Iterable[str], lang: Lang) -> HTML | None:
    """The texts that figures on a page come from; None where there are none."""
    t, chosen = labeller(lang), data.references.loc[sorted(set(ids))]
    if chosen.empty:
        return None
    columns = [
        Column(
            t("table.reference"), [_title(row) for row in chosen.itertuples()], long=True, links=list(chosen["href"]), lang="vi"
        ),
        Column(t("table.issued"), [day(issued, lang) for issued in chosen["issued"]]),
        Column(t("table.seen_in"), list(chosen["seen_in"]), long=True, lang="vi"),
        Column(t("table.status"), [t(f"status.{status}") if status else "" for status in chosen["status"]]),
    ]
    return html_table(columns, t("caption.references"), lang)


def inputs(files: Iterable[Path], root: Path, lang: Lang) -> HTML:
    """The data files that a page was computed from, as far as there are any, and their hashes."""
    t, paths = labeller(lang), sorted(filter(Path.exists, files))
    columns = [
        Column(t("table.file"), [path.relative_to(root).as_posix() for path in paths], long=True),
        Column("SHA-256", [sha256(path)[:12] for path in paths]),
    ]
    table = html_table(columns, t("caption.inputs"), lang)
    return HTML(f'<div id="{INPUTS}">{table.data}</div>')


def same_inputs(study: Study, ranking: str = "../ranking.html") -> HTML:
    """Where a page of a study has its input files and their hashes: on that of the ranking, which is computed from the same."""
    said = label("note.same_inputs", study.lang, count=sum(path.exists() for path in study.files), link="\0")
    link = f'<a href="{ranking}#{INPUTS}">{escape(label("link.ranking", study.lang).lower())}</a>'
    return HTML(f"<p>{escape(said).replace(chr(0), link)}</p>")


def sources(data: Data, references: Iterable[str], lang: Lang) -> Column:
    """A column that names where figures come from: an act by its number, an article by who published it; forms by nothing."""
    rows: list[Any] = [data.references.loc[each] if each else {} for each in references]
    names = [next(filter(None, (row.get(name, "") for name in ("number", "publisher", "title"))), "") for row in rows]
    return Column(label("table.source", lang), names, long=True, links=[row.get("href", "") for row in rows], lang="vi")


def labeller(lang: Lang) -> Callable[[str], str]:
    """Labels in one language."""
    return lambda key: label(key, lang)


def _change(row: object, lang: Lang) -> str:
    if pd.isna(getattr(row, "direction", None)):  # ranked in neither year
        return "–"
    by = getattr(row, "rank_change", None)
    return label(f"direction.{row.direction}", lang, by="" if pd.isna(by) else rank_text(abs(by), lang))  # type: ignore[attr-defined]


def _band_names(study: Study, table: pd.DataFrame) -> list[str]:
    names = dict(zip(study.bands["order"].astype(int), study.bands[f"label_{study.lang}"], strict=True))
    return ["–" if pd.isna(band) else names[band] for band in table["band"]]


def _title(row: object) -> str:
    title, number_ = row.title, row.number  # type: ignore[attr-defined]
    return f"{number_} – {title}" if number_ and number_ not in title else title
