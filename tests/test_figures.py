"""Figures: their titles say what the tables say, synthetic data is unmistakable, and the same study gives the same bytes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from dti_analysis.common.text import number, percent
from dti_analysis.records import synthetic
from dti_analysis.records.sources import Data
from dti_analysis.studies.commune import Commune
from dti_analysis.studies.study import Study
from dti_analysis.views import figures
from dti_analysis.views.figures import Picture

NAMES = ["ranking", "distribution", "movement", "appraisal", "gap_tree", "heatmap", "pareto"]
MARK = "SỐ LIỆU MÔ PHỎNG · SYNTHETIC"
STUDIES = {
    "department": (2023, "department", "vi", ""),
    "district": (2023, "district", "vi", "huyen-van-yen"),
    "province": (2022, "province", "vi", ""),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """A copy of the repository's data, with the synthetic assessments written where they are not there."""
    root = tmp_path_factory.mktemp("figures") / "data"
    shutil.copytree(Path(__file__).parents[1] / "data", root)
    if not (root / "assessments" / "2023").is_dir():
        synthetic.write(Data(root))
    return Data(root)


@pytest.fixture(scope="module")
def studies(data: Data) -> dict[str, Study]:
    return {name: Study(year, level, lang, data, unit) for name, (year, level, lang, unit) in STUDIES.items()}


@pytest.fixture(scope="module")
def pictures(studies: dict[str, Study]) -> dict[tuple[str, str], Picture]:
    """Every picture there is, by study and function."""
    drawn = {(study, name): getattr(figures, name)(studies[study]) for study in studies for name in NAMES}
    return {key: picture for key, picture in drawn.items() if picture is not None}


@pytest.fixture(scope="module")
def extents(pictures: dict[tuple[str, str], Picture]) -> dict[tuple[str, str], list[tuple[Text, Bbox]]]:
    """Every text of every picture, with its extent."""
    return {key: _extents(picture) for key, picture in pictures.items()}


def _extents(picture: Picture) -> list[tuple[Text, Bbox]]:
    """Every text with its extent in inches, from the bottom left."""
    renderer, dpi = FigureCanvasAgg(picture.figure).get_renderer(), picture.figure.dpi
    return [(text, Bbox(text.get_window_extent(renderer).get_points() / dpi)) for text in picture.figure.axes[0].texts]


def exact(value: float) -> Fraction:
    return Fraction(str(value))


def share(points: float, most: float) -> Fraction:
    return 100 * exact(points) / exact(most)


def totals(study: Study, basis: str = "verified") -> pd.DataFrame:
    rows = study.scores[(study.scores["component"] == "total") & (study.scores["basis"] == basis)]
    return rows.assign(share=[share(p, m) for p, m in zip(rows["points"], rows["max_points"], strict=True)])


def texts(picture: Picture) -> list[str]:
    return [text.get_text() for text in picture.figure.axes[0].texts]


def test_which_figures_there_are(pictures: dict[tuple[str, str], Picture]) -> None:
    missing = {(study, name) for study in STUDIES for name in NAMES} - set(pictures)
    assert missing == {("province", "movement"), ("province", "appraisal")}
    for picture in pictures.values():
        assert picture.title and picture.title in picture.alt and picture.caption


@pytest.mark.parametrize("name", STUDIES)
def test_ranking(name: str, studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]) -> None:
    study, picture = studies[name], pictures[name, "ranking"]
    table = totals(study).sort_values("share", ascending=False, kind="stable")
    best, last = table["share"].iloc[0], table["share"].iloc[-1]
    assert study.unit_name(table["unit"].iloc[0]) in picture.title
    assert percent(float(best / 100), 2, study.lang) in picture.title
    assert number(best - last, 1, study.lang) in picture.title
    shown = [text for text in texts(picture) if text.endswith("%")]
    assert shown[-len(table) :] == [percent(float(value / 100), 2, study.lang) for value in table["share"]]


