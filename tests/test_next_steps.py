"""The next step: what it says it earns, it earns; nothing smaller earns as much; at the maximum there is none."""

from __future__ import annotations

import math
import re
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dti_analysis.common.exact import ONE, ZERO, Rational
from dti_analysis.common.text import LANGS, Lang, label
from dti_analysis.criteria.cells import read_row
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.criteria.next_steps import Step, next_steps, step_in_words, why_no_step
from dti_analysis.criteria.rule import Refused, Rule
from dti_analysis.criteria.rules import RULES, Ratio
from dti_analysis.scores.scoring import exact_scores

Cells = dict[str, Any]


def text(vi: str, en: str) -> dict[str, str]:
    return {"vi": vi, "en": en}


def criterion(rule: dict[str, Any] | None, max_points: Any = 5, **more: Any) -> Component:
    maximum = str(max_points) if isinstance(max_points, Rational) else max_points
    return Component.model_validate(
        {"code": "X", "name_vi": "Tên tiêu chí", "name_en": "The criterion", "max_points": maximum, "rule": rule} | more
    )


def rule_of(component: Component) -> Rule:
    assert component.way is not None
    return component.way


def numbers(**cells: Any) -> Cells:
    """Whole numbers and decimals as rationals; the rest as it is."""
    plain = (bool, date)
    return {
        name: Rational(str(value)) if isinstance(value, int | float) and not isinstance(value, plain) else value
        for name, value in cells.items()
    }


def earned(component: Component, *rows: Cells) -> list[Any]:
    """What the rule itself gives for rows of cells."""
    rule = rule_of(component)
    columns = {name: np.array([row[name] for row in rows], dtype=object) for name in rule.cells()}
    return list(rule.points(columns, np.array([component.max_points] * len(rows), dtype=object)))


def steps_hold(component: Component, cells: Cells, most: Any = None, grain: Rational | None = None) -> list[Step]:
    """The steps, after what must hold of every one of them was asserted; `grain`: in what the number moves."""
    most = component.max_points if most is None else most
    steps = next_steps(component, cells, component.max_points)
    now = earned(component, cells)[0]
    assert bool(steps) <= (now < most)
    why = why_no_step(component, cells, component.max_points)
    assert (why == "") == bool(steps)
    assert (why == "at_maximum") == (now == most)
    for step in steps:
        after = earned(component, {**cells, step.cell: step.after})[0]
        assert after - now == step.gain > 0
        assert step.reaches_maximum == (after == most)
        assert after <= most
        assert step.before == cells[step.cell]
        if step.change is None:
            continue
        assert step.after - step.before == step.change != 0
        sevenths = [step.before + step.change * n / 7 for n in range(7)]
        smaller = sevenths if grain is None else _between(step.before, step.after, grain)
        if smaller:
            assert max(earned(component, *({**cells, step.cell: each} for each in smaller))) < after
    assert len({(step.cell, step.after) for step in steps}) == len(steps)
    if component.rule and "checklist" not in component.rule and "levels" not in component.rule:
        assert all(sooner.gain < later.gain for sooner, later in pairwise(steps))
    assert all(reads_clean(step_in_words(step, component, lang)) for step in steps for lang in LANGS)
    return steps


def _between(before: Any, after: Any, grain: Rational) -> list[Any]:
    """The numbers strictly between two, on a grain."""
    low, high = sorted([before, after])
    first = math.floor(low / grain) + 1
    return [n * grain for n in range(first, math.ceil(high / grain))]


def reads_clean(words: str) -> bool:
    return not re.search(r"None|mpq\(|[{}]|  |\+0 |\+0\b(?![.,])", words)


# ---- any rule, any numbers -------------------------------------------------------------------------------------------

maxima = st.sampled_from([ONE, Rational(2), Rational(5), Rational(20), Rational(1, 2)])
counts = st.integers(0, 80)
shares = st.sampled_from([Rational(n, 20) for n in range(1, 21)])
POOLS = [(["a"], ["b"]), (["b", "c"], ["a"]), (["b", "d"], ["a", "c"]), (["a"], None)]


