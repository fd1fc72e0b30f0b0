"""Which groups of a picture are drawn as columns, a column a layer, and what columns and boxes are called there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from autograd.viz.picture import Edge, Group, Node, Picture
from autograd.viz.web.words import picture_words

__all__ = ["Column", "Network", "groups_around", "networks"]


@dataclass(frozen=True, slots=True)
class Column:
    """The nodes of one layer from the top down, with their short names.

    title, detail: what stands above it: the layer's name, and its activation or what else is known of it.
    is_folded: whether it is a whole layer in one box.
    """

    nodes: tuple[Node, ...]
    names: tuple[str, ...]
    title: str
    detail: str
    is_folded: bool = False


@dataclass(frozen=True, slots=True)
class Network:
    """A group that is drawn as columns, from the inputs to the outputs. column: the index of each node's.

    following: the groups that go on from its last column, as a layer that takes the outputs of another one.
    """

    group: Group
    columns: tuple[Column, ...]
    column: Mapping[str, int]
    following: tuple[Group, ...] = ()

    def joins(self, edge: Edge) -> bool:
        """Whether an edge leads from one of its nodes to another."""
        return edge.tail in self.column and edge.head in self.column


def networks(picture: Picture) -> list[Network]:
    """The groups that can be drawn as columns: every edge leads to a later column, and no way back into an earlier one.

    A node that two groups name stands in the columns of the first.

    >>> x, y = Node("n0", "input", "x[0]"), Node("g1", "group", "neurons[0]", "tanh", group="g0")
    >>> group = Group("g0", "MLP", columns=(("n0",), ("g1",)))
    >>> [(column.title, column.names, column.detail) for column in networks(Picture((x, y), (), (group,)))[0].columns]
    [('inputs', ('x[0]',), ''), ('neurons[0]', ('',), '')]
    """
    groups = {group.name: group for group in picture.groups}
    taken: set[str] = set()
    result: list[Network] = []
    for group in picture.groups:
        names = [[name for name in column if name in picture.by_name and name not in taken] for column in group.columns]
        columns = [[picture[name] for name in dict.fromkeys(column)] for column in names if column]
        if not columns:
            continue
        network = Network(
            group, tuple(_column(picture, nodes, group, groups) for nodes in columns), _positions(columns)
        )
        index = next((i for i, before in enumerate(result) if _follows(picture, before, group)), None)
        joined = None if index is None else _joined(result[index], network)
        if index is not None and joined is not None and _leads_forward(joined.column, picture.edges):
            result[index] = joined
        elif _leads_forward(network.column, picture.edges):
            result.append(network)
        else:
            continue
        taken |= network.column.keys()
    return result


def _positions(columns: Iterable[Iterable[Node]]) -> dict[str, int]:
    return {node.name: index for index, nodes in enumerate(columns) for node in nodes}


def _follows(picture: Picture, before: Network, group: Group) -> bool:
    """Whether a group takes what the last column of a network gives, and both hold nothing but their columns."""
    last = {node.name for node in before.columns[-1].nodes}
    first = set(group.columns[0]) & picture.by_name.keys()
    if first.isdisjoint(last):
        first = {edge.tail for edge in picture.edges if edge.head in first}
    inside = before.column.keys() | {name for column in group.columns for name in column}
    others = {name for node in picture.nodes if node.name not in inside for name in groups_around(picture, node.group)}
    is_alone = others.isdisjoint({before.group.name, group.name, *(other.name for other in before.following)})
    return bool(first) and first <= last and is_alone and before.group.parent == group.parent


def _joined(before: Network, after: Network) -> Network:
    count = len(before.columns)
    column = {**before.column, **{name: count + index for name, index in after.column.items()}}
    return Network(before.group, before.columns + after.columns, column, (*before.following, after.group))


def groups_around(picture: Picture, name: str | None) -> list[str]:
    """The names of a group and of those around it, from the innermost out."""
    parents = {group.name: group.parent for group in picture.groups}
    names = []
    while name is not None:
        names.append(name)
        name = parents.get(name)
    return names


def _leads_forward(column: Mapping[str, int], edges: Iterable[Edge]) -> bool:
    """Whether no edge leads back or stays in its column, and no way out of the columns leads into them again."""
    reached: set[str] = set()  # what lies behind a node of the columns, and outside of them
    for edge in edges:  # in the order of their heads
        tail, head = column.get(edge.tail), column.get(edge.head)
        if head is None:
            if tail is not None or edge.tail in reached:
                reached.add(edge.head)
        elif edge.tail in reached or (tail is not None and tail >= head):
            return False
    return True


def _column(picture: Picture, nodes: Sequence[Node], group: Group, groups: Mapping[str, Group]) -> Column:
    names, title = _names(nodes)
    around = {node.group for node in nodes if node.kind != "more"}
    layer = groups.get(around.pop() or "") if len(around) == 1 else None
    if len(nodes) == 1 and nodes[0].kind == "group" and layer is group:
        title, _, detail = nodes[0].label.partition(" · ")
        return Column(tuple(nodes), ("",), title, detail, is_folded=True)
    detail = ""
    if layer is not None and layer is not group:
        title, _, detail = layer.title.partition(" · ")
    elif not title and all(node.kind in ("input", "constant", "more") for node in nodes):
        title = picture_words(picture.language)["inputs"]
    operations = {node.operation for node in nodes if node.kind != "more"}
    if len(operations) > 1:
        names = [f"{name} {node.operation}".strip() for name, node in zip(names, nodes, strict=True)]
    else:
        detail = operations.pop() or detail if operations else detail
    return Column(tuple(nodes), tuple(names), title, detail)


def _names(nodes: Sequence[Node]) -> tuple[list[str], str]:
    """The short name of each node, and what the names have in common: of ``neurons[0]``, ``neurons[1]`` the indices."""
    labels = [node.label.split(" · ")[0] if node.kind == "group" else node.label for node in nodes]
    parts = defaultdict(list)
    for node, label in zip(nodes, labels, strict=True):
        if node.kind == "group":
            start = re.sub(r"\[\w+\]$", "", label)
            parts[start].append(label.removeprefix(start))
    if len(parts) != 1 or not all(*parts.values()):
        return labels, ""
    (start,) = parts
    return [
        label.removeprefix(start) if node.kind == "group" else label for node, label in zip(nodes, labels, strict=True)
    ], start
