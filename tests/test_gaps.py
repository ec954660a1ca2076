"""Gaps to the maximum, their tiers and shares."""

from __future__ import annotations

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
from dti_analysis.criteria.framework import Framework
from dti_analysis.scores.gaps import GAPS, TIERS, gaps, pareto
from dti_analysis.scores.scoring import score

FIVE = framework(*(node(code, 10) for code in "ABCDE"))


def five(*points: Any) -> pd.DataFrame:
    return score(FIVE, assessment({"u": dict(zip("ABCDE", points, strict=True))}))


def by_code(table: pd.DataFrame, name: str) -> dict[str, Any]:
    return dict(zip(table["component"], table[name], strict=True))


def test_gap_is_what_is_left_to_the_maximum() -> None:
    table = gaps(five(10, 7.5, 0, 2.3, 9.9), FIVE)
    assert list(table.columns) == GAPS
    assert by_code(table, "gap") == {"total": 20.3, "A": 0.0, "B": 2.5, "C": 10.0, "D": 7.7, "E": 0.1}  # 10.0 - 9.9 != 0.1


@pytest.mark.parametrize(
    ("points", "tier"),
    [
        (0, "not_achieved"),
        (0.01, "low"),
        (4.99, "low"),
        (5, "middle"),
        (7.99, "middle"),
        (8, "high"),
        (9.99, "high"),
        (10, "at_max"),
    ],
)
def test_tier_at_its_bounds(points: float, tier: str) -> None:
    assert by_code(gaps(five(points, 0, 0, 0, 0), FIVE), "tier")["A"] == tier


def test_there_are_five_tiers_and_the_lowest_is_first() -> None:
    assert TIERS == ["not_achieved", "low", "middle", "high", "at_max"]
    tiers = by_code(gaps(five(0, 3, 6, 9, 10), FIVE), "tier")
    assert [tiers[code] for code in "ABCDE"] == TIERS


@pytest.mark.parametrize("low", [0.1, 0.3, 0.7])
def test_thresholds_are_exact_where_floats_are_not(low: float) -> None:
    at, under = round(low * 10), round(low * 10) - 0.01
    table = gaps(five(at, under, 0, 0, 0), FIVE, low=low, high=low)
    assert by_code(table, "tier") | {"total": ""} == {
        "total": "", "A": "high", "B": "low", "C": "not_achieved", "D": "not_achieved", "E": "not_achieved",
    }  # fmt: skip
    between = gaps(five(at, under, 0, 0, 0), FIVE, low=low, high=1)
    assert (by_code(between, "tier")["A"], by_code(between, "tier")["B"]) == ("middle", "low")


@pytest.mark.parametrize(("low", "high"), [(-0.1, 0.8), (0.5, 1.1), (0.8, 0.5)])
def test_impossible_thresholds_are_refused(low: float, high: float) -> None:
    with pytest.raises(Faults, match="0 ≤ low ≤ high ≤ 1"):
        gaps(five(0, 0, 0, 0, 0), FIVE, low, high)


_TENTHS = st.lists(st.integers(0, 100), min_size=5, max_size=5)


@given(st.lists(_TENTHS, min_size=4, max_size=8))
@settings(max_examples=6)
def test_tiers_partition_and_gaps_add_up(units: list[list[int]]) -> None:
    form = {f"u{n}": dict(zip("ABCDE", [tenth / 10 for tenth in tenths], strict=True)) for n, tenths in enumerate(units)}
    table = gaps(score(FIVE, assessment(form)), FIVE)
    leaves, total = table[table["level"] == "indicator"], table[table["level"] == "total"].set_index("unit")
    for n, tenths in enumerate(units):
        own = leaves[leaves["unit"] == f"u{n}"]
        # each indicator once, in the tier that its tenths say
        expected = [
            "not_achieved" if t == 0 else "at_max" if t == 100 else "low" if t < 50 else "middle" if t < 80 else "high"
            for t in tenths
        ]
        assert own["tier"].to_list() == expected
        assert sum(own["tier"].value_counts().reindex(TIERS, fill_value=0)) == len(own) == 5
        assert own["finest"].all()
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
        table = gaps(pd.concat([one, other]), FIVE)
        shares = {value: column(table[table[name] == value], "share_of_total_gap", "E") for value in values}
        assert shares == {values[0]: {"u": 0.2, "v": 1.0}, values[1]: {"u": 0.2, "v": 0.2}}
        assert set(column(table, "share_of_total_gap").values()) == {1.0}


def test_what_does_not_apply_has_no_gap() -> None:
    table = gaps(score(FIVE, assessment({"u": {"A": "n/a", "B": 4}})), FIVE)
    assert by_code(table, "gap") == {"total": 36.0, "B": 6.0, "C": 10.0, "D": 10.0, "E": 10.0}


def test_bonus_and_penalty_close_and_open_the_gap() -> None:
    rules = {"B": {"bonus": {"each": 1, "at_most": 3}}, "C": {"penalty": {"each": 1, "at_most": 3}}, "D": {"not_scored": {}}}
    tree = framework(node("A", 20), *(node(code, 0, rule) for code, rule in rules.items()))
    table = gaps(score(tree, assessment({"u": {"A": 10, "B": 3, "C": 2, "D": "x"}})), tree)
    assert by_code(table, "gap") == {"total": 9.0, "A": 10.0, "B": -3.0, "C": 2.0}  # 10 − 3 + 2
    assert by_code(table, "tier") == {"total": "middle", "A": "middle", "B": "at_max", "C": "not_achieved"}
    assert by_code(table, "finest") == {"total": False, "A": True, "B": False, "C": False}  # no criteria of their own


