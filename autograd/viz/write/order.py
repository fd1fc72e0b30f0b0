"""The order of boxes that differ in an index: x[0] above x[1], also where Graphviz has it otherwise."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise

from autograd.viz.picture import Picture
from autograd.viz.write.boxes import BoxText
from autograd.viz.write.columns import Block, Point

__all__ = ["families"]

LAST_INDEX = re.compile(r"\[(\d+)\](?!.*\[)")


def families(
    picture: Picture, corners: Mapping[str, Point], sizes: Mapping[str, Block | BoxText], goes_down: bool
) -> list[list[str]]:
    """The names of boxes of one size, rank and group whose labels differ in the last index alone, by that index.

    Only those of which a later one stands before an earlier one. Of several samples each has an x[0]: these keep their
    places. corners: the upper left ones of the boxes.
    """
    ranks: dict[tuple[str, str | None, int, float], list[tuple[int, str]]] = defaultdict(list)
    for node in picture.nodes:
        match = LAST_INDEX.search(node.label) if "[" in node.label else None
        if match is not None:
            (x, y), size = corners[node.name], sizes[node.name]
            middle, extent = (y + size.height / 2, size.width) if goes_down else (x + size.width / 2, size.height)
            ranks[LAST_INDEX.sub("[*]", node.label), node.group, round(middle), extent].append(
                (int(match[1]), node.name)
            )
    across = 0 if goes_down else 1
    distinct = [rank for rank in ranks.values() if len({index for index, _ in rank}) == len(rank)]
    ordered = [[name for _, name in sorted(rank)] for rank in distinct]
    return [names for names in ordered if any(corners[a][across] > corners[b][across] for a, b in pairwise(names))]
