"""Small criteria sets with forms, drawn at random: what the tests of what-if and of planning score again."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd
from helpers import assessment, framework, node, ratio, text
from hypothesis import strategies as st

from dti_analysis.criteria.framework import Framework

UNITS = ("u1", "u2", "u3", "u4")
_YES = st.sampled_from(["có", "không"])
_LEVELS = {
    name: {"vi": vi, "en": name, "share": share}
    for name, vi, share in (("full", "đủ", 1), ("part", "một phần", "1/2"), ("none", "chưa", 0))
}
_NAMES = st.sampled_from([level["vi"] for level in _LEVELS.values()])
_ITEMS = {name: text(name) for name in ("c1", "c2", "c3")}
_WHOLE = st.integers(1, 9).flatmap(lambda b: st.fixed_dictionaries({"a": st.integers(0, b), "b": st.just(b)}))
RULES: list[tuple[dict[str, Any], st.SearchStrategy[dict[str, Any]]]] = [
    (ratio(), _WHOLE),
    (ratio(full_from="3/4"), _WHOLE),
    (ratio(full_from="0.9", rescaled=True), _WHOLE),
    ({"yes_no": {}}, st.fixed_dictionaries({"value": _YES})),
    ({"steps": {"points": {1: 1, 2: "5/3", 4: 5}}}, st.fixed_dictionaries({"value": st.integers(0, 5)})),
    (
        {"steps": {"points": {1: 1, 3: 5}, "gate": text("g")}},
        st.fixed_dictionaries({"value": st.integers(0, 4), "g": _YES}),
    ),
    ({"checklist": {"items": _ITEMS}}, st.fixed_dictionaries(dict.fromkeys(_ITEMS, _YES))),
    ({"levels": {"levels": _LEVELS}}, st.fixed_dictionaries({"value": _NAMES})),
    (
        {"levels": {"levels": _LEVELS, "periods": {"q1": text("q1"), "q2": text("q2")}}},
        st.fixed_dictionaries({"q1": _NAMES, "q2": _NAMES}),
    ),
    ({"count": {"each": "1/3"}}, st.fixed_dictionaries({"value": st.integers(0, 12)})),
    ({"linear": {"target": 3}}, st.fixed_dictionaries({"value": st.sampled_from(["0.1", "1.25", "2.5", "3"])})),
    ({"reported": {}}, st.fixed_dictionaries({"value": st.sampled_from(["0", "2.5", "4"])})),
]  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A criteria set, the rows of its units, and the units with their groups."""

    framework: Framework
    rows: pd.DataFrame
    units: pd.DataFrame

    @property
    def groups(self) -> dict[str, str]:
        """The group of each unit."""
        return dict(zip(self.units["unit"], self.units["group"], strict=True))


@st.composite
def places(draw: st.DrawFn, plain: bool = False, most: int = 4) -> Place:
    """A place of four units and few criteria; `plain` where what criteria earn simply adds up."""
    form: dict[str, dict[str, Any]] = {unit: {} for unit in UNITS}

    def leaf(code: str, choose: Any = None) -> dict[str, Any]:
        rule, cells = choose or draw(st.sampled_from(RULES))
        for given_ in form.values():
            state = draw(st.sampled_from(["given"] * 8 + ["left out", "n/a"]))
            own = draw(cells)
            if state == "given":
                given_[code] = own
            elif state == "n/a":
                given_[code] = dict.fromkeys(own, "n/a")
        return node(code, draw(st.sampled_from([5, "15/2", 10])), rule)

    def with_parts(code: str) -> dict[str, Any]:
        combine = draw(st.sampled_from(["sum", "best", "base_plus"]))
        parts = [leaf(f"{code}.a"), leaf(f"{code}.b")]
        maxima = [Fraction(str(part["max_points"])) for part in parts]
        return node(code, str(max(maxima) if combine == "best" else sum(maxima)), combine=combine, parts=parts)

    def pillar(code: str) -> dict[str, Any]:
        children = [
            draw(st.sampled_from([leaf, leaf, leaf, with_parts]))(f"{code}.{n}")
            for n in range(1, draw(st.integers(1, most // 2)) + 1)
        ]
        maximum = str(sum(Fraction(str(child["max_points"])) for child in children))
        more: dict[str, Any] = {}
        if not plain and draw(st.booleans()):
            children.append(node(f"{code}.x", 0, {"bonus": {"each": 1, "at_most": 4}}))
            children.append(node(f"{code}.y", 0, {"penalty": {"each": 1, "at_most": 2}}))
            for given_ in form.values():
                given_[f"{code}.x"], given_[f"{code}.y"] = draw(st.integers(0, 4)), draw(st.integers(0, 3))
            more = {"extra_at_most": 2}
        if not plain and draw(st.booleans()):
            children.append(node(f"{code}.g", 0, {"gate": {}}))
            for given_ in form.values():
                given_[f"{code}.g"] = draw(_YES)
        if not plain and not more and not any("parts" in child for child in children):
            combine = draw(st.sampled_from(["sum", "sum", "best", "base_plus"]))
            more = {} if combine == "sum" else {"combine": combine}
            if combine == "best":
                maximum = str(max(Fraction(str(child["max_points"])) for child in children))
        return node(code, maximum, indicators=children, **more)

    pillars = [pillar(f"P{n}") for n in (1, 2)]
    others: dict[str, Any] = {}
    groups = [draw(st.sampled_from(["", "h"])) for _ in UNITS]
    if draw(st.booleans()) and not any("parts" in child for child in pillars[0]["indicators"]) and "combine" not in pillars[0]:
        first = pillars[0]["indicators"][0]
        cut = Fraction(str(first["max_points"])) - 5
        first["max_points_by_group"] = {"h": 5}
        for above in (pillars[0],):
            above["max_points_by_group"] = {"h": str(Fraction(above["max_points"]) - cut)}
        whole = sum(Fraction(each["max_points"]) for each in pillars)
        others = {"max_points_by_group": {"h": str(whole - cut)}}
    rounds = draw(st.sampled_from([None, None, None if plain else 1, None if plain else 2]))
    spread = draw(st.sampled_from(["exclude", "exclude" if plain else "redistribute"]))
    criteria = framework(
        *pillars,
        kind="pillars",
        by=draw(st.sampled_from(["percent", "points"])),
        ties=draw(st.sampled_from(["min", "max", "dense", "average"])),
        rounding=draw(st.sampled_from(["half_up", "half_even", "down"])),
        decimals=draw(st.sampled_from([0, 2])),
        not_applicable=spread,
        **({} if rounds is None else {"indicator_decimals": rounds}),
        **others,
    )
    rows = assessment({unit: given_ for unit, given_ in form.items() if given_} or {"u1": {"P1.1": ""}})
    return Place(criteria, rows, pd.DataFrame({"unit": UNITS, "group": groups}))
