"""YAML is read as it is written."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from dti_analysis.common import strict_yaml
from dti_analysis.common.exact import to_rational
from dti_analysis.common.faults import Faults


def read(tmp_path: Path, text: str) -> object:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    return strict_yaml.read(path).data


def refused(tmp_path: Path, text: str) -> str:
    with pytest.raises(Faults) as error:
        read(tmp_path, text)
    return str(error.value)


WRITTEN = """0722 010 0o17 0x1F 1_000 12:30 1:30:00 no yes on Off True NULL 1e3 .5 5. .inf .nan 2023-01-01 1/2 P1.10 1.2.3 +"""


@pytest.mark.parametrize("written", WRITTEN.split())
def test_what_is_not_plainly_a_number_or_a_truth_value_is_text(tmp_path: Path, written: str) -> None:
    assert read(tmp_path, f"a: {written}") == {"a": written}


@pytest.mark.parametrize(
    ("written", "value"),
    [("20", 20), ("-3", -3), ("0", 0), ("2.5", 2.5), ("0.1", 0.1), ("true", True), ("false", False), ("~", None), ("", None)],
)
def test_plain_values(tmp_path: Path, written: str, value: object) -> None:
    found = read(tmp_path, f"a: {written}")
    assert found == {"a": value}
    assert isinstance(found, dict) and type(found["a"]) is type(value)


@pytest.mark.parametrize("text", ["a: &x 1\nb: *x", "a: &a [*a]", "a: &a {b: *a}", "- &x {a: 1}\n- {<<: *x}"])
def test_aliases_are_refused_with_their_line(tmp_path: Path, text: str) -> None:
    assert "line 1: found the alias &" in refused(tmp_path, text)


def test_a_merge_key_is_refused(tmp_path: Path) -> None:
    assert "line 2: found the merge key <<; expected every value written out" in refused(tmp_path, "b: 1\n<<: {a: 1}")


@pytest.mark.parametrize("pair", ["'1': a, 1: b", "1: a, '1': b", "1.0: a, +1: b", "~: a, null: b", "a: a, 'a ': b"])
def test_a_key_that_stands_twice_is_one_fault_and_one_key(tmp_path: Path, pair: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"x: {{{pair}, other: 1}}\n", encoding="utf-8")
    document = strict_yaml.parse(path)
    assert len(document.faults) == 1 and len(document.data["x"]) == 2


def test_too_many_keys_are_refused_at_once(tmp_path: Path) -> None:
    keys = "".join(f"k{at}: 1\n" for at in range(100_000))
    assert f"a mapping of 100,000 keys; expected at most {strict_yaml.MOST_KEYS:,}" in refused(tmp_path, keys)


@pytest.mark.parametrize("text", ["a: " + "[" * 5000 + "]" * 5000, "a: " + "{b: " * 300 + "1" + "}" * 300])
def test_deep_nesting_is_refused_at_once(tmp_path: Path, text: str) -> None:
    began = time.perf_counter()
    assert f"at most {strict_yaml.DEEPEST}" in refused(tmp_path, text)
    assert time.perf_counter() - began < 5


def test_nested_by_indentation_is_refused_too(tmp_path: Path) -> None:
    text = "\n".join(" " * depth + "a:" for depth in range(strict_yaml.DEEPEST + 5))
    assert "nested" in refused(tmp_path, text)


@pytest.mark.parametrize(
    "number", ["010", "1e400", "0x10", "1_0", ".5", "5.", "1/0", "1//2", "", "٣", 10**40, True, None, "1" * 31]
)
def test_numbers_of_data_files_are_written_plainly(number: object) -> None:
    with pytest.raises(ValueError, match=r"a number, as 20, 2\.5 or 1/2"):
        to_rational(number)


@pytest.mark.parametrize(
    ("number", "exact"),
    [(20, "20"), (2.5, "5/2"), ("2.5", "5/2"), ("1/2", "1/2"), ("1 / 2", "1/2"), (0.00001, "1/100000"), (-3, "-3")],
)
def test_numbers_are_taken_exactly_as_written(number: object, exact: str) -> None:
    assert str(to_rational(number)) == exact
