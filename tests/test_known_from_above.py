"""Known only from above: a component is stated, and its parts are unknown – neither zero nor missing."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from helpers import assessment, by_component, column, framework, framework_data, load_data, node, ratio
from hypothesis import given, settings
from hypothesis import strategies as st

from dti_analysis.common.faults import Faults
from dti_analysis.criteria.framework import Framework
from dti_analysis.scores.gaps import gaps
from dti_analysis.scores.scoring import STATES, exact_scores, score

TREE = framework(
    node("P", 60, indicators=[node("A", 40, parts=[node("A.a", 30), node("A.b", 10)]), node("B", 20)]),
    node("Q", 40, indicators=[node("C", 40, {"linear": {"target": 4}})]),
    kind="pillars",
)
CODES = ["total", "P", "A", "A.a", "A.b", "B", "Q", "C"]
NUMBER = "a number without thousands separators, as 1000 or 12.5"


def states(tree: Framework, given_: dict[str, Any], **columns: str) -> dict[str, str]:
    return by_component(score(tree, assessment({"u": given_}, **columns)), "state")["u"].to_dict()


def faults_of(tree: Framework, form: pd.DataFrame) -> list[str]:
    with pytest.raises(Faults) as raised:
        score(tree, form, source="form.csv")
    return [str(fault).removeprefix("form.csv: ") for fault in raised.value.faults]


# ---- what is known, and what is not ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "stated", "unknown", "total"),
    [
        ({"total": 71.61}, {"total"}, {"P", "A", "A.a", "A.b", "B", "Q", "C"}, "71.61"),
        ({"P": 45, "C": 3}, {"P"}, {"A", "A.a", "A.b", "B"}, "75"),
        ({"P": 45, "Q": 30}, {"P", "Q"}, {"A", "A.a", "A.b", "B", "C"}, "75"),
        ({"A": 25, "B": 20, "C": 3}, {"A"}, {"A.a", "A.b"}, "75"),
        ({"A.a": 15, "A.b": 10, "B": 20, "Q": 30}, {"Q"}, {"C"}, "75"),
        ({"P": 0, "Q": 0}, {"P", "Q"}, {"A", "A.a", "A.b", "B", "C"}, "0"),
        ({"A.a": 15, "A.b": 10, "B": 20, "C": 3}, set(), set(), "75"),
    ],
)
def test_what_is_below_a_stated_component_is_unknown(
    given_: dict[str, Any], stated: set[str], unknown: set[str], total: str
) -> None:
    scores = score(TREE, assessment({"u": given_}))
    own = scores.set_index("component")
    assert own["state"].to_dict() == {
        code: "stated" if code in stated else "unknown" if code in unknown else "assessed" for code in CODES
    }
    assert set(own.index[own["points"].isna()]) == set(own.index[own["score"].isna()]) == unknown
    assert set(own.index[own["rank"].isna()]) == set(own.index[own["rank_in_group"].isna()]) == unknown
    assert own.at["total", "points"] == float(total)
    exact = by_component(exact_scores(TREE, assessment({"u": given_})))["u"].to_dict()
    assert {code for code, points in exact.items() if points is None} == unknown
    assert exact["total"] == Fraction(total)
    assert set(gaps(scores, TREE)["component"]) == set(CODES) - unknown
    assert set(scores["state"]) <= set(STATES)


def test_an_empty_figure_states_nothing() -> None:
    assert states(TREE, {"P": "", "C": 3}) == {
        "total": "assessed", "P": "missing", "A": "missing", "A.a": "missing", "A.b": "missing", "B": "missing",
        "Q": "assessed", "C": "assessed",
    }  # fmt: skip


def test_a_stated_component_that_does_not_apply() -> None:
    exact = exact_scores(TREE, assessment({"u": {"P": "n/a", "C": 3}, "v": {"P": "Không áp dụng", "Q": "n/a"}}))
    assert column(exact) == {"u": 30, "v": 0}
    assert column(exact, "max_points") == {"u": 40, "v": 0}
    assert column(exact, "state", "P") == {"u": "stated", "v": "stated"}
    assert column(exact, "state", "A") == {"u": "unknown", "v": "unknown"}


def test_units_known_differently_are_ranked_together_where_both_are_known() -> None:
    units = {"whole": {"total": 76}, "pillars": {"P": 45, "Q": 30}, "parts": {"A": 25, "B": 20, "C": 3}, "low": {"total": 1}}
    scores = score(TREE, assessment(units))
    assert column(scores, "rank") == {"whole": 1, "pillars": 2, "parts": 2, "low": 4}
    assert column(scores, "rank", "P") == {"whole": pd.NA, "pillars": 1, "parts": 1, "low": pd.NA}
    assert column(scores, "rank", "C") == {"whole": pd.NA, "pillars": pd.NA, "parts": 1, "low": pd.NA}


def test_the_self_assessment_may_be_known_in_full_and_the_verified_only_as_a_total() -> None:
    own = assessment({"u": {"A": 30, "B": 20, "C": 4}}, basis="self")
    form = pd.concat([own, assessment({"u": {"total": 80}}, basis="verified")], ignore_index=True)
    scores = score(TREE, form)
    assert column(scores[scores["basis"] == "self"]) == {"u": 90}
    verified = scores[scores["basis"] == "verified"]
    assert column(verified) == {"u": 80}
    assert column(verified, "state", "B") == {"u": "unknown"}


def test_a_unit_whose_value_is_unknown_sets_no_best() -> None:
    tree = framework(node("P", 10, indicators=[node("A", 10, {"relative_to_best": {}})]), kind="pillars")
    exact = exact_scores(tree, assessment({"u": {"A": 5}, "v": {"A": 10}, "w": {"P": 9}}))
    assert column(exact) == {"u": 5, "v": 10, "w": 9}
    assert column(exact, "points", "A") == {"u": 5, "v": 10, "w": None}


def test_a_gate_below_a_stated_component_shuts_nothing() -> None:
    tree = framework(node("P", 10, indicators=[node("G", 0, {"gate": {}}), node("A", 10)]), kind="pillars")
    exact = exact_scores(tree, assessment({"u": {"P": 9}, "v": {"total": 8}, "w": {"G": "không", "A": 7}}))
    assert column(exact) == {"u": 9, "v": 8, "w": 0}


def test_bonus_and_penalty_below_a_stated_component_are_in_its_figure() -> None:
    bonus = {"bonus": {"each": 1, "at_most": 5}}
    pillars = [node("P", 10, indicators=[node("A", 10), node("B", 0, bonus)]), node("Q", 0, indicators=[node("C", 0, bonus)])]
    tree = framework(*pillars, kind="pillars")
    exact = exact_scores(tree, assessment({"u": {"P": 9, "C": 2}, "v": {"A": 8, "B": 1, "C": 2}}))
    assert column(exact) == {"u": 11, "v": 11}
    assert faults_of(tree, assessment({"u": {"P": 11}})) == [
        "row 2, u, P: found value '11'; expected points from 0 to 10, the maximum"
    ]


def test_where_points_are_handed_round_a_stated_figure_is_scaled_like_any_other() -> None:
    tree = framework(
        node("P", 60, indicators=[node("A", 40), node("B", 20)]), node("Q", 40), kind="pillars", not_applicable="redistribute"
    )
    exact = exact_scores(tree, assessment({"u": {"P": 45, "Q": "n/a"}, "v": {"P": "n/a", "Q": 10}, "w": {"P": 45, "Q": 10}}))
    assert column(exact) == {"u": 75, "v": 25, "w": 55}
    assert column(exact, "max_points") == {"u": 100, "v": 100, "w": 100}
    assert column(exact, "points", "P") == {"u": 75, "v": 0, "w": 45}
    assert column(exact, "points", "A") == {"u": None, "v": None, "w": None}


def test_a_stated_indicator_counts_as_a_whole_whatever_its_parts_would_do() -> None:
    for combine in ("sum", "best", "base_plus"):
        parts = [
            node("A.a", 10),
            node("A.b", 10 if combine == "best" else 0, None if combine == "best" else {"not_scored": {}}),
        ]
        tree = framework(node("A", 10, parts=parts, combine=combine))
        assert column(exact_scores(tree, assessment({"u": {"A": 7}}))) == {"u": 7}


@given(st.lists(st.integers(0, 400), min_size=1, max_size=8))
@settings(max_examples=10)
def test_stating_what_the_parts_would_earn_changes_no_total_and_no_rank(tenths: list[int]) -> None:
    values = {f"u{n}": Fraction(each, 10) for n, each in enumerate(tenths)}
    parts = score(TREE, assessment({unit: {"A": 20, "C": float(value / 10)} for unit, value in values.items()}))
    pillars = score(TREE, assessment({unit: {"P": 20, "Q": float(value)} for unit, value in values.items()}))
    whole = score(TREE, assessment({unit: {"total": float(20 + value)} for unit, value in values.items()}))
    for name in ("points", "max_points", "score", "rank"):
        assert column(parts, name) == column(pillars, name) == column(whole, name)


# ---- stated as unknown -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["unknown", "chưa công bố", "Chưa công bố", "UNKNOWN"])
def test_what_is_said_to_be_unknown_is_not_zero_and_neither_is_what_is_above_it(word: str) -> None:
    units = {"u": {"P": word, "C": 3}, "v": {"total": word}, "w": {"P": 45, "C": 3}, "x": {"A": word, "B": 20, "C": 4}}
    scores = score(TREE, assessment(units))
    unknown = {unit: set(own.loc[own["state"] == "unknown", "component"]) for unit, own in scores.groupby("unit", sort=False)}
    assert unknown == {
        "u": {"total", "P", "A", "A.a", "A.b", "B"},
        "v": set(CODES),
        "w": {"A", "A.a", "A.b", "B"},
        "x": {"total", "P", "A", "A.a", "A.b"},
    }
    for _, row in scores.iterrows():
        hidden = row["component"] in unknown[row["unit"]]
        assert [pd.isna(row[name]) for name in ("points", "score", "rank", "rank_in_group")] == [hidden] * 4
    assert column(scores, "rank") == {"u": pd.NA, "v": pd.NA, "w": 1, "x": pd.NA}
    assert column(scores, "points", "Q") == pytest.approx({"u": 30, "v": math.nan, "w": 30, "x": 40}, nan_ok=True)
    assert set(gaps(scores[scores["unit"] == "u"], TREE)["component"]) == {"Q", "C"}


def test_what_is_measured_cannot_be_said_to_be_unknown() -> None:
    assert faults_of(TREE, assessment({"u": {"A.a": "unknown", "P": ""}}).iloc[:1]) == [
        "row 2, u, A.a: found value 'unknown'; expected " + NUMBER
    ]


# ---- shares and percents ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "value", "points"),
    [("share", "0.7163", "716.3"), ("share", "1", "1000"), ("share", "0", "0"), ("percent", "98.82", "988.2"),
     ("percent", "0.5", "5"), ("points", "716.3", "716.3")],
)  # fmt: skip
def test_a_total_stated_as_a_share_or_a_percent(measure: str, value: str, points: str) -> None:
    tree = framework(node("P", 1000, unlisted=True), kind="pillars", measure=measure)
    exact = exact_scores(tree, assessment({"u": {"total": value}}))
    assert column(exact) == {"u": Fraction(points)}
    assert column(exact, "max_points") == {"u": 1000}


def test_a_pillar_stated_as_a_share_is_one_of_its_own_maximum_and_of_its_groups() -> None:
    tree = framework(
        node("P", 60, unlisted=True, measure="share", max_points_by_group={"g": 30}),
        node("Q", 40, unlisted=True),
        kind="pillars",
    )
    form = assessment({"u": {"P": "0.5", "Q": 10}})
    assert column(exact_scores(tree, form.assign(group="g"))) == {"u": 25}
    assert column(exact_scores(tree, form)) == {"u": 40}


@pytest.mark.parametrize(
    ("measure", "bad", "top"), [("share", "71.63", "1"), ("share", "-0.1", "1"), ("percent", "100.1", "100")]
)
def test_a_figure_outside_its_measure_is_refused(measure: str, bad: str, top: str) -> None:
    tree = framework(node("P", 1000, unlisted=True), kind="pillars", measure=measure)
    assert faults_of(tree, assessment({"u": {"total": bad}})) == [
        f"row 2, u, total: found value '{bad}'; expected a {measure}, 0 to {top}"
    ]


# ---- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("above", "below"),
    [("P", "A"), ("P", "B"), ("P", "A.a"), ("A", "A.b"), ("total", "P"), ("total", "C"), ("Q", "C"), ("total", "A.a")],
)
def test_a_component_and_one_of_its_parts_are_refused_with_both_rows(above: str, below: str) -> None:
    expected = "expected a component or its parts, not both"
    first_above = assessment({"u": {above: 1, below: 1}})
    assert faults_of(TREE, first_above) == [
        f"row 3, u: found {below} beside {above} (row 2), of which it is a part; {expected}"
    ]
    first_below = assessment({"u": {below: 1, above: 1}})
    assert faults_of(TREE, first_below) == [
        f"row 2, u: found {below} beside {above} (row 3), of which it is a part; {expected}"
    ]


def test_each_part_stated_beside_what_is_above_it_is_named_once() -> None:
    form = assessment({"u": {"P": 1, "A": 1, "A.a": 1, "C": 1}, "v": {"P": 1, "C": 1}, "w": {"total": 1, "Q": 1}})
    assert faults_of(TREE, form) == [
        "row 3, u: found A beside P (row 2), of which it is a part; expected a component or its parts, not both",
        "row 4, u: found A.a beside A (row 3), of which it is a part; expected a component or its parts, not both",
        "row 9, w: found Q beside total (row 8), of which it is a part; expected a component or its parts, not both",
    ]


def test_other_units_and_another_basis_may_state_what_is_above() -> None:
    form = pd.concat(
        [assessment({"u": {"P": 45, "C": 3}, "v": {"A": 1, "B": 1, "C": 3}}), assessment({"u": {"A": 1}}, basis="self")],
        ignore_index=True,
    )
    assert column(score(TREE, form)[lambda scores: scores["basis"] == "verified"]) == {"u": 75, "v": 32}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("60.01", "points from 0 to 60, the maximum"),
        ("-0.01", "points from 0 to 60, the maximum"),
        ("1.000", NUMBER),
        ("sáu mươi", NUMBER),
        ("45/60", NUMBER),
    ],
)
def test_a_figure_that_cannot_be_is_refused(value: str, expected: str) -> None:
    assert faults_of(TREE, assessment({"u": {"P": value, "C": 3}})) == [
        f"row 2, u, P: found value '{value}'; expected {expected}"
    ]


def test_a_groups_own_maximum_bounds_what_may_be_stated() -> None:
    tree = framework(node("P", 60, unlisted=True, max_points_by_group={"g": 30}), node("Q", 40), kind="pillars")
    assert column(exact_scores(tree, assessment({"u": {"P": 45, "Q": 0}}, group="h"))) == {"u": 45}
    assert faults_of(tree, assessment({"u": {"P": 45}}, group="g")) == [
        "row 2, u, P: found value '45'; expected points from 0 to 30, the maximum"
    ]


def test_a_figure_in_a_cell_that_nothing_reads_is_refused() -> None:
    tree = framework(node("P", 60, indicators=[node("A", 60, ratio())]), node("Q", 40, unlisted=True), kind="pillars")
    assert faults_of(tree, assessment({"u": {"P": {"a": 3, "b": 4}, "Q": {"b": 7}}})) == [
        "row 2, u, P: found only a '3', b '4'; expected value, which states its figure",
        "row 3, u, Q: found only b '7'; expected value, which states its figure",
    ]


# ---- unlisted --------------------------------------------------------------------------------------------------------

UNLISTED = framework(node("P", 60, unlisted=True), node("Q", 40), kind="pillars")


@pytest.mark.parametrize(
    ("given_", "missing", "points", "maximum", "state"),
    [
        ({"P": 45, "Q": 10}, "zero", 55, 100, "stated"),
        ({"Q": 10}, "zero", 10, 100, "missing"),
        ({"P": "", "Q": 10}, "zero", 10, 100, "missing"),
        ({"P": "n/a", "Q": 10}, "zero", 10, 40, "stated"),
        ({"Q": 10}, "not_applicable", 10, 40, "not_applicable"),
        ({"P": 0, "Q": 10}, "not_applicable", 10, 100, "stated"),
    ],
)
def test_an_unlisted_component(given_: dict[str, Any], missing: str, points: int, maximum: int, state: str) -> None:
    tree = framework(node("P", 60, unlisted=True), node("Q", 40), kind="pillars", missing=missing)
    exact = exact_scores(tree, assessment({"u": given_}))
    assert (column(exact)["u"], column(exact, "max_points")["u"]) == (points, maximum)
    assert column(exact, "state", "P") == {"u": state}


def test_an_unlisted_component_left_out_is_refused_where_the_act_refuses_missing_ones() -> None:
    tree = framework(node("P", 60, unlisted=True), node("Q", 40), kind="pillars", missing="refuse")
    assert faults_of(
        tree, assessment({"u": {"Q": 10}, "v": {"P": "", "Q": 10}, "w": {"total": 50}, "x": {"P": 1, "Q": 1}})
    ) == [
        "u, P: found nothing; expected a value: the act refuses missing ones",
        "row 3, v, P: found nothing; expected a value: the act refuses missing ones",
    ]


def test_an_unlisted_component_for_one_group() -> None:
    tree = framework(node("P", 60, unlisted=True, applies_to=["g"]), node("Q", 40), kind="pillars")
    exact = exact_scores(tree, assessment({"u": {"P": 45, "Q": 10}}, group="h"))
    assert (column(exact)["u"], column(exact, "max_points")["u"]) == (10, 40)


def test_a_framework_of_which_nothing_is_public_has_totals(tmp_path: Path) -> None:
    data = framework_data(unlisted=True, max_points=1000, measure="percent", expects={"pillars": 3, "indicators": 20})
    tree = load_data(tmp_path, {key: entry for key, entry in data.items() if key != "indicators"})
    scores = score(tree, assessment({"u": {"total": "98.82"}, "v": {"total": "97.06"}}))
    assert column(scores) == {"u": 988.2, "v": 970.6}
    assert column(scores, "rank") == {"u": 1, "v": 2}
    assert set(scores["state"]) == {"stated"}
    assert gaps(scores, tree)["finest"].all()
    assert faults_of(tree, assessment({"u": {"P": 1}})) == ["row 2: found the indicator 'P'; expected one of total"]
