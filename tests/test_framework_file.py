"""Framework files: a good one loads; every kind of damage is named, with its file, line, code, and what was expected."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from dti_analysis.common import strict_yaml
from dti_analysis.common.faults import Faults
from dti_analysis.criteria.framework_file import load, load_all
from dti_analysis.criteria.rules import Ratio

GOOD = """\
id: huyen-2023
place: test
index: dti
levels: [district]
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
        measure: points
        rule: {steps: {points: {4: 20, 3: 15, 2: 10, 1: 5}}}
      - code: P1.02
        name_vi: Người đứng đầu chủ trì
        name_en: Chaired by the head
        max_points: 30
        rule: {ratio: {a: {vi: họp, en: meetings}, b: {vi: mọi họp, en: all meetings}, when_b_zero: zero}}
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
    status: adapted
    adapted_from: "2@huyen-2022"
"""
RATIO = "rule: {ratio: {a: {vi: họp, en: meetings}, b: {vi: mọi họp, en: all meetings}, when_b_zero: zero}}"
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
    assert table.at["P2", "status"] == "adapted"


def test_status_comes_from_the_nearest_above(write: Write) -> None:
    followed = [(f"code: P1.03.{part}", f"adapted_from: 1@x, code: P1.03.{part}") for part in "ab"]
    table = load(write(("        combine: best", "        status: adapted\n        combine: best"), *followed)).components
    status = dict(zip(table["component"], table["status"], strict=True))
    assert {code for code in status if status[code] == "adapted"} == {"P1.03", "P1.03.a", "P1.03.b", "P2"}


def test_a_loaded_framework_does_not_change(write: Write) -> None:
    framework = load(write())
    with pytest.raises(ValueError, match="frozen"):
        framework.max_points = Fraction(1)  # type: ignore[misc]


def test_decimals_are_taken_as_written(write: Write) -> None:
    thirds = write(("max_points: 20\n", 'max_points: "20.1"\n'), ("max_points: 30\n", "max_points: 29.9\n"))
    assert load(thirds).components["max_points"].to_list()[2:4] == [Fraction(201, 10), Fraction(299, 10)]


# ---- one kind of damage at a time ------------------------------------------------------------------------------------

RULES_LISTED = "bands, bonus, checklist, count, deadline, gate, levels, linear, not_scored, penalty, ratio, relative_to_best"


DAMAGE = [
    # unknown keys, with the nearest that is known
    (
        "expects:",
        "expect: {}\nexpects:",
        "line 10: found the key 'expect'; expected 'expects'? Known: applies, due_on, expects, id, index, indicators, levels, "
        "max_points, max_points_by_group, measure, note_en, note_vi … (19 in all)",
    ),
    ("decimals: 2", "decimal: 2, decimals: 2", "line 11: found the key 'decimal'; expected 'decimals'? Known: by, decimals, "
        "indicator_decimals, missing, not_applicable, rounding, ties"),
    ("        measure: points", "        mesure: points", "line 24, P1.01: found the key 'mesure'; expected 'measure'? Known: "
        "adapted_from, applies_to, code, combine, contradicted, evidence, extra_at_least, extra_at_most, indicator_count, "
        "indicators, max_points, max_points_by_group … (27 in all)"),
    ('{article: "Phụ lục II, 1"}', '{artcle: x, article: "Phụ lục II, 1"}', "line 18, P1: found the key 'artcle'; expected "
        "'article'? Known: article"),
    ("seen_in: báo", "seenin: báo", "line 7: found the key 'seenin'; expected 'seen_in'? Known: href, inferred, issued, "
        "number, seen_in, title"),
    ("to: 2023", "until: 2023, to: 2023", "line 5: found the key 'until'; expected one of from, to"),
    # missing keys
    ("place: test\n", "", "line 1: found no 'place'; expected the key 'place'"),
    (", missing: zero", "", "line 11: found no 'missing'; expected the key 'missing'"),
    ("        name_vi: Người đứng đầu chủ trì\n", "", "line 26, P1.02: found no 'name_vi'; expected the key 'name_vi'"),
    ("{code: P1.03.a, ", "{", "line 39, P1.03: found no 'code'; expected the key 'code'"),
    # duplicate keys
    ("        max_points: 20\n", "        max_points: 25\n        max_points: 20\n",
        "line 24: found the key 'max_points' again (first on line 23); expected each key once"),
    # codes
    ("code: P1.01", 'code: "1.10"', "line 20, 1.10: found the code 1.10; expected a code that starts with a capital letter, "
        "as P1.01"),
    ("code: P1.01", "code: p1", "line 20, p1: found the code p1; expected a code that starts with a capital letter, as P1.01"),
    ("code: P1.02", "code: P1.01", "line 26, P1.01: found the code P1.01 again (first on line 20); expected each code once"),
    # rules
    (RATIO, RATIO[:-1] + ", yes_no: {}}", "line 30, P1.02: found 2 rules "
        "(ratio, yes_no); expected exactly one rule"),
    ("{ratio: {", "{ration: {", f"line 30, P1.02: found the rule 'ration'; expected 'ratio'? Known: {RULES_LISTED} … "
        "(17 in all)"),
    (" when_b_zero: zero", " when_b_zer: zero, when_b_zero: zero", "line 30, P1.02: found the key 'ratio.when_b_zer'; expected "
        "'when_b_zero'? Known: a, above_one, b, c, d, denominator, e, f, full_from, nothing_below, numerator, rescaled … (13 "
        "in all)"),
    (", when_b_zero: zero", "", "line 30, P1.02: found ratio: {}; expected when_b_zero, which says what a denominator of 0 "
        "earns"),
    ("when_b_zero: zero", "when_b_zero: half", "line 30, P1.02: found ratio.when_b_zero: 'half'; expected 'full', 'zero', "
        "'not_applicable' or 'refuse'"),
    ("3: 15", "3: x", "line 25, P1.01: found steps.points.3: 'x'; expected a number, as 20, 2.5 or 1/2"),
    (RATIO, "rule: {bands: {bands: [{abov: 1, points: 1}]}}", "line 30, P1.02: found the key "
        "'bands.bands.0.abov'; expected 'above'? Known: above, at_least, at_most, below, points"),
    ("rule: {yes_no: {}}", "rule: {yes_no: 5}", "line 39, P1.03.a: found yes_no: 5; expected a mapping, as 'key: value'"),
    (f"        {RATIO}\n", "",
        "line 26, P1.02: found neither a rule nor children; expected a rule or children, or "
        "unlisted: true"),
    ("        combine: best", "        rule: {yes_no: {}}\n        combine: best", "line 37, P1.03: found a rule and children; "
        "expected a rule (measured) or children (added up), not both"),
    # the rules' parameters
    (", when_b_zero", ", full_from: 1.2, when_b_zero", "line 30, P1.02: found ratio.full_from: 1.2; expected a share from 0 to "
        "1, as 3/4 or 0.75"),
    (", when_b_zero", ", full_from: 0, when_b_zero", "line 30, P1.02: found ratio.full_from: 0; expected a number above 0"),
    (", when_b_zero", ", full_from: 75, when_b_zero", "line 30, P1.02: found ratio.full_from: 75; expected a share from 0 to "
        "1, as 3/4 or 0.75"),
    (", when_b_zero", ", nothing_below: 101/100, when_b_zero", "line 30, P1.02: found ratio.nothing_below: '101/100'; expected "
        "a share from 0 to 1, as 3/4 or 0.75"),
    (", when_b_zero", ", nothing_below: -0.1, when_b_zero", "line 30, P1.02: found ratio.nothing_below: -0.1; expected a share "
        "from 0 to 1, as 3/4 or 0.75"),
    ("when_b_zero: zero", "when_b_zero: zero, full_from: 0.8, nothing_below: 0.9", "line 30, P1.02: found ratio: "
        "{'when_b_zero': 'zero', 'full_from': 0.8, 'nothing_below': 0.9}; expected nothing_below of at most full_from"),
    ("when_b_zero: zero", "when_b_zero: zero, rescaled: true", "line 30, P1.02: found ratio: {'when_b_zero': 'zero', "
        "'rescaled': True}; expected rescaled only with a full_from below 1"),
    ("when_b_zero: zero", "when_b_zero: zero, numerator: [c]", "line 30, P1.02: found ratio: {'when_b_zero': 'zero', "
        "'numerator': ['c']}; expected each of a, b once in numerator or denominator, and no other"),
    ("when_b_zero: zero", "when_b_zero: zero, numerator: [a, b]", "line 30, P1.02: found ratio: {'when_b_zero': 'zero', "
        "'numerator': ['a', 'b']}; expected each of a, b once in numerator or denominator, and no other"),
    ("when_b_zero: zero", "c: {vi: khác, en: others}, when_b_zero: zero", "line 30, P1.02: found ratio: {'when_b_zero': "
        "'zero'}; expected each of a, b, c once in numerator or denominator, and no other"),
    ("when_b_zero: zero", "when_b_zero: zero, denominator: []", "line 30, P1.02: found ratio.denominator: []; expected "
        "letters, as [b], or a number above 0"),
    ("b: {vi: mọi họp, en: all meetings}, when_b_zero: zero", "when_b_zero: zero, denominator: 8", "line 30, P1.02: found "
        "ratio: {'when_b_zero': 'zero', 'denominator': 8}; expected no when_b_zero: a fixed denominator is never 0"),
    ("b: {vi: mọi họp, en: all meetings}", "b: {en: all}", "line 30, P1.02: found no 'ratio.b.vi'; expected the key 'vi'"),
    ("b: {vi: mọi họp, en: all meetings}", "b: {vi: '', en: all}", "line 30, P1.02: found ratio.b.vi: ''; expected String "
        "should have at least 1 character"),
    ("when_b_zero: zero", "when_b_zero: zero, above_one: clip", "line 30, P1.02: found ratio.above_one: 'clip'; expected 'cap' "
        "or 'refuse'"),
    ("{4: 20, 3: 15, 2: 10, 1: 5}", "{4: 15, 3: 20}", "line 25, P1.01: found steps: {'points': {4: 15, 3: 20}}; expected steps "
        "whose points rise with the count"),
    ("{4: 20, 3: 15, 2: 10, 1: 5}", "{4: 20, 3: 20}", "line 25, P1.01: found steps: {'points': {4: 20, 3: 20}}; expected steps "
        "whose points rise with the count"),
    ("{4: 20, 3: 15, 2: 10, 1: 5}", "{4: 20, 0: -5}", "line 25, P1.01: found steps: {'points': {4: 20, 0: -5}}; expected steps "
        "whose points rise with the count"),
    ("{4: 20, 3: 15, 2: 10, 1: 5}", "{4: 20, -1: 5}", "line 25, P1.01: found steps: {'points': {4: 20, -1: 5}}; expected steps "
        "whose points rise with the count"),
    (RATIO, "rule: {levels: {levels: {x: {vi: sớm, en: early, share: 2}, y: {vi: muộn, en: late, share: 0}}}}",
        "line 30, P1.02: found levels.levels.x.share: 2; expected a share from 0 to 1, as 3/4 or 0.75"),
    (RATIO, "rule: {levels: {levels: {x: {vi: sớm, en: early, share: 1}, y: {vi: muộn, en: Early, share: 0}}}}",
        "line 30, P1.02: found levels: {'levels': {'x': {'vi': 'sớm', 'en': 'early', 'share': 1}, 'y': {'vi': 'muộn', 'en': "
        "'Early', 'share': 0}}}; expected each word for one level, not 'early' for two"),
    (RATIO, "rule: {levels: {levels: {x: {vi: sớm, en: early, share: 1}, y: {vi: muộn, en: late, share: 0}}, periods: {quý: "
        "{vi: q, en: q}}}}", "line 30, P1.02: found levels.periods.quý: 'quý'; expected a letter and up to two digits, as q1"),
    (RATIO, "rule: {checklist: {items: {c1: {vi: một, en: one}, value: {vi: hai, en: two}}}}",
        "line 30, P1.02: found checklist.items.value: 'value'; expected a letter and up to two digits, as q1"),
    (RATIO, "rule: {linear: {target: 50, floor: 50}}", "line 30, P1.02: found linear: {'target': 50, 'floor': 50}; expected a "
        "target that differs from the floor"),
    (RATIO, "rule: {count: {each: 0}}", "line 30, P1.02: found count.each: 0; expected a number above 0"),
    (RATIO, "rule: {deadline: {a: {vi: x, en: x}, b: {vi: y, en: y}, working_days: -1, late: 1.5}}",
        "line 30, P1.02: found deadline.late: 1.5; expected a share from 0 to 1, as 3/4 or 0.75|"
        "line 30, P1.02: found deadline.working_days: -1; expected greater than or equal to 0"),
    (RATIO, "rule: {roll_up: {component: total}}", "line 30, P1.02: found no 'roll_up.level'; expected the key 'level'"),
    (RATIO, "rule: {gate: {}}", "line 29, P1.02: found max_points 30 with the rule 'gate'; expected 0"),
    # what stands beside a rule
    ("    status: adapted\n    adapted_from: \"2@huyen-2022\"\n", "    status: adapted\n", "line 41, P2: found adapted without "
        "adapted_from; expected adapted_from: CODE@set, the criterion it follows"),
    ("    status: adapted\n", "    status: illustrative\n", "line 48, P2: found status: 'illustrative'; expected 'official' or "
        "'adapted'"),
    ("status: official", "status: adapted", "line 20, P1.01: found adapted without adapted_from; expected adapted_from: "
        "CODE@set, the criterion it follows|line 26, P1.02: found adapted without adapted_from; expected adapted_from: "
        "CODE@set, the criterion it follows|line 39, P1.03.a: found adapted without adapted_from; expected adapted_from: "
        "CODE@set, the criterion it follows|line 40, P1.03.b: found adapted without adapted_from; expected adapted_from: "
        "CODE@set, the criterion it follows"),
    ("        measure: points", "        measure: count", "line 24, P1.01: found measure: 'count'; expected 'points', 'share' "
        "or 'percent'"),
    ("        measure: points", "        unlisted: true", "line 24, P1.01: found unlisted beside a rule or children; expected "
        "one or the other"),
    ("        combine: best", "        unlisted: true\n        combine: best", "line 37, P1.03: found unlisted beside a rule "
        "or children; expected one or the other"),
    ("        measure: points", "        extra_at_most: 2", "line 20, P1.01: found a cap on extra points without children; "
        "expected it on the component above them"),
    ("        measure: points", "        combine: sum", "line 24, P1.01: found combine on a measured component; expected "
        "combine beside parts only"),
    ("        measure: points", "        evidence: {vn: x, vi: x, en: x}", "line 24, P1.01: found the key 'vn'; expected one "
        "of en, vi"),
    ("        measure: points", "        provider: {en: x}", "line 24, P1.01: found no 'vi'; expected the key 'vi'"),
    ("decimals: 2", "indicator_decimals: -1, decimals: 2", "line 11: found indicator_decimals: -1; expected greater than or "
        "equal to 0"),
    ("levels: [district]", "levels: []", "line 4: found levels: 0 of them; expected at least 1"),
    ("3: 15", "3: 19, 5: 21", "line 25, P1.01: found 21 points of 20; expected from 0 to the maximum"),
    (RATIO, "rule: {bands: {bands: [{at_most: 5, points: 1}, {above: 6, points: 2}]}}", "line 30, P1.02: found bands: "
        "{'bands': [{'at_most': 5, 'points': 1}, {'above': 6, 'points': 2}]}; expected bands without holes: none follows 5"),
    (RATIO, "rule: {bands: {bands: [{at_most: 5, points: 1}, {at_least: 5, points: 2}]}}", "line 30, P1.02: found bands: "
        "{'bands': [{'at_most': 5, 'points': 1}, {'at_least': 5, 'points': 2}]}; expected bands without overlaps: two hold 5"),
    ("levels: [district]", "levels: [district, district]", "line 4: found levels: ['district', 'district']; expected each of "
        "them once"),
    ("levels: [district]", "levels: [District]", "line 4: found 0: 'District'; expected lower-case letters, digits and "
        "hyphens, as xa-mau-an"),
    ("code: P1.02", "code: p1.01", "line 26, p1.01: found the code p1.01; expected a code that starts with a capital letter, "
        "as P1.01"),
    # points
    ("max_points: 30\n", "max_points: 30.0000001\n        max_points_by_group: {dac-thu: 30}\n",
        "line 16, P1: found max_points 60 over children that add up to 60.0000001; expected equal points"),
    ("max_points: 1/2", "max_points: 11", "line 35, P1.03: found max_points 10 over children whose best is 11; expected equal "
        "points"),
    ("{dac-thu: 50}", "{dac-thu: 50, x: 70}", "line 17, P1: found max_points 70 for group x over children that add up to 50; "
        "expected equal points|line 8, total: found max_points 100 for group x over children that add up to 110; "
        "expected equal points"),
    ("{dac-thu: 90}", "{dac-thu: 80}", "line 9, total: found max_points 80 for group dac-thu over children that add up to 90; "
        "expected equal points"),
    ("max_points: 30\n", "max_points: ba mươi\n", "line 29, P1.02: found max_points: 'ba mươi'; expected a number, as 20, 2.5 "
        "or 1/2"),
    ("max_points: 30\n", "max_points: 1/0\n", "line 29, P1.02: found max_points: '1/0'; expected a number, as 20, 2.5 or 1/2"),
    ("max_points: 30\n", "max_points: true\n", "line 29, P1.02: found max_points: true; expected a number, as 20, 2.5 or 1/2"),
    ("max_points: 30\n", "max_points: yes\n", "line 29, P1.02: found max_points: 'yes'; expected a number, as 20, 2.5 or 1/2"),
    (RATIO, "rule: {bonus: {each: 1, at_most: 3}}",
        "line 29, P1.02: found max_points 30 with the rule 'bonus'; expected 0"),
    (RATIO, "rule: {not_scored: {}}",
        "line 29, P1.02: found max_points 30 with the rule 'not_scored'; expected 0"),
    (", b: {vi: mọi họp, en: all meetings}, when_b_zero: zero", ", denominator: 0",
        "line 30, P1.02: found ratio.denominator: 0; expected letters, as [b], or a number above 0"),
    # counts that the act states
    ("pillars: 2,", "pillars: 3,", "line 10: found 2 pillars; expected 3, as the act says of itself"),
    ("indicators: 6", "indicators: 5", "line 10: found 6 indicators; expected 5, as the act says of itself"),
    ("indicators: 6", "indicators: 7", "line 10: found 6 indicators; expected 7, as the act says of itself"),
    # references
    ('    reference: {article: "Phụ lục II, 2"}\n', "",
        "line 41, P2: found no reference; expected reference: {article: …} here or on a component above"),
    ('{article: "Phụ lục II, 2"}', "", "line 41, P2: found no reference; expected reference: {article: …} here "
        "or on a component above"),
    # values
    ("from: 2023", "from: hai", "line 5: found from: 'hai'; expected a whole number"),
    ("from: 2023", "from: 2024", "line 5: found from 2024 to 2023; expected a year and the same or a later one"),
    ("ties: min", "ties: first", "line 11: found ties: 'first'; expected 'min', 'max', 'dense' or 'average'"),
    ("levels: [district]", "levels: district", "line 4: found levels: 'district'; expected a list, as '- …'"),
    ("applies_to: [khac]", "applies_to: khac", "line 36, P1.03: found applies_to: 'khac'; expected a list, as '- …'"),
    ("id: huyen-2023", "id: huyen-2022", "line 1: found id huyen-2022; expected the name of the file, huyen-2023"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "fault"), DAMAGE, ids=[fault.split(": ", 1)[1][:45] for *_, fault in DAMAGE])
def test_damage_is_named(write: Write, old: str, new: str, fault: str) -> None:
    assert sorted(faults_of(write((old, new)))) == sorted(fault.split("|"))


def test_an_unquoted_code_is_a_number(write: Write) -> None:
    assert faults_of(write(("code: P1.01", "code: 1.10"))) == [  # YAML has made 1.1 of it
        "line 20, 1.1: found code: 1.1; expected text, in quotes where it looks like a number"
    ]


@pytest.mark.parametrize("code", ["DTI-28", "P1.01", "G5.4", "III.1", "P", "G4.5a", "G4.cert", "A-1.b"])
def test_a_code_starts_with_a_capital_and_its_parts_are_joined(write: Write, code: str) -> None:
    assert code in load(write(("code: P1.01", f"code: {code}"))).by_code


@pytest.mark.parametrize("code", ["P1.", "P..1", "P1 01", "-P1", "P1_01", "total", "Đ1", "P1/2"])
def test_other_codes_are_refused(write: Write, code: str) -> None:
    (fault,) = faults_of(write(("code: P1.01", f"code: '{code}'")))
    assert fault == f"line 20, {code}: found the code {code}; expected a code that starts with a capital letter, as P1.01"


def test_a_gate_may_give_no_group_points_either(write: Write) -> None:
    gate = "        max_points_by_group: {dac-thu: 5}\n        rule: {gate: {}}"
    named = "      - code: P1.00\n        name_vi: G\n        name_en: G\n        max_points: 0\n"
    added = ("      - code: P1.03\n", f"{named}{gate}\n      - code: P1.03\n")
    assert faults_of(write(added, ("indicators: 6", "indicators: 7"))) == [
        "line 17, P1: found max_points 50 for group dac-thu over children that add up to 55; expected equal points",
        "line 36, P1.00: found max_points 5 for group dac-thu with the rule 'gate'; expected 0",
    ]


def test_parameters_are_taken_as_written(write: Write) -> None:
    way = load(write((", when_b_zero", ", full_from: 0.1, nothing_below: 1/30, when_b_zero"))).by_code["P1.02"].way
    assert isinstance(way, Ratio)
    assert (way.full_from, way.nothing_below) == (Fraction(1, 10), Fraction(1, 30))
    assert list(way.cells()) == ["a", "b"]


def test_an_unlisted_component_has_points_and_an_open_number_of_indicators(write: Write) -> None:
    unlisted = ("    indicator_count: 3\n    rule: {reported: {}}\n", "    unlisted: true\n")
    framework = load(write(unlisted, ('    status: adapted\n    adapted_from: "2@huyen-2022"\n', "")))
    assert framework.by_code["P2"].unlisted
    assert [leaf.code for leaf in framework.leaves] == ["P1.01", "P1.02", "P1.03.a", "P1.03.b"]
    counted = ("    indicator_count: 3\n    rule: {reported: {}}\n", "    indicator_count: 4\n    unlisted: true\n")
    assert faults_of(write(counted)) == ["line 10: found 7 indicators; expected 6, as the act says of itself"]


def test_an_unlisted_framework_has_a_total_and_what_the_act_says_of_itself(write: Write) -> None:
    text = GOOD[: GOOD.index("pillars:\n")] + "unlisted: true\n"
    framework = load(write(text=text))
    assert list(framework.by_code) == ["total"]
    assert (framework.expects.pillars, framework.expects.indicators) == (2, 6)  # of which none is listed
    assert framework.inputs == []
    with pytest.raises(Faults) as raised:
        load(write(text=text.replace("unlisted: true\n", "")))
    assert "line 1, total: found neither a rule nor children; expected a rule or children, or unlisted: true" in str(
        raised.value
    )


def test_two_kinds_of_children(write: Write) -> None:
    second = (
        "indicators:\n  - {code: Z, name_vi: Z, name_en: Z, max_points: 0, rule: {not_scored: {}}, reference: {article: z}}\n"
    )
    faults = faults_of(write(("indicators: 6", "indicators: 7"), text=GOOD + second))
    assert faults == ["line 1, total: found pillars and indicators; expected one kind of children"]


def test_children_that_are_no_list(write: Write) -> None:
    start = GOOD[: GOOD.index("pillars:\n")]
    assert faults_of(write(text=start.replace("{pillars: 2, indicators: 6}", "{}") + "pillars: 5\n")) == [
        "line 12: found pillars: 5; expected a list, as '- …'"
    ]


def test_a_negative_maximum(write: Write) -> None:
    assert faults_of(write(("max_points: 1/2", "max_points: -1"))) == [
        "line 40, P1.03.b: found max_points -1; expected 0 or more"
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
        (RATIO, RATIO[:-1] + ", yes_no: {}}"),  # two rules
        ("{reported: {}}}", "{repoted: {}}}"),  # unknown rule
        ('    reference: {article: "Phụ lục II, 2"}\n', ""),  # no reference
    )
    assert faults_of(path) == [
        "line 10: found 6 indicators; expected 60, as the act says of itself",
        "line 11: found no 'decimals'; expected the key 'decimals'",
        "line 11: found the key 'decimal'; expected 'decimals'? Known: by, decimals, indicator_decimals, missing, "
        "not_applicable, rounding, ties",
        "line 16, P1: found max_points 60 over children that add up to 62; expected equal points",
        "line 17, P1: found max_points 50 for group dac-thu over children that add up to 52; expected equal points",
        "line 24: found the key 'max_points' again (first on line 23); expected each key once",
        "line 27, 1b: found the code 1b; expected a code that starts with a capital letter, as P1.01",
        "line 31, 1b: found 2 rules (ratio, yes_no); expected exactly one rule",
        f"line 41, P1.03.b: found the rule 'repoted'; expected 'reported'? Known: {RULES_LISTED} … (17 in all)",
        "line 42, P2: found no reference; expected reference: {article: …} here or on a component above",
    ]


# ---- the file as such ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "found an empty file; expected a YAML mapping or list"),
        (b"# only a remark\n", "found an empty file; expected a YAML mapping or list"),
        (b"- a\n- b\n", "line 1: found a list; expected a mapping with the keys of a framework"),
        (b"text\n", "line 1: found a text; expected a mapping with the keys of a framework"),
        (b"id: a\npillars: [\n", "line 3: found did not find expected node content; expected well-formed YAML"),
        (b"id: a\n\tlevel: b\n", "line 2: found a tab character that violates indentation; expected well-formed YAML"),
        (b"id: a\n---\nid: b\n", "line 2: found but found another document; expected well-formed YAML"),
        (b"id: a\nlevel: {{ level }}\n", "line 2: found a list or a mapping as key; expected a word as key"),
        (b"a: b\nc: !own d\n", "line 2: found the tag !own; expected values without tags"),
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
    write(*YEAR_2024, ("        measure: points", "        was: [P1.01@huyen-2023]"), name="huyen-2024")
    frameworks = load_all(tmp_path)
    assert list(frameworks) == ["huyen-2023", "huyen-2024"]
    assert frameworks["huyen-2024"].components.set_index("component").at["P1.01", "was"] == ["P1.01@huyen-2023"]


def test_an_unknown_was(write: Write, tmp_path: Path) -> None:
    write()
    write(*YEAR_2024, ("        measure: points", "        was: [P1.1@huyen-2023, nonsense]"), name="huyen-2024")
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
        "expected one framework a year for test, dti, district"
    ]


def test_several_overlapping_years(write: Write, tmp_path: Path) -> None:
    write(("to: 2023", "to: 2026"))
    write(YEAR_2024[0], ("{from: 2023, to: 2023}", "{from: 2025, to: 2030}"), name="huyen-2024")
    (fault,) = folder_faults(tmp_path)
    assert "found the year 2025–2026, in which huyen-2023 applies too" in fault


@pytest.mark.parametrize("change", [("[district]", "[commune]"), ("place: test", "place: other"), ("index: dti", "index: x")])
def test_another_level_place_or_index_may_have_the_same_year(write: Write, tmp_path: Path, change: tuple[str, str]) -> None:
    write()
    write(YEAR_2024[0], change, name="huyen-2024")
    assert list(load_all(tmp_path)) == ["huyen-2023", "huyen-2024"]


def test_the_faults_of_every_file_are_reported(write: Write, tmp_path: Path) -> None:
    write(("levels: [district]", "levels: district"))
    write(*YEAR_2024, ("ties: min", "ties: first"), name="huyen-2024")
    (tmp_path / "empty.yaml").write_text("", encoding="utf-8")
    assert [fault.split(":")[0] for fault in folder_faults(tmp_path)] == ["empty.yaml", "huyen-2023.yaml", "huyen-2024.yaml"]
