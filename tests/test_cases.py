"""The worked examples of tests/cases, each through the public path: framework file and form in, scores out."""

from __future__ import annotations

import csv
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from helpers import by_component, framework_data, load_data, node

from dti_analysis.common import strict_yaml
from dti_analysis.common.faults import Faults
from dti_analysis.criteria.framework import Framework
from dti_analysis.criteria.rules import RULES
from dti_analysis.records.intake import read_assessment
from dti_analysis.scores.ranking import banded, banded_by_weakest
from dti_analysis.scores.scoring import exact_scores, score

CASES = Path(__file__).with_name("cases")
FILES = sorted(CASES.glob("*.yaml"))
NEEDED = {"title_vi", "title_en", "source", "max_points", "cases"}
SCORED = {"rule", "parts", "indicators", "pillars"}  # exactly one of these
OPTIONAL = {"combine", "policy", "max_points_by_group", "measure", "bands", "band_by"}
CASE_NEEDED = {"given", "why"}
ANSWERS = {"points", "refused"}  # exactly one of these
CASE_OPTIONAL = {"others", "group", "out_of", "percent", "each", "unknown", "rank", "band"}
CELL = re.compile(r"value|[a-z]\d{0,2}")
"""The name of a cell, which no code of a component is: codes start with a capital letter, and the whole is `total`."""


def problems(data: Any) -> list[str]:
    """What is wrong with a case file as such; a file without problems really tests something."""
    if not isinstance(data, dict):
        return ["not a mapping"]
    found = [f"no {key}" for key in NEEDED if not data.get(key) and data.get(key) != 0]
    found += [f"unknown key {key}" for key in data.keys() - NEEDED - SCORED - OPTIONAL]
    found += [] if len(SCORED & data.keys()) == 1 else [f"exactly one of {sorted(SCORED)}"]
    found += [] if data.get("band_by", "total") in ("total", "weakest") else ["band_by is neither total nor weakest"]
    cases = data.get("cases") or []
    if not isinstance(cases, list) or not all(isinstance(case, dict) for case in cases):
        return [*found, "cases is not a list of mappings"]
    for number, case in enumerate(cases, start=1):
        found += [f"case {number}: no {key}" for key in CASE_NEEDED - case.keys()]
        found += [f"case {number}: unknown key {key}" for key in case.keys() - CASE_NEEDED - ANSWERS - CASE_OPTIONAL]
        found += [] if len(ANSWERS & case.keys()) == 1 else [f"case {number}: exactly one of {sorted(ANSWERS)}"]
        found += [f"case {number}: 'refused' needs no other answer"] if "refused" in case and _answers(case) else []
    return found


def _answers(case: dict[str, Any]) -> set[str]:
    return case.keys() & {"out_of", "percent", "each", "unknown", "rank", "band"}


def _read(path: Path) -> Any:
    try:
        return strict_yaml.read(path).data
    except Faults as faults:
        return str(faults)


_DATA = {path.stem: _read(path) for path in FILES}
_SOUND = [name for name, data in _DATA.items() if not problems(data)]
_ALL = [pytest.param(name, number, id=f"{name}-{number + 1}") for name in _SOUND for number in range(len(_DATA[name]["cases"]))]


def _component(data: dict[str, Any]) -> dict[str, Any]:
    """A component of a case file (code, name, max_points, …) as a framework file writes it."""
    more = {key: entry for key, entry in data.items() if key not in ("code", "name", "max_points", "rule")}
    for kind in ("indicators", "parts"):
        if kind in more:
            more[kind] = [_component(child) for child in more[kind]]
    return node(data["code"], data["max_points"], data.get("rule"), **more)


