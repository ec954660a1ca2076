"""What a reader is told of how far scores can be relied on, and of what is still possible."""

from __future__ import annotations

import re
from html import unescape

import pandas as pd
import pytest

from dti_analysis.common.text import LANGS, Lang
from dti_analysis.scores import schemas
from dti_analysis.studies.study import Study
from dti_analysis.views import reliability_page

SAMPLE = [(2024, "district"), (2025, "district"), (2025, "commune"), (2025, "department")]


def said(shown: object) -> str:
    return str(getattr(shown, "data", ""))


@pytest.mark.parametrize(("year", "level"), SAMPLE)
def test_the_bounds_of_the_sample_hold_what_was_scored(year: int, level: str) -> None:
    """Nobody's own figures lie outside its bounds, and whoever has nothing open has the points that were scored."""
    study = Study(year, level, place="tinhmau")
    table = schemas.validated(study.standing.bounds, schemas.BOUNDS).set_index("unit")
    scored = study.ranking.set_index("unit").loc[table.index]
    assert (table["points_low"] <= scored["points"]).all()
    assert (scored["points"] <= table["points_high"]).all()
    assert (table["rank_low"] <= scored["rank"]).all()
    assert (scored["rank"] <= table["rank_high"]).all()
    closed = table["points_low"] == table["points_high"]
    assert closed.any()
    assert (scored["points"] == table["points_low"])[closed].all()
    schemas.validated(study.standing.reliability, schemas.RELIABILITY)


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_open_is_said_with_the_figures_of_the_table(lang: Lang) -> None:
    study = Study(2025, "district", lang, place="tinhmau")
    text, table = said(reliability_page.bounds_sentences(study)), study.standing.bounds
    opened = table[table["open_points"] > 0]
    assert 0 < len(opened) <= reliability_page.NAMED
    for row in opened.to_dict("records"):
        (line,) = [line for line in text.splitlines() if line.startswith(f"- {study.unit_name(row['unit'])} ")]
        for points in (row["points_low"], row["points_high"]):
            assert f"{points:.2f}".replace(".", "," if lang == "vi" else ".") in line
        assert f" {row['rank_high']:g}." in line
    assert f"{len(opened)}" in text.splitlines()[0]


def test_a_form_that_never_came_may_be_worth_anything() -> None:
    study = Study(2025, "commune", place="tinhmau")
    missing = study.ranking.loc[study.ranking["state"] == "missing", "unit"].tolist()
    assert missing
    for unit in missing:
        assert f"{study.unit_name(unit)} không nộp phiếu nên mọi mức điểm và hạng" in said(
            reliability_page.bounds_sentences(study)
        )


def test_one_unit_is_told_what_it_may_reach_or_that_others_may_pass_it() -> None:
    table = Study(2025, "department", place="tinhmau").standing.bounds
    opened, closed = table[table["open_points"] > 0], table[table["open_points"] == 0]
    passed = closed[closed["rank_low"] < closed["rank_high"]]
    held = closed[closed["rank_low"] == closed["rank_high"]]

    def line(unit: str) -> str:
        return said(reliability_page.unit_bounds(Study(2025, "department", place="tinhmau", unit=unit)))

    assert "có thể đạt từ" in line(opened["unit"].iloc[0])
    row = passed.iloc[0]
    assert f"hạng có thể từ {row['rank_low']:g} đến {row['rank_high']:g}" in line(row["unit"])
    assert line(held["unit"].iloc[0]) == ""


@pytest.mark.parametrize(
    ("place", "index", "year", "level"),
    [("national", "dti", 2023, "province"), ("yenbai", "dti", 2023, "district"), ("yenbai", "dti", 2022, "district")],
)
def test_of_published_totals_nothing_is_said(place: str, index: str, year: int, level: str) -> None:
    """How they came about is not known; a figure that nobody published is not anything from 0 to the maximum."""
    study = Study(year, level, place=place, index=index)
    assert reliability_page.bounds_sentences(study) is None
    assert reliability_page.table(study) is None
    assert reliability_page.unit_line(study) is None


def test_of_a_part_of_the_units_there_are_no_rank_bounds() -> None:
    study = Study(2023, "district", place="yenbai")
    assert study.partial
    assert study.standing.bounds[["rank_low", "rank_high"]].isna().all(axis=None)
    assert study.standing.bounds["points_low"].notna().all()


@pytest.mark.parametrize("lang", LANGS)
def test_the_table_has_every_unit_in_the_order_of_the_ranking(lang: Lang) -> None:
    study = Study(2025, "department", lang, place="tinhmau")
    html = said(reliability_page.table(study))
    names = re.findall(r'<th scope="row"[^>]*><a [^>]*>([^<]+)</a>', html)
    assert [unescape(name) for name in names] == [study.unit_name(unit) for unit in study.ranking["unit"]]
    grades = study.standing.reliability.set_index("unit")["grade"]
    shown = re.findall(r'<td style="text-align:left">([A-D])</td>', html)
    assert shown == grades[study.ranking["unit"]].tolist()


def test_one_sentence_for_one_unit() -> None:
    table = Study(2025, "commune", place="tinhmau").standing.reliability
    for row in [*table[table["reasons"] != ""].head(2).to_dict("records"), table.iloc[-1].to_dict()]:
        text = said(reliability_page.unit_line(Study(2025, "commune", place="tinhmau", unit=row["unit"])))
        assert f"**{row['grade']}**" in text
        assert f"{100 * row['in_doubt']:.1f}%".replace(".", ",") in text
        assert text.count("\n") == 0


def test_a_unit_with_nothing_in_doubt() -> None:
    table = Study(2025, "department", place="tinhmau").standing.reliability
    unit = table.loc[table["reasons"] == "", "unit"].iloc[0]
    text = said(reliability_page.unit_line(Study(2025, "department", place="tinhmau", unit=unit)))
    assert text.startswith("Mức tin cậy của điểm: **A**; không có chỉ số nào thuộc diện")
    assert "số liệu cũ" not in text  # of which nothing could be told


def test_evidence_that_a_real_form_never_asked_for_is_no_weakness() -> None:
    table = Study(2026, "department", place="gialai", index="service").standing.reliability
    assert table["no_evidence"].isna().all()
    assert isinstance(table, pd.DataFrame)
