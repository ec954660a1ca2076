"""Peers, whom to ask, and who stands out: by hand, by properties, and on the sample and real communes."""

from __future__ import annotations

from math import sqrt
from typing import Any

import pandas as pd
import pytest
from helpers import assessment, framework, node
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dti_analysis.common.faults import Faults
from dti_analysis.records.features import features
from dti_analysis.records.sources import Data
from dti_analysis.scores import schemas
from dti_analysis.scores.core import core
from dti_analysis.scores.full_marks import FULL_MARKS, full_marks
from dti_analysis.scores.gaps import gaps
from dti_analysis.scores.ledger import Ledger
from dti_analysis.scores.peers import PEERS, peers
from dti_analysis.scores.scoring import exact_scores, score
from dti_analysis.scores.standouts import MODELS, PROGRESS, for_their_means, models, progress, steadiness
from dti_analysis.studies.study import Study
from dti_analysis.views import peers_page, standouts_page

FRAMEWORK = framework(
    node("P1", 30, indicators=[node("A", 20), node("B", 10)]),
    node("P2", 10, indicators=[node("C", 10)]),
    kind="pillars",
)
FOUR = {
    "u1": {"A": 20, "B": 10, "C": 5},  # P1 1,   P2 0.5: 35
    "u2": {"A": 10, "B": 5, "C": 5},  #  P1 0.5, P2 0.5: 20
    "u3": {"A": 10, "B": 5, "C": 10},  # P1 0.5, P2 1:   25
    "u4": {"A": 0, "B": 0, "C": 5},  #   P1 0,   P2 0.5: 5
}
DESCRIBED = pd.DataFrame(
    {"population": [1000.0, 3000.0, 1000.0, 3000.0], "kind": ["ward", "ward", "commune", ""]}, index=["u1", "u2", "u3", "u4"]
)


def scored(values: dict[str, dict[str, Any]], **columns: Any) -> pd.DataFrame:
    return score(FRAMEWORK, assessment(values, **columns))


def found(table: pd.DataFrame, unit: str) -> list[tuple[str, float]]:
    own = table[table["unit"] == unit]
    return list(zip(own["peer"], own["distance"], strict=True))


def test_by_profile_by_hand() -> None:
    # Weights 30 and 10. u1–u2: only P1 differs, by 0.5: √(30 · 0.25 ÷ 40) = √0.1875. u2–u3: P2 by 0.5: √(10 · 0.25 ÷ 40) =
    # √0.0625 = 0.25. u1–u3: both: √((30 · 0.25 + 10 · 0.25) ÷ 40) = √0.25 = 0.5. u2–u4: as u1–u2. u3–u4: 0.5. u1–u4: P1 by 1:
    # √(30 ÷ 40) = √0.75. u2 is as far from u1 as from u4, and u1 comes first by its id.
    table = peers(scored(FOUR), k=2)
    assert list(table.columns) == PEERS
    assert found(table, "u1") == [("u2", pytest.approx(sqrt(0.1875))), ("u3", 0.5)]
    assert found(table, "u2") == [("u3", 0.25), ("u1", pytest.approx(sqrt(0.1875)))]
    assert found(table, "u3") == [("u2", 0.25), ("u1", 0.5)]
    assert found(table, "u4") == [("u2", pytest.approx(sqrt(0.1875))), ("u3", 0.5)]
    assert set(table["by"]) == {"profile"} and set(table["on"]) == {"P1 P2"}
    assert table["place"].to_list() == [1, 2] * 4


def test_by_features_by_hand() -> None:
    # Population: mean 2000, standard deviation 1000: −1, 1, −1, 1. u1–u2: δ 2 and the same kind: √(4 ÷ 2) = √2. u1–u3: 0 and
    # another kind: √(1 ÷ 2). u1–u4: the kind of u4 is unknown: √(4 ÷ 1) = 2. u2–u3: √((4 + 1) ÷ 2). u2–u4: 0. u3–u4: 2.
    table = peers(scored(FOUR), DESCRIBED, k=3)
    assert found(table, "u1") == [("u3", pytest.approx(sqrt(0.5))), ("u2", pytest.approx(sqrt(2))), ("u4", 2)]
    assert found(table, "u2") == [("u4", 0), ("u1", pytest.approx(sqrt(2))), ("u3", pytest.approx(sqrt(2.5)))]
    assert found(table, "u4") == [("u2", 0), ("u1", 2), ("u3", 2)]
    assert set(table["by"]) == {"features"} and set(table["on"]) == {"population kind"}
    by_kind = peers(scored(FOUR), DESCRIBED, k=1, on=["kind"])
    assert found(by_kind, "u1") == [("u2", 0)] and set(by_kind["on"].iloc[:3]) == {"kind"}
    assert by_kind[by_kind["unit"] == "u4"]["by"].to_list() == ["profile"]  # its kind is unknown
    assert set(peers(scored(FOUR), DESCRIBED, on=[])["by"]) == {"profile"}
    assert set(peers(scored(FOUR), DESCRIBED.iloc[:0])["by"]) == {"profile"}


