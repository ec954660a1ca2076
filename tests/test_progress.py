"""Progress within a year: quarterly forms."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from helpers import assessment, framework, node
from hypothesis import given, settings
from hypothesis import strategies as st

from dti_analysis.common.faults import Faults
from dti_analysis.scores.progress import PROGRESS, progress
from dti_analysis.scores.schema_standing import PATH as SCHEMA
from dti_analysis.scores.schemas import validated
from dti_analysis.scores.scoring import score

TREE = framework(node("A", 100))
Q1, Q2, Q3 = "2025-01-01", "2025-04-11", "2025-07-20"
"""100 days apart."""
END = "2025-10-28"
"""300 days after the first."""


def on(**points: Any) -> pd.DataFrame:
    return score(TREE, assessment({unit: {"A": own} for unit, own in points.items()}))


def of(*dated: tuple[str, pd.DataFrame], **more: Any) -> pd.DataFrame:
    table = progress(dated, **more)
    assert list(table.columns) == PROGRESS
    return validated(table, SCHEMA).set_index(["unit", "as_of"])


def test_by_hand() -> None:
    """u: 30, 50, 60; target 90: 60 to go in 300 days, so 30 + 20 = 50 after 100 days (on the path), 70 after 200 (60: off it).
    v: 60, 65, 85; target 90: 30 to go: 70 after 100 days (65: off it), 80 after 200 (85: on it). Progress: u +20 then +30,
    v +5 then +25: u is first in progress each time, and second in level."""
    table = of((Q1, on(u=30, v=60)), (Q2, on(u=50, v=65)), (Q3, on(u=60, v=85)), target=0.9, year_end=END)
    assert table.loc["u", "progress"].tolist() == [0, 0.2, 0.3]
    assert table.loc["v", "progress"].tolist() == [0, 0.05, 0.25]
    assert table.loc["u", "expected"].tolist() == [0.3, 0.5, 0.7]
    assert table.loc["v", "expected"].tolist() == [0.6, 0.7, 0.8]
    assert table.loc["u", "on_path"].tolist() == [True, True, False]
    assert table.loc["v", "on_path"].tolist() == [True, False, True]
    assert table.loc["u", "rank"].tolist() == [2, 2, 2]
    assert table["rank_of_progress"].isna().loc[:, Q1].all()
    assert table.loc["u", "rank_of_progress"].tolist()[1:] == [1, 1]
    assert table.loc["v", "rank_of_progress"].tolist()[1:] == [2, 2]


def test_targets_for_some_and_units_that_come_later() -> None:
    table = of((Q1, on(u=30)), (Q2, on(u=40, w=10)), (Q3, on(u=50, w=40)), target={"u": 0.6}, year_end=END)
    assert table.loc["w", "progress"].tolist() == [0, 0.3]
    assert table.loc["w", "rank_of_progress"].isna().tolist() == [True, False]
    assert table.loc["w", ["expected", "on_path"]].isna().all(axis=None)
    assert table.loc["u", "expected"].tolist() == [0.3, 0.4, 0.5]
    assert table.loc["u", "on_path"].all()


def test_equal_progress_shares_a_rank_and_the_year_ends_in_december() -> None:
    table = of((Q1, on(u=30, v=50)), ("2025-12-31", on(u=40, v=60)), target=0.4)
    assert table["rank_of_progress"].loc[:, "2025-12-31"].tolist() == [1, 1]
    assert table["expected"].loc[:, "2025-12-31"].tolist() == [0.4, 0.4]


OTHER = score(framework(node("A", 50)), assessment({"u": {"A": 5}}))


@pytest.mark.parametrize(
    ("dated", "more", "said"),
    [
        ([(Q1, on(u=1))], {}, "one day"),
        ([], {}, "no day"),
        ([(Q2, on(u=1)), (Q1, on(u=2))], {}, "days in order"),
        ([(Q1, on(u=1)), (Q1, on(u=2))], {}, "days in order"),
        ([(Q1, on(u=1)), ("11/4/2025", on(u=2))], {}, "a date as"),
        ([(Q1, on(u=1)), (Q3, on(u=2))], {"year_end": Q2}, "the end of the year"),
        ([(Q1, on(u=1)), (Q2, OTHER)], {}, "50 points at most"),
        ([(Q1, on(u=1)), (Q2, on(u=2))], {"target": 90}, "a score from 0 to 1"),
        ([(Q1, on(u=1)), (Q2, on(u=2))], {"target": {"x": 0.9}}, "'x'"),
        ([(Q1, on(u=1)), (Q2, on(u=2))], {"basis": "self"}, "no scores on the basis"),
    ],
)
def test_what_makes_no_path_is_refused(dated: list[tuple[str, pd.DataFrame]], more: dict[str, Any], said: str) -> None:
    with pytest.raises(Faults, match=said) as caught:
        progress(dated, **more)
    assert len(caught.value.faults) == 1


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=2, max_size=4), st.integers(0, 100))
@settings(max_examples=30)
def test_progress_adds_up_and_the_path_ends_at_the_target(points: list[tuple[int, int]], goal: int) -> None:
    days = ["2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31"][-len(points) :]
    table = of(*((day, on(u=u, v=v)) for day, (u, v) in zip(days, points, strict=True)), target=goal / 100)
    for place, unit in enumerate("uv"):
        own = table.loc[unit]
        assert own["progress"].tolist() == [pytest.approx((each[place] - points[0][place]) / 100) for each in points]
        assert own["expected"].iloc[-1] == goal / 100
        assert own["on_path"].iloc[-1] == (points[-1][place] >= goal)
        assert own["on_path"].iloc[0]
