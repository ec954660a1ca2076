"""Models: who is best, and what the leaders have that the rest lack; by hand, and on Gia Lai's 135 communes."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from helpers import assessment, framework, node

from dti_analysis.common.faults import Faults
from dti_analysis.scores.gaps import gaps
from dti_analysis.scores.models import BEST, IN_COMMON, best, in_common, leaders
from dti_analysis.scores.scoring import score
from dti_analysis.studies.study import Study
from dti_analysis.views import models_page

FRAMEWORK = framework(
    node("P1", 10, indicators=[node("A", 6), node("B", 4)]),
    node("P2", 10, indicators=[node("C", 10)]),
    kind="pillars",
)


def scored(values: dict[str, dict[str, Any]]) -> pd.DataFrame:
    return score(FRAMEWORK, assessment(values))


FIVE = {
    "u1": {"A": 6, "B": 4, "C": 8},  # 18, first
    "u2": {"A": 6, "B": 3, "C": 7},  # 16
    "u3": {"A": 6, "B": 2, "C": 6},  # 14
    "u4": {"A": 3, "B": 2, "C": 8},  # 13
    "u5": {"A": 0, "B": 2, "C": 1},  # 3
}


def test_best_overall_and_of_each_pillar_with_ties() -> None:
    table = best(scored(FIVE))
    assert list(table.columns) == BEST
    assert [(row.component, row.unit, row.points, row.max_points) for row in table.itertuples()] == [
        ("total", "u1", 18, 20),
        ("P1", "u1", 10, 10),
        ("P2", "u1", 8, 10),
        ("P2", "u4", 8, 10),
    ]
    assert table["score"].to_list() == [0.9, 1.0, 0.8, 0.8]


def test_a_pillar_that_is_known_of_nobody_has_no_best() -> None:
    table = best(scored({"u1": {"P1": 7, "C": 1}, "u2": {"total": 9}}))
    assert list(table["component"]) == ["total", "P1", "P2"]
    known_from_above = scored({"u1": {"total": 12}, "u2": {"total": 9}})
    assert list(best(known_from_above)["component"]) == ["total"]


def test_leaders_are_a_tenth_but_three_at_least() -> None:
    assert leaders(scored(FIVE)) == ["u1", "u2", "u3"]
    many = {f"u{place:02}": {"A": 0, "B": 0, "C": 10 - place / 5} for place in range(45)}
    assert leaders(scored(many)) == ["u00", "u01", "u02", "u03"]  # 45 ÷ 10, rounded down


def test_units_that_share_the_last_of_the_leading_ranks_lead_too() -> None:
    assert leaders(scored(FIVE | {"u6": {"A": 6, "B": 2, "C": 6}})) == ["u1", "u2", "u3", "u6"]


def test_nobody_leads_where_nobody_is_left() -> None:
    with pytest.raises(Faults, match="3 ranked units, 3 of them leaders; expected units beside the leaders"):
        leaders(scored({unit: FIVE[unit] for unit in ("u1", "u2", "u3")}))
    with pytest.raises(Faults, match="5 ranked units, 5 of them leaders"):
        leaders(scored({key: {"A": 1, "B": 1, "C": 1} for key in FIVE}))


def test_in_common_by_hand() -> None:
    # A: leaders 6, 6, 6 of 6: 1; others 3 and 0: 1.5 of 6, 0.25; difference 0.75. B: 4, 3, 2: 3 of 4, 0.75; others 2 and 2:
    # 0.5; 0.25. C: 8, 7, 6: 7 of 10, 0.7; others 8 and 1: 4.5, 0.45; 0.25. B and C are equal: the set's order decides.
    table = in_common(gaps(scored(FIVE), FRAMEWORK), ["u1", "u2", "u3"])
    assert list(table.columns) == IN_COMMON
    assert table[["component", "leaders_score", "others_score", "difference"]].to_numpy().tolist() == [
        ["A", 1.0, 0.25, 0.75],
        ["B", 0.75, 0.5, 0.25],
        ["C", 0.7, 0.45, 0.25],
    ]
    counts = table[["leaders", "others", "leaders_at_max", "others_at_max", "max_points"]].to_numpy().tolist()
    assert counts == [[3, 2, 3, 0, 6], [3, 2, 1, 0, 4], [3, 2, 0, 0, 10]]


def test_only_what_is_known_of_both_sides_is_compared() -> None:
    # u1 is known only to its pillars and u2 only in total, so that A is known of the other three.
    values: dict[str, dict[str, Any]] = FIVE | {"u1": {"P1": 10, "P2": 8}, "u2": {"total": 16}}
    table = in_common(gaps(scored(values), FRAMEWORK), ["u1", "u2", "u3"])
    assert table[["component", "leaders", "others"]].to_numpy().tolist() == [["A", 1, 2], ["C", 1, 2], ["B", 1, 2]]


def test_tables_of_two_years_or_bases_and_strangers_are_refused() -> None:
    table = scored(FIVE)
    both = pd.concat([table, table.assign(basis="self")])
    for function in (best, leaders):
        with pytest.raises(Faults, match="basis: found verified, self; expected one basis"):
            function(both)
    with pytest.raises(Faults, match="year: found 2022, 2023; expected one year"):
        best(pd.concat([table.assign(year=2022), table.assign(year=2023)]))
    with pytest.raises(Faults, match="leaders: found u9; expected units of the gaps"):
        in_common(gaps(table, FRAMEWORK), ["u1", "u9"])


@pytest.fixture(scope="module")
def gia_lai() -> Study:
    return Study(2026, "commune", place="gialai", index="service")


def test_gia_lai_leaders(gia_lai: Study) -> None:
    table = best(gia_lai.verified)
    first = table.groupby("component", sort=False).agg(units=("unit", "size"), points=("points", "first"))
    assert table.iloc[0][["unit", "points", "max_points"]].to_list() == ["xa-van-canh", 75.34, 100]
    assert first["units"].to_dict() == {"total": 1, "G1": 135, "G2": 1, "G3": 1, "G4": 1, "G5": 103, "G6": 1}
    alone = table.set_index("component")["unit"]
    assert [alone[code] for code in ("G2", "G3", "G4", "G6")] == [
        "xa-canh-lien",
        "phuong-hoai-nhon-tay",
        "xa-van-canh",
        "phuong-hoai-nhon-bac",
    ]
    leading = leaders(gia_lai.verified)  # 135 ÷ 10 = 13; the 12th and 13th share rank 12
    assert (len(leading), leading[0]) == (13, "xa-van-canh")


def test_gia_lai_in_common_from_the_file_itself(gia_lai: Study) -> None:
    leading = leaders(gia_lai.verified)
    table = in_common(gia_lai.gaps, leading).set_index("component")
    rows = gia_lai.rows[gia_lai.rows["indicator"] == "G5"]
    points = rows.set_index("unit")["value"].astype(float)
    first, rest = points[points.index.isin(leading)], points[~points.index.isin(leading)]
    assert table.index[0] == "G5"
    assert table.loc["G5", "leaders_score"] == pytest.approx(first.mean() / 18) == 1.0
    assert table.loc["G5", "others_score"] == pytest.approx(rest.mean() / 18)
    assert table.loc["G5", ["leaders_at_max", "others_at_max"]].to_list() == [13, (rest == 18).sum()] == [13, 90]
    assert table.loc["G1", "difference"] == 0  # all 135 are equal


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_page_on_gia_lai(lang: Any) -> None:
    study = Study(2026, "commune", lang, place="gialai", index="service")
    status, told = models_page.status(study).data, models_page.best(study).data
    assert {"vi": "10/10/2026", "en": "10 October 2026"}[lang] in status
    assert {"vi": "không phải bảng xếp hạng đã công bố", "en": "not a published ranking"}[lang] in status
    assert {"vi": "không phải chỉ số chuyển đổi số (DTI)", "en": "not the digital transformation index (DTI)"}[lang] in status
    assert {"vi": "**75,34/100 điểm**", "en": "**75.34 of 100 points**"}[lang] in told
    common = models_page.in_common(study)
    assert common is not None
    assert {"vi": "**18,00** so với 16,45 trên 18 điểm", "en": "**18.00** against 16.45 of 18 points"}[lang] in common.data
    for table in (models_page.best_table(study), models_page.in_common_table(study), models_page.leaders_table(study)):
        assert table is not None and table.data.count("<tr") > 5


def test_an_index_is_shown_as_published_not_in_points() -> None:
    study = Study(2024, "merged-province", place="national")
    told = models_page.best(study).data
    assert "0,8241" in told and "điểm**" not in told


def test_nobody_is_a_model_where_only_some_are_known() -> None:
    with pytest.raises(Faults, match="found 3 of 9 units of Study"):
        models_page.status(Study(2023, "district", place="yenbai"))
