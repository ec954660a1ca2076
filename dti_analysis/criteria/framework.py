"""Frameworks: criteria sets as data, one YAML file per set, as the act that adopts it states it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from dti_analysis.common.bilingual import Bilingual
from dti_analysis.common.exact import Rational, Rounding
from dti_analysis.common.fields import Dated, Id, Title, Words, is_day, link, words
from dti_analysis.common.spelling import folded
from dti_analysis.criteria.rule import Number, Rule, Text
from dti_analysis.criteria.rules import RULES

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["total", "subindex", "pillar", "subpillar", "indicator", "part"]
Status = Literal["official", "adapted"]
Line = Annotated[str, BeforeValidator(lambda value: str(value) if type(value) is int else value)]


def _each_once(names: list[str]) -> list[str]:
    if len(set(map(folded, names))) < len(names):
        raise ValueError("each of them once")
    return names


Names = Annotated[list[str], Field(min_length=1), AfterValidator(_each_once)]
Ids = Annotated[list[Id], Field(min_length=1), AfterValidator(_each_once)]

CHILDREN: dict[str, Kind] = {
    "subindices": "subindex",
    "pillars": "pillar",
    "indicators": "indicator",
    "parts": "part",
}
TOTAL = "total"


class Model(BaseModel):
    """Strict and frozen: an unknown key is a fault, and a loaded framework never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Span(Model):
    """Years from one to another, both included."""

    from_: int = Field(alias="from", ge=1990, le=2100, strict=True)
    to: int = Field(ge=1990, le=2100, strict=True)


class Act(Model):
    """The text that adopts a framework. `seen_in` says where we read it; `inferred`, that its number is not certain."""

    title: Words
    number: Line
    issued: Dated
    seen_in: str | None = None
    href: Annotated[str, link()] | None = None
    inferred: bool = False


class Article(Model):
    """The place in the act (article, annex, row) that a component comes from."""

    article: Annotated[Line, AfterValidator(words)]


Counted = Annotated[int, Field(ge=0, strict=True)]


class Expects(Model):
    """What the act says of itself; loading checks it."""

    subindices: Counted | None = None
    pillars: Counted | None = None
    indicators: Counted | None = None


class Ranking(Model):
    """What the act decides about points, totals and ranks."""

    by: Literal["percent", "points"]
    decimals: int = Field(ge=0, le=12)
    rounding: Rounding
    ties: Literal["min", "max", "dense", "average"]
    missing: Literal["zero", "not_applicable", "refuse"]
    not_applicable: Literal["exclude", "redistribute"]
    indicator_decimals: int | None = Field(default=None, ge=0, le=12)

    @property
    def places(self) -> int:
        """At how many decimals the act compares: points, or shares of the maximum (percent have two more)."""
        return self.decimals + (2 if self.by == "percent" else 0)


def _day_of_year(text: str) -> str:
    if not (re.fullmatch(r"\d{2}-\d{2}", text, re.ASCII) and is_day(f"2023-{text}")):
        raise ValueError("a day of any year, as 06-30")
    return text


def _linked(text: str) -> str:
    if not re.fullmatch(r"[^\s@]+@[^\s@]+", text):
        raise ValueError("CODE@framework")
    return text


def _part(share: Rational) -> Rational:
    if not 0 < share <= 1:
        raise ValueError("a share above 0 and up to 1, as 1/2")
    return share


def _link(given: object) -> object:
    if isinstance(given, str):
        return {"code": given}
    if not isinstance(given, dict | Was):
        raise ValueError("CODE@framework, or {code: CODE@framework, share: 1/2}")
    return given


class Was(Model):
    """A criterion of a set before that lives on: `CODE@framework`, and the share of it that does so here if one is stated."""

    code: Annotated[str, AfterValidator(_linked)]
    share: Annotated[Number, AfterValidator(_part)] | None = None

    def __str__(self) -> str:
        return self.code


Measure = Literal["points", "share", "percent"]
"""What a stated figure of a component is in: points, or a share (0–1) or percent of its maximum."""


class Component(Model, Bilingual):
    """A node of the tree: a sub-index, pillar, indicator, or a part of an indicator's rule."""

    code: str
    name_vi: Title
    name_en: Title = ""
    max_points: Number
    status: Status | None = None
    adapted_from: str | None = None
    max_points_by_group: dict[str, Number] = {}
    applies_to: Names | None = None
    unlisted: bool = False
    indicator_count: int | None = None
    measure: Measure = "points"
    rule: dict[str, dict[str, Any]] | None = None
    combine: Literal["sum", "best", "base_plus"] = "sum"
    extra_at_most: Number | None = None
    extra_at_least: Number | None = None
    reference: Article | None = None
    evidence: Text | None = None
    provider: Text | None = None
    was: list[Annotated[Was, BeforeValidator(_link)]] = []
    note_vi: str | None = None
    note_en: str | None = None
    shared: bool = False  # one figure of the whole place, the same for every unit: none can raise it alone
    contradicted: bool = False  # the source contradicts itself here; the note says how
    subindices: list[Component] = []
    pillars: list[Component] = []
    indicators: list[Component] = []
    parts: list[Component] = []

    @property
    def children(self) -> list[Component]:
        """The components directly below."""
        return self.subindices or self.pillars or self.indicators or self.parts

    @cached_property
    def way(self) -> Rule | None:
        """The rule by which the component earns points; None where it is added up, or its parts are not public."""
        for name, parameters in (self.rule or {}).items():
            return RULES[name].model_validate(parameters)
        return None

    @property
    def rule_name(self) -> str:
        """The name of its rule; empty where it has none."""
        return next(iter(self.rule or {}), "")


