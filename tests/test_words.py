"""Rules in words: one sentence of every kind in both languages, as an official form would say it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from dti_analysis.common import strict_yaml
from dti_analysis.common.exact import Rational
from dti_analysis.common.text import LANGS, Lang
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.criteria.rules import RULES
from dti_analysis.criteria.voice import counted, exact, percent
from dti_analysis.criteria.words import asked, given_in_words, in_words

FRAMEWORKS = sorted((Path(__file__).parents[1] / "data/frameworks").glob("*.yaml"))


def text(vi: str, en: str) -> dict[str, str]:
    return {"vi": vi, "en": en}


def criterion(rule: dict[str, Any] | None, max_points: Any = 5, **more: Any) -> Component:
    return Component.model_validate(
        {"code": "X", "name_vi": "Tên tiêu chí.", "name_en": "The criterion", "max_points": max_points, "rule": rule} | more
    )


ONLINE = text("số hồ sơ nộp trực tuyến", "dossiers submitted online")
ALL = text("tổng số hồ sơ", "all dossiers")
POST = text("số hồ sơ nộp qua bưu chính", "dossiers sent by post")
HELD = text("số hội nghị đã tổ chức", "conferences held")
SECTION = text("có chuyên mục riêng", "there is a section of its own")
LEVELS = {
    "head": text("Người đứng đầu", "Head") | {"share": 1},
    "deputy": text("Cấp phó", "Deputy") | {"share": "1/2"},
    "none": text("UBND cử người khác", "Someone else") | {"share": 0},
}
QUARTERS = {f"q{n}": text(f"quý {roman}", f"quarter {n}") for n, roman in enumerate(["I", "II", "III", "IV"], 1)}
VI_RATIO = "a/b: số hồ sơ nộp trực tuyến trên tổng số hồ sơ; "
EN_RATIO = "a/b: dossiers submitted online as a share of all dossiers; "
TWO_PARTS = [
    {"code": "X.1", "name_vi": "Kế hoạch", "name_en": "Plan", "max_points": 2, "rule": {"yes_no": {}}},
    {
        "code": "X.2",
        "name_vi": "Hội nghị",
        "name_en": "Meetings",
        "max_points": 3,
        "rule": {"count": {"each": 1, "value": HELD}},
    },
]
VI_PARTS = "(1) Kế hoạch – có: 2 điểm; không: 0 điểm; (2) mỗi hội nghị đã tổ chức: 1 điểm, tối đa 3 điểm"
EN_PARTS = "(1) Plan – yes: 2 points; no: 0 points; (2) conferences held: 1 point each, at most 3 points"


def ratio(**more: Any) -> dict[str, Any]:
    return {"ratio": {"a": ONLINE, "b": ALL} | more}


SENTENCES: list[tuple[Component, str, str]] = [
    (
        criterion({"reported": {}}, 12),
        "điểm do cơ quan thẩm định chấm, 0 đến 12",
        "points as awarded by the appraising body, 0 to 12",
    ),
    (criterion({"yes_no": {}}, "0.5"), "có: 0,5 điểm; không: 0 điểm", "yes: 0.5 points; no: 0 points"),
    (
        criterion({"yes_no": {"value": text("đã ban hành kế hoạch", "the plan has been issued")}}, 1),
        "đã ban hành kế hoạch: 1 điểm; nếu chưa: 0 điểm",
        "the plan has been issued: 1 point; otherwise: 0 points",
    ),
    (
        criterion({"yes_no": {"value": SECTION}}),
        "có chuyên mục riêng: 5 điểm; nếu không: 0 điểm",
        "there is a section of its own: 5 points; otherwise: 0 points",
    ),
    (
        criterion({"levels": {"levels": LEVELS, "value": text("người chủ trì", "who presides")}}),
        "người chủ trì; người đứng đầu: 5 điểm; cấp phó: 2,5 điểm; UBND cử người khác: 0 điểm",
        "who presides; head: 5 points; deputy: 2.5 points; someone else: 0 points",
    ),
    (
        criterion({"levels": {"levels": LEVELS, "periods": QUARTERS}}, 2),
        "quý I, quý II, quý III và quý IV; mỗi quý: người đứng đầu 0,5 điểm, cấp phó 0,25 điểm, UBND cử người khác 0 điểm",
        "quarter 1, quarter 2, quarter 3 and quarter 4; "
        "each quarter: head 0.5 points, deputy 0.25 points, someone else 0 points",
    ),
    (
        criterion(ratio(when_b_zero="zero", full_from="0.75")),
        VI_RATIO + "từ 75% trở lên: 5 điểm; dưới 75%: tỷ lệ × 5; nếu b = 0: 0 điểm",
        EN_RATIO + "75% or more: 5 points; below 75%: rate × 5; if b = 0: 0 points",
    ),
    (
        criterion(ratio(when_b_zero="not_applicable", above_one="refuse")),
        VI_RATIO + "điểm = tỷ lệ × 5; nếu b = 0: không áp dụng",
        EN_RATIO + "points = rate × 5; if b = 0: not applicable",
    ),
    (
        criterion(ratio(when_b_zero="full")),
        VI_RATIO + "điểm = tỷ lệ × 5, tối đa 5 điểm; nếu b = 0: 5 điểm",
        EN_RATIO + "points = rate × 5, at most 5 points; if b = 0: 5 points",
    ),
    (
        criterion(ratio(when_b_zero="full", full_from="0.9", rescaled=True), 6),
        VI_RATIO + "từ 90% trở lên: 6 điểm; dưới 90%: tỷ lệ ÷ 90% × 6; nếu b = 0: 6 điểm",
        EN_RATIO + "90% or more: 6 points; below 90%: rate ÷ 90% × 6; if b = 0: 6 points",
    ),
    (
        criterion(ratio(when_b_zero="refuse", nothing_below="0.9", above_one="refuse")),
        VI_RATIO + "đạt 100%: 5 điểm; từ 90% đến dưới 100%: tỷ lệ × 5; dưới 90%: 0 điểm; b phải lớn hơn 0",
        EN_RATIO + "100%: 5 points; 90% to below 100%: rate × 5; below 90%: 0 points; b must be above 0",
    ),
    (
        criterion(ratio(when_b_zero="zero", nothing_below=1, above_one="refuse")),
        VI_RATIO + "đạt 100%: 5 điểm; dưới 100%: 0 điểm; nếu b = 0: 0 điểm",
        EN_RATIO + "100%: 5 points; below 100%: 0 points; if b = 0: 0 points",
    ),
    (
        criterion({"ratio": {"a": ONLINE, "denominator": 1200}}),
        "a/1.200, với a = số hồ sơ nộp trực tuyến; điểm = tỷ lệ × 5, tối đa 5 điểm",
        "a/1,200, where a = dossiers submitted online; points = rate × 5, at most 5 points",
    ),
    (
        criterion(
            {"ratio": {"a": ALL, "b": ONLINE, "c": POST, "numerator": ["b", "c"], "denominator": ["a"],
                       "full_from": "0.75", "when_b_zero": "zero"}}
        ),
        "(b + c)/a, với a = tổng số hồ sơ; b = số hồ sơ nộp trực tuyến; c = số hồ sơ nộp qua bưu chính; "
        "từ 75% trở lên: 5 điểm; dưới 75%: tỷ lệ × 5; nếu a = 0: 0 điểm",
        "(b + c)/a, where a = all dossiers; b = dossiers submitted online; c = dossiers sent by post; "
        "75% or more: 5 points; below 75%: rate × 5; if a = 0: 0 points",
    ),
    (
        criterion(ratio(a=text("số văn bản xử lý trên mạng", "documents handled online, in full"), when_b_zero="zero")),
        "a/b, với a = số văn bản xử lý trên mạng; b = tổng số hồ sơ; điểm = tỷ lệ × 5, tối đa 5 điểm; nếu b = 0: 0 điểm",
        "a/b, where a = documents handled online, in full; b = all dossiers; "
        "points = rate × 5, at most 5 points; if b = 0: 0 points",
    ),
    (
        criterion({"steps": {"points": {52: 2, 20: 1, 0: "1/2"}, "value": HELD, "gate": SECTION}}, 2),
        "số hội nghị đã tổ chức; từ 52 trở lên: 2 điểm; từ 20 đến 51: 1 điểm; dưới 20: 0,5 điểm; "
        "điều kiện: có chuyên mục riêng (nếu không: 0 điểm)",
        "conferences held; 52 or more: 2 points; 20 to 51: 1 point; below 20: 0.5 points; "
        "condition: there is a section of its own (otherwise 0 points)",
    ),
    (
        criterion({"steps": {"points": {4: 20, 3: 15, 1: 5}}}, 20),
        "từ 4 trở lên: 20 điểm; 3: 15 điểm; từ 1 đến 2: 5 điểm; chưa có: 0 điểm",
        "4 or more: 20 points; 3: 15 points; 1 to 2: 5 points; none: 0 points",
    ),
    (
        criterion({"count": {"each": "1/2", "value": HELD}}),
        "mỗi hội nghị đã tổ chức: 0,5 điểm, tối đa 5 điểm",
        "conferences held: 0.5 points each, at most 5 points",
    ),
    (
        criterion({"checklist": {"items": {"c1": text("y tế", "health"), "c2": text("giáo dục", "education")}}}, 3),
        "đủ 2 nội dung: 3 điểm; chưa đủ: số nội dung đạt ÷ 2 × 3; các nội dung: (1) y tế, (2) giáo dục",
        "all 2 items: 3 points; fewer: items done ÷ 2 × 3; the items: (1) health, (2) education",
    ),
    (
        criterion({"linear": {"target": 1}}, 20),
        "từ 1 trở lên: 20 điểm; dưới 1: giá trị × 20",
        "1 or more: 20 points; below 1: value × 20",
    ),
    (
        criterion({"linear": {"target": 80, "floor": 20}}, 14, measure="percent"),
        "từ 80% trở lên: 14 điểm; ở giữa: (tỷ lệ − 20%) ÷ 60% × 14; từ 20% trở xuống: 0 điểm",
        "80% or more: 14 points; in between: (rate − 20%) ÷ 60% × 14; 20% or less: 0 points",
    ),
    (
        criterion({"linear": {"target": 0, "floor": 10, "value": text("số sự cố", "incidents")}}),
        "số sự cố; bằng 0: 5 điểm; ở giữa: (10 − giá trị) ÷ 10 × 5; từ 10 trở lên: 0 điểm",
        "incidents; exactly 0: 5 points; in between: (10 − value) ÷ 10 × 5; 10 or more: 0 points",
    ),
    (
        criterion(
            {"bands": {"bands": [{"below": 95, "points": -1}, {"at_least": 95, "below": 98, "points": 0},
                                 {"at_least": 98, "points": 1}]}},
            0,
            measure="percent",
        ),
        "từ 98% trở lên: +1 điểm; từ 95% đến dưới 98%: 0 điểm; dưới 95%: −1 điểm",
        "98% or more: +1 point; 95% to below 98%: 0 points; below 95%: −1 point",
    ),
    (
        criterion(
            {"bands": {"bands": [{"at_most": 50, "points": 0}, {"above": 50, "at_most": "70.5", "points": 2},
                                 {"above": "70.5", "below": 90, "points": 4}, {"at_least": 90, "at_most": 100, "points": 5}]}}
        ),
        "từ 90 đến 100: 5 điểm; trên 70,5 đến dưới 90: 4 điểm; trên 50 đến 70,5: 2 điểm; từ 50 trở xuống: 0 điểm",
        "90 to 100: 5 points; above 70.5, below 90: 4 points; above 50, up to 70.5: 2 points; 50 or less: 0 points",
    ),
    (
        criterion({"relative_to_best": {"value": HELD}}),
        "số hội nghị đã tổ chức; điểm = giá trị ÷ giá trị cao nhất trong các đơn vị được đánh giá × 5",
        "conferences held; points = value ÷ the highest value of all units assessed × 5",
    ),
    (
        criterion({"target_and_leader": {"value": HELD}}),
        "a = số hội nghị đã tổ chức; t = chỉ tiêu được giao; chưa đạt chỉ tiêu: a/t × 2,5; đạt chỉ tiêu: 2,5 điểm, phần vượt "
        "được cộng đến 2,5 điểm tùy mức vượt so với đơn vị vượt nhiều nhất; không được giao chỉ tiêu: a ÷ a cao nhất trong "
        "các đơn vị không được giao × 5",
        "a = conferences held; t = target set; target not reached: a/t × 2.5; target reached: 2.5 points, and up to 2.5 points "
        "more by how far beyond it, compared with the leading unit; no target set: a ÷ the highest a of the units without a "
        "target × 5",
    ),
    (
        criterion(
            {"deadline": {"a": text("ngày tỉnh ban hành", "the day the province issued it"),
                          "b": text("ngày ký văn bản", "signed"), "working_days": 7, "late": "1/2"}}
        ),
        "ngày ký văn bản (b) trong vòng 7 ngày làm việc kể từ ngày tỉnh ban hành (a): 5 điểm; muộn hơn: 2,5 điểm",
        "signed (b) within 7 working days of the day the province issued it (a): 5 points; later: 2.5 points",
    ),
    (
        criterion({"gate": {"value": SECTION}}, 0),
        "điều kiện bắt buộc: có chuyên mục riêng; không đáp ứng thì cả nhóm 0 điểm",
        "mandatory condition: there is a section of its own; if it is not met, the whole group earns 0 points",
    ),
    (
        criterion({"bonus": {"each": 1, "at_most": 4, "value": HELD}}, 0),
        "điểm thưởng; mỗi hội nghị đã tổ chức: +1 điểm, tối đa +4 điểm",
        "bonus; conferences held: +1 point each, at most +4 points",
    ),
    (
        criterion({"penalty": {"each": "0.5", "at_most": 4}}, 0),
        "điểm trừ; mỗi trường hợp: −0,5 điểm, trừ tối đa 4 điểm",
        "penalty; −0.5 points each, at most 4 points off",
    ),
    (
        criterion({"roll_up": {"level": "commune"}}),
        "bình quân tỷ lệ điểm của các đơn vị trực thuộc × 5; lấy từ kết quả đánh giá các đơn vị đó",
        "mean score of the units below × 5; taken from the assessment of those units",
    ),
    (
        criterion({"roll_up": {"level": "commune", "component": "P1"}}),
        "bình quân tỷ lệ điểm mục P1 của các đơn vị trực thuộc × 5; lấy từ kết quả đánh giá các đơn vị đó",
        "mean score of the units below on P1 × 5; taken from the assessment of those units",
    ),
    (
        criterion({"not_scored": {}}, 0),
        "không tính điểm, chỉ để theo dõi",
        "not scored, for information only",
    ),
    (criterion(None, parts=TWO_PARTS), f"tổng điểm của 2 phần: {VI_PARTS}", f"the sum of 2 parts: {EN_PARTS}"),
    (
        criterion(None, 3, combine="best", parts=TWO_PARTS),
        f"lấy phần cao điểm nhất trong 2 phần: {VI_PARTS}",
        f"the best of 2 parts counts: {EN_PARTS}",
    ),
    (
        criterion(None, combine="base_plus", parts=TWO_PARTS, extra_at_most=4),
        f"phần (1) là điểm nền, các phần sau chỉ được cộng khi phần (1) có điểm: {VI_PARTS}; "
        "điểm thưởng, điểm trừ cộng lại tối đa +4 điểm",
        f"part (1) is the base, and the others are added only where it earns points: {EN_PARTS}; "
        "bonuses and penalties together at most +4 points",
    ),
    (
        criterion(None, parts=TWO_PARTS, extra_at_most=4, extra_at_least=-2),
        f"tổng điểm của 2 phần: {VI_PARTS}; điểm thưởng, điểm trừ cộng lại từ −2 điểm đến +4 điểm",
        f"the sum of 2 parts: {EN_PARTS}; bonuses and penalties together from −2 points to +4 points",
    ),
    (
        criterion(None, 20, unlisted=True),
        "cách tính từng phần không có trong văn bản công khai; chỉ biết điểm chung, 0 đến 20",
        "no public text says how its parts earn points; only the points of the whole are known, 0 to 20",
    ),
    (criterion(None, 2, indicators=TWO_PARTS[:1]), "bằng điểm của chỉ số bên dưới", "the points of the component below"),
    (criterion(None, indicators=TWO_PARTS), "tổng điểm của 2 chỉ số bên dưới", "the sum of the 2 components below"),
    (
        criterion(ratio(when_b_zero="full", full_from="0.9", rescaled=True), 6, max_points_by_group={"g": 4}),
        VI_RATIO + "từ 90% trở lên: điểm tối đa; dưới 90%: tỷ lệ ÷ 90% × điểm tối đa; nếu b = 0: điểm tối đa",
        EN_RATIO + "90% or more: the maximum; below 90%: rate ÷ 90% × the maximum; if b = 0: the maximum",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("component", "vi", "en"), SENTENCES, ids=lambda value: getattr(value, "rule_name", ""))
def test_a_rule_says_itself(component: Component, vi: str, en: str) -> None:
    assert in_words(component, "vi") == vi
    assert in_words(component, "en") == en


def test_every_rule_has_words() -> None:
    assert {component.rule_name for component, _, _ in SENTENCES} - {""} == set(RULES)


def reads_clean(words: str) -> bool:
    return bool(words) and not re.search(r"None|mpq\(|[{}]|  |\bnan\b|^\s|\s$|\.$", words)


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_of_the_code_shows(lang: Lang) -> None:
    for component, _, _ in SENTENCES:
        assert reads_clean(in_words(component, lang))
        assert all(reads_clean(words) for _, _, _, words in asked(component, lang))


@pytest.mark.parametrize("path", FRAMEWORKS, ids=lambda path: path.stem)
def test_every_criterion_of_every_set_says_itself(path: Path) -> None:
    framework = Framework.model_validate(strict_yaml.read(path).data)
    for component, _, _ in framework.walk():
        for lang in LANGS:
            assert reads_clean(in_words(component, lang)), component.code
            assert all(reads_clean(words) for _, _, _, words in asked(component, lang)), component.code


def test_what_is_asked() -> None:
    component = criterion({"steps": {"points": {4: 1}, "value": HELD, "gate": SECTION}})
    assert asked(component, "vi") == [
        ("X", "g", "yes_no", "có chuyên mục riêng"),
        ("X", "value", "count", "số hội nghị đã tổ chức"),
    ]
    assert asked(criterion(None, parts=TWO_PARTS), "en") == [
        ("X.1", "value", "yes_no", "Plan"),
        ("X.2", "value", "count", "conferences held"),
    ]
    assert asked(criterion({"linear": {"target": 1}}), "vi") == [("X", "value", "number", "Tên tiêu chí")]
    assert [words for *_, words in asked(criterion({"target_and_leader": {}}), "en")] == ["The criterion", "target set"]
    assert asked(criterion({"roll_up": {"level": "commune"}}), "vi") == []


@pytest.mark.parametrize(
    ("component", "cells", "vi", "en"),
    [
        (
            criterion(ratio(when_b_zero="zero")),
            {"a": "812", "b": "1000"},
            "a = 812 (số hồ sơ nộp trực tuyến); b = 1.000 (tổng số hồ sơ)",
            "a = 812 (dossiers submitted online); b = 1,000 (all dossiers)",
        ),
        (
            criterion(ratio(when_b_zero="zero")),
            {"a": "", "b": "n/a", "value": ""},
            "a = chưa có số liệu (số hồ sơ nộp trực tuyến); b = không áp dụng (tổng số hồ sơ)",
            "a = no figure yet (dossiers submitted online); b = not applicable (all dossiers)",
        ),
        (criterion(ratio(when_b_zero="zero")), {}, "chưa có số liệu", "no figure yet"),
        (criterion({"yes_no": {}}), {"value": "Có"}, "có", "yes"),
        (
            criterion({"steps": {"points": {4: 1}, "value": HELD, "gate": SECTION}}),
            {"g": "0", "value": "1200"},
            "có chuyên mục riêng: không; số hội nghị đã tổ chức: 1.200",
            "there is a section of its own: no; conferences held: 1,200",
        ),
        (criterion({"levels": {"levels": LEVELS}}), {"value": "deputy"}, "Cấp phó", "Deputy"),
        (
            criterion({"levels": {"levels": LEVELS, "periods": dict(list(QUARTERS.items())[:2])}}),
            {"q1": "người đứng đầu", "q2": "không rõ"},
            "quý I: Người đứng đầu; quý II: không rõ",
            "quarter 1: Head; quarter 2: không rõ",
        ),
        (
            criterion({"deadline": {"a": text("ngày ban hành", "issued"), "b": text("ngày ký", "signed"), "working_days": 7}}),
            {"a": "2025-06-02", "b": "11/6"},
            "a = 02/06/2025 (ngày ban hành); b = 11/6 (ngày ký)",
            "a = 2 June 2025 (issued); b = 11/6 (signed)",
        ),
        (
            criterion({"target_and_leader": {"value": HELD}}),
            {"a": "12,5", "t": ""},
            "a = 12,5 (số hội nghị đã tổ chức)",
            "a = 12.5 (conferences held)",
        ),
        (criterion({"linear": {"target": 100}}, measure="percent"), {"value": "71.63"}, "71,63%", "71.63%"),
        (criterion({"reported": {}}), {"value": "-0.25"}, "−0,25", "−0.25"),
        (criterion(None, 20, unlisted=True), {"value": "12.5"}, "12,5 điểm", "12.5 points"),
        (
            criterion(None, 20, unlisted=True, measure="share"),
            {"value": "0.7163"},
            "71,63% điểm tối đa",
            "71.63% of the maximum",
        ),
        (
            criterion(None, 20, unlisted=True, measure="percent"),
            {"value": "71.63"},
            "71,63%",
            "71.63%",
        ),
    ],
)  # fmt: skip
def test_what_was_given(component: Component, cells: dict[str, str], vi: str, en: str) -> None:
    assert given_in_words(component, cells, "vi") == vi
    assert given_in_words(component, cells, "en") == en


def test_what_a_text_counts() -> None:
    assert counted("tổng số hồ sơ", "vi") == "hồ sơ"
    assert counted("Số lượng văn bản", "vi") == "văn bản"
    assert counted("the total number of dossiers", "en") == "dossiers"
    assert not any(counted(words, "vi") for words in ("số hóa hồ sơ", "số liệu", "số dân trưởng thành", "tỷ lệ hồ sơ"))


def test_numbers_keep_all_their_decimals() -> None:
    assert [exact(Rational(1, 8), lang) for lang in LANGS] == ["0,125", "0.125"]
    assert exact(Rational(-1, 3), "vi") == "−1/3"
    assert exact(Rational(5, 3), "vi", sign=True) == "+5/3"
    assert exact(Rational(1234567), "vi") == "1.234.567"
    assert percent(Rational(955, 1000), "vi") == "95,5%"
    assert percent(Rational(1, 3), "en") == "1/3"
