"""The worked examples of tests/cases/frameworks: every criterion of an act, each example through the act's own file."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from helpers import assessment, by_component

from dti_analysis.common import strict_yaml
from dti_analysis.common.faults import Faults
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.criteria.framework_file import load
from dti_analysis.scores.scoring import exact_scores

ROOT = Path(__file__).parents[1]
FILES = sorted(Path(__file__).with_name("cases").joinpath("frameworks").glob("*.yaml"))
KEYS = {"title_vi", "title_en", "framework", "cases", "refused", "not_scored"}
ANSWERS = {"cases": {"points"}, "refused": set(), "not_scored": set()}
DATA: dict[str, Any] = {path.stem: strict_yaml.read(path).data for path in FILES}
COUNTED = {"hcm-commune-2026": 43, "service-2026": 18}
"""How many criteria, and how many formulas, each act has."""


def examples(kind: str) -> list[Any]:
    return [
        pytest.param(name, case, id=f"{name}-{kind}-{number}-{case['criterion']}")
        for name, data in DATA.items()
        for number, case in enumerate(data.get(kind, []), start=1)
    ]


@cache
def framework(name: str) -> Framework:
    return load(ROOT / "data" / "frameworks" / f"{DATA[name]['framework']}.yaml")


def rows(name: str, case: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What is handed in, by component: cells of the criterion itself, or of each of its parts."""
    given = case["given"]
    assert given.keys() <= framework(name).by_code.keys() or given.keys() <= {*framework(name).inputs, "value"}
    assert not any(isinstance(cell, bool) for cell in given.values()), "write có or không"
    return given if given.keys() <= framework(name).by_code.keys() else {case["criterion"]: given}


def exact(name: str, case: dict[str, Any]) -> dict[str, Any]:
    scores = exact_scores(framework(name), assessment({"X": rows(name, case)}), source="form.csv")
    return {column: by_component(scores, column)["X"].to_dict() for column in ("points", "max_points", "state")}


def measured(component: Component) -> list[Component]:
    return [leaf for child in component.children for leaf in measured(child)] or [component]


@pytest.mark.parametrize(("name", "case"), examples("cases"))
def test_points(name: str, case: dict[str, Any]) -> None:
    code, scores = case["criterion"], exact(name, case)
    assert scores["points"][code] == Fraction(str(case["points"]))
    assert scores["points"]["total"] == scores["points"][code]  # all else was left out
    assert scores["state"][code] == "assessed"
    assert scores["max_points"][code] == framework(name).by_code[code].max_points
    assert 0 <= scores["points"][code] <= scores["max_points"][code]


@pytest.mark.parametrize(("name", "case"), examples("not_scored"))
def test_not_scored(name: str, case: dict[str, Any]) -> None:
    code, scores = case["criterion"], exact(name, case)
    assert (scores["points"][code], scores["max_points"][code], scores["state"][code]) == (0, 0, "not_applicable")
    whole = framework(name)
    assert scores["max_points"]["total"] == whole.max_points - whole.by_code[code].max_points


@pytest.mark.parametrize(("name", "case"), examples("refused"))
def test_refused(name: str, case: dict[str, Any]) -> None:
    with pytest.raises(Faults) as refused:
        exact(name, case)
    (fault,) = refused.value.faults
    named = {leaf.code for leaf in measured(framework(name).by_code[case["criterion"]])}
    assert fault.file == "form.csv"
    assert fault.place in {f"row {number}, X, {code}" for number in (2, 3) for code in named}


def test_all_examples_in_one_form_earn_the_same() -> None:
    """As units side by side: no rule of the two acts looks at the others."""
    for name, data in DATA.items():
        form = assessment({str(number): rows(name, case) for number, case in enumerate(data["cases"])})
        points = by_component(exact_scores(framework(name), form)).to_dict()
        for number, case in enumerate(data["cases"]):
            assert points[str(number), case["criterion"]] == Fraction(str(case["points"])), case


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_is_sound(path: Path) -> None:
    data = DATA[path.stem]
    assert data.keys() <= KEYS
    assert data["title_vi"]
    assert data["title_en"]
    assert data["framework"] == path.stem
    for kind, answers in ANSWERS.items():
        for case in data.get(kind, []):
            assert case.keys() == {"criterion", "given", "why"} | answers, case
            assert case["why"]
            assert case["criterion"] in framework(path.stem).by_code


def test_every_criterion_and_every_formula_has_an_example() -> None:
    assert set(DATA) == set(COUNTED)
    for name, data in DATA.items():
        whole = framework(name)
        criteria = {component.code for component, _, kind in whole.walk() if kind == "indicator"}
        scored = {code for code in criteria if whole.by_code[code].rule_name != "not_scored"}
        leaves = {leaf.code for leaf in whole.leaves if leaf.rule_name != "not_scored"}
        formulas = {code for code in leaves if whole.by_code[code].rule_name != "reported"}
        covered = {case["criterion"] for case in data["cases"]}
        touched = {code for case in data["cases"] for code in rows(name, case)}
        assert covered >= scored, name
        assert touched == leaves, name  # every part too
        assert COUNTED[name] == len(criteria if name == "hcm-commune-2026" else formulas), name


def test_every_rule_of_the_acts_both_earns_and_misses_its_maximum() -> None:
    """Of every criterion there is an example at the maximum, and one below it."""
    for name, data in DATA.items():
        earned: dict[str, set[bool]] = {}
        for case in data["cases"]:
            maximum = framework(name).by_code[case["criterion"]].max_points
            earned.setdefault(case["criterion"], set()).add(Fraction(str(case["points"])) == maximum)
        only = {code for code, both in earned.items() if len(both) == 1}
        assert only == set(), name
