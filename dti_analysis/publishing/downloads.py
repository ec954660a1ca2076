"""The tables and figures behind a study, as files that a reader takes away."""

from __future__ import annotations

from pathlib import Path

from dti_analysis.common.faults import fault
from dti_analysis.common.writing import plain_cell, write_whole
from dti_analysis.publishing.frame import slug, study_of, tables_of
from dti_analysis.publishing.pages import Page
from dti_analysis.studies.named import named
from dti_analysis.studies.study import Study

_ROW = ["unit", "basis", "component"]
"""What a row of scores is of."""


def table_products(ranking: Page, output: Path) -> list[Path]:
    """The workbook and the CSV files that `make_tables` writes: one set for both languages."""
    names = ["", *(f"-{table}" for table in tables_of(study_of(ranking)))]
    return [output / "tables" / f"{slug(ranking)}{name}.{'csv' if name else 'xlsx'}" for name in names]


def make_tables(ranking: Page, output: Path) -> list[Path]:
    """Write what is behind a ranking page: its workbook, its tables as CSV, with names, each row saying what kind of data it
    rests on, and its figures as SVG. Returns the files."""
    from dti_analysis.studies.workbook import workbook
    from dti_analysis.views import figures

    study = study_of(ranking)
    products = table_products(ranking, output)
    write_whole(products[0], workbook(study))
    for table, path in zip(tables_of(study), products[1:], strict=True):
        write_whole(path, as_csv(study, table))
    drawn = ["ranking", "distribution", "movement", "appraisal", *(["gap_tree", "heatmap", "pareto"] if study.to_parts else [])]
    for figure in drawn:
        picture = getattr(figures, figure)(study)
        if picture is not None:
            products.append(output / "figures" / f"{slug(ranking)}-{figure}.svg")
            write_whole(products[-1], (picture.svg + "\n").encode())
    return products


def as_csv(study: Study, name: str) -> bytes:
    """A table of a study as CSV in UTF-8, with the mark by which spreadsheets know it.

    Ids as they are, Vietnamese names beside them, the kind of data in every row.

    `scores` has the gaps of the verified rows beside them. Every column is told in the workbook's codebook.
    """
    from dti_analysis.scores.schema_scores import GAPS, MOVEMENT, SCORES
    from dti_analysis.scores.schemas import validated

    table = study.movement if name == "movement" else validated(study.scores, SCORES)
    if table is None:
        raise fault(repr(study), name, "nothing to compare", "a year before, both known whole")
    if name == "movement":
        table = validated(table, MOVEMENT)
    elif study.to_parts:
        gaps = validated(study.gaps, GAPS)
        more = [column for column in gaps if column not in table]
        table = table.merge(gaps[[*_ROW, *more]], how="left", on=_ROW, sort=False)
    table = named(study, table, "vi")
    for column in ("unit", "unit_name", "group", "component_name"):
        if column in table:
            table[column] = [plain_cell(str(cell)) for cell in table[column]]
    text: str = table.assign(data=study.kind).to_csv(None, index=False, lineterminator="\n", float_format="%.12g")
    return text.encode("utf-8-sig")
