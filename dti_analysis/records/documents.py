"""Documents of the data folder: what the sidecar of an assessment, a claim and a pass rule say, one model each."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from dti_analysis.common.bilingual import Bilingual
from dti_analysis.common.exact import parse
from dti_analysis.common.faults import nearest
from dti_analysis.common.fields import Day, Id, Words
from dti_analysis.common.spelling import is_id
from dti_analysis.criteria.framework import Act, Span
from dti_analysis.criteria.rule import Share

AssessmentYear = Annotated[int, Field(ge=1990, le=2100, strict=True)]


class _Document(Bilingual, BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


State = Literal["collecting", "appraising", "decided", "published"]
"""How far a year has come: forms come in, the council appraises, it has decided, the decision is out."""
FINAL: tuple[State, ...] = ("decided", "published")


class Key(NamedTuple):
    """What an assessment is of: a place, an index, a year and a level."""

    place: str
    index: str  # type: ignore[assignment]  # the word of the field, not the method of a tuple
    year: int
    level: str


def _digest(text: str) -> str:
    if not re.fullmatch("[0-9a-f]{64}", text):
        raise ValueError("the SHA-256 of the file, 64 digits 0-9 and a-f")
    return text


def _inside(text: str) -> str:
    if not text or text.startswith("/") or "\\" in text or not {"", ".", ".."}.isdisjoint(text.split("/")):
        raise ValueError("a file of the data folder, as received/…/form.xlsx")
    return text


Digest = Annotated[str, AfterValidator(_digest)]


class Source(_Document):
    """A form that was received: whose, which file of the data folder, its hash, the day it came, who filled it in.

    `mapping` is the file of the data folder by which a form of others was read; its name ends with its own hash.
    """

    unit: Id
    file: Annotated[str, AfterValidator(_inside)]
    sha256: Digest
    received: Day
    by: str = ""
    mapping: Annotated[str, AfterValidator(_inside)] | None = None


class Provenance(_Document):
    """What the sidecar of an assessment file says of it: from whom, of what kind, how far the year has come, the hash it must
    have, and the seal of the council's last decision."""

    title: Words
    place: Id
    index: Id
    year: AssessmentYear
    level: Id
    framework: Id
    kind: Literal["published", "received", "sample"]
    state: State | None = None
    as_of: Day | None = None
    deadline: Day | None = None
    reference: Id | None = None
    generator: dict[str, Any] | None = None
    sha256: Digest
    sources: list[Source] = []
    decisions: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None = None
    note_vi: str | None = None
    note_en: str | None = None

    @property
    def key(self) -> Key:
        """What the assessment is of."""
        return Key(self.place, self.index, self.year, self.level)


_STUDY = {"place", "index", "year", "level"}
LOOKUPS = {
    "published": {*_STUDY, "unit", "statistic"},
    "score": {*_STUDY, "unit"},
    "mean_score": _STUDY,
    "merged": {*_STUDY, "from_level", "within"},
}
"""The figures that a claim may ask for, and by what."""
ARITHMETIC = {"sum": 1, "mean": 1, "difference": 2, "percent": 2}
"""What a claim may compute, and of how many figures: at least one, or just two."""


def _expression(given: Any) -> Any:
    """A number, a computation or a lookup, as its plain value. Raises ValueError, saying what was expected."""
    if isinstance(given, dict):
        if len(given) != 1:
            raise ValueError("a number, or one of " + ", ".join([*ARITHMETIC, *LOOKUPS]))
        ((name, of),) = given.items()
        if name in ARITHMETIC:
            _parts(str(name), of)
        elif name in LOOKUPS:
            _lookup(str(name), of)
        else:
            raise ValueError(f"{nearest(str(name), [*ARITHMETIC, *LOOKUPS])}, not {name}")
        return given
    try:
        parse("" if isinstance(given, bool) or given is None or isinstance(given, list) else str(given))
    except ValueError:
        raise ValueError("a number, or one of " + ", ".join([*ARITHMETIC, *LOOKUPS])) from None
    return given


