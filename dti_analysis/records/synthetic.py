"""A synthetic assessment: invented rows that agree with every published total, for use until real forms are at hand.

Run `python -m dti_analysis.records.synthetic` to write the files of data/assessments again; they come out byte for byte the same.
Only `random.Random.random` is used, whose sequence Python guarantees for a seed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from random import Random

import pandas as pd
import yaml

from dti_analysis.common.exact import parse
from dti_analysis.criteria.framework import Component, Framework
from dti_analysis.records.sources import Data

SEED = 20240313
LEVELS = {"department": (48.0, 86.0), "district": (48.0, 73.0)}
"""Percent of the maximum between which the totals that nobody has published are drawn."""
CUT = 0.42  # share of the partly earned rows that had claimed more
RAISED = 0.12  # share of the other rows that had claimed less
STEP = 5  # points are drawn in steps of half a point, counted in tenths of a point


_NOTES = {
    True: {
        "note_vi": "Số liệu mô phỏng: không phải kết quả chính thức; chỉ tổng điểm đã công bố là số thật.",
        "note_en": "Synthetic: not an official result; only the totals that were published are real.",
    },
    False: {
        "note_vi": "Số liệu mô phỏng: không phải kết quả chính thức; năm này không có tổng điểm nào được công bố.",
        "note_en": "Synthetic: not an official result; no totals of this year were published.",
    },
}


def generate(framework: Framework, units: list[str], published: dict[str, str], leader: str | None, seed: int) -> pd.DataFrame:
    """Self-assessed and verified points for every unit and indicator: unit, indicator, basis, value, evidence, source.

    `published` gives the printed completion rates (percent of the maximum), which the verified totals meet exactly; all
    other totals stay below them, and below the leader's. Points keep to one decimal.
    """
    rng = Random(seed)
    whole = int(framework.max_points * 10)
    lowest, highest = LEVELS[framework.level]
    ceiling = min([highest, *(float(figure) - 0.3 for figure in published.values())])
    leaves = framework.leaves
    rows = []
    for unit in units:
        if unit in published:
            total = parse(published[unit]) * whole / 100
            if total.denominator != 1:
                raise ValueError(f"{unit}: {published[unit]} % is not a whole number of tenths of a point")
            target = int(total)
        elif unit == leader:
            target = round(whole * (ceiling + 1.5) / 100)
        else:
            target = round(whole * (lowest + (ceiling - lowest) * rng.random()) / 100)
        verified = _verified(leaves, target, whole, rng)
        for leaf, points in zip(leaves, verified, strict=True):
            claimed, evidence = _claimed(int(leaf.max_points * 10), points, rng)
            for basis, value in (("self", claimed), ("verified", points)):
                text = "" if value is None else f"{value / 10:g}"
                rows.append((unit, leaf.code, basis, text, evidence if basis == "verified" else "", "synthetic"))
    return pd.DataFrame(rows, columns=["unit", "indicator", "basis", "value", "evidence", "source"])


def _verified(leaves: list[Component], target: int, whole: int, rng: Random) -> list[int]:
    """Tenths of a point per indicator that add up to `target`: many full, some nothing, the rest between."""
    share = target / whole
    maxima = [int(leaf.max_points * 10) for leaf in leaves]
    nothing = max(0.0, (0.97 - share) * 0.62)
    full = nothing + max(0.0, share - 0.27)
    points = []
    for maximum in maxima:
        draw = rng.random()
        part = 0.0 if draw < nothing else 1.0 if draw < full else 0.25 + 0.7 * rng.random()
        points.append(round(part * maximum / STEP) * STEP)
    rest = target - sum(points)
    while rest:
        index = int(rng.random() * len(points))
        room = maxima[index] - points[index] if rest > 0 else points[index]
        keep_zero = points[index] == 0 and rest > 0 and rng.random() < 0.97
        if room == 0 or keep_zero:
            continue
        step = min(abs(rest), room, STEP * (1 + int(rng.random() * 8)))
        points[index] += step if rest > 0 else -step
        rest = target - sum(points)
    return points


def _claimed(maximum: int, verified: int, rng: Random) -> tuple[int | None, str]:
    """What the unit had claimed for itself, in tenths of a point, and what the council says of its evidence."""
    if verified == 0:
        draw = rng.random()
        if draw < 0.08:
            return None, "mô phỏng: không nộp"
        return (maximum, "mô phỏng: thiếu minh chứng") if draw < 0.85 else (0, "mô phỏng: chưa thực hiện")
    if verified < maximum and rng.random() < CUT:
        higher = verified + STEP + int(rng.random() * (maximum - verified) / STEP) * STEP
        return min(maximum, higher), "mô phỏng: chấp nhận một phần minh chứng"
    if rng.random() < RAISED:
        lower = verified - STEP - int(rng.random() * verified * 0.6 / STEP) * STEP
        return max(0, lower), "mô phỏng: thẩm định cho tăng điểm"
    return verified, "mô phỏng: minh chứng được chấp nhận"


def write(data: Data) -> list[Path]:
    """Write the synthetic assessments of 2022 and 2023, each with its sidecar; returns the paths."""
    written = []
    results = data.published("results")
    results = results[(results["jurisdiction"] == "yenbai") & (results["unit"] != "")]
    for framework in data.frameworks.values():
        if framework.jurisdiction != "yenbai" or framework.level not in LEVELS:
            continue
        year, level = framework.applies.from_, framework.level
        own = results[(results["year"] == str(year)) & (results["level"] == level)]
        rates = own[own["statistic"] == "completion_percent"]
        first = own[(own["statistic"] == "rank") & (own["printed"] == "1")]["unit"]
        units = data.units.loc[data.units["level"] == level, "unit"]
        seed = SEED + 10 * year + len(level)
        leader = first.iloc[0] if len(first) else None
        table = generate(framework, list(units), dict(zip(rates["unit"], rates["printed"], strict=True)), leader, seed)
        path = data.assessment_file(year, level)
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_csv(path, index=False, lineterminator="\n")
        sidecar = {
            "title": f"Synthetic assessment, {level}, {year}",
            "jurisdiction": framework.jurisdiction,
            "year": year,
            "level": level,
            "framework": framework.id,
            "kind": "synthetic",
            "generator": {"module": "dti_analysis.records.synthetic", "seed": seed},
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            **_NOTES[not rates.empty],
        }
        path.with_suffix(".meta.yml").write_text(yaml.safe_dump(sidecar, allow_unicode=True, sort_keys=False), encoding="utf-8")
        written.append(path)
    return written


if __name__ == "__main__":
    for path in write(Data()):
        print(path)
