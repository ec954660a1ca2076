"""A data folder to begin with: a small place with sample figures that passes every check and can be published at once."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from string import Template
from tempfile import mkdtemp

from dti_analysis.common.faults import Fault, Faults, fault, nearest
from dti_analysis.common.rooms import DATA
from dti_analysis.common.spelling import ID_EXPECTED, is_id
from dti_analysis.records.sources import Data

SKELETON = Path(__file__).parent / "skeleton"


def write_new_folder(folder: Path, place: str, year: int, level: str, index: str = "dti") -> list[Path]:
    """Write a data folder of a place with three sample units, a small criteria set and their forms; returns its files.

    All of it is there or nothing. Raises Faults for a folder that is there and not empty, ids that are none, a level or an
    index that nobody knows, a year that is none.
    """
    known = Data(DATA)
    faults = []
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        faults.append(Fault(str(folder), "", "something there already", "a folder that is new or empty"))
    if not is_id(place):
        faults.append(Fault("dti new", "--place", f"'{place}'", ID_EXPECTED))
    if not 1900 < year < 2200:
        faults.append(Fault("dti new", "--year", str(year), "the year assessed, as 2026"))
    for option, word, table in (("--level", level, known.levels), ("--index", index, known.indices)):
        if word not in table.index:
            faults.append(Fault("dti new", option, f"'{word}'", nearest(word, table.index)))
    if faults:
        raise Faults(faults)
    words = {"place": place, "year": str(year), "level": level, "index": index, "framework": f"{place}-{level}-{year}"}
    words |= {f"level_{lang}": known.name("levels", level, lang) for lang in ("vi", "en")}
    words |= {f"index_{lang}": known.name("indices", index, lang) for lang in ("vi", "en")}
    forms = Path("assessments", place, index, str(year))
    where = {
        "framework.yaml": Path("frameworks", f"{words['framework']}.yaml"),
        "assessment.csv": forms / f"{level}.csv",
        "assessment.meta.yml": forms / f"{level}.meta.yml",
    }
    texts = {path.name: Template(path.read_text(encoding="utf-8")) for path in sorted(SKELETON.iterdir())}
    words["sha256"] = hashlib.sha256(texts["assessment.csv"].substitute(words).encode()).hexdigest()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(mkdtemp(prefix=".new-", dir=folder.parent))
        beside.chmod(0o755)
        try:
            for name, text in texts.items():
                path = beside / where.get(name, Path(name))
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text.substitute(words), encoding="utf-8", newline="\n")
            if folder.exists():
                folder.rmdir()
            beside.rename(folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise fault(error.filename or folder, "", error.strerror or str(error), "a place that can be written to") from None
    return sorted(path for path in folder.rglob("*") if path.is_file())
