"""Corrections and appeals: applied between intake and score, guarded, shown, and counted."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from helpers import assessment, column, framework, node, ratio

from dti_analysis.checks import check
from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import Faults
from dti_analysis.records.corrections import Decision, corrected, share_granted
from dti_analysis.records.sources import Data, Key
from dti_analysis.scores.disputes import disputes
from dti_analysis.scores.scoring import score
from dti_analysis.studies.study import Study
from dti_analysis.views import corrections_page, firmness_page

KEY = Key("tinhmau", "dti", 2025, "department")
UNIT, PASSED = "mau-so-lao-dong-va-xa-hoi", "mau-so-tai-nguyen-va-moi-truong"
ENTRY: dict[str, Any] = {
    "kind": "correction", "number": "1/QĐ", "decided": "2026-02-12", "by": "Hội đồng", "unit": "u2", "indicator": "P1",
    "reason_vi": "Nhầm số", "cells": {"a": {"was": "2", "becomes": "3"}},
}  # fmt: skip


def written(folder: Path, *entries: dict[str, Any]) -> Path:
    path = folder / "decisions.yaml"
    path.write_text(yaml.safe_dump(list(entries), allow_unicode=True), encoding="utf-8")
    return path


def rows() -> pd.DataFrame:
    return assessment({"u1": {"P1": {"a": 3, "b": 4}}, "u2": {"P1": {"a": 2, "b": 4}}}, basis="verified")


def test_a_correction_is_in_force_before_scoring_and_what_was_received_stays(tmp_path: Path) -> None:
    # 10 points, a/b: u2 2/4 = 5 points, behind u1 with 3/4 = 7.5; corrected to 4/4 it has 10 and leads
    rule, received = framework(node("P1", 10, ratio())), rows()
    path = written(tmp_path, ENTRY | {"cells": {"a": {"was": "2", "becomes": "4"}}})
    table = corrected(received, path, "forms.csv")
    assert column(score(rule, table)) == {"u1": 7.5, "u2": 10.0}
    assert column(score(rule, table), "rank") == {"u1": 2, "u2": 1}
    assert column(score(rule, received), "rank") == {"u1": 1, "u2": 2}
    assert received.equals(rows())
    assert corrected(received, tmp_path / "none.yaml", "") is received


def test_decisions_follow_one_another_and_one_may_fill_a_row_nobody_handed_in(tmp_path: Path) -> None:
    second = ENTRY | {"number": "2/QĐ", "cells": {"a": {"was": "3", "becomes": "1"}}}
    added = ENTRY | {"number": "3/QĐ", "indicator": "P2", "cells": {"value": {"was": "", "becomes": "5"}}}
    table = corrected(rows(), written(tmp_path, ENTRY, second, added), "forms.csv")
    assert table.loc[table["indicator"] == "P1", "a"].tolist() == ["3", "1"]
    assert table.iloc[-1].to_dict() == {"unit": "u2", "indicator": "P2", "a": "", "b": "", "basis": "verified", "value": "5"}
    assert len(table) == 3


def test_a_stale_decision_is_refused_by_name_and_all_of_them_at_once(tmp_path: Path) -> None:
    stale = ENTRY | {"cells": {"a": {"was": "1", "becomes": "3"}, "b": {"was": "5", "becomes": "6"}, "points": {"was": "", "becomes": "3"}}}  # fmt: skip # noqa: E501
    with pytest.raises(Faults) as refused:
        corrected(rows(), written(tmp_path, stale), "data/forms.csv")
    said = [str(fault) for fault in refused.value.faults]
    assert len(said) == 3
    assert re.search(r"decisions.yaml: line \d+: u2, P1, a: found '2' in forms.csv; expected '1', which 1/QĐ replaces", said[0])
    assert "the decision is stale" in said[1]
    assert "found the column 'points'" in said[2]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"reson_vi": "x"}, "found the key 'reson_vi'; expected 'reason_vi'?"),
        ({"number": ""}, "expected a text"),
        ({"decided": "12/2/2026"}, "expected a date as 2025-06-30"),
        ({"kind": "appeal"}, "granted or refused for an appeal"),
        ({"outcome": "granted"}, "nothing for a correction"),
        ({"kind": "appeal", "outcome": "refused"}, "no cells where an appeal was refused"),
        ({"cells": {}}, "for each cell that changes"),
        ({"cells": {"a": {"was": "2", "becomes": "2"}}}, "the two different"),
        ({"cells": {"a": {"was": 2.50, "becomes": "3"}}}, "in quotation marks"),
        ({"cells": {"a": {"was": "2"}}}, "expected the key 'becomes'"),
    ],
)
def test_what_is_wrong_with_a_decision_is_said(change: dict[str, Any], told: str, tmp_path: Path) -> None:
    with pytest.raises(Faults, match=re.escape(told)):
        corrected(rows(), written(tmp_path, ENTRY | change), "forms.csv")


def test_the_sample_appeal_moves_two_ranks_and_touches_no_file() -> None:
    study = Study.of(KEY)
    assert study.data.changed(KEY) == []
    # P1.04: 50 points within 7 working days; 10/02 to 06/03/2025 is later, half of them. 836.49 + 25 = 861.49 > 842.16
    assert study.corrections.moved.set_index("unit")[["rank_before", "rank"]].T.to_dict("list") == {
        UNIT: [4, 3],
        PASSED: [3, 4],
    }
    assert study.corrections.points(UNIT, "P1.04") == (0, 25)
    total = study.corrections.moved.set_index("unit").loc[UNIT]
    assert round(total["points"] - total["points_before"], 9) == 25
    assert study.data.correction_file(KEY) in study.files


def test_appeals_that_were_decided_are_not_disputed_and_give_the_chance_of_others() -> None:
    study = Study.of(KEY)
    assert study.firmness.probability == 0.5  # one of two granted
    assert study.firmness.appealed is not None
    disputed = set(zip(study.firmness.appealed.rows["unit"], study.firmness.appealed.rows["component"], strict=True))
    assert ("mau-so-y-te", "P2.01.a") not in disputed  # refused
    every = disputes(study.framework, study.rows, study.units).rows
    assert len(every) == len(disputed) + 1
    granted = Decision.model_validate(ENTRY | {"kind": "appeal", "outcome": "granted"})
    refused = Decision.model_validate(ENTRY | {"kind": "appeal", "outcome": "refused", "cells": {}})
    assert share_granted([granted, refused, refused, Decision.model_validate(ENTRY)]) == pytest.approx(1 / 3)
    assert share_granted([Decision.model_validate(ENTRY)]) is None


def test_the_share_granted_of_a_place_is_the_chance_in_all_its_studies(tmp_path: Path) -> None:
    data = copied(tmp_path)
    edit(data.correction_file(KEY), "outcome: refused", "outcome: granted\n  cells: {a: {was: '0', becomes: '1'}}")
    other = Study(2025, "district", place="tinhmau", data=Data(data.root))
    assert other.firmness.probability == 1.0
    assert other.corrections.decisions == []
    assert other.firmness.appealed is not None
    assert (other.firmness.appealed.table["probability"] == 1.0).all()


def copied(folder: Path) -> Data:
    shutil.copytree(Data().root, folder / "data")
    return Data(folder / "data")


def edit(path: Path, right: str, wrong: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("was: partial", "was: missing", "found 'partial' in department.csv; expected 'missing', which 07/QĐ-HĐTĐ replaces"),
        ("unit: mau-so-y-te", "unit: mau-so-yte", "found the unit 'mau-so-yte'; expected 'mau-so-y-te'?"),
        ("indicator: P2.01.a", "indicator: P9", "08/QĐ-HĐTĐ: mau-so-y-te, P9: found the criterion 'P9'"),
        ("reference: sample-province", "reference: sample-prov", "found the reference 'sample-prov'"),
        ('"2025-03-06"', '"6/3/2025"', "found"),
    ],
)
def test_check_names_what_is_wrong_with_decisions(right: str, wrong: str, told: str, tmp_path: Path) -> None:
    data = copied(tmp_path)
    edit(data.correction_file(KEY), right, wrong)
    assert any(told in str(fault) for fault in check(data.root))


def test_a_value_that_the_rule_refuses_is_a_fault_of_the_decision_not_of_a_row_of_the_form(tmp_path: Path) -> None:
    data = copied(tmp_path)
    path = data.correction_file(KEY)
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    unit, code = "mau-so-y-te", next(row for row in data.as_received(KEY)[0].to_dict("records") if row.get("a"))["indicator"]
    was = data.as_received(KEY)[0].query(f"unit == '{unit}' and indicator == '{code}' and basis == 'verified'")["a"].iloc[0]
    wrong = {"kind": "correction", "number": "99/QĐ", "unit": unit, "indicator": code}
    cells = {"cells": {"a": {"was": was, "becomes": "nhiều"}}}
    own = {name: entries[0][name] for name in ("decided", "by", "reason_vi")}
    path.write_text(yaml.safe_dump([*entries, wrong | own | cells], allow_unicode=True), encoding="utf-8")
    (fault,) = check(data.root)
    assert (fault.file, fault.place) == (str(path), f"99/QĐ: {unit}, {code}") and "a 'nhiều'" in fault.found


def test_a_year_that_is_not_decided_has_nothing_to_correct(tmp_path: Path) -> None:
    data = copied(tmp_path)
    sidecar = data.assessment_file(KEY).with_suffix(".meta.yml")
    sidecar.write_text(sidecar.read_text(encoding="utf-8") + "state: appraising\n", encoding="utf-8")
    told = [fault for fault in check(data.root) if fault.file == str(data.correction_file(KEY))]
    assert [fault.place for fault in told] == [one.number for one in data.decisions(KEY)] and told
    assert {fault.found for fault in told} == {"a decision on a year that is still appraising"}


def test_check_names_decisions_that_nobody_reads(tmp_path: Path) -> None:
    data = copied(tmp_path)
    astray = data.correction_file(KEY._replace(level="depart"))
    data.correction_file(KEY).rename(astray)
    assert [fault.file for fault in check(data.root)] == [str(astray)]


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_pages_tell_decisions_and_every_rank_that_moved(lang: Any) -> None:
    def shown(parts: list[Any]) -> str:
        return re.sub(r"<[^>]+>", " ", "\n".join(part.data for part in parts))

    study = Study(2025, "department", lang, place="tinhmau")
    text = shown(corrections_page.section(study))
    named = [study.unit_name(unit) for unit in (UNIT, PASSED)]
    assert all(name in text for name in named)
    assert "07/QĐ-HĐTĐ" in text and "08/QĐ-HĐTĐ" in text
    assert ("836,49" if lang == "vi" else "836.49") in text
    assert "corrections." not in text
    by_unit = {unit: shown(corrections_page.unit_section(Study(2025, "department", lang, place="tinhmau", unit=unit)))
               for unit in (UNIT, PASSED, "mau-so-y-te", "mau-so-noi-vu")}  # fmt: skip
    assert "07/QĐ-HĐTĐ" in by_unit[UNIT] and "08/QĐ-HĐTĐ" not in by_unit[UNIT]
    assert "QĐ-HĐTĐ" not in by_unit[PASSED] and "4" in by_unit[PASSED]
    assert "08/QĐ-HĐTĐ" in by_unit["mau-so-y-te"]
    assert by_unit["mau-so-noi-vu"] == ""
    assert ("giải quyết 2 khiếu nại" if lang == "vi" else "2 appeals were decided") in firmness_page.findings(study).data
    assert corrections_page.section(Study(2024, "department", lang, place="tinhmau")) == []
    assert sha256(study.data.assessment_file(KEY)) == study.provenance.sha256
