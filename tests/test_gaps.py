"""Gaps to the maximum, their tiers and shares."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from helpers import assessment, column, framework, node
from hypothesis import given, settings
from hypothesis import strategies as st

from dti_analysis.common.exact import of_float
from dti_analysis.common.faults import Faults
from dti_analysis.scores.gaps import GAPS, TIERS, gaps, leaf_level, pareto
from dti_analysis.scores.scoring import score

FIVE = framework(*(node(code, 10) for code in "ABCDE"))


def five(*points: Any) -> pd.DataFrame:
    return score(FIVE, assessment({"u": dict(zip("ABCDE", points, strict=True))}))


def by_code(table: pd.DataFrame, name: str) -> dict[str, Any]:
    return dict(zip(table["component"], table[name], strict=True))


def test_gap_is_what_is_left_to_the_maximum() -> None:
    table = gaps(five(10, 7.5, 0, 2.3, 9.9))
    assert list(table.columns) == GAPS
    assert by_code(table, "gap") == {"total": 20.3, "A": 0.0, "B": 2.5, "C": 10.0, "D": 7.7, "E": 0.1}  # 10.0 - 9.9 != 0.1


@pytest.mark.parametrize(
    ("points", "tier", "high"),
    [
        (0, "not_achieved", False),
        (0.01, "low", False),
        (4.99, "low", False),
        (5, "below_max", False),
        (7.99, "below_max", False),
        (8, "below_max", True),
        (9.99, "below_max", True),
        (10, "at_max", True),
    ],
)
def test_tier_and_high_at_their_bounds(points: float, tier: str, high: bool) -> None:
    table = gaps(five(points, 0, 0, 0, 0))
    assert by_code(table, "tier")["A"] == tier
    assert by_code(table, "high")["A"] == high


@pytest.mark.parametrize("low", [0.1, 0.3, 0.7])
def test_thresholds_are_exact_where_floats_are_not(low: float) -> None:
    at, under = round(low * 10), round(low * 10) - 0.01
    table = gaps(five(at, under, 0, 0, 0), low=low, high=low)
    assert by_code(table, "tier") | {"total": ""} == {
        "total": "", "A": "below_max", "B": "low", "C": "not_achieved", "D": "not_achieved", "E": "not_achieved",
    }  # fmt: skip
    assert (by_code(table, "high")["A"], by_code(table, "high")["B"]) == (True, False)


@pytest.mark.parametrize(("low", "high"), [(-0.1, 0.8), (0.5, 1.1), (0.8, 0.5)])
def test_impossible_thresholds_are_refused(low: float, high: float) -> None:
    with pytest.raises(Faults, match="0 ≤ low ≤ high ≤ 1"):
        gaps(five(0, 0, 0, 0, 0), low, high)


_TENTHS = st.lists(st.integers(0, 100), min_size=5, max_size=5)


@given(st.lists(_TENTHS, min_size=4, max_size=8))
@settings(max_examples=6)
def test_tiers_partition_and_gaps_add_up(units: list[list[int]]) -> None:
    form = {f"u{n}": dict(zip("ABCDE", [tenth / 10 for tenth in tenths], strict=True)) for n, tenths in enumerate(units)}
    table = gaps(score(FIVE, assessment(form)))
    leaves, total = table[table["level"] == "indicator"], table[table["level"] == "total"].set_index("unit")
    for n, tenths in enumerate(units):
        own = leaves[leaves["unit"] == f"u{n}"]
        # each indicator once, in the tier that its tenths say
        expected = ["not_achieved" if t == 0 else "at_max" if t == 100 else "low" if t < 50 else "below_max" for t in tenths]
        assert own["tier"].to_list() == expected
        assert sum(own["tier"].value_counts().reindex(TIERS, fill_value=0)) == len(own) == 5
        assert own["high"].to_list() == [t >= 80 for t in tenths]
        assert sum(map(of_float, own["gap"])) == of_float(total.at[f"u{n}", "gap"]) == Fraction(500 - sum(tenths), 10)
        if sum(tenths) < 500:
            assert abs(math.fsum(own["share_of_total_gap"]) - 1) < 1e-15
            whole = 500 - sum(tenths)
            assert own["share_of_total_gap"].to_list() == pytest.approx([(100 - t) / whole for t in tenths], rel=1e-14, abs=0)
        else:
            assert own["share_of_total_gap"].isna().all()


def test_shares_are_of_the_units_own_gap_in_its_own_year_and_basis() -> None:
    form = {"u": dict.fromkeys("ABCDE", 5), "v": {"A": 10, "B": 10, "C": 10, "D": 10, "E": 6}}
    for name, values in {"basis": ("self", "verified"), "year": (2022, 2023)}.items():
        one = score(FIVE, assessment(form)).assign(**{name: values[0]})
        other = score(FIVE, assessment({unit: dict.fromkeys("ABCDE", 0) for unit in "uv"})).assign(**{name: values[1]})
        table = gaps(pd.concat([one, other]))
        shares = {value: column(table[table[name] == value], "share_of_total_gap", "E") for value in values}
        assert shares == {values[0]: {"u": 0.2, "v": 1.0}, values[1]: {"u": 0.2, "v": 0.2}}
        assert set(column(table, "share_of_total_gap").values()) == {1.0}


def test_what_does_not_apply_has_no_gap() -> None:
    table = gaps(score(FIVE, assessment({"u": {"A": "n/a", "B": 4}})))
    assert by_code(table, "gap") == {"total": 36.0, "B": 6.0, "C": 10.0, "D": 10.0, "E": 10.0}


def test_bonus_and_penalty_close_and_open_the_gap() -> None:
    rules = {"B": {"bonus": {"each": 1, "at_most": 3}}, "C": {"penalty": {"each": 1, "at_most": 3}}, "D": {"not_scored": {}}}
    tree = framework(node("A", 20), *(node(code, 0, rule) for code, rule in rules.items()))
    table = gaps(score(tree, assessment({"u": {"A": 10, "B": 3, "C": 2, "D": "x"}})))
    assert by_code(table, "gap") == {"total": 9.0, "A": 10.0, "B": -3.0, "C": 2.0}  # 10 − 3 + 2
    assert by_code(table, "tier") == {"total": "below_max", "A": "below_max", "B": "at_max", "C": "not_achieved"}


def test_pareto_runs_from_the_largest_gap_down() -> None:
    table = pareto(gaps(five(10, 4, 6, 4, 0)))
    assert table["component"].to_list() == ["E", "B", "D", "C", "A"]  # B before D, as in the framework
    assert table["gap"].to_list() == [10, 6, 6, 4, 0]
    assert [of_float(share) for share in table["cumulative_share"]] == [of_float(n / 26) for n in (10, 16, 22, 26, 26)]


def test_pareto_of_a_unit_without_gaps() -> None:
    assert pareto(gaps(five(10, 10, 10, 10, 10)))["cumulative_share"].isna().all()


def test_the_finest_level_that_adds_up() -> None:
    only_pillars = framework(node("P", 10), kind="pillars")
    parts = framework(node("A", 10, parts=[node("B", 4), node("C", 6)]))
    tables = [score(tree, assessment({"u": {tree.leaves[0].code: 1}})) for tree in (FIVE, only_pillars, parts)]
    assert [leaf_level(table) for table in tables] == ["indicator", "pillar", "indicator"]
    for table, level in itertools.product(tables, ["indicator", "pillar"]):
        chosen = gaps(table)
        if leaf_level(table) == level:
            assert chosen.loc[chosen["level"] == level, "gap"].sum() == chosen.loc[chosen["level"] == "total", "gap"].sum()
