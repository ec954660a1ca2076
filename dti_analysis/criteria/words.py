"""Rules in words: what a criterion asks for and how it earns points, as an official form would say it.

Every sentence comes from the rule's own parameters, so a page, a form and a printed annex state what the code computes.
Numbers are written as the language writes them; the texts stand in common/labels/rules.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dti_analysis.common.exact import Rational
from dti_analysis.common.text import Lang, day, label
from dti_analysis.criteria.cells import NOT_APPLICABLE, read_cell
from dti_analysis.criteria.framework import Component
from dti_analysis.criteria.rule import Cell, Kind
from dti_analysis.criteria.rule_words import says
from dti_analysis.criteria.rules import Levels, RollUp, TargetAndLeader
from dti_analysis.criteria.voice import Voice, exact, percent, points, said

_LETTER = re.compile("[a-z]")


def in_words(component: Component, lang: Lang) -> str:
    """How a component earns points: by its rule, from its parts, or, where that is not public, that it is not."""
    voice = Voice(lang, None if component.max_points_by_group else component.max_points, component.measure)
    if component.unlisted:
        return voice.say("unlisted", max=voice.times())
    if component.way is not None:
        return "; ".join(says(component.way, voice))
    if component.parts:
        parts = [voice.say("item", n=n, what=_part(part, lang)) for n, part in enumerate(component.parts, 1)]
        whole = voice.say(component.combine, n=len(parts), parts="; ".join(parts))
    else:
        one = len(component.children) == 1
        whole = voice.say("only_child" if one else f"{component.combine}_of_children", n=len(component.children))
    return "; ".join([whole, *_caps(component, voice)])


def _part(part: Component, lang: Lang) -> str:
    """A part in words; under its name too, where its rule does not say what it asks for."""
    words = in_words(part, lang)
    speaks = part.way is not None and all(cell.asks for cell in part.way.cells().values())
    return words if speaks else label("rule.part_by_name", lang, name=name_of(part, lang), words=words)


def _caps(component: Component, voice: Voice) -> Iterator[str]:
    """What holds bonuses and penalties together, if anything does."""
    caps = {"most": component.extra_at_most, "least": component.extra_at_least}
    told = {name: voice.points(cap, sign=True) for name, cap in caps.items() if cap is not None}
    if told:
        yield voice.say("_".join(["extra", *told]), **told)


def asked(component: Component, lang: Lang) -> list[tuple[str, str, Kind, str]]:
    """Every number that a component and its parts ask for: code, cell, what it holds, and its words.

    The words are those of the rule or else the component's name. What comes from the scores of other units is not asked for.
    """
    if component.way is None:
        return [row for child in component.children for row in asked(child, lang)]
    if isinstance(component.way, RollUp):
        return []
    return [
        (component.code, name, cell.kind, _asks(component, name, cell, lang)) for name, cell in component.way.cells().items()
    ]


def _asks(component: Component, name: str, cell: Cell, lang: Lang) -> str:
    """What a cell asks for, in words."""
    if isinstance(component.way, TargetAndLeader) and name == "t":
        return said(cell.asks, lang) or label("rule.target", lang)
    return said(cell.asks, lang) or name_of(component, lang)


def given_in_words(component: Component, cells: dict[str, str], lang: Lang) -> str:
    """The numbers handed in for one component, in words; `cells` as an assessment holds them.

    `a = 812 (dossiers on time); b = 1,000 (dossiers due)`. Of a component known only from above: its points or its share.
    """
    rule = component.way
    if rule is None:
        return _stated(component, cells.get("value", "").strip(), lang)
    read = {name: cells.get(name, "").strip() for name in rule.cells()}
    if not any(read.values()):
        return label("given.missing", lang)
    told = []
    for name, cell in rule.cells().items():
        if not read[name] and cell.optional:
            continue
        given, what = _given(component, cell, read[name], lang), said(cell.asks, lang)
        if _LETTER.fullmatch(name) and cell.kind not in ("yes_no", "word"):
            told.append(label("given.lettered", lang, cell=name, given=given, what=_asks(component, name, cell, lang)))
        else:
            told.append(label("rule.clause", lang, when=what, then=given) if what else given)
    return "; ".join(told)


def _stated(component: Component, text: str, lang: Lang) -> str:
    """The figure of a component known only from above, in what it is measured in."""
    try:
        value = read_cell(component, "number", text)
    except ValueError:
        return _given(component, Cell("number"), text, lang)
    if component.measure == "share":
        return label("given.of_maximum", lang, share=percent(value, lang))
    return points(value, lang) if component.measure == "points" else measured(component, "number", value, lang)


def _given(component: Component, cell: Cell, text: str, lang: Lang) -> str:
    """One cell as the language writes it; what cannot be read is shown as it stands."""
    if not text or text.lower() in NOT_APPLICABLE:
        return label("rule.not_applicable" if text else "given.missing", lang)
    try:
        value = read_cell(component, cell.kind, text)
    except (ValueError, KeyError):
        return text
    if cell.kind == "yes_no":
        return label("rule.yes" if value else "rule.no", lang)
    if cell.kind == "word":
        return level_name(component, value, lang)
    return day(value.isoformat(), lang) if cell.kind == "date" else measured(component, cell.kind, value, lang)


def name_of(component: Component, lang: Lang) -> str:
    """The component's name, without the full stop that some acts put after it."""
    name: str = getattr(component, f"name_{lang}")
    return name.strip().removesuffix(".")


def level_name(component: Component, word: str, lang: Lang) -> str:
    """A level's name in a language, from its id or its name in either; the word itself where it is none."""
    rule = component.way
    if not isinstance(rule, Levels):
        return word
    name = rule.known().get(word.lower())
    return said(rule.levels[name], lang) if name else word


def measured(component: Component, kind: Kind, value: Rational, lang: Lang) -> str:
    """A count, or a measured value, with % where the component is measured in percent."""
    return exact(value, lang) + ("%" if kind == "number" and component.measure == "percent" else "")
