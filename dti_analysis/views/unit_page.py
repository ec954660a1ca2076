"""What an official of one unit reads: what to do first, and each criterion from its figures to the next step."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from html import escape
from typing import Any

import pandas as pd
from IPython.display import HTML

from dti_analysis.common.exact import decimals_of, of_float, rounded, to_rational
from dti_analysis.common.text import label, number, percent
from dti_analysis.criteria.cells import NOT_APPLICABLE
from dti_analysis.criteria.framework import Component
from dti_analysis.criteria.next_steps import Step, step_in_words, why_no_step
from dti_analysis.criteria.words import in_words
from dti_analysis.scores.own_steps import cells_of, maximum_of, steps_of
from dti_analysis.scores.scoring import CLAIMED
from dti_analysis.studies.study import Study
from dti_analysis.views import awaited_page
from dti_analysis.views.html_table import Column, criterion_card, html_table, vietnamese
from dti_analysis.views.wording import given_text

MOST_REMARKS = 40
"""Up to how many remarks on single units are told one by one."""


def pillars(study: Study) -> HTML | None:
    """The pillars of the unit with bars from 0, the points missing being the maximum less the points shown."""
    if study.awaited:
        return awaited_page.pillars(study)
    own, lang = _Own(study), study.lang
    shown = [c for c, _, kind in study.framework.walk() if kind in ("subindex", "pillar") and own.state(c.code) != "unknown"]
    rows = [(component, own.scores[component.code]) for component in shown if own.scores[component.code]["max_points"]]
    if not rows:
        return None
    points = [rounded(of_float(row["points"]), 2) for _, row in rows]
    missing = [of_float(row["max_points"]) - to_rational(str(seen)) for (_, row), seen in zip(rows, points, strict=True)]
    columns = [
        Column(label("table.pillar", lang), [study.component_name(c.code) for c, _ in rows], long=True,
               links=[f"#{c.code}" for c, _ in rows]),
        Column(label("table.percent", lang), [percent(row["score"], 1, lang) for _, row in rows], numeric=True,
               bars=[row["score"] for _, row in rows]),
        Column(label("table.points", lang), [number(to_rational(str(seen)), 2, lang) for seen in points], numeric=True),
        Column(label("table.max_points", lang), [own.short(row["max_points"]) for _, row in rows], numeric=True),
        Column(label("table.missing", lang), [number(gap, 2, lang) for gap in missing], numeric=True),
    ]  # fmt: skip
    caption = label("caption.own_pillars", lang, unit=study.unit_name(study.unit), year=study.year)
    return html_table(columns, caption, lang, sample=study.sample)


def criteria(study: Study) -> HTML:
    """Every criterion of the study's unit by pillar: points, figures, rule in words, what appraisal changed, next step."""
    if study.awaited:
        return awaited_page.what_is_asked(study)
    own = _Own(study)
    listed = {component.code for component in own.criteria}
    blocks = []
    for component, _, kind in study.framework.walk():
        if kind in ("subindex", "pillar") and component.children and own.state(component.code) != "unknown":
            blocks.append(f'<h3 id="{escape(component.code)}">{own.heading(component)}</h3>')
            if own.state(component.code) == "stated":
                blocks.append(f'<p class="dti-note">{escape(label("unit.from_above", study.lang))}</p>')
        elif component.code in listed:
            blocks.append(own.card(component))
    return HTML(f'<div class="dti-criteria">{"".join(blocks)}</div>')


def remarks(study: Study) -> HTML | None:
    """What to know before trusting the unit's figures (of all units, if no unit is chosen); None where there is nothing."""
    lang, table = study.lang, study.remarks
    table = table[table["basis"] == "verified"]
    table = table[table["unit"].isin([study.unit, ""])] if study.unit else table
    if table.empty:
        return None
    table, of_many = _of_few(table)
    said = [
        label("many.remarked", lang, component=study.component_name(code), count=number(count, 0, lang))
        for code, count in of_many.items()
    ]
    for row in table.to_dict("records"):
        component, detail = study.component(str(row["component"])), str(row["detail"])
        shown = number(to_rational(detail), len(detail.partition(".")[2]), lang) if detail else ""
        note = getattr(component, f"note_{lang}") or ""
        text = label(f"remark.{row['kind']}", lang, component=study.component_name(component.code), detail=shown, note=note)
        said.append(f"{study.unit_name(row['unit'])}: {text}" if row["unit"] and not study.unit else text)
    return HTML("<ul class='dti-remarks'>" + "".join(f"<li>{escape(text)}</li>" for text in said) + "</ul>")


