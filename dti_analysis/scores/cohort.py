"""A cohort: an assessment scored exactly on one basis, and asked what would be if the rows of one unit were others.

What a unit could earn is told by scoring it again, not by a second way of adding up: the same unit with this and that figure
changed is entered as many more units of the same assessment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from dti_analysis.common.exact import Rational
from dti_analysis.common.faults import fault, nearest
from dti_analysis.criteria.framework import TOTAL, Framework
from dti_analysis.records.intake import Sheet
from dti_analysis.scores.grid import Units, sheet_of
from dti_analysis.scores.scoring import tallied
from dti_analysis.scores.standing import Standing, figure_of

if TYPE_CHECKING:
    import pandas as pd

Changes = Mapping[tuple[str, str], str]
"""{(code, cell): what the cell would hold, as text}."""


class Cohort:
    """All units of one assessment and basis, with their exact points on every component.

    `assessment` and `units` as dti_analysis.scores.scoring.score takes them. Raises Faults as it does, and where no row is of
    the basis.
    """

    def __init__(
        self,
        framework: Framework,
        assessment: pd.DataFrame,
        units: pd.DataFrame | None = None,
        basis: str = "verified",
        source: str = "assessment",
    ):
        self.framework, self.basis, self.source = framework, basis, source
        rows = assessment
        if "basis" in assessment:
            rows = assessment[assessment["basis"].replace("", "verified").eq(basis)]
        elif basis != "verified":
            rows = assessment[:0]
        if rows.empty:
            raise fault(source, "basis", f"no rows of the basis '{basis}'", "self or verified, where rows are of it")
        sheet = sheet_of(rows, framework.inputs)
        empty = np.full(len(sheet.rows), "", dtype=object)
        self._sheet = Sheet(dict.fromkeys(["value", *framework.inputs], empty) | sheet.columns, sheet.rows)
        due = None if units is None else Units(*(units[name].to_numpy(dtype=object) for name in Units._fields))
        scores = tallied(framework, self._sheet, due, source)
        codes = scores.cohort["component"].tolist()
        places = scores.of["figure"].reshape(len(codes), -1)
        of = scores.of["unit"][: places.shape[1]]
        self.units: list[str] = scores.unit["unit"][of].tolist()
        self.groups = dict(zip(self.units, scores.unit["group"][of].tolist(), strict=True))
        self._place = {unit: place for place, unit in enumerate(self.units)}
        self._codes = {code: places[place] for place, code in enumerate(codes)}
        self._figures = scores.figure

    @cached_property
    def _at(self) -> dict[str, list[int]]:
        at: dict[str, list[int]] = {}
        for place, unit in enumerate(self._sheet.columns["unit"].tolist()):
            at.setdefault(unit, []).append(place)
        return at

    @cached_property
    def _cells(self) -> list[str]:
        """The columns that rules read."""
        return list(dict.fromkeys(["value", *self.framework.inputs]))

    def rows_of(self, unit: str) -> dict[str, dict[str, str]]:
        """The cells of a unit's rows that rules read, by indicator, as text."""
        columns = self._sheet.columns
        places = self._at.get(unit, [])
        return {columns["indicator"][place]: {name: columns[name][place] for name in self._cells} for place in places}

    def known(self, unit: str, place: str = "unit") -> str:
        """The unit, if it is scored. Raises Faults."""
        if unit not in self._place:
            raise fault("parameter", place, f"'{unit}'", nearest(unit, self.units))
        return unit

    def figure(self, unit: str, code: str, column: str = "points") -> Any:
        """A unit's exact points on a component (None where unknown), its max_points or its state."""
        return self._figures[column][self._codes[code][self._place[unit]]]

    def points(self, code: str = TOTAL) -> dict[str, Any]:
        """Every unit's exact points on a component; None where unknown."""
        return dict(zip(self.units, self._figures["points"][self._codes[code]].tolist(), strict=True))

    def maxima(self, code: str = TOTAL) -> dict[str, Any]:
        """Every unit's maximum of a component."""
        return dict(zip(self.units, self._figures["max_points"][self._codes[code]].tolist(), strict=True))

    def standing(self, unit: str, others: Mapping[str, Rational] | None = None) -> Standing:
        """Where the unit stands on the total; `others`: what other units are taken to have (points), if not what they have.

        Raises Faults: fewer than two units that are ranked, a unit whose total is unknown.
        """
        maxima = self.maxima()
        ranked = {name: own for name, own in self.points().items() if own is not None and maxima[name]}
        if self.known(unit) not in ranked:
            raise fault(self.source, unit, "no points on the total", "a unit that is ranked")
        if len(ranked) < 2:
            raise fault(self.source, "", "one unit that is ranked", "two or more, as a rank is among others")
        moved = {**ranked, **{name: own for name, own in (others or {}).items() if name != unit and name in ranked}}
        rule = self.framework.ranking
        figures = {name: figure_of(own, maxima[name], rule) for name, own in moved.items() if name != unit}
        return Standing(rule, unit, ranked[unit], maxima[unit], figures)

    def would_be(self, variants: Sequence[tuple[str, Changes]]) -> list[dict[str, Rational | None]]:
        """For each unit and changes of its cells, its exact points on every component, others unchanged."""
        rows: list[tuple[str, str, Mapping[str, str]]] = []
        names = []
        for place, (unit, changes) in enumerate(variants):
            names.append(f"{unit}#{place}")
            rows += [(names[-1], code, row) for code, row in changed(self.rows_of(unit), changes).items()]
        beside = self._compared()
        columns: dict[str, list[str]] = {"unit": [row[0] for row in rows], "indicator": [row[1] for row in rows]}
        columns |= {cell: [row[2].get(cell, "") for row in rows] for cell in self._cells}
        whole = {
            name: np.append(self._sheet.columns[name][beside], np.array(column, dtype=object))
            for name, column in columns.items()
        }
        listed = [*dict.fromkeys(self._sheet.columns["unit"][beside].tolist()), *names]
        group = self.groups | {name: self.groups[unit] for name, (unit, _) in zip(names, variants, strict=True)}
        due = Units(np.array(listed, dtype=object), np.array([group[name] for name in listed], dtype=object))
        sheet = Sheet(whole, np.arange(len(whole["unit"])) + 2)
        scores = tallied(self.framework, sheet, due, self.source)
        codes = scores.cohort["component"].tolist()
        places = scores.of["figure"].reshape(len(codes), -1)
        at = {name: place for place, name in enumerate(scores.unit["unit"][scores.of["unit"][: places.shape[1]]].tolist())}
        told = scores.figure["points"][places[:, [at[name] for name in names]]].T.tolist()
        return [dict(zip(codes, column, strict=True)) for column in told]

    def _compared(self) -> Any:
        """The rows of all units that rules read which compare units: beside them, a unit can be scored by itself."""
        codes = {leaf.code for leaf in self.framework.leaves if leaf.way and leaf.way.cohort}
        if codes and self.framework.ranking.missing == "refuse":
            return np.arange(len(self._sheet.rows))
        return np.flatnonzero(np.isin(self._sheet.columns["indicator"], list(codes)))


def changed(own: Mapping[str, Mapping[str, str]], changes: Changes) -> dict[str, dict[str, str]]:
    """A unit's cells by indicator with some of them changed; those of an indicator are added where there are none."""
    rows = {code: dict(row) for code, row in own.items()}
    for (code, cell), text in changes.items():
        rows.setdefault(code, {})[cell] = text
    return rows
