"""Tables of the data folder: what each row holds, one model a table, and what holds of a table as a whole.

Whoever reads a table through `dti_analysis.records.sources.Data` may rely on it: ids in their pattern and known, dates and
numbers as they are written, nothing twice, nothing that contradicts itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict

from dti_analysis.common.exact import Rational, parse
from dti_analysis.common.faults import nearest
from dti_analysis.common.fields import (
    Count,
    CountOrEmpty,
    Dated,
    DatedOrEmpty,
    DayOrEmpty,
    Id,
    IdOrEmpty,
    Name,
    NameOrEmpty,
    Number,
    NumberOrEmpty,
    Words,
    Year,
    is_number,
    link,
    one_of,
)  # fmt: skip
from dti_analysis.common.intervals import Interval, torn
from dti_analysis.common.spelling import folded, is_id

Rows = list[dict[str, str]]
Columns = dict[str, list[str]]
Status = Annotated[str, one_of("verified", "inferred")]


class Row(BaseModel):
    """A row of text; what its columns are besides is nobody's business here."""

    model_config = ConfigDict(extra="ignore")


class Level(Row):
    """A level that units have."""

    level: Id
    name_vi: Name
    name_en: NameOrEmpty


class Index(Row):
    """What is measured."""

    index: Id
    name_vi: Name
    name_en: NameOrEmpty
    note_vi: str
    note_en: str


class Place(Row):
    """Whose units are assessed; unit: as which it is ranked itself, one level up."""

    place: Id
    name_vi: Name
    name_en: NameOrEmpty
    kind: Annotated[str, one_of("real", "sample")]
    unit: IdOrEmpty
    note_vi: str
    note_en: str
    reference: IdOrEmpty


class Unit(Row):
    """A body that is assessed; valid_from and valid_to: its first and last day; successor: what it became a part of."""

    unit: Id
    name_vi: Name
    name_en: NameOrEmpty
    level: Id
    place: Id
    group: str
    part_of: IdOrEmpty
    valid_from: DayOrEmpty
    valid_to: DayOrEmpty
    successor: IdOrEmpty
    status: Annotated[str, one_of("verified", "inferred", "sample")]
    reference: Id


class Feature(Row):
    """What describes units: a column of units.csv (`value` is empty) and what it holds, or the name of one of its values."""

    feature: Words
    value: str
    holds: Annotated[str, one_of("", "number", "word")]
    name_vi: Words
    name_en: str


class Reference(Row):
    """A text or dataset that figures come from."""

    id: Id
    kind: Annotated[str, one_of("act", "article", "dataset", "knowledge", "page", "sample", "web")]
    title: Words
    number: str
    issued: DatedOrEmpty
    publisher: str
    href: Annotated[str, link()]
    seen_in: str
    status: Status


class Band(Row):
    """A band of scores that a place has adopted for some levels (ids, separated by blanks)."""

    scheme: Id
    place: Id
    levels: Words
    decided_by: Annotated[str, one_of("total", "weakest_pillar")]
    order: Count
    label_vi: Words
    label_en: str
    above: NumberOrEmpty
    at_least: NumberOrEmpty
    below: NumberOrEmpty
    at_most: NumberOrEmpty
    unit: Annotated[str, one_of("percent", "points")]
    reference: Id


class Result(Row):
    """A printed rank or figure of a unit; unit is empty where it has no id."""

    place: Id
    index: Id
    year: Year
    level: Id
    unit: IdOrEmpty
    name_vi: Words
    statistic: Annotated[str, one_of("rank", "index", "completion_percent", "points")]
    printed: Number
    status: Status
    reference: Id


class Movements(Row):
    """How many units of some levels are said to have risen, held and fallen."""

    place: Id
    index: Id
    year: Year
    levels: Words
    rose: Count
    held: Count
    fell: Count
    ranked: Count
    reference: Id


