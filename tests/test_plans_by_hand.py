"""Plans and what-ifs: what is promised is what scoring then gives, and no combination of options takes less effort."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from helpers import framework, node, ratio, text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dti_analysis.common.exact import Rational, of_float
from dti_analysis.common.faults import Faults
from dti_analysis.criteria.framework import TOTAL, Framework, Ranking
from dti_analysis.scores.field import Field, field
from dti_analysis.scores.options import Option, options
from dti_analysis.scores.planning import Own, Plan, plan, step_ranks, to_recognition
from dti_analysis.scores.schema_outlook import PLANNED, RANKS_OF_STEPS, TRIED
from dti_analysis.scores.schemas import validated
from dti_analysis.scores.scoring import exact_scores, score
from dti_analysis.scores.targets import points_for, target
from dti_analysis.scores.whatif import changed, parsed, trials, what_if, written

NO_BANDS = pd.DataFrame(columns=["order", "label_vi", "label_en", "above", "at_least", "decided_by"])
SLOW = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ITEMS = {"checklist": {"items": {"c1": text("một"), "c2": text("hai"), "c3": text("ba")}}}
STEPS = {"steps": {"points": {1: 2, 2: 5, 4: 10}}}


def _set(**more: Any) -> Framework:
    """A set of every kind of rule that has steps: 60 points."""
    parts = [node("E.a", 6, ratio()), node("E.b", 4, {"yes_no": {}})]
    return framework(
        node("A", 10, ratio(full_from="3/4")), node("B", 10, {"yes_no": {}}), node("C", 10, STEPS), node("D", 10, ITEMS),
        node("E", 10, parts=parts), node("F", 10, {"linear": {"target": 100}}), **more,
    )  # fmt: skip


ROW = st.fixed_dictionaries(
    {
        "A": st.tuples(st.integers(0, 8), st.integers(8, 12)), "B": st.booleans(), "C": st.integers(0, 5),
        "D": st.tuples(st.booleans(), st.booleans(), st.booleans()), "E": st.tuples(st.integers(0, 5), st.integers(5, 9)),
        "Eb": st.booleans(), "F": st.integers(0, 100),
    }
)  # fmt: skip
FORMS = st.lists(ROW, min_size=2, max_size=5)


def _said(yes: bool) -> str:
    return "có" if yes else "không"


def _forms(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = []
    for number, row in enumerate(rows):
        unit = f"u{number}"
        table += [
            {"unit": unit, "indicator": "A", "a": str(row["A"][0]), "b": str(row["A"][1])},
            {"unit": unit, "indicator": "B", "value": _said(row["B"])},
            {"unit": unit, "indicator": "C", "value": str(row["C"])},
            {"unit": unit, "indicator": "D", **{f"c{i + 1}": _said(done) for i, done in enumerate(row["D"])}},
            {"unit": unit, "indicator": "E.a", "a": str(row["E"][0]), "b": str(row["E"][1])},
            {"unit": unit, "indicator": "E.b", "value": _said(row["Eb"])},
            {"unit": unit, "indicator": "F", "value": str(row["F"])},
        ]
    return pd.DataFrame(table).fillna("").assign(group="")


def _units(forms: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"unit": list(dict.fromkeys(forms["unit"])), "group": ""})


def _own(act: Framework, forms: pd.DataFrame, unit: str = "u0") -> Own:
    scores = score(act, forms, _units(forms))
    found = options(act, forms, scores, {unit: ""})[unit]
    totals = scores[scores["component"] == TOTAL]
    exact = exact_scores(act, forms, _units(forms)).query("unit == @unit and component == 'total'").iloc[0]
    total = (exact["points"], exact["max_points"])
    return Own(act, forms, scores, unit, "", total, field(totals, unit, act.ranking), found)


def _planned(own: Own, aim: str, efforts: pd.DataFrame | None = None) -> Plan:
    points, most = own.total
    goal = target(aim, len(own.field.others) + 1, most, NO_BANDS)
    return plan(own, goal, points_for(goal, own.field, points, most, NO_BANDS), efforts)


def _after(own: Own, made: Plan) -> pd.Series:
    """The unit's total when all that a plan says has been put into the form and scored."""
    cells = {cell: said for option in made.options for cell, said in option.changes.items()}
    table = score(own.framework, changed(own.framework, own.assessment, own.unit, cells), _units(own.assessment))
    return table[(table["unit"] == own.unit) & (table["component"] == TOTAL)].iloc[0]


