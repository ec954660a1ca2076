"""How firm the ranks of a study are: tables that keep their promise, sentences, figure, and what cannot be told."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from dti_analysis.common.faults import Faults
from dti_analysis.common.text import Lang
from dti_analysis.records.sources import Data
from dti_analysis.scores.appeals import draw
from dti_analysis.scores.disputes import disputes
from dti_analysis.scores.schema_firmness import APPEALS, DISPUTED, LEFT_OUT, PLACES_APART, PRINTED, SHIFTS, WEIGHTS
from dti_analysis.scores.schemas import validated
from dti_analysis.studies.firmness import INTERVALS, Firmness
from dti_analysis.studies.study import Study
from dti_analysis.views import figures, findings, firmness_page, reliability_page

SAMPLE = [("district", 9), ("department", 19), ("commune", 29)]
WHOLE = [("gialai", "service", 2026, "commune"), ("gialai", "service", 2026, "department"),
         ("national", "dti", 2024, "merged-province")]  # fmt: skip


def sample(level: str, lang: Lang = "vi", **more: Any) -> Study:
    return Study(2025, level, lang, place="tinhmau", **more)


@pytest.mark.parametrize(("level", "count"), SAMPLE)
def test_tables_of_the_sample_keep_their_promises(level: str, count: int) -> None:
    study = sample(level)
    firm = study.firmness
    assert firm.cannot == [] and firm.appealed is not None and firm.weighted is not None and firm.intervals is not None
    for table, promise in (
        (firm.appealed.table, APPEALS), (firm.appealed.rows, DISPUTED), (firm.weighted.table, WEIGHTS),
        (firm.weighted.left_out, LEFT_OUT), (firm.weighted.shifts, SHIFTS), (firm.places_apart, PLACES_APART),
    ):  # fmt: skip
        validated(table, promise)
    assert len(firm.intervals) == count and list(firm.intervals) == INTERVALS
    official = study.ranking.set_index("unit")["rank"].astype(float)
    for table in (firm.appealed.table, firm.weighted.table, firm.intervals):
        assert table.set_index("unit")["rank"].to_dict() == official.to_dict()
    own = firm.intervals
    assert (own["best_rank"] <= own["low_rank"]).all() and (own["high_rank"] <= own["worst_rank"]).all()
    # What may be appealed is what the appraisal cut: the points disputed are those of rows that lost points.
    cut = study.scores.pivot_table(index=["unit", "component"], columns="basis", values="points", observed=True)
    lost = (cut["self"] - cut["verified"]).reindex(pd.MultiIndex.from_frame(firm.appealed.rows[["unit", "component"]]))
    assert firm.appealed.rows["points"].tolist() == pytest.approx(lost.tolist())


def _drawn(study: Study, seed: int) -> Any:
    """The totals of all units in some draws."""
    return draw(disputes(study.framework, study.rows, study.units), 0.25, 50, seed)


def test_the_same_seed_is_the_same_table_and_parameters_are_in_it() -> None:
    study = sample("district")
    tables = [Firmness(study, 0.25, draws=400, seed=seed).appealed for seed in (3, 3, 4)]
    assert all(table is not None for table in tables)
    once, twice, other = (table.table for table in tables if table is not None)
    pd.testing.assert_frame_equal(once, twice)
    assert set(once["probability"]) == {0.25} and set(once["draws"]) == {400} and set(once["seed"]) == {3}
    assert not np.array_equal(_drawn(study, 3), _drawn(study, 4))
    assert set(other["seed"]) == {4}


@pytest.mark.parametrize("key", WHOLE, ids=lambda key: "-".join(map(str, key)))
def test_of_real_units_without_claims_only_weights_are_told(key: tuple[str, str, int, str]) -> None:
    study = Study(key[2], key[3], place=key[0], index=key[1])
    firm = study.firmness
    assert firm.cannot == ["self"] and firm.appealed is None and firm.intervals is not None and firm.printed is not None
    assert set(firm.intervals["by"]) == {"weights"} and firm.intervals["best_rank"].isna().all()
    validated(firm.printed, PRINTED)
    assert firm.printed.set_index("unit")["rank"].to_dict() == study.ranking.set_index("unit")["rank"].astype(float).to_dict()
    said = firmness_page.findings(study).data
    assert "Không có điểm tự chấm" in said and "±25%" in said and "khiếu nại được chấp nhận" not in said


def test_of_totals_alone_nothing_is_said_of_weights_but_rounding_is() -> None:
    study = Study(2024, "province", place="national")
    assert study.firmness.cannot == ["self", "total"] and study.firmness.intervals is None
    assert figures.rank_intervals(study) is None and firmness_page.table(study) is None
    said = firmness_page.findings(study).data
    assert "làm tròn không đổi được thứ hạng nào" in said and "Chỉ biết kết quả chung" in said and "±" not in said


def test_ranks_that_rounding_allows_are_listed() -> None:
    study = Study(2023, "province", place="national")
    shown = firmness_page.table(study)
    assert shown is not None
    cells = [
        [cell.get_text() for cell in row.find_all(["th", "td"])]
        for row in BeautifulSoup(shown.data, "html.parser").select("tbody tr")
    ]
    assert cells == [["59", "Tỉnh An Giang", "59–60"]]


def test_chances_of_bands_are_shown_where_a_place_has_bands() -> None:
    study = Study(2025, "district", place="tinhmau")
    bounds = {"decided_by": "total", "below": "", "at_most": ["", "75"], "above": ["75", ""], "at_least": ""}
    study.bands = pd.DataFrame(bounds | {"order": ["1", "2"], "label_vi": ["Dẫn dắt", "Nâng cao"], "label_en": ["a", "b"]})
    shown, told = firmness_page.table(study), study.firmness.appealed
    assert shown is not None and told is not None and told.bands is not None
    text = BeautifulSoup(shown.data, "html.parser").get_text(" ")
    assert "Khả năng theo mức" in text and "Dẫn dắt 100%" in text
    assert np.allclose(told.bands.groupby("unit")["chance"].sum(), 1)


def test_a_declared_rule_lists_units_without_ranking_them() -> None:
    whole, study = (Study(2025, "district", place="tinhmau", least=least) for least in ("", "A"))
    grades = whole.standing.reliability.set_index("unit")["grade"]
    assert whole.not_ranked == [] and reliability_page.not_ranked(whole) is None
    assert set(study.not_ranked) == set(grades[grades != "A"].index) != set()
    ranking = study.ranking.set_index("unit")
    assert set(ranking.index) == set(whole.ranking["unit"])
    assert ranking["rank"].isna().equals(ranking.index.to_series().isin(study.not_ranked))
    left = whole.ranking[~whole.ranking["unit"].isin(study.not_ranked)]["unit"]
    assert list(ranking.loc[left, "rank"]) == list(range(1, len(left) + 1))
    said = reliability_page.not_ranked(study)
    assert said is not None and all(study.unit_name(unit) in said.data for unit in study.not_ranked)
    intervals = study.firmness.intervals
    assert intervals is not None and set(intervals["unit"]) == set(left)
    assert "Không xếp hạng" not in findings.leader(study).data
    assert study.outlook.next_place(study.not_ranked[0]) is None
    with pytest.raises(Faults, match="'Z'"):
        _ = Study(2025, "district", place="tinhmau", least="Z").verified


@pytest.mark.parametrize(("year", "level"), [(2023, "district"), (2023, "department"), (2022, "district")])
def test_of_a_part_of_the_units_nothing_is_told(year: int, level: str) -> None:
    study = Study(year, level)
    firm = study.firmness
    assert firm.cannot == ["part"] and firm.appealed is firm.weighted is firm.printed is firm.intervals is None
    assert [type(part).__name__ for part in firmness_page.section(study)] == ["Markdown", "Markdown"]
    assert "một phần số đơn vị" in firmness_page.findings(study).data


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """The data with the sample districts reduced to one."""
    root = tmp_path_factory.mktemp("alone") / "data"
    shutil.copytree(Data().root, root)
    units = pd.read_csv(root / "units.csv", dtype=str, keep_default_na=False)
    keep = (units["place"] != "tinhmau") | (units["level"] != "district") | (units["unit"] == "mau-huyen-bac")
    units = units[keep]
    units.assign(part_of=units["part_of"].where(units["part_of"].isin(units["unit"]), "")).to_csv(
        root / "units.csv", index=False
    )
    form = root / "assessments/tinhmau/dti/2025/district.csv"
    rows = pd.read_csv(form, dtype=str, keep_default_na=False)
    rows[rows["unit"] == "mau-huyen-bac"].to_csv(form, index=False)
    meta = form.with_suffix(".meta.yml")
    from dti_analysis.common.digest import sha256

    meta.write_text(re.sub(r"sha256: \w+", f"sha256: {sha256(form)}", meta.read_text(encoding="utf-8")), encoding="utf-8")
    return Data(root)


def test_one_unit_is_one_plain_sentence(alone: Data) -> None:
    study = Study(2025, "district", "vi", alone, place="tinhmau", unit="mau-huyen-bac")
    assert study.firmness.cannot == ["one_unit"]
    assert firmness_page.findings(study).data == "Chỉ có một đơn vị được đánh giá, nên không có thứ hạng để xét."
    assert firmness_page.unit_brief(study) == [] and len(firmness_page.section(study)) == 2


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("vi", ["chênh lệch dưới 4 bậc chưa có ý nghĩa", "103,37 trên 1.000 điểm", "165 nội dung", "50% khả năng", "±25%"]),
        ("en", ["fewer than 4 places", "103.37 of 1,000 points", "165 rows", "a chance of 50%", "±25%"]),
    ],
)
def test_findings_and_table_of_the_sample_districts(lang: Lang, told: list[str]) -> None:
    study = sample("district", lang)
    said = firmness_page.findings(study).data
    assert [words for words in told if words not in said] == []
    table = firmness_page.table(study)
    assert table is not None and study.firmness.appealed is not None
    soup = BeautifulSoup(table.data, "html.parser")
    rows = [[cell.get_text() for cell in row.find_all(["th", "td"])] for row in soup.select("tbody tr")]
    assert [row[0] for row in rows] == [str(place) for place in range(1, 10)]
    own = study.firmness.appealed.table.set_index("unit").loc["mau-huyen-dong"]
    assert rows[4][2] == f"{own['best_rank']:.0f}–{own['worst_rank']:.0f}" and rows[4][5] == str(own["disputed"])
    assert str(study.firmness.seed) in table.data


def test_a_chance_above_nothing_is_not_shown_as_nothing() -> None:
    study = sample("district", "en")
    shown = [firmness_page._chance(chance, study) for chance in (0, 0.0001, 0.5, 0.9999, 1)]
    assert shown == ["0%", "<1%", "50%", ">99%", "100%"]


@pytest.mark.parametrize(
    ("unit", "told"),
    [
        ("mau-xa-lam", ["hạng 1; ngược lại: hạng 18", "trong hạng {low}–{high}", "(+12,45 điểm, hạng không đổi)"]),
        ("mau-xa-kim", ["hạng 1; ngược lại: hạng 24", "trong hạng {low}–{high}", "(+37,69 điểm, lên hạng 5)"]),
        ("mau-xa-khanh", ["không có gì để khiếu nại", "vẫn ở hạng 29"]),
    ],
)
def test_the_brief_of_a_unit(unit: str, told: list[str]) -> None:
    study = sample("commune", unit=unit)
    said = " ".join(firmness_page.unit_brief(study))
    assert study.firmness.appealed is not None
    own = study.firmness.appealed.table.set_index("unit").loc[unit]
    drawn = {"low": f"{own['low_rank']:.0f}", "high": f"{own['high_rank']:.0f}"}
    assert [words for words in told if words.format(**drawn) not in said] == [], said


def test_the_brief_of_a_real_unit_speaks_of_weights_only() -> None:
    study = Study(2026, "department", "en", place="gialai", index="service", unit="so-y-te-gia-lai")
    assert firmness_page.unit_brief(study) == [
        "If weights moved by up to ±25%: with a chance of at least 90% it stays at rank 4."
    ]


@pytest.mark.parametrize(
    ("study", "shown", "count"),
    [
        (sample("district"), 9, 9),
        (sample("commune", unit="mau-xa-duc"), 20, 29),
        (Study(2026, "commune", place="gialai", index="service"), 15, 135),
    ],
    ids=["few", "many and an own", "real"],
)
def test_the_figure_shows_leaders_last_and_neighbours(study: Study, shown: int, count: int) -> None:
    picture = figures.rank_intervals(study)
    assert picture is not None and f"khoảng thứ hạng của {shown} đơn vị, trục bắt đầu từ hạng 1" in picture.alt
    assert f"trong {count} đơn vị" in picture.title
    assert (f"Hình vẽ {shown} trong {count}" in picture.caption) == (shown < count)
    assert picture.svg == figures.rank_intervals(study).svg  # type: ignore[union-attr]


def test_what_is_kept_is_what_is_computed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DTI_KEPT", str(tmp_path))
    first, second = (sample("district").firmness.appealed for _ in range(2))
    assert first is not None and second is not None and list(tmp_path.glob("firmness-appeals-*"))
    pd.testing.assert_frame_equal(first.table, second.table)