class Position(Row):
    """Where a province stood among so many."""

    unit: Id
    year: Year
    provinces: Count
    rank: CountOrEmpty
    index: NumberOrEmpty
    rank_digital_government: CountOrEmpty
    rank_digital_economy: CountOrEmpty
    rank_digital_society: CountOrEmpty
    reference: Id
    note: str


class Structure(Row):
    """What is known of a criteria set: how many pillars and indicators, out of how many points."""

    place: Id
    decision: Words
    level: Words
    pillars: CountOrEmpty
    indicators: CountOrEmpty
    scale: NumberOrEmpty
    detail: str
    status: Status
    reference: Id


TOPICS = ("organisation", "government", "economy", "people", "infrastructure", "society")
"""Topics of facts that have a name in both languages; any other is shown as it is written."""


class CommuneFact(Row):
    """A dated fact of a commune; topic: one of TOPICS, or one's own words;
    criterion (CODE@set) and reading where a criterion asks for it."""

    commune: Id
    as_of: Dated
    topic: Words
    fact_vi: Words
    fact_en: str
    value: NumberOrEmpty
    measure: Annotated[str, one_of("", "percent", "count")]
    stale: Annotated[str, one_of("yes", "no")]
    reference: Id
    criterion: str
    reading: Annotated[str, one_of("", "percent", "yes", "count")]


class Cited(Row):
    """A row of any other table of published facts: it says where it is from."""

    reference: Id


class Wrong(NamedTuple):
    """What is wrong with a row (counted from 0)."""

    row: int
    found: str
    expected: str


@dataclass(frozen=True)
class Table:
    """A kind of table: the model of its rows, its key, which columns hold ids of which other table, what holds of the whole."""

    model: type[Row]
    key: str = ""
    known: dict[str, str] = field(default_factory=dict)
    whole: Callable[[Rows], Iterator[Wrong]] | None = None
    more: bool = False
    """Whether it may have further columns."""
    against: Callable[[Rows, dict[str, Columns]], Iterator[Wrong]] | None = None
    """What holds between it and the tables `beside` it."""
    beside: tuple[str, ...] = ()

    @property
    def columns(self) -> list[str]:
        """The columns that it must have."""
        return list(self.model.model_fields)

    def wrong(self, rows: Rows, beside: dict[str, Columns]) -> Iterator[Wrong]:
        """What is wrong between its rows, and between them and the tables beside it."""
        seen: dict[str, int] = {}
        for at, row in enumerate(rows if self.key else []):
            own = row[self.key]
            if not is_id(own):
                continue  # told of the cell
            other = seen.setdefault(folded(own), at)
            if rows[other][self.key] != own:
                found = f"the {self.key} '{own}' beside '{rows[other][self.key]}'"
                yield Wrong(at, found, "ids that differ by more than case and tones")
            elif other != at:
                yield Wrong(at, f"the {self.key} '{own}' again", f"each {self.key} once")
        if self.whole:
            yield from self.whole(rows)
        if self.against:
            yield from self.against(rows, beside)


def _units(rows: Rows) -> Iterator[Wrong]:
    successors = {row["unit"]: row for row in rows}
    names: dict[tuple[str, ...], list[dict[str, str]]] = {}
    turning: set[tuple[str, str]] = set()
    for at, row in enumerate(rows):
        if row["valid_from"] and row["valid_to"] and row["valid_from"] > row["valid_to"]:
            yield Wrong(at, f"{row['valid_from']} to {row['valid_to']}", "valid_from before valid_to")
        for column in ("successor", "part_of"):
            chain = _cycle(row["unit"], column, successors)
            if chain and not turning & {(column, unit) for unit in chain}:
                turning |= {(column, unit) for unit in chain}
                yield Wrong(at, f"{column} {' → '.join(chain)}", "an end: no unit comes back to itself")
        alike = names.setdefault((folded(row["name_vi"]), row["place"], row["level"], row["part_of"]), [])
        for other in alike:
            apart = _ends_before(other, row) or _ends_before(row, other)
            if row["name_vi"] and not apart and other["unit"] != row["unit"]:
                yield Wrong(at, f"the name '{row['name_vi']}' of {other['unit']} too", "part_of, where two units share a name")
                break
        alike.append(row)


