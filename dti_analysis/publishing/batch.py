"""The batch: which pages are out of date and why, made again side by side, then the site, published in one step.

What decides is the content of inputs and products, by the ledger of the output folder; not times. Notebooks and the other
modules know nothing of it (docs/decisions/0005-a-batch-that-nothing-breaks.md).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.common.kept import FOLDER as KEPT_FOLDER
from dti_analysis.common.kept import kept
from dti_analysis.common.rooms import LOCK
from dti_analysis.common.writing import write_whole
from dti_analysis.publishing import publish
from dti_analysis.publishing.alone import alone
from dti_analysis.publishing.attestation import FILE as ATTESTATION
from dti_analysis.publishing.downloads import make_tables
from dti_analysis.publishing.engine import Ended, Outcome, Progress, run_jobs, said
from dti_analysis.publishing.forks import Forks, can_fork, peak
from dti_analysis.publishing.ledger import Entry, Job, Ledger, digest_of
from dti_analysis.publishing.outputs import KEPT, check_writable, refuse_output, sweep, tidy
from dti_analysis.publishing.pages import Page, as_read, changed_meanwhile, digests, package_digest, package_files, pages
from dti_analysis.publishing.settled import asked, remember
from dti_analysis.publishing.site import site_files
from dti_analysis.publishing.switch import replace_folder
from dti_analysis.records.about import About, about
from dti_analysis.records.sources import Data, Key
from dti_analysis.records.to_write import to_write
from dti_analysis.studies.study import Study

CHECK = "check of the data"
"""The first job: while the data folder has a fault, no notebook is run."""
SITE = "site"


@dataclass(frozen=True)
class Batch:
    """What a batch did: how many of its jobs it had to do, and where the site begins."""

    made: int
    total: int
    index: Path


class Partly(Faults):
    """Faults of pages that could not be made, while all that does not rest on them was published."""

    consequence = "what does not rest on it was published"


class Unpublished(Faults):
    """Faults that ended a batch before it published; what it made is kept."""

    consequence = "nothing was published; what was made is kept for the next run"


def run_batch(
    chosen: dict[str, list[Any]],
    workers: int,
    output: Path,
    root: Path | None,
    say: Callable[[str], None],
    wait: bool = False,
    site: Path | None = None,
    cluster: str | None = None,
) -> Batch:
    """Make what is out of date below `output`, and publish it as output/site.

    `chosen` names places, indices, years, levels and languages (keys place, index, year, level, lang), or pages (path); an
    empty choice means all. `site` is the file that says what the site shows; data/site.yaml if none is given. What was
    published before and rests on something that changed is made again with what is chosen, so that no two pages contradict
    each other. `say` gets a line for each job done. One batch at a time has an output: with `wait` another waits, else it is
    refused.

    Raises Faults when there is nothing of what is chosen, or `output` is not for a batch to write to, the site being as
    before; Unpublished when the surroundings fail or the data change meanwhile, the site being as before too; Partly when
    pages could not be made: the rest is published, with a notice in their place.
    """
    data = _data(root)
    facts = about(data.root, site)
    check_choices(data, chosen, facts)
    output = output.resolve()
    refuse_output(output, data.root)
    check_writable(output)
    try:
        with alone(output, wait, say, partial(tidy, output)):
            os.environ[KEPT_FOLDER] = str(output / KEPT)  # forks read there what one of them has computed
            this = asked(chosen, root, site)
            plan, done = _run(partial(Plan.of, data, chosen, output, site), data, output, workers, say, cluster, site)
            remember(this, output, as_read(_read_by(plan)))
            return done
    except Ended as error:
        raise Unpublished(error.faults) from None
    except OSError as error:
        needed = "room and leave to write below --output"
        raise Unpublished([Fault(str(error.filename or output), "", error.strerror or str(error), needed)]) from None
    finally:
        Study.share_nothing()


def _data(root: Path | None) -> Data:
    return Data(root.resolve() if root else None)


@dataclass(frozen=True)
class Plan:
    """What there is to make below an output: every page there is, those wanted, and the jobs with their reasons."""

    data: Data
    ledger: Ledger
    everything: list[Page]
    wanted: list[Page]
    jobs: dict[str, Job]
    todo: dict[str, tuple[Job, list[str]]]
    check: Job
    files: list[Path] = field(repr=False)
    site: Path | None = None

    @classmethod
    def of(cls, data: Data, chosen: dict[str, list[Any]], output: Path, site: Path | None = None) -> Plan:
        """The plan of a choice: what is chosen, and whatever was made before."""
        ledger = Ledger(output)
        check, files = _check_job(data)
        everything = listed(data, site)
        wanted = [page for page in everything if _is_chosen(page, chosen) or ledger.entry(page.path)]
        jobs: dict[str, Job] = {}
        for page in wanted:
            if page.kind == "ranking" and (name := tables_of_study(page)) not in jobs:
                jobs[name] = _tables_job(name, page, output)  # which takes longest
            jobs[page.path] = _page_job(page, output)
        todo = {name: (job, why) for name, job in jobs.items() if (why := ledger.reasons(job))}
        return cls(data, ledger, everything, wanted, jobs, todo, check, files, site)


def tables_of_study(page: Page) -> str:
    """The name of the job that makes the tables behind the pages of a study."""
    return f"tables/{page.folder}"


def _check_job(data: Data) -> tuple[Job, list[Path]]:
    files = sorted(path for path in data.root.rglob("*") if path.is_file())
    parts = digests(files, data.root) | {"the package": package_digest()}
    return Job(CHECK, parts, partial(_refuse_faults, data.root)), files


def _page_job(page: Page, output: Path) -> Job:
    files = [*filter(Path.exists, page.data_files), page.notebook]
    changed = partial(changed_meanwhile, files, page.root)
    return Job(page.path, page.parts, partial(publish.make_page, page, output), page.seal, changed, partial(_share_study, page))


def _tables_job(name: str, ranking: Page, output: Path) -> Job:
    files = [*filter(Path.exists, ranking.data_files)]
    changed = partial(changed_meanwhile, files, ranking.root)
    parts = {part: digest for part, digest in ranking.parts.items() if not part.startswith(("its ", "notebooks/"))}
    return Job(name, parts, partial(_make_tables, ranking, output), ranking.seal, changed, partial(_share_study, ranking))


def listed(data: Data, site: Path | None = None) -> list[Page]:
    """Every page there is, kept for as long as data, site and package are as they are; if the data are too faulty to tell, all
    their faults."""
    try:
        return [replace(page) for page in _kept_pages(data, site)]
    except Faults as error:
        from dti_analysis.checks import check

        raise Faults(check(data.root) or error.faults) from None


def _kept_pages(data: Data, site: Path | None) -> list[Page]:
    files = [*(path for path in data.root.rglob("*") if path.is_file()), *([site] if site else [])]
    name = f"pages-{digest_of([package_digest(), str(data.root), str(site)])[:16]}"
    return kept(name, files, lambda: list(pages(data, site)))


def _list_pages(data: Data, site: Path | None) -> int:
    return len(_kept_pages(data, site))


def _is_chosen(page: Page, chosen: dict[str, list[Any]]) -> bool:
    """Whether a page is of what is chosen; pages of no year, level … belong to a batch of all of them."""
    own = {**(page.key._asdict() if page.key else page.parameters), "lang": page.lang, "path": page.path}
    return all(not words or own.get(name) in words for name, words in chosen.items())


def check_choices(data: Data, chosen: dict[str, list[Any]], facts: About) -> None:
    """Raise Faults if a choice names what the site does not show, or nothing at all."""
    if lacking := to_write(data.root):
        raise Faults(lacking)
    there = [key for key in data.assessments() if facts.has(key)]
    known = {name: {str(getattr(key, name)) for key in there} for name in Key._fields} | {"lang": set(facts.languages)}
    faults = [
        Fault("dti run", f"--{name}", f"'{word}'", nearest(str(word), known[name]))
        for name, words in chosen.items()
        for word in words
        if name in known and str(word) not in known[name]
    ]
    if faults:
        raise Faults(faults)
    of_study = {name: words for name, words in chosen.items() if words and name in Key._fields}
    if not any(all(getattr(key, name) in words for name, words in of_study.items()) for key in there):
        asked = ", ".join(f"{name} {' or '.join(map(str, words))}" for name, words in of_study.items())
        raise fault(
            "dti run", "", f"no assessment of {asked}" if asked else "no assessment", "a combination that data/assessments has"
        )


def _run(
    plan_of: Callable[[], Plan],
    data: Data,
    output: Path,
    workers: int,
    say: Callable[[str], None],
    cluster: str | None,
    site: Path | None,
) -> tuple[Plan, Batch]:
    ledger, check = Ledger(output), _check_job(data)[0]
    unchecked = ledger.reasons(check)
    hands, progress = Forks(workers), Progress(2, 0, [], ledger, say)
    plans: list[Plan] = []

    def planned() -> Plan:
        plan = plan_of()
        todo = [plan.check] * bool(unchecked) + [job for job, _ in plan.todo.values()]
        progress.expect(len(plan.jobs) + 2, len(plan.jobs) + 1 - len(todo), todo)
        if plan.todo and not can_fork():
            say("this system cannot fork processes: every page starts a Python of its own, which takes seconds longer")
        studies = map(tables_of_study, _rankings(plan.everything))
        sweep(plan.ledger, {CHECK, SITE, *(page.path for page in plan.everything), *studies})
        plans.append(plan)
        return plan

    def get_ready() -> None:
        """While data are checked in one fork, list pages in another, and prepare here what makes them."""
        lister = Forks(1)
        lister.start("list", partial(_list_pages, data, site))
        if not cluster:
            _prepare()
        ((_, listed_there),) = lister.wait()
        if isinstance(listed_there, int):  # else the check will say what is wrong
            plan = planned()
            if plan.todo and not cluster:
                _rehearse(plan)

    if unchecked:
        checked = run_jobs({CHECK: (check, unchecked)}, hands, ledger, progress, get_ready)
        _raise_ended(checked)
        if checked.failed:
            raise Faults(checked.failed[CHECK])
    plan = plans[0] if plans else planned()
    if plan.todo and not cluster and not unchecked:
        _prepare()
        _rehearse(plan)
    ledger = plan.ledger
    outcome = _made_by_workers(plan, cluster, progress) if cluster else run_jobs(plan.todo, hands, ledger, progress)
    _raise_ended(outcome)
    made = bool(unchecked) + outcome.made + _published(plan, outcome, progress)
    if outcome.failed:
        raise Partly(fault for faults in outcome.failed.values() for fault in faults)
    return plan, Batch(made, len(plan.jobs) + 2, output / "site" / "index.html")


def _made_by_workers(plan: Plan, cluster: str, progress: Progress) -> Outcome:
    """What became of the jobs that were sent to a cluster, if there are any."""
    from dti_analysis.publishing.cluster import Workers

    if not plan.todo:
        return Outcome()
    pages = {page.path: page for page in plan.wanted} | {tables_of_study(page): page for page in _rankings(plan.wanted)}
    workers = Workers(cluster, plan.todo, pages, plan.ledger, plan.data.root)
    try:
        return run_jobs(plan.todo, workers, plan.ledger, progress)
    finally:
        workers.close()


def _rankings(found: Sequence[Page]) -> list[Page]:
    return [page for page in found if page.kind == "ranking"]


def _raise_ended(outcome: Outcome) -> None:
    if outcome.ended:
        raise Unpublished(outcome.ended)


def _published(plan: Plan, outcome: Outcome, progress: Progress) -> int:
    """Publish what was made; returns 1 if the site was out of date, else 0."""
    ledger, output = plan.ledger, plan.ledger.output
    withheld = [page for page in plan.wanted if not _may_be_shown(page, plan, outcome)]
    shown = [page for page in plan.wanted if page not in withheld]
    studies = {tables_of_study(page) for page in _rankings(plan.wanted)} - outcome.failed.keys()
    entries = [ledger.entry(name) for name in sorted(studies)]
    tables = [output / product for entry in entries if entry for product in entry.products if product.startswith("tables/")]
    parts = {page.path: _digest_of_entry(ledger, page.path) for page in shown} | {page.path: "withheld" for page in withheld}
    parts |= {name: _digest_of_entry(ledger, name) for name in studies} | {"the package": package_digest()}
    parts |= digests([*filter(Path.exists, site_files(plan.data.root, plan.site))], plan.data.root)
    if (output / ATTESTATION).is_file():
        parts["the attestation"] = sha256(output / ATTESTATION)
    job = Job(SITE, parts, lambda: ([], None))
    why = [*(["pages were made"] if ledger.changes(job) else ledger.reasons(job)), *_strangers(ledger)]
    if not why:
        return 0
    new = publish.assemble(shown, withheld, tables, output, about(plan.data.root, plan.site))
    if changed := changed_meanwhile(plan.files, plan.data.root):
        wanted = "data that stay as they are while a batch runs: run it again"
        raise Ended(Fault(name, "", "a file that changed while the batch ran", wanted) for name in changed)
    replace_folder(new, output / "site")
    write_whole(output / "run.json", publish.record(shown, withheld, ledger))
    whole = [path for path in (output / "site").rglob("*") if path.is_file()]
    ledger.add(SITE, Entry(parts, ledger.digests([*whole, output / "run.json"]), why=said(why)))
    progress.tell(SITE, "done", said(why))
    return 1


def _read_by(plan: Plan) -> list[Path]:
    """All files that decide what there is to make."""
    notebooks = {page.notebook for page in plan.everything}
    beside = [LOCK, plan.ledger.output / ATTESTATION, *site_files(plan.data.root, plan.site)]
    return [*plan.files, *package_files(), *sorted(notebooks), *beside]


def _digest_of_entry(ledger: Ledger, name: str) -> str:
    entry = ledger.entry(name)
    return digest_of([entry.seal, entry.products]) if entry else ""


def _strangers(ledger: Ledger) -> list[str]:
    """Files in the published site that no batch put there."""
    entry, site = ledger.entry(SITE), ledger.output / "site"
    there = {path.relative_to(ledger.output).as_posix() for path in site.rglob("*") if not path.is_dir()}
    return [f"{name} is not of the site" for name in sorted(there - (entry.products.keys() if entry else there))]


def _may_be_shown(page: Page, plan: Plan, outcome: Outcome) -> bool:
    """Whether a page, as it was last made, may stand in the site: if it is up to date, or only its notebook changed since.

    A page whose tables could not be made has nothing to offer for its downloads, and is withheld with them.
    """
    if page.key is not None and tables_of_study(page) in outcome.failed:
        return False
    if page.path not in outcome.failed:
        return True
    if plan.ledger.entry(page.path) is None or plan.ledger.damage(page.path):
        return False
    return all(change.startswith("notebooks/") for change in plan.ledger.changes(plan.jobs[page.path]))


def _make_tables(ranking: Page, output: Path) -> tuple[list[Path], float | None]:
    return make_tables(ranking, output), peak()


def _prepare() -> None:
    from dti_analysis.publishing.warm import prepare

    prepare()


def _rehearse(plan: Plan) -> None:
    from dti_analysis.publishing.warm import rehearse

    rehearse([page for page in plan.wanted if page.path in plan.todo])


def _share_study(page: Page) -> None:
    from dti_analysis.publishing.warm import share_study

    share_study(page)


def _refuse_faults(data: Path) -> tuple[list[Path], None]:
    from dti_analysis.checks import check

    faults = check(data)
    if faults:
        raise Faults(faults)
    return [], None


def explain(
    chosen: dict[str, list[Any]], output: Path, root: Path | None, page: str | None = None, site: Path | None = None
) -> list[str]:
    """What `run_batch` would make and why, one line each, and about how long; or why one page would be. Writes nothing."""
    data = _data(root)
    check_choices(data, chosen, about(data.root, site))
    output = output.resolve()
    refuse_output(output, data.root)
    plan = Plan.of(data, chosen, output, site)
    if page is not None:
        return [_why(page, plan)]
    lines = [f"{CHECK}: {said(why)}" for why in [plan.ledger.reasons(plan.check)] if why]
    lines += [f"{name}: {said(why)}" for name, (_, why) in plan.todo.items()]
    known = [entry.seconds for name in plan.todo if (entry := plan.ledger.entry(name))]
    left = f", about {max(1, round(sum(known) / 2))} s" if known and len(known) == len(plan.todo) else ""
    count = len(plan.todo)
    return [*lines, f"{count} of {len(plan.jobs)} would be made{left}" if lines else "nothing would be made"]


def _why(name: str, plan: Plan) -> str:
    """Why one page would be made, or that it is up to date."""
    asked = name.removesuffix(".html").removeprefix("./").removeprefix(f"{SITE}/").strip("/")
    known = {page.path: page for page in plan.everything}
    tables = {tables_of_study(page) for page in _rankings(plan.everything)}
    if asked not in known and asked not in tables:
        raise fault("dti run", "--why", f"'{name}'", nearest(asked, [*known, *tables]))
    job = plan.jobs.get(asked) or (_page_job(known[asked], plan.ledger.output) if asked in known else None)
    if job is None:
        return f"{asked}: not chosen"
    why, entry = plan.ledger.reasons(job), plan.ledger.entry(asked)
    if why:
        return f"{asked}: {', '.join(why)}"
    assert entry is not None
    last = f"made in {entry.seconds} s because: {entry.why}"
    return f"{asked}: up to date; {last}"
