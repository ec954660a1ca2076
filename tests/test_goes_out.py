"""What goes out: letters, annexes, workbooks; read back as the person who gets them reads them."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
import openpyxl
import pandas as pd
import pytest

from dti_analysis import Study
from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import Faults
from dti_analysis.common.text import LANGS, number
from dti_analysis.publishing import annex, letter
from dti_analysis.publishing.downloads import as_csv
from dti_analysis.publishing.office import template_of
from dti_analysis.records.sources import Data, Key
from dti_analysis.studies.sheets import Sheets, csv_columns
from dti_analysis.studies.workbook import workbook

ROOT = Path(__file__).parents[1]
SAMPLE, UNIT = Key("tinhmau", "dti", 2025, "district"), "mau-huyen-nam"
PART = Key("yenbai", "dti", 2023, "district")


def study(key: Key = SAMPLE, lang: Any = "vi") -> Study:
    return Study.of(key, lang)


def words(content: bytes | Path) -> str:
    """All the text of a Word document, tables in their place."""
    document = docx.Document(str(content) if isinstance(content, Path) else BytesIO(content))
    return "\n".join("".join(node.text or "" for node in p.iter() if node.tag.endswith("}t")) for p in _paragraphs(document))


def _paragraphs(document: Any) -> list[Any]:
    return [node for node in document.element.body.iter() if node.tag.endswith("}p")]


def convert(files: list[Path], out: Path, kind: str) -> list[Path]:
    """Files as LibreOffice converts them."""
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{out}/profile", "--convert-to", kind]
    subprocess.run([*command, "--outdir", str(out), *map(str, files)], capture_output=True, timeout=300, check=False)
    made = [out / f"{file.stem}.{kind.partition(':')[0]}" for file in files]
    return [path for path in made if path.exists()]


def office(files: list[Path], out: Path, kind: str) -> list[Path]:
    """Files as LibreOffice converts them; skipped where it is not there, or opens no documents of that kind."""
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice (soffice) is not installed: letters and workbooks are not opened")
    if files[0].suffix == ".docx":
        docx.Document().save(str(out / "blank.docx"))
        if not convert([out / "blank.docx"], out, kind):
            pytest.skip("this LibreOffice opens no Word documents (libreoffice-writer is not installed): no letter is printed")
    made = convert(files, out, kind)
    assert len(made) == len(files)
    return made


def pdf_text(file: Path) -> tuple[int, str]:
    """How many pages a PDF has, and what stands on them."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext (poppler-utils) is not installed: printed pages are not read")
    done = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True, check=True)
    return done.stdout.count("\f"), done.stdout


# -- letters


@pytest.mark.parametrize("lang", LANGS)
def test_a_letter_says_the_result_the_reasons_the_steps_and_the_deadline(lang: str, tmp_path: Path) -> None:
    from datetime import date

    own = study(lang=lang)
    (path,) = letter.write_letters(own, tmp_path, [UNIT], deadline=date(2026, 2, 15))
    said, found = words(path), letter.fields(own, UNIT)
    total = own.ranking[own.ranking["unit"] == UNIT].iloc[0]
    assert found["points"] == number(total["points"], 2, own.lang) and found["rank"] == "9"
    for text in (own.unit_name(UNIT), found["points"], found["claimed"], found["difference"], "2026"):
        assert text in said
    assert said.count(found["sample"]) == 1, "sample data says so once"
    assert {row["criterion"] for row in found["criteria"]} == {own.component_name(row["code"]) for row in found["criteria"]}
    assert len([row for row in found["criteria"] if not row["pillar"]]) == 40
    for row in [*found["criteria"], *found["steps"], *found["reasons"]]:
        assert all(str(cell) in said for name, cell in row.items() if name != "pillar")
    assert "{{" not in said and "{%" not in said and "None" not in said and "nan" not in said


def test_what_a_letter_says_of_the_appraisal_adds_up() -> None:
    """Reasons, and criteria, each add up to verified less claimed of the total: 480.50 − 728.17 = −247.67."""
    own = study()
    found = letter.fields(own, UNIT)

    def value(text: str) -> float:
        return float(text.replace(".", "").replace(",", ".").replace("−", "-") or 0)

    whole = value(found["difference"])
    assert whole == pytest.approx(480.50 - 728.17)
    assert sum(value(row["difference"]) for row in found["reasons"]) == pytest.approx(whole, abs=0.03)
    assert sum(value(row["difference"]) for row in found["changes"]) == pytest.approx(whole, abs=0.1)
    assert {row["code"] for row in found["changes"]} < {row["code"] for row in found["criteria"]}
    assert all(row["reason"] for row in found["changes"])


