"""The page of a commune: what is known, what that is worth under a criteria set, and what the rule of recognition says."""

from __future__ import annotations

from typing import Any

from IPython.display import HTML, Markdown

from dti_analysis.common.text import Lang, day, label, number, percent, rank_text
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.criteria.voice import exact
from dti_analysis.criteria.words import in_words, name_of
from dti_analysis.records.tables import TOPICS
from dti_analysis.studies.commune import Commune
from dti_analysis.studies.study import Study
from dti_analysis.views import findings, tables
from dti_analysis.views.figures import commune as figures
from dti_analysis.views.html_table import Column, html_table
from dti_analysis.views.prose import link_in, listed, markdown, plain, told
from dti_analysis.views.wording import score_heading, score_text


def intro(case: Commune) -> Markdown:
    """How much is known and how old it is; first, what a reader must know of the place and the commune."""
    lang, table = case.lang, case.facts
    notes = [plain(str(case.data.places.at[case.place, f"note_{lang}"]))]
    if case.until and case.part_of:
        notes.append(told("commune.until", lang, unit=case.name, above=case.part_of, until=day(case.until, lang)))
    if table.empty:  # what is to be said first is said of each assessment
        return markdown(told("commune.intro_assessed", lang, unit=case.name, n=len(case.studies)))
    sentence = told("commune.intro", lang, n=len(table), unit=case.name, latest=day(table["as_of"].max(), lang))
    stale = int((table["stale"] == "yes").sum())
    repeated = told("commune.intro_stale", lang, stale=stale) if stale else ""
    return markdown(*([f"> {' '.join(filter(None, notes))}"] if any(notes) else []), f"{sentence} {repeated}".strip())


def facts_table(case: Commune) -> HTML:
    """What is known: dated, sourced, and said to be old where it is."""
    lang, table = case.lang, case.facts
    dates = [
        day(as_of, lang) + (f" ({label('commune.stale', lang)})" if stale == "yes" else "")
        for as_of, stale in zip(table["as_of"], table["stale"], strict=True)
    ]
    columns = [
        Column(label("commune.fact", lang), list(table[f"fact_{lang}"]), long=True),
        Column(label("commune.value", lang), [_value(row, lang) for row in table.itertuples()], numeric=True),
        Column(label("commune.topic", lang), [_topic(topic, lang) for topic in table["topic"]]),
        Column(label("commune.as_of", lang), dates, long=True),
        tables.sources(case.data, table["reference"], lang),
    ]
    return html_table(columns, label("commune.caption_facts", lang, unit=case.name), lang)


def _topic(topic: str, lang: Lang) -> str:
    return label(f"commune.topic.{topic}", lang) if topic in TOPICS else topic


def known(case: Commune) -> list[object]:
    """The facts, as a figure and a table; nothing where there are none."""
    if case.facts.empty:
        return []
    return [Markdown(f"## {label('commune.section_facts', case.lang)}"), figures.facts(case), facts_table(case)]


def standings(case: Commune) -> list[object]:
    """Where the commune stands in each assessment that it is a part of, and in each pillar; nothing where in none."""
    if not case.studies:
        return []
    shown: list[object] = [Markdown(f"## {label('commune.section_standings', case.lang)}")]
    for study in case.studies:
        shown += [findings.status(study), _standing(case, study), _pillar_ranks(case, study)]
    return shown


def _standing(case: Commune, study: Study) -> Markdown:
    own = study.ranking[study.ranking["unit"] == case.unit].to_dict("records")[0]
    named = {"unit": case.name, "index": study.index, "year": study.year, "n": len(study.due), "level": study.level_name}
    score = score_text(study, own["score"]) if own["score"] >= 0 else told("commune.not_published", case.lang)
    key = "commune.stands" if own["rank"] >= 1 else "commune.stands_unranked"
    return markdown(told(key, case.lang, rank=rank_text(own["rank"], case.lang), score=score, **named))


