"""An appraisal council: forms of the sample province come in, decisions are taken, verified rows and scores follow."""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
import yaml
from test_workbook_form import recalculated
from test_workbook_intake import DAY, KEY, OTHER, UNIT, box, data, everything, name_of, places, sent, take
from typer.testing import CliRunner

from dti_analysis.checks import check
from dti_analysis.cli import app
from dti_analysis.common.faults import Faults
from dti_analysis.records.council import Recorded, record
from dti_analysis.records.council_book import write_book
from dti_analysis.records.council_layout import BY, LETTER, desk
from dti_analysis.records.council_zero import nothing
from dti_analysis.records.decisions import COLUMNS, appended, cells_of, content, file_of, written
from dti_analysis.records.decisions import read as read_decisions
from dti_analysis.records.sources import Data
from dti_analysis.records.workbook_layout import lines
from dti_analysis.scores.scoring import score
from dti_analysis.studies.study import Study

__all__ = ["box", "data", "sent"]  # fixtures
MET = date(2026, 1, 12)
CLERK = "Trần Thị Thư, thư ký hội đồng"


@pytest.fixture
def council(sent: Path, box: Path, data: Data) -> Data:
    """A data folder in which the forms of two districts have come in, and nothing was decided yet."""
    shutil.rmtree(data.root / "corrections", ignore_errors=True)
    for unit in (UNIT, OTHER):
        shutil.copy(sent / name_of(unit), box)
    take(box, data)
    return Data(data.root)


class Book:
    """A council's workbook, cells by unit, component and column."""

    def __init__(self, path: Path):
        self.path, self.book = path, openpyxl.load_workbook(path)
        self.at: dict[str, tuple[Any, int]] = {}
        for sheet in self.book.worksheets:
            for row in range(8, sheet.max_row + 1):
                key = sheet[f"{LETTER['key']}{row}"].value
                if key:
                    self.at[key] = (sheet, row)

    def put(self, unit: str, key: str, **cells: Any) -> None:
        sheet, row = self.at[f"{unit}|{key}"]
        for name, value in cells.items():
            sheet[f"{LETTER[name]}{row}"] = value

    def get(self, unit: str, key: str, name: str) -> Any:
        sheet, row = self.at[f"{unit}|{key}"]
        return sheet[f"{LETTER[name]}{row}"].value

    def save(self, path: Path, by: str = CLERK) -> Path:
        self.book.worksheets[0][BY] = by or None
        self.book.save(path)
        return path


def write(folder: Data, path: Path) -> Book:
    write_book(desk(Data(folder.root), KEY), path, "vi", {}, "DTI")
    return Book(path)


def read(folder: Data, path: Path, day: date = MET) -> Recorded:
    return record(path, Data(folder.root), KEY, "vi", day)


def first(book: Book) -> None:
    """The first meeting on five answers of the unit."""
    book.put(UNIT, "P1.01|value", verdict1="Chấp nhận", state="đủ minh chứng")
    book.put(
        UNIT, "P1.02|value", figure1=2, verdict1="Chấp nhận", state="minh chứng một phần", reason1="chỉ có 2 thông báo kết luận"
    )
    book.put(UNIT, "P1.03|a", verdict1="Trả lại", reason1="thiếu biên bản họp")
    book.put(UNIT, "P1.05|g", verdict1="Không chấp nhận", reason1="không có chuyên mục riêng")
    book.put(UNIT, "P2.02|a", verdict1="Chấp nhận")
    book.put(UNIT, "P2.04|value", verdict1="Chấp nhận")


def refused(done: Recorded) -> dict[str, str]:
    assert done.refused is not None
    return {fault.place(): f"{fault.found}; {fault.expected}" for fault in done.refused.faults}


def decisions(folder: Data) -> list[dict[str, str]]:
    with file_of(folder.root, KEY).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def points(folder: Data) -> dict[str, float]:
    table = Study.of(KEY, data=Data(folder.root)).verified
    return dict(zip(table.loc[table["unit"] == UNIT, "component"], table.loc[table["unit"] == UNIT, "points"], strict=True))


