"""YAML read strictly: duplicate keys are faults, and every value's line is known.

A plain loader keeps the last of two equal keys in silence and forgets where a value stood; both cost an analyst hours.
"""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from dti_analysis.common.faults import Fault, Faults, fault

Key = tuple[Hashable, ...]


class _Loader(yaml.CSafeLoader):
    """Plain YAML values; dates stay text, so that a table of references compares like with like."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


class Document:
    """What a YAML file holds (`data`), the line of each of its values (`line`), and the keys it repeats (`faults`)."""

    def __init__(self, path: Path, data: Any, lines: dict[Key, int], faults: list[Fault]):
        self.path = path
        self.data = data
        self.faults = faults
        self._lines = lines

    def line(self, key: Key) -> int:
        """The line on which the value at `key` stands; of its nearest ancestor when it has none of its own."""
        while key and key not in self._lines:
            key = key[:-1]
        return self._lines.get(key, 1)


def read(path: Path) -> Document:
    """The document at `path`. Raises Faults: missing file, malformed YAML, duplicate keys (all of them)."""
    document = parse(path)
    if document.faults:
        raise Faults(document.faults)
    return document


def parse(path: Path) -> Document:
    """Like `read`, but duplicate keys are left in the document's `faults`, for a caller who has more to check."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise fault(path, "", "no such file", "a YAML file") from None
    except IsADirectoryError:
        raise fault(path, "", "a folder", "a YAML file") from None
    except UnicodeDecodeError as error:
        raise fault(path, f"byte {error.start}", "bytes that are not UTF-8", "a text file in UTF-8") from None
    lines: dict[Key, int] = {}
    faults: list[Fault] = []
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            raise fault(path, "", "an empty file", "a YAML mapping or list")
        _walk(root, (), path, lines, faults)
        return Document(path, loader.construct_document(root), lines, faults)
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise fault(path, line, (error.problem or "malformed YAML").removeprefix("found "), "well-formed YAML") from None
    except yaml.reader.ReaderError as error:
        before = text.encode()[: error.position]
        line = f"line {before.count(10) + 1}"
        found = f"the control character U+{error.character:04X}"
        raise fault(path, line, found, "text without control characters") from None


def _walk(node: yaml.Node, key: Key, path: Path, lines: dict[Key, int], faults: list[Fault]) -> None:
    """Note each value's line under its key path; collect duplicate keys."""
    lines[key] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            _walk(child, (*key, index), path, lines, faults)
    elif isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for name, child in node.value:
            line = name.start_mark.line + 1
            if not isinstance(name, yaml.ScalarNode):  # {{as in a template}}; constructing the document says so
                continue
            if name.value in seen:
                found = f"the key '{name.value}' again (first on line {seen[name.value]})"
                faults.append(Fault(str(path), f"line {line}", found, "each key once"))
            seen[name.value] = line
            _walk(child, (*key, name.value), path, lines, faults)
            lines[(*key, name.value)] = line
