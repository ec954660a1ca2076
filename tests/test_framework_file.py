"""Framework files: a good one loads; every kind of damage is named, with its file, line, code, and what was expected."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from dti_analysis.common import strict_yaml
from dti_analysis.common.faults import Faults
from dti_analysis.criteria.framework_file import load, load_all

GOOD = """\
id: huyen-2023
jurisdiction: test
level: district
applies: {from: 2023, to: 2023}
status: official
reference: {title: Bộ chỉ số, number: 1/QĐ, issued: 2023-05-01, seen_in: báo}
max_points: 100
max_points_by_group: {dac-thu: 90}
expects: {pillars: 2, indicators: 6}
ranking: {by: percent, decimals: 2, rounding: half_up, ties: min, missing: zero, not_applicable: exclude}
pillars:
  - code: P1
    name_vi: Nhận thức số
    name_en: Digital awareness
    max_points: 60
    max_points_by_group: {dac-thu: 50}
    reference: {article: "Phụ lục II, 1"}
    indicators:
      - code: P1.01
        name_vi: Họp ban chỉ đạo
        name_en: Meetings of the committee
        max_points: 20
        measure: count
        rule: {steps: {points: {4: 20, 3: 15, 2: 10, 1: 5}}}
      - code: P1.02
        name_vi: Người đứng đầu chủ trì
        name_en: Chaired by the head
        max_points: 30
        rule: {ratio: {when_b_zero: zero}}
        reference: {article: "Phụ lục II, 1.2"}
      - code: P1.03
        name_vi: Chuyên mục
        name_en: A column on the portal
        max_points: 10
        applies_to: [khac]
        combine: best
        parts:
          - {code: P1.03.a, name_vi: A, name_en: A, max_points: 10, rule: {yes_no: {}}}
          - {code: P1.03.b, name_vi: B, name_en: B, max_points: 1/2, rule: {reported: {}}}
  - code: P2
    name_vi: Hoạt động
    name_en: Activity
    max_points: 40
    indicator_count: 3
    rule: {reported: {}}
    reference: {article: "Phụ lục II, 2"}
    status: illustrative
"""
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write GOOD with each (old, new) replaced; every old must stand there exactly once."""

    def damaged(*changes: tuple[str, str], name: str = "huyen-2023", text: str = GOOD) -> Path:
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        path = tmp_path / f"{name}.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return damaged


def faults_of(path: Path, read: Callable[[Path], object] = load) -> list[str]:
    """`place: found …; expected …` of each fault; all of them in this file."""
    with pytest.raises(Faults) as raised:
        read(path)
    assert {fault.file for fault in raised.value.faults} == {str(path)}
    assert str(raised.value).splitlines() == [str(fault) for fault in raised.value.faults]
    return [str(fault).removeprefix(f"{path}: ") for fault in raised.value.faults]


def test_a_good_file_loads_whole(write: Write) -> None:
    framework = load(write())
    assert framework.id == "huyen-2023"
    assert (framework.applies.from_, framework.applies.to) == (2023, 2023)
    assert framework.reference.issued == "2023-05-01"  # text, not a date
    assert [leaf.code for leaf in framework.leaves] == ["P1.01", "P1.02", "P1.03.a", "P1.03.b", "P2"]
    table = framework.components.set_index("component")
    assert table["level"].to_dict() == {
        "total": "total", "P1": "pillar", "P1.01": "indicator", "P1.02": "indicator", "P1.03": "indicator",
        "P1.03.a": "part", "P1.03.b": "part", "P2": "pillar",
    }  # fmt: skip
    assert table["depth"].to_list() == [0, 1, 2, 2, 2, 3, 3, 1]
    assert table["parent"].to_list() == ["", "total", "P1", "P1", "P1", "P1.03", "P1.03", "total"]
    assert table.at["P1.03.b", "max_points"] == Fraction(1, 2)
    assert table.at["P1.01", "article"] == "Phụ lục II, 1"  # inherited
    assert table.at["P1.02", "article"] == "Phụ lục II, 1.2"
    assert table.at["P1.01", "status"] == "official"  # inherited
    assert table.at["P2", "status"] == "illustrative"


