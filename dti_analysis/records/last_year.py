"""Last year on this year's form: what the unit answered and what the appraisal said, where a criterion lives on as one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from dti_analysis.common.text import Lang, label
from dti_analysis.criteria.bridge import links, one_to_one
from dti_analysis.criteria.framework import Framework
from dti_analysis.criteria.words import given_in_words

if TYPE_CHECKING:
    import pandas as pd


class Past(NamedTuple):
    """The answer of last year in words, and what the appraisal found and said of it."""

    answer: str
    remark: str


def past(old: Framework, new: Framework, assessment: pd.DataFrame, unit: str, lang: Lang) -> dict[str, Past]:
    """Last year's answer and remark of a unit, by code of the new set. `assessment` is that of the old set's year."""
    bases = assessment.get("basis", "").replace("", "verified") if "basis" in assessment else "verified"
    own = assessment.assign(basis=bases)[assessment["unit"] == unit]
    rows = {
        (row["indicator"], row["basis"]): {str(name): str(cell) for name, cell in row.items()} for row in own.to_dict("records")
    }
    found = {}
    for before, code in one_to_one(links(old, new)).items():
        leaf = old.by_code.get(before)
        if leaf is None or not (leaf.rule or leaf.unlisted):
            continue
        said = {basis: rows.get((before, basis)) for basis in ("self", "verified")}
        told = {basis: given_in_words(leaf, row, lang) if row else "" for basis, row in said.items()}
        remark = said["verified"].get("evidence", "") if said["verified"] else ""
        changed = (
            told["verified"] if told["verified"] != told["self"] else label("form.as_claimed", lang) if told["self"] else ""
        )
        found[code] = Past(told["self"], "; ".join(filter(None, [changed, remark])))
    return {code: one for code, one in found.items() if any(one)}
