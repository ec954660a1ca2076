"""From self-assessment to appraisal by reason: why points that were claimed were not granted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from dti_analysis.common.exact import ZERO, Rational
from dti_analysis.criteria.framework import TOTAL, Component
from dti_analysis.scores.ledger import Ledger, alike, components, finest

REASONS = ["missing", "partial", "late", "revalued", "none_asked", "not_stated", "other"]
"""Evidence missing, partial or late; complete, but the figures found were others; none was asked for; no state was noted; not
told by any one criterion (a cap, a gate, the best of several parts)."""
APPRAISAL_REASONS = ["unit", "reason", "criteria", "lost", "gained", "difference"]
_REASON = {"missing": "missing", "partial": "partial", "late": "late", "full": "revalued", "none": "none_asked"}


def appraisal_reasons(claimed: Ledger, verified: Ledger, rows: pd.DataFrame) -> pd.DataFrame:
    """One row for each unit that assessed itself and each reason for which points changed; columns `APPRAISAL_REASONS`.

    `rows` is the assessment: the reason is the evidence_state of the verified row. criteria: how many changed. lost, gained:
    points, 0 or more; difference = gained − lost. All exact: the differences of a unit add up to verified − self of its total.
    The parts of a criterion count each by their own reason; where they do not add up to it (the best of them, a gate), by the
    one that they share, or as `other`.
    """
    framework, codes = verified.framework, components(verified.framework)
    states = _states(rows)
    both = [unit for unit in verified.units if unit in claimed.place]
    first, second = (np.array([held.place[unit] for unit in both], dtype=np.intp) for held in (claimed, verified))
    known = claimed.known(codes, first) & verified.known(codes, second)
    sums: dict[str, dict[str, list[Rational]]] = {unit: {} for unit in both}
    for at, pattern in alike(known):
        together = dict(zip(codes, pattern, strict=True))
        if not together[TOTAL]:
            continue
        rest = dict(zip(at.tolist(), _differences(claimed, verified, TOTAL, first[at], second[at]), strict=True))
        for code in finest(framework, together):
            found = _differences(claimed, verified, code, first[at], second[at])
            for place, difference in zip(at.tolist(), found, strict=True):
                if difference:
                    rest[place] -= difference
                    unit = both[place]
                    for reason, part in _told(framework.by_code[code], difference, unit, claimed, verified, states):
                        _book(sums[unit], reason, part)
        for place, difference in rest.items():
            if difference:
                _book(sums[both[place]], "other", difference, criteria=0)
    table = [
        {"unit": unit, "reason": reason, "criteria": int(own[reason][2]), "lost": own[reason][0], "gained": own[reason][1],
         "difference": own[reason][1] - own[reason][0]}
        for unit, own in sums.items() for reason in REASONS if reason in own
    ]  # fmt: skip
    return pd.DataFrame(table, columns=APPRAISAL_REASONS)


def _states(rows: pd.DataFrame) -> dict[tuple[str, str], str]:
    """The state of the evidence of each unit's verified rows, by unit and component."""
    if "evidence_state" not in rows:
        return {}
    appraised = rows[rows["basis"].replace("", "verified") == "verified"] if "basis" in rows else rows
    return dict(zip(zip(appraised["unit"], appraised["indicator"], strict=True), appraised["evidence_state"], strict=True))


def _told(
    component: Component,
    difference: Rational,
    unit: str,
    claimed: Ledger,
    verified: Ledger,
    states: Mapping[tuple[str, str], str],
) -> Iterator[tuple[str, Rational]]:
    """The reasons for the difference of one criterion, and what each took or gave."""
    changed: dict[str, Rational] = {}
    for part in component.parts:
        if (unit, part.code) in states:
            points = verified.points[part.code][verified.place[unit]], claimed.points[part.code][claimed.place[unit]]
            if None not in points and points[0] != points[1]:
                changed[part.code] = points[0] - points[1]
    reasons = {code: reason_of(states[unit, code]) for code in changed}
    if not changed:
        own = states.get((unit, component.code), None if component.parts else "")
        yield "other" if own is None else reason_of(own), difference
    elif sum(changed.values()) == difference:
        for each in sorted(set(reasons.values())):
            yield each, sum((found for code, found in changed.items() if reasons[code] == each), ZERO)
    else:
        yield reasons.popitem()[1] if len(set(reasons.values())) == 1 else "other", difference


def _differences(claimed: Ledger, verified: Ledger, code: str, first: np.ndarray, second: np.ndarray) -> list[Rational]:
    found: list[Rational] = (verified.points[code][second] - claimed.points[code][first]).tolist()
    return found


def _book(own: dict[str, list[Rational]], reason: str, difference: Rational, criteria: int = 1) -> None:
    sums = own.setdefault(reason, [ZERO, ZERO, ZERO])
    sums[0 if difference < 0 else 1] += abs(difference)
    sums[2] += criteria


def reason_of(state: str) -> str:
    """The reason (of REASONS) that a state of the evidence stands for."""
    return _REASON.get(state, "not_stated")
