"""The site's own texts beside the pages of notebooks: methodology, glossary, changes, and what the site says of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.metadata import version
from pathlib import Path

from dti_analysis.common.rooms import REPOSITORY
from dti_analysis.common.text import Lang, label
from dti_analysis.publishing.sections import slug
from dti_analysis.records.about import About, about
from dti_analysis.records.sources import Data
from dti_analysis.studies.extent import date, extent, kind
from dti_analysis.studies.study import Study
from dti_analysis.views.html_table import card_style

PROJECT = "dti-analysis"
"""The name of the software, as pyproject.toml has it."""
SOURCES = {"method": "docs/methodology.md", "glossary": "docs/glossary.md", "changelog": "CHANGELOG.md"}
MEANINGS = "docs/glossary.vi.md"
"""What the words of the glossary mean, in Vietnamese."""
METHOD: dict[Lang, str] = {"vi": "docs/methodology.vi.md", "en": SOURCES["method"]}
"""The method in words for readers, and formula by formula."""
NAMES = ["about", "method", "glossary", "changelog"]
_LINK = re.compile(r"\[([^\]]+)\]\((?!https://|#)([^)]+)\)")
_TO_PAGES = {"methodology.md": "method.html", "glossary.md": "glossary.html"}


@dataclass(frozen=True)
class Text:
    """A page that is no notebook: its name below the language, its title and its part as HTML."""

    name: str
    lang: Lang
    title: str
    html: str


@dataclass(frozen=True)
class Term:
    """A word of the glossary in both languages, and what it means in each; empty where that is not written yet."""

    name: str
    vi: str
    en: str
    means: dict[Lang, str]

    @property
    def forms(self) -> dict[Lang, list[str]]:
        """The words by which a reader meets it."""
        return {"vi": _forms(self.vi), "en": _forms(self.en)}


def _forms(words: str) -> list[str]:
    return [form.strip().lower() for form in re.split(r"[,;]", re.sub(r"\([^)]*\)", "", words)) if form.strip(" –")]


def sources() -> list[Path]:
    """The files that texts are made from, there or not."""
    return [REPOSITORY / name for name in [*SOURCES.values(), MEANINGS, METHOD["vi"]]]


@cache
def glossary() -> dict[tuple[str, str], list[Term]]:
    """The terms of docs/glossary.md by the headings they stand under, in Vietnamese and English."""
    said = {cells[0]: cells[1] for _, cells in _rows(REPOSITORY / MEANINGS, 2)}
    headings = {english: vi for vi, english in re.findall(r"^## (.+) \((.+)\)$", _text(REPOSITORY / MEANINGS), re.MULTILINE)}
    found: dict[tuple[str, str], list[Term]] = {}
    taken: set[str] = set()
    for heading, (vi, en, meaning) in _rows(REPOSITORY / SOURCES["glossary"], 3):
        name = slug(vi) if slug(vi) not in taken else f"{slug(vi)}-{slug(en)}"
        taken.add(name)
        means: dict[Lang, str] = {"vi": said.get(vi, ""), "en": re.sub(r"[`*]", "", meaning)}
        found.setdefault((headings.get(heading, ""), heading), []).append(Term(name, vi, en, means))
    return found


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _rows(path: Path, count: int) -> Iterator[tuple[str, list[str]]]:
    """The first cells of the rows of a document's tables, with the heading they stand under."""
    heading = ""
    for line in _text(path).splitlines():
        if line.startswith("## "):
            heading = line[3:].strip()
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) >= count and cells[0] != "tiếng Việt":
            yield heading, cells[:count]


def terms(lang: Lang) -> dict[str, Term]:
    """The terms by each word that a reader may meet them under, in lower case; a word with two meanings is not among them."""
    found: dict[str, list[Term]] = {}
    for term in (term for under in glossary().values() for term in under):
        for form in term.forms[lang]:
            found.setdefault(form, []).append(term)
    return {form: own[0] for form, own in found.items() if len(own) == 1}


