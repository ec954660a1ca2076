"""Intervals of numbers, as bands state them, and whether they lie side by side without holes or overlaps."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from dti_analysis.common.exact import Rational


class Interval(NamedTuple):
    """From one bound to another, each open (above, below) or closed (at_least, at_most), or without end."""

    above: Rational | None = None
    at_least: Rational | None = None
    below: Rational | None = None
    at_most: Rational | None = None

    @property
    def low(self) -> tuple[bool, Rational, bool]:
        """The lower bound, in order: whether there is one, where, whether it is open."""
        bound = self.at_least if self.above is None else self.above
        return bound is not None, bound or Rational(0), self.above is not None

    @property
    def high(self) -> tuple[bool, Rational, bool]:
        """The upper bound, in order: whether there is none, where, whether it is closed."""
        bound = self.at_most if self.below is None else self.below
        return bound is None, bound or Rational(0), self.below is None

    @property
    def empty(self) -> bool:
        """Whether no number lies inside."""
        (bounded, low, open_), (endless, high, closed) = self.low, self.high
        return bounded and not endless and (low > high or (low == high and (open_ or not closed)))


def torn(intervals: Iterable[Interval]) -> str:
    """What is wrong with intervals that are to lie side by side; empty where nothing is."""
    ordered = sorted(intervals, key=lambda interval: interval.low)
    for interval in ordered:
        if (interval.above is not None and interval.at_least is not None) or (
            interval.below is not None and interval.at_most is not None
        ):
            return "one lower and one upper bound at most for each band"
        if interval.empty:
            return "bands from a lower to a higher bound"
    for one, other in pairwise(ordered):
        (endless, high, closed), (bounded, low, open_) = one.high, other.low
        if endless or not bounded or high > low or (high == low and closed and not open_):
            return f"bands without overlaps: two hold {_said(low if bounded and not endless else high)}"
        if high < low or (not closed and open_):
            return f"bands without holes: none follows {_said(high)}"
    return ""


def _said(number: Rational) -> str:
    return f"{float(number):.12g}"
