"""Any criteria set and any form against a second computation, in plain fractions and loops, written from the acts' words."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from helpers import assessment, by_component, framework, node, text
from hypothesis import given, settings
from hypothesis import strategies as st

from dti_analysis.criteria.framework import Framework
from dti_analysis.scores.scoring import exact_scores, score

Cells = dict[str, str]
Earn = Callable[[list[Cells], Fraction], list[Fraction | None]]
"""Points of every unit that was assessed, from what it handed in and the maximum; None where it turns out not to apply."""
UNITS = ["u1", "u2", "u3", "u4", "u5"]
ROUNDINGS = ["half_up", "half_even", "down"]
YES = {"có": 1, "không": 0}


@dataclass
class Leaf:
    """A criterion: the rule as a file writes it, what each unit may hand in, and what the act says that earns."""

    rule: dict[str, Any]
    cells: st.SearchStrategy[Cells]
    earn: Earn
    on_top: bool = False  # of a maximum of 0
    shuts: bool = False  # a gate


def one_by_one(earn: Callable[[Cells, Fraction], Fraction | None]) -> Earn:
    return lambda units, maximum: [earn(cells, maximum) for cells in units]


def count(top: int = 12) -> st.SearchStrategy[str]:
    return st.integers(0, top).map(str)


# ---- the rules, each said again ----------------------------------------------------------------------------------------


@st.composite
def ratios(draw: st.DrawFn) -> Leaf:
    shapes = [(["a"], ["b"]), (["b", "c"], ["a"]), (["b", "d"], ["a", "c"]), (["a", "c", "e"], ["b", "d", "f"]), (["a"], 8)]
    over, under = draw(st.sampled_from(shapes))
    full = draw(st.sampled_from([Fraction(1), Fraction(3, 4), Fraction(1, 2), Fraction(2, 3)]))
    least = draw(st.sampled_from([Fraction(0), Fraction(1, 3), full]))
    rescaled = full < 1 and draw(st.booleans())
    when_none = draw(st.sampled_from(["full", "zero", "not_applicable"]))
    handed_in = [*over, *(under if isinstance(under, list) else [])]
    rule = {letter: text(letter) for letter in sorted(handed_in)}
    rule |= {"numerator": over, "denominator": under, "full_from": str(full), "nothing_below": str(least), "rescaled": rescaled}
    rule |= {"when_b_zero": when_none} if isinstance(under, list) else {}

    def earn(cells: Cells, maximum: Fraction) -> Fraction | None:
        below = sum(int(cells[letter]) for letter in under) if isinstance(under, list) else under
        if below == 0:
            return {"full": maximum, "zero": Fraction(0), "not_applicable": None}[when_none]
        rate = Fraction(sum(int(cells[letter]) for letter in over), below)
        if rate >= full:
            return maximum
        if rate < least:
            return Fraction(0)
        return (rate / full if rescaled else rate) * maximum

    def possible(cells: Cells) -> bool:
        none = isinstance(under, list) and all(cells[letter] == "0" for letter in under)
        return not none or all(cells[letter] == "0" for letter in over)

    cells = st.fixed_dictionaries(dict.fromkeys(handed_in, count(4))).filter(possible)  # few, so that a rate is often a bound
    return Leaf({"ratio": rule}, cells, one_by_one(earn))


@st.composite
def steps(draw: st.DrawFn) -> Leaf:
    reached = sorted(draw(st.sets(st.integers(0, 10), min_size=1, max_size=4)))
    earned = sorted(draw(st.sets(st.integers(0, 8), min_size=len(reached), max_size=len(reached))))
    points = {step: f"{each}/8" for step, each in zip(reached, earned, strict=True)}  # of a maximum of 1 or more
    gated = draw(st.booleans())

    def earn(cells: Cells, maximum: Fraction) -> Fraction:
        if gated and cells["g"] == "không":
            return Fraction(0)
        return max((Fraction(each) for step, each in points.items() if int(cells["value"]) >= step), default=Fraction(0))

    gate = {"g": st.sampled_from(["có", "không"])} if gated else {}
    rule = {"points": points} | ({"gate": text("g")} if gated else {})
    return Leaf({"steps": rule}, st.fixed_dictionaries({"value": count()} | gate), one_by_one(earn))


@st.composite
def counts(draw: st.DrawFn) -> Leaf:
    each = draw(st.sampled_from(["1/3", "1", "0.25"]))
    earn = one_by_one(lambda cells, maximum: min(Fraction(each) * int(cells["value"]), maximum))
    return Leaf({"count": {"each": each}}, st.fixed_dictionaries({"value": count()}), earn)


@st.composite
def checklists(draw: st.DrawFn) -> Leaf:
    items = [f"c{n}" for n in range(1, draw(st.integers(2, 7)) + 1)]
    earn = one_by_one(lambda cells, maximum: Fraction(sum(YES[cells[item]] for item in items), len(items)) * maximum)
    rule = {"checklist": {"items": {item: text(item) for item in items}}}
    return Leaf(rule, st.fixed_dictionaries(dict.fromkeys(items, st.sampled_from(["có", "không"]))), earn)


@st.composite
def levels(draw: st.DrawFn) -> Leaf:
    shares = {"đủ": Fraction(1), "gần đủ": Fraction(2, 3), "một phần": Fraction(1, 7), "không": Fraction(0)}
    periods = [f"q{n}" for n in range(1, draw(st.sampled_from([0, 2, 3, 4])) + 1)]
    cells = periods or ["value"]
    named = {f"l{n}": {"vi": word, "en": f"{n}", "share": str(share)} for n, (word, share) in enumerate(shares.items())}
    rule = {"levels": named} | ({"periods": {period: text(period) for period in periods}} if periods else {})
    earn = one_by_one(lambda own, maximum: sum((shares[own[cell]] for cell in cells), Fraction(0)) / len(cells) * maximum)
    return Leaf({"levels": rule}, st.fixed_dictionaries(dict.fromkeys(cells, st.sampled_from(list(shares)))), earn)


@st.composite
def linears(draw: st.DrawFn) -> Leaf:
    floor, target = draw(st.sampled_from([("0", "7"), ("3", "10"), ("10", "1/3")]))

    def earn(cells: Cells, maximum: Fraction) -> Fraction:
        low, high, value = Fraction(floor), Fraction(target), Fraction(cells["value"])
        return min(max((value - low) / (high - low), Fraction(0)), Fraction(1)) * maximum

    value = st.integers(-30, 150).map(lambda tenth: f"{tenth / 10}")
    return Leaf({"linear": {"floor": floor, "target": target}}, st.fixed_dictionaries({"value": value}), one_by_one(earn))


@st.composite
def bands(draw: st.DrawFn) -> Leaf:
    low, high = sorted(draw(st.sets(st.integers(1, 9), min_size=2, max_size=2)))
    on_top = draw(st.booleans())
    worst = "-1/3" if on_top else "0"
    rule = [{"above": high, "points": "1"}, {"above": low, "at_most": high, "points": "1/2"}, {"at_most": low, "points": worst}]

    def earn(cells: Cells, maximum: Fraction) -> Fraction:
        value = Fraction(cells["value"])
        return Fraction(1) if value > high else Fraction(1, 2) if value > low else Fraction(worst)

    value = st.integers(0, 100).map(lambda tenth: f"{tenth / 10}")
    return Leaf({"bands": {"bands": rule}}, st.fixed_dictionaries({"value": value}), one_by_one(earn), on_top=on_top)


@st.composite
def deadlines(draw: st.DrawFn) -> Leaf:
    days, late = draw(st.integers(0, 9)), draw(st.sampled_from(["0", "1/4"]))

    def earn(cells: Cells, maximum: Fraction) -> Fraction:
        day, signed, worked = date.fromisoformat(cells["a"]), date.fromisoformat(cells["b"]), 0
        while day < signed:
            day += timedelta(1)
            worked += day.weekday() < 5
        return maximum if worked <= days else Fraction(late) * maximum

    monday = date(2026, 3, 2)
    weekdays = st.integers(0, 19).map(lambda n: (monday + timedelta(n + n // 5 * 2)).isoformat())
    rule = {"deadline": {"a": text("a"), "b": text("b"), "working_days": days, "late": late}}
    return Leaf(rule, st.fixed_dictionaries({"a": weekdays, "b": weekdays}), one_by_one(earn))


def yes_nos() -> st.SearchStrategy[Leaf]:
    earn = one_by_one(lambda cells, maximum: maximum * YES[cells["value"]])
    return st.just(Leaf({"yes_no": {}}, st.fixed_dictionaries({"value": st.sampled_from(["có", "không"])}), earn))


def reported() -> st.SearchStrategy[Leaf]:
    value = st.integers(0, 10).map(lambda tenth: f"{tenth / 10}")  # of a maximum of 1 or more
    return st.just(
        Leaf({"reported": {}}, st.fixed_dictionaries({"value": value}), one_by_one(lambda c, _: Fraction(c["value"])))
    )


def relative() -> st.SearchStrategy[Leaf]:
    def earn(units: list[Cells], maximum: Fraction) -> list[Fraction | None]:
        best = max((Fraction(cells["value"]) for cells in units), default=Fraction(0))
        return [Fraction(cells["value"]) / best * maximum if best else Fraction(0) for cells in units]

    return st.just(Leaf({"relative_to_best": {}}, st.fixed_dictionaries({"value": count()}), earn))


def target_and_leader() -> st.SearchStrategy[Leaf]:
    def earn(units: list[Cells], maximum: Fraction) -> list[Fraction | None]:
        rates = {n: Fraction(int(cells["a"]), int(cells["t"])) for n, cells in enumerate(units) if cells["t"]}
        leader = max(rates.values(), default=Fraction(0))
        best = max((int(cells["a"]) for cells in units if not cells["t"]), default=0)
        points: list[Fraction | None] = []
        for n, cells in enumerate(units):
            if n not in rates:
                points.append(Fraction(int(cells["a"]), best) * maximum if best else Fraction(0))
            elif rates[n] <= 1:
                points.append(rates[n] * maximum / 2)
            else:
                points.append(maximum / 2 + (rates[n] - 1) / (leader - 1) * maximum / 2)
        return points

    cells = st.fixed_dictionaries({"a": count(), "t": st.sampled_from(["", "3", "5", "8"])})
    return st.just(Leaf({"target_and_leader": {}}, cells, earn))


@st.composite
def extras(draw: st.DrawFn) -> Leaf:
    name, sign = draw(st.sampled_from([("bonus", 1), ("penalty", -1)]))
    each, most = draw(st.sampled_from(["1/3", "1"])), draw(st.sampled_from(["1/2", "3"]))
    earn = one_by_one(lambda cells, _: sign * min(Fraction(each) * int(cells["value"]), Fraction(most)))
    return Leaf({name: {"each": each, "at_most": most}}, st.fixed_dictionaries({"value": count(6)}), earn, on_top=True)


def gates() -> st.SearchStrategy[Leaf]:
    cells = st.fixed_dictionaries({"value": st.sampled_from(["có", "có", "có", "không"])})
    earn = one_by_one(lambda _cells, _maximum: Fraction(0))
    return st.just(Leaf({"gate": {}}, cells, earn, on_top=True, shuts=True))


RULES = [
    ratios(), ratios(), steps(), counts(), checklists(), levels(), linears(), bands(), deadlines(), yes_nos(), reported(),
    relative(), target_and_leader(), extras(), extras(), gates(), gates(),
]  # fmt: skip


# ---- a set of criteria, a form, and what it earns ----------------------------------------------------------------------


@dataclass
class Indicator:
    """A leaf with its maximum, and what each unit hands in: cells, an empty dict (nothing), or None (does not apply)."""

    code: str
    leaf: Leaf
    maximum: Fraction
    given: dict[str, Cells | None] = field(default_factory=dict)


@dataclass
class Pillar:
    """Indicators under one head; for some units only the head's own points are known."""

    code: str
    indicators: list[Indicator]
    caps: tuple[int | None, int | None]
    stated: dict[str, str] = field(default_factory=dict)

    @property
    def maximum(self) -> Fraction:
        return sum((indicator.maximum for indicator in self.indicators), Fraction(0))


