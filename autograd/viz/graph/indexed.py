"""A graph of Values by their numbers, walked once: what a picture is made from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, chain, repeat

from autograd.core.graph import topological
from autograd.value import Value
from autograd.viz.graph.search import Indices, breadth_first

__all__ = ["LARGEST", "IndexedGraph", "Indices", "between", "indexed_graph", "nearby", "part_of"]

LARGEST = 300_000
"""More values than these, nearest to the roots, are not looked at: a picture is no reason to walk millions."""


@dataclass(frozen=True, eq=False)
class IndexedGraph:
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
        return self.tails[self.starts[value] : self.starts[value + 1]]

    @cached_property
    def users(self) -> list[list[int]]:
        """What is made of each value, in order: twice where it is two operands."""
        users: list[list[int]] = [[] for _ in self.values]
        for tail, head in zip(self.tails, self.heads, strict=True):
            users[tail].append(head)
        return users

    @cached_property
    def edges_of_leaves(self) -> list[int]:
        """The edges whose tails are leaves, or have no operand here: about half of all."""
        starts = self.starts
        return [edge for edge, tail in enumerate(self.tails) if starts[tail] == starts[tail + 1]]

    @cached_property
    def edges_of_results(self) -> list[int]:
        """The other edges: what lies on a cycle of folded values is among these."""
        starts = self.starts
        return [edge for edge, tail in enumerate(self.tails) if starts[tail] != starts[tail + 1]]

    @cached_property
    def uses(self) -> Indices:
        """How often each value is an operand."""
        uses = [0] * len(self)
        for tail in self.tails:
            uses[tail] += 1
        return uses

    def leaves(self) -> list[int]:
        """The values nothing was made into, constants included."""
        return [index for index, value in enumerate(self.values) if value._parent is None]


def indexed_graph(roots: Sequence[Value], largest: int = LARGEST) -> IndexedGraph:
    """The graph of the roots; of one with more values than ``largest``, as many nearest to the roots.

    >>> a = Value(3.0)
    >>> graph = indexed_graph([a * a + 1])
    >>> graph.tails, graph.heads
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
    counts = [len(here) for here in lists]
    several = {count: range(count) for count in set(counts)}
    # positions are among all operands, of which some may not be here
    positions = map(several.__getitem__, counts) if is_whole else map(_positions, order, lists)
    return IndexedGraph(
        values=order,
        numbers=list(range(len(order))),
        tails=list(map(index.__getitem__, chain.from_iterable(lists))),
        heads=list(chain.from_iterable(map(repeat, range(len(order)), counts))),
        positions=list(chain.from_iterable(positions)),
        starts=list(accumulate(counts, initial=0)),
        roots=tuple(dict.fromkeys(index[root] for root in roots)),
        total=len(order),
        is_whole=is_whole,
    )


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


def part_of(graph: IndexedGraph, is_inside: Sequence[bool]) -> IndexedGraph:
    """The graph with only these of its values, and the edges between them."""
    chosen = [value for value, inside in enumerate(is_inside) if inside]
    index = {value: i for i, value in enumerate(chosen)}
    into = [[edge for edge in graph.edges_into(value) if is_inside[graph.tails[edge]]] for value in chosen]
    return replace(
        graph,
        values=[graph.values[i] for i in chosen],
        numbers=[graph.numbers[i] for i in chosen],
        tails=[index[graph.tails[edge]] for edges in into for edge in edges],
        heads=[head for head, edges in enumerate(into) for _ in edges],
        positions=[graph.positions[edge] for edges in into for edge in edges],
        starts=list(accumulate(map(len, into), initial=0)),
        roots=tuple(index[root] for root in graph.roots if is_inside[root]),
    )


def nearby(graph: IndexedGraph, value: int, radius: int) -> list[bool]:
    """Which values are within ``radius`` edges of one, whatever their direction."""
    is_near = [False] * len(graph)
    is_near[value] = True
    border = [value]
    while border and radius > 0:
        beside = dict.fromkeys(chain.from_iterable((*graph.operands(x), *graph.users[x]) for x in border))
        border = [x for x in beside if not is_near[x]]
        for x in border:
            is_near[x] = True
        radius -= 1
    return is_near


def shortest(graph: IndexedGraph, start: int, end: int) -> list[int]:
    """The values of a shortest path from one to another, both included; there has to be one."""
    length, before = {start: 0}, {start: start}
    for tail, head in zip(graph.tails, graph.heads, strict=True):  # in the order of their heads
        if tail in length and length[tail] + 1 < length.get(head, len(graph)):
            length[head], before[head] = length[tail] + 1, tail
    path = [end]
    while path[-1] != start:
        path.append(before[path[-1]])
    return path[::-1]


def between(graph: IndexedGraph, start: int, end: int) -> list[bool]:
    """Which values are on a path from one to another, both included; none where there is no path."""
    after, before = [False] * len(graph), [False] * len(graph)
    after[start] = before[end] = True
    for tail, head in zip(graph.tails, graph.heads, strict=True):  # edges stand in the order of their heads
        if after[tail]:
            after[head] = True
    for tail, head in zip(reversed(graph.tails), reversed(graph.heads), strict=True):
        if before[head]:
            before[tail] = True
    return [x and y for x, y in zip(after, before, strict=True)]
