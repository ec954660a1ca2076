"""Recognition: the pass rule by which a unit is recognised as having reached digital transformation."""

from __future__ import annotations

import pandas as pd

from dti_analysis.common.exact import to_rational
from dti_analysis.common.faults import Fault, Faults

KINDS = ["mandatory", "extended"]
RECOGNITION = ["unit", "mandatory_met", "mandatory_total", "extended_met", "extended_total", "recognised"]


def recognise(checklist: pd.DataFrame, mandatory_share: float, extended_share: float) -> pd.DataFrame:
    """Which units pass: at least `mandatory_share` of mandatory and `extended_share` of extended criteria met.

    `checklist`: unit, criterion, kind (`mandatory` or `extended`), met (True, False, or missing where unknown). A criterion
    that a unit leaves out is unknown for it, not one criterion fewer. Raises Faults: another kind, an answer that is neither
    True nor False nor missing, a criterion given twice.
    Returns per unit: mandatory_met, mandatory_total, extended_met, extended_total, recognised: True, False, or missing
    where the unknown criteria decide. Source of the shares: 02/HD-UBND Yên Bái, 10/6/2024.
    """
    _check(checklist)
    known = checklist.drop_duplicates("criterion")[["criterion", "kind"]]
    rows = []
    for unit, own in checklist.groupby("unit", sort=False):
        criteria = known.assign(met=known["criterion"].map(own.set_index("criterion")["met"]))
        verdicts: list[bool | None] = []
        row: dict[str, object] = {"unit": unit}
        for kind, share in (("mandatory", mandatory_share), ("extended", extended_share)):
            met = criteria.loc[criteria["kind"] == kind, "met"].astype("boolean")
            needed = to_rational(str(share)) * len(met)
            row |= {f"{kind}_met": int(met.sum()), f"{kind}_total": len(met)}
            surely, possibly = met.sum() >= needed, met.fillna(True).sum() >= needed
            unlisted = share > 0 and met.empty  # a share of no criteria decides nothing
            verdicts.append(None if unlisted else True if surely else None if possibly else False)
        row["recognised"] = False if False in verdicts else None if None in verdicts else True
        rows.append(row)
    return pd.DataFrame(rows, columns=RECOGNITION).astype({"recognised": "boolean"})


def _check(checklist: pd.DataFrame) -> None:
    faults = []
    for row in checklist[~checklist["kind"].isin(KINDS)].itertuples():
        faults.append(Fault("checklist", f"{row.unit}, {row.criterion}", f"the kind '{row.kind}'", " or ".join(KINDS)))
    answers = checklist["met"].map(lambda met: pd.isna(met) or met in (True, False))
    for row in checklist[~answers.astype(bool)].itertuples():
        expected = "True or False, or nothing where it is not known"
        faults.append(Fault("checklist", f"{row.unit}, {row.criterion}", f"the answer '{row.met}'", expected))
    for row in checklist[checklist.duplicated(["unit", "criterion"])].itertuples():
        faults.append(Fault("checklist", f"{row.unit}, {row.criterion}", "the criterion again", "each criterion once a unit"))
    if faults:
        raise Faults(faults)
