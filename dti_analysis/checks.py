"""Checks: everything wrong with frameworks, units, assessments, published facts and notebooks, all at once."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_args

import nbformat

from dti_analysis.common import strict_yaml
from dti_analysis.common.exact import parse
from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.criteria.framework import Level
from dti_analysis.criteria.framework_file import load, load_all
from dti_analysis.records.intake import read_assessment, read_table
from dti_analysis.records.sources import UNITS, Data
from dti_analysis.scores.scoring import score
from dti_analysis.studies.claims import check_claims
from dti_analysis.studies.commune import Commune

LEVELS = get_args(Level)


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
    yield from _faults_of(lambda: _check_units(data))
    yield from _faults_of(lambda: _check_references(data))
    for year, level in data.assessments():
        yield from _faults_of(lambda year=year, level=level: _check_assessment(data, year, level))  # type: ignore[misc]
    yield from _faults_of(lambda: _check_figures(data))
    yield from _faults_of(lambda: _check_recognition(data))
    yield from _faults_of(lambda: check_claims(data))
    yield from _faults_of(lambda: [Commune(c, data=data).coverage for c in set(data.published("commune_facts")["commune"])])


def _check_assessment(data: Data, year: int, level: str) -> None:
    provenance = data.provenance(year, level)
    sidecar = data.assessment_file(year, level).with_suffix(".meta.yml")
    stated = {"year": (provenance.year, year), "level": (provenance.level, level)}
    faults = [Fault(str(sidecar), key, str(a), f"{b}, as its path says") for key, (a, b) in stated.items() if a != b]
    known = list(data.jurisdictions["jurisdiction"])
    if provenance.jurisdiction not in known:
        faults.append(Fault(str(sidecar), "jurisdiction", provenance.jurisdiction, nearest(provenance.jurisdiction, known)))
    framework, path = data.framework(provenance.framework), data.assessment_file(year, level)
    if framework.level != level:
        faults.append(Fault(str(sidecar), "framework", f"{framework.id} for {level}", f"a framework for {level}"))
    units = data.units_of(provenance)
    scored = _faults_of(lambda: score(framework, read_assessment(path), units, str(path)))
    _raise([*faults, *data.changed(year, level), *scored])


def _raise(faults: Iterable[Fault]) -> None:
    faults = list(faults)
    if faults:
        raise Faults(faults)


def _check_units(data: Data) -> None:
    file, units = str(data.root / "units.csv"), read_table(data.root / "units.csv", UNITS, [])
    known = set(units["unit"])
    faults = []

    def add(index: int, found: str, expected: str) -> None:
        faults.append(Fault(file, f"row {index + 2}", found, expected))

    for index, row in enumerate(units.to_dict("records")):
        if not row["unit"] or not row["name_vi"]:
            add(index, "no unit or no name_vi", "both")
        if row["level"] not in LEVELS:
            add(index, f"level '{row['level']}'", nearest(row["level"], LEVELS))
        for column in ("successor", "part_of"):
            if row[column] and row[column] not in known:
                add(index, f"{column} '{row[column]}'", nearest(row[column], known))
        for column in ("valid_from", "valid_to"):
            if row[column] and not _reads(date.fromisoformat, row[column]):
                add(index, f"{column} '{row[column]}'", "a date as 2025-06-30")
        if row["valid_from"] and row["valid_to"] and row["valid_from"] > row["valid_to"]:
            add(index, f"{row['valid_from']} to {row['valid_to']}", "valid_from before valid_to")
    for index in units.index[units.duplicated("unit")]:
        add(int(index), f"the unit '{units['unit'][index]}' again", "each unit once")
    _raise(faults)


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
    for path in [data.root / "units.csv", data.root / "bands.csv", *sorted((data.root / "published").glob("*.csv"))]:
        table = read_table(path, ["reference"])
        for index, reference in enumerate(table["reference"]):
            if reference not in references.index:
                found = f"the reference '{reference}'" if reference else "no reference"
                faults.append(Fault(str(path), f"row {index + 2}", found, nearest(reference, references.index)))
    _raise(faults)


def _check_figures(data: Data) -> None:
    """Published figures are numbers, and bounds of bands too."""
    columns = {
        data.root / "published" / "results.csv": ["printed"],
        data.root / "bands.csv": ["order", "above", "at_least", "below", "at_most"],
    }
    faults = []
    for path, names in columns.items():
        table = read_table(path, names)
        for name in names:
            for index, cell in enumerate(table[name]):
                if cell and not _reads(parse, cell):
                    faults.append(Fault(str(path), f"row {index + 2}, {name}", f"'{cell}'", "a number"))
    _raise(faults)


def _check_recognition(data: Data) -> None:
    """Every pass rule is for a level there is, with shares from 0 to 1, and names its act."""
    faults = []
    for path in sorted((data.root / "recognition").glob("*.yaml")):
        document = strict_yaml.read(path)
        number = document.data.get("reference", {}).get("number") if isinstance(document.data, dict) else None
        rules = document.data.get("rules", []) if isinstance(document.data, dict) else []
        if not number or not rules:
            faults.append(Fault(str(path), "line 1", "no reference.number or no rules", "both"))
        for index, rule in enumerate(rules):
            line = f"line {document.line(('rules', index))}"
            if rule.get("level") not in LEVELS:
                faults.append(Fault(str(path), line, f"level '{rule.get('level')}'", nearest(str(rule.get("level")), LEVELS)))
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
