"""What a picture looks like when another of its boxes is open: one picture for each name that opens something."""

from __future__ import annotations

import re
from collections.abc import Callable

from autograd.viz.picture import Picture
from autograd.viz.write.room import SHORT

__all__ = ["views"]

MOST_BOXES = 300
"""All views together have at most so many boxes, for which Graphviz takes 100 ms before the cell shows anything."""

MOST_WALKED = 75_000
"""The graph is folded once for each view: so many values in all, which takes some 400 ms."""


def views(picture: Picture, opened: Callable[[str], Picture]) -> dict[str, Picture]:
    """The picture with each of its boxes open in turn, and with what opens in these: by the name that opens it.

    Breadth first, so that where there are too many, each box of the picture comes before what is inside of one; of a
    large graph, for which there are few, the box that holds most comes first, and none that is like one before.
    opened: makes the picture in which this name is open.

    >>> from autograd.viz.picture import Node
    >>> folded, opened = (Picture((Node("g0", "group", opens=name),), ()) for name in ("a", "a.b"))
    >>> list(views(folded, {"a": opened, "a.b": Picture((Node("n0", "result"),), ())}.__getitem__))
    ['a', 'a.b']
    """
    found: dict[str, Picture] = {}
    waiting = _opening(picture)
    boxes, walks = MOST_BOXES, MOST_WALKED // max(picture.total, 1)
    while waiting and len(found) < walks:
        first = next(iter(waiting))
        if picture.total > SHORT:
            known = {_without_numbers(name) for name in found}
            first = max(waiting, key=lambda name: (_without_numbers(name) not in known, waiting[name]))
        del waiting[first]
        view = opened(first)
        boxes -= len(view.nodes)
        if boxes < 0:
            break
        found[first] = view
        waiting |= {name: count for name, count in _opening(view).items() if name not in found | waiting}
    return found


def _without_numbers(name: str) -> str:
    return re.sub(r"\d+", "", name)


def _opening(picture: Picture) -> dict[str, int]:
    """The names that open a box of a picture, last those that open boxes of many modules at once, and what it holds."""
    sizes: dict[str, int] = {}
    for node in picture.nodes:
        if node.opens:
            is_of_many = node.opens in ("expressions", "sums", "repeats")
            sizes[node.opens] = max(sizes.get(node.opens, 0), 0 if is_of_many else node.values // node.repeats)
    return {name: sizes[name] for name in sorted(sizes, key=("expressions", "sums", "repeats").__contains__)}
