"""The page of a place: where it stood, who led inside it, how its criteria sets changed, what was claimed, where to read on.

Each section comes with its heading, and as an empty list where nothing is known.
"""

from __future__ import annotations

import re
from html import escape
from typing import Any

import pandas as pd
from IPython.display import HTML, Markdown

from dti_analysis.common.text import day, label, listing, number, rank_text
from dti_analysis.criteria.framework import Framework
from dti_analysis.criteria.voice import exact
from dti_analysis.criteria.words import name_of
from dti_analysis.records.sources import Key
from dti_analysis.studies.place import TOP, Place
from dti_analysis.studies.study import Study
from dti_analysis.views import findings, tables
from dti_analysis.views.figures import place as figures
from dti_analysis.views.html_table import Column, html_table
from dti_analysis.views.prose import Said, link_in, listed, markdown, plain, told
from dti_analysis.views.wording import score_text

MAIN = "dti"
"""The index that goes without saying; any other is named beside its figures."""
_DECISION = re.compile(r"\d+/[^\s,]+( \d{4})?")
_PILLAR_RANKS = ["rank_digital_government", "rank_digital_economy", "rank_digital_society"]


def intro(about: Place) -> list[object]:
    """What a reader must know of the place before anything else."""
    return [markdown(f"> {plain(about.note)}")] if about.note else []


def position(about: Place) -> list[object]:
    """Where the place stood in the country."""
    if about.positions["rank"].isna().all():
        return []
    parts = [_heading(about, "position"), position_finding(about), figures.position(about), position_table(about)]
    return [*parts, *_notes(about)]


def position_finding(about: Place) -> Markdown:
    """From where to where, what is not certain, and what became of it after a merger."""
    lang, table = about.lang, about.positions[about.positions["rank"].notna()]
    first, *others = [part for _, part in table.groupby("unit", sort=False)]
    start, end = first.iloc[0], first.iloc[-1]
    way = (
        "once"
        if len(first) == 1
        else "up"
        if end["rank"] < start["rank"]
        else "down"
        if end["rank"] > start["rank"]
        else "same"
    )
    values = {"since": start["year"], "from_": figures.ranks(start, lang), "until": end["year"], "to": _between(end, lang)}
    sentences = [told(f"place.stood_{way}", lang, unit=about.unit_name(start["unit"]), n=end["provinces"], **values)]
    for row in table[table["rank"] != table["rank_to"]].to_dict("records"):
        sentences.append(told("place.open_rank", lang, year=row["year"], others=listed(row["tied"], lang)))
    for last in (other.iloc[-1] for other in others):
        values = {"unit": about.unit_name(last["unit"]), "rank": figures.ranks(last, lang), "n": last["provinces"]}
        sentences.append(told("place.stood_next", lang, year=last["year"], **values))
    return markdown(" ".join(sentences), told("place.compare", lang) if len(table) > 1 else "")


def _between(row: Any, lang: Any) -> str:
    """A rank in a sentence, or the ranks between which it lies."""
    if row["rank_to"] != row["rank"] + 1:
        return figures.ranks(row, lang)
    return told("place.either", lang, one=rank_text(row["rank"], lang), other=rank_text(row["rank_to"], lang))


def position_table(about: Place) -> HTML:
    """Rank and index by year, the ranks of the three pillars where they are known."""
    lang, rows = about.lang, about.positions.to_dict("records")
    known = [name for name in _PILLAR_RANKS if about.positions[name].notna().any()]
    ways = ["published" if row["printed"] else "computed" for row in rows]
    how = ["–" if pd.isna(row["rank"]) else label(f"place.how.{way}", lang) for way, row in zip(ways, rows, strict=True)]
    columns = [
        Column(label("place.year", lang), [str(row["year"]) for row in rows]),
        Column(label("place.rank", lang), [_rank(row, lang) for row in rows], long=True),
        Column(label("place.index_value", lang), [number(row["index"], 4, lang) for row in rows], numeric=True),
        *(Column(label(f"place.{name}", lang), [rank_text(row[name], lang) for row in rows], numeric=True) for name in known),
        Column(label("place.unit", lang), [about.unit_name(row["unit"]) for row in rows], long=True),
        Column(label("place.how", lang), how, long=True),
        tables.sources(about.data, [row["reference"] for row in rows], lang),
    ]
    return html_table(columns, label("place.caption_position", lang, name=about.name), lang, sample=about.sample)


