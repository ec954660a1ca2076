"""A site from the made parts of its pages: each gets its frame, and beside them stand home page, texts, index and style.

The frame is put around when the site is assembled, not when a page is made: a new year's pages are then linked from all others
without making those again, and no link leads to a page that is not there.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from posixpath import normpath
from typing import Any

from jinja2 import Environment, FileSystemLoader, Template
from markupsafe import Markup

from dti_analysis.common.rooms import REPOSITORY, TEMPLATES
from dti_analysis.common.text import LANGS, Lang, label
from dti_analysis.publishing import navigate
from dti_analysis.publishing.attestation import Attestation
from dti_analysis.publishing.find import index_file, index_of
from dti_analysis.publishing.frame import (
    EXECUTED,
    data_of,
    downloads,
    home_address,
    link,
    other_language,
    study_of,
    words,
)
from dti_analysis.publishing.home import home_parts
from dti_analysis.publishing.navigate import Site
from dti_analysis.publishing.pages import Page
from dti_analysis.publishing.sections import leading, lean, sections, signed, slug, with_rows, with_sections
from dti_analysis.publishing.texts import NAMES, PROJECT, Text, sources, texts, with_terms
from dti_analysis.records.about import FILE, About, Named
from dti_analysis.studies.claims import check_claims
from dti_analysis.studies.extent import date, extent, kind
from dti_analysis.studies.study import Study
from dti_analysis.views.many import MOST_ROWS

STATIC = ["style.css", "site.js", "compare.js"]
PICTURE = REPOSITORY / "docs" / "picture.png"
"""What is shown of the site where somebody shares one of its pages; such pictures need the site's whole address."""
_DESCRIPTION = 200
_SIGNED = {"unit": 1, "ranking": 2}
"""Before which heading of a page that is handed on as a paper its signatures stand: what is above them is the paper."""


def site_files(data: Path, site_file: Path | None = None) -> list[Path]:
    """The files that a site is made from beside its pages and the package, there or not."""
    return [*sources(), site_file or data / FILE, PICTURE]


def address(name: str, lang: Lang) -> str:
    """Where a text lies in the site."""
    return f"{lang}/{name}.html"


def complete(
    pages: Iterable[Page],
    folder: Path,
    withheld: Iterable[Page] = (),
    facts: About | None = None,
    attested: Attestation | None = None,
) -> None:
    """Make a site of a folder that holds the made part of each page at its address, tables and notebooks beside them.

    Pages `withheld` could not be made: a notice stands in their place, so that no link leads nowhere. `attested`: that the
    site was made again, which pages say.
    """
    absent = {page.path: page for page in withheld}
    site = Site([*pages, *absent.values()], facts)
    for page in absent.values():
        _write(folder / f"{page.path}.html", f"<p>{label('site.withheld', page.lang)}</p>")
    made = {page.path: (folder / f"{page.path}.html").read_text(encoding="utf-8") for page in site.pages}
    for page in site.pages:
        made[page.path] = with_rows(made[page.path], names := _row_names(page))
        site.rows[page.path] = {name for name in names if f'<tr id="{name}"' in made[page.path]}
    for name in STATIC:
        shutil.copyfile(TEMPLATES / "dti" / name, folder / name)
    for page in site.pages:
        twin = site.by_path.get(f"{other_language(page.lang)}/{page.name}")
        twins = sections(made[twin.path]) if twin else []
        _write(folder / f"{page.path}.html", framed(page, made[page.path], twins, site, page.path in absent, attested))
    for page in {page.key: page for page in site.pages if page.kind == "compare" and page.path not in absent}.values():
        _write_compared(folder, study_of(page))
    langs = [lang for lang in LANGS if any(page.lang == lang for page in site.pages)] or list(LANGS[:1])
    root = site.pages[0].root if site.pages else None
    for lang in langs:
        own = texts(data_of(root), lang, "make run", f"../{EXECUTED}", site.facts) if root else []
        for text in own:
            _write(folder / address(text.name, lang), _framed_text(text, site, langs))
        _write(folder / index_file(lang), index_of(site, own, lang))
    if root and PICTURE.exists() and site.facts.address:
        shutil.copyfile(PICTURE, folder / PICTURE.name)
    for lang in site.facts.languages:
        _write(folder / home_address("", lang), _home(site, lang, langs))
    if not (start := folder / home_address("", LANGS[0])).exists():  # where every site begins
        shutil.copyfile(folder / home_address("", site.facts.languages[0]), start)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_compared(folder: Path, study: Study) -> None:
    """What the pages of a study on which units are compared learn of them, as a script: see publishing.find."""
    from dti_analysis.views import compare_page

    name = compare_page.data_file(study)
    whole, parts = compare_page.parted(compare_page.data(study))
    _write(folder / "tables" / name, f"dtiCompare({_compact(whole)});\n")
    for number, part in enumerate(parts):
        _write(folder / "tables" / name.replace(".js", f"-{number}.js"), f"dtiComparePart({_compact(part)});\n")


