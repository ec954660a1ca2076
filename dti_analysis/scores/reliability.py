"""Reliability: how much of a score rests on what is weakly known. It corrects nothing, and ranks nobody by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from dti_analysis.common.days import iso_day
from dti_analysis.common.faults import fault, nearest
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.scores.remarks import small_denominators

REASONS = ["self_only", "no_evidence", "missing", "small", "old"]
"""Self-assessed and not verified; without evidence; nothing handed in; a denominator of 1 or 2; older than it should be."""
RELIABILITY = ["unit", *REASONS, "in_doubt", "grade", "reasons", "rests_on"]
GRADES = {"A": 0.05, "B": 0.15, "C": 0.3}
"""Up to which share of the points in doubt a grade is given; D above. Ours: no act sets any."""
LETTERS = [*GRADES, "D"]
_LACKING = "missing"
"""The state of evidence that was due and did not come; `none` says that none is needed."""


def reliability(
    framework: Framework,
    assessment: pd.DataFrame,
    scores: pd.DataFrame,
    as_of: Mapping[str, str] | None = None,
    oldest: str = "",
) -> pd.DataFrame:
    """How far each unit's score can be relied on. One row per unit, columns `RELIABILITY`.

    Shares (0–1) of the maxima of the unit's criteria, the finest that are known: self_only: claimed, and no verified row;
    no_evidence: handed in, and evidence_state says `missing`, or neither it nor the column evidence says anything (values
    rolled up from below need none); missing: nothing handed in; small: a ratio on a denominator of 1 or 2
    (dti_analysis.scores.remarks); old: the figures' date in `as_of` ({indicator: ISO date}) is before `oldest`. NaN where that
    cannot be told: no_evidence where the form has no such column, or an empty one; old without `as_of` and `oldest`.
    in_doubt: the share with at least one of these. grade: by `GRADES`; reasons: the codes of the shares above 0, largest
    first; rests_on: the codes of the shares that could be told, on which alone the grade rests. Units of which nothing is known
    have no row.

    A unit is looked at on its verified scores, or on its self-assessed ones where no row of it was verified. Raises Faults for
    dates that are none, for indicators in `as_of` that the set does not have, and for one of `as_of`, `oldest` without the
    other. Definition and thresholds are ours; cf. the reliability index of INFORM.
    """
    dates = _dates(framework, as_of, oldest)
    key = ["unit", "component"]
    rows = assessment.rename(columns={"indicator": "component"})
    rows = rows.assign(basis=_texts(rows, "basis").replace("", "verified"), evidence=_texts(rows, "evidence"),
                       evidence_state=_texts(rows, "evidence_state"))  # fmt: skip
    verified = rows[rows["basis"] == "verified"]
    own = rows[rows["basis"] == "self"]
    alone = set(own["unit"]) - set(verified["unit"])
    looked_at = pd.concat([verified, own[own["unit"].isin(alone)]])
    pieces = _pieces(framework, scores, alone)
    pieces = pieces.merge(looked_at[[*key, "evidence", "evidence_state"]], on=key, how="left")
    handed_in = pieces["evidence"].notna() & pieces["state"].isin(["assessed", "stated"])
    claimed = _among(pieces[key], own[key]) & ~_among(pieces[key], verified[key])
    below = [leaf.code for leaf in framework.leaves if leaf.rule_name == "roll_up"]
    bare = (pieces["evidence_state"] == "") & (pieces["evidence"] == "")
    ratios = small_denominators(framework, looked_at.rename(columns={"component": "indicator"}))
    small = pd.DataFrame([(unit, code) for _, code, unit, _, _ in ratios], columns=key)
    found = {
        "self_only": claimed,
        "no_evidence": handed_in & ~pieces["component"].isin(below) & ((pieces["evidence_state"] == _LACKING) | bare)
        if (looked_at[["evidence", "evidence_state"]] != "").any(axis=None)
        else None,
        "missing": (pieces["state"] == "missing") & ~claimed,
        "small": handed_in & _among(pieces[key], small),
        "old": None if dates is None else handed_in & pieces["component"].map(dates).lt(oldest),
    }  # fmt: skip
    return _graded(pieces, found)


def not_ranked(table: pd.DataFrame, least: str = "C") -> list[str]:
    """The units that a rule "listed but not ranked below grade `least`" would not rank. No act is known to have one; nothing
    in this package applies it unless told to. Raises Faults for a grade that there is not."""
    if least not in LETTERS:
        raise fault("parameter", "least", f"'{least}'", nearest(least, LETTERS))
    return list(table.loc[table["grade"].isin(LETTERS[LETTERS.index(least) + 1 :]), "unit"])


def _graded(pieces: pd.DataFrame, found: dict[str, pd.Series | None]) -> pd.DataFrame:
    units = pd.Index(pieces["unit"].unique(), name="unit")
    maxima = pieces["max_points"].groupby(pieces["unit"], sort=False).sum()

    def share(at: pd.Series) -> pd.Series:
        held = pieces["max_points"].where(at, 0.0).groupby(pieces["unit"], sort=False).sum()
        return (held / maxima.where(maxima > 0)).reindex(units)

    known = {name: at for name, at in found.items() if at is not None}
    shares = pd.DataFrame({name: share(known[name]) if name in known else np.nan for name in REASONS}, index=units)
    doubt = share(np.logical_or.reduce([at.to_numpy() for at in known.values()]))
    steps = np.searchsorted(list(GRADES.values()), doubt.fillna(1).round(12), side="left")
    reasons = [
        " ".join(sorted((name for name in known if row[name] > 0), key=lambda name: -row[name]))
        for row in shares.to_dict("records")
    ]
    return shares.assign(
        in_doubt=doubt,
        grade=pd.Series([LETTERS[step] for step in steps], units, dtype=str),
        reasons=pd.Series(reasons, units, dtype=str),
        rests_on=pd.Series(" ".join(name for name in REASONS if name in known), units, dtype=str),
    ).reset_index()[RELIABILITY]


def _pieces(framework: Framework, scores: pd.DataFrame, alone: set[str]) -> pd.DataFrame:
    """The finest components that are known of each unit: columns unit, component, state, max_points; of those in `alone`, whom
    nobody verified, as they assessed themselves. Alternatives of which the best counts share its maximum."""
    own = scores["unit"].isin(alone)
    table = scores[np.where(own, scores["basis"] == "self", scores["basis"] == "verified")]
    ends = {component.code for component, _, _ in framework.walk() if component.unlisted or not component.children}
    finest = table["component"].isin(ends) & (table["state"] != "unknown")
    held = table[(finest | (table["state"] == "stated")) & (table["max_points"] > 0)]
    pieces = held[["unit", "component", "state", "max_points"]].reset_index(drop=True)
    for whole in (component for component, _, _ in framework.walk() if component.combine == "best"):
        within = _below(whole)
        maxima = table[table["component"].isin(child.code for child in whole.children)].groupby("unit")["max_points"].sum()
        factor = table[table["component"] == whole.code].set_index("unit")["max_points"] / maxima.where(maxima > 0)
        pieces["max_points"] *= pieces["unit"].map(factor).where(pieces["component"].isin(within), 1.0)
    return pieces


def _below(component: Component) -> list[str]:
    """The codes of all that is below a component."""
    return [code for child in component.children for code in (child.code, *_below(child))]


def _among(keys: pd.DataFrame, named: pd.DataFrame) -> pd.Series:
    """Which units and components of one table stand in another."""
    held = set(_pairs(named))
    return pd.Series([pair in held for pair in _pairs(keys)], index=keys.index, dtype=bool)


def _pairs(table: pd.DataFrame) -> Iterator[tuple[str, str]]:
    return zip(*(table[name].to_numpy(dtype=object).tolist() for name in ("unit", "component")), strict=True)


def _texts(rows: pd.DataFrame, column: str) -> pd.Series:
    return rows[column].fillna("") if column in rows else pd.Series("", index=rows.index)


def _dates(framework: Framework, as_of: Mapping[str, str] | None, oldest: str) -> dict[str, str] | None:
    if not as_of and not oldest:
        return None
    if not as_of or not oldest:
        raise fault(
            "parameter", "as_of, oldest", "one without the other", "the dates of the figures and the oldest that will do"
        )
    codes = set(framework.by_code)
    for code, day in [("oldest", oldest), *as_of.items()]:
        if code != "oldest" and code not in codes:
            raise fault("parameter", "as_of", f"'{code}'", nearest(code, codes))
        iso_day(day, code)
    return dict(as_of)
