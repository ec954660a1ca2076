"""What a program says of faults, in the language of the one who reads it.

Whoever finds a fault writes plain English: `f"no column '{name}'"`. In Vietnamese it is said by faults.vi.yaml, which holds
each such sentence once: `"no column '{name}'": "không có cột '{name}'"`. A text is told by the sentence that it follows, the
one with most words of its own where several fit; what stands in a place in braces is data and stays as it is. So are texts
told that come from elsewhere: from other packages, from the system, from a notebook that ran in a process of its own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

_PLACE = re.compile(r"\{([*#&=]?)([a-z]+)\}")
"""{name} is data · {*part} a sentence itself, or nothing · {#count} 2,000 · {&words} a, b and c · {=word} a single one."""
_OPENING = ("'", '"', "“")
_AND_OR = {" and ": " và ", " or ": " hoặc "}
_chosen = {"command": "", "pages": "", "notebook": ""}


def speak(lang: str, where: Literal["command", "pages", "notebook"] = "command") -> None:
    """Let faults be told in a language from now on, as a command was asked to, the pages that it makes are in, or a notebook
    is in; '' takes that back."""
    _chosen[where] = _known(lang)


def speaking(where: Literal["command", "notebook"] = "command") -> str:
    """The language in which faults are told: the one that a command was asked for, else that of DTI_LANG, else that of the
    pages or the notebook, else English."""
    told = _known(os.environ.get("DTI_LANG", ""))
    return (told or _chosen["notebook"] if where == "notebook" else _chosen["command"] or told or _chosen["pages"]) or "en"


def _known(lang: str) -> str:
    return lang if lang in ("vi", "en") else ""


def in_words(text: str, lang: str) -> str:
    """A text of a fault in a language; as it is where no sentence is known for it, which then is data."""
    return text if lang == "en" or not text else (_told(text) or text)


def _told(text: str) -> str | None:
    """The text by the first sentence that it follows, the wordiest of them; None where there is none."""
    for pieces, follows, tell in _sentences():
        if all(piece in text for piece in pieces) and (match := follows(text)) and (told := tell(match)) is not None:
            return told
    return None


_Sentence = tuple[list[str], Callable[[str], re.Match[str] | None], Callable[[re.Match[str]], str | None]]


@cache
def _sentences() -> list[_Sentence]:
    """All sentences, the wordiest first: what each must hold, how it is followed, and how it is told."""
    from dti_analysis.common import strict_yaml

    known: dict[str, str] = strict_yaml.read(Path(__file__).with_name("faults.vi.yaml"), as_is=True).data
    return [_sentence(said, told) for said, told in sorted(known.items(), key=lambda pair: -len(_PLACE.sub("", pair[0])))]


def _sentence(said: str, told: str) -> _Sentence:
    pieces = _PLACE.split(said)  # words, kind, name, words, kind, name, …
    kinds = dict(zip(pieces[2::3], pieces[1::3], strict=True))
    quoted = {name for before, name in zip(pieces[::3], pieces[2::3], strict=False) if before.endswith(_OPENING)}
    names = [f"(?P<{name}>.*?)" for name in pieces[2::3]]
    pattern = "".join(a + b for a, b in zip(map(re.escape, pieces[::3]), [*names, ""], strict=True))

    def tell(match: re.Match[str]) -> str | None:
        if any(_torn(match[name]) for name in kinds.keys() - quoted):
            return None
        held = {name: _held(match[name], kind) for name, kind in kinds.items()}
        return None if None in held.values() else _PLACE.sub(lambda place: str(held[place[2]]), told)

    return pieces[::3], _followed(pattern), tell


def _followed(pattern: str) -> Callable[[str], re.Match[str] | None]:
    """Compiled where it is first asked for: of a thousand sentences few are."""
    return lambda text: re.fullmatch(pattern, text, flags=re.DOTALL)


def _torn(text: str) -> bool:
    """Whether a text begins or ends within quotation marks: words of what is quoted are not ours."""
    return text.count("'") % 2 == 1 or text.count("“") != text.count("”")


def _held(text: str, kind: str) -> str | None:
    """What stands in a place of a sentence, as it is told; None where it cannot stand there."""
    if kind == "*":
        return _told(text) if re.search("[A-Za-z]", text) else text
    if kind == "#":
        return text.replace(",", ".") if re.fullmatch(r"[^A-Za-z\s]+", text) else None
    if kind == "=":
        return None if re.search(r"\s", text) else text
    for ours, theirs in _AND_OR.items() if kind == "&" else ():
        text = text.replace(ours, theirs)
    return text
