"""What if: figures changed, scored anew, and what the command prints of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from dti_analysis.common.faults import Faults
from dti_analysis.scores.schemas import WHAT_IF, validated
from dti_analysis.scores.whatif import read_changes, what_if
from dti_analysis.studies.study import Study
from tests.helpers import assessment, framework, node, ratio

DTI = Path(sys.executable).parent / "dti"
RULES = framework(node("P1.01", 10, ratio(above_one="refuse")), node("P1.02", 10))
ROWS = assessment(
    {"a": {"P1.01": {"a": 1, "b": 4}, "P1.02": 5}, "b": {"P1.01": {"a": 2, "b": 4}, "P1.02": 5}, "c": {"P1.02": 9}}
)


def test_points_ranks_and_who_is_passed_by_hand() -> None:
    """a: 2.5 + 5 = 7.5; b: 5 + 5 = 10; c: 0 + 9 = 9. With 4 of 4, a has 10 + 5 = 15: it passes both. b falls to second."""
    table = validated(what_if(RULES, ROWS, None, "a", {"P1.01.a": 4}), WHAT_IF)
    total, own = table.to_dict("records")
    assert (total["component"], total["points_before"], total["points_after"]) == ("total", 7.5, 15)
    assert (total["rank_before"], total["rank_after"], total["passed"], total["passed_by"]) == (3, 1, "b c", "")
    assert (own["component"], own["points_before"], own["points_after"], own["rank_after"]) == ("P1.01", 2.5, 10, 1)


def test_a_fall_and_a_row_that_was_not_there() -> None:
    """b to 0 of 4: 5, passed by a and c. c, who had no P1.01, with 4 of 4: 10 + 9 = 19."""
    fall = what_if(RULES, ROWS, None, "b", {"P1.01.a": 0}).iloc[0]
    assert (fall["points_after"], fall["passed_by"]) == (5, "a c")
    rise = what_if(RULES, ROWS, None, "c", {"P1.01.a": 4, "P1.01.b": 4}).iloc[0]
    assert (rise["points_after"], rise["rank_after"]) == (19, 1)
    gone = what_if(RULES, ROWS, None, "c", {"P1.02": ""}).iloc[0]
    assert (gone["points_after"], gone["rank_after"]) == (0, 3)


def test_faults_are_told_all_at_once() -> None:
    with pytest.raises(Faults) as caught:
        what_if(RULES, ROWS, None, "d", {"P1.01.z": 1, "P9.01.a": 2, "P1.02": "many"})
    assert [fault.found for fault in caught.value.faults] == [
        "'d'", "'P1.01.z', which no rule reads", "the criterion 'P9.01.a'", "P1.02 = 'many'",
    ]  # fmt: skip
    with pytest.raises(Faults, match="a 5"):
        what_if(RULES, ROWS, None, "a", {"P1.01.a": 5})
    with pytest.raises(Faults, match="no change"):
        what_if(RULES, ROWS, None, "a", {})
    with pytest.raises(Faults) as caught:
        read_changes(["P1.01.a", "=3", "P1.02=1", "P1.02=2"])
    assert len(caught.value.faults) == 3


def test_changing_nothing_changes_nothing() -> None:
    study = Study(2025, "district", "vi", place="tinhmau")
    own = study.rows[(study.rows["unit"] == "mau-huyen-bac") & (study.rows["indicator"] == "P1.04")]
    row = study.outlook.what_if("mau-huyen-bac", {"P1.04.a": own["a"].iloc[-1]}).iloc[0]
    assert (row["points_before"], row["rank_before"]) == (row["points_after"], row["rank_after"])
    assert row["passed"] == row["passed_by"] == ""


def test_results_of_a_part_of_the_units_give_no_rank() -> None:
    with pytest.raises(Faults, match="results of 3 of 9 units"):
        _ = Study(2023, "district", "vi", place="yenbai").outlook.what_if("huyen-yen-binh", {"P1": 1})


def run(*more: str) -> subprocess.CompletedProcess[str]:
    command = [str(DTI), "whatif", "--place", "tinhmau", "--year", "2025", "--level", "district", *more]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_command_prints_points_rank_who_is_passed_and_the_caveat() -> None:
    done = run("--unit", "mau-huyen-bac", "--set", "P3.03.a=6", "--set", "P2.06=complete")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "Huyện Mẫu Bắc: 620,00 → 660,00 điểm (+40,00), hạng 7 → 5"
    assert lines[-2:] == ["Vượt: Huyện Mẫu Đông và Huyện Mẫu Giang", "Các đơn vị khác giữ nguyên."]
    english = run("--unit", "mau-huyen-bac", "--set", "P3.03.a=0", "--lang", "en").stdout.splitlines()
    assert english[0].endswith("620.00 → 620.00 points (0.00), rank 7 → 7")
    assert english[-2:] == ["Passes nobody and is passed by nobody", "Others unchanged."]


def test_the_command_refuses_in_words() -> None:
    done = run("--unit", "mau-huyen-bak", "--set", "P3.03.x=6", "--set", "P1.03.a=abc")
    assert done.returncode == 1
    assert "3 faults" in done.stderr and "Traceback" not in done.stderr
    assert "expected 'mau-huyen-bac'?" in done.stderr and "'P3.03.x', which no rule reads" in done.stderr
    assert run("--unit", "mau-huyen-bac").returncode == 2
    assert "lang: found 'fr'" in run("--unit", "mau-huyen-bac", "--set", "P1.03.a=1", "--lang", "fr").stderr
