"""Recognition on a page: the rule of the place, and what a unit has yet to do to pass."""

from __future__ import annotations

from pathlib import Path

from dti_analysis.common.text import label, number, percent
from dti_analysis.studies.recognised import pass_rule, read_checklist, shares, to_pass
from dti_analysis.studies.study import Study
from dti_analysis.views.html_table import Column, html_table
from dti_analysis.views.prose import markdown, told


def recognition(study: Study, checklist: str = "") -> list[object]:
    """What passing recognition takes of the study's unit: a sentence, and the criteria to be met with the least effort.

    `checklist`: a CSV file of unit, criterion, kind and met; without one only the rule is said. To be shown by
    `show(*recognised_page.recognition(study, checklist))`. Raises Faults as `read_checklist` and `to_pass` do.
    """
    lang, rule = study.lang, pass_rule(study.data, study.key.place, study.level)
    if rule is None:
        return [markdown(told("recognised.no_rule", lang, place=study.place))]
    due = {kind: percent(share, 0, lang) for kind, share in shares(rule, study.level).items()}
    act = told("recognised.rule", lang, number=rule["reference"]["number"], **due)
    if not checklist:
        unknown = "" if rule.get("criteria_known", True) else told("recognised.list_unknown", lang)
        return [markdown(" ".join(filter(None, [act, unknown, told("recognised.no_checklist", lang)])))]
    found = to_pass(rule, study.level, read_checklist(Path(checklist)), study.unit)
    unit, to_do = study.unit_name(study.unit), found.to_do
    if found.recognised:
        return [markdown(f"{act} {told('recognised.passes', lang, unit=unit)}")]
    key = "recognised.open" if found.recognised is None else "recognised.short"
    sentence = told(key, lang, unit=unit, count=len(to_do))
    if to_do.empty:  # a kind of which no criterion is listed decides nothing
        return [markdown(f"{act} {sentence}")]
    columns = [
        Column(label("recognised.criterion", lang), list(to_do["criterion"]), long=True),
        Column(label("recognised.kind", lang), [label(f"recognised.{kind}", lang) for kind in to_do["kind"]]),
        Column(label("recognised.effort", lang), [number(effort, 0, lang) for effort in to_do["effort"]], numeric=True),
    ]
    caption = label("recognised.caption", lang, unit=unit, number=rule["reference"]["number"])
    return [markdown(f"{act} {sentence}"), html_table(columns, caption, lang, sample=study.sample)]