def test_from_forms_to_scores(council: Data, tmp_path: Path) -> None:
    """P1: 20 (head, as claimed) + 20 (2 meetings of 3 claimed) + 6.67 (1/3 of 20, second decision) + 0 (not answered) + 0
    (rejected) = 46.67. P2.02: 25, in time. P2.04: does not apply. All other answers are still claims."""
    assert Study.of(KEY, data=council).state == "collecting"
    book = write(council, tmp_path / "a.xlsx")
    assert book.get(UNIT, "P1.03|b", "claimed") == 3 and book.get(UNIT, "P2.04|value", "claimed") == "Không áp dụng"
    assert "12/QĐ-UBND" in book.get(UNIT, "P1.01|value", "evidence")
    assert "từ 4 trở lên: 40 điểm" in book.get(UNIT, "P1.02|value", "rule")
    first(book)
    done = read(council, book.save(tmp_path / "a.xlsx"))
    assert done.refused is None and done.changed and len(done.decisions) == 6
    assert (
        done.counts is not None
        and done.counts["sent_back"] == 1
        and done.counts["accepted"] == 4
        and done.counts["rejected"] == 1
    )
    assert not check(council.root)
    study = Study.of(KEY, data=Data(council.root))
    assert study.state == "appraising" and study.provisional
    states = study.verified[study.verified["unit"] == UNIT].set_index("component")["state"]
    assert states[["P1.01", "P1.03", "P1.04", "P1.05", "P2.04"]].tolist() == [
        "assessed", "claimed", "missing", "assessed", "not_applicable",
    ]  # fmt: skip

    again = write(council, tmp_path / "b.xlsx")
    assert again.get(UNIT, "P1.02|value", "figure1") == 2 and again.get(UNIT, "P1.03|a", "verdict1") == "Trả lại"
    assert again.get(UNIT, "P1.05|g", "figure1") is None, "a rejection needs no figures"
    again.put(UNIT, "P1.03|a", answer="Đã nộp biên bản", figure2=1, verdict2="Chấp nhận", reason2="chỉ một biên bản hợp lệ")
    done = read(council, again.save(tmp_path / "b.xlsx"), date(2026, 1, 20))
    assert [one.verdict for one in done.decisions] == ["answered", "accepted"]
    assert not check(council.root)
    found = points(council)
    assert found["P1"] == pytest.approx(46.67) and found["P1.03"] == pytest.approx(6.67) and found["P2.02"] == 25
    rows = decisions(council)
    assert list(rows[0]) == COLUMNS
    assert [row["number"] for row in rows] == [str(number) for number in range(1, 9)]
    assert (rows[1]["old"], rows[1]["new"], rows[1]["by"], rows[1]["decided"]) == ("value=3", "value=2", CLERK, "2026-01-12")
    assert (rows[6]["by"], rows[6]["reason"]) == (UNIT, "Đã nộp biên bản")
    assert (rows[7]["old"], rows[7]["new"], rows[7]["round"]) == ("a=2 | b=3", "a=1 | b=3", "2")
    held = Data(council.root).assessment(KEY)[0]
    verified = held[(held["basis"] == "verified") & (held["indicator"] == "P1.02")].iloc[0]
    assert verified["evidence_state"] == "partial" and verified["evidence"].endswith("chỉ có 2 thông báo kết luận")


def test_reading_again_changes_nothing(council: Data, tmp_path: Path) -> None:
    book = write(council, tmp_path / "a.xlsx")
    first(book)
    path = book.save(tmp_path / "a.xlsx")
    read(council, path)
    before = everything(council.root)
    done = read(council, path, date(2026, 3, 3))
    assert (done.decisions, done.changed, done.refused) == ([], False, None)
    write(council, tmp_path / "b.xlsx")
    assert read(council, tmp_path / "b.xlsx").decisions == [], "what is recorded stands in the new workbook"
    assert everything(council.root) == before
    write(council, tmp_path / "c.xlsx")
    assert (tmp_path / "b.xlsx").read_bytes() == (tmp_path / "c.xlsx").read_bytes()


