"""The open modules of a picture as boxes around nodes; the columns of those that are made of layers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from autograd.viz.fold.columns import with_columns
from autograd.viz.fold.view import View, in_common
from autograd.viz.graph.node_table import CONSTANT, PARAMETER
from autograd.viz.graph.search import components
from autograd.viz.picture import Edge, Group, Node
from autograd.viz.web.words import picture_words

__all__ = ["Boxes"]


class Boxes:
    """The boxes around the nodes of a view. box: of each node, the call whose box it stands in, or -1.

    representative: for each call, the first of those drawn as one box with it, because their nodes are drawn as one.
    """

    def __init__(self, view: View) -> None:
        self.view, self.table, self.partition = view, view.table, view.partition
        self.representative = self._representatives()
        self.box = self._boxes()

    def _representatives(self) -> list[int]:
        pairs = []
        for copies in self.partition.copies.values():
            first, *others = (self.view.call(copy) for copy in copies)
            for other in others:
                a, b = first, other
                while a != b and min(a, b) >= 0:
                    pairs.append((a, b))
                    a, b = self._outer(a), self._outer(b)
        return components(len(self.table.calls), pairs)

    def _outer(self, call: int) -> int:
        parent = self.table.calls[call].parent
        return -1 if parent is None else parent

    def _boxes(self) -> dict[int, int]:
        """The box of each node that is shown, or -1: of a parameter or a number, that around all of its users."""
        boxes: dict[int, int] = {}
        for node in self.view.shown:
            call = self.view.call(self.partition.first(node))
            boxes[node] = self.representative[call] if call >= 0 else -1
        for node in self.view.shown:
            is_leaf = self.table.kinds[self.partition.first(node)] in (PARAMETER, CONSTANT)
            if is_leaf and self.view.users.get(node) and not self.view.is_input(node):
                boxes[node] = self._around({boxes[user] for user in self.view.users[node]})
        return boxes

    def _around(self, boxes: set[int]) -> int:
        while len(boxes) > 1 and min(boxes) >= 0:
            innermost = max(boxes)  # the outer have the smaller numbers
            outer = self._outer(innermost)
            boxes = boxes - {innermost} | {self.representative[outer] if outer >= 0 else -1}
        return min(boxes)

    def name(self, node: int) -> str | None:
        """The name of the box a node stands in."""
        return _name(self.box[node])

    def groups(self, nodes: Sequence[Node], edges: Sequence[Edge]) -> tuple[Group, ...]:
        """All boxes, from the outermost in."""
        wanted: set[int] = set()
        for box in self.box.values():
            while box >= 0 and box not in wanted:
                wanted.add(box)
                outer = self._outer(box)
                box = self.representative[outer] if outer >= 0 else -1
        together: dict[int, list[int]] = defaultdict(list)
        for call, box in enumerate(self.representative):
            together[box].append(call)
        groups = []
        words = picture_words(self.table.language)
        for box in sorted(wanted):
            calls = [self.table.calls[call] for call in together[box]]
            plain = in_common([call.plain for call in calls])
            outer = self._outer(box)
            if len(calls) == 1:
                plain = calls[0].title(words)
            elif outer < 0:
                plain = words.say("calls", plain, len(calls))
            parent = _name(self.representative[outer] if outer >= 0 else -1)
            groups.append(Group(f"g{box}", plain, parent, opens=self.view.opens(together[box])))
        networks = {f"g{box}" for box in wanted if box in self.table.networks.calls}
        return with_columns(groups, networks, nodes, edges, self._neurons()) if networks else tuple(groups)

    def _neurons(self) -> dict[str, tuple[int, int]]:
        """The layer of each node that is a neuron, and its place in that."""
        networks = self.table.networks
        neurons: dict[str, tuple[int, int]] = {}
        for node in self.view.shown:
            fold = self.partition.fold(node)
            if fold is not None and fold.call in networks.layer_of:
                layer = networks.layer_of[fold.call]
                neurons[self.view.name(node)] = layer, networks.layers[layer].neurons.index(fold.call)
        return neurons


def _name(box: int) -> str | None:
    return None if box < 0 else f"g{box}"
