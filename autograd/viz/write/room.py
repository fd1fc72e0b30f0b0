"""The room that a picture takes, known before it is laid out."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from autograd.viz.graph.search import longest_paths
from autograd.viz.picture import Picture
from autograd.viz.write.boxes import BoxText, box_texts
from autograd.viz.write.columns import Block, blocks
from autograd.viz.write.dot import between_ranks
from autograd.viz.write.edges import edge_looks
from autograd.viz.write.outline import Outline, outline

__all__ = ["PAGE", "SHORT", "Overhang", "estimated_width", "fitted_blocks", "goes_down", "overhang"]

PAGE = 1_000  # pixels: a wider picture is read at less than its natural size, at which the smallest text has ten
MARGINS = 16  # left and right of a picture
FRAME = 10  # from a box to the frame of the open module it stands in
SHORT = 500  # values: a smaller graph is folded until it fits from left to right, as formulas and networks are read
BESIDE = 15  # from one box of a rank to the next, where ranks are below each other


class Overhang(NamedTuple):
    """The parts of a page by which a picture is wider: where it goes to the right, and where it goes down the page."""

    right: float
    down: float

    @property
    def least(self) -> float:
        """That of the better way."""
        return min(self)


def overhang(picture: Picture, widest: float = PAGE) -> Overhang:
    """The parts of a width by which a picture is wider; 0 where it is not."""
    shown = box_texts(picture)
    columns = fitted_blocks(picture, shown)
    right = _width(picture, shown, columns)
    down = _width_downwards(picture, shown, columns) if right > widest else right
    return Overhang(max(0.0, right / widest - 1), max(0.0, down / widest - 1))


def goes_down(picture: Picture, shown: Mapping[str, BoxText], columns: Sequence[Block]) -> bool:
    """Whether a picture is laid out from the top down: where it would else be wider than a page, and so is not.

    Where it is wider than a page either way, it goes down if that makes it half as wide.
    """
    if picture.total <= SHORT:
        return False
    right = _width(picture, shown, columns)
    return right > PAGE and _width_downwards(picture, shown, columns) <= max(PAGE, right / 2)


def estimated_width(picture: Picture) -> float:
    """About how wide a picture is in pixels at its natural size: the widest box of each rank, and what is between.

    A box stands in the rank before the first that uses it, as Graphviz mostly puts it. Where the picture goes down the
    page, it is the fullest rank.

    >>> from autograd.viz.picture import Edge, Node
    >>> a, b = Node("n0", "input", "a", data=2.0), Node("n1", "result", "b", "exp", data=7.389, is_root=True)
    >>> estimated_width(Picture((a, b), (Edge("n0", "n1", local=7.389),)))
    216.6
    """
    shown = box_texts(picture)
    columns = fitted_blocks(picture, shown)
    across = _width(picture, shown, columns)
    return min(across, _width_downwards(picture, shown, columns)) if across > PAGE else across


def fitted_blocks(picture: Picture, shown: Mapping[str, BoxText]) -> list[Block]:
    """The networks of a picture, their columns closer to each other where it is wider than a page."""
    usual = blocks(picture, shown)
    if not usual or _width(picture, shown, usual) <= PAGE:
        return usual
    return blocks(picture, shown, are_close=True)


def _width(picture: Picture, shown: Mapping[str, BoxText], columns: Sequence[Block]) -> float:
    around = outline(picture, columns)
    ranks = _ranks(around)
    if ranks is None:  # around the box of a network
        return 0.0
    widths: dict[int, float] = defaultdict(float)
    for name, rank in ranks.items():
        widths[rank] = max(widths[rank], _box_width(name, around, shown))
    looks = edge_looks(picture)
    gap = between_ranks([looks[index] for index in around.indices])
    return sum(widths.values()) + gap * (len(widths) - 1) + MARGINS + 2 * FRAME * len(around.picture.groups)


def _width_downwards(picture: Picture, shown: Mapping[str, BoxText], columns: Sequence[Block]) -> float:
    """About how wide it is where ranks are below each other: the boxes of the fullest one, and the lines past them."""
    around = outline(picture, columns)
    ranks = _ranks(around)
    if ranks is None or picture.total <= SHORT:
        return math.inf
    widths: dict[int, float] = defaultdict(float)
    for name, rank in ranks.items():
        widths[rank] += _box_width(name, around, shown) + BESIDE
    for tail, head in {(edge.tail, edge.head) for edge in around.picture.edges}:
        for rank in range(ranks[head] + 1, ranks[tail]):
            widths[rank] += BESIDE
    return max(widths.values(), default=0.0) + MARGINS + 2 * FRAME * len(around.picture.groups)


def _ranks(around: Outline) -> dict[str, int] | None:
    """The rank of each box, counted from the result; None where there is a cycle."""
    users: dict[str, set[str]] = {node.name: set() for node in around.picture.nodes}
    for edge in around.picture.edges:
        users[edge.tail].add(edge.head)
    return longest_paths(users)


def _box_width(name: str, around: Outline, shown: Mapping[str, BoxText]) -> float:
    return (around.blocks.get(name) or shown[name]).width