@pytest.mark.parametrize("name", STUDIES)
def test_distribution(name: str, studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]) -> None:
    study, picture = studies[name], pictures[name, "distribution"]
    values = totals(study)["share"].astype(float)
    assert percent(round(values.median() / 100, 9), 2, study.lang) in picture.title
    assert number(round(values.max() - values.min(), 9), 1, study.lang) in picture.title
    for quarter in (0.25, 0.75):
        quartile = percent(round(values.quantile(quarter) / 100, 9), 2, study.lang)
        assert any(text.endswith(quartile) for text in texts(picture))


@pytest.mark.parametrize("name", ["department", "district"])
def test_movement(name: str, studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]) -> None:
    study, picture = studies[name], pictures[name, "movement"]
    assert study.before is not None
    now, then = (totals(each).set_index("unit")["rank"].astype(int) for each in (study, study.before))
    rose, held, fell = int((now < then).sum()), int((now == then).sum()), int((now > then).sum())
    assert picture.title == f"{rose} đơn vị tăng hạng, {held} giữ nguyên, {fell} giảm hạng so với năm 2022"
    changes = sorted(text for text in texts(picture) if text[0] in "▲▼=")
    assert changes == sorted(
        f"▲{t - n}" if n < t else f"▼{n - t}" if n > t else "=" for n, t in zip(now, then[now.index], strict=True)
    )
    assert study.framework.id != study.before.framework.id
    assert "chỉ đối chiếu thứ hạng" in picture.caption and "chỉ đối chiếu thứ hạng" in picture.alt


def test_movement_under_one_criteria_set_needs_no_warning(studies: dict[str, Study], monkeypatch: pytest.MonkeyPatch) -> None:
    study = studies["district"]
    assert study.movement is not None
    monkeypatch.setattr(study, "movement", study.movement.assign(comparable=True))
    picture = figures.movement(study)
    assert picture is not None and "chỉ đối chiếu thứ hạng" not in picture.caption + picture.alt


@pytest.mark.parametrize("name", ["department", "district"])
def test_appraisal(name: str, studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]) -> None:
    study, picture = studies[name], pictures[name, "appraisal"]
    own, checked = (totals(study, basis).set_index("unit")["share"] for basis in ("self", "verified"))
    changes = [checked[unit] - own[unit] for unit in checked.index]
    mean = sum(changes, Fraction()) / len(changes)
    assert number(abs(mean), 1, study.lang) in picture.title
    assert (("thấp hơn" in picture.title) or ("below" in picture.title)) == (mean < 0)
    shown = [text for text in texts(picture) if re.fullmatch(r"[+−]?[\d,.]+", text) and ("," in text or "." in text)]
    assert sorted(shown) == sorted(number(change, 1, study.lang, sign=True) for change in changes)


@pytest.mark.parametrize("name", STUDIES)
def test_gap_tree(name: str, studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]) -> None:
    study, picture = studies[name], pictures[name, "gap_tree"]
    rows = study.verified[study.verified["max_points"] > 0]
    rows = rows[rows["unit"] == study.unit] if study.unit else rows
    gap = {
        code: sum((exact(m) - exact(p) for m, p in zip(group["max_points"], group["points"], strict=True)), Fraction())
        / len(group)
        for code, group in rows.groupby("component", sort=False)
    }
    pillars = [code for code in study.framework.components.query("level == 'pillar'")["component"] if code in gap]
    worst = max(pillars, key=lambda code: gap[code])
    assert number(gap["total"], 1, study.lang) in picture.title
    assert f"“{study.component_name(worst)}”" in picture.title and number(gap[worst], 1, study.lang) in picture.title
    drawn = [text for text in texts(picture) if re.fullmatch(r"−?[\d.,]+ / [\d.,]+", text)]
    listed = rows[rows["level"].isin(["subindex", "pillar", "indicator"])]["component"].nunique()
    assert len(drawn) == listed


def test_gap_tree_of_a_unit_gives_its_own_points(studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]) -> None:
    study = studies["district"]
    rows = study.verified[(study.verified["unit"] == study.unit) & (study.verified["level"] != "total")]
    drawn = [text for text in texts(pictures["district", "gap_tree"]) if " / " in text and text[0].isdigit()]
    assert drawn == [
        f"{number(p, 1, 'vi')} / {number(m, 0, 'vi')}" for p, m in zip(rows["points"], rows["max_points"], strict=True)
    ]
    assert study.unit_name(study.unit) in pictures["district", "gap_tree"].title


