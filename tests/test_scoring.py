"""Scoring: facts, edges, and what must hold for any framework and any form."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from helpers import assessment, by_component, column, framework, node, ratio, text
from hypothesis import given, settings
from hypothesis import strategies as st

from dti_analysis.common.faults import Faults
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.scores.scoring import SCORES, exact_scores, score

THIRD = {"linear": {"target": 3}}
RATIO = ratio()
TWO = [node("A", 10), node("B", 10)]
NUMBER = "a number without thousands separators, as 1000 or 12.5"
COUNT = "a whole number of 0 or more, without thousands separators"


def faults_of(framework: Framework, form: pd.DataFrame, units: pd.DataFrame | None = None) -> list[str]:
    with pytest.raises(Faults) as raised:
        score(framework, form, units, "form.csv")
    assert {fault.file for fault in raised.value.faults} <= {"form.csv"}
    return [f"{fault.place}: found {fault.found}; expected {fault.expected}" for fault in raised.value.faults]


# ---- the table -------------------------------------------------------------------------------------------------------


def test_one_row_for_each_unit_basis_and_component() -> None:
    form = pd.concat([assessment({"u": {"A": 5}, "v": {"B": 1}}), assessment({"u": {"A": 9}, "v": {"A": 9}}, basis="self")])
    scores = score(framework(*TWO), form.assign(year=2023))
    assert list(scores.columns) == SCORES
    grid = set(itertools.product(["u", "v"], ["self", "verified"], ["total", "A", "B"]))
    assert len(scores) == len(grid)
    assert set(zip(scores["unit"], scores["basis"], scores["component"], strict=True)) == grid
    assert scores[["points", "max_points", "score", "rank"]].notna().all(axis=None)
    assert set(scores["year"]) == {2023}
    assert dict(zip(scores["component"], scores["level"], strict=True)) == {
        "total": "total",
        "A": "indicator",
        "B": "indicator",
    }


def test_a_form_without_a_basis_is_verified() -> None:
    form = assessment({"u": {"A": 5}})
    assert set(score(framework(*TWO), form)["basis"]) == {"verified"}
    assert set(score(framework(*TWO), form.assign(basis=""))["basis"]) == {"verified"}


def test_cells_may_have_spaces_capitals_and_decimal_commas() -> None:
    form = assessment({" u ": {"A ": " 2,5 ", "B": " N/A "}})
    exact = exact_scores(framework(*TWO), form)
    assert column(exact) == {"u": Fraction(5, 2)}
    assert column(exact, "max_points") == {"u": 10}


def test_no_value_at_all_in_a_cell_is_missing() -> None:
    form = pd.DataFrame({"unit": ["u", "u"], "indicator": ["A", "B"], "value": [None, float("nan")]})
    assert column(exact_scores(framework(*TWO), form), "max_points") == {"u": 20}


def test_the_form_is_not_changed() -> None:
    form = assessment({"u": {"A": 5, "B": ""}})
    before = form.copy()
    score(framework(*TWO), form)
    pd.testing.assert_frame_equal(form, before)


# ---- exactness -------------------------------------------------------------------------------------------------------


def test_a_third_three_times_is_one() -> None:
    thirds = framework(*(node(code, 1, THIRD) for code in "ABC"))
    form = assessment({"u": dict.fromkeys("ABC", 1)})
    assert column(exact_scores(thirds, form)) == {"u": Fraction(1)}
    assert column(score(thirds, form)) == {"u": 1.0}


def test_three_tenths_in_two_ways_tie() -> None:
    form = assessment({"u": {"A": "0.1", "B": "0.2"}, "v": {"A": "0.3", "B": "0"}, "w": {"A": "0.3"}})
    scores = score(framework(*TWO, decimals=12), form)
    assert column(scores, "rank") == {"u": 1, "v": 1, "w": 1}
    assert column(scores) == {"u": 0.3, "v": 0.3, "w": 0.3}


def test_totals_are_sums_of_unrounded_points() -> None:
    thirds = framework(*(node(code, 10, THIRD) for code in "ABC"), decimals=0)
    assert column(score(thirds, assessment({"u": dict.fromkeys("ABC", 1)}))) == {"u": 10.0}  # not 3 + 3 + 3


# ---- missing, zero, not applicable -----------------------------------------------------------------------------------


def test_a_unit_that_leaves_out_rows_is_not_divided_by_fewer_points() -> None:
    scores = score(framework(*TWO), assessment({"honest": {"A": 10, "B": 0}, "silent": {"A": 10}, "blank": {"A": 10, "B": ""}}))
    assert column(scores, "max_points") == {"honest": 20, "silent": 20, "blank": 20}
    assert column(scores, "score") == {"honest": 0.5, "silent": 0.5, "blank": 0.5}
    assert column(scores, "rank") == {"honest": 1, "silent": 1, "blank": 1}


def test_a_unit_that_hands_in_nothing_is_scored_and_last() -> None:
    units = pd.DataFrame({"unit": ["absent", "u"], "group": ["", ""]})
    scores = score(framework(*TWO), assessment({"u": {"A": 1}}), units)
    assert column(scores) == {"absent": 0.0, "u": 1.0}
    assert column(scores, "rank") == {"absent": 2, "u": 1}


@pytest.mark.parametrize(
    ("missing", "not_applicable", "expected"),
    [
        ("zero", "exclude", {"missing": (6, 20), "zero": (6, 20), "n/a": (6, 10)}),
        ("not_applicable", "exclude", {"missing": (6, 10), "zero": (6, 20), "n/a": (6, 10)}),
        ("zero", "redistribute", {"missing": (6, 20), "zero": (6, 20), "n/a": (12, 20)}),
        ("not_applicable", "redistribute", {"missing": (12, 20), "zero": (6, 20), "n/a": (12, 20)}),
    ],
)
def test_missing_is_not_zero_is_not_inapplicable(missing: str, not_applicable: str, expected: dict[str, Any]) -> None:
    form = assessment({"missing": {"A": 6, "B": ""}, "zero": {"A": 6, "B": 0}, "n/a": {"A": 6, "B": "n/a"}})
    exact = exact_scores(framework(*TWO, missing=missing, not_applicable=not_applicable), form)
    points, maxima = column(exact), column(exact, "max_points")
    assert {unit: (points[unit], maxima[unit]) for unit in points} == expected


def test_refusing_missing_values_names_every_one() -> None:
    units = pd.DataFrame({"unit": ["u", "v"], "group": ["", ""]})
    assert faults_of(framework(*TWO, missing="refuse"), assessment({"u": {"A": 1, "B": ""}}), units) == [
        "v, A: found nothing; expected a value: the act refuses missing ones",
        "v, B: found nothing; expected a value: the act refuses missing ones",
        "row 3, u, B: found nothing; expected a value: the act refuses missing ones",
    ]


def test_what_does_not_apply_is_never_refused_as_missing() -> None:
    partly = framework(node("A", 10), node("B", 10, applies_to=["g"]), missing="refuse")
    form = assessment({"u": {"A": 5}}, group="h")
    assert column(exact_scores(partly, form), "max_points") == {"u": 10}


def test_nothing_applicable_gives_no_score_and_no_rank() -> None:
    scores = score(framework(*TWO), assessment({"u": {"A": "n/a", "B": "n/a"}, "v": {"A": 1}}))
    assert column(scores, "max_points") == {"u": 0, "v": 20}
    assert math.isnan(column(scores, "score")["u"])
    assert column(scores, "rank")["u"] is pd.NA
    assert column(scores, "rank")["v"] == 1


def test_no_self_assessment_is_not_one_of_0_points() -> None:
    units = pd.DataFrame({"unit": ["u", "v"], "group": ["", ""]})
    form = pd.concat([assessment({"u": {"A": 5}}, basis="self"), assessment({"u": {"A": 5}})])
    scores = score(framework(*TWO), form, units)
    assert column(scores[scores["basis"] == "self"]) == {"u": 5.0}
    assert column(scores[scores["basis"] == "verified"]) == {"u": 5.0, "v": 0.0}


def test_nothing_is_added_to_a_base_that_does_not_apply() -> None:
    parts = [node("A1", 35), node("A2", 5)]
    tree = framework(node("A", 40, parts=parts, combine="base_plus"), node("B", 10), not_applicable="redistribute")
    form = assessment({"without": {"A1": "n/a", "A2": 5, "B": 5}, "none": {"A1": 0, "A2": 5, "B": 5}})
    exact = exact_scores(tree, form)
    assert column(exact) == {"without": 25, "none": 5}  # half of all that applies, which is B; half of B
    assert column(exact, "max_points") == {"without": 50, "none": 50}
    assert column(exact, "max_points", "A") == {"without": 0, "none": 40}


# ---- values that cannot be ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["1.000", "1,000", "385,641", "-12.345"])
def test_three_digits_after_a_mark_may_be_thousands(cell: str) -> None:
    only = framework(node("A", 2000, {"linear": {"target": 2000}}))
    assert faults_of(only, assessment({"u": {"A": cell}})) == [f"row 2, u, A: found value '{cell}'; expected {NUMBER}"]


@pytest.mark.parametrize(("cell", "number"), [("1.0", "1"), ("1000", "1000"), ("0.825", "0.825"), ("385,6410", "385.641")])
def test_other_digits_after_a_mark_may_not(cell: str, number: str) -> None:
    only = framework(node("A", 2000, {"linear": {"target": 2000}}))
    assert column(exact_scores(only, assessment({"u": {"A": cell}}))) == {"u": Fraction(number)}


@pytest.mark.parametrize(("measure", "top"), [("share", "1"), ("percent", "100")])
def test_a_share_and_a_percent_have_a_top(measure: str, top: str) -> None:
    only = framework(node("A", 10, {"linear": {"target": top}}, measure=measure))
    assert column(exact_scores(only, assessment({"u": {"A": top}, "v": {"A": 0}}))) == {"u": 10, "v": 0}
    for value in (f"{top}.01", "-0.01"):
        assert faults_of(only, assessment({"u": {"A": value}})) == [
            f"row 2, u, A: found value '{value}'; expected a {measure}, 0 to {top}"
        ]


def test_counts_whose_ratio_is_a_percent_are_still_counts() -> None:
    only = framework(node("A", 343, RATIO, measure="percent"))
    assert column(exact_scores(only, assessment({"u": {"A": {"a": 636, "b": 686}}}))) == {"u": 318}


# ---- groups ----------------------------------------------------------------------------------------------------------


def test_a_pillar_for_one_group_leaves_out_its_indicators_for_others() -> None:
    for policy, expected in {"exclude": (10, 10), "redistribute": (30, 30)}.items():
        pillars = [node("P", 20, indicators=[node("A", 20)], applies_to=["g"]), node("Q", 10)]
        form = assessment({"u": {"A": 20, "Q": 10}}, group="h")
        exact = exact_scores(framework(*pillars, kind="pillars", not_applicable=policy), form)
        assert (column(exact)["u"], column(exact, "max_points")["u"]) == expected
        assert column(exact, "points", "A") == {"u": 0}
        assert column(exact, "max_points", "P") == {"u": 0}


def test_a_bonus_for_one_group_is_not_given_to_others() -> None:
    children = [node("A", 10), node("B", 0, {"bonus": {"each": 1, "at_most": 5}}, applies_to=["g"])]
    form = pd.concat([assessment({"u": {"A": 5, "B": 2}}, group="g"), assessment({"v": {"A": 5, "B": 2}}, group="h")])
    assert column(exact_scores(framework(*children), form)) == {"u": 7, "v": 5}


def test_a_group_without_a_maximum_of_its_own_has_that_of_all() -> None:
    only = framework(node("A", 40, {"linear": {"target": 1}}, max_points_by_group={"g": 15}))
    units = pd.DataFrame({"unit": ["u", "v", "w"], "group": ["g", "h", ""]})
    exact = exact_scores(only, assessment({unit: {"A": "0.2"} for unit in "uvw"}), units)
    assert column(exact) == {"u": 3, "v": 8, "w": 8}


def test_points_over_a_groups_maximum_are_refused() -> None:
    only = framework(node("A", 40, max_points_by_group={"g": 15}))
    assert faults_of(only, assessment({"u": {"A": 16}}, group="g")) == [
        "row 2, u, A: found value 16; expected points from 0 to the maximum (15 at most)"
    ]


def test_a_table_of_points_over_the_maximum_is_refused() -> None:
    only = framework(node("A", 20, {"steps": {"points": {4: 25, 3: 15}}}))
    assert column(exact_scores(only, assessment({"u": {"A": 3}}))) == {"u": 15}
    assert faults_of(only, assessment({"u": {"A": 4}})) == [
        "row 2, u, A: found 25 points by the rule 'steps'; expected at least 0 and at most 20, the maximum"
    ]
    negative = framework(node("A", 20, {"bands": {"bands": [{"at_least": 4, "points": 20}, {"below": 4, "points": -5}]}}))
    assert faults_of(negative, assessment({"u": {"A": 1}})) == [
        "row 2, u, A: found -5 points by the rule 'bands'; expected at least 0 and at most 20, the maximum"
    ]


# ---- gates and extra points ------------------------------------------------------------------------------------------

BONUS = {"bonus": {"each": 1, "at_most": 5}}
PENALTY = {"penalty": {"each": 1, "at_most": 5}}
GATE: dict[str, Any] = {"gate": {}}


@pytest.mark.parametrize("missing", ["zero", "not_applicable", "refuse"])
def test_a_gate_shuts_what_is_above_it_and_nothing_else(missing: str) -> None:
    pillars = [
        node("P", 30, indicators=[node("A", 20, parts=[node("G1", 0, GATE), node("A.a", 20)]), node("B", 10)]),
        node("Q", 20, indicators=[node("G2", 0, GATE), node("C", 20)]),
    ]
    tree = framework(*pillars, kind="pillars", missing=missing)
    whole = {"A.a": 15, "B": 10, "C": 20}
    form = {
        "open": {"G1": "có", "G2": "1", **whole},
        "first": {"G1": "không", "G2": "có", **whole},
        "second": {"G1": "có", "G2": "no", **whole},
        "both": {"G1": "0", "G2": "false", **whole},
        "exempt": {"G1": "n/a", "G2": "n/a", **whole},
        "silent": whole,
    }
    exact = exact_scores(tree, assessment(form))
    due = {"open": (15, 25, 20), "first": (0, 10, 20), "second": (15, 25, 0), "both": (0, 10, 0), "exempt": (15, 25, 20)}
    due["silent"] = (15, 25, 20) if missing == "not_applicable" else (0, 10, 0)
    for unit, (a, p, q) in due.items():
        earned = [column(exact, "points", code)[unit] for code in ("A", "P", "Q", "total")]
        assert earned == [a, p, q, p + q], unit
        assert [column(exact, "points", code)[unit] for code in ("A.a", "B", "C", "G1", "G2")] == [15, 10, 20, 0, 0]
        assert [column(exact, "max_points", code)[unit] for code in ("A", "P", "Q", "total")] == [20, 30, 20, 50]


def test_a_gate_for_one_group_shuts_no_other() -> None:
    tree = framework(node("P", 10, indicators=[node("G", 0, GATE, applies_to=["g"]), node("A", 10)]), kind="pillars")
    form = assessment({"u": {"G": "không", "A": 7}, "v": {"A": 7}})
    assert column(exact_scores(tree, form.assign(group="g"))) == {"u": 0, "v": 0}
    assert column(exact_scores(tree, form.assign(group="h"))) == {"u": 7, "v": 7}


@pytest.mark.parametrize("combine", ["sum", "best", "base_plus"])
def test_a_gate_shuts_every_combination(combine: str) -> None:
    parts = [
        node("A.a", 10),
        node("A.b", 10 if combine == "best" else 0, None if combine == "best" else BONUS),
        node("G", 0, GATE),
    ]
    tree = framework(node("A", 10, parts=parts, combine=combine))
    form = {unit: {"A.a": 4, "A.b": 2, "G": met} for unit, met in {"open": "có", "shut": "không"}.items()}
    assert column(exact_scores(tree, assessment(form))) == {"open": 4 if combine == "best" else 6, "shut": 0}


def test_extra_points_count_as_points_where_the_best_is_taken() -> None:
    cases = [node("A.a", 10, indicators=[node("A.a1", 10), node("A.a2", 0, BONUS)]), node("A.b", 10)]
    tree = framework(node("A", 10, indicators=cases, combine="best"))
    form = assessment({"u": {"A.a1": 7, "A.a2": 2, "A.b": 8}, "v": {"A.a1": 7, "A.a2": 0, "A.b": 8}})
    assert column(exact_scores(tree, form)) == {"u": 9, "v": 8}


def test_no_base_no_extra_points_either() -> None:
    parts = [node("A.a", 10), node("A.b", 0, BONUS), node("A.c", 0, PENALTY)]
    tree = framework(node("A", 10, parts=parts, combine="base_plus"))
    form = assessment({"u": {"A.a": 1, "A.b": 3, "A.c": 1}, "v": {"A.a": 0, "A.b": 3, "A.c": 1}})
    assert column(exact_scores(tree, form)) == {"u": 3, "v": 0}


def test_a_cap_on_extra_points_holds_over_all_that_is_below_it() -> None:
    inner = node("P", 10, indicators=[node("A", 10), node("B", 0, BONUS), node("C", 0, PENALTY)], extra_at_most=3)
    outer = node("Q", 0, indicators=[node("D", 0, BONUS)])
    tree = framework(node("S", 10, pillars=[inner, outer], extra_at_most=4, extra_at_least=-2), kind="subindices")
    form = {
        "inner": {"A": 5, "B": 5},  # 5 held to 3
        "both": {"A": 5, "B": 5, "D": 5},  # 3 + 5 held to 4
        "net": {"A": 5, "B": 5, "C": 4, "D": 2},  # 5 − 4 + 2
        "least": {"A": 5, "C": 5},  # −5 held to −2
        "none": {"A": 5},
    }
    exact = exact_scores(tree, assessment(form))
    assert column(exact) == {"inner": 8, "both": 9, "net": 8, "least": 3, "none": 5}
    assert column(exact, "points", "P") == {"inner": 8, "both": 8, "net": 6, "least": 0, "none": 5}
    assert set(column(exact, "max_points").values()) == {10}


def test_a_cap_on_extra_points_is_not_redistributed() -> None:
    indicators = [node("A", 10), node("B", 10), node("C", 0, BONUS)]
    tree = framework(node("P", 20, indicators=indicators, extra_at_most=2), kind="pillars", not_applicable="redistribute")
    assert column(exact_scores(tree, assessment({"u": {"A": 5, "B": "n/a", "C": 4}}))) == {"u": 12}


# ---- points rounded before they are added ------------------------------------------------------------------------------


@pytest.mark.parametrize(("rounding", "total"), [("half_up", "2.01"), ("half_even", "2.01"), ("down", "1.98"), (None, "2")])
def test_an_act_may_round_each_indicator(rounding: str | None, total: str) -> None:
    policies: dict[str, Any] = {"indicator_decimals": 2, "rounding": rounding} if rounding else {}
    tree = framework(*(node(code, 2, {"linear": {"target": 3}}) for code in "ABC"), **policies)
    assert column(exact_scores(tree, assessment({"u": dict.fromkeys("ABC", 1)}))) == {"u": Fraction(total)}


def test_extra_points_are_rounded_like_any_others() -> None:
    third = {"each": "1/3", "at_most": 5}
    children = [node("A", 10), node("B", 0, {"bonus": third}), node("C", 0, {"penalty": third})]
    tree = framework(*children, indicator_decimals=1)
    exact = exact_scores(tree, assessment({"u": {"A": "2.25", "B": 2, "C": 1}}))
    assert [column(exact, "points", code)["u"] for code in "ABC"] == [Fraction("2.3"), Fraction("0.7"), Fraction("-0.3")]
    assert column(exact) == {"u": Fraction("2.7")}


# ---- relative to best ------------------------------------------------------------------------------------------------


def test_the_best_of_a_basis_is_the_best_of_its_own_cohort() -> None:
    best = framework(node("A", 40, {"relative_to_best": {}}))
    own = pd.concat([assessment({"u": {"A": 100}}, group="g"), assessment({"v": {"A": 50}}, group="h")]).assign(basis="self")
    verified = pd.concat([assessment({"u": {"A": 8}}, group="g"), assessment({"v": {"A": 10}}, group="h")])
    exact = exact_scores(best, pd.concat([own, verified.assign(basis="verified")]))
    assert column(exact[exact["basis"] == "self"]) == {"u": 40, "v": 20}
    assert column(exact[exact["basis"] == "verified"]) == {"u": 32, "v": 40}  # over both groups


def test_a_unit_to_which_it_does_not_apply_sets_no_best() -> None:
    best = framework(node("A", 40, {"relative_to_best": {}}, applies_to=["g"]))
    form = pd.concat([assessment({"u": {"A": 5}, "w": {"A": "n/a"}}, group="g"), assessment({"v": {"A": 10}}, group="h")])
    assert column(exact_scores(best, form)) == {"u": 40, "w": 0, "v": 0}


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12))
@settings(max_examples=10)
def test_relative_to_best_is_proportional(values: list[int]) -> None:
    best = framework(node("A", 40, {"relative_to_best": {}}))
    points = column(exact_scores(best, assessment({f"u{n}": {"A": value} for n, value in enumerate(values)})))
    highest = max(values)
    assert list(points.values()) == [Fraction(40 * value, highest) if highest else 0 for value in values]


# ---- rules against oracles, many units at once -----------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=15, max_size=30))
@settings(max_examples=10)
def test_ratio_under_each_policy(pairs: list[tuple[int, int]]) -> None:
    policies = {"F": "full", "Z": "zero", "N": "not_applicable"}
    ratios = framework(*(node(code, 20, ratio(policy)) for code, policy in policies.items()))
    pairs = [(a if b else 0, b) for a, b in pairs]  # what did not arise cannot have been done
    form = assessment({f"u{n}": {code: {"a": a, "b": b} for code in policies} for n, (a, b) in enumerate(pairs)})
    exact = exact_scores(ratios, form)
    none_arose = {"F": (20, 20), "Z": (0, 20), "N": (0, 0)}
    for code, expected in none_arose.items():
        points, maxima = column(exact, "points", code), column(exact, "max_points", code)
        for n, (a, b) in enumerate(pairs):
            due = (min(Fraction(a, b), 1) * 20, 20) if b else expected
            assert (points[f"u{n}"], maxima[f"u{n}"]) == due


@given(st.lists(st.integers(0, 90), min_size=15, max_size=30))
@settings(max_examples=10)
def test_rules_of_one_count_against_plain_arithmetic(counts: list[int]) -> None:
    rules: dict[str, tuple[dict[str, Any], Any]] = {
        "S": ({"steps": {"points": {4: 20, 3: 15, 2: 10, 1: 5}}}, lambda v: 5 * min(v, 4)),
        "C": ({"count": {"each": 1}}, lambda v: min(v, 20)),
        "R": (ratio(None, "a", denominator=8), lambda v: min(v * Fraction(5, 2), 20)),
        "H": (ratio(None, "a", denominator="1/2"), lambda v: 20 if v else 0),
    }
    children = [node(code, 20, rule) for code, (rule, _) in rules.items()]
    form = assessment(
        {f"u{n}": {"S": value, "C": value, "R": {"a": value}, "H": {"a": value}} for n, value in enumerate(counts)}
    )
    exact = exact_scores(framework(*children), form)
    for code, (_, oracle) in rules.items():
        assert list(column(exact, "points", code).values()) == [oracle(value) for value in counts], code


@given(st.lists(st.integers(0, 900), min_size=15, max_size=30))
@settings(max_examples=10)
def test_rules_of_one_value_against_plain_arithmetic(tenths: list[int]) -> None:
    rules: dict[str, tuple[dict[str, Any], Any]] = {
        "L": ({"linear": {"target": 80}}, lambda v: min(v / 4, 20)),
        "I": ({"linear": {"target": 0, "floor": 40}}, lambda v: max(20 - v / 2, 0)),
        "B": ({"bands": {"bands": [{"below": 8, "points": 1}, {"at_least": 8, "points": 20}]}}, lambda v: 1 if v < 8 else 20),
    }
    children = [node(code, 20, rule) for code, (rule, _) in rules.items()]
    values = [Fraction(tenth, 10) for tenth in tenths]
    form = assessment({f"u{n}": dict.fromkeys(rules, float(value)) for n, value in enumerate(values)})
    exact = exact_scores(framework(*children), form)
    for code, (_, oracle) in rules.items():
        assert list(column(exact, "points", code).values()) == [oracle(value) for value in values], code


# ---- any tree --------------------------------------------------------------------------------------------------------

KINDS = {1: ["indicators"], 2: ["pillars", "indicators"], 3: ["subindices", "pillars", "indicators"]}
KINDS[4] = [*KINDS[3], "parts"]
Tree = tuple[Framework, dict[str, dict[str, Any]]]


@st.composite
def trees(draw: st.DrawFn, depth: int, **policies: str) -> Tree:
    """A framework with that many levels, and what three units hand in: values, zeros, blanks, `n/a`, and ratios with b = 0."""
    codes = (f"C{number}" for number in itertools.count(1))
    kinds = KINDS[depth]

    def grow(level: int, eldest: bool) -> dict[str, Any]:
        code = next(codes)
        if level == depth or (not eldest and draw(st.booleans())):
            rule = draw(st.sampled_from([{"linear": {"target": 7}}, ratio("not_applicable")]))
            return node(code, draw(st.sampled_from(["1/3", "2.5", "10", "7", "0.1", "20"])), rule)
        children = [grow(level + 1, eldest and first == 0) for first in range(draw(st.integers(1, 3)))]
        return node(code, str(sum(Fraction(child["max_points"]) for child in children)), **{kinds[level]: children})

    top = [grow(1, first == 0) for first in range(draw(st.integers(1, 3)))]
    tree = framework(*top, kind=kinds[0], **policies)
    values = st.sampled_from(["3.5", "5", "1", "7", "n/a", "", "0", "2", "n/a"])
    return tree, {unit: {leaf.code: _cells(leaf, draw(values)) for leaf in tree.leaves} for unit in "uvw"}


def _cells(leaf: Component, value: str) -> dict[str, str]:
    """A value out of 7 as the leaf's rule reads it; of a ratio, what does not apply is 0 of 0."""
    if "linear" in (leaf.rule or {}):
        return {"value": value}
    return {"": {"a": "", "b": ""}, "n/a": {"a": "0", "b": "0"}, "3.5": {"a": "7", "b": "14"}}.get(
        value, {"a": value, "b": "7"}
    )


