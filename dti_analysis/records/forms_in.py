"""Forms coming in: a folder of what units sent becomes the assessment of a level, with every file that it rests on.

Accepted files are kept in `<data>/received/<place>/<index>/<year>/<level>/<unit>/<number>-<hash>.xlsx`, numbered as they came;
the last one of a unit counts. The sidecar lists them all. A file that was taken before is known by its hash, so that
taking in the same folder again changes nothing.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

import yaml

from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import Fault, Faults, fault
from dti_analysis.common.text import Lang, label
from dti_analysis.records.forms_out import framework_of
from dti_analysis.records.intake import read_form
from dti_analysis.records.sources import Data, Key, Provenance, Source
from dti_analysis.records.workbook_intake import CellFault, Form, Wanted, read_form_file
from dti_analysis.records.workbook_returned import give_back

State = Literal["received", "late", "refused", "missing"]


@dataclass
class Sent:
    """What is known of one unit's form: where it stands, since when, how much of it is answered."""

    unit: str
    name: str
    state: State
    received: str = ""
    answered: int = 0
    asked: int = 0
    by: str = ""
    versions: int = 0


@dataclass
class Taken:
    """What an intake did: every unit, the files refused, the copies given back, and whether the data changed."""

    sent: list[Sent]
    refused: list[Form]
    returned: list[Path] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    assessment: Path | None = None
    changed: bool = False


def take_in(
    folder: Path, data: Data, key: Key, lang: Lang, received: date, deadline: date | None = None, returned: Path | None = None
) -> Taken:
    """Take in the forms of a folder; what is refused is given back, and nothing of it enters the data.

    Raises Faults where there is nothing to take them into: no such folder, no set for the year, or an assessment that does not
    come from forms.
    """
    if not folder.is_dir():
        raise fault(folder, "", "no such folder", "a folder of forms")
    framework = data.framework(framework_of(data, key))
    units, names = data.units_of(key, framework.day_due(key.year)), data.unit_names(lang)
    due = {unit: (group, names[unit]) for unit, group in zip(units["unit"], units["group"], strict=True)}
    wanted = Wanted(framework, sha256(data.framework_file(framework.id)), key, due)
    known = _known(data, key)
    before = {source.sha256 for source in known}
    fresh = [read_form_file(path, wanted, lang) for path in _files(folder) if sha256(path) not in before]
    _only_one(fresh, lang)
    accepted = [form for form in fresh if not form.faults]
    refused = [form for form in fresh if form.faults]
    counts = _counting(data, wanted, known, accepted, lang)
    taken = Taken([], refused)
    store = Path("received", key.place, key.index, str(key.year), key.level)
    sources = list(known)
    files: dict[Path, bytes] = {}
    for form in sorted(accepted, key=lambda form: list(due).index(form.unit)):
        number = 1 + sum(source.unit == form.unit for source in sources)
        where = store / form.unit / f"{number}-{form.digest[:8]}.xlsx"
        files[data.root / where] = form.path.read_bytes()
        sources.append(
            Source(unit=form.unit, file=where.as_posix(), sha256=form.digest, received=received.isoformat(), by=form.by)
        )
        taken.new.append(form.unit)
    if counts:
        text = _assessment(data, wanted, counts)
        taken.assessment = data.assessment_file(key)
        files |= {taken.assessment: text, taken.assessment.with_suffix(".meta.yml"): _sidecar(data, wanted, text, sources)}
        _guard(data, key, text)
    taken.changed = _write(files)
    for form in refused:
        if form.readable:
            copy = (returned or folder / "returned") / f"{form.path.stem}.xlsx"
            give_back(form, copy)
            taken.returned.append(copy)
    taken.sent = _standing(wanted, counts, sources, refused, deadline)
    return taken


def _files(folder: Path) -> list[Path]:
    """What was sent, in the order of names; not what an office leaves beside open files, and not hidden files."""
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))


def _known(data: Data, key: Key) -> list[Source]:
    """The forms that were taken in before. Raises Faults where the assessment does not come from forms."""
    path = data.assessment_file(key)
    if not path.exists():
        return []
    provenance = data.provenance(key)
    if not provenance.sources:
        sidecar = path.with_suffix(".meta.yml")
        raise fault(
            sidecar, "sources", f"none, of an assessment of kind '{provenance.kind}'", "an assessment that comes from forms"
        )
    return provenance.sources


