"""A cohort: an assessment scored exactly on one basis, and asked what would be if the rows of one unit were others.

What a unit could earn is told by scoring it again, not by a second way of adding up: the same unit with this and that figure
changed is entered as many more units of the same assessment.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from dti_analysis.common.exact import HALF, Rational, scaled
from dti_analysis.common.faults import fault, nearest
from dti_analysis.criteria.framework import TOTAL, Framework, Ranking
from dti_analysis.scores.grid import Units, sheet_of
from dti_analysis.scores.scoring import tallied

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
        self.rows = assessment
        if "basis" in assessment:
            self.rows = assessment[assessment["basis"].replace("", "verified").eq(basis)]
        elif basis != "verified":
            self.rows = assessment[:0]
        if self.rows.empty:
            raise fault(source, "basis", f"no rows of the basis '{basis}'", "self or verified, where rows are of it")
        due = None if units is None else Units(*(units[name].to_numpy(dtype=object) for name in Units._fields))
        scores = tallied(framework, sheet_of(self.rows, framework.inputs), due, source)
        codes = scores.cohort["component"].tolist()
        places = scores.of["figure"].reshape(len(codes), -1)
        of = scores.of["unit"][: places.shape[1]]
        self.units: list[str] = scores.unit["unit"][of].tolist()
        self.groups = dict(zip(self.units, scores.unit["group"][of].tolist(), strict=True))
        self._place = {unit: place for place, unit in enumerate(self.units)}
        self._codes = {code: places[place] for place, code in enumerate(codes)}
        self._figures = scores.figure

    @cached_property
    def _at(self) -> dict[str, Any]:
        return dict(self.rows.groupby("unit", sort=False).indices)

    def rows_of(self, unit: str) -> dict[str, dict[str, str]]:
        """A unit's rows by indicator, every cell as text."""
        held = {}
        for row in self.rows.iloc[self._at.get(unit, [])].to_dict("records"):
            held[str(row["indicator"])] = {str(k): "" if v is None or v != v else str(v) for k, v in row.items()}
        return held

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

    def would_be(self, unit: str, variants: Sequence[Changes]) -> list[dict[str, Rational | None]]:
        """The unit's exact points on every component under each of the changes, others unchanged."""
        import pandas as pd

        own = self.rows_of(unit)
        frames = [self.rows] if any(leaf.way.cohort for leaf in self.framework.leaves if leaf.way) else []
        names = [f"{unit}#{place}" for place in range(len(variants))]
        rows: list[dict[str, str]] = []
        for name, changes in zip(names, variants, strict=True):
            rows += [row | {"unit": name} for row in changed(own, changes, self.basis).values()]
        frames.append(pd.DataFrame(rows, dtype=object).fillna(""))
        assessment = pd.concat(frames, ignore_index=True).fillna("")
        assessment.attrs["tidy"] = bool(self.rows.attrs.get("tidy"))
        listed = [*(self.units if len(frames) > 1 else []), *names]
        groups = [self.groups.get(name, self.groups[unit]) for name in listed]
        due = Units(np.array(listed, dtype=object), np.array(groups, dtype=object))
        assessment = assessment.drop(columns=["year", "group"], errors="ignore")
        scores = tallied(self.framework, sheet_of(assessment, self.framework.inputs), due, self.source)
        codes = scores.cohort["component"].tolist()
        places = scores.of["figure"].reshape(len(codes), -1)
        at = {name: place for place, name in enumerate(scores.unit["unit"][scores.of["unit"][: places.shape[1]]].tolist())}
        columns = scores.figure["points"][places[:, [at[name] for name in names]]].T.tolist()
        return [dict(zip(codes, column, strict=True)) for column in columns]


def changed(own: Mapping[str, Mapping[str, str]], changes: Changes, basis: str) -> dict[str, dict[str, str]]:
    """A unit's rows with some cells changed; a row is added where there is none."""
    rows = {code: dict(row) for code, row in own.items()}
    common = {name: row[name] for row in list(own.values())[:1] for name in ("year", "unit", "group") if name in row}
    for (code, cell), text in changes.items():
        rows.setdefault(code, {**common, "indicator": code, "basis": basis})[cell] = text
    return rows


def figure_of(points: Rational, max_points: Rational, ranking: Ranking) -> int:
    """What is compared, rounded as the act does, in whole units of its last decimal."""
    share = ranking.by == "percent"
    decimals = ranking.decimals + (2 if share else 0)
    return int(scaled(Rational(points) / max_points if share else Rational(points), decimals, ranking.rounding))


@dataclass(frozen=True)
class Standing:
    """Where one unit stands among others on the total: `figures` are those of the others, as they are compared."""

    ranking: Ranking
    unit: str
    points: Rational
    max_points: Rational
    figures: Mapping[str, int]

    @cached_property
    def _ordered(self) -> list[int]:
        figures = self.figures.values()
        return sorted(set(figures) if self.ranking.ties == "dense" else figures)

    def figure(self, points: Rational) -> int:
        """What the unit would be compared on."""
        return figure_of(points, self.max_points, self.ranking)

    def rank(self, points: Rational | None = None) -> float:
        """The unit's rank with so many points (by default with its own), others as they stand."""
        return self.rank_of(self.figure(self.points if points is None else points))

    def rank_of(self, figure: int) -> float:
        """The rank that a figure gives."""
        first = len(self._ordered) + 1 - bisect_right(self._ordered, figure)
        last = len(self._ordered) + 1 - bisect_left(self._ordered, figure)
        ties = self.ranking.ties
        return float(first if ties in ("min", "dense") else last if ties == "max" else Rational(first + last, 2))

    def needed(self, rank: float) -> int:
        """The smallest figure that gives this rank or a better one."""
        steps = sorted({each for figure in self._ordered for each in (figure, figure + 1)})
        if self.rank_of(steps[0] - 1) <= rank:
            return steps[0] - 1
        return next(figure for figure in steps if self.rank_of(figure) <= rank)

    def points_for(self, figure: int) -> tuple[Rational, bool]:
        """From how many points on the unit is compared on this figure, and whether so many are enough (else: more)."""
        share = self.ranking.by == "percent"
        unit = Rational(1, 10 ** (self.ranking.decimals + (2 if share else 0))) * (self.max_points if share else 1)
        if self.ranking.rounding == "down":
            low, enough = (figure, True) if figure > 0 else (figure - 1, False)
        else:
            low = figure - HALF
            enough = figure % 2 == 0 if self.ranking.rounding == "half_even" else figure > 0
        return Rational(low) * unit, bool(enough)

    def passed(self, points: Rational) -> tuple[list[str], list[str]]:
        """Whom the unit passes with so many points, and who passes it: the nearest first."""
        before, after = self.figure(self.points), self.figure(points)
        up = [name for name, own in self.figures.items() if before <= own < after]
        down = [name for name, own in self.figures.items() if after < own <= before]
        return sorted(up, key=lambda name: self.figures[name]), sorted(down, key=lambda name: -self.figures[name])

    def next_better(self) -> list[str]:
        """The units of the nearest figure above the unit's own; none at the top."""
        own = self.figure(self.points)
        above = [figure for figure in self.figures.values() if figure > own]
        return [name for name, figure in self.figures.items() if above and figure == min(above)]

    def next_figure(self) -> int | None:
        """The smallest figure that gives a better rank than the unit's own; None at the top."""
        own = self.figure(self.points)
        steps = sorted({each for figure in self._ordered for each in (figure, figure + 1) if each > own})
        return next((figure for figure in steps if self.rank_of(figure) < self.rank_of(own)), None)
