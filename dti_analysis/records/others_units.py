"""Whose a form of others is: names of units as people write them, and their ids. A name that only nearly fits is refused."""

from __future__ import annotations

import re
from difflib import get_close_matches

from dti_analysis.common.text import Lang, label, listing, plain
from dti_analysis.records.mapping import Whose, compared
from dti_analysis.records.workbook_answers import Wrong

Names = dict[str, tuple[str, ...]]
"""Every name of each unit, by its id."""


def unit_of(text: str, whose: Whose, units: Names, lang: Lang) -> str:
    """The id of the unit that a text names: by id, name, or one of the mapping's names. Raises Wrong: none, or several."""
    name = _bare(text, whose)
    own = {compared(other): unit for other, unit in whose.names.items()}
    if name in own and own[name] in units:
        return own[name]
    if text.strip() in units:
        return text.strip()
    found = [unit for unit, names in units.items() if name in map(compared, names)]
    if len(found) == 1:
        return found[0]
    if found:
        raise Wrong(label("others.unit_twice", lang, name=text, units=", ".join(found)), label("others.unit_id", lang))
    written = " ".join(text.split())[:60]
    told = label("others.unit_unknown", lang, name=written) if name else label("intake.empty", lang)
    close = get_close_matches(plain(name), {plain(other) for names in units.values() for other in names}, n=3)
    likely = [f"{names[0]} ({unit})" for unit, names in units.items() if name and {plain(one) for one in names} & {*close}]
    nearest = label("others.near", lang, words=listing(likely, lang)) if likely else ""
    raise Wrong(told, label("others.unit", lang, nearest=nearest))


def unit_of_file(stem: str, whose: Whose, units: Names, lang: Lang) -> str:
    """The id of the unit that the name of a file names, with or without diacritics. Raises Wrong."""
    assert whose.file is not None
    match = re.fullmatch(whose.file, stem)
    if match is None:
        raise Wrong(label("others.file_name", lang, name=stem), label("others.file_pattern", lang, pattern=whose.file))
    slug = _slug(match[1])
    found = [unit for unit, names in units.items() if slug in map(_slug, (unit, *names))]
    if len(found) == 1:
        return found[0]
    if found:
        raise Wrong(label("others.unit_twice", lang, name=match[1], units=", ".join(found)), label("others.unit_id", lang))
    return unit_of(match[1].replace("_", " "), whose, units, lang)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", plain(text)).strip("-")


def _bare(text: str, whose: Whose) -> str:
    """The name without the words before it that the mapping states, whichever come first."""
    name = compared(text)
    while before := next((word for word in map(compared, whose.without) if word and name.startswith(word)), ""):
        name = name.removeprefix(before).strip(" :.-–")
    return name
