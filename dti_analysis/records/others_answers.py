"""Answers in forms of others: “85%”, “3/4”, “Đạt”, “x” and numbers as text, as an assessment writes them, or why not."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from dti_analysis.common.exact import Rational, parse, rounded
from dti_analysis.common.text import Lang, label
from dti_analysis.criteria.cells import NOT_APPLICABLE
from dti_analysis.criteria.rules import Levels
from dti_analysis.records.mapping import Mapping, compared
from dti_analysis.records.others_file import Held
from dti_analysis.records.workbook_answers import Wrong, fits, shown, written
from dti_analysis.records.workbook_layout import Asked, Line
from dti_analysis.records.workbook_rules import NO, YES
from dti_analysis.records.workbook_words import expected

_MOST = 10**9
"""Points are fewer than this."""
_FRACTION = re.compile(r"(\d[\d.,  \u00a0]*)/\s*(\d[\d.,  \u00a0]*)")


def read_answer(line: Line, asked: Asked, held: Held, mapping: Mapping, lang: Lang) -> str:
    """What a cell answers, empty where it is blank. Raises Wrong."""
    wanted = expected(line, asked, lang)
    sound(held, wanted, lang)
    word = compared(held.text)
    words = mapping.words
    if not word:
        return ""
    if word in NOT_APPLICABLE or word in map(compared, words.not_applicable):
        return "n/a"
    kind = asked.cell.kind
    if kind in ("number", "count"):
        text = _number(line, asked, held, mapping, wanted, lang)
        if not fits(line, asked, text):
            raise Wrong(shown(held.value, lang), wanted)
        return text
    if kind == "date":
        return _day(held, mapping, wanted, lang)
    if kind == "yes_no":
        yes, no = {*YES, *map(compared, words.yes)}, {*NO, *map(compared, words.no)}
        if word not in yes | no:
            known = ", ".join([*words.yes, *words.no])
            raise Wrong(shown(held.value, lang), wanted + (label("others.or_words", lang, words=known) if known else ""))
        return "có" if word in yes else "không"
    if isinstance(line.rule, Levels):
        own = {compared(ours): level for ours, level in words.levels.get(line.code, {}).items()}
        level = line.rule.known().get(own.get(word, word).lower())
        if level is None:
            raise Wrong(shown(held.value, lang), wanted)
        return line.rule.levels[level].vi
    return " ".join(held.text.split())


def sound(held: Held, wanted: str, lang: Lang) -> None:
    """Raises Wrong where a cell holds an error, or a formula whose result was not saved with it."""
    if held.error:
        raise Wrong(label("intake.error", lang, error=held.error), wanted)
    if held.formula and held.value is None:
        raise Wrong(label("others.no_result", lang, formula=held.formula), label("others.open_and_save", lang, what=wanted))


def read_fraction(line: Line, names: list[str], held: Held, mapping: Mapping, lang: Lang) -> dict[str, str]:
    """The two numbers that one cell holds as “3/4”. Raises Wrong: a share without its two numbers, or a date made of them."""
    by_name = {asked.name: asked for asked in line.asks}
    wanted = label("others.fraction", lang, cells="/".join(names), what=" / ".join(by_name[name].text for name in names))
    sound(held, wanted, lang)
    word = compared(held.text)
    if not word:
        return dict.fromkeys(names, "")
    if word in NOT_APPLICABLE or word in map(compared, mapping.words.not_applicable):
        return dict.fromkeys(names, "n/a")
    if isinstance(held.value, datetime | date):
        day = held.value
        both = f"{day.day}/{day.month}", f"{day.month}/{day.day}"
        raise Wrong(label("others.date_of_fraction", lang, date=day.strftime("%d/%m/%Y"), one=both[0], other=both[1]), wanted)
    match = _FRACTION.fullmatch(held.text) if isinstance(held.value, str) else None
    if match is None:
        raise Wrong(_as_shown(held, lang), wanted)
    texts: dict[str, str] = {}
    for name, part in zip(names, match.groups(), strict=True):
        asked = by_name[name]
        texts[name] = _text_number(part, mapping, expected(line, asked, lang), lang)
        if not fits(line, asked, texts[name]):
            raise Wrong(_as_shown(held, lang), wanted)
    return texts


def read_points(held: Held, mapping: Mapping, lang: Lang) -> tuple[Rational, int] | None:
    """The points that a unit claims, and with how many decimals; nothing where the cell is blank. Raises Wrong."""
    wanted = label("expects.number", lang)
    sound(held, wanted, lang)
    if not held.text:
        return None
    if isinstance(held.value, int | float) and not isinstance(held.value, bool) and abs(held.value) < _MOST:
        text = written(round(held.value, 9))
        fixed = re.fullmatch(r"[#0]*0(?:\.(0+))?(?:_\)|;.*)?", held.form)
        places = len(fixed[1] or "") if fixed else len(text.rstrip("0").partition(".")[2])
        return parse(text), places
    if not isinstance(held.value, str):
        raise Wrong(shown(held.value, lang), wanted)
    text = _text_number(held.value, mapping, wanted, lang)
    if abs(parse(text)) > _MOST:
        raise Wrong(shown(held.value, lang), wanted)
    return parse(text), len(text.partition(".")[2])


def agrees(claimed: Rational, places: int, computed: Rational) -> bool:
    """Whether claimed points are the computed ones, as far as they are written."""
    return rounded(claimed, places) == rounded(computed, places)


def _as_shown(held: Held, lang: Lang) -> str:
    """A value as its cell shows it: 0.85 formatted as percent is 85%."""
    value = held.value
    if "%" in held.form and isinstance(value, int | float):
        percent = written(round(100 * value, 9)).replace(".", "," if lang == "vi" else ".")
        return label("intake.percent", lang, percent=f"{percent}%")
    return shown(value, lang)


def _number(line: Line, asked: Asked, held: Held, mapping: Mapping, wanted: str, lang: Lang) -> str:
    value = held.value
    measure = line.component.measure if asked.cell.kind == "number" and asked.name == "value" else ""
    measure = "percent" if line.code in mapping.percents else measure
    if isinstance(value, bool | datetime | date):
        raise Wrong(shown(value, lang), wanted)
    if isinstance(value, int | float):
        if "%" not in held.form:
            return written(value)
        share = Decimal(repr(value))
        text = ""
    else:
        text = str(value).strip()
        if not text.endswith("%"):
            return _text_number(text, mapping, wanted, lang)
        share = Decimal(_text_number(text[:-1], mapping, wanted, lang)) / 100
    if measure == "percent":
        return written((100 * share).normalize())
    if measure == "share":
        return written(share.normalize())
    raise Wrong(_as_shown(held, lang), wanted)


def _text_number(text: str, mapping: Mapping, wanted: str, lang: Lang) -> str:
    """A number written as text, by the mapping's decimal sign; without one, 1.234 is refused with both that it may be."""
    found = shown(text, lang)
    bare = text.strip()
    if mapping.decimal is None:
        if re.fullmatch(r"[+-]?[1-9]\d{0,2}([.,]\d{3})+", bare):
            digits = re.sub(r"[.,]", "", bare)
            decimal = re.sub(r"[.,]", "," if lang == "vi" else ".", bare, count=1)
            if len(re.findall(r"[.,]", bare)) == 1:
                found = label("others.thousands", lang, text=bare, one=digits, other=decimal)
            raise Wrong(found, label("others.state_decimal", lang, what=wanted))
        plain = bare
    else:
        grouping = "." if mapping.decimal == "," else ","
        whole, sign, rest = bare.partition(mapping.decimal)
        if re.fullmatch(rf"[+-]?\d{{1,3}}(?:[{grouping} \u00a0\u202f]\d{{3}})+", whole):
            whole = re.sub(rf"[{grouping} \u00a0\u202f]", "", whole)
        plain = f"{whole}{'.' if sign else ''}{rest}"
        if "," in plain or (sign and not rest) or (not sign and "." in plain):
            raise Wrong(found, wanted)
    try:
        parse(plain)
    except ValueError:
        raise Wrong(found, wanted) from None
    return written(Decimal(plain.replace(",", ".")))


def _day(held: Held, mapping: Mapping, wanted: str, lang: Lang) -> str:
    value = held.value
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if not isinstance(value, str):
        raise Wrong(shown(value, lang), wanted)
    parts = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", value.strip())
    try:
        if parts is None:
            return date.fromisoformat(value.strip()).isoformat()
        first, second, year = map(int, parts.groups())
        if mapping.dates is None and first <= 12 and second <= 12 and first != second:
            both = date(year, second, first).strftime("%d/%m/%Y"), date(year, first, second).strftime("%d/%m/%Y")
            raise Wrong(label("others.two_days", lang, text=value.strip(), one=both[0], other=both[1]), wanted)
        month_first = mapping.dates == "m/d/y" or (mapping.dates is None and second > 12)
        return date(year, *((first, second) if month_first else (second, first))).isoformat()
    except Wrong:
        raise
    except ValueError:
        raise Wrong(shown(value, lang), wanted) from None