def newer(folder: Data, sent: Path, box: Path, **answers: Any) -> list[str]:
    """A newer form of the unit comes in, after the council has begun; returns what the intake says is to be decided anew."""
    form = openpyxl.load_workbook(sent / name_of(UNIT))
    at = places(form["Phiếu"])
    for key, value in answers.items():
        code, letter = key.split("_") if "_" in key else (key, "G")
        row = next(row for name, row in at.items() if name.startswith(code.replace("P1", "P1.")))
        form["Phiếu"][f"{letter}{row}"] = value
    form.save(box / name_of(UNIT))
    return take(box, folder, received=date(2026, 1, 15)).anew


def test_a_newer_form_leaves_decisions_on_what_it_does_not_change(council: Data, sent: Path, box: Path, tmp_path: Path) -> None:
    stale = write(council, tmp_path / "a.xlsx")
    stale.put(UNIT, "P1.01|value", verdict1="Chấp nhận")
    read(council, stale.save(tmp_path / "a.xlsx"))
    assert newer(council, sent, box, P102=4, P101_J="99/QĐ-UBND") == []
    assert not check(council.root), "the verified rows follow from the decisions alone"
    provenance = Data(council.root).provenance(KEY)
    assert provenance.state == "appraising" and provenance.decisions == decisions(council)[-1]["seal"]
    stale.put(UNIT, "P1.02|value", verdict1="Chấp nhận")
    found = refused(read(council, stale.save(tmp_path / "a.xlsx")))
    (place, said), *_ = found.items()
    assert "đơn vị đã kê khai lại (value=4)" in said and "G" in place, "nobody accepts what they have not seen"
    book = write(council, tmp_path / "b.xlsx")
    assert "Tài liệu kiểm chứng đã thay đổi" in book.get(UNIT, "P1.01|value", "since")
    assert "12/QĐ-UBND" in book.get(UNIT, "P1.01|value", "since") and book.get(UNIT, "P1.01|value", "verdict1") == "Chấp nhận"


def test_what_a_newer_form_changes_is_decided_anew(council: Data, sent: Path, box: Path, tmp_path: Path) -> None:
    """P1.02: claimed 3, appraised 2 (20 points); then 4 is claimed: it counts as claimed (40), marked so, until the council has
    decided on 4. P1.01 was accepted and stays so."""
    first(old := write(council, tmp_path / "a.xlsx"))
    assert read(council, old.save(tmp_path / "a.xlsx")).counts == {
        "claims": 12, "accepted": 4, "rejected": 1, "sent_back": 1, "left": 6, "anew": 0,
    }  # fmt: skip
    assert points(council)["P1.02"] == 20
    told = newer(council, sent, box, P102=4)
    assert told == [f"{council.unit_names('vi')[UNIT]}, P1.02: khi kết luận (số 2, ngày 12/01/2026) 3, nay 4"]
    assert not check(council.root)
    study = Study.of(KEY, data=Data(council.root))
    states = study.verified[study.verified["unit"] == UNIT].set_index("component")["state"]
    assert states["P1.02"] == "claimed" and states["P1.01"] == "assessed" and points(council)["P1.02"] == 40

    done = read(council, tmp_path / "a.xlsx")
    assert (done.refused, done.decisions) == (None, []), "the workbook before the form says nothing new"
    assert done.counts is not None and (done.counts["anew"], done.counts["left"]) == (1, 7)
    sidecar = council.assessment_file(KEY).with_suffix(".meta.yml")
    text = sidecar.read_text(encoding="utf-8")
    sidecar.write_text(text.replace("state: appraising", "state: decided"), encoding="utf-8")
    assert "P1.02 first" in str(check(council.root)[0]), "no year is decided on a figure that nobody looked at"
    sidecar.write_text(text, encoding="utf-8")

    book = write(council, tmp_path / "b.xlsx")
    since = book.get(UNIT, "P1.02|value", "since")
    assert "kết luận số 2 (12/01/2026, Chấp nhận) đơn vị kê khai 3, nay kê khai 4" in since
    assert "Khi đó thẩm định: 2. Lý do khi đó: chỉ có 2 thông báo kết luận. Kết luận đó không còn hiệu lực" in since
    assert [book.get(UNIT, "P1.02|value", name) for name in ("figure1", "verdict1", "reason1")] == [None, None, None]
    assert book.get(UNIT, "P1.01|value", "verdict1") == "Chấp nhận" and not book.get(UNIT, "P1.01|value", "since")
    row = next(
        row
        for row in book.book.worksheets[0].iter_rows(min_row=8, values_only=True)
        if row[1] == council.unit_names("vi")[UNIT]
    )
    assert row[7] == 1, "the overview counts it"
    assert read(council, tmp_path / "b.xlsx").decisions == []
    book.put(UNIT, "P1.02|value", verdict1="Chấp nhận")
    done = read(council, book.save(tmp_path / "b.xlsx"), date(2026, 1, 20))
    assert [(one.claimed, one.old, one.new, one.round) for one in done.decisions] == [("value=4", "value=2", "value=4", "1")]
    assert done.counts is not None and done.counts["anew"] == 0 and points(council)["P1.02"] == 40
    assert not check(council.root) and len(decisions(council)) == 7, "the decision on 3 stands in the file"


