"""The sample province: reproducible, unmistakably fictitious, plausible, and with every case that readers must meet."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from dti_analysis.criteria.framework import TOTAL, Framework
from dti_analysis.criteria.framework_file import load
from dti_analysis.criteria.rules import RULES, Levels, Ratio, Steps
from dti_analysis.records.sample import INDEX, NO_FORM, PLACE, YEARS, write
from dti_analysis.records.sample_cells import LEVELS
from dti_analysis.records.sources import Data, Key
from dti_analysis.studies.study import Study

STUDIES = [(year, level) for level in LEVELS for year in YEARS]


@cache
def data() -> Data:
    return Data()


@cache
def study(year: int, level: str) -> Study:
    return Study(year, level, data=data(), place=PLACE, index=INDEX)


def framework(year: int, level: str) -> Framework:
    return data().framework(f"sample-{level}-{year}")


def handed_in(year: int, level: str) -> pd.DataFrame:
    """The rows of a file, by basis, unit and indicator."""
    rows, _ = data().assessment(Key(PLACE, INDEX, year, level))
    return rows


def units() -> pd.DataFrame:
    return data().units[data().units["place"] == PLACE]


@cache
def appraised() -> pd.DataFrame:
    """Self-assessed beside verified points of every indicator of both years, without what rolls up."""
    tables = []
    for year, level in STUDIES:
        table = study(year, level).appraisal
        roll_ups = {leaf.code for leaf in framework(year, level).leaves if leaf.rule_name == "roll_up"}
        tables.append(table[(table["level"] == "indicator") & ~table["component"].isin(roll_ups)])
    return pd.concat(tables)


def verified(year: int, level: str, component: str = TOTAL) -> pd.DataFrame:
    """The verified figures of one component, by unit."""
    scores = study(year, level).verified
    return scores[scores["component"] == component].set_index("unit")


def test_written_again_byte_for_byte(tmp_path: Path) -> None:
    root = tmp_path / "data"
    shutil.copytree(data().root, root, ignore=shutil.ignore_patterns("assessments"))
    written = write(Data(root))
    assert len(written) == len(STUDIES)
    for path in written:
        committed = data().root / path.relative_to(root)
        assert path.read_bytes() == committed.read_bytes()
        assert path.with_suffix(".meta.yml").read_bytes() == committed.with_suffix(".meta.yml").read_bytes()


@pytest.mark.parametrize(("year", "level"), STUDIES)
def test_every_row_and_sidecar_says_sample(year: int, level: str) -> None:
    rows, provenance = data().assessment(Key(PLACE, INDEX, year, level))
    assert provenance.kind == "sample"
    assert provenance.generator and provenance.generator["module"] == "dti_analysis.records.sample"
    assert set(rows["source"]) == {"sample"}


def test_no_real_name() -> None:
    own = units()
    others = data().units[data().units["place"] != PLACE]
    for column in ("name_vi", "name_en"):
        assert all("Mẫu" in name for name in own[column])
        assert not set(own[column]) & set(others[column])
    assert not any("Mẫu Sơn" in name for name in own["name_vi"])  # the one real place of such a name
    assert all(unit.startswith("mau-") for unit in own["unit"])
    # A real place's own name (the last words after Tỉnh, Huyện, Xã …) stands in no sample unit's name.
    proper = {
        re.sub(r"^(UBND )?(Tỉnh|Thành phố|Thị xã|Huyện|Xã|Phường|Thị trấn|xã|phường) ", "", name) for name in others["name_vi"]
    }
    places = {name for name in proper if not name.startswith(("Sở", "Ban", "Văn phòng", "Thanh tra"))}
    assert not [name for name in own["name_vi"] if any(re.search(rf"\b{re.escape(place)}\b", name) for place in places)]
    texts = "".join(path.read_text(encoding="utf-8") for path in (data().root / "assessments" / PLACE).rglob("*.csv"))
    assert not [name for name in places if len(name.split()) > 1 and name in texts]


@pytest.mark.parametrize(("level", "pillars", "indicators"), [("department", 3, 20), ("district", 6, 40), ("commune", 8, 43)])
@pytest.mark.parametrize("year", YEARS)
def test_sets_have_their_shape(year: int, level: str, pillars: int, indicators: int) -> None:
    own = load(data().root / "frameworks" / f"sample-{level}-{year}.yaml")
    assert (own.place, own.index, own.levels, own.status, own.max_points) == (PLACE, INDEX, [level], "adapted", 1000)
    assert (own.expects.pillars, own.expects.indicators) == (pillars, indicators)
    for component, _, kind in own.walk():
        if kind == "indicator":
            assert component.evidence and component.provider and component.reference, component.code
        if component.rule:
            assert component.adapted_from, component.code


def test_amendment_keeps_renames_splits_merges_adds_drops_and_reweighs() -> None:
    for level in LEVELS:
        before, after = (
            {code: c for code, c in framework(year, level).by_code.items() if re.fullmatch(r"P\d\.\d\d", code)}
            for year in YEARS
        )
        was = {code: [old.code.split("@")[0] for old in component.was] for code, component in after.items()}
        used = [old for olds in was.values() for old in olds]
        linked = [(before[olds[0]], after[code]) for code, olds in was.items() if len(olds) == 1 and used.count(olds[0]) == 1]
        assert all(old.code.endswith(f"@{framework(YEARS[0], level).id}") for c in after.values() for old in c.was)
        assert sum(not olds for olds in was.values()) == 2  # new
        assert sum(len(olds) == 2 for olds in was.values()) == 1  # merged
        assert [used.count(old) for old in set(used) if used.count(old) > 1] == [2]  # split
        assert len(before.keys() - set(used)) == 2  # dropped
        assert sum(old.name_vi != new.name_vi for old, new in linked) == 3
        assert sum(old.max_points != new.max_points for old, new in linked) == 3
        assert sum(old.code != new.code for old, new in linked) > 3  # a code says nothing


def test_every_kind_of_rule_occurs() -> None:
    leaves = [leaf for year, level in STUDIES for leaf in framework(year, level).leaves]
    ratios = [leaf.way for leaf in leaves if isinstance(leaf.way, Ratio)]
    assert {leaf.rule_name for leaf in leaves} == set(RULES)
    assert {"sum", "best"} <= {c.combine for year, level in STUDIES for c in framework(year, level).by_code.values()}
    assert {ratio.when_b_zero for ratio in ratios} == {"full", "zero", "not_applicable", "refuse", None}
    assert any(ratio.full_from < 1 and ratio.rescaled for ratio in ratios)
    assert any(ratio.full_from < 1 and not ratio.rescaled for ratio in ratios)
    assert any(0 < ratio.nothing_below < 1 for ratio in ratios) and any(ratio.nothing_below == 1 for ratio in ratios)
    assert any(len(ratio.numerator) > 1 for ratio in ratios)
    assert any(isinstance(ratio.denominator, list) and len(ratio.denominator) > 1 for ratio in ratios)
    assert any(isinstance(leaf.way, Steps) and leaf.way.gate for leaf in leaves)
    assert any(isinstance(leaf.way, Levels) and leaf.way.periods for leaf in leaves)
    assert any(c.extra_at_most for year, level in STUDIES for c in framework(year, level).by_code.values())
    assert any(c.applies_to for year, level in STUDIES for c in framework(year, level).by_code.values())
    assert all(sum(leaf.rule_name == "reported" for leaf in framework(*key).leaves) <= 1 for key in STUDIES)
    for year, level in STUDIES:  # and is filled in
        filled = set(handed_in(year, level)["indicator"])
        assert {leaf.code for leaf in framework(year, level).leaves if leaf.rule_name != "roll_up"} == filled


def test_appraisal_is_as_seen_in_the_field() -> None:
    """Self about 82 % of the maximum, four in ten rows changed, some of them up."""
    rows = appraised()
    assert 0.78 < rows["self"].sum() / rows["max_points"].sum() < 0.86
    assert 0.35 < (rows["difference"] != 0).mean() < 0.45
    assert 0.03 < (rows["difference"] > 0).mean() < 0.10


@pytest.mark.parametrize(("year", "level"), STUDIES)
def test_totals_are_spread(year: int, level: str) -> None:
    totals = verified(year, level)["score"]
    totals = totals[totals > 0]  # without the form that never came
    assert 0.38 < totals.min() < 0.55
    assert 0.80 < totals.max() < 0.96
    assert 0.60 < totals.mean() < 0.75


@pytest.mark.parametrize(("year", "level"), STUDIES)
def test_states_follow_the_evidence(year: int, level: str) -> None:
    rows = handed_in(year, level)
    assert set(rows.loc[rows["basis"] == "self", "evidence_state"]) == {""}
    own = rows[rows["basis"] == "verified"]
    assert set(own["evidence_state"]) == {"full", "partial", "missing", "late", "none"}
    assert (own.loc[own["evidence_state"] == "missing", "evidence"] == "").all()
    assert (own.loc[own["evidence_state"].isin(["full", "partial", "late"]), "evidence"] != "").all()


def test_form_that_never_came_and_merged_commune() -> None:
    (year, unit), *_ = NO_FORM
    assert unit in set(study(year, "commune").units["unit"])
    assert unit not in set(handed_in(year, "commune")["unit"])
    ended = units()[units()["valid_to"] != ""].set_index("unit")
    assert ended["valid_to"].to_dict() == {"mau-xa-lap": "2024-12-31"}
    assert ended["successor"].to_dict() == {"mau-xa-lap": "mau-xa-binh"}
    assert [study(year, "commune").units["unit"].nunique() for year in YEARS] == [30, 29]
    assert "mau-xa-lap" in set(handed_in(2024, "commune")["unit"]) - set(handed_in(2025, "commune")["unit"])


def test_rows_left_out_and_not_applicable() -> None:
    for year in YEARS:
        rows = handed_in(year, "commune")
        grid = rows["unit"].nunique() * rows["indicator"].nunique()
        assert 0 < grid - len(rows[rows["basis"] == "verified"]) < 0.02 * grid
        assert ((rows["a"] == "n/a") & (rows["unit"] == "mau-xa-kim")).sum() == 2
        scores = study(year, "commune").verified
        said = scores[(scores["unit"] == "mau-xa-kim") & (scores["state"] == "not_applicable")]
        assert len(said) == 1
    departments = study(2025, "department").verified
    assert len(set(departments.loc[departments["component"] == TOTAL, "max_points"])) > 1  # by group


def test_denominators_of_0_1_and_2() -> None:
    met: set[tuple[str | None, int]] = set()
    for year, level in STUDIES:
        rows = handed_in(year, level)
        for leaf in framework(year, level).leaves:
            if not isinstance(leaf.way, Ratio) or not isinstance(leaf.way.denominator, list):
                continue
            own = rows[rows["indicator"] == leaf.code]
            for cells in own[leaf.way.denominator].to_numpy().tolist():
                if "n/a" not in cells and "" not in cells:
                    met.add((leaf.way.when_b_zero, sum(map(int, cells))))
    assert {("full", 0), ("zero", 0), ("not_applicable", 0), ("full", 1), ("full", 2)} <= met


def test_exactly_one_tie_and_some_who_fall() -> None:
    ranks = verified(2025, "commune")["rank"]
    tied = ranks[ranks.duplicated(keep=False)]
    assert len(tied) == 2 and tied.iloc[0] > 3
    for level, unit in (("department", "mau-so-giao-duc"), ("district", "mau-huyen-bac"), ("commune", "mau-xa-tien")):
        assert verified(2025, level)["rank"][unit] - verified(2024, level)["rank"][unit] > 3


def test_one_criterion_separates_nobody() -> None:
    for year, level in STUDIES:
        first = verified(year, level, "P1.01")
        assert first.loc[first["state"] == "assessed", "score"].eq(1).all()


@pytest.mark.parametrize(("year", "level"), STUDIES)
def test_a_number_asked_for_twice_is_the_same_twice(year: int, level: str) -> None:
    """The same words under the line ask for the same count, for a unit on a basis."""
    rows = handed_in(year, level)
    seen: dict[tuple[str, str, str], set[str]] = {}
    for leaf in framework(year, level).leaves:
        if not isinstance(leaf.way, Ratio) or not isinstance(leaf.way.denominator, list):
            continue
        for name in leaf.way.denominator:
            text = getattr(leaf.way, name).vi
            own = rows[(rows["indicator"] == leaf.code) & (rows[name] != "n/a")]
            for unit, basis, cell in own[["unit", "basis", name]].itertuples(index=False):
                seen.setdefault((unit, basis, text), set()).add(cell)
    assert seen and all(len(cells) == 1 for cells in seen.values())
