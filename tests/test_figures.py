"""Figures: titles say what the tables say, bars begin at 0, sample data is tagged once, the same study gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from dti_analysis.common.text import number, percent, rank_text
from dti_analysis.records.sources import Data
from dti_analysis.studies.commune import Commune
from dti_analysis.studies.study import Study
from dti_analysis.views import figures
from dti_analysis.views.figures import Picture, rank_intervals
from dti_analysis.views.figures.picture import sample_mark, style
from dti_analysis.views.figures.sheet import BLUE, INK, ORANGE, PALE
from dti_analysis.views.figures.words import breaks, selected

OF_UNITS = ["ranking", "distribution", "movement", "appraisal"]
OF_PARTS = ["gap_tree", "heatmap", "pareto"]
STUDIES = {
    # place, index, year, level, language, unit
    "department": ("tinhmau", "dti", 2025, "department", "vi", ""),
    "district": ("tinhmau", "dti", 2025, "district", "vi", "mau-huyen-bac"),
    "commune": ("tinhmau", "dti", 2025, "commune", "en", "mau-xa-an"),
    "provinces": ("national", "dti", 2023, "province", "vi", ""),
    "merged": ("national", "dti", 2024, "merged-province", "en", ""),
    "service": ("gialai", "service", 2026, "department", "vi", ""),
    "part": ("yenbai", "dti", 2023, "district", "vi", ""),
}
SAMPLE = {"department", "district", "commune"}
SHORT = {"department", "district", "service"}
"""Studies of which every unit is drawn."""
WITH_PARTS = [name for name in STUDIES if name not in ("provinces", "part")]
MARK = "DỮ LIỆU MẪU · SAMPLE DATA"


@pytest.fixture(scope="module")
def studies() -> dict[str, Study]:
    data = Data()
    return {
        name: Study(year, level, lang, data, unit, place=place, index=index)  # type: ignore[arg-type]
        for name, (place, index, year, level, lang, unit) in STUDIES.items()
    }


@pytest.fixture(scope="module")
def pictures(studies: dict[str, Study]) -> dict[tuple[str, str], Picture]:
    """Every picture there is, by study and function; of parts only where the parts of every unit are known."""
    drawn = {(study, name): getattr(figures, name)(studies[study]) for study in studies for name in OF_UNITS}
    drawn |= {(study, name): getattr(figures, name)(studies[study]) for study in WITH_PARTS for name in OF_PARTS}
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
    return exact(points) / exact(most)


def totals(study: Study, basis: str = "verified") -> pd.DataFrame:
    rows = study.scores[(study.scores["component"] == "total") & (study.scores["basis"] == basis)]
    return rows.assign(share=[share(p, m) for p, m in zip(rows["points"], rows["max_points"], strict=True)])


def score(study: Study, value: Fraction) -> str:
    """A score as the index is published."""
    if study.framework.measure == "share":
        return number(float(value), 4, study.lang)
    return percent(float(value), study.framework.ranking.decimals, study.lang)


def distance(study: Study, value: Fraction) -> str:
    """A difference of scores as a number."""
    return (
        number(float(value), 4, study.lang) if study.framework.measure == "share" else number(float(100 * value), 2, study.lang)
    )


def texts(picture: Picture) -> list[str]:
    return [text.get_text() for text in picture.figure.axes[0].texts]


def bars(picture: Picture, *colours: str) -> list[tuple[float, float]]:
    """Where bars of some colours begin and how long they are, from top to bottom."""
    patches = [patch for patch in picture.figure.axes[0].patches if isinstance(patch, Rectangle)]
    filled = [patch for patch in patches if mpl.colors.to_hex(patch.get_facecolor()) in colours and patch.get_fill()]
    return [(bar.get_x(), bar.get_width()) for bar in filled if bar.get_height() == pytest.approx(0.14, abs=0.02)]


def shown_units(study: Study) -> list[str]:
    """Of many units the first ten, the last five, and the own with two on each side; of up to 25 all."""
    order = list(study.ranking["unit"])
    if len(order) <= 25:
        return order
    own = [order.index(study.unit) + step for step in range(-2, 3)] if study.unit else []
    at = {*range(10), *range(len(order) - 5, len(order)), *(place for place in own if 0 <= place < len(order))}
    return [order[place] for place in sorted(at)]


def test_which_figures_there_are(pictures: dict[tuple[str, str], Picture]) -> None:
    missing = {(study, name) for study in STUDIES for name in OF_UNITS} - set(pictures)
    assert missing == {
        ("district", "distribution"), ("service", "distribution"), ("part", "distribution"),  # few, or a part
        ("merged", "movement"), ("service", "movement"), ("part", "movement"),  # no year before, or a part
        *((name, "appraisal") for name in ("provinces", "merged", "service", "part")),
    }  # fmt: skip
    for picture in pictures.values():
        assert picture.title and picture.title in picture.alt and picture.caption


def test_every_figure_names_its_index_place_or_unit_and_year(
    studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]
) -> None:
    for (name, figure), picture in pictures.items():
        study = studies[name]
        own = study.unit and figure in ("gap_tree", "pareto")
        for word in (study.index, str(study.year), study.unit_name(study.unit) if own else study.place):
            assert word in picture.alt, (name, figure, word)


# ---- units -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in STUDIES if name != "part"])
def test_ranking(name: str, studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]) -> None:
    study, picture = studies[name], pictures[name, "ranking"]
    table = totals(study).sort_values("share", ascending=False, kind="stable").set_index("unit")
    best, second = sorted(table["share"], reverse=True)[:2]
    assert best > second
    assert study.unit_name(table.index[0]) in picture.title
    assert score(study, best) in picture.title and distance(study, best - second) in picture.title
    units = shown_units(study)
    values = [score(study, table.at[unit, "share"]) for unit in units]
    ends = [text for text in texts(picture) if text in values and not text.startswith("0%")]
    assert [text for text in ends if re.search(r"[.,]\d{2}", text)] == values
    for unit in units:
        assert rank_text(table.at[unit, "rank"], study.lang) in texts(picture)
    drawn = bars(picture, BLUE, INK)
    assert len(drawn) == len(units) and len({start for start, _ in drawn}) == 1
    for (_, length), unit in zip(drawn, units, strict=True):
        assert length / drawn[0][1] == pytest.approx(float(table.at[unit, "share"] / best), abs=1e-6), (
            "bars are as long as scores"
        )
    assert (f"{len(units)} " in picture.caption) == (len(units) < len(table))


def test_bars_of_a_ranking_are_on_an_axis_from_0_to_the_whole(pictures: dict[tuple[str, str], Picture]) -> None:
    for (name, figure), picture in pictures.items():
        if figure == "ranking":
            ends = ["0,00", "1,00"] if name == "provinces" else ["0.00", "1.00"] if name == "merged" else ["0%", "100%"]
            assert [text for text in texts(picture) if text in ends] == ends
            left, right = (next(t.get_position()[0] for t in picture.figure.axes[0].texts if t.get_text() == e) for e in ends)
            start, length = bars(picture, BLUE, INK)[0]
            best = 0.0 if name == "part" else length / (right - left)
            assert start == pytest.approx(left) and 0 <= best <= 1


@pytest.mark.parametrize("name", ["department", "commune", "provinces", "merged"])
def test_distribution(name: str, studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]) -> None:
    study, picture = studies[name], pictures[name, "distribution"]
    values = totals(study)["share"].astype(float)
    assert score(study, exact(round(values.median(), 9))) in picture.title
    assert distance(study, totals(study)["share"].max() - totals(study)["share"].min()) in picture.title
    for quarter in (0.25, 0.75):
        quartile = score(study, exact(round(values.quantile(quarter), 9)))
        assert any(text.endswith(quartile) for text in texts(picture))
    assert [text for text in texts(picture) if text in ("0%", "0,00", "0.00")], "the axis begins at 0"


@pytest.mark.parametrize("name", ["department", "district"])
def test_movement(name: str, studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]) -> None:
    study, picture = studies[name], pictures[name, "movement"]
    assert study.before is not None
    now, then = (totals(each).set_index("unit")["rank"].astype(int) for each in (study, study.before))
    rose, held, fell = int((now < then).sum()), int((now == then).sum()), int((now > then).sum())
    assert picture.title == f"{rose} đơn vị tăng hạng, {held} giữ hạng, {fell} giảm hạng so với năm 2024"
    changes = sorted(text for text in texts(picture) if text[0] in "▲▼=")
    assert changes == sorted(
        f"▲{t - n}" if n < t else f"▼{n - t}" if n > t else "=" for n, t in zip(now, then[now.index], strict=True)
    )
    assert study.framework.id != study.before.framework.id
    assert "chỉ so sánh thứ hạng" in picture.caption and "chỉ so sánh thứ hạng" in picture.alt


def test_movement_of_many_counts_all_and_draws_those_who_moved_most(
    studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]
) -> None:
    study, picture = studies["provinces"], pictures["provinces", "movement"]
    assert study.before is not None
    now, then = (totals(each).set_index("unit")["rank"].astype(int) for each in (study, study.before))
    moved = (now - then[now.index]).abs()
    counts = int((now < then).sum()), int((now == then).sum()), int((now > then).sum())
    assert tuple(map(int, re.findall(r"(\d+) (?:đơn vị )?(?:tăng|giữ|giảm)", picture.title))) == counts
    assert sum(counts) == 63
    drawn = sorted(int(text[1:]) for text in texts(picture) if text[0] in "▲▼")
    assert drawn == sorted(moved.nlargest(20))
    assert "20 đơn vị thay đổi nhiều nhất trong 63" in picture.caption


def test_movement_under_one_criteria_set_needs_no_warning(
    studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]
) -> None:
    study, picture = studies["provinces"], pictures["provinces", "movement"]
    assert study.before is not None and study.framework.id == study.before.framework.id
    assert "chỉ so sánh thứ hạng" not in picture.caption + picture.alt


@pytest.mark.parametrize("name", ["department", "district", "commune"])
def test_appraisal(name: str, studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]) -> None:
    study, picture = studies[name], pictures[name, "appraisal"]
    own, checked = (totals(study, basis).set_index("unit")["share"] for basis in ("self", "verified"))
    assert set(own.index) <= set(checked.index)
    changes = {unit: 100 * (checked[unit] - own[unit]) for unit in own.index}
    mean = sum(changes.values(), Fraction()) / len(changes)
    assert number(float(abs(mean)), 1, study.lang) in picture.title
    assert (("giảm" in picture.title) or ("below" in picture.title)) == (mean < 0)
    units = [unit for unit in study.ranking["unit"] if unit in changes]
    shown = [text for text in texts(picture) if re.fullmatch(r"[+−]?\d+[,.]\d", text)]
    due = [number(float(changes[unit]), 1, study.lang, sign=True) for unit in units]
    assert shown == due if name in SHORT else len(shown) < len(due) and set(shown) <= set(due)
    assert (f"{len(shown)} " in picture.caption) == (name not in SHORT)


def test_a_part_of_the_units_is_said_to_be_one(studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]) -> None:
    picture = pictures["part", "ranking"]
    assert picture.title == "Đã công bố kết quả của 3 trong 9 đơn vị"
    assert "3 trong 9" in picture.alt and "3/9" not in picture.svg
    assert [text for text in texts(picture) if re.search(r",\d\d%", text)] == ["80,69%", "80,57%", "77,91%"]


def test_figures_of_one_day_say_the_day(studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]) -> None:
    for (name, _), picture in pictures.items():
        assert ("10/10/2026" in picture.caption) == (name == "service")


# ---- parts -----------------------------------------------------------------------------------------------------------


def _means(study: Study, column: str, levels: list[str]) -> dict[str, Fraction]:
    """The mean of a column over the study's unit, or over all, of each component that has points."""
    rows = study.gaps[study.gaps["level"].isin(levels)]
    rows = rows[rows["unit"] == study.unit] if study.unit else rows
    return {
        code: sum(map(exact, group[column]), Fraction()) / len(group) for code, group in rows.groupby("component", sort=False)
    }


