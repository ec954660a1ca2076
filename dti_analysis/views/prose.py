"""Sentences in Markdown in which what comes from data is text and nothing else: no markup, no link, no heading of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from IPython.display import Markdown

from dti_analysis.common.text import Lang, label, listing

FEW_UNITS = 15
"""Up to how many units are named one by one, and from how many on their spread is told."""
_SPECIAL = r"\`*_[]<>&|~${}^"
_STANDS_FOR = {ord(sign): 0xE000 + ord(sign) for sign in f"{_SPECIAL}#-+=:.)!"}
_ENTITIES = {code: f"&#{code - 0xE000};" for code in _STANDS_FOR.values()}
_INSIDE = re.compile(rf"[{re.escape(_SPECIAL)}]|!(?=\[)|:(?=//)|^[#=:]|^[+-](?=[\s+-]|$)|(?:(?<=^\d)|(?<=^\d\d))[.)](?=\s|$)")


class Said(str):
    """A part of a sentence that may hold markup of our own; what of it comes from data is plain."""

    __slots__ = ()


def plain(text: str) -> Said:
    """A text from data for a sentence: what Markdown would take for markup stands for itself. Twice is the same as once."""
    if isinstance(text, Said):
        return text
    one_line = " ".join(re.split(r"[\r\n\t\x0b\f\u2028\u2029]+", text)).strip(" ")
    return Said(_INSIDE.sub(lambda sign: sign[0].translate(_STANDS_FOR), one_line))


def told(key: str, lang: Lang, **values: Any) -> Said:
    """The label `key` in a language, for a sentence: its {places} filled with plain texts, or with what was told before."""
    filled = {name: plain(value) if isinstance(value, str) else value for name, value in values.items()}
    return Said(label(key, lang, **filled))


def link_in(text: str, address: str) -> Said:
    """A link inside a sentence, to a page of the site."""
    return Said(f"[{plain(text)}]({address})")


def listed(words: Sequence[str], lang: Lang) -> Said:
    """`a, b and c`, of texts from data or of what was told before."""
    return Said(listing([plain(word) for word in words], lang))


def in_vietnamese(text: str, lang: Lang) -> Said:
    """A text from data that there is in Vietnamese only: on a page in another language it says so."""
    own = plain(text)
    return own if lang == "vi" or not text else Said(f'<span lang="vi">{own}</span>')


def markdown(*sentences: str) -> Markdown:
    """Sentences as paragraphs; empty ones are left out."""
    shown = Markdown("")
    shown.data = "\n\n".join(sentence for sentence in sentences if sentence).translate(_ENTITIES)
    return shown  # given at once, a text that begins with http would be fetched