def texts(data: Data, lang: Lang, code: str, notebooks: str, facts: About | None = None) -> list[Text]:
    """Every text in a language. `code` is the example of a checksum, `notebooks` the address of the executed notebooks."""
    made = {
        "about": lambda: _about(data, facts or about(data.root), lang, code, notebooks),
        "method": lambda: _method(lang, facts or about(data.root)),
        "glossary": lambda: _glossary(lang),
        "changelog": lambda: _english(_document(SOURCES["changelog"]), lang),
    }
    there = [name for name in NAMES if name not in SOURCES or (REPOSITORY / SOURCES[name]).exists()]
    return [Text(name, lang, label(f"text.{name}", lang), made[name]()) for name in there]


def _document(name: str) -> str:
    """A document of the repository as HTML, without its title, which is that of the page."""
    _, _, body = (REPOSITORY / name).read_text(encoding="utf-8").partition("\n")
    body = _LINK.sub(lambda match: f"[{match[1]}]({_TO_PAGES[match[2]]})" if match[2] in _TO_PAGES else match[1], body)
    return _scrolling(to_html(body))


def to_html(markdown: str) -> str:
    """Markdown as nbconvert turns it into HTML."""
    from nbconvert.filters.markdown_mistune import markdown2html_mistune

    return str(markdown2html_mistune(markdown))


def _english(html: str, lang: Lang) -> str:
    """A document that is there in English only: marked as such on a Vietnamese page."""
    html = _vietnamese_marked(html)
    if lang == "en":
        return html
    intro = f'{label("text.in_english", lang)} <a href="glossary.html">{label("text.glossary", lang)}</a>.'
    return f'<p>{intro}</p><div lang="en">{html}</div>'


def _method(lang: Lang, facts: About) -> str:
    """The method: in English by formulas, in Vietnamese in words, with a link to the formulas where the site has them."""
    html = _document(METHOD[lang])
    if lang == "en":
        return _vietnamese_marked(html)
    link = f'<a href="../en/method.html" hreflang="en">{label("text.formulas", lang)}</a>'
    return html + (f"<p>{link}</p>" if "en" in facts.languages else "")


_MARKS = "à-ãè-êìíò-õùúýăđĩũơưạ-ỹ"
_VIETNAMESE = re.compile(rf"\b(?:[^\W\d_]*[{_MARKS}][^\W\d_]*)(?:\s+[^\W\d_]*[{_MARKS}][^\W\d_]*)*", re.IGNORECASE)


def _vietnamese_marked(html: str) -> str:
    """An English text in which Vietnamese words say their language, for those who have it read aloud."""
    parts = re.split(r"(<[^>]*>)", html)
    return "".join(part if part.startswith("<") else _VIETNAMESE.sub(r'<span lang="vi">\g<0></span>', part) for part in parts)


def _scrolling(html: str) -> str:
    """Tables as wide as they are, that scroll by themselves on a phone."""
    html = html.replace("<table>", '<div class="dti-scroll" tabindex="0"><table class="dti-table wraps">')
    return html.replace("</table>", "</table></div>").replace("<th>", '<th scope="col">')


def _glossary(lang: Lang) -> str:
    parts = [f"<p>{escape(label('text.glossary_intro', lang))}</p>"]
    other: Lang = "en" if lang == "vi" else "vi"
    for (vi, en), under in glossary().items():
        heading, foreign = (vi, "") if lang == "vi" and vi else (en, _foreign("en", lang))
        rows = "".join(
            f'<tr id="{term.name}"><th scope="row">{escape(getattr(term, lang))}</th>'
            f'<td lang="{other}">{escape(getattr(term, other))}</td>{_meaning(term, lang)}</tr>'
            for term in under
        )
        heads = "".join(f'<th scope="col">{label(f"glossary.{key}", lang)}</th>' for key in (lang, other, "meaning"))
        parts.append(
            f'<h2 id="{slug(heading)}"{foreign}>{escape(heading)}</h2><div class="dti-scroll" tabindex="0">'
            f'<table class="dti-table wraps"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
        )
    return "".join(parts)


def _meaning(term: Term, lang: Lang) -> str:
    said: Lang = lang if term.means[lang] else "en"
    text = escape(term.means[said])
    return f"<td{_foreign(said, lang)}>{_vietnamese_marked(text) if said == 'en' else text}</td>"


