"""The tables and figures behind a study, as files that a reader takes away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dti_analysis.common.writing import plain_cell, write_whole
from dti_analysis.publishing.frame import slug, study_of, tables_of
from dti_analysis.publishing.pages import Page
from dti_analysis.studies.study import Study


def table_products(ranking: Page, output: Path) -> list[Path]:
    """The CSV files that `make_tables` writes."""
    return [output / "tables" / f"{slug(ranking)}-{table}.csv" for table in tables_of(study_of(ranking))]


def make_tables(ranking: Page, output: Path) -> list[Path]:
    """Write the tables behind a ranking page as CSV, with names, each row saying what kind of data it rests on, and its
    figures as SVG. Returns the files."""
    from dti_analysis.scores.schema_scores import GAPS, MOVEMENT, SCORES
    from dti_analysis.scores.schemas import validated
    from dti_analysis.views import figures

    study = study_of(ranking)
    made: dict[str, tuple[Any, Any]] = {
        "scores": (study.scores, SCORES),
        "gaps": (study.gaps, GAPS),
        "movement": (study.movement, MOVEMENT),
    }
    for name, path in zip(tables_of(study), table_products(ranking, output), strict=True):
        table, schema = made[name]
        named = _with_names(validated(table, schema), study)
        write_whole(path, named.to_csv(None, index=False, lineterminator="\n", float_format="%.12g").encode())
    drawn = ["ranking", "distribution", "movement", "appraisal", *(["gap_tree", "heatmap", "pareto"] if study.to_parts else [])]
    products = table_products(ranking, output)
    for figure in drawn:
        picture = getattr(figures, figure)(study)
        if picture is not None:
            products.append(output / "figures" / f"{slug(ranking)}-{figure}.svg")
            write_whole(products[-1], (picture.svg + "\n").encode())
    return products


def _with_names(table: Any, study: Study) -> Any:
    """A table with the names of its units and components beside their ids, and the kind of data it rests on."""
    codes = [*study.framework.by_code, *(study.before.framework.by_code if study.before else [])]
    old = study.before or study
    components = {code: (study if code in study.framework.by_code else old).component_name(code) for code in codes}
    named = table.copy()
    named.insert(named.columns.get_loc("unit") + 1, "unit_name", [study.unit_name(unit) for unit in named["unit"]])
    named.insert(named.columns.get_loc("component") + 1, "component_name", [components[code] for code in named["component"]])
    for column in ("unit", "unit_name", "group", "component_name"):
        if column in named:
            named[column] = [plain_cell(str(cell)) for cell in named[column]]
    return named.assign(data=study.kind)