def test_letters_of_a_cohort_published_in_part_say_so_and_rank_nobody_anew(tmp_path: Path) -> None:
    own = study(PART)
    written = letter.write_letters(own, tmp_path)
    assert len(written) == len(own.units) == 3
    published = own.published.set_index("unit")["rank"]
    for path, unit in zip(written, own.ranking["unit"], strict=True):
        found = letter.fields(own, unit)
        assert found["rank"] == published[unit] and "3 trong 9" in found["part"] and found["part"] in words(path)
        assert not found["sample"] and not found["steps"] and not found["claimed"]
        assert "[tên cơ quan ban hành]" in words(path), "nobody real is made to sign"


def test_nothing_goes_out_before_the_council_has_decided(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data", tmp_path / "data")
    forms = Data(tmp_path / "data").assessment_file(SAMPLE)
    lines = forms.read_text(encoding="utf-8").splitlines(keepends=True)
    forms.write_text("".join(line for line in lines if ",verified," not in line), encoding="utf-8")
    sidecar = forms.with_suffix(".meta.yml")
    said = re.sub(r"sha256: \w+", f"sha256: {sha256(forms)}", sidecar.read_text(encoding="utf-8"))
    sidecar.write_text(said, encoding="utf-8")
    own = Study.of(SAMPLE, "vi", Data(tmp_path / "data"))
    for write in (letter.write_letters, annex.write_annex):
        with pytest.raises(Faults, match="found a year that is collecting; expected one that is decided"):
            write(own, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    sheet = openpyxl.load_workbook(BytesIO(workbook(own))).worksheets[0]
    assert "(tạm tính)" in sheet["A1"].value and "chưa chốt kết quả" in sheet["A2"].value


def test_a_letter_tells_what_was_decided_on_an_appeal() -> None:
    own = study(Key("tinhmau", "dti", 2025, "department"))
    decided = [one for one in own.corrections.decisions if one.basis == "verified"]
    assert decided
    for one in decided:
        rows = {row["code"]: row for row in letter.fields(own, one.unit)["criteria"]}
        row = rows.get(one.indicator) or rows[one.indicator.rpartition(".")[0]]
        assert not row["difference"] or f"{one.number}: {one.reason_vi}" in row["reason"]


def test_every_study_has_letters_and_an_annex() -> None:
    from dti_analysis.publishing.office import Template

    for key in Data().assessments():
        own = study(key)
        found = letter.fields(own, own.ranking["unit"].iloc[-1])
        said = words(Template(template_of("letter", "vi"), letter.example(own), "unit").filled(found))
        assert own.unit_name(own.ranking["unit"].iloc[-1]) in said and "None" not in said and "nan" not in said
        table = annex.table(own)
        assert [row[1].text for row in table[1:]] == [own.unit_name(unit) for unit in own.ranking["unit"]]
        assert len({len(row) for row in table}) == 1


def test_the_same_study_gives_the_same_bytes(tmp_path: Path) -> None:
    for run in ("first", "second"):
        letter.write_letters(study(), tmp_path / run, [UNIT])
        annex.write_annex(study(), tmp_path / run)
    names = sorted(path.name for path in (tmp_path / "first").iterdir())
    assert len(names) == 3
    for name in names:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes(), name
    assert workbook(study()) == workbook(study(lang="en"))


def test_text_that_looks_like_markup_is_text(tmp_path: Path) -> None:
    from dti_analysis.publishing.office import Template

    own = study()
    found = letter.fields(own, UNIT) | {"unit": "<b>A & B</b> {{ 7*7 }}"}
    said = words(Template(template_of("letter", "vi"), letter.example(own), "unit").filled(found))
    assert "<b>A & B</b> {{ 7*7 }}" in said


# -- templates that an office has edited


def edited(path: Path, old: str, new: str) -> Path:
    """The project's letter with one text replaced."""
    document = docx.Document(str(template_of("letter", "vi")))
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs]
    runs += [r for t in document.tables for row in t.rows for c in row.cells for p in c.paragraphs for r in p.runs]
    found = [run for run in runs if old in run.text]
    assert found
    for run in found:
        run.text = run.text.replace(old, new)
    document.save(str(path))
    return path


def test_the_offices_own_words_go_out(tmp_path: Path) -> None:
    own = edited(tmp_path / "own.docx", "Kính gửi", "Trân trọng gửi")
    (path,) = letter.write_letters(study(), tmp_path / "out", [UNIT], own)
    assert "Trân trọng gửi: Huyện Mẫu Nam" in words(path)


@pytest.mark.parametrize(
    ("old", "new", "found", "expected"),
    [
        ("{{ unit }}", "{{ unti }}", "the field 'unti'", "'unit'?"),
        ("{{ row.gain }}", "{{ row.gains }}", "the field 'row.gains'", "'gain'?"),
        ("{{ unit }}", "{{ unit", "braces that do not close", "fields as"),
        ("{{ unit }}", "{{ unit|big }}", "No filter named 'big'", "fields as"),
        ("{%p if part %}", "{%p if  %}", "Expected an expression", "fields as"),
    ],
)
def test_a_template_with_an_unknown_field_is_refused_with_its_paragraph(
    old: str, new: str, found: str, expected: str, tmp_path: Path
) -> None:
    wrong = edited(tmp_path / "wrong.docx", old, new)
    with pytest.raises(Faults) as error:
        letter.write_letters(study(), tmp_path / "out", template=wrong)
    (fault,) = error.value.faults[:1]
    assert fault.file == str(wrong) and found in fault.found and expected in fault.expected
    assert "the paragraph “" in fault.place
    assert not (tmp_path / "out").exists(), "no partial output"


def test_files_that_are_no_templates_are_refused(tmp_path: Path) -> None:
    files = {"none.docx": None, "old.doc": b"\xd0\xcf\x11\xe0", "sheet.docx": workbook(study(PART))}
    for name, content in files.items():
        path = tmp_path / name
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(Faults, match=r"expected a Word document \(\.docx\)"):
            letter.write_letters(study(PART), tmp_path / "out", template=path)
    blank = tmp_path / "blank.docx"
    docx.Document().save(str(blank))
    with pytest.raises(Faults, match="no field 'unit'"):
        letter.write_letters(study(PART), tmp_path / "out", template=blank)
    assert not (tmp_path / "out").exists()


def test_a_template_reaches_nothing_but_its_fields(tmp_path: Path) -> None:
    wrong = edited(tmp_path / "wrong.docx", "{{ signer_name }}", "{{ unit.__class__.__mro__ }}")
    with pytest.raises(Faults, match="unsafe"):
        letter.write_letters(study(), tmp_path / "out", [UNIT], wrong)
    assert not (tmp_path / "out").exists()


def test_an_unknown_unit_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="'mau-huyen-nm'; expected 'mau-huyen-nam'"):
        letter.write_letters(study(), tmp_path / "out", ["mau-huyen-nm", UNIT])
    assert not (tmp_path / "out").exists()


