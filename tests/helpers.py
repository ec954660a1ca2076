"""Small makers of frameworks and assessments for the tests."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from dti_analysis.criteria.framework import CHILDREN, Framework
from dti_analysis.criteria.framework_file import load

RANKING = {
    "by": "percent", "decimals": 2, "rounding": "half_up", "ties": "min", "missing": "zero", "not_applicable": "exclude",
}  # fmt: skip
POLICIES = {*RANKING, "indicator_decimals"}
REPORTED: dict[str, Any] = {"reported": {}}


def text(words: str) -> dict[str, str]:
    """What a cell asks for, in both languages."""
    return {"vi": words, "en": words}


def ratio(when_b_zero: str | None = "zero", letters: str = "ab", **more: Any) -> dict[str, Any]:
    """The rule `ratio` with a text for each letter; `when_b_zero` None where the denominator is fixed."""
    asked = {letter: text(letter) for letter in letters}
    return {"ratio": asked | ({"when_b_zero": when_b_zero} if when_b_zero else {}) | more}


def node(code: str, max_points: Any, rule: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A component as a framework file writes it; a leaf unless `more` holds children, or says that they are unlisted."""
    leaf = {} if (CHILDREN.keys() | {"unlisted"}) & more.keys() else {"rule": rule or REPORTED}
    return (
        {"code": code, "name_vi": code, "name_en": code, "max_points": max_points, "reference": {"article": code}} | leaf | more
    )


def framework_data(*children: dict[str, Any], id: str = "test", kind: str = "indicators", **more: Any) -> dict[str, Any]:
    """A framework over children, as a file writes it. `more`: top-level keys; those of `ranking` may be given bare."""
    policy = {key: more.pop(key) for key in list(more) if key in POLICIES}
    return {
        "id": id,
        "place": "test",
        "index": "dti",
        "levels": ["district"],
        "applies": {"from": 2023, "to": 2023},
        "status": "official",
        "reference": {"title": "Test", "number": "1/QĐ", "issued": "2023-01-01"},
        "max_points": str(sum(Fraction(str(child["max_points"])) for child in children)),
        "expects": {},
        "ranking": RANKING | policy,
        kind: list(children),
    } | more


def framework(*children: dict[str, Any], **more: Any) -> Framework:
    """A framework without a file."""
    return Framework.model_validate(framework_data(*children, **more))


def load_data(folder: Path, data: dict[str, Any]) -> Framework:
    """A framework through its file."""
    path = folder / f"{data['id']}.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return load(path)


def assessment(values: dict[str, dict[str, Any]], **columns: str) -> pd.DataFrame:
    """{unit: {indicator: value, or {column: value}}} as rows; `columns` are the same in all of them."""
    rows = []
    for unit, given in values.items():
        for indicator, value in given.items():
            cells = value if isinstance(value, dict) else {"value": value}
            rows.append({"unit": unit, "indicator": indicator} | {name: str(cell) for name, cell in cells.items()} | columns)
    return pd.DataFrame(rows).fillna("")


def by_component(scores: pd.DataFrame, column: str = "points") -> pd.Series:
    """One column of scores, by unit and component."""
    return scores.set_index(["unit", "component"])[column]


def column(scores: pd.DataFrame, name: str = "points", component: str = "total") -> dict[str, Any]:
    """One column of scores on one component, {unit: entry}."""
    rows = scores[scores["component"] == component]
    return dict(zip(rows["unit"], rows[name], strict=True))