@st.composite
def ratios(draw: st.DrawFn) -> tuple[Component, Cells]:
    numerator, denominator = draw(st.sampled_from(POOLS))
    full = draw(shares)
    rule: dict[str, Any] = {
        "numerator": numerator,
        "denominator": denominator or str(draw(st.sampled_from([Rational(12), Rational(25, 2), Rational(40)]))),
        "full_from": str(full),
        "nothing_below": str(
            draw(st.sampled_from([ZERO, *[Rational(n, 20) for n in range(1, 21) if Rational(n, 20) <= full]]))
        ),
        "rescaled": full < 1 and draw(st.booleans()),
        "above_one": draw(st.sampled_from(["cap", "refuse"])),
    }
    if denominator:
        rule["when_b_zero"] = draw(st.sampled_from(["full", "zero", "not_applicable", "refuse"]))
    names = [*numerator, *(denominator or [])]
    cells = {name: Rational(draw(counts)) for name in names}
    component = criterion({"ratio": rule | {name: text(f"số {name}", f"count {name}") for name in names}}, draw(maxima))
    return component, cells


@settings(max_examples=400)
@given(ratios())
def test_ratio(drawn: tuple[Component, Cells]) -> None:
    component, cells = drawn
    rule = rule_of(component)
    assert isinstance(rule, Ratio)
    try:
        now = earned(component, cells)[0]
    except Refused:
        assert next_steps(component, cells, component.max_points) == []
        assert why_no_step(component, cells, component.max_points) == "refused"
        return
    if now is None:
        assert why_no_step(component, cells, component.max_points) == "not_applicable"
        return
    steps = steps_hold(component, cells, grain=ONE)
    assert len(steps) <= 2
    bottom = rule.pooled({name: np.array([value], dtype=object) for name, value in cells.items()})[1][0]
    for step in steps:
        assert step.change is not None and step.change.denominator == 1 and step.change > 0
        after = {**cells, step.cell: step.after}
        assert sum(after[name] for name in rule.numerator) <= math.ceil(bottom)
    # Against trying every count of every numerator: the first step is the smallest that is worth it.
    worth = component.max_points / 20
    if now < component.max_points and bottom:
        top = sum(cells[name] for name in rule.numerator)
        limit = int(math.floor(bottom) if rule.above_one == "refuse" else math.ceil(bottom)) - int(top)
        name = rule.numerator[0]
        tried = list(range(1, limit + 1))
        points = earned(component, *({**cells, name: cells[name] + n} for n in tried)) if tried else []
        enough = [n for n, each in zip(tried, points, strict=True) if each - now >= min(worth, component.max_points - now)]
        if enough and len(rule.numerator) == 1:
            assert steps[0].change == enough[0]
            assert steps[-1].reaches_maximum == (points[-1] == component.max_points)
        if not enough:
            assert not any(step.reaches_maximum for step in steps)


@given(st.dictionaries(st.integers(0, 60), st.none(), min_size=1, max_size=5), st.integers(0, 70), st.booleans(), st.booleans())
def test_steps(levels: dict[int, None], value: int, gated: bool, met: bool) -> None:
    ladder = {step: str(Rational(n, len(levels)) * 4) for n, step in enumerate(sorted(levels), 1)}
    rule = {"steps": {"points": ladder} | ({"gate": text("có chuyên mục", "a section")} if gated else {})}
    cells = {"value": Rational(value)} | ({"g": met} if gated else {})
    steps = steps_hold(criterion(rule, 4), cells, grain=ONE)
    if gated and not met:
        assert [step.cell for step in steps] == (["g"] if value >= min(levels) else [])
    elif value < max(levels):
        assert steps[0].after == min(step for step in levels if step > value)
        assert steps[-1].after == max(levels) and steps[-1].reaches_maximum


@given(st.lists(shares, min_size=2, max_size=4), st.lists(st.integers(0, 3), min_size=1, max_size=4))
def test_levels(worth: list[Any], chosen: list[int]) -> None:
    levels = {f"level_{n}": text(f"Mức {n}", f"Level {n}") | {"share": str(share)} for n, share in enumerate(worth)}
    periods = {f"q{n}": text(f"quý {n}", f"quarter {n}") for n in range(1, len(chosen) + 1)} if len(chosen) > 1 else {}
    component = criterion({"levels": {"levels": levels, "periods": periods}}, 4)
    words = [f"mức {n % len(worth)}" for n in chosen]
    cells = dict(zip(periods or ["value"], words, strict=True))
    best = max(worth)
    steps = steps_hold(component, cells, most=component.max_points if best == 1 else Rational(5))
    assert [step.cell for step in steps] == [
        name for name, n in zip(cells, chosen, strict=True) if worth[n % len(worth)] < best
    ]
    for step in steps:  # no level in between earns less than the step and more than now
        share = worth[int(step.before[-1])]
        assert worth[int(step.after[-1])] == min(each for each in worth if each > share)


