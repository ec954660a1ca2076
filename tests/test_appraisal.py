"""Self-assessment beside appraisal."""

from __future__ import annotations

import pandas as pd
from helpers import assessment, framework, node

from dti_analysis.scores.appraisal import appraisal
from dti_analysis.scores.scoring import score

COLUMNS = ["year", "unit", "group", "component", "level", "self", "verified", "max_points", "difference"]


def _both() -> pd.DataFrame:
    tree = framework(node("B", 10), node("A", 10))
    own = assessment({"v": {"A": 9, "B": "0.1"}, "u": {"A": 10, "B": 5}}, basis="self")
    verified = assessment({"v": {"A": 9, "B": "0.3"}, "u": {"A": 0, "B": "7.2"}}, basis="verified")
    return score(tree, pd.concat([own, verified], ignore_index=True))


def test_difference_is_verified_less_self() -> None:
    table = appraisal(_both())
    assert list(table.columns) == COLUMNS
    differences = table.set_index(["unit", "component"])["difference"].to_dict()
    assert differences == {
        ("u", "A"): -10.0,  # cut for missing evidence: negative
        ("u", "B"): 2.2,  # raised: positive; 7.2 - 5.0 is not 2.2 in floats
        ("u", "total"): -7.8,
        ("v", "A"): 0.0,
        ("v", "B"): 0.2,
        ("v", "total"): 0.2,
    }
    assert set(table["max_points"]) == {10.0, 20.0}


def test_units_keep_the_order_of_the_form_and_components_that_of_the_framework() -> None:
    table = appraisal(_both())
    assert table["unit"].to_list() == ["v"] * 3 + ["u"] * 3
    assert table["component"].to_list() == ["total", "B", "A"] * 2


def test_only_rows_with_both_bases() -> None:
    scores = _both()
    one_sided = scores[~((scores["unit"] == "u") & (scores["basis"] == "self"))]
    assert set(appraisal(one_sided)["unit"]) == {"v"}


def test_one_basis_alone_gives_an_empty_table() -> None:
    scores = _both()
    table = appraisal(scores[scores["basis"] == "verified"])
    assert (len(table), list(table.columns)) == (0, COLUMNS)


def test_what_is_unknown_on_one_basis_is_not_set_beside_the_other() -> None:
    tree = framework(node("P", 20, indicators=[node("A", 10), node("B", 10)]), node("Q", 10), kind="pillars")
    own = assessment({"u": {"A": 10, "B": 8, "Q": 9}, "v": {"total": 25}}, basis="self")
    verified = assessment({"u": {"P": 15.5, "Q": 9}, "v": {"A": 5, "B": 5, "Q": 5}}, basis="verified")
    table = appraisal(score(tree, pd.concat([own, verified], ignore_index=True)))
    assert table.set_index(["unit", "component"])["difference"].to_dict() == {
        ("u", "total"): -2.5,
        ("u", "P"): -2.5,
        ("u", "Q"): 0.0,
        ("v", "total"): -10.0,
    }
