"""Rules as formulas of a spreadsheet: a form scores itself as `dti score` does.

A leaf of the set has a state (ok, missing, n/a, check: not valid yet, others: needs the figures of other units) and points;
what is above adds up. Each formula is one division of whole numbers where the rule allows, so that what the sheet shows is
the float nearest to the exact points. The steps are those of dti_analysis.criteria.rules and dti_analysis.scores.scoring.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import singledispatch

from dti_analysis.common.exact import ONE, Rational
from dti_analysis.criteria.cells import NOT_APPLICABLE
from dti_analysis.criteria.framework import Component, Ranking
from dti_analysis.criteria.rule import Kind, Rule
from dti_analysis.criteria.rules import (
    Bands,
    Bonus,
    Checklist,
    Count,
    Deadline,
    Gate,
    Levels,
    Linear,
    NotScored,
    Penalty,
    Ratio,
    RelativeToBest,
    Reported,
    RollUp,
    Steps,
    TargetAndLeader,
    YesNo,
)
from dti_analysis.records.workbook_layout import Stated

YES, NO = ("có", "yes"), ("không", "no")
_TOP = {"share": ONE, "percent": Rational(100)}
_SURE = 10
"""Decimals at which floats are taken before an act's rounding: noise of the last bits never turns a tie."""


@dataclass(frozen=True)
class Levelled:
    """Where a list of levels stands: every way of writing them, and beside each the numerator of its share."""

    ways: str
    numerators: str
    denominator: int


@dataclass(frozen=True)
class Leaf:
    """What a rule reads: the address of each cell, the component and its maximum, its list of levels if it has one."""

    at: dict[str, str]
    component: Component
    maximum: Rational
    levels: Levelled | None = None


@dataclass(frozen=True)
class Earned:
    """What must hold for a row to be valid, the points then, and when it does not apply after all.

    `points` is empty where they depend on other units.
    """

    valid: tuple[str, ...]
    points: str
    absent: str = ""


def literal(number: Rational) -> str:
    """A number of a formula: as a decimal where it has one, else as a quotient."""
    rest = number.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"({number.numerator}/{number.denominator})"
    decimals = next(n for n in range(400) if (number * 10**n).denominator == 1)
    whole = str(abs(int(number * 10**decimals))).rjust(decimals + 1, "0")
    text = whole if not decimals else f"{whole[:-decimals]}.{whole[-decimals:]}"
    return f"-{text}" if number < 0 else text


def times(expression: str, number: Rational, divided_by: str = "") -> str:
    """An expression times a rational, in one division."""
    over = expression if number.numerator == 1 else f"{expression}*{number.numerator}"
    under = [str(number.denominator)] * (number.denominator != 1) + [divided_by] * bool(divided_by)
    return over if not under else f"{over}/{under[0]}" if len(under) == 1 else f"{over}/({'*'.join(under)})"


def one_of(address: str, words: Iterable[str]) -> str:
    """Whether a cell holds one of some words; a spreadsheet compares without regard to capitals."""
    tests = [f'TRIM({address})="{word}"' for word in words]
    return f"OR({','.join(tests)})"


def holds(kind: Kind, address: str, levels: Levelled | None = None) -> str:
    """Whether a cell holds what its kind asks for. May be an error where it does not: IFERROR goes around it."""
    if kind == "number":
        return f"ISNUMBER({address})"
    if kind == "count":
        return f"AND(ISNUMBER({address}),{address}>=0,{address}=INT({address}))"
    if kind == "date":
        return f"AND(ISNUMBER({address}),{address}>=61,{address}=INT({address}))"
    if kind == "yes_no":
        return one_of(address, YES + NO)
    return f"ISNUMBER(MATCH(TRIM({address}),{levels.ways},0))" if levels else "TRUE"


_OWN_WORDS = ("number", "count", "date", "yes_no")
"""Kinds of cells that never take the words for what does not apply."""