def _foreign(said: Lang, lang: Lang) -> str:
    return "" if said == lang else f' lang="{said}"'


def _about(data: Data, facts: About, lang: Lang, code: str, notebooks: str) -> str:
    said = {"project": PROJECT, "version": version(PROJECT)}

    def told(key: str, **more: str) -> str:
        return escape(label(f"about.{key}", lang, **said, **more))

    def named(key: str, link: str) -> str:
        return f'<h2 id="{slug(label(key, lang))}">{escape(label(key, lang))}</h2>{link}'

    contact = (
        f'{told("correct_to")} <a href="{escape(facts.contact.href)}">{escape(facts.contact.name)}</a>.'
        if facts.contact
        else ""
    )
    publisher = (
        f'{told("published_by")} <a href="{escape(facts.publisher.href)}">{escape(facts.publisher.name)}</a>.'
        if facts.publisher
        else told("publisher_none")
    )
    licence = (
        told("licence_text", licence=facts.licence.name).replace(
            escape(facts.licence.name), f'<a href="{escape(facts.licence.href)}">{escape(facts.licence.name)}</a>'
        )
        if facts.licence
        else told("licence_none")
    )
    repository = f'{told("code")} <a href="{escape(facts.code)}">{escape(facts.code)}</a>.' if facts.code else told("code_none")
    parts = [
        named("about.who", f"<p>{publisher}</p><p>{told('who_text')}</p>"),
        named("about.known", f"<p>{told('known_text')}</p>{_known(data, facts, lang)}<p>{told('no_map')}</p>"),
        named("frame.cite", f"<p>{told('cite_text')}</p><blockquote><p>{told('cite_example')}</p></blockquote>"
              f"<p>{told('cite_source')}</p>"),
        named("about.licence", f"<p>{licence}</p>"),
        named("about.correct", f"<p>{contact or told('correct_none')}</p>"
              f'<p>{told("correct_what")} <a href="changelog.html">{escape(label("text.changelog", lang))}</a>.</p>'
              f"<p>{told('correct_source')}</p>"),
        named("frame.again", f"<p>{told('again_text')}</p><pre><code>{escape(code)}</code></pre><p>{repository}</p>"
              f'<p>{told("again_zip")} <a href="{notebooks}">{notebooks.rpartition("/")[2]}</a>.</p>'),
    ]  # fmt: skip
    return "".join(parts)


def _known(data: Data, facts: About, lang: Lang) -> str:
    """Every assessment: of what kind it is, from when, and of how many units."""
    headings = [label(f"about.{key}", lang) for key in ("study", "kind", "date", "extent")]
    heads = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
        for name, *cells in _assessments(data, facts, lang)
    )
    return (
        f'<div class="dti-scroll" tabindex="0"><table class="dti-table wraps cards"{card_style(headings)}>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _assessments(data: Data, facts: About, lang: Lang) -> Iterator[tuple[str, str, str, str]]:
    shown, order = [key for key in data.assessments() if facts.has(key)], list(data.places["place"])
    for key in sorted(shown, key=lambda key: (data.is_sample(key.place), order.index(key.place))):
        study = Study.of(key, lang, data)
        yield (
            f"{study.place}: {study.level_name} – {study.index}",
            kind(study),
            date(study),
            extent(study),
        )


def with_terms(html: str, lang: Lang, root: str) -> str:
    """A page on which headings of columns and lines that are words of the glossary lead to it and tell what they mean.

    Each word does so once a page, where it first stands.
    """
    known, told = terms(lang), set()
    way = root.removeprefix("../") if root else f"{lang}/"

    def linked(match: re.Match[str]) -> str:
        before, text, after = match.groups()
        term = known.get(text.strip().lower())
        if term is None or term.name in told:
            return match[0]
        told.add(term.name)
        said = f' title="{escape(term.means[lang])}"' if term.means[lang] else ""
        return f'{before}<a class="dti-term" href="{way}glossary.html#{term.name}"{said}>{text}</a>{after}'

    return re.sub(r'(<th\b[^>]*scope="col"[^>]*>|<dt>)([^<]{3,60})(</th>|</dt>)', linked, html)
