"""`dti check` on deliberately damaged copies of the data: every fault is named, in its own place, at once."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
import yaml
from test_cli import dti

from dti_analysis.checks import check
from dti_analysis.publishing.pages import NOTEBOOKS
from dti_analysis.records.sources import Data

# ruff: noqa: E501
DAMAGE = [
    # file, what stands there, what is put there, what is said of it (the file's name goes before)
    ("frameworks/yenbai-district-2022.yaml", "        max_points: 100\n", "        max_point: 100\n", "found the key 'max_point'; expected 'max_points'?"),
    ("frameworks/sample-department-2024.yaml", "code: P1.01", "code: 1.01", "found code: 1.01; expected text, in quotes where it looks like a number"),
    ("frameworks/yenbai-department-2022.yaml", "pillars: 7", "pillars: 8", "found 7 pillars; expected 8, as the act says of itself"),
    ("frameworks/national-province-2024.yaml", "rule: {linear: {target: 1}}", "rule: {linear: {target: 1}, yes_no: {}}", "found 2 rules (linear, yes_no); expected exactly one rule"),
    ("frameworks/sample-district-2025.yaml", "full_from: 3/4", "full_from: 5/4", "found ratio.full_from: '5/4'; expected a share from 0 to 1, as 3/4 or 0.75"),
    ("frameworks/sample-district-2024.yaml", "numerator: [b, c]", "numerator: [b, d]", "expected each of a, b, c once in numerator or denominator, and no other"),
    ("frameworks/sample-department-2025.yaml", "      - code: ", "      - code: G1\n        name_vi: Điều kiện\n        name_en: Gate\n        max_points: 5\n        rule: {gate: {}}\n        reference: {article: '0'}\n      - code: ", "G1: found max_points 5 with the rule 'gate'; expected 0"),
    ("units.csv", "so-tai-chinh,", "so-tu-phap,", "found the unit 'so-tu-phap' again; expected each unit once"),
    ("units.csv", ",2025-06-30,", ",30/6/2025,", "found valid_to '30/6/2025'; expected a date as 2025-06-30"),
    ("units.csv", ",district,yenbai,district,", ",distrit,yenbai,district,", "found level 'distrit'; expected 'district'?"),
    ("assessments/national/dti/2022/province.csv", "thanh-pho-da-nang,F1,", "thanh-pho-da-nag,F1,", "found the unit 'thanh-pho-da-nag'; expected 'thanh-pho-da-nang'?"),
    ("assessments/national/dti/2022/province.csv", ",F2,0.9000", ",F2,90.00", "found value '90.00'; expected a share, 0 to 1"),
    ("assessments/national/dti/2022/province.csv", ",F3,0.8253", ",F3,cao", "found value 'cao'; expected a number"),
    ("assessments/national/dti/2022/province.csv", ",F5,0.7578", ",F4,0.7578", "F4, verified again (first in row"),
    ("published/results.csv", ",0.8002,", ",0.8002%,", "found printed '0.8002%'; expected a number"),
    ("published/national_means.csv", "vietjo", "vietjoo", "found reference 'vietjoo"),
    ("published/claims.yaml", "decimals: 0}", "decimals: 0, decimls: 1}", "yenbai-2023-units-and-movements: found the key 'check.equal.decimls'; expected 'decimals'?"),
    ("published/commune_facts.csv", "DTI-12@hcm", "DTI-99@hcm", "found criterion 'DTI-99'; expected 'DTI-"),
    ("recognition/yenbai-2024.yaml", "extended_share: 0.3", "extended_share: 30", "found rules.1.extended_share: 30; expected a share from 0 to 1"),
    ("bands.csv", ",75,,,,", ",bảy lăm,,,,", "found above 'bảy lăm'; expected a number"),
]  # fmt: skip


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    shutil.copytree(Data().root, tmp_path / "data")
    for name, right, wrong, _ in DAMAGE:
        _edit(tmp_path / "data" / name, right, wrong)
    (tmp_path / "notebooks").mkdir()
    notebook = nbformat.read(NOTEBOOKS / "8_published_claims.ipynb", as_version=4)
    next(cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])).source = 'lang = "v" + "i"'
    nbformat.write(notebook, tmp_path / "notebooks" / "8_published_claims.ipynb")
    return tmp_path


def _edit(path: Path, right: str, wrong: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert right in text, (path, right)
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")


def test_every_fault_is_named_at_once(damaged: Path) -> None:
    done = dti("check", "data", "notebooks", folder=damaged)
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    missing = [
        (name, said) for name, _, _, said in DAMAGE if not any(f"data/{name}" in line and said in line for line in lines)
    ]
    assert missing == [], done.stderr
    assert any("8_published_claims.ipynb: cell 3: found 'lang = 'v' + 'i''" in line for line in lines)
    assert any("province.csv: found sha256" in line and "received files are not edited" in line for line in lines)
    assert "Traceback" not in done.stderr
    assert len(lines) == len(set(lines))


def test_a_batch_on_damaged_data_names_the_same_faults_and_publishes_nothing(damaged: Path) -> None:
    checked = dti("check", "data", folder=damaged)
    done = dti("run", "--data", "data", "--output", "out", folder=damaged)
    assert done.returncode == 1
    told = {line.replace(str(damaged) + "/", "") for line in done.stderr.splitlines() if line.startswith("✗")}
    assert told == {line for line in checked.stderr.splitlines() if line.startswith("✗")}
    assert not (damaged / "out" / "site").exists()


def test_a_place_that_is_not_there_or_not_ours_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "form.docx").write_text("", encoding="utf-8")
    assert [f.found for f in check(tmp_path / "nowhere")] == ["no such file or folder"]
    assert [f.found for f in check(tmp_path / "form.docx")] == ["a file ending in '.docx'"]


def test_an_act_without_a_framework_file_is_named(tmp_path: Path) -> None:
    shutil.copytree(Data().root, tmp_path / "data")
    (tmp_path / "data" / "frameworks" / "yenbai-district-2023.yaml").unlink()
    faults = [str(fault) for fault in check(tmp_path / "data")]
    assert any("no framework 'yenbai-district-2023'; expected 'yenbai-district-2022'?" in fault for fault in faults)


# ---- bad input: what does not belong where it lies -------------------------------------------------------------------

EMPTY = "unit,indicator,value\n"
SIDECARS = [
    # the assessment, what its sidecar says otherwise than well, the place in the sidecar, what is found, what is expected
    ("atlantis/dti/2023/district", {"framework": "yenbai-district-2023"}, "place", "'atlantis'", "one of "),
    ("yenbai/dtl/2023/district", {"framework": "yenbai-district-2023"}, "index", "'dtl'", "'dti'?"),
    ("yenbai/dti/2023/distric", {"framework": "yenbai-district-2023"}, "level", "'distric'", "'district'?"),
    ("yenbai/dti/2022/department", {"framework": "yenbai-department-2022", "kind": "sample"}, "kind", "sample figures of yenbai, a real place", "a place whose kind is sample"),
    ("tinhmau/dti/2026/district", {"framework": "sample-district-2025", "kind": "received"}, "kind", "received figures of tinhmau, a fictitious place", "kind: sample"),
    ("laocai/dti/2023/department", {"framework": "yenbai-department-2023", "kind": "published"}, "reference", "no reference", "the id of the text that published the figures"),
    ("laocai/dti/2022/department", {"framework": "yenbai-department-2022", "reference": "ttxvn-2024-03-12"}, "reference", "ttxvn-2024-03-12", "'ttxvn-2024-03-13'?"),
    ("yenbai/dti/2024/district", {"framework": "yenbai-district-2023"}, "framework", "yenbai-district-2023, in force 2023 to 2023", "one in force in 2024"),
    ("laocai/dti/2023/district", {"framework": "yenbai-department-2023"}, "framework", "yenbai-department-2023, for department", "one for district"),
    ("gialai/dti/2026/commune", {"framework": "service-2026"}, "framework", "service-2026, of the index service", "one of dti"),
    ("hcm/dti/2026/commune", {"framework": "hcm-commune-2026", "place": "hcn"}, "place", "hcn", "hcm, as its path says"),
    ("hanoi/dti/2026/commune", {"framework": "hcm-commune-2026", "as_of": "10/10/2026"}, "as_of", "10/10/2026", "a date as 2025-06-30"),
]  # fmt: skip
FOLLOWS = [
    # what else is wrong with these, as a consequence
    ("yenbai/dtl/2023/district", "framework", "yenbai-district-2023, of the index dti", "one of dtl"),
    ("yenbai/dti/2023/distric", "framework", "yenbai-district-2023, for district", "one for distric"),
    ("tinhmau/dti/2026/district", "framework", "sample-district-2025, in force 2025 to 2025", "one in force in 2026"),
]  # fmt: skip
TABLES = [
    # file, the row appended, the place in the file, what is found, what is expected
    ("places.csv", "tinh x,Tỉnh X,,real,,,,", "row", "place 'tinh x'", "lower-case letters, digits and hyphens"),
    ("places.csv", "tinhy,Tỉnh Y,,fictitious,,,,", "row", "kind 'fictitious'", "one of real, sample"),
    ("places.csv", "tinhz,Tỉnh Z,,real,,,,nowhere", "row", "reference 'nowhere'", "one of "),
    ("indices.csv", "DTI,Chỉ số,,,", "row", "index 'DTI'", "lower-case letters, digits and hyphens"),
    ("levels.csv", "ward,,wards", "row", "no name_vi", "a text"),
    ("units.csv", "xa/moi,Xã A,,commune,yenbai,,,,,,verified,ttxvn-2024-03-13,,,", "row", "unit 'xa/moi'", "lower-case letters, digits and hyphens"),
    ("units.csv", "xa#moi,Xã B,,commune,yenbai,,,,,,verified,ttxvn-2024-03-13,,,", "row", "unit 'xa#moi'", "lower-case letters, digits and hyphens"),
    ("units.csv", "xa moi,Xã C,,commune,yenbai,,,,,,verified,ttxvn-2024-03-13,,,", "row", "unit 'xa moi'", "lower-case letters, digits and hyphens"),
    ("units.csv", "xa-moi-2,Xã D,,commune,yenbai,,,,,,verified,ttxvn-2024-03-13,many,,", "row", "population 'many'", "a number"),
    ("units.csv", "xa-moi-3,Xã E,,commune,yenbai,,,,,,verified,ttxvn-2024-03-13,,,wart", "row", "kind 'wart'", "'ward'?"),
    ("units.csv", "xa-moi,Xã F,,commune,atlantis,,,,,,verified,ttxvn-2024-03-13,,,", "row", "place 'atlantis'", "one of "),
    ("features.csv", "populaton,,number,dân số,", "row", "the feature 'populaton'", "'population'?"),
    ("features.csv", "upland,,word,địa hình,", "row", "upland again", "each feature, and each of its values, once"),
    ("features.csv", "upland,hill,number,đồi,", "row", "the value 'hill' of words", "holds only where a feature is named"),
    ("features.csv", "terrain,hill,,đồi,", "row", "values of 'terrain' only", "a row with an empty value"),
]  # fmt: skip


def _add_assessment(data: Path, name: str, text: str, **said: Any) -> None:
    """Write an assessment and a sidecar in which all is well but what is `said`."""
    path = data / "assessments" / f"{name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    place, index, year, level = name.split("/")
    well = {"title": "A form", "place": place, "index": index, "year": int(year), "level": level, "kind": "received"}
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    path.with_suffix(".meta.yml").write_text(yaml.safe_dump(well | {"sha256": digest} | said), encoding="utf-8")


def test_what_does_not_belong_where_it_lies_is_named_and_nothing_else(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(Data().root, data)
    due: list[tuple[str, str, str, str]] = []
    for name, said, place, found, expected in SIDECARS:
        _add_assessment(data, name, EMPTY, **said)
        due.append((f"data/assessments/{name}.meta.yml", place, found, expected))
    due += [(f"data/assessments/{name}.meta.yml", *fault) for name, *fault in FOLLOWS]  # type: ignore[misc]
    for name, row, place, found, expected in TABLES:
        lines = (data / name).read_text(encoding="utf-8").splitlines()
        (data / name).write_text("\n".join([*lines, row, ""]), encoding="utf-8")
        due.append((f"data/{name}", f"row {len(lines) + 1}" if place == "row" else place, found, expected))
    frameworks = data / "frameworks"
    shutil.copy(frameworks / "yenbai-district-2023.yaml", frameworks / "yenbai-district-2023a.yaml")
    _edit(frameworks / "yenbai-district-2023a.yaml", "id: yenbai-district-2023\n", "id: yenbai-district-2023a\n")
    same = "one framework a year for yenbai, dti, district"
    due.append(("data/frameworks/yenbai-district-2023a.yaml", "applies", "in which yenbai-district-2023 applies too", same))
    shutil.copy(frameworks / "yenbai-district-2023.yaml", frameworks / "atlantis-2023.yaml")
    _edit(frameworks / "atlantis-2023.yaml", "id: yenbai-district-2023\nplace: yenbai", "id: atlantis-2023\nplace: atlantis")
    due.append(("data/frameworks/atlantis-2023.yaml", "place", "'atlantis'", "one of "))
    (data / "assessments" / "yenbai" / "2023.csv").write_text(EMPTY, encoding="utf-8")
    astray = ("data/assessments/yenbai/2023.csv", "", "an assessment as yenbai/2023.csv", "<place>/<index>/<year>/<level>.csv")
    due.append(astray)

    done = dti("check", "data", folder=tmp_path)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    told = [line for line in done.stderr.splitlines() if line.startswith("✗")]

    def tells(line: str, file: str, place: str, found: str, expected: str) -> bool:
        where, _, rest = line.removeprefix("✗ ").partition(": found ")
        what, _, wanted = rest.partition("; expected ")
        where = re.sub(r": line \d+, (\w+)$", r": \1", where)
        here = where == ": ".join(filter(None, [file, place])) or (where.startswith(f"{file}: line ") and f"{place}: " in what)
        return here and found in what and expected in wanted

    assert [fault for fault in due if not any(tells(line, *fault) for line in told)] == []
    assert [line for line in told if not any(tells(line, *fault) for fault in due)] == []
    before = sorted(path for path in tmp_path.rglob("*"))
    refused = dti("run", "--data", "data", "--output", "out", folder=tmp_path)
    assert refused.returncode == 1 and "Traceback" not in refused.stderr
    assert "nothing was written or published" in refused.stderr
    written = [path.relative_to(tmp_path / "out") for path in tmp_path.rglob("*") if path not in before]
    assert {path.parts[0] for path in written if path.parts} <= {".lock", ".kept"}
