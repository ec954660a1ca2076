"""Rules: how the numbers that an act asks for earn points.

Each rule is a model of its parameters as a framework file writes them (dti_analysis.criteria.rule). Adding a rule is adding a
class; `dti_analysis.criteria.rule_words` says every rule in words, `dti_analysis.criteria.next_steps` answers what earns more.
Sources: the kinds seen in Vietnamese criteria sets are listed, each with its document, in data/published/rule_examples.csv; a
rule that no known act uses says that it is an assumption.
"""

from __future__ import annotations

from collections import Counter
from functools import reduce
from itertools import pairwise
from operator import add
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, Field, PlainValidator, StrictInt, model_validator

from dti_analysis.common.exact import HALF, ONE, ZERO, Column, Rational, choose, to_rational
from dti_analysis.common.intervals import Interval, torn
from dti_analysis.criteria.rule import (
    Cell,
    CellName,
    Kind,
    Level,
    Number,
    OfValue,
    Positive,
    Rule,
    RuleModel,
    Share,
    Text,
    clip,
    full,
    positive,
    refuse,
)


def _letters_or_number(given: object) -> list[str] | Rational:
    if isinstance(given, list) and given and all(isinstance(letter, str) for letter in given):
        return given
    try:
        return positive(to_rational(given))
    except ValueError:
        raise ValueError("letters, as [b], or a number above 0") from None


class Reported(OfValue):
    """points = value, as awarded by those who assessed; 0 ≤ value ≤ max_points.

    For criteria whose rule is not public, or whose points a council settles.
    """

    def points(self, cells: dict[str, Column], max_points: Column) -> Column:
        value = cells["value"]
        refuse((value < ZERO) | (value > max_points), "points from 0 to the maximum")
        return value


class YesNo(OfValue):
    """points = max_points if yes, else 0. Source: hcm-commune-2026, DTI-01."""

    kind: ClassVar[Kind] = "yes_no"

    def points(self, cells: dict[str, Column], max_points: Column) -> Column:
        return choose(cells["value"], max_points, ZERO)


class Levels(Rule):
    """points = the named level's share × max_points; over several periods, the mean of their shares × max_points.

    Source: Đồng Tháp district set, 1.1 (head, deputy, other); hcm-commune-2026, DTI-07 (each quarter on time 0.5, late
    0.25, not done 0: a quarter of 2 points each).
    """

    levels: dict[str, Level] = Field(min_length=2)
    periods: dict[CellName, Text] = Field(default={})
    value: Text | None = None

    @model_validator(mode="after")
    def _each_word_one_level(self) -> Levels:
        words = Counter(way for name, level in self.levels.items() for way in {n.lower() for n in (name, level.vi, level.en)})
        if twice := [word for word, times in words.items() if times > 1]:
            raise ValueError(f"each word for one level, not '{twice[0]}' for two")
        return self

    def cells(self) -> dict[str, Cell]:
        return {name: Cell("word", text) for name, text in self.periods.items()} or {"value": Cell("word", self.value)}

    def known(self) -> dict[str, str]:
        """Every way of writing a level, in lower case, and its id."""
        return {way.lower(): name for name, level in self.levels.items() for way in (name, level.vi, level.en)}

    def points(self, cells: dict[str, Column], max_points: Column) -> Column:
        known = self.known()
        shares = {way: self.levels[name].share for way, name in known.items()}
        for column in cells.values():
            named = ", ".join(level.vi for level in self.levels.values())
            refuse([word.lower() not in shares for word in column], f"one of {named}")
        total = sum(np.array([shares[word.lower()] for word in column], dtype=object) for column in cells.values())
        earned: Column = total / Rational(len(cells)) * max_points
        return earned