def test_a_new_form_answers_what_was_sent_back(council: Data, sent: Path, box: Path, tmp_path: Path) -> None:
    """P1.03: 2 of 3 claimed and sent back; 3 of 3 claimed; a second decision on that, and a form after it, decided anew."""
    first(book := write(council, tmp_path / "a.xlsx"))
    read(council, book.save(tmp_path / "a.xlsx"))
    assert len(newer(council, sent, box, P103=3)) == 1
    book = write(council, tmp_path / "b.xlsx")
    assert book.get(UNIT, "P1.03|a", "verdict1") == "Trả lại"
    assert "kê khai a = 2, b = 3, nay kê khai a = 3, b = 3" in book.get(UNIT, "P1.03|a", "since")
    book.put(UNIT, "P1.03|a", verdict2="Chấp nhận", reason2="đủ biên bản")
    assert [one.new for one in read(council, book.save(tmp_path / "b.xlsx")).decisions] == ["a=3 | b=3"]
    assert read(council, tmp_path / "b.xlsx").decisions == [] and points(council)["P1.03"] == 20
    again = write(council, tmp_path / "c.xlsx")
    assert again.get(UNIT, "P1.03|a", "verdict1") == "Trả lại" and again.get(UNIT, "P1.03|a", "since") is None
    assert read(council, tmp_path / "c.xlsx").decisions == []
    assert len(newer(council, sent, box, P103=1)) == 1
    again = write(council, tmp_path / "d.xlsx")
    assert again.get(UNIT, "P1.03|a", "verdict1") is None and again.get(UNIT, "P1.03|a", "verdict2") is None
    again.put(UNIT, "P1.03|a", verdict1="Không chấp nhận", reason1="biên bản không hợp lệ")
    assert [one.round for one in read(council, again.save(tmp_path / "d.xlsx")).decisions] == ["1"]
    assert points(council)["P1.03"] == 0 and not check(council.root)


def test_after_the_decision_no_form_comes_in(council: Data, sent: Path, box: Path) -> None:
    sidecar = council.assessment_file(KEY).with_suffix(".meta.yml")
    text = sidecar.read_text(encoding="utf-8")
    sidecar.write_text(text.replace("state: collecting", "state: decided"), encoding="utf-8")
    before = everything(council.root)
    assert take(box, council).new == [], "the same forms again are nothing new"
    with pytest.raises(Faults, match="comes after the decision"):
        newer(council, sent, box, P102=4)
    assert everything(council.root) == before