def _only_one(forms: list[Form], lang: Lang) -> None:
    """Two new forms of one unit are both refused: nobody can say which counts. The same file twice is one."""
    of_unit: dict[str, dict[str, Form]] = defaultdict(dict)
    for form in list(forms):
        if form.unit and form.digest in of_unit[form.unit]:
            forms.remove(form)
        elif form.unit:
            of_unit[form.unit][form.digest] = form
    for two in of_unit.values():
        if len(two) > 1:
            files = ", ".join(form.path.name for form in two.values())
            for form in two.values():
                form.faults.append(CellFault("", "", label("intake.two", lang, files=files), label("intake.one", lang)))


def _counting(data: Data, wanted: Wanted, known: list[Source], accepted: list[Form], lang: Lang) -> dict[str, Form]:
    """The form that counts for each unit, in the order of units. Raises Faults where a kept file is not what it was."""
    new = {form.unit: form for form in accepted}
    last = {source.unit: source for source in known}
    counts: dict[str, Form] = {}
    wrong: list[Fault] = []
    for unit in wanted.units:
        if unit in new:
            counts[unit] = new[unit]
        elif unit in last:
            path = data.root / last[unit].file
            if not path.exists() or sha256(path) != last[unit].sha256:
                raise fault(path, "", "not the file that was received", f"sha256 {last[unit].sha256}")
            counts[unit] = read_form_file(path, wanted, lang)
            if counts[unit].faults:  # the set was changed after it had been accepted
                wrong += [Fault(str(path), one.place(), one.found, one.expected) for one in counts[unit].faults]
    if wrong:
        raise Faults(wrong)
    return counts


def _assessment(data: Data, wanted: Wanted, counts: dict[str, Form]) -> bytes:
    """The assessment: what the units say of themselves, and, where there is one, what the appraisal said, as it stands."""
    inputs = list(dict.fromkeys(["value", *wanted.framework.inputs]))
    header = ["unit", "indicator", "basis", *inputs, "evidence", "evidence_state", "explanation", "source"]
    rows: list[dict[str, str]] = []
    for unit, form in counts.items():
        for code, cells in form.answers.items():
            own = {"unit": unit, "indicator": code, "basis": "self", **cells}
            rows.append(own | {"evidence": form.evidence[code], "explanation": form.explanation[code]})
    path = data.assessment_file(wanted.key)
    if path.exists():
        before = read_form(path).frame().to_dict("records")
        rows += [{str(name): str(cell) for name, cell in row.items()} for row in before if row.get("basis") != "self"]
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _sidecar(data: Data, wanted: Wanted, text: bytes, sources: list[Source]) -> bytes:
    key = wanted.key
    path = data.assessment_file(key)
    before = data.provenance(key) if path.exists() else None
    provenance = Provenance(
        title=label("intake.title", "vi", level=data.name("levels", key.level, "vi"), year=key.year),
        **key._asdict(),
        framework=wanted.framework.id,
        kind="sample" if data.is_sample(key.place) else "received",
        state=before.state or "collecting" if before else "collecting",
        sha256=hashlib.sha256(text).hexdigest(),
        sources=sources,
        decisions=before.decisions if before else None,
    )
    plain = provenance.model_dump(exclude_none=True)
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=128).encode()


def _guard(data: Data, key: Key, text: bytes) -> None:
    """An assessment that somebody edited is not written over, unless it already is what is to be written."""
    path = data.assessment_file(key)
    if path.exists() and path.read_bytes() != text and (changed := data.changed(key)):
        raise fault(changed[0].file, changed[0].place, changed[0].found, changed[0].expected)


def _write(files: dict[Path, bytes]) -> bool:
    """Write what differs, each file whole, the kept forms first and the sidecar last; whether anything did."""
    changed = {path: content for path, content in files.items() if not path.exists() or path.read_bytes() != content}
    for path, content in changed.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_name(path.name + ".partial").write_bytes(content)
    for path in changed:
        path.with_name(path.name + ".partial").replace(path)
    return bool(changed)


def _standing(
    wanted: Wanted, counts: dict[str, Form], sources: list[Source], refused: list[Form], deadline: date | None
) -> list[Sent]:
    """Where every unit stands; late by the day on which the form that counts was taken in."""
    sent = []
    sent_back = {form.unit for form in refused}
    for unit, (_, name) in wanted.units.items():
        own = [source for source in sources if source.unit == unit]
        form = counts.get(unit)
        if form is None or not own:
            sent.append(Sent(unit, name, "refused" if unit in sent_back else "missing"))
            continue
        due = deadline.isoformat() if deadline else form.deadline
        late = bool(due) and own[-1].received > due
        answered, asked = form.complete
        sent.append(Sent(unit, name, "late" if late else "received", own[-1].received, answered, asked, own[-1].by, len(own)))
    return sent