def test_the_fields_are_told() -> None:
    told = (ROOT / "docs" / "office.md").read_text(encoding="utf-8")
    for found in (letter.example(study()), annex.fields(study())):
        for name, value in found.items():
            rows = list(value[0]) if isinstance(value, list) and isinstance(value[0], dict) else []
            assert [each for each in [name, *rows] if f"`{each}`" not in told] == []


# -- annexes


@pytest.mark.parametrize("key", [SAMPLE, PART, Key("gialai", "service", 2026, "commune")])
def test_an_annex_ranks_as_the_site_does(key: Key, tmp_path: Path) -> None:
    own = study(key)
    document, book = annex.write_annex(own, tmp_path)
    said = words(document)
    sheet = openpyxl.load_workbook(book).worksheets[0]
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int | float)]
    assert [row[0] for row in rows] == list(own.ranking["rank"])
    assert [row[1] for row in rows] == [own.unit_name(unit) for unit in own.ranking["unit"]]
    if own.framework.measure == "points":
        for row, points in zip(rows, own.ranking["points"], strict=True):
            assert any(cell == pytest.approx(points, abs=1e-9) for cell in row[2:] if isinstance(cell, int | float))
    assert all(own.unit_name(unit) in said for unit in own.ranking["unit"])
    assert (annex.fields(own)["part"] in said) and bool(annex.fields(own)["part"]) == own.partial
    assert all(row["criterion"] in said and row["rule"] in said for row in annex.criteria(own))
    assert sheet.page_setup.paperSize == 9 and sheet.print_title_rows


