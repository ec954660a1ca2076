"""How a language says the numbers of a rule: exactly, in percent, as points, as a share of a maximum, between bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dti_analysis.common.exact import ONE, ZERO, Rational
from dti_analysis.common.text import Lang, label, number
from dti_analysis.criteria.framework import Measure
from dti_analysis.criteria.rule import Text

_COUNTED = {
    "vi": re.compile(r"(?:tổng )?số (?:lượng )?(?!(?:hóa|hoá|liệu|dân|tiền|điểm)\b)", re.IGNORECASE),
    "en": re.compile(r"(?:the )?(?:total )?number of ", re.IGNORECASE),
}


def said(text: Text | None, lang: Lang) -> str:
    """A text of a framework file in a language; empty where there is none."""
    return str(getattr(text, lang)).strip().removesuffix(".") if text else ""


def counted(text: str, lang: Lang) -> str:
    """What a text counts: `dossiers` of `number of dossiers`; empty where it does not say that it counts."""
    found = _COUNTED[lang].match(text)
    return text[found.end() :] if found else ""


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


@dataclass(frozen=True)
class Voice:
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
