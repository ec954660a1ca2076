"""Recognition: all mandatory criteria, and for districts and communes 30 % of the extended ones (02/HD-UBND, 10/6/2024)."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dti_analysis.common.faults import Faults
from dti_analysis.scores.recognition import RECOGNITION, recognise

Met = bool | None


def checklist(units: dict[str, tuple[list[Met], list[Met]]]) -> pd.DataFrame:
    """Unit → which of its mandatory and of its extended criteria are met."""
    rows = [
        (unit, f"{kind[0].upper()}{number}", kind, met)
        for unit, both in units.items()
        for kind, verdicts in zip(("mandatory", "extended"), both, strict=True)
        for number, met in enumerate(verdicts, start=1)
    ]
    return pd.DataFrame(rows, columns=["unit", "criterion", "kind", "met"])


def recognised(mandatory: list[Met], extended: list[Met], shares: tuple[float, float] = (1.0, 0.3)) -> Any:
    value = recognise(checklist({"u": (mandatory, extended)}), *shares)["recognised"].iloc[0]
    return None if value is pd.NA else bool(value)


def of(met: int, total: int, unknown: int = 0) -> list[Met]:
    return [True] * met + [None] * unknown + [False] * (total - met - unknown)


@pytest.mark.parametrize(
    ("mandatory", "extended", "expected"),
    [
        (of(12, 12), of(3, 10), True),  # exactly 30 %
        (of(12, 12), of(2, 10), False),  # 20 %
        (of(11, 12), of(10, 10), False),  # one mandatory criterion short
        (of(12, 12), of(29, 100), False),  # 29 %, "2.9 of 10"
        (of(12, 12), of(30, 100), True),
        (of(12, 12), of(2, 7), False),  # 30 % of 7 is 2.1: two are too few
        (of(12, 12), of(3, 7), True),
        (of(12, 12), of(1, 3), True),  # 33 %
        (of(12, 12), of(0, 3), False),
        (of(0, 12), of(0, 10), False),
    ],
)
def test_districts_and_communes(mandatory: list[Met], extended: list[Met], expected: bool) -> None:
    assert recognised(mandatory, extended) is expected


@pytest.mark.parametrize(("share", "met", "expected"), [(0.29, 3, True), (0.29, 2, False), (0.3, 3, True), (0.31, 3, False)])
def test_a_share_of_ten_criteria(share: float, met: int, expected: bool) -> None:
    assert recognised(of(5, 5), of(met, 10), (1.0, share)) is expected  # 2.9, 3 and 3.1 of 10


def test_a_share_of_criteria_that_nobody_listed_decides_nothing() -> None:
    assert recognised(of(12, 12), []) is None
    assert recognised([], of(10, 10)) is None
    assert recognised([], of(0, 10)) is False
    assert recognised(of(12, 12), [], (1.0, 0)) is True  # a department: no share of the extended ones is asked for


def test_departments_need_the_mandatory_criteria_alone() -> None:
    assert recognised(of(8, 8), of(0, 10), (1.0, 0)) is True
    assert recognised(of(7, 8), of(10, 10), (1.0, 0)) is False


@pytest.mark.parametrize(
    ("mandatory", "extended", "expected"),
    [
        (of(11, 12, unknown=1), of(3, 10), None),  # the unknown one decides
        (of(10, 12, unknown=1), of(3, 10), False),  # lost whatever it is
        (of(12, 12), of(2, 10, unknown=1), None),
        (of(12, 12), of(2, 10, unknown=8), None),
        (of(12, 12), of(3, 10, unknown=7), True),  # won whatever they are
        (of(12, 12), of(1, 10, unknown=1), False),
        (of(11, 12, unknown=1), of(1, 10, unknown=1), False),  # the extended ones have already decided
        (of(11, 12, unknown=1), of(2, 10, unknown=1), None),
        (of(0, 12, unknown=12), of(0, 10, unknown=10), None),
    ],
)
def test_unknown_criteria(mandatory: list[Met], extended: list[Met], expected: bool | None) -> None:
    assert recognised(mandatory, extended) is expected


def test_counts_beside_the_verdict() -> None:
    table = recognise(checklist({"u": (of(2, 3), of(1, 4, unknown=2)), "v": (of(3, 3), of(4, 4))}), 1.0, 0.3)
    assert table.to_dict("records") == [
        {"unit": "u", "mandatory_met": 2, "mandatory_total": 3, "extended_met": 1, "extended_total": 4, "recognised": False},
        {"unit": "v", "mandatory_met": 3, "mandatory_total": 3, "extended_met": 4, "extended_total": 4, "recognised": True},
    ]


def test_a_criterion_left_out_is_unknown_not_one_fewer() -> None:
    rows = checklist({"u": (of(2, 2), of(1, 1)), "v": (of(3, 3), of(1, 1))})
    table = recognise(rows, 1.0, 0.3)
    assert table["mandatory_total"].to_list() == [3, 3]
    assert table["recognised"].to_list() == [pd.NA, True]


def test_an_unknown_kind_and_a_criterion_twice_are_refused() -> None:
    rows = checklist({"u": (of(1, 2), of(1, 1))})
    rows.loc[1, "kind"] = "Mandatory"  # the one not met: it must not drop out of sight
    with pytest.raises(Faults) as raised:
        recognise(pd.concat([rows, rows.iloc[:1]]), 1.0, 0.3)
    assert [str(fault) for fault in raised.value.faults] == [
        "checklist: u, M2: found the kind 'Mandatory'; expected mandatory or extended",
        "checklist: u, M1: found the criterion again; expected each criterion once a unit",
    ]


def test_an_empty_checklist_recognises_nobody() -> None:
    table = recognise(checklist({}), 1.0, 0.3)
    assert (len(table), list(table.columns)) == (0, RECOGNITION)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 100))
@settings(max_examples=15)
def test_the_share_is_met_exactly(met: int, more: int, percent: int) -> None:
    total = max(met + more, 1)
    assert recognised([True], of(met, total), (1.0, percent / 100)) is (100 * met >= percent * total)


_VERDICTS = st.sampled_from([True, False, None])


@given(st.lists(_VERDICTS, min_size=1, max_size=6), st.lists(_VERDICTS, min_size=1, max_size=6))
@settings(max_examples=15)
def test_unknown_means_that_both_are_possible(mandatory: list[Met], extended: list[Met]) -> None:
    best = recognised([met is not False for met in mandatory], [met is not False for met in extended])
    worst = recognised([met is True for met in mandatory], [met is True for met in extended])
    assert recognised(mandatory, extended) is (best if best == worst else None)