def state(leaf: Leaf, rule: Rule) -> str:
    """The formula of a leaf's state."""
    if not leaf.at:
        return '="others"'
    earned = _earns(rule, leaf)
    valid = [holds(cell.kind, leaf.at[name], leaf.levels) for name, cell in rule.cells().items() if not cell.optional]
    value = leaf.at.get("value")
    top = _TOP.get(leaf.component.measure)
    if value and rule.cells()["value"].kind == "number" and top is not None and not isinstance(rule, Reported | Stated):
        valid += [f"{value}>=0", f"{value}<={literal(top)}"]
    good = '"ok"' if earned.points else '"others"'
    if earned.absent:
        good = f'IF({earned.absent},"n/a",{good})'
    texts = [f"TRIM({address})" for address in leaf.at.values()]
    empty = f"LEN({'&'.join(texts)})=0"
    absent = f"AND({','.join(one_of(address, [*NOT_APPLICABLE, '']) for address in leaf.at.values())})"
    beside = [leaf.at[name] for name, cell in rule.cells().items() if cell.optional or cell.kind not in _OWN_WORDS]
    valid += [f"{one_of(address, NOT_APPLICABLE)}=FALSE" for address in beside]  # n/a beside a figure contradicts it
    valid = [*valid, *earned.valid]
    return f'=IF({empty},"missing",IF({absent},"n/a",IF(IFERROR(AND({",".join(valid)}),FALSE),{good},"check")))'


def points(leaf: Leaf, rule: Rule, ranking: Ranking, state_at: str) -> str:
    """The formula of a leaf's points, rounded as the act rounds them; 0 unless the state is ok."""
    earned = _earns(rule, leaf).points if leaf.at else ""
    return f'=IF({state_at}="ok",{_rounded(earned, ranking)},0)' if earned else "=0"


def _rounded(expression: str, ranking: Ranking) -> str:
    places = ranking.indicator_decimals
    if places is None:
        return expression
    near = f"ROUND({expression},{max(_SURE, places + 6)})"
    if ranking.rounding == "down":
        return f"ROUNDDOWN({near},{places})"
    if ranking.rounding == "half_up":
        return f"ROUND({near},{places})"
    tie = f"ROUND(MOD(ABS({near})*10^{places},2),6)=0.5"
    return f"(ROUND({near},{places})-IF({tie},SIGN({near})*10^-{places},0))"


@singledispatch
def _earns(rule: Rule, leaf: Leaf) -> Earned:
    raise NotImplementedError(f"no formula for {type(rule).__name__}")


def _within(expression: str, leaf: Leaf) -> tuple[str, ...]:
    """Points of a rule that may exceed the maximum must not."""
    return (f"{expression}>=0", f"{expression}<={literal(leaf.maximum)}") if leaf.maximum else ()


@_earns.register
def _stated(rule: Stated, leaf: Leaf) -> Earned:
    share = {"share": ONE, "percent": Rational(1, 100)}.get(leaf.component.measure)
    expression = leaf.at["value"] if share is None else times(leaf.at["value"], share * leaf.maximum)
    return Earned((f"{expression}>=0", f"{expression}<={literal(leaf.maximum)}"), expression)


@_earns.register
def _reported(rule: Reported, leaf: Leaf) -> Earned:
    value = leaf.at["value"]
    return Earned((f"{value}>=0", f"{value}<={literal(leaf.maximum)}"), value)


@_earns.register
def _yes_no(rule: YesNo, leaf: Leaf) -> Earned:
    return Earned((), f"IF({one_of(leaf.at['value'], YES)},{literal(leaf.maximum)},0)")


@_earns.register
def _levels(rule: Levels, leaf: Leaf) -> Earned:
    where = leaf.levels
    assert where is not None
    shares = [f"INDEX({where.numerators},MATCH(TRIM({address}),{where.ways},0))" for address in leaf.at.values()]
    total = shares[0] if len(shares) == 1 else f"({'+'.join(shares)})"
    return Earned((), times(total, leaf.maximum / where.denominator / len(shares)))


@_earns.register
def _ratio(rule: Ratio, leaf: Leaf) -> Earned:
    most = literal(leaf.maximum)
    top, floor, full = _sum(rule.numerator, leaf), rule.nothing_below, rule.full_from
    fixed = not isinstance(rule.denominator, list)
    under, scale = ("", ONE / rule.denominator) if fixed else (_sum(rule.denominator, leaf), ONE)

    def reaches(share: Rational) -> str:
        bound = share if not fixed else share / scale
        return f"{top}*{bound.denominator}>={literal(Rational(bound.numerator))}{'' if fixed else '*' + under}"

    valid = []
    if not fixed:
        valid.append(f"OR({under}>0,{top}=0)")
    if rule.when_b_zero == "refuse":
        valid.append(f"{under}>0")
    if rule.above_one == "refuse":
        valid.append(f"{top}<={literal(ONE / scale) if fixed else under}")
    rate = times(top, leaf.maximum * scale / (full if rule.rescaled else ONE), under)
    expression = f"IF({reaches(full)},{most},{rate})"
    if floor:
        expression = f"IF({reaches(floor)},{expression},0)"
    if not fixed:
        expression = f"IF({under}=0,{most if rule.when_b_zero == 'full' else '0'},{expression})"
    return Earned(tuple(valid), expression, f"{under}=0" if rule.when_b_zero == "not_applicable" else "")


