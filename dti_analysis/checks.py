"""Checks: everything wrong with frameworks, units, assessments, published facts and notebooks, all at once."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import nbformat

from dti_analysis.common.faults import Fault, Faults, fault, nearest, readable
from dti_analysis.criteria.framework_file import load, load_all
from dti_analysis.records.about import about
from dti_analysis.records.council import wrong_decisions
from dti_analysis.records.dated import dated_files
from dti_analysis.records.decided import wrong_corrections
from dti_analysis.records.intake import read_assessment
from dti_analysis.records.sources import CLAIMS_FILE, Data, Key
from dti_analysis.records.tables import TABLES
from dti_analysis.records.to_write import TO_BEGIN, is_data_folder, to_write
from dti_analysis.scores.scoring import score
from dti_analysis.studies.claims import check_claims
from dti_analysis.studies.commune import Commune
from dti_analysis.studies.corrections import too_early
from dti_analysis.studies.sealed import broken as broken_seals
from dti_analysis.studies.study import Study


def check(path: Path) -> list[Fault]:
    """Faults of a data folder, a folder of frameworks or notebooks, or a single framework, assessment or notebook file.

    A folder that is none of these is searched for such files. A path that is not there is a fault, and so is a folder in which
    there is nothing to check.
    """
    try:
        there = path.exists()
    except OSError as error:
        return fault(path, "", error.strerror or "no such path", "a file or folder to check").faults
    if not there:
        return fault(path, "", "no such file or folder", "a file or folder to check").faults
    if not path.is_dir():
        return _check_file(path)
    if is_data_folder(path):
        lacking = to_write(path)
        absent = {one.file for one in lacking}
        told = [one for one in _check_data(path) if one.file not in absent]
        return list(dict.fromkeys([*lacking, *told]))  # one framework may fail several assessments
    if path.name == "frameworks":
        return _faults_of(lambda: load_all(path)) or _nothing(path, [*path.glob("*.yaml")])
    files = [file for file in sorted(path.rglob("*")) if file.is_file() and _near(file)]
    return [f for file in files for f in _check_file(file)] or _nothing(path, files)


def _nothing(path: Path, files: list[Path]) -> list[Fault]:
    """Nothing to check is no success."""
    expected = f"a data folder, or files ending in {', '.join(sorted(_BY_SUFFIX))}; {TO_BEGIN}"
    return [] if files else fault(path, "", "nothing to check", expected).faults


def _near(file: Path) -> bool:
    """Whether a file is one to check, or looks like one that its ending keeps from being looked at."""
    ending = file.suffix.lower()
    return ending in _BY_SUFFIX or (ending in _MISTAKEN and not file.name.endswith(".meta.yml"))


def _faults_of(work: Callable[[], object]) -> list[Fault]:
    try:
        work()
    except Faults as error:
        return error.faults
    return []


def _check_file(path: Path) -> list[Fault]:
    if path.suffix not in _BY_SUFFIX:
        known = "one ending in " + ", ".join(sorted(_BY_SUFFIX))
        return fault(path, "", f"a file ending in '{path.suffix}'", _MISTAKEN.get(path.suffix.lower(), known)).faults
    return _faults_of(lambda: _BY_SUFFIX[path.suffix](path))


def _check_data(root: Path) -> Iterator[Fault]:
    """Everything that the models of the data folder refuse, file by file; each has one place where it is read."""
    data = Data(root, lenient=True)
    yield from _faults_of(lambda: data.frameworks)
    yield from _faults_of(lambda: about(root))
    names = [name for name in TABLES if (root / name).exists() or name not in _OPTIONAL]
    names += [path.relative_to(root).as_posix() for path in sorted((root / "published").glob("*.csv"))]
    for name in names:
        yield from _faults_of(lambda name=name: data.table(name)) or data.faults.get(name, [])  # type: ignore[misc]
    yield from _faults_of(lambda: _check_frameworks(data))
    for key in data.assessments():
        yield from _check_assessment(data, key)
    yield from _astray(data)
    yield from wrong_corrections(data)
    yield from broken_seals(data)
    for path in sorted((root / "recognition").glob("*.yaml")):
        yield from _faults_of(lambda path=path: data.document(f"recognition/{path.name}"))  # type: ignore[misc]
    yield from _faults_of(lambda: data.document(CLAIMS_FILE)) or _faults_of(lambda: check_claims(Data(root)))
    yield from _faults_of(lambda: _check_facts(data))


_OPTIONAL = ("bands.csv", "features.csv")
_FOLDERS = {"": ".csv .yaml", "frameworks": ".yaml", "recognition": ".yaml", "published": ".csv .yaml"}
"""What the endings of data files are, by their folder."""


def _astray(data: Data) -> Iterator[Fault]:
    """Files that lie where nobody looks for them, or whose ending only resembles that of those that are read."""
    there = {data.assessment_file(key) for key in data.assessments()}
    there |= {path for key in data.assessments() for path in dated_files(data, key)}
    for path in sorted(path for path in data.root.rglob("*") if not path.is_dir()):
        folder, *below = path.relative_to(data.root).parts
        if path.is_symlink() and not _leads(path):
            yield Fault(str(path), "", "a link that leads nowhere", "a file")
            continue
        if folder == "assessments":
            found = Path(*below).as_posix()
            if path.suffix.lower() in _MISTAKEN and path.suffix != ".csv":
                if not (path.name.endswith(".meta.yml") and path.with_name(path.name[:-9] + ".csv") in there):
                    yield Fault(
                        str(path), "", f"a file as {found}", "<place>/<index>/<year>/<level>.csv, its .meta.yml beside it"
                    )
            elif path.suffix == ".csv" and path not in there:
                yield Fault(str(path), "", f"an assessment as {found}", "one as <place>/<index>/<year>/<level>.csv")
        elif endings := _FOLDERS.get(folder if below else "", "").split():
            near = path.suffix.lower() in _MISTAKEN or not {".csv", ".yaml", ".yml"}.isdisjoint(map(str.lower, path.suffixes))
            if len(below) > 1 and near:
                yield Fault(str(path), "", f"a file in the folder {below[0]}", f"one in {folder} itself")
            elif folder != "frameworks" and near and path.suffix not in endings:
                yield Fault(str(path), "", f"a file ending in '{path.suffix}'", "one ending in " + " or ".join(endings))


def _leads(link: Path) -> bool:
    try:
        return link.exists()
    except OSError:  # it leads to itself
        return False


def _check_assessment(data: Data, key: Key) -> list[Fault]:
    """An assessment as its sidecar and its framework have it, scored; also where it is not the file that was sealed."""
    if faults := _faults_of(lambda: data.provenance(key)):
        return faults
    try:
        changed = data.changed(key)
    except OSError as error:
        return fault(data.assessment_file(key), "", error.strerror or "no way to read it", "an assessment").faults
    undecided = [] if changed else _faults_of(lambda: _raise(wrong_decisions(data, key)))
    faults = [*_faults_of(lambda: _score_as_filed(data, key)), *undecided, *changed]
    return faults if faults else _faults_of(lambda: Study.of(key, data=data).path.table())


def _score_as_filed(data: Data, key: Key) -> None:
    """Score an assessment, also where its file is no longer the one that its sidecar was written for."""
    if not data.changed(key):
        study = Study.of(key, data=data)
        _raise(too_early(study))
        _ = study.scores
        return
    path, provenance = data.assessment_file(key), data.provenance(key)
    table, framework = read_assessment(path), data.framework(provenance.framework)
    day, listed = framework.day_due(key.year), set(table["unit"]) if provenance.kind == "published" else ()
    units, away = data.units_of(key, day, listed), data.came_or_went(key, day)
    score(framework, table[table["unit"].isin(units["unit"]) | ~table["unit"].isin(away)], units, str(path))


def _check_frameworks(data: Data) -> None:
    """Every framework is of a place, an index and levels there are."""
    faults = []
    for file in sorted((data.root / "frameworks").glob("*.yaml")):
        if _faults_of(lambda file=file: data.framework(file.stem)):  # type: ignore[misc]
            continue  # told already
        framework = data.framework(file.stem)
        words = [("place", framework.place), ("index", framework.index), *(("level", level) for level in framework.levels)]
        for kind, word in words:
            known = data.ids({"place": "places", "index": "indices", "level": "levels"}[kind])
            if word not in known:
                faults.append(Fault(str(file), kind, f"'{word}'", nearest(word, known)))
    _raise(faults)


def _check_facts(data: Data) -> None:
    """Facts of communes that speak of a criterion can be read by its rule."""
    for commune in dict.fromkeys(data.published("commune_facts")["commune"]):
        _ = Commune(commune, data=data).spans


def _raise(faults: Iterable[Fault]) -> None:
    faults = list(faults)
    if faults:
        raise Faults(faults)


_CLEAN = "a notebook saved without outputs (Kernel ▸ Restart Kernel and Clear Outputs of All Cells, then save)"


def check_notebook(path: Path) -> None:
    """Raises Faults unless the notebook is as the repository keeps them.

    A question as its first heading; a `parameters` cell with literals only; no outputs or execution counts; no functions,
    loops or paths.
    """
    try:
        with readable(path, "a notebook", "a notebook in UTF-8"):
            text = path.read_text(encoding="utf-8")
        notebook = nbformat.reads(text, as_version=4)
        nbformat.validate(notebook)
    except (nbformat.reader.NotJSONError, UnicodeDecodeError, RecursionError):
        raise fault(path, "", "a file that is not JSON in UTF-8", "a notebook in format 4") from None
    except (nbformat.ValidationError, ValueError, LookupError, AttributeError, TypeError, NameError):
        raise fault(path, "", "JSON that is no notebook in format 4", "a notebook in format 4") from None
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
            add(f"cell {index}", "outputs or an execution count", _CLEAN)
        for found in _not_thin(cell.source):
            add(f"cell {index}", found, "telling only: what computes belongs in the package")
    _raise(faults)


def _not_literal(source: str) -> Iterator[str]:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return  # told of every cell
    for statement in body:
        try:
            assert isinstance(statement, ast.Assign)
            ast.literal_eval(statement.value)
        except (AssertionError, ValueError):
            yield f"'{ast.unparse(statement)}'"


def _not_thin(source: str) -> Iterator[str]:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        yield f"a syntax error on line {getattr(error, 'lineno', None) or 1}"
        return
    heavy = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda)
    for node in ast.walk(tree):
        if isinstance(node, heavy):
            yield f"a {type(node).__name__.removesuffix('Def').lower()}"


_BY_SUFFIX: dict[str, Callable[[Path], Any]] = {".yaml": load, ".csv": read_assessment, ".ipynb": check_notebook}
_MISTAKEN = {
    ".yml": "one ending in .yaml",
    ".yaml": "a criteria set",
    ".csv": "a table saved as .csv",
    ".ipynb": "a notebook",
    ".xlsx": "its sheet saved as .csv in UTF-8",
    ".xls": "its sheet saved as .csv in UTF-8",
    ".ods": "its sheet saved as .csv in UTF-8",
    ".tsv": "a table separated by commas, as .csv",
}
"""Endings that look like those of files that are read, and what to hand in instead."""
