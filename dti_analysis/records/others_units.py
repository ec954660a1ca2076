"""Whose a form of others is: names of units as people write them, and their ids. A name that only nearly fits is refused."""

from __future__ import annotations

import re
from difflib import get_close_matches

from dti_analysis.common.text import Lang, label, listing, plain
from dti_analysis.records.mapping import Whose, folded
from dti_analysis.records.workbook_answers import Wrong


def unit_of(text: str, whose: Whose, units: dict[str, tuple[str, str]], lang: Lang) -> str:
    """The id of the unit that a text names: by id, name, or one of the mapping's names. Raises Wrong: none, or several."""
    known = {unit: name for unit, (_, name) in units.items()}
    name = _bare(text, whose)
    own = {folded(other): unit for other, unit in whose.names.items()}
    if name in own and own[name] in known:
        return own[name]
    if text.strip() in known:
        return text.strip()
    found = [unit for unit, written in known.items() if folded(written) == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise Wrong(label("others.unit_twice", lang, name=text, units=", ".join(found)), label("others.unit_id", lang))
    written = " ".join(text.split())[:60]
    told = label("others.unit_unknown", lang, name=written) if name else label("intake.empty", lang)
    close = get_close_matches(plain(name), {plain(other) for other in known.values()}, n=3)
    likely = [f"{other} ({unit})" for unit, other in known.items() if name and plain(other) in close]
    nearest = label("others.near", lang, words=listing(likely, lang)) if likely else ""
    raise Wrong(told, label("others.unit", lang, nearest=nearest))


def unit_of_file(stem: str, whose: Whose, units: dict[str, tuple[str, str]], lang: Lang) -> str:
    """The id of the unit that the name of a file names, with or without diacritics. Raises Wrong."""
    assert whose.file is not None
    match = re.fullmatch(whose.file, stem)
    if match is None:
        raise Wrong(label("others.file_name", lang, name=stem), label("others.file_pattern", lang, pattern=whose.file))
    slug = _slug(match[1])
    found = [unit for unit, (_, name) in units.items() if slug in (_slug(unit), _slug(name))]
    if len(found) == 1:
        return found[0]
    if found:
        raise Wrong(label("others.unit_twice", lang, name=match[1], units=", ".join(found)), label("others.unit_id", lang))
    return unit_of(match[1].replace("_", " "), whose, units, lang)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", plain(text)).strip("-")


def _bare(text: str, whose: Whose) -> str:
    """The name without the words before it that the mapping states, whichever come first."""
    name = folded(text)
    while before := next((word for word in map(folded, whose.without) if word and name.startswith(word)), ""):
        name = name.removeprefix(before).strip(" :.-–")
    return name