def _described(rows: Rows, beside: dict[str, Columns]) -> Iterator[Wrong]:
    """Units hold numbers, or declared words, in the columns that are declared as features."""
    declared = _features_of(beside["features.csv"])
    for at, row in enumerate(rows):
        for name, (holds, words) in declared.items():
            cell = row.get(name, "")
            if not cell:
                continue
            if holds == "number" and not is_number(cell):
                yield Wrong(at, f"{name} '{cell}'", "a number")
            elif holds == "word" and cell not in words:
                yield Wrong(at, f"{name} '{cell}'", nearest(cell, words))


def _features_of(columns: Columns) -> dict[str, tuple[str, list[str]]]:
    """What each declared feature holds, and the values that are named."""
    rows = list(zip(*(columns.get(name, []) for name in ("feature", "value", "holds")), strict=False))
    return {
        name: (holds, [other for feature, other, _ in rows if feature == name and other])
        for name, value, holds in rows
        if not value
    }


def _features(rows: Rows, beside: dict[str, Columns]) -> Iterator[Wrong]:
    """Each feature is a further column of units.csv, and says what it holds; each of its values is named once."""
    further = [name for name in beside["units.csv"] if name not in Unit.model_fields]
    seen: dict[tuple[str, str], int] = {}
    declared = {row["feature"]: row["holds"] for row in rows if not row["value"]}
    for at, row in enumerate(rows):
        name = row["feature"]
        if seen.setdefault((name, row["value"]), at) != at:
            yield Wrong(at, f"{name} {row['value']}".strip() + " again", "each feature, and each of its values, once")
        elif not row["value"] and name not in further:
            yield Wrong(at, f"the feature '{name}'", nearest(name, further) + ", columns of units.csv")
        elif not row["value"] and not row["holds"]:
            yield Wrong(at, "no holds", "number or word")
        elif row["value"] and name not in declared:
            yield Wrong(at, f"values of '{name}' only", "a row with an empty value that names the feature")
        elif row["value"] and declared[name] == "number":
            yield Wrong(at, f"the value '{row['value']}' of numbers", "values named where a feature holds words")
        elif row["value"] and row["holds"]:
            yield Wrong(at, f"the value '{row['value']}' of {declared[name]}s", "holds only where a feature is named")


def _ends_before(one: dict[str, str], other: dict[str, str]) -> bool:
    return bool(one["valid_to"] and other["valid_from"] and one["valid_to"] < other["valid_from"])


def _cycle(unit: str, column: str, rows: dict[str, dict[str, str]]) -> list[str]:
    """The way from a unit back to itself; empty where there is none."""
    way = [unit]
    while (onward := rows.get(way[-1], {}).get(column, "")) and onward not in way[1:]:
        way.append(onward)
        if onward == unit:
            return way
    return []


def _bands(rows: Rows) -> Iterator[Wrong]:
    """The bands of one place and level are one scheme: side by side, over all that a score can be, the best first."""
    schemes: dict[tuple[str, str], list[int]] = {}
    for at, row in enumerate(rows):
        for level in row["levels"].split():
            schemes.setdefault((row["place"], level), []).append(at)
    told = set()
    for (place, level), places in schemes.items():
        for at, found, expected in _scheme([(at, rows[at]) for at in places], f"{place}, {level}"):
            if at not in told:
                told.add(at)
                yield Wrong(at, found, expected)