@dataclass
class World:
    """A criteria set with a form under it."""

    pillars: list[Pillar]
    tree: Framework
    form: pd.DataFrame
    decimals: int
    rounding: str
    rounds_each: int | None


@st.composite
def worlds(draw: st.DrawFn) -> World:
    pillars = []
    for p in range(1, draw(st.integers(1, 3)) + 1):
        indicators = []
        for i in range(1, draw(st.integers(1, 4)) + 1):
            leaf = draw(st.one_of(RULES))
            maximum = Fraction(0) if leaf.on_top else Fraction(draw(st.sampled_from(["1", "2", "10/3", "7.5", "20"])))
            indicator = Indicator(f"P{p}.{i}", leaf, maximum)
            for unit in UNITS:
                told = draw(st.sampled_from(["given", "given", "given", "given", "left out", "n/a"]))
                indicator.given[unit] = draw(leaf.cells) if told == "given" else {} if told == "left out" else None
            indicators.append(indicator)
        caps = draw(st.sampled_from([(None, None), (1, None), (None, 0), (2, -1)]))
        pillar = Pillar(f"P{p}", indicators, caps)
        for unit in UNITS:
            if pillar.maximum and draw(st.integers(0, 4)) == 0:
                pillar.stated[unit] = f"{draw(st.integers(0, int(pillar.maximum) * 4)) / 4}"
        pillars.append(pillar)
    decimals, rounding = draw(st.sampled_from([0, 1, 2, 6])), draw(st.sampled_from(ROUNDINGS))
    rounds_each = draw(st.sampled_from([None, None, 1, 2]))
    more = {"indicator_decimals": rounds_each} if rounds_each is not None else {}
    tree = framework(*map(_written, pillars), kind="pillars", decimals=decimals, rounding=rounding, **more)
    return World(pillars, tree, _form(pillars), decimals, rounding, rounds_each)