def earned(tree: Framework, given_: dict[str, Any], missing: str) -> dict[str, Fraction | None]:
    """Share of its maximum that a unit earned on each leaf; None where the leaf does not apply."""
    shares: dict[str, Fraction | None] = {}
    for leaf in tree.leaves:
        cells = given_[leaf.code]
        value = "n/a" if cells.get("b") == "0" else cells.get("value", cells.get("a"))
        if value == "":
            value = "0" if missing == "zero" else "n/a"
        shares[leaf.code] = None if value == "n/a" else Fraction(value) / (int(cells["b"]) if cells.get("b") else 7)
    return shares


def inner(tree: Framework) -> Iterator[tuple[str, list[str]]]:
    for component, _, _ in tree.walk():
        if component.children:
            yield component.code, [child.code for child in component.children]


def check_sums(tree: Framework, points: dict[Any, Fraction], maxima: dict[Any, Fraction]) -> None:
    """Points, maxima and gaps of children add up to their parent's, to the last digit."""
    for unit, (parent, children) in itertools.product("uvw", inner(tree)):
        assert sum(points[unit, child] for child in children) == points[unit, parent]
        assert sum(maxima[unit, child] for child in children) == maxima[unit, parent]
        gaps = {code: maxima[unit, code] - points[unit, code] for code in (parent, *children)}
        assert sum(gaps[child] for child in children) == gaps[parent] >= 0


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@given(data=st.data())
@settings(max_examples=6)
def test_any_tree_where_what_does_not_apply_is_excluded(depth: int, data: st.DataObject) -> None:
    missing = data.draw(st.sampled_from(["zero", "not_applicable"]))
    tree, given_ = data.draw(trees(depth, not_applicable="exclude", missing=missing))
    exact = exact_scores(tree, assessment(given_))
    points, maxima = by_component(exact).to_dict(), by_component(exact, "max_points").to_dict()
    check_sums(tree, points, maxima)
    for unit in given_:
        shares = earned(tree, given_[unit], missing)
        applied = [(leaf.max_points, share) for leaf in tree.leaves if (share := shares[leaf.code]) is not None]
        assert points[unit, "total"] == sum(maximum * share for maximum, share in applied)
        assert maxima[unit, "total"] == sum(maximum for maximum, _ in applied)


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@given(data=st.data())
@settings(max_examples=6)
def test_any_tree_where_what_does_not_apply_is_redistributed(depth: int, data: st.DataObject) -> None:
    missing = data.draw(st.sampled_from(["zero", "not_applicable"]))
    tree, given_ = data.draw(trees(depth, not_applicable="redistribute", missing=missing))
    exact = exact_scores(tree, assessment(given_))
    points, maxima = by_component(exact).to_dict(), by_component(exact, "max_points").to_dict()
    check_sums(tree, points, maxima)
    for unit in given_:
        shares = earned(tree, given_[unit], missing)
        whole = tree.max_points if any(share is not None for share in shares.values()) else Fraction(0)
        assert maxima[unit, "total"] == whole  # each unit keeps its maximum
        allotted: dict[str, Fraction] = {}
        _allot(tree.root, whole, shares, allotted)
        for leaf in tree.leaves:
            assert maxima[unit, leaf.code] == allotted[leaf.code]
            assert points[unit, leaf.code] == allotted[leaf.code] * (shares[leaf.code] or 0)