def test_faults_stand_at_their_cells_and_nothing_is_recorded(council: Data, tmp_path: Path) -> None:
    before = everything(council.root)
    book = write(council, tmp_path / "a.xlsx")
    wrong: dict[str, dict[str, Any]] = {
        "P1.01|value": {"verdict1": "Đồng ý"},
        "P1.02|value": {"figure1": "=1+1", "verdict1": "Chấp nhận"},
        "P1.03|a": {"verdict1": "Trả lại"},
        "P1.04|a": {"verdict1": "Chấp nhận"},
        "P1.05|value": {"figure1": 12},
        "P2.02|a": {"verdict1": "Không chấp nhận", "reason1": "muộn"},
        "P2.04|value": {"answer": "chúng tôi có"},
    }
    for key, cells in wrong.items():
        book.put(UNIT, key, **cells)
    book.put(UNIT, "P1.03|a", figure1=9)
    done = read(council, book.save(tmp_path / "a.xlsx", by=""))
    found = refused(done)
    sheet = f"1. {council.unit_names('vi')[UNIT]}"
    at = {key: book.at[f"{UNIT}|{key}"][1] for key in wrong}
    assert "cần" not in found
    assert "Chấp nhận, Trả lại, Không chấp nhận" in found[f"{sheet}!M{at['P1.01|value']}"]
    assert "công thức =1+1" in found[f"{sheet}!L{at['P1.02|value']}"]
    assert "không lớn hơn" in found[f"{sheet}!L{at['P1.03|a']}"]
    assert "không kê khai" in found[f"{sheet}!M{at['P1.04|a']}"]
    assert "chọn kết luận" in found[f"{sheet}!M{at['P1.05|value'] - 1}"]
    assert "ghi số thẩm định" in found[f"{sheet}!L{at['P2.02|a']}"]
    assert "kết luận lần 1 trước" in found[f"{sheet}!P{at['P2.04|value']}"]
    assert done.returned is not None and len(found) == 7
    copy = openpyxl.load_workbook(done.returned)
    assert copy.worksheets[0].title == "Lỗi" and copy.worksheets[0].max_row == 2 + len(found)
    assert copy.worksheets[0]["B3"].value.startswith("P1.0")
    assert copy[sheet][f"M{at['P1.01|value']}"].comment is not None
    assert everything(council.root) == before
    assert not file_of(council.root, KEY).exists()


def test_a_workbook_in_one_language_is_read_by_who_uses_the_other(council: Data, tmp_path: Path) -> None:
    first(book := write(council, tmp_path / "a.xlsx"))
    done = record(book.save(tmp_path / "a.xlsx"), Data(council.root), KEY, "en", MET)
    assert done.refused is None and len(done.decisions) == 6
    write_book(desk(Data(council.root), KEY), tmp_path / "b.xlsx", "en", {}, "DTI")
    again = Book(tmp_path / "b.xlsx")
    assert again.get(UNIT, "P1.03|a", "verdict1") == "Sent back"
    assert read(council, tmp_path / "b.xlsx").decisions == []


def test_an_appraised_figure_merged_with_another_is_refused(council: Data, tmp_path: Path) -> None:
    book = write(council, tmp_path / "a.xlsx")
    book.put(UNIT, "P1.01|value", figure1="Bí thư hoặc Chủ tịch", verdict1="Chấp nhận")
    book.put(UNIT, "P1.02|value", verdict1="Chấp nhận")
    sheet, row = book.at[f"{UNIT}|P1.01|value"]
    sheet.merge_cells(f"{LETTER['figure1']}{row}:{LETTER['figure1']}{row + 1}")
    assert len(refused(read(council, book.save(tmp_path / "a.xlsx")))) == 2, "what is not seen is not “as claimed”"


def test_who_recorded_it_must_be_said(council: Data, tmp_path: Path) -> None:
    book = write(council, tmp_path / "a.xlsx")
    book.put(UNIT, "P1.01|value", verdict1="Chấp nhận")
    assert refused(read(council, book.save(tmp_path / "a.xlsx", by=""))).keys() == {f"Tổng hợp!{BY}"}


