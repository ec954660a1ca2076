"""The figure of a place: where it stood in the country, year by year."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

import pandas as pd

from dti_analysis.common.text import label, number, rank_text
from dti_analysis.studies.place import Place
from dti_analysis.views.figures.narrow import Mark, Row, along, narrow_figure
from dti_analysis.views.figures.picture import Picture, style
from dti_analysis.views.figures.sheet import BLUE, GREY, MARGIN, PALE, RULE, WIDTH, Sheet, line_height, scale, wrap

_DEEP = 2.9  # inches from the first rank to the last of the largest ranking
_STEP = 10  # ranks between two lines of the grid


def position(about: Place) -> Picture | None:
    """Ranks by year on an axis from the first to the last, best on top; each ranking of other size stands by itself.

    None where the place is not ranked itself, or only once.
    """
    table = about.positions[about.positions["rank"].notna()]
    if len(table) < 2:
        return None
    lang, deepest = about.lang, int(table["provinces"].max())
    panels = [
        pd.DataFrame(rows) for _, rows in groupby(table.to_dict("records"), key=lambda row: (row["unit"], row["provinces"]))
    ]
    at = _places(panels)
    heads = [_head(about, panel, at) for panel in panels]
    above = max(map(len, heads)) * line_height() + 0.2
    with style():
        body = above + _DEEP + 0.5
        sheet = Sheet(_title(about, panels[0]), label("place.position.subject", lang), body, about.sample)
        top, bottom = sheet.top + above, sheet.top + above + _DEEP
        down = scale(1, deepest, top, bottom)
        foot = bottom + 0.2
        for panel, head in zip(panels, heads, strict=True):
            xs, last = [at(panel["unit"].iloc[0], year) for year in panel["year"]], int(panel["provinces"].iloc[0])
            _grid(sheet, xs, down, last, lang)
            sheet.lines((xs[0] + xs[-1]) / 2, top - 0.15 - len(head) * line_height(), head, bold=True, align="center")
            sheet.line(xs, [down(rank) for rank in panel["rank"]], BLUE, 1.8)
            rows = panel.to_dict("records")
            for x, row, after in zip(xs, rows, [*rows[1:], None], strict=True):
                rises = after is not None and after["rank"] < row["rank"]  # the line then leaves upwards
                sheet.line([x, x], [down(row["rank"]), down(row["rank_to"])], BLUE, 3.0)
                sheet.dot(x, down(row["rank"]), BLUE, hollow=not row["printed"])
                sheet.text(x + 0.1, down(row["rank"]) + (0.14 if rises else -0.14), ranks(row, lang), bold=True)
                sheet.text(x, foot, str(row["year"]), "center")
                if pd.notna(row["index"]):
                    sheet.text(x, foot + line_height() + 0.03, number(row["index"], 4, lang), "center", GREY)
        sheet.text(MARGIN, foot + line_height() + 0.03, label("place.index", lang), color=GREY)
        phone = narrow_figure(sheet.title, sheet.subtitle, _narrow(about, panels, deepest), about.sample)
        return sheet.picture(label("place.position.about", lang), label("place.position.caption", lang), narrow=phone)


def _narrow(about: Place, panels: list[pd.DataFrame], deepest: int) -> Iterator[Row]:
    """A row for each year, the first rank at the left; a heading for each ranking of other size."""
    at, lang = along(1.0, float(deepest)), about.lang
    for panel in panels:
        last = int(panel["provinces"].iloc[0])
        yield Row(about.unit_name(panel["unit"].iloc[0]), label("place.position.of", lang, n=last), strong=True)
        for row in panel.to_dict("records"):
            index = f" · {number(row['index'], 4, lang)}" if pd.notna(row["index"]) else ""
            marks = [Mark(0.0, at(last), PALE), Mark(at(row["rank"]), at(row["rank_to"]), BLUE)]
            dot = Mark(at(row["rank"]), 0.0, BLUE, "dot" if row["printed"] else "hollow")
            yield Row(str(row["year"]), f"{ranks(row, lang)}/{last}{index}", [*marks, dot])


def _head(about: Place, panel: pd.DataFrame, at: Callable[[str, int], float]) -> list[str]:
    """What stands above a ranking: whose ranks they are, and of how many."""
    unit, years = panel["unit"].iloc[0], panel["year"]
    names = wrap(about.unit_name(unit), at(unit, years.max()) - at(unit, years.min()) + 1.2, bold=True)
    return [*names, label("place.position.of", about.lang, n=int(panel["provinces"].iloc[0]))]


def ranks(row: Any, lang: Any) -> str:
    """A rank, or the ranks between which it lies."""
    first = rank_text(row["rank"], lang)
    return first if row["rank_to"] == row["rank"] else f"{first}–{rank_text(row['rank_to'], lang)}"


def _title(about: Place, own: pd.DataFrame) -> str:
    first, last = own.iloc[0], own.iloc[-1]
    way = "up" if last["rank"] < first["rank"] else "down" if last["rank"] > first["rank"] else "same"
    key = f"place.position.{way}" if len(own) > 1 else "place.position.once"
    values = {"since": first["year"], "from_": ranks(first, about.lang), "until": last["year"], "to": ranks(last, about.lang)}
    return label(key, about.lang, unit=about.unit_name(first["unit"]), n=int(last["provinces"]), **values)


def _places(panels: list[pd.DataFrame]) -> Callable[[str, int], float]:
    """Where on the sheet a year of a unit goes: years evenly spaced, a gap of a year and a half between two rankings."""
    slots: dict[tuple[str, int], float] = {}
    start = 0.0
    for panel in panels:
        for unit, year in zip(panel["unit"], panel["year"], strict=True):
            slots[unit, year] = start + year - panel["year"].min()
        start = max(slots.values()) + 1.6
    along = scale(0.0, max(slots.values()), MARGIN + 1.1, WIDTH - MARGIN - 0.75)
    return lambda unit, year: along(slots[unit, year])


def _grid(sheet: Sheet, xs: list[float], down: Callable[[float], float], last: int, lang: Any) -> None:
    """The lines of a ranking, from its first rank to its last."""
    left, right = xs[0] - 0.25, xs[-1] + 0.5
    for rank in [1, *range(_STEP, last - _STEP // 2 + 1, _STEP), last]:
        edge = rank in (1, last)
        sheet.line([left, right], [down(rank)] * 2, RULE if edge else PALE, 0.8)
        sheet.text(left - 0.07, down(rank), rank_text(rank, lang), "right", GREY)