@pytest.mark.parametrize("name", WITH_PARTS)
def test_gap_tree(name: str, studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]) -> None:
    study, picture = studies[name], pictures[name, "gap_tree"]
    points, most = (_means(study, column, ["pillar"]) for column in ("points", "max_points"))
    weakest = min(points, key=lambda code: points[code] / most[code])
    (whole,) = _means(study, "gap", ["total"]).values()
    assert number(float(whole), 2, study.lang) in picture.title
    assert f"“{study.component_name(weakest)}”" in picture.title
    assert percent(float(points[weakest] / most[weakest]), 1, study.lang) in picture.title
    if study.unit:
        assert study.unit_name(study.unit) in picture.title
    drawn = [text.split(" / ") for text in texts(picture) if re.fullmatch(r"[\d.,]+ / [\d.,]+", text)]
    assert len(drawn) == len(_means(study, "points", ["subindex", "pillar"]))
    missing = [text for text in texts(picture) if re.fullmatch(r"[\d.,]+", text)]
    for (earned, maximum), left in zip(drawn, missing, strict=True):
        assert _read(earned, study) + _read(left, study) == _read(maximum, study), "what is shown adds up"


def _read(text: str, study: Study) -> Fraction:
    return Fraction(text.replace(".", "").replace(",", ".") if study.lang == "vi" else text.replace(",", ""))


