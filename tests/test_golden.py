"""What has been printed, against what we compute. The files in golden/ are copied from the sources and never regenerated."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from dti_analysis.common.exact import of_float, rounded
from dti_analysis.records.sources import Data
from dti_analysis.studies.study import Study

WITHIN = Fraction(1, 10_000)
"""How far an index recomputed from printed values may lie from the printed index.

Both are printed to four digits: eight values, each off by up to 0.00005, move their weighted mean by up to 0.00005, and the
printed index is off by up to 0.00005 itself.
"""
LAST_DIGIT = {
    2022: {"thanh-pho-ho-chi-minh"},
    2023: {"thanh-pho-can-tho", "tinh-bac-lieu"},
}
"""Provinces whose printed values round to an index that differs from the printed one in its last digit (within `WITHIN`)."""


def golden(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / "golden" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def ranking(place: str, index: str, year: int, level: str) -> pd.DataFrame:
    return Study(place=place, index=index, year=year, level=level).ranking.set_index("unit")


@cache
def component_points(place: str, index: str, year: int, level: str) -> dict[tuple[str, str], Fraction]:
    """The verified points of every unit and component that has any."""
    scores = Study(place=place, index=index, year=year, level=level).scores
    known = scores[(scores["basis"] == "verified") & scores["points"].notna()]
    return {(row.unit, row.component): of_float(row.points) for row in known.itertuples()}


def index_of(row: pd.Series) -> Fraction:
    return of_float(row["points"]) / of_float(row["max_points"])


def of_units(rows: list[dict[str, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("row", rows, ids=[row["unit"] for row in rows])


NATIONAL = [{"year": str(year), **row} for year in (2022, 2023) for row in golden(f"national_{year}")]


@pytest.mark.parametrize("row", NATIONAL, ids=[f"{row['year']}-{row['unit']}" for row in NATIONAL])
def test_the_index_of_a_province_follows_from_its_eight_printed_values(row: dict[str, str]) -> None:
    year, printed = int(row["year"]), Decimal(row["printed_index"])
    total = ranking("national", "dti", year, "province").loc[row["unit"]]
    index = index_of(total)
    assert abs(index - Fraction(printed)) <= WITHIN
    difference = abs(rounded(index, 4) - printed)
    assert difference == (Decimal("0.0001") if row["unit"] in LAST_DIGIT[year] else 0)
    assert total["rank"] == int(row["printed_rank"])


def test_all_63_printed_ranks_of_2022_are_ours() -> None:
    """Competition ranking, as printed: 15, 15, then 17."""
    results = Data().published("results")
    ranks = results[
        (results["place"] == "national")
        & (results["index"] == "dti")
        & (results["year"] == "2022")
        & (results["level"] == "province")
        & (results["statistic"] == "rank")
    ]
    printed = dict(zip(ranks["unit"], ranks["printed"].astype(int), strict=True))
    assert len(printed) == 63
    ours = ranking("national", "dti", 2022, "province")["rank"].to_dict()
    assert ours == printed
    assert [ours[unit] for unit in ("tinh-thanh-hoa", "tinh-yen-bai", "tinh-hau-giang")] == [15, 15, 17]


@of_units(golden("merged_2024"))
def test_index_and_rank_of_each_of_the_34_provinces_are_the_printed_ones(row: dict[str, str]) -> None:
    total = ranking("national", "dti", 2024, "merged-province").loc[row["unit"]]
    assert abs(index_of(total) - Fraction(row["printed_index"])) <= WITHIN
    assert total["rank"] == int(row["printed_rank"])


def merges() -> dict[str, list[dict[str, str]]]:
    found = defaultdict(list)
    for row in golden("merges_2024"):
        found[row["unit"]].append(row)
    return dict(found)


@pytest.mark.parametrize("unit", merges())
def test_each_of_the_34_provinces_is_the_mean_of_its_predecessors(unit: str) -> None:
    rows = merges()[unit]
    units = Data().units
    assert set(units.loc[units["successor"] == unit, "unit"]) == {row["predecessor"] for row in rows}
    before = ranking("national", "dti", 2024, "province")
    for row in rows:
        assert index_of(before.loc[row["predecessor"]]) == Fraction(row["predecessor_printed_index"])
    mean = sum((Fraction(row["predecessor_printed_index"]) for row in rows), Fraction(0)) / len(rows)
    assert abs(mean - Fraction(rows[0]["printed_index"])) <= WITHIN


def test_the_34_provinces_were_made_of_the_63() -> None:
    found = merges()
    assert len(found) == 34
    assert len({row["predecessor"] for rows in found.values() for row in rows}) == 63


@of_units(golden("yenbai_2023"))
def test_yen_bai_is_ranked_by_its_published_rates(row: dict[str, str]) -> None:
    total = ranking("yenbai", "dti", 2023, row["level"]).loc[row["unit"]]
    assert 100 * index_of(total) == Fraction(row["printed_completion"])
    assert total["rank"] == int(row["printed_rank"])


@of_units(golden("gialai_departments_2026"))
def test_six_groups_and_total_of_a_department_are_the_printed_ones(row: dict[str, str]) -> None:
    """Groups 1, 2, 4 and 5 from numerators and denominators, groups 3 and 6 as printed; the Inspectorate's 1 and 4 too."""
    points = component_points("gialai", "service", 2026, "department")
    for group in range(1, 7):
        assert points[row["unit"], f"G{group}"] == Fraction(row[f"printed_group_{group}"]), f"group {group}"
    assert points[row["unit"], "total"] == Fraction(row["printed_total"])


def test_the_groups_of_135_communes_add_up_to_their_printed_totals() -> None:
    printed = {row["unit"]: Fraction(row["printed_total"]) for row in golden("gialai_communes_2026")}
    assert len(printed) == 135
    ours = ranking("gialai", "service", 2026, "commune")
    assert {unit: of_float(points) for unit, points in ours["points"].items()} == printed


@pytest.mark.parametrize("level", ["department", "commune"])
def test_equal_points_share_a_rank_in_gia_lai(level: str) -> None:
    """The source numbers ties one after the other; ours is competition ranking."""
    totals = ranking("gialai", "service", 2026, level)
    better = {unit: 1 + sum(other > points for other in totals["points"]) for unit, points in totals["points"].items()}
    assert totals["rank"].to_dict() == better
