"""The page on which two or three units are compared: its tables without any unit chosen, and what it is told of each unit."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
from IPython.display import HTML, Markdown

from dti_analysis.common.exact import decimals_of, of_float, rounded
from dti_analysis.common.faults import fault
from dti_analysis.common.text import LANGS, label, number, percent
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.scores.spread import spread
from dti_analysis.studies.study import Study
from dti_analysis.views.html_table import Column, html_table
from dti_analysis.views.many import MOST_ROWS
from dti_analysis.views.prose import markdown, told
from dti_analysis.views.wording import score_text

UPPER, LOWER = ("total", "subindex", "pillar"), ("subpillar", "indicator")
"""The components of the two tables."""
_WORDS = (
    "first", "second", "third", "nobody", "do", "apart", "difference", "widest", "only", "hint", "unknown", "points", "na",
)  # fmt: skip


def rows(study: Study) -> pd.DataFrame:
    """What is compared, in the order of the tables: scores.spread, the upper levels first.

    Raises Faults for a study whose parts are not known.
    """
    if not study.to_parts:
        raise fault("parameter", "level", f"{study!r}, known in total only", "a study of which the parts of totals are known")
    table = spread(study.verified)
    levels = table["level"]
    return pd.concat([table[levels.isin(UPPER)], table[levels.isin(LOWER)]], ignore_index=True)


def finding(study: Study) -> Markdown:
    """On which pillar, and on which criterion, the units lie furthest apart."""
    table = rows(study)
    said = []
    for key, levels in (("pillar", UPPER[1:]), ("criterion", LOWER)):
        own = table[table["level"].isin(levels) & (table["units"] > 1) & table["mean"].notna()]
        apart = own["highest"] - own["lowest"]
        if len(own) and apart.max() > 0:
            row, widest = own.iloc[int(apart.argmax())], int((apart == apart.max()).sum())
            if widest > 1:
                said.append(
                    told(f"compare.{key}_many", study.lang, n=widest, all=len(own), apart=percent(apart.max(), 0, study.lang))
                )
                continue
            shares = {name: score_text(study, row[name], 1) for name in ("highest", "mean", "lowest")}
            said.append(told(f"compare.{key}", study.lang, name=study.component_name(row["component"]), **shares))
    return markdown(" ".join(said))


def tables(study: Study) -> HTML:
    """What units can earn on each component and between which shares they lie; the site's script puts chosen units beside."""
    table, lang = rows(study), study.lang
    shown = [
        _table(study, own, key)
        for key, levels in (("table.pillar", UPPER), ("table.component", LOWER))
        if len(own := table[table["level"].isin(levels)])
    ]
    words = "".join(
        f' data-{word}="{escape(label(f"compare.{word}", lang, unit="{unit}", number="{number}"))}"' for word in _WORDS
    )
    how = f"<noscript><p>{escape(label('compare.without', lang))}</p></noscript>"
    return HTML(f'<div id="dti-compare" data-file="{data_file(study)}"{words}>{how}{"".join(shown)}</div>')


def _table(study: Study, table: pd.DataFrame, heading: str) -> str:
    lang = study.lang
    has_page = any(kind == "indicator" for _, _, kind in study.framework.walk())
    page = f"../../criteria/{study.framework.id}.html"
    codes = list(table["component"])
    shares = [
        Column(label(f"compare.{name}", lang), [score_text(study, share, 1) for share in table[name]], numeric=True,
               bars=list(table[name]) if name == "mean" else ())
        for name in ("highest", "mean", "lowest")
    ]  # fmt: skip
    links = [f"{page}#{code}" if has_page and code != TOTAL else "" for code in codes]
    columns = [Column(label(heading, lang), [_name(study, code) for code in codes], long=True, links=links)]
    if not _shares(study):
        most = [_most(study, points) for points in table["max_points"]]
        columns.append(Column(label("table.max_points", lang), most, numeric=True))
    named = {"level": study.level_name, "place": study.place, "year": study.year, "index": study.index}
    caption = label("compare.caption", lang, count=len(study.units), **named)
    return str(html_table([*columns, *shares], caption, lang, sample=study.sample, cards=False).data)


def _name(study: Study, code: str) -> str:
    return label("compare.total", study.lang) if code == TOTAL else study.component_name(code)


def _most(study: Study, points: float) -> str:
    return number(points, decimals_of([of_float(points)], 2), study.lang)


def _shares(study: Study) -> bool:
    """Whether the index is published as a share (0–1), so that points would say nothing to a reader."""
    return study.framework.measure == "share"


def data_file(study: Study) -> str:
    """The name of the file from which the page learns of the units, for both languages."""
    return f"{'-'.join(map(str, study.key))}-compare.js"


def data(study: Study) -> dict[str, Any]:
    """What the page is told of the units, in the order of `rows`: points as they are shown, null where unknown, "" where the
    component does not apply; `own` has maxima that are not the component's. An index from 0 to 1 has shares in place of points.
    """
    table, shares = rows(study), _shares(study)
    codes, decimals = list(table["component"]), 4 if shares else 2
    most = [1.0 if shares else float(points) for points in table["max_points"]]
    units: dict[str, Any] = {}
    own: dict[str, dict[int, float]] = {}
    for unit, scores in study.verified.groupby("unit", sort=False):
        by_code = {str(row["component"]): row for row in scores.to_dict("records")}
        units[str(unit)] = [_cell(by_code[code], shares, decimals) for code in codes]
        if not shares:
            maxima = [float(by_code[code]["max_points"]) for code in codes]
            own[str(unit)] = {at: _short(m) for at, (m, usual) in enumerate(zip(maxima, most, strict=True)) if m != usual}
    ranked = [unit for unit in study.ranking["unit"] if unit in units]
    return {
        "decimals": decimals,
        "max": [_short(points) for points in most],
        "names": {lang: [study.data.unit_names(lang)[unit] for unit in ranked] for lang in LANGS},
        "units": {unit: units[unit] for unit in ranked},
        "own": {unit: maxima for unit, maxima in own.items() if maxima},
    }


def parted(told: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What a page is told at once, and the rest, so many units at a time, of which it asks for those that it compares.

    Where there are few units, all is told at once. Else `units` are empty at first, and `each` says how many a part has.
    """
    ids = list(told["units"])
    if len(ids) <= MOST_ROWS:
        return told, []
    chunks = [ids[start : start + MOST_ROWS] for start in range(0, len(ids), MOST_ROWS)]
    parts = [
        {name: {unit: told[name][unit] for unit in own if unit in told[name]} for name in ("units", "own")} for own in chunks
    ]
    return told | {"units": dict.fromkeys(ids, 0), "own": {}, "each": MOST_ROWS}, parts


def _cell(row: Any, shares: bool, decimals: int) -> float | str | None:
    if row["state"] == "not_applicable":
        return ""
    value = row["score" if shares else "points"]
    return None if pd.isna(value) else _short(float(rounded(of_float(value), decimals)))


def _short(value: float) -> float:
    """A number that JSON writes without a decimal that is not needed."""
    return int(value) if float(value).is_integer() else value
