"""What a batch does once, before it forks, so that no page has to: imports, first uses of libraries, the tables of studies."""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from importlib import import_module
from operator import attrgetter
from pkgutil import iter_modules

from dti_analysis.common.faults import Faults
from dti_analysis.common.rooms import PACKAGE
from dti_analysis.common.text import LANGS
from dti_analysis.publishing.frame import study_of
from dti_analysis.publishing.pages import Page
from dti_analysis.publishing.publish import exporter, made
from dti_analysis.studies.neighbours import FEW_UNITS
from dti_analysis.studies.outlook import MANY

_LIBRARIES = ["papermill", "nbconvert.exporters", "scipy.optimize", "matplotlib.backends.backend_svg"]
_OF_UNITS = [
    "ranking", "gaps", "appraisal", "movement", "standing.bounds", "standing.reliability", "change.ranks", "change.kinds",
    "change.reasons", "neighbours.models", "outlook._totals", "outlook._exact", "outlook._groups",
    "firmness.appealed", "firmness.intervals", "remarks", "corrections.moved",
]  # fmt: skip
"""Tables of a study that the pages of all its units show a part of."""
_OF_FEW = {"neighbours._all_others": FEW_UNITS, "outlook._options": MANY}
"""Those that each page finds for its own unit where there are more units than so many."""
_RARELY = 100_000
"""After how many new objects garbage is looked for: a page is made in seconds, and its process ends."""
_MANY = 4
"""From how many pages of units on one more is made for nothing."""
_WINGS = ["scores", "studies", "views"]


def prepare() -> None:
    """Import and use once what pages are made with."""
    gc.set_threshold(_RARELY)
    for name in _LIBRARIES:
        import_module(name)
    import_module("dti_analysis.publishing.cells")
    for wing in _WINGS:
        for module in iter_modules([str(PACKAGE / wing)]):
            import_module(f"dti_analysis.{wing}.{module.name}")
    _use_once()


def share_study(page: Page) -> None:
    """Compute what the pages of a study and its units share, when the first of them is to be made."""
    study = study_of(page) if page.key is not None else None
    if study is None or study.shared or not study.to_indicators:  # which has no pages of units
        return
    few = [table for table, most in _OF_FEW.items() if len(study.units) <= most]
    for table in [*_OF_UNITS, *few]:
        with suppress(Faults):  # whoever makes a page will be told
            attrgetter(table)(study)
    study.share()


def rehearse(todo: list[Page]) -> None:
    """Where many pages of units are to be made, make one and let it go: whatever is used for the first time, none of them has
    to load again. Pages differ by nothing for it: what a page leaves behind in a process is there to save time only."""
    page = next((page for page in todo if page.kind == "unit"), None)
    if page is None or sum(other.kind == "unit" for other in todo) < _MANY:
        return
    share_study(page)
    main, before = sys.modules["__main__"], {name: os.environ.get(name) for name in ("DTI_DATA", "MPLBACKEND")}
    try:
        with suppress(Exception):  # whoever makes the page will be told
            made(page)
    finally:
        sys.modules["__main__"] = main
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _use_once() -> None:
    """Draw something and convert a small notebook in each language: what libraries do at their first use is then done."""
    from nbformat.v4 import new_code_cell, new_notebook

    from dti_analysis.views.figures.picture import style
    from dti_analysis.views.figures.sheet import Sheet

    with style():
        sheet = Sheet("1", "1", 1, sample=True)
        for bold in (False, True):
            sheet.text(1, 1, "1", bold=bold)
        _ = sheet.picture("1", "1").svg
    notebook = new_notebook(cells=[new_code_cell("1", metadata={"tags": ["parameters"]})])
    for lang in LANGS:
        exporter(lang).from_notebook_node(notebook)