def test_an_override_is_respected() -> None:
    table = peers(scored(FOUR), k=1, among=["u4", "u1", "u2"])
    assert found(table, "u1") == [("u2", pytest.approx(sqrt(0.1875))), ("u4", pytest.approx(sqrt(0.75)))]
    assert found(table, "u3") == [("u2", 0.25), ("u1", 0.5), ("u4", 0.5)]
    assert set(table["by"]) == {"chosen"}


def test_groups_keep_apart_unless_units_are_named() -> None:
    units = pd.DataFrame({"unit": list(FOUR), "group": ["a", "a", "b", "b"]})
    scores = score(FRAMEWORK, assessment(FOUR), units)
    assert peers(scores).groupby("unit")["peer"].agg(list).to_dict() == {"u1": ["u2"], "u2": ["u1"], "u3": ["u4"], "u4": ["u3"]}
    assert [peer for peer, _ in found(peers(scores, among=["u2", "u3"]), "u1")] == ["u2", "u3"]


def test_one_unit_two_units_all_equal_nobody_handed_in() -> None:
    assert peers(scored({"u1": FOUR["u1"]})).empty
    assert found(peers(scored({unit: FOUR[unit] for unit in ("u1", "u2")})), "u2") == [("u1", pytest.approx(sqrt(0.1875)))]
    equal = peers(scored(dict.fromkeys(FOUR, FOUR["u1"])), k=2)
    assert [(unit, peer) for unit, peer in zip(equal["unit"], equal["peer"], strict=True)] == [
        ("u1", "u2"), ("u1", "u3"), ("u2", "u1"), ("u2", "u3"), ("u3", "u1"), ("u3", "u2"), ("u4", "u1"), ("u4", "u2"),
    ]  # fmt: skip
    assert set(equal["distance"]) == {0.0}
    units = pd.DataFrame({"unit": [*FOUR, "u5"], "group": ""})
    silent = score(FRAMEWORK, assessment(FOUR), units)
    assert "u5" not in {*peers(silent)["unit"], *peers(silent)["peer"]}  # nothing is known of its profile
    assert found(peers(silent, among=["u1"]), "u5")[0][0] == "u1"
    assert peers(scored({"u1": {"total": 30}, "u2": {"total": 20}})).empty  # nor of these


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"k": 0}, "k: found 0; expected 1 peer or more"),
        ({"on": ["populaton"]}, "on: found the feature 'populaton'; expected 'population'?"),
        ({"among": ["u1", "u7"]}, "among: found 'u7'; expected one of u1, u2, u3, u4"),
        ({"of": "u7"}, "unit: found 'u7'; expected one of u1, u2, u3, u4"),
    ],
)
def test_bad_input_is_one_clear_fault(given_: dict[str, Any], message: str) -> None:
    with pytest.raises(Faults) as caught:
        peers(scored(FOUR), DESCRIBED, **given_)
    assert len(caught.value.faults) == 1 and message in str(caught.value)
    with pytest.raises(Faults, match="basis: found self, verified; expected one basis"):
        both = scored(FOUR)
        peers(pd.concat([both.assign(basis="self"), both]))


