"""Dated assessments: the forms of one year as they stood on several days (quarters), one file a day."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from dti_analysis.common.days import iso_day
from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import Fault, Faults
from dti_analysis.records.documents import Provenance
from dti_analysis.records.door import read_document
from dti_analysis.records.intake import read_assessment
from dti_analysis.records.received import wrong_received
from dti_analysis.records.sources import Data, Key


def dated_files(data: Data, key: Key) -> list[Path]:
    """The files of a key's dated assessments in order: assessments/<place>/<index>/<year>/<level>/<YYYY-MM-DD>.csv."""
    return sorted(data.assessment_file(key).with_suffix("").glob("*.csv"))


def dated(data: Data, key: Key) -> list[tuple[str, pd.DataFrame]]:
    """The dated assessments of a key: day (ISO) and forms, in order; none where there is no folder of them.

    Each has a sidecar as an assessment has, whose `as_of` is its day. Raises Faults, all at once: a name that is no day, a
    sidecar of another assessment or day, a file that is not the one its sidecar was written for.
    """
    faults: list[Fault] = []
    found = []
    for path in dated_files(data, key):
        try:
            iso_day(path.stem, str(path))
            provenance = read_document(path.with_suffix(".meta.yml"), Provenance)[0]
        except Faults as wrong:
            faults += wrong.faults
            continue
        told = (*provenance.key, str(provenance.as_of))
        if told != (due := (*key, path.stem)):
            expected = f"{' '.join(map(str, due))}, as its path has it"
            faults.append(Fault(str(path.with_suffix(".meta.yml")), "", " ".join(map(str, told)), expected))
        elif sha256(path) != provenance.sha256:
            faults.append(Fault(str(path), "", f"sha256 {sha256(path)}", f"{provenance.sha256}, as its sidecar says"))
        elif kept := [*wrong_received(data.root, provenance.sources, path.with_suffix(".meta.yml"))]:
            faults += kept
        else:
            table = read_assessment(path).assign(year=key.year)
            table.attrs["tidy"] = True
            found.append((path.stem, table))
    if faults:
        raise Faults(faults)
    return found
