"""Rules: how a measured value earns points.

Each rule is one function over columns. Its positional arguments are the columns that it reads from the assessment and the
maximum points of each row; its keyword arguments are the parameters that a framework file may give it, and their
annotations are what the loader checks. Adding a rule is adding a function.

Columns are numpy object arrays; numbers in them are `Fraction`s. Every row handed to a rule was assessed: missing and
not-applicable rows are settled before (dti_analysis.scores.scoring). A rule gives points, or None for a row that turns out
to be not applicable. Sources: the rule types seen in Vietnamese criteria sets are listed, each with its document, in
data/published/rule_examples.csv; a rule that no known act uses says that it is an assumption.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, create_model

Column = npt.NDArray[Any]
"""A numpy object array: one entry per row."""
Reads = Literal["number", "yes_no", "word"]

ZERO, ONE = Fraction(0), Fraction(1)


def to_fraction(number: object) -> Fraction:
    """A number of a framework file as a fraction. Raises ValueError, saying what is expected."""
    expected = "a number, as 20, 2.5 or 1/2"
    if isinstance(number, bool) or not isinstance(number, int | float | str | Fraction):
        raise ValueError(expected)
    try:
        return Fraction(str(number).replace(" ", ""))
    except (ValueError, ZeroDivisionError):
        raise ValueError(expected) from None


Number = Annotated[Fraction, BeforeValidator(to_fraction)]
"""A number in a framework file, taken exactly as written: 0.1 is one tenth, `1/2` is one half."""


def _positive(number: Fraction) -> Fraction:
    if number <= 0:
        raise ValueError("a number above 0")
    return number


Positive = Annotated[Number, AfterValidator(_positive)]


class Refused(ValueError):
    """Values that a rule does not take: at which rows, and what it would have taken."""

    def __init__(self, at: npt.NDArray[np.bool_], expected: str):
        super().__init__(expected)
        self.at = np.asarray(at, dtype=bool)
        self.expected = expected


@dataclass(frozen=True)
class Rule:
    """A rule function, the columns it reads and the model of its parameters."""

    name: str
    function: Callable[..., Column]
    reads: dict[str, Reads]
    parameters: type[BaseModel]


RULES: dict[str, Rule] = {}


def rule(**reads: Reads) -> Callable[[Callable[..., Column]], Callable[..., Column]]:
    """Enter a function into `RULES`; `reads` names its input columns and how their text is read."""

    def enter(function: Callable[..., Column]) -> Callable[..., Column]:
        fields: dict[str, Any] = {
            p.name: (p.annotation, ... if p.default is p.empty else p.default)
            for p in inspect.signature(function, eval_str=True).parameters.values()
            if p.kind is p.KEYWORD_ONLY
        }
        config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
        model = create_model(function.__name__, __config__=config, **fields)
        RULES[function.__name__] = Rule(function.__name__, function, dict(reads), model)
        return function

    return enter


def choose(condition: Any, yes: Any, no: Any) -> Column:
    """Per row, `yes` where the condition holds and `no` elsewhere, as an exact column."""
    column: Column = np.where(np.asarray(condition, dtype=bool), yes, no).astype(object)
    return column


def _at_most(column: Column, bound: Fraction) -> Column:
    bounded: Column = np.minimum(column, np.full(len(column), bound, dtype=object))
    return bounded


def _clip(share: Column) -> Column:
    return _at_most(np.maximum(share, np.full(len(share), ZERO, dtype=object)), ONE)


def _refuse(at: Any, expected: str) -> None:
    at = np.asarray(at, dtype=bool)
    if at.any():
        raise Refused(at, expected)


@rule(value="number")
def reported(value: Column, max_points: Column) -> Column:
    """points = value, as awarded by those who assessed; 0 ≤ value ≤ max_points.

    For criteria whose rule is not public, or whose points a council settles.
    """
    _refuse((value < ZERO) | (value > max_points), "points from 0 to the maximum")
    return value


@rule(value="yes_no")
def yes_no(value: Column, max_points: Column) -> Column:
    """points = max_points if yes, else 0. Source: the parts of the Đồng Tháp district set, 1.2, each
    taken for yes or no; in the Tây Ninh commune catalogue 2026, 3.6, only the name is known."""
    return choose(value, max_points, ZERO)


@rule(value="word")
def levels(value: Column, max_points: Column, *, shares: dict[str, Number]) -> Column:
    """points = shares[value] × max_points, for named levels such as full 1, half 1/2, none 0.

    Source: Đồng Tháp district set and Thanh Hóa commune self-report 2022, 1.1.
    """
    _refuse(~np.isin(value.astype(str), list(shares)), "one of " + ", ".join(shares))
    return np.array([shares[word] for word in value], dtype=object) * max_points


def _ratio(a: Column, b: Column, max_points: Column, when_a_exceeds_b: str) -> Column:
    _refuse((a < ZERO) | (b < ZERO), "counts of 0 or more in a and b")
    _refuse((b == ZERO) & (a > ZERO), "an a of 0 where b is 0")
    if when_a_exceeds_b == "refuse":
        _refuse(a > b, "a of at most b")
    none_arose = b == ZERO
    return _clip(a / choose(none_arose, ONE, b)) * max_points


@rule(a="number", b="number")
def ratio(
    a: Column,
    b: Column,
    max_points: Column,
    *,
    when_b_zero: Literal["full", "zero", "not_applicable"],
    when_a_exceeds_b: Literal["cap", "refuse"] = "cap",
) -> Column:
    """points = a / b × max_points, at most max_points; b = 0 earns what the framework declares.

    Source: district rules bulletin, 1.2 (a / b × 20). No known act says what b = 0 earns, so it must be declared.
    """
    earned = _ratio(a, b, max_points, when_a_exceeds_b)
    if when_b_zero == "full":
        return choose(b == ZERO, max_points, earned)
    return choose(b == ZERO, ZERO if when_b_zero == "zero" else None, earned)


@rule(a="number")
def ratio_to_fixed(a: Column, max_points: Column, *, b: Positive, when_a_exceeds_b: Literal["cap", "refuse"] = "cap") -> Column:
    """points = a / b × max_points, at most max_points, with b set from outside (as by the province).
    That more than b earns no more than the maximum is inferred.

    Source: district rules bulletin, 1.3 (b = documents that the province requires).
    """
    return _ratio(a, np.full(len(a), b, dtype=object), max_points, when_a_exceeds_b)


@rule(value="number")
def steps(value: Column, max_points: Column, *, points: dict[int, Number]) -> Column:
    """points of the highest step that value reaches; 0 below the lowest (4 → 20, 3 → 15, 2 → 10, 1 → 5).

    Source: district rules bulletin, 1.1.
    """
    earned: Column = np.full(len(value), ZERO, dtype=object)
    for step in sorted(points):
        earned = choose(value >= step, points[step], earned)
    return earned


class Band(BaseModel):
    """Values from one bound to another, each open (above, below) or closed (at_least, at_most), and their points."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)
    above: Number | None = None
    at_least: Number | None = None
    below: Number | None = None
    at_most: Number | None = None
    points: Number

    def holds(self, value: Column) -> npt.NDArray[np.bool_]:
        """Which values lie in the band."""
        inside = np.ones(len(value), dtype=bool)
        if self.above is not None:
            inside &= (value > self.above).astype(bool)
        if self.at_least is not None:
            inside &= (value >= self.at_least).astype(bool)
        if self.below is not None:
            inside &= (value < self.below).astype(bool)
        if self.at_most is not None:
            inside &= (value <= self.at_most).astype(bool)
        return inside