def test_status_comes_from_the_nearest_above(write: Write) -> None:
    table = load(write(("        combine: best", "        status: illustrative\n        combine: best"))).components
    status = dict(zip(table["component"], table["status"], strict=True))
    assert {code for code in status if status[code] == "illustrative"} == {"P1.03", "P1.03.a", "P1.03.b", "P2"}


def test_a_loaded_framework_does_not_change(write: Write) -> None:
    framework = load(write())
    with pytest.raises(ValueError, match="frozen"):
        framework.max_points = Fraction(1)  # type: ignore[misc]


def test_decimals_are_taken_as_written(write: Write) -> None:
    thirds = write(("max_points: 20\n", 'max_points: "20.1"\n'), ("max_points: 30\n", "max_points: 29.9\n"))
    assert load(thirds).components["max_points"].to_list()[2:4] == [Fraction(201, 10), Fraction(299, 10)]


# ---- one kind of damage at a time ------------------------------------------------------------------------------------

RULES_LISTED = (
    "bands, bonus, count_capped, levels, linear, not_scored, penalty, ratio, ratio_to_fixed, relative_to_best, reported, steps"
)


DAMAGE = [
    # unknown keys, with the nearest that is known
    (
        "expects:",
        "expect: {}\nexpects:",
        "line 9: found the key 'expect'; expected 'expects'? Known: applies, expects, id, indicators, jurisdiction, level, "
        "max_points, max_points_by_group, note_en, note_vi, pillars, ranking … (15 in all)",
    ),
    ("decimals: 2", "decimal: 2, decimals: 2", "line 10: found the key 'decimal'; expected 'decimals'? Known: by, decimals, "
        "missing, not_applicable, rounding, ties"),
    ("        measure: count", "        mesure: count", "line 23, P1.01: found the key 'mesure'; expected 'measure'? Known: "
        "applies_to, code, combine, indicator_count, indicators, max_points, max_points_by_group, measure, name_en, name_vi, "
        "note_en, note_vi … (19 in all)"),
    ('{article: "Phụ lục II, 1"}', '{artcle: x, article: "Phụ lục II, 1"}', "line 17, P1: found the key 'artcle'; expected "
        "'article'? Known: article"),
    ("seen_in: báo", "seenin: báo", "line 6: found the key 'seenin'; expected 'seen_in'? Known: href, issued, number, "
        "seen_in, title"),
    ("to: 2023", "until: 2023, to: 2023", "line 4: found the key 'until'; expected one of from, to"),
    # missing keys
    ("jurisdiction: test\n", "", "line 1: found no 'jurisdiction'; expected the key 'jurisdiction'"),
    (", missing: zero", "", "line 10: found no 'missing'; expected the key 'missing'"),
    ("        name_en: Chaired by the head\n", "", "line 25, P1.02: found no 'name_en'; expected the key 'name_en'"),
    ("{code: P1.03.a, ", "{", "line 38, P1.03: found no 'code'; expected the key 'code'"),
    # duplicate keys
    ("        max_points: 20\n", "        max_points: 25\n        max_points: 20\n",
        "line 23: found the key 'max_points' again (first on line 22); expected each key once"),
    # codes
    ("code: P1.01", 'code: "1.10"', "line 19, 1.10: found the code 1.10; expected a code that starts with a capital letter, "
        "as P1.01"),
    ("code: P1.01", "code: p1", "line 19, p1: found the code p1; expected a code that starts with a capital letter, as P1.01"),
    ("code: P1.02", "code: P1.01", "line 25, P1.01: found the code P1.01 again (first on line 19); expected each code once"),
    # rules
    ("rule: {ratio: {when_b_zero: zero}}", "rule: {ratio: {when_b_zero: zero}, yes_no: {}}", "line 29, P1.02: found 2 rules "
        "(ratio, yes_no); expected exactly one rule"),
    ("{ratio: {", "{ration: {", f"line 29, P1.02: found the rule 'ration'; expected 'ratio'? Known: {RULES_LISTED} … "
        "(13 in all)"),
    ("when_b_zero: zero", "when_b_zer: zero, when_b_zero: zero", "line 29, P1.02: found the key 'ratio.when_b_zer'; expected "
        "'when_b_zero'? Known: when_a_exceeds_b, when_b_zero"),
    ("when_b_zero: zero", "", "line 29, P1.02: found no 'ratio.when_b_zero'; expected the key 'when_b_zero'"),
    ("when_b_zero: zero", "when_b_zero: half", "line 29, P1.02: found ratio.when_b_zero: 'half'; expected 'full', 'zero' or "
        "'not_applicable'"),
    ("3: 15", "3: x", "line 24, P1.01: found steps.points.3: 'x'; expected a number, as 20, 2.5 or 1/2"),
    ("{ratio: {when_b_zero: zero}}", "{bands: {bands: [{abov: 1, points: 1}]}}", "line 29, P1.02: found the key "
        "'bands.bands.0.abov'; expected 'above'? Known: above, at_least, at_most, below, points"),
    ("rule: {yes_no: {}}", "rule: {yes_no: 5}", "line 38, P1.03.a: found yes_no: 5; expected a valid dictionary"),
    ("        rule: {ratio: {when_b_zero: zero}}\n", "",
        "line 25, P1.02: found neither a rule nor children; expected a rule or children"),
    ("        combine: best", "        rule: {yes_no: {}}\n        combine: best", "line 36, P1.03: found a rule and children; "
        "expected a rule (measured) or children (added up), not both"),
    # points
    ("max_points: 30\n", "max_points: 30.0000001\n        max_points_by_group: {dac-thu: 30}\n",
        "line 15, P1: found max_points 60 over children that add up to 60.0000001; expected equal points"),
    ("max_points: 1/2", "max_points: 11", "line 34, P1.03: found max_points 10 over children whose best is 11; expected equal "
        "points"),
    ("{dac-thu: 50}", "{dac-thu: 50, x: 70}", "line 16, P1: found max_points 70 for group x over children that add up to 50; "
        "expected equal points|line 7, total: found max_points 100 for group x over children that add up to 110; "
        "expected equal points"),
    ("{dac-thu: 90}", "{dac-thu: 80}", "line 8, total: found max_points 80 for group dac-thu over children that add up to 90; "
        "expected equal points"),
    ("max_points: 30\n", "max_points: ba mươi\n", "line 28, P1.02: found max_points: 'ba mươi'; expected a number, as 20, 2.5 "
        "or 1/2"),
    ("max_points: 30\n", "max_points: 1/0\n", "line 28, P1.02: found max_points: '1/0'; expected a number, as 20, 2.5 or 1/2"),
    ("max_points: 30\n", "max_points: yes\n", "line 28, P1.02: found max_points: True; expected a number, as 20, 2.5 or 1/2"),
    ("rule: {ratio: {when_b_zero: zero}}", "rule: {bonus: {each: 1, at_most: 3}}",
        "line 28, P1.02: found max_points 30 with the rule 'bonus'; expected 0"),
    ("rule: {ratio: {when_b_zero: zero}}", "rule: {not_scored: {}}",
        "line 28, P1.02: found max_points 30 with the rule 'not_scored'; expected 0"),
    ("rule: {ratio: {when_b_zero: zero}}", "rule: {ratio_to_fixed: {b: 0}}",
        "line 29, P1.02: found ratio_to_fixed.b: 0; expected a number above 0"),
    # counts that the act states
    ("pillars: 2,", "pillars: 3,", "line 9: found 2 pillars; expected 3, as the act says of itself"),
    ("indicators: 6", "indicators: 5", "line 9: found 6 indicators; expected 5, as the act says of itself"),
    ("indicators: 6", "indicators: 7", "line 9: found 6 indicators; expected 7, as the act says of itself"),
    # references
    ('    reference: {article: "Phụ lục II, 2"}\n', "",
        "line 40, P2: found no reference; expected reference: {article: …} here or on a component above"),
    ('{article: "Phụ lục II, 2"}', "", "line 40, P2: found no reference; expected reference: {article: …} here "
        "or on a component above"),
    # values
    ("from: 2023", "from: hai", "line 4: found from: 'hai'; expected a valid integer, unable to parse string as an integer"),
    ("from: 2023", "from: 2024", "line 4: found from 2024 to 2023; expected a year and the same or a later one"),
    ("ties: min", "ties: first", "line 10: found ties: 'first'; expected 'min', 'max', 'dense' or 'average'"),
    ("level: district", "level: huyện", "line 3: found level: 'huyện'; expected 'province', 'department', 'district' or "
        "'commune'"),
    ("applies_to: [khac]", "applies_to: khac", "line 35, P1.03: found applies_to: 'khac'; expected a valid list"),
    ("id: huyen-2023", "id: huyen-2022", "line 1: found id huyen-2022; expected the name of the file, huyen-2023"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "fault"), DAMAGE, ids=[fault.split(": ", 1)[1][:45] for *_, fault in DAMAGE])
