"""Scalar operations in any order they may run in: those of one kind that are ready together are a group.

A group is a handful of NumPy calls, however many lanes it has, so the fewer groups the better. Levels (as early as
possible) leave an irregular graph in groups of four or five; taking the largest set that is ready makes it three times
as many. (Neubig and others, 2017, "On-the-fly operation batching in dynamic computation graphs", batch by agenda.)
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from itertools import count

import numpy as np

from autograd.compiler.passes.edit import packed
from autograd.util.arrays import Array, stable_order

__all__ = ["MOST_LANES", "schedule"]

MOST_LANES = 1024
"""In a group: with 32 rows its arrays have 256 kB each, which second-level caches hold."""


def schedule(kinds: Array, first: Array, operands: Array, leaves: int) -> tuple[Array, Array]:
    """The operations in groups of one kind, each group after all that it needs; and how many each group has.

    kinds: a small number for each operation. operands[first[i]:first[i + 1]]: of operation i, a leaf below ``leaves``
    or ``leaves`` + an operation. A group's operations are sorted by how often they are used, most often first. Linear
    in the number of operands.

    >>> schedule(np.array([0, 1, 0]), np.array([0, 1, 2, 3]), np.array([0, 1, 0]), 1)
    (array([0, 2, 1]), array([2, 1]))
    """
    size = len(kinds)
    inside = operands >= leaves
    source = operands[inside] - leaves
    user = np.repeat(np.arange(size, dtype=np.int32), np.diff(first))[inside]
    uses, needs = np.bincount(source, minlength=size), np.bincount(user, minlength=size)
    users = user[stable_order(source)]
    rank = _ranks(uses, users, np.diff(first))
    order, ends = array("i"), array("i")
    for group in _greedy(packed(kinds), packed(users), packed(needs), packed(np.append(0, np.cumsum(uses)))):
        order.extend(group)
        ends.append(len(order))
    lanes = np.diff(ends, prepend=0).astype(np.int64)
    found = np.array(order, np.int64)
    return found[stable_order(np.repeat(np.arange(len(lanes)), lanes), -rank[found])], lanes


def _greedy(kinds: array[int], users: array[int], waiting: array[int], begin: array[int]) -> Iterator[list[int]]:
    """Again and again the kind of which most operations are ready; one more for two groups that it has waited.

    Without the second, rare kinds would wait until the end, and ever more operations for them. users[begin[i]:begin[i +
    1]] read operation i; waiting: how many operands of each have to be computed.
    """
    ready: dict[int, list[int]] = {}
    since = [0] * (max(kinds, default=0) + 1)
    for i in np.flatnonzero(np.array(waiting) == 0).tolist():
        ready.setdefault(kinds[i], []).append(i)
    for time in count(1):
        if not ready:
            return
        _, kind = max([(2 * len(group) - since[kind], -kind) for kind, group in ready.items()])
        group = ready.pop(-kind)
        if len(group) > MOST_LANES:
            ready[-kind] = group[MOST_LANES:]
            group = group[:MOST_LANES]
        yield group
        for i in group:
            for user in users[begin[i] : begin[i + 1]]:
                left = waiting[user] = waiting[user] - 1
                if not left:
                    kind = kinds[user]
                    if kind in ready:
                        ready[kind].append(user)
                    else:
                        ready[kind], since[kind] = [user], time


def _ranks(uses: Array, users: Array, counts: Array) -> Array:
    """How often each operation is used; where its only user takes nothing else, that one's number, so that both groups
    have one order and the second reads the first as it lies.
    """
    only = np.arange(len(uses))
    once = np.flatnonzero(uses == 1)
    ends = np.cumsum(uses)
    single = users[ends[once] - 1]
    follows = counts[single] == 1
    only[once[follows]] = single[follows]
    while True:  # as many rounds as the length of the longest chain has bits
        further = only[only]
        if (further == only).all():
            return uses[only]
        only = further
