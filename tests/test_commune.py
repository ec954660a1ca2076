"""A commune as far as it is known: the bounds that its dated facts set, worked by hand."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
import yaml
from helpers import framework_data, node, ratio, text

from dti_analysis.common.exact import Rational
from dti_analysis.common.faults import Faults
from dti_analysis.records.sources import UNITS, Data
from dti_analysis.records.tables import TABLES
from dti_analysis.studies.commune import Commune
from dti_analysis.views import commune_page

FACTS = [
    "commune", "as_of", "topic", "fact_vi", "fact_en", "value", "measure", "stale", "reference", "criterion", "reading",
]  # fmt: skip
CHILDREN = [
    node("P1", 30, indicators=[
        node("A", 10, ratio(full_from="0.75")),
        node("B", 10, ratio(nothing_below="0.9")),
        node("C", 10, {"yes_no": {"value": text("done")}}),
    ]),
    node("P2", 20, indicators=[
        node("D", 8, combine="sum", parts=[node("D.1", 4, {"yes_no": {}}), node("D.2", 4, ratio())]),
        node("E", 12, {"steps": {"points": {10: 12, 4: 6, 1: 2}, "value": text("meetings")}}),
    ]),
]  # fmt: skip


def data(folder: Path, *facts: tuple[str, str, str], children: Any = None, group: str = "", **more: Any) -> Data:
    """A data folder with one commune, whose facts are (criterion, reading, value), and the set that they point into."""
    for name in ("published", "frameworks", "recognition"):
        (folder / name).mkdir()

    def table(name: str, columns: list[str], *rows: dict[str, str]) -> None:
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)

    xa = {"unit": "xa", "name_vi": "Xã", "level": "commune", "place": "here", "group": group}
    table("units.csv", UNITS, xa | {"status": "verified", "reference": "bao"})
    table("levels.csv", TABLES["levels.csv"].columns, {"level": "commune", "name_vi": "xã"})
    table(
        "references.csv", TABLES["references.csv"].columns, {"id": "bao", "kind": "web", "title": "Báo", "status": "verified"}
    )
    table("places.csv", TABLES["places.csv"].columns, {"place": "here", "name_vi": "Đây", "kind": "real"})
    rows = [
        {"commune": "xa", "as_of": f"2023-0{month}", "topic": "people", "fact_vi": f"điều {month}", "value": value,
         "fact_en": f"thing {month}", "reference": "bao",
         "measure": "percent", "stale": "no", "criterion": criterion and f"{criterion}@test", "reading": reading}
        for month, (criterion, reading, value) in enumerate(facts, start=1)
    ]  # fmt: skip
    table("published/commune_facts.csv", FACTS, *rows)
    document = framework_data(*(children or CHILDREN), kind="pillars", **more) | {"levels": ["commune"]}
    path = folder / "frameworks" / "test.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return Data(folder)


def bounds(commune: Commune) -> dict[str, tuple[float, float, float]]:
    return {row["component"]: (row["low"], row["high"], row["max_points"]) for row in commune.bounds.to_dict("records")}


def test_bounds_by_hand(tmp_path: Path) -> None:
    # A: 41.49 % is under the threshold of 75 % and not rescaled: 0.4149 × 10 = 4.149. B: 89.99 % is below 90 %: nothing.
    # D: its first part is met, 4 of 8, the second is open: 4 to 8. E: 5 meetings reach the step of 4: 6 of 12. C: nothing is
    # known: 0 to 10. Together 4.149 + 0 + 0 + 4 + 6 = 14.149 at least, 4.149 + 0 + 10 + 8 + 6 = 28.149 at most, of 50.
    facts = [("A", "percent", "41.49"), ("B", "percent", "89.99"), ("D.1", "yes", ""), ("E", "count", "5"), ("", "", "100")]
    commune = Commune("xa", data=data(tmp_path, *facts))
    assert bounds(commune) == {
        "A": (4.149, 4.149, 10), "B": (0, 0, 10), "C": (0, 10, 10), "D": (4, 8, 8), "E": (6, 6, 12),
    }  # fmt: skip
    assert commune.total == (Rational("14.149"), Rational("28.149"), 50)
    assert commune.spans["P1"] == (Rational("4.149"), Rational("14.149"), 30)
    assert list(commune.bounds["fact"]) == ["điều 1", "điều 2", "", "điều 3", "điều 4"]
    assert list(commune.bounds["as_of"]) == ["2023-01", "2023-02", "", "2023-03", "2023-04"]


def test_the_latest_fact_on_a_criterion_counts(tmp_path: Path) -> None:
    commune = Commune("xa", data=data(tmp_path, ("A", "percent", "50"), ("A", "percent", "60")))
    assert bounds(commune)["A"] == (6, 6, 10)
    assert next(iter(commune.bounds["as_of"])) == "2023-02"


@pytest.mark.parametrize(
    ("combine", "known", "low", "high"),
    [
        ("best", "yes", 4, 10),  # one way earns its 4; the other may earn 10
        ("base_plus", "yes", 4, 14),  # the base is met, what is added is open
        ("base_plus", "", 0, 14),  # nothing is known
    ],
)
def test_bounds_of_combined_parts(tmp_path: Path, combine: str, known: str, low: int, high: int) -> None:
    parts = [node("A.1", 4, {"yes_no": {}}), node("A.2", 10, {"yes_no": {}})]
    whole = node("A", 14 if combine == "base_plus" else 10, combine=combine, parts=parts)
    children = [node("P1", whole["max_points"], indicators=[whole]), node("P2", 1, indicators=[node("B", 1, {"yes_no": {}})])]
    facts = [("A.1", "yes", "")] if known else [("B", "yes", "")]
    assert bounds(Commune("xa", data=data(tmp_path, *facts, children=children)))["A"][:2] == (low, high)


def test_a_criterion_for_other_groups_is_left_out(tmp_path: Path) -> None:
    children = [node("P1", 15, indicators=[node("A", 10, {"yes_no": {}}), node("B", 5, {"yes_no": {}}, applies_to=["ward"])])]
    commune = Commune("xa", data=data(tmp_path, ("A", "yes", ""), children=children, group="commune"))
    assert bounds(commune) == {"A": (10, 10, 10)}
    assert commune.total == (10, 10, 10)


def test_a_set_that_refuses_missing_rows_still_has_bounds(tmp_path: Path) -> None:
    assert Commune("xa", data=data(tmp_path, ("A", "percent", "100"), missing="refuse")).total == (10, 50, 50)


def test_without_a_criterion_there_are_no_bounds(tmp_path: Path) -> None:
    commune = Commune("xa", data=data(tmp_path, ("", "", "95.29"), ("", "", "")))
    assert (commune.framework, commune.total, commune.spans) == (None, None, {})
    assert commune.bounds.empty
    assert (commune.pass_rule, commune.frame) == (None, None)
    assert commune_page.bounds(commune) == commune_page.recognition(commune) == commune_page.frame(commune) == []


@pytest.mark.parametrize(
    ("fact", "found"),
    [
        (("Z", "percent", "5"), "row 2: found criterion 'Z'; expected one of A, B, C, D.1, D.2, E"),
        (("D", "yes", ""), "row 2: found criterion 'D'; expected one of A, B, C, D.1, D.2, E"),
        (("A", "share", "5"), "row 2: found reading 'share'; expected one of percent, yes, count"),
        (
            ("A", "yes", ""),
            "row 2: found yes '' of A, whose rule is ratio; expected no value, or a criterion whose rule is yes_no",
        ),
        (
            ("C", "percent", "5"),
            "row 2: found percent '5' of C, whose rule is yes_no; expected a percentage of 0 or more, of a",
        ),
        (("A", "percent", "most"), "row 2: found value 'most'; expected a number"),
        (("E", "count", "2.5"), "row 2: found count '2.5' of E, whose rule is steps; expected a whole number"),
    ],
)
def test_a_fact_that_its_criterion_cannot_read(tmp_path: Path, fact: tuple[str, str, str], found: str) -> None:
    with pytest.raises(Faults) as raised:
        _ = Commune("xa", data=data(tmp_path, fact)).total
    assert found in str(raised.value)
    assert len(raised.value.faults) == 1


def test_more_than_the_whole_is_refused_where_the_act_refuses_it(tmp_path: Path) -> None:
    children = [node("P1", 10, indicators=[node("A", 10, ratio(above_one="refuse"))])]
    with pytest.raises(Faults, match=r"row 2, xa, A: found a 51, b 50; expected a of at most b"):
        _ = Commune("xa", data=data(tmp_path, ("A", "percent", "102"), children=children)).total


def test_a_set_with_penalties_has_no_bounds_of_its_own(tmp_path: Path) -> None:
    penalty = node("B", 0, {"penalty": {"each": 1, "at_most": 4}})
    children = [node("P1", 10, indicators=[node("A", 10, {"yes_no": {}}), penalty])]
    with pytest.raises(Faults, match="found test, whose B has no bounds by itself"):
        _ = Commune("xa", data=data(tmp_path, ("A", "yes", ""), children=children)).total


def test_unknown_communes(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="commune: found 'xa-tu-la'; expected 'xa-tu-le'"):
        Commune("xa-tu-la")
    with pytest.raises(Faults, match="lang: found 'fr'"):
        Commune("xa-tu-le", "fr")  # type: ignore[arg-type]


def test_tu_le() -> None:
    # One fact points into the 43 criteria: 100 % of officials have a suitable computer (May 2022), DTI-12, a ratio of 1 point
    # of which less than 90 % earns nothing: 100/100 × 1 = 1 point for certain. The other 42 criteria are unknown: 0 to 99.
    # Low 1 + 0 = 1, high 1 + 99 = 100, of 100.
    commune = Commune("xa-tu-le")
    assert commune.framework is not None and commune.framework.id == "hcm-commune-2026"
    assert commune.total == (1, 100, 100)
    assert len(commune.bounds) == 43
    known = commune.bounds[commune.bounds["fact"] != ""]
    assert known[["component", "as_of", "low", "high", "max_points"]].to_numpy().tolist() == [["DTI-12", "2022-05", 1, 1, 1]]
    assert (commune.place, commune.part_of, commune.until) == ("yenbai", "Huyện Văn Chấn", "2025-06-30")
    assert commune.pass_rule is not None and commune.pass_rule["reference"]["number"] == "02/HD-UBND"
    assert commune.frame is not None
    assert sum(row["printed"] for row in commune.frame["criteria"] if row["level"] == "commune") == 250


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_page_says_from_to_and_never_a_rank(lang: Any) -> None:
    case = Commune("xa-tu-le", lang)
    told = commune_page.bounds_finding(case).data
    assert {"vi": "từ **1 đến 100 điểm**", "en": "from **1 to 100 points**"}[lang] in told
    assert {"vi": "không phải điểm số hay thứ hạng", "en": "neither a score nor a rank"}[lang] in told
    assert {"vi": "42 trong 43 chỉ số", "en": "42 of the 43 criteria"}[lang] in told
    assert {"vi": "Có **14 thông tin**", "en": "**14 facts**"}[lang] in commune_page.intro(case).data
    assert len(commune_page.bounds(case)) == 5 and None not in commune_page.known(case)
    rule, *_ = [part.data for part in commune_page.recognition(case)[1:2]]
    assert "30%" in rule and {"vi": "chưa kết luận được", "en": "cannot be decided"}[lang] in rule
    assert "250" in commune_page.frame(case)[1].data
