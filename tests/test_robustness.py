"""Robustness: criteria left out, weights drawn, printed figures, and how many places mean something."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers import assessment, column, framework, node
from hypothesis import given, settings
from hypothesis import strategies as st

from dti_analysis.common.exact import Rational, rounded
from dti_analysis.common.faults import Faults
from dti_analysis.scores.places_apart import least_places, places_apart
from dti_analysis.scores.printed import printed
from dti_analysis.scores.robustness import draw_weights, left_out, profile, shares, shifts, weighted
from dti_analysis.scores.schema_firmness import LEFT_OUT, PLACES_APART, PRINTED, SHIFTS, WEIGHTS
from dti_analysis.scores.schemas import validated
from dti_analysis.scores.scoring import score

TIES = st.sampled_from(["min", "max", "dense", "average"])


def of(values: dict[str, dict[str, Any]], *children: Any, **more: Any) -> Any:
    """The profile of an assessment under a set."""
    act = framework(*children, **more)
    return profile(score(act, assessment(values)), act)


def test_left_out_by_hand() -> None:
    found = of({"A": {"X": 30, "Y": 40}, "B": {"X": 45, "Y": 24}}, node("X", 60), node("Y", 40))
    table = validated(left_out(found), LEFT_OUT)
    # A 70, B 69 of 100. Without Y: 30 and 45 of 60; without X: 40 and 24 of 40.
    assert table[["component", "unit", "rank", "rank_without", "shift"]].to_numpy().tolist() == [
        ["X", "A", 1, 1, 0], ["X", "B", 2, 2, 0], ["Y", "A", 1, 2, -1], ["Y", "B", 2, 1, 1],
    ]  # fmt: skip
    summed = validated(shifts(table, found.framework), SHIFTS)
    assert summed.to_dict("records")[0] == {
        "component": "Y", "level": "indicator", "weight": 0.4, "moved": 2, "max_shift": 1.0, "mean_shift": 1.0, "gains": "B",
        "gains_by": 1.0, "loses": "A", "loses_by": 1.0,
    }  # fmt: skip
    assert summed.loc[1, ["component", "moved", "gains", "loses"]].tolist() == ["X", 0, "", ""]


def test_what_does_not_add_up_is_one_criterion_and_pillars_are_left_out_too() -> None:
    best = node("Q1", 30, combine="best", parts=[node("Q1.a", 30), node("Q1.b", 20)])
    gated = node("G", 20, indicators=[node("G0", 0, {"gate": {}}), node("G1", 20)])
    pillars = [node("P", 50, indicators=[node("P1", 20), node("P2", 30)]), node("Q", 30, indicators=[best]), gated]
    rows = {unit: {"P1": 10, "P2": n, "Q1.a": 5, "Q1.b": 6, "G0": "yes", "G1": 20} for unit, n in (("A", 1), ("B", 2))}
    found = of(rows, *pillars, kind="pillars")
    assert found.codes == ["P1", "P2", "Q1", "G"]
    assert left_out(found)["component"].unique().tolist() == ["P", "P1", "P2", "Q", "Q1", "G"]


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[int], dict[str, dict[str, Any]], dict[str, str]]:
    """Maxima of criteria, forms of units, and policies."""
    maxima = draw(st.lists(st.integers(1, 40), min_size=2, max_size=5))
    units = draw(st.integers(1, 5))
    cell = st.integers(0, 4)
    forms = {
        f"u{u}": {f"I{i}": "n/a" if absent else draw(cell) * most / 4
                  for i, most in enumerate(maxima) for absent in [i and not draw(st.integers(0, 7))]}
        for u in range(units)
    }  # fmt: skip
    return maxima, forms, {"ties": draw(TIES), "rounding": draw(st.sampled_from(["half_up", "down"]))}


@settings(max_examples=60, deadline=None)
@given(tables())
def test_leaving_nothing_out_changes_nothing_and_leaving_one_out_is_scoring_without_it(table: Any) -> None:
    maxima, forms, policy = table
    nodes = [node(f"I{i}", most) for i, most in enumerate(maxima)]
    found = of(forms, *nodes, **policy)
    due = column(score(found.framework, assessment(forms)), "rank")
    assert dict(zip(found.units, found.ranks, strict=True)) == due
    assert weighted(found, spread=0.0, draws=3)[["low_rank", "high_rank"]].to_numpy().tolist() == [[r, r] for r in due.values()]
    without = left_out(found)
    for i in range(len(maxima)):
        rest = [each for place, each in enumerate(nodes) if place != i]
        kept = {unit: {code: cell for code, cell in row.items() if code != f"I{i}"} for unit, row in forms.items()}
        again = column(score(framework(*rest, **policy), assessment(kept), None), "rank")
        ours = without[without["component"] == f"I{i}"].set_index("unit")["rank_without"]
        for unit, rank in again.items():
            assert (pd.isna(rank) and pd.isna(ours[unit])) or ours[unit] == rank, (unit, i)


def test_by_points_the_sum_is_brought_back_to_the_acts() -> None:
    rows = {"A": {"X": 30, "Y": "n/a"}, "B": {"X": 10, "Y": 15}}
    found = of(rows, node("X", 40, max_points_by_group={}), node("Y", 20), by="percent")
    # Without X: A has nothing left, B 15 of 20; without Y: 30 and 10 of 40.
    table = left_out(found).set_index(["component", "unit"])["rank_without"]
    assert np.isnan(table["X", "A"]) and table["X", "B"] == 1 and table["Y", "A"] == 1 and table["Y", "B"] == 2
    assert found.figures(np.array([[1.0, 1.0]])).tolist() == [[0.75, 25 / 60]]


@settings(max_examples=30, deadline=None)
@given(tables(), st.integers(0, 2**31), st.floats(0, 1))
def test_weights_add_up_to_one_and_the_same_seed_gives_the_same_table(table: Any, seed: int, spread: float) -> None:
    maxima, forms, policy = table
    found = of(forms, *(node(f"I{i}", most) for i, most in enumerate(maxima)), **policy)
    factors = draw_weights(len(maxima), spread, 20, seed)
    assert shares(factors, found.nominal).sum(axis=1) == pytest.approx(1)
    assert (factors >= 1 - spread).all() and (factors <= 1 + spread).all()
    once, twice = (validated(weighted(found, spread, 20, seed), WEIGHTS) for _ in range(2))
    pd.testing.assert_frame_equal(once, twice)
    assert (once["low_rank"] <= once["median_rank"]).all() and (once["median_rank"] <= once["high_rank"]).all()


def test_weights_drawn_by_hand_one_unit_leads_on_every_criterion() -> None:
    found = of({"A": {"X": 50, "Y": 40}, "B": {"X": 40, "Y": 30}, "C": {"X": 40, "Y": 30}}, node("X", 60), node("Y", 40))
    table = weighted(found, draws=500)
    assert table["first"].tolist() == [1, 0, 0] and table["high_rank"].tolist() == [1, 2, 2]


@pytest.mark.parametrize(("given_", "words"), [({"spread": 1.5}, "a share"), ({"draws": 0}, "1 or more")])
def test_bad_parameters_are_one_clear_fault(given_: dict[str, Any], words: str) -> None:
    with pytest.raises(Faults, match=words):
        draw_weights(3, **given_)


def test_of_totals_alone_nothing_is_left_out() -> None:
    act = framework(node("P", 60, unlisted=True), node("Q", 40, unlisted=True), kind="pillars")
    found = profile(score(act, assessment({"A": {"total": 50}, "B": {"P": 20, "Q": 10}})), act)
    assert found.codes == ["total"] and not found.splits and left_out(found).empty
    with pytest.raises(Faults, match="no unit with points"):
        profile(score(act, assessment({"A": {"total": "unknown"}})), act)


# ---- printed figures ---------------------------------------------------------------------------------------------------


def index(*codes: str) -> Any:
    """A set of so many pillars of 100 points each, stated as shares."""
    pillars = [node(code, 100, unlisted=True, measure="share") for code in codes]
    return framework(*pillars, kind="pillars", decimals=4)


def test_printed_by_hand() -> None:
    act = index("P", "Q")
    table = validated(printed(act, assessment({"A": {"P": "0.52", "Q": "0.5"}, "B": {"P": "0.51", "Q": "0.5"}})), PRINTED)
    # P is printed with two decimals, ± 0.5 points of 100; Q with one, ± 5: A 102 ± 5.5, B 101 ± 5.5.
    assert table["low"].tolist() == pytest.approx([96.5, 95.5]) and table["high"].tolist() == pytest.approx([107.5, 106.5])
    assert table[["rank", "best_rank", "worst_rank"]].to_numpy().tolist() == [[1, 1, 2], [2, 1, 2]]


def test_a_printed_figure_stays_within_its_measure_and_exact_ones_stay() -> None:
    table = printed(index("P"), assessment({"A": {"P": "1.0"}, "B": {"P": "0.0"}}))
    assert table["low"].tolist() == pytest.approx([95, 0]) and table["high"].tolist() == pytest.approx([100, 5])
    act = framework(node("X", 100), indicator_decimals=1)
    same = printed(act, assessment({"A": {"X": "71.5"}, "B": {"X": "71"}}))
    assert (same["low"] == same["high"]).all() and same["best_rank"].tolist() == same["worst_rank"].tolist() == [1, 2]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 99_999), min_size=2, max_size=2), min_size=2, max_size=5), TIES)
def test_whatever_was_rounded_lies_within(true: list[list[int]], ties: str) -> None:
    act = framework(*(node(code, 100, unlisted=True, measure="share") for code in "PQ"), kind="pillars", decimals=1, ties=ties)
    shown, exact = (
        assessment({f"u{u}": {code: text(v) for code, v in zip("PQ", row, strict=True)} for u, row in enumerate(true)})
        for text in (lambda v: str(rounded(Rational(v, 100_000), 2)), lambda v: f"{v / 100_000:.5f}")
    )
    table = printed(act, shown).set_index("unit")
    scores = score(act, exact)
    points, ranks = column(scores), column(scores, "rank")
    for unit, row in table.iterrows():
        assert row["low"] - 1e-9 <= points[str(unit)] <= row["high"] + 1e-9
        if ties != "dense":
            assert row["best_rank"] <= ranks[str(unit)] <= row["worst_rank"]


# ---- places apart ------------------------------------------------------------------------------------------------------


def test_places_apart_by_hand() -> None:
    # Ten draws of three units: the first is first in all; second and third change places in two.
    draws = np.array([[1, 2, 3]] * 8 + [[1, 3, 2]] * 2, dtype=np.float32)
    table = validated(places_apart(np.array([1.0, 2.0, 3.0]), draws, "weights"), PLACES_APART)
    assert table[["places", "pairs", "firm", "share", "share_from"]].to_numpy().tolist() == [
        [1, 2, 1, 0.5, pytest.approx(2 / 3)], [2, 1, 1, 1.0, 1.0],
    ]  # fmt: skip
    assert least_places(table) == 2
    assert least_places(places_apart(np.array([1.0, 2.0, 3.0]), draws, "weights", held=0.8), held=0.8) == 1


@pytest.mark.parametrize(
    ("ranks", "draws", "least"),
    [([1.0], [[1]], None), ([1.0, 1.0], [[1, 1]], None), ([1.0, 2.0], [[1, 2]], 1), ([1.0, 2.0], [[1, 1]], None)],
    ids=["one unit", "all equal", "two that hold", "two that tie in the draws"],
)
def test_places_apart_of_degenerate_tables(ranks: list[float], draws: list[list[float]], least: int | None) -> None:
    assert least_places(places_apart(np.array(ranks), np.array(draws, dtype=np.float32), "appeals")) == least


def test_many_units_are_followed_in_part_and_tell_the_same() -> None:
    ranks = np.arange(1.0, 61.0)
    noise = np.random.default_rng(1).normal(0, 3, (300, 60))
    draws = (np.argsort(np.argsort(ranks + noise, axis=1), axis=1) + 1).astype(np.float32)
    whole = places_apart(ranks, draws, "weights")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dti_analysis.scores.places_apart._MOST_PAIRS", 900)
        part = places_apart(ranks, draws, "weights")
    assert part["pairs"].sum() < whole["pairs"].sum() and whole["pairs"].tolist() == list(range(59, 0, -1))
    assert abs((least_places(part) or 0) - (least_places(whole) or 0)) <= 1
