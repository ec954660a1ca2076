"""Faults in the language of the one who reads them: the English text as it is written, the Vietnamese from faults.vi.yaml."""

from __future__ import annotations

import csv
import errno
import io
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import yaml
from IPython.core.interactiveshell import InteractiveShell
from pydantic import BaseModel, Field, ValidationError
from pytest import MonkeyPatch

from dti_analysis.checks import check
from dti_analysis.common import said, strict_yaml
from dti_analysis.common.faults import Fault, Faults, fault, refused_by_model
from dti_analysis.common.said import in_words, speak, speaking
from dti_analysis.records.new_folder import write_new_folder
from tests.fault_words import modules

PACKAGE = Path(said.__file__).parents[1]
CATALOGUE = Path(said.__file__).with_name("faults.vi.yaml")
BIN = Path(sys.executable).parent
_ENGLISH = re.compile(
    r"\b(the|found|expected|one|of|no|not|and|or|is|are|as|with|without|each|what|which|from|that|than|should|where|there"
    r"|nothing|file|folder|column|row|line|only|again|least|most|known|did|such|any|it|its)\b"
)
_DATA = re.compile(r"'[^']*'|“[^”]*”|\"[^\"]*\"|\([^)]*\)|\{[^}]*\}|<[^>]*>|/\S*|(?:giá trị|hợp lệ|các cột|trong): .*$")
"""What may be in any language: what is quoted, in brackets, a path, a list of known words."""