def test_a_decision_is_changed_by_another_with_its_reason(council: Data, tmp_path: Path) -> None:
    book = write(council, tmp_path / "a.xlsx")
    first(book)
    read(council, book.save(tmp_path / "a.xlsx"))
    book = write(council, tmp_path / "b.xlsx")
    book.put(UNIT, "P1.02|value", figure1=None, reason1=None)
    assert "lý do kết luận lại" in str(refused(read(council, book.save(tmp_path / "b.xlsx"))))
    book.put(UNIT, "P1.02|value", reason1="đã có đủ 3 thông báo")
    done = read(council, book.save(tmp_path / "b.xlsx"), date(2026, 1, 15))
    assert [(one.old, one.new) for one in done.decisions] == [("value=2", "value=3")]
    assert len(decisions(council)) == 7 and not check(council.root), "the first decision stands in the file all the same"
    assert points(council)["P1.02"] == 30


def test_a_second_decision_closes_the_first(council: Data, tmp_path: Path) -> None:
    book = write(council, tmp_path / "a.xlsx")
    first(book)
    book.put(UNIT, "P1.03|a", answer="Đã nộp", verdict2="Chấp nhận", reason2="đủ biên bản")
    read(council, book.save(tmp_path / "a.xlsx"))
    assert points(council)["P1.03"] == pytest.approx(13.33)
    book = write(council, tmp_path / "b.xlsx")
    book.put(UNIT, "P1.03|a", reason1="lý do khác")
    assert "đã có kết luận lần 2" in str(refused(read(council, book.save(tmp_path / "b.xlsx"))))


def test_of_two_copies_of_one_workbook_the_second_does_not_undo_the_first(council: Data, tmp_path: Path) -> None:
    write(council, tmp_path / "a.xlsx")
    one, two = Book(tmp_path / "a.xlsx"), Book(tmp_path / "a.xlsx")
    one.put(UNIT, "P1.01|value", verdict1="Chấp nhận")
    one.put(UNIT, "P1.02|value", verdict1="Trả lại", reason1="thiếu thông báo")
    read(council, one.save(tmp_path / "one.xlsx"))
    two.put(UNIT, "P1.01|value", verdict1="Không chấp nhận", reason1="văn bản hết hiệu lực")
    two.put(UNIT, "P1.02|value", verdict1="Trả lại", reason1="thiếu thông báo")
    two.put(UNIT, "P2.04|value", verdict1="Chấp nhận")
    before = everything(council.root)
    found = refused(read(council, two.save(tmp_path / "two.xlsx")))
    assert len(found) == 1 and "sổ đã có kết luận khác (số 1" in str(found) and everything(council.root) == before
    two.put(UNIT, "P1.01|value", verdict1=None, reason1=None)
    two.put(UNIT, "P1.02|value", verdict2="Chấp nhận", reason2="đã nộp đủ")
    done = read(council, two.save(tmp_path / "two.xlsx"))
    assert [(one.indicator, one.round) for one in done.decisions] == [("P1.02", "2"), ("P2.04", "1")], "what it adds is read"


def test_another_workbook_does_not_undo_what_was_decided_since(council: Data, tmp_path: Path) -> None:
    first(old := write(council, tmp_path / "a.xlsx"))
    read(council, old.save(tmp_path / "a.xlsx"))
    one, two = write(council, tmp_path / "b.xlsx"), write(council, tmp_path / "c.xlsx")
    one.put(OTHER, "P1.01|value", verdict1="Chấp nhận")
    read(council, one.save(tmp_path / "b.xlsx"))
    third = write(council, tmp_path / "d.xlsx")
    third.put(OTHER, "P1.01|value", verdict1="Không chấp nhận", reason1="văn bản hết hiệu lực")
    read(council, third.save(tmp_path / "d.xlsx"))
    two.put(OTHER, "P1.01|value", verdict1="Trả lại", reason1="xem lại")
    assert "sổ đã có kết luận khác" in str(refused(read(council, two.save(tmp_path / "c.xlsx"))))


