"""Sealing a decided study: its figures, what they rest on, and whether they still are what was decided."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from dti_analysis.common.days import iso_day
from dti_analysis.common.digest import sha256
from dti_analysis.common.exact import of_float
from dti_analysis.common.faults import Fault, Faults, fault
from dti_analysis.common.kept import package_state
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.records.documents import FINAL
from dti_analysis.records.seals import (
    Difference,
    Figures,
    Seal,
    add_seal,
    differences,
    exact_text,
    moved_files,
    sealed_figures,
    seals,
)
from dti_analysis.records.sources import Data
from dti_analysis.scores.roll_up import levels_below
from dti_analysis.studies.study import Study

FIRST = ("rank", "rank_in_group", "band", "max_points")
"""Figures of a whole unit, beside its points by component."""


class Frozen(NamedTuple):
    """What `freeze` did: the seal in force, the figures that it changed, and whether it is new."""

    seal: Seal
    changed: list[Difference]
    new: bool


def figures(study: Study) -> Figures:
    """The decided figures: rank, rank in the group, band and maximum of each unit, and its verified points on every component.

    Points are exact; `n/a` where a component does not apply, empty where nothing is known. Units best first.
    """
    exact = study.exact()
    points: dict[str, dict[str, str]] = {}
    for row in exact.to_dict("records"):
        cell = "n/a" if row["state"] == "not_applicable" else "" if row["points"] is None else exact_text(row["points"])
        points.setdefault(str(row["unit"]), {})[str(row["component"])] = cell
    table = study.ranking
    return {
        str(row["unit"]): {name: _text(row[name]) for name in FIRST if name in table} | points[str(row["unit"])]
        for row in table.to_dict("records")
    }


def _text(number: object) -> str:
    return "" if pd.isna(number) else exact_text(of_float(float(number)))  # type: ignore[call-overload,arg-type]


def rests_on(study: Study) -> dict[str, str]:
    """The hashes of the files that decided figures follow from, by their names in the data folder."""
    data = study.data
    keys = [study.key]
    keys += [study.key._replace(level=level) for level in levels_below(study.framework)]
    found = [data.root / "units.csv", data.root / "bands.csv"]
    for key in keys:
        assessment = data.assessment_file(key)
        found += [assessment, assessment.with_suffix(".meta.yml"), data.correction_file(key)]
        if assessment.exists():
            found.append(data.framework_file(data.provenance(key).framework))
    return {path.relative_to(data.root).as_posix(): sha256(path) for path in found if path.exists()}


def freeze(study: Study, decision: str, by: str, sealed: str, reason: str = "") -> Frozen:
    """Seal the figures of a study. What was sealed and is the same is left as it is.

    Raises Faults: figures of a part of the units; no decision or author, a date that is none; figures other than those sealed
    before, without a reason.
    """
    empty = [name for name, text in (("decision", decision), ("by", by)) if not text.strip()]
    if empty:
        raise Faults(Fault("parameter", name, "nothing", "the number of the decision, and who seals it") for name in empty)
    iso_day(sealed, "date")
    if study.partial:
        found = f"figures of {len(study.units)} of {len(study.due)} units"
        raise fault(study.data.assessment_file(study.key), "", found, "those of all: a part of a ranking is not sealed")
    if study.provisional:
        wanted = f"a year that is {' or '.join(FINAL)}: what the council has not decided is not sealed"
        raise fault(study.data.assessment_file(study.key), "", f"a year that is {study.state}", wanted)
    path, now = study.data.seal_file(study.key), figures(study)
    before = seals(path)
    changed = list(differences(sealed_figures(path, before[-1]), now)) if before else []
    if before and not changed:
        return Frozen(before[-1], [], False)
    if before and not reason.strip():
        raise Faults(_faults(study, path, before[-1], changed))
    said = {"sealed": sealed, "by": by, "decision": decision, "reason": reason, "version": version("dti-analysis")}
    return Frozen(add_seal(path, now, **said, code=package_state(), files=rests_on(study)), changed, True)


def broken(data: Data) -> Iterator[Fault]:
    """A fault for every sealed figure that is another now, and for every seal that is not as it was written."""
    there = {data.seal_file(key): key for key in data.assessments()}
    kept: set[Path] = set()
    for path, key in there.items():
        if not path.exists():
            continue
        kept.add(path)
        try:
            every = seals(path)
            kept |= {path.with_name(seal.figures) for seal in every}
            known = [sealed_figures(path, seal) for seal in every]
        except Faults as error:
            kept |= set(path.parent.glob(f"{path.stem}-*.csv"))
            yield from error.faults
            continue
        try:
            study = Study.of(key, data=data)
            yield from _faults(study, path, every[-1], list(differences(known[-1], figures(study))))
        except Faults:
            continue  # told where the assessment is checked
    for path in sorted(found for found in (data.root / "sealed").rglob("*") if found.is_file() and found not in kept):
        name = path.relative_to(data.root / "sealed").as_posix()
        yield Fault(str(path), "", f"a seal as {name}", "<place>/<index>/<year>/<level>.yaml of an assessment there is")


def _faults(study: Study, path: Path, seal: Seal, changed: list[Difference]) -> Iterator[Fault]:
    names = study.data.unit_names("vi")
    by = f"{seal.decision}, sealed on {seal.sealed}: declare a correction and seal anew with a reason (dti freeze --reason)"
    for one in changed:
        what = {"rank_in_group": "rank in the group", TOTAL: "total points", "max_points": "maximum"}.get(
            one.figure, one.figure
        )
        place = f"{one.unit} ({names.get(one.unit, '')}): {what}"
        yield Fault(
            str(path.with_name(seal.figures)), place, one.now or "nothing", f"{one.was or 'nothing'}, as decided by {by}"
        )


def moved(data: Data) -> Iterator[str]:
    """For each seal in force whose inputs or code are other now: which, in a line. That is no fault while no figure moved."""
    for key in data.assessments():
        every = seals(data.seal_file(key))
        if not every:
            continue
        last = every[-1]
        names = moved_files(last, rests_on(Study.of(key, data=data)))
        code = [f"the code ({last.version}, now {version('dti-analysis')})"] if last.code != package_state() else []
        if names or code:
            what = ", ".join([*names, *code])
            yield f"{' '.join(map(str, key))}: every sealed figure as decided; other since {last.sealed}: {what}"
