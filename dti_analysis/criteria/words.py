"""Rules in words: what a criterion asks for and how it earns points, as an official form would say it.

Every sentence comes from the rule's own parameters, so a page, a form and a printed annex state what the code computes.
Numbers are written as the language writes them; the texts stand in common/labels/rules.yaml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import singledispatch

from dti_analysis.common.exact import HALF, ONE, ZERO, Rational
from dti_analysis.common.text import Lang, day, label, listing, number
from dti_analysis.criteria.cells import NOT_APPLICABLE, read_cell
from dti_analysis.criteria.framework import Component, Measure
from dti_analysis.criteria.rules import (
    Bands,
    Bonus,
    Cell,
    Checklist,
    Count,
    Deadline,
    Gate,
    Kind,
    Levels,
    Linear,
    NotScored,
    Penalty,
    Ratio,
    RelativeToBest,
    Reported,
    RollUp,
    Rule,
    Steps,
    TargetAndLeader,
    Text,
    YesNo,
)

_COUNTED = {
    "vi": re.compile(r"(?:tổng )?số (?:lượng )?(?!(?:hóa|hoá|liệu|dân|tiền|điểm)\b)", re.IGNORECASE),
    "en": re.compile(r"(?:the )?(?:total )?number of ", re.IGNORECASE),
}
_SHORT = 90
_BREAKS = {"vi": (" trên ", ", tính", "; "), "en": (" share of ", ", ", "; ")}
_LETTER = re.compile("[a-z]")


def in_words(component: Component, lang: Lang) -> str:
    """How a component earns points: by its rule, from its parts, or, where that is not public, that it is not."""
    voice = _Voice(lang, None if component.max_points_by_group else component.max_points, component.measure)
    if component.unlisted:
        return voice.say("unlisted", max=voice.times())
    if component.way is not None:
        return "; ".join(_says(component.way, voice))
    if component.parts:
        parts = [voice.say("item", n=n, what=_part(part, lang)) for n, part in enumerate(component.parts, 1)]
        whole = voice.say(component.combine, n=len(parts), parts="; ".join(parts))
    else:
        one = len(component.children) == 1
        whole = voice.say("only_child" if one else f"{component.combine}_of_children", n=len(component.children))
    return "; ".join([whole, *_caps(component, voice)])


def _part(part: Component, lang: Lang) -> str:
    """A part in words; under its name too, where its rule does not say what it asks for."""
    words = in_words(part, lang)
    speaks = part.way is not None and all(cell.asks for cell in part.way.cells().values())
    return words if speaks else label("rule.part_by_name", lang, name=name_of(part, lang), words=words)


def _caps(component: Component, voice: _Voice) -> Iterator[str]:
    """What holds bonuses and penalties together, if anything does."""
    caps = {"most": component.extra_at_most, "least": component.extra_at_least}
    told = {name: voice.points(cap, sign=True) for name, cap in caps.items() if cap is not None}
    if told:
        yield voice.say("_".join(["extra", *told]), **told)


def asked(component: Component, lang: Lang) -> list[tuple[str, str, Kind, str]]:
    """Every number that a component and its parts ask for: code, cell, what it holds, and its words.

    The words are those of the rule or else the component's name. What comes from the scores of other units is not asked for.
    """
    if component.way is None:
        return [row for child in component.children for row in asked(child, lang)]
    if isinstance(component.way, RollUp):
        return []
    return [
        (component.code, name, cell.kind, _asks(component, name, cell, lang)) for name, cell in component.way.cells().items()
    ]


def _asks(component: Component, name: str, cell: Cell, lang: Lang) -> str:
    """What a cell asks for, in words."""
    if isinstance(component.way, TargetAndLeader) and name == "t":
        return said(cell.asks, lang) or label("rule.target", lang)
    return said(cell.asks, lang) or name_of(component, lang)


def given_in_words(component: Component, cells: dict[str, str], lang: Lang) -> str:
    """The numbers handed in for one component, in words; `cells` as an assessment holds them.

    `a = 812 (dossiers on time); b = 1,000 (dossiers due)`. Of a component known only from above: its points or its share.
    """
    rule = component.way
    if rule is None:
        return _stated(component, cells.get("value", "").strip(), lang)
    read = {name: cells.get(name, "").strip() for name in rule.cells()}
    if not any(read.values()):
        return label("given.missing", lang)
    told = []
    for name, cell in rule.cells().items():
        if not read[name] and cell.optional:
            continue
        given, what = _given(component, cell, read[name], lang), said(cell.asks, lang)
        if _LETTER.fullmatch(name) and cell.kind not in ("yes_no", "word"):
            told.append(label("given.lettered", lang, cell=name, given=given, what=_asks(component, name, cell, lang)))
        else:
            told.append(label("rule.clause", lang, when=what, then=given) if what else given)
    return "; ".join(told)


def _stated(component: Component, text: str, lang: Lang) -> str:
    """The figure of a component known only from above, in what it is measured in."""
    try:
        value = read_cell(component, "number", text)
    except ValueError:
        return _given(component, Cell("number"), text, lang)
    if component.measure == "share":
        return label("given.of_maximum", lang, share=percent(value, lang))
    return points(value, lang) if component.measure == "points" else measured(component, "number", value, lang)


def _given(component: Component, cell: Cell, text: str, lang: Lang) -> str:
    """One cell as the language writes it; what cannot be read is shown as it stands."""
    if not text or text.lower() in NOT_APPLICABLE:
        return label("rule.not_applicable" if text else "given.missing", lang)
    try:
        value = read_cell(component, cell.kind, text)
    except (ValueError, KeyError):
        return text
    if cell.kind == "yes_no":
        return label("rule.yes" if value else "rule.no", lang)
    if cell.kind == "word":
        return level_name(component, value, lang)
    return day(value.isoformat(), lang) if cell.kind == "date" else measured(component, cell.kind, value, lang)


def name_of(component: Component, lang: Lang) -> str:
    """The component's name, without the full stop that some acts put after it."""
    name: str = getattr(component, f"name_{lang}")
    return name.strip().removesuffix(".")


