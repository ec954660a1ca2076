"""Publishing: a page's notebook is run by papermill and turned into HTML by nbconvert; pages are put together as a site.

Every file is written beside its place and moved there; a site is assembled beside the published one, then takes its place.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.common.rooms import TEMPLATES
from dti_analysis.common.text import LANGS, Lang
from dti_analysis.common.writing import write_whole
from dti_analysis.publishing.frame import EXECUTED
from dti_analysis.publishing.ledger import Ledger
from dti_analysis.publishing.packing import pack_notebooks, pack_table
from dti_analysis.publishing.pages import Page
from dti_analysis.publishing.site import complete

KERNEL = "python3"
NEW_SITE = ".site.new"


def products(page: Page, output: Path) -> list[Path]:
    """The files that `make_page` writes: the executed notebook and the part of the page that is made from it."""
    return [output / "notebooks" / f"{page.path}.ipynb", output / "pages" / f"{page.path}.html"]


def make_page(page: Page, output: Path) -> tuple[list[Path], float | None]:
    """Run and convert one page; returns its files and the most memory its kernel took, in MiB.

    Raises Faults: a parameter the notebook lacks, or what went wrong in it, with notebook and cell.
    """
    import nbformat
    import papermill
    from nbclient.exceptions import DeadKernelError

    from dti_analysis.publishing.kernels import kernel_manager, measured

    executed, html = products(page, output)
    _refuse_unclean(page.notebook, sha256(page.notebook))
    known = papermill.inspect_notebook(str(page.notebook))
    unknown = [name for name in page.parameters if name not in known]
    if unknown:
        found = [Fault(str(page.notebook), "parameters", f"the parameter '{name}'", nearest(name, known)) for name in unknown]
        raise Faults(found)
    os.environ["DTI_DATA"] = str(page.root)
    measured.peak = None
    try:
        notebook = papermill.execute_notebook(
            str(page.notebook),
            None,
            page.parameters,
            kernel_name=KERNEL,
            progress_bar=False,
            request_save_on_cell_execute=False,
            kernel_manager_class=kernel_manager(),
            shutdown_kernel="immediate",  # it has nothing to save
        )
    except papermill.PapermillExecutionError as error:
        raise Faults(_in_cell(page, error)) from None
    except (DeadKernelError, RuntimeError, EOFError, ConnectionError) as error:
        if not Path(tempfile.gettempdir()).is_dir():
            raise FileNotFoundError from None
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        found_ = f"a kernel that died ({said.rstrip('.')})"
        raise fault(
            page.path, page.notebook.name, found_, "one that lives: run again, with more memory if it was short"
        ) from None
    content = (nbformat.writes(_without_traces(notebook)) + "\n").encode()
    shown = to_html(notebook, page).encode()
    write_whole(executed, content)
    write_whole(html, shown)
    return [executed, html], measured.peak


@cache
def _refuse_unclean(notebook: Path, digest: str) -> None:
    """Raise Faults if a notebook is not as the repository keeps them: what an analyst tried in it is not to be published."""
    from dti_analysis.checks import check_notebook

    check_notebook(notebook)


_SAID = re.compile(r"(?P<where>.*): found (?P<found>.*); expected (?P<expected>.*)", re.DOTALL)


def _in_cell(page: Page, error: Any) -> list[Fault]:
    """What went wrong in a notebook: the faults of the data that it met, else the error as it is called."""
    cell = f"{page.notebook.name}, cell {error.cell_index}"
    said = [match for line in str(error.evalue).splitlines() if (match := _SAID.fullmatch(line))]
    if error.ename == "Faults" and said:
        return [Fault(page.path, f"{cell}: {match['where']}", match["found"], match["expected"]) for match in said]
    first = (str(error.evalue).strip().splitlines() or [""])[0][:300]
    return [Fault(page.path, cell, f"{error.ename}: {first}", "a notebook that runs")]


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
    # What JupyterLab needs to be told and the site's style sheet says, and ends of elements that hold nothing.
    return re.sub(r"></(?:path|use)>", "/>", str(html).replace(' style="text-align:left"', ""))


def assemble(pages: list[Page], withheld: list[Page], tables: list[Path], output: Path) -> Path:
    """Put the made pages, tables and notebooks together as a folder beside output/site; returns that folder.

    In place of a page that is withheld stands a notice, so that no link leads nowhere.
    """
    new = output / NEW_SITE
    shutil.rmtree(new, ignore_errors=True)
    for page in pages:
        target = new / f"{page.path}.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(products(page, output)[1], target)
    new.mkdir(exist_ok=True)
    pack_notebooks({f"{page.path}.ipynb": products(page, output)[0] for page in pages}, new / EXECUTED)
    for table in tables:
        (new / "tables").mkdir(exist_ok=True)
        pack_table(table, new / "tables")
    complete(pages, new, withheld)
    return new


def record(pages: Iterable[Page], withheld: Iterable[Page], ledger: Ledger) -> bytes:
    """What output/run.json says: what ran, with which parameters, on which inputs, why, for how long, in how much memory.

    Each page has the seal that it was made with.
    """
    packages = ["dti-analysis", "pandas", "numpy", "matplotlib", "papermill", "nbconvert"]
    said: dict[str, Any] = {
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": sys.version.split()[0],
        "packages": {name: version(name) for name in packages},
        "pages": [],
        "withheld": [page.path for page in withheld],
    }
    for page in pages:
        made = ledger.entry(page.path)
        assert made is not None
        about = {"path": page.path, "notebook": page.notebook.name, "parameters": page.parameters, "sample": page.sample}
        account = {"seal": made.seal, "why": made.why, "seconds": made.seconds, "peak_mib": made.peak_mib}
        said["pages"].append(about | account)
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()