class Ratio(Rule):
    """r = the sum of the numerators ÷ the sum of the denominators; points by r.

    r ≥ full_from: max_points; r < nothing_below: 0; otherwise r × max_points or, rescaled, r ÷ full_from × max_points. All or
    nothing is nothing_below: 1. Denominators of 0 earn what `when_b_zero` says; r above 1 is held at 1 or refused.
    Sources: hcm-commune-2026, DTI-02 (plain), DTI-28 ((b + c)/a; full from 75 %, below not rescaled), DTI-30 (two pooled
    populations), DTI-12 (nothing below 90 %), DTI-27 (all or nothing), DTI-36 (b = 0 earns the maximum); QĐ 766/QĐ-TTg, 5.4
    (rescaled to 90 %), 2.1 and 1.4 (b = 0 earns nothing, or is not scored). The fixed denominator: district rules bulletin,
    1.3. That more than the whole earns no more than the maximum is inferred.
    """

    a: Text
    b: Text | None = None
    c: Text | None = None
    d: Text | None = None
    e: Text | None = None
    f: Text | None = None
    numerator: list[str] = Field(default=["a"])
    denominator: Annotated[list[str] | Rational, PlainValidator(_letters_or_number)] = Field(default=["b"])
    full_from: Annotated[Share, AfterValidator(positive)] = ONE
    rescaled: bool = False
    nothing_below: Share = ZERO
    when_b_zero: Literal["full", "zero", "not_applicable", "refuse"] | None = None
    above_one: Literal["cap", "refuse"] = "cap"

    @model_validator(mode="after")
    def _hangs_together(self) -> Ratio:
        named = [name for name in "abcdef" if getattr(self, name)]
        used = [*self.numerator, *(self.denominator if isinstance(self.denominator, list) else [])]
        if sorted(used) != named:
            raise ValueError(f"each of {', '.join(named)} once in numerator or denominator, and no other")
        if isinstance(self.denominator, list) and self.when_b_zero is None:
            raise ValueError("when_b_zero, which says what a denominator of 0 earns")
        if not isinstance(self.denominator, list) and self.when_b_zero is not None:
            raise ValueError("no when_b_zero: a fixed denominator is never 0")
        if self.nothing_below > self.full_from:
            raise ValueError("nothing_below of at most full_from")
        if self.rescaled and self.full_from == 1:
            raise ValueError("rescaled only with a full_from below 1")
        return self

    def cells(self) -> dict[str, Cell]:
        return {name: Cell("count", getattr(self, name)) for name in "abcdef" if getattr(self, name)}

    def pooled(self, cells: dict[str, Column]) -> tuple[Column, Column]:
        """The sums above and below the line."""
        top = reduce(add, [cells[name] for name in self.numerator])
        if isinstance(self.denominator, list):
            return top, reduce(add, [cells[name] for name in self.denominator])
        return top, full(top, self.denominator)

    def points(self, cells: dict[str, Column], max_points: Column) -> Column:
        top, bottom = self.pooled(cells)
        over, under = (
            " + ".join(names) if isinstance(names, list) else f"{names}" for names in (self.numerator, self.denominator)
        )
        none = bottom == ZERO
        refuse(none & (top > ZERO), f"{over} of 0 where {under} is 0")
        if self.when_b_zero == "refuse":
            refuse(none, f"{under} above 0")
        share = top / choose(none, ONE, bottom)
        if self.above_one == "refuse":
            refuse(share > ONE, f"{over} of at most {under}")
        earned = choose(share >= self.full_from, ONE, share / self.full_from if self.rescaled else share)
        if self.nothing_below:
            earned = choose(share < self.nothing_below, ZERO, earned)
        earned = earned * max_points
        if not none.any():
            return earned
        return choose(
            none, max_points if self.when_b_zero == "full" else None if self.when_b_zero == "not_applicable" else ZERO, earned
        )


class Steps(OfValue):
    """points of the highest step that the count reaches; 0 below the lowest, and where the gate is not met.

    Sources: district rules bulletin, 1.1 (4 → 20, 3 → 15, 2 → 10, 1 → 5); with a gate hcm-commune-2026, DTI-04.
    """

    kind: ClassVar[Kind] = "count"
    points_: dict[StrictInt, Number] = Field(alias="points", min_length=1)
    gate: Text | None = None

    @model_validator(mode="after")
    def _rise(self) -> Steps:
        earned = [self.points_[step] for step in sorted(self.points_)]
        if any(later <= sooner for sooner, later in pairwise(earned)) or earned[0] < 0 or min(self.points_) < 0:
            raise ValueError("steps whose points rise with the count")
        return self

    def cells(self) -> dict[str, Cell]:
        gate = {"g": Cell("yes_no", self.gate)} if self.gate else {}
        return {**gate, **super().cells()}

    def points(self, cells: dict[str, Column], max_points: Column) -> Column:
        value = cells["value"]
        earned: Column = full(value, ZERO)
        for step in sorted(self.points_):
            earned = choose(value >= step, self.points_[step], earned)
        return choose(cells["g"], earned, ZERO) if self.gate else earned


