"""Forms coming in: a folder of what units sent becomes the assessment of a level, with every file that it rests on.

Accepted files are kept in `<data>/received/<place>/<index>/<year>/<level>/<unit>/<number>-<hash>.xlsx`, numbered as they came;
the last one of a unit counts. The sidecar lists them all. A file that was taken before is known by its hash, so that
taking in the same folder again changes nothing. The mapping by which forms of others were read is kept beside them; another
mapping reads those that count anew.
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
from dti_analysis.common.text import LANGS, Lang, label
from dti_analysis.records.council import to_decide_anew
from dti_analysis.records.decisions import Claims, Decision, file_of, in_force, verified_rows
from dti_analysis.records.decisions import read as read_decisions
from dti_analysis.records.documents import FINAL
from dti_analysis.records.forms_out import framework_of
from dti_analysis.records.intake import read_form
from dti_analysis.records.mapping import Mapping, load_mapping
from dti_analysis.records.others_forms import read_forms
from dti_analysis.records.sources import Data, Key, Provenance, Source
from dti_analysis.records.workbook_intake import CellFault, Form, Wanted
from dti_analysis.records.workbook_returned import GIVEN_BACK, give_back

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
    anew: list[str] = field(default_factory=list)
    """Answers, in words, that a newer form has changed since the council decided on them."""


def take_in(
    folder: Path,
    data: Data,
    key: Key,
    lang: Lang,
    received: date,
    deadline: date | None = None,
    returned: Path | None = None,
    mapping: Path | None = None,
) -> Taken:
    """Take in the forms of a folder; what is refused is given back, and nothing of it enters the data.

    Raises Faults where there is nothing to take them into: no such folder, no set for the year, an assessment that does not
    come from forms, or a mapping that does not fit the set.
    """
    if not folder.is_dir():
        raise fault(folder, "", "no such folder", "a folder of forms")
    framework = data.framework(framework_of(data, key))
    units, names = data.units_of(key, framework.day_due(key.year)), data.unit_names(lang)
    due = {unit: (group, names[unit]) for unit, group in zip(units["unit"], units["group"], strict=True)}
    also = {unit: tuple(data.unit_names(other)[unit] for other in LANGS) for unit in due}
    wanted = Wanted(framework, sha256(data.framework_file(framework.id)), key, due, also)
    sources = _known(data, key)
    store = Path("received", key.place, key.index, str(key.year), key.level)
    by = load_mapping(mapping, framework) if mapping else None
    kept_mapping = (store / f"mapping-{sha256(mapping)[:16]}.yaml").as_posix() if mapping else None
    known = _done(sources, kept_mapping)
    files = [
        path for path in _files(folder) if sha256(path) not in known and path.resolve() != (mapping or path / "-").resolve()
    ]
    given_back = returned or folder / GIVEN_BACK
    read = [form for path in files for form in read_forms(path, wanted, lang, by)] + _unopened(folder, given_back, lang)
    fresh = _only_one([form for form in read if not _replaced(form, sources)], lang)
    refused = _refused(fresh)
    accepted = {form.unit: form for form in fresh if form.path not in {one.path for one in refused}}
    counts = _counting(data, wanted, sources, accepted, lang)
    taken = Taken([], refused)
    contents: dict[Path, bytes] = {}
    for unit in (unit for unit in due if unit in accepted):
        form = accepted[unit]
        mapped = kept_mapping if form.mapped else None
        several = sum(other.path == form.path for other in accepted.values()) > 1
        source = _source(form, sources, store if several else store / unit, received, mapped)
        sources.append(source)
        contents[data.root / source.file] = form.path.read_bytes()
        if mapping and mapped:
            contents[data.root / mapped] = mapping.read_bytes()
        taken.new.append(unit)
    if taken.new:
        _refuse_decided(data, key)
    if counts:
        decisions = _decisions(data, key)
        text = _assessment(data, wanted, counts, decisions)
        taken.anew = to_decide_anew(decisions, _claims(counts), names, lang)
        taken.assessment = data.assessment_file(key)
        sidecar = _sidecar(data, wanted, text, sources, _due(counts, deadline))
        contents |= {taken.assessment: text, taken.assessment.with_suffix(".meta.yml"): sidecar}
        _guard(data, key, text)
    taken.changed = _write(contents)
    taken.returned = [_give_back(form, given_back, refused) for form in refused if form.readable]
    taken.sent = _standing(wanted, counts, sources, refused, deadline)
    return taken


def _done(sources: list[Source], mapping: str | None) -> set[str]:
    """The files that were taken before, by hash; not those that count and were read by another mapping than the one given."""
    last = {source.unit: source for source in sources}
    anew = {one.sha256 for one in last.values() if mapping and one.mapping and one.mapping != mapping}
    return {source.sha256 for source in sources} - anew


def _replaced(form: Form, sources: list[Source]) -> bool:
    """Whether a form was taken in before and another has replaced it since."""
    own = [source.sha256 for source in sources if source.unit == form.unit]
    return form.digest in own and own[-1] != form.digest


def _source(form: Form, sources: list[Source], folder: Path, received: date, mapping: str | None) -> Source:
    """How an accepted form is kept; one that is only read anew, by another mapping, stays where it is and came when it came.

    A file of several units is kept once, above the folders of units.
    """
    before = next((one for one in sources if (one.unit, one.sha256) == (form.unit, form.digest)), None)
    if before is not None:
        return before.model_copy(update={"by": form.by, "mapping": mapping})
    number = 1 + len({one.sha256 for one in sources if Path(one.file).parent == folder and one.sha256 != form.digest})
    file = (folder / f"{number}-{form.digest[:8]}{form.path.suffix.lower()}").as_posix()
    return Source(unit=form.unit, file=file, sha256=form.digest, received=received.isoformat(), by=form.by, mapping=mapping)


def _refused(forms: list[Form]) -> list[Form]:
    """The files that are refused, each once: a fault of one unit's form refuses all that its file holds."""
    refused: dict[Path, Form] = {}
    for form in forms:
        if form.faults:
            first = refused.setdefault(form.path, form)
            first.faults = list(dict.fromkeys([*first.faults, *form.faults]))
    for path, form in refused.items():
        form.units |= {one.unit for one in forms if one.path == path and one.unit}
    return list(refused.values())