@rule(value="number")
def bands(value: Column, max_points: Column, *, bands: list[Band]) -> Column:
    """points of the one band that holds the value; a value in no band, or in two, is refused.

    Source of open lower bounds: Lào Cai QĐ 684/QĐ-UBND 2024 (bands of the final score). As a rule of an indicator
    no known act uses it: an assumption.
    """
    held = np.array([band.holds(value) for band in bands])
    _refuse(held.sum(axis=0) != 1, "a value that lies in exactly one band")
    points = np.array([band.points for band in bands], dtype=object)
    column: Column = points[held.argmax(axis=0)]
    return column


@rule(value="number")
def count_capped(value: Column, max_points: Column, *, each: Number) -> Column:
    """points = each × value, at most max_points (1 point for each application, at most 5).

    Source: ministry IT-application index, annex 1B, item 4.
    """
    _refuse(value < ZERO, "a count of 0 or more")
    column: Column = np.minimum(each * value, max_points)
    return column


@rule(value="number")
def linear(value: Column, max_points: Column, *, target: Number, floor: Number = ZERO) -> Column:
    """points = (value − floor) / (target − floor) × max_points, held between 0 and max_points.

    A floor above the target rewards less (late dossiers, incidents). With target 1 it turns a published 0–1 value of a
    main indicator into points: QĐ 922/QĐ-BTTTT. Thresholds and inverse scales are assumptions: no known act shows them.
    """
    if target == floor:
        raise Refused(np.ones(len(value), dtype=bool), "a rule whose floor differs from its target")
    return _clip((value - floor) / (target - floor)) * max_points


@rule(value="number")
def relative_to_best(value: Column, max_points: Column) -> Column:
    """points = value ÷ the cohort's highest value × max_points; all earn 0 where the highest is 0.

    Source: ministry IT-application index, annex 1B, item 3. The cohort is every unit scored together on one basis.
    """
    _refuse(value < ZERO, "a value of 0 or more")
    best = max(value, default=ZERO)
    column: Column = value / (best or ONE) * max_points
    return column


@rule(value="word")
def not_scored(value: Column, max_points: Column) -> Column:
    """No points: kept for information. Source: QĐ 922/QĐ-BTTTT, table I.1, item 6 (smart city)."""
    return np.full(len(value), ZERO, dtype=object)


@rule(value="number")
def bonus(value: Column, max_points: Column, *, each: Number, at_most: Number) -> Column:
    """points = each × value, at most `at_most`, on top of a maximum of 0. An assumption: no known act uses it."""
    _refuse(value < ZERO, "a count of 0 or more")
    return _at_most(each * value, at_most)


@rule(value="number")
def penalty(value: Column, max_points: Column, *, each: Number, at_most: Number) -> Column:
    """points = −each × value, at worst −`at_most`, from a maximum of 0. An assumption: no known act uses it."""
    _refuse(value < ZERO, "a count of 0 or more")
    return -_at_most(each * value, at_most)