def _rank(row: Any, lang: Any) -> str:
    if pd.isna(row["rank"]):
        return "–"
    text = label("place.rank_of", lang, rank=figures.ranks(row, lang), n=row["provinces"])
    return label("place.rank_tied", lang, rank=text, others=listing(row["tied"], lang)) if row["tied"] else text


def _notes(about: Place) -> list[object]:
    rows = [row for row in about.positions.to_dict("records") if row["note"]]
    units = ["" if row["unit"] == about.unit else f" ({about.unit_name(row['unit'])})" for row in rows]
    notes = [f"{row['year']}{unit}: {row['note']}" for row, unit in zip(rows, units, strict=True)]
    if not notes:
        return []
    heading, text = escape(label("place.notes", about.lang)), escape("; ".join(notes))
    return [HTML(f'<p class="dti-note">{heading} <span lang="vi">{text}.</span></p>')]


def leaders(about: Place) -> list[object]:
    """Who led inside the place, per year and level, as far as it is known."""
    if about.leaders.empty:
        return []
    return [_heading(about, "leaders"), leaders_finding(about), leaders_table(about), _cautions(about)]


def leaders_finding(about: Place) -> Markdown:
    """Who came first in each year, index and level."""
    keys = ["year", "index", "level"]
    first = about.leaders[about.leaders["rank"] == about.leaders.groupby(keys)["rank"].transform("min")]
    lines = [_led(about, of_one.iloc[0].to_dict(), list(of_one["name"])) for _, of_one in first.groupby(keys, sort=False)]
    return markdown("\n".join(f"- {line}" for line in lines))


def _led(about: Place, row: dict[Any, Any], names: list[str]) -> str:
    """Who was first of how many, with what, and how far that is known."""
    lang, study, score = about.lang, about.study(_key(about, row)), _result(about, row)
    level = about.data.name("levels", row["level"], lang)
    as_of = study.provenance.as_of if study else None
    part = told("place.told_part", lang, named=row["named"]) if row["named"] != row["due"] else ""
    values = {
        "when": told("place.when_as_of", lang, day=day(as_of, lang)) if as_of else told("place.when", lang, year=row["year"]),
        "units": listed(names, lang),
        "of": told("place.of" if row["due"] else "place.of_unknown", lang, n=row["due"], level=level),
        "score": "" if score == "–" else told("place.with", lang, score=score),
        "index": "" if row["index"] == MAIN else told("place.by", lang, index=about.data.name("indices", row["index"], lang)),
        "told": Said("; ".join(filter(None, [part, told("place.how.inferred", lang) if row["how"] == "inferred" else ""]))),
    }
    values["told"] = Said(f" ({values['told']})") if values["told"] else ""
    return told("place.led", lang, **values)


def _cautions(about: Place) -> Markdown | None:
    """That ranks computed here are no published ranking, and what an index other than the main one measures."""
    lang, table = about.lang, about.leaders
    computed = told("place.computed", lang) if (table["how"] == "computed").any() and not about.sample else ""
    others = [index for index in dict.fromkeys(table["index"]) if index != MAIN]
    notes = [computed, *(plain(str(about.data.indices.at[index, f"note_{lang}"])) for index in others)]
    return markdown(*notes) if any(notes) else None


def leaders_table(about: Place) -> HTML:
    """The first ranks of every year and level."""
    lang, rows = about.lang, about.leaders.to_dict("records")
    ranks = [rank_text(row["rank"], lang) for row in rows]
    ranks = [
        label("place.rank_of", lang, rank=rank, n=row["due"]) if row["due"] else rank
        for rank, row in zip(ranks, rows, strict=True)
    ]
    how = [_how(about, row) for row in rows]
    keys = [_key(about, row) for row in rows]
    to = [
        f"{_folder(key)}/ranking.html" if about.study(key) and key not in keys[:place] else "" for place, key in enumerate(keys)
    ]
    columns = [
        Column(label("place.year", lang), [str(key.year) for key in keys], links=to),
        Column(label("place.unit", lang), [row["name"] for row in rows], long=True),
        Column(label("place.rank", lang), ranks),
        Column(label("place.figure", lang), [_result(about, row) for row in rows], numeric=True),
        Column(label("place.level", lang), [_level(about, key.level) for key in keys], long=True),
        Column(label("place.how", lang), how, long=True),
    ]
    if (about.leaders["index"] != MAIN).any():
        measured = [about.data.name("indices", row["index"], lang) for row in rows]
        columns.insert(-1, Column(label("place.measured", lang), measured, long=True))
    if not about.sample:
        columns.append(tables.sources(about.data, [row["reference"] for row in rows], lang))
    caption = label("place.caption_leaders", lang, name=about.name, top=TOP)
    return html_table(columns, caption, lang, sample=about.sample)