def said(text: Text | None, lang: Lang) -> str:
    """A text of a framework file in a language; empty where there is none."""
    return str(getattr(text, lang)).strip().removesuffix(".") if text else ""


def counted(text: str, lang: Lang) -> str:
    """What a text counts: `dossiers` of `number of dossiers`; empty where it does not say that it counts."""
    found = _COUNTED[lang].match(text)
    return text[found.end() :] if found else ""


def level_name(component: Component, word: str, lang: Lang) -> str:
    """A level's name in a language, from its id or its name in either; the word itself where it is none."""
    rule = component.way
    if not isinstance(rule, Levels):
        return word
    name = rule.known().get(word.lower())
    return said(rule.levels[name], lang) if name else word


def exact(value: Rational, lang: Lang, sign: bool = False) -> str:
    """A number with all its decimals, as the language writes it; one that never ends as a fraction, 1/3."""
    for decimals in range(13):
        if (value * 10**decimals).denominator == 1:
            return number(value, decimals, lang, sign=sign)
    text = f"{abs(value.numerator)}/{value.denominator}"
    return f"−{text}" if value < 0 else f"+{text}" if sign else text


def percent(share: Rational, lang: Lang) -> str:
    """A share in percent: 3/4 is 75%, and 1/3 stays what it is."""
    told = exact(100 * share, lang)
    return exact(share, lang) if "/" in told else f"{told}%"


def points(value: Rational, lang: Lang, sign: bool = False) -> str:
    """So many points, with the word for them."""
    return label("rule.point" if abs(value) == ONE else "rule.points", lang, n=exact(value, lang, sign))


