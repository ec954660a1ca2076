"""Reading framework files. Each check works on the file as written, so that all faults are found at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from dti_analysis.common import strict_yaml
from dti_analysis.common.exact import ZERO, Rational, to_rational
from dti_analysis.common.faults import Fault, Faults, fault, kind_of, nearest, refused_by_model, worth_telling
from dti_analysis.common.spelling import ID_EXPECTED, folded, invisible, is_id
from dti_analysis.criteria.framework import CHILDREN, TOTAL, Act, Article, Component, Expects, Framework, Ranking, Span, Was
from dti_analysis.criteria.rule import Level, Rule, Text
from dti_analysis.criteria.rules import RULES, Band, Bands, Steps

_CODE = re.compile(r"[A-Z][A-Za-z0-9]*([.-][A-Za-z0-9]+)*")
LONGEST_CODE = 60
MOST_COMPONENTS = 2_000
"""The longest criteria set has some 120."""
_BY_GROUP: dict[str, type] = {"applies_to": list, "max_points_by_group": dict}
_T = TypeVar("_T", list[Any], dict[Any, Any])
_MODELS: dict[str, type[BaseModel]] = {
    "applies": Span, "expects": Expects, "ranking": Ranking, "evidence": Text, "provider": Text,
}  # fmt: skip
_IN_RULES: dict[str, type[BaseModel]] = {"bands": Band, "levels": Level}


@dataclass(frozen=True)
class _Node:
    """A component as the file writes it, faults and all."""

    key: strict_yaml.Key
    raw: dict[str, Any]
    kind: str
    article: bool  # does it, or an ancestor, name its article?
    status: object = None  # its own, or that of what is above it

    @property
    def code(self) -> str:
        return str(self.raw.get("code", "(no code)"))

    def children(self) -> list[_Node]:
        return [
            _Node(
                (*self.key, key, index), raw, kind, self.article or bool(raw.get("reference")), raw.get("status", self.status)
            )
            for key, kind in CHILDREN.items()
            for index, raw in enumerate(self.mine(key, list))
            if isinstance(raw, dict)
        ]

    def walk(self) -> Iterator[_Node]:
        yield self
        for child in self.children():
            yield from child.walk()

    def mine(self, key: str, kind: type[_T]) -> _T:
        """The list or mapping at `key`, empty where there is none (the models report one of the wrong type)."""
        value = self.raw.get(key)
        return value if isinstance(value, kind) else kind()

    def applies(self, group: str | None) -> bool:
        """Whether the component itself applies to a group (None: all units)."""
        return group is None or group in (self.mine("applies_to", list) or [group])

    def max_points(self, group: str | None) -> Rational | None:
        """The maximum for a group (None: as written for all); None when it cannot be told."""
        if any(not isinstance(self.raw.get(key) or kind(), kind) for key, kind in _BY_GROUP.items()):
            return None
        if not self.applies(group):
            return ZERO
        try:
            return to_rational(self.mine("max_points_by_group", dict).get(group, self.raw.get("max_points")))
        except ValueError:
            return None


class _Report:
    def __init__(self, document: strict_yaml.Document):
        self.document = document
        self.faults: list[Fault] = list(document.faults)

    def add(self, key: strict_yaml.Key, code: str, found: str, expected: str) -> None:
        place = f"line {self.document.line(key)}" + (f", {code}" if code else "")
        self.faults.append(Fault(str(self.document.path), place, found, expected))


def load(path: str | Path) -> Framework:
    """The framework in a YAML file. Raises Faults naming everything that is wrong, each with its line and code."""
    path = Path(path)
    document = strict_yaml.parse(path)
    report = _Report(document)
    if not isinstance(document.data, dict):
        report.add((), "", kind_of(document.data), "a mapping with the keys of a framework")
        raise Faults(report.faults)
    report.faults += strict_yaml.unseen(document)
    root = _Node((), {**document.data, "code": TOTAL}, "total", False, document.data.get("status"))
    nodes = list(root.walk())
    if len(nodes) > MOST_COMPONENTS:
        raise fault(path, "", f"{len(nodes):,} components", f"at most {MOST_COMPONENTS:,}")
    framework = _model(document, report)
    _check_codes(nodes, report)
    _check_rules(nodes, report)
    _check_points(nodes, report)
    _check_counts(document.data, nodes, report)
    _check_was(nodes, report)
    if framework and framework.applies.from_ > framework.applies.to:
        years = f"from {framework.applies.from_} to {framework.applies.to}"
        report.add(("applies",), "", years, "a year and the same or a later one")
    elif framework and int(str(framework.reference.issued)[:4]) > framework.applies.to + 1:
        issued = f"issued {framework.reference.issued}, in force until {framework.applies.to}"
        report.add(("reference", "issued"), "", issued, "an act that was there by the year after the last it is for")
    if not is_id(path.stem):
        report.add((), "", f"the name {path.name}", f"{ID_EXPECTED}, and .yaml")
    elif isinstance(id_ := document.data.get("id"), str) and is_id(id_) and id_ != path.stem:
        report.add(("id",), "", f"id {id_}", f"the name of the file, {path.stem}")
    if report.faults or framework is None:
        raise Faults(sorted(set(report.faults), key=lambda f: (_line(f), f.place, f.found)))
    return framework


def _line(fault: Fault) -> int:
    return int(fault.place.split()[1].rstrip(","))


def _model(document: strict_yaml.Document, report: _Report) -> Framework | None:
    """Types, unknown keys and missing keys, by the models of dti_analysis.criteria.framework."""
    try:
        return Framework.model_validate(document.data)
    except ValidationError as error:
        for detail in worth_telling(error.errors()):
            _add_model_fault(detail, document, report)
        return None


def _add_model_fault(detail: Any, document: strict_yaml.Document, report: _Report) -> None:
    loc = tuple(part for part in detail["loc"] if part != "[key]")
    holder = document.data
    code = ""
    for place, part in enumerate(loc):
        if isinstance(holder, dict) and "code" in holder and "was" not in loc[:place]:
            code = str(holder["code"])
        holder = (
            holder[part]
            if isinstance(holder, dict) and part in holder
            else (holder[part] if isinstance(holder, list) and isinstance(part, int) else None)
        )
    keys = [field.alias or name for name, field in _model_at(loc).model_fields.items()]
    name = "was" if loc[-3::2] == ("was", "code") else str(loc[-1]) if loc else ""
    report.add(loc, code, *refused_by_model(detail, name, keys))


def _model_at(loc: strict_yaml.Key) -> type[BaseModel]:
    """The model that a key belongs to."""
    if len(loc) == 1:
        return Framework
    owner = loc[-2]
    if loc[-3:-2] == ("was",):
        return Was
    if owner == "reference":
        return Act if len(loc) == 2 else Article
    return _MODELS.get(str(owner), Component)


def _check_codes(nodes: list[_Node], report: _Report) -> None:
    seen: dict[str, _Node] = {}
    alike = {TOTAL: TOTAL}
    for node in nodes[1:]:
        if not isinstance(node.raw.get("code"), str):  # the models say so
            continue
        if not (fits := _CODE.fullmatch(node.code)) and not invisible(node.code):
            expected = "a code that starts with a capital letter, as P1.01"
            report.add((*node.key, "code"), node.code, f"the code {node.code}", expected)
        elif len(node.code) > LONGEST_CODE:
            report.add((*node.key, "code"), "", f"the code {node.code}", f"a code of at most {LONGEST_CODE} characters")
        if node.code in seen:
            line = report.document.line(seen[node.code].key)
            report.add((*node.key, "code"), node.code, f"the code {node.code} again (first on line {line})", "each code once")
        elif fits and (like := alike.setdefault(folded(node.code), node.code)) != node.code:
            report.add(
                (*node.key, "code"), node.code, f"the code {node.code} beside {like}", "codes that differ by more than case"
            )
        seen.setdefault(node.code, node)


def _check_rules(nodes: list[_Node], report: _Report) -> None:
    for node in nodes:
        rule = node.raw.get("rule")
        kinds = [key for key in CHILDREN if node.raw.get(key)]
        if len(kinds) > 1:
            report.add(node.key, node.code, " and ".join(kinds), "one kind of children")
        if kinds and rule:
            report.add(
                (*node.key, "rule"),
                node.code,
                "a rule and children",
                "a rule (measured) or children (added up), not both",
            )
        if rule and not kinds and "combine" in node.raw:
            report.add((*node.key, "combine"), node.code, "combine on a measured component", "combine beside parts only")
        unlisted = node.raw.get("unlisted") is True
        if not kinds and not rule and not unlisted:
            report.add(node.key, node.code, "neither a rule nor children", "a rule or children, or unlisted: true")
        if unlisted and (kinds or rule):
            report.add((*node.key, "unlisted"), node.code, "unlisted beside a rule or children", "one or the other")
        if not kinds and {"extra_at_most", "extra_at_least"} & node.raw.keys():
            report.add(node.key, node.code, "a cap on extra points without children", "it on the component above them")
        if rule and node.status == "adapted" and not node.raw.get("adapted_from"):
            report.add(node.key, node.code, "adapted without adapted_from", "adapted_from: CODE@set, the criterion it follows")
        if not isinstance(rule, dict):
            continue
        if not node.article:
            report.add(node.key, node.code, "no reference", "reference: {article: …} here or on a component above")
        if len(rule) != 1:
            report.add((*node.key, "rule"), node.code, f"{len(rule)} rules ({', '.join(map(str, rule))})", "exactly one rule")
        for name, parameters in rule.items():
            _check_rule(node, name, parameters, report)


def _check_rule(node: _Node, name: str, parameters: Any, report: _Report) -> None:
    key = (*node.key, "rule", name)
    if not isinstance(name, str):  # the models say so
        return
    if name not in RULES:
        report.add(key, node.code, f"the rule '{name}'", nearest(str(name), RULES))
        return
    if not isinstance(parameters, dict):  # the models say so
        return
    if RULES[name].on_top:
        if node.max_points(None):
            report.add((*node.key, "max_points"), node.code, f"max_points {node.raw['max_points']} with the rule '{name}'", "0")
        for group, own in node.mine("max_points_by_group", dict).items():
            if own != 0:
                found = f"max_points {own} for group {group} with the rule '{name}'"
                report.add((*node.key, "max_points_by_group"), node.code, found, "0")
    try:
        _check_reach(node, RULES[name].model_validate(parameters), key, report)
    except ValidationError as error:
        for detail in error.errors():
            loc = tuple(part for part in detail["loc"] if part != "[key]")
            if not loc:  # of the rule as a whole: without what its cells ask for, which is long
                detail["input"] = {key: given for key, given in parameters.items() if not _is_text(given)}
            where = ".".join([name, *map(str, loc)])
            model = RULES[name] if len(loc) < 2 else _IN_RULES.get(str(loc[0]), Text)
            keys = [field.alias or key for key, field in model.model_fields.items()]
            report.add((*key, *loc), node.code, *refused_by_model(detail, where, keys))


def _check_reach(node: _Node, rule: Rule, key: strict_yaml.Key, report: _Report) -> None:
    """No step and no band earns more than the maximum, of any group that has one, or less than nothing."""
    earned = list(rule.points_.values()) if isinstance(rule, Steps) else []
    earned += [band.points for band in rule.bands] if isinstance(rule, Bands) else []
    if not earned:
        return
    for group in (None, *node.mine("max_points_by_group", dict)):
        most = node.max_points(group)
        if not most:
            continue
        if wrong := next((points for points in earned if not 0 <= points <= most), None):
            of_group = f" for group {group}" if group else ""
            report.add(key, node.code, f"{float(wrong):.12g} points of {float(most):.12g}{of_group}", "from 0 to the maximum")
            return


def _is_text(given: Any) -> bool:
    return isinstance(given, dict) and given.keys() <= Text.model_fields.keys()


def _check_points(nodes: list[_Node], report: _Report) -> None:
    groups = sorted(
        {str(group) for node in nodes for group in node.mine("applies_to", list)}
        | {str(group) for node in nodes for group in node.mine("max_points_by_group", dict)}
    )
    for node in nodes:
        told: set[tuple[Rational, Rational]] = set()  # a fault of all groups is told once
        for group in (None, *groups):
            own = node.max_points(group)
            parts = [child.max_points(group) for child in node.children()]
            key = (*node.key, "max_points_by_group" if group in node.mine("max_points_by_group", dict) else "max_points")
            if own is not None and own < 0:
                report.add(key, node.code, f"max_points {float(own):g}", "0 or more")
            if own is None or not parts or None in parts or not node.applies(group):
                continue
            best = node.raw.get("combine") == "best"
            total: Rational = max(parts) if best else sum(parts)  # type: ignore[type-var]
            if total != own and (own, total) not in told:
                told.add((own, total))
                of_group = f" for group {group}" if group else ""
                verb = "whose best is" if best else "that add up to"
                found = f"max_points {float(own):.12g}{of_group} over children {verb} {float(total):.12g}"
                report.add(key, node.code, found, "equal points")


def _check_counts(data: dict[str, Any], nodes: list[_Node], report: _Report) -> None:
    """The act's own counts. An indicator divided into indicators counts as those; a component whose parts are not public may
    state a bare count of its indicators, and leaves open how many of any other kind it holds."""
    stated = data.get("expects")
    if not isinstance(stated, dict) or data.get("unlisted"):
        return
    plural = {kind: key for key, kind in CHILDREN.items()}
    order = list(CHILDREN)
    counts = dict.fromkeys(order, 0)
    at_least: set[str] = set()
    for node in nodes[1:]:
        divided = node.kind == "indicator" and node.raw.get("indicators")
        kind = plural[node.kind]  # type: ignore[index]
        counts[kind] += 0 if divided else 1
        count = node.raw.get("indicator_count")
        counts["indicators"] += count if isinstance(count, int) else 0
        if node.raw.get("unlisted"):  # nobody knows how many more there are below it
            below = order[order.index(kind) + 1 :]
            at_least |= {key for key in below if key != "indicators" or count is None}
        if count is not None and node.children():
            report.add((*node.key, "indicator_count"), node.code, "indicator_count and listed children", "one of the two")
    for key, number in stated.items():
        if key not in counts or type(number) is not int:  # the models say so
            continue
        if counts[key] > number or (counts[key] < number and key not in at_least):
            report.add(("expects", key), "", f"{counts[key]} {key}", f"{number}, as the act says of itself")


def _check_was(nodes: list[_Node], report: _Report) -> None:
    """Each link once; where heirs of an old criterion state the share of it that lives on in them, all do, and they add up."""
    heirs: dict[str, list[tuple[_Node, int, object]]] = {}
    for node in nodes:
        for index, was in enumerate(node.mine("was", list)):
            code, share = (was.get("code"), was.get("share")) if isinstance(was, dict) else (was, None)
            if isinstance(code, str):  # else the models say so
                heirs.setdefault(code, []).append((node, index, share))
    for code, found in heirs.items():
        first, index, _ = found[0]
        key = (*first.key, "was", index)
        if len({node.code for node, _, _ in found}) < len(found):
            report.add(key, first.code, f"was: {code} again in the same criterion", "each link once")
        shares = [share for _, _, share in found]
        if all(share is None for share in shares):
            continue
        said = ", ".join(f"{node.code} {'without' if share is None else share}" for node, _, share in found)
        if None in shares:
            report.add(key, first.code, f"shares of {code}: {said}", "a share for each criterion it lives on in, or for none")
            continue
        try:
            held = [to_rational(share) for share in shares]
        except ValueError:  # the models say so
            continue
        total: Rational = sum(held, ZERO)
        if total != 1 and all(0 < share <= 1 for share in held):
            report.add(key, first.code, f"shares of {code} that add up to {total}: {said}", "shares that add up to 1")


def load_all(folder: Path) -> dict[str, Framework]:
    """Every framework of a folder by id. Raises Faults: those of each file, overlapping years, unknown `was`."""
    faults: list[Fault] = []
    found: dict[str, Framework] = {}
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        try:
            if path.suffix != ".yaml":
                raise fault(path, "", f"the ending '{path.suffix}' of {path.name}", "criteria sets alone, as NAME.yaml")
            framework = load(path)
            found[framework.id] = framework
        except Faults as error:
            faults += error.faults
    faults += _overlaps(folder, list(found.values()))
    if not faults:  # a framework that failed to load would make its every `was` look unknown
        faults += _unknown_was(folder, found)
    if faults:
        raise Faults(faults)
    return found


def _overlaps(folder: Path, frameworks: list[Framework]) -> list[Fault]:
    faults = []
    for index, one in enumerate(frameworks):
        for other in frameworks[:index]:
            same = (one.place, one.index) == (other.place, other.index) and set(one.levels) & set(other.levels)
            first, last = max(one.applies.from_, other.applies.from_), min(one.applies.to, other.applies.to)
            if same and first <= last:
                years = f"{first}" if first == last else f"{first}–{last}"
                faults.append(
                    Fault(
                        str(folder / f"{one.id}.yaml"),
                        "applies",
                        f"the year {years}, in which {other.id} applies too",
                        f"one framework a year for {one.place}, {one.index}, {', '.join(sorted(same))}",
                    )
                )
    return faults


def _unknown_was(folder: Path, frameworks: dict[str, Framework]) -> list[Fault]:
    faults = []
    known = {f"{code}@{id_}" for id_, framework in frameworks.items() for code in framework.components["component"]}
    for id_, framework in frameworks.items():
        for component, _, _ in framework.walk():
            file = str(folder / f"{id_}.yaml")
            for was in (link.code for link in component.was):
                before = frameworks.get(was.partition("@")[2])
                if was in known and before and before.applies.from_ >= framework.applies.from_:
                    found = f"was: {was}, a set in force from {before.applies.from_}"
                    faults.append(Fault(file, component.code, found, f"a set in force before {framework.applies.from_}"))
                if was not in known:
                    faults.append(Fault(file, component.code, f"was: {was}", f"{nearest(was, known)}, as CODE@framework"))
    return faults