@given(st.lists(st.booleans(), min_size=2, max_size=9), maxima)
def test_checklist(done: list[bool], maximum: Any) -> None:
    items = {f"c{n}": text(f"nội dung {n}", f"item {n}") for n in range(len(done))}
    cells: Cells = dict(zip(items, done, strict=True))
    steps = steps_hold(criterion({"checklist": {"items": items}}, maximum), cells)
    assert [step.cell for step in steps] == [name for name in cells if not cells[name]][:1]


@given(st.booleans(), maxima)
def test_yes_no(value: bool, maximum: Any) -> None:
    steps = steps_hold(criterion({"yes_no": {}}, maximum), {"value": value})
    assert [(step.after, step.gain, step.change) for step in steps] == ([] if value else [(True, maximum, None)])


@given(st.integers(0, 30), shares, maxima)
def test_count(value: int, each: Any, maximum: Any) -> None:
    steps = steps_hold(criterion({"count": {"each": str(each)}}, maximum), {"value": Rational(value)}, grain=ONE)
    assert [step.change for step in steps] == ([ONE] if each * value < maximum else [])


tenths = st.integers(-50, 1200).map(lambda n: Rational(n, 10))


@given(tenths, tenths, tenths, maxima, st.sampled_from(["points", "percent"]))
def test_linear(target: Any, floor: Any, value: Any, maximum: Any, measure: str) -> None:
    assume(target != floor)
    if measure == "percent":
        assume(0 <= value <= 100)
    component = criterion({"linear": {"target": str(target), "floor": str(floor)}}, maximum, measure=measure)
    steps = steps_hold(component, {"value": value})
    within = measure == "points" or 0 <= target <= 100
    if within and earned(component, {"value": value})[0] < maximum:
        assert steps[-1].after == target and steps[-1].reaches_maximum
    for step in steps:
        assert measure == "points" or 0 <= step.after <= 100
        assert step.gain >= maximum / 20 or step is steps[-1]


def test_a_measure_moves_in_its_own_grain() -> None:
    def first(given: str, **rule: Any) -> Any:
        return next_steps(criterion({"linear": rule}), {"value": Rational(given)}, Rational(5))[0].change

    assert first("71.63", target=100) == 5
    assert first("0.7163", target=1) == Rational(5, 100)
    assert first("33", target=100, floor=30) == Rational(35, 10)
    assert first("0.5", target=1, floor="1/3") == Rational(34, 1000)
    assert first("7", target=0, floor=8, value=text("số sự cố", "incidents")) == -1


@given(st.lists(st.integers(1, 99), min_size=1, max_size=4, unique=True), st.data(), st.sampled_from(["at_least", "above"]))
def test_bands(cuts: list[int], data: st.DataObject, closed: str) -> None:
    cuts = sorted(cuts)
    points = data.draw(st.lists(st.integers(-3, 4), min_size=len(cuts) + 1, max_size=len(cuts) + 1))
    upper = {"at_least": "below", "above": "at_most"}[closed]
    bands = [
        ({closed: low} if low is not None else {}) | ({upper: high} if high is not None else {}) | {"points": each}
        for low, high, each in zip([None, *cuts], [*cuts, None], points, strict=True)
    ]
    value = Rational(data.draw(st.integers(0, 10000)), 100)
    component = criterion({"bands": {"bands": bands}}, 0, measure="percent")
    steps = steps_hold(component, {"value": value}, most=max(points), grain=Rational(1, 100))
    assert bool(steps) == (earned(component, {"value": value})[0] < max(points))
    for step in steps:  # nor does a smaller change the other way earn more
        assert step.change is not None
        tried = [value + n * Rational(1, 100) for n in range(-int(abs(step.change) * 100) + 1, int(abs(step.change) * 100))]
        assert (
            max(earned(component, *({"value": each} for each in tried)), default=ZERO)
            < step.gain + earned(component, {"value": value})[0]
        )


