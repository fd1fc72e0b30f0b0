"""What a picture looks like when another of its boxes is open: one picture for each name that opens something."""

from __future__ import annotations

from collections.abc import Callable

from autograd.viz.picture import Picture

__all__ = ["views"]

MOST_BOXES = 300
"""All views together have at most so many boxes, for which Graphviz takes 100 ms before the cell shows anything."""

MOST_WALKED = 10_000
"""The graph is folded once for each view: so many values in all, which takes some 80 ms."""


def views(picture: Picture, opened: Callable[[str], Picture]) -> dict[str, Picture]:
    """The picture with each of its boxes open in turn, and with what opens in these: by the name that opens it.

    Breadth first, so that where there are too many, each box of the picture comes before what is inside of one.
    opened: makes the picture in which this name is open.

    >>> from autograd.viz.picture import Node
    >>> folded, opened = (Picture((Node("g0", "group", opens=name),), ()) for name in ("a", "a.b"))
    >>> list(views(folded, {"a": opened, "a.b": Picture((Node("n0", "result"),), ())}.__getitem__))
    ['a', 'a.b']
    """
    found: dict[str, Picture] = {}
    names = _opening(picture)
    boxes, walks = MOST_BOXES, MOST_WALKED // max(picture.total, 1)
    for name in names:  # which grows
        if name in found:
            continue
        if len(found) >= walks:
            break
        view = opened(name)
        boxes -= len(view.nodes)
        if boxes < 0:
            break
        found[name] = view
        names += _opening(view)
    return found


def _opening(picture: Picture) -> list[str]:
    """The names that open a box of a picture, last those that open boxes of many modules at once."""
    names = dict.fromkeys(node.opens for node in picture.nodes if node.opens)
    return sorted(names, key=("expressions", "sums", "repeats").__contains__)
