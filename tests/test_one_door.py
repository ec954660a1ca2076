"""One door: what contradicts itself or misleads is refused by its model, by whichever command it comes, once and in words."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from helpers import assessment, framework, load_data, node, ratio
from helpers import framework_data as data_of
from test_degenerate import FOLDERS, folder

from dti_analysis.checks import check
from dti_analysis.common.faults import Faults
from dti_analysis.records.intake import read_form
from dti_analysis.records.sources import Data, Key
from dti_analysis.scores.scoring import score, scored
from dti_analysis.studies.study import Study

HEAD = "unit,indicator,value,a,b\n"
BANDS = "scheme,place,levels,decided_by,order,label_vi,label_en,above,at_least,below,at_most,unit,reference\n"
RESULTS = "place,index,year,level,unit,name_vi,statistic,printed,status,reference\n"
FORMS = "assessments/test/dti/2024/"


def told(path: Path, root: Path) -> list[str]:
    return [str(fault).replace(f"{root}/", "") for fault in check(path)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("number: 0o17", None),  # text, as it is written
        ("number: 1_000", None),
        ("title: off", None),
        ("title: 1:30:00", None),
        ("? title\n: x", None),
        ("max_points: 0x1F", "found max_points: '0x1F'; expected a number"),
        ("max_points: 1e3", "found max_points: '1e3'; expected a number"),
        ("max_points: 0b11", "found max_points: '0b11'; expected a number"),
        ("max_points: !!float 30", "found the tag !!float; expected values without tags"),
        ("note_vi: !include x.txt", "found the tag !include; expected values without tags"),
        ("note_vi: &a x", "found the alias &a; expected every value written out"),
        ("note_vi: x\nnote_vi: x", "found the key 'note_vi' again"),
        ("~: 1\nnull: 2", "found the key 'null' again"),
        ("note_vi: " + "[" * 400 + "]" * 400, "nested 400 deep"),
        ("note_vi: '" + "x" * 2_100_000 + "'", "characters; expected at most 2,000,000"),
        ("note_vi: 'a\u2028b'", "with U+2028 LINE SEPARATOR"),
    ],
)
def test_yaml_is_read_as_written_and_within_bounds(tmp_path: Path, text: str, found: str | None) -> None:
    reference = "{title: T, number: '1', issued: '2023'}"
    own = [f"reference: {reference}"]
    if text.startswith(("number", "title", "?")):
        rest = {"n": "title: T", "t": "number: '1'", "?": "number: '1'"}[text[0]]
        own, text = ["reference:", *("  " + line for line in [*text.split("\n"), rest, "issued: '2023'"])], ""
    points = [] if text.startswith("max_points") else ["max_points: 10"]
    lines = [
        "id: test", "place: test", "index: dti", "levels: [district]", "applies: {from: 2023, to: 2023}", "status: official",
        *own, *points, text, "expects: {}",
        "ranking: {by: percent, decimals: 2, rounding: half_up, ties: min, missing: zero, not_applicable: exclude}",
        "indicators:",
        "  - {code: A, name_vi: A, name_en: A, max_points: 10, reference: {article: '1'}, rule: {reported: {}}}",
    ]  # fmt: skip
    path = tmp_path / "test.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    faults = told(path, tmp_path)
    assert faults == [] if found is None else any(found in fault for fault in faults), faults


RULES_REFUSED = [
    ({"steps": {"points": {2: 6, 5: 4}}}, "expected steps whose points rise with the count"),
    ({"steps": {"points": {2: 6, 5: 11}}}, "found 11 points of 10; expected from 0 to the maximum"),
    ({"linear": {"target": "3/4", "floor": "0.75"}}, "expected a target that differs from the floor"),
    ({"bands": {"bands": [{"below": 3, "points": 1}, {"above": 3, "points": 9}]}}, "bands without holes: none follows 3"),
    ({"bands": {"bands": [{"at_most": 4, "points": 1}, {"above": 3, "points": 9}]}}, "bands without overlaps: two hold"),
    ({"bands": {"bands": [{"at_least": 4, "below": 4, "points": 1}]}}, "bands from a lower to a higher bound"),
    ({"bands": {"bands": [{"below": 3, "points": 1}, {"at_least": 3, "points": 10.5}]}}, "found 10.5 points of 10"),
    (
        {"levels": {"levels": {"a": {"vi": "Tốt", "en": "Good", "share": 1}, "b": {"vi": "Kém", "en": "Bad", "share": "3/2"}}}},
        "expected a share from 0 to 1",
    ),
]


@pytest.mark.parametrize(("rule", "expected"), RULES_REFUSED)
def test_rules_that_contradict_themselves_are_refused_where_they_are_loaded(
    tmp_path: Path, rule: dict[str, object], expected: str
) -> None:
    with pytest.raises(Faults) as caught:
        load_data(tmp_path, data_of(node("A", 10, rule), node("B", 10)))
    assert len(caught.value.faults) == 1 and expected in str(caught.value)


def test_groups_that_nobody_is_of_and_codes_that_look_alike(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="applies_to: 0 of them; expected at least 1"):
        load_data(tmp_path, data_of(node("A", 10, applies_to=[]), node("B", 10, {"yes_no": {}})))
    with pytest.raises(Faults, match="the code Ab beside AB; expected codes that differ by more than case"):
        load_data(tmp_path, data_of(node("AB", 10), node("Ab", 10, {"yes_no": {}})))
    with pytest.raises(Faults, match=r"U\+00AD SOFT HYPHEN"):
        load_data(tmp_path, data_of(node("A\u00ad", 10), node("B", 10, {"yes_no": {}})))


NAMES = [
    ("xã\u202fAn", "U+202F NARROW NO-BREAK SPACE"), ("\u2063An", "U+2063 INVISIBLE SEPARATOR"),
    ("Ðông", "U+00D0 LATIN CAPITAL LETTER ETH"), ("Аn", "U+0410 CYRILLIC CAPITAL LETTER A"),
    ("An\u0007", "U+0007 CONTROL CHARACTER"), ("Ａn", "U+FF21 FULLWIDTH LATIN CAPITAL LETTER A"),
    ("An\u200e", "U+200E LEFT-TO-RIGHT MARK"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "sign"), NAMES)
def test_units_that_only_look_like_others_are_refused_with_their_row_and_sign(tmp_path: Path, name: str, sign: str) -> None:
    path = tmp_path / "f.csv"
    path.write_text(f"{HEAD}An,A,5,,\n{name},A,6,,\n{name},B,,1,2\n", encoding="utf-8")
    set_ = framework(node("A", 10), node("B", 10, ratio("zero")))
    with pytest.raises(Faults) as caught:
        scored(set_, read_form(path), None, str(path))
    (fault,) = caught.value.faults
    assert fault.place == "row 3 and 1 more" and sign in fault.found
    table = pd.DataFrame([{"unit": "An", "indicator": "A", "value": "5"}, {"unit": name, "indicator": "A", "value": "6"}])
    with pytest.raises(Faults) as again:  # the same words, where the table was never a file
        score(set_, table)
    assert [one.found for one in again.value.faults] == [fault.found]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("u,A,5,,\n,B,,1,2\n", "row 3: found no unit"),
        ("u,A,5,,\n\u3000,B,,1,2\n", "row 3: found no unit"),
        ("Hoà An,A,5,,\nHòa An,B,,1,2\n", "row 3: found the unit 'Hòa An' beside 'Hoà An'"),
        ("XÃ AN,A,5,,\nxã An,B,,1,2\n", "row 3: found the unit 'xã An' beside 'XÃ AN'"),
        ("u,A,5,,\nu,B,1/2,1,2\n", "row 3, u, B: found value '1/2' beside a and b"),
        ("u,A,5,1,\n", "row 2, u, A: found a '1' beside value; expected only value"),
        ("u,B,,n/a,4\n", "row 2, u, B: found a 'n/a', b '4'; expected the figures, or nothing but n/a"),
        ("u,A,٣,,\n", "found value '٣'; expected a number"),
        ("u\0,A,5,,\n", "row 2: found the character U+0000"),
        ("@u,A,5,,\n", "a name, which a spreadsheet does not take for a formula"),
    ],
)
def test_cells_that_contradict_or_mislead_are_refused_once(tmp_path: Path, rows: str, expected: str) -> None:
    path = tmp_path / "f.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    with pytest.raises(Faults) as caught:
        scored(framework(node("A", 10), node("B", 10, ratio("zero"))), read_form(path), None, "f.csv")
    assert len(caught.value.faults) == 1 and expected in str(caught.value).replace(str(path), "f.csv")


@pytest.mark.parametrize("year", ["2031", "23", "2023.0", "２０２３"])
def test_a_year_outside_the_span_of_the_set_is_refused(year: str) -> None:
    with pytest.raises(Faults, match="expected a year from 2023 to 2023, in which test is in force"):
        score(framework(node("A", 10)), assessment({"u": {"A": 5}}, year=year))


def _write(name: str, text: str) -> Callable[[Path], None]:
    def work(root: Path) -> None:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")

    return work


def _append(name: str, *rows: str) -> Callable[[Path], None]:
    def work(root: Path) -> None:
        (root / name).write_text((root / name).read_text("utf-8") + "\n".join([*rows, ""]), encoding="utf-8")

    return work


def _unit(id_: str, name: str = "Huyện Mới", more: str = "district,,,,,sample,act") -> str:
    return f"{id_},{name},,district,test,{more}"


def _band(order: str, label: str, bounds: str, unit: str = "percent", by: str = "total") -> str:
    return f"s,test,district,{by},{order},{label},{label} en,{bounds},{unit},act"


RESULT = "test,dti,2024,district,u,U,{},verified,act\n"
CLAIM = """- {{id: c1, statement_vi: A, statement_en: A, reference: act, unit_vi: u, unit_en: u,
   check: {{equal: {{left: 1, right: {}}}}}}}
