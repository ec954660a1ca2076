"""The letter to each unit: its result, what was claimed and granted and why, what to mend first, until when to appeal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from dti_analysis.common.exact import decimals_of, of_float
from dti_analysis.common.faults import Fault, Faults, nearest
from dti_analysis.common.text import day, label, number, rank_text
from dti_analysis.criteria.framework import TOTAL, Component
from dti_analysis.publishing.office import Template, heading, template_of, write_all
from dti_analysis.records.decisions import standing
from dti_analysis.scores.reasons import reason_of
from dti_analysis.studies.study import Study
from dti_analysis.views.brief import changed
from dti_analysis.views.plan_page import in_words, ranked
from dti_analysis.views.wording import score_text

_Told = dict[str, str]
"""What was written to the decisions on a unit's criteria, by code."""
FIRST = 5
"""How many steps a letter names."""


def write_letters(
    study: Study, out: Path, units: list[str] | None = None, template: Path | None = None, deadline: date | None = None
) -> list[Path]:
    """Write the letters of a study's units, or of some of them; returns the files.

    Raises Faults before anything is written: a year that is not decided, unknown units, a template with fields that there are
    not, a folder that cannot be written to.
    """
    study.refuse_provisional()
    there = list(study.ranking["unit"])
    wrong = [Fault("dti letter", "--unit", f"'{unit}'", nearest(unit, there)) for unit in units or [] if unit not in there]
    if wrong:
        raise Faults(wrong)
    chosen = [unit for unit in there if not units or unit in units]
    path = template or template_of("letter", study.lang)
    read = Template(path, example(study, deadline), "unit")
    name = "-".join(map(str, study.key))
    return write_all({out / f"{name}-{unit}.docx": read.filled(fields(study, unit, deadline)) for unit in chosen})


def example(study: Study, deadline: date | None = None) -> dict[str, Any]:
    """The fields that a letter of this study has, every list with one row at least."""
    found = fields(study, str(study.ranking["unit"].iloc[0]), deadline)
    row = {"code": "", "criterion": "", "max": "", "claimed": "", "points": "", "difference": "", "reason": "", "pillar": False}
    steps = {"criterion": "", "what": "", "gain": "", "rank": ""}
    reasons = {"reason": "", "count": "", "lost": "", "gained": "", "difference": ""}
    return found | {"changes": [row], "criteria": [row], "steps": [steps], "reasons": [reasons]}


def fields(study: Study, unit: str, deadline: date | None = None) -> dict[str, Any]:
    """What a letter to a unit may say, by field: texts as the language writes them, lists of rows, yes or no."""
    lang, own = study.lang, study.ranking[study.ranking["unit"] == unit].to_dict("records")[0]
    rows = list(_criteria(study, unit))
    altered = [row for row in rows if row["difference"] and not row["pillar"]]
    claimed = study.appraisal[(study.appraisal["unit"] == unit) & (study.appraisal["component"] == TOTAL)].to_dict("records")
    in_points = study.framework.measure == "points" and pd.notna(own["points"])
    return heading(study) | {
        "unit": study.unit_name(unit),
        "count": number(len(study.ranking), 0, lang),
        "due": number(len(study.due), 0, lang),
        "missing": own["state"] == "missing",
        "points": number(own["points"], 2, lang) if in_points else "",
        "max": _short(own["max_points"], study) if in_points else "",
        "score": score_text(study, own["score"]),
        "rank": "" if pd.isna(own["rank"]) else rank_text(own["rank"], lang),
        "change": changed(study, unit),
        "claimed": number(claimed[0]["self"], 2, lang) if claimed else "",
        "difference": number(claimed[0]["difference"], 2, lang, sign=True) if claimed else "",
        "cut": number(sum(row["difference"].startswith("−") for row in altered), 0, lang),
        "raised": number(sum(row["difference"].startswith("+") for row in altered), 0, lang),
        "changes": altered,
        "reasons": list(_by_reason(study, unit)),
        "criteria": rows,
        "steps": list(_steps(study, unit)),
        "deadline": day(deadline.isoformat(), lang) if deadline else "",
    }