def _how(about: Place, row: dict[Any, Any]) -> str:
    """Where a leader's rank is from, and of how many units it is known if not of all."""
    way = "sample" if about.sample else row["how"]
    part = "_part" if row["named"] != row["due"] and way != "computed" else ""
    return label(f"place.how_leader.{way}{part}", about.lang, named=row["named"])


def structures(about: Place) -> list[object]:
    """How the place's criteria sets changed, and the points of their pillars."""
    pillars = [pillars_table(about, framework) for framework in about.frameworks if not _has_page(framework)]
    if about.structures.empty and not pillars:
        return []
    changes = _changes(about)
    known = [] if about.structures.empty else [changes, structures_table(about)]
    return [_heading(about, "structures" if changes else "sets"), *known, *pillars]


def _changes(about: Place) -> Markdown | None:
    """The sets of each level one after another, where there are several."""
    lang, lines = about.lang, []
    rows = [(level, row) for row in about.structures.to_dict("records") for level in str(row["level"]).split()]
    for level in dict.fromkeys(level for level, _ in rows):
        own = {_decision(about, row): row for each, row in reversed(rows) if each == level}
        if len(own) > 1:
            sets = Said("; ".join(_set(decision, row, lang) for decision, row in reversed(own.items())))
            name = _level(about, level)
            lines.append(f"- {told('place.sets', lang, level=name[:1].upper() + name[1:], sets=sets)}")
    return markdown("\n".join(lines), told("place.compare_sets", lang)) if lines else None


def _set(decision: str, row: dict[Any, Any], lang: Any) -> str:
    parts = [told(f"place.{name}", lang, n=row[name]) for name in ("pillars", "indicators") if row[name]]
    key = "place.set" if parts else "place.set_unknown"
    return told(key, lang, decision=decision, parts=Said(", ".join(parts)))


def structures_table(about: Place) -> HTML:
    """Every criteria set of which anything is known."""
    lang, rows = about.lang, about.structures.to_dict("records")

    def counts(name: str) -> list[str]:
        return [number(float(row[name]), 0, lang) if row[name] else label("place.unknown", lang) for row in rows]

    names = [f"{_decision(about, row)}, {_levels(about, str(row['level']).split())}" for row in rows]
    columns = [
        Column(label("place.decision", lang), names, long=True),
        Column(label("place.count_pillars", lang), counts("pillars"), numeric=True),
        Column(label("place.count_indicators", lang), counts("indicators"), numeric=True),
        Column(label("place.scale", lang), counts("scale"), numeric=True),
        Column(label("place.status", lang), [label(f"place.status.{row['status']}", lang) for row in rows], long=True),
        tables.sources(about.data, [row["reference"] for row in rows], lang),
    ]  # fmt: skip
    return html_table(columns, label("place.caption_structures", lang, name=about.name), lang, sample=about.sample)


def pillars_table(about: Place, framework: Framework) -> HTML:
    """The pillars of a set whose criteria are not public, or what stands in their place: points and number of indicators."""
    lang = about.lang
    parts = [c for c, _, kind in framework.walk() if kind == "pillar" or (kind == "subindex" and not c.children)]
    points = [*(part.max_points for part in parts), framework.max_points]
    counts = [*(part.indicator_count for part in parts), framework.expects.indicators]
    shown = [label("place.unknown", lang) if count is None else number(count, 0, lang) for count in counts]
    columns = [
        Column(label("place.pillar", lang), [*(name_of(part, lang) for part in parts), label("place.total", lang)], long=True),
        Column(label("place.max_points", lang), [exact(each, lang) for each in points], numeric=True),
        Column(label("place.count_indicators", lang), shown, numeric=True),
    ]
    caption = label(
        "place.caption_pillars", lang, number=framework.reference.number, year=framework.applies.from_,
        level=_levels(about, framework.levels),
    )  # fmt: skip
    note = getattr(framework, f"note_{lang}") or ""
    return html_table(columns, caption, lang, sample=about.sample, note=note)


