"""Movement between two years."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from helpers import assessment, framework, node
from hypothesis import given, settings
from hypothesis import strategies as st

from dti_analysis.criteria.framework import Framework
from dti_analysis.scores.movement import DIRECTIONS, MOVEMENT, counts, movement
from dti_analysis.scores.scoring import score

SET = framework(node("A", 100), id="set-2022")
Points = dict[str, Any]


def scored(tree: Framework, year: int, units: dict[str, Points]) -> pd.DataFrame:
    return score(tree, assessment(units).assign(year=year))


def year(number: int, points: Points) -> pd.DataFrame:
    return scored(SET, number, {unit: {"A": value} for unit, value in points.items()})


def ranked(number: int, ranks: dict[str, int]) -> pd.DataFrame:
    """Totals that only say who came where."""
    table = pd.DataFrame({"unit": list(ranks), "rank": pd.array(list(ranks.values()), dtype="Int64")})
    return table.assign(year=number, component="total", score=1 - table["rank"].astype(float) / 100)


def of_total(table: pd.DataFrame, name: str) -> dict[str, Any]:
    totals = table[table["component"] == "total"]
    return dict(zip(totals["unit"], totals[name], strict=True))


def test_who_rose_held_fell_entered_and_left() -> None:
    before = year(2022, {"a": 90, "b": 80, "c": 70, "gone": 60})
    after = year(2023, {"b": 95, "a": 85, "c": 70, "new": 60})
    table = movement(before, after, SET, SET)
    assert list(table.columns) == MOVEMENT
    assert of_total(table, "direction") == {"a": "fell", "b": "rose", "c": "held", "new": "entered", "gone": "left"}
    assert of_total(table, "rank_change") == {"a": -1, "b": 1, "c": 0, "new": pd.NA, "gone": pd.NA}
    assert counts(table) == {"rose": 1, "held": 1, "fell": 1, "entered": 1, "left": 1}
    assert set(table["from_year"]) == {2022}
    assert set(table["to_year"]) == {2023}


def test_score_change_is_after_less_before() -> None:
    table = movement(year(2022, {"a": 50, "b": 75}), year(2023, {"a": 75, "b": 25}), SET, SET)
    assert of_total(table, "score_change") == {"a": 0.25, "b": -0.5}


def test_from_40_to_27_is_13_up() -> None:
    table = movement(ranked(2020, {"yen-bai": 40}), ranked(2021, {"yen-bai": 27}), SET, SET)
    assert of_total(table, "rank_change") == {"yen-bai": 13}  # not 17, as was also printed
    assert of_total(table, "direction") == {"yen-bai": "rose"}


def test_holding_a_shared_rank_is_holding() -> None:
    table = movement(year(2022, {"a": 90, "b": 80, "c": 80}), year(2023, {"a": 90, "b": 85, "c": 80}), SET, SET)
    assert of_total(table, "direction") == {"a": "held", "b": "held", "c": "fell"}


def test_half_ranks_move_too() -> None:
    average = framework(node("A", 100), id="average", ties="average")
    before = scored(average, 2022, {"a": {"A": 90}, "b": {"A": 80}, "c": {"A": 80}})
    after = scored(average, 2023, {"a": {"A": 90}, "b": {"A": 85}, "c": {"A": 80}})
    table = movement(before, after, average, average)
    assert of_total(table, "rank_change") == {"a": 0, "b": 0.5, "c": -0.5}
    assert of_total(table, "direction") == {"a": "held", "b": "rose", "c": "fell"}


_RANKS = st.dictionaries(st.sampled_from("abcdefghijkl"), st.integers(1, 12), min_size=1)


@given(_RANKS, _RANKS)
@settings(max_examples=20)
def test_every_unit_goes_exactly_one_way(before: dict[str, int], after: dict[str, int]) -> None:
    table = movement(ranked(2022, before), ranked(2023, after), SET, SET)
    assert sorted(table["unit"]) == sorted(before.keys() | after.keys())
    assert set(table["direction"]) <= set(DIRECTIONS)
    number = counts(table)
    assert number["rose"] + number["held"] + number["fell"] + number["entered"] == len(after)
    assert number["rose"] + number["held"] + number["fell"] + number["left"] == len(before)
    for unit, direction in of_total(table, "direction").items():
        if unit not in before or unit not in after:
            assert direction == ("entered" if unit in after else "left")
        else:
            change = before[unit] - after[unit]
            assert direction == ("rose" if change > 0 else "fell" if change < 0 else "held")


@given(_RANKS, _RANKS)
@settings(max_examples=8)
def test_movement_backwards_is_the_opposite(before: dict[str, int], after: dict[str, int]) -> None:
    there = counts(movement(ranked(2022, before), ranked(2023, after), SET, SET))
    back = counts(movement(ranked(2023, after), ranked(2022, before), SET, SET))
    opposite = {"rose": "fell", "fell": "rose", "held": "held", "entered": "left", "left": "entered"}
    assert {opposite[direction]: number for direction, number in there.items()} == back


def test_within_one_set_every_component_is_comparable() -> None:
    table = movement(year(2022, {"a": 50}), year(2023, {"a": 60}), SET, SET)
    assert set(table["component"]) == {"total", "A"}
    assert table["comparable"].all()
    assert set(table["reason"]) == {""}


# ---- another criteria set --------------------------------------------------------------------------------------------

OLD = framework(
    node("P1", 60, indicators=[node("P1.01", 40), node("P1.02", 20)]), node("P2", 40), kind="pillars", id="set-2022"
)


def new_set(**was: list[str]) -> Framework:
    """Pillar N of three indicators; keyword: which of them (N1, N2, N3) continues what."""
    indicators = [node(code, points, was=was.get(code, [])) for code, points in (("N1", 50), ("N2", 30), ("N3", 20))]
    return framework(node("N", 100, indicators=indicators), kind="pillars", id="set-2023")


def moved(new: Framework) -> pd.DataFrame:
    before = scored(OLD, 2022, {"a": {"P1.01": 40, "P1.02": 5, "P2": 20}, "b": {"P1.01": 20, "P1.02": 10, "P2": 40}})
    after = scored(new, 2023, {"a": {"N1": 25, "N2": 30, "N3": 20}, "b": {"N1": 50, "N2": 0, "N3": 0}})
    return movement(before, after, OLD, new)


def test_under_another_set_totals_are_not_comparable_and_it_says_why() -> None:
    table = moved(new_set())
    assert table["component"].to_list() == ["total", "total"]
    assert table["comparable"].to_list() == [False, False]
    assert set(table["reason"]) == {"criteria_set_changed"}
    assert of_total(table, "direction") == {"a": "rose", "b": "fell"}  # ranks may still be set side by side


def test_was_links_a_criterion_to_the_one_before() -> None:
    table = moved(new_set(N1=["P1.01@set-2022"]))
    linked = table[table["component"] == "N1"].set_index("unit")
    assert linked["score_change"].to_dict() == {"a": -0.5, "b": 0.5}  # 40/40 → 25/50, 20/40 → 50/50
    assert linked["rank_change"].to_dict() == {"a": -1, "b": 1}
    assert linked["comparable"].all()
    assert set(linked["reason"]) == {""}
    assert set(table["component"]) == {"total", "N1"}


def test_was_of_other_sets_is_passed_over() -> None:
    assert set(moved(new_set(N1=["P1.01@set-2021"]))["component"]) == {"total"}
    assert set(moved(new_set(N1=["P1.01@set-2021", "P1.01@set-2022"]))["component"]) == {"total", "N1"}


def test_a_criterion_of_the_same_code_is_not_the_same_criterion() -> None:
    same_code = framework(node("P1", 60), node("P2", 40), kind="pillars", id="set-2023")
    before = scored(OLD, 2022, {"a": {"P1.01": 40, "P1.02": 5, "P2": 20}})
    table = movement(before, scored(same_code, 2023, {"a": {"P1": 30, "P2": 20}}), OLD, same_code)
    assert table["component"].to_list() == ["total"]


def test_a_criterion_split_or_merged_has_no_single_predecessor() -> None:
    merged = moved(new_set(N1=["P1.01@set-2022", "P1.02@set-2022"], N2=["P2@set-2022"]))
    assert sorted(merged["component"]) == ["N2", "N2", "total", "total"]
    split = moved(new_set(N1=["P1.01@set-2022"], N2=["P1.01@set-2022"], N3=["P2@set-2022"]))
    assert sorted(split["component"]) == ["N3", "N3", "total", "total"]


def test_units_never_ranked_do_not_move() -> None:
    tree = framework(node("A", 100), node("B", 0, {"bonus": {"each": 1, "at_most": 5}}), id="bonus")
    years = [scored(tree, number, {"u": {"A": 50, "B": 1}, "v": {"A": "n/a"}}) for number in (2022, 2023)]
    table = movement(*years, tree, tree)
    rows = table[["unit", "component", "direction"]].to_numpy().tolist()
    assert sorted(rows) == [["u", "A", "held"], ["u", "total", "held"]]


def test_a_unit_ranked_in_one_year_only_entered_or_left() -> None:
    some, none = {"u": {"A": 50}, "v": {"A": 60}}, {"u": {"A": 50}, "v": {"A": "n/a"}}
    there = movement(scored(SET, 2022, none), scored(SET, 2023, some), SET, SET)
    assert of_total(there, "direction") == {"u": "fell", "v": "entered"}
    back = movement(scored(SET, 2022, some), scored(SET, 2023, none), SET, SET)
    assert of_total(back, "direction") == {"u": "rose", "v": "left"}


# ---- known only from above -------------------------------------------------------------------------------------------

PILLARS = framework(node("P", 60, indicators=[node("A", 60)]), node("Q", 40), kind="pillars", id="pillars")


def test_totals_move_though_their_parts_are_unknown() -> None:
    before = scored(PILLARS, 2022, {"a": {"total": 80}, "b": {"total": 70}})
    after = scored(PILLARS, 2023, {"a": {"total": 60}, "b": {"total": 75}})
    table = movement(before, after, PILLARS, PILLARS)
    assert table["component"].to_list() == ["total", "total"]  # nobody was ranked on a part, in either year
    assert of_total(table, "direction") == {"a": "fell", "b": "rose"}
    assert of_total(table, "score_change") == pytest.approx({"a": -0.2, "b": 0.05}, abs=1e-15)
    assert table["comparable"].all()


def test_a_part_known_in_one_year_only_has_no_change_of_score() -> None:
    before = scored(PILLARS, 2022, {"a": {"total": 80}, "b": {"P": 45, "Q": 25}})
    after = scored(PILLARS, 2023, {"a": {"A": 30, "Q": 30}, "b": {"A": 45, "Q": 30}})
    table = movement(before, after, PILLARS, PILLARS)
    directions = {(row.unit, row.component): row.direction for row in table.itertuples()}
    assert directions == {
        ("a", "total"): "fell", ("b", "total"): "rose",
        ("a", "P"): "entered", ("b", "P"): "held",
        ("a", "A"): "entered", ("b", "A"): "entered",
        ("a", "Q"): "entered", ("b", "Q"): "held",
    }  # fmt: skip
    changes = table.set_index(["unit", "component"])["score_change"]
    assert changes["b", "P"] == 0
    assert changes[[("a", "P"), ("a", "A"), ("b", "A"), ("a", "Q")]].isna().all()
    assert counts(table) == {"rose": 1, "held": 0, "fell": 1, "entered": 0, "left": 0}  # of totals alone