def _scheme(rows: list[tuple[int, dict[str, str]]], whose: str) -> Iterator[Wrong]:
    first, one = rows[0]
    seen: dict[tuple[str, str], int] = {}
    for at, row in rows:
        for name in ("scheme", "decided_by", "unit"):
            if row[name] != one[name]:
                yield Wrong(at, f"{name} '{row[name]}' beside '{one[name]}'", f"one {name} for {whose}")
        for name in ("order", "label_vi", "label_en"):
            if row[name] and seen.setdefault((name, row[name]), at) != at:
                yield Wrong(at, f"the {name} {row[name]} again", f"each {name} once for {whose}")
    try:
        falling = [_interval(row) for _, row in sorted(rows, key=lambda one: int(one[1]["order"]))]
    except ValueError:
        return  # told of the cell
    if wrong := torn(falling):
        yield Wrong(first, f"the bands of {whose}", wrong)
    elif falling != sorted(falling, key=lambda interval: interval.low, reverse=True):
        yield Wrong(first, f"the bands of {whose}", "orders from 1, the best, on")
    elif falling[-1].low > (True, Rational(0), False):
        yield Wrong(first, f"the bands of {whose}", "a lowest band that holds 0")
    elif one["unit"] == "percent" and falling[0].high < (False, Rational(100), True):
        yield Wrong(first, f"the bands of {whose}", "a highest band that holds 100 percent")


def _interval(row: dict[str, str]) -> Interval:
    bounds: list[Rational | None] = [
        parse(row[name]) if row[name] else None for name in ("above", "at_least", "below", "at_most")
    ]
    return Interval(*bounds)


def _movements(rows: Rows) -> Iterator[Wrong]:
    seen: dict[tuple[str, ...], int] = {}
    for at, row in enumerate(rows):
        for level in row["levels"].split():
            if seen.setdefault((row["place"], row["index"], row["year"], level), at) != at:
                yield Wrong(at, f"{row['place']} {row['index']} {row['year']} {level} again", "one row for each")


def _results(rows: Rows) -> Iterator[Wrong]:
    seen: dict[tuple[str, ...], int] = {}
    for at, row in enumerate(rows):
        own = tuple(row[name] for name in ("place", "index", "year", "level", "unit", "statistic"))
        if row["statistic"] == "rank" and is_number(row["printed"]) and not re.fullmatch("[1-9][0-9]*", row["printed"]):
            yield Wrong(at, f"rank {row['printed']}", "a whole number from 1")
        if row["unit"] and (first := seen.setdefault(own, at)) != at:
            yield Wrong(at, f"{', '.join(own)} again (first in row {first + 2})", "one figure for each unit and statistic")


_STUDY = {"place": "places", "index": "indices", "level": "levels"}
TABLES = {
    "levels.csv": Table(Level, "level"),
    "indices.csv": Table(Index, "index"),
    "places.csv": Table(Place, "place", {"unit": "units", "reference": "references"}),
    "units.csv": Table(
        Unit, "unit",
        {"level": "levels", "place": "places", "part_of": "units", "successor": "units", "reference": "references"},
        _units, more=True, against=_described, beside=("features.csv",),
    ),
    "features.csv": Table(Feature, against=_features, beside=("units.csv",)),
    "references.csv": Table(Reference, "id"),
    "bands.csv": Table(Band, "", {"place": "places", "levels": "levels", "reference": "references"}, _bands),
}  # fmt: skip
PUBLISHED_TABLES = {
    "results": Table(Result, "", _STUDY | {"unit": "units", "reference": "references"}, _results, more=True),
    "movements": Table(
        Movements, "", {"place": "places", "index": "indices", "levels": "levels", "reference": "references"}, _movements,
        more=True,
    ),
    "national_positions": Table(Position, "", {"unit": "units", "reference": "references"}, more=True),
    "structures": Table(Structure, "", {"place": "places", "reference": "references"}, more=True),
    "commune_facts": Table(CommuneFact, "", {"commune": "units", "reference": "references"}, more=True),
}  # fmt: skip
"""The tables of published facts that are read, data/published/<name>.csv; where nothing was published, no file is needed."""
CITED = Table(Cited, "", {"reference": "references"}, more=True)
"""Any other table there."""
KEYS = {"levels": "level", "indices": "index", "places": "place", "units": "unit", "references": "id"}
"""The tables whose ids others hold, and the column of the ids."""
