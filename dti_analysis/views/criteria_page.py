"""A criteria set as its readers need it: every criterion with points, rule in words, evidence, provider, article and change."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

import pandas as pd
from IPython.display import HTML, Markdown

from dti_analysis.common.exact import Rational
from dti_analysis.common.text import Lang, day, label, listing, number, percent
from dti_analysis.criteria.amendment import amendment, criteria
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.criteria.voice import exact, said
from dti_analysis.criteria.words import in_words, name_of
from dti_analysis.records.sources import Data
from dti_analysis.views.html_table import Column, criterion_card, html_table, vietnamese
from dti_analysis.views.prose import in_vietnamese, markdown, plain, told

_SHOWN = ["new", "split", "merged", "changed", "dropped"]


def about(framework: Framework, lang: Lang) -> Markdown:
    """Which act the set is from, how far it is certain, and how many criteria and points it has."""
    act = framework.reference
    kind, title = told(f"criteria.{framework.status}", lang), in_vietnamese(act.title, lang)
    sentence = told(
        "criteria.about", lang, n=len(criteria(framework)), pillars=len(framework.pillars),
        points=exact(framework.max_points, lang), kind=kind, title=title, number=act.number, issued=day(act.issued, lang),
    )  # fmt: skip
    inferred = told("criteria.inferred", lang) if act.inferred else ""
    seen = told("criteria.seen_in", lang, where=in_vietnamese(act.seen_in, lang)) if act.seen_in else ""
    note = plain(getattr(framework, f"note_{lang}") or "")
    return markdown(sentence, " ".join(filter(None, [inferred, seen])), note)


def pillars(framework: Framework, data: Data, lang: Lang) -> HTML | None:
    """The pillars with their points, their share of the whole and how many criteria they have; None where there are none."""
    if not framework.pillars:
        return None
    own = [[c for c in criteria(framework) if _pillar(framework, c.code) == pillar.code] for pillar in framework.pillars]
    columns = [
        Column(label("criteria.pillar", lang), [name_of(pillar, lang) for pillar in framework.pillars], long=True,
               links=[f"#{pillar.code}" for pillar in framework.pillars]),
        Column(label("criteria.count", lang), [number(len(each), 0, lang) for each in own], numeric=True),
        Column(label("criteria.max", lang), [exact(pillar.max_points, lang) for pillar in framework.pillars], numeric=True),
        Column(label("criteria.weight", lang),
               [percent(float(p.max_points / framework.max_points), 1, lang) for p in framework.pillars], numeric=True),
    ]  # fmt: skip
    return html_table(columns, label("caption.criteria", lang), lang, sample=data.is_sample(framework.place))


def _pillar(framework: Framework, code: str) -> str:
    codes = {pillar.code for pillar in framework.pillars}
    while code and code not in codes:
        code = framework.parents[code]
    return code


def criteria_list(framework: Framework, lang: Lang) -> HTML:
    """Every criterion by pillar, as cards."""
    listed = {component.code for component in criteria(framework)}
    articles = framework.components.set_index("component")["article"]
    blocks = []
    for component, _, kind in framework.walk():
        if kind in ("subindex", "pillar") and component.code not in listed:
            maximum = label("criteria.points", lang, max=exact(component.max_points, lang))
            blocks.append(
                f'<h3 id="{escape(component.code)}">{escape(name_of(component, lang))} <small>{escape(maximum)}</small></h3>'
            )
        elif component.code in listed:
            blocks.append(_card(component, str(articles[component.code]), lang))
    return HTML(f'<div class="dti-criteria">{"".join(blocks)}</div>')


def _card(component: Component, article: str, lang: Lang) -> str:
    lines = [(label(f"criteria.{key}", lang), text) for key, text in _lines(component, article, lang)]
    maximum = label("criteria.points", lang, max=exact(component.max_points, lang)) if component.max_points else ""
    return criterion_card(component.code, name_of(component, lang), escape(maximum), lines)


def _lines(component: Component, article: str, lang: Lang) -> Iterator[tuple[str, str]]:
    """What a card says below its points: a key of the labels criteria.* and the text as HTML."""
    yield "rule", escape(in_words(component, lang))
    yield "groups", escape(", ".join(component.applies_to or []))
    yield "evidence", escape(said(component.evidence, lang))
    yield "provider", escape(said(component.provider, lang))
    yield "article", vietnamese(escape(article), lang)
    yield "adapted_from", escape((component.adapted_from or "").replace("@", " · "))
    notes = [getattr(each, f"note_{lang}") or "" for each in (component, *component.parts)]
    yield "contradicted" if component.contradicted else "note", escape(" ".join(filter(None, notes)))


def changes(framework: Framework, data: Data, lang: Lang) -> HTML | Markdown:
    """What changed since the set before, as a table; a sentence where no set before is known."""
    before = framework.sets_before
    if len(before) != 1:
        return Markdown(label("criteria.no_set_before", lang))
    old = data.framework(before[0])
    table = amendment(old, framework)
    counts = [
        label(f"criteria.counted.{kind}", lang, count=int((table["kind"] == kind).sum()))
        for kind in [*_SHOWN, "kept"]
        if (table["kind"] == kind).any()
    ]
    caption = label("caption.changes", lang, before=old.applies.to, counts=listing(counts, lang))
    rows = table[table["kind"].isin(_SHOWN)].to_dict("records")
    columns = [
        Column(label("criteria.criterion", lang), [_named(row, framework, old, lang) for row in rows], long=True),
        Column(label("criteria.change", lang), [_told(row, lang) for row in rows], long=True),
        Column(label("criteria.max_before", lang), [_points(row["max_before"], lang) for row in rows], numeric=True),
        Column(label("criteria.max_after", lang), [_points(row["max_after"], lang) for row in rows], numeric=True),
        Column(label("criteria.was", lang), [_were(row, old, lang) for row in rows], long=True),
    ]
    return html_table(columns, caption, lang, sample=data.is_sample(framework.place))


def _named(row: dict[Any, Any], new: Framework, old: Framework, lang: Lang) -> str:
    code = str(row["component"] or row["was"])
    framework = new if row["component"] else old
    return f"{code} {name_of(framework.by_code[code], lang)}"


def _told(row: dict[Any, Any], lang: Lang) -> str:
    kind = str(row["kind"])
    if kind != "changed":
        return label(f"criteria.kind.{kind}", lang)
    parts = [name for name in ("renamed", "other_rule") if row[name]]
    if row["max_before"] != row["max_after"]:
        parts.append("other_maximum")
    return listing([label(f"criteria.kind.{part}", lang) for part in parts], lang)


def _were(row: dict[Any, Any], old: Framework, lang: Lang) -> str:
    if row["kind"] in ("new", "dropped"):
        return ""
    return "; ".join(f"{code} {name_of(old.by_code[code], lang)}" for code in str(row["was"]).split())


def _points(points: object, lang: Lang) -> str:
    return exact(points, lang) if isinstance(points, Rational) and not pd.isna(points) else "–"
