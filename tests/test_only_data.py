"""Only data change: a place of any country, the forms of a real one, and no province named by the package itself."""

from __future__ import annotations

import ast
import csv
import hashlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml
from bs4 import BeautifulSoup
from test_cli import dti

from dti_analysis.common.rooms import PACKAGE
from dti_analysis.publishing.texts import NAMES, SOURCES
from dti_analysis.records.sources import PUBLISHED, Data, Key
from dti_analysis.studies.study import Study

# ---- a place without districts, of another country, with nothing published ------------------------------------------

NOWHERE = {
    "places.csv": "place,name_vi,name_en,kind,unit,note_vi,note_en,reference\nnowhere,Nowhere,Nowhere,real,,,,\n",
    "levels.csv": "level,name_vi,name_en\nregion,regiões,regions\n",
    "indices.csv": "index,name_vi,name_en,note_vi,note_en\ndti,Mức độ chuyển đổi số,Digital maturity,,\n",
    "references.csv": "id,kind,title,number,issued,publisher,href,seen_in,status\nlei-1,act,Lei,1/2031,2031,,,,verified\n",
    "units.csv": """\
unit,name_vi,name_en,level,place,group,part_of,valid_from,valid_to,successor,status,reference
acores,Região Autónoma dos Açores,Autonomous Region of the Azores,region,nowhere,,,,,,verified,lei-1
osterreich,Österreich & Söhne,,region,nowhere,,,,,,verified,lei-1
""",
    "frameworks/nowhere-2031.yaml": """\
id: nowhere-2031
place: nowhere
index: dti
levels: [region]
applies: {from: 2031, to: 2031}
status: official
reference: {title: Lei da transformação digital, number: 1/2031, issued: '2031-01-02'}
max_points: 10
expects: {indicators: 2}
ranking: {by: percent, decimals: 2, rounding: half_up, ties: min, missing: zero, not_applicable: exclude}
indicators:
  - {code: A, name_vi: Plano, name_en: Plan, max_points: 4, rule: {yes_no: {}}, reference: {article: '1'}}
  - {code: B, name_vi: Serviços, name_en: Services, max_points: 6, reference: {article: '2'},
     rule: {ratio: {a: {vi: em linha, en: online}, b: {vi: todos, en: all}, when_b_zero: zero}}}
""",
    "assessments/nowhere/dti/2031/region.csv": """\
unit,indicator,value,a,b
acores,A,yes,,
acores,B,,3,4
osterreich,A,no,,
osterreich,B,,4,4
""",
}


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds a data folder of a place of which the package knows nothing."""
    folder = tmp_path_factory.mktemp("nowhere")
    for name, text in NOWHERE.items():
        path = folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    _sidecar(folder / "data" / "assessments/nowhere/dti/2031/region.csv", framework="nowhere-2031", kind="received")
    return folder


def _sidecar(assessment: Path, **said: str) -> None:
    place, index, year = assessment.parts[-4:-1]
    digest = hashlib.sha256(assessment.read_bytes()).hexdigest()
    all_ = {"title": "Forms", "place": place, "index": index, "year": int(year), "level": assessment.stem, "sha256": digest}
    assessment.with_suffix(".meta.yml").write_text(yaml.safe_dump(all_ | said, allow_unicode=True), encoding="utf-8")


def test_any_place_is_checked_and_published_whole(nowhere: Path) -> None:
    checked = dti("check", "data", folder=nowhere)
    assert (checked.returncode, checked.stderr) == (0, ""), "nothing that was published is needed"
    done = dti("run", "--data", "data", "--output", "out", folder=nowhere)
    assert done.returncode == 0, done.stderr
    site = nowhere / "out" / "site"
    study = "nowhere/dti-2031-region"
    pages = [
        f"{study}/ranking",
        f"{study}/gaps",
        f"{study}/compare",
        *(f"{study}/units/{unit}" for unit in ("acores", "osterreich")),
    ]
    pages += ["nowhere/index", "criteria/nowhere-2031"]
    made = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    pages += NAMES
    assert made == {f"{lang}/{page}.html" for lang in ("vi", "en") for page in pages} | {"index.html", "index.en.html"}
    rows = _rows(site / "en" / f"{study}/ranking.html")
    assert [row[:3] for row in rows] == [
        ["1", "Autonomous Region of the Azores", "85.00%"],
        ["2", "Österreich & Söhne", "60.00%"],
    ]
    assert "Região Autónoma dos Açores, năm 2031" in (site / "vi" / f"{study}/units/acores.html").read_text(encoding="utf-8")
    for file in site.rglob("*.html"):
        if file.stem in SOURCES:  # the repository's own documents, which explain themselves by our data
            continue
        text = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser").get_text(" ")
        assert not re.search(r"tỉnh|huyện|Viet ?Nam|province|district", text, re.IGNORECASE), file


def _rows(page: Path) -> list[list[str]]:
    """The cells of the first table of a page, row by row."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    return [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in soup.select_one("table").select("tbody tr")]  # type: ignore[union-attr]


