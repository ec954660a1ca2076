"""Verifying: a published site is made again from what its record says it was made from, and compared."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import Fault, Faults
from dti_analysis.common.rooms import LOCK, NOTEBOOKS
from dti_analysis.common.writing import write_whole
from dti_analysis.publishing.attestation import FILE, Attestation, this_machine
from dti_analysis.publishing.batch import Partly, run_batch
from dti_analysis.publishing.differing import differences
from dti_analysis.publishing.pages import PACKAGE_PART, package_digest
from dti_analysis.publishing.published_run import Run
from dti_analysis.records.sources import Data


class _Other(Faults):
    consequence = "nothing was made again: it would not be the same site"


def verify(
    folder: Path, root: Path | None, output: Path, workers: int, by: str, attest: Path | None, say: Callable[[str], None]
) -> Attestation:
    """Make a published site again below `output` and compare; writes an attestation to `attest`, by default beside run.json.

    Raises Faults where there is no published run, where inputs or code are not those that it was made from (each by name), and
    what `run_batch` raises, but for pages that could not be made: those are among what differs, if they were published.
    """
    run, data = Run(folder), Data(root.resolve() if root else None)
    if other := other_inputs(run, data.root):
        raise _Other(other)
    if (run.output / FILE).exists():  # the pages speak of it
        write_whole(output / FILE, (run.output / FILE).read_bytes())
    with suppress(Partly):  # a page that fails here too is withheld here too; else it is among what differs
        run_batch({"path": [*run.pages, *run.withheld]}, workers, output, data.root, say)
    again = Run(output)
    differ = [*differences(run, again), *_files(run, again)]
    made = {path: page["seal"] for path, page in again.pages.items()}
    done = Attestation(
        agreed=not differ,
        day=date.today().isoformat(),
        by=by,
        machine=this_machine(),
        made_on=run.machine,
        surroundings=again.surroundings,
        pages=made,
        differs=differ,
    )
    write_whole(attest or run.output / FILE, (done.model_dump_json(indent=1) + "\n").encode())
    return done


def other_inputs(run: Run, data: Path) -> list[Fault]:
    """A fault for every input that is not what the site was made from: it takes the data, the code and the lock of that day."""
    faults = []
    for name, digests in run.every_input.items():
        now = _digest(name, data)
        if digests != {now}:
            then = " and ".join(sorted(digest[:12] for digest in digests))
            found = f"sha256 {now[:12]}" if now else "no such file"
            wanted = f"{then}, from which the site was made" + (" (by parts: run it again)" if len(digests) > 1 else "")
            faults.append(Fault(name, "", found, wanted))
    return faults


def _digest(name: str, data: Path) -> str:
    if name == PACKAGE_PART:
        return package_digest()
    room, _, rest = name.partition("/")
    rooms = {"data": data, "notebooks": NOTEBOOKS}
    path = rooms[room] / rest if rest and room in rooms else LOCK.parent / name
    return sha256(path) if path.is_file() else ""


def _files(before: Run, now: Run) -> list[str]:
    """Files of the site that differ although no figure or page does: index, texts, style, executed notebooks."""
    old, new = before.files(), now.files()
    names = [name for name in dict.fromkeys([*old, *new])
             if name not in old or name not in new or old[name].read_bytes() != new[name].read_bytes()]  # fmt: skip
    return [f"files: {len(names)}", *(f"  {name}" for name in names[:20])] if names else []
