"""Forms going out: one workbook for each unit of a place, level and year, or for anyone's criteria set."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import Faults, fault, nearest
from dti_analysis.common.text import Lang, label, plain
from dti_analysis.criteria.framework import Framework
from dti_analysis.criteria.framework_file import load
from dti_analysis.records.last_year import past
from dti_analysis.records.sources import Data, Key
from dti_analysis.records.to_write import to_write
from dti_analysis.records.workbook_form import Heading, write_form


def framework_of(data: Data, key: Key) -> str:
    """The criteria set by which a year is assessed: the one that applies then. Raises Faults where none does."""
    if not data.frameworks:
        raise Faults(to_write(data.root))
    same = [
        one for one in data.frameworks.values() if (one.place, one.index) == (key.place, key.index) and key.level in one.levels
    ]
    found = [one.id for one in same if one.applies.from_ <= key.year <= one.applies.to]
    if not found:
        years = ", ".join(sorted({f"{one.applies.from_}–{one.applies.to} ({one.id})" for one in same})) or "none"
        what = f"no criteria set for {key.place} {key.index} {key.year} {key.level}"
        raise fault(data.root / "frameworks", "applies", what, f"a set for that year; there are: {years}")
    return found[0]


def write_forms(
    data: Data, key: Key, lang: Lang, out: Path, only: list[str] | None = None, deadline: date | None = None
) -> list[Path]:
    """Write the forms of the units that are due, or of some of them; returns the files. Raises Faults for an unknown unit."""
    framework = data.framework(framework_of(data, key))
    units = data.units_of(key, framework.day_due(key.year))
    if not len(units):
        raise fault(
            data.root / "units.csv", "", f"no units of {key.place} {key.level} in {key.year}", "units that are there that year"
        )
    for unit in only or []:
        if unit not in set(units["unit"]):
            raise fault("parameter", "unit", f"'{unit}'", nearest(unit, units["unit"]))
    before = Key(key.place, key.index, key.year - 1, key.level)
    last = data.assessment(before) if data.assessment_file(before).exists() else None
    index_name = f"{data.name('indices', key.index, lang)}, {data.name('places', key.place, lang)}"
    tag = label("sample", lang) if data.is_sample(key.place) else ""
    names, digest = data.unit_names(lang), sha256(data.framework_file(framework.id))
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for unit, group in zip(units["unit"], units["group"], strict=True):
        if only and unit not in only:
            continue
        heading = Heading(framework, digest, key.year, key.level, lang, index_name, unit, names[unit], group, deadline, tag)
        answered = past(data.framework(last[1].framework), framework, last[0], unit, lang) if last else {}
        path = out / f"{key.index}-{key.year}-{key.level}-{unit}.xlsx"
        write_form(heading, path, answered)
        written.append(path)
    return written


def write_form_of(
    file: Path, lang: Lang, out: Path, unit: str = "", group: str = "", year: int | None = None, deadline: date | None = None
) -> Path:
    """Write one form of anyone's criteria set; without a unit it has a cell for the unit's name. Raises Faults."""
    framework = load(file)
    groups = groups_of(framework)
    if groups and group not in groups:
        raise fault("parameter", "group", f"'{group}'", f"{nearest(group, groups)}, as the set tells them apart")
    name = framework.reference.title.removesuffix(".")
    year = framework.applies.from_ if year is None else year
    heading = Heading(framework, sha256(file), year, framework.levels[0], lang, name, _id(unit), unit, group, deadline)
    out.mkdir(parents=True, exist_ok=True)
    named = [framework.id, "" if framework.id.endswith(str(year)) else str(year), _id(unit)]
    path = out / f"{'-'.join(filter(None, named))}.xlsx"
    write_form(heading, path)
    return path


def groups_of(framework: Framework) -> list[str]:
    """The groups of units that a set tells apart."""
    named = [[*(one.applies_to or []), *one.max_points_by_group] for one, _, _ in framework.walk()]
    return sorted({group for groups in named for group in groups})


def _id(name: str) -> str:
    """A name as an id: xa-dai-dong of Xã Đại Đồng."""
    return re.sub(r"[^a-z0-9]+", "-", plain(name)).strip("-")