class Framework(Model, Bilingual):
    """A criteria set adopted by an act, in force for a span of years."""

    id: Id
    place: Id
    index: Id
    levels: Ids
    applies: Span
    status: Status
    reference: Act
    max_points: Number
    max_points_by_group: dict[str, Number] = {}
    measure: Measure = "points"
    unlisted: bool = False
    expects: Expects
    ranking: Ranking
    due_on: Annotated[str, AfterValidator(_day_of_year)] | None = None
    note_vi: str | None = None
    note_en: str | None = None
    subindices: list[Component] = []
    pillars: list[Component] = []
    indicators: list[Component] = []

    def __repr__(self) -> str:
        of = f"{len(self.pillars)} pillars, {len(self.leaves)} criteria, {float(self.max_points):g} {self.measure}"
        return f"<Framework {self.id}: {of}>"

    def day_due(self, year: int) -> str:
        """The day (ISO) on which a unit has to be there to be assessed for a year: `due_on`, or the last of the year."""
        return f"{year}-{self.due_on or '12-31'}"

    @cached_property
    def root(self) -> Component:
        """The whole as a component, with code `total`."""
        return Component(
            code=TOTAL,
            name_vi="Tổng điểm",
            name_en="Total",
            max_points=self.max_points,
            max_points_by_group=self.max_points_by_group,
            measure=self.measure,
            unlisted=self.unlisted,
            status=self.status,
            subindices=self.subindices,
            pillars=self.pillars,
            indicators=self.indicators,
        )

    def walk(self) -> Iterator[tuple[Component, Component | None, Kind]]:
        """Every component with its parent and kind, parents before children, in the order of the file."""
        return _walk(self.root, None, "total")

    @cached_property
    def leaves(self) -> list[Component]:
        """The components that are measured: those with a rule."""
        return [component for component, _, _ in self.walk() if component.rule]

    @property
    def sets_before(self) -> list[str]:
        """The ids of the sets that its components say they come from, sorted."""
        return sorted({was.code.partition("@")[2] for component, _, _ in self.walk() for was in component.was})

    @cached_property
    def by_code(self) -> dict[str, Component]:
        """Every component by its code."""
        return {component.code: component for component, _, _ in self.walk()}

    @cached_property
    def parents(self) -> dict[str, str]:
        """The code of the component above each, empty for the total."""
        return {component.code: parent.code if parent else "" for component, parent, _ in self.walk()}

    @cached_property
    def inputs(self) -> list[str]:
        """The columns of an assessment that the framework's rules read, in the order in which they are first asked for."""
        return list(dict.fromkeys(name for leaf in self.leaves if leaf.way for name in leaf.way.cells()))

    @cached_property
    def components(self) -> pd.DataFrame:
        """One row per component, in the order of the file.

        Columns: component, parent, level (total, subindex, pillar, subpillar: an indicator
        divided into indicators, indicator, part), depth, name_vi, name_en, status,
        max_points (exact), article, was.
        """
        import pandas as pd

        rows: list[dict[str, Any]] = []
        above: dict[str, dict[str, Any]] = {}
        for component, parent, kind in self.walk():
            up: dict[str, Any] = above[parent.code] if parent else {"depth": -1, "status": self.status, "article": ""}
            row = {
                "component": component.code,
                "parent": parent.code if parent else "",
                "level": kind,
                "depth": up["depth"] + 1,
                "name_vi": component.name_vi,
                "name_en": component.name_en,
                "status": component.status or up["status"],
                "max_points": component.max_points,
                "article": component.reference.article if component.reference else up["article"],
                "was": [was.code for was in component.was],
            }
            above[component.code] = row
            rows.append(row)
        return pd.DataFrame(rows)


def _walk(component: Component, parent: Component | None, kind: Kind) -> Iterator[tuple[Component, Component | None, Kind]]:
    divided = kind == "indicator" and bool(component.indicators)
    yield component, parent, "subpillar" if divided else kind
    for key, child_kind in CHILDREN.items():
        for child in getattr(component, key):
            yield from _walk(child, component, child_kind)
