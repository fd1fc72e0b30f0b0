"""What arrives where, going back through a region: for each row of its table, the rows that hold its contributions.

An operation's contribution to an operand is a row of a second table, of adjoints. Where the local derivative is 1, the
contribution is the operation's own adjoint; and where that is one contribution alone, it is that one. So most sums cost
nothing on the way back.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from autograd.compiler.run.arrays.groups import Group, Region
from autograd.table import RULES
from autograd.util.arrays import Array

__all__ = ["Arrivals", "Ranks", "Sending", "arrivals"]


class Sending(NamedTuple):
    """What a group sends back. number: of the group; slots: (operand, first row) of each contribution it computes.

    keeps: whether its own adjoints are contributions, and so have to be in its rows where more than one has arrived.
    """

    number: int
    slots: list[tuple[int, int]]
    keeps: bool


class Arrivals(NamedTuple):
    """sources[first[r]:first[r + 1]]: the rows whose sum is the adjoint of row r. sendings: in the order of the groups.

    ranks: for each group, its lanes' first contributions, their second ones, and so on. held: the rows that got
    something from outside, which is first copied to the rows that ``copies`` begin at. size: the number of rows of the
    table.
    """

    first: Array
    sources: Array
    ranks: Ranks
    sendings: list[Sending]
    held: Array
    copies: int
    size: int


class Ranks(NamedTuple):
    """Contributions by group and rank. first[g]:first[g + 1]: the ranks of group g; begin[k]:begin[k + 1]: the sources
    of rank k. least, most: how many arrive at a lane of each group; sorted: whether never more than at the one before.
    """

    first: list[int]
    begin: list[int]
    sources: Array
    least: list[int]
    most: list[int]
    sorted: list[bool]


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
    order = np.argsort(target, kind="stable")
    counts = np.bincount(target, minlength=size)
    first = np.concatenate([[0], np.cumsum(counts)])
    resolved = _resolved(region, sendings, counts, first, source[order], extra)
    return Arrivals(first, resolved, _ranks(region, counts, first, resolved), sendings, held, size, extra)


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


def _ranks(region: Region, counts: Array, first: Array, sources: Array) -> Ranks:
    imports, starts = len(region.imports), np.array([group.start for group in region.groups])
    lanes = np.diff(np.append(starts, region.size))
    inside = counts[imports:]
    sources = sources[first[imports] :]
    row = np.repeat(np.arange(len(inside)), inside)
    rank = np.arange(len(sources)) - (first[imports:-1] - first[imports])[row]
    group = np.repeat(np.arange(len(lanes)), lanes)
    highest = int(rank.max(initial=0)) + 1
    key = group[row] * highest + rank
    order = np.argsort(key, kind="stable")
    begin = np.flatnonzero(np.concatenate([[True], np.diff(key[order]) != 0])) if len(key) else np.zeros(0, np.int64)
    rises = np.zeros(len(inside), np.int64)
    rises[1:] = np.diff(inside) > 0
    rises[starts - imports] = 0
    of = key[order][begin] // highest
    return Ranks(
        first=np.concatenate([[0], np.cumsum(np.bincount(of, minlength=len(lanes)))]).tolist(),
        begin=np.append(begin, len(key)).tolist(),
        sources=sources[order],
        least=np.minimum.reduceat(inside, starts - imports).tolist(),
        most=np.maximum.reduceat(inside, starts - imports).tolist(),
        sorted=(np.add.reduceat(rises, starts - imports) == 0).tolist(),
    )
