"""A graph of Values as arrays, walked once: what a picture is made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import numpy.typing as npt

from autograd.core.graph import topological
from autograd.value import Value
from autograd.viz.graph.search import Indices, breadth_first

__all__ = ["LARGEST", "GraphArrays", "Indices", "between", "graph_arrays", "nearby", "part_of"]

LARGEST = 300_000
"""More values than these, nearest to the roots, are not looked at: a picture is no reason to walk millions."""


@dataclass(frozen=True, slots=True, eq=False)
class GraphArrays:
    """The values of a graph in topological order, and its edges in the order of their heads and operands.

    numbers: the index of each value in the whole graph, of which this may be a part: 12 of the node ``n12``. tails,
    heads: the two ends of each edge, as indices into ``values``; positions: which operand of its head the tail is.
    starts: where the edges into each value start, and their number at the end. roots: indices; none where they are
    not in this part.
    total: the values that were walked; is_whole: whether there are no more.
    """

    values: list[Value]
    numbers: list[int]
    tails: Indices
    heads: Indices
    positions: Indices
    starts: Indices
    roots: tuple[int, ...]
    total: int
    is_whole: bool

    def __len__(self) -> int:
        return len(self.values)

    def edges_into(self, value: int) -> range:
        """The edges of which a value is the head, in operand order."""
        return range(self.starts[value], self.starts[value + 1])

    def operands(self, value: int) -> list[int]:
        """The operands of a value that are here, in order."""
        operands: list[int] = self.tails[self.starts[value] : self.starts[value + 1]].tolist()
        return operands

    def leaves(self) -> list[int]:
        """The values nothing was made into, constants included."""
        without_edges: list[int] = np.flatnonzero(np.diff(self.starts) == 0).tolist()
        return [value for value in without_edges if self.values[value]._parent is None]


def graph_arrays(roots: Sequence[Value], largest: int = LARGEST) -> GraphArrays:
    """The graph of the roots; of one with more values than ``largest``, as many nearest to the roots.

    >>> a = Value(3.0)
    >>> graph = graph_arrays([a * a + 1])
    >>> graph.tails.tolist(), graph.heads.tolist()
    ([0, 0, 1, 2], [1, 1, 3, 3])
    """
    operands: dict[Value, tuple[Value, ...]] = {}
    try:
        order = topological(*roots, parents=_remembering(operands, largest))
        is_whole = True
    except _TooManyError:
        operands = _nearest(roots, largest)
        order = topological(*roots, parents=operands.__getitem__)
        is_whole = False
    index = {value: i for i, value in enumerate(order)}
    lists = [operands[value] for value in order]
    counts = np.fromiter(map(len, lists), np.intp, len(lists))
    tails = np.fromiter(map(index.__getitem__, chain.from_iterable(lists)), np.intp, int(counts.sum()))
    starts = np.concatenate([[0], np.cumsum(counts)])
    heads = np.repeat(np.arange(len(order)), counts)
    positions = np.arange(len(tails)) - starts[heads]
    if not is_whole:  # positions among all operands, of which some are not here
        positions = np.fromiter(
            chain.from_iterable(_positions(value, here) for value, here in zip(order, lists, strict=True)),
            np.intp,
            len(tails),
        )
    ends = tuple(dict.fromkeys(index[root] for root in roots))
    return GraphArrays(order, list(range(len(order))), tails, heads, positions, starts, ends, len(order), is_whole)


class _TooManyError(Exception):
    """The graph has more values than are looked at."""


def _remembering(operands: dict[Value, tuple[Value, ...]], largest: int) -> Callable[[Value], tuple[Value, ...]]:
    """The operands of a value, which are kept for later; _TooManyError where there are too many values."""

    def parents(value: Value) -> tuple[Value, ...]:
        if len(operands) >= largest:
            raise _TooManyError
        operands[value] = _operands(value)
        return operands[value]

    return parents


def _operands(value: Value) -> tuple[Value, ...]:
    """The operands as nodes, which they mostly are: ``_prev`` makes a node of each number first."""
    operands = value._operands()
    return operands if _VALUES.issuperset(map(type, operands)) else value._prev


_VALUES = frozenset({Value})


def _nearest(roots: Sequence[Value], largest: int) -> dict[Value, tuple[Value, ...]]:
    """The values nearest to the roots, breadth first, with those of their operands that are among them."""
    near = dict.fromkeys(breadth_first(roots, _operands, largest))
    return {value: tuple(operand for operand in _operands(value) if operand in near) for value in near}


def _positions(value: Value, here: tuple[Value, ...]) -> list[int]:
    """Which operands of a value those are."""
    prev = value._prev
    if len(prev) == len(here):
        return list(range(len(prev)))
    near = set(here)
    return [position for position, operand in enumerate(prev) if operand in near]


# ── a part of it ────────────────────────────────────────────────────────────────────────────────────────────────────


def part_of(graph: GraphArrays, is_inside: npt.NDArray[np.bool_]) -> GraphArrays:
    """The graph with only these of its values, and the edges between them."""
    index = np.cumsum(is_inside) - 1
    edges = is_inside[graph.tails] & is_inside[graph.heads]
    heads = index[graph.heads[edges]]
    chosen: list[int] = np.flatnonzero(is_inside).tolist()
    return replace(
        graph,
        values=[graph.values[i] for i in chosen],
        numbers=[graph.numbers[i] for i in chosen],
        tails=index[graph.tails[edges]],
        heads=heads,
        positions=graph.positions[edges],
        starts=np.searchsorted(heads, np.arange(len(chosen) + 1)),
        roots=tuple(int(index[root]) for root in graph.roots if is_inside[root]),
    )


def nearby(graph: GraphArrays, value: int, radius: int) -> npt.NDArray[np.bool_]:
    """Which values are within ``radius`` edges of one, whatever their direction."""
    is_near = np.zeros(len(graph), np.bool_)
    is_near[value] = True
    for _ in range(min(radius, len(graph))):
        reached = is_near.copy()
        reached[graph.tails[is_near[graph.heads]]] = True
        reached[graph.heads[is_near[graph.tails]]] = True
        if (reached == is_near).all():
            break
        is_near = reached
    return is_near


def shortest(graph: GraphArrays, start: int, end: int) -> list[int]:
    """The values of a shortest path from one to another, both included; there has to be one."""
    length, before = {start: 0}, {start: start}
    for tail, head in zip(graph.tails.tolist(), graph.heads.tolist(), strict=True):  # in the order of their heads
        if tail in length and length[tail] + 1 < length.get(head, len(graph)):
            length[head], before[head] = length[tail] + 1, tail
    path = [end]
    while path[-1] != start:
        path.append(before[path[-1]])
    return path[::-1]


def between(graph: GraphArrays, start: int, end: int) -> npt.NDArray[np.bool_]:
    """Which values are on a path from one to another, both included; none where there is no path."""
    tails, heads = graph.tails.tolist(), graph.heads.tolist()
    after, before = [False] * len(graph), [False] * len(graph)
    after[start] = before[end] = True
    for tail, head in zip(tails, heads, strict=True):  # edges stand in the order of their heads
        if after[tail]:
            after[head] = True
    for tail, head in zip(reversed(tails), reversed(heads), strict=True):
        if before[head]:
            before[tail] = True
    is_between: npt.NDArray[np.bool_] = np.array(after) & np.array(before)
    return is_between