def test_printed_letter_and_annex_have_their_pages_and_all_units(tmp_path: Path) -> None:
    own = study()
    files = [*letter.write_letters(own, tmp_path, [UNIT]), annex.write_annex(own, tmp_path)[0]]
    pages = [pdf_text(path) for path in office(files, tmp_path, "pdf")]
    assert 3 <= pages[0][0] <= 5 and own.unit_name(UNIT) in pages[0][1]
    assert 4 <= pages[1][0] <= 8
    assert all(own.unit_name(unit) in pages[1][1] for unit in own.ranking["unit"])
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in pages[0][1] and "PHỤ LỤC II" in pages[1][1]


def test_the_annex_as_a_workbook_prints_all_units(tmp_path: Path) -> None:
    own = study(Key("gialai", "service", 2026, "commune"))
    (pdf,) = office([annex.write_annex(own, tmp_path)[1]], tmp_path, "pdf")
    pages, said = pdf_text(pdf)
    flat = re.sub(r"\s+", " ", said)
    assert pages >= 4 and all(own.unit_name(unit) in flat for unit in own.ranking["unit"])


# -- workbooks


def test_a_workbook_says_on_every_sheet_what_it_is_of() -> None:
    for key, tag in ((SAMPLE, "DỮ LIỆU MẪU"), (PART, "Mới công bố 3 trong 9 đơn vị")):
        book = openpyxl.load_workbook(BytesIO(workbook(study(key))))
        assert len(book.worksheets) >= 6
        for sheet in book.worksheets:
            assert tag in sheet["A2"].value and str(key.year) in sheet["A1"].value
            assert all(cell.value for cell in sheet[3]), sheet.title


@pytest.mark.parametrize("key", [SAMPLE, Key("national", "dti", 2024, "merged-province"), PART], ids=lambda key: key.place)
def test_a_workbook_holds_the_figures_of_the_study(key: Key) -> None:
    own = study(key)
    book = openpyxl.load_workbook(BytesIO(workbook(own)))
    sheets = {sheet.title.split(" - ")[1]: list(sheet.iter_rows(min_row=4, values_only=True)) for sheet in book.worksheets}
    heads = {sheet.title.split(" - ")[1]: [cell.value.split(" / ")[-1] for cell in sheet[3]] for sheet in book.worksheets}
    scores = pd.DataFrame(sheets["Scores"], columns=heads["Scores"])
    due = own.verified[own.verified["state"] != "unknown"].set_index(["unit", "component"])
    assert len(scores) == len(due)
    for row in scores.to_dict("records"):
        points = due.loc[(row["Unit id"], row["Code"]), "points"]
        assert (pd.isna(row["Points"]) and pd.isna(points)) or row["Points"] == pytest.approx(points, rel=1e-11)
        assert row["Name (Vietnamese)"] == own.component_name(row["Code"]).removesuffix(".")
    ranks = [row[0] for row in sheets["Ranking"]]
    assert ranks == [None if pd.isna(rank) else rank for rank in own.ranking["rank"]]
    told = {(row[0], row[1]) for row in sheets["Codebook"]}
    for sheet in Sheets(own).all()[:-2]:
        assert all(any(column.heading == heading for _, heading in told) for column in sheet.columns)


def test_every_column_of_the_csv_is_told_and_has_names() -> None:
    own = study()
    for name, columns in csv_columns().items():
        table = pd.read_csv(BytesIO(as_csv(own, name)), keep_default_na=False)
        assert list(table.columns) == columns and as_csv(own, name).startswith(b"\xef\xbb\xbf")
        assert set(table["data"]) == {"sample"} and (table["unit_name"] != table["unit"]).all()
    with pytest.raises(Faults, match="nothing to compare"):
        as_csv(study(PART), "movement")


