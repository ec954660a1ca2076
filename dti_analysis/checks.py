"""Checks: everything wrong with frameworks, units, assessments, published facts and notebooks, all at once."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

from dti_analysis.common import strict_yaml
from dti_analysis.common.exact import parse
from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.criteria.framework import Framework
from dti_analysis.criteria.framework_file import load, load_all
from dti_analysis.records.about import about
from dti_analysis.records.council import wrong_decisions
from dti_analysis.records.features import wrong as wrong_features
from dti_analysis.records.intake import read_assessment, read_table
from dti_analysis.records.sources import Data, Key, Provenance
from dti_analysis.records.successors import rings
from dti_analysis.scores.scoring import score
from dti_analysis.studies.claims import check_claims
from dti_analysis.studies.study import Study

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
"""What ids of units, places, indices and levels look like: they become names of files and addresses."""


def check(path: Path) -> list[Fault]:
    """Faults of a data folder, a folder of frameworks or notebooks, or a single framework, assessment or notebook file.

    A folder that is none of these is searched for such files, and a path that is not there is a fault.
    """
    if not path.exists():
        return fault(path, "", "no such file or folder", "a file or folder to check").faults
    if path.is_file():
        return _check_file(path)
    if (path / "units.csv").exists() or (path / "frameworks").is_dir():
        return list(dict.fromkeys(_check_data(path)))  # one framework may fail several assessments
    if path.name == "frameworks":
        return _faults_of(lambda: load_all(path))
    return [f for file in sorted(path.rglob("*")) if file.suffix in _BY_SUFFIX for f in _check_file(file)]


def _faults_of(work: Callable[[], object]) -> list[Fault]:
    try:
        work()
    except Faults as error:
        return error.faults
    return []


def _check_file(path: Path) -> list[Fault]:
    if path.suffix not in _BY_SUFFIX:
        return fault(path, "", f"a file ending in '{path.suffix}'", "one ending in " + ", ".join(sorted(_BY_SUFFIX))).faults
    return _faults_of(lambda: _BY_SUFFIX[path.suffix](path))


def _check_data(root: Path) -> Iterator[Fault]:
    data = Data(root)
    yield from _faults_of(lambda: data.frameworks)
    yield from _faults_of(lambda: about(root))
    for check_part in (_check_names, _check_frameworks, _check_units, _check_features, _check_references):
        yield from _faults_of(lambda check_part=check_part: check_part(data))  # type: ignore[misc]
    for key in data.assessments():
        yield from _faults_of(lambda key=key: _check_assessment(data, key))  # type: ignore[misc]
    yield from _astray(data)
    for check_part in (_check_figures, _check_recognition, _check_claims, _check_facts):
        yield from _faults_of(lambda check_part=check_part: check_part(data))  # type: ignore[misc]


def _astray(data: Data) -> Iterator[Fault]:
    """Files of assessments that lie where nobody looks for them."""
    there = {data.assessment_file(key) for key in data.assessments()}
    for path in sorted((data.root / "assessments").rglob("*.csv")):
        if path not in there:
            found = path.relative_to(data.root / "assessments").as_posix()
            yield Fault(str(path), "", f"an assessment as {found}", "one as <place>/<index>/<year>/<level>.csv")


def _check_assessment(data: Data, key: Key) -> None:
    provenance = data.provenance(key)
    sidecar = data.assessment_file(key).with_suffix(".meta.yml")
    faults = [
        Fault(str(sidecar), name, str(stated), f"{due}, as its path says")
        for name, stated, due in zip(Key._fields, provenance.key, key, strict=True)
        if stated != due
    ]
    faults += [*_unknown_names(data, sidecar, key), *_unfit(data, sidecar, provenance)]
    unread = _faults_of(lambda: data.framework(provenance.framework))
    if not unread:
        faults += _out_of_place(data.framework(provenance.framework), sidecar, key)
    if not (faults or unread):
        faults = _faults_of(lambda: _score_as_filed(data, key))
    undecided = [] if data.changed(key) else _faults_of(lambda: _raise(wrong_decisions(data, key)))
    _raise([*faults, *unread, *undecided, *data.changed(key)])


def _score_as_filed(data: Data, key: Key) -> None:
    """Score an assessment, also where its file is no longer the one that its sidecar was written for."""
    if not data.changed(key):
        study = Study.of(key, data=data)
        _ = study.state, study.scores
        return
    path, provenance = data.assessment_file(key), data.provenance(key)
    table, framework = read_assessment(path), data.framework(provenance.framework)
    day, listed = framework.day_due(key.year), set(table["unit"]) if provenance.kind == "published" else ()
    units, away = data.units_of(key, day, listed), data.came_or_went(key, day)
    score(framework, table[table["unit"].isin(units["unit"]) | ~table["unit"].isin(away)], units, str(path))


def _out_of_place(framework: Framework, sidecar: Path, key: Key) -> Iterator[Fault]:
    """A framework is of the index, the level and the year that it is used for."""
    span = framework.applies
    if framework.index != key.index:
        yield Fault(str(sidecar), "framework", f"{framework.id}, of the index {framework.index}", f"one of {key.index}")
    if key.level not in framework.levels:
        yield Fault(str(sidecar), "framework", f"{framework.id}, for {', '.join(framework.levels)}", f"one for {key.level}")
    if not span.from_ <= key.year <= span.to:
        found = f"{framework.id}, in force {span.from_} to {span.to}"
        yield Fault(str(sidecar), "framework", found, f"one in force in {key.year}")


def _unknown_names(data: Data, sidecar: Path, key: Key) -> Iterator[Fault]:
    known = {"place": data.places, "index": data.indices, "level": data.levels}
    for name, table in known.items():
        word = str(getattr(key, name))
        if word not in table.index:
            yield Fault(str(sidecar), name, f"'{word}'", nearest(word, table.index))


def _unfit(data: Data, sidecar: Path, provenance: Provenance) -> Iterator[Fault]:
    """Invented figures belong to a fictitious place, published ones to a reference."""
    kinds = data.places["kind"]
    kind = kinds.get(provenance.place)
    if kind == "real" and provenance.kind == "sample":
        yield Fault(str(sidecar), "kind", f"sample figures of {provenance.place}, a real place", "a place whose kind is sample")
    if kind == "sample" and provenance.kind != "sample":
        found = f"{provenance.kind} figures of {provenance.place}, a fictitious place"
        yield Fault(str(sidecar), "kind", found, "kind: sample")
    if provenance.kind == "published" and not provenance.reference:
        yield Fault(str(sidecar), "reference", "no reference", "the id of the text that published the figures")
    if provenance.reference and provenance.reference not in data.references.index:
        yield Fault(str(sidecar), "reference", provenance.reference, nearest(provenance.reference, data.references.index))
    if provenance.as_of and not _reads(date.fromisoformat, provenance.as_of):
        yield Fault(str(sidecar), "as_of", provenance.as_of, "a date as 2026-10-10")


def _check_names(data: Data) -> None:
    """Places, levels and indices: ids in their pattern, each once, with a name; a place is real or sample."""
    faults = []
    for kind, key in (("places", "place"), ("levels", "level"), ("indices", "index")):
        table, file = getattr(data, kind), str(data.root / f"{kind}.csv")
        for row, (word, name) in enumerate(zip(table[key], table["name_vi"], strict=True), start=2):
            if not ID.fullmatch(word):
                faults.append(
                    Fault(file, f"row {row}", f"{key} '{word}'", "lower-case letters, digits and hyphens, as tinh-mau")
                )
            if not name:
                faults.append(Fault(file, f"row {row}", "no name_vi", f"the name of '{word}'"))
        for word in table.loc[table[key].duplicated(), key]:
            faults.append(Fault(file, word, f"the {key} again", f"each {key} once"))
    for word, kind in zip(data.places["place"], data.places["kind"], strict=True):
        if kind not in ("real", "sample"):
            faults.append(Fault(str(data.root / "places.csv"), word, f"kind '{kind}'", "real or sample"))
    _raise(faults)


def _check_frameworks(data: Data) -> None:
    """Every framework is of a place, an index and levels there are."""
    faults = []
    for file in sorted((data.root / "frameworks").glob("*.yaml")):
        if _faults_of(lambda file=file: data.framework(file.stem)):  # type: ignore[misc]
            continue  # told already
        framework = data.framework(file.stem)
        words = [("place", framework.place), ("index", framework.index), *(("level", level) for level in framework.levels)]
        for kind, word in words:
            known = {"place": data.places, "index": data.indices, "level": data.levels}[kind].index
            if word not in known:
                faults.append(Fault(str(file), kind, f"'{word}'", nearest(word, known)))
    _raise(faults)


def _check_claims(data: Data) -> None:
    """Every claim is in the documented format and points at figures and references there are."""
    check_claims(data)


def _check_facts(data: Data) -> None:
    """Facts of communes are of units there are, and the criteria they speak of stand in their framework."""
    file, facts = data.root / "published" / "commune_facts.csv", data.published("commune_facts")
    units, faults = set(data.units["unit"]), []
    for index, row in zip(facts.index, facts.to_dict("records"), strict=True):
        if row["commune"] not in units:
            faults.append(Fault(str(file), f"row {index + 2}", f"commune '{row['commune']}'", nearest(row["commune"], units)))
        code, _, framework = row["criterion"].partition("@")
        unread = _faults_of(lambda name=framework: data.framework(name)) if row["criterion"] else []  # type: ignore[misc]
        faults += unread
        if row["criterion"] and not unread and code not in data.framework(framework).by_code:
            known = nearest(code, data.framework(framework).by_code)
            faults.append(Fault(str(file), f"row {index + 2}", f"criterion '{row['criterion']}'", known))
    _raise(faults)


def _raise(faults: Iterable[Fault]) -> None:
    faults = list(faults)
    if faults:
        raise Faults(faults)


def _check_units(data: Data) -> None:
    file, units = str(data.root / "units.csv"), data.units
    known = set(units["unit"])
    faults = []

    def add(index: int, found: str, expected: str) -> None:
        faults.append(Fault(file, f"row {index + 2}", found, expected))

    for index, row in enumerate(units.to_dict("records")):
        if not row["unit"] or not row["name_vi"]:
            add(index, "no unit or no name_vi", "both")
        if not ID.fullmatch(row["unit"]):
            add(index, f"the unit '{row['unit']}'", "lower-case letters, digits and hyphens, as xa-mau-an")
        for column, known_names in (("level", data.levels.index), ("place", data.places.index)):
            if row[column] not in known_names:
                add(index, f"{column} '{row[column]}'", nearest(row[column], known_names))
        for column in ("successor", "part_of"):
            if row[column] and row[column] not in known:
                add(index, f"{column} '{row[column]}'", nearest(row[column], known))
        for column in ("valid_from", "valid_to"):
            if row[column] and not _reads(date.fromisoformat, row[column]):
                add(index, f"{column} '{row[column]}'", "a date as 2025-06-30")
        if row["valid_from"] and row["valid_to"] and row["valid_from"] > row["valid_to"]:
            add(index, f"{row['valid_from']} to {row['valid_to']}", "valid_from before valid_to")
    faults += rings(units, file)
    for index in units.index[units.duplicated("unit")]:
        add(int(index), f"the unit '{units['unit'][index]}' again", "each unit once")
    _raise(faults)


def _check_features(data: Data) -> None:
    """Declared features are columns of units.csv and hold what they are said to."""
    _raise(wrong_features(data))


def _reads(read: Callable[[str], object], text: str) -> bool:
    """Whether a reader takes the text."""
    try:
        read(text)
    except ValueError:
        return False
    return True


def _check_references(data: Data) -> None:
    """Every figure's reference is in the register, and no reference stands there twice."""
    references = data.references
    file = str(data.root / "references.csv")
    faults = [
        Fault(file, name, "the id again", "each reference once") for name in references.index[references.index.duplicated()]
    ]
    files = [data.root / "units.csv", data.root / "bands.csv", *sorted((data.root / "published").glob("*.csv"))]
    for path in filter(Path.exists, files):
        table = read_table(path, ["reference"])
        for index, reference in enumerate(table["reference"]):
            if reference not in references.index:
                found = f"the reference '{reference}'" if reference else "no reference"
                faults.append(Fault(str(path), f"row {index + 2}", found, nearest(reference, references.index)))
    for index, reference in enumerate(data.places["reference"]):  # not every place has one
        if reference and reference not in references.index:
            found = f"the reference '{reference}'"
            faults.append(Fault(str(data.root / "places.csv"), f"row {index + 2}", found, nearest(reference, references.index)))
    _raise(faults)


