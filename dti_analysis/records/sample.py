"""The sample province: what its units hand in for two years, invented from a seed, so that every kind of rule is met.

Run `python -m dti_analysis.records.sample` to write the files of data/assessments/tinhmau again; they come out byte for byte
the same. Only `random.Random.random` is used, whose sequence Python guarantees for a seed.

A unit has a quality that drifts from year to year and, for each indicator, draws that last. It claims (basis `self`) what they
give; the appraisal (`verified`) follows the state of its evidence (dti_analysis.records.sample_appraisal). The cells are those
that the rule turns into about the share wanted of its points (dti_analysis.records.sample_cells).
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import chain, pairwise
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import yaml

from dti_analysis.common.digest import sha256
from dti_analysis.common.exact import ZERO, Rational, parse, scaled
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.criteria.rules import Deadline, Ratio
from dti_analysis.records import sample_appraisal as appraisal
from dti_analysis.records.sample_cells import LEVELS, Body, Cells, Setting, cells
from dti_analysis.records.sources import Data, Key

SEED = 20240115
PLACE, INDEX, YEARS = "tinhmau", "dti", (2024, 2025)
LASTING, YEARLY = 0.62, 0.2  # how far an indicator's own strength, and the luck of a year, move it from its unit's quality
DRAWS = 20  # for each measured component, more than any rule takes

FALLS = {"mau-so-giao-duc": 0.35, "mau-huyen-bac": 0.3, "mau-xa-tien": 0.3}
"""Who loses how much of its quality in the second year."""
NEVER = {"mau-thanh-tra": ("thủ tục hành chính",), "mau-xa-kim": ("doanh nghiệp tham gia",)}
"""Who has none of what is counted: the Inspectorate settles no dossiers, one commune has no enterprises."""
NOT_APPLICABLE = {"mau-xa-kim": "liên quan đến doanh nghiệp"}
"""Whom the criteria that ask for such a thing do not concern."""
NO_FORM = {(2025, "mau-xa-khanh")}
"""Whose form never came."""
TIED = {(2025, "commune")}
"""Where two units are brought to exactly the same total: no criterion there depends on the other units."""

_NOTES = {
    "note_vi": "Số liệu mẫu của tỉnh hư cấu, sinh từ một số cố định để hướng dẫn; đơn vị, văn bản và con số đều không có thật.",
    "note_en": "Sample figures of a fictitious province, generated from a seed to teach; no unit, document or number is real.",
}


class Row(NamedTuple):
    """What a unit says of one measured component, and what the appraisal makes of it."""

    unit: str
    component: Component
    own: Cells
    verified: Cells
    document: str
    remark: str
    state: appraisal.State


@dataclass
class Unit:
    """A unit over the years: its numbers, its quality, and for each indicator the draws that last."""

    id: str
    short: str  # as the numbers of its documents end
    body: Body
    quality: float
    lasting: dict[str, list[float]] = field(default_factory=dict)

    def draws(self, indicator: Component, framework: Framework, draw: Callable[[], float]) -> list[float]:
        """The lasting draws of an indicator: those of what it was in the set before, if it was there."""
        before = next((self.lasting[was.code] for was in indicator.was if was.code in self.lasting), None)
        mine = before or [draw() for _ in range(4 * DRAWS)]
        self.lasting[f"{indicator.code}@{framework.id}"] = mine
        return mine


def generate(frameworks: list[Framework], units: pd.DataFrame, seed: int) -> list[list[Row]]:
    """What the units of one level hand in, year by year, under the frameworks of those years."""
    draw = Random(seed).random
    records: list[dict[str, str]] = [dict(zip(units.columns, row, strict=True)) for row in units.to_numpy().tolist()]
    # Qualities are spread evenly, out of the order of the units; the first is the best.
    bodies = [_unit(row, draw, 1 - 11 * place % len(records) / len(records)) for place, row in enumerate(records)]
    ends = {row["unit"]: row["valid_to"] or "9999" for row in records}
    years = []
    for number, framework in enumerate(frameworks):
        year = framework.applies.from_
        rows: list[Row] = []
        for unit in bodies:
            unit.quality = _within(unit.quality + number * (0.14 * (draw() - 0.46) - FALLS.get(unit.id, 0.0)))
            form = _form(unit, framework, year, draw)
            rows += [] if ends[unit.id] < str(year) or (year, unit.id) in NO_FORM else form
        years.append(_tie(rows, framework) if (year, framework.levels[0]) in TIED else rows)
    return years


def _unit(row: dict[str, str], draw: Callable[[], float], quality: float) -> Unit:
    initials = "".join(word[0].upper() for word in row["name_vi"].split() if word not in ("và", "Mẫu", "Tỉnh"))
    body = Body(row["level"], draw(), draw, NEVER.get(row["unit"], ()))
    return Unit(row["unit"], initials if row["level"] == "department" else "UBND", body, 0.26 + 0.68 * quality)


def _within(share: float) -> float:
    return min(max(share, 0.0), 1.0)


def _form(unit: Unit, framework: Framework, year: int, draw: Callable[[], float]) -> list[Row]:
    """Every measured component of one unit in one year. A number asked for twice is the same twice, on each basis."""
    rows: list[Row] = []
    numbers: tuple[dict[str, int], dict[str, int]] = ({}, {})
    growth = 1 + 0.05 * (year - YEARS[0]) * (draw() - 0.3)
    for number, indicator in enumerate(component for component, _, kind in framework.walk() if kind == "indicator"):
        lasting = unit.draws(indicator, framework, draw)
        claim = _within(0.61 + 0.43 * unit.quality + LASTING * (lasting[-1] - 0.5) + YEARLY * (draw() - 0.5))
        system = appraisal.asks_nothing(indicator)
        slipped = [(old + 0.5 * (draw() - 0.5)) % 1 for old in lasting[-5:-1]]
        state, found = appraisal.appraise(claim, unit.quality, system, slipped)
        if number == 0:  # one on which all are equal
            claim, state, found = 1.0, "full", 1.0
        left_out = draw() < 0.05 * (1 - unit.quality) ** 2
        proof = [draw() for _ in range(4)]
        said: list[tuple[Component, Cells, Cells]] = []
        for place, leaf in enumerate(_leaves(indicator)):
            slipped = [(old + 0.1 * (draw() - 0.5)) % 1 for old in lasting[place * DRAWS : (place + 1) * DRAWS]]
            own, verified = (
                _cells(leaf, unit, share, Setting(unit.body, year, growth, float(leaf.max_points), iter(slipped), given))
                for share, given in zip((claim, found), numbers, strict=True)
            )
            said += [(leaf, own, verified)] if own or verified else []
        claims = any(_points(leaf, own, framework) for leaf, own, _ in said)
        if not claims and indicator.max_points and not system:  # nothing claimed, nothing to prove
            state, said = "none", [(leaf, own, own) for leaf, own, _ in said]
        changed = any(own != verified for _, own, verified in said)
        if not indicator.max_points:
            state = "none"
        elif state == "partial" and not changed:  # what there is suffices
            state = "full"
        document = appraisal.document(indicator, unit.short, year, state, proof) if claims or changed else ""
        if document and isinstance(said[0][0].way, Deadline):
            document = f"{document.split(' ')[0]} ngày {date.fromisoformat(said[0][1]['b']):%d/%m/%Y}"
        for leaf, own, verified in [] if left_out else said:
            remark = appraisal.remark(leaf, state, proof[-1]) if document and own != verified else ""
            rows.append(Row(unit.id, leaf, own, verified, document, remark, state))
    return rows


def _leaves(component: Component) -> list[Component]:
    return [component] if component.rule else list(chain.from_iterable(map(_leaves, component.children)))


def _cells(leaf: Component, unit: Unit, share: float, at: Setting) -> Cells:
    assert leaf.way is not None
    filled = cells(leaf.way, share, at)
    asked = " ".join(cell.asks.vi for cell in leaf.way.cells().values() if cell.asks)
    without = NOT_APPLICABLE.get(unit.id)
    return dict.fromkeys(filled, "n/a") if without and without in asked else filled


def _tie(rows: list[Row], framework: Framework) -> list[Row]:
    """The rows with two units brought to the same verified total: one count of one of the closest pair is moved."""
    totals: dict[str, Rational] = {}
    lesser: set[str] = set()  # scored against less than the whole maximum, so that equal points are no tie
    for row in rows:
        points = _points(row.component, row.verified, framework)
        lesser |= {row.unit} if points is None else set()
        totals[row.unit] = totals.get(row.unit, ZERO) + (points or ZERO)
    below = sorted(totals.keys() - lesser, key=lambda unit: (totals[unit], unit))[:-3]  # who leads stays alone
    for lower, upper in sorted(pairwise(below), key=lambda pair: totals[pair[1]] - totals[pair[0]]):
        for place, row in enumerate(rows):
            moved = _worth_more(row, totals[upper] - totals[lower], framework) if row.unit == lower else None
            if moved:
                own = moved if row.own == row.verified else row.own
                return [*rows[:place], row._replace(own=own, verified=moved), *rows[place + 1 :]]
    raise ValueError(f"{framework.id}: no count that makes a tie")


def _worth_more(row: Row, points: Rational, framework: Framework) -> Cells | None:
    """The cells of a plain ratio with the numerator that earns exactly so much more, if there is one."""
    way = row.component.way
    if not isinstance(way, Ratio) or set(row.verified) != {"a", "b"} or way.full_from < 1 or way.nothing_below:
        return None
    earned = _points(row.component, row.verified, framework)
    if earned is None:
        return None
    counts = range(int(row.verified["a"]) + 1, int(row.verified["b"]))
    all_moved = (row.verified | {"a": str(count)} for count in counts)
    return next((moved for moved in all_moved if _points(row.component, moved, framework) == earned + points), None)


def _points(leaf: Component, given: Cells, framework: Framework) -> Rational | None:
    """The points of one component, where they follow from its own cells alone; None where it does not apply."""
    if "n/a" in given.values():
        return None
    if leaf.way is None or not any(given.values()):
        return ZERO
    read = {name: _read(cell.kind, given[name]) for name, cell in leaf.way.cells().items()}
    columns = {name: np.array([value], dtype=object) for name, value in read.items()}
    earned = leaf.way.points(columns, np.array([leaf.max_points], dtype=object))
    decimals = framework.ranking.indicator_decimals
    if earned[0] is None or decimals is None:
        return earned[0]
    return scaled(earned, decimals, framework.ranking.rounding)[0] / Rational(10**decimals)


def _read(kind: str, text: str) -> Any:
    return text == "có" if kind == "yes_no" else text if kind in ("word", "date") else parse(text)


def table(rows: list[Row], framework: Framework) -> list[list[str]]:
    """The rows of an assessment file, header first: each component twice, as claimed and as verified."""
    inputs = sorted(framework.inputs, key=lambda name: (name != "value", len(name), name))
    lines = [["unit", "indicator", "basis", *inputs, "evidence", "evidence_state", "source"]]
    for row in rows:
        for basis, given, said, state in (
            ("self", row.own, [row.document], ""),
            ("verified", row.verified, [row.document, row.remark], row.state),
        ):
            numbers = [given.get(name, "") for name in inputs]
            lines.append([row.unit, row.component.code, basis, *numbers, "; ".join(filter(None, said)), state, "sample"])
    return lines


def write(data: Data) -> list[Path]:
    """Write the assessments of the sample province, each with its sidecar; returns the paths."""
    written = []
    for place, level in enumerate(LEVELS):
        frameworks = [data.framework(f"sample-{level}-{year}") for year in YEARS]
        units = data.units[(data.units["place"] == PLACE) & (data.units["level"] == level)]
        for framework, rows in zip(frameworks, generate(frameworks, units, SEED + place), strict=True):
            path = data.assessment_file(Key(PLACE, INDEX, framework.applies.from_, level))
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows(table(rows, framework))
            path.with_suffix(".meta.yml").write_text(_sidecar(framework, path, SEED + place), encoding="utf-8")
            written.append(path)
    return written


def _sidecar(framework: Framework, path: Path, seed: int) -> str:
    level, year = framework.levels[0], framework.applies.from_
    said = {
        "title": f"Sample assessment, {level}, {year}",
        "place": PLACE,
        "index": INDEX,
        "year": year,
        "level": level,
        "framework": framework.id,
        "kind": "sample",
        "generator": {"module": "dti_analysis.records.sample", "seed": seed},
        "sha256": sha256(path),
        **_NOTES,
    }
    return yaml.safe_dump(said, allow_unicode=True, sort_keys=False)


if __name__ == "__main__":
    for written in write(Data()):
        print(written)
