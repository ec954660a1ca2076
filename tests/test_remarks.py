"""Remarks: what to know before trusting a figure. They correct nothing."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from helpers import assessment, framework, node, ratio

from dti_analysis.criteria.framework import Framework
from dti_analysis.scores.remarks import KINDS, REMARKS, remarks
from dti_analysis.scores.scoring import score

POOLED = ratio("full", "abcd", numerator=["b", "d"], denominator=["a", "c"])
TREE = framework(
    node("R", 10, ratio()),
    node("S", 10, POOLED),
    node("T", 10, ratio(None, "a", denominator=2)),
    node("V", 10),
)


def rows(tree: Framework, form: pd.DataFrame, kind: str) -> list[tuple[Any, ...]]:
    table = remarks(tree, form, score(tree, form))
    assert list(table.columns) == REMARKS
    assert set(table["kind"]) <= set(KINDS)
    return [tuple(row)[1:] for row in table[table["kind"] == kind].itertuples(index=False)]


@pytest.mark.parametrize(
    ("cells", "detail"),
    [
        ({"R": {"a": 0, "b": 1}}, [("R", "u", "verified", "1")]),
        ({"R": {"a": 2, "b": 2}}, [("R", "u", "verified", "2")]),
        ({"R": {"a": 1, "b": 3}}, []),
        ({"R": {"a": 0, "b": 0}}, []),  # nothing arose: there is no ratio to mistrust
        ({"R": {"a": "n/a", "b": ""}}, []),
        ({"S": {"a": 1, "b": 1, "c": 1, "d": 0}}, [("S", "u", "verified", "2")]),  # of all denominators together
        ({"S": {"a": 1, "b": 1, "c": 2, "d": 0}}, []),
        ({"T": {"a": 1}}, []),  # the act's own number, not a count of cases
        ({"V": 2}, []),
    ],
)
def test_a_denominator_of_one_or_two(cells: dict[str, Any], detail: list[tuple[str, ...]]) -> None:
    assert rows(TREE, assessment({"u": cells}), "small_denominator") == detail


def test_a_small_denominator_is_told_of_each_unit_and_basis() -> None:
    own = assessment({"u": {"R": {"a": 1, "b": 1}}}, basis="self")
    form = pd.concat(
        [own, assessment({"u": {"R": {"a": 0, "b": 1}}, "v": {"R": {"a": 1, "b": 2}}}, basis="")], ignore_index=True
    )
    assert rows(TREE, form, "small_denominator") == [
        ("R", "u", "self", "1"),
        ("R", "u", "verified", "1"),
        ("R", "v", "verified", "2"),
    ]


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([7, 7, 7], [("V", "", "verified", "7")]),
        ([0, 0, 0], [("V", "", "verified", "0")]),
        ([7, 7, 8], []),
        ([7, 7], []),  # two units on one figure say nothing
        ([7, 7, ""], []),
        ([0, 0, ""], []),  # by leaving it out
        ([7, 7, 7, "n/a"], []),
    ],
)
def test_an_indicator_on_which_all_are_equal(points: list[Any], expected: list[tuple[str, ...]]) -> None:
    tree = framework(node("V", 10), node("W", 10))
    form = assessment({f"u{n}": {"V": each, "W": n} for n, each in enumerate(points)})
    assert rows(tree, form, "separates_nobody") == expected


def test_parts_and_pillars_are_looked_at_where_they_are_the_finest_known() -> None:
    tree = framework(
        node("P", 30, indicators=[node("A", 20, parts=[node("A.a", 10), node("A.b", 10)]), node("B", 10)]),
        node("Q", 10, unlisted=True),
        kind="pillars",
    )
    each = {"A.a": 5, "A.b": 5, "B": 5, "Q": 5}
    equal = {f"u{n}": dict(each) for n in range(3)}
    assert [row[0] for row in rows(tree, assessment(equal), "separates_nobody")] == ["A", "B", "Q"]
    stated = {f"u{n}": {"P": 15, "Q": n} for n in range(3)}
    assert [row[0] for row in rows(tree, assessment(stated), "separates_nobody")] == ["P"]
    mixed = {**stated, "u3": {**each, "Q": 9}}
    assert rows(tree, assessment(mixed), "separates_nobody") == []  # the parts of P are known of one unit only


def test_only_verified_figures_separate_nobody() -> None:
    tree = framework(node("V", 10), node("W", 10))
    own = assessment({f"u{n}": {"V": 9, "W": n} for n in range(3)}, basis="self")
    form = pd.concat([own, assessment({f"u{n}": {"V": n, "W": n} for n in range(3)}, basis="verified")], ignore_index=True)
    assert rows(tree, form, "separates_nobody") == []


def test_nothing_to_remark() -> None:
    form = assessment({"u": {"V": 1}, "v": {"V": 2}, "w": {"V": 3}})
    table = remarks(TREE, form, score(TREE, form))
    assert (len(table), list(table.columns)) == (0, REMARKS)


def test_remarks_change_no_figure() -> None:
    form = assessment({"u": {"R": {"a": 1, "b": 1}}})
    scores = score(TREE, form)
    before, rows_before = scores.copy(), form.copy()
    remarks(TREE, form, scores)
    pd.testing.assert_frame_equal(scores, before)
    pd.testing.assert_frame_equal(form, rows_before)


def test_a_source_that_contradicts_itself_is_remarked_once_where_its_criterion_was_scored() -> None:
    tree = framework(node("V", 10, contradicted=True), node("W", 10), node("X", 10, applies_to=["g"], contradicted=True))
    form = assessment({"u": {"V": 1, "W": 2}, "v": {"W": 3}})
    assert rows(tree, form, "source_contradicts") == [("V", "", "verified", "")]
    group = assessment({"u": {"V": 1, "W": 2, "X": 3}}, group="g")
    assert rows(tree, group, "source_contradicts") == [("V", "", "verified", ""), ("X", "", "verified", "")]
    stated = assessment({"u": {"total": 12}})  # the criteria themselves are unknown
    assert rows(tree, stated, "source_contradicts") == []
