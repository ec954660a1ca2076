"""Solving: of the options of many criteria, those of least effort that reach a goal, exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dti_analysis.common.exact import ZERO, Rational
from dti_analysis.scores.options import Option
from dti_analysis.scores.targets import Goal

_SLACK = 1e-6
"""What a float of the solver may be off: whatever it lets through is looked at exactly, and what fails is shut out."""


def least_effort(
    options: Sequence[Option],
    efforts: Mapping[str, Rational],
    now: Rational,
    goal: Goal,
    total: Callable[[Sequence[Option]], Rational],
) -> list[Option] | None:
    """At most one option a criterion, of the least effort together whose points meet the goal; None where none do.

    `efforts` per criterion (1 where there is none), for each of its steps; `now` the unit's points; `total` tells exactly what
    it has after some options. Of equal effort what adds up to most points, then what comes first among the options. A mixed
    integer program (scipy.optimize.milp) whose points are each option's `bound`: no choice that reaches the goal is missed by
    it. One that does not, once scored, is shut out with all that is part of it, and the program is solved again.
    """
    if not options:
        return None
    effort = [effort_of(option, efforts) for option in options]
    shut: list[list[int]] = []
    while True:
        chosen = _solved(options, effort, goal.points - now, shut, None)
        if chosen is None:
            return None
        least = sum((effort[place] for place in chosen), ZERO)
        chosen = _solved(options, effort, goal.points - now, shut, least) or chosen
        if sum((effort[place] for place in chosen), ZERO) == least:
            found = _first_of_equals(options, effort, chosen)
            if goal.met(total([options[place] for place in found])):
                return [options[place] for place in found]
        shut.append(chosen)


def effort_of(option: Option, efforts: Mapping[str, Rational]) -> Rational:
    """The effort of an option: that of its criterion for each of its steps."""
    return efforts.get(option.component, Rational(1)) * len(option.steps)


def _solved(
    options: Sequence[Option], effort: list[Rational], need: Rational, shut: list[list[int]], most: Rational | None
) -> list[int] | None:
    """The places of the options chosen: of least effort, or, where an effort is given, of most points within it."""
    from scipy.optimize import LinearConstraint, milp

    gains, costs = np.array([float(o.bound) for o in options]), np.array(list(map(float, effort)))
    codes = list(dict.fromkeys(option.component for option in options))
    once = np.array([[float(option.component == code) for option in options] for code in codes])
    rows: list[Any] = [LinearConstraint(once, ub=1), LinearConstraint(gains[None], lb=float(need) - _SLACK)]
    if shut:
        beside = np.ones((len(shut), len(options)))
        for row, places in enumerate(shut):
            beside[row, places] = 0
        rows.append(LinearConstraint(beside, lb=1))
    if most is not None:
        rows.append(LinearConstraint(costs[None], ub=float(most) + _SLACK))
    objective = costs if most is None else -gains
    solved = milp(objective, integrality=1, bounds=(0, 1), constraints=rows, options={"mip_rel_gap": 0.0})
    return None if solved.x is None else np.flatnonzero(solved.x > 0.5).tolist()


def _first_of_equals(options: Sequence[Option], effort: list[Rational], chosen: list[int]) -> list[int]:
    """The same choice, each option changed for the first one of the same effort and gain whose criterion is free."""
    held = {options[place].component: place for place in chosen}
    for place in chosen:
        del held[options[place].component]
        alike = (
            other
            for other, option in enumerate(options)
            if (effort[other], option.bound, option.gain, option.apart) == (effort[place], *_worth(options[place]))
            and option.component not in held
        )
        first = next(alike) if options[place].apart else place
        held[options[first].component] = first
    return sorted(held.values())


def _worth(option: Option) -> tuple[Rational, Rational, bool]:
    return option.bound, option.gain, option.apart
