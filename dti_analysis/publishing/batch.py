"""The batch: which pages are out of date, made again side by side, then the site. The engine is doit.

What decides is each task's seal, a hash of its inputs' content, and the content of what it made: not times. Notebooks and the
other modules know nothing of the engine (docs/decisions/0001-task-engine.md).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any, ClassVar

from doit.cmd_base import TaskLoader2
from doit.doit_cmd import DoitMain
from doit.exceptions import TaskFailed, UnmetDependency
from doit.reporter import ZeroReporter
from doit.task import dict_to_task
from doit.tools import config_changed

from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.common.kept import FOLDER
from dti_analysis.common.text import LANGS
from dti_analysis.publishing import publish
from dti_analysis.publishing.downloads import make_tables, table_products
from dti_analysis.publishing.pages import Page, package_files, pages, seal
from dti_analysis.publishing.site import site_files
from dti_analysis.records.sources import Data, Key

CHECK = "check of the data"
"""The first task: while the data folder has a fault, no notebook is run."""


@dataclass(frozen=True)
class Batch:
    """What a batch did: how many of its tasks it had to do, and where the site begins."""

    made: int
    total: int
    index: Path


def run_batch(chosen: dict[str, list[Any]], workers: int, output: Path, root: Path | None) -> Batch:
    """Make what is out of date below `output`, and publish it as output/site when all of it succeeded.

    `chosen` names places, indices, years, levels and languages (keys place, index, year, level, lang); an empty choice means
    all, and what is not chosen stays in the site as it was last made. Prints a line for each task done, `[k of n]`. Raises
    Faults when there is nothing of what is chosen, when `output` cannot be written to, or with what
    each failed page says; the published site is then as before.
    """
    data = Data(root.resolve() if root else None)
    _check_choices(data, chosen)
    output = output.resolve()
    _check_writable(output)
    os.environ[FOLDER] = str(output / ".kept")  # kernels read there what one of them has computed
    everything = _listed(data)
    pages_ = [page for page in everything if _is_chosen(page, chosen)]
    _Progress.failures, _Progress.made, _Progress.total = [], 0, 0
    settings = {
        "reporter": _Progress,
        "dep_file": str(output / ".doit"),
        "backend": "sqlite3",
        "num_process": workers if workers > 1 else 0,
        "par_type": "thread",  # every notebook and table is made in a process of its own; see the decision record
        "continue": True,
        "verbosity": 0,
    }
    loader = _Loader(_tasks(pages_, everything, output), settings)
    code = DoitMain(loader, config_filenames=()).run(["run"])
    if _Progress.failures:
        raise Faults(_Progress.failures)
    if code:
        raise fault("doit", "", f"exit code {code}", "0")
    return Batch(_Progress.made, _Progress.total, output / "site" / "index.html")


def _listed(data: Data) -> list[Page]:
    """Every page there is; if the data are too faulty to tell, all their faults."""
    try:
        return list(pages(data))
    except Faults as error:
        from dti_analysis.checks import check

        raise Faults(check(data.root) or error.faults) from None


def _is_chosen(page: Page, chosen: dict[str, list[Any]]) -> bool:
    """Whether a page is of what is chosen; pages of no year, level … belong to a batch of all of them."""
    own = {**(page.key._asdict() if page.key else page.parameters), "lang": page.lang}
    return all(not words or own.get(name) in words for name, words in chosen.items())


def _check_choices(data: Data, chosen: dict[str, list[Any]]) -> None:
    there = data.assessments()
    known = {name: {str(getattr(key, name)) for key in there} for name in Key._fields} | {"lang": set(LANGS)}
    faults = [
        Fault("dti run", f"--{name}", f"'{word}'", nearest(str(word), known[name]))
        for name, words in chosen.items()
        for word in words
        if str(word) not in known[name]
    ]
    if faults:
        raise Faults(faults)
    of_study = {name: words for name, words in chosen.items() if words and name != "lang"}
    if not any(all(getattr(key, name) in words for name, words in of_study.items()) for key in there):
        said = ", ".join(f"{name} {' or '.join(map(str, words))}" for name, words in of_study.items())
        raise fault("dti run", "", f"no assessment of {said}", "a combination that data/assessments has")


def _check_writable(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
        probe = output / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise fault(output, "", error.strerror or str(error), "a folder that can be written to (--output)") from None


def _tasks(chosen: list[Page], everything: list[Page], output: Path) -> Iterator[dict[str, Any]]:
    data = everything[0].root
    files = sorted(path for path in data.rglob("*") if path.is_file())
    yield _task(CHECK, seal([*files, *package_files()], data, {}), [], _refuse_faults, data)
    made = [_task(page.path, page.seal, publish.products(page, output), publish.make_page, page, output) for page in chosen]
    for ranking in (page for page in chosen if page.kind == "ranking" and page.lang == chosen[0].lang):
        name = f"tables/{ranking.folder}"
        products = table_products(ranking, output)
        made.append(_task(name, ranking.seal, products, _make_tables, ranking, output))
    yield from made
    paths = {page.path for page in chosen}
    shown = [page for page in everything if page.path in paths or publish.is_made(page, output)]
    whole = seal(site_files(data), data, {page.path: page.seal for page in shown})
    task = _task("site", whole, publish.site_products(shown, output), publish.assemble, shown, output)
    yield task | {"task_dep": [CHECK, *(task["name"] for task in made)]}


def _make_tables(ranking: Page, output: Path) -> None:
    from dti_analysis.publishing.kernels import in_fork

    in_fork(make_tables, ranking, output)


def _refuse_faults(data: Path) -> None:
    from dti_analysis.checks import check

    faults = check(data)
    if faults:
        raise Faults(faults)


def _task(name: str, key: str, products: list[Path], work: Callable[..., object], *given: object) -> dict[str, Any]:
    return {
        "name": name,
        "actions": [(_call, (work, given))],
        "targets": [str(path) for path in products],
        "uptodate": [config_changed(key), _Unchanged(products)],
        "task_dep": [] if name == CHECK else [CHECK],
        "io": {"capture": False},  # doit swaps sys.stdout to capture it, which threads do not survive
    }


_importing = Lock()
_HEAVY = ["nbconvert.exporters", "papermill", "dti_analysis.checks", "dti_analysis.publishing.kernels"]
"""What tasks import. Two threads that import them at once, the first time, may each meet a package half made."""


def _call(work: Callable[..., object], given: tuple[object, ...]) -> TaskFailed | None:
    """Do the work; faults travel from the worker process as text."""
    with _importing:
        for name in _HEAVY:
            import_module(name)
    try:
        work(*given)
    except Faults as error:
        return TaskFailed(json.dumps([asdict(fault) for fault in error.faults]))
    return None


class _Loader(TaskLoader2):  # type: ignore[misc]
    """Hands tasks to doit without a file of tasks."""

    def __init__(self, tasks: Iterable[dict[str, Any]], settings: dict[str, Any]):
        super().__init__()
        self._tasks, self._settings = tasks, settings

    def load_doit_config(self) -> dict[str, Any]:
        return self._settings

    def load_tasks(self, cmd: Any, pos_args: Any) -> list[Any]:
        return [dict_to_task(task) for task in self._tasks]


class _Unchanged:
    """Whether products are as they were made: one that was deleted or altered is made again."""

    def __init__(self, products: list[Path]):
        self.products = products

    def configure_task(self, task: Any) -> None:
        task.value_savers.append(lambda: {"products": self._digests()})

    def __call__(self, task: Any, values: dict[str, Any]) -> bool:
        return all(path.exists() for path in self.products) and values.get("products") == self._digests()

    def _digests(self) -> list[str]:
        return [sha256(path) for path in self.products]


class _Progress(ZeroReporter):  # type: ignore[misc]
    """One line for each task that was out of date, and the faults of those that failed."""

    failures: ClassVar[list[Fault]] = []
    made = total = 0

    def initialize(self, tasks: dict[str, Any], selected: list[str]) -> None:
        _Progress.total = len(tasks)
        self._seen = 0

    def _say(self, task: Any, word: str) -> None:
        remain = _Progress.total - self._seen
        self.outstream.write(f"[{self._seen} of {_Progress.total}] {task.name} {word}, {remain} remain\n")
        self.outstream.flush()

    def skip_uptodate(self, task: Any) -> None:
        self._seen += 1

    def add_success(self, task: Any) -> None:
        self._seen += 1
        _Progress.made += 1
        self._say(task, "done")

    def add_failure(self, task: Any, fail: Any) -> None:
        self._seen += 1
        if isinstance(fail, UnmetDependency):
            return
        self._say(task, "FAILED")
        if isinstance(fail, TaskFailed):
            _Progress.failures += [Fault(**fault) for fault in json.loads(fail.message)]
        else:
            _Progress.failures.append(Fault(task.name, "", fail.get_msg(), "no error"))
