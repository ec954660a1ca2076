"""Roll-up: the mean score of the units below becomes a value of the unit above."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from helpers import assessment, column, framework, node
from hypothesis import given, settings
from hypothesis import strategies as st

from dti_analysis.common.faults import Faults
from dti_analysis.scores.roll_up import levels_below, rolled_up
from dti_analysis.scores.scoring import exact_scores, score

COMMUNES = framework(
    node("P", 60, indicators=[node("X", 60)]), node("Q", 40), kind="pillars", id="communes", levels=["commune"]
)
DISTRICTS = framework(
    node("A", 50),
    node("B", 50, {"roll_up": {"level": "commune"}}),
    node("C", 20, {"roll_up": {"level": "commune", "component": "P"}}),
)
PART_OF = {"c1": "d1", "c2": "d1", "c3": "d2", "c4": "", "d1": "province"}


def below(units: dict[str, dict[str, Any]], **columns: str) -> pd.DataFrame:
    return score(COMMUNES, assessment(units, **columns))


def test_the_levels_that_a_framework_looks_down_to() -> None:
    assert levels_below(DISTRICTS) == ["commune"]
    assert levels_below(COMMUNES) == []
    both = framework(*(node(level[0].upper(), 1, {"roll_up": {"level": level}}) for level in ("ward", "commune")))
    assert levels_below(both) == ["commune", "ward"]


def test_a_district_earns_the_mean_of_its_communes() -> None:
    communes = below({"c1": {"X": 60, "Q": 20}, "c2": {"X": 30, "Q": 10}, "c3": {"X": 6, "Q": 0}, "c4": {"X": 60, "Q": 40}})
    form = rolled_up(DISTRICTS, assessment({"d1": {"A": 10}, "d2": {"A": 20}}), {"commune": communes}, PART_OF)
    exact = exact_scores(DISTRICTS, form)
    assert column(exact, "points", "B") == {"d1": 30, "d2": 3}  # (80 % + 40 %)/2 and 6 %, of 50
    assert column(exact, "points", "C") == {"d1": 15, "d2": 2}  # of the pillar alone: (100 % + 50 %)/2 and 10 %, of 20
    assert column(exact) == {"d1": 55, "d2": 25}


def test_the_rows_handed_in_stay_as_they_are() -> None:
    form = assessment({"d1": {"A": "12"}, "d2": {"A": "x"}}, evidence="* QĐ 1", year="2023")
    form.index = [0, 3]  # as intake leaves it where lines are blank
    form.attrs["tidy"] = True
    whole = rolled_up(DISTRICTS, form, {"commune": below({"c1": {"X": 60, "Q": 40}})}, PART_OF)
    assert whole.attrs == {"tidy": True}
    assert whole.loc[[0, 3], form.columns].equals(form)
    added = whole.drop([0, 3])
    assert added[["unit", "indicator", "value", "evidence", "year"]].to_numpy().tolist() == [
        ["d1", "B", "1.000000", "", "2023"],
        ["d1", "C", "1.000000", "", "2023"],
    ]
    with pytest.raises(Faults) as raised:
        score(DISTRICTS, whole)
    assert [fault.place for fault in raised.value.faults] == ["row 5, d2, A"]


def test_a_mean_is_taken_at_six_places_half_up() -> None:
    thirds = framework(node("A", 3), id="thirds")
    scores = score(thirds, assessment({"c1": {"A": 1}, "c2": {"A": 1}, "c3": {"A": 0}}))
    part_of = dict.fromkeys(["c1", "c2", "c3"], "d1")
    form = rolled_up(DISTRICTS, assessment({"d1": {"A": 0}}), {"commune": scores}, part_of)
    assert form.loc[form["indicator"] == "B", "value"].to_list() == ["0.222222"]
    millionths = framework(node("A", 2 * 10**6), id="millionths")
    scores = score(millionths, assessment({"c1": {"A": 246915}}))  # 0.1234575 of all
    form = rolled_up(DISTRICTS, assessment({"d1": {"A": 0}}), {"commune": scores}, part_of)
    assert form.loc[form["indicator"] == "B", "value"].to_list() == ["0.123458"]


def test_what_is_unknown_or_does_not_apply_below_is_left_out_of_the_mean() -> None:
    communes = below({"c1": {"total": 80}, "c2": {"X": 60, "Q": 0}, "c3": {"X": "n/a", "Q": "n/a"}})
    form = rolled_up(DISTRICTS, assessment({"d1": {"A": 0}, "d2": {"A": 0}}), {"commune": communes}, PART_OF)
    exact = exact_scores(DISTRICTS, form)
    assert column(exact, "points", "B") == {"d1": 35, "d2": 0}  # (80 % + 60 %)/2 of 50
    assert column(exact, "points", "C") == {"d1": 20, "d2": 0}  # c1's pillar is unknown: 100 % of 20 by c2 alone
    assert column(exact, "state", "B") == {"d1": "assessed", "d2": "missing"}


def test_each_basis_has_its_own_mean_and_none_is_made_up() -> None:
    communes = pd.concat([below({"c1": {"X": 60, "Q": 40}}, basis="self"), below({"c1": {"X": 30, "Q": 20}})])
    both = pd.concat([assessment({"d1": {"A": 9}}, basis="self"), assessment({"d1": {"A": 8}}, basis="")], ignore_index=True)
    exact = exact_scores(DISTRICTS, rolled_up(DISTRICTS, both, {"commune": communes}, PART_OF))
    assert column(exact[exact["basis"] == "self"], "points", "B") == {"d1": 50}
    assert column(exact[exact["basis"] == "verified"], "points", "B") == {"d1": 25}
    for form in (assessment({"d1": {"A": 8}}), assessment({"d1": {"A": 8}}, basis="verified")):
        alone = exact_scores(DISTRICTS, rolled_up(DISTRICTS, form, {"commune": communes}, PART_OF))
        assert set(alone["basis"]) == {"verified"}  # a district that assessed nothing itself has no self-assessment
        assert column(alone, "points", "B") == {"d1": 25}


def test_without_scores_below_nothing_is_added() -> None:
    form = assessment({"d1": {"A": 8}})
    assert rolled_up(DISTRICTS, form, {}, PART_OF) is form
    assert rolled_up(COMMUNES, form, {"commune": below({"c1": {"X": 1}})}, PART_OF) is form
    assert column(exact_scores(DISTRICTS, form), "state", "B") == {"d1": "missing"}


def test_a_value_filled_in_beside_the_roll_up_is_refused() -> None:
    form = assessment({"d1": {"A": 8, "B": "0.9"}})
    with pytest.raises(Faults, match="d1, B, verified again"):
        score(DISTRICTS, rolled_up(DISTRICTS, form, {"commune": below({"c1": {"X": 60, "Q": 40}})}, PART_OF))


@given(st.lists(st.integers(0, 100), min_size=1, max_size=9))
@settings(max_examples=15)
def test_the_mean_is_that_of_fractions(points: list[int]) -> None:
    hundred = framework(node("A", 100), id="hundred")
    scores = score(hundred, assessment({f"c{n}": {"A": value} for n, value in enumerate(points)}))
    part_of = {f"c{n}": "d1" for n in range(len(points))}
    form = rolled_up(DISTRICTS, assessment({"d1": {"A": 0}}), {"commune": scores}, part_of)
    mean = Fraction(sum(points), 100 * len(points))
    value = Fraction(form.loc[form["indicator"] == "B", "value"].iloc[0])
    assert abs(value - mean) <= Fraction(1, 2 * 10**6)
    assert column(exact_scores(DISTRICTS, form), "points", "B") == {"d1": 50 * value}