class Band(RuleModel):
    """Values from one bound to another, each open (above, below) or closed (at_least, at_most), and their points."""

    above: Number | None = None
    at_least: Number | None = None
    below: Number | None = None
    at_most: Number | None = None
    points: Number

    @property
    def interval(self) -> Interval:
        """Between which bounds a value lies in the band."""
        return Interval(self.above, self.at_least, self.below, self.at_most)

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


class Bands(OfValue):
    """points of the one band that holds the value; a value in no band, or in two, is refused. With a maximum of 0 they come
    on top, and may be taken off.

    Sources: hcm-commune-par-2026, III.1.1 and III.2.2 (98 % or more +1, under 95 % −1); bands of a final score, Lào Cai
    QĐ 684/QĐ-UBND 2024.
    """

    bands: list[Band] = Field(min_length=1)

    @model_validator(mode="after")
    def _side_by_side(self) -> Bands:
        if wrong := torn(band.interval for band in self.bands):
            raise ValueError(wrong)
        return self

    def points(self, cells: dict[str, Column], max_points: Column) -> Column:
        value = cells["value"]
        held = np.array([band.holds(value) for band in self.bands])
        refuse(held.sum(axis=0) != 1, "a value that lies in exactly one band")
        points = np.array([band.points for band in self.bands], dtype=object)
        column: Column = points[held.argmax(axis=0)]
        return column


class Count(OfValue):
    """points = each × value, at most max_points. Source: ministry IT-application index, annex 1B, item 4."""

    kind: ClassVar[Kind] = "count"
    each: Positive

    def points(self, cells: dict[str, Column], max_points: Column) -> Column:
        column: Column = np.minimum(self.each * cells["value"], max_points)
        return column


class Checklist(Rule):
    """points = the share of the items done × max_points. Source: hcm-commune-2026, DTI-39 (seven contents)."""

    items: dict[CellName, Text] = Field(min_length=2)

    def cells(self) -> dict[str, Cell]:
        return {name: Cell("yes_no", text) for name, text in self.items.items()}

    def points(self, cells: dict[str, Column], max_points: Column) -> Column:
        done = sum(choose(column, ONE, ZERO) for column in cells.values())
        column: Column = done / Rational(len(cells)) * max_points
        return column


class Linear(OfValue):
    """points = (value − floor) / (target − floor) × max_points, held between 0 and max_points.

    A floor above the target rewards less (late dossiers, incidents). With target 1 it turns a published 0–1 value of a
    main indicator into points: QĐ 922/QĐ-BTTTT. Another index taken over in part, as hcm-commune-par-2026, 7: target 100.
    Floors and inverse scales are assumptions: no known act shows them.
    """

    target: Number
    floor: Number = ZERO

    @model_validator(mode="after")
    def _slopes(self) -> Linear:
        if self.target == self.floor:
            raise ValueError("a target that differs from the floor")
        return self

    def points(self, cells: dict[str, Column], max_points: Column) -> Column:
        return clip((cells["value"] - self.floor) / (self.target - self.floor)) * max_points


class RelativeToBest(OfValue):
    """points = value ÷ the cohort's highest value × max_points; all earn 0 where the highest is 0.

    Source: ministry IT-application index, annex 1B, item 3. The cohort is every unit scored together on one basis.
    """

    cohort: ClassVar[bool] = True

    def points(self, cells: dict[str, Column], max_points: Column) -> Column:
        value = cells["value"]
        refuse(value < ZERO, "a value of 0 or more")
        best = max(value, default=ZERO)
        column: Column = value / (best or ONE) * max_points
        return column


