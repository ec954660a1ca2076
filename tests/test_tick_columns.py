"""Forms of others that are answered by ticks: “Có | Không”, “Chưa | Một phần | Đầy đủ”, one tick a row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from test_others_forms import UNIT, wanted

from dti_analysis.common.faults import Faults
from dti_analysis.records.mapping import Mapping, load_mapping
from dti_analysis.records.others_forms import read_forms
from dti_analysis.records.sources import Data
from dti_analysis.records.workbook_intake import Form, Wanted
from dti_analysis.records.workbook_layout import lines

__all__ = ["wanted"]  # fixture
SET = Data().framework("sample-district-2025")
ROWS = {
    "1": "P2.01", "2": "P2.06", "3": "P1.02", "4 a": "P2.03 q1", "4 b": "P2.03 q2", "4 c": "P2.03 q3", "4 d": "P2.03 q4",
    "5": "P1.05", "6": "P2.04",
}  # fmt: skip
CODES = {code.partition(" ")[0] for code in ROWS.values()}
MAPPED: dict[str, Any] = {
    "title": "Phiếu đánh dấu",
    "framework": SET.id,
    "unit": {"cell": "A1", "without": ["UBND"]},
    "header": [2, 3],
    "columns": {
        "stt": "STT", "tick Có": "Kết quả / Có", "tick Không": "Kết quả / Không", "tick KAD": "Không áp dụng",
        "tick Chưa": "Mức độ / Chưa", "tick Một phần": "Mức độ / Một phần", "tick Đầy đủ": "Mức độ / Đầy đủ",
        "value": "Số liệu", "evidence": "Minh chứng",
    },
    "absent": [line.code for line in lines(SET, "district", "vi") if line.asks and line.code not in CODES],
    "words": {
        "not_applicable": ["KAD"],
        "levels": {
            "P2.06": {"Chưa": "Không thực hiện", "Một phần": "Chưa đầy đủ", "Đầy đủ": "Đầy đủ, đúng hạn"},
            "P2.03": {"Chưa": "Không thực hiện", "Một phần": "Trễ hạn", "Đầy đủ": "Đúng hạn"},
        },
    },
    "rows": ROWS,
}  # fmt: skip
TICKED = {
    "C5": "x", "G6": "X", "I7": 3, "G9": "v", "G10": "✓", "F11": "x", "E12": "☑", "C13": "x", "I13": 60, "H14": "x", "D14": "☐",
}  # fmt: skip
"""Rows 5, 6, 7, (4: 8), 9–12, 13, 14: yes, full, 3, full, full, partial, none, yes and 60, not applicable."""


def by(tmp_path: Path, **changes: Any) -> Mapping:
    path = tmp_path / "m.yaml"
    path.write_text(yaml.safe_dump(MAPPED | changes, allow_unicode=True, sort_keys=False), "utf-8")
    return load_mapping(path, SET)


def form(tmp_path: Path, wanted: Wanted, changed: dict[str, Any], **mapped: Any) -> Form:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "UBND thành phố Mẫu Trung"
    sheet.append(["STT", "Tiêu chí", "Kết quả", None, "Mức độ", None, None, "Không áp dụng", "Số liệu", "Minh chứng"])
    sheet.append([None, None, "Có", "Không", "Chưa", "Một phần", "Đầy đủ"])
    for merged in ("A2:A3", "B2:B3", "C2:D2", "E2:G2", "H2:H3", "I2:I3", "J2:J3"):
        sheet.merge_cells(merged)
    sheet["A4"] = "I"
    for row, number in enumerate(["1", "2", "3", "4", "a", "b", "c", "d", "5", "6"], start=5):
        sheet[f"A{row}"] = number
    for cell, value in (TICKED | changed).items():
        sheet[cell] = value
    book.save(tmp_path / "a.xlsx")
    (read,) = read_forms(tmp_path / "a.xlsx", wanted, "vi", by(tmp_path, **mapped))
    return read


def test_a_tick_is_the_answer_that_stands_above_it(wanted: Wanted, tmp_path: Path) -> None:
    read = form(tmp_path, wanted, {})
    assert (read.faults, read.unit) == ([], UNIT)
    assert {code: "/".join(cells.values()) for code, cells in read.answers.items() if code in CODES} == {
        "P1.02": "3", "P1.05": "có/60", "P2.01": "có", "P2.03": "Đúng hạn/Đúng hạn/Trễ hạn/Không thực hiện", "P2.04": "n/a",
        "P2.06": "Đầy đủ, đúng hạn",
    }  # fmt: skip


CASES: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "two ticks": ({"D5": "x"}, {"C5": "2 ô được đánh dấu (C5, D5)", "D5": "2 ô được đánh dấu (C5, D5)"}),
    "two of three levels": ({"E6": "x"}, {"E6": "(E6, G6)", "G6": "(E6, G6)"}),
    "yes and not applicable": ({"C14": "x"}, {"C14": "(C14, H14)", "H14": "(C14, H14)"}),
    "no tick": ({"C5": None}, {"C5": "không ô nào được đánh dấu"}),
    "no tick of a level below another": ({"F11": None}, {"E11": "không ô nào được đánh dấu"}),
    "no tick beside a number": ({"C13": None}, {"C13": "không ô nào được đánh dấu"}),
    "a number in a tick cell": ({"C5": 1}, {"C5": "“1” trong ô đánh dấu"}),
    "words in a tick cell": ({"C5": "đã có"}, {"C5": "“đã có” trong ô đánh dấu"}),
    "a formula in a tick cell": ({"C5": '=IF(1,"x","")'}, {"C5": "trong ô đánh dấu"}),
    "an error in a tick cell": ({"C5": "#N/A"}, {"C5": "“#N/A” trong ô đánh dấu"}),
    "yes ticked of a level": ({"C6": "x"}, {"C6": "“x” ở cột “tick Có”, tiêu chí P2.06 không hỏi"}),
    "a tick beside a number alone": ({"G7": "x"}, {"G7": "tiêu chí P1.02 không hỏi"}),
    "a word beside a tick": ({"I5": "Có"}, {"I5": "tiêu chí P2.01 không hỏi"}),
    "a tick in a group": ({"C4": "x"}, {"C4": "dòng nhóm I"}),
    "a tick without a number": ({"D16": "x"}, {"D16": "không có số thứ tự"}),
    "all at once": ({"D5": "x", "G6": None, "C13": "có"}, {"C5": "2 ô", "D5": "2 ô", "E6": "không ô nào", "C13": "“có”"}),
}  # fmt: skip


@pytest.mark.parametrize("what", CASES)
def test_what_is_not_one_tick_is_refused_by_its_cell(what: str, wanted: Wanted, tmp_path: Path) -> None:
    changed, told = CASES[what]
    read = form(tmp_path, wanted, changed)
    found = {fault.cell: fault.found for fault in read.faults}
    assert found.keys() == told.keys(), read.faults
    assert all(told[cell] in found[cell] for cell in told), read.faults


def test_a_word_may_stand_in_place_of_a_tick_and_the_mapping_may_take_none_for_unanswered(
    wanted: Wanted, tmp_path: Path
) -> None:
    read = form(tmp_path, wanted, {"C5": None, "I5": "Không"})
    assert read.faults == [] and read.answers["P2.01"] == {"value": "không"}
    read = form(tmp_path, wanted, {"C5": None}, unticked="unanswered")
    assert read.faults == [] and read.answers["P2.01"] == {"value": ""}
    read = form(tmp_path, wanted, {"C5": "đạt"}, marks=["x", "đạt", "v", "✓", "☑"])
    assert read.faults == [] and read.answers["P2.01"] == {"value": "có"}
    read = form(tmp_path, wanted, {}, marks=["đạt"])
    assert {"C5", "G6"} <= {fault.cell for fault in read.faults}


def test_a_mapping_says_what_each_tick_stands_for(tmp_path: Path) -> None:
    columns = dict(MAPPED["columns"])
    with pytest.raises(Faults, match="a tick that stands for 'Khá'"):
        by(tmp_path, columns=columns | {"tick Khá": "Mức độ / Khá"})
    ours = {name: header for name, header in columns.items() if not name.startswith("tick")}
    with pytest.raises(Faults, match="two columns at least to tick"):
        by(tmp_path, columns=ours | {"tick Có": "Kết quả / Có"})
    del ours["value"]
    with pytest.raises(Faults, match=r"no column for value of P1\.02"):
        by(tmp_path, columns=ours | {"tick Có": "Kết quả / Có", "tick Không": "Kết quả / Không"})
