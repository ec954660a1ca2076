"""What if: the points and rank that other figures would earn, scored anew by the act's own rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import pandas as pd

from dti_analysis.common.exact import Rational, decimals_of
from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.criteria.cells import EXPECTED, NOT_APPLICABLE, read_cell
from dti_analysis.criteria.framework import TOTAL, Framework
from dti_analysis.criteria.next_steps import Step
from dti_analysis.criteria.rules import Levels
from dti_analysis.scores.own_steps import by_unit, verified_rows
from dti_analysis.scores.scoring import exact_scores, score

WHAT_IF = [
    "component",
    "points_before",
    "points_after",
    "max_points",
    "score_before",
    "score_after",
    "rank_before",
    "rank_after",
]
Changes = Mapping[str, object]
"""What is changed: CODE.cell, or CODE for its cell `value`, and what the cell would hold."""
Cells = Mapping[tuple[str, str], str]
"""The same by code and cell, as a form writes it."""


def what_if(
    framework: Framework,
    assessment: pd.DataFrame,
    units: pd.DataFrame | None,
    unit: str,
    changes: Changes,
    source: str = "what if",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What one unit would have if its verified cells held other figures, all others unchanged.

    Returns two tables. The first, columns `WHAT_IF`: the total, then each changed criterion and what is above it, in the order
    of the framework; points, scores (0–1) and ranks before and after. The second, unit, rank_before, rank_after, way: every
    unit that it would pass (`passed`), draw level with (`level`) or be passed by (`passed_by`), best first.
    Raises Faults, all at once: an unknown unit, criterion or cell, a value that the rule does not take.
    """
    known = list(assessment["unit"] if units is None else units["unit"])
    if unit not in known:
        raise fault(source, "unit", f"'{unit}'", nearest(unit, known))
    cells = parsed(framework, changes, source)
    before = score(framework, assessment, units, source)
    after = score(framework, changed(framework, assessment, unit, cells), units, source)
    before, after = (table[table["basis"] == "verified"] for table in (before, after))
    return _figures(framework, before, after, unit, {code for code, _ in cells}), _passed(before, after, unit)


def parsed(framework: Framework, changes: Changes, source: str = "what if") -> dict[tuple[str, str], str]:
    """The changes by code and cell, as a form would write them. Raises Faults for what no rule reads or takes."""
    faults: list[Fault] = []
    found: dict[tuple[str, str], str] = {}
    leaves = {leaf.code: leaf for leaf in framework.leaves if leaf.way}
    for name, value in changes.items():
        code, cell = (name, "value") if name in leaves else (name.rpartition(".")[0], name.rpartition(".")[2])
        if code not in leaves:
            faults.append(Fault(source, name, f"the criterion '{name}'", nearest(name, leaves)))
            continue
        rule = leaves[code].way
        assert rule is not None
        cells = rule.cells()
        if cell not in cells:
            faults.append(
                Fault(source, name, f"the cell '{cell}' of {code}", nearest(f"{code}.{cell}", [f"{code}.{c}" for c in cells]))
            )
            continue
        text = written(value)
        try:
            if text.lower() not in NOT_APPLICABLE and text:
                read_cell(leaves[code], cells[cell].kind, text)
                if isinstance(rule, Levels) and text.lower() not in rule.known():
                    raise KeyError(text)
            found[code, cell] = text
        except (ValueError, KeyError):
            levels = ", ".join(level.vi for level in rule.levels.values()) if isinstance(rule, Levels) else ""
            faults.append(Fault(source, name, f"'{text}'", f"one of {levels}" if levels else EXPECTED[cells[cell].kind]))
    if faults:
        raise Faults(faults)
    return found


def written(value: object) -> str:
    """A value as a person would write it in a form."""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        value = Rational(repr(value))
    if not isinstance(value, Rational):
        return str(value).strip()
    places = decimals_of([value], 12)
    digits = f"{abs(int(value * 10**places)):0{places + 1}d}"
    text = ("-" if value < 0 else "") + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)
    return text + "0" if places == 3 else text  # three digits after a mark may be thousands


def cells_of_steps(steps: Iterable[Step]) -> dict[tuple[str, str], str]:
    """Steps as changes of cells, by code and cell, each as a form writes what the cell would hold."""
    return {(step.code, step.cell): written(step.after) for step in steps}


def changed(framework: Framework, assessment: pd.DataFrame, unit: str, cells: Cells) -> pd.DataFrame:
    """The assessment with some verified cells of a unit holding something else; rows that it left out are added."""
    table = assessment.copy()
    for column in {cell for _, cell in cells} - set(table.columns):
        table[column] = ""
    own = pd.Series(table.index.isin(verified_rows(table, unit).index), index=table.index)
    for (code, cell), text in cells.items():
        at = table.index[own & (table["indicator"] == code)]
        if len(at):
            table.loc[at, cell] = text
        else:
            row = dict.fromkeys(table.columns, "") | {"unit": unit, "indicator": code, cell: text}
            row |= {"basis": "verified"} if "basis" in table else {}
            row |= {name: table[name].iloc[0] for name in ("year",) if name in table}
            table.loc[table.index.max() + 1] = row
            own = own.reindex(table.index, fill_value=True)
    table.attrs.update(assessment.attrs)
    return table