_POINTS = st.fixed_dictionaries({"A": st.integers(0, 20), "B": st.integers(0, 10), "C": st.integers(0, 10)})
_SIZES = st.sampled_from([None, 900, 1200, 5000])


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    st.lists(
        st.tuples(_POINTS, st.sampled_from([None, 900, 1200, 5000]), st.sampled_from(["", "x", "y"])), min_size=2, max_size=7
    ),
    st.integers(1, 4),
    st.randoms(use_true_random=False),
)
def test_properties(rows: list[tuple[dict[str, int], int | None, str]], k: int, random: Any) -> None:
    """Never its own peer, as near from either side, nearest first, the same whatever the order of rows, brute force agrees."""
    units = [f"u{place}" for place in range(len(rows))]
    scores = scored(dict(zip(units, (row[0] for row in rows), strict=True)))
    described = pd.DataFrame({"size": [row[1] for row in rows], "kind": [row[2] for row in rows]}, index=units)
    described["size"] = described["size"].astype(float)
    for known in (None, described):
        table = peers(scores, known, k)
        if len(table):  # pandera takes no empty column for one of text
            schemas.validated(table, schemas.PEER)
        every = peers(scores, known, among=units)
        assert (table["unit"] != table["peer"]).all() and (every["unit"] != every["peer"]).all()
        assert len(every) == len(units) * (len(units) - 1)
        both = every[every["on"] == every["on"].mode()[0]].set_index(["unit", "peer"])["distance"]
        assert all(both.get((b, a), d) == d or pd.isna(d) for (a, b), d in both.items())
        for unit in units:
            own = every[(every["unit"] == unit) & every["distance"].notna()]
            expected = sorted(zip(own["distance"], own["peer"], strict=True))[:k]
            assert [(d, peer) for peer, d in found(table, unit)] == expected
        shuffled = random.sample(range(len(scores)), len(scores))
        again = peers(scores.iloc[shuffled], None if known is None else known.iloc[::-1], k)
        pd.testing.assert_frame_equal(again, table)
        assert list(peers(scores, known, k, of=units[0])["peer"]) == [peer for peer, _ in found(table, units[0])]


def test_a_unit_is_at_no_distance_from_its_like() -> None:
    table = peers(scored({"u1": FOUR["u3"], "u2": FOUR["u3"], "u3": FOUR["u1"]}), k=1)
    assert found(table, "u1") == [("u2", 0)] and found(table, "u2") == [("u1", 0)]


def test_whom_to_ask_by_hand() -> None:
    # u4 misses A (20), B (10) and C (5 of 10). Of its peers u2 and u3, u3 has all of C; A and B only u1 has in full.
    table = full_marks(gaps(scored(FOUR), FRAMEWORK), "u4", ["u2", "u3", "u4"], ["u3", "u2", "u1"])
    assert list(table.columns) == FULL_MARKS
    rows = table[["component", "gap", "within", "known", "at_max", "who", "reached"]].to_numpy().tolist()
    assert rows == [
        ["A", 20, "cohort", 3, 1, "u1", 1],
        ["B", 10, "cohort", 3, 1, "u1", 1],
        ["C", 5, "peers", 2, 1, "u3", 1],
    ]
    schemas.validated(table, schemas.FULL_MARKS)
    # Without u1 nobody has all of A: u2 and u3 have half of it, more than u4 has, but no more than u2 itself.
    rest = gaps(scored({unit: FOUR[unit] for unit in ("u2", "u3", "u4")}), FRAMEWORK)
    a = full_marks(rest, "u4", ["u2"], ["u3"]).iloc[0]
    assert a[["component", "within", "at_max", "who", "reached"]].to_list() == ["A", "nobody", 0, "u2 u3", 0.5]
    own = full_marks(rest, "u2", ["u3"], ["u4"]).iloc[0]
    assert own[["within", "who"]].to_list() == ["nobody", ""] and pd.isna(own["reached"])
    assert full_marks(gaps(scored(FOUR), FRAMEWORK), "u1", [])["component"].to_list() == ["C"]
    assert full_marks(gaps(scored({"u1": {"A": 20, "B": 10, "C": 10}}), FRAMEWORK), "u1", []).empty
    with pytest.raises(Faults, match="unit: found 'u9'; expected one of u2, u3, u4"):
        full_marks(rest, "u9", [])


def test_steadiness_by_hand() -> None:
    # u1: mean (30 · 1 + 10 · 0.5) ÷ 40 = 0.875; spread √((30 · 0.125² + 10 · 0.375²) ÷ 40) = √0.046875. u2: 0.5 and 0.5: 0.
    # u3: mean 0.625: √((30 · 0.125² + 10 · 0.375²) ÷ 40), as u1. u4: mean 0.125: the same.
    table = steadiness(scored(FOUR))
    assert table["unit"].to_list() == ["u2", "u1", "u3", "u4"]
    assert table["spread"].to_list() == [0, *[pytest.approx(sqrt(0.046875))] * 3]
    assert steadiness(scored({"u1": {"total": 20}})).empty


