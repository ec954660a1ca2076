"""A decided year is sealed: whatever alters one of its figures is refused, and the figure is named."""

from __future__ import annotations

import csv
import re
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from test_cli import dti

from dti_analysis.checks import check
from dti_analysis.common import kept
from dti_analysis.common.digest import sha256
from dti_analysis.common.exact import Rational
from dti_analysis.common.faults import Faults
from dti_analysis.records.seals import differences, exact_text, sealed_figures, seals
from dti_analysis.records.sources import Data, Key
from dti_analysis.scores import ranking
from dti_analysis.studies.sealed import broken, figures, freeze, moved
from dti_analysis.studies.study import Study
from dti_analysis.views import corrections_page

KEY = Key("tinhmau", "dti", 2025, "district")
SAID = ("12/QĐ-UBND", "Văn phòng UBND Tỉnh Mẫu", "2026-03-01")


@pytest.fixture
def data(tmp_path: Path) -> Data:
    """A copy of the data in which one year is sealed, read afresh."""
    shutil.copytree(Data().root, tmp_path / "data", ignore=shutil.ignore_patterns("sealed"))
    freeze(Study.of(KEY, data=Data(tmp_path / "data")), *SAID)
    return Data(tmp_path / "data")


def edit(path: Path, right: str, wrong: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")


def rehash(data: Data) -> None:
    """The silent way: the form is edited and its sidecar made to fit."""
    meta = data.assessment_file(KEY).with_suffix(".meta.yml")
    edit(meta, data.provenance(KEY).sha256, sha256(data.assessment_file(KEY)))


def change_a_form(data: Data) -> None:
    row = "mau-thanh-pho-trung,P1.02,verified,5,"
    edit(data.assessment_file(KEY), row, row.replace(",5,", ",1,"))


def test_a_seal_holds_every_figure_as_it_is_computed(data: Data) -> None:
    study, path = Study.of(KEY, data=data), data.seal_file(KEY)
    (seal,) = seals(path)
    with path.with_name(seal.figures).open(encoding="utf-8", newline="") as file:
        rows = {row["unit"]: row for row in csv.DictReader(file)}
    scores = study.verified.set_index(["unit", "component"])
    assert list(rows) == list(study.ranking["unit"])
    for unit, row in rows.items():
        assert float(row["total"]) == scores["points"][unit, "total"]
        assert int(row["rank"]) == scores["rank"][unit, "total"]
        assert len(row) >= 3 + len(study.framework.by_code)
    assert seal.files["assessments/tinhmau/dti/2025/district.csv"] == study.provenance.sha256
    assert seal.files["frameworks/sample-district-2025.yaml"] == sha256(data.framework_file("sample-district-2025"))
    assert list(broken(data)) == [] and list(moved(data)) == []


def test_a_form_changed_in_silence_is_refused_and_every_figure_named(data: Data) -> None:
    before = figures(Study.of(KEY, data=data))
    change_a_form(data)
    rehash(data)
    now = figures(Study.of(KEY, data=Data(data.root)))
    assert now["mau-thanh-pho-trung"]["P1.02"] != before["mau-thanh-pho-trung"]["P1.02"]
    said = [str(fault) for fault in check(data.root)]
    unit = "mau-thanh-pho-trung (Thành phố Mẫu Trung)"
    was, is_ = (table["mau-thanh-pho-trung"] for table in (before, now))
    for figure, name in (("P1.02", "P1.02"), ("P1", "P1"), ("total", "total points")):
        told = f"{unit}: {name}: found {is_[figure]}; expected {was[figure]}, as decided by 12/QĐ-UBND, sealed on 2026-03-01"
        assert any(told in fault for fault in said), said
    assert len(said) == 3


def test_a_criteria_set_changed_in_silence_is_refused_but_not_its_words(data: Data) -> None:
    act = data.framework_file("sample-district-2025")
    text = act.read_text(encoding="utf-8")
    act.write_text(text.replace("full_from: 3/4", "full_from: 1", 1), encoding="utf-8")
    assert any("sealed on 2026-03-01" in str(fault) for fault in check(data.root))
    act.write_text(text + "\n# a comment alters no figure\n", encoding="utf-8")
    assert check(data.root) == []
    (line,) = moved(Data(data.root))
    assert line.startswith("tinhmau dti 2025 district: every sealed figure as decided; other since 2026-03-01: ")
    assert line.endswith("frameworks/sample-district-2025.yaml")


def test_code_that_ranks_otherwise_is_refused(data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    as_it_is = ranking.rank_among
    monkeypatch.setattr(Study, "exact", lambda self, basis="verified": _one_point_more(STUDY_EXACT(self, basis)))
    said = list(broken(Data(data.root)))
    assert len(said) == 9
    assert all(fault.place.endswith("total points") for fault in said)
    assert ranking.rank_among is as_it_is


STUDY_EXACT = Study.exact


def _one_point_more(table):  # type: ignore[no-untyped-def]
    points = [each + 1 if code == "total" else each for each, code in zip(table["points"], table["component"], strict=True)]
    return table.assign(points=points)


def test_other_code_that_alters_nothing_is_told_and_no_fault(data: Data, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dti_analysis.studies.sealed.package_state", lambda: "another")
    assert list(broken(data)) == []
    assert [line for line in moved(data) if "the code (" in line]
    assert kept.package_state() == seals(data.seal_file(KEY))[-1].code


def test_a_declared_correction_is_sealed_anew_with_a_reason_and_the_first_seal_stays(data: Data) -> None:
    path = data.correction_file(KEY)
    path.parent.mkdir(parents=True, exist_ok=True)
    entry = {
        "kind": "correction", "number": "20/QĐ", "decided": "2026-04-01", "by": "UBND", "reference": "sample-province",
        "unit": "mau-thanh-pho-trung", "indicator": "P1.02", "reason_vi": "Cộng nhầm",
        "cells": {"value": {"was": "5", "becomes": "1"}},
    }  # fmt: skip
    path.write_text(yaml.safe_dump([entry], allow_unicode=True), encoding="utf-8")
    assert {fault.place.split(": ")[-1] for fault in check(data.root)} == {"P1.02", "P1", "total points"}
    with pytest.raises(Faults, match="declare a correction and seal anew with a reason"):
        freeze(Study.of(KEY, data=Data(data.root)), "20/QĐ", SAID[1], "2026-04-02")
    done = freeze(Study.of(KEY, data=Data(data.root)), "20/QĐ", SAID[1], "2026-04-02", "đính chính theo 20/QĐ")
    assert done.new and {one.figure for one in done.changed} == {"P1.02", "P1", "total"}
    assert check(data.root) == []
    first, second = seals(data.seal_file(KEY))
    assert first.sha256 != second.sha256
    old, new = (sealed_figures(data.seal_file(KEY), seal) for seal in (first, second))
    assert {(one.unit, one.figure) for one in differences(old, new)} == {(one.unit, one.figure) for one in done.changed}
    text = "\n".join(part.data for part in corrections_page.section(Study.of(KEY, "vi", Data(data.root))) if part is not None)
    assert "12/QĐ-UBND" in text and "đính chính theo 20/QĐ" in text and "20/QĐ ngày 01/04/2026" in text


def test_the_same_figures_are_not_sealed_twice(data: Data) -> None:
    before = data.seal_file(KEY).read_bytes()
    assert not freeze(Study.of(KEY, data=data), *SAID, "again").new
    assert data.seal_file(KEY).read_bytes() == before


def test_figures_of_a_seal_are_not_edited(data: Data) -> None:
    table = data.seal_file(KEY).with_name("district-1.csv")
    edit(table, "mau-thanh-pho-trung,1,", "mau-thanh-pho-trung,2,")
    assert [re.sub(r"[0-9a-f]{64}", "…", str(fault)) for fault in check(data.root)] == [
        f"{table}: found sha256 …; expected …, as district.yaml says: sealed figures are not edited"
    ]
    table.unlink()
    assert any("kept for good" in str(fault) for fault in check(data.root))


def test_a_seal_that_cannot_be_read_or_belongs_to_nothing_is_a_fault(data: Data) -> None:
    edit(data.seal_file(KEY), "decision:", "decison:")
    said = [str(fault) for fault in check(data.root)]
    assert any("found the key 'decison'; expected 'decision'?" in fault for fault in said)
    assert len(said) == 1  # one misspelling, one fault
    edit(data.seal_file(KEY), "decison:", "decision:")
    shutil.copytree(data.seal_file(KEY).parent, data.root / "sealed" / "tinhmau" / "dti" / "2031")
    assert len(check(data.root)) == 2


def test_a_part_of_a_ranking_is_not_sealed() -> None:
    with pytest.raises(Faults, match="a part of a ranking is not sealed"):
        freeze(Study(2023, "department", place="yenbai"), *SAID)


@pytest.mark.parametrize("said", [("", "x", "2026-03-01"), ("1/QĐ", " ", "2026-03-01"), ("1/QĐ", "x", "1/3/2026")])
def test_who_seals_says_what_and_when(said: tuple[str, str, str], data: Data) -> None:
    with pytest.raises(Faults):
        freeze(Study.of(KEY._replace(level="commune"), data=data), *said)
    assert not data.seal_file(KEY._replace(level="commune")).exists()


@given(st.fractions().filter(lambda number: abs(number) < 10**9))
def test_a_sealed_number_is_the_number(number: object) -> None:
    exact = Rational(number)  # type: ignore[no-untyped-call]
    text = exact_text(exact)
    assert Rational(text) == exact  # type: ignore[no-untyped-call]
    assert text == text.strip() and "e" not in text


def test_the_commands(data: Data) -> None:
    where = ["--place", "tinhmau", "--year", "2025", "--level", "commune", "--data", "data"]
    who = ["--decision", "1/QĐ", "--by", "UBND", "--date", "2026-03-01"]
    done = dti("freeze", *where, *who, folder=data.root.parent)
    assert (done.returncode, done.stderr) == (0, "")
    assert "29 units sealed" in done.stdout
    again = dti("freeze", *where, *who, folder=data.root.parent)
    assert again.returncode == 0 and "nothing to seal" in again.stdout
    change_a_form(data)
    rehash(data)
    checked = dti("check", "data", folder=data.root.parent)
    assert checked.returncode == 1
    assert "mau-thanh-pho-trung (Thành phố Mẫu Trung): total points" in checked.stderr
    assert dti("freeze", *where, "--by", "UBND", folder=data.root.parent).returncode == 2  # no decision
