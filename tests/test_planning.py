"""Plans keep their promise, are never beaten by trying everything, and say honestly what cannot be reached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dti_analysis.common.exact import Rational
from dti_analysis.common.faults import Faults
from dti_analysis.criteria.framework import Framework
from dti_analysis.scores.cohort import Cohort
from dti_analysis.scores.options import Option, options
from dti_analysis.scores.planning import Plan, next_place, pass_recognition, plan, step_ranks
from dti_analysis.scores.progress import progress
from dti_analysis.scores.recognition import recognise
from dti_analysis.scores.schemas import KEPT, PLAN, PROGRESS, STEP_RANKS, validated
from dti_analysis.scores.scoring import exact_scores, score
from dti_analysis.scores.standing import figure_of
from dti_analysis.scores.targets import Target, others_moved, read_target
from dti_analysis.scores.whatif import what_if
from dti_analysis.studies.study import Study
from tests.helpers import assessment, column, framework, node, ratio, text

COUNT = {"count": {"value": text("v"), "each": 1}}
YES = {"yes_no": {"value": text("v")}}
STEPS = {"steps": {"value": text("v"), "points": {1: 3, 2: 10}}}


def hand() -> tuple[Framework, pd.DataFrame]:
    """Three criteria of 10 points, and a bonus shared by all.

    a: A 4/10 = 4, B no = 0, C 1 meeting = 3: 7 of 30, 23.33 %. b: 8 + 0 + 3 = 11 (36.67 %). c: 5 + 10 + 3 = 18 (60 %).
    """
    rules = framework(node("A", 10, ratio()), node("B", 10, YES), node("C", 10, STEPS))
    rows = assessment({
        "a": {"A": {"a": 4, "b": 10}, "B": "0", "C": "1"},
        "b": {"A": {"a": 8, "b": 10}, "B": "0", "C": "1"},
        "c": {"A": {"a": 5, "b": 10}, "B": "1", "C": "1"},
    })  # fmt: skip
    return rules, rows


def planned(cohort: Cohort, unit: str, target: str, **more: Any) -> Plan:
    return plan(cohort, unit, read_target(target), **more)


def test_plan_by_hand() -> None:
    """Rank 1: c has 18, so 18 are enough (they share it); a has 7. B: +10, C: 3 to 10, +7, A: 4 to 10 of 10, +6.

    One step gives 17 at most; of two, B and C give most: 7 + 10 + 7 = 24. After B, 17 of 30: between c and b, rank 2.
    """
    made = planned(Cohort(*hand()), "a", "rank 1")
    assert (made.verdict, made.before, made.after, made.still, made.rank) == ("reached", 7, 24, 3, 1)
    shown = ["order", "component", "cell", "before", "after", "change", "gain", "points_after", "rank_after"]
    steps = validated(made.steps, PLAN)
    assert steps[shown].to_numpy().tolist() == [
        [1, "B", "value", "0", "1", pytest.approx(float("nan"), nan_ok=True), 10, 17, 2],
        [2, "C", "value", "1", "2", 1, 7, 24, 1],
    ]  # fmt: skip
    assert validated(made.keep, KEPT).to_numpy().tolist() == [["A", 4, 10, False], ["C", 3, 10, False]]


def test_efforts_change_the_plan() -> None:
    """B costs 5, C 1 and A 1: A and C together give 7 + 7 + 6 = 20 ≥ 18 for 2, any way with B costs 6 or more."""
    efforts = pd.DataFrame({"component": ["B"], "effort": ["5"], "owner": ["Phòng VH-XH"], "due": ["2026-06-30"]})
    made = planned(Cohort(*hand()), "a", "rank 1", efforts=efforts)
    assert list(made.steps["component"]) == ["C", "A"]
    assert made.steps["effort"].sum() == 2
    whole = planned(Cohort(*hand()), "a", "100%", efforts=efforts)
    assert whole.verdict == "reached" and whole.after == 30
    assert whole.steps.set_index("component").loc["B", ["effort", "owner", "due"]].tolist() == [5, "Phòng VH-XH", "2026-06-30"]


def test_what_cannot_be_reached_and_what_has_been() -> None:
    """With `shared`, no unit can raise B: the most that a can have is 7 + 7 + 6 = 20."""
    rules, rows = hand()
    data = [component.model_copy(update={"shared": component.code == "B"}) for component in rules.indicators]
    shared = rules.model_copy(update={"indicators": data})
    made = planned(Cohort(shared, rows), "a", "points 21")
    assert (made.verdict, made.after) == ("unreachable", 20)
    assert planned(Cohort(shared, rows), "a", "points 20").verdict == "reached"
    done = planned(Cohort(*hand()), "c", "rank 2")
    assert done.verdict == "already" and done.steps.empty
    first = planned(Cohort(*hand()), "c", "next")
    assert first.verdict == "already" and first.goal is None


def test_others_move() -> None:
    """b had 30 % and has 36.67 %: as last year it gains 6.67 again, 43.33 % = 13 of 30; c had 70 % and falls to 50 % = 15."""
    cohort = Cohort(*hand())
    last = score(hand()[0], hand()[1]).assign(year=2022)
    last.loc[(last["component"] == "total") & (last["unit"] == "b"), "score"] = 0.3
    last.loc[(last["component"] == "total") & (last["unit"] == "c"), "score"] = 0.7
    moved = others_moved(cohort, [last], "last_year")
    assert (moved["b"], moved["c"]) == (13, 15)
    made = planned(cohort, "a", "rank 1", others=moved)  # 15 of 30 are enough: 7 and the 10 of B are 17
    assert (made.verdict, list(made.steps["component"]), made.rank) == ("reached", ["B"], 1)
    best = others_moved(cohort, [last], "best")
    assert (best["b"], best["c"]) == (11, 21)
    assert others_moved(cohort, [], "still") == {}


def test_recognition_takes_the_cheapest() -> None:
    """Both mandatory and 2 of 4 extended: lacking are M2 and one of E2, E3, E4, the cheapest being E3."""
    rows = [("u", "M1", "mandatory", True), ("u", "M2", "mandatory", False), ("u", "E1", "extended", True)]
    rows += [("u", f"E{n}", "extended", None) for n in (2, 3, 4)]
    checklist = pd.DataFrame(rows, columns=["unit", "criterion", "kind", "met"])
    left = pass_recognition(checklist, "u", 1, 0.5, {"E2": 2, "E3": "0.5"})
    assert left.to_numpy().tolist() == [["M2", "mandatory", 1.0], ["E3", "extended", 0.5]]
    done = checklist.assign(met=checklist["met"].where(~checklist["criterion"].isin(left["criterion"]), True))
    assert recognise(done, 1, 0.5)["recognised"].tolist() == [True]
    with pytest.raises(Faults, match="the criterion 'E9'"):
        pass_recognition(checklist, "u", 1, 0.5, {"E9": 2})


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("rank 4", "target: found rank 4; expected a whole number from 1 to 3"),
        ("rank 0", "found rank 0"),
        ("rank 1.5", "found rank 1.5"),
        ("120%", r"found score 1.2 \(120%\); expected more than 0 and at most 1"),
        ("points 31", "found points 31; expected more than 0 and at most 30"),
        ("band 2", "expected a place that has adopted bands"),
        ("recognition", "expected a checklist"),
        ("third", "found 'third'; expected rank 3, 80%"),
        ("rank", "found 'rank'"),
        ("rank 3%", "found 'rank 3%'"),
        ("3", "found '3'"),
        ("points 1.2.3", "found 'points 1.2.3'"),
    ],
)
def test_targets_out_of_range(target: str, message: str) -> None:
    with pytest.raises(Faults, match=message):
        planned(Cohort(*hand()), "a", target)


def test_bands_are_reached_at_their_bound() -> None:
    bands = pd.DataFrame([
        {"order": "1", "above": "75", "at_least": "", "below": "", "at_most": "", "decided_by": "total"},
        {"order": "2", "above": "", "at_least": "50", "below": "", "at_most": "75", "decided_by": "total"},
    ])  # fmt: skip
    made = planned(Cohort(*hand()), "a", "band 2", bands=bands)
    assert made.goal is not None and (made.goal.points, made.goal.enough) == (15, True)
    top = planned(Cohort(*hand()), "a", "band 1", bands=bands)
    assert top.goal is not None and (top.goal.points, top.goal.enough) == (Rational(45, 2), False)
    with pytest.raises(Faults, match="found band 3"):
        planned(Cohort(*hand()), "a", "band 3", bands=bands)


def test_bad_input_is_told_at_once() -> None:
    cohort = Cohort(*hand())
    with pytest.raises(Faults, match="unit: found 'd'"):
        planned(cohort, "d", "rank 1")
    efforts = pd.DataFrame({"component": ["B", "D", "B"], "effort": ["0", "1", "x"]})
    with pytest.raises(Faults) as caught:
        planned(cohort, "a", "rank 1", efforts=efforts)
    assert len(caught.value.faults) == 4  # the effort 0, the criterion D, B again, the effort x
    rules, rows = hand()
    with pytest.raises(Faults, match="one unit that is ranked"):
        planned(Cohort(rules, rows[rows["unit"] == "a"]), "a", "rank 1")
    with pytest.raises(Faults, match="one year alone"):
        others_moved(cohort, [], "best")
    with pytest.raises(Faults, match="no rows of the basis 'self'"):
        Cohort(rules, rows, basis="self")


TREES = [
    {},
    {"indicator_decimals": 1},
    {"by": "points", "decimals": 0, "rounding": "down"},
    {"not_applicable": "redistribute"},
]
GROUPS: list[dict[str, Any]] = [
    {"combine": "sum"},
    {"combine": "best"},
    {"combine": "base_plus"},
    {"combine": "sum", "extra_at_most": 2, "extra_at_least": -1},
]


@st.composite
def cohorts(draw: st.DrawFn) -> Cohort:
    """Four units under a small set: a group of two or three criteria added up in any way, and two criteria beside it."""
    group = draw(st.sampled_from(GROUPS))
    inside = [node("A", 4, ratio()), node("B", 6, COUNT if "extra_at_most" in group else YES)]
    if "extra_at_most" in group:
        inside += [node("X", 0, {"bonus": {"value": text("v"), "each": 1, "at_most": 3}})]
        inside += [node("Y", 0, {"penalty": {"value": text("v"), "each": 1, "at_most": 3}})]
    most = 6 if group["combine"] == "best" else 10
    top = node("G", most, indicators=inside, **group)
    policy = draw(st.sampled_from(TREES))
    rules = framework(
        top,
        node("C", 10, STEPS),
        node("D", 4, ratio()),
        **policy,
        ties=draw(st.sampled_from(["min", "max", "dense", "average"])),
    )
    small = st.integers(0, 3)
    rows = {}
    for unit in "abcd":
        own: dict[str, Any] = {code: {"a": draw(small), "b": 3} for code in "AD"}
        own |= {"B": draw(small) if "extra_at_most" in group else draw(st.integers(0, 1)), "C": draw(st.integers(0, 2))}
        if "extra_at_most" in group:
            own |= {"X": draw(small), "Y": draw(small)}
        rows[unit] = own
    return Cohort(rules, assessment(rows))


def combinations(own: list[Option]) -> Iterator[list[Option]]:
    codes = dict.fromkeys(option.component for option in own)
    choices = [[None, *(option for option in own if option.component == code)] for code in codes]
    for chosen in product(*choices):
        yield [option for option in chosen if option]


@settings(max_examples=25, deadline=None)
@given(cohorts(), st.data())
def test_never_beaten_by_trying_everything_and_always_true(cohort: Cohort, data: st.DataObject) -> None:
    maximum = cohort.maxima()["a"]
    share = data.draw(st.integers(1, 20))
    target = data.draw(st.sampled_from([Target("score", Rational(share, 20)), Target("rank", Rational(1)), Target("next")]))
    made = plan(cohort, "a", target)
    if len(made.steps):
        validated(made.steps, PLAN)
    own = options(cohort, ["a"])["a"]
    tried = list(combinations(own))
    if len(tried) > 1500:
        return
    totals = [
        told["total"] for told in cohort.would_be([("a", {k: v for o in some for k, v in o.changes.items()}) for some in tried])
    ]
    assert made.before <= maximum
    if made.goal is None:
        assert made.verdict == "already"
        return
    reaching = [
        len([s for o in some for s in o.steps]) for some, points in zip(tried, totals, strict=True) if made.goal.met(points)
    ]
    if made.verdict == "unreachable":
        assert not reaching
        assert made.after == max(totals)
    elif made.verdict == "reached":
        assert made.steps["effort"].sum() == min(reaching)
        assert made.goal.met(made.after)
        if target.kind == "rank":
            assert made.rank <= target.value
        told = what_if(cohort.framework, _rows(cohort), None, "a", _changes(made)).iloc[0]
        assert told["points_after"] == float(made.after) == made.steps["points_after"].iloc[-1]
        assert told["rank_after"] == made.rank == made.steps["rank_after"].iloc[-1]
    else:
        assert made.goal.met(made.before) and min(reaching) == 0


def _changes(made: Plan) -> dict[str, str]:
    return {f"{row['indicator']}.{row['cell']}": row["after"] for row in made.steps.to_dict("records")}


def _rows(cohort: Cohort) -> pd.DataFrame:
    return pd.DataFrame([
        {"unit": unit, "indicator": code} | row for unit in cohort.units for code, row in cohort.rows_of(unit).items()
    ])  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(0, 1000), min_size=2, max_size=6),
    st.sampled_from(["min", "max", "dense", "average"]),
    st.sampled_from(["half_up", "half_even", "down"]),
    st.sampled_from([("points", 0), ("points", 1), ("percent", 1)]),
    st.data(),
)
def test_needed_points_are_the_smallest_that_give_the_rank(
    hundredths: list[int], ties: str, rounding: str, by: tuple[str, int], data: st.DataObject
) -> None:
    """Against ranks that the package gives when the unit is scored with so many points, and with a hair less."""
    rules = framework(node("A", 10), ties=ties, rounding=rounding, by=by[0], decimals=by[1])
    names = [f"u{place}" for place in range(len(hundredths))]
    values = {name: {"A": f"{points / 100:.2f}"} for name, points in zip(names, hundredths, strict=True)}
    standing = Cohort(rules, assessment(values)).standing("u0")
    rank = data.draw(st.integers(1, len(names)))
    needed = standing.needed(rank)
    if needed is None:
        assert standing.rank(Rational(0)) <= rank
        return
    points, enough = standing.points_for(needed)

    def ranked(own: Rational) -> float:
        shown = f"{float(own):.12f}"
        return float(column(score(rules, assessment(values | {"u0": {"A": shown}})), "rank")["u0"])

    hair = Rational(1, 10**6)
    for own in (points, points + hair):
        if 0 <= own <= 10 and (enough or own > points):
            assert standing.rank(own) <= rank
            assert ranked(own) == standing.rank(own)
    for own in (points - hair, *([] if enough else [points])):
        if 0 <= own <= 10:
            assert standing.rank(own) > rank
            assert ranked(own) == standing.rank(own)


def test_step_ranks_and_next_place_of_the_sample() -> None:
    """Each step ranked alone is what scoring gives with that figure changed; the points said to be missing are the fewest."""
    study = Study(2025, "district", "vi", place="tinhmau")
    table = validated(study.outlook.step_ranks(), STEP_RANKS)
    assert (table.groupby("unit").size() == 3).all() and len(table) == 3 * len(study.units)
    for row in table[table["unit"].isin(["mau-huyen-bac", "mau-thanh-pho-trung"])].to_dict("records"):
        told = study.outlook.what_if(row["unit"], {f"{row['indicator']}.{row['cell']}": row["after"]}).iloc[0]
        assert (told["points_after"], told["rank_after"]) == (row["points_after"], row["rank_after"])
    place = study.outlook.next_place("mau-huyen-bac")
    assert place is not None and place.units == ["mau-huyen-giang"] and (place.rank, place.enough) == (6, True)
    assert place.missing == Rational("22.05")  # 642.05 of 1,000 are 64.205 %, half-up 64.21, as Giang's 642.10
    assert next_place(study.outlook.cohort, "mau-thanh-pho-trung") is None


def test_plans_of_the_sample_hold_when_scored() -> None:
    study = Study(2025, "district", "vi", place="tinhmau")
    for unit, target in [("mau-huyen-bac", "rank 3"), ("mau-huyen-nam", "80%"), ("mau-huyen-ha", "next")]:
        made = study.outlook.plan(unit, target)
        assert made.verdict == "reached"
        told = study.outlook.what_if(unit, _changes(made)).iloc[0]
        assert (told["points_after"], told["rank_after"]) == (float(made.after), made.rank)


def test_a_figure_is_compared_as_the_act_rounds_it() -> None:
    rules = framework(node("A", 10), by="percent", decimals=2)
    assert figure_of(Rational("7.1345"), Rational(10), rules.ranking) == 7135


def test_progress_by_hand() -> None:
    """a: 20 → 50 → 60 % with 80 % due on 31 December; b: 40 → 50 → 90 % with no target.

    31 March to 31 December are 275 days, 30 June is day 91: 20 + 60 × 91/275 = 39.85 %, a is ahead with 50; 30 September is
    day 183: 20 + 60 × 183/275 = 59.93 %, a is just ahead with 60. Since March a has gained 40 points of percent, b 50.
    """
    rules = framework(node("A", 10))
    days = [date(2023, 3, 31), date(2023, 6, 30), date(2023, 9, 30)]
    given_ = [(2, 4), (5, 5), (6, 9)]
    dated = {day: score(rules, assessment({"a": {"A": a}, "b": {"A": b}})) for day, (a, b) in zip(days, given_, strict=True)}
    table = validated(progress(dated, rules, {"a": 0.8}), PROGRESS)
    own = table[table["unit"] == "a"]
    assert own["path"].round(4).tolist() == [0.2, 0.3985, 0.5993]
    assert own["on_path"].tolist() == [True, True, True]
    assert own["rank"].tolist() == [2, 1, 2]
    assert own["progress"].tolist() == [0, 0.3, 0.4]
    assert own["rank_of_progress"].tolist()[1:] == [1, 2] and pd.isna(own["rank_of_progress"].iloc[0])
    assert table[table["unit"] == "b"]["on_path"].isna().all()
    assert progress(dated, rules, {"a": 0.81})[lambda t: t["unit"] == "a"]["on_path"].tolist() == [True, True, False]


def test_progress_refuses_what_is_no_path() -> None:
    rules = framework(node("A", 10))
    table = score(rules, assessment({"a": {"A": 1}}))
    with pytest.raises(Faults, match="1 assessment"):
        progress({date(2023, 3, 31): table}, rules)
    dated = {date(2022, 3, 31): table, date(2023, 6, 30): table}
    with pytest.raises(Faults) as caught:
        progress(dated, rules, {"b": 0.5, "a": 2}, until=date(2023, 1, 1))
    assert len(caught.value.faults) == 4


def test_bench_totals_agree_with_scoring() -> None:
    rules, rows = hand()
    exact = column(exact_scores(rules, rows))
    assert Cohort(rules, rows).points() == exact
    assert list(step_ranks(Cohort(rules, rows), ["a"], 1)["component"]) == ["B"]