def _allot(component: Component, points: Fraction, shares: dict[str, Fraction | None], allotted: dict[str, Fraction]) -> None:
    """From the top down: points of a component to those of its children in which something applies, by their maxima."""

    def applies(child: Component) -> bool:
        return shares[child.code] is not None if child.rule else any(map(applies, child.children))

    allotted[component.code] = points
    whole = sum((child.max_points for child in component.children if applies(child)), Fraction(0))
    for child in component.children:
        _allot(child, points * child.max_points / whole if applies(child) else Fraction(0), shares, allotted)


@given(data=st.data())
@settings(max_examples=10)
def test_the_order_of_rows_and_units_does_not_matter(data: st.DataObject) -> None:
    tree, given_ = data.draw(trees(3, not_applicable="redistribute", missing="zero"))
    form = assessment(given_)
    shuffled = form.iloc[data.draw(st.permutations(range(len(form))))]
    units = pd.DataFrame({"unit": data.draw(st.permutations("uvw")), "group": ""})
    one, other = exact_scores(tree, form), exact_scores(tree, shuffled, units)
    assert by_component(one).to_dict() == by_component(other).to_dict()
    assert by_component(one, "max_points").to_dict() == by_component(other, "max_points").to_dict()


# ---- faults ----------------------------------------------------------------------------------------------------------


