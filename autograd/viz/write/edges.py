"""How the edges of a picture look: the number on each, and how wide its line is."""

from __future__ import annotations

import math
from collections import Counter

from autograd.viz.picture import Edge, Picture
from autograd.viz.write.numbers import number

__all__ = ["edge_text", "edge_texts", "edge_width", "largest_contribution"]

THINNEST, THICKEST = 1.0, 3.5  # of edges, in steps of a half, which is what can be told apart
CROWD = 4  # more texts than these in front of a folded group push it far away: decision 0012


def edge_text(edge: Edge) -> str:
    """The text on an edge: a mark, the local derivative, or how many edges it is; nothing on a constant's."""
    if edge.mark:
        return "✗"
    if edge.local is not None:
        return number(edge.local)
    return f"× {edge.count}" if edge.count > 1 else ""


def edge_texts(picture: Picture) -> list[str]:
    """The text on each edge of a picture; none where many enter a folded group, as their texts would fill a page."""
    into = Counter(edge.head for edge in picture.edges)
    crowded = {name for name, count in into.items() if count > CROWD and picture[name].kind == "group"}
    return ["" if edge.head in crowded else edge_text(edge) for edge in picture.edges]


def edge_width(edge: Edge, largest: float) -> float:
    """The width of its line, 1 to 3.5: it grows with the root of its contribution's share of the picture's largest.

    >>> [edge_width(Edge("a", "b", contribution=c), 2.0) for c in (None, 0.0, 1e-9, -0.1, 0.5, 2.0, float("nan"))]
    [1.0, 1.0, 1.0, 1.5, 2.0, 3.5, 3.5]
    """
    if edge.mark:
        return THICKEST
    if not edge.contribution:
        return THINNEST
    share = abs(edge.contribution) / largest
    if not share < 1.0:  # nan and inf are to be seen
        return THICKEST
    return round(2 * (THINNEST + (THICKEST - THINNEST) * math.sqrt(share))) / 2


def largest_contribution(picture: Picture) -> float:
    """The contribution that gives the widest edge of a picture: its largest finite one, or 1."""
    sizes = [abs(edge.contribution) for edge in picture.edges if edge.contribution]
    return max(filter(math.isfinite, sizes), default=1.0)