def _compact(said: Any) -> str:
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def _row_names(page: Page) -> list[str]:
    """What the rows of a page's main table are of, in their order, where each is of one thing that people look for."""
    if page.kind == "ranking":
        study = study_of(page)
        return [] if len(study.ranking) > MOST_ROWS and study.to_indicators else list(study.ranking["unit"])
    if page.kind == "claims":
        return list(check_claims(data_of(page.root), page.lang)["claim"])
    return []


def framed(
    page: Page, html: str, twins: list[str], site: Site, withheld: bool = False, attested: Attestation | None = None
) -> str:
    """A page of the site from its made part; `twins` are the addresses of its sections in the other language."""
    again = attested.line(page.path, page.seal, page.lang) if attested else ""
    other = f"{other_language(page.lang)}/{page.name}"
    frame = _frame(page.lang, page.title, page.up, f"{other}.html" if other in site.by_path else "", leading(html), site.facts)
    frame |= {
        "sample": page.sample,
        "crumbs": navigate.crumbs(page, site),
        "tabs": navigate.tabs(page, site),
        "years": navigate.years(page, site),
        "switches": navigate.switches(page, site),
        "neighbours": navigate.neighbours(page, site),
        "downloads": [] if withheld else downloads(page),
        "trust": [*_trust(page), *([again] if again else [])],
        "seal": "" if withheld else page.seal[:16],
    }
    body = with_terms(with_sections(_linked(html, page, site), twins, page.lang), page.lang, page.up)
    return _rendered("page.html.j2", frame, body=Markup(lean(signed(body, _SIGNED.get(page.kind, 0), page.lang))))


_LINK = re.compile(r'<a href="(?P<to>[^":#?]+)\.html(?:[#?][^"]*)?"[^>]*>(?P<text>.*?)</a>', re.DOTALL)


def _linked(html: str, page: Page, site: Site) -> str:
    """A page without links to pages that the site leaves out: their words stay."""
    texts = {f"{page.lang}/{name}" for name in NAMES}

    def kept(link: re.Match[str]) -> str:
        to = normpath(f"{page.path}/../{link['to']}")
        return link[0] if to in site.by_path or to in texts else link["text"]

    return _LINK.sub(kept, html)


def _frame(lang: Lang, title: str, root: str, other: str, description: str, facts: About) -> dict[str, Any]:
    """What stands around every page of the site. `other` is the same page in the other language, from the root."""
    cut = description if len(description) <= _DESCRIPTION else description[:_DESCRIPTION].rpartition(" ")[0] + " …"
    twin = other_language(lang)
    return {
        "lang": lang,
        "title": title,
        "sample": False,
        "root": root,
        "home": home_address(root, lang),
        "words": words(lang) | ({"name": facts.title.in_(lang)} if facts.title else {}),
        "description": cut or title,
        "picture": f"{facts.address}/{PICTURE.name}" if facts.address and PICTURE.exists() else None,
        "code": facts.code,
        "people": _people(facts, lang),
        "index": root + index_file(lang),
        "translation": {"href": root + other, "lang": twin, "text": label("site.language", twin)} if other else None,
        "texts": {name: root + address(name, lang) for name in NAMES},
        "fragments": {"correct": slug(label("about.correct", lang)), "cite": slug(label("frame.cite", lang))},
        "by": label("frame.by", lang, project=PROJECT, version=version(PROJECT)),
        "trust": [],
    }