def test_every_fault_of_a_form_is_reported_at_once() -> None:
    children = [node("P1.01", 10), node("P1.02", 10, RATIO), node("P1.03", 10, {"yes_no": {}})]
    form = pd.DataFrame(
        [
            ("u", "P1.01", "hai", "", "", "verified"),
            ("u", "P1.02", "", "3", "", "verified"),
            ("u", "P1.03", "maybe", "", "", "verified"),
            ("v", "P1.01", "11", "", "", "verified"),
            ("v", "P1.11", "1", "", "", "verified"),
            ("v", "P1.01", "2", "", "", "verified"),
            ("v", "P1.02", "7", "", "", "verified"),
            ("z", "P1.01", "1", "", "", "verifed"),
        ],
        columns=["unit", "indicator", "value", "a", "b", "basis"],
    )
    units = pd.DataFrame({"unit": ["u", "v"], "group": ["", ""]})
    assert sorted(faults_of(framework(*children), form, units)) == [
        f"row 2, u, P1.01: found value 'hai'; expected {NUMBER}",
        f"row 3, u, P1.02: found no b; expected {COUNT}",
        "row 4, u, P1.03: found value 'maybe'; expected có or không (yes or no, 1 or 0)",
        "row 5, v, P1.01: found value 11; expected points from 0 to the maximum (10 at most)",
        "row 6: found the indicator 'P1.11'; expected 'P1.01'? Known: P1.01, P1.02, P1.03, total",
        "row 7: found v, P1.01, verified again (first in row 5); expected one row for each unit, indicator and basis",
        "row 8, v, P1.02: found only value '7'; expected a and b, which the rule reads",
        "row 9: found the basis 'verifed'; expected 'verified'? Known: self, verified",
        "row 9: found the unit 'z'; expected one of u, v",
    ]


