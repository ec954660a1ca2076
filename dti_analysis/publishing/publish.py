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
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import Any

from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.common.rooms import PACKAGE
from dti_analysis.common.text import LANGS, Lang, collation, label, listing, percent
from dti_analysis.publishing.pages import Page
from dti_analysis.records.sources import Data
from dti_analysis.studies.study import Study

TEMPLATES = PACKAGE / "publishing" / "template"
KERNEL = "python3"
TABLES = ["scores", "gaps", "movement"]
_WORDS = ["home", "navigation", "banner", "downloads", "seal", "units", "question", "about", "synthetic_section"]


def products(page: Page, output: Path) -> list[Path]:
    """The files that `make_page` writes: the executed notebook and the HTML page."""
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
    """An executed notebook as a page of the site, in one language, without its code."""
    with _converting:
        html, _ = _exporter(page.lang).from_notebook_node(notebook, resources={"page": _frame(page)})
    return str(html)


def _words(lang: Lang) -> dict[str, str]:
    return {word: label(f"site.{word}", lang) for word in _WORDS} | {"synthetic": label("synthetic", lang)}


def _other(lang: Lang) -> Lang:
    return next(other for other in LANGS if other != lang)


def _frame(page: Page) -> dict[str, Any]:
    """What the template puts around a page."""
    lang, other = page.lang, _other(page.lang)
    related, downloads = [], [_link(f"../notebooks/{page.path}.ipynb", label("site.executed", lang))]
    if page.kind in ("ranking", "gaps", "unit"):
        study = f"{page.parameters['year']}-{page.parameters['level']}"
        related = [
            {**_link(f"{kind}-{study}.html", label(f"link.{kind}", lang)), "current": page.kind == kind}
            for kind in ("ranking", "gaps")
        ]
        downloads += [_link(f"../tables/{study}-{table}.csv", label(f"site.{table}", lang)) for table in TABLES]
    return {
        "lang": lang,
        "title": page.title,
        "synthetic": page.synthetic,
        "root": "../",
        "home": _home("../", lang),
        "words": _words(lang),
        "related": related,
        "translation": {"href": f"../{other}/{page.name}.html", "lang": other, "text": label("site.language", other)},
        "downloads": downloads,
        "seal": page.seal[:16],
    }


def _link(href: str, text: str) -> dict[str, str]:
    return {"href": href, "text": text}


def _home(root: str, lang: Lang) -> str:
    return root + ("index.html" if lang == "vi" else f"index.{lang}.html")


def table_products(ranking: Page, output: Path) -> list[Path]:
    """The CSV files that `make_tables` writes."""
    return [output / "tables" / f"{ranking.name.removeprefix('ranking-')}-{table}.csv" for table in TABLES]


