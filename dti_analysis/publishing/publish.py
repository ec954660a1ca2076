"""Publishing: a page's notebook is run by papermill and turned into HTML by nbconvert; pages are put together as a site.

Every file is written beside its place and moved there; a site is assembled beside the published one, then takes its place.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import Fault, Faults, nearest
from dti_analysis.common.rooms import TEMPLATES
from dti_analysis.common.text import LANGS, Lang
from dti_analysis.common.writing import write_whole
from dti_analysis.publishing.attestation import attestation, this_machine
from dti_analysis.publishing.forks import peak
from dti_analysis.publishing.frame import EXECUTED
from dti_analysis.publishing.ledger import Ledger, digest_of
from dti_analysis.publishing.packing import pack_notebooks, pack_table
from dti_analysis.publishing.pages import PARAMETERS_PART, Page
from dti_analysis.publishing.site import complete
from dti_analysis.records.about import About

KERNEL = "python3"
NEW_SITE = ".site.new"


def products(page: Page, output: Path) -> list[Path]:
    """The files that `make_page` writes: the executed notebook and the part of the page that is made from it."""
    return [output / "notebooks" / f"{page.path}.ipynb", output / "pages" / f"{page.path}.html"]


def make_page(page: Page, output: Path) -> tuple[list[Path], float | None]:
    """Run and convert one page, in a process of its own; returns its files and the most memory that took, in MiB.

    Raises Faults: a parameter the notebook lacks, or what went wrong in it, with notebook and cell.
    """
    executed, html = products(page, output)
    notebook, part = made(page)
    write_whole(executed, notebook)
    write_whole(html, part)
    return [executed, html], peak()


def made(page: Page) -> tuple[bytes, bytes]:
    """The executed notebook of a page and the part of the page that is made from it. Raises Faults as `make_page`."""
    import nbformat
    import papermill

    from dti_analysis.publishing.cells import NAME

    if page.own is None:
        _refuse_unclean(page.notebook, sha256(page.notebook))
    known = papermill.inspect_notebook(str(page.notebook))
    unknown = [name for name in page.parameters if name not in known]
    if unknown:
        found = [Fault(str(page.notebook), "parameters", f"the parameter '{name}'", nearest(name, known)) for name in unknown]
        raise Faults(found)
    os.environ["DTI_DATA"] = str(page.root)
    try:
        notebook = papermill.execute_notebook(
            str(page.notebook), None, page.parameters, NAME, kernel_name=KERNEL, progress_bar=False,
            request_save_on_cell_execute=False,
        )  # fmt: skip
    except papermill.PapermillExecutionError as error:
        raise Faults(_in_cell(page, error)) from None
    content = (nbformat.writes(_without_traces(notebook)) + "\n").encode()
    return content, to_html(notebook, page).encode()


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


@cache
def exporter(lang: Lang) -> Any:
    """What turns notebooks into the parts of pages in a language."""
    from traitlets.config import Config

    from dti_analysis.publishing.html_export import Exporter

    other = [tag for tag in LANGS if tag != lang]
    config = Config()
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_cell_tags = set(other)
    config.HTMLExporter.exclude_input = True
    made_by = {"template_name": "dti", "extra_template_basedirs": [str(TEMPLATES)]}
    return Exporter(config=config, **made_by)  # type: ignore[no-untyped-call]


def to_html(notebook: Any, page: Page) -> str:
    """An executed notebook as the part of a page that is made from it, in one language, without its code."""
    html, _ = exporter(page.lang).from_notebook_node(notebook, {"own": page.own is not None})
    # What JupyterLab needs to be told and the site's style sheet says, and ends of elements that hold nothing.
    for shown in (' style="text-align:left"', ' style="overflow-x:auto"'):
        html = str(html).replace(shown, "")
    return re.sub(r"></(?:path|use)>", "/>", html)


def assemble(pages: list[Page], withheld: list[Page], tables: list[Path], output: Path, facts: About | None = None) -> Path:
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
    complete(pages, new, withheld, facts, attestation(output))
    return new


def record(pages: Iterable[Page], withheld: Iterable[Page], ledger: Ledger) -> bytes:
    """What output/run.json says: what ran, with which parameters, on which inputs, why, for how long, in how much memory.

    Each page has the seal that it was made with, and the name under which `inputs` holds the digests of all it was made from.
    """
    packages = ["dti-analysis", "pandas", "numpy", "matplotlib", "papermill", "nbconvert"]
    said: dict[str, Any] = {
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": sys.version.split()[0],
        "packages": {name: version(name) for name in packages},
        "machine": this_machine(),
        "inputs": {},
        "pages": [],
        "withheld": [page.path for page in withheld],
    }
    for page in pages:
        made = ledger.entry(page.path)
        assert made is not None
        about = {"path": page.path, "notebook": page.notebook.name, "parameters": page.parameters, "sample": page.sample}
        account = {"seal": made.seal, "why": made.why, "seconds": made.seconds, "peak_mib": made.peak_mib}
        inputs = {name: digest for name, digest in made.parts.items() if name != PARAMETERS_PART}
        said["inputs"][digest_of(inputs)[:16]] = inputs
        said["pages"].append(about | account | {"inputs": digest_of(inputs)[:16]})
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()
