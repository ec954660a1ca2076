"""Covering: which options earn what is missing at the least effort, as an integer programme.

The 0–1 covering knapsack with multiple choice, solved by scipy.optimize.milp (HiGHS).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from dti_analysis.common.exact import Rational

_SCALE = 10**6
"""By how much gains are multiplied to be whole where their own denominators are larger."""
_NEAR = 1e-4
"""How near to the least what is earned beyond the need has to be, as a share of the gain: proving more takes long."""


def covers(
    gains: Sequence[Rational],
    efforts: Sequence[Rational],
    groups: Sequence[str],
    missing: Rational,
    needs: Sequence[frozenset[str]] = (),
) -> Iterator[list[int]]:
    """Choices of at most one option of each group whose gains add up to what is missing, those of least effort first.

    `needs`: for each option the groups of which one has to be chosen beside it. Equal efforts come by how little they earn
    beyond the need, to a ten-thousandth. Positions of the options chosen. Gains are rounded up and the need down to whole
    numbers for the solver, so that no choice is lost; one that falls short by it is not given.
    """
    import numpy as np
    from scipy.optimize import LinearConstraint

    scale = min(math.lcm(*(int(number.denominator) for number in [*gains, missing])), _SCALE)
    whole = np.array([float(math.ceil(gain * scale)) for gain in gains])
    cost = np.array([float(effort) for effort in efforts])
    one_each = np.array([[float(group == own) for own in groups] for group in dict.fromkeys(groups)])
    rows = [LinearConstraint(one_each, -np.inf, 1), LinearConstraint(whole, math.floor(missing * scale), np.inf)]
    for place, needed in enumerate(needs):
        for group in needed:
            beside = np.array([float(own == group) for own in groups])
            beside[place] -= 1
            rows.append(LinearConstraint(beside, 0, np.inf))
    for chosen in _alone(gains, efforts, missing, needs):
        yield chosen
        rows.append(_not_again(chosen, len(gains)))
    while (first := _solved(cost, rows)) is not None:
        within = LinearConstraint(cost, -np.inf, float(cost[first].sum()) + 1e-9)
        picked = _solved(whole, [*rows, within], _NEAR)
        picked = first if picked is None else picked
        chosen = [int(place) for place in np.flatnonzero(picked)]
        if sum((gains[place] for place in chosen), Rational(0)) >= missing:
            yield chosen
        rows.append(_not_again(chosen, len(gains)))


def _alone(
    gains: Sequence[Rational], efforts: Sequence[Rational], missing: Rational, needs: Sequence[frozenset[str]]
) -> Iterator[list[int]]:
    """The single options of the least effort there is that suffice: nothing does with less, so nothing is to be solved."""
    enough = [
        place
        for place, (gain, effort) in enumerate(zip(gains, efforts, strict=True))
        if gain >= missing and effort == min(efforts) and not (needs and needs[place])
    ]
    return ([place] for place in sorted(enough, key=lambda place: gains[place]))


def _not_again(chosen: Sequence[int], count: int) -> Any:
    import numpy as np
    from scipy.optimize import LinearConstraint

    picked = np.full(count, -1.0)
    picked[list(chosen)] = 1.0
    return LinearConstraint(picked, -np.inf, len(chosen) - 1)


def _solved(aim: Any, rows: list[Any], gap: float = 0) -> Any:
    """Which options the least of an aim takes, within a share `gap` of it; None where the rows leave none."""
    from scipy.optimize import Bounds, milp

    result = milp(aim, constraints=rows, integrality=1, bounds=Bounds(0, 1), options={"mip_rel_gap": gap})
    return None if result.x is None else result.x > 0.5
