"""What a batch does once, before it forks, so that no page has to: imports, first uses of libraries, the tables of studies."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from pkgutil import iter_modules

from dti_analysis.common.faults import Faults
from dti_analysis.common.rooms import PACKAGE
from dti_analysis.common.text import LANGS
from dti_analysis.publishing.frame import study_of
from dti_analysis.publishing.pages import Page

_LIBRARIES = ["papermill", "nbconvert.exporters", "scipy.optimize", "matplotlib.backends.backend_svg"]
_WINGS = ["scores", "studies", "views"]


def prepare(pages: Iterable[Page]) -> None:
    """Import and use once what `pages` are made with, and compute the scores that several of them share."""
    for name in _LIBRARIES:
        import_module(name)
    import_module("dti_analysis.publishing.cells")
    for wing in _WINGS:
        for module in iter_modules([str(PACKAGE / wing)]):
            import_module(f"dti_analysis.{wing}.{module.name}")
    _use_once()
    shared = {(page.key, page.lang): page for page in pages if page.key is not None}
    for page in shared.values():
        with suppress(Faults):  # whoever makes the page will be told
            _ = study_of(page).scores


def _use_once() -> None:
    """A small notebook, run and converted in each language, and a drawing: what libraries do at their first use is then done."""
    from nbformat.v4 import new_code_cell, new_notebook

    from dti_analysis.publishing.publish import exporter
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