def claims(about: Place) -> list[object]:
    """What has been claimed about the place, checked."""
    if about.claims.empty:
        return []
    told = findings.claims(about.claims, about.lang)
    more = Markdown(label("place.all_claims", about.lang))
    return [_heading(about, "claims"), told, tables.claims(about.claims, about.data, about.lang), more]


def links(about: Place) -> list[object]:
    """The pages of the place's results, communes and criteria sets."""
    lang = about.lang
    communes = [f"- {link_in(about.unit_name(commune), f'case-{commune}.html')}" for commune in about.communes]
    sets = [f"- {link_in(_set_name(about, f), f'../criteria/{f.id}.html')}" for f in about.frameworks if _has_page(f)]
    lists = [
        f"{label(f'place.{kind}', lang)}\n\n" + "\n".join(lines)
        for kind, lines in {"communes": communes, "criteria": sets}.items()
        if lines
    ]
    if not lists and not about.studies:
        return []
    return [
        _heading(about, "links"),
        links_table(about) if about.studies else None,
        markdown(*lists) if lists else None,
    ]


def links_table(about: Place) -> HTML:
    """What pages each assessment has."""
    lang, studies = about.lang, about.studies
    columns = [Column(label("place.about", lang), [_study_name(about, study.key) for study in studies], long=True)]
    columns.append(Column(label("place.measured", lang), [study.index for study in studies], long=True))
    there = {
        "ranking": [True for _ in studies],
        "gaps": [study.to_parts for study in studies],
        "models": [study.to_parts and study.model_worthy for study in studies],
    }
    for page, made in there.items():
        if any(made):
            cells = [label("place.open", lang) if has else "–" for has in made]
            to = [f"{_folder(study.key)}/{page}.html" if has else "" for study, has in zip(studies, made, strict=True)]
            columns.append(Column(label(f"place.link_{page}", lang), cells, links=to))
    return html_table(columns, label("place.caption_links", lang, name=about.name), lang, sample=about.sample)


def sources(about: Place) -> list[object]:
    """The texts, the files and what the page was computed with."""
    lang, data = about.lang, about.data
    return [tables.references(data, about.references, lang), tables.inputs(about.files, data.root, lang), findings.stamp(lang)]


def _heading(about: Place, section: str) -> Markdown:
    return Markdown(f"## {label(f'place.section_{section}', about.lang)}")


def _key(about: Place, row: dict[Any, Any]) -> Key:
    return Key(about.place, row["index"], row["year"], row["level"])


def _folder(key: Key) -> str:
    """Where the pages of a study lie, seen from the page of its place."""
    return f"{key.index}-{key.year}-{key.level}"


def _study_name(about: Place, key: Key) -> str:
    return label("place.study", about.lang, year=key.year, level=about.data.name("levels", key.level, about.lang))


def _result(about: Place, row: dict[Any, Any]) -> str:
    """A leader's result: as it was published, else as it is known here."""
    if row["printed"]:
        shown = number(float(row["printed"]), len(row["printed"].partition(".")[2]), about.lang)
        forms = {"points": label("place.points", about.lang, points=shown), "completion_percent": f"{shown}%"}
        return forms.get(row["statistic"], shown)
    study: Study | None = about.study(_key(about, row))
    return "–" if study is None or pd.isna(row["score"]) else score_text(study, row["score"])


def _level(about: Place, level: str) -> str:
    """The name of a level, also of one that no unit here has."""
    if level in about.data.levels.index:
        return about.data.name("levels", level, about.lang)
    return label(f"place.level.{level}", about.lang)


def _levels(about: Place, levels: list[str]) -> str:
    return listing([_level(about, level) for level in levels], about.lang)


def _decision(about: Place, row: dict[Any, Any]) -> str:
    """The number and year of the act; the title of the source where it is no act."""
    found = _DECISION.match(str(row["decision"]))
    return found[0] if found else str(about.data.references.at[row["reference"], "title"])


def _has_page(framework: Framework) -> bool:
    """Whether the criteria are public, so that the set has a page of its own."""
    return bool(framework.leaves) and any(kind == "indicator" for _, _, kind in framework.walk())


def _set_name(about: Place, framework: Framework) -> str:
    values = {"level": _levels(about, framework.levels), "year": framework.applies.from_}
    return label("place.criteria_of", about.lang, number=framework.reference.number, **values)
