"""Exact numbers: reading, floats, rounding."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dti_analysis.common.exact import Rational, Rounding, choose, of_float, parse, rounded, scaled, to_rational


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("20", Fraction(20)),
        ("98.82", Fraction(9882, 100)),
        ("98,82", Fraction(9882, 100)),
        ("385,641", Fraction(385641, 1000)),
        (" 0.1 ", Fraction(1, 10)),
        ("-2,5", Fraction(-5, 2)),
        ("+3", Fraction(3)),
        ("007", Fraction(7)),
        ("0.10", Fraction(1, 10)),
    ],
)
def test_parse_reads_numbers_exactly(text: str, number: Fraction) -> None:
    assert parse(text) == number


@pytest.mark.parametrize(
    "text",
    ["", " ", "hai", "1.000,5", "1,000.5", "1 000", "1_000", "1e3", "1/2", ".5", "5.", "--1", "nan", "inf", "5%", "٣", "0x1"],
)
def test_parse_refuses_all_else(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        parse(text)


def test_a_number_is_a_rational() -> None:
    assert isinstance(parse("98,82"), Rational)
    assert isinstance(of_float(98.82), Rational)
    assert isinstance(to_rational("1/3"), Rational)


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (20, Fraction(20)),
        (2.5, Fraction(5, 2)),
        (0.1, Fraction(1, 10)),
        (1e-7, Fraction(1, 10**7)),
        ("1/2", Fraction(1, 2)),
        (" 1 / 3 ", Fraction(1, 3)),
        ("29.9", Fraction(299, 10)),
        (-1, Fraction(-1)),
        (Rational(2, 3), Fraction(2, 3)),
    ],
)
def test_to_rational_takes_a_number_as_written(written: object, number: Fraction) -> None:
    assert to_rational(written) == number


@pytest.mark.parametrize("written", ["ba", "", "1/0", True, None, [1], float("nan"), float("inf"), "2,5", "1//2"])
def test_to_rational_refuses_all_else(written: object) -> None:
    with pytest.raises(ValueError, match=r"a number, as 20, 2\.5 or 1/2"):
        to_rational(written)


def test_tenths_add_up() -> None:
    assert parse("0.1") + parse("0.2") == parse("0.3")
    assert 0.1 + 0.2 != 0.3  # the trap that exact numbers are for


def test_of_float_recovers_the_decimal_written() -> None:
    assert of_float(0.1) == Fraction(1, 10)
    assert of_float(np.float64(71.345)) == Fraction(71345, 1000)
    assert of_float(np.int64(3)) == Fraction(3)
    assert of_float(1e-7) == Fraction(1, 10**7)


@given(st.integers(-(10**15), 10**15), st.integers(0, 12))
def test_of_float_recovers_any_decimal_of_15_digits(digits: int, decimals: int) -> None:
    number = Fraction(digits, 10**decimals)
    assert of_float(float(number)) == number


@pytest.mark.parametrize(
    ("number", "decimals", "rounding", "expected"),
    [
        ("71.345", 2, "half_up", "71.35"),
        ("-71.345", 2, "half_up", "-71.35"),
        ("71.3449999999", 2, "half_up", "71.34"),
        ("2.675", 2, "half_up", "2.68"),
        ("1.005", 2, "half_up", "1.01"),
        ("0.5", 0, "half_up", "1"),
        ("-0.5", 0, "half_up", "-1"),
        ("99.995", 2, "half_up", "100.00"),
        ("1234567890.125", 2, "half_up", "1234567890.13"),
        ("-1234567890.125", 2, "half_up", "-1234567890.13"),
        ("9999999999.995", 2, "half_up", "10000000000.00"),
        ("71.345", 2, "half_even", "71.34"),
        ("71.355", 2, "half_even", "71.36"),
        ("-71.345", 2, "half_even", "-71.34"),
        ("71.349", 2, "down", "71.34"),
        ("-71.349", 2, "down", "-71.34"),
        ("20", 2, "half_up", "20.00"),
        ("-123456789012345678901234567890.125", 2, "half_up", "-123456789012345678901234567890.13"),
    ],
)
def test_rounding(number: str, decimals: int, rounding: Rounding, expected: str) -> None:
    assert str(rounded(Fraction(number), decimals, rounding)) == expected


def test_rounding_is_half_up_unless_told() -> None:
    assert rounded(parse("71,345"), 2) == Decimal("71.35")
    assert round(71.345, 2) == 71.34  # what plain Python makes of it


def test_a_small_negative_rounds_to_a_plain_zero() -> None:
    assert str(rounded(Fraction(-1, 1000), 2)) == "0.00"


def test_a_recurring_fraction_is_never_a_tie() -> None:
    assert rounded(Fraction(1, 3), 4) == Decimal("0.3333")
    assert rounded(Fraction(2, 3), 4) == Decimal("0.6667")
    just_below = Fraction(71345, 1000) - Fraction(1, 10**40)
    assert rounded(just_below, 2) == Decimal("71.34")


def _half_up(moved: Fraction) -> int:
    """Schoolbook rounding to an integer, in other words than the package's."""
    return math.floor(moved + Fraction(1, 2)) if moved >= 0 else -math.floor(-moved + Fraction(1, 2))


