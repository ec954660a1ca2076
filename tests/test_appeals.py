"""Appeals: what granting disputed rows does to ranks, against scoring itself, by hand and for random sets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers import assessment, column, framework, node, ratio
from hypothesis import given, settings
from hypothesis import strategies as st

from dti_analysis.common.faults import Faults
from dti_analysis.criteria.framework import Framework, Ranking
from dti_analysis.scores.appeals import SEED, appeals, chances_of_bands, draw, rank_draws_of
from dti_analysis.scores.disputes import disputes
from dti_analysis.scores.draws import rank_draws, rank_if, rounded, summary
from dti_analysis.scores.ranking import rank
from dti_analysis.scores.schema_firmness import APPEALS, BAND_CHANCES, DISPUTED
from dti_analysis.scores.schemas import validated
from dti_analysis.scores.scoring import score

YES_NO: dict[str, Any] = {"yes_no": {}}


def both(verified: dict[str, dict[str, Any]], claimed: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """An assessment on both bases."""
    own = [assessment(rows, basis=basis) for basis, rows in (("self", claimed), ("verified", verified)) if rows]
    return pd.concat(own, ignore_index=True).fillna("")


def by_unit(table: pd.DataFrame, name: str) -> dict[str, Any]:
    return dict(zip(table["unit"], table[name], strict=True))


def test_by_hand() -> None:
    act = framework(node("X", 60), node("Y", 40))
    form = both(
        {"A": {"X": 40, "Y": 30}, "B": {"X": 40, "Y": 28}, "C": {"X": 40, "Y": 20}},
        {"A": {"X": 40, "Y": 30}, "B": {"X": 40, "Y": 32}, "C": {"X": 45, "Y": 20}},
    )
    found = disputes(act, form)
    table = validated(appeals(found), APPEALS)
    # A 70, B 68, C 60 as verified. B disputes Y: 32 − 28 = 4, C disputes X: 45 − 40 = 5.
    assert by_unit(table, "disputed") == {"A": 0, "B": 1, "C": 1}
    assert by_unit(table, "rank") == {"A": 1, "B": 2, "C": 3}
    assert by_unit(table, "points_disputed") == {"A": 0, "B": 4, "C": 5}
    assert by_unit(table, "best_rank") == {"A": 1, "B": 1, "C": 3}, "B: 72 before 70; C: 65 behind 70 and 68"
    assert by_unit(table, "worst_rank") == {"A": 2, "B": 2, "C": 3}, "A: 70 behind 72; B: 68 behind 70, before 65"
    assert by_unit(table, "component") == {"A": "", "B": "Y", "C": "X"}
    assert table["component_points"].tolist()[1:] == [4, 5] and table["component_rank"].tolist()[1:] == [1, 3]
    # Each granted with 1/2: A is first where B is refused, B where it is granted; 10,000 draws are within 2 % of that.
    first = by_unit(table, "first")
    assert first["A"] + first["B"] == pytest.approx(1) and first["A"] == pytest.approx(0.5, abs=0.02) and first["C"] == 0
    assert table.loc[0, ["low_rank", "high_rank"]].tolist() == [1, 2] and table.loc[2, ["low_rank", "high_rank"]].tolist() == [
        3,
        3,
    ]
    rows = validated(found.rows, DISPUTED)
    assert rows.to_dict("records")[0] == {
        "unit": "B", "component": "Y", "claimed": 32.0, "verified": 28.0, "points": 4.0, "total_points": 4.0,
    }  # fmt: skip


def test_what_is_disputed_and_what_is_not() -> None:
    act = framework(node("X", 60), node("Y", 20, ratio("not_applicable")), node("Z", 20, YES_NO))
    form = both(
        {"A": {"X": 40, "Y": {"a": 0, "b": 0}, "Z": "no"}, "B": {"X": 30, "Y": {"a": 2, "b": 4}}},
        {"A": {"X": 30, "Y": {"a": 1, "b": 1}, "Z": "yes"}, "B": {"X": 30, "Y": {"a": 4, "b": 8}, "Z": "yes"}},
    )
    rows = disputes(act, form).rows
    # A's X was raised, not cut; its Y does not apply. B's Y earns the same on other numbers; its Z was not looked at: missing.
    assert rows[["unit", "component", "total_points"]].to_numpy().tolist() == [["A", "Z", 20.0], ["B", "Z", 20.0]]


def test_a_gate_that_is_disputed_gives_back_what_stands_under_it() -> None:
    pillar = node("P", 60, indicators=[node("G", 0, {"gate": {}}), node("X", 60)])
    act = framework(pillar, node("Q", 40, indicators=[node("Y", 40)]), kind="pillars")
    form = both(
        {"A": {"G": "no", "X": 50, "Y": 40}, "B": {"G": "yes", "X": 10, "Y": 35}}, {"A": {"G": "yes", "X": 50, "Y": 40}}
    )
    table = appeals(disputes(act, form))
    # A: 0 + 40 = 40 behind 45; the gate granted: 50 + 40 = 90.
    assert table["rank"].tolist() == [2, 1] and table["best_rank"].tolist() == [1, 1] and table["worst_rank"].tolist() == [2, 2]
    assert table.loc[0, ["component", "component_points", "component_rank"]].tolist() == ["G", 50, 1]


def test_a_penalty_and_the_best_of_two() -> None:
    best = node("P", 60, combine="best", parts=[node("P.a", 60), node("P.b", 40)])
    act = framework(best, node("Y", 40), node("M", 0, {"penalty": {"each": 2, "at_most": 10}}))
    form = both(
        {"A": {"P.a": 30, "P.b": 20, "Y": 10, "M": 3}, "B": {"P.a": 40, "P.b": 0, "Y": 10, "M": 0}},
        {"A": {"P.a": 30, "P.b": 35, "Y": 10, "M": 1}, "B": {"P.a": 40, "P.b": 0, "Y": 10, "M": 0}},
    )
    rows = disputes(act, form).rows
    # P.b: 35 instead of 20, but the best of 30 and 35 is only 5 more; M: −2 instead of −6.
    assert rows[["component", "points", "total_points"]].to_numpy().tolist() == [["P.b", 15.0, 5.0], ["M", 4.0, 4.0]]


POINTS = st.integers(0, 20)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Framework, pd.DataFrame]:
    """A set of every way of adding up, and forms on both bases."""
    caps = draw(st.sampled_from([{}, {"extra_at_most": 3}, {"extra_at_least": -2}]))
    gate = [node("G", 0, {"gate": {}})] if draw(st.booleans()) else []
    pillars = [
        node("P", 20, indicators=[*gate, node("X", 20)], **(caps if gate else {})),
        node("Q", 20, indicators=[node("Q1", 20, combine="best", parts=[node("Q1.a", 20), node("Q1.b", 20)])]),
        node("R", 40, indicators=[node("R1", 40, combine="base_plus", parts=[node("R1.a", 20), node("R1.b", 20)])]),
        node("S", 20, indicators=[node("S1", 20), node("B", 0, {"bonus": {"each": 1, "at_most": 5}}),
                                  node("N", 0, {"penalty": {"each": 2, "at_most": 8}})], **caps),
    ]  # fmt: skip
    act = framework(*pillars, kind="pillars", ties=draw(st.sampled_from(["min", "max", "average"])))
    units = [f"u{place}" for place in range(draw(st.integers(1, 4)))]
    cells = {"G": st.sampled_from(["yes", "no"]), "B": st.integers(0, 6), "N": st.integers(0, 5)}
    leaves = [leaf.code for leaf in act.leaves]
    forms = [
        {unit: {code: draw(cells.get(code, POINTS)) for code in leaves if draw(st.integers(0, 9))} for unit in units}
        for _ in range(2)
    ]
    for unit in units:
        forms[0][unit]["X"] = draw(POINTS)
    return act, both(*forms)


def granted(form: pd.DataFrame, chosen: set[tuple[str, str]]) -> pd.DataFrame:
    """The verified rows, with those of the claims that are granted."""
    at = pd.Series([pair in chosen for pair in zip(form["unit"], form["indicator"], strict=True)], index=form.index)
    own, verified = form["basis"] == "self", form["basis"] == "verified"
    return pd.concat([form[verified & ~at], form[own & at]]).assign(basis="verified").reset_index(drop=True)


@settings(max_examples=60, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_every_grant_is_what_scoring_the_changed_form_gives(case: tuple[Framework, pd.DataFrame], random: Any) -> None:
    act, form = case
    units = pd.DataFrame({"unit": form["unit"].unique(), "group": ""})
    found = disputes(act, form, units)
    chosen = [[random.random() < 0.5 for _ in codes] for codes in found.of]
    pairs = {(unit, code) for unit, codes, marks in zip(units["unit"], found.of, chosen, strict=True)
             for code, mark in zip(codes, marks, strict=True) if mark}  # fmt: skip
    scored = column(score(act, granted(form, pairs), units))
    for place, unit in enumerate(units["unit"]):
        marks = np.array(chosen[place], dtype=bool)[:, None]
        assert found.totals(place, marks)[0] == pytest.approx(scored[unit], abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(cases())
def test_best_and_worst_ranks_are_those_of_the_changed_forms(case: tuple[Framework, pd.DataFrame]) -> None:
    act, form = case
    units = pd.DataFrame({"unit": form["unit"].unique(), "group": ""})
    found = disputes(act, form, units)
    table = validated(appeals(found, draws=200), APPEALS).set_index("unit")
    everything = {(unit, code) for unit, codes in zip(units["unit"], found.of, strict=True) for code in codes}
    for unit in units["unit"]:
        own = {pair for pair in everything if pair[0] == unit}
        best, worst = (score(act, granted(form, pairs), units) for pairs in (own, everything - own))
        assert table.at[unit, "best_rank"] == column(best, "rank")[unit]
        assert table.at[unit, "worst_rank"] == column(worst, "rank")[unit]
    assert (table["best_rank"] <= table["rank"]).all() and (table["rank"] <= table["worst_rank"]).all()
    assert (table["best_rank"] <= table["low_rank"]).all() and (table["low_rank"] <= table["median_rank"]).all()
    assert (table["median_rank"] <= table["high_rank"]).all() and (table["high_rank"] <= table["worst_rank"]).all()


@settings(max_examples=20, deadline=None)
@given(cases(), st.integers(0, 2**31))
def test_the_same_seed_gives_the_same_table(case: tuple[Framework, pd.DataFrame], seed: int) -> None:
    found = disputes(*case)
    once, twice = (appeals(found, seed=seed, draws=50) for _ in range(2))
    pd.testing.assert_frame_equal(once, twice)
    assert (once["seed"] == seed).all() and (once["draws"] == 50).all()


def test_another_seed_draws_otherwise_and_none_and_all_are_certain() -> None:
    act = framework(node("X", 100))
    form = both({"A": {"X": 50}, "B": {"X": 40}}, {"A": {"X": 50}, "B": {"X": 60}})
    found = disputes(act, form)
    assert (draw(found, seed=1) != draw(found, seed=2)).any()
    assert appeals(found, 0.0)["first"].tolist() == [1, 0] and appeals(found, 1.0)["first"].tolist() == [0, 1]
    assert appeals(found, 0.25)["first"].tolist()[1] == pytest.approx(0.25, abs=0.02)


@pytest.mark.parametrize(("given_", "words"), [({"probability": 1.5}, "from 0 to 1"), ({"draws": 0}, "1 or more")])
def test_bad_parameters_are_one_clear_fault(given_: dict[str, Any], words: str) -> None:
    found = disputes(framework(node("X", 100)), both({"A": {"X": 50}}, {"A": {"X": 60}}))
    with pytest.raises(Faults, match=words):
        draw(found, **given_)


@pytest.mark.parametrize(
    ("verified", "claimed", "ranks"),
    [
        ({"A": {"X": 50}}, {"A": {"X": 60}}, [1]),
        ({"A": {"X": 50}, "B": {"X": 50}}, {}, [1, 1]),
        ({"A": {"X": 50}, "B": {"X": 50}}, {"A": {"X": 50}, "B": {"X": 50}}, [1, 1]),
        ({"A": {"X": 0}, "B": {"X": 0}}, {"A": {"X": 0}}, [1, 1]),
    ],
    ids=["one unit", "nobody assessed themselves", "all equal, nothing disputed", "all zero"],
)
def test_degenerate_tables(verified: Any, claimed: Any, ranks: list[int]) -> None:
    table = validated(appeals(disputes(framework(node("X", 100)), both(verified, claimed))), APPEALS)
    for name in ("rank", "best_rank", "worst_rank", "median_rank", "low_rank", "high_rank"):
        assert table[name].tolist() == ranks, name
    assert table["first"].tolist() == [1.0] * len(ranks)


def test_the_leader_is_held_where_points_depend_on_him() -> None:
    act = framework(node("X", 50, {"relative_to_best": {}}), node("Y", 50))
    form = both({"A": {"X": 10, "Y": 20}, "B": {"X": 5, "Y": 40}}, {"A": {"X": 10, "Y": 20}, "B": {"X": 8, "Y": 40}})
    table = appeals(disputes(act, form))
    # A: 50 + 20 = 70; B: 25 + 40 = 65, with 8 instead of 5: 40 + 40 = 80.
    assert table["approximate"].all() and table["best_rank"].tolist() == [1, 1] and table["worst_rank"].tolist() == [2, 2]


def test_a_unit_of_unknown_points_has_no_rank_and_takes_none() -> None:
    act = framework(node("P", 60, unlisted=True), node("Q", 40, unlisted=True), kind="pillars")
    form = both({"A": {"P": 30, "Q": 20}, "B": {"P": "unknown", "Q": 20}, "C": {"P": 20, "Q": 20}},
                {"A": {"P": 40, "Q": 20}, "C": {"P": 50, "Q": 20}})  # fmt: skip
    found = disputes(act, form, pd.DataFrame({"unit": ["A", "B", "C"], "group": ""}))
    table = validated(appeals(found), APPEALS)
    assert table["rank"].tolist()[::2] == [1, 2] and table["best_rank"].tolist()[::2] == [1, 1]
    assert table.loc[1, ["rank", "best_rank", "low_rank", "first"]].isna().all()
    assert np.isnan(rank_draws_of(found, draw(found, draws=10))[:, 1]).all()


def test_chances_of_bands_by_hand() -> None:
    bands = pd.DataFrame(
        {"order": ["1", "2"], "above": ["75", ""], "at_least": ["", ""], "below": ["", ""], "at_most": ["", "75"]}
    )
    table = validated(chances_of_bands(np.array([[0.75, 0.80], [0.76, 0.90]]), ["A", "B"], bands), BAND_CHANCES)
    assert table.set_index(["unit", "band"])["chance"].to_dict() == {("A", 1): 0.5, ("A", 2): 0.5, ("B", 1): 1.0, ("B", 2): 0.0}


# ---- ranks of many draws -----------------------------------------------------------------------------------------------

RANKINGS = [
    Ranking(by="percent", decimals=decimals, rounding=rounding, ties=ties, missing="zero", not_applicable="exclude")
    for decimals, rounding, ties in [
        (2, "half_up", "min"),
        (0, "down", "max"),
        (1, "half_even", "dense"),
        (2, "down", "average"),
    ]
]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-5, 10_050), min_size=1, max_size=30), st.sampled_from(RANKINGS), st.booleans())
def test_ranks_of_draws_are_those_of_the_ranking(points: list[int], ranking: Ranking, many: bool) -> None:
    units = [f"u{place}" for place in range(len(points))]
    table = pd.DataFrame({"year": 1, "unit": units, "group": "", "basis": "verified", "component": "total",
                          "points": [p / 10 for p in points], "max_points": 1000.0})  # fmt: skip
    due = rank(table, ranking)["rank"].to_numpy(dtype=float)
    figures = np.array([[p / 10_000 for p in points]] * 3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dti_analysis.scores.draws._MANY", 0 if many else 400)
        assert rank_draws(figures, ranking).tolist() == [due.tolist()] * 3
        patch.setattr("dti_analysis.scores.draws._RANGE", 1)
        assert rank_draws(figures, ranking).tolist() == [due.tolist()] * 3
    whole = rounded(figures[0], ranking)
    assert rank_if(whole, whole, ranking.ties).tolist() == due.tolist()


def test_quantiles_are_ranks_that_were_drawn() -> None:
    ranks = np.array([[1]] * 5 + [[2]] * 90 + [[7]] * 5, dtype=np.float32)  # of 100: the 5th is 1, the 50th 2, the 95th 2
    assert {name: float(of[0]) for name, of in summary(ranks).items()} == {
        "median_rank": 2, "low_rank": 1, "high_rank": 2, "first": 0.05,
    }  # fmt: skip


def test_the_default_seed_is_written_down() -> None:
    found = disputes(framework(node("X", 100)), both({"A": {"X": 50}}, {"A": {"X": 60}}))
    assert set(appeals(found)["seed"]) == {SEED}
