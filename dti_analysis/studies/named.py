"""Tables with names: those of units and components beside their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from dti_analysis.common.faults import fault

if TYPE_CHECKING:
    from dti_analysis.common.text import Lang
    from dti_analysis.studies.study import Study

_COMPONENTS = ("component", "indicator")


def named(study: Study, table: pd.DataFrame, lang: Lang | None = None) -> pd.DataFrame:
    """A table of a study with the names of its units, components and indicators beside their ids.

    Adds `unit_name` after `unit`, `component_name` after `component`, `indicator_name` after `indicator`, in the study's
    language or another. An id that nobody knows keeps its id for a name. Raises Faults where there is no id to name.
    """
    lang = lang or study.lang
    there = [column for column in ("unit", *_COMPONENTS) if column in table]
    if not there:
        columns = ", ".join(map(str, table.columns)) or "none"
        raise fault("table", "columns", columns, "unit, component or indicator among them")
    result = table.copy()
    for column in there:
        names = study.data.unit_names(lang) if column == "unit" else _components(study, lang)
        if f"{column}_name" not in result:
            beside = [names.get(each, each) for each in result[column]]
            result.insert(int(result.columns.get_indexer(pd.Index([column]))[0]) + 1, f"{column}_name", beside)
    return result


def _components(study: Study, lang: Lang) -> dict[str, str]:
    """The names of the components of a study and of the year before, whose set may have others."""
    sets = [one.framework for one in (study.before, study) if one is not None]
    return {
        code: getattr(component, f"name_{lang}") or component.name_vi
        for framework in sets
        for code, component in framework.by_code.items()
    }
