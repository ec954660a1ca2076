"""Passing recognition: the rule of a place read from its file, a checklist, and what it leaves to be done."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from dti_analysis.common.faults import Faults
from dti_analysis.records.sources import Data
from dti_analysis.scores.recognition import recognise
from dti_analysis.studies.recognised import pass_rule, read_checklist, shares, to_pass
from dti_analysis.studies.study import Study
from dti_analysis.views import recognised_page

LIST = """unit,criterion,kind,met
mau-huyen-bac,B1,mandatory,có
mau-huyen-bac,B2,mandatory,không
mau-huyen-bac,M1,extended,không
mau-huyen-bac,M2,extended,
mau-huyen-bac,M3,extended,không
mau-huyen-bac,M4,extended,không
mau-huyen-nam,B1,mandatory,có
mau-huyen-nam,B2,mandatory,có
mau-huyen-nam,M1,extended,có
mau-huyen-nam,M2,extended,có
"""
"""By 02/HD-UBND a district meets all mandatory criteria and 30 % of the extended ones: of 4, 1.2, so 2. Bắc lacks B2 and two of
M1 to M4; Nam passes."""


@pytest.fixture
def checklist(tmp_path: Path) -> Path:
    path = tmp_path / "checklist.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def test_a_plan_to_pass_by_hand(checklist: Path) -> None:
    rule = pass_rule(Data(), "yenbai", "district")
    assert rule is not None and shares(rule, "district") == {"mandatory": 1.0, "extended": 0.3}
    table = read_checklist(checklist)
    found = to_pass(rule, "district", table, "mau-huyen-bac")
    assert found.recognised is False
    assert found.to_do.to_numpy().tolist() == [["B2", "mandatory", 1], ["M1", "extended", 1], ["M2", "extended", 1]]
    dear = to_pass(rule, "district", table, "mau-huyen-bac", {"M1": 5.0})
    assert list(dear.to_do["criterion"]) == ["B2", "M2", "M3"]
    assert to_pass(rule, "district", table, "mau-huyen-nam").to_do.empty
    met = table.assign(met=[True if criterion in set(found.to_do["criterion"]) else own
                            for criterion, own in zip(table["criterion"], table["met"], strict=True)])  # fmt: skip
    assert recognise(met, 1.0, 0.3).set_index("unit").loc["mau-huyen-bac", "recognised"]


def test_what_is_wrong_with_a_checklist_is_said(checklist: Path, tmp_path: Path) -> None:
    checklist.write_text(LIST.replace("B1,mandatory,có", "B1,mandatory,rồi", 1).replace("M4,extended,không", "M4,extended,?"))
    with pytest.raises(Faults) as caught:
        read_checklist(checklist)
    assert [fault.place for fault in caught.value.faults] == ["row 2, met", "row 7, met"]
    checklist.write_text("unit,criterion\na,b\n")
    with pytest.raises(Faults, match="no column kind, met"):
        read_checklist(checklist)
    with pytest.raises(Faults, match="No such file"):
        read_checklist(tmp_path / "none.csv")
    rule = pass_rule(Data(), "yenbai", "district")
    assert rule is not None
    checklist.write_text(LIST)
    with pytest.raises(Faults, match="'mau-huyen-x'"):
        to_pass(rule, "district", read_checklist(checklist), "mau-huyen-x")
    with pytest.raises(Faults, match="'Z'"):
        to_pass(rule, "district", read_checklist(checklist), "mau-huyen-bac", {"Z": 1.0})


def test_the_page_says_the_rule_and_the_plan(checklist: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = Study(2025, "district", "vi", place="tinhmau", unit="mau-huyen-bac")
    (said,) = recognised_page.recognition(study)
    assert "Tỉnh Mẫu chưa có quy tắc xét công nhận" in said.data  # type: ignore[attr-defined]
    rule = pass_rule(Data(), "yenbai", "district")
    monkeypatch.setattr(recognised_page, "pass_rule", lambda *_: rule)
    (said,) = recognised_page.recognition(study)
    assert all(words in said.data for words in ("02/HD-UBND", "100% tiêu chí bắt buộc", "30% tiêu chí mở rộng", "tệp CSV"))  # type: ignore[attr-defined]
    said, table = recognised_page.recognition(study, str(checklist))
    assert "cần đạt thêm 3 tiêu chí" in said.data and "B2" in table.data  # type: ignore[attr-defined]
    passing = Study(2025, "district", "en", place="tinhmau", unit="mau-huyen-nam")
    (said,) = recognised_page.recognition(passing, str(checklist))
    assert "meets the conditions" in said.data  # type: ignore[attr-defined]


def test_a_kind_of_which_nothing_is_listed_decides_nothing() -> None:
    rule = pass_rule(Data(), "yenbai", "district")
    assert rule is not None
    table = pd.DataFrame({"unit": ["u"], "criterion": ["B1"], "kind": ["mandatory"], "met": [True]})
    found = to_pass(rule, "district", table, "u")
    assert found.recognised is None and found.to_do.empty