@given(st.sampled_from(["bonus", "penalty"]), st.integers(0, 30), shares, st.sampled_from([ONE, Rational(4), Rational(5, 2)]))
def test_bonus_and_penalty(name: str, value: int, each: Any, at_most: Any) -> None:
    component = criterion({name: {"each": str(each), "at_most": str(at_most)}}, 0)
    steps = steps_hold(component, {"value": Rational(value)}, most=at_most if name == "bonus" else ZERO, grain=ONE)
    assert bool(steps) == (each * value < at_most if name == "bonus" else value > 0)
    assert all(step.change == 1 for step in steps) or name == "penalty"
    assert all(0 <= step.after < value for step in steps) or name == "bonus"


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 60))
def test_a_step_is_worth_what_was_asked(a: int, b: int, sixtieths: int) -> None:
    assume(a < b)
    rule = {"ratio": {"a": text("số a", "a"), "b": text("số b", "b"), "when_b_zero": "zero"}}
    cells = numbers(a=a, b=b)
    worth = Rational(sixtieths, 60) * 5
    steps = next_steps(criterion(rule), cells, Rational(5), worth)
    assert steps[0].gain >= worth or steps[0].reaches_maximum


# ---- parts -----------------------------------------------------------------------------------------------------------

PART_RULES: list[tuple[dict[str, Any], int]] = [
    ({"yes_no": {}}, 4),
    ({"count": {"each": 1}}, 3),
    ({"steps": {"points": {2: 1, 5: 4}}}, 4),
    ({"bonus": {"each": 1, "at_most": 2}}, 0),
    ({"penalty": {"each": 1, "at_most": 3}}, 0),
    ({"gate": {}}, 0),
]


def part(n: int, rule: dict[str, Any], max_points: int) -> dict[str, Any]:
    return {"code": f"P{n}", "name_vi": f"Phần {n}", "name_en": f"Part {n}", "max_points": max_points, "rule": rule}


def in_scores(whole: Component, cells: Cells) -> Any:
    """What the scoring itself gives for the whole."""
    framework = Framework.model_validate(
        {
            "id": "test", "place": "test", "index": "dti", "levels": ["commune"], "applies": {"from": 2024, "to": 2024},
            "status": "official", "reference": {"title": "Test", "number": "1", "issued": "2024-01-01"},
            "max_points": whole.max_points, "expects": {}, "indicators": [whole],
            "ranking": {"by": "points", "decimals": 2, "rounding": "half_up", "ties": "min", "missing": "zero",
                        "not_applicable": "exclude"},
        }
    )  # fmt: skip
    said = {True: "có", False: "không"}
    rows = [
        {"unit": "u", "indicator": code, "value": said[value] if isinstance(value, bool) else str(value)}
        for code, value in ((code, held["value"]) for code, held in cells.items())
    ]
    scores = exact_scores(framework, pd.DataFrame(rows)).set_index("component")["points"]
    return scores[whole.code]


@settings(max_examples=120)
@given(
    st.lists(st.integers(0, len(PART_RULES) - 1), min_size=2, max_size=4),
    st.sampled_from(["sum", "best", "base_plus"]),
    st.lists(st.integers(0, 5), min_size=4, max_size=4),
    st.sampled_from([{}, {"extra_at_most": 1}, {"extra_at_most": 1, "extra_at_least": -2}]),
)
def test_steps_of_parts_earn_what_the_whole_then_scores(
    kinds: list[int], combine: str, values: list[int], caps: dict[str, int]
) -> None:
    parts = [part(n, *PART_RULES[kind]) for n, kind in enumerate(kinds)]
    maximum = max(each["max_points"] for each in parts) if combine == "best" else sum(each["max_points"] for each in parts)
    whole = criterion(None, maximum, parts=parts, combine=combine, **caps)
    cells: Cells = {
        each["code"]: {"value": value % 2 == 1 if {"yes_no", "gate"} & each["rule"].keys() else Rational(value)}
        for each, value in zip(parts, values, strict=False)
    }
    steps = next_steps(whole, cells, Rational(maximum))
    now = in_scores(whole, cells)
    for step in steps:
        assert in_scores(whole, cells | {step.code: {step.cell: step.after}}) - now == step.gain
        assert step.gain > 0 or whole.parts[int(step.code[1:])].rule_name == "gate"
        assert all(reads_clean(step_in_words(step, whole, lang)) for lang in LANGS)
    assert [step.gain for step in steps] == sorted((step.gain for step in steps), reverse=True)
    assert (why_no_step(whole, cells, Rational(maximum)) == "") == bool(steps)