def _people(facts: About, lang: Lang) -> list[dict[str, str]]:
    """Who publishes the site, whom to ask, the licence and the code, as far as the site's file says."""
    code = Named(name=facts.code, href=facts.code) if facts.code else None
    given = {"publisher": facts.publisher, "contact": facts.contact, "licence": facts.licence, "code": code}
    return [link(who.href, who.name) | {"what": label(f"people.{what}", lang)} for what, who in given.items() if who]


def _css_text(text: str) -> Markup:
    """A text as a string of a style sheet inside a page: whatever could end it is written as a number."""
    safe = "".join(char if char.isalnum() or char in " .,:;()–-" else f"\\{ord(char):x} " for char in text)
    return Markup(f'"{safe}"')


def _trust(page: Page) -> list[str]:
    """What a page rests on: of what kind its figures are, when they end, of how many units they are known."""
    lang = page.lang
    if page.key is not None:
        study = study_of(page)
        return [kind(study), date(study), extent(study)]
    if page.kind == "criteria":
        span = data_of(page.root).framework(page.parameters["framework"]).applies
        key = "frame.set_of_one" if span.from_ == span.to else "frame.set_of"
        return [label(key, lang, from_=span.from_, to=span.to), *([label("frame.kind.sample", lang)] if page.sample else [])]
    return [label("frame.kind.sample" if page.sample else "frame.kind.published", lang), label("frame.mixed", lang)]


def _framed_text(text: Text, site: Site, langs: list[Lang]) -> str:
    other = other_language(text.lang)
    frame = _frame(text.lang, text.title, "../", address(text.name, other) if other in langs else "", "", site.facts)
    frame["crumbs"] = [
        link(home_address("../", text.lang), label("site.home", text.lang)),
        {"href": "", "text": text.title, "current": True},
    ]
    body = with_sections(text.html, [], text.lang)
    return _rendered("page.html.j2", frame, body=Markup(f'<div class="prose text">{body}</div>'))


def _home(site: Site, lang: Lang, langs: list[Lang]) -> str:
    other = other_language(lang)
    facts = site.facts
    title = facts.title.in_(lang) if facts.title else label("site.title", lang)
    question = facts.question.in_(lang) if facts.question else label("site.question", lang)
    there = other in facts.languages and other in langs
    frame = _frame(lang, title, "", home_address("", other) if there else "", question, facts)
    frame["words"] |= {"question": question} | ({"about": facts.lead.in_(lang)} if facts.lead else {})
    if lang not in langs:  # a site in one language still answers under both addresses
        frame |= {"texts": {name: address(name, langs[0]) for name in NAMES}, "index": index_file(langs[0])}
    return _rendered("home.html.j2", frame, **home_parts(site, lang))


def _rendered(name: str, frame: dict[str, Any], **parts: Any) -> str:
    """A page from its template. Every sheet of paper it is printed on says what page it is of, whether its figures are
    invented, and by what it was computed."""
    sample = f" – {frame['words']['sample']}" if frame["sample"] else ""
    seal = f" {frame['words']['seal']} {frame['seal']}" if frame.get("seal") else ""
    margins = {"running": _css_text(frame["title"] + sample), "foot": _css_text(frame["by"] + seal)}
    return _template(name).render(page=frame | margins, **parts)


@cache
def _template(name: str) -> Template:
    environment = Environment(loader=FileSystemLoader(TEMPLATES / "dti"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template(name)
