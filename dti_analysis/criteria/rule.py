"""What a rule is: the cells of the assessment that it reads, and the points that they earn for all units at once.

Columns are numpy object arrays; numbers in them are rationals (dti_analysis.common.exact). Every row handed to a rule was
assessed: missing and not-applicable rows are settled before (dti_analysis.scores.grid). A rule gives points, or None for
a row that turns out not to be applicable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from dti_analysis.common.bilingual import Bilingual
from dti_analysis.common.exact import ONE, ZERO, Column, Rational, to_rational

Number = Annotated[Rational, BeforeValidator(to_rational)]
"""A number in a framework file, taken exactly as written: 0.1 is one tenth, `1/2` is one half."""
Kind = Literal["number", "count", "yes_no", "word", "date"]
"""What a cell holds: a number; a whole number of 0 or more; yes or no; a named level; a date."""


def positive(number: Rational) -> Rational:
    if number <= 0:
        raise ValueError("a number above 0")
    return number


def _share(number: Rational) -> Rational:
    if not 0 <= number <= 1:
        raise ValueError("a share from 0 to 1, as 3/4 or 0.75")
    return number


def _cell_name(name: str) -> str:
    if not CELL.fullmatch(name):
        raise ValueError("a letter and up to two digits, as q1")
    return name


CELL = re.compile(r"[a-z]\d{0,2}")
"""How a cell is named that an act asks for beside `value`: a, b, q1. It is a column of the assessment."""
Positive = Annotated[Number, AfterValidator(positive)]
Share = Annotated[Number, AfterValidator(_share)]
CellName = Annotated[str, AfterValidator(_cell_name)]


class RuleModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Text(RuleModel, Bilingual):
    """What a cell asks for, in words; in English too, or in Vietnamese only."""

    vi: str = Field(min_length=1)
    en: str = Field(default="", min_length=1)


class Level(Text):
    """A named level and its share of the maximum."""

    share: Share


@dataclass(frozen=True)
class Cell:
    """One cell of the assessment that a rule reads: what it holds, and what it asks for where that is not the criterion."""

    kind: Kind
    asks: Text | None = None
    optional: bool = False


class Refused(ValueError):
    """Values that a rule does not take: at which rows, and what it would have taken."""

    def __init__(self, at: npt.NDArray[np.bool_], expected: str):
        super().__init__(expected)
        self.at = np.asarray(at, dtype=bool)
        self.expected = expected


def refuse(at: Any, expected: str) -> None:
    at = np.asarray(at, dtype=bool)
    if at.any():
        raise Refused(at, expected)


def clip(share: Column) -> Column:
    clipped: Column = np.minimum(np.maximum(share, full(share, ZERO)), full(share, ONE))
    return clipped


def full(like: Column, number: Any) -> Column:
    return np.full(len(like), number, dtype=object)


class Rule(RuleModel):
    """What every rule is: cells in, points out."""

    on_top: ClassVar[bool] = False  # a rule of components that have no maximum of their own
    cohort: ClassVar[bool] = False  # whether a unit's points depend on the other units

    def cells(self) -> dict[str, Cell]:
        """The cells that the rule reads, by the name of their column."""
        raise NotImplementedError

    def points(self, cells: dict[str, Column], max_points: Column) -> Column:
        """Points per row, from the cells and the maximum of each row. Raises Refused."""
        raise NotImplementedError


class OfValue(Rule):
    """A rule of one number, in the column `value`."""

    kind: ClassVar[Kind] = "number"
    value: Text | None = None

    def cells(self) -> dict[str, Cell]:
        return {"value": Cell(self.kind, self.value)}