def test_illustrative_components_are_marked(pictures: dict[tuple[str, str], Picture]) -> None:
    for name in ("gap_tree", "pareto", "heatmap"):
        marked = [text for text in texts(pictures["department", name]) if "◇" in text]
        assert len(marked) > 3 and any("minh họa" in text for text in marked)
        assert not any("◇" in text for text in texts(pictures["province", name]))


@pytest.mark.parametrize("name", STUDIES)
def test_heatmap(name: str, studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]) -> None:
    study, picture = studies[name], pictures[name, "heatmap"]
    rows = study.verified[(study.verified["level"] == "pillar") & (study.verified["max_points"] > 0)]
    shares = rows.assign(share=[share(p, m) for p, m in zip(rows["points"], rows["max_points"], strict=True)])
    means = {code: sum(group["share"], Fraction()) / len(group) for code, group in shares.groupby("component", sort=False)}
    for code in (min(means, key=lambda each: means[each]), max(means, key=lambda each: means[each])):
        assert f"“{study.component_name(code)}” ({percent(float(means[code] / 100), 1, study.lang)})" in picture.title
    drawn = [text for text in texts(picture) if re.fullmatch(r"\d+[.,]\d", text)]
    assert sorted(drawn) == sorted(number(value, 1, study.lang) for value in [*shares["share"], *means.values()])


@pytest.mark.parametrize("name", STUDIES)
def test_pareto(name: str, studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]) -> None:
    study, picture = studies[name], pictures[name, "pareto"]
    level = "pillar" if name == "province" else "indicator"
    rows = study.verified[(study.verified["level"] == level) & (study.verified["max_points"] > 0)]
    rows = rows[rows["unit"] == study.unit] if study.unit else rows
    gaps = [
        sum((exact(m) - exact(p) for m, p in zip(group["max_points"], group["points"], strict=True)), Fraction())
        for _, group in rows.groupby("component", sort=False)
    ]
    falling = sorted(gaps, reverse=True)
    count = next(count for count in range(1, len(falling) + 1) if 2 * sum(falling[:count]) >= sum(falling))
    held = percent(float(sum(falling[:count]) / sum(falling)), 1, study.lang)
    expected = [str(count), str(len(gaps)), held]
    assert all(re.search(rf"(?<![\d.,]){re.escape(each)}", picture.title) for each in expected)
    bars = [text for text in texts(picture) if text.endswith("%")]
    assert len(bars) == min(15, sum(gap > 0 for gap in gaps))


def test_a_part_of_the_units_is_said_to_be_one(pictures: dict[tuple[str, str], Picture]) -> None:
    assert "5/63" in pictures["province", "ranking"].alt
    assert "đơn vị cuối trong 5 đơn vị có số liệu" in pictures["province", "ranking"].title


def test_facts_of_a_commune(data: Data) -> None:
    commune = Commune("xa-tu-le", "vi", data)
    picture = figures.facts(commune)
    assert picture is not None and MARK not in picture.svg
    values = commune.facts[commune.facts["measure"] == "percent"]["value"].astype(float)
    assert picture.title.startswith(f"{(values >= 100).sum()} trong {len(values)} ")
    assert f"{number(values.min(), 2, 'vi')}\u202f%" in picture.title


def test_synthetic_data_says_so_and_real_data_does_not(pictures: dict[tuple[str, str], Picture]) -> None:
    for (study, _), picture in pictures.items():
        said = [MARK in text for text in (picture.svg, picture.alt, picture.caption)]
        assert all(said) if study != "province" else not any(said)
        assert ("SYNTHETIC" in picture.svg) == picture.synthetic == (study != "province")