def _written(pillar: Pillar) -> dict[str, Any]:
    indicators = [node(each.code, str(each.maximum), each.leaf.rule) for each in pillar.indicators]
    most, least = pillar.caps
    caps = ({} if most is None else {"extra_at_most": most}) | ({} if least is None else {"extra_at_least": least})
    return node(pillar.code, str(pillar.maximum), indicators=indicators, **caps)


def _form(pillars: list[Pillar]) -> pd.DataFrame:
    handed_in: dict[str, dict[str, Any]] = {unit: {} for unit in UNITS}
    for pillar in pillars:
        for unit in UNITS:
            if unit in pillar.stated:
                handed_in[unit][pillar.code] = pillar.stated[unit]
                continue
            for each in pillar.indicators:
                cells = each.given[unit]
                if cells is None:
                    handed_in[unit][each.code] = dict.fromkeys(_first_cells(each), "n/a")
                elif cells:
                    handed_in[unit][each.code] = cells
    rows = assessment({unit: rows for unit, rows in handed_in.items() if rows})
    return rows if len(rows) else assessment({UNITS[0]: {pillars[0].code: ""}})


def _first_cells(indicator: Indicator) -> list[str]:
    """A cell of the indicator's that may say that it does not apply."""
    named = indicator.leaf.rule
    if "checklist" in named:
        return list(named["checklist"]["items"])[:1]
    if "levels" in named and "periods" in named["levels"]:
        return list(named["levels"]["periods"])[-1:]
    return ["a"] if {"ratio", "deadline", "target_and_leader"} & named.keys() else ["value"]