"""
RULE = """id: r
place: test
applies: {{from: {}, to: {}}}
reference: {{title: T, number: '1', issued: '2024'}}
rules: [{{level: district, mandatory_share: 1, extended_share: 0.3}}]
"""
FOLDER_REFUSED: list[tuple[Callable[[Path], None], str]] = [
    *((_append("units.csv", _unit(id_)), f"units.csv: row 4: found unit '{id_}'") for id_ in
      ["../x", "X", "a.b", "a%20b", "xã", "a-", "con:", "a" * 90]),
    (_append("units.csv", _unit("x", "Huyện U")), "found the name 'Huyện U' of u too; expected part_of"),
    (_append("units.csv", _unit("x", "huyện ù")), "found the name 'huyện ù' of u too; expected part_of"),
    (_append("units.csv", _unit("x", "Huyện\u00a0X")), "U+00A0 NO-BREAK SPACE"),
    (_append("units.csv", _unit("x", more="district,,2024-06-31,,,sample,act")), "valid_from '2024-06-31'; expected a date"),
    (_append("units.csv", _unit("x", more="district,,1/7/2024,,,sample,act")), "valid_from '1/7/2024'; expected a date"),
    (_append("units.csv", _unit("x", more="district,,,,,maybe,act")), "status 'maybe'; expected one of"),
    (_append("units.csv", _unit("x", "A", "district,y,,,,sample,act"), _unit("y", "B", "district,z,,,,sample,act"),
             _unit("z", "C", "district,x,,,,sample,act")), "part_of x → y → z → x"),
    (_write("bands.csv", BANDS + _band("1", "A", ",50,,") + "\n" + _band("2", "B", ",,,50")), "two hold 50"),
    (_write("bands.csv", BANDS + _band("1", "A", "50,,,") + "\n" + _band("2", "B", ",,50,")), "none follows 50"),
    (_write("bands.csv", BANDS + _band("1", "A", ",50,,") + "\n" + _band("2", "B", ",20,50,")), "a lowest band that holds 0"),
    (_write("bands.csv", BANDS + _band("1", "A", ",50,90,") + "\n" + _band("2", "B", ",,50,")), "holds 100 percent"),
    (_write("bands.csv", BANDS + _band("2", "A", ",50,,") + "\n" + _band("1", "B", ",,50,")), "orders from 1, the best"),
    (_write("bands.csv", BANDS + _band("1", "A", ",50,,") + "\n" + _band("1", "B", ",,50,")), "the order 1 again"),
    (_write("bands.csv", BANDS + _band("1", "A", ",50,,") + "\n" + _band("2", "B", ",,50,", "points")), "one unit for"),
    (_write("published/results.csv", RESULTS + "test,dti,2024,district,u,U,rank,1.5,verified,act\n"), "a whole number from 1"),
    (_write("published/results.csv", RESULTS + "test,dti,2024,district,q,Q,rank,1,verified,act\n"), "unit 'q'; expected"),
    (_write("site.yaml", "contact: {name: A, href: 'data:text/html,x'}\n"), "an address as https://… or mailto:…"),
    (_write("frameworks/other.yml", "x: 1\n"), "frameworks/other.yml: found the ending '.yml'"),
    (_write("published/results.csv.bak", RESULTS), "results.csv.bak: found a file ending in '.bak'"),
    (_write("recognition/old/x.yaml", "x: 1\n"), "found a file in the folder old"),
    (_write(FORMS + "commune.tsv", "x"), "commune.tsv: found a file as test/dti/2024/commune.tsv"),
    (_write("assessments/test/dti/02024/district.csv", HEAD), "found an assessment as test/dti/02024/district.csv"),
    (lambda root: (root / "bands.csv").symlink_to(root / "nowhere.csv"), "bands.csv: found a link that leads nowhere"),
    (_append("units.csv", _unit("x", more="district,,,,u,sample,act")), "found the successor 'u' and no valid_to"),
    (_append("units.csv", _unit("x", "A", "district,,,2024-06-30,y,sample,act"),
             _unit("y", "B", "district,,,2023-06-30,,sample,act")), "successor 'y', which ended 2023-06-30, before 2024-06-30"),
    (_append("units.csv", _unit("x", more="district,u,,,,sample,act")), "part_of 'u', of the level district too"),
    (_append("units.csv", _unit("aux")), "found unit 'aux'"),  # which Windows keeps for a device
    (_append("units.csv", _unit("x", "X" * 300)), "expected a name of at most 250 characters"),
    (_append("references.csv", "x,act,T,,,,http://example.vn/a,,verified"), "http only goes to seen_in"),
    (_append("references.csv", "x,act,T,,,,https://,,verified"), "found href 'https://'; expected an address"),
    (_write("published/results.csv", RESULTS + RESULT.format("completion_percent,101")), "expected at most 100"),
    (_write("published/results.csv", RESULTS + RESULT.format("points,-1")), "expected 0 or more"),
    (_write("features.csv", ""), "features.csv: found an empty file"),
    (_write("units.csv", ""), "units.csv: found an empty file"),
    (_write("published/claims.yaml", CLAIM.format("{mean_score: {place: test, index: dti, year: 2024, level: commune}}")),
     "claims.yaml: c1: level: found 'commune' of test dti 2024"),
    (_write("recognition/r.yaml", RULE.format("2025", "2024")), "expected applies from a year to the same or a later one"),
    (lambda root: shutil.move(root / FORMS, root / "assessments/test/dti/24"), "an assessment as test/dti/24/district.csv"),
]  # fmt: skip


@pytest.mark.parametrize(("work", "expected"), FOLDER_REFUSED)
def test_what_a_data_folder_says_against_itself_is_refused_once(
    tmp_path: Path, work: Callable[[Path], None], expected: str
) -> None:
    root = folder(tmp_path / "data", **FOLDERS["two"])
    assert told(root, root) == []
    work(root)
    faults = told(root, root)
    assert len(faults) == 1 and expected in faults[0], faults


def test_a_study_refuses_a_faulty_table_with_the_words_of_the_check(tmp_path: Path) -> None:
    root = folder(tmp_path / "data", **FOLDERS["two"])
    _append("units.csv", _unit("A/B"))(root)
    with pytest.raises(Faults) as caught:
        _ = Study.of(Key("test", "dti", 2024, "district"), data=Data(root)).scores
    assert list(map(str, caught.value.faults)) == list(map(str, check(root)))


def test_sidecars_name_forms_of_units_there_are_inside_the_data_folder(tmp_path: Path) -> None:
    root = folder(tmp_path / "data", **FOLDERS["two"])
    sidecar = root / FORMS / "district.meta.yml"
    plain = sidecar.read_text("utf-8")
    for unit, file, expected in (
        ("u", "received/../../x.xlsx", "a file of the data folder"),
        ("u", "/etc/passwd", "a file of the data folder"),
        ("nobody", "received/x.xlsx", "nobody; expected one of u, v"),
    ):
        form = f"{{unit: {unit}, file: '{file}', sha256: {'a' * 64}, received: 2024-12-01}}"
        sidecar.write_text(f"{plain}sources: [{form}]\n", encoding="utf-8")
        faults = told(root, root)
        assert len(faults) == 1 and expected in faults[0], faults


@pytest.mark.parametrize("what", ["gone", "edited", "a folder", "a mapping gone"])
def test_every_door_checks_the_forms_that_were_received(tmp_path: Path, what: str) -> None:
    root = folder(tmp_path / "data", **FOLDERS["two"])
    form, mapping = root / "received/u/1-a.xlsx", root / f"received/mapping-{hashlib.sha256(b'm').hexdigest()[:16]}.yaml"
    form.parent.mkdir(parents=True)
    form.write_bytes(b"as received")
    mapping.write_bytes(b"m")
    digest, sidecar = hashlib.sha256(b"as received").hexdigest(), root / FORMS / "district.meta.yml"
    listed = f"unit: u, file: received/u/1-a.xlsx, sha256: {digest}, received: 2024-12-01, mapping: received/{mapping.name}"
    sidecar.write_text(f"{sidecar.read_text('utf-8')}sources: [{{{listed}}}]\n", encoding="utf-8")
    assert told(root, root) == []
    if what == "edited":
        form.write_bytes(b"edited")
    elif what == "a mapping gone":
        mapping.unlink()
    else:
        form.unlink()
    if what == "a folder":
        form.mkdir()
    (fault,) = check(root)
    assert (
        fault.file == str(mapping if "mapping" in what else form)
        and "received files are kept, and not edited" in fault.expected
    )
    with pytest.raises(Faults) as caught:
        _ = Study.of(Key("test", "dti", 2024, "district"), data=Data(root)).scores
    assert caught.value.faults == [fault]


def test_figures_are_of_no_day_before_their_year(tmp_path: Path) -> None:
    root = folder(tmp_path / "data", **FOLDERS["two"])
    sidecar = root / FORMS / "district.meta.yml"
    sidecar.write_text(f"{sidecar.read_text('utf-8')}as_of: 2023-12-31\n", encoding="utf-8")
    (fault,) = told(root, root)
    assert fault.endswith("as_of: found 2023-12-31; expected a day of 2024 or later")


def test_nothing_to_check_is_no_success(tmp_path: Path) -> None:
    assert "found nothing to check" in told(tmp_path, tmp_path)[0]
    (tmp_path / "set.yml").write_text("x: 1\n", encoding="utf-8")
    assert told(tmp_path, tmp_path) == ["set.yml: found a file ending in '.yml'; expected one ending in .yaml"]