def _give_back(form: Form, folder: Path, refused: list[Form]) -> Path:
    """Write the copy with the faults; two files that differ only in their suffix get one each."""
    alone = sum(other.path.stem == form.path.stem for other in refused) == 1
    copy = folder / f"{form.path.stem if alone else form.path.name.removesuffix('.xlsx')}.xlsx"
    give_back(form, copy)
    return copy


def _files(folder: Path) -> list[Path]:
    """What was sent, in the order of names; not what an office or a system leaves beside files, and not hidden files."""
    return sorted(path for path in folder.iterdir() if path.is_file() and not _aside(path))


def _aside(path: Path) -> bool:
    return path.name.startswith((".", "~$")) or path.name.lower() in ("desktop.ini", "thumbs.db")


def _unopened(folder: Path, given_back: Path, lang: Lang) -> list[Form]:
    """What is no file to read: a link to a file that is not there, by which a form may have been meant, and a folder in which
    files lie, other than the one that forms are given back in."""
    found = sorted(path for path in folder.iterdir() if not path.is_file() and not _aside(path))
    forms = []
    for path in found:
        files = sum(inner.is_file() and not _aside(inner) for inner in path.rglob("*")) if path.is_dir() else 0
        if path.is_dir() and (not files or path.name == GIVEN_BACK or path.resolve() == given_back.resolve()):
            continue
        forms.append(Form(path, "", lang, readable=False))
        kind, wanted = ("folder", "beside") if files else ("shortcut", "xlsx")
        forms[-1].wrong("", label(f"intake.{kind}", lang, count=files), label(f"intake.{wanted}", lang))
    return forms


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
    return list(provenance.sources)  # what comes in is added to a copy: the guard compares with what was known


def _only_one(forms: list[Form], lang: Lang) -> list[Form]:
    """Two new forms of one unit are both refused: nobody can say which counts. The same file twice is one."""
    kept: list[Form] = []
    of_unit: dict[str, dict[str, Form]] = defaultdict(dict)
    for form in forms:
        if not form.unit:
            kept.append(form)
        elif form.digest not in of_unit[form.unit]:
            of_unit[form.unit][form.digest] = form
            kept.append(form)
    for two in of_unit.values():
        if len(two) > 1:
            files = ", ".join(form.path.name for form in two.values())
            for form in two.values():
                form.faults.append(CellFault("", "", label("intake.two", lang, files=files), label("intake.one", lang)))
    return kept


def _counting(data: Data, wanted: Wanted, known: list[Source], accepted: dict[str, Form], lang: Lang) -> dict[str, Form]:
    """The form that counts for each unit, in the order of units. Raises Faults where a kept file is not what it was."""
    last = {source.unit: source for source in known}
    counts: dict[str, Form] = {}
    wrong: list[Fault] = []
    mappings: dict[str, Mapping] = {}
    read: dict[tuple[str, str | None], list[Form]] = {}
    for unit in wanted.units:
        if unit in accepted:
            counts[unit] = accepted[unit]
        elif unit in last:
            source = last[unit]
            path = data.root / source.file
            if not path.exists() or sha256(path) != source.sha256:
                raise fault(path, "", "not the file that was received", f"sha256 {source.sha256}")
            if source.mapping and source.mapping not in mappings:
                mappings[source.mapping] = _kept_mapping(data.root / source.mapping, wanted)
            if (source.file, source.mapping) not in read:
                read[source.file, source.mapping] = read_forms(path, wanted, lang, mappings.get(source.mapping or ""), unit)
            forms = read[source.file, source.mapping]
            counts[unit] = next((form for form in forms if form.unit == unit or form.faults), forms[0])
            if counts[unit].faults:  # the set was changed after it had been accepted
                wrong += [Fault(str(path), one.place(), one.found, one.expected) for one in counts[unit].faults]
    if wrong:
        raise Faults(wrong)
    return counts


