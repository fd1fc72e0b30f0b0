"""What arrives where, going back through a region: for each row of its table, the rows that hold its contributions.

An operation's contribution to an operand is a row of a second table, of adjoints. Where the local derivative is 1, the
contribution is the operation's own adjoint; and where that is one contribution alone, it is that one. So most sums cost
nothing on the way back.
"""

from __future__ import annotations

from array import array
from typing import NamedTuple

import numpy as np

from autograd.compiler.passes.edit import ranges
from autograd.compiler.run.arrays.groups import Group, Region
from autograd.compiler.run.arrays.schedule import MOST_LANES
from autograd.table import RULES
from autograd.util.arrays import Array, stable_order

__all__ = ["Arrivals", "Blocks", "Senders", "Sending", "arrivals"]

PADDING = 50
"""So many zeros are read rather than to make two calls more: a row of 32 numbers takes some 15 ns, a call 400."""


class Sending(NamedTuple):
    """What a group sends back. number: of the group; slots: (operand, first row) of each contribution it computes.

    keeps: whether its own adjoints are contributions, and so have to be in its rows where more than one has arrived.
    """

    number: int
    slots: list[tuple[int, int]]
    keeps: bool


_Slots = tuple[list[int], list[list[int]]]
"""The operands whose local derivative is 1; and blocks, one after the other, of those that have to be computed."""


class Senders(NamedTuple):
    """The groups that send, in order. numbers: of each; sent: what; rows: the first of its rows after all groups'."""

    numbers: array[int]
    sent: list[_Slots]
    rows: array[int]

    def sending(self, region: Region, index: int) -> Sending:
        """What one of them sends."""
        number, (unit, computed) = self.numbers[index], self.sent[index]
        row, slots = self.rows[index], []
        for i, block in enumerate(computed):
            if i == len(computed) - 1 and not unit and len(block) == 1:
                row = region.starts[number]  # nobody reads its own adjoints any more
            slots.append((block[0], row))
            row += len(block) * region.lanes[number]
        return Sending(number, slots, bool(unit))


class Arrivals(NamedTuple):
    """sources[first[r]:first[r + 1]]: the rows whose sum is the adjoint of row r.

    held: the rows that got something from outside, which is first copied to the rows that ``copies`` begin at. size:
    the number of rows of the table, of which the last is of zeros.
    """

    first: Array
    sources: Array
    blocks: Blocks
    senders: Senders
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
    senders, stretches, size = _senders(region, active, region.size + len(held))
    target, source = _contributions(region, active, held, np.array(stretches, np.int64).reshape(-1, 3).T)
    counts = np.bincount(target, minlength=region.size)
    first = np.concatenate([[0], np.cumsum(counts)])
    resolved = _resolved(region, senders, counts, first, source[stable_order(target)], size)
    blocks = _blocks(region, counts, first, resolved, size)
    return Arrivals(first, resolved, blocks, senders, held, region.size, size + 1)


def _contributions(region: Region, active: Array, held: Array, stretches: Array) -> tuple[Array, Array]:
    """Of each contribution the row that it goes to and the row that holds it."""
    places, rows, lengths = stretches
    target = np.append(held, region.operands[ranges(places, lengths)])
    wanted = active[target]
    target = target[wanted].astype(np.int32)
    return target, np.append(region.size + np.arange(len(held)), ranges(rows, lengths))[wanted].astype(np.int32)


def _senders(region: Region, active: Array, size: int) -> tuple[Senders, list[tuple[int, int, int]], int]:
    """What sends; in stretches, where the targets stand in the region's operands, the first row of the contributions,
    and how many; and how many rows there are with them, after ``size`` others.
    """
    imports = len(region.imports)
    flows = np.logical_or.reduceat(active[imports:], np.array(region.starts) - imports).tolist()
    slots_of = [_slots(region.group(region.form_of.index(i))) for i in range(len(region.forms))]
    senders, stretches = Senders(array("i"), [], array("i")), list[tuple[int, int, int]]()
    for number, (lanes, form, place) in enumerate(zip(region.lanes, region.form_of, region.places, strict=True)):
        if not flows[number] or region.forms[form].operation.stopped:
            continue
        unit, computed = slots_of[form]
        senders.numbers.append(number)
        senders.sent.append(slots_of[form])
        senders.rows.append(size)
        sending = senders.sending(region, len(senders.sent) - 1)
        for (operand, row), block in zip(sending.slots, computed, strict=True):
            stretches.append((place + operand * lanes, row, len(block) * lanes))
            size += len(block) * lanes if row >= region.size else 0
        stretches += [(place + i * lanes, region.starts[number], lanes) for i in unit]
    return senders, stretches, size


def _slots(group: Group) -> _Slots:
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


def _resolved(region: Region, senders: Senders, counts: Array, first: Array, sources: Array, size: int) -> Array:
    """The sources, where each row that is its one contribution, and nothing else, has given way to that one."""
    alias = np.arange(size, dtype=np.int32)
    passing = [number for number, (unit, computed) in zip(senders.numbers, senders.sent, strict=True)
               if unit and not computed]  # fmt: skip
    starts, lanes = (np.array(x)[passing] if passing else np.zeros(0, int) for x in (region.starts, region.lanes))
    rows = ranges(starts, lanes)
    rows = rows[counts[rows] == 1]
    alias[rows] = sources[first[rows]]
    while True:  # as many rounds as the length of the longest chain of sums has bits
        further = alias[alias]
        if (further == alias).all():
            return alias[sources].astype(np.int64)
        alias = further


def _blocks(region: Region, counts: Array, first: Array, sources: Array, zeros: int) -> Blocks:
    imports, starts = len(region.imports), np.array(region.starts)
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
