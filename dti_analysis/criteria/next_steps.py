"""The next step: from the numbers handed in, which smallest change of which number earns more, and how much.

Each kind of rule proposes changes (`_moves`); what they earn is told by the rule's own `points`, so a step earns exactly
what it says. Points are those of the rule, before an act's rounding of each indicator and before points are handed round.
A component with parts takes the cells of each part by its code, and its steps are those of its parts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import singledispatch
from itertools import count
from typing import Any, TypeAlias

import numpy as np

from dti_analysis.common.exact import ONE, ZERO, Rational, rounded
from dti_analysis.common.text import LANGS, Lang, label
from dti_analysis.criteria.framework import Component, Measure
from dti_analysis.criteria.rule import Refused, Rule
from dti_analysis.criteria.rules import (
    Bands,
    Bonus,
    Checklist,
    Count,
    Gate,
    Levels,
    Linear,
    NotScored,
    Penalty,
    Ratio,
    Steps,
    YesNo,
)
from dti_analysis.criteria.voice import counted, exact, percent, points, said
from dti_analysis.criteria.words import asked, level_name, measured

Cells = Mapping[str, Any]
Maximum: TypeAlias = "Rational | Mapping[str, Rational]"
Move = tuple[str, Any]
"""A cell, and what it would hold."""

TWENTIETH = Rational(1, 20)
"""What a step of a measure that grows by degrees is worth, if not said otherwise: so much of the maximum."""
_TOP: dict[Measure, int] = {"share": 1, "percent": 100}
_WITHOUT_STEPS = ("reported", "deadline", "roll_up")


@dataclass(frozen=True)
class Step:
    """A change of one number, and the points it earns."""

    code: str
    cell: str
    before: Any
    after: Any
    change: Rational | None  # after − before; None where they are no numbers
    gain: Rational
    reaches_maximum: bool


def next_steps(component: Component, cells: Cells | None, max_points: Maximum, worth: Rational | None = None) -> list[Step]:
    """The smallest changes that earn more; none where nothing is left, or what a change earns cannot be told from the row.

    A gate that is not met is one of them, even where nothing stands behind it yet: its gain is then 0.

    `cells` is what `dti_analysis.criteria.cells.read_row` gives; for a component with parts, {code of the part: its cells}.
    `max_points` is the component's maximum; its parts have their own, unless {code: maximum} is given. `worth` is the least
    gain of a step of a ratio or a measure, by default a twentieth of the maximum; a second step leads to the maximum. Steps
    of parts are sorted by their gain.
    """
    leaves = list(_leaves(component))
    given, maxima = _by_code(component, cells), _maxima(component, max_points)
    if any(leaf.way.cohort for leaf in leaves if leaf.way) and not _adds_up(component):
        return []
    earned = {leaf.code: _earned(leaf, given[leaf.code], maxima[leaf.code]) for leaf in leaves}
    whole = sum(_whole(component, earned)[:2])
    steps: list[Step] = []
    for leaf in leaves:
        most = _most(leaf.way, maxima[leaf.code]) if leaf.way else ZERO
        for (cell, after), own in _candidates(leaf, given[leaf.code], maxima[leaf.code], earned[leaf.code], worth):
            gain = sum(_whole(component, earned | {leaf.code: own})[:2]) - whole
            if gain > 0 or isinstance(leaf.way, Gate):
                before = given[leaf.code][cell]
                change = None if isinstance(after, bool | str) else after - before
                steps.append(Step(leaf.code, cell, before, after, change, gain, own == most))
    return steps if component.rule else sorted(steps, key=lambda step: -step.gain)


def why_no_step(component: Component, cells: Cells | None, max_points: Maximum) -> str:
    """Why `next_steps` is empty, as the key of a label `no_step.…`; an empty text where it is not.

    at_maximum, missing, refused, not_applicable, nothing_to_count (a denominator of 0), out_of_reach (no change of one
    number alone earns more), unlisted; reported, not_scored, relative_to_best, target_and_leader, deadline, roll_up, gate.
    """
    if component.unlisted:
        return "unlisted"
    if next_steps(component, cells, max_points):
        return ""
    given, maxima = _by_code(component, cells), _maxima(component, max_points)
    reasons = [_reason(leaf, given[leaf.code], maxima[leaf.code]) for leaf in _leaves(component)]
    if len(reasons) == 1:
        return reasons[0]
    return next((reason for reason in reasons if reason not in ("at_maximum", "not_applicable", "not_scored")), "at_maximum")


def _reason(leaf: Component, cells: Cells, maximum: Rational) -> str:
    rule = leaf.way
    assert rule is not None
    if rule.cohort or isinstance(rule, NotScored):
        return leaf.rule_name
    if _missing(rule, cells):
        return "missing"
    try:
        now = _points(rule, cells, maximum)
    except Refused:
        return "refused"
    if now is None:
        return "not_applicable"
    if now >= _most(rule, maximum):
        return "at_maximum"
    if leaf.rule_name in _WITHOUT_STEPS:
        return leaf.rule_name
    return "nothing_to_count" if isinstance(rule, Ratio) and not _below_the_line(rule, cells) else "out_of_reach"


def step_in_words(step: Step, component: Component, lang: Lang, gain: bool = True) -> str:
    """A step as a sentence without a full stop: `raise “dossiers submitted online” by 23 (189 to 212): +0.4 points`.

    Without `gain`, what is to be done alone.
    """
    leaf = next(leaf for leaf in _leaves(component) if leaf.code == step.code)
    kind, what = next((kind, text) for _, cell, kind, text in asked(leaf, lang) if cell == step.cell)
    if step.change is None:
        key = "level" if kind == "word" else "item" if isinstance(leaf.way, Checklist) else "fulfil"
        levels = {"before": level_name(leaf, str(step.before), lang), "after": level_name(leaf, str(step.after), lang)}
        told = label(f"step.{key}", lang, what=what, **levels)
        if gain and not step.gain:
            return label("step.opens", lang, step=told)
    else:
        size, rises = abs(step.change), step.change > 0
        noun = "" if lang == "en" and size == ONE else counted(what, lang)
        key = ("more" if rises else "fewer") if noun else ("raise" if rises else "lower")
        before, after = (measured(leaf, kind, value, lang) for value in (step.before, step.after))
        change = exact(size, lang)
        if kind == "number" and leaf.measure == "percent":
            change = label("step.percent_point" if size == ONE else "step.percent_points", lang, n=change)
        told = label(f"step.{key}", lang, what=noun or what, change=change, before=before, after=after)
        told = _reaching(step, leaf.way, told, lang)
    return label("step.gain", lang, step=told, points=_gained(step.gain, lang)) if gain else told


def _reaching(step: Step, rule: Rule | None, told: str, lang: Lang) -> str:
    if not step.reaches_maximum or isinstance(rule, Penalty):
        return told
    if isinstance(rule, Ratio) and rule.full_from < ONE:
        return label("step.reaching_threshold", lang, step=told, full=percent(rule.full_from, lang))
    return label("step.reaching", lang, step=told)


def _gained(gain: Rational, lang: Lang) -> str:
    """Points gained, at two decimals, or as many more as a small gain needs to be seen."""
    shown = next(figure for decimals in count(2) if (figure := rounded(gain, decimals)))
    return points(Rational(str(shown)), lang, sign=True)


def _leaves(component: Component) -> Iterator[Component]:
    if component.rule:
        yield component
    for child in component.children:
        yield from _leaves(child)


def _by_code(component: Component, cells: Cells | None) -> dict[str, Cells]:
    held = cells or {}
    if component.rule:
        return {component.code: held}
    return {leaf.code: held.get(leaf.code) or {} for leaf in _leaves(component)}


def _maxima(component: Component, max_points: Maximum) -> dict[str, Rational]:
    if isinstance(max_points, Mapping):
        return {leaf.code: max_points.get(leaf.code, leaf.max_points) for leaf in _leaves(component)}
    return {leaf.code: max_points if leaf is component else leaf.max_points for leaf in _leaves(component)}


def _adds_up(component: Component) -> bool:
    return component.combine == "sum" and all(_adds_up(child) for child in component.children)


def _whole(component: Component, earned: Mapping[str, Rational | None]) -> tuple[Rational, Rational, bool]:
    """What a component earns: its points, those on top of them, and whether it is a gate that is not met.

    As dti_analysis.scores.scoring adds up, for one unit; what nothing is known of earns nothing.
    """
    if component.rule:
        own = earned[component.code]
        if isinstance(component.way, Gate):
            return ZERO, ZERO, own is None or own < 0
        return (own or ZERO, ZERO, False) if component.max_points else (ZERO, own or ZERO, False)
    parts = [_whole(child, earned) for child in component.children]
    if any(shut for _, _, shut in parts) or not parts:
        return ZERO, ZERO, False
    if component.combine == "best":
        return max(own + extra for own, extra, _ in parts), ZERO, False
    if component.combine == "base_plus" and parts[0][0] <= 0:
        return ZERO, ZERO, False
    extra = sum((extra for _, extra, _ in parts), ZERO)
    if component.extra_at_most is not None:
        extra = min(extra, component.extra_at_most)
    if component.extra_at_least is not None:
        extra = max(extra, component.extra_at_least)
    return sum((own for own, _, _ in parts), ZERO), extra, False


def _missing(rule: Rule, cells: Cells) -> bool:
    return any(cells.get(name) is None for name, cell in rule.cells().items() if not cell.optional)


def _points(rule: Rule, cells: Cells, maximum: Rational) -> Rational | None:
    """What the rule gives for one row. Raises Refused."""
    columns = {name: np.array([cells.get(name)], dtype=object) for name in rule.cells()}
    own: Rational | None = rule.points(columns, np.array([maximum], dtype=object))[0]
    return own


def _earned(leaf: Component, cells: Cells, maximum: Rational) -> Rational | None:
    """Like `_points`; None too where the row does not tell."""
    rule = leaf.way
    if rule is None or rule.cohort or _missing(rule, cells):
        return None
    try:
        return _points(rule, cells, maximum)
    except Refused:
        return None


def _most(rule: Rule, maximum: Rational) -> Rational:
    """The most that a rule can earn."""
    if isinstance(rule, Bonus):
        return ZERO if isinstance(rule, Penalty) else rule.at_most
    if isinstance(rule, Bands) and not maximum:
        return max(band.points for band in rule.bands)
    return maximum


def _candidates(
    leaf: Component, cells: Cells, maximum: Rational, now: Rational | None, worth: Rational | None
) -> Iterator[tuple[Move, Rational]]:
    """Moves under one rule, each with the points that the rule gives after it: more than now, and no more than it can."""
    rule = leaf.way
    if rule is None or now is None or now >= _most(rule, maximum):
        return
    at = _At(cells, now, maximum, maximum * TWENTIETH if worth is None else worth, leaf.measure)
    for cell, after in dict.fromkeys(_moves(rule, at)):
        own = _earned(leaf, {**cells, cell: after}, maximum)
        if own is not None and now < own <= _most(rule, maximum):
            yield (cell, after), own


@dataclass(frozen=True)
class _At:
    """Where a unit stands on one rule."""

    cells: Cells
    now: Rational
    maximum: Rational
    worth: Rational
    measure: Measure

    def held(self, value: Rational) -> Rational:
        """The value, within what the measure can be."""
        top = _TOP.get(self.measure)
        return value if top is None else min(max(value, ZERO), Rational(top))


@singledispatch
def _moves(rule: Rule, at: _At) -> Iterator[Move]:
    """The changes worth looking at, the smallest first. None for rules that one row does not settle."""
    return iter(())


@_moves.register
def _yes_no(rule: YesNo | Gate, at: _At) -> Iterator[Move]:
    if not at.cells["value"]:
        yield "value", True


@_moves.register
def _levels(rule: Levels, at: _At) -> Iterator[Move]:
    known = rule.known()
    for name in rule.cells():
        share = rule.levels[known[at.cells[name].lower()]].share
        better = [level for level in rule.levels if rule.levels[level].share > share]
        if better:
            yield name, min(better, key=lambda level: rule.levels[level].share)


@_moves.register
def _ratio(rule: Ratio, at: _At) -> Iterator[Move]:
    top, bottom = sum(at.cells[name] for name in rule.numerator), _below_the_line(rule, at.cells)
    if not bottom:
        return
    for goal in (at.now + at.worth, at.maximum):
        more = Rational(max(1, math.ceil(_rate_for(rule, min(goal / at.maximum, ONE)) * bottom - top)))
        for name in rule.numerator:
            if _within(rule, at.cells, name, more):
                yield name, at.cells[name] + more
                break


def _below_the_line(rule: Ratio, cells: Cells) -> Rational:
    return sum(cells[name] for name in rule.denominator) if isinstance(rule.denominator, list) else rule.denominator


def _rate_for(rule: Ratio, share: Rational) -> Rational:
    """The least rate that earns a share, above 0, of the maximum."""
    rate = share * rule.full_from if rule.rescaled else share
    return min(max(rate, rule.nothing_below), rule.full_from)


def _within(rule: Ratio, cells: Cells, name: str, more: Rational) -> bool:
    """Whether a numerator may grow so: where each has its own denominator, (b + d)/(a + c), not beyond that one."""
    if not isinstance(rule.denominator, list) or not len(rule.denominator) == len(rule.numerator) > 1:
        return True  # the rate as a whole stays at 1 or below by the goal that was set
    rest = {over: cells[under] - cells[over] for over, under in zip(rule.numerator, rule.denominator, strict=True)}
    return bool(min(rest.values()) < 0 or more <= rest[name])


@_moves.register
def _steps(rule: Steps, at: _At) -> Iterator[Move]:
    if rule.gate and not at.cells["g"]:
        yield "g", True
        return
    higher = [step for step in sorted(rule.points_) if step > at.cells["value"] and at.now < rule.points_[step]]
    for step in (*higher[:1], *higher[-1:]):
        yield "value", Rational(step)


@_moves.register
def _checklist(rule: Checklist, at: _At) -> Iterator[Move]:
    missing = [name for name in rule.items if not at.cells[name]]
    for name in missing[:1]:
        yield name, True


@_moves.register
def _count(rule: Count | Bonus, at: _At) -> Iterator[Move]:
    yield "value", at.cells["value"] + 1


@_moves.register
def _penalty(rule: Penalty, at: _At) -> Iterator[Move]:
    capped = Rational(math.ceil(rule.at_most / rule.each))  # from so many on, one fewer earns nothing
    yield "value", min(at.cells["value"], capped) - 1


@_moves.register
def _linear(rule: Linear, at: _At) -> Iterator[Move]:
    value, slope = at.cells["value"], rule.target - rule.floor
    goal, towards = at.held(rule.target), ONE if slope > 0 else -ONE
    share = (at.now + at.worth) / at.maximum
    if share < ONE:
        grain = towards * _grain(abs(slope), rule)
        after = value + math.ceil((rule.floor + share * slope - value) / grain) * grain
        if (goal - after) * towards > 0:
            yield "value", after
    yield "value", goal


def _grain(size: Rational, rule: Linear | Bands) -> Rational:
    """The power of ten in which a measure of such a range moves: 0.1 for 100, 0.001 for 1; what is counted moves by 1."""
    grain = ONE
    while grain * 500 > size:
        grain /= 10
    while grain * 5000 <= size:
        grain *= 10
    return max(grain, ONE) if any(counted(said(rule.value, lang), lang) for lang in LANGS) else grain


@_moves.register
def _bands(rule: Bands, at: _At) -> Iterator[Move]:
    value = at.cells["value"]
    better = [band for band in rule.bands if band.points > at.now]
    bounds = [bound for band in rule.bands for bound in (band.above, band.at_least, band.below, band.at_most) if bound]
    grain = _grain(max(map(abs, bounds), default=ONE) / 10, rule)
    found = []
    for band in better:
        low = band.at_least if band.above is None else (band.above // grain + 1) * grain
        high = band.at_most if band.below is None else (math.ceil(band.below / grain) - 1) * grain
        after = low if low is not None and value < low else high if high is not None and value > high else value
        if band.holds(np.array([after], dtype=object))[0] and at.held(after) == after:
            found.append((abs(after - value), -band.points, after))
    for _, _, after in sorted(found)[:1]:
        yield "value", after