def test_pareto_runs_from_the_largest_gap_down() -> None:
    table = pareto(gaps(five(10, 4, 6, 4, 0), FIVE))
    assert table["component"].to_list() == ["E", "B", "D", "C", "A"]  # B before D, as in the framework
    assert table["gap"].to_list() == [10, 6, 6, 4, 0]
    assert [of_float(share) for share in table["cumulative_share"]] == [of_float(n / 26) for n in (10, 16, 22, 26, 26)]


def test_pareto_of_a_unit_without_gaps() -> None:
    assert pareto(gaps(five(10, 10, 10, 10, 10), FIVE))["cumulative_share"].isna().all()


MIXED = framework(
    node("P", 60, indicators=[node("A", 40, parts=[node("A.a", 30), node("A.b", 10)]), node("B", 20)]),
    node("Q", 30, unlisted=True),
    node("R", 10),
    kind="pillars",
)


def finest(tree: Framework, units: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    table = gaps(score(tree, assessment(units)), tree)
    return {unit: table.loc[table["finest"] & (table["unit"] == unit), "component"].to_list() for unit in units}


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ({"A.a": 10, "B": 5, "Q": 12, "R": 7}, ["A", "B", "Q", "R"]),  # parts belong to their indicator
        ({"A": 30, "B": 5, "Q": 12, "R": 7}, ["A", "B", "Q", "R"]),  # an indicator stated as a whole
        ({"P": 50, "Q": 12, "R": 7}, ["P", "Q", "R"]),  # a pillar of which no part is known
        ({"total": 69}, ["total"]),
        ({"P": "n/a", "Q": 12, "R": 7}, ["Q", "R"]),
        ({"A.a": "n/a", "A.b": "n/a", "B": 5, "Q": 12, "R": "n/a"}, ["B", "Q"]),
    ],
)
def test_the_finest_that_is_known_adds_up(given_: dict[str, Any], expected: list[str]) -> None:
    whole = {"A.a": 1, "A.b": 1, "B": 1, "Q": 1, "R": 1}
    assert finest(MIXED, {"u": given_, "other": whole})["u"] == expected
    table = gaps(score(MIXED, assessment({"u": given_})), MIXED)
    assert sum(map(of_float, table.loc[table["finest"], "gap"])) == of_float(by_code(table, "gap")["total"])
    assert sum(table.loc[table["finest"], "tier"].value_counts().reindex(TIERS, fill_value=0)) == len(expected)


def test_the_finest_of_a_set_of_pillars_or_of_parts() -> None:
    only_pillars = framework(node("P", 10), kind="pillars")
    parts = framework(node("A", 10, parts=[node("B", 4), node("C", 6)]))
    for tree, expected in ((FIVE, list("ABCDE")), (only_pillars, ["P"]), (parts, ["A"])):
        assert finest(tree, {"u": {tree.leaves[0].code: 1}}) == {"u": expected}


def test_each_basis_has_its_own_finest() -> None:
    own = assessment({"u": {"P": 50, "Q": 1, "R": 1}}, basis="self")
    form = pd.concat([own, assessment({"u": {"A.a": 1, "B": 1, "Q": 1, "R": 1}}, basis="verified")], ignore_index=True)
    table = gaps(score(MIXED, form), MIXED)
    of_basis = {basis: list(rows["component"]) for basis, rows in table[table["finest"]].groupby("basis")}
    assert of_basis == {"self": ["P", "Q", "R"], "verified": ["A", "B", "Q", "R"]}


def test_the_unknown_has_no_gap_and_pareto_leaves_it_out() -> None:
    table = gaps(score(MIXED, assessment({"u": {"P": 50, "Q": 12, "R": 7}})), MIXED)
    assert by_code(table, "gap") == {"total": 31, "P": 10, "Q": 18, "R": 3}
    assert by_code(table, "state") == {"total": "assessed", "P": "stated", "Q": "stated", "R": "assessed"}
    assert pareto(table)["component"].to_list() == ["Q", "P", "R"]


def test_a_gate_not_met_leaves_the_gap_of_the_whole_group() -> None:
    tree = framework(node("P", 20, indicators=[node("G", 0, {"gate": {}}), node("A", 20)]), node("Q", 10), kind="pillars")
    table = gaps(score(tree, assessment({"u": {"G": "không", "A": 15, "Q": 10}})), tree)
    assert by_code(table, "gap") == {"total": 20, "P": 20, "A": 5, "Q": 0}  # here the gaps of P's parts do not add up
    assert by_code(table, "tier") == {"total": "low", "P": "not_achieved", "A": "middle", "Q": "at_max"}


def test_a_maximum_of_one_point_is_a_maximum_like_any_other() -> None:
    one = framework(node("A", 1), node("B", 0.5), node("C", 0.5))
    table = gaps(score(one, assessment({"u": {"A": 0, "B": 0.5, "C": 0.5}})), one)
    assert by_code(table, "finest") == {"total": False, "A": True, "B": True, "C": True}
    assert by_code(table, "share_of_total_gap") == {"total": 1.0, "A": 1.0, "B": 0.0, "C": 0.0}, "a total gap of exactly 1"
