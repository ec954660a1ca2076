"""Claims: what others have published, reconciled with the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from dti_analysis.common.exact import ZERO, Rational, of_float, parse, rounded, to_rational
from dti_analysis.common.faults import Faults, fault, nearest
from dti_analysis.common.text import Lang
from dti_analysis.records.sources import CLAIMS_FILE, Data
from dti_analysis.studies.study import Study

CLAIMS = [
    "claim", "statement", "said_by", "reference", "left", "right", "high", "difference", "decimals", "unit", "verdict", "note",
]  # fmt: skip
VERDICTS = ["agrees", "disagrees", "cannot_be_checked"]


def check_claims(data: Data, lang: Lang = "vi") -> pd.DataFrame:
    """Every claim of data/published/claims.yaml with its verdict, in the order of the file.

    Columns `CLAIMS`. left is the figure claimed and right what it is checked against, compared at `decimals` places (right and
    high are the bounds where it is to lie between two); difference = right − left, or how far it lies outside; unit is what the
    figures are in; said_by is `source`, or `reader` where readers take a source to say it. verdict is `agrees`, `disagrees`,
    or `cannot_be_checked` with the reason in note. Raises Faults for a claim that is malformed, or that points at a figure or
    reference that is not there.
    """
    rows, faults = [], []
    for claim in data.document(CLAIMS_FILE):
        place = str(claim["id"])
        try:
            rows.append(_checked(claim, data, lang))
        except Faults as error:
            own = _file(data)  # a fault of another file is that file's, whichever claim met it
            here = {own, "parameter"}  # a figure that is not there is the claim's fault
            faults += [replace(f, file=own, place=f"{place}: {f.place}") if f.file in here else f for f in error.faults]
    if faults:
        raise Faults(dict.fromkeys(faults))
    return pd.DataFrame(rows, columns=CLAIMS)


def _file(data: Data) -> str:
    return str(data.root / CLAIMS_FILE)


def _checked(claim: dict[str, Any], data: Data, lang: Lang) -> dict[str, Any]:
    row: dict[str, Any] = {
        "claim": claim["id"],
        "statement": claim[f"statement_{lang}"],
        "said_by": claim.get("said_by", "source"),
        "reference": claim["reference"],
        "unit": claim[f"unit_{lang}"],
        "note": claim.get(f"note_{lang}", ""),
    }
    ((kind, check),) = claim["check"].items()
    if kind == "unknown":
        return row | {"verdict": "cannot_be_checked", "note": check[f"why_{lang}"]}
    decimals = int(check.get("decimals", 2))
    if kind == "between":
        value, low, high = (_value(check[side], data) for side in ("value", "low", "high"))
        outside = min(max(value, low), high) - value
        sides = {"left": float(value), "right": float(low), "high": float(high), "difference": float(outside)}
    else:
        one, other = (to_rational(str(rounded(_value(check[side], data), decimals))) for side in ("left", "right"))
        sides = {"left": float(one), "right": float(other), "difference": float(other - one)}
    return row | sides | {"decimals": decimals, "verdict": "disagrees" if sides["difference"] else "agrees"}


def _value(expression: Any, data: Data) -> Rational:
    """The number that an expression of a claim stands for."""
    if not isinstance(expression, dict):
        return parse(str(expression))
    ((name, of),) = expression.items()
    if name in _ARITHMETIC:
        parts = [_value(part, data) for part in of]
        if name == "percent" and parts[1] == 0:
            raise fault(_file(data), "percent", "a share of 0", "a share of something")
        return _ARITHMETIC[name](parts)
    return _LOOKUPS[name](data, **of)


def _published(data: Data, **keys: Any) -> Rational:
    """A figure of data/published/results.csv."""
    table = data.published("results")
    names = ["place", "index", "year", "level", "unit", "statistic"]
    found = table.loc[(table[names] == [str(keys[name]) for name in names]).all(axis=1), "printed"]
    if len(found) != 1 or not found.iloc[0]:
        raise fault(_file(data), "published", f"{len(found)} figures for {keys}", "one published figure")
    return parse(found.iloc[0])


def _study(data: Data, place: str, index: str, year: int, level: str) -> Study:
    """A study of published figures: claims are never checked against invented ones."""
    study = Study(year, level, data=data, place=place, index=index)
    if study.kind != "published":
        raise fault(_file(data), "score", f"{place} {index} {year} {level}, which is {study.kind}", "published figures")
    return study


def _scores(study: Study) -> dict[str, Rational]:
    """The total score (0–1) of each unit that has one."""
    known = study.ranking[study.ranking["score"].notna()]
    return {row["unit"]: of_float(row["points"]) / of_float(row["max_points"]) for row in known.to_dict("records")}


def _known(data: Data, scores: dict[str, Rational], unit: str, of: str) -> Rational:
    if unit not in scores:
        raise fault(_file(data), "score", f"no score of '{unit}' in {of}", nearest(unit, scores))
    return scores[unit]


def _score(data: Data, place: str, index: str, year: int, level: str, unit: str) -> Rational:
    """A total score (0–1) of one unit."""
    study = _study(data, place, index, year, level)
    return _known(data, _scores(study), unit, f"{place} {index} {year} {level}")


def _mean_score(data: Data, place: str, index: str, year: int, level: str) -> Rational:
    """The mean total score (0–1) of all units."""
    study = _study(data, place, index, year, level)
    if study.partial:
        raise fault(_file(data), "mean_score", f"{len(study.units)} of {len(study.due)} units", "all of them")
    if not (scores := _scores(study)):
        raise fault(_file(data), "mean_score", f"no score in {place} {index} {year} {level}", "scores")
    return _mean(list(scores.values()))


def _merged(data: Data, place: str, index: str, year: int, level: str, from_level: str, within: Any) -> Rational:
    """How many merged units' printed index lies within a distance of the mean score of the units they were made of."""
    old = _scores(_study(data, place, index, year, from_level))
    successor = dict(zip(data.units["unit"], data.units["successor"], strict=True))
    count = 0
    for unit in dict.fromkeys(successor[part] for part in old):
        printed = _published(data, place=place, index=index, year=year, level=level, unit=unit, statistic="index")
        mean = _mean([score for part, score in old.items() if successor[part] == unit])
        count += abs(printed - mean) <= parse(str(within))
    return Rational(count)


def _mean(numbers: list[Rational]) -> Rational:
    return sum(numbers, ZERO) / len(numbers)


_ARITHMETIC: dict[str, Callable[[list[Rational]], Rational]] = {
    "sum": lambda parts: sum(parts, ZERO),
    "difference": lambda parts: parts[0] - parts[1],
    "percent": lambda parts: 100 * parts[0] / parts[1],
    "mean": _mean,
}
_LOOKUPS: dict[str, Callable[..., Rational]] = {
    "published": _published,
    "score": _score,
    "mean_score": _mean_score,
    "merged": _merged,
}