@pytest.mark.parametrize("name", WITH_PARTS)
def test_heatmap(name: str, studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]) -> None:
    study, picture = studies[name], pictures[name, "heatmap"]
    rows = study.verified[(study.verified["level"] == "pillar") & (study.verified["max_points"] > 0)]
    shares = rows.assign(share=[100 * exact(value) for value in rows["score"]])
    means = {code: sum(group["share"], Fraction()) / len(group) for code, group in shares.groupby("component", sort=False)}
    for code in (min(means, key=lambda each: means[each]), max(means, key=lambda each: means[each])):
        assert f"“{study.component_name(code)}” ({percent(float(means[code] / 100), 1, study.lang)})" in picture.title
    drawn = [text for text in texts(picture) if re.fullmatch(r"\d+[.,]\d", text)]
    seen = shares[shares["unit"].isin(shown_units(study))]
    assert sorted(drawn) == sorted(number(float(value), 1, study.lang) for value in [*seen["share"], *means.values()])


@pytest.mark.parametrize("name", WITH_PARTS)
def test_pareto(name: str, studies: dict[str, Study], pictures: dict[tuple[str, str], Picture]) -> None:
    study, picture = studies[name], pictures[name, "pareto"]
    rows = study.gaps[study.gaps["finest"]]
    rows = rows[rows["unit"] == study.unit] if study.unit else rows
    gaps = [sum(map(exact, group["gap"]), Fraction()) for _, group in rows.groupby("component", sort=False)]
    falling = sorted(gaps, reverse=True)
    count = next(count for count in range(1, len(falling) + 1) if 2 * sum(falling[:count]) >= sum(falling))
    held = percent(float(sum(falling[:count]) / sum(falling)), 1, study.lang)
    expected = [str(count), str(len(gaps)), held]
    assert all(re.search(rf"(?<![\d.,]){re.escape(each)}", picture.title) for each in expected)
    running = [text for text in texts(picture) if re.fullmatch(r"[\d.,]+%", text)]
    assert len(running) == min(15, sum(gap > 0 for gap in gaps))
    drawn = bars(picture, ORANGE, PALE)
    assert len(drawn) == len(running)
    for (start, length), gap in zip(drawn, falling, strict=False):
        assert start == drawn[0][0] and length / drawn[0][1] == pytest.approx(float(gap / falling[0]), abs=1e-6)