def _kept_mapping(path: Path, wanted: Wanted) -> Mapping:
    digest = path.stem.removeprefix("mapping-")
    if not path.exists() or not sha256(path).startswith(digest):
        raise fault(path, "", "not the mapping by which forms were taken in", f"sha256 {digest}…")
    return load_mapping(path, wanted.framework)


def _refuse_decided(data: Data, key: Key) -> None:
    """Raises Faults where a form comes in of a year that the council has decided: figures would change under its decision."""
    sidecar = data.assessment_file(key).with_suffix(".meta.yml")
    state = data.provenance(key).state if sidecar.exists() else None
    if state in FINAL:
        expected = "a correction or an appeal (data/corrections), or state: appraising where the council meets again"
        raise fault(sidecar, "state", f"{state}, and a form that comes after the decision", expected)


def _decisions(data: Data, key: Key) -> list[Decision]:
    """What the council has decided so far."""
    head = data.provenance(key).decisions if data.assessment_file(key).exists() else None
    return read_decisions(file_of(data.root, key), head)


def _claims(counts: dict[str, Form]) -> Claims:
    """What the forms that count claim."""
    answers = ((unit, code, cells) for unit, form in counts.items() for code, cells in form.answers.items())
    return {(unit, code): {name: text for name, text in cells.items() if text} for unit, code, cells in answers}


def _assessment(data: Data, wanted: Wanted, counts: dict[str, Form], decisions: list[Decision]) -> bytes:
    """The assessment: what the units say of themselves, and what the council decided of what they say now."""
    inputs = list(dict.fromkeys(["value", *wanted.framework.inputs]))
    header = ["unit", "indicator", "basis", *inputs, "evidence", "evidence_state", "explanation", "source"]
    rows: list[dict[str, str]] = []
    for unit, form in counts.items():
        for code, cells in form.answers.items():
            own = {"unit": unit, "indicator": code, "basis": "self", **cells}
            rows.append(own | {"evidence": form.evidence[code], "explanation": form.explanation[code]})
    path = data.assessment_file(wanted.key)
    if decisions:
        rows += verified_rows(in_force(decisions, _claims(counts)))
    elif path.exists():
        before = read_form(path).frame().to_dict("records")
        rows += [{str(name): str(cell) for name, cell in row.items()} for row in before if row.get("basis") != "self"]
    out = io.StringIO()
    writer = csv.DictWriter(out, header, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _sidecar(data: Data, wanted: Wanted, text: bytes, sources: list[Source], deadline: str | None) -> bytes:
    key = wanted.key
    path = data.assessment_file(key)
    before = data.provenance(key) if path.exists() else None
    provenance = Provenance(
        title=label("intake.title", "vi", level=data.name("levels", key.level, "vi"), year=key.year),
        **key._asdict(),
        framework=wanted.framework.id,
        kind="sample" if data.is_sample(key.place) else "received",
        state=before.state or "collecting" if before else "collecting",
        deadline=deadline or (before.deadline if before else None),
        sha256=hashlib.sha256(text).hexdigest(),
        sources=sources,
        decisions=before.decisions if before else None,
    )
    plain = provenance.model_dump(exclude_none=True)
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=128).encode()


def _due(counts: dict[str, Form], deadline: date | None) -> str | None:
    """When forms are due: as the one who takes them in says, else the last day that a form of ours has in its title block."""
    return deadline.isoformat() if deadline else max((form.deadline for form in counts.values()), default="") or None


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
    sent_back = {unit for form in refused for unit in (form.unit, *form.units)}
    for unit, (_, name) in wanted.units.items():
        own = [source for source in sources if source.unit == unit]
        form = counts.get(unit)
        if form is None or not own:
            sent.append(Sent(unit, name, "refused" if unit in sent_back else "missing"))
            continue
        due = deadline.isoformat() if deadline else form.deadline
        versions = len({source.sha256 for source in own})
        late = bool(due) and own[-1].received > due
        answered, asked = form.complete
        sent.append(Sent(unit, name, "late" if late else "received", own[-1].received, answered, asked, own[-1].by, versions))
    return sent
