"""A year that is not decided yet, who is ranked, and units that carry on others: from the file to the page."""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from helpers import assessment, framework, node, ratio

from dti_analysis.checks import check
from dti_analysis.common.exact import Rational
from dti_analysis.common.faults import Faults
from dti_analysis.publishing.annex import write_annex
from dti_analysis.publishing.letter import write_letters
from dti_analysis.records.sources import Data, Key
from dti_analysis.records.successors import heir, successors
from dti_analysis.scores.continued import continued, predecessors, ranked
from dti_analysis.scores.provisional import counted, marked, unappraised
from dti_analysis.scores.scoring import exact_scores, score
from dti_analysis.studies.study import Study
from dti_analysis.views import findings, tables, unit_page, year_so_far

KEY = Key("tinhmau", "dti", 2025, "district")
Row = dict[str, str]


@pytest.fixture
def part(tmp_path: Path) -> Callable[..., Study]:
    """The sample districts of 2025 with only some of their rows, and whatever the sidecar is made to say."""

    def make(keep: Callable[[Row], bool], **said: Any) -> Study:
        root = tmp_path / "data"
        shutil.copytree(Data().root, root, dirs_exist_ok=True)
        path = root / "assessments" / KEY.place / KEY.index / "2025" / "district.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(filter(keep, rows))
        sidecar = path.with_suffix(".meta.yml")
        held = yaml.safe_load(sidecar.read_text(encoding="utf-8"))
        held |= {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), **said}
        sidecar.write_text(yaml.safe_dump(held, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return Study.of(KEY, data=Data(root))

    return make


def text(shown: Any) -> str:
    return re.sub(r"<[^>]+>", " ", str(shown.data))


WHOLE = Study.of(KEY)
UNITS = list(WHOLE.units["unit"])
LAST = UNITS[-1]
APPRAISED = UNITS[:4]


def claims_but(*without: str) -> Callable[[Row], bool]:
    return lambda row: row["basis"] == "self" and row["unit"] not in without


def half(row: Row) -> bool:
    return row["unit"] != LAST and (row["basis"] == "self" or row["unit"] in APPRAISED)


def test_only_claims_are_a_provisional_ranking_of_those_who_handed_in(part: Callable[..., Study]) -> None:
    study = part(claims_but(LAST))
    assert (study.state, study.provisional, study.partial) == ("collecting", True, False)
    assert study.waiting == [LAST]
    own = WHOLE.scores[(WHOLE.scores["basis"] == "self") & (WHOLE.scores["component"] == "total")]
    due = own[own["unit"] != LAST].sort_values("points", ascending=False)
    assert list(study.ranking["unit"]) == list(due["unit"])
    assert set(study.ranking["state"]) == {"claimed"} and LAST not in set(study.ranking["unit"])
    said = text(findings.status(study))
    assert "Kết quả tạm tính theo điểm tự chấm" in said and "8 trong 9 đơn vị" in said
    assert f"Chưa nộp phiếu: {study.unit_name(LAST)}" in said and "không phải là 0 điểm" in said
    assert "Tạm tính: " in text(findings.leader(study))
    shown = text(tables.ranking(study))
    assert "chưa nộp phiếu" in shown and "0 điểm vì" not in shown and "(tạm tính)" in shown
    assert study.movement is None and study.change.silent == "provisional" and not study.firmness.told
    assert study.appraisal.empty and findings.appraisal(study) is None


def test_half_appraised_puts_nobody_at_0(part: Callable[..., Study]) -> None:
    study = part(half)
    assert study.state == "appraising"
    points = study.ranking.set_index("unit")["points"]
    assert (points > 400).all()
    assert study.ranking.set_index("unit")["state"].to_dict() == {
        unit: "assessed" if unit in APPRAISED else "claimed" for unit in UNITS if unit != LAST
    }
    done = year_so_far.appraised(study)
    assert {unit for unit, (one, every) in done.items() if one == every} == set(APPRAISED)
    assert set(study.appraisal["unit"]) == set(APPRAISED), "nothing is said of what the council has not seen"
    assert "hội đồng đã thẩm định" in text(findings.status(study))


def test_one_form_alone_is_compared_with_nobody(part: Callable[..., Study]) -> None:
    study = part(lambda row: row["unit"] == UNITS[0] and row["basis"] == "self")
    assert len(study.waiting) == 8
    assert "chưa có đơn vị nào khác để so sánh" in text(findings.leader(study))
    assert year_so_far.appraised(study) == {UNITS[0]: (0, 46)}, "what comes from the communes is nobody's answer"
    assert study.standing.bounds["rank_high"].tolist() == [9] * 9


def test_the_bounds_hold_what_the_council_decides_in_the_end(part: Callable[..., Study]) -> None:
    """What is open is open from 0 to the maximum, so that the final points and rank of each unit lie within its bounds."""
    study = part(half)
    bounds, end = study.standing.bounds.set_index("unit"), WHOLE.ranking.set_index("unit")
    assert set(bounds.index) == set(UNITS), "who is waited for may still come out anywhere"
    for unit in UNITS:
        assert bounds.at[unit, "points_low"] - 1e-9 <= end.at[unit, "points"] <= bounds.at[unit, "points_high"] + 1e-9
        assert bounds.at[unit, "rank_low"] <= end.at[unit, "rank"] <= bounds.at[unit, "rank_high"]
    assert (bounds.loc[APPRAISED, "open_points"] < bounds.loc[[LAST], "open_points"].iloc[0]).all()


def test_a_unit_page_says_what_is_not_appraised(part: Callable[..., Study]) -> None:
    study = part(half)
    claimed = Study.of(KEY, data=study.data)
    claimed.unit = next(unit for unit in UNITS if unit not in APPRAISED)
    assert "chưa thẩm định; tạm tính theo số tự chấm" in text(unit_page.criteria(claimed))
    claimed.unit = APPRAISED[0]
    assert "chưa thẩm định" not in text(unit_page.criteria(claimed))


def test_no_letter_and_no_annex_before_the_decision(part: Callable[..., Study], tmp_path: Path) -> None:
    study = part(half)
    for write in (write_letters, write_annex):
        with pytest.raises(Faults, match="a year that is appraising"):
            write(study, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    book = tmp_path / "book.xlsx"
    study.to_excel(book)
    assert book.exists()


@pytest.mark.parametrize("state", ["decided", "published"])
def test_decided_with_open_claims_is_refused(part: Callable[..., Study], state: str) -> None:
    study = part(half, state=state)
    with pytest.raises(Faults) as refused:
        _ = study.ranking
    assert len(refused.value.faults) == len(UNITS) - len(APPRAISED) - 1
    assert "claims of" in str(refused.value) and "not appraised" in str(refused.value)
    found = [str(fault) for fault in check(study.data.root)]
    assert found and all("not appraised" in fault for fault in found)


def test_an_unknown_state_is_refused(part: Callable[..., Study]) -> None:
    with pytest.raises(Faults, match="state"):
        part(lambda row: True, state="draft")


def test_decided_without_a_form_is_0_and_says_why(part: Callable[..., Study]) -> None:
    study = part(lambda row: row["unit"] != LAST, state="decided")
    assert (study.provisional, study.waiting) == (False, [])
    row = study.ranking.set_index("unit").loc[LAST]
    assert (row["points"], row["state"], row["rank"]) == (0, "missing", 9)
    assert "0 điểm vì không nộp phiếu" in text(tables.ranking(study))
    said = text(findings.status(study))
    assert "Không nộp phiếu, được tính 0 điểm" in said and "chưa ban hành" in said
    assert "Trong đó không nộp" in text(tables.tiers(study)), "an answer left out is no answer that earned nothing"
    assert study.movement is not None


SET = framework(node("A", 50, ratio()), node("B", 50))


def test_missing_claimed_0_and_not_applicable_are_four_things() -> None:
    """u: A claimed 3/4 (37.5 points), B appraised at 0. v: A not applicable, B left out. w: nothing. 37.5 + 0 = 37.5."""
    absent = {"a": "n/a", "b": "n/a"}
    own = assessment({"u": {"A": {"a": 3, "b": 4}, "B": 20}, "v": {"A": absent, "B": ""}}, basis="self")
    seen = assessment({"u": {"B": 0}, "v": {"A": absent}}, basis="verified")
    rows = pd.concat([own, seen], ignore_index=True).fillna("")
    claims = unappraised(rows, SET)
    assert list(zip(claims["unit"], claims["indicator"], strict=True)) == [("u", "A")]
    units = pd.DataFrame({"unit": ["u", "v", "w"], "group": ""})
    scores = marked(score(SET, counted(rows, claims), units), SET, claims)
    held = scores[scores["basis"] == "verified"].set_index(["unit", "component"])
    assert held["state"].to_dict() == {
        ("u", "total"): "claimed", ("u", "A"): "claimed", ("u", "B"): "assessed",
        ("v", "total"): "missing", ("v", "A"): "not_applicable", ("v", "B"): "missing",
        ("w", "total"): "missing", ("w", "A"): "missing", ("w", "B"): "missing",
    }  # fmt: skip
    assert held["points"][("u", "total")] == 37.5
    assert unappraised(rows[rows["basis"] == "verified"], SET).empty
    assert unappraised(rows.drop(columns="basis"), SET).empty, "rows without a basis are verified"


def test_a_claim_is_answered_by_a_verified_row_above_or_below_it() -> None:
    tree = framework(node("P", 50, indicators=[node("P.a", 50)]), kind="pillars")
    for claim, seen in (("P", "P.a"), ("P.a", "P"), ("total", "P.a"), ("P.a", "total")):
        rows = pd.concat([assessment({"u": {claim: 5}}, basis="self"), assessment({"u": {seen: 4}}, basis="verified")])
        assert unappraised(rows.reset_index(drop=True), tree).empty, (claim, seen)


# Who is due.


@pytest.fixture
def merged(tmp_path: Path) -> Path:
    """A data folder whose second district ended in the middle of 2025 and went into the first, its forms handed in."""
    root = tmp_path / "merged"
    shutil.copytree(Data().root, root)
    path = root / "units.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    for at, line in enumerate(lines):
        cells = line.split(",")
        if cells[0] == UNITS[1]:
            cells[8], cells[9] = "2025-06-30", UNITS[0]
            lines[at] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


def test_who_ended_before_the_day_that_counts_is_not_ranked_beside_the_living(merged: Path) -> None:
    study = Study.of(KEY, data=Data(merged))
    assert not [fault for fault in check(merged) if "district" in fault.file]
    assert UNITS[1] not in set(study.ranking["unit"]) and len(study.ranking) == 8
    assert study.not_due == [UNITS[1]]
    said = text(findings.status(study))
    assert f"31/12/2025, là ngày xác định đơn vị được đánh giá: {study.unit_name(UNITS[1])}" in said


def test_the_set_may_name_another_day(merged: Path) -> None:
    path = merged / "frameworks" / "sample-district-2025.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("\nranking:", "\ndue_on: 06-30\nranking:", 1), encoding="utf-8")
    study = Study.of(KEY, data=Data(merged))
    assert study.day_due == "2025-06-30" and UNITS[1] in set(study.ranking["unit"]) and study.not_due == []
    path.write_text(path.read_text(encoding="utf-8").replace("due_on: 06-30", "due_on: 30-06", 1), encoding="utf-8")
    with pytest.raises(Faults, match="due_on"):
        _ = Data(merged).framework("sample-district-2025")


def test_a_merged_unit_carries_on_the_mean_and_nobody_rises_by_it(merged: Path) -> None:
    study = Study.of(KEY, data=Data(merged))
    assert study.carried == {UNITS[0]: UNITS[:2]}
    before = Study.of(KEY._replace(year=2024), data=study.data).ranking.set_index("unit")["score"]
    mean = (before[UNITS[0]] + before[UNITS[1]]) / 2
    assert study.movement is not None
    moved = study.movement[study.movement["component"] == "total"].set_index("unit")
    now = study.ranking.set_index("unit")["score"]
    assert moved.at[UNITS[0], "score_change"] == pytest.approx(now[UNITS[0]] - mean)
    assert set(moved["direction"]) <= {"rose", "held", "fell"} and len(moved) == 8
    others = before.drop(UNITS[:2])
    assert moved.at[UNITS[0], "from_rank"] == 1 + (others > mean).sum()
    for unit in others.index:  # ranks of last year are those among the units of today
        assert moved.at[unit, "from_rank"] == 1 + (others > others[unit]).sum() + (mean > others[unit])
    said = text(findings.movement(study))
    assert (
        "tiếp nối 2 đơn vị" in said
        and "bình quân điểm của các đơn vị đó" in said
        and "xếp lại theo các đơn vị hiện nay" in said
    )
    ranks = study.change.ranks
    assert ranks is not None and set(ranks["status"]) == {"ranked"}
    parts = ranks[["own", "others", "entered", "left", "merged", "criteria_set"]].fillna(0).sum(axis=1)
    assert (parts - ranks["rank_change"]).abs().max() < 1e-9
    assert ranks.set_index("unit")["from_rank"].to_dict() == moved["from_rank"].to_dict()


def test_the_mean_of_two_sheets_by_hand() -> None:
    """x: A 30 of 50, B 20 of 50: 0.5. y: A does not apply, B 40 of 50: 0.8. Mean 0.65, on a maximum of (100 + 50)/2 = 75: 48.75
    points. y's sheet is brought from 50 to 75 (×1.5), x's from 100 to 75 (×0.75):
    A (22.5 + 0)/2 = 11.25 of (37.5 + 0)/2 = 18.75; B (15 + 60)/2 = 37.5 of (37.5 + 75)/2 = 56.25; 11.25 + 37.5 = 48.75."""
    tree = framework(node("A", 50), node("B", 50))
    rows = assessment({"x": {"A": 30, "B": 20}, "y": {"A": "n/a", "B": 40}, "z": {"A": 50, "B": 0}})
    carried = predecessors(["x", "y", "z"], {"new", "z"}, {"x": "new", "y": "new"})
    assert carried == {"new": ["x", "y"]}
    table = ranked(continued(exact_scores(tree, rows), carried, {"new": ""}), tree.ranking).set_index(["unit", "component"])
    assert {unit for unit, _ in table.index} == {"new", "z"}
    points = {code: table.at[("new", code), "points"] for code in ("total", "A", "B")}
    assert points == {"total": Rational("48.75"), "A": Rational("11.25"), "B": Rational("37.5")}
    assert table.at[("new", "total"), "score"] == 0.65
    assert [table.at[(unit, "total"), "rank"] for unit in ("new", "z")] == [1, 2]


def test_the_34_provinces_of_2024_are_the_means_of_their_predecessors() -> None:
    """Every merged province as dti.gov.vn printed it, from the printed 63: within the rounding of four digits."""
    data = Data()
    before, after = (Study(2024, level, data=data, place="national") for level in ("province", "merged-province"))
    now, follow = set(after.units["unit"]), successors(data.units)
    units = list(before.units["unit"])
    carried = predecessors(units, now, {unit: heir(unit, follow, now) for unit in units})
    assert len(carried) == 34
    table = ranked(continued(before.exact("verified"), carried, {}), before.framework.ranking)
    means = table[table["component"] == "total"].set_index("unit")["score"]
    printed = after.ranking.set_index("unit")["score"]
    assert (means - printed).abs().max() < 0.0001 + 1e-9


def test_successors_in_a_ring_are_refused_and_lead_nowhere(tmp_path: Path) -> None:
    after = {"a": "b", "b": "c", "c": "a"}
    assert [heir(unit, after, {"z"}) for unit in after] == ["", "", ""]
    assert heir("a", after, {"c"}) == "c"
    root = tmp_path / "ring"
    shutil.copytree(Data().root, root)
    path = root / "units.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    for at, line in enumerate(lines):
        cells = line.split(",")
        if cells[0] in UNITS[:2]:
            cells[8], cells[9] = "2024-12-31", UNITS[1 - UNITS.index(cells[0])]
            lines[at] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert any(UNITS[0] in str(fault) and "successor" in str(fault) for fault in check(root))
