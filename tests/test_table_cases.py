"""The worked examples of tests/cases/tables: tables that explain, bound, plan and compare, each as a person adds it up."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from helpers import framework, node

from dti_analysis.common import strict_yaml
from dti_analysis.criteria.framework import TOTAL, Framework
from dti_analysis.scores import appeals as of_appeals
from dti_analysis.scores.bounds import bounds
from dti_analysis.scores.core import core
from dti_analysis.scores.disputes import disputes as disputes_of
from dti_analysis.scores.field import field
from dti_analysis.scores.ledger import Ledger
from dti_analysis.scores.options import options
from dti_analysis.scores.peers import peers
from dti_analysis.scores.planning import Own, plan
from dti_analysis.scores.rank_explained import rank_explained
from dti_analysis.scores.reasons import appraisal_reasons
from dti_analysis.scores.reliability import reliability
from dti_analysis.scores.score_explained import score_explained
from dti_analysis.scores.scoring import exact_scores, score
from dti_analysis.scores.targets import points_for, target

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted((ROOT / "tests/cases/tables").glob("*.yaml"))
NEEDED, KINDS = {"title_vi", "title_en", "source", "expect"}, {"indicators", "pillars"}
FORMS = {"before": (2024, "verified"), "after": (2025, "verified"), "self": (2025, "self"), "verified": (2025, "verified")}
OPTIONAL = {"policy", "unit", "efforts"}
KEYS = {
    "rank_explained": ["unit"], "score_explained": ["unit", "component"], "bounds": ["unit"], "appeals": ["unit"],
    "disputed": ["unit", "component"], "chances": ["unit"], "appraisal_reasons": ["unit", "reason"], "plan": ["target"],
    "peers": ["peer"], "reliability": ["unit"],
}  # fmt: skip
"""The tables that a case may expect, and the columns that say which row is meant."""
NO_BANDS = pd.DataFrame(columns=["order", "label_vi", "label_en", "above", "at_least", "decided_by"])


def _set(data: dict[str, Any]) -> Framework:
    kind = next(iter(KINDS & data.keys()))
    return framework(*map(_node, data[kind]), kind=kind, **data.get("policy", {}))


def _node(data: dict[str, Any]) -> dict[str, Any]:
    more = {key: entry for key, entry in data.items() if key not in ("code", "name", "max_points", "rule")}
    if "indicators" in more:
        more["indicators"] = list(map(_node, more["indicators"]))
    return node(data["code"], data["max_points"], data.get("rule"), **more)


def _forms(data: dict[str, Any], *names: str) -> pd.DataFrame:
    rows = []
    for name in names:
        for unit, given in data.get(name, {}).items():
            year, basis = FORMS[name]
            for code, value in given.items():
                cells = value if isinstance(value, dict) else {"value": value}
                rows.append({"unit": unit, "group": "", "year": year, "basis": basis, "indicator": code}
                            | {cell: str(text) for cell, text in cells.items()})  # fmt: skip
    return pd.DataFrame(rows).fillna("")


def _tables(data: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Every table that the case expects something of."""
    act = _set(data)
    made: dict[str, pd.DataFrame] = {}
    if "before" in data:
        old, new = (Ledger(exact_scores(act, _forms(data, name)), act) for name in ("before", "after"))
        found = core(old, new)
        explained = score_explained(found, old, new)
        explained = explained[explained["level"] == "criterion"]
        return {"rank_explained": rank_explained(old, new, found), "score_explained": explained}
    rows = _forms(data, "self", "verified")
    scores = score(act, rows)
    verified = scores[scores["basis"] == "verified"]
    made["bounds"] = bounds(exact_scores(act, rows), act, assessment=rows)
    made["reliability"] = reliability(act, rows, scores)
    if "self" in data:
        disputes = disputes_of(act, rows)
        made["appeals"] = made["chances"] = of_appeals.appeals(disputes)
        made["disputed"] = disputes.rows
        exact = exact_scores(act, rows)
        claims, granted = (Ledger(exact[exact["basis"] == basis], act) for basis in ("self", "verified"))
        made["appraisal_reasons"] = appraisal_reasons(claims, granted, rows)
    if "unit" in data:
        near = peers(verified, of=data["unit"])
        made["peers"] = near.assign(distance_squared=near["distance"] ** 2)
        made["plan"] = _plans(data, act, rows, verified)
    return made


def _plans(data: dict[str, Any], act: Framework, rows: pd.DataFrame, verified: pd.DataFrame) -> pd.DataFrame:
    unit, totals = data["unit"], verified[verified["component"] == TOTAL]
    exact = exact_scores(act, rows).query("unit == @unit and component == @TOTAL").iloc[0]
    total = (exact["points"], exact["max_points"])
    among, found = field(totals, unit, act.ranking), options(act, rows, verified, {unit: ""})[unit]
    own = Own(act, rows, verified, unit, "", total, among, found)
    costs = data.get("efforts")
    efforts = costs and pd.DataFrame({"component": list(costs), "effort": list(map(str, costs.values()))})
    told = []
    for aim in data["expect"].get("plan", {}):
        goal = target(aim, len(totals), total[1], NO_BANDS)
        one = plan(own, goal, points_for(goal, among, *total, NO_BANDS), efforts)
        told.append((aim, one.verdict, "; ".join(one.steps["changes"]), one.points, one.rank))
    return pd.DataFrame(told, columns=["target", "verdict", "steps", "points", "rank"])


def _read(path: Path) -> dict[str, Any]:
    data = strict_yaml.read(path).data
    assert isinstance(data, dict)
    return data


DATA = {path.stem: _read(path) for path in FILES}
ROWS = [
    pytest.param(name, table, row, id=f"{name}-{table}-{row}")
    for name, data in DATA.items()
    for table, rows in data["expect"].items()
    for row in rows
]


@pytest.fixture(scope="module")
def tables() -> dict[str, dict[str, pd.DataFrame]]:
    return {name: _tables(data) for name, data in DATA.items()}


@pytest.mark.parametrize(("name", "table", "row"), ROWS)
def test_case(name: str, table: str, row: str, tables: dict[str, dict[str, pd.DataFrame]]) -> None:
    made, keys = tables[name][table], KEYS[table]
    wanted = row.split() if len(keys) > 1 else [row]
    own = made[(made[keys].astype(str) == wanted).all(axis=1)]
    assert len(own) == 1
    expected = {column: entry for column, entry in DATA[name]["expect"][table][row].items() if column != "why"}
    for column, entry in expected.items():
        got = own.iloc[0][column]
        if number := re.fullmatch(r"-?\d+(/\d+|\.\d+)?", str(entry)):
            tolerance = 0.02 if table == "chances" else 1e-12
            assert math.isclose(float(got), float(Fraction(number[0])), rel_tol=0, abs_tol=tolerance), column
        else:
            assert str(got) == str(entry), column


@pytest.mark.parametrize("name", DATA)
def test_case_file_is_sound(name: str) -> None:
    data = DATA[name]
    assert data.keys() >= NEEDED and len(KINDS & data.keys()) == 1
    assert data.keys() <= NEEDED | KINDS | OPTIONAL | FORMS.keys()
    assert data["expect"].keys() <= KEYS.keys()
    rows = [row for table in data["expect"].values() for row in table.values()]
    assert rows and all(row["why"] and len(row) > 1 for row in rows)
    assert f"## {data['source'].partition('“')[2].strip('”')}\n" in (ROOT / "docs/methodology.md").read_text(encoding="utf-8")


def test_every_table_has_a_case() -> None:
    assert {table for data in DATA.values() for table in data["expect"]} == KEYS.keys()