def measured(component: Component, kind: Kind, value: Rational, lang: Lang) -> str:
    """A count, or a measured value, with % where the component is measured in percent."""
    return exact(value, lang) + ("%" if kind == "number" and component.measure == "percent" else "")


@dataclass(frozen=True)
class _Voice:
    """A language, and the maximum of which a rule speaks: None where it differs between groups."""

    lang: Lang
    maximum: Rational | None
    measure: Measure

    def say(self, key: str, **values: object) -> str:
        return label(f"rule.{key}", self.lang, **values)

    def clause(self, when: str, then: str) -> str:
        return self.say("clause", when=when, then=then)

    def number(self, value: Rational) -> str:
        return exact(value, self.lang)

    def value(self, value: Rational) -> str:
        return exact(value, self.lang) + ("%" if self.measure == "percent" else "")

    def points(self, value: Rational, sign: bool = False) -> str:
        return points(value, self.lang, sign)

    def share(self, share: Rational) -> str:
        """A share of the maximum, as points."""
        if self.maximum is not None or not share:
            return self.points(share * (self.maximum or ZERO))
        return self.say("maximum") if share == ONE else self.say("part_of_maximum", share=self._fraction(share))

    def times(self, share: Rational = ONE) -> str:
        """A share of the maximum, as the factor of a formula."""
        return self.share(share) if self.maximum is None else self.number(share * self.maximum)

    def value_word(self) -> str:
        return self.say("percent_value" if self.measure == "percent" else "value")

    def span(
        self,
        at_least: str | None = None,
        below: str | None = None,
        above: str | None = None,
        at_most: str | None = None,
    ) -> str:
        """Values from one bound to another, each written out."""
        low = "from" if at_least is not None else "above" if above is not None else ""
        high = "to" if at_most is not None else "below" if below is not None else ""
        return self.say(
            "_".join(filter(None, [low, high])) or "any",
            low=above if at_least is None else at_least,
            high=below if at_most is None else at_most,
        )

    def each(self, asks: Text | None, worth: str) -> str:
        """So many points for each of what is counted."""
        what = said(asks, self.lang)
        if noun := counted(what, self.lang):
            return self.say("each_of", what=noun, points=worth)
        return self.say("each_case_of", what=what, points=worth) if what else self.say("each_case", points=worth)

    @staticmethod
    def _fraction(share: Rational) -> str:
        return f"{share.numerator}/{share.denominator}"


def _opening(asks: Text | None, voice: _Voice) -> list[str]:
    return [said(asks, voice.lang)] if asks else []


def _lowered(name: str) -> str:
    """A name inside a sentence: lower case where its only capital is the first letter."""
    return name[:1].lower() + name[1:] if name[1:] == name[1:].lower() else name


@singledispatch
def _says(rule: Rule, voice: _Voice) -> list[str]:
    """The clauses of a rule's sentence."""
    raise NotImplementedError(f"no words for {type(rule).__name__}")


@_says.register
def _reported(rule: Reported, voice: _Voice) -> list[str]:
    return [*_opening(rule.value, voice), voice.say("reported", max=voice.times())]


@_says.register
def _yes_no(rule: YesNo, voice: _Voice) -> list[str]:
    what = said(rule.value, voice.lang)
    otherwise = "no" if not what else "not_yet" if what.startswith("đã ") else "otherwise"
    return [
        voice.clause(what or voice.say("yes"), voice.share(ONE)),
        voice.clause(voice.say(otherwise), voice.share(ZERO)),
    ]


@_says.register
def _levels(rule: Levels, voice: _Voice) -> list[str]:
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


@_says.register
def _ratio(rule: Ratio, voice: _Voice) -> list[str]:
    return [_fraction(rule, voice), *_by_rate(rule, voice), *_when_zero(rule, voice)]


def _fraction(rule: Ratio, voice: _Voice) -> str:
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


def _under(rule: Ratio, voice: _Voice) -> str:
    return _sum(rule.denominator) if isinstance(rule.denominator, list) else voice.number(rule.denominator)