def _check_figures(data: Data) -> None:
    """Published figures are numbers, and bounds of bands too."""
    columns = {
        data.root / "published" / "results.csv": ["printed"],
        data.root / "bands.csv": ["order", "above", "at_least", "below", "at_most"],
    }
    faults = []
    for path, names in columns.items():
        table = read_table(path, names) if path.exists() else pd.DataFrame(columns=names)
        for name in names:
            for index, cell in enumerate(table[name]):
                if cell and not _reads(parse, cell):
                    faults.append(Fault(str(path), f"row {index + 2}, {name}", f"'{cell}'", "a number"))
    _raise(faults)


def _check_recognition(data: Data) -> None:
    """Every pass rule is for a level there is, with shares from 0 to 1, and names its act."""
    faults, levels = [], data.levels.index
    for path in sorted((data.root / "recognition").glob("*.yaml")):
        document = strict_yaml.read(path)
        number = document.data.get("reference", {}).get("number") if isinstance(document.data, dict) else None
        rules = document.data.get("rules", []) if isinstance(document.data, dict) else []
        criteria = document.data.get("criteria", []) if isinstance(document.data, dict) else []
        if not number or not (rules or criteria):
            faults.append(Fault(str(path), "line 1", "no reference.number, or neither rules nor criteria", "both"))
        for index, rule in enumerate(rules):
            line = f"line {document.line(('rules', index))}"
            if rule.get("level") not in levels:
                faults.append(Fault(str(path), line, f"level '{rule.get('level')}'", nearest(str(rule.get("level")), levels)))
            for key in ("mandatory_share", "extended_share"):
                if not isinstance(rule.get(key), int | float) or not 0 <= rule[key] <= 1:
                    faults.append(Fault(str(path), line, f"{key} {rule.get(key)!r}", "a share, 0 to 1"))
    _raise(faults)


