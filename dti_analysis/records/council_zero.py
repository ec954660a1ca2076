"""What an answer that a council rejects is written down as: the figures of the same criterion that earn nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from dti_analysis.common.exact import ZERO
from dti_analysis.criteria.cells import read_cell
from dti_analysis.criteria.rule import Refused
from dti_analysis.criteria.rules import Gate, Levels, Penalty, Ratio
from dti_analysis.records.decisions import Cells
from dti_analysis.records.workbook_layout import Line, Stated


def nothing(line: Line, claim: Cells) -> Cells | None:
    """Cells that earn no points: numerators and counts of 0, no, the level that earns nothing; denominators stay as claimed.

    None where there are none that plainly do so (a date, a penalty, a ratio whose 0 of 0 earns all): the council must then say
    what it found.
    """
    rule = line.rule
    if rule is None or isinstance(rule, Penalty):
        return None
    cells: Cells = {}
    for asked in line.asks:
        kind = asked.cell.kind
        if isinstance(rule, Ratio) and asked.name not in rule.numerator:
            cells[asked.name] = claim[asked.name]
        elif isinstance(rule, Levels):
            level = next((one for one in rule.levels.values() if one.share == ZERO), None)
            cells[asked.name] = level.vi if level else ""
        elif kind == "yes_no":
            cells[asked.name] = "không"
        elif kind in ("number", "count"):
            cells[asked.name] = "" if asked.cell.optional else "0"
        else:
            return None
    if isinstance(rule, Stated | Gate) or rule.cohort:
        return cells
    return cells if _points(line, cells) == ZERO else None


def _points(line: Line, cells: Cells) -> Any:
    """The points of the cells, by the rule; None where it does not take them."""
    rule = line.rule
    assert rule is not None
    try:
        columns = {
            name: np.array(
                [None if cell.optional and not cells[name] else read_cell(line.component, cell.kind, cells[name])], dtype=object
            )
            for name, cell in rule.cells().items()
        }
        return rule.points(columns, np.array([line.maximum], dtype=object))[0]
    except (ValueError, KeyError, Refused):
        return None
