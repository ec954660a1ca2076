"""The figure of a commune: the known percentages, each with its date."""

from __future__ import annotations

from dti_analysis.common.exact import parse
from dti_analysis.common.text import day, label, listing, percent
from dti_analysis.studies.commune import Commune
from dti_analysis.views.figures.picture import Picture, style
from dti_analysis.views.figures.sheet import BLUE, MARGIN, RULE, WIDTH, Sheet, row_height, text_width, wrap


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
        f"figure.facts.title{'_full' if full == len(shares) else ''}",
        lang,
        full=full,
        count=len(shares),
        whole=percent(1.0, 0, lang),
        fact=table[f"fact_{lang}"].iloc[lowest],
        value=texts[lowest],
    )
    as_of = listing([day(date, lang) for date in sorted(set(table["as_of"]))], lang)
    old = f"({label('stale.mark', lang)})"
    names = [
        [*wrap(fact, 3.2), *([old] if stale == "yes" else [])]
        for fact, stale in zip(table[f"fact_{lang}"], table["stale"], strict=True)
    ]
    left = MARGIN + max(text_width(line) for lines in names for line in lines) + 0.15
    right = WIDTH - MARGIN - max(map(text_width, texts)) - 0.1
    with style():
        body = sum(map(row_height, names))
        sheet = Sheet(title, label("figure.facts.subject", lang, unit=commune.name, as_of=as_of), body, synthetic=False)
        y = sheet.top
        for lines, share, text in zip(names, shares, texts, strict=True):
            y += row_height(lines) / 2
            sheet.text(MARGIN, y, lines)
            sheet.box(left, y - 0.07, (right - left) * min(share, 1.0), 0.14, BLUE)
            sheet.box(left, y - 0.07, right - left, 0.14, edge=RULE)
            sheet.text(WIDTH - MARGIN, y, text, "right")
            y += row_height(lines) / 2
        return sheet.picture(label("figure.facts.about", lang), label("figure.facts.caption", lang))
