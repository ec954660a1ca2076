"""Printed figures: which ranks the rounding of published values still allows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dti_analysis.common.exact import Column, Rational, choose, parse
from dti_analysis.criteria.cells import NOT_APPLICABLE, UNKNOWN
from dti_analysis.criteria.framework import TOTAL, Framework
from dti_analysis.scores.disputes import due_units
from dti_analysis.scores.draws import rank_if, whole_figures
from dti_analysis.scores.scoring import exact_scores

PRINTED = ["unit", "group", "rank", "low", "high", "best_rank", "worst_rank"]
_TOP = {"share": Rational(1), "percent": Rational(100)}
_LESS = Rational(1, 10**12)
"""By how much the upper end stays under the next printed figure: rounded half-up, that one would have been printed."""


def printed(
    framework: Framework, assessment: pd.DataFrame, units: pd.DataFrame | None = None, source: str = "assessment"
) -> pd.DataFrame:
    """The ranks that half a unit of the last printed digit, up or down, still allows; one row per unit, columns `PRINTED`.

    It widens values that are stated of a component, and those that a rule `reported` or `linear` takes, never beyond their
    measure; all of one component are taken to be printed alike, with as many decimals as the longest. Not where the act rounds
    criteria to the decimals that are printed, for these are then exact. low and high are points of the total; best_rank: the
    unit at its high end and all others at their low one; worst_rank the other way round; by the act's rounding and ties. Takes
    what `score` takes, and raises Faults as it does.
    """
    basis = assessment.get("basis", pd.Series("", index=assessment.index))
    rows, due = assessment[basis.isin(["", "verified"])], due_units(assessment, units)
    ends = [_moved(framework, rows, sign) for sign in (-1, 0, 1)]
    totals = [_totals(framework, end, due, source) for end in ends]
    low, now, high = (whole_figures(points, maxima, framework.ranking) for points, maxima in totals)
    ties = framework.ranking.ties
    return pd.DataFrame(
        {
            "unit": due["unit"].to_numpy(dtype=object),
            "group": due["group"].to_numpy(dtype=object),
            "rank": rank_if(now, now, ties),
            "low": [np.nan if own is None else float(own) for own in totals[0][0]],
            "high": [np.nan if own is None else float(own) for own in totals[2][0]],
            "best_rank": rank_if(high, low, ties),
            "worst_rank": rank_if(low, high, ties),
        }
    )[PRINTED]


def _totals(framework: Framework, rows: pd.DataFrame, units: pd.DataFrame, source: str) -> tuple[Column, Column]:
    scores = exact_scores(framework, rows, units, source)
    totals = scores[scores["component"] == TOTAL].set_index("unit").loc[list(units["unit"])]
    points, maxima = (totals[name].to_numpy(dtype=object) for name in ("points", "max_points"))
    return choose([own is None or own != own for own in points], None, points), maxima


def _moved(framework: Framework, rows: pd.DataFrame, sign: int) -> pd.DataFrame:
    """The rows with every printed value at one end of what it may stand for."""
    moved = rows.copy()
    pairs = [(str(code), str(text).strip()) for code, text in zip(rows["indicator"], rows["value"], strict=True)]
    decimals: dict[str, int] = {}
    for code, text in pairs:  # of a column of figures: 22 among 11.79 and 19.41 is 22.00
        decimals[code] = max(decimals.get(code, 0), len(text.replace(",", ".").partition(".")[2]))
    moved["value"] = [_end(framework, code, text, decimals[code], sign) for code, text in pairs]
    return moved


def _end(framework: Framework, code: str, text: str, decimals: int, sign: int) -> str:
    component = framework.by_code.get(code)
    if not sign or component is None or not text or text.lower() in (*NOT_APPLICABLE, *UNKNOWN):
        return text
    if component.rule and component.rule_name not in ("reported", "linear"):
        return text
    settled = framework.ranking.indicator_decimals
    if settled is not None and component.measure == "points" and decimals >= settled:
        return text
    value, half = parse(text), Rational(1, 2 * 10**decimals)
    end = value - half if sign < 0 else value + half - _LESS / 10**decimals
    top: Any = _TOP.get(component.measure, None if component.rule_name == "linear" else component.max_points)
    end = max(end, min(value, Rational(0)))
    return _written(end if top is None else min(end, top))


def _written(number: Any) -> str:
    """A decimal as text: at most some thirty places, all of them."""
    units = int(number * 10**30)
    sign, digits = ("-" if units < 0 else ""), str(abs(units)).rjust(31, "0")
    return f"{sign}{digits[:-30]}.{digits[-30:]}"