def test_means_by_hand() -> None:
    # Nearest by features: u1 u3, u2 u4, u3 u1, u4 u2. Scores 35, 20, 25, 5 of 40. u1 is 10 ÷ 40 ahead of u3, u2 15 ÷ 40 of u4.
    scores = scored(FOUR)
    table = for_their_means(scores, peers(scores, DESCRIBED, k=1))
    assert table[["unit", "place", "ahead"]].to_numpy().tolist() == [
        ["u2", 1, 0.375],
        ["u1", 1, 0.25],
        ["u3", 2, -0.25],
        ["u4", 2, -0.375],
    ]
    nothing = pd.DataFrame(columns=PROGRESS)
    found_ = models(scores, steadiness(scores), nothing, table)
    assert list(found_.columns) == MODELS
    others = found_[found_["model"] != "best"]
    # Median score 22.5 ÷ 40: of u1 and u3, which reach it, both have the least spread; u2 is steadier but below.
    assert others[["model", "place", "unit", "by"]].to_numpy().tolist() == [
        ["steadiest", 1, "u1", ""],
        ["steadiest", 1, "u3", ""],
        ["for_its_means", 1, "u2", "features"],
        ["for_its_means", 2, "u1", "features"],
    ]
    schemas.validated(found_, schemas.MODELS)


def test_progress_by_hand() -> None:
    # Before, C was another criterion, and B was worth 20: A and B are compared, 30 of this year's 40 points. u1: (20 · (1 −
    # 0.5) + 10 · (1 − 1)) ÷ 30 = 1/3. u2: (20 · (0.5 − 0.5) + 10 · (0.5 − 0.25)) ÷ 30 = 1/12.
    old = framework(
        node("P1", 40, indicators=[node("A", 20), node("B", 20)]), node("P2", 10, indicators=[node("Z", 10)]), kind="pillars",
        id="old", applies={"from": 2024, "to": 2025},
    )  # fmt: skip
    new = framework(
        node("P1", 30, indicators=[node("A", 20, was=["A@old"]), node("B", 10, was=["B@old"])]),
        node("P2", 10, indicators=[node("C", 10)]), kind="pillars", applies={"from": 2025, "to": 2025},
    )  # fmt: skip
    before = Ledger(exact_scores(old, assessment({"u1": {"A": 10, "B": 20, "Z": 0}, "u2": {"A": 10, "B": 5, "Z": 0}})), old)
    after = Ledger(exact_scores(new, assessment({unit: FOUR[unit] for unit in ("u1", "u2", "u3")})), new)
    table = progress(core(before, after))
    assert table["unit"].to_list() == ["u1", "u2"]  # u3 is new
    assert table["share"].to_list() == [0.75, 0.75]
    assert table["change"].to_list() == [pytest.approx(1 / 3), pytest.approx(1 / 12)]
    assert table["now"].to_list() == [1, 0.5]
    same = Ledger(exact_scores(old, assessment({"u1": {"A": 20, "B": 20, "Z": 10}, "u2": {"A": 0, "B": 5, "Z": 0}})), old)
    whole = progress(core(before, same))  # the totals: 30 → 50 and 15 → 5 of 50
    assert whole[["unit", "share", "change"]].to_numpy().tolist() == [
        ["u1", 1, pytest.approx(0.4)],
        ["u2", 1, pytest.approx(-0.2)],
    ]


@pytest.fixture(scope="module")
def communes() -> Study:
    return Study(2025, "commune", place="tinhmau")


def test_tables_of_the_sample_communes_keep_their_promises(communes: Study) -> None:
    own = communes.neighbours
    tables = [
        (own.peers, schemas.PEER), (own.models, schemas.MODELS), (own.steadiness, schemas.STEADINESS),
        (own.progress, schemas.PROGRESS), (own.means, schemas.MEANS), (own.full_marks("mau-xa-kim"), schemas.FULL_MARKS),
    ]  # fmt: skip
    for table, schema in tables:
        assert not schemas.validated(table, schema).empty
    assert own.tells_means
    assert set(own.peers.groupby("unit").size()) == {5} and set(own.peers["unit"]) == set(communes.units["unit"])
    assert own.full_marks("mau-xa-khanh")["gap"].sum() == pytest.approx(1000)  # it handed in nothing
    marks = own.full_marks("mau-xa-kim").set_index("component")
    missed = communes.gaps[(communes.gaps["unit"] == "mau-xa-kim") & communes.gaps["finest"] & (communes.gaps["gap"] > 0)]
    assert set(marks.index) == set(missed["component"])
    tiers = communes.gaps.set_index(["unit", "component"])["tier"]
    for code, row in marks[marks["within"] != "nobody"].iterrows():
        assert all(tiers[unit, code] == "at_max" for unit in row["who"].split())
    with pytest.raises(Faults, match="among: found 'mau-xa-kin'; expected 'mau-xa-kim'"):
        own.of("mau-xa-an", among=["mau-xa-kin"])
    with pytest.raises(Faults, match="unit: found 'mau-xa-kin'; expected 'mau-xa-kim'"):
        own.full_marks("mau-xa-kin")


