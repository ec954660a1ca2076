"""The page of models: who is best, overall and in each pillar, and what the leaders have that the rest lack."""

from __future__ import annotations

from typing import Any

import pandas as pd
from IPython.display import HTML, Markdown

from dti_analysis.common.exact import Rational, of_float, rounded
from dti_analysis.common.faults import fault
from dti_analysis.common.text import label, listing, number, rank_text
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.scores import models
from dti_analysis.studies.study import Study
from dti_analysis.views import findings, tables
from dti_analysis.views.figures.words import MOST_UNITS
from dti_analysis.views.html_table import Column, html_table
from dti_analysis.views.many import MOST_ROWS
from dti_analysis.views.prose import link_in, listed, markdown, told

FEW = 3
"""Up to how many units that share a first place are named; more are counted."""
MOST = 12
"""How many criteria the comparison shows at most."""
_SIDES = {"one": "leaders", "other": "others"}


def status(study: Study) -> Markdown:
    """What a reader must know first. Raises Faults for a study that is known in part, whose leaders nobody can tell."""
    if study.partial:
        found = f"{len(study.units)} of {len(study.due)} units of {study!r}"
        raise fault("parameter", "level", found, "a study of which the results of all units are known")
    return findings.status(study)


def best(study: Study) -> Markdown:
    """Who leads overall and by how much, where else, and which pillars tell nobody apart."""
    lang, table = study.lang, models.best(study.verified)
    totals, first = study.ranking[study.ranking["rank"].notna()], _units_of(table, TOTAL)
    top = totals.iloc[0]
    rest = totals.loc[totals["rank"] > top["rank"], "points"]
    key = "all_equal" if rest.empty else "leader" if len(first) == 1 else "leaders_tied"
    names = [study.unit_name(unit) for unit in first]
    values = {
        "unit": names[0],
        "units": _named(study, first),
        "n": len(totals),
        "level": study.level_name,
        "score": _say(
            study, "score", points=_shown(study, top["points"], top["max_points"]), max=_whole(study, top["max_points"])
        ),
    }
    if len(rest):
        ahead = of_float(top["points"]) - of_float(rest.max())
        values["gap"] = _tell(study, "gap", points=_shown(study, ahead, top["max_points"]))
    return markdown(
        " ".join([told(f"models.{key}", lang, **values), *_where_else(study, table, first)]), _told_apart(study, table)
    )


def _where_else(study: Study, table: pd.DataFrame, first: list[str]) -> list[str]:
    """In which other pillars the one leader is first too, of those that tell units apart."""
    pillars = [code for code in dict.fromkeys(table["component"]) if code != TOTAL and not _crowded(study, table, code)]
    if len(first) != 1 or not pillars:
        return []
    led = [code for code in pillars if first[0] in _units_of(table, code)]
    values = {"n": len(pillars), "led": len(led), "components": _quoted(study, led)}
    return [told(f"models.leads_in{'' if led else '_none'}", study.lang, **values)]


def _told_apart(study: Study, table: pd.DataFrame) -> str:
    """Pillars in which all units are equal, or more than half share the first place."""
    lang, everybody = study.lang, len(study.units)
    crowded = [code for code in dict.fromkeys(table["component"]) if code != TOTAL and _crowded(study, table, code)]
    equal = [code for code in crowded if len(_units_of(table, code)) == everybody]
    sentences = [told("models.separates_nobody", lang, components=_quoted(study, equal))] if equal else []
    for code in crowded:
        if code not in equal:
            score = table.loc[table["component"] == code, "score"].iloc[0]
            values = {"count": len(_units_of(table, code)), "n": everybody, "component": _quoted(study, [code])}
            sentences.append(told(f"models.{'many_at_max' if score >= 1 else 'many_first'}", lang, **values))
    return " ".join(sentences)


def best_table(study: Study) -> HTML:
    """Who is best overall and in each pillar; many who share a first place are counted."""
    lang, table = study.lang, models.best(study.verified)
    first = table.drop_duplicates("component").reset_index(drop=True)
    units = [_units_of(table, code) for code in first["component"]]
    shown = [_shown(study, points, most) for points, most in zip(first["points"], first["max_points"], strict=True)]
    if not _is_share(study):
        shown = [f"{points}/{_whole(study, most)}" for points, most in zip(shown, first["max_points"], strict=True)]
    columns = [
        Column(label("models.component", lang), [_component(study, code) for code in first["component"]], long=True),
        Column(_say(study, "points"), shown, numeric=True, bars=list(first["score"])),
        Column(label("models.best_units", lang), [_named(study, each) for each in units], long=True,
               links=[_unit_page(study, each) for each in units]),
    ]  # fmt: skip
    caption = label("models.caption_best", lang, index=study.index, year=study.year, level=study.level_name, place=study.place)
    return html_table(columns, caption, lang, sample=study.sample)