def test_damage_is_named(write: Write, old: str, new: str, fault: str) -> None:
    assert sorted(faults_of(write((old, new)))) == sorted(fault.split("|"))


def test_an_unquoted_code_is_a_number(write: Write) -> None:
    assert faults_of(write(("code: P1.01", "code: 1.10"))) == [  # YAML has made 1.1 of it
        "line 19, 1.1: found code: 1.1; expected a valid string",
        "line 19, 1.1: found the code 1.1; expected a code that starts with a capital letter, as P1.01",
    ]


def test_two_kinds_of_children(write: Write) -> None:
    second = (
        "indicators:\n  - {code: Z, name_vi: Z, name_en: Z, max_points: 0, rule: {not_scored: {}}, reference: {article: z}}\n"
    )
    faults = faults_of(write(("indicators: 6", "indicators: 7"), text=GOOD + second))
    assert faults == ["line 1, total: found pillars and indicators; expected one kind of children"]


def test_children_that_are_no_list(write: Write) -> None:
    start = GOOD[: GOOD.index("pillars:\n")]
    assert faults_of(write(text=start.replace("{pillars: 2, indicators: 6}", "{}") + "pillars: 5\n")) == [
        "line 11: found pillars: 5; expected a valid list"
    ]


def test_a_negative_maximum(write: Write) -> None:
    assert faults_of(write(("max_points: 1/2", "max_points: -1"))) == [
        "line 39, P1.03.b: found max_points -1; expected 0 or more"
    ]