def in_last_places(number: Fraction, decimals: int, rounding: str) -> int:
    """A number in units of its last place, by the schoolbook."""
    moved = number * 10**decimals
    size, sign = abs(moved), -1 if moved < 0 else 1
    if rounding == "down":
        return sign * math.floor(size)
    whole, left = math.floor(size), size - math.floor(size)
    up = left > Fraction(1, 2) or (left == Fraction(1, 2) and (rounding == "half_up" or whole % 2 == 1))
    return sign * (whole + up)


def figures(world: World) -> dict[str, dict[str, tuple[Fraction, Fraction]]]:
    """Points and maximum of every unit on every pillar and on the total, by the acts' words."""

    def rounded(points: Fraction) -> Fraction:
        if world.rounds_each is None:
            return points
        return Fraction(in_last_places(points, world.rounds_each, world.rounding), 10**world.rounds_each)

    found: dict[str, dict[str, tuple[Fraction, Fraction]]] = {unit: {} for unit in UNITS}
    for pillar in world.pillars:
        measured = [unit for unit in UNITS if unit not in pillar.stated]
        sums = {unit: [Fraction(0), Fraction(0), Fraction(0)] for unit in measured}  # points, on top, maximum
        shut = set()
        for each in pillar.indicators:
            assessed = [unit for unit in measured if each.given[unit]]
            earned = dict(zip(assessed, each.leaf.earn([each.given[u] or {} for u in assessed], each.maximum), strict=True))
            for unit in measured:
                cells = each.given[unit]
                if each.leaf.shuts and (cells == {} or (cells and cells["value"] == "không")):
                    shut.add(unit)
                points = earned.get(unit, Fraction(0))
                applies = cells is not None and points is not None
                sums[unit][each.leaf.on_top] += rounded(points or Fraction(0))
                sums[unit][2] += each.maximum if applies else Fraction(0)
        for unit in measured:
            points, extra, maximum = sums[unit]
            most, least = pillar.caps
            extra = min(extra, Fraction(most)) if most is not None else extra
            extra = max(extra, Fraction(least)) if least is not None else extra
            found[unit][pillar.code] = (Fraction(0) if unit in shut else points + extra, maximum)
        for unit, value in pillar.stated.items():
            found[unit][pillar.code] = (rounded(Fraction(value)), pillar.maximum)
    for unit in UNITS:
        both = list(found[unit].values())
        found[unit]["total"] = (sum((p for p, _ in both), Fraction(0)), sum((m for _, m in both), Fraction(0)))
    return found