def _pillar_ranks(case: Commune, study: Study) -> HTML | None:
    lang = case.lang
    own = study.verified[(study.verified["unit"] == case.unit) & (study.verified["level"] == "pillar")]
    own = own[own["points"].notna() & (own["max_points"] > 0)]
    if own.empty:
        return None
    rows = own.to_dict("records")
    columns = [
        Column(label("commune.pillar", lang), [study.component_name(str(row["component"])) for row in rows], long=True),
        Column(score_heading(study),
               [score_text(study, row["score"], 1) for row in rows], numeric=True,
               bars=[row["score"] for row in rows]),
        Column(label("commune.rank_of", lang, n=len(study.units)), [rank_text(r["rank"], lang) for r in rows], numeric=True),
    ]  # fmt: skip
    caption = label("commune.caption_standing", lang, unit=case.name, year=study.year, index=study.index)
    return html_table(columns, caption, lang, sample=study.sample)


def bounds(case: Commune) -> list[object]:
    """What the facts are worth under the criteria set that they point into; nothing where they point into none."""
    if case.framework is None:
        return []
    heading = Markdown(f"## {label('commune.section_bounds', case.lang)}")
    return [heading, bounds_finding(case), figures.bounds(case), known_table(case), pillars_table(case)]


def bounds_finding(case: Commune) -> Markdown:
    """From … to … of how many points, how much is unknown, and whose criteria they are."""
    framework, total, lang = case.framework, case.total, case.lang
    assert framework is not None and total is not None
    place, year = case.data.name("places", framework.place, lang), framework.applies.from_
    sentence = told(
        "commune.bounds_finding", lang, number=framework.reference.number, place=place, year=year, unit=case.name,
        low=exact(total.low, lang), high=exact(total.high, lang), max=exact(total.max_points, lang),
        unknown=int((case.bounds["fact"] == "").sum()), all=len(case.bounds),
    )  # fmt: skip
    more = []
    if framework.place != case.place:
        known_since = case.bounds.loc[case.bounds["fact"] != "", "as_of"].min()
        own = case.data.name("places", case.place, lang)
        more.append(told("commune.bounds_borrowed", lang, own=own, since=day(known_since, lang), year=year))
    if framework.reference.inferred:
        more.append(told("commune.bounds_inferred", lang))
    return markdown(sentence, " ".join(more))


def known_table(case: Commune) -> HTML:
    """The criteria of which something is known: the fact, the rule, the points."""
    framework, lang = case.framework, case.lang
    assert framework is not None
    rows = case.bounds[case.bounds["fact"] != ""]
    components = [framework.by_code[code] for code in rows["component"]]
    page = f"../criteria/{framework.id}.html"
    columns = [
        Column(label("commune.criterion", lang), [f"{c.code} {name_of(c, lang)}" for c in components], long=True,
               links=[f"{page}#{component.code}" for component in components]),
        *_points(case, list(rows["component"])),
        Column(label("commune.fact", lang), list(rows["fact"]), long=True),
        Column(label("commune.as_of", lang), [day(as_of, lang) for as_of in rows["as_of"]]),
        Column(label("commune.rule", lang), [in_words(component, lang) for component in components], long=True),
    ]  # fmt: skip
    caption = label("commune.caption_known", lang, known=len(rows), all=len(case.bounds))
    return html_table(columns, caption, lang, note=label("commune.note_known", lang))


def pillars_table(case: Commune) -> HTML:
    """The bounds of the whole and of each pillar."""
    framework, lang = case.framework, case.lang
    assert framework is not None
    rows = [component for component, _, kind in framework.walk() if kind in ("total", "pillar")]
    codes = [component.code for component in rows]
    own = [case.bounds[[_within(case, code, above) for code in case.bounds["component"]]] for above in codes]
    columns = [
        Column(label("commune.pillar", lang),
               [label("commune.bounds.whole", lang) if c.code == TOTAL else name_of(c, lang) for c in rows], long=True),
        *_points(case, codes),
        Column(label("commune.criteria", lang), [number(len(table), 0, lang) for table in own], numeric=True),
        Column(label("commune.known", lang), [number((table["fact"] != "").sum(), 0, lang) for table in own], numeric=True),
    ]  # fmt: skip
    return html_table(columns, label("commune.caption_pillars", lang), lang)


def _within(case: Commune, code: str, above: str) -> bool:
    """Whether a criterion is, or lies below, another component."""
    assert case.framework is not None
    while code and code != above:
        code = case.framework.parents[code]
    return bool(code)


def _points(case: Commune, codes: list[str]) -> list[Column]:
    spans = [case.spans[code] for code in codes]
    return [
        Column(label(f"commune.{name}", case.lang), [exact(getattr(span, name), case.lang) for span in spans], numeric=True)
        for name in ("low", "high", "max_points")
    ]