def in_common(study: Study) -> Markdown | None:
    """Where the leaders are furthest ahead of the rest; None where nothing below the total is known."""
    table, lang = _in_common(study), study.lang
    if table is None:
        return None
    ahead = table[table["difference"] > 0]
    if ahead.empty:
        return markdown(told("models.common_none", lang, count=len(models.leaders(study.verified))))
    row = ahead.iloc[0]
    counts = {"count": row["leaders"], "others": row["others"], "at": row["leaders_at_max"], "rest": row["others_at_max"]}
    means = {name: _shown(study, row[f"{who}_score"] * row["max_points"], row["max_points"]) for name, who in _SIDES.items()}
    first = {"component": _quoted(study, [row["component"]]), "max": _whole(study, row["max_points"])}
    sentences = [_tell(study, "common", **counts, **means, **first)]
    if row["leaders_at_max"]:
        key = "common_all_max" if row["leaders_at_max"] == row["leaders"] else "common_some_max"
        sentences.append(told(f"models.{key}", lang, **counts))
    following = [
        told("models.common_next_one", lang, component=_quoted(study, [each["component"]]),
              gap=_tell(study, "gap", points=_gap(study, each, sign=False)))
        for each in ahead.iloc[1:3].to_dict("records")
    ]  # fmt: skip
    if following:
        sentences.append(told("models.common_next", lang, components=listed(following, lang)))
    return markdown(" ".join(sentences), told("models.no_cause", lang))


def in_common_table(study: Study) -> HTML | None:
    """The criteria on which leaders and the rest differ most; None where nothing below the total is known."""
    table, lang = _in_common(study), study.lang
    if table is None:
        return None
    shown = table.head(MOST)
    kind = "component" if (study.components.loc[table["component"], "level"] == "pillar").all() else "criterion"
    counts = {"count": table["leaders"].max(), "others": table["others"].max()}
    means = {
        name: [_shown(study, row[f"{who}_score"] * row["max_points"], row["max_points"]) for row in shown.to_dict("records")]
        for name, who in _SIDES.items()
    }
    at_max = [
        [label("models.of", lang, some=some, all=every) for some, every in zip(shown[f"{who}_at_max"], shown[who], strict=True)]
        for who in _SIDES.values()
    ]
    columns = [
        Column(label(f"models.{kind}", lang), [_component(study, code) for code in shown["component"]], long=True),
        Column(_say(study, "difference"), [_gap(study, row) for row in shown.to_dict("records")], numeric=True),
        Column(label("models.mean_leaders", lang, **counts), means["one"], numeric=True, bars=list(shown["leaders_score"])),
        Column(label("models.mean_others", lang, **counts), means["other"], numeric=True, bars=list(shown["others_score"])),
        Column(label("models.max_points", lang), [_whole(study, most) for most in shown["max_points"]], numeric=True),
        Column(label("models.max_leaders", lang, **counts), at_max[0], numeric=True),
        Column(label("models.max_others", lang, **counts), at_max[1], numeric=True),
    ]
    if _is_share(study):
        del columns[4]
    key = "caption_common_part" if len(shown) < len(table) else "caption_common"
    caption = label(f"models.{key}", lang, shown=len(shown), all=len(table), **counts)
    return html_table(columns, caption, lang, sample=study.sample, note=_note(study))


def leaders_table(study: Study) -> HTML | None:
    """The highest-ranked units with their points in each pillar, and the mean of the rest below them; None without leaders."""
    lang, units = study.lang, _leaders(study)
    if not units:
        return None
    points = study.verified.pivot_table(index="unit", columns="component", values=["points", "score"], sort=False)
    pillars = [str(code) for code in study.components.index[study.components["level"] == "pillar"]]
    ranks = study.ranking.set_index("unit")["rank"]
    values = points["score" if _is_share(study) else "points"]
    rest = values[~values.index.isin(units)]
    mean = label("models.mean_others", lang, others=len(rest))

    shown = units if len(study.units) <= MOST_ROWS else units[:MOST_UNITS]

    def cells(code: str) -> list[str]:
        known = [of_float(value) for value in rest[code].dropna()]
        average = sum(known, Rational()) / len(known) if known else None
        return [number(value, _decimals(study), lang) for value in [*(values[code][unit] for unit in shown), average]]

    columns = [
        Column(label("models.unit", lang), [*(study.unit_name(unit) for unit in shown), mean], long=True,
               links=[*(_unit_page(study, [unit]) for unit in shown), ""]),
        Column(label("models.rank", lang), [*(rank_text(ranks[unit], lang) for unit in shown), "–"], numeric=True),
        Column(_say(study, "total"), cells(TOTAL), numeric=True),
        *(Column(study.component_name(code), cells(code), numeric=True) for code in pillars if code in values),
    ]  # fmt: skip
    caption = label("models.caption_leaders", lang, count=len(units))
    note = label("many.first", lang, shown=len(shown), count=len(units)) if len(shown) < len(units) else ""
    return html_table(columns, caption, lang, sample=study.sample, note=note)