ALL = pd.DataFrame({"unit": UNITS, "group": ""})


@given(worlds())
@settings(max_examples=60)
def test_any_form_earns_what_a_second_computation_says(world: World) -> None:
    exact = exact_scores(world.tree, world.form, ALL)
    points, maxima = by_component(exact).to_dict(), by_component(exact, "max_points").to_dict()
    expected = figures(world)
    for unit in UNITS:
        for code, (due, out_of) in expected[unit].items():
            assert (Fraction(str(points[unit, code])), Fraction(str(maxima[unit, code]))) == (due, out_of), (unit, code)
        # nothing is lost on the way up
        pillars = [(points[unit, pillar.code], maxima[unit, pillar.code]) for pillar in world.pillars]
        assert points[unit, "total"] == sum(p for p, _ in pillars)
        assert maxima[unit, "total"] == sum(m for _, m in pillars)


@given(worlds())
@settings(max_examples=40)
def test_ranks_are_those_of_fractions_ties_included(world: World) -> None:
    scores = score(world.tree, world.form, ALL)
    ranks = by_component(scores, "rank").to_dict()
    expected = figures(world)
    for code in ["total", *(pillar.code for pillar in world.pillars)]:
        compared = {
            unit: in_last_places(100 * due / out_of, world.decimals, world.rounding)
            for unit, (due, out_of) in ((unit, expected[unit][code]) for unit in UNITS)
            if out_of
        }
        for unit in UNITS:
            if unit in compared:
                assert ranks[unit, code] == 1 + sum(other > compared[unit] for other in compared.values()), (unit, code)
            else:
                assert pd.isna(ranks[unit, code])


