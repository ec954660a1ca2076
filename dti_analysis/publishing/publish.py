"""Publishing: a page's notebook is run by papermill and turned into HTML by nbconvert; pages are put together as a site.

Nothing is published until everything is there: a site is assembled beside the published one, then takes its place.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.common.rooms import TEMPLATES
from dti_analysis.common.text import LANGS, Lang
from dti_analysis.publishing.downloads import table_products
from dti_analysis.publishing.frame import NOTEBOOKS_ZIP, home_address
from dti_analysis.publishing.pages import Page
from dti_analysis.publishing.site import complete

KERNEL = "python3"


def products(page: Page, output: Path) -> list[Path]:
    """The files that `make_page` writes: the executed notebook and the part of the page that is made from it."""
    return [output / "notebooks" / f"{page.path}.ipynb", output / "pages" / f"{page.path}.html"]


def is_made(page: Page, output: Path) -> bool:
    """Whether the page was made before."""
    return all(path.exists() for path in products(page, output))


def make_page(page: Page, output: Path) -> None:
    """Run and convert one page. Raises Faults: a parameter the notebook lacks, or what went wrong in it."""
    import nbformat
    import papermill

    from dti_analysis.publishing.kernels import ForkedKernelManager

    executed, html = products(page, output)
    partial = executed.with_suffix(".partial.ipynb")
    for path in (partial, html):
        path.parent.mkdir(parents=True, exist_ok=True)
    known = papermill.inspect_notebook(str(page.notebook))
    unknown = [name for name in page.parameters if name not in known]
    if unknown:
        found = [Fault(str(page.notebook), "parameters", f"the parameter '{name}'", nearest(name, known)) for name in unknown]
        raise Faults(found)
    os.environ["DTI_DATA"] = str(page.root)
    try:
        papermill.execute_notebook(
            str(page.notebook),
            str(partial),
            page.parameters,
            kernel_name=KERNEL,
            progress_bar=False,
            request_save_on_cell_execute=False,
            kernel_manager_class=ForkedKernelManager,
            shutdown_kernel="immediate",  # it has nothing to save
        )
    except papermill.PapermillExecutionError as error:
        raise fault(page.path, f"cell {error.cell_index}", f"{error.ename}: {error.evalue}", "a notebook that runs") from None
    finally:
        notebook = nbformat.read(partial, as_version=4) if partial.exists() else None
        partial.unlink(missing_ok=True)
    nbformat.write(_without_traces(notebook), executed)
    html.write_text(to_html(notebook, page), encoding="utf-8")


def _without_traces(notebook: Any) -> Any:
    """The executed notebook without times, chance and paths of the machine: the same inputs give the same file."""
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
    for node in (notebook, *notebook.cells):
        node.metadata.pop("papermill", None)
        node.metadata.pop("execution", None)
    notebook.metadata.language_info.pop("version", None)
    return notebook


_converting = Lock()  # nbconvert makes no promise to threads


@cache
def _exporter(lang: Lang) -> Any:
    from nbconvert.exporters import HTMLExporter
    from traitlets.config import Config

    other = [tag for tag in LANGS if tag != lang]
    config = Config()
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_cell_tags = set(other)
    config.HTMLExporter.exclude_input = True
    return HTMLExporter(config=config, template_name="dti", extra_template_basedirs=[str(TEMPLATES)])


def to_html(notebook: Any, page: Page) -> str:
    """An executed notebook as the part of a page that is made from it, in one language, without its code."""
    with _converting:
        html, _ = _exporter(page.lang).from_notebook_node(notebook)
    return str(html)


def site_products(pages: list[Page], output: Path) -> list[Path]:
    """The files by which a published site is known to be as it was assembled."""
    html = [output / "site" / f"{page.path}.html" for page in pages]
    return [*html, *(output / "site" / home_address("", lang) for lang in LANGS), output / "run.json"]


def assemble(pages: list[Page], output: Path) -> Path:
    """Put the made pages, tables and notebooks together as output/site, in place of the one published before.

    Writes output/run.json beside it: what ran, with which parameters, on which inputs. Returns the path of index.html.
    """
    new, site = output / "site.new", output / "site"
    shutil.rmtree(new, ignore_errors=True)
    for page in pages:
        target = new / f"{page.path}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(products(page, output)[1], target)
    _zip_notebooks(pages, output, new / NOTEBOOKS_ZIP)
    for table in (table for page in pages if page.kind == "ranking" for table in table_products(page, output)):
        (new / "tables").mkdir(exist_ok=True)
        shutil.copyfile(table, new / "tables" / table.name)
    complete(pages, new)
    old = output / "site.old"
    if site.exists():
        site.rename(old)
    new.rename(site)
    shutil.rmtree(old, ignore_errors=True)
    (output / "run.json").write_text(json.dumps(_record(pages), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return site / "index.html"


def _zip_notebooks(pages: list[Page], output: Path, target: Path) -> None:
    """All executed notebooks in one file, the same bytes for the same notebooks."""
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for page in sorted(pages, key=lambda page: page.path):
            entry = ZipInfo(f"{page.path}.ipynb", date_time=(2020, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, products(page, output)[0].read_bytes())


def _record(pages: Iterable[Page]) -> dict[str, Any]:
    packages = ["dti-analysis", "pandas", "numpy", "matplotlib", "papermill", "nbconvert"]
    return {
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": sys.version.split()[0],
        "packages": {name: version(name) for name in packages},
        "pages": [
            {"path": p.path, "notebook": p.notebook.name, "parameters": p.parameters, "sample": p.sample, "seal": p.seal}
            for p in pages
        ],
    }
