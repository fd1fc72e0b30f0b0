"""The room that a picture takes, known before it is laid out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from autograd.viz.graph.search import longest_paths
from autograd.viz.picture import Picture
from autograd.viz.write.boxes import BoxText, box_texts
from autograd.viz.write.columns import Block, blocks
from autograd.viz.write.dot import between_ranks
from autograd.viz.write.edges import edge_looks
from autograd.viz.write.outline import outline

__all__ = ["PAGE", "estimated_width", "fitted_blocks", "overhang"]

PAGE = 1_000  # pixels: a wider picture is read at less than its natural size, at which the smallest text has ten
MARGINS = 16  # left and right of a picture
FRAME = 10  # from a box to the frame of the open module it stands in


def overhang(picture: Picture, widest: float = PAGE) -> float:
    """The part of a width by which a picture is wider; 0 where it is not."""
    return max(0.0, estimated_width(picture) / widest - 1)


def estimated_width(picture: Picture) -> float:
    """About how wide a picture is in pixels at its natural size: the widest box of each rank, and what is between.

    A box stands in the rank before the first that uses it, as Graphviz mostly puts it.

    >>> from autograd.viz.picture import Edge, Node
    >>> a, b = Node("n0", "input", "a", data=2.0), Node("n1", "result", "b", "exp", data=7.389, is_root=True)
    >>> estimated_width(Picture((a, b), (Edge("n0", "n1", local=7.389),)))
    216.6
    """
    shown = box_texts(picture)
    return _width(picture, shown, fitted_blocks(picture, shown))


def fitted_blocks(picture: Picture, shown: Mapping[str, BoxText]) -> list[Block]:
    """The networks of a picture, their columns closer to each other where it is wider than a page."""
    usual = blocks(picture, shown)
    if not usual or _width(picture, shown, usual) <= PAGE:
        return usual
    return blocks(picture, shown, are_close=True)


def _width(picture: Picture, shown: Mapping[str, BoxText], columns: Sequence[Block]) -> float:
    around = outline(picture, columns)
    whole = around.picture
    users: dict[str, set[str]] = {node.name: set() for node in whole.nodes}
    for edge in whole.edges:
        users[edge.tail].add(edge.head)
    ranks = longest_paths(users)
    if ranks is None:  # around the box of a network
        return 0.0
    widths: dict[int, float] = defaultdict(float)
    for node in whole.nodes:
        width = (around.blocks.get(node.name) or shown[node.name]).width
        widths[ranks[node.name]] = max(widths[ranks[node.name]], width)
    looks = edge_looks(picture)
    gap = between_ranks([looks[index] for index in around.indices])
    return sum(widths.values()) + gap * (len(widths) - 1) + MARGINS + 2 * FRAME * len(whole.groups)
