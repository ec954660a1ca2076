"""The outlook of a study's units: what other figures would earn, what lifts a unit most, and the plan to a target."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import pandas as pd

from dti_analysis.common.exact import ONE, ZERO, Rational, of_float
from dti_analysis.common.faults import fault, nearest
from dti_analysis.common.kept import kept
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.scores.field import field
from dti_analysis.scores.options import Option, options
from dti_analysis.scores.planning import Own, Plan, plan, step_ranks
from dti_analysis.scores.targets import points_for, target
from dti_analysis.scores.whatif import Changes, what_if

if TYPE_CHECKING:
    from dti_analysis.studies.study import Study

Moving = Literal["still", "last_year", "best"]
"""How the others are taken to go on: standing still, changing as since last year, or at the best of their past."""


MANY = 200
"""Up to how many units the options of all are found at once."""


class NextPlace(NamedTuple):
    """The next better place: who holds it, at which rank, and how many points are missing to it."""

    unit: str
    rank: float
    missing: float


class Outlook:
    """What could be for the units of a study, each answer scored by the rules of its criteria set."""

    def __init__(self, study: Study):
        self.study = study

    def __repr__(self) -> str:
        return f"Outlook({self.study!r})"

    def what_if(self, unit: str, changes: Changes) -> tuple[pd.DataFrame, pd.DataFrame]:
        """What a unit would have with other figures, others unchanged: points and ranks, and whom it passes.

        `changes` as {"P2.01.a": 812}. See dti_analysis.scores.whatif.what_if.
        """
        study = self.study
        self._check(unit)
        return what_if(study.framework, study.rows, study.units, unit, changes)

    def step_ranks(self, unit: str, most: int | None = None) -> tuple[pd.DataFrame, list[Option]]:
        """The best change of each criterion, most points first, and the rank that it alone would give."""
        return step_ranks(self._own(unit), most)

    def next_place(self, unit: str) -> NextPlace | None:
        """The next better place and the points to it; None for a unit that nobody is ahead of, or that is not ranked."""
        self._check(unit)
        totals = self._totals
        if unit not in set(totals["unit"]):
            return None
        (points, most), among = self._exact[unit], field(totals, unit, self.study.framework.ranking)
        aim = target("next", len(totals), most, self.study.bands)
        needed = points_for(aim, among, points, most, self.study.bands)
        if needed <= points:
            return None
        figure = among.figure(needed, most)
        holders = [
            row["unit"]
            for row in totals[totals["unit"] != unit].to_dict("records")
            if among.figure(of_float(row["points"]), of_float(row["max_points"])) == figure
        ]
        ranks = totals.set_index("unit")["rank"]
        return NextPlace(str(holders[0]), float(ranks[holders[0]]), float(needed - points))

    def plan(self, unit: str, aim: str = "next", moving: Moving = "still", efforts: pd.DataFrame | None = None) -> Plan:
        """The plan of least effort to a target: `next`, `rank 3`, `80%`, `points 800`, `band 2`.

        Raises Faults for an unknown unit, a target that is none or out of range, another word for how the others move, and
        efforts of unknown criteria (dti_analysis.scores.planning.plan).
        """
        own = self._own(unit, moving)
        points, most = own.total
        goal = target(aim, len(self._totals), most, self.study.bands)
        return plan(own, goal, points_for(goal, own.field, points, most, self.study.bands), efforts)

    @cached_property
    def _totals(self) -> pd.DataFrame:
        table = self.study.verified
        totals = table[(table["component"] == TOTAL) & table["rank"].notna()]
        if len(totals) < 2 or self.study.partial:
            known = f"{len(totals)} of {len(self.study.due)} units"
            raise fault(repr(self.study), "", f"results of {known}", "those of all units, two at least: others decide a rank")
        return totals

    def _check(self, unit: str) -> None:
        if unit not in set(self.study.units["unit"]):
            raise fault("parameter", "unit", f"'{unit}'", nearest(unit, self.study.units["unit"]))

    def _own(self, unit: str, moving: Moving = "still") -> Own:
        self._check(unit)
        if moving not in get_args(Moving):
            raise fault("parameter", "moving", f"'{moving}'", nearest(moving, get_args(Moving)))
        study = self.study
        if unit not in set(self._totals["unit"]):
            raise fault("parameter", "unit", f"'{unit}', which has no rank", "a unit that is ranked")
        among = field(self._moved(moving), unit, study.framework.ranking)
        found = self._options[unit] if len(self._groups) <= MANY else self._found({unit: self._groups[unit]})[unit]
        return Own(study.framework, study.rows, study.verified, unit, self._groups[unit], self._exact[unit], among, found)

    @cached_property
    def _exact(self) -> dict[str, tuple[Rational, Rational]]:
        """Points and maximum of every unit, exactly."""
        table = self.study.exact()
        own = table[table["component"] == TOTAL]
        return dict(zip(own["unit"], zip(own["points"], own["max_points"], strict=True), strict=True))

    @cached_property
    def _groups(self) -> dict[str, str]:
        return dict(zip(self.study.units["unit"], self.study.units["group"].astype(str), strict=True))

    @cached_property
    def _options(self) -> dict[str, list[Option]]:
        """The options of all units: kept, so that their pages share them."""
        study = self.study
        return kept("-".join(["options", *map(str, study.key)]), study.files, lambda: self._found(self._groups))

    def _found(self, groups: dict[str, str]) -> dict[str, list[Option]]:
        return options(self.study.framework, self.study.rows, self.study.verified, groups)

    def _moved(self, moving: Moving) -> pd.DataFrame:
        """The totals as they would be if all went on like that; scores of last year are taken as shares of the maximum."""
        totals = self._totals
        if moving == "still":
            return totals
        if self.study.before is None or not self.study.moved:
            raise fault("parameter", "moving", f"'{moving}' without a year before", "still")
        past = self.study.before.verified
        scores = past[past["component"] == TOTAL].set_index("unit")["score"]
        moved = []
        for row in totals.to_dict("records"):
            now, most = of_float(row["points"]), of_float(row["max_points"])
            known = row["unit"] in scores.index and pd.notna(scores[row["unit"]])
            before = of_float(scores[row["unit"]]) if known else now / most
            share = now / most + (now / most - before) if moving == "last_year" else max(now / most, before)
            moved.append(float(min(max(share, ZERO), ONE) * most if share != now / most else Rational(now)))
        return totals.assign(points=moved)