def test_the_maximum_of_a_part_may_be_that_of_a_group() -> None:
    whole = criterion(None, 7, parts=[part(0, {"yes_no": {}}, 4), part(1, {"count": {"each": 1}}, 3)])
    cells = {"P0": {"value": False}, "P1": numbers(value=1)}
    assert [step.gain for step in next_steps(whole, cells, Rational(7))] == [4, 1]
    assert [step.gain for step in next_steps(whole, cells, {"P0": Rational(2), "P1": Rational(1)})] == [2]
    assert [step.code for step in next_steps(whole, {"P1": numbers(value=1)}, Rational(7))] == ["P1"]


def test_a_gate_opens_the_whole() -> None:
    whole = criterion(None, 4, parts=[part(0, {"gate": {}}, 0), part(1, {"yes_no": {}}, 4)])
    shut = {"P0": {"value": False}, "P1": {"value": True}}
    (step,) = next_steps(whole, shut, Rational(4))
    assert (step.code, step.gain) == ("P0", 4)
    assert step_in_words(step, whole, "vi") == "đáp ứng yêu cầu “Phần 0”: +4 điểm"
    nothing_behind = {"P0": {"value": False}, "P1": {"value": False}}
    (step,) = next_steps(whole, nothing_behind, Rational(4))
    assert (step.code, step.gain) == ("P0", 0)
    said = "đáp ứng yêu cầu “Phần 0”: điều kiện để cả nhóm được tính điểm"
    assert step_in_words(step, whole, "vi") == said


def test_the_best_of_parts_is_unknown_where_one_depends_on_other_units() -> None:
    parts = [part(0, {"relative_to_best": {}}, 4), part(1, {"yes_no": {}}, 4)]
    cells = {"P0": numbers(value=1), "P1": {"value": False}}
    assert next_steps(criterion(None, 4, parts=parts, combine="best"), cells, Rational(4)) == []
    assert why_no_step(criterion(None, 4, parts=parts, combine="best"), cells, Rational(4)) == "relative_to_best"
    assert [step.code for step in next_steps(criterion(None, 8, parts=parts), cells, Rational(8))] == ["P1"]


# ---- no step, and why ------------------------------------------------------------------------------------------------

A_B = {"a": text("số a", "a"), "b": text("số b", "b")}
DATES = {"a": text("ngày ban hành", "issued"), "b": text("ngày ký", "signed"), "working_days": 7}


@pytest.mark.parametrize(
    ("component", "cells", "why"),
    [
        (criterion({"reported": {}}), numbers(value=3), "reported"),
        (criterion({"reported": {}}), numbers(value=5), "at_maximum"),
        (criterion({"reported": {}}), numbers(value=6), "refused"),
        (criterion({"not_scored": {}}, 0), {"value": "ghi chú"}, "not_scored"),
        (criterion({"relative_to_best": {}}), numbers(value=3), "relative_to_best"),
        (criterion({"target_and_leader": {}}), numbers(a=3, t=None), "target_and_leader"),
        (criterion({"deadline": DATES}), {"a": date(2025, 6, 2), "b": date(2025, 7, 1)}, "deadline"),
        (criterion({"deadline": DATES}), {"a": date(2025, 6, 2), "b": date(2025, 6, 3)}, "at_maximum"),
        (criterion({"roll_up": {"level": "commune"}}), numbers(value=0.5), "roll_up"),
        (criterion({"gate": {}}, 0), {"value": False}, ""),
        (criterion({"gate": {}}, 0), {"value": True}, "at_maximum"),
        (criterion({"ratio": A_B | {"when_b_zero": "zero"}}), numbers(a=0, b=0), "nothing_to_count"),
        (criterion({"ratio": A_B | {"when_b_zero": "full"}}), numbers(a=0, b=0), "at_maximum"),
        (criterion({"ratio": A_B | {"when_b_zero": "not_applicable"}}), numbers(a=0, b=0), "not_applicable"),
        (criterion({"ratio": A_B | {"when_b_zero": "refuse"}}), numbers(a=0, b=0), "refused"),
        (criterion({"ratio": A_B | {"when_b_zero": "zero"}}), numbers(a=1, b=None), "missing"),
        (criterion({"ratio": A_B | {"when_b_zero": "zero"}}), None, "missing"),
        (criterion({"steps": {"points": {4: 5}, "gate": A_B["a"]}}), numbers(g=False, value=1), "out_of_reach"),
        (criterion(None, unlisted=True), {}, "unlisted"),
        (criterion(None, 4, parts=[part(0, {"yes_no": {}}, 4)]), {"P0": {"value": True}}, "at_maximum"),
        (criterion({"yes_no": {}}), {"value": False}, ""),
    ],
)
def test_why_there_is_no_step(component: Component, cells: Cells | None, why: str) -> None:
    assert why_no_step(component, cells, component.max_points) == why
    assert bool(next_steps(component, cells, component.max_points)) == (why == "")
    assert not why or all(label(f"no_step.{why}", lang) for lang in LANGS)


