"""The page of why ranks moved: what readers are told, of one unit and of all."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from dti_analysis.common.exact import Rational
from dti_analysis.common.text import LANGS, Lang
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.studies.study import Study
from dti_analysis.views import change_page, figures
from dti_analysis.views.change_words import Scale, steps


def sample(unit: str = "", level: str = "district", lang: Lang = "vi") -> Study:
    return Study(2025, level, lang, place="tinhmau", unit=unit)


def test_the_brief_of_a_unit_that_fell_three_places() -> None:
    """Mẫu Hạ: 5 → 8; ranks, points and reasons are those of the tables."""
    study = sample("mau-huyen-ha")
    rank, passed_by, score, claimed = change_page.unit_brief(study)
    row = study.change.ranks.set_index("unit").loc["mau-huyen-ha"]  # type: ignore[union-attr]
    assert (row["from_rank"], row["to_rank"]) == (5, 8)
    assert rank == "Hạng 8, giảm 3 bậc so với 2024: tự thân −3."
    assert passed_by.startswith("Bị vượt bởi Huyện Mẫu Giang (+") and passed_by.count("điểm)") == 3
    assert score.startswith("Điểm từ 729,3 thành 608,6 (−120,7 điểm): tự thân (chỉ số kế thừa) −")
    assert re.fullmatch(
        r"Tự chấm 807,\d\d, thẩm định 608,\d\d: [\d,]+ trong [\d,]+ điểm bị giảm do thiếu minh chứng; được tăng [\d,]+ điểm\.",
        claimed,
    )


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_shown_of_a_score_adds_up(lang: Lang) -> None:
    study = sample(lang=lang)
    html = str(change_page.scores(study).data)  # type: ignore[union-attr]
    rows = re.findall(r"<tr>(<th scope=\"row\".*?)</tr>", html)
    assert len(rows) == 9
    for row in rows:
        texts = re.findall(r'<td class="num">(.*?)</td>', row)
        numbers = [float(text.replace(",", "." if lang == "vi" else "").replace("−", "-")) for text in texts]
        assert round(sum(numbers[:-1]), 1) == numbers[-1]


def test_steps_are_differences_of_what_is_shown() -> None:
    scale = Scale("points", Rational(1), 0)
    assert steps(scale, Rational(1, 2), [Rational(1, 2), Rational(1, 3), Rational(1, 3)]) == [0, 0, 1]  # 1, 1, 1, 2


def test_a_year_alone_and_a_part_are_one_sentence() -> None:
    alone = Study(2026, "commune", "vi", place="gialai", index="service")
    assert change_page.summary(alone).data == "Chỉ có một năm, chưa thể nói về thay đổi."
    part = Study(2023, "district", "vi", place="yenbai")
    assert "một phần đơn vị" in str(change_page.summary(part).data)
    for study in (alone, part):
        assert study.change.ranks is None and study.change.scores is None and study.change.passed("any") is None
        assert (change_page.ranks(study), change_page.scores(study), figures.waterfall(study)) == (None, None, None)


def test_where_the_set_changed_and_no_criteria_are_known_nothing_is_called_own() -> None:
    study = Study(2024, "province", "vi", place="national", unit="tinh-yen-bai")
    assert "không tách được phần tự thân" in str(change_page.summary(study).data)
    assert change_page.scores(study) is None and figures.waterfall(study) is None
    rank, *named = change_page.unit_brief(study)
    assert rank == "Hạng 13, tăng 2 bậc so với 2023: chưa tách được nguyên nhân vì bộ chỉ số đã đổi."
    assert named and not any("(" in sentence for sentence in named)  # no change of score under another set
    assert "Tự thân" not in str(change_page.ranks(study).data)  # type: ignore[union-attr]


def test_under_one_set_scores_compare_as_a_whole() -> None:
    study = Study(2023, "province", "en", place="national")
    assert "Both years used the same criteria set" in str(change_page.summary(study).data)
    table = study.change.ranks
    assert table is not None and table["criteria_set"].eq(0).all() and len(table) == 63


def test_a_merged_unit_is_said_to_have_merged() -> None:
    study = sample(level="commune")
    html = str(change_page.ranks(study).data)  # type: ignore[union-attr]
    assert "Mẫu Lập" not in html
    assert "Xã Mẫu Bình tiếp nối 2 đơn vị (Xã Mẫu Bình và Xã Mẫu Lập)" in str(change_page.summary(study).data)
    assert "Bị vượt bởi" not in html  # of 30 units the names would be a wall of text


def test_a_unit_without_a_form_is_told_so() -> None:
    study = sample("mau-xa-khanh", "commune")
    assert "Năm 2025 đơn vị không nộp phiếu, nên mọi chỉ số 0 điểm." in change_page.unit_brief(study)


@pytest.mark.parametrize("unit", ["", "mau-huyen-bac"])
@pytest.mark.parametrize("lang", LANGS)
def test_figures_say_what_they_show(unit: str, lang: Lang) -> None:
    study = sample(unit, lang=lang)
    for picture in (figures.waterfall(study), figures.claimed(study)):
        assert picture is not None and picture.sample
        assert picture.title in picture.alt
        assert ("Trục bắt đầu từ" if lang == "vi" else "The axis starts at") in picture.caption
        assert picture.svg == picture.svg


def test_passed_and_reasons_of_a_unit() -> None:
    study = sample("mau-huyen-thuong")
    passed, reasons = change_page.passed(study), change_page.reasons(study)
    assert passed is not None and str(passed.data).count("<tr>") == 4  # the head, two that passed it, one that it passed
    total = study.appraisal[(study.appraisal["component"] == TOTAL) & (study.appraisal["unit"] == study.unit)]
    assert reasons is not None and f"−{abs(total['difference'].iloc[0]):.2f}".replace(".", ",") in str(reasons.data)
    assert isinstance(study.change.reasons, pd.DataFrame)
