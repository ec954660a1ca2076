"""How changes of score are written: in points, percentage points or the index's own figures, and so that they add up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dti_analysis.common.exact import ONE, ZERO, Rational, of_float, rounded, to_rational
from dti_analysis.common.text import label, number
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.scores.score_explained import by_kind
from dti_analysis.studies.study import Study


class Scale(NamedTuple):
    """In what scores of a study are shown: `measure` names it, one is `factor` shares of the total, at so many decimals."""

    measure: str
    factor: Rational
    decimals: int

    def shown(self, score: Rational) -> Rational:
        """A score in this measure, rounded as it is shown."""
        return to_rational(str(rounded(score * self.factor, self.decimals)))


def scale_of(study: Study) -> Scale:
    """Points of this year's total where it is the same for all, else percentage points; an index from 0 to 1 as itself."""
    if study.framework.measure == "share":
        return Scale("share", ONE, 4)
    totals = study.verified.loc[study.verified["component"] == TOTAL, "max_points"]
    maxima = {maximum for maximum in totals if maximum > 0}
    return Scale("points", of_float(maxima.pop()), 1) if len(maxima) == 1 else Scale("percent", Rational(100), 2)


def steps(scale: Scale, start: Rational, changes: Iterable[Rational]) -> list[Rational]:
    """Each change as shown: the difference of the levels shown before and after it, so that what is seen adds up."""
    level, found = start, []
    for change in changes:
        found.append(scale.shown(level + change) - scale.shown(level))
        level += change
    return found


def figure(study: Study, scale: Scale, shown: Rational, sign: bool = False) -> str:
    """A figure in the measure, without its name."""
    return number(shown, scale.decimals, study.lang, sign)


def amount(study: Study, scale: Scale, shown: Rational, sign: bool = False) -> str:
    """A figure with the name of its measure: +32,0 điểm."""
    return label(f"change.amount.{scale.measure}", study.lang, number=figure(study, scale, shown, sign))


def mean(numbers: Iterable[Rational]) -> Rational:
    """The exact mean; 0 of none."""
    held = list(numbers)
    return sum(held, ZERO) / len(held) if held else ZERO


def kinds_there(study: Study) -> list[str]:
    """The kinds of contributions that are seen in any unit at the decimals shown, in the order in which they are told."""
    scale = scale_of(study)
    if study.change.scores is None:
        return []
    table = by_kind(study.change.scores)
    order = ["same", "linked", "method", "maximum", "dropped", "new", "other"]
    return [kind for kind in order if kind in table and any(scale.shown(part) for part in table[kind])]
