"""The next steps of one unit: what it handed in, criterion by criterion, and which changes would earn more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import pandas as pd

from dti_analysis.common.exact import of_float
from dti_analysis.criteria.cells import read_row
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.criteria.next_steps import Step, next_steps
from dti_analysis.criteria.rules import Checklist, Levels
from dti_analysis.scores.scoring import CLAIMED

Row = Mapping[str, str]
Way: TypeAlias = tuple[Step, ...]
"""Steps of one criterion that are done together."""
_ROUNDS = 25
"""How often further steps are looked for on one criterion at most."""


def rows_of(assessment: pd.DataFrame, unit: str) -> dict[str, dict[str, str]]:
    """The verified rows of a unit by indicator, each by column, all text."""
    return by_unit(assessment, [unit])[unit]


def by_unit(assessment: pd.DataFrame, units: Iterable[str]) -> dict[str, dict[str, dict[str, str]]]:
    """The verified rows of some units, of each by indicator."""
    found: dict[str, dict[str, dict[str, str]]] = {unit: {} for unit in units}
    table = assessment[assessment["unit"].isin(list(found))]
    if "basis" in table:
        table = table[table["basis"].replace("", "verified") == "verified"]
    names, columns = list(map(str, table)), [list(map(str, table[name].to_numpy(dtype=object).tolist())) for name in table]
    for row in zip(*columns, strict=True):
        cells = dict(zip(names, row, strict=True))
        found[cells["unit"]][cells["indicator"]] = cells
    return found


def verified_rows(assessment: pd.DataFrame, unit: str) -> pd.DataFrame:
    """The rows of a unit on the basis `verified`."""
    own = assessment[assessment["unit"] == unit]
    return own[own["basis"].replace("", "verified") == "verified"] if "basis" in own else own


def cells_of(component: Component, rows: Mapping[str, Row]) -> dict[str, Any] | None:
    """A unit's figures on a criterion as rules want them; of one with parts by their codes; None where any is not there."""
    if not component.parts:
        row = rows.get(component.code)
        return read_row(component, row) if row and component.way else None
    read = {leaf.code: read_row(leaf, rows.get(leaf.code, {})) for leaf in component.parts if leaf.way}
    return None if None in read.values() else read


def maximum_of(component: Component, score: Mapping[Any, Any]) -> Any:
    """The maximum that the steps of a criterion are measured against; `score` is the unit's row of the table `scores`."""
    return component.max_points if component.parts else of_float(score["max_points"])


def steps_of(component: Component, rows: Mapping[str, Row], score: Mapping[Any, Any]) -> list[Step]:
    """The next steps of one criterion, the one that earns most last; none where no unit can raise its figure alone."""
    if score["state"] not in ("assessed", CLAIMED) or component.shared:
        return []
    cells = cells_of(component, rows)
    return sorted(next_steps(component, cells, maximum_of(component, score)), key=lambda step: step.gain) if cells else []


def ways_on(framework: Framework, rows: Mapping[str, Row], by_code: Mapping[str, Mapping[Any, Any]]) -> dict[str, list[Way]]:
    """Every way in which one criterion alone can earn a unit more, by its code, in the order of the framework.

    A way is one step, or steps of different cells done together, or more of them, up to where no step is left. `rows` are the
    unit's own, by code, as are its rows of the verified scores.
    """
    found = {
        component.code: _ways(component, rows, by_code[component.code])
        for component, _, kind in framework.walk()
        if kind not in ("part", "total") and (component.rule or component.parts)
    }
    return {code: ways for code, ways in found.items() if ways}


def _ways(component: Component, rows: Mapping[str, Row], score: Mapping[Any, Any]) -> list[Way]:
    steps = steps_of(component, rows, score)
    ways: list[Way] = [(step,) for step in steps]
    cells, maximum = cells_of(component, rows), maximum_of(component, score)
    done: dict[tuple[str, str], Step] = {}
    for _ in range(_ROUNDS):
        if not steps or cells is None:
            break
        for step in _together(component, steps):
            before = done.get((step.code, step.cell))
            done[step.code, step.cell] = step if before is None else _joined(before, step)
            cells = _changed(component, cells, step)
        ways.append(tuple(done.values()))
        steps = next_steps(component, cells, maximum)
    return list(dict.fromkeys(ways))


def _together(component: Component, steps: list[Step]) -> list[Step]:
    """The best step of each cell that can be changed beside the others: parts, items and periods do not stand in each other's
    way; of the numbers of one ratio only one is changed."""
    best: dict[tuple[str, str], Step] = {}
    for step in steps:
        leaf = next(leaf for leaf in component.parts or [component] if leaf.code == step.code)
        place = (step.code, step.cell if isinstance(leaf.way, Checklist | Levels) else "")
        if place not in best or step.gain > best[place].gain:
            best[place] = step
    return list(best.values())


def _joined(first: Step, then: Step) -> Step:
    """Two steps of the same cell as one."""
    change = None if then.change is None or first.change is None else first.change + then.change
    return replace(then, before=first.before, change=change, gain=first.gain + then.gain)


def _changed(component: Component, cells: dict[str, Any], step: Step) -> dict[str, Any]:
    if component.parts:
        return {**cells, step.code: {**cells[step.code], step.cell: step.after}}
    return {**cells, step.cell: step.after}
