"""Before the council has decided: what it has not appraised yet counts as claimed, is marked so, and is never a zero."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

from dti_analysis.criteria.framework import Framework
from dti_analysis.scores.grid import KNOWN_COLUMNS
from dti_analysis.scores.scoring import CLAIMED


def answered(rows: pd.DataFrame) -> pd.Series:
    """Which rows of an assessment say anything: a row whose cells are all empty is a criterion that was left out."""
    cells = [name for name in rows if name not in KNOWN_COLUMNS]
    return (rows[cells].fillna("") != "").any(axis=1)


def unappraised(rows: pd.DataFrame, framework: Framework) -> pd.DataFrame:
    """The claims (rows of basis `self` that say anything) that no appraisal has answered yet.

    A claim is answered by a verified row of the same unit on the same component, or on one above or below it.
    """
    if "basis" not in rows:
        return rows.iloc[:0]
    claims = rows[(rows["basis"] == "self") & answered(rows)]
    verified = rows[rows["basis"] != "self"]
    seen = set(zip(verified["unit"], verified["indicator"], strict=True))
    claims = claims[_among(claims, lambda pair: pair not in seen)]
    if claims.empty:
        return claims
    above = _with_above(seen, framework)

    def open_(pair: tuple[str, str]) -> bool:
        unit, code = pair
        return pair not in above and not any((unit, each) in seen for each in _path(code, framework))

    return claims[_among(claims, open_)]


def counted(rows: pd.DataFrame, claims: pd.DataFrame) -> pd.DataFrame:
    """The assessment in which each claim also stands as a verified row: what counts until the council has looked at it."""
    if claims.empty:
        return rows
    table = pd.concat([rows, claims.assign(basis="verified")], ignore_index=True)
    table.attrs.update(rows.attrs)
    return table


def marked(scores: pd.DataFrame, framework: Framework, claims: pd.DataFrame) -> pd.DataFrame:
    """`scores` in which the state of every verified figure that rests on a claim not yet appraised is `claimed`."""
    if claims.empty:
        return scores
    rests = _with_above(zip(claims["unit"], claims["indicator"], strict=True), framework)
    pairs = zip(scores["unit"], scores["component"], strict=True)
    at = pd.Series([pair in rests for pair in pairs], index=scores.index, dtype=bool)
    at &= (scores["basis"] == "verified") & scores["state"].isin(["assessed", "stated"])
    return scores.assign(state=scores["state"].where(~at, CLAIMED))


def _among(rows: pd.DataFrame, holds: Callable[[tuple[str, str]], bool]) -> pd.Series:
    """For which rows something holds of their unit and component."""
    pairs = zip(rows["unit"], rows["indicator"], strict=True)
    return pd.Series([holds(pair) for pair in pairs], index=rows.index, dtype=bool)


def _with_above(pairs: Iterable[tuple[str, str]], framework: Framework) -> set[tuple[str, str]]:
    return {(unit, each) for unit, code in pairs for each in (code, *_path(code, framework))}


def _path(code: str, framework: Framework) -> list[str]:
    """The components above one; none for a code that the set does not have, which scoring refuses."""
    path = []
    while code := framework.parents.get(code, ""):
        path.append(code)
    return path
