"""What a unit of the sample province fills in: for each kind of rule, cells that stand for a wanted share of the points.

One function per kind, driven by the rule's own parameters. A share in between two steps becomes the upper one by chance, so
that many units together earn what was wanted. Counts have the size of what they count: dossiers by the hundred, people by the
thousand, petitions by the handful.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from dti_analysis.criteria import rules
from dti_analysis.criteria.rule import Rule

Cells = dict[str, str]

SIZES: dict[str, tuple[tuple[int, int], ...]] = {
    "cuộc họp": ((1, 6), (3, 6), (1, 5)),
    "cán bộ, công chức": ((18, 24),) * 3,
    "công chức": ((30, 110), (70, 130), (18, 24)),
    "máy tính": ((110, 150), (132, 170), (25, 32)),
    "được phê duyệt": ((1, 4), (2, 5), (1, 2)),
    "hệ thống thông tin": ((0, 6), (3, 7), (1, 3)),
    "danh mục": ((4, 18),) * 3,
    "phải cập nhật": ((6, 60),) * 3,
    "liên quan đến doanh nghiệp": ((12, 30),) * 3,
    "thủ tục có thanh toán": ((60, 200), (300, 900), (70, 210)),
    "thanh toán trực tuyến": ((12, 40),) * 3,
    "nghĩa vụ tài chính": ((60, 200), (300, 900), (60, 200)),
    "hồ sơ công việc": ((300, 900), (600, 990), (150, 500)),
    "hồ sơ": ((220, 960), (1800, 5200), (240, 980)),
    "phản ánh": ((0, 7), (2, 24), (0, 6)),
    "phiếu": ((60, 300), (150, 600), (40, 200)),
    "doanh nghiệp": ((10, 60), (30, 90), (2, 14)),
    "số người dân tham gia": ((60, 300), (150, 600), (40, 200)),
    "thôn": ((6, 14), (70, 190), (6, 14)),
    "trưởng thành": ((3000, 9000), (32000, 98000), (2900, 8800)),
    "14 tuổi": ((3300, 9900), (36000, 110000), (3300, 9900)),
    "dân số": ((4200, 12800), (45000, 140000), (4200, 12800)),
    "": ((5, 40),) * 3,
}
"""Least and most of what a Vietnamese text counts, for departments, districts and communes; the first word found tells."""
CEILINGS = {"phổ cập kỹ năng số": 0.7, "định danh": 0.97}
"""What hardly anybody exceeds, by what is counted, where the whole of the points asks for everybody."""
LEVELS = ("department", "district", "commune")


@dataclass
class Body:
    """A unit as far as its numbers go: how big it is, and the sizes it has shown before."""

    level: str
    size: float
    draw: Callable[[], float]
    never: tuple[str, ...] = ()  # what it has none of, as a Vietnamese text puts it
    shown: dict[str, float] = field(default_factory=dict)

    def count(self, text: str, growth: float) -> int:
        """How many there are of what a text asks for: the same whenever the same text is asked."""
        if text not in self.shown:
            self.shown[text] = self.draw()
        if any(word in text for word in self.never):
            return 0
        least, most = next(sizes[LEVELS.index(self.level)] for word, sizes in SIZES.items() if word in text)
        share = 0.6 * self.size + 0.4 * self.shown[text]
        return round((least + (most - least) * share) * growth)


@dataclass
class Setting:
    """Where a criterion is filled in: by whom, in which year, with which draws, beside which numbers given before."""

    body: Body
    year: int
    growth: float
    max_points: float
    draws: Iterator[float]
    given: dict[str, int]

    def draw(self) -> float:
        """The next number from 0 to 1."""
        return next(self.draws)

    def total(self, text: str) -> int:
        """What stands under the line: the number given before under the same words, or the unit's own."""
        return self.given[text] if text in self.given else self.body.count(text, self.growth)

    def step(self, shares: list[float], wanted: float) -> int:
        """The place of one of the rising shares, so that on the whole `wanted` is met."""
        above = min(bisect_right(shares, wanted), len(shares) - 1)
        below = max(above - 1, 0)
        room = shares[above] - shares[below]
        return above if room and self.draw() < (wanted - shares[below]) / room else below


