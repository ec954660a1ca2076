"""Amendments: what changed from one criteria set to the next, criterion by criterion: the diff of two files."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from dti_analysis.criteria.bridge import links
from dti_analysis.criteria.framework import Component, Framework

AMENDMENT = ["component", "was", "kind", "renamed", "other_rule", "max_before", "max_after"]
KINDS = ["new", "split", "merged", "changed", "kept", "dropped"]


def amendment(old: Framework, new: Framework) -> pd.DataFrame:
    """One row for each criterion of the new set and each that was dropped, in the order of the sets; columns `AMENDMENT`.

    component: code in the new set (empty where dropped). was: codes in the old set, separated by spaces. kind: new; split (an
    old criterion that lives on in several); merged (several old ones in one); changed (another name, rule or maximum); kept;
    dropped. renamed, other_rule: whether name or rule differ, where one follows one. max_before, max_after: maxima, exact.
    """
    before = {component.code: component for component in criteria(old)}
    bridge = links(old, new)
    heirs = Counter(link.old for link in bridge)
    rows = []
    for component in criteria(new):
        codes = [link.old for link in bridge if link.new == component.code]
        former = [before[code] for code in codes]
        row = {
            "component": component.code,
            "was": " ".join(codes),
            "renamed": False,
            "other_rule": False,
            "max_before": sum(one.max_points for one in former) if former else None,
            "max_after": component.max_points,
        }
        if not former:
            kind = "new"
        elif len(former) > 1:
            kind = "merged"
        elif heirs[codes[0]] > 1:
            kind = "split"
        else:
            one = former[0]
            row["renamed"], row["other_rule"] = component.name_vi != one.name_vi, _rules(component) != _rules(one)
            changed = row["renamed"] or row["other_rule"] or component.max_points != one.max_points
            kind = "changed" if changed else "kept"
        rows.append(row | {"kind": kind})
    rows += [
        {"component": "", "was": code, "kind": "dropped", "renamed": False, "other_rule": False,
         "max_before": component.max_points, "max_after": None}
        for code, component in before.items()
        if not heirs[code]
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=AMENDMENT)


def criteria(framework: Framework) -> list[Component]:
    """The criteria of a set, in its order: what is measured, whole indicators rather than their parts."""
    return [
        component
        for component, _, kind in framework.walk()
        if kind != "part" and (component.rule or component.parts or component.unlisted)
    ]


def _rules(component: Component) -> object:
    return [component.rule, component.combine, [_rules(part) for part in component.parts]]