# ---- in words --------------------------------------------------------------------------------------------------------

ONLINE = {
    "a": text("số hồ sơ nộp trực tuyến", "dossiers submitted online"),
    "b": text("tổng số hồ sơ", "all dossiers"),
    "full_from": "0.75",
    "when_b_zero": "zero",
}
QUARTERS = {"q1": text("quý I", "quarter 1"), "q2": text("quý II", "quarter 2")}
ITEMS = {"c1": text("y tế", "health"), "c2": text("giáo dục", "education"), "c3": text("mua bán", "trade")}
ARTICLES = {"value": text("số tin, bài", "articles"), "gate": text("có mục", "there is a section")}
LEVELS = {"on_time": text("Đúng hạn", "On time") | {"share": 1}, "late": text("Trễ hạn", "Late") | {"share": 0}}
SAID = [
    (
        criterion({"ratio": ONLINE}),
        numbers(a=189, b=300),
        [
            "thêm 15 hồ sơ nộp trực tuyến (từ 189 lên 204): +0,25 điểm",
            "thêm 36 hồ sơ nộp trực tuyến (từ 189 lên 225), đạt ngưỡng 75%: +1,85 điểm",
        ],
        [
            "raise “dossiers submitted online” by 15 (189 to 204): +0.25 points",
            "raise “dossiers submitted online” by 36 (189 to 225), reaching the threshold of 75%: +1.85 points",
        ],
    ),
    (
        criterion({"ratio": A_B | {"a": text("số cuộc họp", "number of meetings"), "when_b_zero": "zero"}}),
        numbers(a=2, b=4),
        ["thêm 1 cuộc họp (từ 2 lên 3): +1,25 điểm", "thêm 2 cuộc họp (từ 2 lên 4), đạt điểm tối đa: +2,5 điểm"],
        [
            "raise “number of meetings” by 1 (2 to 3): +1.25 points",
            "2 more meetings (2 to 4), reaching the maximum: +2.5 points",
        ],
    ),
    (
        criterion({"yes_no": {"value": text("đã ban hành kế hoạch", "the plan has been issued")}}, 1),
        {"value": False},
        ["đáp ứng yêu cầu “đã ban hành kế hoạch”: +1 điểm"],
        ["meet the requirement “the plan has been issued”: +1 point"],
    ),
    (
        criterion({"levels": {"levels": LEVELS, "periods": QUARTERS}}),
        {"q1": "on_time", "q2": "trễ hạn"},
        ["“quý II”: từ “Trễ hạn” lên “Đúng hạn”: +2,5 điểm"],
        ["“quarter 2”: from “Late” to “On time”: +2.5 points"],
    ),
    (
        criterion({"steps": ARTICLES | {"points": {52: 2, 20: 1}}}, 2),
        numbers(g=True, value=12),
        ["thêm 8 tin, bài (từ 12 lên 20): +1 điểm", "thêm 40 tin, bài (từ 12 lên 52), đạt điểm tối đa: +2 điểm"],
        ["raise “articles” by 8 (12 to 20): +1 point", "raise “articles” by 40 (12 to 52), reaching the maximum: +2 points"],
    ),
    (
        criterion({"steps": ARTICLES | {"points": {52: 2, 20: 1}}}, 2),
        numbers(g=False, value=20),
        ["đáp ứng yêu cầu “có mục”: +1 điểm"],
        ["meet the requirement “there is a section”: +1 point"],
    ),
    (
        criterion({"count": {"each": 1}}),
        numbers(value=3),
        ["tăng “Tên tiêu chí” thêm 1 (từ 3 lên 4): +1 điểm"],
        ["raise “The criterion” by 1 (3 to 4): +1 point"],
    ),
    (
        criterion({"checklist": {"items": ITEMS}}, 1),
        {"c1": True, "c2": False, "c3": False},
        ["thực hiện thêm nội dung “giáo dục”: +0,33 điểm"],
        ["carry out “education” as well: +0.33 points"],
    ),
    (
        criterion({"linear": {"target": 100, "value": text("tỷ lệ hài lòng", "satisfaction")}}, 14, measure="percent"),
        numbers(value=71.63),
        [
            "tăng “tỷ lệ hài lòng” thêm 5 điểm phần trăm (từ 71,63% lên 76,63%): +0,7 điểm",
            "tăng “tỷ lệ hài lòng” thêm 28,37 điểm phần trăm (từ 71,63% lên 100%), đạt điểm tối đa: +3,97 điểm",
        ],
        [
            "raise “satisfaction” by 5 percentage points (71.63% to 76.63%): +0.7 points",
            "raise “satisfaction” by 28.37 percentage points (71.63% to 100%), reaching the maximum: +3.97 points",
        ],
    ),
    (
        criterion({"linear": {"target": 0, "floor": 10, "value": text("số sự cố", "incidents")}}),
        numbers(value=1),
        ["bớt 1 sự cố (từ 1 xuống 0), đạt điểm tối đa: +0,5 điểm"],
        ["lower “incidents” by 1 (1 to 0), reaching the maximum: +0.5 points"],
    ),
    (
        criterion({"bands": {"bands": [{"below": 95, "points": -1}, {"at_least": 95, "points": 0}]}}, 0),
        numbers(value=94.2),
        ["tăng “Tên tiêu chí” thêm 0,8 (từ 94,2 lên 95), đạt điểm tối đa: +1 điểm"],
        ["raise “The criterion” by 0.8 (94.2 to 95), reaching the maximum: +1 point"],
    ),
    (
        criterion({"bonus": {"each": "0.001", "at_most": 4, "value": text("số mô hình", "models")}}, 0),
        numbers(value=1),
        ["thêm 1 mô hình (từ 1 lên 2): +0,001 điểm"],
        ["raise “models” by 1 (1 to 2): +0.001 points"],
    ),
    (
        criterion({"penalty": {"each": 1, "at_most": 4, "value": text("số đơn thư", "number of petitions")}}, 0),
        numbers(value=7),
        ["bớt 4 đơn thư (từ 7 xuống 3): +1 điểm"],
        ["4 fewer petitions (7 to 3): +1 point"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("component", "cells", "vi", "en"), SAID, ids=lambda value: getattr(value, "rule_name", ""))
def test_steps_in_words(component: Component, cells: Cells, vi: list[str], en: list[str]) -> None:
    steps = next_steps(component, cells, component.max_points)
    said: dict[Lang, list[str]] = {lang: [step_in_words(step, component, lang) for step in steps] for lang in LANGS}
    assert said == {"vi": vi, "en": en}


def test_from_the_row_of_an_assessment() -> None:
    component = criterion({"levels": {"levels": LEVELS, "periods": QUARTERS}})
    steps = next_steps(component, read_row(component, {"q1": "Trễ hạn", "q2": "On time"}), Rational(5))
    assert [(step.before, step.after, step.gain) for step in steps] == [("late", "on_time", Rational(5, 2))]
    assert why_no_step(component, read_row(component, {"q1": "Trễ hạn"}), Rational(5)) == "missing"


def test_every_rule_is_answered() -> None:
    """Each rule has steps, or a reason of its own why it never has any."""
    without = {"reported", "not_scored", "relative_to_best", "target_and_leader", "deadline", "roll_up"}
    assert {component.rule_name for component, *_ in SAID} == set(RULES) - without - {"gate"}
    assert all(label(f"no_step.{name}", lang) for name in without for lang in LANGS)


def test_pooled_numerators_stay_within_their_own_population() -> None:
    rule = {name: text(f"số {name}", name) for name in "abcd"} | {"numerator": ["b", "d"], "denominator": ["a", "c"]}
    component = criterion({"ratio": rule | {"when_b_zero": "zero"}})
    full = next_steps(component, numbers(a=100, b=100, c=10, d=5), Rational(5))
    assert [(step.cell, step.after) for step in full] == [("d", 10)]
    short = next_steps(component, numbers(a=100, b=90, c=10, d=5), Rational(5))
    assert [(step.cell, step.after, step.reaches_maximum) for step in short] == [("b", 96, False)]
