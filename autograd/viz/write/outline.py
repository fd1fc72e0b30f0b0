"""A picture with one box in the place of each network: the part of it that Graphviz lays out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from autograd.viz.picture import Edge, Node, Picture
from autograd.viz.write.columns import Block
from autograd.viz.write.networks import groups_around

__all__ = ["Outline", "outline"]


@dataclass(frozen=True, slots=True)
class Outline:
    """The nodes outside of networks and a box for each network, with the edges that do not stay inside of one.

    indices: of its edges, in the whole picture. exits, entries: by such an index, at which height in the box of a
    network the edge leaves or enters it.
    """

    picture: Picture
    indices: tuple[int, ...]
    blocks: Mapping[str, Block]
    exits: Mapping[int, float]
    entries: Mapping[int, float]

    def heights(self, name: str) -> tuple[set[float], set[float]]:
        """Where edges enter the box of a network, and where they leave it."""
        edges = list(zip(self.indices, self.picture.edges, strict=True))
        return (
            {self.entries[index] for index, edge in edges if edge.head == name},
            {self.exits[index] for index, edge in edges if edge.tail == name},
        )


def outline(picture: Picture, blocks: Sequence[Block]) -> Outline:
    """The outline of a picture; without networks, of all of it."""
    block_of = {name: block for block in blocks for name in block.network.column}
    boxes = {block.name: _box(block) for block in blocks}
    nodes: dict[str, Node] = {}
    for node in picture.nodes:  # a network stands where its last node did, behind all that leads into it
        if (block := block_of.get(node.name)) is None:
            nodes[node.name] = node
        else:
            nodes.pop(block.name, None)
            nodes[block.name] = boxes[block.name]
    edges: list[Edge] = []
    indices: list[int] = []
    exits: dict[int, float] = {}
    entries: dict[int, float] = {}
    for index, edge in enumerate(picture.edges):
        tail, head = block_of.get(edge.tail), block_of.get(edge.head)
        if tail is not None and tail is head:
            continue
        if tail is not None:
            exits[index] = round(tail.way_out(edge.tail)[-1][1])
            edge = replace(edge, tail=tail.name)
        if head is not None:
            entries[index] = round(head.way_in(edge.head)[0][1])
            edge = replace(edge, head=head.name)
        edges.append(edge)
        indices.append(index)
    used = {name for node in nodes.values() for name in groups_around(picture, node.group)}
    groups = tuple(group for group in picture.groups if group.name in used)
    whole = Picture(tuple(nodes.values()), tuple(edges), groups)
    return Outline(whole, tuple(indices), {block.name: block for block in blocks}, exits, entries)


def _box(block: Block) -> Node:
    """The box in the place of a network: outside of its group if it brings the frame of it, else inside."""
    group = block.network.group
    return Node(block.name, "group", group=group.parent if block.frames else group.name)
