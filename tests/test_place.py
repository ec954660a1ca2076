"""A place as far as it is known: its positions, who led in it, how its sets changed, what was claimed."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

from dti_analysis.common.faults import Faults
from dti_analysis.studies.place import LEADERS, POSITIONS, Place
from dti_analysis.views import findings, place_page
from dti_analysis.views.figures import place as figures


@pytest.fixture(scope="module")
def yen_bai() -> Place:
    return Place("yenbai")


def test_positions_of_yen_bai(yen_bai: Place) -> None:
    # Ranks 40, 27 and 15 were printed. That of 2023 follows from the 63 printed indices; in 2024 Yên Bái and Bắc Giang have
    # the same index, 0.7583, behind 12 others: 13 or 14. Last the new Lào Cai, (0.7583 + 0.6751) / 2 = 0.7167, 14th of 34.
    table = yen_bai.positions
    assert list(table.columns) == POSITIONS
    assert table[["year", "unit", "provinces", "rank", "rank_to", "printed"]].to_numpy().tolist() == [
        [2020, "tinh-yen-bai", 63, 40, 40, True],
        [2021, "tinh-yen-bai", 63, 27, 27, True],
        [2022, "tinh-yen-bai", 63, 15, 15, True],
        [2023, "tinh-yen-bai", 63, 15, 15, False],
        [2024, "tinh-yen-bai", 63, 13, 14, False],
        [2024, "lao-cai-2025", 34, 14, 14, True],
    ]
    assert [index for index in table["index"] if index == index] == [0.6350, 0.7146, 0.7583, 0.7167]
    assert list(table["tied"]) == [[], [], ["Tỉnh Thanh Hóa"], [], ["Tỉnh Bắc Giang"], []]
    assert table.loc[2, ["rank_digital_government", "rank_digital_economy", "rank_digital_society"]].to_list() == [15, 7, 10]


def test_leaders_of_yen_bai_are_those_that_were_published(yen_bai: Place) -> None:
    table = yen_bai.leaders
    assert list(table.columns) == LEADERS
    assert table[["year", "level", "unit", "rank", "how", "named", "due"]].to_numpy().tolist() == [
        [2023, "department", "so-thong-tin-truyen-thong", 1, "published", 3, 19],
        [2023, "department", "van-phong-uy-ban-nhan-dan", 2, "published", 3, 19],
        [2023, "department", "so-tai-chinh", 3, "published", 3, 19],
        [2023, "district", "thanh-pho-yen-bai", 1, "published", 3, 9],
        [2023, "district", "huyen-van-yen", 2, "published", 3, 9],
        [2023, "district", "thi-xa-nghia-lo", 3, "published", 3, 9],
        [2022, "district", "thanh-pho-yen-bai", 1, "inferred", 1, 9],
    ]
    assert list(table["score"])[:6] == [0.9882, 0.9706, 0.9195, 0.8069, 0.8057, 0.7791]


def test_claims_about_yen_bai(yen_bai: Place) -> None:
    claims = set(yen_bai.claims["claim"])
    assert {"yenbai-2023-units-and-movements", "qd-1350-department-points", "dti-2022-tie", "tu-le-values-of-2024"} <= claims
    assert "dti-2024-lao-cai-merged" in claims  # it asks for the index of Yên Bái
    assert not claims & {"dti-2022-da-nang", "ninh-binh-2022-second-place"}
    verdicts = yen_bai.claims.set_index("claim")["verdict"]
    assert verdicts["dti-2024-lao-cai-merged"] == "agrees"
    assert verdicts["yenbai-2023-units-and-movements"] == "disagrees"  # 29 ≠ 28


def test_a_published_figure_comes_before_one_computed_here() -> None:
    table = Place("national").leaders
    second = table[(table["year"] == 2022) & (table["rank"] == 2)].iloc[0]
    assert (second["unit"], second["printed"], second["how"]) == ("thanh-pho-ho-chi-minh", "0.7163", "published")
    assert second["score"] == 0.716355  # recomputed from values rounded in print
    computed = table[(table["year"] == 2024) & (table["level"] == "province")]
    assert set(computed["how"]) == {"computed"} and set(computed["printed"]) == {""}


def test_units_without_an_id_are_named_as_printed() -> None:
    table = Place("laocai").leaders
    assert table["name"].to_list()[0] == "Sở Lao động - Thương binh và Xã hội"
    assert (table["unit"].to_list()[0], table["printed"].to_list()[0], table["due"].to_list()[0]) == ("", "731.61", 0)


def test_gia_lai_and_the_sample_province_are_not_ranked_themselves() -> None:
    for name in ("gialai", "tinhmau", "national"):
        about = Place(name)
        assert about.positions.empty and list(about.positions.columns) == POSITIONS
        assert place_page.position(about) == [] and figures.position(about) is None
    best = Place("gialai").leaders.iloc[3]
    assert (best["unit"], best["rank"], best["how"], best["named"]) == ("xa-van-canh", 1, "computed", 135)


def test_an_unknown_place() -> None:
    with pytest.raises(Faults, match="place: found 'yen-bai'; expected 'yenbai'"):
        Place("yen-bai")


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_the_page_of_yen_bai(lang: Any) -> None:
    about = Place("yenbai", lang)
    assert {"vi": "30/06/2025", "en": "30 June 2025"}[lang] in place_page.intro(about)[0].data
    told = place_page.position_finding(about).data
    assert {
        "vi": "từ hạng **40** năm 2020 lên hạng **13 hoặc 14** năm 2024",
        "en": "from rank **40** in 2020 to **13 or 14** in 2024",
    }[lang] in told
    assert {"vi": "**14 trong 34**", "en": "**14 of 34**"}[lang] in told
    picture = figures.position(about)
    assert picture is not None and "13–14" in picture.title
    led = place_page.leaders_finding(about).data
    assert {
        "vi": "hạng 1 trong 9 huyện, thị xã, thành phố với 80,69% (mới công bố 3 đơn vị)",
        "en": "first of 9 districts with 80.69% (3 made public)",
    }[lang] in led
    tables = [part.data for part in place_page.structures(about) if hasattr(part, "data")]
    assert any("1350/QĐ-UBND" in table and "75" in table for table in tables)
    assert not any("(inferred)" in table or "annex" in table for table in tables)


def test_pillars_shown_add_up_to_the_set() -> None:
    about = Place("yenbai")
    for framework in about.frameworks:
        html = place_page.pillars_table(about, framework).data
        points = [int(cell.replace(".", "")) for cell in re.findall(r'<td class="num">([\d.]+)</td><td', html)]
        assert sum(points[:-1]) == points[-1] == 1000


@pytest.mark.parametrize("name", ["yenbai", "gialai", "tinhmau", "national", "laocai"])
def test_a_page_has_no_heading_without_something_below(name: str) -> None:
    about = Place(name)
    for section in (place_page.position, place_page.leaders, place_page.structures, place_page.claims, place_page.links):
        parts = [part for part in section(about) if part is not None]
        assert not parts or (parts[0].data.startswith("## ") and len(parts) > 1)
        assert all(getattr(part, "data", "something") for part in parts)


def test_links_lead_where_the_site_has_pages() -> None:
    about = Place("yenbai")
    html = "".join(getattr(part, "data", "") for part in [*place_page.leaders(about), *place_page.links(about)] if part)
    pages = set(re.findall(r'href="([^"h][^"]*)"', html))
    assert {"dti-2023-department/ranking.html", "dti-2023-district/ranking.html"} <= pages
    assert not any(page.endswith(("gaps.html", "models.html")) for page in pages)  # only totals of some units are known
    assert "(case-xa-tu-le.html)" in html
    gia_lai = "".join(getattr(part, "data", "") for part in place_page.links(Place("gialai")) if part)
    pages = {"service-2026-commune/ranking.html", "service-2026-commune/gaps.html", "service-2026-commune/models.html"}
    assert pages <= set(re.findall(r'href="([^"]*)"', gia_lai))
    assert "service-2026-department/models.html" not in gia_lai  # 14 units are too few


def test_a_fictitious_place_says_so_on_every_table() -> None:
    about = Place("tinhmau")
    tables = [part for part in [*place_page.leaders(about), *place_page.links(about)] if "<table" in getattr(part, "data", "")]
    assert len(tables) == 2 and all("dti-sample" in table.data for table in tables)


def test_what_readers_misread_is_not_counted_against_a_source() -> None:
    """Of four, one agrees, two disagree, of which a reader's reading stands aside, one cannot be checked: 3 = 1 + 1 + 1."""
    checked = pd.DataFrame(
        {
            "verdict": ["agrees", "disagrees", "disagrees", "cannot_be_checked"],
            "said_by": ["source", "source", "reader", "source"],
        }
    )
    assert findings.claims(checked, "en").data.split("\n\n") == [
        "Of 3 published claims, **1 agrees, 1 disagrees and 1 cannot be checked**.",
        "The table also has 1 reading of published figures that the figures refute; the sources are not at fault.",
    ]