def test_tables_that_are_not_there_are_empty_and_have_their_columns(tmp_path: Path) -> None:
    data = Data(tmp_path)
    for name, columns in PUBLISHED.items():
        assert data.published(name).empty and list(data.published(name).columns) == columns
        assert set(columns) <= set(Data().published(name).columns)
    assert data.bands(Key("nowhere", "dti", 2031, "region")).empty
    assert data.document("published/claims.yaml") == []


# ---- the day the forms of Yên Bái arrive -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def arrived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the data in which the district set of 2023 is filled, in its published shape, and nine forms lie.

    The criteria are those of the sample set and the figures those of the sample districts: for this test, and nowhere else.
    """
    folder = tmp_path_factory.mktemp("arrived")
    root = folder / "data"
    shutil.copytree(Data().root, root)
    shape = Data().framework("yenbai-district-2023")
    text = (root / "frameworks" / "sample-district-2025.yaml").read_text(encoding="utf-8")
    text = re.sub(r"^ +(?:was|adapted_from): .*\n", "", text, flags=re.MULTILINE)
    head = yaml.safe_load(text) | {
        "id": shape.id, "place": "yenbai", "status": "official", "applies": {"from": 2023, "to": 2023},
        "reference": {"title": shape.reference.title, "number": shape.reference.number, "issued": "2023"},
    }  # fmt: skip
    assert {name: head["expects"][name] for name in ("pillars", "indicators")} == {"pillars": 6, "indicators": 40}
    assert (shape.expects.pillars, shape.expects.indicators, head["max_points"]) == (6, 40, shape.max_points)
    del head["note_vi"], head["note_en"]
    filled = yaml.safe_dump(head, allow_unicode=True, sort_keys=False)
    (root / "frameworks" / "yenbai-district-2023.yaml").write_text(filled, encoding="utf-8")
    forms = root / "assessments" / "yenbai" / "dti" / "2023" / "district.csv"
    table = pd.read_csv(root / "assessments" / "tinhmau" / "dti" / "2025" / "district.csv", dtype=str, keep_default_na=False)
    units = Data().units
    real = units[(units["place"] == "yenbai") & (units["level"] == "district")]["unit"]
    named = dict(zip(table["unit"].unique(), real, strict=True))
    table.assign(unit=table["unit"].map(named), source="form").to_csv(forms, index=False, lineterminator="\n")
    _sidecar(forms, framework=shape.id, kind="received")
    return folder


def test_the_day_its_forms_arrive_only_data_files_change(arrived: Path) -> None:
    choice = ["--place", "yenbai", "--year", "2023", "--level", "district", "--lang", "vi"]
    done = dti("run", *choice, "--data", "data", "--output", "out", folder=arrived)
    assert done.returncode == 0, done.stderr
    study = Study(2023, "district", data=Data(arrived / "data"))
    assert not study.partial and study.kind == "received" and len(study.units) == 9
    folder = arrived / "out" / "site" / "vi" / "yenbai" / "dti-2023-district"
    made = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
    assert made == {"ranking.html", "gaps.html", "compare.html", *(f"units/{unit}.html" for unit in study.units["unit"])}

    rows = _rows(folder / "ranking.html")
    assert [row[1] for row in rows] == [study.unit_name(unit) for unit in study.ranking["unit"]]
    assert {row[1] for row in rows} >= {"Thành phố Yên Bái", "Huyện Văn Yên", "Huyện Mù Cang Chải"}
    text = _text(folder / "ranking.html")
    assert f"đứng đầu 9 {study.level_name}" in text and "3 trong 9" not in text
    assert re.search(r"\d trong 3 thứ hạng đã công bố khớp với thứ hạng tính lại", text), "beside what was published before"
    assert "cộng lại là 29, trong khi chỉ có 28 đơn vị" in text
    gaps = BeautifulSoup((folder / "gaps.html").read_text(encoding="utf-8"), "html.parser")
    by_unit = [[row.th.get_text() for row in table.select("tbody tr") if row.th] for table in gaps.select("table")]
    assert sorted(study.units["unit"].map(study.unit_name)) in map(sorted, by_unit) and "Chỉ số thiếu nhiều điểm nhất" in _text(
        folder / "gaps.html"
    )
    for unit in study.units["unit"]:
        soup = BeautifulSoup((folder / f"units/{unit}.html").read_text(encoding="utf-8"), "html.parser")
        assert soup.h1 is not None and soup.h1.get_text() == f"{study.unit_name(unit)}, năm 2023"
        cards = {str(card["id"]): card.get_text(" ") for card in soup.select("section.dti-criterion")}
        assert len(cards) == 40 and all("Cách tính" in card for card in cards.values())
        assert soup.select(".dti-criteria h3[id]") and len(soup.select(".dti-criteria h3[id]")) == 6
        assert "Việc tiếp theo" in soup.get_text(" ")
    for file in arrived.joinpath("out", "site", "vi", "yenbai").rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert "DỮ LIỆU MẪU" not in text and "dti-sample" not in text


def _text(page: Path) -> str:
    return " ".join(BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").get_text(" ").split())


# ---- nothing in the package names a province -------------------------------------------------------------------------

SOURCED = {"criteria/rules.py", "scores/recognition.py"}
"""Where docstrings name the act that a rule is taken from."""
ALLOWED = {
    # the default of a study, and examples in messages
    ("studies/study.py", 'place: str = "yenbai"'),
    (
        "cli/run.py",
        'place: Annotated[list[str] | None, typer.Option(help="Only this place, as yenbai (may be repeated).")] = None',
    ),
}


def _provinces() -> re.Pattern[str]:
    """Names and ids of the provinces, old and new, and of the real places, as words."""
    root = Data().root
    names = {"Lao Cai", "Tay Ninh", "Yen Bai", "Ho Chi Minh", "TP.HCM", "TPHCM", "hcmc"}
    with (root / "units.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["level"] in ("province", "merged-province"):
                names |= {re.sub(r"^(?:Tỉnh|Thành phố) ", "", row["name_vi"]), row["unit"]}
    with (root / "places.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["kind"] == "real" and row["place"] != "national":
                names |= {row["place"], row["name_vi"], row["name_en"]}
    words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


def _docstrings(tree: ast.AST) -> Iterator[ast.Constant]:
    """Strings that stand as a statement: docstrings of modules, classes and functions, and of what is assigned above them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value


def test_nothing_in_code_labels_or_template_names_a_province() -> None:
    provinces = _provinces()
    assert all(provinces.search(name) for name in ("yenbai", "Yên Bái", "Lào Cai", "Tây Ninh", "Gia Lai", "Hồ Chí Minh", "HCM"))
    files = [path for path in PACKAGE.rglob("*") if path.suffix in (".py", ".yaml", ".j2", ".css", ".json", ".mplstyle")]
    assert len(files) > 80
    found = set()
    for path in files:
        name, lines = path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8").splitlines()
        if path.suffix == ".py":
            for told in _docstrings(ast.parse("\n".join(lines))):
                assert name in SOURCED or not provinces.search(str(told.value)), (name, told.value)
                for number in range(told.lineno - 1, told.end_lineno or told.lineno):
                    lines[number] = ""
        found |= {(name, line.strip(" ,")) for line in lines if provinces.search(line)}
    assert found == ALLOWED
