"""Which values are drawn as one node: the calls of modules, and sums, folded; never so that a cycle appears."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain

import numpy as np

from autograd.viz.fold.sums import Sum
from autograd.viz.graph.arrays import GraphArrays, Indices
from autograd.viz.graph.networks import PlainInput
from autograd.viz.graph.node_table import CONSTANT, PARAMETER, NodeTable
from autograd.viz.graph.search import cycles

__all__ = ["HIDDEN", "WIDEST", "Fold", "Partition", "fold_calls", "folded_into", "links", "size"]

WIDEST = 10
"""More inputs or neurons beside each other than these are one box: a column of them would not fit a page."""

HIDDEN = -1
"""The node of a parameter or a number of which every use is folded: it is drawn inside of each."""


@dataclass(frozen=True, slots=True)
class Fold:
    """A node of several values. call: the call of a module, -1 for a sum, which has a title instead, and for inputs.

    part, parts: where it had to be divided, because what it feeds comes back into it. label: of plain inputs, their
    name. opens: what is written for ``open=`` to see a sum term by term. pattern: the title of an expression without
    its numbers, which others like it share.
    """

    call: int = -1
    title: str = ""
    part: int = 1
    parts: int = 1
    label: str = ""
    opens: str = ""
    pattern: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """node: of each value, the last value of the node it is drawn in, by which the node is known; or HIDDEN.

    folds: what the nodes of several values are. copies: the nodes that are drawn as one because they are alike, the
    first of them first; it is known by the last of them, and is what the first is.
    """

    node: Indices
    folds: dict[int, Fold]
    copies: dict[int, list[int]] = field(default_factory=dict)

    def nodes(self) -> list[int]:
        """All nodes."""
        nodes: list[int] = np.unique(self.node[self.node >= 0]).tolist()
        return nodes

    def first(self, node: int) -> int:
        """The node whose name and position it has."""
        return self.copies[node][0] if node in self.copies else node

    def fold(self, node: int) -> Fold | None:
        """The fold of a node; None for a plain value."""
        return self.folds.get(self.first(node))


def fold_calls(
    table: NodeTable,
    depth: int,
    opened: frozenset[int],
    sums: Sequence[Sum] = (),
    closed: frozenset[int] = frozenset(),
) -> Partition:
    """Every call at this depth of modules is one node with all that is inside of it, unless it is among the opened.

    closed: calls that are folded at any depth. Plain inputs are a node each, those of a wide layer one node.
    """
    into = folded_into(table, depth, opened, closed)
    call_of = np.array([*into, -1])[table.call]  # a value in no call has -1, the last
    call_of[list(table.pinned)] = -1
    members = np.flatnonzero(call_of >= 0)
    last = np.full(len(into) + 1, -1)
    last[call_of[members]] = members  # the last assignment stays
    node = np.arange(len(table.graph))
    node[members] = last[call_of[members]]
    folds = {int(last[call]): Fold(call) for call in np.unique(call_of[members]).tolist()}
    for total in sums:
        if call_of[total.values[-1]] < 0:
            node[list(total.values)] = total.values[-1]
            folds[total.values[-1]] = Fold(title=total.title, opens=total.opens)
    for values, label in _inputs(table):
        node[values] = values[-1]
        folds[values[-1]] = Fold(label=label)
    node = _without_cycles(table.graph, node, folds)
    numbers = chain.from_iterable(total.numbers for total in sums if total.values[-1] in folds)
    return Partition(_without_details(table, node, folds, numbers), folds)


def folded_into(table: NodeTable, depth: int, opened: frozenset[int], closed: frozenset[int]) -> list[int]:
    """For each call, the folded call it is inside of, or -1."""
    into: list[int] = []
    for index, call in enumerate(table.calls):
        outer = -1 if call.parent is None else into[call.parent]
        is_folded = (call.depth >= depth or index in closed) and index not in opened
        into.append(outer if outer >= 0 else index if is_folded else -1)
    return into


def _inputs(table: NodeTable) -> list[tuple[list[int], str]]:
    """The values and the name of each node of plain inputs."""
    by_call: dict[int, list[PlainInput]] = defaultdict(list)
    for plain in table.inputs:
        if table.pinned.isdisjoint(plain.values):
            by_call[plain.call].append(plain)
    nodes = []
    for inputs in by_call.values():
        if len(inputs) > WIDEST:
            nodes.append((sorted(chain(*(x.values for x in inputs))), f"{inputs[0].label} … {inputs[-1].label}"))
        else:
            nodes += [(list(x.values), x.label) for x in inputs]
    return nodes


def _without_details(table: NodeTable, node: Indices, folds: dict[int, Fold], terms: Iterable[int]) -> Indices:
    """Hide the parameters and the numbers that only folded nodes use, but no term of a sum."""
    graph = table.graph
    is_fold = np.zeros(len(graph), np.bool_)
    is_fold[list(folds)] = True
    is_used = np.bincount(graph.tails, minlength=len(graph)) > 0
    is_used[graph.tails[~is_fold[node[graph.heads]]]] = False
    labelled = [value for value in table.labels if table.kinds[value] == CONSTANT]
    inputs = chain(*(plain.values for plain in table.inputs))
    is_used[[*labelled, *inputs, *terms, *table.pinned, *graph.roots]] = False
    return np.where(is_used & np.isin(table.kinds, (PARAMETER, CONSTANT)), HIDDEN, node)


def links(graph: GraphArrays, node: Indices) -> tuple[Indices, Indices, Indices]:
    """The edges between different nodes, in the order of their heads: their numbers, tails and heads."""
    tails, heads = node[graph.tails], node[graph.heads]
    between = np.flatnonzero((tails != heads) & (tails >= 0) & (heads >= 0))
    between = between[np.argsort(heads[between], kind="stable")]
    return between, tails[between], heads[between]


def size(table: NodeTable, partition: Partition) -> tuple[int, int]:
    """How many nodes there are, and how many pairs of nodes with an edge between them."""
    _, tails, heads = links(table.graph, partition.node)
    pairs = len(np.unique(tails * len(table.graph) + heads))
    return len(partition.nodes()), pairs


# ── no cycles ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _without_cycles(graph: GraphArrays, node: Indices, folds: dict[int, Fold]) -> Indices:
    """Divide the calls that lie on a cycle: where what a call feeds comes back into it, a part of it ends.

    Along the way, each step from one node to another raises a value's rank. A part has the values of one rank, so that
    every edge between two parts leads to a higher one.
    """
    edges, tails, heads = links(graph, node)
    inner = graph.starts[graph.tails[edges] + 1] > graph.starts[graph.tails[edges]]  # nothing comes back to a leaf
    if (tails < heads)[inner].all():
        return node
    node = node.copy()
    tails, heads = np.divmod(np.unique(tails[inner] * len(graph) + heads[inner]), len(graph))
    for cycle in cycles(tails, heads):
        members = np.flatnonzero(np.isin(node, cycle)).tolist()
        ranks: dict[int, int] = {}
        for value in members:
            before = [(ranks[x] + int(node[x] != node[value])) for x in graph.operands(value) if x in ranks]
            ranks[value] = max(before, default=0)
        parts: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for value in members:
            parts[int(node[value])][ranks[value]].append(value)
        for whole, by_rank in parts.items():
            was = folds.pop(whole, None)
            if was is not None and was.call < 0:
                values = list(chain(*by_rank.values()))
                node[values] = values
            elif was is not None:
                for number, (_, values) in enumerate(sorted(by_rank.items()), 1):
                    node[values] = values[-1]
                    folds[values[-1]] = Fold(was.call, was.title, number, len(by_rank))
    return node
