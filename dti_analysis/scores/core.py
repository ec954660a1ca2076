"""The comparable core: what two years are compared on, block by block, and what else their scores are made of.

Where the set did not change, the core is the whole. Where it did, it is the blocks that `was` links
(dti_analysis.criteria.bridge), both years weighted by the new set's maxima; the rest is new, or was dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import NamedTuple

import numpy as np

from dti_analysis.common.exact import ONE, ZERO, Column, choose
from dti_analysis.criteria.bridge import Block, blocks, links
from dti_analysis.criteria.framework import TOTAL
from dti_analysis.scores.grid import Mask, Places
from dti_analysis.scores.ledger import Ledger, alike, components, finest

KINDS = ["same", "linked", "method", "maximum", "new", "dropped", "other"]
"""What a contribution comes from: own change on the same set, or on linked criteria; last year's form under this year's rule;
another maximum (or whether it applies); a new or a dropped criterion; what stands above the criteria (a cap, a gate)."""
OWN = ["same", "linked"]
"""The kinds that are a unit's own change: nothing else is called progress."""


class Part(NamedTuple):
    """What some units gain or lose in one block by one kind; contributions in share of the total, exact."""

    at: Places
    new: tuple[str, ...]
    old: tuple[str, ...]
    kind: str
    before: tuple[Column, Column] | None  # points and maximum
    after: tuple[Column, Column] | None
    contribution: Column


@dataclass
class Core:
    """Both years on what is comparable, by the units ranked in both; exact, None where nothing is.

    share: of the new set's points that the core holds; share_before: of the old set's.
    """

    units: list[str]
    before: Column
    after: Column
    share: Column
    share_before: Column
    parts: list[Part] = field(repr=False)


def core(before: Ledger, after: Ledger, reread: Mapping[str, Column] | None = None) -> Core:
    """Compares two years. `reread` has, by code of the new set and unit of `before`, what last year's forms earn by its rules
    (dti_analysis.scores.reread.reread): it takes the place of what they earned by the old ones."""
    of_after = {unit for unit, ranked in zip(after.units, after.ranked, strict=True) if ranked}
    units = [unit for unit, ranked in zip(before.units, before.ranked, strict=True) if ranked and unit in of_after]
    both = np.array([(before.place[unit], after.place[unit]) for unit in units], dtype=np.intp).reshape(-1, 2)
    empty = np.full(len(units), None, dtype=object)
    found = Core(units, empty, empty.copy(), empty.copy(), empty.copy(), [])
    for at, linked, left, right in _alike(before, after, both):
        _compare(_Pair(before, after, reread or {}, at, both[at]), linked, left, right, found)
    if before.framework.id == after.framework.id:
        found.share[:], found.share_before[:] = ONE, ONE
        found.before[:], found.after[:] = _score(before, both[:, 0]), _score(after, both[:, 1])
    return found


def _score(ledger: Ledger, at: Places) -> Column:
    column: Column = ledger.points[TOTAL][at] / ledger.max_points[TOTAL][at]
    return column


def _alike(before: Ledger, after: Ledger, both: Places) -> Iterator[tuple[Places, list[Block], list[str], list[str]]]:
    """Units of which the same is known: their places, the blocks they are compared on, and the other old and new components."""
    old, new = before.framework, after.framework
    old_codes, new_codes = components(old), components(new)
    bridge = links(old, new)
    known = np.vstack([before.known(old_codes, both[:, 0]), after.known(new_codes, both[:, 1])])
    for at, pattern in alike(known):
        first = dict(zip(old_codes, pattern[: len(old_codes)], strict=True))
        second = dict(zip(new_codes, pattern[len(old_codes) :], strict=True))
        if old.id == new.id:
            second = {code: yes and first[code] for code, yes in second.items()}
            first = second
        ends = set(finest(new, second))
        left = finest(old, first, {link.old for link in bridge if link.new in ends})  # known no finer in the other year
        ends = set(left)
        right = finest(new, second, {link.new for link in bridge if link.old in ends})
        linked = blocks(bridge, left, right)
        if old.id != new.id:
            linked = [block for block in linked if block.new != (TOTAL,)]
        bridged = {code for block in linked for code in block.new}, {code for block in linked for code, _ in block.old}
        rest = [code for code in left if code not in bridged[1]], [code for code in right if code not in bridged[0]]
        yield at, linked, *rest


