"""What if: the same assessment with some figures of one unit changed, scored anew; others unchanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.criteria.cells import EXPECTED, read_cell
from dti_analysis.criteria.framework import TOTAL, Framework
from dti_analysis.scores.scoring import score

WHAT_IF = [
    "component", "max_points", "points_before", "points_after", "score_before", "score_after", "rank_before", "rank_after",
    "passed", "passed_by",
]  # fmt: skip


def what_if(
    framework: Framework,
    assessment: pd.DataFrame,
    units: pd.DataFrame | None,
    unit: str,
    changes: Mapping[str, object],
    basis: str = "verified",
    source: str = "assessment",
) -> pd.DataFrame:
    """What a unit would have if some of its figures were others; those of the other units stay as they are.

    `changes` are {"P2.01.a": 812}: a criterion and the cell of its rule, or the criterion alone for the cell `value`; a row is
    added where there is none, and an empty text takes a figure away. Both are scored whole (dti_analysis.scores.scoring.score),
    so that rules that compare units move the others too. Returns the columns `WHAT_IF`: the total and each changed criterion,
    in the order of the framework; passed, passed_by = ids of units, divided by blanks: those that stood before or level with
    the unit and would stand behind it, and the reverse. Raises Faults, all at once: an unknown unit, criterion or cell, a value
    that the rule refuses.
    """
    own, known = assessment[assessment["unit"] == unit], assessment["unit"] if units is None else units["unit"]
    faults = [] if unit in set(known) else [Fault("parameter", "unit", f"'{unit}'", nearest(unit, set(known)))]
    if not changes:
        faults.append(Fault("parameter", "set", "no change", "CODE.cell=value, as P2.01.a=812"))
    cells, wrong = _read(framework, changes)
    faults += wrong
    of_basis = assessment["basis"].replace("", "verified") == basis if "basis" in assessment else basis == "verified"
    before = assessment[of_basis] if not isinstance(of_basis, bool) else assessment
    after = before
    if not (faults and faults[0].place == "unit"):
        after = _changed(before, own, unit, cells, basis)
        try:
            scored = score(framework, after, units, "assessment with the changes")
        except Faults as refused:
            faults += refused.faults
    if faults:
        raise Faults(faults)
    return _compared(framework, score(framework, before, units, source), scored, unit, [code for code, _ in cells])


def read_changes(texts: Sequence[str]) -> dict[str, str]:
    """`P2.01.a=812` as people type it, read as changes. Raises Faults, all at once."""
    faults, changes = [], {}
    for text in texts:
        cell, sign, value = text.partition("=")
        if not sign or not cell.strip():
            faults.append(Fault("parameter", "set", f"'{text}'", "CODE.cell=value, as P2.01.a=812"))
        elif cell.strip() in changes:
            faults.append(Fault("parameter", "set", f"{cell.strip()} again", "each cell once"))
        changes[cell.strip()] = value.strip()
    if faults:
        raise Faults(faults)
    return changes


def _read(framework: Framework, changes: Mapping[str, object]) -> tuple[dict[tuple[str, str], str], list[Fault]]:
    """The code, cell and text of each change, and what is wrong with the codes and cells."""
    cells, faults = {}, []
    codes = [leaf.code for leaf in framework.leaves]
    for name, value in changes.items():
        code, cell = (name, "value") if name in framework.by_code else (name.rpartition(".")[0], name.rpartition(".")[2])
        component = framework.by_code.get(code)
        if component is None:
            faults.append(Fault("parameter", "set", f"the criterion '{name}'", nearest(name, codes)))
        elif component.way is None or cell not in component.way.cells():
            wanted = component.way.cells() if component.way else {}
            asked = [f"{code}.{own}" if own != "value" else code for own in wanted]
            below = [leaf for leaf in codes if framework.parents[leaf] == code]
            asked = asked or below or codes
            faults.append(Fault("parameter", "set", f"'{name}', which no rule reads", nearest(name, asked)))
        else:
            text = ("1" if value else "0") if isinstance(value, bool) else str(value).strip()
            try:
                if text:
                    read_cell(component, component.way.cells()[cell].kind, text)
            except (ValueError, KeyError):
                expected = EXPECTED[component.way.cells()[cell].kind]
                faults.append(Fault("parameter", "set", f"{name} = '{text}'", expected))
                continue
            cells[code, cell] = text
    return cells, faults


def _changed(
    rows: pd.DataFrame, own: pd.DataFrame, unit: str, cells: Mapping[tuple[str, str], str], basis: str
) -> pd.DataFrame:
    """The assessment with the unit's cells changed, rows and columns added where there are none."""
    table = rows.copy()
    table.attrs = {name: held for name, held in rows.attrs.items() if name != "tidy"}
    for (code, cell), text in cells.items():
        if cell not in table:
            table[cell] = ""
        at = table.index[(table["unit"] == unit) & (table["indicator"] == code)]
        if len(at):
            table.loc[at, cell] = text
            continue
        like = own if len(own) else rows
        row: dict[object, object] = {name: like[name].iloc[0] for name in ("year", "group") if name in like}
        row |= {"unit": unit, "indicator": code, cell: text, "basis": basis}
        table.loc[table.index.max() + 1] = pd.Series({name: row.get(name, "") for name in table.columns})
    return table


def _compared(framework: Framework, before: pd.DataFrame, after: pd.DataFrame, unit: str, codes: list[str]) -> pd.DataFrame:
    order = [code for code in framework.by_code if code in {TOTAL, *codes}]
    rows = []
    for code in order:
        was, now = (table[table["component"] == code].set_index("unit") for table in (before, after))
        if unit not in was.index:
            raise fault("parameter", "unit", f"'{unit}'", "a unit that is scored")
        first, then = was["rank"].astype(float), now["rank"].astype(float)
        passed = [name for name in was.index if first[name] <= first[unit] and then[name] > then[unit]]
        passed_by = [name for name in was.index if first[name] >= first[unit] and then[name] < then[unit]]
        row = [code, now.at[unit, "max_points"]]
        row += [table.at[unit, column] for column in ("points", "score") for table in (was, now)]
        rows.append([*row, first[unit], then[unit], " ".join(passed), " ".join(passed_by)])
    return pd.DataFrame(rows, columns=WHAT_IF)
