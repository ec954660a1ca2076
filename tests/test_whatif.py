"""What if: other figures scored anew, by hand, at random, and what is refused."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from helpers import assessment, column, framework, node, ratio
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from small_places import Place, places
from typer.testing import CliRunner

from dti_analysis.cli import app
from dti_analysis.common.exact import Rational
from dti_analysis.common.faults import Faults
from dti_analysis.criteria.cells import read_cell
from dti_analysis.scores.own_steps import rows_of, ways_on
from dti_analysis.scores.schema_outlook import TRIED as SCHEMA
from dti_analysis.scores.schemas import validated
from dti_analysis.scores.scoring import exact_scores, score
from dti_analysis.scores.whatif import WHAT_IF, cells_of_steps, changed, trials, what_if, written

LEVELS = {
    "full": {"vi": "đủ", "en": "full", "share": 1},
    "none": {"vi": "chưa", "en": "none", "share": 0},
}
FRAMEWORK = framework(
    node("P1", 20, indicators=[node("P1.1", 10, ratio()), node("P1.2", 10, {"yes_no": {}})]),
    node("P2", 10, indicators=[node("P2.1", 10, {"levels": {"levels": LEVELS}})]),
    kind="pillars",
)
FORM = {
    "u1": {"P1.1": {"a": 5, "b": 10}, "P1.2": "không", "P2.1": "đủ"},  # 5 + 0 + 10 = 15
    "u2": {"P1.1": {"a": 8, "b": 10}, "P1.2": "có", "P2.1": "chưa"},  #  8 + 10 + 0 = 18
    "u3": {"P1.1": {"a": 2, "b": 10}, "P2.1": "đủ"},  #                  2 + 0 + 10 = 12
}
ROWS = assessment(FORM)


def test_by_hand() -> None:
    # u1 with 9 of 10: P1.1 9, P1 9 of 20, total 9 + 0 + 10 = 19 of 30, before u2 (18): first instead of second.
    figures, passed = what_if(FRAMEWORK, ROWS, None, "u1", {"P1.1.a": 9})
    validated(figures, SCHEMA)
    assert list(figures.columns) == WHAT_IF
    shown = ["component", "points_before", "points_after", "max_points", "rank_before", "rank_after"]
    assert figures[shown].to_numpy().tolist() == [
        ["total", 15, 19, 30, 2, 1], ["P1", 5, 9, 20, 2, 2], ["P1.1", 5, 9, 10, 2, 1],
    ]  # fmt: skip
    assert figures["score_after"].tolist() == [19 / 30, 9 / 20, 9 / 10]
    assert passed.to_numpy().tolist() == [["u2", 1, 2, "passed"]]


def test_losing_points_says_who_passes() -> None:
    # u1 without its level: 5 of 30, behind u3 (12)
    figures, passed = what_if(FRAMEWORK, ROWS, None, "u1", {"P2.1": "chưa"})
    assert figures.iloc[0][["points_after", "rank_after"]].tolist() == [5, 3]
    assert passed.to_numpy().tolist() == [["u3", 3, 2, "passed_by"]]


def test_drawing_level_is_said() -> None:
    # u1 with 8 of 10 has 8 + 0 + 10 = 18, as u2: both first, and u3 third as before
    figures, passed = what_if(FRAMEWORK, ROWS, None, "u1", {"P1.1.a": 8})
    assert figures.iloc[0][["points_after", "rank_before", "rank_after"]].tolist() == [18, 2, 1]
    assert passed.to_numpy().tolist() == [["u2", 1, 1, "level"]]
    # u1 down to u3's 12: 2 of 10 and its level; both second
    assert what_if(FRAMEWORK, ROWS, None, "u1", {"P1.1.a": 2})[1].to_numpy().tolist() == [["u3", 3, 2, "level"]]


def test_a_row_left_out_is_added() -> None:
    # u3 handed in no P1.2: 12 + 10 = 22, first
    figures, passed = what_if(FRAMEWORK, ROWS, None, "u3", {"P1.2": True})
    assert figures.iloc[0][["points_after", "rank_before", "rank_after"]].tolist() == [22, 3, 1]
    assert passed["unit"].tolist() == ["u2", "u1"]
    assert len(ROWS) == 8


def test_only_verified_rows_change() -> None:
    both = pd.concat([ROWS.assign(basis="self"), ROWS.assign(basis="verified")], ignore_index=True)
    after = changed(FRAMEWORK, both, "u1", {("P1.1", "a"): "9"})
    at = (after["unit"] == "u1") & (after["indicator"] == "P1.1")
    assert dict(zip(after[at]["basis"], after[at]["a"], strict=True)) == {"self": "5", "verified": "9"}
    added = changed(FRAMEWORK, both, "u3", {("P1.2", "value"): "có"}).iloc[-1]
    assert (added["unit"], added["indicator"], added["basis"], added["value"]) == ("u3", "P1.2", "verified", "có")


def test_does_not_apply_and_emptied() -> None:
    figures, _ = what_if(FRAMEWORK, ROWS, None, "u1", {"P1.2": "n/a"})
    assert figures.iloc[0][["points_after", "max_points"]].tolist() == [15, 20]
    assert what_if(FRAMEWORK, ROWS, None, "u1", {"P2.1": ""})[0].iloc[0]["points_after"] == 5


def test_faults_all_at_once() -> None:
    wrong = {"P9.1.a": 1, "P1.1.z": 1, "P1.1.a": "nhiều", "P1.1.b": "-1", "P1.2": "có lẽ", "P2.1": "gần đủ", "P1": 3}
    with pytest.raises(Faults) as caught:
        what_if(FRAMEWORK, ROWS, None, "u1", wrong)
    assert len(caught.value.faults) == len(wrong)
    with pytest.raises(Faults, match="u1"):
        what_if(FRAMEWORK, ROWS, None, "u11", {"P1.1.a": 1})


def test_what_the_rule_refuses_is_a_fault() -> None:
    strict = framework(node("A", 10, ratio(above_one="refuse")))
    with pytest.raises(Faults):
        what_if(strict, assessment({"u1": {"A": {"a": 1, "b": 2}}, "u2": {"A": {"a": 1, "b": 2}}}), None, "u1", {"A.a": 3})


@pytest.mark.parametrize(
    ("value", "text"),
    [(True, "có"), (False, "không"), (812, "812"), (1000, "1000"), (0.1, "0.1"), (1.25, "1.25"), (" có ", "có"), (0, "0"),
     (Rational(5, 4), "1.25"), (Rational(1, 8), "0.1250"), (Rational(1001, 1000), "1.0010"), (Rational(-3, 2), "-1.5"),
     (Rational(-1, 20), "-0.05"), (1e22, "1" + "0" * 22)],
)  # fmt: skip
def test_written(value: Any, text: str) -> None:
    assert written(value) == text


@given(st.integers(-(10**7), 10**7), st.integers(0, 6))
def test_what_is_written_is_read_back(number: int, places_: int) -> None:
    value = Rational(number, 10**places_)
    leaf = FRAMEWORK.by_code["P1.1"]
    assert read_cell(leaf, "number", written(value)) == value


def _by_code(scores: pd.DataFrame, unit: str) -> dict[str, dict[Any, Any]]:
    return {row["component"]: row for row in scores[scores["unit"] == unit].to_dict("records")}


@settings(max_examples=60, deadline=None)
@given(places())
def test_trials_are_what_scoring_again_gives(place: Place) -> None:
    try:
        scores = score(place.framework, place.rows, place.units)
    except Faults:  # points compared where maxima differ
        assume(False)
    each = [
        (unit, cells_of_steps(way))
        for unit in place.groups
        for ways in ways_on(place.framework, rows_of(place.rows, unit), _by_code(scores, unit)).values()
        for way in ways
    ]
    assume(each)
    before = column(exact_scores(place.framework, place.rows, place.units, "test"))
    for (unit, cells), gain in zip(each, trials(place.framework, place.rows, place.groups, each), strict=True):
        rows = changed(place.framework, place.rows, unit, cells)
        assert column(exact_scores(place.framework, rows, place.units, "test"))[unit] - before[unit] == gain


# ---- the command -------------------------------------------------------------------------------------------------------

COMMAND = ["whatif", "--place", "tinhmau", "--year", "2025", "--level", "district", "--unit", "mau-huyen-thuong"]


def test_the_command_says_points_rank_and_that_others_stand_still() -> None:
    told = CliRunner().invoke(app, [*COMMAND, "--set", "P6.06=có", "--lang", "en"])
    assert told.exit_code == 0, told.output
    lines = told.output.splitlines()
    assert "693.52" in lines[0] and "713.52" in lines[0] and "20" in lines[0]
    assert any(line for line in lines if "P6.06" in line)
    assert lines[-1].startswith("The other units")
    assert "rank 4 → 3" in lines[0]  # level with the third, so that nobody is passed


@pytest.mark.parametrize(
    "arguments",
    [["--set", "P6.06"], ["--set", "P6.99=1"], ["--set", "P6.06.z=1"], ["--set", "P6.06=maybe"],
     ["--set", "P6.06=có", "--unit", "nowhere"]],
)  # fmt: skip
def test_the_command_refuses(arguments: list[str]) -> None:
    told = CliRunner().invoke(app, [*COMMAND, *arguments])
    assert isinstance(told.exception, Faults)
    assert len(told.exception.faults) == 1


def test_another_language_is_wrong_usage() -> None:
    assert CliRunner().invoke(app, [*COMMAND, "--set", "P6.06=có", "--lang", "fr"]).exit_code == 2