_TWENTIETHS = st.lists(st.integers(0, 20000).map(lambda n: Fraction(n, 20)), min_size=2, max_size=12)


@given(_TWENTIETHS, st.sampled_from(ROUNDINGS))
@settings(max_examples=25)
def test_ranks_on_figures_that_end_in_a_half(points: list[Fraction], rounding: str) -> None:
    """Of 1000 points, 0.05 is half of a hundredth of a percent: what floats put on the wrong side."""
    beside = [*points, *(each + Fraction(1, 20) for each in points if each < 1000)]
    scores = score(
        framework(node("A", 1000), rounding=rounding), assessment({f"u{n}": {"A": float(p)} for n, p in enumerate(beside)})
    )
    due = [in_last_places(each / 10, 2, rounding) for each in beside]
    ranks = by_component(scores, "rank").to_dict()
    assert [ranks[f"u{n}", "total"] for n in range(len(beside))] == [1 + sum(other > own for other in due) for own in due]


@given(st.lists(st.integers(0, 9), min_size=3, max_size=6), st.data())
@settings(max_examples=25)
def test_the_same_points_in_another_order_are_a_tie(values: list[int], data: st.DataObject) -> None:
    """Sevenths of thirds in any order add up to the same total, which sums of floats do not."""
    codes = [f"I{n}" for n in range(len(values))]
    tree = framework(*(node(code, "10/3", {"linear": {"target": 7}}) for code in codes), decimals=12)
    orders = [data.draw(st.permutations(values)) for _ in range(4)]
    other = [min(9, values[0] + 1), *values[1:]]
    form = assessment({f"u{n}": dict(zip(codes, order, strict=True)) for n, order in enumerate([*orders, other])})
    scores = by_component(score(tree, form), "rank").to_dict()
    better = min(values[0] + 1, 7) > min(values[0], 7)
    assert [scores[f"u{n}", "total"] for n in range(5)] == ([2, 2, 2, 2, 1] if better else [1] * 5)


@given(worlds())
@settings(max_examples=15)
def test_floats_are_the_nearest_to_the_exact_figures(world: World) -> None:
    scores = score(world.tree, world.form, ALL).set_index(["unit", "component"])
    for unit, own in figures(world).items():
        for code, (due, out_of) in own.items():
            assert scores.at[(unit, code), "points"] == float(due)
            assert scores.at[(unit, code), "max_points"] == float(out_of)
            if out_of:
                assert scores.at[(unit, code), "score"] == float(due / out_of)


@pytest.mark.parametrize("rules", [[leaf] for leaf in RULES])
@given(data=st.data())
@settings(max_examples=8)
def test_each_rule_alone_against_its_words(rules: list[st.SearchStrategy[Leaf]], data: st.DataObject) -> None:
    leaf = data.draw(rules[0])
    maximum = Fraction(0) if leaf.on_top else Fraction(data.draw(st.sampled_from(["1", "10/3", "20"])))
    given_ = {unit: data.draw(leaf.cells) for unit in UNITS}
    tree = framework(node("A", str(maximum), leaf.rule), node("B", 1))
    exact = exact_scores(tree, assessment({unit: {"A": cells} for unit, cells in given_.items()}))
    earned = dict(zip(UNITS, leaf.earn(list(given_.values()), maximum), strict=True))
    points, maxima = by_component(exact).to_dict(), by_component(exact, "max_points").to_dict()
    for unit, due in earned.items():
        assert points[unit, "A"] == (due or 0)
        assert maxima[unit, "A"] == (maximum if due is not None else 0)
