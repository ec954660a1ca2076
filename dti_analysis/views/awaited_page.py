"""What the page of a unit says whose form has not come: what is awaited of it, until when, and what may still come out."""

from __future__ import annotations

from html import escape

from IPython.display import HTML

from dti_analysis.common.text import day, label, number, rank_text
from dti_analysis.criteria.amendment import criteria
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.studies.study import Study
from dti_analysis.views import criteria_page


def brief(study: Study) -> HTML:
    """That nothing has come, which is not 0 points; the deadline, what the form asks, and where the unit stood before."""
    lang, unit = study.lang, study.unit_name(study.unit)
    asked = [one for one in criteria(study.framework) if not one.applies_to or _group(study) in one.applies_to]
    said = [label("awaited.nothing_yet", lang, unit=unit)]
    if study.provenance.deadline:
        said.append(label("awaited.deadline", lang, day=day(study.provenance.deadline, lang)))
    said.append(label("awaited.asked", lang, count=len(asked)))
    said += _before(study)
    first, *rest = said
    body = "".join(f"<p>{escape(text)}</p>" for text in rest)
    return HTML(f'<div class="dti-note"><p><strong>{escape(first)}</strong></p>{body}</div>')


def pillars(study: Study) -> HTML | None:
    """The points that each pillar of the set can earn."""
    return criteria_page.pillars(study.framework, study.data, study.lang)


def what_is_asked(study: Study) -> HTML:
    """Every criterion with its rule in words and what proves it, as cards."""
    return criteria_page.criteria_list(study.framework, study.lang)


def _group(study: Study) -> str:
    return str(study.due.set_index("unit").at[study.unit, "group"])


def _before(study: Study) -> list[str]:
    """Where the unit stood in the year before, if it was ranked then."""
    before = study.before
    if before is None or before.partial or before.provisional:
        return []
    table = before.verified[(before.verified["component"] == TOTAL) & before.verified["rank"].notna()]
    said = []
    for row in table[table["unit"] == study.unit].to_dict("records"):
        points, rank = number(row["points"], 2, study.lang), rank_text(row["rank"], study.lang)
        said.append(label("awaited.before", study.lang, year=before.year, points=points, rank=rank, n=len(table)))
    return said
