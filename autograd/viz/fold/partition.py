"""Which values are drawn as one node: the calls of modules, and sums, folded; never so that a cycle appears."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from autograd.viz.fold.node_edges import NodeEdges, node_edges
from autograd.viz.fold.sums import Sum
from autograd.viz.graph.indexed import IndexedGraph, Indices
from autograd.viz.graph.networks import PlainInput
from autograd.viz.graph.node_table import NodeTable
from autograd.viz.graph.search import cycles

__all__ = ["HIDDEN", "WIDEST", "Fold", "Partition", "fold_calls", "folded_into", "unfolded"]

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


class Partition:
    """Which values are drawn together. node: of each value, the last value of the node it is drawn in, by which the
    node is known; or HIDDEN.

    folds: what the nodes of several values are. copies: the nodes that are drawn as one because they are alike, the
    first of them first; it is known by the last of them, and is what the first is.
    """

    def __init__(
        self,
        graph: IndexedGraph,
        node: Indices,
        folds: dict[int, Fold],
        copies: dict[int, list[int]],
        finer: Partition | Sequence[int],
    ) -> None:
        """finer: a partition of which this one joins nodes, or hides them; or the edges between different nodes."""
        self.graph, self.node, self.folds, self.copies, self._finer = graph, node, folds, copies, finer

    @cached_property
    def nodes(self) -> list[int]:
        """All nodes."""
        return sorted({*self.node} - {HIDDEN})

    @cached_property
    def members(self) -> dict[int, list[int]]:
        """The values of each node that is not a plain value."""
        members: dict[int, list[int]] = {node: [] for node in (*self.folds, *self.copies)}
        for value, node in enumerate(self.node):
            if node in members:
                members[node].append(value)
        return members

    @cached_property
    def links(self) -> Sequence[int]:
        """The edges between different nodes, in the order of the graph."""
        if isinstance(self._finer, Partition):
            return _links(self.graph, self.node, self._finer.links)
        return self._finer

    @cached_property
    def pairs(self) -> int:
        """How many pairs of nodes there are with an edge between them."""
        node, tails, heads = self.node, self.graph.tails, self.graph.heads
        return len({(node[tails[edge]], node[heads[edge]]) for edge in self.links})

    @cached_property
    def edges(self) -> NodeEdges:
        """The edges between nodes by their heads and tails."""
        return node_edges(self.graph, self.node, self.nodes, self.folds, self.links)

    def first(self, node: int) -> int:
        """The node whose name and position it has."""
        return self.copies[node][0] if node in self.copies else node

    def fold(self, node: int) -> Fold | None:
        """The fold of a node; None for a plain value."""
        return self.folds.get(self.first(node))


def unfolded(graph: IndexedGraph) -> Partition:
    """The partition in which each value is a node."""
    return Partition(graph, list(range(len(graph))), {}, {}, range(len(graph.tails)))


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
    graph, into = table.graph, folded_into(table, depth, opened, closed)
    last = _last_values(table, into)
    node = [value if last[call] < 0 else last[call] for value, call in enumerate(table.call)]
    for value in table.pinned:
        node[value] = value
    folds = {last[call]: Fold(call) for call in sorted({*into} - {-1}) if last[call] >= 0}
    for total in sums:
        top = total.values[-1]
        if last[table.call[top]] < 0 or top in table.pinned:
            for value in total.values:
                node[value] = top
            folds[top] = Fold(title=total.title, opens=total.opens)
    for values, label in _inputs(table):
        for value in values:
            node[value] = values[-1]
        folds[values[-1]] = Fold(label=label)
    links = _without_cycles(graph, node, folds)
    _hide_details(table, node, folds, {x for total in sums if total.values[-1] in folds for x in total.numbers})
    links += _links(graph, node, graph.edges_of_leaves)
    return Partition(graph, node, folds, {}, sorted(links))


def _last_values(table: NodeTable, into: Sequence[int]) -> list[int]:
    """The last value of the folded call that each call is inside of; -1 where it is in none, and at the end."""
    last = [-1] * (len(into) + 1)
    for inner, outer in zip(table.last_of_calls, into, strict=True):
        last[outer] = max(last[outer], inner)
    last[-1] = -1
    return [last[outer] for outer in (*into, -1)]


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


def _hide_details(table: NodeTable, node: Indices, folds: Mapping[int, Fold], terms: Collection[int]) -> None:
    """Hide the parameters and the numbers that only folded nodes use, but no term of a sum."""
    tails, heads = table.graph.tails, table.graph.heads
    shown = {tails[edge] for edge in table.graph.edges_of_leaves if node[heads[edge]] not in folds}
    for value in table.details:
        if value not in shown and value not in terms:
            node[value] = HIDDEN


# ── no cycles ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _without_cycles(graph: IndexedGraph, node: Indices, folds: dict[int, Fold]) -> list[int]:
    """Divide the calls that lie on a cycle, and return the edges between different nodes, apart from those of leaves.

    Where what a call feeds comes back into it, a part of it ends. Along the way, each step from one node to another
    raises a value's rank. A part has the values of one rank, so that every edge between two parts leads to a higher
    one.
    """
    tails, heads = graph.tails, graph.heads
    links = _links(graph, node, graph.edges_of_results)
    if all(node[tails[edge]] < node[heads[edge]] for edge in links):
        return links
    before: dict[int, set[int]] = defaultdict(set)
    for edge in links:
        before[node[heads[edge]]].add(node[tails[edge]])
    on_cycles = cycles({head: sorted(before[head]) for head in sorted(before)})
    for cycle in map(set, on_cycles):
        members = [value for value, other in enumerate(node) if other in cycle]
        ranks: dict[int, int] = {}
        for value in members:
            steps = [ranks[x] + (node[x] != node[value]) for x in graph.operands(value) if x in ranks]
            ranks[value] = max(steps, default=0)
        parts: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for value in members:
            parts[node[value]][ranks[value]].append(value)
        for whole, by_rank in parts.items():
            _divide(node, folds, whole, by_rank)
    return _links(graph, node, graph.edges_of_results) if on_cycles else links


def _links(graph: IndexedGraph, node: Indices, edges: Iterable[int]) -> list[int]:
    """Those of the edges that are between different nodes."""
    tails, heads = graph.tails, graph.heads
    return [edge for edge in edges if HIDDEN != node[tails[edge]] != node[heads[edge]]]


def _divide(node: Indices, folds: dict[int, Fold], whole: int, by_rank: Mapping[int, Sequence[int]]) -> None:
    """Divide a call into parts by the ranks of its values, and anything else into its values."""
    was = folds.pop(whole, None)
    if was is None:
        return
    for number, (_, values) in enumerate(sorted(by_rank.items()), 1):
        for value in values:
            node[value] = value if was.call < 0 else values[-1]
        if was.call >= 0:
            folds[values[-1]] = Fold(was.call, was.title, number, len(by_rank))