def links(study: Study) -> Markdown:
    """Where to read on."""
    lang, number_ = study.lang, study.framework.reference.number
    to = [link_in(told("models.link_ranking", lang), "ranking.html")]
    if any(kind == "indicator" for _, _, kind in study.framework.walk()):
        text = told("models.link_criteria", lang, number=number_)
        to.append(link_in(text, f"../../criteria/{study.framework.id}.html"))
    return markdown(told("models.links", lang, links=listed(to, lang)))


def sources(study: Study) -> list[object]:
    """What was assumed, the texts and the files."""
    files = tables.inputs(study.files, study.data.root, study.lang)
    return [findings.assumptions(study), tables.references(study.data, study.references, study.lang), files]


def _in_common(study: Study) -> pd.DataFrame | None:
    leaders = _leaders(study)
    return models.in_common(study.gaps, leaders) if study.to_parts and leaders else None


def _leaders(study: Study) -> list[str]:
    """The leaders; none where all units share the ranks of leaders, so that nobody is left to compare them with."""
    totals = study.verified[(study.verified["component"] == TOTAL) & study.verified["rank"].notna()]
    return models.leaders(study.verified) if totals["rank"].max() > totals["rank"].min() and len(totals) > models.LEAST else []


def _units_of(table: pd.DataFrame, component: str) -> list[str]:
    return list(table.loc[table["component"] == component, "unit"])


def _crowded(study: Study, table: pd.DataFrame, component: str) -> bool:
    """Whether more than half of the units share the first place."""
    return len(_units_of(table, component)) > len(study.units) / 2


def _component(study: Study, code: str) -> str:
    return _say(study, "total") if code == TOTAL else study.component_name(code)


def _quoted(study: Study, codes: list[str]) -> str:
    names = [label("models.quoted", study.lang, name=_component(study, code)) for code in codes]
    return listing(names, study.lang)


def _named(study: Study, units: list[str]) -> str:
    """A few units by name, more by number."""
    if len(units) <= FEW:
        return listing([study.unit_name(unit) for unit in units], study.lang)
    key = "models.everybody" if len(units) == len(study.units) else "models.many"
    return label(key, study.lang, count=len(units))


def _unit_page(study: Study, units: list[str]) -> str:
    """The page of the one unit, where units have pages."""
    return f"units/{units[0]}.html" if len(units) == 1 and study.to_indicators else ""


def _is_share(study: Study) -> bool:
    """Whether the index is published as a share (0–1), so that points would say nothing to a reader."""
    return study.framework.measure == "share"


def _say(study: Study, key: str, **values: Any) -> str:
    """A label of labels/models.yaml that is worded in points, or for an index from 0 to 1."""
    return label(f"models.{key}{'_share' if _is_share(study) else ''}", study.lang, **values)


def _tell(study: Study, key: str, **values: Any) -> str:
    """The same for a sentence."""
    return told(f"models.{key}{'_share' if _is_share(study) else ''}", study.lang, **values)


def _decimals(study: Study) -> int:
    return 4 if _is_share(study) else 2


def _shown(study: Study, points: Any, most: float, sign: bool = False) -> str:
    """Points, or for an index their share of the maximum."""
    exact = points if isinstance(points, Rational) else of_float(points)
    return number(exact / of_float(most) if _is_share(study) else exact, _decimals(study), study.lang, sign)


def _whole(study: Study, points: float) -> str:
    return number(points, 0 if float(points).is_integer() else 2, study.lang)


def _gap(study: Study, row: Any, sign: bool = True) -> str:
    """The difference of the two means as they are shown, so that the three agree."""
    decimals, most = _decimals(study), 1.0 if _is_share(study) else row["max_points"]
    one, other = (rounded(of_float(row[f"{who}_score"] * most), decimals) for who in _SIDES.values())
    return number(float(one - other), decimals, study.lang, sign)


def _note(study: Study) -> str:
    return label("models.note_leaders", study.lang, least=models.LEAST)