def test_population_of_the_sample_communes_is_what_their_forms_say(communes: Study) -> None:
    described = features(Data(), communes.units)
    first = Study(2024, "commune", place="tinhmau")
    forms = first.rows[(first.rows["indicator"] == "P8.04") & (first.rows["basis"] == "verified")].set_index("unit")["b"]
    assert (features(Data(), first.units)["population"] == forms.astype(float)[first.units["unit"]]).all()
    assert set(described["kind"]) == {"ward", "township", "commune"} and set(described["upland"]) == {"yes", "no"}


def test_real_communes_have_no_features_and_nothing_is_made_up_for_them() -> None:
    study = Study(2026, "commune", place="gialai", index="service")
    own = study.neighbours
    assert own.features.empty and not own.tells_means and own.progress.empty
    assert set(own.peers["by"]) == {"profile"}
    nobody = own.full_marks("xa-van-canh").set_index("component")
    assert nobody.loc["G4", ["within", "who"]].to_list() == ["nobody", ""]  # it is the best there


def test_where_pillars_are_known_of_some_no_model_of_all_is_named() -> None:
    found_ = Study(2023, "province", place="national").neighbours.models  # pillars of 10 of 63 provinces
    assert set(found_["model"]) == {"best", "fastest"} and set(found_["component"]) == {"total"}


def test_a_study_known_in_part_has_no_neighbours() -> None:
    with pytest.raises(Faults, match="found 3 of 9 units of Study"):
        _ = Study(2023, "district", place="yenbai").neighbours


@pytest.mark.parametrize(("lang", "told"), [
    ("vi", ["gần nhất về dân số, địa hình và loại đơn vị: Xã Mẫu Tiến (hạng 22, 64,18%)", "**Xã Mẫu An đứng thứ sáu trong 6**",
            "(4/5 đơn vị tương tự)", "a = 2.482", "6.239", "miền núi"]),
    ("en", ["nearest in population, terrain and kind of unit: Mẫu Tiến Commune (rank 22, 64.18%)", "comes sixth of 6**",
            "(4 of 5 like it)", "a = 2,482", "6,239", "upland"]),
])  # fmt: skip
def test_the_section_of_a_unit(lang: Any, told: list[str]) -> None:
    section = peers_page.unit_section(Study(2025, "commune", lang, place="tinhmau", unit="mau-xa-an"))
    assert len(section) == 4
    text = "".join(part.data for part in section)  # type: ignore[attr-defined]
    upland = Study(2025, "commune", lang, place="tinhmau", unit="mau-xa-kim")
    text += "".join(part.data for part in peers_page.unit_section(upland))  # type: ignore[attr-defined]
    assert [words for words in told if words not in text] == []


def test_the_section_of_a_unit_that_handed_in_nothing_and_of_one_without_features() -> None:
    silent = peers_page.similar(Study(2025, "commune", "en", place="tinhmau", unit="mau-xa-khanh")).data
    assert "Units like it" in silent and "comes" not in silent
    by_profile = peers_page.similar(Study(2025, "department", "vi", place="tinhmau", unit="mau-so-y-te")).data
    assert "Chưa có số liệu mô tả đơn vị" in by_profile
    assert peers_page.unit_section(Study(2023, "district", place="yenbai")) == []


def test_sentences_on_who_stands_out(communes: Study) -> None:
    told = standouts_page.standouts(communes).data
    assert "**Đồng đều nhất: Phường Mẫu Vinh.**" in told
    assert "**Tiến bộ nhanh nhất: Xã Mẫu Phong**, tăng 15,5 điểm phần trăm so với năm 2024 (bộ chỉ số đã thay đổi" in told
    assert "**Tốt nhất so với điều kiện của mình: Xã Mẫu Nhân**" in told and "27,3" in told
    table = standouts_page.table(communes)
    assert table is not None and table.data.count("<tr") == 10 and "+15,5" in table.data
    real = Study(2026, "commune", "vi", place="gialai", index="service")
    told = standouts_page.standouts(real).data
    assert "chỉ có một năm, chưa thể nói về thay đổi" in told
    assert "chưa nói được, vì chưa có số liệu mô tả các đơn vị" in told  # peers by profile say nothing of means
    table = standouts_page.table(real)
    assert table is not None and table.data.count("<tr") == 4
    provinces = Study(2023, "province", "vi", place="national")
    told = standouts_page.standouts(provinces).data
    assert "chưa biết điểm từng chỉ số chính của mọi đơn vị" in told  # of 53 of 63
    assert "**Tiến bộ nhanh nhất: Tỉnh Gia Lai**, tăng 0,2090 so với năm 2022." in told
