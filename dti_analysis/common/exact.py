"""Exact numbers: text to rational, rational to the nearest float, rounding as an act declares it.

Points are computed in rationals (`gmpy2.mpq`: the arithmetic of `fractions.Fraction`, several times as fast), so
1/3 + 1/3 + 1/3 is 1 and 0.1 + 0.2 is 0.3. The tables that leave the package hold the float nearest to each exact result;
`of_float` recovers the decimal such a float stands for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from gmpy2 import mpq

Rational = mpq
Rounding = Literal["half_up", "half_even", "down"]
Column = npt.NDArray[Any]
"""A numpy object array: one entry per row; numbers in it are rationals."""

ZERO, ONE, HALF = mpq(0), mpq(1), mpq(1, 2)
_NUMBER = re.compile(r"[+-]?\d{1,300}([.,]\d{1,300})?", re.ASCII)


_AS_WRITTEN = re.compile(r"[+-]?(0|[1-9]\d{0,29})(\.\d{1,30}|/[1-9]\d{0,29})?", re.ASCII)
"""Numbers of data files: no leading zeros, exponents or other bases, and of a length that a person writes."""


def parse(text: str) -> mpq:
    """The number that `text` writes, with a decimal point or a decimal comma; no thousands separators.

    Raises ValueError when it is not such a number.
    """
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        raise ValueError(f"not a number: {text!r}")
    return mpq(stripped.replace(",", ".").removeprefix("+"))


@lru_cache(maxsize=1 << 16)
def of_float(number: float) -> mpq:
    """The shortest decimal that `number` stands for (0.1 is one tenth), as a rational."""
    return mpq(repr(float(number)))


def to_rational(number: object) -> mpq:
    """A number of a data file, exactly as written: 20, 2.5, "1/2". Raises ValueError, saying what is expected."""
    expected = "a number, as 20, 2.5 or 1/2"
    if isinstance(number, mpq):
        return number
    if isinstance(number, bool) or not isinstance(number, int | float | str):
        raise ValueError(expected)
    text = f"{Decimal(repr(number)):f}" if isinstance(number, float) else str(number).replace(" ", "")
    if not _AS_WRITTEN.fullmatch(text):
        raise ValueError(expected)
    return mpq(text)


def choose(condition: Any, yes: Any, no: Any) -> Column:
    """Per row, `yes` where the condition holds and `no` elsewhere, as an exact column."""
    column: Column = np.where(np.asarray(condition, dtype=bool), yes, no).astype(object)
    return column


def scaled(numbers: Any, decimals: int, rounding: Rounding = "half_up") -> Any:
    """Numbers rounded to `decimals` places, in units of the last of them: 71.345 at 2 places is 7135 half-up.

    Takes a rational or a column of them; a tie goes away from zero (half_up) or to the even neighbour (half_even).
    """
    moved = numbers * 10**decimals
    if rounding == "down":
        return np.where(moved < 0, -(-moved // 1), moved // 1) if isinstance(moved, np.ndarray) else _down(moved)
    size = abs(moved)
    whole = (size + HALF) // 1
    if rounding == "half_even":
        whole = whole - ((size + HALF == whole) & (whole % 2 == 1))
    return whole * np.where(moved < 0, -1, 1) if isinstance(moved, np.ndarray) else (-whole if moved < 0 else whole)


def _down(moved: mpq) -> Any:
    return -(-moved // 1) if moved < 0 else moved // 1


def scaled_near(
    near: npt.NDArray[np.float64], exact: Callable[[npt.NDArray[np.bool_]], Column], decimals: int, rounding: Rounding
) -> npt.NDArray[np.float64]:
    """`scaled`, of numbers whose nearest floats are known: floats decide, and rationals where floats are too near to tell.

    A nearest float is off by at most 2**-53 of itself, and so are its product with a power of ten and the sum with a half:
    together less than 2**-51 of it. Where rounding turns within twice that, `exact` gives the numbers themselves. For results
    that a float holds: up to 2**53.
    """
    size = np.abs(near) * 10.0**decimals
    moved = size if rounding == "down" else size + 0.5
    units = np.copysign(np.floor(moved), near)
    close = np.abs(moved - np.rint(moved)) <= (moved + 1) * 2.0**-50
    if close.any():
        units[close] = scaled(exact(close), decimals, rounding).astype(float)
    return units


def decimals_of(numbers: Iterable[mpq], most: int) -> int:
    """How many decimal places it takes to write all the numbers exactly, `most` at most."""
    held = list(numbers)
    return next((places for places in range(most) if all((number * 10**places).denominator == 1 for number in held)), most)


def rounded(number: mpq, decimals: int, rounding: Rounding = "half_up") -> Decimal:
    """`number` at `decimals` places. Half-up takes 71.345 to 71.35, away from zero on a tie."""
    units = int(scaled(mpq(number), decimals, rounding))
    digits = tuple(int(digit) for digit in str(abs(units)))
    return Decimal((int(units < 0), digits, -decimals))
