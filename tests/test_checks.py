"""`dti check` on a folder of deliberately damaged copies: every fault is named, in its own place, at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from test_cli import dti

from dti_analysis.checks import check
from dti_analysis.publishing.pages import NOTEBOOKS
from dti_analysis.records.sources import Data

# ruff: noqa: E501
DAMAGE = [
    # file, what stands there, what is put there, what is said of it (the file's name goes before)
    ("frameworks/yenbai-district-2023.yaml", "    max_points: 100\n", "    max_point: 100\n", "found the key 'max_point'; expected 'max_points'?"),
    ("frameworks/yenbai-department-2023.yaml", "code: P1.01", "code: 1.01", "found the code 1.01; expected a code that starts with a capital letter"),
    ("frameworks/yenbai-department-2022.yaml", "pillars: 7", "pillars: 8", "found 7 pillars; expected 8, as the act says of itself"),
    ("frameworks/yenbai-district-2022.yaml", "rule: {reported: {}}", "rule: {reported: {}, yes_no: {}}", "found 2 rules (reported, yes_no); expected exactly one rule"),
    ("units.csv", "so-tai-chinh,", "so-tu-phap,", "found the unit 'so-tu-phap' again; expected each unit once"),
    ("units.csv", ",2025-06-30,", ",30/6/2025,", "found valid_to '30/6/2025'; expected a date as 2025-06-30"),
    ("units.csv", ",district,district,", ",distrit,district,", "found level 'distrit'; expected 'district'?"),
    ("assessments/2022/province.csv", "thanh-pho-da-nang,F1,", "thanh-pho-da-nag,F1,", "found the unit 'thanh-pho-da-nag'; expected 'thanh-pho-da-nang'?"),
    ("assessments/2022/province.csv", ",F2,verified,0.9000", ",F2,verified,90.00", "found value '90.00'; expected a share, 0 to 1"),
    ("assessments/2022/province.csv", ",F3,verified,0.8253", ",F3,verified,cao", "found value 'cao'; expected a number"),
    ("assessments/2022/province.csv", ",F5,verified", ",F4,verified", "F4, verified again (first in row"),
    ("published/results.csv", ",98.82,", ",98.82%,", "printed: found '98.82%'; expected a number"),
    ("published/national_means.csv", "vietjo", "vietjoo", "found the reference 'vietjoo"),
    ("published/claims.yaml", "decimals: 0}", "decimals: 0, decimls: 1}", "yenbai-2023-units-and-movements: check.equal: found the key 'decimls'; expected 'decimals'?"),
    ("published/commune_facts.csv", "P1.03@tayninh", "P9.03@tayninh", "found P9.03@tayninh-commune-2026; expected a criterion of tayninh-commune-2026"),
    ("recognition/yenbai-2024.yaml", "extended_share: 0.3", "extended_share: 30", "found extended_share 30; expected a share, 0 to 1"),
    ("bands.csv", ",75,,,,", ",bảy lăm,,,,", "above: found 'bảy lăm'; expected a number"),
]  # fmt: skip


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    shutil.copytree(Data().root, tmp_path / "data")
    for name, right, wrong, _ in DAMAGE:
        path = tmp_path / "data" / name
        text = path.read_text(encoding="utf-8")
        assert right in text, (name, right)
        path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    notebook = nbformat.read(NOTEBOOKS / "4_published_claims.ipynb", as_version=4)
    next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])).source = 'lang = "v" + "i"'
    nbformat.write(notebook, tmp_path / "notebooks" / "4_published_claims.ipynb")
    return tmp_path


def test_every_fault_is_named_at_once(damaged: Path) -> None:
    done = dti("check", "data", "notebooks", folder=damaged)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    missing = [
        (name, said) for name, _, _, said in DAMAGE if not any(f"data/{name}" in line and said in line for line in lines)
    ]
    assert missing == [], done.stderr
    assert any("4_published_claims.ipynb: cell 3: found 'lang = 'v' + 'i''" in line for line in lines)
    assert any("province.csv: found sha256" in line and "received files are not edited" in line for line in lines)
    assert "Traceback" not in done.stderr
    assert len(lines) == len(set(lines))


def test_a_place_that_is_not_there_or_not_ours_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "form.docx").write_text("", encoding="utf-8")
    assert [f.found for f in check(tmp_path / "nowhere")] == ["no such file or folder"]
    assert [f.found for f in check(tmp_path / "form.docx")] == ["a file ending in '.docx'"]


def test_an_act_without_a_framework_file_is_named(tmp_path: Path) -> None:
    shutil.copytree(Data().root, tmp_path / "data")
    (tmp_path / "data" / "frameworks" / "yenbai-district-2023.yaml").unlink()
    faults = [str(fault) for fault in check(tmp_path / "data")]
    assert any("no framework 'yenbai-district-2023'; expected 'yenbai-district-2022'?" in fault for fault in faults)


def test_a_batch_on_damaged_data_names_the_same_faults_and_publishes_nothing(damaged: Path) -> None:
    checked = dti("check", "data", folder=damaged)
    done = dti("run", "--data", "data", "--output", "out", folder=damaged)
    assert done.returncode == 1
    told = {line.replace(str(damaged) + "/", "") for line in done.stderr.splitlines() if line.startswith("✗")}
    assert told == {line for line in checked.stderr.splitlines() if line.startswith("✗")}
    assert not (damaged / "out" / "site").exists()