def make_tables(ranking: Page, output: Path) -> None:
    """Write the tables behind a ranking page as CSV, each row saying what kind of data it rests on, and its figures as SVG."""
    import pandas as pd

    from dti_analysis.scores.schemas import GAPS, MOVEMENT, SCORES, validated
    from dti_analysis.views import figures

    study = _study(ranking)
    no_movement = pd.DataFrame(columns=list(MOVEMENT.columns))  # a header alone: there is no year before
    moved = study.movement if study.movement is not None else no_movement
    tables = [validated(study.scores, SCORES), validated(study.gaps, GAPS), moved]
    kind = "synthetic" if study.synthetic else study.kind
    for table, path in zip(tables, table_products(ranking, output), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        table.assign(data=kind).to_csv(path, index=False, lineterminator="\n", float_format="%.12g")
    for name in ("ranking", "distribution", "movement", "appraisal", "gap_tree", "heatmap", "pareto"):
        picture = getattr(figures, name)(study)
        if picture is not None:
            path = output / "figures" / f"{study.year}-{study.level}-{name}.svg"
            path.parent.mkdir(parents=True, exist_ok=True)
            picture.save(path)


def site_products(pages: list[Page], output: Path) -> list[Path]:
    """The files by which a published site is known to be as it was assembled."""
    html = [output / "site" / f"{page.path}.html" for page in pages]
    return [*html, *(output / "site" / _home("", lang) for lang in LANGS), output / "run.json"]


def assemble(pages: list[Page], output: Path) -> Path:
    """Put the made pages, tables and notebooks together as output/site, in place of the one published before.

    Writes output/run.json beside it: what ran, with which parameters, on which inputs. Returns the path of index.html.
    """
    new, site = output / "site.new", output / "site"
    shutil.rmtree(new, ignore_errors=True)
    for page in pages:
        for made, folder in zip(products(page, output), ("notebooks", ""), strict=True):
            target = new / folder / f"{page.path}{made.suffix}"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(made, target)
    for table in (table for page in pages if page.kind == "ranking" for table in table_products(page, output)):
        (new / "tables").mkdir(exist_ok=True)
        shutil.copyfile(table, new / "tables" / table.name)
    shutil.copyfile(TEMPLATES / "dti" / "style.css", new / "style.css")
    for lang in LANGS:
        (new / _home("", lang)).write_text(_home_page(pages, lang), encoding="utf-8")
    old = output / "site.old"
    if site.exists():
        site.rename(old)
    new.rename(site)
    shutil.rmtree(old, ignore_errors=True)
    (output / "run.json").write_text(json.dumps(_record(pages), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return site / "index.html"


def _record(pages: Iterable[Page]) -> dict[str, Any]:
    packages = ["dti-analysis", "pandas", "numpy", "matplotlib", "papermill", "nbconvert"]
    return {
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": sys.version.split()[0],
        "packages": {name: version(name) for name in packages},
        "pages": [
            {"path": p.path, "notebook": p.notebook.name, "parameters": p.parameters, "synthetic": p.synthetic, "seal": p.seal}
            for p in pages
        ],
    }


def _home_page(pages: list[Page], lang: Lang) -> str:
    from jinja2 import Environment, FileSystemLoader

    own = [page for page in pages if page.lang == lang]
    other = _other(lang)
    frame = {
        "lang": lang,
        "title": label("site.title", lang),
        "synthetic": False,
        "root": "",
        "home": _home("", lang),
        "words": _words(lang),
        "translation": {"href": _home("", other), "lang": other, "text": label("site.language", other)},
    }
    environment = Environment(loader=FileSystemLoader(TEMPLATES / "dti"), autoescape=True, trim_blocks=True)
    return environment.get_template("home.html.j2").render(page=frame, sections=_sections(own, lang))


def _sections(pages: list[Page], lang: Lang) -> list[dict[str, Any]]:
    """The newest year first; within it a section per level; last what belongs to no year."""
    studies = [page for page in pages if "year" in page.parameters]
    others = [page for page in pages if "year" not in page.parameters]
    sections = []
    key = lambda page: (-page.parameters["year"], page.parameters["level"])  # noqa: E731
    for (year, level), group in groupby(sorted(studies, key=key), key=key):
        of_study = list(group)
        study = _study(of_study[0])
        named = {"level": label(f"level.{level}", lang).capitalize(), "place": study.place, "year": -year}
        sections.append(
            {
                "title": label("site.section", lang, **named),
                "synthetic": of_study[0].synthetic,
                "leader": _leader(study),
                "links": [_to(page) for page in of_study if page.kind != "unit"],
                "units": sorted(
                    (_to(page) for page in of_study if page.kind == "unit"), key=lambda link: collation(link["text"])
                ),
            }
        )
    if others:
        links = [_to(page) for page in others]
        title = label("site.others", lang)
        sections.append({"title": title, "synthetic": False, "leader": "", "links": links, "units": []})
    return sections


def _study(page: Page) -> Study:
    return Study(page.parameters["year"], page.parameters["level"], page.lang, Data(page.root))


def _leader(study: Study) -> str:
    """Who leads a year and level, and with how much."""
    best = study.ranking[study.ranking["rank"] == study.ranking["rank"].min()]
    names = listing([study.unit_name(unit) for unit in best["unit"]], study.lang)
    score = percent(best["score"].iloc[0], study.framework.ranking.decimals, study.lang)
    key = "site.leader_synthetic" if study.synthetic else "site.leader"
    return label(key, study.lang, unit=names, score=score)


def _to(page: Page) -> dict[str, str]:
    return _link(f"{page.path}.html", page.link)
