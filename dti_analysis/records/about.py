"""A site as a file, data/site.yaml or another: what it shows, in which languages, under which title, and whom readers may turn
to. What is not known is left empty there, what is not narrowed is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from dti_analysis.common.faults import Fault, Faults
from dti_analysis.common.fields import Id, Words, address
from dti_analysis.common.text import LANGS, Lang
from dti_analysis.records.door import read_document

FILE = "site.yaml"
Kind = Literal["ranking", "gaps", "models", "change", "compare", "unit", "criteria", "place", "case", "claims"]
"""The kinds of pages that the repository's notebooks make."""
_OF_STUDY = {*get_args(Kind)} - {"criteria", "place", "case", "claims", "ranking"}
_Page = Annotated[str, address("https")]


def _no_slash(text: str) -> str:
    if text.endswith("/"):
        raise ValueError("an address without a slash at its end")
    return text


class Named(BaseModel):
    """Somebody or something with a name, and where it is found."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Words
    href: Annotated[str, address("https", "mailto")]


class Told(BaseModel):
    """A text in the languages of the site."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    vi: Words | None = None
    en: Words | None = None

    def in_(self, lang: Lang) -> str:
        """The text in a language, in the other where it is missing."""
        return getattr(self, lang) or self.vi or self.en or ""


class Own(BaseModel):
    """A page of one's own: a notebook, where it lies from the site's file; its address and title; what it is run with."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    notebook: Annotated[str, Field(pattern=r"^[^/\\].*\.ipynb$")]
    name: Id
    title: Told
    parameters: dict[Id, str | int | float] = {}
    sample: bool = False
    """Whether it shows figures of a fictitious place that its parameters do not name."""


class About(BaseModel):
    """What a site shows and says of itself: languages, places, indices, years, levels, kinds of pages and one's own; title and
    front page; who publishes it, contact for corrections, address of the code, licence, and where it is published."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    publisher: Named | None = None
    contact: Named | None = None
    code: _Page | None = None
    licence: Named | None = None
    address: Annotated[_Page, AfterValidator(_no_slash)] | None = None
    title: Told | None = None
    question: Told | None = None
    lead: Told | None = None
    languages: Annotated[list[Lang], Field(min_length=1)] = list(LANGS)
    places: list[Id] | None = None
    indices: list[Id] | None = None
    years: list[int] | None = None
    levels: list[Id] | None = None
    pages: list[Kind] | None = None
    notebooks: list[Own] = []

    @model_validator(mode="after")
    def _whole(self) -> Self:
        rest = sorted({*(self.pages or [])} & _OF_STUDY)
        if rest and "ranking" not in (self.pages or []):
            raise ValueError(f"pages: 'ranking' beside {', '.join(rest)}, whose tables are its own")
        for name, given in (("languages", self.languages), ("notebooks", [own.name for own in self.notebooks])):
            if len(set(given)) < len(given):
                raise ValueError(f"{name}: each once")
        for lang in self.languages:
            for name, told in [("title", self.title), ("question", self.question), ("lead", self.lead)]:
                if told is not None and getattr(told, lang) is None:
                    raise ValueError(f"{name}: a text in '{lang}', which is among the languages")
        return self

    def has(self, key: Any) -> bool:
        """Whether an assessment is of what the site shows."""
        wanted = ((self.places, key.place), (self.indices, key.index), (self.years, key.year), (self.levels, key.level))
        return all(words is None or own in words for words, own in wanted)

    def has_kind(self, kind: str) -> bool:
        """Whether the site shows pages of a kind."""
        return self.pages is None or kind in self.pages

    @property
    def narrowed(self) -> bool:
        """Whether the site shows a part of the studies only."""
        return any(words is not None for words in (self.places, self.indices, self.years, self.levels))


def about(root: Path, file: Path | None = None) -> About:
    """What data/site.yaml, or another `file`, says; nothing where there is no site.yaml. Raises Faults for keys or values that
    it cannot have, and for notebooks that are not there."""
    path = file or root / FILE
    if file is None and not path.exists():
        return About()
    said = read_document(path, About)[0]
    faults = [
        Fault(str(path), f"notebooks: {own.name}", f"no file '{own.notebook}'", "a notebook, named from where this file lies")
        for own in said.notebooks
        if not (path.parent / own.notebook).is_file()
    ]
    if faults:
        raise Faults(faults)
    return said
