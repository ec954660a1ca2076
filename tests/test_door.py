"""What is stopped at the door although it could be computed: figures that would earn the wrong points in silence."""

from __future__ import annotations

import pandas as pd
import pytest
from helpers import assessment, by_component, framework, node, ratio

from dti_analysis.common.faults import Faults
from dti_analysis.scores.appraisal import appraisal
from dti_analysis.scores.gaps import gaps, pareto
from dti_analysis.scores.recognition import recognise
from dti_analysis.scores.scoring import exact_scores, score


@pytest.mark.parametrize(
    ("measure", "value", "expected"),
    [("share", "89.17", "a share, 0 to 1"), ("share", "-0.1", "a share, 0 to 1"), ("percent", "101", "a percent, 0 to 100")],
)
def test_a_value_outside_its_measure_is_refused(measure: str, value: str, expected: str) -> None:
    criteria = framework(node("A", 100, {"linear": {"target": 1}}, measure=measure))
    with pytest.raises(Faults) as caught:
        score(criteria, assessment({"u": {"A": value}}))
    assert [(fault.found, fault.expected) for fault in caught.value.faults] == [(f"value '{value}'", expected)]


def test_the_bounds_of_a_measure_are_inside_it_and_counts_have_none() -> None:
    criteria = framework(
        node("A", 10, {"linear": {"target": 1}}, measure="share"),
        node("B", 10, {"linear": {"target": 100}}, measure="percent"),
        node("C", 10, ratio("zero"), measure="percent"),
        node("D", 120, {"reported": {}}, measure="percent"),
    )
    given = {"A": "1", "B": "100", "C": {"a": 636, "b": 686}, "D": "110"}
    points = by_component(score(criteria, assessment({"u": given})))
    assert [points["u", code] for code in "ABD"] == [10, 10, 110]
    assert points["u", "C"] == 6360 / 686


def test_done_where_nothing_arose_is_refused_under_every_policy() -> None:
    for policy in ("full", "zero", "not_applicable"):
        criteria = framework(node("A", 20, ratio(policy)))
        with pytest.raises(Faults, match="found a 3, b 0; expected a of 0 where b is 0"):
            score(criteria, assessment({"u": {"A": {"a": 3, "b": 0}}}))


def test_a_unit_without_a_self_assessment_has_none_rather_than_zero() -> None:
    criteria = framework(node("A", 20))
    both = pd.concat(
        [assessment({"u": {"A": 12}}, basis="self"), assessment({"u": {"A": 10}, "v": {"A": 16}}, basis="verified")]
    )
    units = pd.DataFrame({"unit": ["u", "v"], "group": ["", ""]})
    scores = score(criteria, both.reset_index(drop=True), units)
    assert set(scores.loc[scores["basis"] == "self", "unit"]) == {"u"}
    assert set(scores.loc[scores["basis"] == "verified", "unit"]) == {"u", "v"}
    changed = appraisal(scores)
    assert changed[["unit", "component", "difference"]].to_numpy().tolist() == [["u", "total", -2.0], ["u", "A", -2.0]]


def test_divisions_of_an_indicator_are_counted_once() -> None:
    divided = node("P1.02", 30, indicators=[node("P1.02.01", 10), node("P1.02.02", 20)])
    criteria = framework(node("P1", 50, indicators=[node("P1.01", 20), divided]), kind="pillars")
    table = gaps(score(criteria, assessment({"u": {"P1.01": 5, "P1.02.01": 10, "P1.02.02": 0}})), criteria)
    assert table.set_index("component")["level"].to_dict() == {
        "total": "total", "P1": "pillar", "P1.01": "indicator", "P1.02": "subpillar",
        "P1.02.01": "indicator", "P1.02.02": "indicator",
    }  # fmt: skip
    ordered = pareto(table)
    assert list(ordered["component"]) == ["P1.02.02", "P1.01", "P1.02.01"]
    assert ordered["gap"].sum() == table.loc[table["component"] == "total", "gap"].item() == 35


def test_nothing_is_added_to_a_base_that_does_not_apply() -> None:
    parts = [node("A.base", 35, {"yes_no": {}}), node("A.plus", 5, {"yes_no": {}})]
    criteria = framework(node("A", 40, parts=parts, combine="base_plus"), node("B", 60))
    exact = exact_scores(criteria, assessment({"u": {"A.base": "n/a", "A.plus": "1", "B": 30}}))
    assert by_component(exact)["u", "total"] == 30
    assert by_component(exact, "max_points")["u", "total"] == 60


def test_a_blank_row_without_a_maximum_is_no_missing_one() -> None:
    kept = node("K", 0, {"not_scored": {}})
    bonus = node("X", 0, {"bonus": {"each": 1, "at_most": 5}})
    criteria = framework(node("A", 20), kept, bonus, missing="refuse")
    assert by_component(score(criteria, assessment({"u": {"A": 20}})))["u", "total"] == 20
    with pytest.raises(Faults, match="found nothing; expected a value: the act refuses missing ones"):
        score(criteria, assessment({"u": {"K": "any"}}))


def test_a_share_of_no_criteria_decides_nothing() -> None:
    extended = pd.DataFrame({"unit": "xa", "criterion": ["e1"], "kind": ["extended"], "met": [True]})
    assert recognise(extended, 1.0, 0.3)["recognised"].isna().all()
    mandatory = pd.DataFrame({"unit": "xa", "criterion": ["m1"], "kind": ["mandatory"], "met": [True]})
    assert recognise(mandatory, 1.0, 0.3)["recognised"].isna().all()
    assert recognise(mandatory, 1.0, 0.0)["recognised"].tolist() == [True]
