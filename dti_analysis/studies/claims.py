"""Claims: what others have published, reconciled with the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pandas as pd

from dti_analysis.common.exact import of_float, parse, rounded
from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.common.text import Lang
from dti_analysis.criteria.framework import Framework
from dti_analysis.records.sources import Data
from dti_analysis.studies.study import Study

CLAIMS = ["claim", "statement", "reference", "left", "right", "difference", "decimals", "verdict", "note"]
VERDICTS = ["agrees", "disagrees", "cannot_be_checked"]
_CHECKS = {
    "equal": {"left", "right", "decimals"},
    "between": {"value", "low", "high", "decimals"},
    "unknown": {"why_vi", "why_en"},
}
_KEYS = {"id", "statement_vi", "statement_en", "reference", "check", "note_vi", "note_en"}


def check_claims(data: Data, lang: Lang = "vi") -> pd.DataFrame:
    """Every claim of data/published/claims.yaml with its verdict, in the order of the file.

    Columns `CLAIMS`. left and right are the two sides compared at `decimals` places, difference = right − left; verdict is
    `agrees`, `disagrees`, or `cannot_be_checked` with the reason in note. Raises Faults for a claim that is malformed, or
    that points at a figure or reference that is not there.
    """
    rows, faults = [], []
    for claim in data.document("published/claims.yaml"):
        place = str(claim.get("id", "(no id)"))
        try:
            rows.append(_checked(claim, data, lang))
        except Faults as error:
            own = _file(data)  # a fault of another file is that file's, whichever claim met it
            faults += [replace(f, place=f"{place}: {f.place}") if f.file == own else f for f in error.faults]
        except (KeyError, ValueError, TypeError, ZeroDivisionError) as error:
            faults.append(Fault(_file(data), place, f"{type(error).__name__} {error}", "a claim in the documented format"))
    if faults:
        raise Faults(dict.fromkeys(faults))
    return pd.DataFrame(rows, columns=CLAIMS)


def _file(data: Data) -> str:
    return str(data.root / "published" / "claims.yaml")


def _checked(claim: dict[str, Any], data: Data, lang: Lang) -> dict[str, Any]:
    for key in set(claim) - _KEYS:
        raise fault(_file(data), key, "an unknown key", nearest(key, _KEYS))
    if claim["reference"] not in data.references.index:
        raise fault(_file(data), "reference", claim["reference"], nearest(claim["reference"], data.references.index))
    row = {
        "claim": claim["id"],
        "statement": claim[f"statement_{lang}"],
        "reference": claim["reference"],
        "note": claim.get(f"note_{lang}", ""),
    }
    ((kind, check),) = claim["check"].items()
    if kind not in _CHECKS:
        raise fault(_file(data), "check", f"'{kind}'", nearest(kind, _CHECKS))
    for key in set(check) - _CHECKS[kind]:
        raise fault(_file(data), f"check.{kind}", f"the key '{key}'", nearest(key, _CHECKS[kind]))
    if kind == "unknown":
        return row | {"verdict": "cannot_be_checked", "note": check[f"why_{lang}"]}
    if kind == "between":
        value, low, high = (_value(check[side], data) for side in ("value", "low", "high"))
        verdict = "agrees" if low <= value <= high else "disagrees"
        nearest_bound = min(max(value, low), high)
        return row | _sides(value, nearest_bound, int(check.get("decimals", 2))) | {"verdict": verdict}
    decimals = int(check["decimals"])
    sides = _sides(_value(check["left"], data), _value(check["right"], data), decimals)
    return row | sides | {"verdict": "disagrees" if sides["difference"] else "agrees"}


def _sides(left: Fraction, right: Fraction, decimals: int) -> dict[str, Any]:
    one, other = Fraction(rounded(left, decimals)), Fraction(rounded(right, decimals))
    return {"left": float(one), "right": float(other), "difference": float(other - one), "decimals": decimals}


def _value(expression: Any, data: Data) -> Fraction:
    """The number that an expression of a claim stands for."""
    if not isinstance(expression, dict):
        return parse(str(expression))
    ((name, of),) = expression.items()
    if name in _ARITHMETIC:
        return _ARITHMETIC[name]([_value(part, data) for part in of])
    if name in _LOOKUPS:
        return _LOOKUPS[name](data, **of)
    raise fault(_file(data), "check", f"'{name}'", nearest(name, [*_ARITHMETIC, *_LOOKUPS]))


def _published(data: Data, **keys: Any) -> Fraction:
    """A figure of data/published/results.csv."""
    table = data.published("results")
    names = ["jurisdiction", "year", "level", "unit", "statistic"]
    found = table.loc[(table[names] == [str(keys[name]) for name in names]).all(axis=1), "printed"]
    if len(found) != 1 or not found.iloc[0]:
        raise fault(_file(data), "published", f"{len(found)} figures for {keys}", "one published figure")
    return parse(found.iloc[0])


def _structure(data: Data, framework: str, count: str = "", max_points: str = "") -> Fraction:
    """What a framework file holds: a count of components, or the maximum of one."""
    loaded: Framework = data.framework(framework)
    if max_points:
        return Fraction(loaded.components.set_index("component")["max_points"][max_points])
    return Fraction(getattr(loaded.expects, count))


def _score(data: Data, year: int, level: str, unit: str, **_: Any) -> Fraction:
    """A total score (0–1) recomputed from published values; never from synthetic ones."""
    study = Study(year, level, data=data)
    if study.kind != "published":
        raise fault(_file(data), "score", f"{year} {level}, which is {study.kind}", "an assessment of published values")
    totals = study.ranking.set_index("unit")
    return of_float(totals["points"][unit]) / of_float(totals["max_points"][unit])


_ARITHMETIC: dict[str, Callable[[list[Fraction]], Fraction]] = {
    "sum": lambda parts: sum(parts, Fraction(0)),
    "difference": lambda parts: parts[0] - parts[1],
    "ratio": lambda parts: parts[0] / parts[1],
    "percent": lambda parts: 100 * parts[0] / parts[1],
    "mean": lambda parts: sum(parts, Fraction(0)) / len(parts),
}
_LOOKUPS: dict[str, Callable[..., Fraction]] = {"published": _published, "structure": _structure, "score": _score}