def _by_rate(rule: Ratio, voice: _Voice) -> Iterator[str]:
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


def _when_zero(rule: Ratio, voice: _Voice) -> Iterator[str]:
    under = _under(rule, voice).strip("()")
    earned = {"full": voice.share(ONE), "zero": voice.share(ZERO), "not_applicable": voice.say("not_applicable")}
    if rule.when_b_zero in earned:
        yield voice.clause(voice.say("when_zero", under=under), earned[rule.when_b_zero])
    elif rule.when_b_zero == "refuse":
        yield voice.say("above_zero", under=under)


@_says.register
def _steps(rule: Steps, voice: _Voice) -> list[str]:
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


@_says.register
def _bands(rule: Bands, voice: _Voice) -> list[str]:
    on_top = voice.maximum == ZERO
    told = []
    for band in sorted(rule.bands, key=lambda band: -band.points):
        bounds = {name: getattr(band, name) for name in ("at_least", "below", "above", "at_most")}
        when = voice.span(**{name: voice.value(bound) for name, bound in bounds.items() if bound is not None})
        told.append(voice.clause(when, voice.points(band.points, sign=on_top)))
    return [*_opening(rule.value, voice), *told]


@_says.register
def _count(rule: Count, voice: _Voice) -> list[str]:
    return [voice.say("at_most", each=voice.each(rule.value, voice.points(rule.each)), most=voice.share(ONE))]


@_says.register
def _checklist(rule: Checklist, voice: _Voice) -> list[str]:
    items = [voice.say("item", n=n, what=said(text, voice.lang)) for n, text in enumerate(rule.items.values(), 1)]
    return [
        voice.clause(voice.say("checklist_all", n=len(items)), voice.share(ONE)),
        voice.say("checklist_some", n=len(items), max=voice.times()),
        voice.say("checklist_items", items=", ".join(items)),
    ]


@_says.register
def _linear(rule: Linear, voice: _Voice) -> list[str]:
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


@_says.register
def _relative(rule: RelativeToBest, voice: _Voice) -> list[str]:
    return [*_opening(rule.value, voice), voice.say("relative_to_best", value=voice.value_word(), max=voice.times())]


@_says.register
def _target(rule: TargetAndLeader, voice: _Voice) -> list[str]:
    return [
        f"a = {said(rule.value, voice.lang) or voice.say('achieved')}",
        f"t = {said(rule.target, voice.lang) or voice.say('target')}",
        voice.say("target_below", half=voice.times(HALF)),
        voice.say("target_beyond", half_points=voice.share(HALF)),
        voice.say("target_none", max=voice.times()),
    ]


@_says.register
def _deadline(rule: Deadline, voice: _Voice) -> list[str]:
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


@_says.register
def _roll_up(rule: RollUp, voice: _Voice) -> list[str]:
    key = "roll_up" if rule.component == "total" else "roll_up_component"
    return [*_opening(rule.value, voice), voice.say(key, component=rule.component, max=voice.times())]


@_says.register
def _not_scored(rule: NotScored, voice: _Voice) -> list[str]:
    return [*_opening(rule.value, voice), voice.say("not_scored")]


@_says.register
def _gate(rule: Gate, voice: _Voice) -> list[str]:
    mandatory = voice.say("mandatory")
    return [voice.clause(mandatory, said(rule.value, voice.lang)) if rule.value else mandatory, voice.say("mandatory_else")]


@_says.register
def _bonus(rule: Bonus, voice: _Voice) -> list[str]:
    each = voice.each(rule.value, voice.points(rule.each, sign=True))
    return [voice.say("bonus"), voice.say("at_most", each=each, most=voice.points(rule.at_most, sign=True))]


@_says.register
def _penalty(rule: Penalty, voice: _Voice) -> list[str]:
    each = voice.each(rule.value, voice.points(-rule.each))
    return [voice.say("penalty"), voice.say("penalty_at_most", each=each, most=voice.points(rule.at_most))]
