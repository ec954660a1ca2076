"""Exact numbers: reading, floats, rounding."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dti_analysis.common.exact import Rounding, of_float, parse, rounded


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
    "text", ["", " ", "hai", "1.000,5", "1,000.5", "1 000", "1e3", "1/2", ".5", "5.", "--1", "nan", "inf", "5%"]
)
def test_parse_refuses_all_else(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        parse(text)


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


def _half_up(scaled: Fraction) -> int:
    """Schoolbook rounding to an integer, in other words than the package's."""
    return math.floor(scaled + Fraction(1, 2)) if scaled >= 0 else -math.floor(-scaled + Fraction(1, 2))


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