def test_every_crop_of_a_synthetic_figure_holds_the_mark(
    pictures: dict[tuple[str, str], Picture], extents: dict[tuple[str, str], list[tuple[Text, Bbox]]]
) -> None:
    for key, shown in extents.items():
        boxes = [box for text, box in shown if text.get_gid() == "synthetic"]
        tiles = [Bbox.union(boxes[place : place + 2]) for place in range(0, len(boxes), 2)]
        assert bool(tiles) == pictures[key].synthetic
        wide, high = pictures[key].figure.get_size_inches() if tiles else (0.0, 0.0)
        for left in range(int(5 * (wide - 2.5)) + 1):
            for low in range(int(5 * (high - 2.0)) + 1):
                x, y = left / 5, low / 5
                held = (x <= t.x0 and t.x1 <= x + 2.5 and y <= t.y0 and t.y1 <= y + 2.0 for t in tiles)
                assert any(held) or not tiles, f"{key}: nothing at {x}, {y}"


def test_text_is_whole_apart_and_large_enough(
    extents: dict[tuple[str, str], list[tuple[Text, Bbox]]], pictures: dict[tuple[str, str], Picture], data: Data
) -> None:
    english = Study(2023, "department", "en", data, "so-y-te")
    drawn = {("english", name): getattr(figures, name)(english) for name in ("ranking", "distribution", "movement", "heatmap")}
    measured = extents | {key: _extents(picture) for key, picture in drawn.items()}
    for key, every in measured.items():
        wide, high = (drawn | pictures)[key].figure.get_size_inches()
        shown = [(text, box) for text, box in every if text.get_gid() != "synthetic"]
        for text, box in shown:
            assert text.get_fontsize() >= 8.5
            assert box.x0 > 0 and box.y0 > 0 and box.x1 < wide and box.y1 < high, f"{key}: {text.get_text()} is cut"
        for one, other in _overlaps(shown):
            raise AssertionError(f"{key}: {one} lies on {other}")


def test_svg_can_stand_in_a_page(pictures: dict[tuple[str, str], Picture]) -> None:
    ids: list[str] = []
    for picture in pictures.values():
        root = ElementTree.fromstring(picture.svg)
        assert picture.svg.startswith("<svg ") and "<!DOCTYPE" not in picture.svg and "<style" not in picture.svg
        assert root.get("role") == "img" and root.get("aria-label") == picture.alt
        assert root.get("width") == "100%" and root.get("viewBox") and root.get("height") is None
        assert root[0].tag.endswith("title") and root[0].text == picture.alt
        own = [node.get("id") for node in root.iter() if node.get("id")]
        targets = re.findall(r'(?:href="|url\()#([\w-]+)', picture.svg)
        assert set(targets) == set(own)
        ids += [name for name in own if name]
        html = picture._repr_html_()
        assert html.startswith('<figure class="dti-figure"') and '<div class="dti-scroll"' in html
        assert html.endswith("</figcaption></figure>")
    assert len(ids) == len(set(ids)) > 0


@pytest.mark.parametrize(
    ("study", "name"),
    [("province", name) for name in NAMES if name not in ("movement", "appraisal")]
    + [("district", "movement"), ("district", "appraisal")],
)
def test_same_study_same_bytes(
    study: str, name: str, studies: dict[str, Study], pictures: dict[tuple[str, str], Picture], tmp_path: Path
) -> None:
    with mpl.rc_context({"font.size": 20, "svg.fonttype": "path", "savefig.bbox": "tight"}):
        again = getattr(figures, name)(studies[study])
        again.save(tmp_path / "again.svg")
    assert (tmp_path / "again.svg").read_bytes() == (pictures[study, name].svg + "\n").encode()


def test_no_movement_without_a_year_before(data: Data) -> None:
    assert figures.movement(Study(2022, "department", "vi", data)) is None


def _overlaps(shown: list[tuple[Text, Bbox]]) -> Iterator[tuple[str, str]]:
    for place, (text, box) in enumerate(shown):
        for other, there in shown[place + 1 :]:
            across = min(box.x1, there.x1) - max(box.x0, there.x0)
            down = min(box.y1, there.y1) - max(box.y0, there.y0)
            if across > 0.01 and down > 0.02:
                yield text.get_text(), other.get_text()