# ---- communes --------------------------------------------------------------------------------------------------------


def test_facts_of_a_commune() -> None:
    commune = Commune("xa-tu-le", "vi")
    picture = figures.facts(commune)
    assert picture is not None and not picture.sample and MARK not in picture.svg
    values = commune.facts[commune.facts["measure"] == "percent"]["value"].astype(float)
    assert f"{(values >= 100).sum()} trong {len(values)} " in picture.title
    assert f"{number(values.min(), 2, 'vi')}%" in picture.title


# ---- sample data, text, the file -------------------------------------------------------------------------------------


def test_a_sample_figure_says_so_once_and_a_real_one_never(pictures: dict[tuple[str, str], Picture]) -> None:
    assert sample_mark() == MARK
    for (study, _), picture in pictures.items():
        assert picture.sample == (study in SAMPLE)
        assert texts(picture).count(MARK) == picture.alt.count(MARK) == int(picture.sample)
        assert ("SAMPLE" in picture.svg) == ("MẪU" in picture.svg) == picture.sample
        assert picture._repr_html_().count('data-kind="sample"') == int(picture.sample)


def test_text_is_whole_apart_and_large_enough(
    extents: dict[tuple[str, str], list[tuple[Text, Bbox]]], pictures: dict[tuple[str, str], Picture]
) -> None:
    english = Study(2025, "department", "en", unit="mau-so-noi-vu", place="tinhmau")
    drawn = {("english", name): getattr(figures, name)(english) for name in ("ranking", "distribution", "movement", "heatmap")}
    measured = extents | {key: _extents(picture) for key, picture in drawn.items()}
    for key, every in measured.items():
        wide, high = (drawn | pictures)[key].figure.get_size_inches()
        for text, box in every:
            assert text.get_fontsize() >= 8.5
            assert box.x0 > 0 and box.y0 > 0 and box.x1 < wide and box.y1 < high, f"{key}: {text.get_text()} is cut"
        for one, other in _overlaps(every):
            raise AssertionError(f"{key}: {one} lies on {other}")


