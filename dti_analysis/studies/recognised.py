"""Recognition of a unit: the rule of its place, and what a checklist of criteria leaves to be done to pass."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.criteria.cells import YES_NO
from dti_analysis.records.sources import Data
from dti_analysis.scores.planning import to_recognition
from dti_analysis.scores.recognition import KINDS, recognise

CHECKLIST = ["unit", "criterion", "kind", "met"]


class Passing(NamedTuple):
    """Whether a unit passes (None where what is unknown decides), and the criteria of least effort that it has yet to meet.

    to_do: criterion, kind, effort, in the order of the list; empty where it passes.
    """

    recognised: bool | None
    to_do: pd.DataFrame


def pass_rule(data: Data, place: str, level: str) -> dict[str, Any] | None:
    """The newest file of data/recognition by which a place recognises units of a level; None if there is none."""
    documents = [data.document(f"recognition/{path.name}") for path in sorted((data.root / "recognition").glob("*.yaml"))]
    own = [one for one in documents if one["place"] == place]
    ruled = [one for one in own if any(rule["level"] == level for rule in one.get("rules", []))]
    return max(ruled, key=lambda one: one["applies"]["from"], default=None)


def shares(rule: Mapping[str, Any], level: str) -> dict[str, float]:
    """The share of the criteria of each kind that a level has to meet, by a rule of recognition."""
    own = next(one for one in rule["rules"] if one["level"] == level)
    return {kind: float(own[f"{kind}_share"]) for kind in KINDS}


def read_checklist(path: Path) -> pd.DataFrame:
    """A checklist: unit, criterion, kind (`mandatory` or `extended`) and met (có, không, or empty where it is not known).

    Raises Faults, all at once: no file, a missing column, another word for met.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError) as error:
        raise fault(path, "", getattr(error, "strerror", None) or "no UTF-8 text", "a checklist as CSV in UTF-8") from None
    if absent := [name for name in CHECKLIST if not rows or name not in rows[0]]:
        raise fault(path, "header", f"no column {', '.join(absent)}", ", ".join(CHECKLIST))
    told = [(row["met"] or "").strip().lower() for row in rows]
    if wrong := [
        Fault(str(path), f"row {place}, met", f"'{said}'", "có, không, or empty where it is not known")
        for place, said in enumerate(told, start=2)
        if said and said not in YES_NO
    ]:
        raise Faults(wrong)
    return pd.DataFrame(rows)[CHECKLIST].assign(met=pd.Series([YES_NO.get(said) for said in told], dtype=object))


def to_pass(
    rule: Mapping[str, Any], level: str, checklist: pd.DataFrame, unit: str, efforts: Mapping[str, float] | None = None
) -> Passing:
    """What a unit has yet to do to pass, with the least effort (1 a criterion unless `efforts` says otherwise).

    `checklist` as `read_checklist` gives it. What is not known to be met is taken to be open. Raises Faults: a unit without
    rows, efforts of unknown criteria, and as dti_analysis.scores.recognition.recognise does.
    """
    if unit not in set(checklist["unit"]):
        raise fault("checklist", "unit", f"'{unit}'", nearest(unit, checklist["unit"].unique()))
    due, costs = shares(rule, level), dict(efforts or {})
    table = recognise(checklist, due["mandatory"], due["extended"]).set_index("unit")
    known = checklist.drop_duplicates("criterion")[["criterion", "kind"]].reset_index(drop=True)
    if unknown := [code for code in costs if code not in set(known["criterion"])]:
        raise Faults([Fault("efforts", code, f"the criterion '{code}'", nearest(code, known["criterion"])) for code in unknown])
    own = checklist[checklist["unit"] == unit].set_index("criterion")["met"]
    chosen = to_recognition(known.assign(met=known["criterion"].map(own)), due, costs)
    to_do = known[known["criterion"].isin(chosen)].reset_index(drop=True)
    verdict = table.loc[unit, "recognised"]
    recognised = None if verdict is pd.NA or verdict is None else bool(verdict)
    return Passing(recognised, to_do.assign(effort=[float(costs.get(code, 1)) for code in to_do["criterion"]]))
