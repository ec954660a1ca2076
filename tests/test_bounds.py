"""Bounds: what is still possible while rows are missing or figures unknown."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from helpers import assessment, framework, node, text
from hypothesis import given, settings
from hypothesis import strategies as st
from test_oracle import ALL, UNITS, World, worlds

from dti_analysis.common.faults import Faults
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.criteria.rules import Gate
from dti_analysis.scores.bounds import BOUNDS, bounds
from dti_analysis.scores.schema_standing import BOUNDS as SCHEMA
from dti_analysis.scores.schemas import validated
from dti_analysis.scores.scoring import exact_scores, score


def of(tree: Framework, form: pd.DataFrame, **more: Any) -> pd.DataFrame:
    table = bounds(score(tree, form), tree, **more)
    assert list(table.columns) == BOUNDS
    return validated(table, SCHEMA).set_index("unit")


def row(table: pd.DataFrame, unit: str) -> tuple[float, ...]:
    names = ["points_low", "points_high", "score_low", "score_high", "rank_low", "rank_high", "open_points"]
    return tuple(float(table.at[unit, name]) for name in names)


SHARE = {"linear": {"target": 1}}
"""A share from 0 to 1."""
FOUR = framework(node("A", 10), node("B", 10), node("C", 20), node("D", 10))
"""50 points."""


def test_by_hand() -> None:
    """50 points. An handed in all: 8 + 6 + 15 + 7 = 36. Bình left C (20) out: 9 + 9 + 8 = 26, up to 46. Cam left D (10) out:
    5 + 5 + 12 = 22, up to 32. Dung handed in A alone: 10, up to 10 + 10 + 20 + 10 = 50.

    Ranks. An, 36: Bình and Dung may pass (46, 50), Cam may not (32 < 36): 1 to 3. Bình at 46 while Dung is at 10: first; at
    26 while Cam is at 32, Dung at 50, An at 36: fourth. Cam at 32: An at 36 is above for certain: second; at 22 with Bình at
    26 or more, An, Dung at 50: fourth. Dung at 50: first; at 10: last.
    """
    form = assessment(
        {
            "an": {"A": 8, "B": 6, "C": 15, "D": 7},
            "binh": {"A": 9, "B": 9, "D": 8},
            "cam": {"A": 5, "B": 5, "C": 12},
            "dung": {"A": 10},
        }
    )
    table = of(FOUR, form)
    assert row(table, "an") == (36, 36, 0.72, 0.72, 1, 3, 0)
    assert row(table, "binh") == (26, 46, 0.52, 0.92, 1, 4, 20)
    assert row(table, "cam") == (22, 32, 0.44, 0.64, 2, 4, 10)
    assert row(table, "dung") == (10, 50, 0.2, 1, 1, 4, 40)
    assert not table["conservative"].any()


@pytest.mark.parametrize(("ties", "ranks"), [("min", (1, 2)), ("max", (1, 2)), ("average", (1, 2)), ("dense", (1, 2))])
def test_whoever_is_open_may_pass_whoever_is_not(ties: str, ranks: tuple[int, int]) -> None:
    tree = framework(node("A", 10), ties=ties)
    table = of(tree, assessment({"u": {"A": 5}, "v": {"A": ""}}))
    assert row(table, "u")[4:6] == ranks
    assert row(table, "v")[4:6] == ranks


@pytest.mark.parametrize(("ties", "first", "second"), [("min", 1, 1), ("max", 2, 2), ("average", 1.5, 1.5), ("dense", 1, 1)])
def test_ties_share_a_rank_by_the_act(ties: str, first: float, second: float) -> None:
    """u has 10 of 10; v has up to 10: at its best it shares the first place with u, at its worst it is second."""
    tree = framework(node("A", 10), ties=ties)
    table = of(tree, assessment({"u": {"A": 10}, "v": {"A": ""}}))
    assert row(table, "v")[4:6] == (second, 2)
    assert row(table, "u")[4:6] == (1, first)


def test_rounding_makes_ties() -> None:
    """By whole percent 89.6 and 90 of 100 are equal: v at its best (90) is not behind u (89.6 → 90)."""
    tree = framework(node("A", 90), node("B", 10), decimals=0)
    table = of(tree, assessment({"u": {"A": "89.6", "B": 0}, "v": {"A": "80"}}))
    assert row(table, "v")[4:6] == (1, 2)
    assert row(table, "u")[4:6] == (1, 1)


def test_gates_bonuses_and_penalties() -> None:
    """The gate is not known: 10 + 5 with it, 0 without. A bonus up to 3 and a penalty down to −2: 4 − 2 to 4 + 3."""
    gate = node("G", 0, {"gate": {}})
    tree = framework(
        node("P", 10, indicators=[gate, node("A", 10)]),
        node("Q", 10, indicators=[
            node("B", 10), node("X", 0, {"bonus": {"each": 1, "at_most": 3}}),
            node("Y", 0, {"penalty": {"each": 1, "at_most": 2}}),
        ]),
        kind="pillars",
    )  # fmt: skip
    table = of(tree, assessment({"u": {"A": 7, "B": 4}, "v": {"G": "có", "A": 7, "B": 4, "X": 0, "Y": 0}}))
    assert row(table, "u")[:2] == (2, 14)
    assert row(table, "v")[:2] == (11, 11)
    assert not table["conservative"].any()


def test_what_comes_on_top_is_capped_at_both_ends() -> None:
    """A bonus up to 3, of which 1 counts; a penalty down to −2, of which 1 counts: 4 − 1 to 4 + 1."""
    extras = [node("X", 0, {"bonus": {"each": 1, "at_most": 3}}), node("Y", 0, {"penalty": {"each": 1, "at_most": 2}})]
    capped = node("P", 10, indicators=[node("B", 10), *extras], extra_at_most=1, extra_at_least=-1)
    assert row(of(framework(capped, kind="pillars"), assessment({"u": {"B": 4}})), "u")[:2] == (3, 5)


def test_whoever_has_nothing_open_is_ranked_as_scored() -> None:
    """Three times 0.505 of 10/3 is 5.05 of 10, 50.5 %, which rounds to 51 % and ties with v. Added up again from floats it
    would be a little less, round to 50 % and be second."""
    tree = framework(*(node(code, "10/3", SHARE) for code in "ABC"), decimals=0)
    form = assessment({"u": dict.fromkeys("ABC", "0.505"), "v": dict.fromkeys("ABC", "0.51"), "w": {"A": "0.1", "B": "0.1"}})
    table = of(tree, form)
    assert row(table, "u")[4:6] == row(table, "v")[4:6] == (1, 1)


def test_a_gate_that_is_known_to_be_shut_needs_the_rows() -> None:
    """Shut, and A is open: nothing can be earned. From the scores alone one cannot tell: A has 0 points either way."""
    tree = framework(node("P", 10, indicators=[node("G", 0, {"gate": {}}), node("A", 10)]), kind="pillars")
    form = assessment({"u": {"G": "không"}, "v": {"G": "có"}})
    known = of(tree, form, assessment=form)
    assert row(known, "u")[:2] == (0, 0)
    assert row(known, "v")[:2] == (0, 10)
    assert not known["conservative"].any()
    unknown = of(tree, form)
    assert row(unknown, "u")[:2] == row(unknown, "v")[:2] == (0, 10)
    assert unknown["conservative"].all()


def test_a_gate_over_a_penalty_is_conservative() -> None:
    """Shut, it takes the penalty away too: 0; met, 0 − 2 to 10. From −2 on is right, and said to be perhaps too wide."""
    penalty = node("Y", 0, {"penalty": {"each": 1, "at_most": 2}})
    tree = framework(node("P", 10, indicators=[node("G", 0, {"gate": {}}), node("A", 10), penalty]), kind="pillars")
    table = of(tree, assessment({"u": {"A": ""}}))
    assert row(table, "u")[:2] == (-2, 10)
    assert table["conservative"].all()


def test_the_best_counts_and_the_base_carries() -> None:
    parts = {"parts": [node("A1", 4), node("A2", 6)]}
    best = framework(node("A", 6, combine="best", **parts))
    assert row(of(best, assessment({"u": {"A1": 3}})), "u")[:2] == (3, 6)
    plus = framework(node("A", 10, combine="base_plus", **parts))
    assert row(of(plus, assessment({"u": {"A2": 5}})), "u")[:2] == (0, 9)  # without the base nothing, with it 4 + 5
    assert row(of(plus, assessment({"u": {"A1": 0}})), "u")[:2] == (0, 0)  # the base is known to be 0


def test_points_of_what_does_not_apply_are_handed_round() -> None:
    """Of 40, D (10) does not apply: what is left (30) counts 40 ÷ 30. A 6, B open (0 to 20): 6 · 4/3 = 8 to 26 · 4/3."""
    tree = framework(node("A", 10), node("B", 20), node("D", 10), not_applicable="redistribute")
    form = assessment({"u": {"A": 6, "D": "n/a"}})
    table = bounds(exact_scores(tree, form), tree).set_index("unit")
    assert row(table, "u")[:2] == (8, float(Fraction(104, 3)))


def test_stated_from_above_stays_and_unknown_is_open() -> None:
    """P is stated: 7 of 10, its parts do not matter. Q is not known: 0 to 10."""
    tree = framework(
        node("P", 10, indicators=[node("A", 10)]), node("Q", 10, indicators=[node("B", 4), node("C", 6)]), kind="pillars"
    )
    form = assessment({"u": {"P": 7, "Q": "unknown"}, "v": {"P": 9, "B": 4, "C": 6}})
    assert row(of(tree, form), "u") == (7, 17, 0.35, 0.85, 2, 2, 10)
    closed = of(tree, form, open_states=["missing"])
    assert closed.loc["u", ["points_low", "rank_low", "rank_high"]].isna().all()
    assert row(closed, "v")[4:6] == (1, 1)


def test_groups_have_their_own_maxima_and_criteria() -> None:
    """Upland: A counts 4 of 10, B applies to lowland alone. u (upland) has A open: 0 to 4 of 4, and B is not open to it."""
    tree = framework(
        node("P", 20, max_points_by_group={"up": 4}, indicators=[
            node("A", 10, max_points_by_group={"up": 4}), node("B", 10, applies_to=["low"]),
        ]), kind="pillars", max_points_by_group={"up": 4},
    )  # fmt: skip
    form = assessment({"u": {"A": ""}, "v": {"A": 5}}).assign(group=["up", "low"])
    table = of(tree, form)
    assert row(table, "u") == (0, 4, 0, 1, 1, 2, 4)
    assert row(table, "v") == (5, 15, 0.25, 0.75, 1, 2, 10)


def test_the_most_a_rule_gives_may_be_less_than_the_maximum() -> None:
    """Two steps at most give 6 of 10; bands from −1 to 2 on top; each indicator rounded: 10/3 is 3.3."""
    steps = {"steps": {"points": {1: 3, 2: 6}}}
    bands = {"bands": {"bands": [{"at_least": 5, "points": 2}, {"below": 5, "points": -1}]}}
    tree = framework(node("A", 10, steps), node("B", 0, bands), node("C", "10/3"), indicator_decimals=1)
    table = of(tree, assessment({"u": {"A": ""}}))
    assert row(table, "u")[:2] == (-1, 6 + 2 + 3.3)


def test_a_rule_of_the_whole_cohort_is_conservative() -> None:
    """Whoever hands in more than the best takes points from all: u may fall from 10 to nothing."""
    tree = framework(node("A", 10, {"relative_to_best": {}}))
    form = assessment({"u": {"A": 50}, "v": {"A": ""}})
    table = of(tree, form)
    assert row(table, "u")[:2] == (0, 10)
    assert table["conservative"].all()
    assert not of(tree, form.assign(value="1"))["conservative"].any()


def test_a_state_that_is_never_open_is_refused() -> None:
    with pytest.raises(Faults, match="assessed"):
        of(FOUR, assessment({"u": {"A": 1}}), open_states=["assessed"])


def test_the_other_basis() -> None:
    form = pd.concat([assessment({"u": {"A": 8}}, basis="self"), assessment({"u": {"A": 5}}, basis="verified")])
    tree = framework(node("A", 10), node("B", 10))
    assert row(of(tree, form), "u")[:2] == (5, 15)
    assert row(of(tree, form, basis="self"), "u")[:2] == (8, 18)


# ---- any set, any form: no completion lies outside, and both ends are reached ------------------------------------------


def _completed(world: World, draw: Any) -> pd.DataFrame:
    """The form with every row that is missing handed in, as the rule may read it."""
    rows = world.form.to_dict("records")
    held = {
        (each["unit"], each["indicator"]) for each in rows if any(v for k, v in each.items() if k not in ("unit", "indicator"))
    }
    rows = [each for each in rows if (each["unit"], each["indicator"]) in held]
    for pillar in world.pillars:
        for unit in UNITS:
            if unit in pillar.stated:
                continue
            for each in pillar.indicators:
                if each.given[unit] == {}:
                    rows.append({"unit": unit, "indicator": each.code} | draw(each.leaf.cells))
    return pd.DataFrame(rows).fillna("")


@given(worlds(), st.data(), st.sampled_from(["min", "max", "average", "dense"]))
@settings(max_examples=60)
def test_no_completion_lies_outside(world: World, data: st.DataObject, ties: str) -> None:
    tree = world.tree.model_copy(update={"ranking": world.tree.ranking.model_copy(update={"ties": ties})})
    before = exact_scores(tree, world.form, ALL)
    table = bounds(before, tree, assessment=world.form).set_index("unit")
    form = _completed(world, data.draw)
    if form.empty:
        return
    whole = exact_scores(tree, form, ALL)
    after = score(tree, form, ALL)
    absent = before["state"].eq("not_applicable").to_numpy() != whole["state"].eq("not_applicable").to_numpy()
    if absent.any():  # what was handed in turned out not to apply: an open row is taken to apply
        return
    total = after[after["component"] == "total"].set_index("unit")
    for unit in UNITS:
        low, high = table.at[unit, "points_low"], table.at[unit, "points_high"]
        assert low - 1e-9 <= total.at[unit, "points"] <= high + 1e-9, unit
        if total.at[unit, "max_points"]:
            assert table.at[unit, "rank_low"] <= total.at[unit, "rank"] <= table.at[unit, "rank_high"], unit


def _reached(tree: Framework, form: pd.DataFrame, best: list[str]) -> pd.DataFrame:
    """The scores where the missing rows of some units are handed in at their best, and of the others at their worst."""
    held = set(zip(form["unit"], form["indicator"], strict=True))
    rows = form.to_dict("records")
    for unit in UNITS:
        for leaf in tree.leaves:
            if (unit, leaf.code) not in held:
                rows.append({"unit": unit, "indicator": leaf.code, "value": _end(leaf, unit in best)})
    return score(tree, pd.DataFrame(rows).fillna(""), ALL).query("component == 'total'").set_index("unit")


def _end(leaf: Component, best: bool) -> str:
    if isinstance(leaf.way, Gate):
        return "có" if best else "không"
    if leaf.rule_name == "penalty":
        return "0" if best else "99"
    return ("99" if leaf.rule_name == "bonus" else "1") if best else "0"


@st.composite
def _monotone(draw: st.DrawFn) -> tuple[Framework, pd.DataFrame]:
    """Sets of sums, bests and bases, with bonuses, penalties under no gate, and gates; forms with holes."""
    pillars: list[dict[str, Any]] = []
    for p in range(1, draw(st.integers(1, 3)) + 1):
        leaves = [
            node(f"P{p}.{i}", draw(st.sampled_from(["1", "5/2", "20/3", "10"])), SHARE)
            for i in range(1, draw(st.integers(1, 3)) + 1)
        ]
        combine = draw(st.sampled_from(["sum", "best", "base_plus"]))
        most = [Fraction(leaf["max_points"]) for leaf in leaves]
        held = max(most) if combine == "best" else sum(most)
        indicators = [node(f"P{p}.C", str(held), combine=combine, parts=leaves)]
        more = draw(st.sampled_from(["", "bonus", "penalty", "gate"]))
        if more == "gate":
            indicators.append(node(f"P{p}.G", 0, {"gate": {"value": text("g")}}))
        elif more:
            indicators.append(node(f"P{p}.X", 0, {more: {"each": 1, "at_most": 2}}))
        caps = draw(st.sampled_from([{}, {"extra_at_most": 1, "extra_at_least": -1}]))
        pillars.append(node(f"P{p}", str(held), indicators=indicators, **caps))
    policy = {name: draw(st.sampled_from(ways)) for name, ways in {
        "ties": ["min", "max", "average"], "not_applicable": ["exclude", "redistribute"], "decimals": [0, 1, 2],
    }.items()}  # fmt: skip
    tree = framework(*pillars, kind="pillars", **policy)
    rows = []
    for unit in UNITS:
        for leaf in tree.leaves:
            if draw(st.booleans()):
                told = ["có", "không"] if isinstance(leaf.way, Gate) else ["0", "1", "n/a", *["0.7"] * bool(leaf.max_points)]
                value = draw(st.sampled_from(told))
                rows.append({"unit": unit, "indicator": leaf.code, "value": value})
    return tree, pd.DataFrame(rows or [{"unit": UNITS[0], "indicator": tree.leaves[0].code, "value": ""}])


@given(_monotone())
@settings(max_examples=60)
def test_both_ends_are_reached(given_: tuple[Framework, pd.DataFrame]) -> None:
    tree, form = given_
    form = form[form["value"] != ""]
    if form.empty:
        return
    table = bounds(exact_scores(tree, form, ALL), tree, assessment=form).set_index("unit")
    assert not table["conservative"].any()
    for unit in UNITS:
        if not table.at[unit, "max_points"]:
            continue
        best, worst = _reached(tree, form, [unit]), _reached(tree, form, [other for other in UNITS if other != unit])
        assert table.at[unit, "points_high"] == best.at[unit, "points"]
        assert table.at[unit, "points_low"] == worst.at[unit, "points"]
        assert table.at[unit, "rank_low"] == best.at[unit, "rank"]
        assert table.at[unit, "rank_high"] == worst.at[unit, "rank"]