def _parts(name: str, of: Any) -> None:
    if not isinstance(of, list) or not of or (ARITHMETIC[name] == 2 and len(of) != 2):
        raise ValueError(f"a list of {'two figures' if ARITHMETIC[name] == 2 else 'figures'} for {name}")
    for part in of:
        _expression(part)


def _lookup(name: str, of: Any) -> None:
    keys = LOOKUPS[name]
    if not isinstance(of, dict) or set(of) != keys:
        raise ValueError(f"{', '.join(sorted(keys))} for {name}")
    if type(of["year"]) is not int or not 1990 <= of["year"] <= 2100:
        raise ValueError(f"a year for {name}")
    for key in keys - {"year", "within"}:
        if not (isinstance(of[key], str) and (is_id(of[key].replace("_", "-")) or (key == "unit" and not of[key]))):
            raise ValueError(f"an id as {key} of {name}")
    if "within" in of:
        _expression(of["within"])


Expression = Annotated[Any, BeforeValidator(_expression)]
Decimals = Annotated[int, Field(ge=0, le=12, strict=True)]


class Equal(_Document):
    """Two figures are the same at so many decimals."""

    left: Expression
    right: Expression
    decimals: Decimals = 2


class Between(_Document):
    """A figure lies between two others."""

    value: Expression
    low: Expression
    high: Expression
    decimals: Decimals = 2


class Unknown(_Document):
    """Why nothing can be checked."""

    why_vi: Words
    why_en: Words = ""


class Check(_Document):
    """How a claim is checked: in one of three ways."""

    equal: Equal | None = None
    between: Between | None = None
    unknown: Unknown | None = None

    @model_validator(mode="after")
    def _one(self) -> Check:
        if len(self.model_fields_set) != 1 or all(way is None for way in (self.equal, self.between, self.unknown)):
            raise ValueError("one of equal, between, unknown")
        return self


class Claim(_Document):
    """What somebody has published, or readers take them to say, and how the package checks it."""

    id: Id
    said_by: Literal["source", "reader"] = "source"
    statement_vi: Words
    statement_en: Words = ""
    reference: Id
    unit_vi: Words
    unit_en: Words = ""
    check: Check
    note_vi: str = ""
    note_en: str = ""


def _each_once(claims: list[Claim]) -> list[Claim]:
    ids = [claim.id for claim in claims]
    if twice := [id_ for id_ in dict.fromkeys(ids) if ids.count(id_) > 1]:
        raise ValueError(f"each claim once, not {', '.join(twice)} again")
    return claims


Claims = Annotated[list[Claim], Field(min_length=1), AfterValidator(_each_once)]


class PassRule(_Document):
    """Which shares of mandatory and extended criteria a unit of a level has to meet."""

    level: Id
    mandatory_share: Share
    extended_share: Share


class Criterion(_Document):
    """A criterion of recognition, as far as it is known."""

    model_config = ConfigDict(extra="allow", frozen=True)
    code: Words
    level: Id
    name_vi: Words
    name_en: Words = ""


class Recognition(_Document):
    """By what rule, or by which criteria, a place recognises units as having reached digital transformation."""

    id: Id
    place: Id
    applies: Span
    reference: Act
    rules: list[PassRule] = []
    criteria: list[Criterion] = []
    criteria_known: bool = True
    note_vi: str = ""
    note_en: str = ""

    @model_validator(mode="after")
    def _something(self) -> Recognition:
        if not (self.rules or self.criteria):
            raise ValueError("rules or criteria")
        _refuse_twice("level", [rule.level for rule in self.rules])
        _refuse_twice("code of a level", [f"{one.level} {one.code}" for one in self.criteria])
        return self


def _refuse_twice(name: str, words: Collection[str]) -> None:
    if len(set(words)) < len(words):
        raise ValueError(f"each {name} once")