def test_an_unknown_component_is_named_and_so_are_all_that_there_are() -> None:
    tree = framework(node("P", 10, indicators=[node("A", 10)]), kind="pillars")
    assert faults_of(tree, assessment({"u": {"Q": 5, "A": 5}})) == [
        "row 2: found the indicator 'Q'; expected one of A, P, total"
    ]


def test_a_column_that_no_rule_reads_is_refused() -> None:
    tree = framework(node("A", 10, RATIO), node("B", 10))
    form = assessment({"u": {"A": {"a": 1, "b": 2, "c": 3}, "B": 4}})
    assert faults_of(tree, form) == [
        "header: found the column 'c'; expected one of a, b, basis, evidence, evidence_state, explanation, group, indicator, "
        "source, unit, value, year"
    ]
    assert column(exact_scores(tree, form.assign(c="", note=""))) == {"u": 9}  # an empty one says nothing
    assert faults_of(tree, form.drop(columns="c").assign(vlaue="7"))[0].startswith("header: found the column 'vlaue'; expected "
        "'value'? Known: ")  # fmt: skip


def test_numbers_missing_from_a_pooled_ratio_are_each_named() -> None:
    pooled = framework(node("A", 10, ratio("zero", "abcd", numerator=["b", "d"], denominator=["a", "c"])))
    assert faults_of(pooled, assessment({"u": {"A": {"a": 3, "b": 2}}, "v": {"A": {"d": 2}}})) == [
        f"row 2, u, A: found no c; expected {COUNT}",
        f"row 2, u, A: found no d; expected {COUNT}",
        f"row 3, v, A: found no a; expected {COUNT}",
        f"row 3, v, A: found no b; expected {COUNT}",
        f"row 3, v, A: found no c; expected {COUNT}",
    ]


