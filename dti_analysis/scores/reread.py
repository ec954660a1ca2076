"""Last year's forms under this year's rules, as far as the rules can read them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from dti_analysis.common.exact import ONE, ZERO, Column, Rational, choose
from dti_analysis.common.faults import Faults
from dti_analysis.criteria.amendment import criteria
from dti_analysis.criteria.bridge import links, one_to_one
from dti_analysis.criteria.framework import Component, Expects, Framework
from dti_analysis.scores.grid import KNOWN_COLUMNS
from dti_analysis.scores.ledger import Ledger
from dti_analysis.scores.scoring import CLAIMED, exact_scores


def readable(old: Framework, new: Framework) -> dict[str, str]:
    """New code → old code of the criteria whose old forms the new rule can read.

    One criterion continues as one, and its rule, or those of its parts in their order, ask for the same cells, of the same
    kinds and in the same words.
    """
    follows = {now: code for code, now in one_to_one(links(old, new)).items()}
    return {
        component.code: follows[component.code]
        for component in criteria(new)
        if component.max_points
        and component.code in follows
        and _asks(component) == _asks(old.by_code[follows[component.code]])
    }


def reach(old: Framework, new: Framework) -> Rational:
    """How far last year's forms reach under this year's set: the share of its points whose rules can read them."""
    points: Rational = sum((new.by_code[code].max_points for code in readable(old, new)), ZERO)
    return points / new.max_points if new.max_points else ONE


def reread(forms: pd.DataFrame, before: Ledger, new: Framework) -> dict[str, Column]:
    """Share of the maximum (0–1, exact) that each unit's form of last year earns by this year's rule, by code of the new set.

    `forms` are last year's rows on the basis of `before`, scored as all rows are (dti_analysis.scores.scoring). A unit has None
    where its form was not assessed criterion by criterion, or the criterion does not apply; a criterion is left out where the
    new rule refuses what stands in the old forms.
    """
    old = before.framework
    found = readable(old, new)
    whole = _read(forms, before, new, found)
    each = [whole] if whole is not None else [_read(forms, before, new, {code: was}) for code, was in found.items()]
    return {code: shares for read in each if read is not None for code, shares in read.items()}


def _read(forms: pd.DataFrame, before: Ledger, new: Framework, found: dict[str, str]) -> dict[str, Column] | None:
    """None where a rule refuses what it reads."""
    codes = {
        was: now
        for code, old in found.items()
        for was, now in zip(_leaves(before.framework.by_code[old]), _leaves(new.by_code[code]), strict=True)
    }
    rules = _only([new.by_code[code] for code in found], new)
    kept = [name for name in forms if name in {*KNOWN_COLUMNS, "value", *rules.inputs}]
    rows = forms.loc[forms["indicator"].isin(codes) & forms["unit"].isin(before.units), kept]
    rows = rows.assign(indicator=rows["indicator"].map(codes))
    if rows.empty:
        return {}
    units = pd.DataFrame({"unit": before.units, "group": before.groups})
    try:
        ledger = Ledger(exact_scores(rules, rows, units), rules)
    except Faults:
        return None
    read = {}
    for code, old in found.items():
        points, maxima = ledger.points[code], ledger.max_points[code]
        applies = (maxima != ZERO).astype(bool) & np.isin(before.states[old], ["assessed", CLAIMED, "missing"])
        read[code] = choose(applies, points / choose(applies, maxima, ONE), None)
    return read


def _only(kept: list[Component], new: Framework) -> Framework:
    """A set of some criteria of another, side by side."""
    fields = {name: getattr(new, name) for name in Framework.model_fields}
    ranking = new.ranking.model_copy(update={"missing": "zero"} if new.ranking.missing == "refuse" else {})
    flat = {"subindices": [], "pillars": [], "indicators": kept, "expects": Expects(), "ranking": ranking}
    total = sum((component.max_points for component in kept), ZERO)
    return Framework.model_validate(fields | flat | {"max_points": total, "max_points_by_group": {}})


def _leaves(component: Component) -> list[str]:
    return [part.code for part in component.parts] or [component.code]


def _asks(component: Component) -> list[object]:
    """What a criterion asks for; a cell without words of its own asks for what the criterion is called.

    Points that a council awarded are no answer that another rule could read: they ask for points of the same maximum.
    """
    return [
        [
            {name: (cell.kind, cell.asks or leaf.name_vi) for name, cell in leaf.way.cells().items()} if leaf.way else None,
            leaf.max_points if leaf.rule_name == "reported" else None,
        ]
        for leaf in component.parts or [component]
    ]