@pytest.mark.parametrize("what", ["changed", "last removed", "one removed", "file removed", "row added", "swapped", "resealed"])
def test_no_decision_is_ever_edited(council: Data, tmp_path: Path, what: str) -> None:
    first(book := write(council, tmp_path / "a.xlsx"))
    path = book.save(tmp_path / "a.xlsx")
    read(council, path)
    file = file_of(council.root, KEY)
    rows = file.read_text(encoding="utf-8").splitlines()
    expected = "changed after it was taken"
    if what == "changed":
        rows[2] = rows[2].replace("value=2", "value=4")
    elif what == "last removed":
        rows, expected = rows[:-1], "without the last one"
    elif what == "one removed":
        rows, expected = [*rows[:2], *rows[3:]], "no decision is ever removed"
    elif what == "swapped":
        rows[2], rows[3], expected = rows[3], rows[2], "no decision is ever removed or moved"
    elif what == "resealed":
        held = [replace(one, claimed="value=9") if one.number == "2" else one for one in read_decisions(file, None)]
        rows, expected = content(appended([], held)).decode().splitlines(), "without the last one"
    elif what == "row added":
        rows, expected = [*rows, rows[-1].replace("6,", "7,", 1)], "changed after it was taken"
    if what == "file removed":
        file.unlink()
        expected = "no such file"
    else:
        file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert any(expected in str(fault) for fault in check(council.root)), what
    with pytest.raises(Faults, match=expected):
        read(council, path)


def test_verified_rows_that_no_decision_made_are_refused(council: Data, tmp_path: Path) -> None:
    first(book := write(council, tmp_path / "a.xlsx"))
    read(council, book.save(tmp_path / "a.xlsx"))
    path = council.assessment_file(KEY)
    lines_ = path.read_text(encoding="utf-8").splitlines()
    at = next(place for place, line in enumerate(lines_) if line.startswith(f"{UNIT},P1.02,verified"))
    lines_[at] = lines_[at].replace(",verified,2", ",verified,4")
    path.write_text("\n".join(lines_) + "\n", encoding="utf-8")
    sidecar = path.with_suffix(".meta.yml")
    said = yaml.safe_load(sidecar.read_text(encoding="utf-8"))
    said["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    sidecar.write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")
    (fault,) = check(council.root)
    assert fault.place == f"{UNIT}, P1.02" and "value '2'" in fault.expected


def test_an_assessment_that_was_verified_otherwise_is_not_touched(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="no decision was recorded"):
        desk(Data(), KEY)


def test_a_decided_year_is_not_appraised_again(council: Data, tmp_path: Path) -> None:
    book = write(council, tmp_path / "a.xlsx")
    for key in {key.rpartition("|")[0] for key in book.at}:
        unit, code = key.split("|")
        cells = {key for key in book.at if key.startswith(f"{unit}|{code}|")}
        head = min(cells, key=lambda one: book.at[one][1]).split("|", 1)[1]
        if any(desk(council, KEY).claims.get((unit, code), {}).get(cell.split("|")[2]) for cell in cells):
            book.put(unit, head, verdict1="Chấp nhận")
    assert read(council, book.save(tmp_path / "a.xlsx")).refused is None
    sidecar = council.assessment_file(KEY).with_suffix(".meta.yml")
    sidecar.write_text(sidecar.read_text(encoding="utf-8").replace("state: appraising", "state: decided"), encoding="utf-8")
    assert not check(council.root)
    study = Study.of(KEY, data=Data(council.root))
    assert not study.provisional and Counter(study.ranking["state"]) == {"assessed": 2, "missing": 7}
    with pytest.raises(Faults, match="the council has decided"):
        read(council, tmp_path / "a.xlsx")


def test_workbooks_of_others_and_of_other_years_are_refused(council: Data, sent: Path, tmp_path: Path) -> None:
    assert "bảng thẩm định" in str(refused(read(council, sent / name_of(UNIT))))
    book = write(council, tmp_path / "a.xlsx")
    book.book["_dti"]["B6"] = "2024"
    assert "2024" in str(refused(read(council, book.save(tmp_path / "a.xlsx"))))
    book = write(council, tmp_path / "b.xlsx")
    del book.book[book.book.sheetnames[2]]
    assert "không có trang của" in str(refused(read(council, book.save(tmp_path / "b.xlsx"))))
    (tmp_path / "c.xlsx").write_text("no workbook")
    assert read(council, tmp_path / "c.xlsx").refused is not None


