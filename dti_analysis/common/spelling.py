"""How words of data are spelled: one pattern of ids, texts tidied alike, look-alikes told by their code point."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""What ids look like, of units, places, levels, indices, frameworks, references and claims: they name files and addresses."""
LONGEST_ID = 80
ID_EXPECTED = "lower-case letters, digits and hyphens, as xa-mau-an"
LONGEST_SHOWN = 200

_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{at}" for port in ("com", "lpt") for at in range(1, 10))}
"""Names that files cannot have on Windows."""
_MARKS = set("\u0300\u0301\u0302\u0303\u0306\u0309\u031b\u0323")  # of Vietnamese letters and tones
_ABROAD = set("\u0308\u030a\u0327")  # of names elsewhere (Ö, å, ç); no caron, which looks like the breve of ă
_TONES = str.maketrans("", "", "\u0300\u0301\u0303\u0309\u0323")
_PUNCTUATION = set("–—’‘“”«»°·…")


def tidy(text: str) -> str:
    """A text as it is kept: composed letters (NFC), no blanks around it."""
    return unicodedata.normalize("NFC", text).strip()


def is_id(text: str) -> bool:
    """Whether a text is an id, and fit for the name of a file: short enough, and not one that Windows keeps for a device."""
    return len(text) <= LONGEST_ID and ID.fullmatch(text) is not None and text not in _DEVICES


@lru_cache(maxsize=1 << 12)
def odd(text: str) -> str:
    """The first character that only looks like one of a Vietnamese or English name, as `U+00A0 NO-BREAK SPACE`; else empty.

    Such are blanks and hyphens that are not seen, control characters, letters of other alphabets (Ð for Đ, Cyrillic а),
    full-width letters and digits, loose accents.
    """
    if text.isascii() and text.isprintable():
        return ""
    return _named(next((letter for letter in text if not _ordinary(letter)), ""))


def invisible(text: str) -> str:
    """The first character of a text that is not seen, named as by `odd`; line breaks are seen. Else empty."""
    return "" if text.isprintable() else _named(next((sign for sign in text if not (sign.isprintable() or sign in "\n\t")), ""))


def visible(text: str) -> str:
    """A text without the characters that are not seen."""
    return "".join(filter(str.isprintable, text))


def foreign(text: str) -> str:
    """The first letter or digit of a text that only looks like one of the Vietnamese or English alphabet, named as by `odd`."""
    if text.isascii():
        return ""
    return _named(next((sign for sign in text if sign.isalnum() and sign not in "²³¹ºª" and not _ordinary(sign)), ""))


def _named(letter: str) -> str:
    return f"U+{ord(letter):04X} {unicodedata.name(letter, 'CONTROL CHARACTER')}" if letter else ""


def _ordinary(letter: str) -> bool:
    if letter.isascii():
        return letter.isprintable()
    parts = unicodedata.normalize("NFD", letter)
    base, marks = parts[0], parts[1:]
    return (
        letter in "đĐ" or letter in _PUNCTUATION or (base.isascii() and base.isalpha() and (_MARKS | _ABROAD).issuperset(marks))
    )


def folded(text: str) -> str:
    """A text without what the eye passes over: case, tones, the width of blanks and dashes."""
    bare = unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).translate(_TONES)).casefold()
    return re.sub(r"\s+", " ", re.sub("[–—]", "-", bare))


def shown(text: str, most: int = LONGEST_SHOWN, counted: str = "characters") -> str:
    """A text for a message: on one line, control and invisible characters as escapes, and cut where nobody would read on."""
    if len(text) > most:
        text = f"{text[: most - 40]} … {text[-20:]} ({len(text)} {counted})"
    return text if text.isprintable() else "".join(map(_escaped, text))


def _escaped(letter: str) -> str:
    if letter.isprintable():
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