@dataclass
class _Pair:
    """Some units in both years."""

    old: Ledger
    new: Ledger
    reread: Mapping[str, Column]
    at: Places
    both: Places

    def before(self, block: Block) -> tuple[Column, Column]:
        """Points and maximum of what of the old set lives on in a block."""
        at = self.both[:, 0]
        points = [share * self.old.points[code][at] for code, share in block.old]
        maxima = [share * self.old.max_points[code][at] for code, share in block.old]
        return reduce(add, points), reduce(add, maxima)

    def after(self, codes: tuple[str, ...]) -> tuple[Column, Column]:
        """Points and maximum of some components of the new set."""
        at = self.both[:, 1]
        columns = self.new.points, self.new.max_points
        points, maxima = (reduce(add, [column[code][at] for code in codes]) for column in columns)
        return points, maxima


def _compare(pair: _Pair, linked: list[Block], left: list[str], right: list[str], found: Core) -> None:
    """Adds what the units of one pattern gained and lost, and scores both years on the core."""
    at, same = pair.at, pair.old.framework.id == pair.new.framework.id
    total, total_now = pair.old.max_points[TOTAL][pair.both[:, 0]], pair.new.max_points[TOTAL][pair.both[:, 1]]
    share, share_before, own, level = (np.full(len(at), ZERO, dtype=object) for _ in range(4))
    rest = _score(pair.new, pair.both[:, 1]) - _score(pair.old, pair.both[:, 0])
    for block in linked:
        old, new = pair.before(block), pair.after(block.new)
        (points, maxima), (now, most) = old, new
        in_both = ((maxima != ZERO) & (most != ZERO)).astype(bool)
        on_top = ((maxima == ZERO) & (most == ZERO)).astype(bool)  # a bonus or penalty: by its share of the total
        was, is_ = points / total, now / total_now
        # What the old points are worth by the new maxima; what applied in one year only has changed nothing by itself.
        carried = choose(in_both, points * most / (choose(in_both, maxima, ONE) * total_now), choose(on_top, was, is_))
        again = _again(pair, block, carried, in_both, most / total_now)
        codes = tuple(code for code, _ in block.old)
        steps = {"same" if same else "linked": is_ - again, "method": again - carried, "maximum": carried - was}
        for place, (kind, step) in enumerate(steps.items()):
            if not place or (step != ZERO).any():
                found.parts.append(Part(at, block.new, codes, kind, old, new, step))
        rest = rest - (is_ - was)
        own = own + (is_ - again)
        share, share_before = (
            share + choose(in_both, most / total_now, ZERO),
            share_before + choose(in_both, maxima / total, ZERO),
        )
        level = level + choose(in_both | on_top, is_, ZERO)
    for code in right:
        new = pair.after((code,))
        rest = rest - new[0] / total_now
        found.parts.append(Part(at, (code,), (), "new", None, new, new[0] / total_now))
    for code in left:
        old = pair.before(Block(((code, ONE),), ()))
        rest = rest + old[0] / total
        found.parts.append(Part(at, (), (code,), "dropped", old, None, -old[0] / total))
    if (rest != ZERO).any():
        found.parts.append(Part(at, (TOTAL,), (), "other", None, None, rest))
    some = (share != ZERO).astype(bool)
    over = choose(some, share, ONE)
    found.share[at], found.share_before[at] = share, share_before
    found.after[at] = choose(some, level / over, None)
    found.before[at] = choose(some, (level - own) / over, None)


def _again(pair: _Pair, block: Block, carried: Column, in_both: Mask, weight: Column) -> Column:
    """What the old points would be worth had the old form been read by the new rule; as they are where it cannot."""
    if pair.old.framework.id == pair.new.framework.id or not block.pair or block.new[0] not in pair.reread:
        return carried
    read = pair.reread[block.new[0]][pair.both[:, 0]]
    known = in_both & np.array([share is not None for share in read], dtype=bool)
    return choose(known, weight * choose(known, read, ZERO), carried)
