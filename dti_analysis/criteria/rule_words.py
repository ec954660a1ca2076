"""What each rule says of itself, clause by clause, from its own parameters; the texts stand in common/labels/rules.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import singledispatch

from dti_analysis.common.exact import HALF, ONE, ZERO, Rational
from dti_analysis.common.text import Lang, listing
from dti_analysis.criteria.rule import Rule, Text
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
from dti_analysis.criteria.voice import Voice, percent, said

_SHORT = 90
_BREAKS = {"vi": (" trên ", ", tính", "; "), "en": (" share of ", ", ", "; ")}


def _opening(asks: Text | None, voice: Voice) -> list[str]:
    return [said(asks, voice.lang)] if asks else []


def _lowered(name: str) -> str:
    """A name inside a sentence: lower case where its only capital is the first letter."""
    return name[:1].lower() + name[1:] if name[1:] == name[1:].lower() else name


@singledispatch
def says(rule: Rule, voice: Voice) -> list[str]:
    """The clauses of a rule's sentence."""
    raise NotImplementedError(f"no words for {type(rule).__name__}")


@says.register
def _reported(rule: Reported, voice: Voice) -> list[str]:
    return [*_opening(rule.value, voice), voice.say("reported", max=voice.times())]


@says.register
def _yes_no(rule: YesNo, voice: Voice) -> list[str]:
    what = said(rule.value, voice.lang)
    otherwise = "no" if not what else "not_yet" if what.startswith("đã ") else "otherwise"
    return [
        voice.clause(what or voice.say("yes"), voice.share(ONE)),
        voice.clause(voice.say(otherwise), voice.share(ZERO)),
    ]


@says.register
def _levels(rule: Levels, voice: Voice) -> list[str]:
    names = {level: _lowered(said(level, voice.lang)) for level in rule.levels.values()}
    if not rule.periods:
        return [*_opening(rule.value, voice), *(voice.clause(name, voice.share(each.share)) for each, name in names.items())]
    each_time = [
        voice.say("in_period", level=name, points=voice.share(level.share / len(rule.periods))) for level, name in names.items()
    ]
    quarters = all(re.fullmatch("q[1-4]", name) for name in rule.periods)
    return [
        listing([said(text, voice.lang) for text in rule.periods.values()], voice.lang),
        voice.say("each_quarter" if quarters else "each_period", levels=", ".join(each_time)),
    ]


@says.register
def _ratio(rule: Ratio, voice: Voice) -> list[str]:
    return [_fraction(rule, voice), *_by_rate(rule, voice), *_when_zero(rule, voice)]


def _fraction(rule: Ratio, voice: Voice) -> str:
    """What is divided by what: in one phrase where that reads well, else each number by its letter."""
    over, under = _sum(rule.numerator), _under(rule, voice)
    asks = {name: said(getattr(rule, name), voice.lang) for name in rule.cells()}
    spoken = [asks[name] for name in (*rule.numerator, *rule.denominator)] if isinstance(rule.denominator, list) else []
    if len(spoken) == 2 and all(_flows(text, voice.lang) for text in spoken):
        return voice.say("fraction", fraction=f"{over}/{under}", over=spoken[0], under=spoken[1])
    return voice.say("named", fraction=f"{over}/{under}", names="; ".join(f"{name} = {text}" for name, text in asks.items()))


def _flows(text: str, lang: Lang) -> bool:
    """Whether a text can stand in `… as a share of …`: short, and without a break of its own."""
    return len(text) <= _SHORT and not any(word in text for word in _BREAKS[lang])


