"""Every text that the package may tell a fault with, read off its source: what flows into `Fault`, `fault` and its like."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

SINKS = {"Fault", "fault", "Wrong", "Refused", "_refuse", "add", "wrong", "ValueError"}
"""What is called with the words of a fault; `add` and `wrong` are how modules collect them."""
NAMES = {"expected", "consequence", "EXPECTED", "ID_EXPECTED", "_SHAPES", "_STARTS"}
"""What is set to the words of a fault, whoever puts them in."""
GIVES = {"torn", "nearest", "refused_by_model"}
"""What gives words of faults to other modules."""
PLACE = "⟨{}⟩"
"""What stands in a text where the program puts data: no word of any language."""


class Module:
    """A module of the package, and the texts that faults of it are told with."""

    def __init__(self, path: Path):
        self.path = path
        self.tree = ast.parse(path.read_text(encoding="utf-8"))

    @cached_property
    def functions(self) -> dict[str, list[ast.AST]]:
        """The functions and methods by name."""
        found: dict[str, list[ast.AST]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef):
                found.setdefault(node.name, []).append(node)
        return found

    @cached_property
    def owner(self) -> dict[ast.AST, ast.AST]:
        """The innermost function that a node is in, or the module."""
        owners: dict[ast.AST, ast.AST] = {}

        def walk(node: ast.AST, owner: ast.AST) -> None:
            for child in ast.iter_child_nodes(node):
                owners[child] = owner
                walk(child, child if isinstance(child, ast.FunctionDef) else owner)

        walk(self.tree, self.tree)
        return owners

    @cached_property
    def values(self) -> dict[tuple[ast.AST, str], list[tuple[ast.expr, int | None]]]:
        """What each name is set to, by function; with the place in it where several are set at once."""
        found: dict[tuple[ast.AST, str], list[tuple[ast.expr, int | None]]] = {}
        for node in ast.walk(self.tree):
            pairs: list[tuple[ast.expr, ast.expr | None]] = []
            if isinstance(node, ast.Assign):
                pairs = [(target, node.value) for target in node.targets]
            elif isinstance(node, ast.AnnAssign | ast.NamedExpr | ast.AugAssign):
                pairs = [(node.target, node.value)]
            elif isinstance(node, ast.For | ast.comprehension):
                pairs = [(node.target, node.iter)]
            for target, value in pairs:
                several = isinstance(target, ast.Tuple)
                for at, name in enumerate(target.elts if isinstance(target, ast.Tuple) else [target]):
                    if isinstance(name, ast.Name) and value is not None:
                        owner = self.owner.get(node, self.tree)
                        found.setdefault((owner, name.id), []).append((value, at if several else None))
        return found

    def texts(self) -> set[tuple[int, str]]:
        """The texts, each with its line; `PLACE` stands where data are put in."""
        found: set[tuple[int, str]] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and _name(node.func) in SINKS:
                where = [*node.args, *(word.value for word in node.keywords if word.arg in ("found", "expected", "place"))]
                for argument in where[1:] if _name(node.func) in ("Fault", "fault") else where:
                    found |= set(self.said(argument, frozenset()))
            if isinstance(node, ast.Yield | ast.Return) and isinstance(node.value, ast.Tuple) and self.of_faults:
                for part in node.value.elts:
                    found |= set(self.said(part, frozenset()))
            if isinstance(node, ast.Call) and _name(node.func) == "append" and isinstance(node.args[0], ast.Tuple):
                for part in node.args[0].elts if self.of_faults else ():
                    found |= set(self.said(part, frozenset()))
            if isinstance(node, ast.AnnAssign | ast.Assign) and isinstance(node.value, ast.Constant | ast.JoinedStr | ast.Dict):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(_name(target) in NAMES for target in targets):
                    found |= set(self.said(node.value, frozenset()))
        for function in (function for name in GIVES for function in self.functions.get(name, ())):
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and node.value is not None:
                    found |= set(self.said(node.value, frozenset()))
        return {(line, text) for line, text in found if re.search("[A-Za-z]{2}", re.sub("⟨.*?⟩", "", text))}

    @property
    def of_faults(self) -> bool:
        """Whether the module tells faults at all."""
        imported = {node.module for node in ast.walk(self.tree) if isinstance(node, ast.ImportFrom)}
        return "dti_analysis.common.faults" in imported or self.path.name == "faults.py"

    def said(self, node: ast.expr, seen: frozenset[ast.AST]) -> Iterator[tuple[int, str]]:
        """Every text that an expression may be or holds as a part."""
        if node in seen:
            return
        seen |= {node}
        match node:
            case ast.Constant(value=str(text)):
                yield node.lineno, text
            case ast.JoinedStr():
                yield node.lineno, self.filled(node)
                for part in node.values:
                    if isinstance(part, ast.FormattedValue):
                        yield from self.said(part.value, seen)
            case ast.IfExp():
                yield from self.said(node.body, seen)
                yield from self.said(node.orelse, seen)
            case ast.BoolOp():
                for value in node.values:
                    yield from self.said(value, seen)
            case ast.BinOp(op=ast.Add()):
                for side in (node.left, node.right):
                    yield from self.said(side, seen)
            case ast.Name():
                owner: ast.AST | None = self.owner.get(node)
                while owner is not None:
                    for value, at in self.values.get((owner, node.id), ()):
                        parts = value.elts if isinstance(value, ast.Tuple) and at is not None else None
                        yield from self.said(parts[at] if parts and at is not None else value, seen)
                    owner = self.owner.get(owner)
            case ast.Starred():
                yield from self.said(node.value, seen)
            case ast.Tuple() | ast.List():
                for part in node.elts:
                    yield from self.said(part, seen)
            case ast.Dict():
                for part in node.values:
                    yield from self.said(part, seen)
            case ast.Subscript():
                yield from self.said(node.value, seen)
            case ast.Call():
                yield from self.called(node, seen)

    def called(self, node: ast.Call, seen: frozenset[ast.AST]) -> Iterator[tuple[int, str]]:
        """What a call may give: what a function of the module returns, an entry of a mapping, a text trimmed."""
        name = _name(node.func)
        if isinstance(node.func, ast.Attribute) and name in ("get", "removeprefix", "removesuffix", "replace"):
            yield from self.said(node.func.value, seen)
            if name == "get" and len(node.args) > 1:
                yield from self.said(node.args[1], seen)
        for function in self.functions.get(name, ()):
            for inner in ast.walk(function):
                if isinstance(inner, ast.Return | ast.Yield) and inner.value is not None:
                    yield from self.said(inner.value, seen)

    def filled(self, node: ast.JoinedStr) -> str:
        """A text with data in its places, each another."""
        parts = []
        for at, part in enumerate(node.values):
            spec = ast.unparse(part.format_spec) if isinstance(part, ast.FormattedValue) and part.format_spec else ""
            number = "1,234" if "," in spec else PLACE.format(at)
            parts.append(str(part.value) if isinstance(part, ast.Constant) else number)
        return "".join(parts)


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def modules(package: Path) -> Iterator[Module]:
    """The modules that tell faults, or refuse what a model of theirs is given."""
    for path in sorted(package.rglob("*.py")):
        module = Module(path)
        if module.of_faults or any(
            word in path.read_text(encoding="utf-8") for word in ("ValueError(", "ID_EXPECTED =", "def torn")
        ):
            yield module
