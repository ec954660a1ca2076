"""What is wrong with declared corrections and appeals, beside what reading them refuses: where they lie, whom they name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dti_analysis.common.faults import Fault, Faults, nearest
from dti_analysis.records.corrections import FOLDER, Decision, decisions
from dti_analysis.records.sources import Data, Key


def wrong_corrections(data: Data) -> Iterator[Fault]:
    """Every fault of the files of corrections and appeals; whether a decision is stale is told where an assessment is read."""
    there = {data.correction_file(key): key for key in data.assessments()}
    for path in sorted(found for found in (data.root / FOLDER).rglob("*") if found.is_file()):
        if path not in there:
            name = path.relative_to(data.root / FOLDER).as_posix()
            yield Fault(
                str(path), "", f"corrections as {name}", "<place>/<index>/<year>/<level>.yaml of an assessment there is"
            )
            continue
        try:
            for decision in decisions(path):
                yield from _wrong(data, path, there[path], decision)
        except Faults as error:
            yield from error.faults


def _wrong(data: Data, path: Path, key: Key, decision: Decision) -> Iterator[Fault]:
    place = f"{decision.number}: {decision.unit}, {decision.indicator}"
    units = data.units.loc[(data.units["level"] == key.level) & (data.units["place"] == key.place), "unit"]
    if decision.unit not in set(units):
        yield Fault(str(path), place, f"the unit '{decision.unit}'", nearest(decision.unit, units))
    codes = data.framework(data.provenance(key).framework).by_code
    if decision.indicator not in codes:
        yield Fault(str(path), place, f"the criterion '{decision.indicator}'", nearest(decision.indicator, codes))
    if decision.reference is None and not data.is_sample(key.place):
        yield Fault(str(path), place, "no reference", "the id of the decision in references.csv")
    if decision.reference is not None and decision.reference not in data.references.index:
        found = f"the reference '{decision.reference}'"
        yield Fault(str(path), place, found, nearest(decision.reference, data.references.index))