def _least(found: list[Option], missing: Rational, costs: dict[str, int]) -> int | None:
    """The least effort of all combinations of at most one option a criterion that earn what is missing, one by one."""
    codes = list(dict.fromkeys(option.component for option in found))
    ways = [[None, *(option for option in found if option.component == code)] for code in codes]
    efforts = [
        sum(costs.get(option.component, 1) for option in chosen if option)
        for chosen in product(*ways)
        if sum((option.gain for option in chosen if option), Rational(0)) >= missing
    ]
    return min(efforts, default=None)


@SLOW
@given(rows=FORMS, aim=st.sampled_from(["rank 1", "next", "60%", "90%", "points 33", "points 60"]), costly=st.booleans())
def test_a_plan_promises_what_scoring_gives_and_is_never_beaten(rows: list[dict[str, Any]], aim: str, costly: bool) -> None:
    own = _own(_set(), _forms(rows))
    costs = {"A": 3, "D": 2, "F": 5} if costly else {}
    efforts = pd.DataFrame({"component": list(costs), "effort": [str(cost) for cost in costs.values()]}) if costly else None
    made = _planned(own, aim, efforts)
    points, most = own.total
    goal = target(aim, len(own.field.others) + 1, most, NO_BANDS)
    missing = points_for(goal, own.field, points, most, NO_BANDS) - points
    assert all(option.apart for option in own.options) and made.proven
    after = _after(own, made)
    assert after["points"] == pytest.approx(made.points, abs=1e-9)
    assert after["rank"] == made.rank
    least = _least(own.options, missing, costs)
    if made.verdict == "already":
        assert missing <= 0 and not made.options
    elif made.verdict == "reached":
        assert made.points >= made.needed - 1e-9
        assert made.steps["effort"].sum() == least
    else:
        assert least is None
        assert made.points < made.needed
    validated(made.steps, PLANNED)


@SLOW
@given(rows=FORMS)
def test_every_step_of_a_plan_gives_the_rank_it_says(rows: list[dict[str, Any]]) -> None:
    own = _own(_set(ties="min"), _forms(rows))
    made = _planned(own, "points 60")
    for place in range(1, len(made.options) + 1):
        part = Plan(made.target, made.verdict, 0, 0, 0, made.options[:place], made.steps, [], True)
        after = _after(own, part)
        assert after["points"] == pytest.approx(made.steps["points_after"].iloc[place - 1], abs=1e-9)
        assert after["rank"] == made.steps["rank_after"].iloc[place - 1]


TREES = [
    {"extra": True}, {"not_applicable": "redistribute"}, {"indicator_decimals": 0}, {"by": "points"}, {"gate": True},
    {"indicator_decimals": 1, "rounding": "down"},
]  # fmt: skip