def _oracle(number: Fraction, decimals: int, rounding: Rounding) -> int:
    """`number` in units of its last place, in fractions and Python's own rounding."""
    moved = number * 10**decimals
    return {"half_up": _half_up, "half_even": round, "down": math.trunc}[rounding](moved)


_FRACTIONS = st.one_of(
    st.fractions(),
    st.builds(Fraction, st.integers(-(10**14), 10**14), st.sampled_from([1, 2, 8, 1000, 2000, 10**4, 3, 7])),
)


@given(_FRACTIONS, st.integers(0, 6))
def test_rounding_agrees_with_an_independent_oracle(number: Fraction, decimals: int) -> None:
    scale = 10**decimals
    assert Fraction(rounded(number, decimals, "half_up")) == Fraction(_half_up(number * scale), scale)
    assert Fraction(rounded(number, decimals, "half_even")) == round(number, decimals)
    assert Fraction(rounded(number, decimals, "down")) == Fraction(math.trunc(number * scale), scale)


@given(_FRACTIONS, st.integers(0, 6))
def test_rounding_keeps_the_declared_decimals(number: Fraction, decimals: int) -> None:
    assert rounded(number, decimals).as_tuple().exponent == -decimals


_ROUNDINGS = st.sampled_from(["half_up", "half_even", "down"])


def _exact_column(numbers: list[Fraction]) -> Any:
    column = np.empty(len(numbers), dtype=object)
    column[:] = [Rational(number) for number in numbers]
    return column


@given(_FRACTIONS, st.integers(0, 6), _ROUNDINGS)
def test_scaled_agrees_with_an_independent_oracle(number: Fraction, decimals: int, rounding: Rounding) -> None:
    assert scaled(Rational(number), decimals, rounding) == _oracle(number, decimals, rounding)


@given(st.lists(_FRACTIONS, min_size=1, max_size=20), st.integers(0, 6), _ROUNDINGS)
def test_a_column_is_rounded_like_its_numbers_one_by_one(numbers: list[Fraction], decimals: int, rounding: Rounding) -> None:
    column = _exact_column(numbers)
    units = scaled(column, decimals, rounding)
    assert units.dtype == object
    assert units.tolist() == [_oracle(number, decimals, rounding) for number in numbers]
    assert column.tolist() == numbers  # the column handed in is not changed


@pytest.mark.parametrize(
    ("rounding", "expected"),
    [
        ("half_up", [7135, 7136, -7135, 7134, 0, -1, 1]),
        ("half_even", [7134, 7136, -7134, 7134, 0, 0, 0]),
        ("down", [7134, 7135, -7134, 7134, 0, 0, 0]),
    ],
)
def test_ties_in_a_column(rounding: Rounding, expected: list[int]) -> None:
    numbers = [Fraction(text) for text in ("71.345", "71.355", "-71.345", "71.3449999", "0", "-0.005", "0.005")]
    assert scaled(_exact_column(numbers), 2, rounding).tolist() == expected


def test_a_column_of_none_is_rounded_to_none() -> None:
    assert scaled(_exact_column([]), 2).tolist() == []


def test_rounded_units_stay_exact_beyond_floats() -> None:
    numbers = [Fraction(10**30 + n, 10**3) for n in (4, 5, 6)]
    assert scaled(_exact_column(numbers), 2).tolist() == [10**29, 10**29 + 1, 10**29 + 1]


def test_choose_keeps_numbers_exact() -> None:
    third = Rational(1, 3)
    column = choose([True, False, True], third, _exact_column([Fraction(1), Fraction(1, 7), Fraction(2)]))
    assert column.tolist() == [third, Rational(1, 7), third]
    assert column.dtype == object
    assert choose(np.array([True, False]), None, 0).tolist() == [None, 0]