def check_notebook(path: Path) -> None:
    """Raises Faults unless the notebook is as the repository keeps them.

    A question as its first heading; a `parameters` cell with literals only; no outputs or execution counts; no functions,
    loops or paths.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (nbformat.reader.NotJSONError, nbformat.ValidationError, UnicodeDecodeError, KeyError, AttributeError) as error:
        raise fault(path, "", f"{type(error).__name__}", "a notebook in format 4") from None
    faults = []

    def add(place: str, found: str, expected: str) -> None:
        faults.append(Fault(str(path), place, found, expected))

    cells = list(enumerate(notebook.cells, start=1))
    if not cells or not cells[0][1].source.startswith("# "):
        add("cell 1", "no question", "a heading '# …' that asks what the notebook answers")
    tagged = [(index, cell) for index, cell in cells if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        add("", f"{len(tagged)} cells tagged parameters", "exactly one")
    for index, cell in tagged:
        for found in _not_literal(cell.source):
            add(f"cell {index}", found, "literals only: what is computed here is not computed again by papermill")
    for index, cell in cells:
        if cell.cell_type != "code":
            continue
        if cell.outputs or cell.execution_count is not None:
            add(f"cell {index}", "outputs or an execution count", "a notebook committed without outputs")
        for found in _not_thin(cell.source):
            add(f"cell {index}", found, "telling only: what computes belongs in the package")
    _raise(faults)


def _not_literal(source: str) -> Iterator[str]:
    for statement in ast.parse(source).body:
        try:
            assert isinstance(statement, ast.Assign)
            ast.literal_eval(statement.value)
        except (AssertionError, ValueError):
            yield f"'{ast.unparse(statement)}'"


def _not_thin(source: str) -> Iterator[str]:
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        yield f"a syntax error on line {error.lineno}"
        return
    heavy = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda)
    for node in ast.walk(tree):
        if isinstance(node, heavy):
            yield f"a {type(node).__name__.removesuffix('Def').lower()}"


_BY_SUFFIX: dict[str, Callable[[Path], Any]] = {".yaml": load, ".csv": read_assessment, ".ipynb": check_notebook}