def _sum(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"({' + '.join(names)})"


def _under(rule: Ratio, voice: Voice) -> str:
    return _sum(rule.denominator) if isinstance(rule.denominator, list) else voice.number(rule.denominator)


def _by_rate(rule: Ratio, voice: Voice) -> Iterator[str]:
    full, floor = percent(rule.full_from, voice.lang), percent(rule.nothing_below, voice.lang)
    formula = voice.say("rescaled" if rule.rescaled else "rate", full=full, max=voice.times())
    exceeds = rule.above_one == "cap"
    if rule.full_from == ONE and not rule.nothing_below:
        yield voice.say("plain_rate_at_most" if exceeds else "plain_rate", formula=formula, max=voice.share(ONE))
        return
    yield voice.clause(voice.say("from" if exceeds or rule.full_from < ONE else "reached", low=full), voice.share(ONE))
    if rule.nothing_below < rule.full_from:
        yield voice.clause(voice.span(floor if rule.nothing_below else None, full), formula)
    if rule.nothing_below:
        yield voice.clause(voice.span(below=floor), voice.share(ZERO))


def _when_zero(rule: Ratio, voice: Voice) -> Iterator[str]:
    under = _under(rule, voice).strip("()")
    earned = {"full": voice.share(ONE), "zero": voice.share(ZERO), "not_applicable": voice.say("not_applicable")}
    if rule.when_b_zero in earned:
        yield voice.clause(voice.say("when_zero", under=under), earned[rule.when_b_zero])
    elif rule.when_b_zero == "refuse":
        yield voice.say("above_zero", under=under)


@says.register
def _steps(rule: Steps, voice: Voice) -> list[str]:
    told, above = [], None
    for step in sorted({*rule.points_, 0}, reverse=True):
        last = None if above is None else above - 1
        low, high = voice.number(Rational(step)), None if last is None else voice.number(Rational(last))
        if last == step:
            when = voice.say("exactly", low=low) if step else voice.say("zero")
        elif not step and above is not None:
            when = voice.span(below=voice.number(Rational(above)))
        else:
            when = voice.span(at_least=low, at_most=high)
        told.append(voice.clause(when, voice.points(rule.points_.get(step, ZERO))))
        above = step
    gate = said(rule.gate, voice.lang)
    condition = [voice.say("gate", what=gate, none=voice.points(ZERO))] if gate else []
    return [*_opening(rule.value, voice), *told, *condition]


@says.register
def _bands(rule: Bands, voice: Voice) -> list[str]:
    on_top = voice.maximum == ZERO
    told = []
    for band in sorted(rule.bands, key=lambda band: -band.points):
        bounds = {name: getattr(band, name) for name in ("at_least", "below", "above", "at_most")}
        when = voice.span(**{name: voice.value(bound) for name, bound in bounds.items() if bound is not None})
        told.append(voice.clause(when, voice.points(band.points, sign=on_top)))
    return [*_opening(rule.value, voice), *told]


@says.register
def _count(rule: Count, voice: Voice) -> list[str]:
    return [voice.say("at_most", each=voice.each(rule.value, voice.points(rule.each)), most=voice.share(ONE))]


@says.register
def _checklist(rule: Checklist, voice: Voice) -> list[str]:
    items = [voice.say("item", n=n, what=said(text, voice.lang)) for n, text in enumerate(rule.items.values(), 1)]
    return [
        voice.clause(voice.say("checklist_all", n=len(items)), voice.share(ONE)),
        voice.say("checklist_some", n=len(items), max=voice.times()),
        voice.say("checklist_items", items=", ".join(items)),
    ]


@says.register
def _linear(rule: Linear, voice: Voice) -> list[str]:
    target, floor, rising = voice.value(rule.target), voice.value(rule.floor), rule.target > rule.floor
    value, span = voice.value_word(), abs(rule.target - rule.floor)
    if rising:
        above = value if not rule.floor else f"({value} − {floor})"
        full, none, less = voice.span(at_least=target), voice.span(at_most=floor), voice.span(below=target)
    else:
        above = f"({floor} − {value})"
        full, none, less = voice.span(at_most=target) if rule.target else voice.say("exactly_zero"), voice.span(floor), ""
    whole = 100 if voice.measure == "percent" else ONE
    formula = " × ".join([above if span == whole else f"{above} ÷ {voice.value(span)}", voice.times()])
    told = [voice.clause(full, voice.share(ONE))]
    if rising and not rule.floor:
        return [*_opening(rule.value, voice), *told, voice.clause(less, formula)]
    told += [voice.clause(voice.say("between"), formula), voice.clause(none, voice.share(ZERO))]
    return [*_opening(rule.value, voice), *told]


@says.register
def _relative(rule: RelativeToBest, voice: Voice) -> list[str]:
    return [*_opening(rule.value, voice), voice.say("relative_to_best", value=voice.value_word(), max=voice.times())]


@says.register
def _target(rule: TargetAndLeader, voice: Voice) -> list[str]:
    return [
        f"a = {said(rule.value, voice.lang) or voice.say('achieved')}",
        f"t = {said(rule.target, voice.lang) or voice.say('target')}",
        voice.say("target_below", half=voice.times(HALF)),
        voice.say("target_beyond", half_points=voice.share(HALF)),
        voice.say("target_none", max=voice.times()),
    ]


@says.register
def _deadline(rule: Deadline, voice: Voice) -> list[str]:
    return [
        voice.say(
            "deadline" if rule.working_days else "deadline_same_day",
            a=said(rule.a, voice.lang),
            b=said(rule.b, voice.lang),
            days=rule.working_days,
            points=voice.share(ONE),
        ),
        voice.clause(voice.say("late"), voice.share(rule.late)),
    ]


@says.register
def _roll_up(rule: RollUp, voice: Voice) -> list[str]:
    key = "roll_up" if rule.component == "total" else "roll_up_component"
    return [*_opening(rule.value, voice), voice.say(key, component=rule.component, max=voice.times())]


@says.register
def _not_scored(rule: NotScored, voice: Voice) -> list[str]:
    return [*_opening(rule.value, voice), voice.say("not_scored")]


@says.register
def _gate(rule: Gate, voice: Voice) -> list[str]:
    mandatory = voice.say("mandatory")
    return [voice.clause(mandatory, said(rule.value, voice.lang)) if rule.value else mandatory, voice.say("mandatory_else")]


@says.register
def _bonus(rule: Bonus, voice: Voice) -> list[str]:
    each = voice.each(rule.value, voice.points(rule.each, sign=True))
    return [voice.say("bonus"), voice.say("at_most", each=each, most=voice.points(rule.at_most, sign=True))]


@says.register
def _penalty(rule: Penalty, voice: Voice) -> list[str]:
    each = voice.each(rule.value, voice.points(-rule.each))
    return [voice.say("penalty"), voice.say("penalty_at_most", each=each, most=voice.points(rule.at_most))]