def test_the_command(council: Data, tmp_path: Path) -> None:
    where = ["--place", KEY.place, "--year", "2025", "--level", KEY.level, "--data", str(council.root)]
    path = tmp_path / "tham-dinh.xlsx"
    done = CliRunner().invoke(app, ["appraise", *where, "--out", str(path)])
    assert done.exit_code == 0 and "2 đơn vị" in done.output
    book = Book(path)
    assert book.get(UNIT, "P1.03|a", "points") == pytest.approx(13.33)
    first(book)
    book.save(path)
    done = CliRunner().invoke(app, ["appraise", *where, "--read", str(path), "--decided", "2026-01-12"])
    assert done.exit_code == 0 and "Đã ghi 6 kết luận vào sổ" in done.output and "1 trả lại đơn vị" in done.output
    done = CliRunner().invoke(app, ["appraise", *where, "--read", str(path)])
    assert done.exit_code == 0 and "sổ không thay đổi" in done.output
    book.put(UNIT, "P1.01|value", verdict1="?")
    book.save(path)
    done = CliRunner().invoke(app, ["appraise", *where, "--read", str(path)])
    assert done.exit_code == 1 and "Không ghi gì" in done.output
    assert isinstance(CliRunner().invoke(app, ["appraise", *where]).exception, Faults)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_the_overview_counts(council: Data, tmp_path: Path) -> None:
    first(book := write(council, tmp_path / "a.xlsx"))
    found = recalculated([book.save(tmp_path / "a.xlsx")], tmp_path / "out")
    overview = next(iter(found.values()))["Tổng hợp"]
    row = next(row for row in overview if council.unit_names("vi")[UNIT] in map(str, row))
    assert [int(float(str(cell))) for cell in row[4:7]] == [5, 1, 0], "decided, sent back, left of the six answers"


@pytest.mark.parametrize("level", ["department", "district", "commune"])
def test_what_is_rejected_earns_nothing(level: str) -> None:
    """Of every claim of the sample province: either there are figures that earn 0, or the council must write its own."""
    study = Study.of(KEY._replace(level=level))
    groups = dict(zip(study.units["unit"], study.units["group"], strict=True))
    rows, without = [], Counter[str]()
    own = study.filed[study.filed["basis"] == "self"]
    claims = {(row["unit"], row["indicator"]): row for row in own.to_dict("records")}
    for unit in list(groups)[:6]:
        for line in lines(study.framework, groups[unit], "vi"):
            row = claims.get((unit, line.code))
            if not line.asks or row is None or not line.applies:
                continue
            claim = {one.name: str(row.get(one.name, "")) for one in line.asks}
            if "n/a" in claim.values() or not any(claim.values()):
                continue
            zero = nothing(line, claim)
            if zero is None:
                without[line.component.rule_name] += 1
            else:
                rows.append({"unit": unit, "indicator": line.code, **zero})
    scores = score(study.framework, pd.DataFrame(rows).fillna(""), study.units[study.units["unit"].isin(groups)])
    leaves = {(row["unit"], row["indicator"]) for row in rows}
    for row in scores.to_dict("records"):
        if (row["unit"], row["component"]) in leaves:
            assert (row["points"], row["state"] in ("assessed", "not_applicable")) == (0, True), row
    assert set(without) <= {"deadline", "penalty", "ratio", "levels", "linear", "steps", "bands", "not_scored"}
    assert len(rows) > 3 * sum(without.values())


def test_cells_are_written_and_read_back() -> None:
    cells = {"a": "8", "q1": "Đầy đủ, đúng hạn", "value": "x=1; y"}
    assert cells_of(written(cells)) == cells and written({"a": ""}) == "" and cells_of("") == {}


def test_the_day_of_intake_stands(council: Data) -> None:
    assert {source.received for source in council.provenance(KEY).sources} == {DAY.isoformat()}
    assert council.provenance(KEY).state == "collecting"