def _criteria(study: Study, unit: str) -> Iterator[dict[str, Any]]:
    """The criteria of a unit whose points are known, under their pillars."""
    scores = study.verified[study.verified["unit"] == unit].set_index("component").to_dict("index")
    mine = study.appraisal[study.appraisal["unit"] == unit]
    claims = {str(row["component"]): row for row in mine.to_dict("records")}
    given, told = (study.handed_in(unit), _told(study, unit)) if study.to_indicators else ({}, {})
    for component, _, kind in study.framework.walk():
        row = scores[component.code]
        pillar = kind in ("subindex", "pillar") and bool(component.children)
        measured = kind not in ("part", "total") and bool(component.rule or component.parts or component.unlisted)
        if row["state"] in ("unknown", "not_applicable") or pd.isna(row["points"]) or not (pillar or measured):
            continue
        claim = claims.get(component.code, {})
        moved = claim.get("difference", 0)
        yield {
            "code": component.code,
            "criterion": study.component_name(component.code),
            "max": _short(row["max_points"], study),
            "claimed": number(claim["self"], 2, study.lang) if claim else "",
            "points": number(row["points"], 2, study.lang),
            "difference": number(moved, 2, study.lang, sign=True) if moved else "",
            "reason": _reasons(study, component, claims, given, told) if moved and not pillar else "",
            "pillar": pillar,
        }


def _by_reason(study: Study, unit: str) -> Iterator[dict[str, str]]:
    """From claimed to granted points by reason, those that cost most first; they add up to the difference."""
    table, lang = study.change.reasons, study.lang
    own = table[table["unit"] == unit].sort_values("difference", kind="stable")
    for row in own.to_dict("records"):
        yield {
            "reason": label(f"change.reason.{row['reason']}", lang),
            "count": number(row["criteria"], 0, lang),
            "lost": number(-row["lost"], 2, lang) if row["lost"] else "",
            "gained": number(row["gained"], 2, lang, sign=True) if row["gained"] else "",
            "difference": number(row["difference"], 2, lang, sign=True),
        }


def _reasons(study: Study, component: Component, claims: dict[str, Any], given: dict[str, dict[str, str]], told: _Told) -> str:
    """Why a criterion was granted other points than were claimed: by the state of the evidence of what changed, and in the
    words of the council, or of who decided on it after publication."""
    parts = [part for part in component.parts if claims.get(part.code, {}).get("difference")] or component.parts or [component]
    states = [given[part.code].get("evidence_state", "") for part in parts if part.code in given]
    reasons = dict.fromkeys(reason_of(state) for state in states)
    own = [*(label(f"change.reason.{reason}", study.lang) for reason in reasons), *(told.get(part.code, "") for part in parts)]
    return "; ".join(dict.fromkeys(filter(None, own)))


def _told(study: Study, unit: str) -> _Told:
    """What the council wrote to its decisions on a unit, and what was decided after publication in place of it."""
    stands = standing(one for one in study.decided if one.unit == unit)
    found = {code: one.reason for (_, code), one in stands.items()}
    for later in study.corrections.decisions:
        if later.unit == unit and later.basis == "verified":
            reason = later.reason_en if study.lang == "en" and later.reason_en else later.reason_vi
            found[later.indicator] = f"{later.number}: {reason}"
    return found


def _steps(study: Study, unit: str) -> Iterator[dict[str, str]]:
    """What would earn the unit most, and the rank that each step alone would give."""
    if not ranked(study) or not study.to_indicators:
        return
    table, options = study.outlook.step_ranks(unit, FIRST)
    for row, option in zip(table.to_dict("records"), options, strict=True):
        yield {
            "criterion": study.component_name(row["component"]),
            "what": in_words(study, option),
            "gain": number(row["gain"], 2, study.lang, sign=True),
            "rank": rank_text(row["rank_after"], study.lang),
        }


def _short(value: float, study: Study) -> str:
    """A maximum, without decimals that are not needed."""
    return number(value, decimals_of([of_float(value)], 2), study.lang)