@pytest.fixture(scope="session")
def frameworks(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Case file name → its framework, loaded once."""
    loaded: dict[str, Framework] = {}

    def get(name: str) -> Framework:
        if name not in loaded:
            data = _DATA[name]
            kind = next(iter(SCORED & data.keys()))
            if kind in ("rule", "parts"):
                only = {key: data[key] for key in ("max_points", "rule", "combine", "parts") if key in data}
                children, kind = [_component({"code": "X", **only})], "indicators"
            else:
                children = [_component(child) for child in data[kind]]
            whole = {key: data[key] for key in ("max_points", "max_points_by_group", "measure") if key in data}
            more = whole | data.get("policy", {})
            data = framework_data(*children, id=name.replace("_", "-"), kind=kind, **more)
            loaded[name] = load_data(tmp_path_factory.mktemp(name), data)
        return loaded[name]

    return get


def _rows(unit: str, given: Any, group: str, framework: Framework) -> list[dict[str, Any]]:
    """What is given of a unit as rows of a form; a bare value belongs to the one indicator that there is."""
    by_code = given if isinstance(given, dict) and not any(map(CELL.fullmatch, given)) else {framework.leaves[0].code: given}
    rows = []
    for code, value in by_code.items():
        cells = value if isinstance(value, dict) else {"value": value}
        assert not any(isinstance(cell, bool) for cell in cells.values()), "write có or không, or put it in quotes"
        rows.append({"unit": unit, "group": group, "indicator": code, **cells})
    return rows


def _form(path: Path, rows: list[dict[str, Any]]) -> pd.DataFrame:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)))
        writer.writeheader()
        writer.writerows(rows)
    return read_assessment(path)


def _expected(case: dict[str, Any]) -> dict[str, Fraction]:
    return {component: Fraction(str(points)) for component, points in {"total": case["points"], **case.get("each", {})}.items()}


@pytest.mark.parametrize(("name", "number"), _ALL)
def test_case(name: str, number: int, frameworks: Any, tmp_path: Path) -> None:
    framework, case = frameworks(name), _DATA[name]["cases"][number]
    units = {"X": case["given"], **{f"other {n}": given for n, given in enumerate(case.get("others", []), start=1)}}
    rows = [row for unit, given in units.items() for row in _rows(unit, given, case.get("group", ""), framework)]
    form = _form(tmp_path / "form.csv", rows)
    if "refused" in case:
        with pytest.raises(Faults) as refused:
            score(framework, form)
        assert len(refused.value.faults) == 1, str(refused.value)
        assert case["refused"] in refused.value.faults[0].expected
        return
    scores = score(framework, form)
    own = {row["component"]: row for row in scores.to_dict("records") if row["unit"] == "X"}
    for component, points in _expected(case).items():
        assert own[component]["points"] == float(points), component
    assert {code for code, row in own.items() if row["state"] == "unknown"} == set(case.get("unknown", []))
    for code in case.get("unknown", []):
        assert all(pd.isna(own[code][name]) for name in ("points", "score", "rank", "rank_in_group")), code
    if "out_of" in case:
        assert own["total"]["max_points"] == case["out_of"]
    if "percent" in case:
        assert own["total"]["score"] == float(Fraction(str(case["percent"])) / 100)
    if "rank" in case:
        assert own["total"]["rank"] == case["rank"]
    if "band" in case:
        assert _band(_DATA[name]["bands"], _DATA[name].get("band_by", "total"), scores) == case["band"]


@pytest.mark.parametrize("name", _SOUND)
def test_points_are_exact(name: str, frameworks: Any, tmp_path: Path) -> None:
    """All cases of a file in one form, as units side by side: the same points, to the last digit, as fractions."""
    alone = {str(n): case for n, case in enumerate(_DATA[name]["cases"]) if "points" in case and not case.get("others")}
    rows = [row for unit, case in alone.items() for row in _rows(unit, case["given"], case.get("group", ""), frameworks(name))]
    if not rows:
        assert all(case.get("others") or "refused" in case for case in _DATA[name]["cases"])
        return
    exact = by_component(exact_scores(frameworks(name), _form(tmp_path / "form.csv", rows))).to_dict()
    for unit, case in alone.items():
        for component, points in _expected(case).items():
            assert exact[unit, component] == points
        assert {code for (of, code), points in exact.items() if of == unit and points is None} == set(case.get("unknown", []))


def _band(bands: list[dict[str, Any]], by: str, scores: pd.DataFrame) -> str:
    bounds = ["above", "at_least", "below", "at_most"]
    table = pd.DataFrame([{bound: str(band.get(bound, "")) for bound in bounds} for band in bands])
    table = table.assign(order=range(1, len(bands) + 1))
    orders = banded_by_weakest(scores, table) if by == "weakest" else banded(scores[scores["component"] == "total"], table)
    return str(bands[orders.iloc[0] - 1]["name"])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_case_file_is_sound(path: Path) -> None:
    assert problems(_DATA[path.stem]) == []


def test_every_rule_and_combination_has_a_case() -> None:
    rules, combinations, policies, parameters, keys = set(), set(), set(), set(), set()

    def visit(data: dict[str, Any]) -> None:
        for rule, given in data.get("rule", {}).items():
            rules.add(rule)
            parameters.update(f"{rule}.{name}" for name in given)
            parameters.update(f"{rule}.{name}: {value}" for name, value in given.items() if isinstance(value, str))
            parameters.update(f"{rule}.{name}: a number" for name, value in given.items() if isinstance(value, int))
        combinations.update([data["combine"]] if "combine" in data else [])
        keys.update(data)
        for kind in SCORED - {"rule"}:
            for child in data.get(kind, []):
                visit(child)

    for data in _DATA.values():
        visit(data)
        policies |= set(data.get("policy", {}).items())
    assert rules == set(RULES)
    known = {f"{rule}.{field.alias or name}" for rule, model in RULES.items() for name, field in model.model_fields.items()}
    texts = {f"{rule}.value" for rule in RULES}  # what a cell asks for earns no points
    assert known - texts <= parameters
    assert parameters >= {f"ratio.when_b_zero: {policy}" for policy in ("full", "zero", "not_applicable", "refuse")}
    assert parameters >= {"ratio.above_one: refuse", "ratio.denominator: a number"}
    assert keys >= {"extra_at_most", "extra_at_least", "unlisted", "measure", "max_points_by_group", "applies_to"}
    assert combinations == {"sum", "best", "base_plus"}
    assert policies >= {("missing", policy) for policy in ("zero", "not_applicable", "refuse")}
    assert policies >= {("not_applicable", policy) for policy in ("exclude", "redistribute")}
    assert policies >= {("ties", policy) for policy in ("min", "max", "dense", "average")}
    assert policies >= {("rounding", policy) for policy in ("half_up", "half_even", "down")}
    assert "indicator_decimals" in dict(policies)


SOUND = {
    "title_vi": "a", "title_en": "a", "source": "a", "max_points": 1, "rule": {"reported": {}},
    "cases": [{"given": 1, "points": 1, "why": "a"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"cases": []}, "no cases"),
        ({"cases": None}, "no cases"),
        ({"cases": "none"}, "cases is not a list of mappings"),
        ({"source": ""}, "no source"),
        ({"tolerance": 0.1}, "unknown key tolerance"),
        ({"band_by": "best"}, "band_by is neither total nor weakest"),
        ({"parts": []}, "exactly one of ['indicators', 'parts', 'pillars', 'rule']"),
        ({"cases": [{"given": 1, "why": "a"}]}, "case 1: exactly one of ['points', 'refused']"),
        ({"cases": [{"given": 1, "points": 1}]}, "case 1: no why"),
        ({"cases": [{"given": 1, "point": 1, "points": 1, "why": "a"}]}, "case 1: unknown key point"),
        ({"cases": [{"given": 1, "refused": "x", "rank": 1, "why": "a"}]}, "case 1: 'refused' needs no other answer"),
        ({"cases": [{"given": 1, "refused": "x", "unknown": [], "why": "a"}]}, "case 1: 'refused' needs no other answer"),
    ],
)
def test_unsound_case_file_is_noticed(change: dict[str, Any], problem: str) -> None:
    assert problems(SOUND) == []
    assert problems(SOUND | change) == [problem]


def test_empty_case_file_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("", encoding="utf-8")
    assert problems(_read(tmp_path / "empty.yaml")) == ["not a mapping"]
    (tmp_path / "twice.yaml").write_text(yaml.safe_dump(SOUND) + "source: b\n", encoding="utf-8")
    assert problems(_read(tmp_path / "twice.yaml")) == ["not a mapping"]
