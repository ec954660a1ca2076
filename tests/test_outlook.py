"""The outlook of a study: the sample district, and a study of which only a part is known."""

from __future__ import annotations

import pytest

from dti_analysis.common.faults import Faults
from dti_analysis.studies.study import Study
from dti_analysis.views import plan_page


@pytest.fixture(scope="module")
def study() -> Study:
    return Study(2025, "district", "vi", place="tinhmau")


@pytest.fixture(scope="module")
def units(study: Study) -> list[str]:
    totals = study.verified[study.verified["component"] == "total"]
    return list(totals.sort_values("rank")["unit"])


def test_the_next_place_is_the_unit_ahead(study: Study, units: list[str]) -> None:
    assert study.outlook.next_place(units[0]) is None
    totals = study.verified[study.verified["component"] == "total"].set_index("unit")
    for unit in units[1:]:
        found = study.outlook.next_place(unit)
        assert found is not None
        ahead = totals[totals["rank"] < totals.loc[unit, "rank"]]
        assert found.rank == ahead["rank"].max() == totals.loc[found.unit, "rank"]
        # level with it after rounding to hundredths of a percent: less than that below the difference in points
        difference = totals.loc[found.unit, "points"] - totals.loc[unit, "points"]
        assert 0 < found.missing <= difference + 1e-9 + totals.loc[unit, "max_points"] / 10**4


def test_steps_and_plans_say_the_same(study: Study, units: list[str]) -> None:
    for unit in units:
        table, chosen = study.outlook.step_ranks(unit)
        assert table["gain"].is_monotonic_decreasing
        for row, option in zip(table.head(3).to_dict("records"), chosen, strict=False):
            changes = {f"{code}.{cell}": text for (code, cell), text in option.changes.items()}
            total = study.outlook.what_if(unit, changes)[0].iloc[0]
            assert (total["points_after"], total["rank_after"]) == (row["points_after"], row["rank_after"])
        plan = study.outlook.plan(unit)
        nearest = study.outlook.next_place(unit)
        if nearest is None:
            assert plan.verdict == "already"
        elif (table["gain"] >= nearest.missing).any():
            assert len(plan.steps) == 1 and plan.rank <= nearest.rank


def test_others_may_move(study: Study, units: list[str]) -> None:
    for unit in units[1:4]:
        still = study.outlook.plan(unit, "rank 1")
        best = study.outlook.plan(unit, "rank 1", "best")
        assert best.needed >= still.needed
        assert study.outlook.plan(unit, "rank 1", "last_year").needed >= 0


def test_bad_questions(study: Study, units: list[str]) -> None:
    for ask in (
        lambda: study.outlook.plan("nowhere"),
        lambda: study.outlook.next_place("nowhere"),
        lambda: study.outlook.step_ranks("nowhere"),
        lambda: study.outlook.what_if("nowhere", {"P6.06": True}),
        lambda: study.outlook.plan(units[0], moving="up"),  # type: ignore[arg-type]
        lambda: study.outlook.plan(units[0], "rank 99"),
        lambda: study.outlook.plan(units[0], "band 2"),
    ):
        with pytest.raises(Faults) as caught:
            ask()
        assert len(caught.value.faults) == 1


def test_a_year_alone_does_not_move() -> None:
    first = Study(2024, "district", "vi", place="tinhmau")
    unit = str(first.units["unit"].iloc[0])
    with pytest.raises(Faults, match="without a year before"):
        first.outlook.plan(unit, moving="last_year")


def test_results_known_in_part_are_refused() -> None:
    part = Study(2023, "department", "vi", place="yenbai")
    unit = str(part.units["unit"].iloc[0])
    for ask in (part.outlook.plan, part.outlook.next_place, part.outlook.step_ranks):
        with pytest.raises(Faults) as caught:
            ask(unit)
        (one,) = caught.value.faults
        assert "others decide a rank" in str(one)


def test_a_unit_without_a_form_is_told_to_hand_one_in() -> None:
    study = Study(2025, "commune", "vi", place="tinhmau", unit="mau-xa-khanh")
    _, said = plan_page.next_section(study)
    assert "không nộp phiếu năm 2025: nộp phiếu là việc đầu tiên" in said.data  # type: ignore[attr-defined]
    assert plan_page.first_steps(study) is None