def _word(done: bool) -> str:
    return "có" if done else "không"


def _decimal(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _reported(rule: rules.Reported, wanted: float, at: Setting) -> Cells:
    return {"value": _decimal(round(2 * wanted * at.max_points) / 2)}


def _yes_no(rule: rules.YesNo, wanted: float, at: Setting) -> Cells:
    return {"value": _word(at.draw() < wanted)}


def _gate(rule: rules.Gate, wanted: float, at: Setting) -> Cells:
    return {"value": _word(at.draw() < 0.8 + 0.3 * wanted)}


def _levels(rule: rules.Levels, wanted: float, at: Setting) -> Cells:
    rising = sorted(rule.levels.values(), key=lambda level: level.share)
    shares = [float(level.share) for level in rising]
    return {name: rising[at.step(shares, wanted)].vi for name in rule.cells()}


def _ratio(rule: rules.Ratio, wanted: float, at: Setting) -> Cells:
    share = _share(rule, wanted, at)
    texts = {name: text.vi for name in rule.cells() if (text := getattr(rule, name))}
    if isinstance(rule.denominator, list):
        below = {name: at.total(texts[name]) for name in rule.denominator}
        wholes = list(below.values())
    else:  # set from outside
        below, wholes = {}, [int(rule.denominator)]
    above: dict[str, int] = {}
    if len(rule.numerator) == len(wholes):  # each out of its own population
        for name, whole in zip(rule.numerator, wholes, strict=True):
            above[name] = min(at.given.get(texts[name], _part(rule, share, whole, at)), whole)
    else:  # several out of one, the last the largest
        left = _part(rule, share, sum(wholes), at)
        for name in rule.numerator[:-1]:
            above[name] = int(left * (0.05 + 0.3 * at.draw()))
            left -= above[name]
        above[rule.numerator[-1]] = left
    at.given |= {texts[name]: count for name, count in above.items()}
    return {name: str(count) for name, count in (below | above).items()}


def _part(rule: rules.Ratio, share: float, whole: int, at: Setting) -> int:
    """That share of a whole, as a count; less than the whole where that is what the rule is about."""
    count = whole if share >= 1 else int(share * whole + at.draw())
    return min(count, max(whole - 1, 0)) if share < 1 and rule.nothing_below else count


def _share(rule: rules.Ratio, wanted: float, at: Setting) -> float:
    """The ratio that earns the wanted share, given its threshold or floor."""
    full, floor = float(rule.full_from), float(rule.nothing_below)
    lucky, further = at.draw(), at.draw()
    if not wanted:
        return 0.0
    if floor:
        if lucky < wanted:
            return 1.0 if floor == 1 or further < 0.7 else floor + (1 - floor) * further
        return floor * (0.72 + 0.26 * further)
    if full < 1 and not rule.rescaled:  # a jump at the threshold: either side of it
        reach = (wanted - 0.75 * full) / (1 - 0.75 * full)
        return full + (1 - full) * 0.8 * further if lucky < reach else full * min(wanted / full, 0.55 + 0.43 * further)
    text = getattr(rule, rule.numerator[0]).vi
    wanted *= next((ceiling for word, ceiling in CEILINGS.items() if word in text), 1.0)
    if wanted > 0.96:
        return full + (1 - full) * further if full < 1 else 1.0
    return wanted * full


def _steps(rule: rules.Steps, wanted: float, at: Setting) -> Cells:
    bounds = sorted(rule.points_)
    if bounds[0] or rule.gate:
        bounds = [-1, *bounds]  # below the lowest step, or not through the gate
    place = at.step([float(rule.points_.get(bound, 0)) / at.max_points for bound in bounds], wanted)
    if bounds[place] < 0:
        return {"g": _word(False), "value": "0"} if rule.gate else {"value": "0"}
    most = bounds[place + 1] - 1 if place + 1 < len(bounds) else round(bounds[place] * 1.4)
    value = bounds[place] + int((most - bounds[place]) * at.draw())
    return {"g": _word(True), "value": str(value)} if rule.gate else {"value": str(value)}


def _count(rule: rules.Count, wanted: float, at: Setting) -> Cells:
    most = round(at.max_points / float(rule.each))
    return {"value": str(at.step([number / most for number in range(most + 1)], wanted))}


def _checklist(rule: rules.Checklist, wanted: float, at: Setting) -> Cells:
    return {name: _word(at.draw() < wanted) for name in rule.items}


def _linear(rule: rules.Linear, wanted: float, at: Setting) -> Cells:
    return {"value": _decimal(float(rule.floor) + wanted * float(rule.target - rule.floor))}


def _bands(rule: rules.Bands, wanted: float, at: Setting) -> Cells:
    rising = sorted(rule.bands, key=lambda band: band.points)
    band = rising[at.step([float(band.points) / at.max_points for band in rising], wanted)]
    lowest, highest = band.at_least if band.at_least is not None else band.above, band.below or band.at_most
    least = float(lowest) if lowest is not None else 0.4 * float(highest or 1)
    most = float(highest) if highest is not None else 1.6 * least
    return {"value": _decimal(least + 0.1 + (most - least - 0.2) * at.draw())}


def _relative_to_best(rule: rules.RelativeToBest, wanted: float, at: Setting) -> Cells:
    return {"value": str(round(40 + 260 * wanted))}


def _target_and_leader(rule: rules.TargetAndLeader, wanted: float, at: Setting) -> Cells:
    target = 16 + 2 * int(5 * at.draw())
    reached = 2 * wanted if wanted < 0.5 else 1 + 0.3 * (2 * wanted - 1)
    return {"a": str(round(target * reached)), "t": str(target)}


def _deadline(rule: rules.Deadline, wanted: float, at: Setting) -> Cells:
    shares = [0.0, float(rule.late), 1.0] if rule.late else [0.0, 1.0]
    place = at.step(shares, wanted)
    if not place:
        return {"a": "", "b": ""}  # never issued
    begun = date(at.year, 2, 5)
    begun += timedelta(days=(7 - begun.weekday()) % 7)  # a Monday, so that days and working days are easily told apart
    late = place < len(shares) - 1
    days = rule.working_days + 1 + int(20 * at.draw()) if late else int((rule.working_days + 1) * at.draw())
    return {"a": begun.isoformat(), "b": (begun + timedelta(days=days + 2 * (days // 5))).isoformat()}


def _roll_up(rule: rules.RollUp, wanted: float, at: Setting) -> Cells:
    return {}  # nothing is handed in


def _not_scored(rule: rules.NotScored, wanted: float, at: Setting) -> Cells:
    return {"value": f"thủ tục hành chính {int(6 * at.draw())}; hạ tầng {int(9 * at.draw())}; khác {int(4 * at.draw())}"}


def _bonus(rule: rules.Bonus, wanted: float, at: Setting) -> Cells:
    return {"value": str(int(3 * at.draw() * wanted))}


def _penalty(rule: rules.Penalty, wanted: float, at: Setting) -> Cells:
    return {"value": str(int(1 + at.draw() * 1.5) if at.draw() > 0.72 + 0.28 * wanted else 0)}


KINDS: dict[type[Rule], Callable[[Any, float, Setting], Cells]] = {
    rules.Reported: _reported,
    rules.YesNo: _yes_no,
    rules.Levels: _levels,
    rules.Ratio: _ratio,
    rules.Steps: _steps,
    rules.Bands: _bands,
    rules.Count: _count,
    rules.Checklist: _checklist,
    rules.Linear: _linear,
    rules.RelativeToBest: _relative_to_best,
    rules.TargetAndLeader: _target_and_leader,
    rules.Deadline: _deadline,
    rules.RollUp: _roll_up,
    rules.NotScored: _not_scored,
    rules.Gate: _gate,
    rules.Bonus: _bonus,
    rules.Penalty: _penalty,
}


def cells(rule: Rule, wanted: float, at: Setting) -> Cells:
    """The cells of a rule that earn about the wanted share (0–1) of its maximum; none where nothing is handed in."""
    return KINDS[type(rule)](rule, min(max(wanted, 0.0), 1.0), at)
