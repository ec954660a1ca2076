"""What has been published, against what we compute. These files are typed from the sources and never regenerated."""

from __future__ import annotations

import csv
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from dti_analysis.common.exact import of_float, rounded
from dti_analysis.criteria.framework import Ranking
from dti_analysis.records.sources import Data
from dti_analysis.scores.ranking import rank
from dti_analysis.scores.scoring import exact_scores
from dti_analysis.studies.study import Study

GOLDEN = Path(__file__).parent / "golden"
NATIONAL = list(csv.DictReader((GOLDEN / "2022" / "province.csv").open(encoding="utf-8")))
YENBAI = list(csv.DictReader((GOLDEN / "2023" / "yenbai.csv").open(encoding="utf-8")))
MISPRINTED = {"thanh-pho-ho-chi-minh"}
"""Provinces whose printed index is not what their printed values round to: 0.716355 is printed 0.7163."""


@pytest.fixture(scope="module")
def national() -> Study:
    return Study(2022, "province")


@pytest.mark.parametrize("row", NATIONAL, ids=[row["unit"] for row in NATIONAL])
def test_national_index_is_the_printed_one(national: Study, row: dict[str, str]) -> None:
    total = national.ranking.set_index("unit").loc[row["unit"]]
    assert of_float(total["points"]) == Fraction(row["recomputed_points"])
    index = rounded(of_float(total["points"]) / 1000, 4)
    if row["unit"] in MISPRINTED:
        assert index - Decimal(row["printed_index"]) == Decimal("0.0001")
    else:
        assert index == Decimal(row["printed_index"])


@pytest.mark.parametrize("row", NATIONAL, ids=[row["unit"] for row in NATIONAL])
def test_printed_index_lies_within_the_rounding_of_the_printed_values(national: Study, row: dict[str, str]) -> None:
    """Every printed value stands for an interval of ±0.00005; so does the printed index. The two must meet."""
    half = Fraction(5, 100_000)
    bounds = []
    for side in (-half, half):
        rows = national.rows.copy()
        shifted = [min(max(Fraction(value) + side, Fraction(0)), Fraction(1)) for value in rows["value"]]
        rows["value"] = [f"{float(value):.5f}" for value in shifted]
        exact = exact_scores(national.framework, rows)
        bounds.append(exact[(exact["component"] == "total") & (exact["unit"] == row["unit"])]["points"].iloc[0] / 1000)
    printed = Fraction(row["printed_index"])
    assert bounds[0] <= printed + half
    assert printed - half <= bounds[1]
    assert bounds[1] - bounds[0] <= 2 * half, "the interval is as narrow as the printing allows"


def test_all_63_published_ranks_follow_from_competition_ranking() -> None:
    """Scores in the published order, tied where the ranks are, get exactly the published ranks: 15, 15, then 17."""
    results = Data().published("results")
    ranks = results[(results["jurisdiction"] == "national") & (results["year"] == "2022") & (results["statistic"] == "rank")]
    published = dict(zip(ranks["unit"], ranks["printed"].astype(int), strict=True))
    assert len(published) == 63
    table = pd.DataFrame({"unit": published.keys(), "points": [float(100 - r) for r in published.values()]}).assign(
        year=2022, basis="verified", group="province", component="total", level="total", max_points=100.0
    )
    policy = {"by": "percent", "decimals": 2, "rounding": "half_up", "missing": "zero", "not_applicable": "exclude"}
    ours = rank(table, Ranking(ties="min", **policy)).set_index("unit")["rank"].to_dict()  # type: ignore[arg-type]
    assert ours == published
    assert [ours[unit] for unit in ("tinh-thanh-hoa", "tinh-yen-bai", "tinh-hau-giang")] == [15, 15, 17]
    dense = rank(table, Ranking(ties="dense", **policy)).set_index("unit")["rank"].to_dict()  # type: ignore[arg-type]
    assert dense != published


@pytest.mark.parametrize("row", YENBAI, ids=[row["unit"] for row in YENBAI])
def test_synthetic_totals_meet_the_published_ones_exactly(row: dict[str, str]) -> None:
    study = Study(2023, row["level"])
    total = study.ranking.set_index("unit").loc[row["unit"]]
    assert 100 * of_float(total["points"]) / of_float(total["max_points"]) == Fraction(row["printed_completion"])
    assert total["rank"] == int(row["rank"])


@pytest.mark.parametrize("year", [2022, 2023])
def test_thanh_pho_yen_bai_leads_the_districts_both_years(year: int) -> None:
    ranking = Study(year, "district").ranking
    assert list(ranking.loc[ranking["rank"] == 1, "unit"]) == ["thanh-pho-yen-bai"]
