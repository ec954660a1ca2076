"""A national form, generated: 3,321 communes × 62 indicators of several rule kinds, written as a framework and an assessment.

`python tests/bench/national.py FOLDER [units]` writes FOLDER/national.yaml and FOLDER/forms.csv, the same bytes each time.
"""

from __future__ import annotations

import csv
import sys
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import yaml

UNITS, INDICATORS, PILLARS = 3321, 62, 8
_RATIO = {"a": {"vi": "số đạt", "en": "met"}, "b": {"vi": "tổng số", "en": "all"}, "when_b_zero": "zero"}
_KINDS: list[dict[str, Any]] = [
    {"ratio": _RATIO},
    {"ratio": {**_RATIO, "full_from": "3/4"}},
    {"ratio": {**_RATIO, "full_from": "0.9", "rescaled": True}},
    {"yes_no": {}},
    {"steps": {"points": {4: 10, 3: 7.5, 2: 5, 1: 2.5}}},
    {"reported": {}},
    {"count": {"each": 2}},
    {"linear": {"target": 100}},
]


def framework() -> dict[str, Any]:
    """The criteria set, as a file writes it: 62 indicators of 10 points."""
    pillars = [
        {"code": f"P{p}", "name_vi": f"Nhóm {p}", "name_en": f"Pillar {p}", "reference": {"article": "1"}, "indicators": []}
        for p in range(1, PILLARS + 1)
    ]
    for number in range(INDICATORS):
        own = pillars[number % PILLARS]["indicators"]
        code = f"{pillars[number % PILLARS]['code']}.{len(own) + 1:02}"
        rule = deepcopy(_KINDS[number % len(_KINDS)])
        own.append({"code": code, "name_vi": code, "name_en": code, "max_points": 10, "rule": rule})
    for pillar in pillars:
        pillar["max_points"] = 10 * len(pillar["indicators"])
    return {
        "id": "national", "place": "bench", "index": "dti", "levels": ["commune"], "applies": {"from": 2026, "to": 2026},
        "status": "official", "reference": {"title": "Bench", "number": "1", "issued": "2026"}, "max_points": 10 * INDICATORS,
        "expects": {"pillars": PILLARS, "indicators": INDICATORS},
        "ranking": {"by": "percent", "decimals": 2, "rounding": "half_up", "ties": "min", "missing": "zero",
                    "not_applicable": "exclude"},
        "pillars": pillars,
    }  # fmt: skip


def rows(units: int = UNITS, seed: int = 20260101) -> list[list[str]]:
    """The forms: unit, indicator, value, a, b."""
    rng = Random(seed)
    codes = [(i["code"], next(iter(i["rule"]))) for p in framework()["pillars"] for i in p["indicators"]]
    table = []
    for unit in range(units):
        for code, kind in codes:
            value = a = b = ""
            if kind == "ratio":
                whole = 1 + int(rng.random() * 900)
                a, b = str(int(rng.random() * (whole + 1))), str(whole)
            elif kind == "yes_no":
                value = "có" if rng.random() < 0.8 else "không"
            elif kind in ("steps", "count"):
                value = str(int(rng.random() * 6))
            elif kind == "reported":
                value = f"{int(rng.random() * 21) / 2:g}"
            else:
                value = f"{int(rng.random() * 1001) / 10:g}"
            table.append([f"xa-{unit:04}", code, value, a, b])
    return table


def write(folder: Path, units: int = UNITS) -> tuple[Path, Path]:
    """Write both files; returns their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    act, forms = folder / "national.yaml", folder / "forms.csv"
    act.write_text(yaml.safe_dump(framework(), allow_unicode=True, sort_keys=False), encoding="utf-8")
    with forms.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["unit", "indicator", "value", "a", "b"])
        writer.writerows(rows(units))
    return act, forms


if __name__ == "__main__":
    print(*write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else UNITS))
