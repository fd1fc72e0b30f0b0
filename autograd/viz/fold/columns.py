"""The columns of a network: a column a layer, from the inputs to the outputs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import replace

from autograd.viz.graph.search import longest_paths
from autograd.viz.picture import Edge, Group, Node

__all__ = ["with_columns"]


def with_columns(
    groups: Sequence[Group],
    networks: Collection[str],
    nodes: Sequence[Node],
    edges: Sequence[Edge],
    neurons: Mapping[str, tuple[int, int]],
) -> tuple[Group, ...]:
    """The groups, with columns where one is a network. networks: the names of those which are.

    neurons: of each node that is a neuron, its layer and its place in that. A node that stands for a wide layer, or for
    something between two layers, is a column by itself.
    """
    outer = {group.name: group.parent for group in groups}
    taken: set[str] = set()
    finished = []
    for group in groups:
        columns: tuple[tuple[str, ...], ...] = ()
        if group.name in networks:
            inside = {node.name for node in nodes if group.name in _around(node.group, outer)}
            columns = _columns(inside, [node for node in nodes if node.name not in taken], edges, neurons)
            taken.update(*columns)
        finished.append(replace(group, columns=columns))
    return tuple(finished)


def _around(group: str | None, outer: Mapping[str, str | None]) -> list[str]:
    """A group and those around it."""
    around = []
    while group is not None:
        around.append(group)
        group = outer[group]
    return around


def _columns(
    inside: set[str], nodes: Sequence[Node], edges: Sequence[Edge], neurons: Mapping[str, tuple[int, int]]
) -> tuple[tuple[str, ...], ...]:
    """The columns of one network; none where it has more between its layers than layers."""
    results = [node for node in nodes if node.name in inside]
    between = [node for node in results if node.kind != "group"]
    layers = {neurons[node.name][0] for node in results if node.name in neurons}
    if len(between) > len(layers) or not all(node.kind in ("group", "result") for node in results):
        return ()
    order = {node.name: index for index, node in enumerate(nodes)}
    key: dict[str, Hashable] = {
        node.name: neurons[node.name][0] if node.name in neurons else node.name for node in results
    }
    entry: dict[str, int] = {}
    before: dict[Hashable, set[Hashable]] = {key: set() for key in key.values()}
    for edge in edges:
        if edge.head in key and edge.tail in key:
            before[key[edge.head]].add(key[edge.tail])
        elif edge.head in key and edge.tail in order and nodes[order[edge.tail]].kind == "input":
            entry[edge.tail] = min(edge.position, entry.get(edge.tail, edge.position))
    ranks = longest_paths(before)
    if ranks is None:
        return ()
    columns: dict[int, list[str]] = defaultdict(list)
    columns[0] = sorted(entry, key=lambda name: (entry[name], order[name]))
    for node in sorted(results, key=lambda node: neurons.get(node.name, (0, 0))[1]):
        columns[1 + ranks[key[node.name]]].append(node.name)
    return tuple(tuple(columns[rank]) for rank in sorted(columns) if columns[rank])
