"""Ranks and bands."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from helpers import RANKING, assessment, column, framework, node
from hypothesis import given, settings
from hypothesis import strategies as st

from dti_analysis.common.faults import Faults
from dti_analysis.criteria.framework import Ranking
from dti_analysis.criteria.rule import Refused
from dti_analysis.scores.ranking import banded, banded_by_weakest, rank
from dti_analysis.scores.scoring import score


def ranking(**policies: Any) -> Ranking:
    return Ranking.model_validate(RANKING | policies)


def totals(points: list[Any], maxima: Any = 100, groups: str = "") -> pd.DataFrame:
    """Totals of units u0, u1, …; numbers as text become exact."""
    numbers = [Fraction(str(point)) for point in points]
    whole = [Fraction(m) for m in maxima] if isinstance(maxima, list) else [Fraction(maxima)] * len(points)
    return pd.DataFrame(
        {
            "year": 2023,
            "unit": [f"u{n}" for n in range(len(points))],
            "group": list(groups) or "",
            "basis": "verified",
            "component": "total",
            "points": pd.Series(numbers, dtype=object),
            "max_points": pd.Series(whole, dtype=object),
        }
    )


def ranks(scores: pd.DataFrame, column: str = "rank", **policies: Any) -> list[Any]:
    return list(rank(scores, ranking(**policies))[column])


def test_best_is_first_and_ties_skip() -> None:
    assert ranks(totals([80, 90, 80, 70])) == [2, 1, 2, 4]


@pytest.mark.parametrize(
    ("ties", "expected"),
    [("min", [1, 2, 2, 4]), ("max", [1, 3, 3, 4]), ("dense", [1, 2, 2, 3]), ("average", [1, 2.5, 2.5, 4])],
)
def test_each_tie_policy(ties: str, expected: list[float]) -> None:
    assert ranks(totals([90, 80, 80, 70]), ties=ties) == expected


def test_ranks_are_whole_numbers_unless_averaged() -> None:
    assert rank(totals([90, 80]), ranking())["rank"].dtype == "Int64"
    assert rank(totals([90, 80]), ranking(ties="average"))["rank"].dtype == float


def test_two_provinces_shared_rank_15_and_the_next_was_17() -> None:
    above = [Fraction(9000 - n, 10000) for n in range(14)]
    assert ranks(totals([*above, "0.55", "0.55", "0.549"], 1))[14:] == [15, 15, 17]


def test_a_close_race_is_not_a_tie() -> None:
    assert ranks(totals(["80.69", "80.57", "77.91"])) == [1, 2, 3]


@pytest.mark.parametrize(("rounding", "expected"), [("half_up", [1, 1]), ("half_even", [2, 1]), ("down", [2, 1])])
def test_ranked_on_figures_rounded_as_declared(rounding: str, expected: list[int]) -> None:
    assert ranks(totals(["71.345", "71.35"]), rounding=rounding) == expected


def test_the_declared_decimals_decide_what_ties() -> None:
    scores = totals(["71.3", "71.4", "70.9"])
    assert ranks(scores, decimals=0) == [1, 1, 1]
    assert ranks(scores, decimals=1) == [2, 1, 3]


def test_floats_are_ranked_as_the_decimals_they_stand_for() -> None:
    scores = totals([0, 0])
    scores["points"] = [0.1 + 0.2, 0.3]
    scores["max_points"] = [1.0, 1.0]
    assert ranks(scores, decimals=2) == [1, 1]
    assert ranks(totals([Fraction(1, 10) + Fraction(1, 5), "0.3"]), decimals=12) == [1, 1]


def test_floats_in_a_column_of_objects_are_decimals_too() -> None:
    scores = totals([0, 0, 0])
    scores["points"] = pd.Series([0.1 + 0.2, Fraction(3, 10), None], dtype=object)
    assert ranks(scores, decimals=2) == [1, 1, pd.NA]
    scores["points"] = pd.Series([71.345, Fraction("71.35"), 71.3449], dtype=object)
    assert ranks(scores) == [1, 1, 3]  # 71.345 itself, not the binary fraction a little below it


def test_figures_that_differ_past_the_digits_of_a_float_do_not_tie() -> None:
    scores = totals(["123456.000000000001", "123456.000000000002", "123456.000000000002", "7"], 200000)
    assert ranks(scores, by="points", decimals=12) == [3, 1, 1, 4]
    assert ranks(scores, by="points", decimals=11) == [1, 1, 1, 4]


def test_percent_compares_units_whose_maxima_differ() -> None:
    assert ranks(totals([500, 450, 525], [1000, 750, 1000])) == [3, 1, 2]


def test_points_do_not_compare_units_whose_maxima_differ() -> None:
    assert ranks(totals([500, 450], 1000), by="points") == [1, 2]
    with pytest.raises(Faults) as raised:
        ranks(totals([500, 450], [1000, 750]), by="points")
    (fault,) = raised.value.faults
    assert (fault.place, fault.expected) == ("ranking.by", "by: percent, which compares them")


def test_points_and_percent_may_tie_differently() -> None:
    scores = totals(["999.994", "999.991"], 1000)
    assert ranks(scores, by="points", decimals=2) == [1, 1]
    assert ranks(scores, by="points", decimals=3) == [1, 2]
    assert ranks(scores, by="percent", decimals=4) == [1, 2]
    assert ranks(scores, by="percent", decimals=3) == [1, 1]


def test_no_maximum_no_rank() -> None:
    ranked = rank(totals([0, 50, 40], [0, 100, 100]), ranking())
    assert ranked["rank"].to_list() == [pd.NA, 1, 2]
    assert ranked["rank_in_group"].to_list() == [pd.NA, 1, 2]


def test_unknown_points_no_rank() -> None:
    scores = totals([50, 0, 40])
    scores["points"] = pd.Series([Fraction(50), None, Fraction(40)], dtype=object)
    ranked = rank(scores, ranking())
    assert ranked["rank"].to_list() == ranked["rank_in_group"].to_list() == [1, pd.NA, 2]
    scores["points"] = [50.0, float("nan"), 40.0]
    assert ranks(scores) == [1, pd.NA, 2]
    assert ranks(scores, by="points") == [1, pd.NA, 2]


def test_rank_inside_groups() -> None:
    scores = totals([90, 80, 80, 70, 60], groups="ghggh")
    assert ranks(scores) == [1, 2, 2, 4, 5]
    assert ranks(scores, "rank_in_group") == [1, 1, 2, 3, 2]


def test_years_bases_and_components_are_ranked_apart() -> None:
    for name in ("year", "basis", "component"):
        scores = totals([90, 80, 70])
        scores[name] = ["x", "y", "x"]
        assert ranks(scores) == [1, 1, 2], name


def test_the_table_handed_in_is_not_changed() -> None:
    scores = totals([90, 80])
    rank(scores, ranking())
    assert "rank" not in scores.columns


_POINTS = st.lists(st.integers(0, 400).map(lambda quarter: Fraction(quarter, 4)), min_size=1, max_size=12)


@given(_POINTS)
@settings(max_examples=15)
def test_rank_is_one_more_than_the_number_of_better_units(points: list[Fraction]) -> None:
    assert ranks(totals(points)) == [1 + sum(other > own for other in points) for own in points]


@given(_POINTS, st.sampled_from([Fraction(1, 7), Fraction(3), Fraction(1000, 3), Fraction(1, 10**6)]))
@settings(max_examples=15)
def test_ranks_survive_a_common_scale(points: list[Fraction], scale: Fraction) -> None:
    plain, scaled = totals(points, 100), totals([point * scale for point in points], 100 * scale)
    assert ranks(scaled) == ranks(plain)
    assert ranks(scaled, ties="dense") == ranks(plain, ties="dense")


@given(st.data())
@settings(max_examples=15)
def test_ranks_do_not_depend_on_the_order_of_rows(data: st.DataObject) -> None:
    scores = totals(data.draw(_POINTS))
    shuffled = scores.iloc[data.draw(st.permutations(range(len(scores))))]
    assert column(rank(shuffled, ranking()), "rank") == column(rank(scores, ranking()), "rank")


def test_penalty_and_bonus_count_towards_the_rank() -> None:
    children = [
        node("A", 20),
        node("B", 0, {"bonus": {"each": 1, "at_most": 3}}),
        node("C", 0, {"penalty": {"each": 2, "at_most": 4}}),
    ]
    scores = score(framework(*children), assessment({"u": {"A": 18, "B": 3}, "v": {"A": 20}, "w": {"A": 20, "C": 1}}))
    assert column(scores) == {"u": 21.0, "v": 20.0, "w": 18.0}
    assert column(scores, "score") == {"u": 1.05, "v": 1.0, "w": 0.9}
    assert column(scores, "rank") == {"u": 1, "v": 2, "w": 3}
    assert column(scores, "rank", "B") == {"u": pd.NA, "v": pd.NA, "w": pd.NA}


LAO_CAI = pd.DataFrame(
    [("75", "", "", ""), ("50", "", "", "75"), ("25", "", "", "50"), ("", "", "", "25")],
    columns=["above", "at_least", "below", "at_most"],
).assign(order=["1", "2", "3", "4"])


@pytest.mark.parametrize(
    ("percent", "band"),
    [("100", 1), ("75.01", 1), ("75", 2), ("50.01", 2), ("50", 3), ("25.01", 3), ("25", 4), ("0", 4)],
)
def test_bands_are_open_below_and_closed_above(percent: str, band: int) -> None:
    scores = pd.DataFrame({"score": [float(Fraction(percent) / 100)]})
    assert banded(scores, LAO_CAI).to_list() == [band]


def test_every_hundredth_of_a_percent_lies_in_the_band_its_bounds_say() -> None:
    hundredths = range(0, 10001)
    scores = pd.DataFrame({"score": [hundredth / 10000 for hundredth in hundredths]})
    expected = [1 if h > 7500 else 2 if h > 5000 else 3 if h > 2500 else 4 for h in hundredths]
    assert banded(scores, LAO_CAI).to_list() == expected


def test_no_score_no_band() -> None:
    scores = pd.DataFrame({"score": [float("nan"), 0.8]}, index=[7, 3])
    orders = banded(scores, LAO_CAI)
    assert (orders[7], orders[3]) == (pd.NA, 1)
    assert orders.dtype == "Int64"


def test_a_score_in_no_band_or_in_two_is_refused() -> None:
    for bands in (LAO_CAI.iloc[:2], LAO_CAI.assign(at_most="")):
        with pytest.raises(Refused, match="exactly one band"):
            banded(pd.DataFrame({"score": [0.3]}), bands)


def test_a_partial_scheme_bands_only_what_it_holds() -> None:
    with pytest.raises(Refused) as refused:
        banded(pd.DataFrame({"score": [0.8, 0.3, float("nan"), 0.2]}), LAO_CAI.iloc[:2])
    assert refused.value.at.tolist() == [False, True, True]  # of the scores that are known


WEAKEST = framework(node("P", 100), node("Q", 50), node("R", 0, {"bonus": {"each": 1, "at_most": 9}}), kind="pillars")


def weakest(scores: pd.DataFrame, level: str = "pillar") -> dict[str, int | None]:
    bands = banded_by_weakest(scores, LAO_CAI, level)
    return {str(unit): None if pd.isna(band) else int(band) for unit, band in bands.items()}


def test_the_weakest_pillar_decides_the_band() -> None:
    units = {
        "even": {"P": 76, "Q": 38},  # 76 % and 76 %
        "uneven": {"P": 100, "Q": 37.5},  # 100 % and exactly 75 %
        "low": {"P": 100, "Q": 12.5},  # 100 % and exactly 25 %: 75 % of all points
        "bonus": {"P": 76, "Q": 37.5, "R": 9},  # a bonus is no pillar of its own, and lifts none
        "n/a": {"P": 76, "Q": "n/a"},  # what does not apply is not the weakest
    }
    assert weakest(score(WEAKEST, assessment(units))) == {"even": 1, "uneven": 2, "low": 4, "bonus": 2, "n/a": 1}


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 50)), min_size=1, max_size=6))
@settings(max_examples=10)
def test_the_weakest_band_is_the_worst_of_the_pillars_bands(units: list[tuple[int, int]]) -> None:
    def band(share: Fraction) -> int:
        return 1 if share > Fraction(3, 4) else 2 if share > Fraction(1, 2) else 3 if share > Fraction(1, 4) else 4

    form = assessment({f"u{n}": {"P": p, "Q": q} for n, (p, q) in enumerate(units)})
    bands = weakest(score(WEAKEST, form))
    assert list(bands.values()) == [max(band(Fraction(p, 100)), band(Fraction(q, 50))) for p, q in units]


def test_where_a_pillar_is_unknown_the_weakest_is_unknown() -> None:
    pillars = [node("P", 60, indicators=[node("A", 60)]), node("Q", 40)]
    tree = framework(
        node("S", 100, pillars=pillars), node("T", 50, pillars=[node("W", 50)]), kind="subindices"
    )  # S may be stated, and P and Q are then unknown
    form = assessment({"measured": {"A": 60, "Q": 40, "W": 45}, "stated": {"S": 90, "W": 45}, "total": {"total": 140}})
    scores = score(tree, form)
    assert weakest(scores) == {"measured": 1, "stated": None, "total": None}
    assert weakest(scores, "subindex") == {"measured": 1, "stated": 1, "total": None}


def test_a_pillar_of_one_point_may_be_the_weakest() -> None:
    small = framework(node("P", 9), node("Q", 1), kind="pillars")
    assert weakest(score(small, assessment({"u": {"P": 9, "Q": 0}}))) == {"u": 4}


@pytest.mark.parametrize(("ties", "expected"), [("min", [1, 2, 2, 1, 1]), ("max", [1, 3, 3, 2, 2]), ("dense", [1, 2, 2, 1, 1])])
def test_ties_inside_a_group_follow_the_policy_too(ties: str, expected: list[int]) -> None:
    assert ranks(totals([90, 80, 80, 70, 70], groups="aaabb"), "rank_in_group", ties=ties) == expected


def test_groups_of_one_cohort_never_mix_with_those_of_the_next() -> None:
    """The second basis ranks the same units the other way round, in three groups."""
    own, verified = totals([90, 80, 70, 60], groups="abca"), totals([10, 20, 30, 40], groups="abca")
    both = pd.concat([own.assign(basis="self"), verified], ignore_index=True)
    assert ranks(both, "rank_in_group") == [1, 1, 1, 2, 2, 1, 1, 1]


def test_a_missing_number_beside_exact_ones_has_no_rank() -> None:
    scores = totals([90, 80, 70]).astype({"points": object})
    scores.loc[1, "points"] = None
    assert [None if pd.isna(place) else int(place) for place in ranks(scores)] == [1, None, 2]
