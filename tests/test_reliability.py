"""Reliability: how much of a score rests on what is weakly known."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest
from helpers import framework, node, ratio
from hypothesis import given, settings
from hypothesis import strategies as st

from dti_analysis.common.faults import Faults
from dti_analysis.scores.reliability import GRADES, LETTERS, REASONS, RELIABILITY, not_ranked, reliability
from dti_analysis.scores.schema_standing import RELIABILITY as SCHEMA
from dti_analysis.scores.schemas import validated
from dti_analysis.scores.scoring import score

TREE = framework(node("A", 50), node("B", 30), node("R", 15, ratio()), node("S", 5))
"""100 points, so that points are percents."""


def rows(*given_: tuple[str, str, str, str, str]) -> pd.DataFrame:
    """unit, indicator, basis, cells (a value, or a/b), evidence_state or the document."""
    table = []
    for unit, code, basis, cells, proof in given_:
        a, _, b = cells.partition("/")
        state = proof if proof in ("full", "partial", "missing", "late", "none") else ""
        held = {"value": "" if b else cells, "a": a if b else "", "b": b}
        table.append({"unit": unit, "indicator": code, "basis": basis, **held, "evidence": "" if state else proof,
                      "evidence_state": state})  # fmt: skip
    return pd.DataFrame(table)


def of(form: pd.DataFrame, **more: Any) -> pd.DataFrame:
    table = reliability(TREE, form, score(TREE, form), **more)
    assert list(table.columns) == RELIABILITY
    return validated(table, SCHEMA).set_index("unit")


FORM = rows(
    ("u", "A", "verified", "40", "full"),
    ("u", "B", "verified", "20", "missing"),
    ("u", "R", "verified", "1/2", "12/CV"),
    ("u", "S", "self", "3", "13/CV"),
    ("v", "A", "verified", "50", "full"),
    ("v", "B", "verified", "30", "none"),
    ("v", "R", "verified", "9/10", "missing"),
)


def test_by_hand() -> None:
    """u: B (30) has no evidence; R (15) is one of two; S (5) was claimed, nobody verified it: 30 + 15 + 5 = 50 of 100 in doubt.
    v: B needs no evidence; R (15) has none; S (5) was left out: 20 of 100 in doubt. 50 is D (over 30), 20 is C (over 15)."""
    table = of(FORM)
    assert table.loc["u", ["self_only", "no_evidence", "missing", "small", "in_doubt"]].tolist() == [0.05, 0.3, 0, 0.15, 0.5]
    assert table.loc["v", ["self_only", "no_evidence", "missing", "small", "in_doubt"]].tolist() == [0, 0.15, 0.05, 0, 0.2]
    assert table["old"].isna().all()
    assert table["grade"].tolist() == ["D", "C"]
    assert table["reasons"].tolist() == ["no_evidence small self_only", "no_evidence missing"]
    assert set(table["rests_on"]) == {"self_only no_evidence missing small"}


def test_a_row_in_doubt_twice_counts_once() -> None:
    """R is one of two, and has no evidence: 15 in doubt, not 30."""
    form = rows(*((("u", code, "verified", "5", "full")) for code in "ABS"), ("u", "R", "verified", "1/2", "missing"))
    assert of(form).loc["u", ["no_evidence", "small", "in_doubt"]].tolist() == [0.15, 0.15, 0.15]


@pytest.mark.parametrize("columns", [["evidence", "evidence_state"], []])
def test_a_form_without_evidence_invents_no_weakness(columns: list[str]) -> None:
    """Where the form does not ask for evidence, or nobody filled it in, its lack says nothing: the share is not known."""
    form = FORM.drop(columns=columns).assign(**dict.fromkeys({"evidence", "evidence_state"} - set(columns), ""))
    table = of(form)
    assert table["no_evidence"].isna().all()
    assert set(table["rests_on"]) == {"self_only missing small"}
    assert table["in_doubt"].tolist() == [0.2, 0.05]
    assert table["grade"].tolist() == ["C", "A"]


def test_whom_nobody_verified() -> None:
    table = of(rows(*(("u", code, "self", "5", "1/CV") for code in "ABS"), ("u", "R", "self", "4/9", "1/CV")))
    assert table.loc["u", ["self_only", "missing", "in_doubt"]].tolist() == [1, 0, 1]
    assert table["grade"].tolist() == ["D"]


def test_old_figures() -> None:
    table = of(FORM, as_of={"A": "2024-12-31", "B": "2025-06-30"}, oldest="2025-01-01")
    assert table["old"].tolist() == [0.5, 0.5]
    assert table["rests_on"].iloc[0].endswith("old")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"as_of": {"A": "2024-12-31"}}, "one without the other"),
        ({"as_of": {"A": "31/12/2024"}, "oldest": "2025-01-01"}, "31/12/2024"),
        ({"as_of": {"X": "2024-12-31"}, "oldest": "2025-01-01"}, "'X'"),
        ({"as_of": {"A": "2024-12-31"}, "oldest": "soon"}, "soon"),
    ],
)
def test_dates_that_are_none_are_refused(more: dict[str, Any], said: str) -> None:
    with pytest.raises(Faults, match=said):
        of(FORM, **more)


def test_who_would_be_listed_and_not_ranked() -> None:
    table = of(FORM).reset_index()
    assert not_ranked(table) == ["u"]
    assert not_ranked(table, "B") == ["u", "v"]
    assert not_ranked(table, "D") == []
    with pytest.raises(Faults, match="one of A, B, C, D"):
        not_ranked(table, "E")


def test_known_from_above_is_looked_at_as_a_whole() -> None:
    """P (10) is stated and proven; Q (10) stated without evidence: half. Their parts are not known, and not missing."""
    tree = framework(
        node("P", 10, indicators=[node("A", 10)]), node("Q", 10, indicators=[node("B", 4), node("C", 6)]), kind="pillars"
    )
    form = rows(("u", "P", "verified", "7", "full"), ("u", "Q", "verified", "7", "missing"))
    table = reliability(tree, form, score(tree, form))
    assert table.loc[0, ["no_evidence", "missing", "in_doubt"]].tolist() == [0.5, 0, 0.5]


def test_alternatives_share_the_maximum_of_the_best() -> None:
    """A (6) is the better of A1 (4) and A2 (6), which share it as 2.4 and 3.6; B has 4. A2 has no evidence: 3.6 of 10."""
    tree = framework(node("A", 6, combine="best", parts=[node("A1", 4), node("A2", 6)]), node("B", 4))
    proofs = {"A1": "full", "A2": "missing", "B": "full"}
    form = rows(*(("u", code, "verified", "1", proof) for code, proof in proofs.items()))
    assert reliability(tree, form, score(tree, form))["no_evidence"].tolist() == [pytest.approx(0.36)]


def test_of_whom_nothing_is_known_nothing_is_said() -> None:
    form = rows(("u", "total", "verified", "unknown", ""), ("v", "total", "verified", "70", ""))
    assert of(form).index.tolist() == ["v"]
    assert of(form.iloc[:1]).empty


_PROOFS = st.sampled_from(["full", "partial", "late", "none", "missing", "12/CV", ""])


@given(st.lists(st.tuples(st.sampled_from("uvw"), st.sampled_from("ABS"), st.sampled_from(["self", "verified"]), _PROOFS),
                min_size=1, unique_by=lambda row: row[:3]))  # fmt: skip
@settings(max_examples=40)
def test_shares_hold_together(given_: list[tuple[str, str, str, str]]) -> None:
    table = of(rows(*((unit, code, basis, "5", proof) for unit, code, basis, proof in given_)))
    for row in table.to_dict("records"):
        known = [row[name] for name in row["rests_on"].split()]
        assert not any(math.isnan(share) for share in known)
        assert max(known) - 1e-9 <= row["in_doubt"] <= min(1, sum(known)) + 1e-9
        assert set(row["reasons"].split()) == {name for name in REASONS if row[name] > 0}
        place = LETTERS.index(row["grade"])
        assert place == 0 or row["in_doubt"] > list(GRADES.values())[place - 1]
        assert place == len(GRADES) or row["in_doubt"] <= list(GRADES.values())[place] + 1e-9
