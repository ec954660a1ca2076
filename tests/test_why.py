"""Why ranks and scores moved: parts that add up exactly, and cases worked by hand."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from helpers import assessment, framework_data, load_data, node, text
from helpers import framework as one_set
from hypothesis import given, settings
from hypothesis import strategies as st

from dti_analysis.common.exact import Rational, to_rational
from dti_analysis.common.faults import Faults
from dti_analysis.criteria.amendment import amendment
from dti_analysis.criteria.bridge import Block, blocks, links, one_to_one
from dti_analysis.criteria.framework import Framework
from dti_analysis.scores.core import KINDS, core
from dti_analysis.scores.ledger import Ledger
from dti_analysis.scores.rank_explained import PARTS, passed, rank_explained
from dti_analysis.scores.reasons import appraisal_reasons
from dti_analysis.scores.reread import reach, readable, reread
from dti_analysis.scores.schema_change import APPRAISAL_REASONS, RANKS_EXPLAINED, SCORES_EXPLAINED
from dti_analysis.scores.schemas import validated
from dti_analysis.scores.score_explained import by_kind, score_explained
from dti_analysis.scores.scoring import exact_scores, score


def framework(*children: dict[str, Any], **more: Any) -> Framework:
    """A set in force in both years."""
    return one_set(*children, **{"applies": {"from": 2022, "to": 2023}} | more)


SET = framework(node("A", 100), id="set-2022")
ONE, HALF = Rational(1), Rational(1, 2)


def ledger(tree: Framework, units: dict[str, dict[str, Any]], year: int = 2022) -> Ledger:
    return Ledger(exact_scores(tree, assessment(units, year=str(year))), tree)


def year(points: dict[str, Any], tree: Framework = SET) -> Ledger:
    return ledger(tree, {unit: {"A": value} for unit, value in points.items()})


def explained(before: Ledger, after: Ledger, successors: dict[str, str] | None = None) -> pd.DataFrame:
    return rank_explained(before, after, core(before, after), successors)


def row(table: pd.DataFrame, unit: str, *names: str) -> list[Any]:
    found = table.set_index("unit").loc[unit]
    return [found[name] for name in names]


# ---- the bridge between two sets -------------------------------------------------------------------------------------

OLD = framework(node("X", 40), node("Y", 20), node("Z", 40), id="old")


def new_set(*children: dict[str, Any]) -> Framework:
    return framework(*children, id="new")


def half(code: str) -> dict[str, Any]:
    return {"code": f"{code}@old", "share": "1/2"}


def bridged(new: Framework) -> list[Block]:
    return blocks(links(OLD, new), ["X", "Y", "Z"], [child.code for child in new.indicators])


def test_blocks_are_what_is_linked_together() -> None:
    new = new_set(node("A", 50, was=["X@old"]), node("B", 20, was=["X@old", "Y@old"]), node("C", 30, was=["Z@old"]))
    assert bridged(new) == [Block((("X", ONE), ("Y", ONE)), ("A", "B")), Block((("Z", ONE),), ("C",))]
    assert one_to_one(links(OLD, new)) == {"Z": "C"}
    assert [block.pair for block in bridged(new)] == [None, ("Z", "C")]


def test_a_split_with_shares_leaves_its_heirs_apart() -> None:
    new = new_set(node("A", 50, was=[half("X")]), node("B", 50, was=[half("X"), "Y@old"]))
    assert bridged(new) == [Block((("X", HALF),), ("A",)), Block((("X", HALF), ("Y", ONE)), ("B",))]


def test_a_split_of_which_one_heir_is_not_known_is_no_block() -> None:
    new = new_set(node("A", 50, was=["X@old"]), node("B", 50, was=["X@old"]))
    assert blocks(links(OLD, new), ["X", "Y", "Z"], ["A"]) == []


def test_amendment_reads_links_with_shares() -> None:
    new = new_set(node("A", 50, was=[half("X")]), node("B", 20, was=[half("X")]), node("C", 30, was=["Y@old"]))
    table = amendment(OLD, new)
    assert list(table["kind"]) == ["split", "split", "changed", "dropped"]
    assert list(table["was"]) == ["X", "X", "Y", "Z"]


def load_links(folder: Path, *was: list[Any]) -> Framework:
    children = [deepcopy(node(f"P{place}", 10, was=links)) for place, links in enumerate(was)]
    return load_data(folder, framework_data(*children, id="set-2024"))


@pytest.mark.parametrize(
    ("was", "found", "expected"),
    [
        (([half("X")], [{"code": "X@old", "share": "1/4"}]), "add up to 3/4: P0 1/2, P1 1/4", "add up to 1"),
        (([half("X")], ["X@old"]), "shares of X@old: P0 1/2, P1 without", "a share for each criterion"),
        (([half("X")],), "shares of X@old that add up to 1/2: P0 1/2", "add up to 1"),
        ((["X@old", "X@old"],), "was: X@old again in the same criterion", "each link once"),
        (([{"code": "X@old", "share": "3/2"}],), "share: '3/2'", "a share above 0 and up to 1"),
        (([{"code": "X@old", "share": "half"}],), "share: 'half'", "a number, as 20, 2.5 or 1/2"),
        (([{"code": "X@old", "shar": "1/2"}],), "the key 'shar'", "'share'?"),
        (([3],), "0: 3", "CODE@framework, or {code: CODE@framework, share: 1/2}"),
    ],
)  # fmt: skip
def test_bad_links_are_one_clear_fault(tmp_path: Path, was: Any, found: str, expected: str) -> None:
    with pytest.raises(Faults) as raised:
        load_links(tmp_path, *was)
    (fault,) = raised.value.faults
    assert found in fault.found and expected in fault.expected, str(fault)
    assert fault.place.startswith("line ") and fault.place.endswith("P0")


def test_good_shares_load_exactly(tmp_path: Path) -> None:
    set_ = load_links(tmp_path, [{"code": "X@old", "share": "1/3"}], [{"code": "X@old", "share": "2/3"}, "Y@old"])
    assert [(was.code, was.share) for child in set_.indicators for was in child.was] == [
        ("X@old", Rational(1, 3)), ("X@old", Rational(2, 3)), ("Y@old", None),
    ]  # fmt: skip
    assert set_.sets_before == ["old"]


# ---- ranks, by hand --------------------------------------------------------------------------------------------------


def test_own_and_others_by_hand() -> None:
    """a 90→70, b 80→85, c 75→80, d 60→95. a: 1→4.

    Own first: 70 among 80, 75, 60 is rank 3 (own −2), then the others move: rank 4 (others −1).
    Others first: 90 among 85, 80, 95 is rank 2 (others −1), then its own: rank 4 (own −2). Mean: own −2, others −1.
    d: 4→1. Own first: 95 among 90, 80, 75: rank 1 (own +3, others 0). Others first: 60 among 70, 85, 80: 4 (0, +3).
    b: 2→2. Own first: 85 among 90, 75, 60: 2 (0), others 0. Others first: 80 among 70, 80, 95: 2, level with c (0); own 0.
    c: 3→3. Own first: 80 among 90, 80, 60: 2, level with b (+1), others −1. Others first: 75 among 70, 85, 95: 3 (0); own 0.
       Mean: own +1/2, others −1/2.
    """
    table = explained(year({"a": 90, "b": 80, "c": 75, "d": 60}), year({"a": 70, "b": 85, "c": 80, "d": 95}))
    names = ["from_rank", "to_rank", "rank_change", "own", "others"]
    assert row(table, "a", *names) == [1, 4, -3, -2, -1]
    assert row(table, "d", *names) == [4, 1, 3, 3, 0]
    assert row(table, "b", *names) == [2, 2, 0, 0, 0]
    assert row(table, "c", *names) == [3, 3, 0, 0.5, -0.5]
    assert list(table["unit"]) == ["d", "b", "c", "a"]
    ways = passed(table, "a").set_index("unit")
    assert list(ways.index) == ["c", "b", "d"]  # nearest now first
    assert set(ways["way"]) == {"passed_by"}
    assert ways["score_change"].to_dict() == {"c": Rational(1, 20), "b": Rational(1, 20), "d": Rational(7, 20)}
    assert dict(zip(passed(table, "d")["unit"], passed(table, "d")["way"], strict=True)) == dict.fromkeys("abc", "passed")


def test_entered_left_and_merged_by_hand() -> None:
    """Before: gone 95, p 90, a 80, q 70, b 60. After: new 99, pq 85, a 82, b 61. p and q merged into pq.

    a: 3→3. Without gone and p it was 1 of a, b and is 1 of a, b now: gone left +1, p's merger +1, new entered −1, pq −1.
    """
    before = year({"gone": 95, "p": 90, "a": 80, "q": 70, "b": 60})
    after = year({"new": 99, "pq": 85, "a": 82, "b": 61})
    table = explained(before, after, {"p": "pq", "q": "pq"})
    assert row(table, "a", "rank_change", *PARTS) == [0, 0, 0, -1, 1, 0, 0]
    assert row(table, "b", "rank_change", *PARTS) == [1, 0, 0, -1, 1, 1, 0]  # merged: p and q before it, pq after
    assert table.set_index("unit")["status"].to_dict() == {
        "new": "entered", "pq": "merged", "a": "ranked", "b": "ranked", "gone": "left", "p": "merged", "q": "merged",
    }  # fmt: skip
    plain = explained(before, after)
    assert row(plain, "b", *PARTS) == [0, 0, -2, 3, 0, 0]
    validated(table, RANKS_EXPLAINED)


def test_who_merged_into_a_unit_that_was_there_before_is_merged_not_left() -> None:
    table = explained(year({"p": 90, "a": 80}), year({"a": 85}), {"p": "a"})
    assert row(table, "a", "rank_change", *PARTS) == [1, 0, 0, 0, 0, 1, 0]
    assert row(table, "p", "status") == ["merged"]


def test_successors_in_a_ring_do_no_harm() -> None:
    assert row(explained(year({"p": 90, "a": 80}), year({"a": 85}), {"p": "q", "q": "p"}), "p", "status") == ["left"]


def test_one_unit_and_all_equal() -> None:
    assert row(explained(year({"a": 1}), year({"a": 2})), "a", "rank_change", *PARTS) == [0] * 7
    level = explained(year(dict.fromkeys("abc", 5)), year(dict.fromkeys("abc", 7)))
    assert level["rank_change"].eq(0).all() and level[PARTS].sum(axis=1).eq(0).all()


def test_ranks_are_told_on_rounded_figures() -> None:
    """At two decimals of a percent 80.0012 and 80.0021 are level: b does not pass a."""
    table = explained(year({"a": "80.0021", "b": "80.0012"}), year({"a": "80.0012", "b": "80.0021"}))
    assert row(table, "b", "from_rank", "to_rank", "own", "others") == [1, 1, 0, 0]


# ---- the comparable core, by hand ------------------------------------------------------------------------------------


def test_another_set_by_hand() -> None:
    """Old: X 40, Y 20, Z 40. New: A 60 (half of X, and Y), B 20 (half of X), N 20 (new). Z was dropped.

    u before: X 20, Y 20, Z 40: 80/100. Achievement on A's block: (½·20 + 20) ÷ (½·40 + 20) = 3/4; on B's: 10/20 = 1/2.
    u after: A 54, B 5, N 20: 79/100; 54/60 = 9/10, 5/20 = 1/4.
    Core, by the new maxima: before (60·3/4 + 20·1/2) ÷ 80 = 55/80, after (54 + 5) ÷ 80 = 59/80. Share of the new set 80/100.
    linked: 0.6·(9/10 − 3/4) + 0.2·(1/4 − 1/2) = 0.09 − 0.05. maximum: (0.6 − 0.4)·3/4 + (0.2 − 0.2)·1/2 = 0.15.
    new: 0.2. dropped: −0.4. Together 0.04 + 0.15 + 0.2 − 0.4 = −0.01 = 0.79 − 0.80.
    """
    new = new_set(node("A", 60, was=[half("X"), "Y@old"]), node("B", 20, was=[half("X")]), node("N", 20))
    before = ledger(OLD, {"u": {"X": 20, "Y": 20, "Z": 40}})
    after = ledger(new, {"u": {"A": 54, "B": 5, "N": 20}})
    found = core(before, after)
    assert [found.before[0], found.after[0]] == [Rational(55, 80), Rational(59, 80)]
    assert [found.share[0], found.share_before[0]] == [Rational(4, 5), Rational(3, 5)]
    table = score_explained(found, before, after)
    parts = by_kind(table).loc["u"].to_dict()
    wanted = {"linked": "0.04", "maximum": "0.15", "new": "0.2", "dropped": "-0.4"}
    assert parts == {kind: to_rational(part) for kind, part in wanted.items()}
    criteria = table[table["level"] == "criterion"].set_index(["component", "was", "kind"])["contribution"].to_dict()
    assert criteria["A", "X Y", "linked"] == to_rational("0.09")
    assert criteria["", "Z", "dropped"] == to_rational("-0.4")
    validated(table, SCORES_EXPLAINED)


def test_criteria_set_is_what_the_core_does_not_tell() -> None:
    """On the linked A, u stays ahead of v; the new N puts v first: own and others 0, the set −1 and +1."""
    new = new_set(node("A", 50, was=["X@old"]), node("N", 50))
    old = framework(node("X", 100), id="old")
    before = ledger(old, {"u": {"X": 90}, "v": {"X": 80}})
    after = ledger(new, {"u": {"A": 45, "N": 0}, "v": {"A": 40, "N": 50}})
    table = explained(before, after)
    assert row(table, "u", "rank_change", *PARTS) == [-1, 0, 0, 0, 0, 0, -1]
    assert row(table, "v", "rank_change", *PARTS, "core_share") == [1, 0, 0, 0, 0, 0, 1, HALF]


def test_without_a_link_nothing_is_own() -> None:
    before = ledger(framework(node("X", 100), id="old"), {"u": {"X": 90}, "v": {"X": 80}})
    after = ledger(framework(node("N", 100), id="new"), {"u": {"N": 10}, "v": {"N": 20}})
    table = explained(before, after)
    assert table[["own", "others"]].isna().all(axis=None)
    assert row(table, "v", "rank_change", "criteria_set") == [1, 1]
    assert list(passed(table, "v")["score_change"]) == [None]
    assert set(score_explained(core(before, after), before, after)["kind"]) == {"new", "dropped"}


def test_a_bonus_counts_by_its_share_of_the_total() -> None:
    bonus = node("E", 0, {"bonus": {"each": 1, "at_most": 9}})
    before = ledger(framework(node("A", 100), bonus, id="s"), {"u": {"A": 50, "E": 2}})
    after = ledger(framework(node("A", 100), bonus, id="s"), {"u": {"A": 50, "E": 5}})
    assert by_kind(score_explained(core(before, after), before, after)).loc["u"].to_dict() == {"same": to_rational("0.03")}


def test_a_total_alone_in_one_year_is_compared_as_a_total() -> None:
    tree = framework(node("P1", 60), node("P2", 40), id="s")
    before, after = ledger(tree, {"u": {"total": 70}}), ledger(tree, {"u": {"P1": 50, "P2": 30}})
    table = score_explained(core(before, after), before, after)
    assert list(table["component"].unique()) == ["total"]
    assert by_kind(table).loc["u"].to_dict() == {"same": to_rational("0.1")}


# ---- last year's forms under this year's rule ------------------------------------------------------------------------


def _ratio(full_from: str, words: str = "met") -> dict[str, Any]:
    return {"ratio": {"a": text(words), "b": text("all"), "full_from": full_from, "when_b_zero": "zero"}}


def test_old_forms_are_read_by_the_new_rule() -> None:
    """a = 3 of b = 6: full from 1/2 gives 20 of 20; full from 1 gives 1/2. The loss of 1/2·0.5 is the method's, not the unit's.

    This year 4 of 6: 2/3 of the points, so the own change is +1/6 of the half that A is of the set.
    """
    old = framework(node("A", 20, _ratio("1/2")), node("B", 20, _ratio("1")), id="old")
    new = new_set(
        node("A", 50, _ratio("1"), was=["A@old"]), node("B", 50, _ratio("1", "other words"), was=["B@old"])
    )  # fmt: skip
    forms = assessment({"u": {"A": {"a": 3, "b": 6}, "B": {"a": 1, "b": 2}}}, year="2022")
    before = Ledger(exact_scores(old, forms), old)
    after = ledger(new, {"u": {"A": {"a": 4, "b": 6}, "B": {"a": 1, "b": 2}}})
    assert readable(old, new) == {"A": "A"}
    assert reach(old, new) == HALF
    again = reread(forms, before, new)
    assert {code: list(shares) for code, shares in again.items()} == {"A": [HALF]}
    parts = by_kind(score_explained(core(before, after, again), before, after)).loc["u"].to_dict()
    assert parts == {"linked": Rational(1, 12), "method": Rational(-1, 4)}


def test_points_that_a_council_awarded_are_not_read_under_another_maximum() -> None:
    assert readable(framework(node("X", 40), id="old"), new_set(node("X", 50, was=["X@old"]))) == {}


def test_forms_that_the_new_rule_refuses_are_left_out() -> None:
    def steps(**points: int) -> dict[str, Any]:
        return {"levels": {"levels": {key: {"vi": key, "en": key, "share": f"{share}/10"} for key, share in points.items()}}}

    old = framework(node("A", 10, steps(low=1, high=9)), node("B", 10, _ratio("1")), id="old")
    new = new_set(node("A", 10, steps(some=1, most=9), was=["A@old"]), node("B", 10, _ratio("1/2"), was=["B@old"]))
    forms = assessment({"u": {"A": "high", "B": {"a": 1, "b": 2}}}, year="2022")
    again = reread(forms, Ledger(exact_scores(old, forms), old), new)
    assert {code: list(shares) for code, shares in again.items()} == {"B": [ONE]}


# ---- from claimed to appraised ---------------------------------------------------------------------------------------


def both_bases(tree: Framework, claimed: dict[str, Any], verified: dict[str, tuple[Any, str]]) -> pd.DataFrame:
    rows = [
        {"unit": "u", "indicator": code, "basis": "self", "value": str(value), "evidence_state": ""}
        for code, value in claimed.items()
    ]
    rows += [
        {"unit": "u", "indicator": code, "basis": "verified", "value": str(value), "evidence_state": state}
        for code, (value, state) in verified.items()
    ]
    forms = pd.DataFrame(rows)
    ledgers = [Ledger(exact_scores(tree, forms[forms["basis"] == basis]), tree) for basis in ("self", "verified")]
    table = appraisal_reasons(*ledgers, forms)
    validated(table, APPRAISAL_REASONS)
    points = [held.points["total"][0] for held in ledgers]
    assert sum(table["difference"]) == points[1] - points[0]
    return table.set_index("reason")


def test_reasons_by_hand() -> None:
    """Claimed 40 + 30 + 20 + 10 = 100, appraised 0 + 20 + 25 + 10 = 55: 40 for missing, 10 for late, +5 revalued."""
    tree = framework(node("A", 40), node("B", 30), node("C", 30), node("D", 10), id="s")
    table = both_bases(
        tree,
        {"A": 40, "B": 30, "C": 20, "D": 10},
        {"A": (0, "missing"), "B": (20, "late"), "C": (25, "full"), "D": (10, "full")},
    )  # fmt: skip
    assert table["lost"].to_dict() == {"missing": 40, "late": 10, "revalued": 0}
    assert table["gained"].to_dict() == {"missing": 0, "late": 0, "revalued": 5}
    assert list(table["criteria"]) == [1, 1, 1]


def test_parts_count_each_by_its_own_reason() -> None:
    tree = framework(node("A", 30, parts=[node("A.a", 10), node("A.b", 20)]), id="s")
    table = both_bases(tree, {"A.a": 10, "A.b": 20}, {"A.a": (0, "missing"), "A.b": (5, "partial")})
    assert table["lost"].to_dict() == {"missing": 10, "partial": 15}


def test_the_best_part_tells_by_the_reason_they_share_or_not_at_all() -> None:
    tree = framework(node("A", 20, parts=[node("A.a", 10), node("A.b", 20)], combine="best"), id="s")
    assert both_bases(tree, {"A.a": 10, "A.b": 20}, {"A.a": (4, "late"), "A.b": (0, "late")})["lost"].to_dict() == {"late": 16}
    mixed = both_bases(tree, {"A.a": 10, "A.b": 20}, {"A.a": (4, "late"), "A.b": (0, "missing")})
    assert mixed["lost"].to_dict() == {"other": 16}


def test_a_cap_above_the_criteria_is_another_reason() -> None:
    """Extra points count up to 5: claimed 10 + 8 → 15, appraised 10 + 6 → 15. The cut of 2 cost nothing."""
    tree = framework(
        node("P", 10, indicators=[node("A", 10), node("E", 0, {"bonus": {"each": 1, "at_most": 9}})], extra_at_most=5),
        id="s",
        kind="pillars",
    )
    table = both_bases(tree, {"A": 10, "E": 8}, {"A": (10, "full"), "E": (6, "missing")})
    assert table["lost"].to_dict() == {"missing": 2, "other": 0}
    assert table["gained"].to_dict() == {"missing": 0, "other": 2}


# ---- whatever the sets and forms -------------------------------------------------------------------------------------

UNITS = ["u1", "u2", "u3", "u4", "u5"]
POINTS = st.sampled_from(["0", "1", "2.5", "3.33", "5", "n/a", ""])


@st.composite
def trees(draw: st.DrawFn, id: str, was: Framework | None = None) -> Framework:
    """Two pillars of one to three criteria of 5, 7 or 9 points; linked at random to those of the set `was`."""
    known = [f"{leaf.code}@{was.id}" for leaf in was.leaves] if was else []
    policy = {
        "by": "percent", "ties": draw(st.sampled_from(["min", "max", "dense", "average"])),
        "not_applicable": draw(st.sampled_from(["exclude", "redistribute"])), "decimals": draw(st.integers(0, 2)),
    }  # fmt: skip
    pillars = []
    for pillar in ("P1", "P2"):
        own = []
        for number in range(draw(st.integers(1, 3))):
            linked = draw(st.lists(st.sampled_from(known), max_size=2, unique=True)) if known else []
            points = draw(st.sampled_from([5, 7, 9]))
            own.append(node(f"{pillar}.{number}", points, was=linked))
        caps = {"combine": draw(st.sampled_from(["sum", "best"]))}
        top = max if caps["combine"] == "best" else sum
        pillars.append(node(pillar, top(child["max_points"] for child in own), indicators=own, **caps))
    shared = {code for p in pillars for i in p["indicators"] for code in i["was"]}
    for code in sorted(shared):  # some splits say their shares
        heirs = [i for p in pillars for i in p["indicators"] if code in i["was"]]
        if draw(st.booleans()):
            for heir in heirs:
                heir["was"] = [{"code": code, "share": f"1/{len(heirs)}"} if each == code else each for each in heir["was"]]
    return framework(*pillars, id=id, kind="pillars", **policy)


@st.composite
def forms(draw: st.DrawFn, tree: Framework) -> dict[str, dict[str, str]]:
    units = draw(st.lists(st.sampled_from(UNITS), min_size=1, unique=True))
    return {unit: {leaf.code: draw(POINTS) for leaf in tree.leaves} for unit in units}


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_parts_add_up_exactly(data: st.DataObject) -> None:
    old = data.draw(trees("old"))
    new = old if data.draw(st.booleans()) else data.draw(trees("new", old))
    rows = [assessment(data.draw(forms(tree)), year=str(2022 + at)) for at, tree in enumerate((old, new))]
    before, after = (Ledger(exact_scores(tree, own), tree) for tree, own in zip((old, new), rows, strict=True))
    found = core(before, after, reread(rows[0], before, new) if new is not old else None)
    table = score_explained(found, before, after)
    ranks = rank_explained(before, after, found, data.draw(st.sampled_from([{}, {"u1": "u2", "u3": "u2"}, {"u4": "u5"}])))
    validated(ranks, RANKS_EXPLAINED)

    scores = zip(*(ranks[name] for name in ("unit", "score_before", "score_after")), strict=True)
    change = {unit: now - was for unit, was, now in scores if was is not None and now is not None}
    assert set(change) == set(found.units)
    for level in ("criterion", "pillar"):
        rows_ = table[table["level"] == level]
        for unit in found.units:
            assert sum(rows_.loc[rows_["unit"] == unit, "contribution"]) == change[unit]
    assert set(table["kind"]) <= set(KINDS)
    own = table[table["kind"].isin(["same", "linked"]) & (table["level"] == "pillar")]
    if new is not old:  # own change is the core's, by its share of the set: nothing else is called progress
        for unit, was, now, share in zip(found.units, found.before, found.after, found.share, strict=True):
            if was is not None:
                assert sum(own.loc[own["unit"] == unit, "contribution"]) == share * (now - was)

    both = ranks[ranks["status"] == "ranked"]
    assert (both[PARTS].fillna(0).sum(axis=1) == both["rank_change"]).all()
    assert ranks.loc[ranks["status"] != "ranked", PARTS].isna().all(axis=None)
    for ledger_, name, tree, form in ((before, "from_rank", old, rows[0]), (after, "to_rank", new, rows[1])):
        table_ = score(tree, form)
        totals = table_[table_["component"] == "total"].set_index("unit")["rank"].astype(float)
        held = ranks.set_index("unit")[name].dropna()
        assert held.to_dict() == totals.dropna().to_dict(), ledger_


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=9))
@settings(max_examples=30, deadline=None)
def test_passed_less_passed_by_is_the_change_of_rank(points: list[tuple[int, int]]) -> None:
    units = [f"u{place}" for place in range(len(points))]
    first, second = (dict(zip(units, column, strict=True)) for column in zip(*points, strict=True))
    table = explained(year(first), year(second))
    for unit in units:
        ways = passed(table, unit)["way"]
        assert (ways == "passed").sum() - (ways == "passed_by").sum() == row(table, unit, "rank_change")[0]


@given(
    st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=7),
    st.sampled_from(["min", "max", "dense", "average"]),
)
@settings(max_examples=30, deadline=None)
def test_own_and_others_are_those_of_ranking_again(points: list[tuple[int, int]], ties: str) -> None:
    """Against the plain way: rank the hypothetical tables themselves."""
    tree = framework(node("A", 100), id="set", ties=ties)
    units = [f"u{place}" for place in range(len(points))]
    first, second = (dict(zip(units, column, strict=True)) for column in zip(*points, strict=True))
    table = explained(year(first, tree), year(second, tree))

    def rank(unit: str, held: dict[str, int]) -> float:
        scores = score(tree, assessment({each: {"A": value} for each, value in held.items()}))
        return float(scores[(scores["component"] == "total") & (scores["unit"] == unit)]["rank"].iloc[0])

    for unit in units:
        own_first, others_first = first | {unit: second[unit]}, second | {unit: first[unit]}
        own = (rank(unit, first) - rank(unit, own_first) + rank(unit, others_first) - rank(unit, second)) / 2
        assert row(table, unit, "own") == [own]