def recognition(case: Commune) -> list[object]:
    """The place's own rule of recognition; nothing where it has none."""
    rule, lang = case.pass_rule, case.lang
    if rule is None:
        return []
    act, shares = rule["reference"], next(row for row in rule["rules"] if row["level"] == case.level)
    sentence = told(
        f"commune.recognition{'' if shares['extended_share'] else '_only'}", lang, number=act["number"],
        issued=day(str(act["issued"]), lang), from_=rule["applies"]["from"], to=rule["applies"]["to"],
        mandatory=percent(shares["mandatory_share"], 0, lang), extended=percent(shares["extended_share"], 0, lang),
    )  # fmt: skip
    unknown = "" if rule["criteria_known"] else told("commune.recognition_unknown", lang, unit=case.name)
    heading = Markdown(f"## {told('commune.section_recognition', lang)}")
    return [heading, markdown(f"{sentence} {unknown}".strip()), _rules(case, rule)]


def _rules(case: Commune, rule: dict[str, Any]) -> HTML:
    lang, rows = case.lang, rule["rules"]

    def shares(column: str) -> list[str]:
        keys = [("all" if row[column] == 1 else "at_least") if row[column] else "not_required" for row in rows]
        return [label(f"commune.{key}", lang, share=percent(row[column], 0, lang)) for key, row in zip(keys, rows, strict=True)]

    columns = [
        Column(label("commune.level", lang), [case.data.name("levels", row["level"], lang) for row in rows], long=True),
        Column(label("commune.mandatory", lang), shares("mandatory_share")),
        Column(label("commune.extended", lang), shares("extended_share")),
    ]
    caption = label("commune.caption_recognition", lang, number=rule["reference"]["number"])
    return html_table(columns, caption, lang, note=rule.get(f"note_{lang}", ""))


def frame(case: Commune) -> list[object]:
    """A frame of criteria for recognition, for what it is; nothing where none is known."""
    document, lang = case.frame, case.lang
    if document is None or case.facts.empty:
        return []
    rows, act = [row for row in document["criteria"] if row["level"] == case.level], document["reference"]
    printed = [row["printed"] for row in rows]
    sentence = told("commune.frame", lang, n=len(rows), sum=number(sum(filter(None, printed)), 0, lang), unit=case.name)
    columns = [
        Column(label("commune.criterion", lang), [row[f"name_{lang}"].removesuffix(".") for row in rows], long=True),
        Column(label("commune.pillar", lang), [row[f"pillar_{lang}"] for row in rows], long=True),
        Column(label("commune.definition", lang), [row[f"definition_{lang}"] for row in rows], long=True),
        Column(
            label("commune.printed", lang), ["–" if each is None else number(each, 0, lang) for each in printed], numeric=True
        ),
    ]
    number_ = label("commune.number_inferred", lang, number=act["number"]) if act.get("inferred") else act["number"]
    caption = label("commune.caption_frame", lang, title=act["title"], number=number_)
    heading = Markdown(f"## {label('commune.section_frame', lang)}")
    note = document.get(f"note_{lang}", "")
    return [heading, markdown(sentence), html_table(columns, caption, lang, note=note)]


def links(case: Commune) -> Markdown:
    """Where to read on."""
    lang, to = case.lang, []
    if case.framework is not None:
        text = told("commune.link_criteria", lang, number=case.framework.reference.number)
        to.append(link_in(text, f"../criteria/{case.framework.id}.html"))
    if any(key.place == case.place for key in case.data.assessments()):
        to.append(link_in(told("commune.link_place", lang, place=case.data.name("places", case.place, lang)), "index.html"))
    to.append(link_in(told("commune.link_claims", lang), "../claims.html"))
    return markdown(told("commune.links", lang, links=listed(to, lang)))


def sources(case: Commune) -> list[object]:
    """The texts, the files and what the page was computed with."""
    lang = case.lang
    inputs = tables.inputs(case.files, case.data.root, lang)
    return [tables.references(case.data, case.references, lang), inputs, findings.stamp(lang)]


def _value(row: Any, lang: Any) -> str:
    if not row.value:
        return "–"
    decimals = len(row.value.partition(".")[2])
    if row.measure == "percent":
        return percent(float(row.value) / 100, decimals, lang)
    return number(float(row.value), decimals, lang)