def test_texts_that_look_like_formulas_are_texts(tmp_path: Path) -> None:
    """A name of a unit that begins with =, +, - or @ is a text in the workbook, and no formula in the CSV."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    units = tmp_path / "data" / "units.csv"
    harm = '=HYPERLINK(""http://x"")'
    given = units.read_text(encoding="utf-8").replace("mau-huyen-nam,Huyện Mẫu Nam,", f'mau-huyen-nam,"{harm}",')
    units.write_text(given, encoding="utf-8")
    own = Study.of(SAMPLE, "vi", Data(tmp_path / "data"))
    assert own.unit_name(UNIT).startswith("=")
    for content in (workbook(own), annex.write_annex(own, tmp_path)[1].read_bytes()):
        with ZipFile(BytesIO(content)) as packed:
            parts = [packed.read(name).decode() for name in packed.namelist() if "sheet" in name]
        assert not [part for part in parts if "<f>" in part]
        assert b"HYPERLINK" in ZipFile(BytesIO(content)).read("xl/sharedStrings.xml")
    rows = list(csv.DictReader(as_csv(own, "scores").decode("utf-8-sig").splitlines()))
    assert {row["unit_name"][:2] for row in rows if row["unit"] == UNIT} == {"'="}


def test_a_vietnamese_office_reads_numbers_as_numbers(tmp_path: Path) -> None:
    """Through LibreOffice with the settings of Viet Nam, where a comma is the decimal mark and a point parts thousands: what
    is a number stays one, and the names keep their diacritics."""
    own, book = study(), tmp_path / "own.xlsx"
    own.to_excel(book)
    profile = tmp_path / "profile" / "user"
    profile.mkdir(parents=True)
    vietnam = '<prop oor:name="ooSetupSystemLocale"><value>vi-VN</value></prop>'
    settings = f'<item oor:path="/org.openoffice.Setup/L10N">{vietnam}</item>'
    items = f'<oor:items xmlns:oor="http://openoffice.org/2001/registry">{settings}</oor:items>'
    (profile / "registrymodifications.xcu").write_text(f'<?xml version="1.0" encoding="UTF-8"?>{items}', encoding="utf-8")
    (shown,) = office([book], tmp_path, "csv:Text - txt - csv (StarCalc):59,34,76")
    rows = list(csv.reader(shown.read_text(encoding="utf-8").splitlines(), delimiter=";"))[3:]
    assert [row[2] for row in rows] == [own.unit_name(unit) for unit in own.ranking["unit"]]
    assert [row[5] for row in rows] == [number(points, 2, "vi") for points in own.ranking["points"]]
    assert [row[6] for row in rows] == ["1.000,00"] * 9 and rows[0][4] == "84,44%"


# -- for analysts


def test_tables_get_names_beside_their_ids() -> None:
    own = study()
    table = own.named(own.scores.head(3))
    assert list(table.columns[1:3]) == ["unit", "unit_name"] and table["unit_name"].iloc[0] == "Thành phố Mẫu Trung"
    assert list(table["component_name"]) == ["Tổng điểm"] * 3
    assert own.named(own.rows.head(1))["indicator_name"].iloc[0] == own.component_name("P1.01")
    assert list(own.named(table).columns) == list(table.columns), "named twice is named once"
    with pytest.raises(Faults, match="unit, component or indicator among them"):
        own.named(pd.DataFrame({"points": [1]}))


def test_to_excel_refuses_a_folder_and_writes_whole(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="found a folder"):
        study(PART).to_excel(tmp_path)
    study(PART).to_excel(tmp_path / "own.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["own.xlsx"]


def test_the_commands_write_and_refuse(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from dti_analysis.cli import app

    asked = ["--place", "tinhmau", "--year", "2025", "--level", "district", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, ["letter", *asked, "--unit", UNIT, "--deadline", "2026-02-15"])
    assert done.exit_code == 0 and done.stdout.startswith("1 letter in")
    assert CliRunner().invoke(app, ["annex", *asked]).exit_code == 0
    assert CliRunner().invoke(app, ["template", "letter", str(tmp_path / "own.docx")]).exit_code == 0
    assert (tmp_path / "own.docx").read_bytes() == template_of("letter", "vi").read_bytes()
    assert len(list((tmp_path / "out").iterdir())) == 3
    (tmp_path / "file").write_text("")
    refused = CliRunner().invoke(app, ["letter", *asked[:-1], str(tmp_path / "file"), "--unit", UNIT])
    assert isinstance(refused.exception, Faults) and "a folder that can be written to" in str(refused.exception)
