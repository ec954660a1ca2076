"""The floats and ranks of `score` are those of exact arithmetic: against fractions, over random criteria sets and forms."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np
import pandas as pd
from helpers import assessment, framework, node, ratio
from hypothesis import given, settings
from hypothesis import strategies as st

from dti_analysis.common.exact import Rational, Rounding, scaled, scaled_near
from dti_analysis.scores.scoring import score

Cells = dict[str, str]
ROUNDINGS = st.sampled_from(["half_up", "half_even", "down"])
_RATIOS = st.builds(lambda b, over: {"a": str(min(b, over)), "b": str(b)}, st.integers(1, 7), st.integers(0, 7))
_COUNTS = st.integers(0, 6).map(lambda count: {"value": str(count)})
_STEPS = [Fraction(points) for points in ("0", "0", "5/3", "5/3", "10", "10", "10")]
_WORDS = st.sampled_from(["có", "không"]).map(lambda word: {"value": word})
_TENTHS = st.integers(0, 100).map(lambda tenths: {"value": f"{tenths / 10:g}"})


def _share(cells: Cells) -> Fraction:
    return Fraction(int(cells["a"]), int(cells["b"]))


RULES: list[tuple[dict[str, Any], st.SearchStrategy[Cells], Callable[[Cells, Fraction], Fraction]]] = [
    (ratio(), _RATIOS, lambda cells, most: most * _share(cells)),
    (ratio(full_from="3/4"), _RATIOS, lambda cells, most: most * (1 if _share(cells) >= Fraction(3, 4) else _share(cells))),
    (ratio(full_from="0.9", rescaled=True), _RATIOS, lambda cells, most: most * min(_share(cells) / Fraction(9, 10), 1)),
    ({"yes_no": {}}, _WORDS, lambda cells, most: most * (cells["value"] == "có")),
    ({"steps": {"points": {4: 10, 2: "5/3"}}}, _COUNTS, lambda cells, _: _STEPS[int(cells["value"])]),
    ({"count": {"each": "1/3"}}, _COUNTS, lambda cells, most: min(Fraction(int(cells["value"]), 3), most)),
    ({"reported": {}}, _TENTHS, lambda cells, _: Fraction(cells["value"])),
    ({"linear": {"target": 3}}, _TENTHS, lambda cells, most: min(Fraction(cells["value"]) / 3, 1) * most),
]  # fmt: skip


def rounded(number: Fraction, decimals: int, rounding: Rounding) -> int:
    """In units of the last decimal."""
    size = abs(number) * 10**decimals
    whole = floor(size)
    left = size - whole - Fraction(1, 2)
    up = rounding != "down" and (left > 0 or (left == 0 and (rounding == "half_up" or whole % 2 == 1)))
    return (whole + up) * (-1 if number < 0 else 1)


def placed(figures: dict[str, int], unit: str, ties: str) -> float:
    """The rank of a unit among others, by counting."""
    above = {other: figure for other, figure in figures.items() if figure > figures[unit]}
    first, last = 1 + len(above), len(above) + list(figures.values()).count(figures[unit])
    return {"min": first, "max": last, "average": (first + last) / 2, "dense": 1 + len(set(above.values()))}[ties]


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_points_scores_and_ranks_are_those_of_fractions(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(RULES), min_size=1, max_size=4))
    maxima = [Fraction(data.draw(st.sampled_from(["10", "10", "21/2", "20"]))) for _ in chosen]
    by, ties = data.draw(st.sampled_from(["percent", "points"])), data.draw(st.sampled_from(["min", "max", "dense", "average"]))
    decimals, rounding = data.draw(st.sampled_from([0, 1, 2, 12])), data.draw(ROUNDINGS)
    each = data.draw(st.sampled_from([None, None, 0, 1, 2]))
    rounds = {} if each is None else {"indicator_decimals": each}
    children = [node(f"A{n}", str(most), rule) for n, ((rule, _, _), most) in enumerate(zip(chosen, maxima, strict=True))]
    criteria = framework(*children, by=by, ties=ties, decimals=decimals, rounding=rounding, **rounds)
    groups = {f"u{n}": data.draw(st.sampled_from("gh")) for n in range(data.draw(st.integers(1, 12)))}
    left_out = st.sampled_from([False] * 9 + [True] * (by == "percent"))  # whose maxima then differ
    form: dict[str, dict[str, Cells]] = {unit: {} for unit in groups}
    due: dict[tuple[str, str], tuple[Fraction, Fraction]] = {}
    for unit, given_ in form.items():
        for n, ((_, cells, earn), most) in enumerate(zip(chosen, maxima, strict=True)):
            given_[f"A{n}"] = data.draw(cells)
            due[unit, f"A{n}"] = earn(given_[f"A{n}"], most), most
            if each is not None:
                due[unit, f"A{n}"] = Fraction(rounded(due[unit, f"A{n}"][0], each, rounding), 10**each), most
            if data.draw(left_out):
                given_[f"A{n}"] = dict.fromkeys(given_[f"A{n}"], "n/a")
                due[unit, f"A{n}"] = Fraction(0), Fraction(0)
        own = [due[unit, f"A{n}"] for n in range(len(chosen))]
        due[unit, "total"] = sum((p for p, _ in own), Fraction()), sum((m for _, m in own), Fraction())

    rows = assessment(form)
    scores = score(criteria, rows.assign(group=rows["unit"].map(groups)))
    assert len(scores) == len(due)
    for row in scores.to_dict("records"):
        points, most = due[row["unit"], row["component"]]
        assert (row["points"], row["max_points"]) == (float(points), float(most))
        if not most:
            assert all(pd.isna(row[name]) for name in ("score", "rank", "rank_in_group"))
            continue
        assert row["score"] == float(points / most)
        figures = {
            unit: rounded(own / out_of * 100 if by == "percent" else own, decimals, rounding)
            for (unit, component), (own, out_of) in due.items()
            if component == row["component"] and out_of
        }
        among = {unit: figure for unit, figure in figures.items() if groups[unit] == row["group"]}
        assert row["rank"] == placed(figures, row["unit"], ties)
        assert row["rank_in_group"] == placed(among, row["unit"], ties)


_NEAR_A_TURN = st.builds(
    lambda whole, half, off, sign: sign * (whole + Fraction(half, 2) + Fraction(off, 10**18)),
    st.integers(0, 10**6), st.integers(0, 1), st.integers(-3, 3), st.sampled_from([1, -1]),
)  # fmt: skip


@given(st.lists(st.one_of(_NEAR_A_TURN, st.fractions(-(10**6), 10**6)), min_size=1, max_size=20), st.integers(0, 9), ROUNDINGS)
@settings(max_examples=100, deadline=None)
def test_figures_that_straddle_a_rounding_are_settled_by_rationals(
    numbers: list[Fraction], decimals: int, rounding: Rounding
) -> None:
    exact = np.array([Rational(number / 10**decimals) for number in numbers], dtype=object)
    near = scaled_near(exact.astype(float), lambda at: exact[at], decimals, rounding)
    assert near.tolist() == scaled(exact, decimals, rounding).astype(float).tolist()
    assert near.tolist() == [rounded(number / 10**decimals, decimals, rounding) for number in numbers]


def test_floats_alone_settle_what_is_far_from_a_turn() -> None:
    def never(at: np.ndarray) -> Any:
        raise AssertionError(f"{at.sum()} asked for")

    assert scaled_near(np.array([0.1, 0.74, np.nan]), never, 1, "half_up")[:2].tolist() == [1, 7]
