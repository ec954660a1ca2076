"""Sections of a page that people can point at: headings and criteria with readable addresses, rows of rankings and claims."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape, unescape

from dti_analysis.common.text import Lang, label, plain
from dti_analysis.views.html_table import BARE

# nbconvert encodes the id of a heading twice and hides its link, so that nobody can share a section.
_HEADING = re.compile(r'<h([2-4]) id="[^"]*">(.*?)<a class="anchor-link" href="[^"]*">(?:¶|&#182;)</a></h\1>', re.DOTALL)
_QUESTION = re.compile(r'<h1 id="[^"]*">(.*?)(?:<a class="anchor-link" href="[^"]*">(?:¶|&#182;)</a>)?</h1>', re.DOTALL)
_CRITERION = re.compile(r'(<section class="dti-criterion[^"]*" id=")([^"]+)("><h4>)<span class="code">(.*?)</span>')
_ID = re.compile(r'\bid="([^"]+)"')
_BODY = re.compile(r"<tbody>(.*?)</tbody>", re.DOTALL)
_BARE = re.compile(rf'(class="[^"<>]*\b{BARE}\b.*?<tbody>)(.*?)(?=</tbody>)', re.DOTALL)
_SPARED = re.compile(r'</t[dhr]>|(?<=<a href=)"([a-z0-9/.-]+)"(?=>)')
_LONGEST = 60


def slug(text: str) -> str:
    """A readable address of a heading: bang-xep-hang."""
    words = re.findall(r"[a-z0-9]+", plain(unescape(re.sub(r"<[^>]*>", "", text))))
    cut = ""
    for word in words:
        if cut and len(cut) + len(word) >= _LONGEST:
            break
        cut = f"{cut}-{word}" if cut else word
    return cut or "muc"


def sections(html: str) -> list[str]:
    """The addresses that the headings of a made page get, in their order; all different."""
    taken = set(_ID.findall(_HEADING.sub("", html)))
    found: list[str] = []
    for match in _HEADING.finditer(html):
        wanted = slug(match[2])
        names = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, 1000))
        found.append(next(name for name in names if name not in taken and name not in found))
    return found


def with_sections(html: str, twins: Sequence[str], lang: Lang) -> str:
    """A made page whose headings have their addresses, each with a link to itself, and the address in the other language.

    `twins` are the addresses of the same headings in the other language; if their number differs, none is given. The question
    that a notebook opens with becomes a line below the title.
    """
    own = sections(html)
    others: Sequence[str] = twins if len(twins) == len(own) else [""] * len(own)
    pairs = iter(zip(own, others, strict=True))

    def heading(match: re.Match[str]) -> str:
        (name, other), (level, text) = next(pairs), match.groups()
        twin = f' data-twin="{other}"' if other and other != name else ""
        said = escape(label("frame.section", lang, heading=unescape(re.sub(r"<[^>]*>", "", text)).strip()))
        link = f'<a class="dti-anchor" href="#{name}" aria-label="{said}">#</a>'
        return f'<div class="dti-heading"><h{level} id="{name}"{twin}>{text}</h{level}>{link}</div>'

    html = _HEADING.sub(heading, _QUESTION.sub(r'<p class="question">\1</p>', html))
    return _CRITERION.sub(r'\1\2\3<a class="code" href="#\2">\4</a>', html)


def signed(html: str, heading: int, lang: Lang) -> str:
    """A page with sections, and on paper room for signatures before the given heading (1 is the first); 0 for none."""
    found = [match.start() for match in re.finditer(r'<div class="dti-heading"><h2', html)]
    if not 0 < heading <= len(found):
        return html
    at = max(html.rfind(f'<div class="{kind}">', 0, found[heading - 1]) for kind in ("prose", "finding"))
    by, head, how, when = (escape(label(f"frame.sign_{name}", lang)) for name in ("by", "head", "how", "date"))
    block = f"<p>{by}<br><i>{how}</i></p><p><i>{when}</i><br>{head}<br><i>{how}</i></p>"
    return f'{html[:at]}<div class="dti-sign">{block}</div>{html[at:]}'


def with_rows(html: str, names: Sequence[str]) -> str:
    """A made page in which the rows of the first table that has as many rows as there are names can be pointed at."""
    body = next((body for body in _BODY.finditer(html) if body[1].count("<tr") == len(names) > 0), None)
    if body is None:
        return html
    taken, named = set(_ID.findall(html)), iter(names)

    def row(match: re.Match[str]) -> str:
        name = next(named)
        return match[0] if name in taken else f'{match[0]} id="{escape(name)}"'

    return html[: body.start(1)] + re.sub(r"<tr\b", row, body[1]) + html[body.end(1) :]


def lean(html: str) -> str:
    """A page whose bare table (views.html_table), of very many rows, is as short as the same can be written: a browser knows
    where a cell ends that is followed by another."""
    return _BARE.sub(lambda table: table[1] + _SPARED.sub(r"\1", table[2]), html)


def leading(html: str) -> str:
    """The first finding of a made page as plain text, what is quoted before it left out; empty where there is none."""
    for paragraph in _paragraphs(re.sub(r"<blockquote>.*?</blockquote>", "", html, flags=re.DOTALL)):
        return paragraph
    return ""


def _paragraphs(html: str) -> Iterator[str]:
    for finding in re.finditer(r'<div class="finding">(.*?)</div>', html, re.DOTALL):
        for part in re.finditer(r"<(p|li)>(.*?)</\1>", finding[1], re.DOTALL):
            yield " ".join(unescape(re.sub(r"<[^>]*>", "", part[2])).split())
