"""The year's path of a study with forms of several days, generated: the accessor, the section, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from dti_analysis.common.digest import sha256
from dti_analysis.common.faults import Faults
from dti_analysis.records.sources import Data
from dti_analysis.studies.study import Study
from dti_analysis.views import path_page

DAYS = ("2025-03-31", "2025-06-30", "2025-09-30")
OF = "assessments/tinhmau/dti/2025/district"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """The sample data, with forms of three days: the year's own, in which no unit but one has yet any news published."""
    root = tmp_path_factory.mktemp("dated") / "data"
    shutil.copytree(Data().root, root)
    form = root / f"{OF}.csv"
    rows = pd.read_csv(form, dtype=str, keep_default_na=False)
    code = "P3.03"
    (root / OF).mkdir()
    for place, day in enumerate(DAYS):
        early = rows.copy()
        late = (early["indicator"] == code) & (early["unit"] != "mau-huyen-dong") & (place < 2)
        early.loc[late, "a"] = "0"
        early.to_csv(root / OF / f"{day}.csv", index=False)
        meta = form.with_suffix(".meta.yml").read_text(encoding="utf-8")
        lines = [line for line in meta.splitlines() if not line.startswith(("sha256:", "as_of:"))]
        lines += [f"sha256: {sha256(root / OF / f'{day}.csv')}", f"as_of: {day}"]
        (root / OF / f"{day}.meta.yml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Data(root)


def test_without_forms_of_several_days_nothing_is_shown() -> None:
    study = Study(2025, "district", place="tinhmau")
    assert not study.path and study.path.table() is None and path_page.section(study) == []


def test_the_last_day_is_the_years_own_and_the_first_has_no_progress(data: Data) -> None:
    study = Study(2025, "district", "vi", data, place="tinhmau")
    path = study.path.table("80%")
    assert path is not None and list(dict.fromkeys(path["as_of"])) == list(DAYS)
    last = path[path["as_of"] == DAYS[-1]].set_index("unit")
    own = study.ranking.set_index("unit")
    assert last["score"].to_dict() == pytest.approx(own["score"].to_dict())
    assert last["rank"].to_dict() == own["rank"].astype(float).to_dict()
    assert (path.loc[path["as_of"] == DAYS[0], "progress"] == 0).all()
    assert last.loc["mau-huyen-dong", "progress"] == 0 and (last["progress"] > 0).any()
    assert (last["on_path"] == (last["score"] >= last["expected"])).all()


@pytest.mark.parametrize(
    ("lang", "words"), [("vi", ["Có số liệu của 3 thời điểm", "80%"]), ("en", ["figures of 3 days", "80%"])]
)
def test_the_section_says_who_came_furthest_and_who_is_behind(data: Data, lang: str, words: list[str]) -> None:
    study = Study(2025, "district", lang, data, place="tinhmau")  # type: ignore[arg-type]
    _, said, table = path_page.section(study, "80%")
    path = study.path.table("80%")
    assert path is not None
    last = path[path["as_of"] == DAYS[-1]].set_index("unit")
    text = said.data  # type: ignore[attr-defined]
    assert all(word in text for word in words)
    assert study.unit_name(str(last["progress"].idxmax())) in text
    rows = BeautifulSoup(table.data, "html.parser").select("tbody tr")  # type: ignore[attr-defined]
    assert len(rows) == len(last) and len(rows[0].find_all(["td", "th"])) == 9
    without = path_page.section(study)[2]
    assert len(BeautifulSoup(without.data, "html.parser").select("thead th")) == 7  # type: ignore[attr-defined]


@pytest.mark.parametrize("wrong", ["120%", "80", "nhiều", "-1%"])
def test_a_target_that_is_none_is_refused(data: Data, wrong: str) -> None:
    with pytest.raises(Faults, match="a share of the maximum, as 80%"):
        Study(2025, "district", "vi", data, place="tinhmau").path.table(wrong)


def test_forms_that_are_not_what_their_sidecar_says_are_refused(data: Data, tmp_path: Path) -> None:
    root = tmp_path / "data"
    shutil.copytree(data.root, root)
    with (root / OF / f"{DAYS[0]}.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    shutil.copy(root / OF / f"{DAYS[1]}.csv", root / OF / "quý 3.csv")
    with pytest.raises(Faults) as caught:
        _ = Study(2025, "district", "vi", Data(root), place="tinhmau").path
    assert [("sha256" in str(fault), "2025-06-30" in str(fault)) for fault in caught.value.faults] == [
        (True, False),
        (False, True),
    ]
