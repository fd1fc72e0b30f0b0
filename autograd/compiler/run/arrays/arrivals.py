"""What arrives where, going back through a region: for each row of its table, the rows that hold its contributions.

An operation's contribution to an operand is a row of a second table, of adjoints. Where the local derivative is 1, the
contribution is the operation's own adjoint; and where that is one contribution alone, it is that one. So most sums cost
nothing on the way back.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.compiler.run.arrays.groups import Group, Region
from autograd.compiler.run.arrays.schedule import MOST_LANES
from autograd.table import RULES
from autograd.util.arrays import Array, stable_order

__all__ = ["Arrivals", "Blocks", "Sending", "arrivals"]

PADDING = 50
"""So many zeros are read rather than to make two calls more: a row of 32 numbers takes some 15 ns, a call 400."""


class Sending(NamedTuple):
    """What a group sends back. number: of the group; slots: (operand, first row) of each contribution it computes.

    keeps: whether its own adjoints are contributions, and so have to be in its rows where more than one has arrived.
    """

    number: int
    slots: list[tuple[int, int]]
    keeps: bool


class Arrivals(NamedTuple):
    """sources[first[r]:first[r + 1]]: the rows whose sum is the adjoint of row r. sendings: in the order of the groups.

    held: the rows that got something from outside, which is first copied to the rows that ``copies`` begin at. size:
    the number of rows of the table, of which the last is of zeros.
    """

    first: Array
    sources: Array
    blocks: Blocks
    sendings: list[Sending]
    held: Array
    copies: int
    size: int


class Blocks(NamedTuple):
    """What arrives at each group as a block (most, lanes): the first contributions of its lanes, their second ones …

    A lane with fewer has the row of zeros in their place. begin: where in ``sources`` a group's block begins, −1 where
    it has none, because too much of it would be zeros. least, most: how many contributions a lane of each group has.
    """

    begin: list[int]
    sources: Array
    least: list[int]
    most: list[int]


def arrivals(region: Region, active: Array, held: Array) -> Arrivals:
    """active: the rows through which a gradient flows; held: those that got something from outside."""
    size = region.size
    targets, sources = [held], [size + np.arange(len(held))]
    extra, sendings = size + len(held), []
    for number, group in enumerate(region.groups):
        rows = group.start + np.arange(group.lanes)
        if group.operation.stopped or not active[rows].any():
            continue
        unit, computed = _slots(group)
        slots = []
        for i, block in enumerate(computed):
            if i == len(computed) - 1 and not unit and len(block) == 1:
                begin = group.start
            else:
                begin, extra = extra, extra + len(block) * group.lanes
            slots.append((block[0], begin))
            targets.append(group.operands[block].ravel())
            sources.append(begin + np.arange(len(block) * group.lanes))
        for i in unit:
            targets.append(group.operands[i])
            sources.append(rows)
        sendings.append(Sending(number, slots, bool(unit)))
    target, source = np.concatenate(targets), np.concatenate(sources)
    wanted = active[target]
    target, source = target[wanted], source[wanted]
    order = stable_order(target)
    counts = np.bincount(target, minlength=size)
    first = np.concatenate([[0], np.cumsum(counts)])
    resolved = _resolved(region, sendings, counts, first, source[order], extra)
    blocks = _blocks(region, counts, first, resolved, extra)
    return Arrivals(first, resolved, blocks, sendings, held, size, extra + 1)


def _slots(group: Group) -> tuple[list[int], list[list[int]]]:
    """The operands whose local derivative is 1; and blocks of those whose contributions are computed."""
    count, rule = len(group.operands), group.operation.rule
    if rule is RULES["sum"]:
        return list(range(count)), []
    if rule is RULES["dot"]:
        half = count // 2
        blocks = [list(range(half)), list(range(half, count))]
        return [], [block for block in blocks if any(group.wanted[i] for i in block)]
    if group.form is None:
        return [], [[i] for i, wanted in enumerate(group.wanted) if wanted]
    sent = [(i, x) for i, x in group.form.slopes if not (rule.chooses is True and type(x) is float and x == 0.0)]
    unit = [i for i, x in sent if type(x) is float and x == 1.0]
    return unit, [[i] for i, _ in sent if i not in unit]


def _resolved(region: Region, sendings: list[Sending], counts: Array, first: Array, sources: Array, size: int) -> Array:
    """The sources, where each row that is its one contribution, and nothing else, has given way to that one."""
    alias = np.arange(size)
    for sending in sendings:
        group = region.groups[sending.number]
        if sending.keeps and not sending.slots:
            rows = group.start + np.flatnonzero(counts[group.start : group.start + group.lanes] == 1)
            alias[rows] = sources[first[rows]]
    while True:  # as many rounds as the length of the longest chain of sums has bits
        further = alias[alias]
        if (further == alias).all():
            return alias[sources]
        alias = further


def _blocks(region: Region, counts: Array, first: Array, sources: Array, zeros: int) -> Blocks:
    imports, starts = len(region.imports), np.array([group.start for group in region.groups])
    lanes, inside = np.diff(np.append(starts, region.size)), counts[len(region.imports) :]
    least, most = (reduce.reduceat(inside, starts - imports) for reduce in (np.minimum, np.maximum))
    sizes = most * lanes
    empty = sizes - np.add.reduceat(inside, starts - imports)
    sizes[(empty > PADDING * (most - 1)) | (sizes > MOST_LANES)] = 0
    begin = np.cumsum(sizes) - sizes
    block = np.full(int(sizes.sum()), zeros)
    group = np.repeat(np.arange(len(lanes)), lanes)
    row = np.repeat(np.arange(len(inside)), inside)
    rank = np.arange(len(row)) - (first[imports:-1] - first[imports])[row]
    target = begin[group[row]] + rank * lanes[group[row]] + row - (starts - imports)[group[row]]
    chosen = sizes[group[row]] > 0
    block[target[chosen]] = sources[first[imports] :][chosen]
    return Blocks(np.where(sizes > 0, begin, -1).tolist(), block, least.tolist(), most.tolist())
