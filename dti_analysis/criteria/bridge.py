"""The bridge between two criteria sets: which criteria of the new set continue which of the old one, as `was` says.

What is compared are blocks: criteria of the new set beside what of the old set lives on in them. A criterion that lives on in
one other is a block with it, one that several were merged into a block with all of those. An old criterion that was split is
part of each of its heirs' blocks by the share stated; where none is stated, its heirs are one block and compared together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from dti_analysis.common.exact import ONE, Rational
from dti_analysis.criteria.framework import Framework


@dataclass(frozen=True)
class Link:
    """A component of the new set continues one of the old set, or a share of it (None: no share is stated)."""

    old: str
    new: str
    share: Rational | None = None


@dataclass(frozen=True)
class Block:
    """Criteria that are compared together: those of the new set, and how much of which of the old set."""

    old: tuple[tuple[str, Rational], ...]
    new: tuple[str, ...]

    @property
    def pair(self) -> tuple[str, str] | None:
        """The old and the new code where one whole criterion continues as one."""
        whole = len(self.old) == len(self.new) == 1 and self.old[0][1] == ONE
        return (self.old[0][0], self.new[0]) if whole else None


def links(old: Framework, new: Framework) -> list[Link]:
    """Every link of any component, in the order of the new set; of a set that did not change, each component to itself."""
    if old.id == new.id:
        return [Link(component.code, component.code) for component, _, _ in new.walk()]
    return [
        Link(code, component.code, was.share)
        for component, _, _ in new.walk()
        for was in component.was
        for code, _, framework in [was.code.partition("@")]
        if framework == old.id
    ]


def one_to_one(links: Collection[Link]) -> dict[str, str]:
    """Old code → new code of what continues whole, as one, and of nothing else."""
    heirs, sources = Counter(link.old for link in links), Counter(link.new for link in links)
    return {link.old: link.new for link in links if heirs[link.old] == sources[link.new] == 1}


def blocks(links: Collection[Link], old: Collection[str], new: Collection[str]) -> list[Block]:
    """The blocks among some components of both sets, in the order of `new`.

    Links to or from others are left out, and those of an old criterion that lives on, in unknown shares, in others too.
    """
    heirs: dict[str, list[str]] = {}
    for link in links:
        heirs.setdefault(link.old, []).append(link.new)
    whole = {code for code, codes in heirs.items() if set(codes) <= set(new)}
    held = [link for link in links if link.old in old and link.new in new and (link.share is not None or link.old in whole)]
    together: dict[str, str] = {link.new: link.new for link in held}  # to which other each new code is joined

    def first(code: str) -> str:
        while together[code] != code:
            code = together[code]
        return code

    for link in held:
        if link.share is None:
            together[first(link.new)] = first(heirs[link.old][0])
    groups: dict[str, list[str]] = {}
    for code in new:
        if code in together:
            groups.setdefault(first(code), []).append(code)
    return [
        Block(
            tuple(dict.fromkeys((link.old, ONE if link.share is None else link.share) for link in held if link.new in group)),
            tuple(group),
        )
        for group in groups.values()
    ]
