"""How the edges of a picture look: the number on each, how wide its line is, and what its colour and its dashes say."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from autograd.viz.picture import Edge, Picture
from autograd.viz.web.words import picture_words
from autograd.viz.write.networks import networks
from autograd.viz.write.numbers import number

__all__ = ["FINEST", "THICKEST", "THINNEST", "EdgeLook", "edge_looks", "edge_text", "has_connections"]

THINNEST, THICKEST = 1.0, 3.5  # of edges, in steps of a half, which is what can be told apart
FINEST = 0.5  # of the many lines of a network, where the smallest weights must not hide the others
CROWD = 4  # of more texts than these in front of a folded group nobody can say which line they belong to


@dataclass(frozen=True, slots=True)
class EdgeLook:
    """How an edge is drawn. width: of its line, in pixels, in steps of a half. text: the number beside the line.

    hint: the number that does not stand there, for who points at the line.
    color: "plus" or "minus", the sign of a weight in a network; "wrong" of a first mistake, and from nan or inf on.
    dash: "zero" where nothing goes back, or where a weight is 0; "rest" to and from what is left out of the picture.
    """

    width: float
    text: str = ""
    hint: str = ""
    color: Literal["", "plus", "minus", "wrong"] = ""
    dash: Literal["", "zero", "rest"] = ""


def edge_looks(picture: Picture) -> list[EdgeLook]:
    """The look of each edge of a picture.

    >>> from autograd.viz.picture import Node
    >>> x, y = Node("n0", "input", "x", data=2.0), Node("n1", "result", "", "exp", 7.389, is_root=True)
    >>> edge_looks(Picture((x, y), (Edge("n0", "n1", 0, 7.389),)))[0].text
    '7.389'
    """
    connections: dict[int, float] = {}  # by the edge's index, the largest weight of its network
    for network in networks(picture):
        inside = [index for index, edge in enumerate(picture.edges) if network.joins(edge)]
        connections |= dict.fromkeys(inside, _largest(strength(picture.edges[index]) for index in inside))
    largest = _largest(edge.contribution for edge in picture.edges)
    into = Counter(edge.head for edge in picture.edges)
    looks = []
    for index, edge in enumerate(picture.edges):
        size = strength(edge)
        if index in connections and size is not None:
            looks.append(_connection(edge, picture, size, connections[index]))
        else:
            is_crowded = index in connections or (picture[edge.head].kind == "group" and into[edge.head] > CROWD)
            looks.append(_arrow(edge, picture, largest, is_crowded))
    return looks


def has_connections(picture: Picture) -> bool:
    """Whether it shows weights of a network, by colours that have to be explained."""
    edges = (edge for network in networks(picture) for edge in picture.edges if network.joins(edge))
    return any(strength(edge) is not None for edge in edges)


def _arrow(edge: Edge, picture: Picture, largest: float, is_crowded: bool) -> EdgeLook:
    """The look of an edge of a graph, without a number that says nothing: a factor of 1, a count that a box says."""
    ends = picture[edge.tail], picture[edge.head]
    is_said = edge.local == 1 or (edge.local is None and edge.count in {node.repeats for node in ends})
    text = "" if is_said and not edge.mark else edge_text(edge)
    return EdgeLook(
        THICKEST if edge.mark else edge_width(edge.contribution, largest),
        "" if is_crowded else text,
        edge_text(edge) if is_crowded or not text else "",
        "wrong" if edge.mark or _is_after_nan(edge, picture) else "",
        "rest" if _is_cut(edge, picture) else "zero" if edge.contribution == 0 else "",
    )


def _connection(edge: Edge, picture: Picture, size: float, largest: float) -> EdgeLook:
    """The look of an edge of a network: no text, as there are too many of them. size: its weight."""
    share = min(abs(size) / largest, 1.0) if math.isfinite(size) else 1.0
    hint = edge_text(edge)
    if edge.weight is not None:
        hint = picture_words(picture.language).say("weight", number(edge.weight))
    if edge.mark or _is_after_nan(edge, picture) or not math.isfinite(size):
        return EdgeLook(THICKEST, "✗" if edge.mark else "", hint, "wrong")
    return EdgeLook(
        THINNEST if not size else _step(FINEST + (THICKEST - FINEST) * share),
        hint=hint,
        color="plus" if size > 0 else "minus" if size < 0 else "",
        dash="rest" if _is_cut(edge, picture) else "zero" if size == 0 else "",
    )


def strength(edge: Edge) -> float | None:
    """How strongly a neuron depends on another: its weight, or the local derivative where it has not one weight."""
    return edge.local if edge.weight is None else edge.weight


def edge_text(edge: Edge) -> str:
    """What there is to say of an edge: a mark, the local derivative, how many edges it is; nothing of a constant's."""
    if edge.mark:
        return "✗"
    if edge.local is not None:
        return number(edge.local)
    return f"× {edge.count}" if edge.count > 1 else ""


def edge_width(contribution: float | None, largest: float) -> float:
    """The width of a line, 1 to 3.5: it grows with the root of its contribution's share of the picture's largest.

    >>> [edge_width(contribution, 2.0) for contribution in (None, 0.0, 1e-9, -0.1, 0.5, 2.0, float("nan"))]
    [1.0, 1.0, 1.0, 1.5, 2.0, 3.5, 3.5]
    """
    if not contribution:
        return THINNEST
    share = abs(contribution) / largest
    if not share < 1.0:  # nan and inf are to be seen
        return THICKEST
    return _step(THINNEST + (THICKEST - THINNEST) * math.sqrt(share))


def _step(width: float) -> float:
    return round(2 * width) / 2


def _largest(sizes: Iterable[float | None]) -> float:
    """The size that gives the widest line: the largest finite one, or 1."""
    return max(filter(math.isfinite, (abs(size) for size in sizes if size)), default=1.0)


def _is_cut(edge: Edge, picture: Picture) -> bool:
    return "more" in (picture[edge.tail].kind, picture[edge.head].kind)


def _is_after_nan(edge: Edge, picture: Picture) -> bool:
    data = picture[edge.tail].data
    return data is not None and not math.isfinite(data)
