"""Nothing that a person can hand in ends in anything but Faults: the repository's own files, damaged at random.

`FUZZ` in the environment multiplies the number of damaged files (`make fuzz`).
"""

from __future__ import annotations

import os
import random
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dti_analysis.checks import check
from dti_analysis.common.faults import Faults
from dti_analysis.common.rooms import NOTEBOOKS
from dti_analysis.criteria.framework_file import load
from dti_analysis.records.intake import read_form
from dti_analysis.records.sources import Data
from dti_analysis.scores.scoring import scored

EXAMPLES = 12 * int(os.environ.get("FUZZ", "1"))
ROOT = Data().root
ODD = [
    "", " ", "~", "null", "true", "no", "010", "0x1F", "1_000", "1:30", "1e400", "-1", "1/0", ".inf", "9" * 400, "[]", "{}",
    "[[1]]", "{a: 1}", "'", '"', "#", "&a", "*a", "!!python/object:os.system", "|", ">", "- x", "? x", "%", "@", "`",
    "\u00a0", "\u200b", "\ufeff", "a\u0301", "Ð", "１２", "\x00", "\x1b[31m", "=1+1", "x" * 3000, "🙂", "\u202e", "n/a",
    "không áp dụng", "2025-02-30", "1.000", "12,5", "a;b", "2²", "…", "\ud7ff", "<script>", "[/x]", "C:\\[tep]",
]  # fmt: skip


def damaged(text: str, seed: int) -> bytes:
    """A text with one to three things wrong: lines lost, repeated, swapped, shifted, words replaced by odd ones, bytes cut."""
    dice = random.Random(seed)
    for _ in range(dice.randint(1, 3)):
        lines = text.split("\n")
        at = dice.randrange(len(lines))
        way = dice.randrange(9)
        if way == 0:
            del lines[at]
        elif way == 1:
            lines.insert(at, lines[at])
        elif way == 2:
            other = dice.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        elif way == 3:
            lines[at] = " " * dice.randint(1, 4) + lines[at]
        elif way in (4, 5, 6):
            parts = re.split(r"([,:{}\[\]\n]\s*)", lines[at])
            parts[dice.randrange(len(parts))] = dice.choice(ODD)
            lines[at] = "".join(parts)
        elif way == 7:
            place = dice.randrange(len(lines[at]) + 1)
            lines[at] = lines[at][:place] + dice.choice(ODD) + lines[at][place:]
        else:
            lines[at] = lines[at].replace(dice.choice("abc123:,{"), dice.choice(ODD))
        text = "\n".join(lines)
    coded = text.encode("utf-8", "surrogatepass")
    if dice.random() < 0.1:
        coded = coded[: dice.randrange(len(coded) + 1)]
    if dice.random() < 0.05:
        place = dice.randrange(len(coded) + 1)
        coded = coded[:place] + bytes([dice.randrange(256)]) + coded[place:]
    return coded


SEEDS = st.integers(min_value=0, max_value=2**32)


@settings(max_examples=EXAMPLES)
@given(seed=SEEDS)
@pytest.mark.parametrize("name", ["yenbai-district-2022", "sample-department-2025", "national-province-2022", "service-2026"])
def test_frameworks(tmp_path_factory: pytest.TempPathFactory, name: str, seed: int) -> None:
    path = tmp_path_factory.getbasetemp() / f"{name}.yaml"
    path.write_bytes(damaged((ROOT / "frameworks" / f"{name}.yaml").read_text(encoding="utf-8"), seed))
    assert all(fault.file and str(fault).isprintable() for fault in check(path))


FORMS = {"tinhmau/dti/2025/department": "sample-department-2025", "gialai/service/2026/department": "service-2026"}


@settings(max_examples=EXAMPLES)
@given(seed=SEEDS)
@pytest.mark.parametrize("name", list(FORMS))
def test_forms(tmp_path_factory: pytest.TempPathFactory, name: str, seed: int) -> None:
    path = tmp_path_factory.getbasetemp() / "form.csv"
    lines = (ROOT / "assessments" / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    path.write_bytes(damaged("\n".join([*lines[:60], ""]), seed))
    try:
        scored(load(ROOT / "frameworks" / f"{FORMS[name]}.yaml"), read_form(path), None, str(path))
    except Faults as faults:
        assert all(str(fault).isprintable() for fault in faults.faults)


@settings(max_examples=EXAMPLES)
@given(seed=SEEDS)
def test_notebooks(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    path = tmp_path_factory.getbasetemp() / "1_yearly_ranking.ipynb"
    path.write_bytes(damaged((NOTEBOOKS / "1_yearly_ranking.ipynb").read_text(encoding="utf-8"), seed))
    assert all(str(fault).isprintable() for fault in check(path))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder with the assessments of Yên Bái alone, so that a check is quick."""
    root = tmp_path_factory.mktemp("small") / "data"
    shutil.copytree(ROOT, root)
    for path in [*root.glob("assessments/*"), *root.glob("frameworks/*.yaml")]:
        if "yenbai" not in path.name and path.name not in ("hcm-commune-2026.yaml",):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return root


TABLES = [
    "units.csv", "places.csv", "levels.csv", "indices.csv", "references.csv", "bands.csv", "published/results.csv",
    "published/commune_facts.csv", "published/claims.yaml", "published/structures.csv", "recognition/yenbai-2024.yaml",
    "assessments/yenbai/dti/2023/district.meta.yml", "assessments/yenbai/dti/2023/district.csv",
]  # fmt: skip


@settings(max_examples=max(1, EXAMPLES // 4))
@given(seed=SEEDS)
@pytest.mark.parametrize("name", TABLES)
def test_data_folders(small: Path, name: str, seed: int) -> None:
    path = small / name
    whole = path.read_bytes()
    try:
        path.write_bytes(damaged(whole.decode(), seed))
        faults = check(small)
    finally:
        path.write_bytes(whole)
    assert len(set(faults)) == len(faults)
    assert all(str(fault).isprintable() for fault in faults)