def test_svg_can_stand_in_a_page(pictures: dict[tuple[str, str], Picture]) -> None:
    ids: list[str] = []
    for picture in pictures.values():
        root = ElementTree.fromstring(picture.svg)
        assert picture.svg.startswith("<svg ") and "<!DOCTYPE" not in picture.svg and "<style" not in picture.svg
        assert root.get("role") == "img" and root.get("aria-label") == picture.alt
        assert root.get("width") == "100%" and root.get("viewBox") and root.get("height") is None
        own = [node.get("id") for node in root.iter() if node.get("id")]
        targets = re.findall(r'(?:href="|url\()#([\w-]+)', picture.svg)
        assert set(targets) == set(own)
        ids += [name for name in own if name]
        html = picture._repr_html_()
        assert html.startswith('<figure class="dti-figure') and '<div class="dti-scroll"' in html
        assert html.endswith("</figcaption></figure>")
    assert len(ids) == len(set(ids)) > 0


@pytest.mark.parametrize(
    ("study", "name"),
    [("merged", "ranking"), ("merged", "distribution"), ("provinces", "movement"), ("district", "appraisal")]
    + [("merged", name) for name in OF_PARTS],
)
def test_same_study_same_bytes(
    study: str, name: str, studies: dict[str, Study], pictures: dict[tuple[str, str], Picture], tmp_path: Path
) -> None:
    with mpl.rc_context({"font.size": 20, "svg.fonttype": "path", "savefig.bbox": "tight"}):
        again = getattr(figures, name)(studies[study])
        again.save(tmp_path / "again.svg")
    assert (tmp_path / "again.svg").read_bytes() == (pictures[study, name].svg + "\n").encode()


def test_no_movement_without_a_year_before() -> None:
    assert figures.movement(Study(2024, "department", "vi", place="tinhmau")) is None


def _overlaps(shown: list[tuple[Text, Bbox]]) -> Iterator[tuple[str, str]]:
    for place, (text, box) in enumerate(shown):
        for other, there in shown[place + 1 :]:
            across = min(box.x1, there.x1) - max(box.x0, there.x0)
            down = min(box.y1, there.y1) - max(box.y0, there.y0)
            if across > 0.01 and down > 0.02:
                yield text.get_text(), other.get_text()


@pytest.mark.parametrize("text", ["2.902,0", "1.234", "12.345.678,90", "0.12345 m"])
def test_numbers_in_a_figure_keep_their_digits(text: str) -> None:
    """Coordinates are rounded, what is written is not: 2.902,0 in Vietnamese once came out as 2.90,0."""
    with style():
        drawn = Figure(figsize=(2, 1))
        drawn.text(1 / 3, 1 / 3, text)
    svg = Picture(drawn, "", "", "", False).svg
    assert f">{text}</text>" in svg and not re.search(r"\d\.\d{3}", re.sub(r">[^<]*<", "><", svg))


def test_where_units_are_left_out_a_figure_says_so() -> None:
    few, many = Study(2025, "district", place="tinhmau"), Study(2025, "commune", place="tinhmau")
    assert breaks(few, list(few.ranking["unit"])) == []
    shown = selected(many, list(many.ranking["unit"]))
    assert len(shown) < len(many.ranking) and breaks(many, shown) == [9]  # after the tenth come the last five
    assert breaks(many, list(many.ranking["unit"])) == []
    drawn = rank_intervals(many)
    assert drawn is not None and drawn.narrow.count("<li><span>…</span>") == 1