def _of_few(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """The remarks that are told one by one; of more than a page would hold, on how many units there are some, by criterion."""
    units = table[(table["unit"] != "") & (table["kind"] == "small_denominator")]
    if len(units) <= MOST_REMARKS:
        return table, {}
    return table.drop(units.index), {str(code): int(count) for code, count in units["component"].value_counts().items()}


class _Own:
    """What a study holds of its one unit, by component."""

    def __init__(self, study: Study):
        self.study, self.lang = study, study.lang
        own = study.verified[study.verified["unit"] == study.unit]
        self.scores: dict[str, dict[Any, Any]] = {str(row["component"]): row for row in own.to_dict("records")}

    @cached_property
    def rows(self) -> dict[str, dict[str, str]]:
        """The unit's verified rows."""
        return self.study.handed_in(self.study.unit)

    @cached_property
    def tiers(self) -> dict[str, str]:
        """The tier of each of the unit's criteria."""
        mine = self.study.gaps[(self.study.gaps["unit"] == self.study.unit) & self.study.gaps["finest"]]
        return dict(zip(mine["component"], mine["tier"], strict=True))

    @cached_property
    def appraised(self) -> dict[str, dict[Any, Any]]:
        """Self-assessed beside verified points of each component."""
        mine = self.study.appraisal[self.study.appraisal["unit"] == self.study.unit]
        return {str(row["component"]): row for row in mine.to_dict("records")}

    @cached_property
    def criteria(self) -> list[Component]:
        """The unit's criteria in the order of the framework: what is measured, or known from above."""
        return [
            component
            for component, _, kind in self.study.framework.walk()
            if kind not in ("part", "total")
            and self.state(component.code) != "unknown"
            and (component.rule or component.parts or component.unlisted)
        ]

    def state(self, code: str) -> str:
        """How the figure of a component is known."""
        return str(self.scores[code]["state"])

    def heading(self, component: Component) -> str:
        """A pillar's name and points."""
        row = self.scores[component.code]
        points = number(row["points"], 2, self.lang)
        text = label("unit.points", self.lang, points=points, max=self.short(row["max_points"]))
        return f"{escape(self.study.component_name(component.code))} <small>{escape(text)}</small>"

    def short(self, value: float) -> str:
        """A maximum, without decimals that are not needed."""
        return number(value, decimals_of([of_float(value)], 2), self.lang)

    def card(self, component: Component) -> str:
        """One criterion."""
        tier = self.tiers.get(component.code, "")
        lines = [(label(f"unit.{key}", self.lang), text) for key, text in self._lines(component)]
        tag = f' <span class="tier">{escape(label(f"tier.{tier}", self.lang))}</span>' if tier else ""
        return criterion_card(
            component.code, self.study.component_name(component.code), self._points(component) + tag, lines, tier
        )

    def _points(self, component: Component) -> str:
        row = self.scores[component.code]
        if row["state"] == "not_applicable":
            return escape(label("unit.not_applicable", self.lang))
        points = number(row["points"], 2, self.lang, sign=row["max_points"] == 0)
        return f"<b>{points}</b>" + (f"/{self.short(row['max_points'])}" if row["max_points"] else "")

    def _lines(self, component: Component) -> Iterator[tuple[str, str]]:
        """What a card says below its points: a key of the labels unit.* and the text as HTML."""
        row = self.scores[component.code]
        missing = "council.nothing_yet" if self.study.provisional else "unit.missing"
        above = {"stated": "unit.from_above", "missing": missing}.get(row["state"])
        if component.rule_name != "not_scored" or row["state"] != "missing":
            yield "given", escape(label(above, self.lang) if above else self._given(component))
        yield "rule", escape(in_words(component, self.lang))
        yield "appraised", escape(self._claimed(component))
        yield "evidence", self._evidence(component)
        yield "next", escape(self._next(component))

    def _next(self, component: Component) -> str:
        row, steps = self.scores[component.code], self.steps(component)
        if component.shared and row["points"] < row["max_points"]:
            return label("unit.shared", self.lang)
        if steps:
            return "; ".join(step_in_words(step, component, self.lang) for step in steps)
        if row["state"] not in ("assessed", CLAIMED) or not row["points"] < row["max_points"]:
            return ""
        cells = cells_of(component, self.rows)
        why = why_no_step(component, cells, maximum_of(component, row)) if cells else ""
        return label(f"no_step.{why}", self.lang) if why else ""

    def _given(self, component: Component) -> str:
        return given_text(self.study, component, self.rows)

    def steps(self, component: Component) -> list[Step]:
        """The next steps of a criterion, the one that earns most last; none where no unit can raise its figure alone."""
        return steps_of(component, self.rows, self.scores[component.code])

    def _claimed(self, component: Component) -> str:
        """What the unit had claimed and what the council granted, where the two differ."""
        if self.state(component.code) == CLAIMED:
            return label("council.claim_counts", self.lang)
        row = self.appraised.get(component.code)
        if row is None or not row["difference"]:
            return ""
        own, verified = (number(row[name], 2, self.lang) for name in ("self", "verified"))
        difference = number(row["difference"], 2, self.lang, sign=True)
        return label("unit.claimed", self.lang, own=own, verified=verified, difference=difference)

    def _evidence(self, component: Component) -> str:
        """The state of the evidence, and the documents as the form names them."""
        said = []
        for leaf in component.parts or [component]:
            row = self.rows.get(leaf.code, {})
            state, text = row.get("evidence_state", ""), row.get("evidence", "")
            told = escape(label(f"evidence.{state}", self.lang)) if state else ""
            named = vietnamese(escape(text), self.lang)
            said.append(": ".join(part for part in (told, named) if part and text.lower() not in NOT_APPLICABLE))
        return "; ".join(dict.fromkeys(filter(None, said)))