def trials(
    framework: Framework, assessment: pd.DataFrame, groups: Mapping[str, str], each: Sequence[tuple[str, Cells]]
) -> list[Rational]:
    """How many points more or less than now a unit's total would have, for each unit and change of its cells, exactly."""
    return [total for total, _ in gained(framework, assessment, groups, each, [TOTAL] * len(each))]


def gained(
    framework: Framework,
    assessment: pd.DataFrame,
    groups: Mapping[str, str],
    each: Sequence[tuple[str, Cells]],
    codes: Sequence[str],
) -> list[tuple[Rational, Rational]]:
    """Like `trials`, of the total and of one more component for each: that of the same place in `codes`.

    Copies of the units (`groups`: the group of each) are scored beside each other in one go, whatever the tree above a
    criterion does with its points. Only what a copy differs in from its original counts, so that a rule that looks at other
    units makes no difference: they are as they are.
    """
    if not each:
        return []
    asked = list(dict.fromkeys(unit for unit, _ in each))
    rows = by_unit(assessment, asked)
    names = [*asked, *(f"copy {number}" for number in range(len(each)))]
    of = [*asked, *(unit for unit, _ in each)]
    place = {unit: {code: at for at, code in enumerate(own)} for unit, own in rows.items()}
    columns = [str(name) for name in assessment if name not in ("group", "year")]
    held = {unit: [[row[name] for row in own.values()] for name in columns] for unit, own in rows.items()}
    laid: list[list[str]] = [list(chain.from_iterable(held[unit][at] for unit in of)) for at in range(len(columns))]
    many = dict(zip(columns, laid, strict=True))
    many["unit"] = list(chain.from_iterable([name] * len(rows[unit]) for name, unit in zip(names, of, strict=True)))
    start = sum(len(rows[unit]) for unit in asked)
    for unit, cells in each:
        for (code, cell), text in cells.items():
            many[cell][start + place[unit][code]] = text
        start += len(rows[unit])
    table = pd.DataFrame(many, dtype=object)
    if "year" in assessment:
        table["year"] = assessment["year"].iloc[0]
    table.attrs.update(assessment.attrs)
    scores = exact_scores(framework, table, pd.DataFrame({"unit": names, "group": [groups[unit] for unit in of]}), "trials")
    shown = scores[scores["component"].isin({TOTAL, *codes})]
    points: dict[Any, Rational] = dict(
        zip(
            zip(*(shown[name].to_numpy(dtype=object).tolist() for name in ("unit", "component")), strict=True),
            shown["points"],
            strict=True,
        )
    )
    return [
        (points[name, TOTAL] - points[unit, TOTAL], points[name, code] - points[unit, code])
        for name, (unit, _), code in zip(names[len(asked) :], each, codes, strict=True)
    ]


def _figures(framework: Framework, before: pd.DataFrame, after: pd.DataFrame, unit: str, codes: set[str]) -> pd.DataFrame:
    shown = {TOTAL}
    for code in codes:
        while code:
            shown.add(code)
            code = framework.parents[code]
    columns = ["component", "points", "max_points", "score", "rank"]
    both = [table[(table["unit"] == unit) & table["component"].isin(shown)][columns] for table in (before, after)]
    merged = both[0].merge(both[1], on="component", suffixes=("_before", "_after"), sort=False)
    return merged.rename(columns={"max_points_after": "max_points"})[WHAT_IF].reset_index(drop=True)


def _passed(before: pd.DataFrame, after: pd.DataFrame, unit: str) -> pd.DataFrame:
    ranks = [table[table["component"] == TOTAL].set_index("unit")["rank"] for table in (before, after)]
    both = pd.DataFrame({"rank_before": ranks[0], "rank_after": ranks[1]}).astype("Float64")
    own = both.loc[unit]
    both = both[both.index != unit]
    passed = (both["rank_before"] <= own["rank_before"]) & (both["rank_after"] > own["rank_after"])
    passed_by = (both["rank_before"] >= own["rank_before"]) & (both["rank_after"] < own["rank_after"])
    level = (both["rank_before"] != own["rank_before"]) & (both["rank_after"] == own["rank_after"])
    way = pd.Series("", index=both.index)
    for name, holds in (("level", level), ("passed", passed), ("passed_by", passed_by)):
        way = way.mask(holds.fillna(False), name)
    found = both.assign(way=way)[way != ""].sort_values("rank_before", kind="stable")
    return found.rename_axis("unit").reset_index()