class TargetAndLeader(Rule):
    """Half the maximum for reaching the target, the other half by how far beyond it, up to the leader.

    a/t < 1: ½ × max × a/t; otherwise ½ × max + ½ × max × (a/t − 1) ÷ (the best a/t − 1). Units without a target: max × a ÷
    the best a of those without one. Source: an emulation-by-cluster application; the act behind it is not known.
    """

    cohort: ClassVar[bool] = True
    value: Text | None = None
    target: Text | None = None

    def cells(self) -> dict[str, Cell]:
        return {"a": Cell("number", self.value), "t": Cell("number", self.target, optional=True)}

    def points(self, cells: dict[str, Column], max_points: Column) -> Column:
        achieved, target = cells["a"], cells["t"]
        without = np.array([each is None for each in target], dtype=bool)
        refuse(achieved < ZERO, "a of 0 or more")
        target = choose(without, ONE, target)
        refuse(target <= ZERO, "a target above 0")
        reached = achieved / target
        lead = max(reached[~without], default=ONE) - ONE
        beyond = (reached - ONE) / (lead if lead > ZERO else ONE)
        share = HALF * choose(reached < ONE, reached, ONE + beyond)
        best = max(achieved[without], default=ZERO)
        return choose(without, achieved / (best or ONE), share) * max_points


class Deadline(Rule):
    """max_points if b, the date signed, is within so many working days (Monday to Friday) of a, else the share `late` of it.

    Source: a commune legal-access application (signing time of the PDF within 7 working days of the province's issue).
    """

    a: Text
    b: Text
    working_days: Annotated[int, Field(ge=0)]
    late: Share = ZERO

    def cells(self) -> dict[str, Cell]:
        return {"a": Cell("date", self.a), "b": Cell("date", self.b)}

    def points(self, cells: dict[str, Column], max_points: Column) -> Column:
        begun, signed = (np.array(list(cells[name]), dtype="datetime64[D]") for name in ("a", "b"))
        if not len(begun):
            return max_points
        due = np.busday_offset(begun, self.working_days, roll="backward")
        return choose(signed <= due, ONE, self.late) * max_points


class RollUp(OfValue):
    """points = the mean score (0–1) of the units below × max_points. The value comes from their scores, not from a form.

    Source: QĐ 3806/QĐ-BGDĐT 2024 (results of the units below are a part of the points; the formula is not in the source).
    """

    level: str
    component: str = "total"

    def points(self, cells: dict[str, Column], max_points: Column) -> Column:
        refuse((cells["value"] < ZERO) | (cells["value"] > ONE), "a mean score from 0 to 1")
        column: Column = cells["value"] * max_points
        return column


class NotScored(OfValue):
    """No points: kept for information. Source: QĐ 922/QĐ-BTTTT, table I.1, item 6; QĐ 766/QĐ-TTg, 5.1."""

    on_top: ClassVar[bool] = True
    kind: ClassVar[Kind] = "word"

    def points(self, cells: dict[str, Column], max_points: Column) -> Column:
        return full(cells["value"], ZERO)


class Gate(OfValue):
    """No points of its own; where it is not met, the component above it earns nothing.

    Source: QĐ 4725/QĐ-BGDĐT 2022, 1.1 and 1.2 (mandatory conditions). What failing one costs is an assumption.
    """

    on_top: ClassVar[bool] = True
    kind: ClassVar[Kind] = "yes_no"

    def points(self, cells: dict[str, Column], max_points: Column) -> Column:
        return choose(cells["value"], ZERO, -ONE)


class Bonus(OfValue):
    """points = each × value, at most `at_most`, on top of a maximum of 0. Source: hcm-commune-par-2026, III."""

    on_top: ClassVar[bool] = True
    kind: ClassVar[Kind] = "count"
    each: Positive
    at_most: Positive

    def points(self, cells: dict[str, Column], max_points: Column) -> Column:
        column: Column = np.minimum(self.each * cells["value"], full(max_points, self.at_most))
        return column


class Penalty(Bonus):
    """points = −each × value, at worst −`at_most`, from a maximum of 0. Source: hcm-commune-par-2026, III."""

    def points(self, cells: dict[str, Column], max_points: Column) -> Column:
        return -super().points(cells, max_points)


RULES: dict[str, type[Rule]] = {
    "reported": Reported,
    "yes_no": YesNo,
    "levels": Levels,
    "ratio": Ratio,
    "steps": Steps,
    "bands": Bands,
    "count": Count,
    "checklist": Checklist,
    "linear": Linear,
    "relative_to_best": RelativeToBest,
    "target_and_leader": TargetAndLeader,
    "deadline": Deadline,
    "roll_up": RollUp,
    "not_scored": NotScored,
    "gate": Gate,
    "bonus": Bonus,
    "penalty": Penalty,
}
"""Every rule by the name that a framework file gives it."""