@pytest.fixture(autouse=True)
def _nobody_chose(monkeypatch: MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("DTI_LANG", raising=False)
    yield
    speak("")
    speak("", "pages")
    speak("", "notebook")


def _sentences() -> dict[str, str]:
    data: dict[str, str] = strict_yaml.read(CATALOGUE, as_is=True).data
    return data


def test_every_text_of_every_fault_is_in_the_catalogue() -> None:
    """A name (of a key, a column, a parameter) is the same in every language."""
    name = re.compile(r"[\w./-]+(, [\w./-]+)*")
    told = [(module.path.relative_to(PACKAGE), line, text) for module in modules(PACKAGE) for line, text in module.texts()]
    missing = [f"{path}:{line}: {text}" for path, line, text in told if not name.fullmatch(text) and said._told(text) is None]
    missing += [f"{path}:{line}: {text}: {left[0]} is left" for path, line, text in told
                if (left := _ENGLISH.findall(_DATA.sub("", said._told(text) or "")))]  # fmt: skip
    assert missing == [], "texts of faults without a Vietnamese sentence in dti_analysis/common/faults.vi.yaml"
    assert len(told) > 600


def test_the_reading_of_the_source_finds_what_it_has_to_find(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text(
        "from dti_analysis.common.faults import Fault, fault\n"
        "_MORE = {'a': 'a word of a mapping'}\n"
        "def _what(n):\n    return f'{n} of something' if n else 'nothing at all'\n"
        "def look(path, n):\n    found = 'one thing' + (' of two' if n else '')\n"
        "    raise fault(path, f'line {n}', found, _MORE.get(n, 'another thing'))\n"
        "    yield Fault(path, '', _what(n), expected='by keyword')\n"
        "    yield 'a tuple that', 'is given'\n",
        encoding="utf-8",
    )
    (module,) = modules(tmp_path)
    assert {text for _, text in module.texts()} == {
        "a word of a mapping", "⟨0⟩ of something", "nothing at all", "one thing", " of two", "line ⟨1⟩", "another thing",
        "by keyword", "a tuple that", "is given",
    }  # fmt: skip


def test_both_languages_of_a_sentence_have_the_same_places_and_no_english_is_left() -> None:
    for english, told in _sentences().items():
        places = [sorted({kind + name for kind, name in said._PLACE.findall(text)} - {"rest"}) for text in (english, told)]
        assert places[0] == places[1], english
        assert len(said._PLACE.findall(english)) == len(places[0]) + english.count("{rest}"), "a place stands in it once"
        assert not _ENGLISH.search(_DATA.sub("", said._PLACE.sub("", told))), told
        example = said._PLACE.sub(lambda place: "1,234" if place[1] == "#" else "⟨⟩", english)
        assert in_words(example, "vi") != example or english == told


def test_what_is_said_of_a_fault_in_both_languages() -> None:
    one = Fault("units.csv", "row 4", "no column 'unit'", "the column 'unit'")
    assert str(one) == one.text("en") == "units.csv: row 4: found no column 'unit'; expected the column 'unit'"
    assert one.text("vi") == "units.csv: dòng 4: không có cột 'unit'; cần cột 'unit'"
    two = fault("parameter", "year", "'2025'", "a whole number, as 2025")
    assert two.text("vi") == "tham số: year: thấy '2025'; cần một số nguyên, như 2025"
    again = pickle.loads(pickle.dumps(Faults([one, *two.faults])))
    assert again.text("vi").splitlines() == [one.text("vi"), two.text("vi")]
    assert str(again).splitlines() == [str(one), str(two)]


@pytest.mark.parametrize(
    "text",
    [
        "name 'no such file'", "'the column of an empty file'", "level 'x for y and z'", "'Cư M'gar with an or'",
        "title: 'a text'", "“from 1 to 2”", "07/QĐ-UBND", "12.5", "",
    ],
)  # fmt: skip
def test_what_stands_in_a_cell_is_never_translated(text: str) -> None:
    assert in_words(text, "vi") == text
    told = in_words(f"the unit '{text}' again", "vi")
    assert told == f"đơn vị '{text}' lặp lại"


def test_the_sentence_with_most_words_is_the_one_that_is_told() -> None:
    assert in_words("b of at most a (10 at most)", "vi") == "b không lớn hơn a (tối đa 10)"
    assert in_words("2,000,001 characters", "vi") == "2.000.001 ký tự"
    assert in_words("one of a, b … (14 in all), as CODE@framework", "vi").startswith("dạng MÃ@bộ-chỉ-số, một trong 14 giá trị")
    assert in_words("one ending in .csv or .yaml", "vi") == "tệp có đuôi .csv hoặc .yaml"
    long = Fault("f", "", f"'{'x' * 900}'", "a word").text("vi")
    assert "(902 ký tự)" in long
    assert len(long) < 300


def test_the_language_is_the_one_chosen_then_that_of_the_environment_then_english(monkeypatch: MonkeyPatch) -> None:
    assert (speaking(), speaking("notebook")) == ("en", "en")
    monkeypatch.setenv("DTI_LANG", "vi")
    assert (speaking(), speaking("notebook")) == ("vi", "vi")
    speak("en")
    assert (speaking(), speaking("notebook")) == ("en", "vi")
    speak("xx")
    assert speaking() == "vi"
    monkeypatch.setenv("DTI_LANG", "fr")
    assert speaking() == "en"
    speak("vi", "pages")
    speak("vi", "notebook")
    assert (speaking(), speaking("notebook")) == ("vi", "vi")
    monkeypatch.setenv("DTI_LANG", "en")
    assert (speaking(), speaking("notebook")) == ("en", "en"), "whoever says how they are to be told is told so"


def test_no_catalogue_is_read_while_english_is_told() -> None:
    program = (
        "from dti_analysis.common import said\nfrom dti_analysis.common.faults import fault\n"
        "str(fault('f', 'row 1', 'no such file', 'a file')); fault('f', '', 'x', 'y')._render_traceback_()\n"
        "assert said._sentences.cache_info().misses == 0\n"
        "fault('f', 'row 1', 'no such file', 'a file').text('vi')\nassert said._sentences.cache_info().misses == 1\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# What comes from elsewhere: pydantic, the readers of YAML and CSV, the system


class _Kinds(BaseModel):
    whole: Annotated[int, Field(ge=1990, le=2100)] = 2000
    strict: Annotated[int, Field(strict=True)] = 1
    part: Annotated[float, Field(gt=0, lt=1)] = 0.5
    yes: bool = True
    word: Literal["a", "b", "c"] = "a"
    text: Annotated[str, Field(min_length=1, max_length=3)] = "x"
    cell: Annotated[str, Field(pattern=r"^[A-Z]{1,3}[1-9]\d{0,4}$")] = "A1"
    several: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]
    mapping: dict[str, int] = {}
    day: date = date(2025, 1, 1)


@pytest.mark.parametrize(
    "given, told",
    [
        ({"whole": "x"}, "một số nguyên"), ({"whole": 2.5}, "một số nguyên"),
        ({"whole": 1}, "số từ 1990 trở lên"),
        ({"whole": 3000}, "số không quá 2100"), ({"strict": "1"}, "một số nguyên"), ({"part": "x"}, "một số"),
        ({"part": 0}, "số lớn hơn 0"), ({"part": 2}, "số nhỏ hơn 1"), ({"yes": "maybe"}, "true hoặc false"),
        ({"yes": {}}, "true hoặc false"), ({"word": "d"}, "'a', 'b' hoặc 'c'"), ({"text": ""}, "chữ có ít nhất 1 ký tự"),
        ({"text": "long"}, "chữ có nhiều nhất 3 ký tự"), ({"text": 4.1}, "chữ, đặt trong dấu nháy nếu trông như số"),
        ({"cell": "1A"}, "địa chỉ một ô, như B4"), ({"several": []}, "ít nhất 1"),
        ({"several": [1, 2, 3]}, "nhiều nhất 2 mục, không phải 3"),
        ({"several": 1}, "một danh sách, dạng '- …'"), ({"mapping": 1}, "các cặp 'khóa: giá trị'"),
        ({"day": "x"}, "một ngày, như 2025-06-30"), ("x", "các cặp 'khóa: giá trị'"),
    ],
)  # fmt: skip
def test_what_pydantic_says(given: Any, told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        _Kinds.model_validate(given)
    for detail in caught.value.errors():
        _, expected = refused_by_model(detail, "key", [])
        assert in_words(expected, "vi") == told


@pytest.mark.parametrize(
    "text",
    [
        "a: b: c", "a: [1", "a: {b: 1", "- a\nb: 1", "a: 'x", 'a: "x', 'a: "\\z"', "a:\n\t- b", "a: @x", "a: `x", "a: %x", "%a",
        "{{a}}", "a: 1\n---\nb: 2", "a: |0\n x", "a: > x\n", "a: 1\n b: 2",
        "a:\n  - 1\n - 2\n- 3", "? a\n: ? b", "]", "a\n: b", "&",
        "a: *b", "a: !\n", "? [a]\n: 1", "a: - b", "a: 'x\n---\n'", "a: 1\nb\nc: 2", "a: 'x'y", "a: [1,,2]",
    ],
)  # fmt: skip
def test_what_the_reader_of_yaml_says(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text + "\n", encoding="utf-8")
    try:
        strict_yaml.read(path)
    except Faults as error:
        for one in error.faults:
            assert said._told(one.found) is not None, one.found
            assert not _ENGLISH.search(_DATA.sub("", one.text("vi").removeprefix(f"{path}")))
    except yaml.YAMLError as error:
        pytest.fail(f"told raw: {error}")


def test_what_the_reader_of_csv_and_the_system_say() -> None:
    for text in ('a,"b', 'a,"b"c', "x" * 200_000):
        with pytest.raises(csv.Error) as caught:
            list(csv.reader(io.StringIO(text, newline=""), strict=True))
        assert said._told(str(caught.value)) is not None, caught.value
    for name in (
        "ENOENT", "EACCES", "EPERM", "EISDIR", "ENOTDIR", "EEXIST", "ENAMETOOLONG", "ENOTEMPTY", "ENOSPC", "EDQUOT", "EROFS",
        "EMFILE", "ENFILE", "ELOOP", "EIO", "EBUSY", "ETXTBSY", "EINVAL", "EXDEV", "ENOMEM", "EPIPE", "ECONNREFUSED", "ESTALE",
    ):  # fmt: skip
        problem = OSError(getattr(errno, name), os.strerror(getattr(errno, name)), "/x")
        assert said._told(str(problem.strerror)) is not None, problem.strerror
        assert said._told(str(problem)) is not None


# A data folder, damaged in one place


FRAMEWORK, ASSESSMENT = "frameworks/thu-commune-2026.yaml", "assessments/thu/dti/2026/commune.csv"
SIDECAR, UNITS = "assessments/thu/dti/2026/commune.meta.yml", "units.csv"
DAMAGES = [
    (
        FRAMEWORK,
        "max_points: 100",
        "max_points: 100\nmesure: x",
        "dòng 12: thấy khóa 'mesure'; cần 'measure' (gần đúng nhất); các giá",
    ),
    (FRAMEWORK, "by: percent", "by: percents", "thấy by: 'percents'; cần 'percent' hoặc 'points'"),
    (FRAMEWORK, "decimals: 2", "decimals: 13", "thấy decimals: 13; cần số không quá 12"),
    (FRAMEWORK, "decimals: 2", "decimals: hai", "thấy decimals: 'hai'; cần một số nguyên"),
    (
        FRAMEWORK,
        "    max_points: 40",
        "    max_points: 40\n    max_points: 40",
        "thấy khóa 'max_points' lặp lại (lần đầu ở dòng 19)",
    ),
    (FRAMEWORK, "code: P1.02", "code: 1.02", "thấy code: 1.02; cần chữ, đặt trong dấu nháy nếu trông như số"),
    (FRAMEWORK, "code: P1.02", "code: P1.01", "dòng 29, P1.01: thấy mã P1.01 lặp lại (lần đầu ở dòng 22); cần mỗi mã một lần"),
    (
        FRAMEWORK,
        "max_points: 40",
        "max_points: 50",
        "thấy max_points 100, trong khi tổng của các thành phần con là 110; cần số điểm",
    ),
    (FRAMEWORK, "{yes_no:", "{yes_noo:", "thấy cách tính 'yes_noo'; cần 'yes_no' (gần đúng nhất)"),
    (FRAMEWORK, "above_one: refuse ", "above_one: maybe ", "thấy ratio.above_one: 'maybe'; cần 'cap' hoặc 'refuse'"),
    (FRAMEWORK, "3: 15", "3: 25", "cần các bậc có điểm tăng theo số đếm"),
    (FRAMEWORK, "indicators: 6", "indicators: 7", "thấy 6 chỉ số thành phần (indicators); cần 7, theo chính văn bản ban hành"),
    (FRAMEWORK, "levels: [commune]", "levels: [xa]", "level: thấy 'xa'; cần một trong các giá trị: commune"),
    (FRAMEWORK, "levels: [commune]", "levels: []", "thấy levels: có 0 mục; cần ít nhất 1"),
    (FRAMEWORK, "share: 1/2", "share: 3/2", "cần một phần từ 0 đến 1, như 3/4 hoặc 0.75"),
    (
        FRAMEWORK,
        "rule: {reported: {}}",
        "rule: {}",
        "không có cách tính (rule) cũng không có thành phần con; cần cách tính (rule)",
    ),
    (
        FRAMEWORK,
        "{reported: {}}",
        "{reported: {}, gate: {}}",
        "thấy 2 cách tính (reported, gate); cần đúng một cách tính (rule)",
    ),
    (FRAMEWORK, "{from: 2026,", "{from: 2027,", "thấy từ 2027 đến 2026; cần một năm, rồi chính năm đó hoặc một năm sau đó"),
    (FRAMEWORK, "levels: [commune]", "levels: [commune", "thấy thiếu dấu phẩy hoặc dấu ]; cần YAML đúng cú pháp"),
    (
        FRAMEWORK,
        "levels: [commune]",
        "levels: &x [commune]",
        "thấy ký hiệu tham chiếu &x; cần mỗi giá trị viết đủ tại chỗ của nó",
    ),
    (FRAMEWORK, "issued: 2026-01-01", "issued: 1/1/2026", "cần một ngày như 2025-06-30, một tháng như 2025-06 hoặc một năm"),
    (UNITS, "unit,name_vi", "unti,name_vi", "dòng tiêu đề: thấy cột 'unti'; cần cột 'unit'"),
    (UNITS, "thu-2,", "Thu 2,", "dòng 3: thấy unit 'Thu 2'; cần chữ thường không dấu, chữ số và gạch nối, như xa-mau-an"),
    (UNITS, "thu-2,", "thu-1,", "dòng 3: thấy đơn vị 'thu-1' lặp lại; cần mỗi unit một lần"),
    (UNITS, "Two,commune", "Two,xa", "dòng 3: thấy level 'xa'; cần một trong các giá trị: commune"),
    (UNITS, "Two,commune,thu,,,", "Two,commune,thu,,,hôm qua", "thấy valid_from 'hôm qua'; cần một ngày, như 2025-06-30"),
    (UNITS, "mẫu Hai", "mẫu Hаi", "cần tên bằng chữ cái Latinh (có ký tự U+0430 CYRILLIC SMALL LETTER A)"),
    (UNITS, "mẫu Hai", "mẫu Một", "thấy tên 'Đơn vị mẫu Một' cũng là tên của thu-1; cần part_of, khi hai đơn vị trùng tên"),
    (UNITS, "thu-3,", 'thu-3,"', "thấy tệp kết thúc giữa chừng (dấu nháy kép chưa đóng); cần CSV đúng cú pháp"),
    (UNITS, "thu-3,Đơn vị mẫu Ba,", "thu-3,", "dòng 4: thấy 11 ô; cần 12 ô, như dòng tiêu đề"),
    (UNITS, "unit,", "\0,", "không có cột 'unit'"),
    ("references.csv", "2026", "nay", "dòng 2: thấy issued 'nay'; cần một ngày như"),
    ("references.csv", "thu-decision,", "khac,", "thấy căn cứ 'thu-decision'; cần một trong các giá trị: khac"),
    ("places.csv", ",sample,", ",fictitious,", "thấy kind 'fictitious'; cần một trong các giá trị: real, sample"),
    (ASSESSMENT, "thu-2", "thu-9", "dòng 14: thấy đơn vị 'thu-9'; cần 'thu-3' (gần đúng nhất)"),
    (ASSESSMENT, "P1.02", "P1.09", "dòng 3: thấy chỉ số 'P1.09'; cần 'P1.03' (gần đúng nhất)"),
    (ASSESSMENT, "unit,", "đơn vị,", "dòng tiêu đề: thấy cột 'đơn vị'; cần một trong các giá trị: basis"),
    (ASSESSMENT, "self,4,", "self,bốn,", "thấy value 'bốn'; cần một số nguyên từ 0 trở lên, không có dấu phân cách hàng nghìn"),
    (ASSESSMENT, "812,1000", "1200,1000", "cần a không lớn hơn b (tối đa 30)"),
    (ASSESSMENT, "thu-1,P2.03,self,6", "thu-1,P2.03,self,60", "thấy value 60; cần điểm từ 0 đến điểm tối đa (tối đa 10)"),
    (
        ASSESSMENT,
        "thu-1,P1.02,self",
        "thu-1,P1.01,self",
        "thấy thu-1, P1.01, self lặp lại (lần đầu ở dòng 2); cần mỗi đơn vị, chỉ số",
    ),
    (
        ASSESSMENT,
        "Người đứng đầu",
        "Trưởng phòng",
        "thấy value Trưởng phòng; cần một trong các giá trị: Người đứng đầu, Cấp phó",
    ),
    (ASSESSMENT, "self,6,,", "self,6,1,", "thấy a '1' bên cạnh value; cần chỉ value, mà cách tính đọc"),
    (SIDECAR, "kind: sample", "kind: real", "thấy kind: 'real'; cần 'published', 'received' hoặc 'sample'"),
    (
        SIDECAR,
        "kind: sample",
        "kind: published",
        "thấy số liệu loại published của thu, một địa phương hư cấu; cần kind: sample",
    ),
    (SIDECAR, "place: thu", "place: thu-2", "dòng 5, place: thấy thu-2; cần thu, theo đường dẫn của tệp"),
    (SIDECAR, "commune-2026", "commune-2025", "không có bộ chỉ số 'thu-commune-2025'; cần 'thu-commune-2026' (gần đúng nhất)"),
    (SIDECAR, "year: 2026", 'year: "2026"', "thấy year: '2026'; cần một số nguyên"),
    (SIDECAR, "sha256: ", "sha256: 0", "cần mã SHA-256 của tệp, 64 ký tự 0-9 và a-f"),
    (SIDECAR, "title: S", "titel: S", "thấy khóa 'titel'; cần 'title' (gần đúng nhất)"),
]
ADDED = [
    ("published/claims.yaml", "- id: A\n", "dòng 1, A: không có 'statement_vi'; cần khóa 'statement_vi'"),
    ("recognition/x.yaml", "id: x\nplace: thu\n", "dòng 1: không có 'applies'; cần khóa 'applies'"),
    ("corrections/thu/dti/2026/commune.yaml", "- kind: appeal\n", "dòng 1: không có 'decided'; cần khóa 'decided'"),
    ("bands.csv", "place,index\n", "dòng tiêu đề: không có cột 'scheme'; cần cột 'scheme'"),
    ("site.yaml", "pages: ranking\n", "thấy pages: 'ranking'; cần một danh sách, dạng '- …'"),
    ("notes.yml", "a: 1\n", "thấy tệp có đuôi '.yml'; cần tệp có đuôi .csv hoặc .yaml"),
    ("frameworks/old.xlsx", "x", "thấy đuôi '.xlsx' của old.xlsx; cần chỉ các bộ chỉ số, dạng TÊN.yaml"),
    ("sealed/thu/x.yaml", "a\n", "cần <địa phương>/<chỉ số>/<năm>/<cấp>.yaml của một đánh giá đã có"),
    ("assessments/thu/commune.csv", "a\n", "cần đường dẫn dạng <địa phương>/<chỉ số>/<năm>/<cấp>.csv"),
    ("published/movements.csv", "a;b\n1;2\n",
     "thấy các cột ngăn bằng dấu chấm phẩy; cần các cột ngăn bằng dấu phẩy (trong Excel chọn"),
    ("published/results.csv", "", "thấy một tệp trống; cần dòng tiêu đề có các cột"),
    ("features.csv", "PK\x03\x04", "cần dòng tiêu đề có các cột feature, value"),
]  # fmt: skip


def _told(folder: Path) -> str:
    lines = [one.text("vi").replace(f"{folder}/", "") for one in check(folder)]
    for line in lines:
        assert not _ENGLISH.search(_DATA.sub("", line.partition(": ")[2])), line
    return "\n".join(lines)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_new_folder(tmp_path / "data", "thu", 2026, "commune", "dti")
    return tmp_path / "data"


@pytest.mark.parametrize("file, old, new, told", DAMAGES)
def test_a_damaged_file_is_told_in_vietnamese(folder: Path, file: str, old: str, new: str, told: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert told in _told(folder)


@pytest.mark.parametrize("file, content, told", ADDED)
def test_a_file_that_does_not_belong_is_told_in_vietnamese(folder: Path, file: str, content: str, told: str) -> None:
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(content, encoding="utf-8")
    assert told in _told(folder)


# The ways in which a person meets them


def _dti(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    around = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb", **environment}
    command = [str(BIN / "dti"), *map(str, arguments)]
    return subprocess.run(command, env=around, capture_output=True, text=True, timeout=300, check=False)


def test_commands_tell_faults_in_the_language_asked_for(folder: Path) -> None:
    assert _dti("check", folder, "--lang", "vi").stdout == f"không có lỗi trong {folder}\n"
    sets = folder / "frameworks/none.yaml"
    english = (
        f"✗ {sets}: found no such file or folder; expected a file or folder to check\n"
        "1 fault; nothing was written or published.\n"
    )
    tieng_viet = (
        f"✗ {sets}: không có tệp hay thư mục này; cần một tệp hoặc thư mục để kiểm tra\n1 lỗi; chưa ghi hay công bố gì.\n"
    )
    assert _dti("check", sets).stderr == english
    assert _dti("check", sets, "--lang", "vi").stderr == tieng_viet
    assert _dti("check", sets, DTI_LANG="vi").stderr == tieng_viet
    assert _dti("check", sets, "--lang", "en", DTI_LANG="vi").stderr == english


def test_a_run_tells_them_in_its_language_if_it_has_only_one(folder: Path, tmp_path: Path) -> None:
    run = ("run", "--data", folder, "--output", tmp_path / "out", "--place", "khac", "--dry-run")
    english, tieng_viet = "found 'khac'; expected one of thu", "thấy 'khac'; cần một trong các giá trị: thu"
    assert english in _dti(*run).stderr
    assert english in _dti(*run, "--lang", "vi", "--lang", "en").stderr
    assert tieng_viet in _dti(*run, "--lang", "vi").stderr
    assert tieng_viet in _dti(*run, DTI_LANG="vi").stderr
    assert english in _dti(*run, "--lang", "vi", DTI_LANG="en").stderr


def test_what_is_made_in_vietnamese_by_default_chooses_no_language_of_faults(folder: Path, tmp_path: Path) -> None:
    form = ("form", "--out", tmp_path, "--data", folder, "--place", "thu", "--year", "2026", "--level", "xa")
    assert "1 fault; nothing was written or published." in _dti(*form).stderr
    assert "1 lỗi; chưa ghi hay công bố gì." in _dti(*form, "--lang", "vi").stderr


def test_a_notebook_tells_them_in_its_language(folder: Path, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setenv("DTI_DATA", str(folder))
    shell = InteractiveShell()
    for lang, due in (
        ("vi", "tham số: unit: thấy 'thu-9'; cần 'thu-3'"),
        ("en", "parameter: unit: found 'thu-9'; expected 'thu-3'?"),
    ):
        code = f"from dti_analysis import Study\nStudy(2026, 'commune', {lang!r}, place='thu', unit='thu-9')"
        result = shell.run_cell(code, store_history=False)
        assert isinstance(result.error_in_exec, Faults)
        (shown,) = result.error_in_exec._render_traceback_()
        assert shown.startswith(due)


def test_a_notebook_run_by_papermill_tells_them_in_its_language(folder: Path, tmp_path: Path) -> None:
    notebook = PACKAGE.parent / "notebooks/1_yearly_ranking.ipynb"
    command = [str(BIN / "papermill"), "--no-progress-bar", str(notebook), str(tmp_path / "out.ipynb")]
    given = ["-p", "place", "thu", "-p", "year", "2026", "-p", "level", "commune", "-p", "lang", "vi", "-p", "yaer", "1"]
    around = {**os.environ, "DTI_DATA": str(folder)}
    done = subprocess.run([*command, *given], env=around, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode != 0
    assert "sổ tay (notebook): các tham số: thấy tham số 'yaer'; cần 'year' (gần đúng nhất)" in (
        tmp_path / "out.ipynb"
    ).read_text("utf-8")