def test_an_indicator_divided_into_indicators_counts_as_those(write: Write) -> None:
    divided = ("        combine: best\n        parts:", "        indicators:")
    halves = [("P1.03.a, name_vi: A, name_en: A, max_points: 10", "P1.03.a, name_vi: A, name_en: A, max_points: 9.5")]
    framework = load(write(divided, *halves, ("indicators: 6", "indicators: 7")))
    levels = dict(zip(framework.components["component"], framework.components["level"], strict=True))
    assert (levels["P1.03"], levels["P1.03.a"], levels["P1.03.b"]) == ("subpillar", "indicator", "indicator")


def test_seven_faults_in_one_file_are_all_reported(write: Write) -> None:
    path = write(
        ("decimals: 2", "decimal: 2"),  # unknown key, and so a missing one
        ("indicators: 6", "indicators: 60"),  # not the act's count
        ("max_points: 20\n", "max_points: 21\n        max_points: 22\n"),  # a key twice; points that do not add up
        ("code: P1.02", "code: 1b"),  # a code that starts with a digit
        ("{ratio: {when_b_zero: zero}}", "{ratio: {when_b_zero: zero}, yes_no: {}}"),  # two rules
        ("{reported: {}}}", "{repoted: {}}}"),  # unknown rule
        ('    reference: {article: "Phụ lục II, 2"}\n', ""),  # no reference
    )
    assert faults_of(path) == [
        "line 9: found 6 indicators; expected 60, as the act says of itself",
        "line 10: found no 'decimals'; expected the key 'decimals'",
        "line 10: found the key 'decimal'; expected 'decimals'? Known: by, decimals, missing, not_applicable, rounding, ties",
        "line 15, P1: found max_points 60 over children that add up to 62; expected equal points",
        "line 16, P1: found max_points 50 for group dac-thu over children that add up to 52; expected equal points",
        "line 23: found the key 'max_points' again (first on line 22); expected each key once",
        "line 26, 1b: found the code 1b; expected a code that starts with a capital letter, as P1.01",
        "line 30, 1b: found 2 rules (ratio, yes_no); expected exactly one rule",
        f"line 40, P1.03.b: found the rule 'repoted'; expected 'reported'? Known: {RULES_LISTED} … (13 in all)",
        "line 41, P2: found no reference; expected reference: {article: …} here or on a component above",
    ]


