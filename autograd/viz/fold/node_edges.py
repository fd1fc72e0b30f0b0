"""The edges between the nodes of a picture, by their heads and by their tails: what nodes are compared by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from autograd.core.graph import topological
from autograd.viz.graph.indexed import IndexedGraph, Indices

__all__ = ["NodeEdges", "node_edges"]


@dataclass(frozen=True, slots=True, eq=False)
class NodeEdges:
    """The edges between nodes; into a folded one, the first from each node.

    positions: which operands of its head's operation the tails are. into: of each node that has any, the edges that
    lead into it; out_of: those that lead out of it. order: the nodes, each after its operands.
    """

    tails: Sequence[int]
    heads: Sequence[int]
    positions: Sequence[int]
    into: Mapping[int, range]
    out_of: Mapping[int, Sequence[int]]
    order: Sequence[int]


def node_edges(
    graph: IndexedGraph, node: Indices, nodes: Sequence[int], folds: Container[int], links: Sequence[int]
) -> NodeEdges:
    """The edges between nodes. node: of each value. folds: the nodes that are folded. links: edges of the graph."""
    graph_tails, graph_heads, graph_positions = graph.tails, graph.heads, graph.positions
    together: dict[int, list[int]] = defaultdict(list)
    for link in links:
        together[node[graph_heads[link]]].append(link)
    tails: list[int] = []
    heads: list[int] = []
    positions: list[int] = []
    into: dict[int, range] = {}
    for head in sorted(together):
        distinct = together[head]
        if head in folds:
            first: dict[int, int] = {}
            for link in distinct:
                first.setdefault(node[graph_tails[link]], link)
            distinct = [*first.values()]
        into[head] = range(len(tails), len(tails) + len(distinct))
        tails += [node[graph_tails[link]] for link in distinct]
        heads += [head] * len(distinct)
        positions += [graph_positions[link] for link in distinct]
    out_of: dict[int, list[int]] = defaultdict(list)
    for edge, tail in enumerate(tails):
        out_of[tail].append(edge)
    if not all(tail < head for tail, head in zip(tails, heads, strict=True)):  # folding has changed the order
        nodes = topological(*nodes, parents=lambda head: [tails[edge] for edge in into.get(head, ())])
    return NodeEdges(tails, heads, positions, into, out_of, nodes)
