"""What stands around every page: its navigation, its downloads, the words of the site; and the study it is of."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from dti_analysis.common.text import LANGS, Lang, label
from dti_analysis.publishing.pages import Page, shows_plan
from dti_analysis.records.sources import Data, Key
from dti_analysis.studies.study import Study

NOTEBOOKS_ZIP = "notebooks.zip"
"""Where the executed notebooks of all pages lie in the site."""
_WORDS = ["home", "navigation", "downloads", "seal", "units", "question", "about", "sample_section"]


def words(lang: Lang) -> dict[str, str]:
    """The words of the site that stand on every page, by name."""
    return {word: label(f"site.{word}", lang) for word in _WORDS} | {"sample": label("sample", lang)}


def other_language(lang: Lang) -> Lang:
    """The language that a page leads over to."""
    return next(other for other in LANGS if other != lang)


def frame_of(page: Page) -> dict[str, Any]:
    """What the template puts around a page."""
    lang, other = page.lang, other_language(page.lang)
    related, downloads = [], [link(f"{page.up}{NOTEBOOKS_ZIP}", label("site.executed", lang))]
    if page.key is not None:
        related = _related(page)
        here = f"{page.up}tables/{slug(page)}"
        downloads = [
            *(link(f"{here}-{table}.csv", label(f"site.{table}", lang)) for table in tables_of(study_of(page))),
            *downloads,
        ]
    return {
        "lang": lang,
        "title": page.title,
        "sample": page.sample,
        "root": page.up,
        "home": home_address(page.up, lang),
        "words": words(lang),
        "related": related,
        "translation": {"href": f"{page.up}{other}/{page.name}.html", "lang": other, "text": label("site.language", other)},
        "downloads": downloads,
        "seal": page.seal[:16],
    }


def _related(page: Page) -> list[dict[str, Any]]:
    """The other pages of the same study: its place, its year's pages, its criteria set."""
    lang, study = page.lang, study_of(page)
    here = f"{page.up}{lang}/{page.folder}"
    kinds = ["ranking", *(["gaps"] if study.to_parts else []), *(["models"] if study.to_parts and study.model_worthy else [])]
    kinds += ["plan"] if shows_plan(study) else []
    related: list[dict[str, Any]] = [link(f"{page.up}{lang}/{study.key.place}/index.html", study.place)]
    related += [{**link(f"{here}/{kind}.html", label(f"link.{kind}", lang)), "current": page.kind == kind} for kind in kinds]
    if study.framework.leaves and study.to_indicators:
        related.append(link(f"{page.up}{lang}/criteria/{study.framework.id}.html", label("link.set", lang)))
    return related


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
    return ["scores", *(["gaps"] if study.to_parts else []), *(["movement"] if study.moved else [])]


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
