"""What is read of a plan: sentences, tables and the staircase say what the plan says, in both languages."""

from __future__ import annotations

import re

import pytest

from dti_analysis.common.text import LANGS, Lang
from dti_analysis.studies.study import Study
from dti_analysis.views import plan_page
from dti_analysis.views.figures.plan import staircase


def study(lang: Lang, unit: str = "mau-huyen-bac") -> Study:
    return Study(2025, "district", lang, unit=unit, place="tinhmau")


def test_sentences_as_an_official_reads_them() -> None:
    own = study("vi")
    distance = plan_page.distance(own)
    assert distance is not None
    assert distance.data == (
        "Còn thiếu **22,05 điểm** để lên hạng 6 (Huyện Mẫu Giang): cần từ 642,05 điểm trở lên. Các đơn vị khác giữ nguyên."
    )
    told = plan_page.verdict(own, own.outlook.plan(own.unit, "rank 3")).data
    assert "hạng 7 trong 9 huyện, thị xã, thành phố. Để đạt hạng 3 trở lên, cần từ 713,45 điểm trở lên." in told
    assert "**4 việc** dưới đây thì có **715,00 điểm**, **hạng 3**" in told
    none = plan_page.verdict(own, own.outlook.plan(own.unit, "100%")).data
    assert "Chưa thể đạt 100% điểm tối đa" in none and "**954,80 điểm**" in none
    assert "đã đạt" in plan_page.verdict(own, own.outlook.plan(own.unit, "rank 8")).data
    assert "ở hạng" in plan_page.verdict(own, own.outlook.plan(own.unit, "rank 3", "best"), "best").data
    top = plan_page.distance(study("vi", "mau-thanh-pho-trung"))
    assert top is not None and top.data == "Không đơn vị nào xếp trên."


@pytest.mark.parametrize("lang", LANGS)
def test_tables_and_staircase_have_every_step(lang: Lang) -> None:
    own = study(lang)
    made = own.outlook.plan(own.unit, "80%")
    table, figure = plan_page.steps(own, made), staircase(own, made)
    assert table is not None and figure is not None
    assert len(re.findall("<tr", table.data)) == 1 + len(made.steps)
    assert figure.sample and ("801,77" if lang == "vi" else "801.77") in figure.svg
    assert len(re.findall("<tr", plan_page.kept(own, made).data)) == 1 + len(made.keep)
    three = plan_page.three_steps(own)
    assert three is not None and len(re.findall("<tr", three.data)) == 4
    assert len(plan_page.unit_section(own)) == 2


def test_where_nothing_is_to_be_done_or_known_nothing_is_shown() -> None:
    own = study("vi")
    done = own.outlook.plan(own.unit, "rank 9")
    assert plan_page.steps(own, done) is None and staircase(own, done) is None
    part = Study(2023, "district", "vi", place="yenbai")
    assert plan_page.distance(part) is None and plan_page.three_steps(part) is None and plan_page.unit_section(part) == []


def test_efforts_and_who_is_in_charge_are_columns_where_given() -> None:
    own = study("vi")
    efforts = own.outlook.plan(own.unit, "rank 3").steps[["component"]].assign(effort="2", owner="Văn phòng", due="30/6/2026")
    table = plan_page.steps(own, own.outlook.plan(own.unit, "100%", efforts=efforts))
    assert table is not None and "Công sức" in table.data and "Văn phòng" in table.data and "30/6/2026" in table.data
