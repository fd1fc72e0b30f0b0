"""Searches in any graph: breadth first, what hangs together, what lies on a cycle."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import TypeVar

from autograd.core.graph import topological

__all__ = ["Indices", "breadth_first", "components", "cycles", "longest_paths"]

Indices = list[int]
"""Numbers of values, of modules, of calls, or -1 for none."""

Node = TypeVar("Node", bound=Hashable)


def breadth_first(starts: Iterable[Node], neighbours: Callable[[Node], Iterable[Node]], most: int) -> list[Node]:
    """At most so many nodes, those nearest to the starts, in the order they are reached; every start is among them.

    >>> breadth_first([0], lambda node: (2 * node + 1, 2 * node + 2), most=4)
    [0, 1, 2, 3]
    """
    reached = dict.fromkeys(starts)
    waiting = deque(reached)
    while waiting and len(reached) < most:
        for neighbour in neighbours(waiting.popleft()):
            if neighbour not in reached and len(reached) < most:
                reached[neighbour] = None
                waiting.append(neighbour)
    return list(reached)


def components(count: int, edges: Iterable[tuple[int, int]]) -> Indices:
    """For each of ``count`` nodes, the smallest that edges in either direction join it to.

    Union-find with path halving: of two sets that an edge joins, the one with the larger first node joins the other.

    >>> components(5, [(3, 4), (1, 3)])
    [0, 1, 2, 1, 1]
    """
    smaller = list(range(count))  # of each node, itself or a smaller one of its set
    for a, b in edges:
        while a != smaller[a]:
            smaller[a] = a = smaller[smaller[a]]
        while b != smaller[b]:
            smaller[b] = b = smaller[smaller[b]]
        if a < b:
            smaller[b] = a
        else:
            smaller[a] = b
    for node, other in enumerate(smaller):  # that of the smaller one is known by now
        smaller[node] = smaller[other]
    return smaller


def cycles(before: Mapping[int, Collection[int]]) -> list[list[int]]:
    """The sets of nodes that reach each other, of more than one node (Kosaraju: two walks, there and back).

    before: the nodes with an edge to each.

    >>> cycles({1: [0, 2], 2: [1], 3: [2]})
    [[1, 2]]
    """
    order = topological(*before, parents=lambda node: before.get(node, ()))
    index = {node: i for i, node in enumerate(order)}
    if all(index[tail] < index[head] for head, tails in before.items() for tail in tails):
        return []
    after: dict[int, list[int]] = defaultdict(list)
    for head, tails in before.items():
        for tail in tails:
            after[tail].append(head)
    sets: list[list[int]] = []
    done: set[int] = set()
    for node in reversed(order):
        if node not in done:
            together = topological(node, parents=lambda x: [y for y in after.get(x, ()) if y not in done])
            done.update(together)
            if len(together) > 1:
                sets.append(sorted(together))
    return sets


def longest_paths(before: Mapping[Node, Collection[Node]]) -> dict[Node, int] | None:
    """For each node, the number of edges of the longest path to it; None where there is a cycle.

    before: the nodes with an edge to each.

    >>> longest_paths({"c": "ab", "b": "a", "a": ""})
    {'a': 0, 'b': 1, 'c': 2}
    """
    lengths: dict[Node, int] = {}
    for node in topological(*before, parents=before.__getitem__):
        if not all(tail in lengths for tail in before[node]):
            return None
        lengths[node] = max((lengths[tail] + 1 for tail in before[node]), default=0)
    return lengths
