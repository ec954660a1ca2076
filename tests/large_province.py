"""A fictitious place of thousands of communes, written as a data folder: what the tests and the bench of scale make pages of.

Names are put together from invented syllables after the word Mẫu, forms come from a seed (bench/national.py): the same bytes
each time. Two years, the same 62 criteria; some units claim more than was found, a few hand in nothing.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import yaml
from bench import national


def _words(text: str) -> list[str]:
    return text.split()


PLACE, LEVEL, YEARS = "mau-lon", "commune", (2025, 2026)
_ACT = "mau-lon-decision"
_KINDS = (("xa", "Xã", "Commune"), ("phuong", "Phường", "Ward"))
_FIRST = _words("An Bằng Châu Dương Gành Hoài Khê Lam Minh Nghĩa Phú Quế Sơn Tân Uyên Vĩnh Xuân Yên Đại Thạch Kim Ngọc ")
_SECOND = _words(
    "Ba Bích Cẩm Diễm Giang Hạ Hương Kiều Lĩnh Mộc Ngân Nhụy Ong Phấn Quyên Sim Tịnh Thơm Trúc Ưng Vân Xoan Yến Đào "
    "Bưởi Cau Dừa Gấc Hồng Khế Lựu Mận Na Ổi Quýt Roi Sấu Táo Thị Vải Xoài Chanh Điều Me Nhãn Mít Sung Sen Súng Lúa Ngô "
    "Khoai Sắn Đỗ Lạc Vừng Bông Đay Cói Dâu Tằm Chè Tiêu Hồi Nghệ Gừng Riềng Sả Tía Mùi Hành Tỏi Rau Bầu Bí Mướp Dưa "
    "Cải Su Hẹ Thì"
)
_DOES = (
    ("Tỷ lệ hồ sơ thủ tục hành chính được tiếp nhận và giải quyết trực tuyến", "Share of dossiers received and settled online"),
    ("Tỷ lệ văn bản đi được ký số và gửi qua trục liên thông", "Share of outgoing documents signed and sent digitally"),
    ("Đã ban hành kế hoạch chuyển đổi số và phân công người phụ trách", "A plan was issued and somebody put in charge"),
    ("Tỷ lệ người dân trưởng thành có tài khoản định danh điện tử mức 2", "Share of adults with an electronic identity"),
    ("Số lượt tập huấn kỹ năng số cho tổ công nghệ số cộng đồng", "Trainings of community digital teams"),
    ("Tỷ lệ hộ gia đình kinh doanh chấp nhận thanh toán không dùng tiền mặt", "Share of shops that take cashless payment"),
)
_ON = (
    ("trong năm", "in the year"),
    ("lũy kế đến cuối năm", "by the end of the year"),
    ("so với kế hoạch được giao", "as planned"),
)


def names(count: int) -> list[tuple[str, str, str]]:
    """So many units: id, name in Vietnamese, name in English; no two alike."""
    from dti_analysis.common.text import plain

    made = {
        f"mau-{kind}-{plain(first)}-{plain(second)}".lower(): (f"{vi} Mẫu {first} {second}", f"Mẫu {first} {second} {en}")
        for second, (kind, vi, en), first in product(_SECOND, _KINDS, _FIRST)
    }
    assert len(made) >= count, f"{len(made)} names"
    return [(unit, *said) for unit, said in list(made.items())[:count]]


def _framework(year: int) -> dict[str, Any]:
    """The criteria set of a year: that of the bench, with names, rules and evidence of the usual length."""
    act = national.framework()
    act |= {"id": f"{PLACE}-{LEVEL}-{year}", "place": PLACE, "applies": {"from": year, "to": year}}
    act["reference"] = {"title": "Quyết định ban hành bộ chỉ số (hư cấu)", "number": "00/QĐ-MẪU", "issued": f"{year}-01-01"}
    for at, pillar in enumerate(act["pillars"]):
        pillar |= {"name_vi": f"Nhóm chỉ số thứ {at + 1} của bộ mẫu", "name_en": f"Pillar {at + 1} of the sample set"}
        for number, indicator in enumerate(pillar["indicators"]):
            vi, en = _DOES[(number + at) % len(_DOES)]
            on = _ON[number % len(_ON)]
            code = indicator["code"]
            indicator |= {"name_vi": f"{vi} {on[0]} ({code})", "name_en": f"{en} {on[1]} ({code})"}
            indicator["evidence"] = {
                "vi": "Báo cáo số liệu kèm văn bản (số, ngày, trích yếu)",
                "en": "The report and its number",
            }
            if year > YEARS[0]:
                indicator["was"] = [f"{code}@{PLACE}-{LEVEL}-{year - 1}"]
    return act


def _forms(units: Sequence[str], year: int, claims: bool) -> Iterable[list[str]]:
    """Rows of a form, header first; with `claims`, of both bases. The last of forty units hand in nothing."""
    draw = Random(year).random
    own = ["unit", "indicator", *(["basis"] if claims else []), "value", "a", "b"]
    yield own
    given = national.rows(len(units), year)
    for unit, code, *cells in given:
        at = int(unit.rpartition("-")[2])
        if at % 40 == 39:
            continue
        row = [units[at], code]
        if not claims:
            yield [*row, *cells]
            continue
        value, _, b = cells
        more = [value, b, b] if b and draw() < 0.3 else cells
        yield [*row, "self", *more]
        yield [*row, "verified", *cells]


def write(folder: Path, count: int, years: Sequence[int] = YEARS) -> Path:
    """Write the data folder; returns it. Claims are there in the last year."""
    whose = names(count)
    listed = [[unit, vi, en, LEVEL, PLACE, "", "", "", "", "", "sample", _ACT] for unit, vi, en in whose]
    _table(
        folder / "units.csv",
        "unit,name_vi,name_en,level,place,group,part_of,valid_from,valid_to,successor,status,reference",
        listed,
    )
    said = "Tỉnh này không có thật: tên đơn vị, số liệu và thứ hạng đều sinh từ một số.", "This province does not exist."
    _table(
        folder / "places.csv",
        "place,name_vi,name_en,kind,unit,note_vi,note_en,reference",
        [[PLACE, "Tỉnh Mẫu Lớn", "Great Mẫu Province (sample)", "sample", "", *said, _ACT]],
    )
    _table(folder / "levels.csv", "level,name_vi,name_en", [[LEVEL, "xã, phường", "communes"]])
    _table(
        folder / "indices.csv",
        "index,name_vi,name_en,note_vi,note_en",
        [["dti", "Chỉ số chuyển đổi số (DTI)", "Digital transformation index (DTI)", "", ""]],
    )
    _table(
        folder / "references.csv",
        "id,kind,title,number,issued,publisher,href,seen_in,status",
        [[_ACT, "sample", "Quyết định ban hành bộ chỉ số (hư cấu)", "", "2025", "", "", "", "verified"]],
    )
    for year in years:
        act = _framework(year)
        if year == years[0]:
            for pillar in act["pillars"]:
                for indicator in pillar["indicators"]:
                    indicator.pop("was", None)
        path = folder / "frameworks" / f"{act['id']}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump(act, allow_unicode=True, sort_keys=False), encoding="utf-8")
        form = folder / "assessments" / PLACE / "dti" / str(year) / f"{LEVEL}.csv"
        form.parent.mkdir(parents=True, exist_ok=True)
        with form.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(_forms([unit for unit, *_ in whose], year, year == years[-1]))
        sidecar = {"title": "Số liệu mẫu", "place": PLACE, "index": "dti", "year": year, "level": LEVEL, "framework": act["id"]}
        sidecar |= {"kind": "sample", "sha256": hashlib.sha256(form.read_bytes()).hexdigest()}
        form.with_suffix(".meta.yml").write_text(yaml.safe_dump(sidecar, allow_unicode=True), encoding="utf-8")
    return folder


def _table(path: Path, header: str, rows: Iterable[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header.split(","), *rows])
