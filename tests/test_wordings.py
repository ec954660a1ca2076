"""Wordings that the readers' review (decision 0009) found wrong or awkward are gone; numbers and dates are written one way."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from dti_analysis.common.text import LANGS, Lang, _labels, label

GONE: dict[Lang, list[str]] = {
    "vi": [
        "Ai dẫn đầu, ai tăng hạng, ai cần hỗ trợ",
        "Các đơn vị chuyển đổi số đến đâu", "tính lại được từ bộ chỉ số và số liệu kèm nguồn",
        "Khoảng cách điểm", "khoảng cách điểm", "đơn vị cuối đạt", "cách nhau 27", "khoảng giữa (tứ phân vị)", 
        "0 mới được xếp hạng", "; cộng lại đúng",
        "chỉ đặt cạnh nhau thứ hạng", "không phải là tiến bộ hay tụt lùi", "số dòng tự chấm",
        "có kèm kết quả", "Thẩm định − tự chấm", "Bốn việc", "khắc phục 0", "Cả thanh là", "Chữ cam", "Thanh cam",
        "chỉ số thiếu nhiều nhất trước", "Thiếu bình quân", "Trong tổng điểm thiếu", "nhóm chỉ tiêu", "đơn vị được chấm điểm",
        "đơn vị bằng nhau thì cùng hạng", "Đọc tại", "đã đọc trong nguồn", "Dấu kiểm chứng đầu vào", "sổ tính đã chạy",
        "một xã điển hình", "chạm đến", "Vế thứ nhất", "Vế thứ hai",
        "lập luận vòng quanh", "của chúng tôi", "do chúng tôi", "thang 1000",
        "Tỉ lệ", "tỉ lệ", "do máy sinh ra", "SYNTHETIC", "SỐ LIỆU MÔ PHỎNG", "(mô phỏng)", "Bộ tiêu chí", "bộ tiêu chí",
    ],
    "en": [
        "who needs help", "percentage points behind", "0 ranked for the first time",
        "; together the", "mend ", "mean unit", "average unit",
        "generated for trial", "fixed by no known text", "= held",
        "read in the source", "Seal of the inputs", "One side", "Other side",
        "What is known and what is not of a", "1000-point", "SYNTHETIC", "laimed and appraised", "Appraised", "(s)",
    ],
}  # fmt: skip
"""What readers.md §6 and §7 quote as it was, and the words it goes by."""
ONE_WAY: dict[Lang, dict[str, str]] = {
    "vi": {
        "a blank before %": r"\d\s+%",
        "a day or month of one digit": r"(?<![\d/])(?:\d/\d{1,2}|\d{1,2}/\d)/20\d\d(?!\d)",
        "a thousand without its point": r"(?:thang|trên|/)\s?1000 điểm",
        "nothing counted": r"(?<![\d.,/])0 (?:tăng hạng|giữ hạng|giảm hạng|chưa có điểm|đạt tối đa)",
    },
    "en": {
        "a blank before %": r"\d\s+%",
        "one of many": r"(?<![\d.,–:/-])(?<!of )(?<!other )1 (?:units|criteria|places|points|rows|pillars|indicators)\b",
        "nothing counted": r"(?<![\d.,/])0 (?:rose|fell|kept)\b",
    },
}


@pytest.mark.parametrize("lang", LANGS)
def test_labels_have_none_of_the_old_wordings(lang: Lang) -> None:
    found = [(key, old) for key, said in _labels().items() for old in GONE[lang] if old in said[lang] and not _kept(key)]
    assert found == []


def _kept(key: str) -> bool:
    """The workbook that the council fills in, which is no page, speaks of what it appraises."""
    return key.startswith(("appraise.", "door.", "others."))


def texts(soup: BeautifulSoup, lang: Lang) -> str:
    """What a page says in its language, the changelog and quoted sources aside."""
    copy = BeautifulSoup(str(soup), "html.parser")
    for part in copy.select("script, style, code, pre"):
        part.decompose()
    for part in copy.select("[lang]"):
        if part.name != "html" and part["lang"] != lang:
            part.decompose()
    return copy.get_text("\n", strip=True)


@pytest.mark.parametrize("lang", LANGS)
def test_pages_have_none_of_the_old_wordings_and_write_numbers_and_dates_one_way(
    lang: Lang, soups: dict[str, BeautifulSoup]
) -> None:
    home = {"vi": "index.html", "en": "index.en.html"}[lang]
    found = []
    for name, soup in soups.items():
        if name == home or (name.startswith(f"{lang}/") and name.rpartition("/")[2] not in ("changelog.html", "method.html")):
            said = texts(soup, lang)
            found += [(name, old) for old in GONE[lang] if old in said.replace("bộ chỉ số, bộ tiêu chí", "")]  # of the glossary
            found += [(name, what, match[0]) for what, rule in ONE_WAY[lang].items() for match in re.finditer(rule, said)]
    assert found == []


def test_a_word_goes_with_its_number() -> None:
    assert [label("models.many", "en", count=count) for count in (0, 1, 2, "1", "1.5")] == [
        "0 units", "1 unit", "2 units", "1 unit", "1.5 units"
    ]  # fmt: skip
    assert label("models.many", "vi", count=1) == "1 đơn vị"