def test_a_period_or_an_item_left_empty_is_not_a_no() -> None:
    levels = {"on": {**text("on"), "share": 1}, "off": {"vi": "tắt", "en": "off", "share": 0}}
    periods = {"q1": text("first"), "q2": text("second")}
    tree = framework(
        node("L", 10, {"levels": {"levels": levels, "periods": periods}}),
        node("C", 10, {"checklist": {"items": {"c1": text("one"), "c2": text("two")}}}),
    )
    form = assessment(
        {"u": {"L": {"q1": "on"}, "C": {"c2": "có"}}, "v": {"L": {"q1": "on", "q2": "OFF"}, "C": {"c1": 1, "c2": 0}}}
    )
    assert faults_of(tree, form) == [
        "row 2, u, L: found no q2; expected one of on, tắt",
        "row 3, u, C: found no c1; expected có or không (yes or no, 1 or 0)",
    ]
    assert column(exact_scores(tree, form[form["unit"] == "v"])) == {"v": 10}


def test_a_gate_that_is_neither_met_nor_not_is_refused() -> None:
    tree = framework(node("P", 10, indicators=[node("G", 0, {"gate": {}}), node("A", 10)]), kind="pillars")
    assert faults_of(tree, assessment({"u": {"G": "sắp", "A": 5}})) == [
        "row 2, u, G: found value 'sắp'; expected có or không (yes or no, 1 or 0)"
    ]