# ---- the file as such ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "found an empty file; expected a YAML mapping or list"),
        (b"# only a remark\n", "found an empty file; expected a YAML mapping or list"),
        (b"- a\n- b\n", "line 1: found a list; expected a mapping with the keys of a framework"),
        (b"text\n", "line 1: found a str; expected a mapping with the keys of a framework"),
        (b"id: a\npillars: [\n", "line 3: found did not find expected node content; expected well-formed YAML"),
        (b"id: a\n\tlevel: b\n", "line 2: found a tab character that violates indentation; expected well-formed YAML"),
        (b"id: a\n---\nid: b\n", "line 2: found but found another document; expected well-formed YAML"),
        (b"id: a\nlevel: {{ level }}\n", "line 2: found unhashable key; expected well-formed YAML"),
        (b"a: b\nc: !own d\n", "line 2: found could not determine a constructor for the tag '!own'; expected well-formed YAML"),
        (b"id: a\n\nlevel: b\x07\n", "line 3: found the control character U+0007; expected text without control characters"),
        (b"id: \xff\n", "byte 4: found bytes that are not UTF-8; expected a text file in UTF-8"),
    ],
)  # fmt: skip
def test_files_that_are_no_framework(tmp_path: Path, content: bytes, fault: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(content)
    assert faults_of(path) == [fault]


def test_no_such_file_and_a_folder(tmp_path: Path) -> None:
    assert faults_of(tmp_path) == ["found a folder; expected a YAML file"]
    assert faults_of(tmp_path / "x.yaml") == ["found no such file; expected a YAML file"]


def test_a_byte_order_mark_does_no_harm(write: Write) -> None:
    assert load(write(text="\ufeff" + GOOD)).id == "huyen-2023"


def test_every_duplicate_key_is_reported_with_both_lines(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\nb: {c: 1, c: 2}\na: 2\nd: [{e: 1, e: 1}]\na: 3\n", encoding="utf-8")
    assert faults_of(path, strict_yaml.read) == [
        "line 2: found the key 'c' again (first on line 2); expected each key once",
        "line 3: found the key 'a' again (first on line 1); expected each key once",
        "line 4: found the key 'e' again (first on line 4); expected each key once",
        "line 5: found the key 'a' again (first on line 3); expected each key once",
    ]


def test_the_line_of_a_value(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("a: 1\nb:\n  - c: 1\n  - c: 2\n    d: 3\n", encoding="utf-8")
    document = strict_yaml.read(path)
    assert document.data == {"a": 1, "b": [{"c": 1}, {"c": 2, "d": 3}]}
    keys = [("a",), ("b",), ("b", 0), ("b", 1), ("b", 1, "d"), ("b", 1, "none", "such"), ("none",)]
    assert [document.line(key) for key in keys] == [1, 2, 3, 4, 5, 4, 1]


def test_dates_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text("issued: 2023-05-01\n", encoding="utf-8")
    assert strict_yaml.read(path).data == {"issued": "2023-05-01"}


# ---- a folder of them ------------------------------------------------------------------------------------------------

YEAR_2024 = [("id: huyen-2023", "id: huyen-2024"), ("{from: 2023, to: 2023}", "{from: 2024, to: 2024}")]


def folder_faults(folder: Path) -> list[str]:
    with pytest.raises(Faults) as raised:
        load_all(folder)
    return [str(fault).removeprefix(f"{folder}/") for fault in raised.value.faults]


def test_a_folder_loads_by_id(write: Write, tmp_path: Path) -> None:
    write()
    write(*YEAR_2024, ("        measure: count", "        was: [P1.01@huyen-2023]"), name="huyen-2024")
    frameworks = load_all(tmp_path)
    assert list(frameworks) == ["huyen-2023", "huyen-2024"]
    assert frameworks["huyen-2024"].components.set_index("component").at["P1.01", "was"] == ["P1.01@huyen-2023"]


def test_an_unknown_was(write: Write, tmp_path: Path) -> None:
    write()
    write(*YEAR_2024, ("        measure: count", "        was: [P1.1@huyen-2023, nonsense]"), name="huyen-2024")
    known = "P1.01@huyen-2023, P1.01@huyen-2024, P1.02@huyen-2023, P1.02@huyen-2024, P1.03.a@huyen-2023, P1.03.a@huyen-2024, "
    known += (
        "P1.03.b@huyen-2023, P1.03.b@huyen-2024, P1.03@huyen-2023, P1.03@huyen-2024, P1@huyen-2023, P1@huyen-2024 … (16 in all)"
    )
    assert folder_faults(tmp_path) == [
        f"huyen-2024.yaml: P1.01: found was: P1.1@huyen-2023; expected 'P1.01@huyen-2023'? Known: {known}, as CODE@framework",
        f"huyen-2024.yaml: P1.01: found was: nonsense; expected one of {known}, as CODE@framework",
    ]


@pytest.mark.parametrize(
    ("span", "years"),
    [("{from: 2022, to: 2023}", "2023"), ("{from: 2023, to: 2025}", "2023"), ("{from: 2023, to: 2023}", "2023")],
)
def test_overlapping_years(write: Write, tmp_path: Path, span: str, years: str) -> None:
    write()
    write(YEAR_2024[0], ("{from: 2023, to: 2023}", span), name="huyen-2024")
    assert folder_faults(tmp_path) == [
        f"huyen-2024.yaml: applies: found the year {years}, in which huyen-2023 applies too; "
        "expected one framework a year for test, district"
    ]


def test_several_overlapping_years(write: Write, tmp_path: Path) -> None:
    write(("to: 2023", "to: 2026"))
    write(YEAR_2024[0], ("{from: 2023, to: 2023}", "{from: 2025, to: 2030}"), name="huyen-2024")
    (fault,) = folder_faults(tmp_path)
    assert "found the year 2025–2026, in which huyen-2023 applies too" in fault


@pytest.mark.parametrize("change", [("level: district", "level: commune"), ("jurisdiction: test", "jurisdiction: other")])
def test_another_level_or_jurisdiction_may_have_the_same_year(write: Write, tmp_path: Path, change: tuple[str, str]) -> None:
    write()
    write(YEAR_2024[0], change, name="huyen-2024")
    assert list(load_all(tmp_path)) == ["huyen-2023", "huyen-2024"]


def test_the_faults_of_every_file_are_reported(write: Write, tmp_path: Path) -> None:
    write(("level: district", "level: huyện"))
    write(*YEAR_2024, ("ties: min", "ties: first"), name="huyen-2024")
    (tmp_path / "empty.yaml").write_text("", encoding="utf-8")
    assert [fault.split(":")[0] for fault in folder_faults(tmp_path)] == ["empty.yaml", "huyen-2023.yaml", "huyen-2024.yaml"]