def _sum(names: list[str], leaf: Leaf) -> str:
    cells = [leaf.at[name] for name in names]
    return cells[0] if len(cells) == 1 else f"({'+'.join(cells)})"


@_earns.register
def _steps(rule: Steps, leaf: Leaf) -> Earned:
    value, expression = leaf.at["value"], "0"
    for step in sorted(rule.points_):
        expression = f"IF({value}>={step},{literal(rule.points_[step])},{expression})"
    if rule.gate:
        expression = f"IF({one_of(leaf.at['g'], YES)},{expression},0)"
    return Earned(_within(expression, leaf), expression)


@_earns.register
def _bands(rule: Bands, leaf: Leaf) -> Earned:
    value, expression, held = leaf.at["value"], "0", []
    for band in reversed(rule.bands):
        bounds = {">": band.above, ">=": band.at_least, "<": band.below, "<=": band.at_most}
        inside = [_compared(value, sign, bound) for sign, bound in bounds.items() if bound is not None] or ["TRUE"]
        held.append(f"IF(AND({','.join(inside)}),1,0)")
        expression = f"IF(AND({','.join(inside)}),{literal(band.points)},{expression})"
    return Earned((f"{'+'.join(held)}=1", *_within(expression, leaf)), expression)


def _compared(value: str, sign: str, bound: Rational) -> str:
    text = literal(bound)
    return f"{value}{sign}{text}" if "/" not in text else f"{value}*{bound.denominator}{sign}{bound.numerator}"


@_earns.register
def _count(rule: Count, leaf: Leaf) -> Earned:
    return Earned((), f"MIN({times(leaf.at['value'], rule.each)},{literal(leaf.maximum)})")


@_earns.register
def _checklist(rule: Checklist, leaf: Leaf) -> Earned:
    done = "+".join(f"IF({one_of(address, YES)},1,0)" for address in leaf.at.values())
    return Earned((), times(f"({done})", leaf.maximum / len(leaf.at)))


@_earns.register
def _linear(rule: Linear, leaf: Leaf) -> Earned:
    value = leaf.at["value"]
    over = (
        value
        if not rule.floor
        else f"({value}-{literal(rule.floor)})"
        if rule.floor > 0
        else f"({value}+{literal(-rule.floor)})"
    )
    expression = times(over, leaf.maximum / (rule.target - rule.floor))
    low, high = sorted([(rule.floor, "0"), (rule.target, literal(leaf.maximum))])
    return Earned(
        (),
        f"IF({_compared(value, '<=', low[0])},{low[1]},IF({_compared(value, '>=', high[0])},{high[1]},{expression}))",
    )


@_earns.register
def _relative(rule: RelativeToBest, leaf: Leaf) -> Earned:
    return Earned((f"{leaf.at['value']}>=0",), "")


@_earns.register
def _target(rule: TargetAndLeader, leaf: Leaf) -> Earned:
    target = leaf.at["t"]
    return Earned((f"{leaf.at['a']}>=0", f"OR(LEN(TRIM({target}))=0,IF(ISNUMBER({target}),{target}>0,FALSE))"), "")


@_earns.register
def _deadline(rule: Deadline, leaf: Leaf) -> Earned:
    begun = f"WORKDAY({leaf.at['a']}+1,-1)"  # the last working day that is not after it
    due = f"WORKDAY({begun},{rule.working_days})" if rule.working_days else begun
    late = literal(rule.late * leaf.maximum)
    return Earned((), f"IF({leaf.at['b']}<={due},{literal(leaf.maximum)},{late})")


@_earns.register
def _roll_up(rule: RollUp, leaf: Leaf) -> Earned:
    return Earned((), "")


@_earns.register
def _not_scored(rule: NotScored, leaf: Leaf) -> Earned:
    return Earned((), "0")


@_earns.register
def _gate(rule: Gate, leaf: Leaf) -> Earned:
    return Earned((), f"IF({one_of(leaf.at['value'], YES)},0,-1)")


@_earns.register
def _bonus(rule: Bonus, leaf: Leaf) -> Earned:
    worth = f"MIN({times(leaf.at['value'], rule.each)},{literal(rule.at_most)})"
    return Earned((), f"-{worth}" if isinstance(rule, Penalty) else worth)