@pytest.mark.parametrize("date", ["30/6/2025", "2025-02-30", "2025", "hôm nay", "2025-6-3"])
def test_a_date_that_is_none_is_refused(date: str) -> None:
    only = framework(node("A", 10, {"deadline": {"a": text("a"), "b": text("b"), "working_days": 7}}))
    assert faults_of(only, assessment({"u": {"A": {"a": "2025-06-30", "b": date}}})) == [
        f"row 2, u, A: found b '{date}'; expected a date as 2025-06-30"
    ]


@pytest.mark.parametrize("cell", ["2.5", "-1", "1.000", "1,5", "ba", "1e3"])
def test_a_count_is_a_whole_number_of_0_or_more(cell: str) -> None:
    tree = framework(node("A", 10, RATIO), node("B", 10, {"count": {"each": 1}}))
    assert faults_of(tree, assessment({"u": {"A": {"a": 0, "b": cell}, "B": cell}})) == [
        f"row 2, u, A: found b '{cell}'; expected {COUNT}",
        f"row 3, u, B: found value '{cell}'; expected {COUNT}",
    ]


@pytest.mark.parametrize("cell", ["3", "3.0", "3,00", "+3", "03"])
def test_a_whole_number_may_be_written_in_many_ways(cell: str) -> None:
    only = framework(node("B", 10, {"count": {"each": 2}}))
    assert column(exact_scores(only, assessment({"u": {"B": cell}}))) == {"u": 6}


def test_rows_of_two_years_are_refused() -> None:
    form = pd.concat([assessment({"u": {"A": 5}}, year="2022"), assessment({"v": {"A": 5}}, year="2023")], ignore_index=True)
    assert faults_of(framework(*TWO, applies={"from": 2022, "to": 2023}), form) == [
        "year: found 2022, 2023; expected rows of one year"
    ]


def test_a_unit_in_two_groups_is_refused() -> None:
    form = pd.concat([assessment({"u": {"A": 5}}, group="g"), assessment({"u": {"B": 5}}, group="h")], ignore_index=True)
    assert faults_of(framework(*TWO), form) == ["u: found the groups g, h; expected one group for each unit"]


def test_no_rows_are_refused() -> None:
    empty = pd.DataFrame(columns=["unit", "indicator", "value"])
    assert faults_of(framework(*TWO), empty) == [": found no rows; expected rows for the indicators of test"]


def test_rows_keep_the_number_they_have_in_the_file() -> None:
    form = assessment({"u": {"A": 5, "B": "x"}})
    form.index = [0, 3]  # as intake leaves it where lines are blank
    assert faults_of(framework(*TWO), form) == [f"row 5, u, B: found value 'x'; expected {NUMBER}"]