@pytest.mark.parametrize("kind", TREES, ids=str)
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=FORMS)
def test_trials_are_what_scoring_anew_gives_whatever_the_tree(kind: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    more = dict(kind)
    leaves = [node("A", 10, ratio(full_from="3/4")), node("C", 10, STEPS), node("D", 10, ITEMS)]
    if more.pop("extra", False):
        bonus = node("X", 0, {"bonus": {"each": 2, "at_most": 8}})
        leaves.append(node("P", 10, indicators=[node("F", 10, {"linear": {"target": 100}}), bonus], extra_at_most=3))
    elif more.pop("gate", False):
        leaves.append(node("P", 10, indicators=[node("F", 10, {"linear": {"target": 100}}), node("G", 0, {"gate": {}})]))
    else:
        leaves.append(node("F", 10, {"linear": {"target": 100}}))
    act = framework(*leaves, **more)
    forms = _forms(rows)
    forms = forms[forms["indicator"].isin(["A", "C", "D", "F"])]
    added = [{"unit": f"u{n}", "indicator": code, "value": value} for n in range(len(rows))
             for code, value in (("X", str(n)), ("G", _said(n % 2 == 0))) if code in act.by_code]  # fmt: skip
    forms = pd.concat([forms, pd.DataFrame(added)], ignore_index=True).fillna("")
    units, own = _units(forms), _own(act, forms)
    totals = score(act, forms, units).query("component == 'total'").set_index("unit")["points"]
    for option in own.options:
        after = score(act, changed(act, forms, "u0", option.changes), units).query("component == 'total'").set_index("unit")
        assert after["points"]["u0"] - totals["u0"] == pytest.approx(float(option.gain), abs=1e-9)
    together = [{**one.changes, **other.changes} for one in own.options for other in own.options]
    wanted = [("u0", cells) for cells in together[:4]]
    for (_, cells), gain in zip(wanted, trials(act, forms, {"u0": ""}, wanted) if wanted else [], strict=True):
        after = score(act, changed(act, forms, "u0", cells), units).query("component == 'total'").set_index("unit")
        assert after["points"]["u0"] - totals["u0"] == pytest.approx(float(gain), abs=1e-9)


def test_a_plan_worked_by_hand() -> None:
    """Own: A 3 of 8 at b = 8 full from 3/4 → 10 · 3/8 = 3.75; B no → 0; C 1 → 2; D one of three → 10/3; E 5 of 5 and yes → 10;
    F 40 → 4. Together 3.75 + 0 + 2 + 3 1/3 + 10 + 4 = 23 1/12 of 60. 55 % are 33 points: 9 11/12 are missing.

    One criterion can bring that: B brings 10, F (0.6 · 10) only 6, C (10 − 2) only 8, D 6 2/3, A 6 1/4. So B alone, and the
    plan ends at 33 1/12 points.
    """
    row = {"A": (3, 8), "B": False, "C": 1, "D": (True, False, False), "E": (5, 5), "Eb": True, "F": 40}
    own = _own(_set(), _forms([row, {**row, "B": True}]))
    assert own.total[0] == pytest.approx(float(Rational(277, 12)))
    made = _planned(own, "55%")
    assert made.verdict == "reached"
    assert made.steps[["component", "changes"]].to_numpy().tolist() == [["B", "B.value=có"]]
    assert made.points == pytest.approx(33 + 1 / 12)
    assert made.rank == 1  # as the other, with 33 1/12 too
    assert made.keep == ["E"]
    table, chosen = step_ranks(own, 3)
    assert list(table["component"]) == ["B", "C", "D"]
    assert [float(option.gain) for option in chosen] == pytest.approx([10, 8, 20 / 3])
    validated(table, RANKS_OF_STEPS)


@pytest.mark.parametrize("ties", ["min", "max", "dense", "average"])
@pytest.mark.parametrize("rounding", ["half_up", "half_even", "down"])
@pytest.mark.parametrize("by", ["points", "percent"])
def test_points_for_a_rank_are_the_fewest(ties: str, rounding: str, by: str) -> None:
    ranking = Ranking(by=by, decimals=0, rounding=rounding, ties=ties, missing="zero", not_applicable="exclude")
    others = Field(ranking, np.array([40, 55, 55, 70]))
    most = Rational(200)
    grid = [Rational(number, 20) for number in range(0, 4001)]
    for rank in (1, 2, 3, 4, 5):
        least = others.points_for_rank(rank, most)
        reaching = [points for points in grid if others.rank(points, most) <= rank]
        assert others.rank(least, most) <= rank
        assert min(reaching) >= least  # nothing on the grid does with less
        assert min(reaching) - least < Rational(1, 10)  # and the grid's first is next to it


def test_targets_in_both_languages_and_out_of_range() -> None:
    bands = pd.DataFrame(
        {"order": ["1", "2"], "label_vi": ["Dẫn dắt", "Nâng cao"], "label_en": ["Leading", "Advanced"], "above": ["75", ""],
         "at_least": ["", "50"], "decided_by": ["total", "total"]}
    )  # fmt: skip
    read = lambda said: target(said, 9, Rational(1000), bands)  # noqa: E731
    for same in (("rank 3", "hạng 3", "Rank 3"), ("points 800", "điểm 800"), ("next", "kế tiếp"), ("80%", "80,0%"),
                 ("band 1", "mức Dẫn dắt", "band leading")):  # fmt: skip
        assert len({(read(said).kind, read(said).value) for said in same}) == 1
    nobody = Field(Ranking(by="percent", decimals=2, rounding="half_up", ties="min", missing="zero", not_applicable="exclude"),
                   np.array([], dtype=np.int64))  # fmt: skip
    needed = [
        points_for(read(said), nobody, Rational(1), Rational(1000), bands) for said in ("band 1", "band 2", "80%", "next")
    ]
    assert needed[0] > 750 and needed[0] < Rational(7501, 10)  # above 75 %, not at it
    assert needed[1:] == [500, 800, 1]
    for wrong, expected in {
        "rank 10": "a whole rank from 1 to 9", "rank 0": "a whole rank from 1 to 9", "rank 1.5": "a whole rank from 1 to 9",
        "120%": "0% to 100%", "points 1001": "0 to 1000 points", "band 7": "one of", "gold": "next, rank 3", "": "next, rank 3",
    }.items():  # fmt: skip
        with pytest.raises(Faults) as caught:
            read(wrong)
        assert expected in str(caught.value), wrong
    with pytest.raises(Faults, match="adopted no bands"):
        target("band 1", 9, Rational(1000), NO_BANDS)
    with pytest.raises(Faults, match="weakest pillar"):
        target("band 1", 9, Rational(1000), bands.assign(decided_by="weakest_pillar"))


def test_all_that_is_wrong_with_efforts_is_said_at_once() -> None:
    row = {"A": (3, 8), "B": False, "C": 1, "D": (True, False, False), "E": (5, 5), "Eb": True, "F": 40}
    own = _own(_set(), _forms([row, row]))
    efforts = pd.DataFrame({"component": ["A", "Z", "A", "B", "C"], "effort": ["2", "1", "3", "0", "much"]})
    with pytest.raises(Faults) as caught:
        _planned(own, "60%", efforts)
    assert [fault.place for fault in caught.value.faults] == ["row 3", "row 4", "row 5, B", "row 6, C"]
    with pytest.raises(Faults, match="no column effort"):
        _planned(own, "60%", efforts[["component"]])
    owned = pd.DataFrame({"component": ["B"], "effort": ["1"], "owner": ["Phòng Văn hóa"], "due": ["2026-06-30"]})
    made = _planned(own, "55%", owned)
    assert made.steps[["owner", "due"]].to_numpy().tolist() == [["Phòng Văn hóa", "2026-06-30"]]


def test_a_gate_and_the_criterion_behind_it_are_planned_together() -> None:
    """u0: the gate of P is not met, so its 20 points of B do not count, nor would they if B were met alone; F 50 gives 5 of 30.
    u1 has 20. To be level, 15 are missing: G and B together bring 20, F only 5. So G, then B: 5, then 25."""
    pillar = node("P", 20, indicators=[node("B", 20, {"yes_no": {}}), node("G", 0, {"gate": {}})])
    act = framework(pillar, node("F", 10, {"linear": {"target": 100}}), kind="pillars")
    rows = [
        ("u0", "B", "không"),
        ("u0", "G", "không"),
        ("u0", "F", "50"),
        ("u1", "B", "có"),
        ("u1", "G", "có"),
        ("u1", "F", "0"),
    ]
    forms = pd.DataFrame(rows, columns=["unit", "indicator", "value"]).assign(group="")
    own = _own(act, forms)
    assert {option.component: option.needs for option in own.options} == {"B": {"G"}, "G": set(), "F": set()}
    made = _planned(own, "rank 1")
    assert (made.verdict, made.proven) == ("reached", True)
    assert made.steps[["component", "gain", "points_after"]].to_numpy().tolist() == [["G", 0, 5], ["B", 20, 25]]
    assert list(step_ranks(own)[0]["component"]) == ["F"]  # alone, neither G nor B earns anything


def test_recognition_takes_the_cheapest_criteria_that_are_missing() -> None:
    checklist = pd.DataFrame(
        {
            "criterion": list("abcdef"),
            "kind": ["mandatory"] * 3 + ["extended"] * 3,
            "met": [True, False, None, False, False, True],
        }
    )
    assert to_recognition(checklist, {"mandatory": 1.0, "extended": 0.3}, {}) == ["b", "c"]
    assert to_recognition(checklist, {"mandatory": 1.0, "extended": 0.6}, {"d": 3.0}) == ["b", "c", "e"]
    assert to_recognition(checklist, {"mandatory": 0.3, "extended": 0}, {}) == []


def test_what_if_worked_by_hand() -> None:
    """u0: A 3 of 8 → 3.75, B no, F 40 → 4: 7.75 of 30. With A 6 of 8 (3/4 is full) 10, F 70 → 7: 17. u1 has 0 + 10 + 0 = 10."""
    act = framework(
        node("A", 10, ratio(full_from="3/4")), node("B", 10, {"yes_no": {}}), node("F", 10, {"linear": {"target": 100}})
    )
    rows = [("u0", "A", "", "3", "8"), ("u0", "B", "không", "", ""), ("u0", "F", "40", "", ""), ("u1", "B", "có", "", "")]
    forms = pd.DataFrame(rows, columns=["unit", "indicator", "value", "a", "b"]).assign(group="")
    figures, passed = what_if(act, forms, _units(forms), "u0", {"A.a": 6, "F": "70"})
    assert figures[["component", "points_before", "points_after"]].to_numpy().tolist() == [
        ["total", 7.75, 17.0], ["A", 3.75, 10.0], ["F", 4.0, 7.0],
    ]  # fmt: skip
    assert figures[["rank_before", "rank_after"]].iloc[0].tolist() == [2, 1]
    assert passed.astype(object).to_numpy().tolist() == [["u1", 1.0, 2.0, "passed"]]
    validated(figures, TRIED)
    figures, _ = what_if(act, forms, _units(forms), "u1", {"A.a": 1, "A.b": 4})  # a row that was left out is added
    assert figures["points_after"].tolist() == [12.5, 2.5]


def test_all_that_is_wrong_with_changes_is_said_at_once() -> None:
    act = _set()
    with pytest.raises(Faults) as caught:
        parsed(act, {"Z.a": 1, "A.q": 1, "A.a": "-1", "B": "maybe", "C": "1.5", "E.a": 3})
    assert [(fault.place, fault.found) for fault in caught.value.faults] == [
        ("Z.a", "the criterion 'Z.a'"), ("A.q", "the cell 'q' of A"), ("A.a", "'-1'"), ("B", "'maybe'"), ("C", "'1.5'"),
        ("E.a", "the cell 'value' of E.a"),
    ]  # fmt: skip
    assert parsed(act, {"E.a.a": 3, "B": True, "F": 0.5, "A.b": "n/a"}) == {
        ("E.a", "a"): "3", ("B", "value"): "có", ("F", "value"): "0.5", ("A", "b"): "n/a",
    }  # fmt: skip
    forms = _forms([{"A": (3, 8), "B": False, "C": 1, "D": (True, False, False), "E": (5, 5), "Eb": True, "F": 40}])
    with pytest.raises(Faults, match="'u9'"):
        what_if(act, forms, _units(forms), "u9", {"B": True})
    with pytest.raises(Faults, match="of 0 where b is 0"):
        what_if(act, forms, _units(forms), "u0", {"A.b": 0})


@pytest.mark.parametrize("number", ["1.25", "1.250", "0.125", "12.345", "7", "100"])
def test_a_number_is_written_so_that_no_form_takes_it_for_thousands(number: str) -> None:
    act = framework(node("F", 100, {"reported": {}}))
    given = Rational(number)
    forms = pd.DataFrame({"unit": ["u0"], "indicator": ["F"], "value": [written(given)]})
    assert of_float(score(act, forms)["points"].iloc[0]) == given
