"""Intake: what is read, and what is refused at the door."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from dti_analysis.common.faults import Faults
from dti_analysis.records.intake import OPTIONAL, REQUIRED, read_assessment, read_table
from dti_analysis.scores.grid import KNOWN_COLUMNS

Write = Callable[[str | bytes], Path]


@pytest.fixture
def csv_file(tmp_path: Path) -> Write:
    def write(content: str | bytes) -> Path:
        path = tmp_path / "form.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def _faults(path: Path, **keywords: list[str]) -> list[str]:
    with pytest.raises(Faults) as raised:
        read_table(path, **({"required": ["unit", "value"], "optional": []} | keywords))
    assert all(fault.file == str(path) for fault in raised.value.faults)
    return [f"{fault.place}: found {fault.found}; expected {fault.expected}" for fault in raised.value.faults]


def test_cells_stay_text(csv_file: Write) -> None:
    table = read_table(csv_file("code,value\n4.10,1.50\n4.1,\n1e3,007\n"), ["code", "value"], [])
    assert table.to_dict("list") == {"code": ["4.10", "4.1", "1e3"], "value": ["1.50", "", "007"]}


def test_byte_order_mark_spaces_and_line_breaks_in_cells(csv_file: Write) -> None:
    content = '\ufeffunit, value ,evidence\r\n Văn Yên ,3,"* QĐ 1\n* QĐ 2"\r\n'
    table = read_table(csv_file(content), ["unit", "value"], ["evidence"])
    assert list(table.columns) == ["unit", "value", "evidence"]
    assert table.iloc[0].to_list() == ["Văn Yên", "3", "* QĐ 1\n* QĐ 2"]


def test_both_unicode_forms_of_a_name_become_one(csv_file: Write) -> None:
    composed = "Nghĩa Lộ"
    decomposed = unicodedata.normalize("NFD", composed)
    assert composed != decomposed
    table = read_table(csv_file(f"unit,value\n{composed},1\n{decomposed},2\n"), ["unit", "value"], [])
    assert table["unit"].to_list() == [composed, composed]


def test_extra_columns_are_kept_where_any_may_stand(csv_file: Write) -> None:
    assert list(read_table(csv_file("unit,whatever\na,b\n"), ["unit"]).columns) == ["unit", "whatever"]


def test_a_header_alone_is_an_empty_table(csv_file: Write) -> None:
    table = read_table(csv_file("unit,value\n"), ["unit", "value"], [])
    assert (len(table), list(table.columns)) == (0, ["unit", "value"])


def test_missing_file_and_folder(tmp_path: Path) -> None:
    assert _faults(tmp_path / "none.csv") == [": found no such file; expected a CSV file"]
    assert _faults(tmp_path) == [": found a folder; expected a CSV file"]


EXCEL = "in Excel: “CSV UTF-8 (Comma delimited)”; dti intake reads what Excel saves otherwise"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("", ": found an empty file; expected a header with unit, value"),
        (b"unit,value\n\xd0\xff,1\n", f"byte 11: found bytes that are not UTF-8; expected CSV saved as UTF-8 ({EXCEL})"),
        ('unit,value\n"a,1\n', "row 2: found unexpected end of data; expected well-formed CSV, every quote closed"),
        ("unit\na\n", "header: found no column 'value'; expected the column 'value'"),
        ("unit,value,valu\na,1,2\n", "header: found the column 'valu'; expected 'value'? Known: unit, value"),
        ("unit,value,zzz\na,1,2\n", "header: found the column 'zzz'; expected one of unit, value"),
        ("unit,value,value\na,1,2\n", "header: found the column 'value' twice; expected each column once"),
        ("unit,value\na,1\nb\n", "row 3: found 1 cells; expected 2, as in the header"),
        (
            "unit,value\na,1,5\n",
            "row 2: found 3 cells; expected 2, as in the header "
            "(is 1,5 a number with a decimal comma? Write it in quotes, or with a point)",
        ),
    ],
)
def test_refused_at_the_door(csv_file: Write, content: str | bytes, fault: str) -> None:
    assert _faults(csv_file(content)) == [fault]


@pytest.mark.parametrize(("sign", "name"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_other_signs_are_not_commas(csv_file: Write, sign: str, name: str) -> None:
    fault = f"header: found columns separated by {name}; expected columns separated by commas ({EXCEL})"
    assert _faults(csv_file(f"unit{sign}value\na{sign}1\n")) == [fault]
    assert _faults(csv_file(f"unit{sign}value\na{sign}1,5\n")) == [fault]


@pytest.mark.parametrize("blanks", ["  ,", ",", " , ", "\u00a0,\t", '"\n",'])
def test_rows_of_blanks_are_no_rows_but_count(csv_file: Write, blanks: str) -> None:
    table = read_table(csv_file(f"unit,value\n{blanks}\na,1\n{blanks}\nb,2\n{blanks}\n"), ["unit", "value"], [])
    assert table["unit"].to_list() == ["a", "b"]
    assert [index + 2 for index in table.index] == [3, 5]


def test_columns_that_a_spreadsheet_leaves_blank_are_passed_over(csv_file: Write) -> None:
    table = read_table(csv_file("unit,value,,\na,1,,\nb,2,,\n,,,\n"), ["unit", "value"], [])
    assert table.to_dict("list") == {"unit": ["a", "b"], "value": ["1", "2"]}
    assert _faults(csv_file("unit,,value,,\na,1,2,3,\n")) == [
        "header: found no name for column 2, 4; expected a name for each column"
    ]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"PK\x03\x04\xff\xfe", "an Excel workbook or another archive"),
        ("unit,value\nHuyện,1\n".encode("utf-16"), "text in UTF-16"),
        ("unit,value\nHuy\u1ec7n,1\n".encode("cp1258", "replace").replace(b"?", b"\xea\xf2"), "bytes that are not UTF-8"),
    ],
)
def test_what_is_no_text_in_utf_8_is_said_to_be_what_it_is(csv_file: Write, content: bytes, found: str) -> None:
    (said,) = _faults(csv_file(content))
    assert f"found {found}; expected CSV saved as UTF-8" in said


def test_all_faults_at_once(csv_file: Write) -> None:
    places = [fault.split(":")[0] for fault in _faults(csv_file("unit,extra,extra\na,1\n\nb,1,2,3\n"))]
    assert places == ["header", "header", "header", "row 2", "row 4"]


def test_a_blank_line_is_no_row_but_counts(csv_file: Write) -> None:
    table = read_table(csv_file("unit,value\na,1\n\nb,2\n\n"), ["unit", "value"], [])
    assert table["unit"].to_list() == ["a", "b"]
    assert [index + 2 for index in table.index] == [2, 4]


def test_an_assessment_needs_something_measured(csv_file: Write) -> None:
    with pytest.raises(Faults) as raised:
        read_assessment(csv_file("unit,indicator,evidence\na,P1,x\n"))
    (fault,) = raised.value.faults
    assert (fault.place, fault.expected) == ("header", "a column 'value' (or 'a' and 'b')")
    assert fault.found == "unit, indicator, evidence"


def test_an_assessment_knows_its_columns(csv_file: Write) -> None:
    columns = "year,unit,group,indicator,basis,value,a,b,evidence,source"
    assert list(read_assessment(csv_file(columns + "\n")).columns) == columns.split(",")
    with pytest.raises(Faults) as raised:
        read_assessment(csv_file("unit,indicator,value,basi\n"))
    assert str(raised.value.faults[0].expected).startswith("'basis'? Known: ")


@pytest.mark.parametrize("name", ["a", "b", "f", "g", "t", "q1", "q4", "c1", "c7", "c12"])
def test_a_number_that_a_rule_asks_for_has_a_column(csv_file: Write, name: str) -> None:
    table = read_assessment(csv_file(f"unit,indicator,{name}\nu,P1,3\n"))
    assert table[name].to_list() == ["3"]


@pytest.mark.parametrize("name", ["A", "ab", "q123", "1q", "q1a", "đ", "q 1", "total", "values"])
def test_other_columns_of_an_assessment_are_refused(csv_file: Write, name: str) -> None:
    with pytest.raises(Faults) as raised:
        read_assessment(csv_file(f"unit,indicator,value,{name}\nu,P1,3,4\n"))
    (fault,) = raised.value.faults
    assert (fault.place, fault.found) == ("header", f"the column '{name.strip()}'")
    assert "Known: " in fault.expected or fault.expected.startswith("one of ")


def test_what_intake_lets_in_scoring_knows() -> None:
    assert {*REQUIRED, *OPTIONAL} - {"value"} == set(KNOWN_COLUMNS)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("\nunit,indicator,value\nu,A,1\n", "found a blank line"),
        ("\n\n\n", "found a blank line"),
        ("Bảng điểm năm 2024,,,\nunit,indicator,value\nu,A,1\n", "found 'Bảng điểm năm 2024'"),
        ("sep=,\nunit,indicator,value\nu,A,1\n", "found 'sep='"),
        ("# remark\nunit,indicator,value\nu,A,1\n", "found '# remark'"),
        ("<html><body>unit</body></html>\n", "found '<html>"),
        ("unit indicator value\nu A 1\n", "found 'unit indicator value'"),
        ('{"unit": "u"}\n', "found '{"),
    ],
)
def test_what_has_no_header_is_one_fault(csv_file: Callable[[str], Path], content: str, found: str) -> None:
    with pytest.raises(Faults) as caught:
        read_assessment(csv_file(content))
    (fault,) = caught.value.faults
    assert fault.place == "row 1" and found in str(fault) and fault.expected == "a header with unit, indicator"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("Unit,indicator,value", "the column 'Unit'"),
        ("unít,indicator,value", "the column 'unít'"),
        ("unіt,indicator,value", "the column 'unіt' with U+0456 CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I"),
        ("\ufeff\ufeffunit,indicator,value", "the column '\ufeffunit' with U+FEFF ZERO WIDTH NO-BREAK SPACE"),
    ],
)
def test_a_misspelt_column_is_one_fault(csv_file: Callable[[str], Path], header: str, found: str) -> None:
    with pytest.raises(Faults) as caught:
        read_assessment(csv_file(f"{header}\nu,A,1\n"))
    assert [(fault.found, fault.expected) for fault in caught.value.faults] == [(found, "the column 'unit'")]


def test_masses_of_columns_cells_and_faults_take_no_time(csv_file: Callable[[str], Path]) -> None:
    began = time.process_time()
    with pytest.raises(Faults, match=r"found 300,003 columns; expected at most 1000"):
        read_assessment(csv_file("unit,indicator,value" + ",x" * 300_000 + "\nu,A,1\n"))
    with pytest.raises(Faults, match="row 2: found a cell without end"):
        read_assessment(csv_file(f"unit,indicator,value\nu,A,{'x' * 1_000_000}\n"))
    rows = "".join(f"Xa {at},A,1\nXA {at},A,1\n" for at in range(10_000))
    with pytest.raises(Faults) as caught:
        read_assessment(csv_file(f"unit,indicator,value\n{rows}"))
    assert len(caught.value.faults) == 10_000
    assert time.process_time() - began < 10
