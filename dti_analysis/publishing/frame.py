"""What pages share: the study a page is of, its downloads, links, and the words of the site."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from dti_analysis.common.text import LANGS, Lang, label
from dti_analysis.publishing.packing import PACKED
from dti_analysis.publishing.pages import Page
from dti_analysis.records.sources import Data, Key
from dti_analysis.studies.study import Study

EXECUTED = "notebooks.tar.xz"
"""Where the executed notebooks of all pages lie in the site."""
_WORDS = {
    "site": ["home", "seal", "question", "about", "sample_section", "sets"],
    "frame": [
        "skip", "name", "find", "find_short", "found", "found_some", "found_none", "crumbs", "pages", "years",
        "neighbours", "sort", "filter", "filter_short", "rows", "about_page", "correct", "cite", "again", "downloads_title",
    ],
    "text": ["method", "glossary", "changelog", "about_short"],
    "home": ["elsewhere"],
    "find": ["place", "unit", "criterion", "claim", "page"],
}  # fmt: skip


@cache
def words(lang: Lang) -> dict[str, str]:
    """The words that stand on every page, by name."""
    own = {word: _label(f"{group}.{word}", lang) for group, names in _WORDS.items() for word in names}
    return own | {"sample": label("sample", lang)}


def _label(key: str, lang: Lang) -> str:
    """A label; places that only the browser can fill stay as they are written."""
    return label(key, lang, n="{n}", shown="{shown}", column="{column}")


def other_language(lang: Lang) -> Lang:
    """The language that a page leads over to."""
    return next(other for other in LANGS if other != lang)


def downloads(page: Page) -> list[dict[str, str]]:
    """The files behind a page: the workbook and the tables of its study, and the executed notebooks."""
    found = []
    if page.key is not None:
        here = f"{page.up}tables/{slug(page)}"
        found = [link(f"{here}.xlsx", label("site.workbook", page.lang))]
        found += [link(f"{here}-{table}.csv{PACKED}", label(f"site.{table}", page.lang)) for table in tables_of(study_of(page))]
    return [*found, link(f"{page.up}{EXECUTED}", label("site.executed", page.lang))]


def slug(page: Page) -> str:
    """The name of a study's tables: tinhmau-dti-2025-district."""
    return page.folder.replace("/", "-")


def link(href: str, text: str) -> dict[str, str]:
    """A link as the templates take it."""
    return {"href": href, "text": text}


def home_address(root: str, lang: Lang) -> str:
    """The address of the home page in a language; `root` is the way up to it."""
    return root + ("index.html" if lang == "vi" else f"index.{lang}.html")


def tables_of(study: Study) -> list[str]:
    """Which tables there are behind a study: no empty one is offered."""
    return ["scores", *(["movement"] if study.moved else [])]


def study_of(page: Page) -> Study:
    """The study that a page with a key is of, made once per process."""
    assert page.key is not None
    return _studied(page.key, page.lang, page.root)


@cache
def data_of(root: Path) -> Data:
    """The data of a folder, read once per process."""
    return Data(root)


@cache
def _studied(key: Key, lang: Lang, root: Path) -> Study:
    return Study.of(key, lang, data_of(root))


def link_to(page: Page) -> dict[str, str]:
    """A link from the home page to a page."""
    return link(f"{page.path}.html", page.link)
