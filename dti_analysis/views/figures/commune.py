"""Figures of a commune: the known percentages, each with its date, and what they are worth, from … to …."""

from __future__ import annotations

from dti_analysis.common.exact import parse
from dti_analysis.common.text import day, label, listing, percent
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.criteria.voice import exact
from dti_analysis.criteria.words import name_of
from dti_analysis.studies.commune import Commune
from dti_analysis.views.figures.narrow import Mark, Row, narrow_figure
from dti_analysis.views.figures.picture import Picture, style
from dti_analysis.views.figures.sheet import BLUE, GREY, MARGIN, PALE, RULE, WIDTH, Sheet, row_height, scale, text_width, wrap


def facts(commune: Commune) -> Picture | None:
    """Those of a commune's facts that are percentages, in the order of the file; None if there are none."""
    table = commune.facts[commune.facts["measure"] == "percent"]
    if table.empty:
        return None
    lang = commune.lang
    shares = [float(parse(value) / 100) for value in table["value"]]
    texts = [percent(share, len(value.partition(".")[2]), lang) for share, value in zip(shares, table["value"], strict=True)]
    full = sum(share >= 1 for share in shares)
    lowest = shares.index(min(shares))
    title = label(
        f"commune.facts.title{'_full' if full == len(shares) else ''}",
        lang,
        unit=commune.name,
        full=full,
        count=len(shares),
        fact=table[f"fact_{lang}"].iloc[lowest],
        value=texts[lowest],
    )
    as_of = listing([day(date, lang) for date in sorted(set(table["as_of"]))], lang)
    old = f"({label('commune.stale', lang)})"
    names = [
        [*wrap(fact, 3.2), *([old] if stale == "yes" else [])]
        for fact, stale in zip(table[f"fact_{lang}"], table["stale"], strict=True)
    ]
    left = MARGIN + max(text_width(line) for lines in names for line in lines) + 0.15
    right = WIDTH - MARGIN - max(map(text_width, texts)) - 0.1
    with style():
        body = sum(map(row_height, names))
        sheet = Sheet(title, label("commune.facts.subject", lang, as_of=as_of), body, sample=False)
        y = sheet.top
        for lines, share, text in zip(names, shares, texts, strict=True):
            y += row_height(lines) / 2
            sheet.text(MARGIN, y, lines)
            sheet.box(left, y - 0.07, (right - left) * min(share, 1.0), 0.14, BLUE)
            sheet.box(left, y - 0.07, right - left, 0.14, edge=RULE)
            sheet.text(WIDTH - MARGIN, y, text, "right")
            y += row_height(lines) / 2
        marks = [[Mark(0.0, 1.0, PALE), Mark(0.0, share, BLUE)] for share in shares]
        narrow = [Row(" ".join(lines), text, drawn) for lines, text, drawn in zip(names, texts, marks, strict=True)]
        phone = narrow_figure(title, sheet.subtitle, narrow, sample=False)
        return sheet.picture(label("commune.facts.about", lang), label("commune.facts.caption", lang), narrow=phone)


def bounds(commune: Commune) -> Picture | None:
    """The whole and its pillars in points from 0: what is earned for sure, and what is open; None without a criteria set."""
    framework, total, lang = commune.framework, commune.total, commune.lang
    if framework is None or total is None:
        return None
    rows = [component for component, _, kind in framework.walk() if kind in ("total", "pillar")]
    spans = [commune.spans[component.code] for component in rows]
    bold = [component.code == TOTAL for component in rows]
    whole = label("commune.bounds.whole", lang)
    names = [
        wrap(whole if strong else name_of(component, lang), 2.0, bold=strong)
        for component, strong in zip(rows, bold, strict=True)
    ]
    texts = [
        label(
            "commune.bounds.of", lang, low=exact(span.low, lang), high=exact(span.high, lang), max=exact(span.max_points, lang)
        )
        for span in spans
    ]
    open_ = int((commune.bounds["fact"] == "").sum())
    title = label(
        "commune.bounds.title", lang, unit=commune.name, low=exact(total.low, lang), high=exact(total.high, lang),
        max=exact(total.max_points, lang), unknown=open_, all=len(commune.bounds),
    )  # fmt: skip
    left = MARGIN + max(text_width(line, bold=True) for lines in names for line in lines) + 0.15
    right = WIDTH - MARGIN - max(text_width(text, bold=True) for text in texts) - 0.15
    at = scale(0.0, float(total.max_points), left, right)
    with style():
        body = 0.22 + sum(map(row_height, names))
        subtitle = label(
            "commune.bounds.subject", lang, number=framework.reference.number,
            place=commune.data.name("places", framework.place, lang), year=framework.applies.from_,
        )  # fmt: skip
        sheet = Sheet(title, subtitle, body, sample=False)
        for quarter in range(5):
            tick = total.max_points * quarter / 4
            sheet.line([at(float(tick))] * 2, [sheet.top + 0.18, sheet.top + body], PALE, 0.8)
            sheet.text(at(float(tick)), sheet.top + 0.08, exact(tick, lang), "center", GREY)
        y = sheet.top + 0.22
        for lines, span, text, strong in zip(names, spans, texts, bold, strict=True):
            low, high, most = map(float, span)
            y += row_height(lines) / 2
            sheet.text(MARGIN, y, lines, bold=strong)
            sheet.box(at(low), y - 0.07, at(high) - at(low), 0.14, PALE)
            sheet.box(at(0.0), y - 0.07, at(low) - at(0.0), 0.14, BLUE)
            sheet.box(at(0.0), y - 0.07, at(most) - at(0.0), 0.14, edge=RULE)
            sheet.text(WIDTH - MARGIN, y, text, "right", bold=strong)
            y += row_height(lines) / 2
        most = float(total.max_points)
        narrow = [
            Row(" ".join(lines), text,
                [Mark(0.0, float(span.max_points) / most, PALE, "frame"), Mark(0.0, float(span.high) / most, PALE),
                 Mark(0.0, float(span.low) / most, BLUE)], strong)
            for lines, span, text, strong in zip(names, spans, texts, bold, strict=True)
        ]  # fmt: skip
        axis = [(quarter / 4, exact(total.max_points * quarter / 4, lang)) for quarter in range(5)]
        phone = narrow_figure(title, subtitle, narrow, False, axis)
        return sheet.picture(label("commune.bounds.about", lang), label("commune.bounds.caption", lang), narrow=phone)
