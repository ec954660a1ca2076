"""YAML read strictly: as written, duplicate keys are faults, and every value's line is known.

A plain loader keeps the last of two equal keys in silence, forgets where a value stood, and reads 0722 as 466, 12:30 as 750
and no as false; each costs an analyst hours. Here a plain scalar is a number, true, false or nothing only where it is
written as one; all else is text.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from dti_analysis.common.faults import Fault, Faults, fault, readable
from dti_analysis.common.spelling import invisible, tidy

Key = tuple[Hashable, ...]
DEEPEST = 60
"""How deep values may be nested; a criteria set is some ten levels deep."""
MOST_KEYS = 2_000
"""How many keys one mapping may have; steps, levels and features have some tens."""
LONGEST = 2_000_000
"""How many characters a file may have; the longest criteria set has some 50,000."""


class _Loader(yaml.CSafeLoader):
    """Plain YAML values; dates, times, and numbers written in any other way than in plain decimals stay text."""


_PLAIN = {
    "tag:yaml.org,2002:bool": (r"true|false", "tf"),
    "tag:yaml.org,2002:int": (r"[-+]?(?:0|[1-9][0-9]{0,29})", "-+0123456789"),
    "tag:yaml.org,2002:float": (r"[-+]?(?:0|[1-9][0-9]{0,29})\.[0-9]{1,30}", "-+0123456789"),
    "tag:yaml.org,2002:null": (r"~|null|", ["~", "n", ""]),
}
_Loader.yaml_implicit_resolvers = {}
for _tag, (_pattern, _first) in _PLAIN.items():
    _Loader.add_implicit_resolver(_tag, re.compile(rf"^(?:{_pattern})$"), list(_first))


class _Tidy(_Loader):
    """The same, and texts are tidied as cells of tables are, so that the same word is the same in both."""

    def construct_scalar(self, node: Any) -> Any:
        return tidy(super().construct_scalar(node))


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


def read(path: Path, as_is: bool = False) -> Document:
    """The document at `path`, its texts tidied unless wanted `as_is`.

    Raises Faults: missing file, malformed YAML, duplicate keys (all of them)."""
    document = parse(path, as_is)
    if document.faults:
        raise Faults(document.faults)
    return document


def parse(path: Path, as_is: bool = False) -> Document:
    """Like `read`, but duplicate keys are left in the document's `faults`, for a caller who has more to check."""
    with readable(path, "a YAML file", "a text file in UTF-8"):
        text = path.read_text(encoding="utf-8")
    lines: dict[Key, int] = {}
    faults: list[Fault] = []
    if len(text) > LONGEST:
        raise fault(path, "", f"{len(text):,} characters", f"at most {LONGEST:,}")
    _refuse_depth(text, path)
    try:
        if not {"*", "&", "!"}.isdisjoint(text):
            _refuse_signs(text, path)
        loader = (_Loader if as_is else _Tidy)(text)
        root = loader.get_single_node()
        if root is None:
            raise fault(path, "", "an empty file", "a YAML mapping or list")
        _walk(root, (), path, lines, faults)
        return Document(path, loader.construct_document(root), lines, faults)
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}" if error.problem_mark else ""
        problem = (error.problem or "malformed YAML").removeprefix("but ").removeprefix("found ")
        if error.problem_mark and "\t" in "".join(text.splitlines()[error.problem_mark.line : error.problem_mark.line + 1]):
            raise fault(path, line, "a tab", "blanks alone between a line's beginning and its words") from None
        raise fault(path, line, problem, "well-formed YAML") from None
    except yaml.reader.ReaderError as error:
        before = text.encode()[: error.position]
        line = f"line {before.count(10) + 1}"
        found = f"the control character U+{error.character:04X}"
        raise fault(path, line, found, "text without control characters") from None


def unseen(document: Document) -> list[Fault]:
    """A fault for each text of a document that holds a character which is not seen: a blank that is none, a control sign."""
    return [
        Fault(
            str(document.path), f"line {document.line(key)}", f"'{text}' with {character}", "what can be seen, and plain blanks"
        )
        for key, text in _texts(document.data, ())
        if (character := invisible(text))
    ]


def _texts(value: Any, key: Key) -> Iterator[tuple[Key, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        for name, child in value.items():
            yield from _texts(name, (*key, name))
            yield from _texts(child, (*key, name))
    elif isinstance(value, list):
        for at, child in enumerate(value):
            yield from _texts(child, (*key, at))


def _refuse_depth(text: str, path: Path) -> None:
    """Brackets nested without end would exhaust the parser; text that only has many of them does not."""
    depth = deepest = 0
    for bracket in re.findall(r"[\[\]{}]", text):
        depth = max(0, depth + (1 if bracket in "[{" else -1))
        deepest = max(deepest, depth)
    if deepest > DEEPEST:
        raise fault(path, "", f"values nested {deepest} deep", f"at most {DEEPEST}")


def _refuse_signs(text: str, path: Path) -> None:
    """`&name` and `*name` make one value stand in several places, `!name` makes it another: it is not read as it is written."""
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
        line = f"line {event.start_mark.line + 1}"  # type: ignore[union-attr]
        if anchor:
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            raise fault(path, line, f"the alias {sign}{anchor}", "every value written out where it stands")
        if tag:
            raise fault(path, line, f"the tag {tag.replace('tag:yaml.org,2002:', '!!')}", "values without tags")


def _walk(node: yaml.Node, key: Key, path: Path, lines: dict[Key, int], faults: list[Fault]) -> None:
    """Note each value's line under its key path; collect duplicate keys."""
    lines[key] = node.start_mark.line + 1
    if len(key) > DEEPEST:
        raise fault(path, f"line {lines[key]}", f"values nested {len(key)} deep", f"at most {DEEPEST}")
    if isinstance(node, yaml.SequenceNode):
        for index, child in enumerate(node.value):
            _walk(child, (*key, index), path, lines, faults)
    elif isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        kept: list[tuple[yaml.Node, yaml.Node]] = []
        if len(node.value) > MOST_KEYS:
            raise fault(path, f"line {lines[key]}", f"a mapping of {len(node.value):,} keys", f"at most {MOST_KEYS:,}")
        for name, child in node.value:
            line = name.start_mark.line + 1
            if not isinstance(name, yaml.ScalarNode):  # {{as in a template}}
                raise fault(path, f"line {line}", "a list or a mapping as key", "a word as key")
            said = tidy(name.value)
            if said == "<<":
                raise fault(path, f"line {line}", "the merge key <<", "every value written out where it stands")
            same = _by_value(said, name.tag)
            if same in seen:  # the first one stands, so that nothing else is said of what stands twice
                found = f"the key '{said}' again (first on line {seen[same]})"
                faults.append(Fault(str(path), f"line {line}", found, "each key once"))
                if not name.tag.endswith(":str"):  # of '1' and 1, the number
                    kept = [(name, child) if tidy(first.value) == said else (first, value) for first, value in kept]
                continue
            seen[same] = line
            kept.append((name, child))
            _walk(child, (*key, said), path, lines, faults)
            lines[(*key, said)] = line
        node.value = kept


def _by_value(text: str, tag: str) -> str:
    """The same for keys that are one: 1, +1 and 1.0; ~ and null."""
    kind = tag.rpartition(":")[2]
    if kind in ("int", "float"):
        return str(Fraction(text))
    return kind if kind == "null" else text
