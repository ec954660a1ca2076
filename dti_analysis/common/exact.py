"""Exact numbers: text to fraction, fraction to the nearest float, rounding as an act declares it.

Points are computed in rationals (`fractions.Fraction`), so 1/3 + 1/3 + 1/3 is 1 and 0.1 + 0.2 is 0.3. The tables that
leave the package hold the float nearest to each exact result; `of_float` recovers the decimal such a float stands for.
"""

from __future__ import annotations

import re
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Literal

Rounding = Literal["half_up", "half_even", "down"]

_MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "down": ROUND_DOWN}
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_CONTEXT = Context(prec=60)


def parse(text: str) -> Fraction:
    """The number that `text` writes, with a decimal point or a decimal comma; no thousands separators.

    Raises ValueError when it is not such a number.
    """
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"not a number: {text!r}")
    return Fraction(text.replace(",", "."))


def of_float(number: float) -> Fraction:
    """The shortest decimal that `number` stands for (0.1 is one tenth), as a fraction."""
    return Fraction(repr(float(number)))


def rounded(number: Fraction, decimals: int, rounding: Rounding = "half_up") -> Decimal:
    """`number` at `decimals` places. Half-up takes 71.345 to 71.35, away from zero on a tie."""
    scaled = number * 10**decimals
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    # A tie is decided on the exact remainder; two digits are enough to stand for "below", "at" and "above" half.
    tail = 0 if rest == 0 else 5 if 2 * rest == scaled.denominator else 1 if 2 * rest < scaled.denominator else 9
    digits = Decimal(f"{whole}.{tail}").quantize(Decimal(1), rounding=_MODES[rounding], context=_CONTEXT)
    return (_CONTEXT.minus(digits) if scaled < 0 else digits).scaleb(-decimals, context=_CONTEXT)
