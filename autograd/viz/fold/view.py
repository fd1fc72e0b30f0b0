"""The values and the edges of each node of a partition that is shown: what all parts of a picture are made from."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from autograd.core.node import NO_GRAD_YET
from autograd.value import number_of
from autograd.viz.fold.partition import HIDDEN, Partition
from autograd.viz.graph.node_table import NodeTable

__all__ = ["View", "in_common", "largest", "unanimous"]


class View:
    """The nodes of a partition that are shown.

    members: the values of each. operands: the edges into it, by the node they come from. unseen: how many nodes are
    operands of it and are not shown. hidden: how often it uses each of the parameters and numbers that are drawn inside
    of it. users: the nodes it is an operand of.
    """

    def __init__(self, table: NodeTable, partition: Partition, shown: set[int]) -> None:
        self.table, self.partition, self.shown = table, partition, shown
        self.graph, self.node = table.graph, partition.node
        self.members = self._members()
        self.operands: dict[int, dict[int, list[int]]] = {node: {} for node in sorted(shown)}
        self.unseen: Counter[int] = Counter()
        self.hidden: dict[int, dict[int, int]] = {node: {} for node in shown}
        self._look_around()
        for node, tails in self.operands.items():
            if partition.fold(node) is not None and len(tails) > 1:
                self.operands[node] = {tail: tails[tail] for tail in self._in_order([*tails])}
        self.users: dict[int, list[int]] = defaultdict(list)
        for head, tails in self.operands.items():
            for tail in tails:
                self.users[tail].append(head)

    def _members(self) -> dict[int, list[int]]:
        return {node: self.partition.members.get(node, [node]) for node in self.shown}

    def _look_around(self) -> None:
        """Find the edges into each node that is shown."""
        node, tails, heads, shown = self.node, self.graph.tails, self.graph.heads, self.shown
        unseen: dict[int, set[int]] = defaultdict(set)
        for edge in self.partition.links:
            tail, head = node[tails[edge]], node[heads[edge]]
            if head in shown:
                if tail in shown:
                    self.operands[head].setdefault(tail, []).append(edge)
                else:
                    unseen[head].add(tail)
        for edge in self.graph.edges_of_leaves:
            leaf = tails[edge]
            if node[leaf] == HIDDEN and (hidden := self.hidden.get(node[heads[edge]])) is not None:
                hidden[leaf] = hidden.get(leaf, 0) + 1
        for head, nodes in unseen.items():
            self.unseen[head] = len(nodes)

    def _in_order(self, tails: list[int]) -> list[int]:
        """Nodes beside a folded one, with z[0], z[1], z[2] in the order of their numbers, in the places they have."""
        names = [self.table.short_name(self.partition.first(tail)) for tail in tails]
        likes: dict[str, list[int]] = defaultdict(list)
        for index, name in enumerate(names):
            likes[re.sub(r"\d+", "*", name)].append(index)
        for places in likes.values():
            ordered = sorted(places, key=lambda index: [int(digits) for digits in re.findall(r"\d+", names[index])])
            for index, tail in zip(places, [tails[index] for index in ordered], strict=True):
                tails[index] = tail
        return tails

    # ── one node ────────────────────────────────────────────────────────────────────────────────────────────────────

    def is_call(self, node: int) -> bool:
        """Whether it is a call that is folded."""
        fold = self.partition.fold(node)
        return fold is not None and fold.call >= 0

    def is_function(self, node: int) -> bool:
        """Whether it is a known function that is folded."""
        fold = self.partition.fold(node)
        return fold is not None and fold.call >= 0 and self.table.calls[fold.call].module < 0

    def is_one_value(self, node: int) -> bool:
        """Whether it is a plain value."""
        return self.partition.fold(node) is None and node not in self.partition.copies

    def is_input(self, node: int) -> bool:
        """Whether it is a plain number that a module was called with."""
        fold = self.partition.fold(node)
        return fold is not None and bool(fold.label)

    def copies(self, node: int) -> list[int]:
        """The nodes that are drawn as this one."""
        return self.partition.copies.get(node, [node])

    def call(self, node: int) -> int:
        """The call a node stands in, or -1."""
        fold = self.partition.folds.get(node)
        if fold is None or fold.call < 0:
            return self.table.call[node]
        parent = self.table.calls[fold.call].parent
        return -1 if parent is None else parent

    def name(self, node: int) -> str:
        """Its name in the picture."""
        fold = self.partition.fold(node)
        if fold is None or fold.call < 0:
            return f"n{self.graph.numbers[self.partition.first(node)]}"
        return f"g{fold.call}" + (f"_{fold.part}" if fold.part > 1 else "")

    def outputs(self, node: int) -> list[int]:
        """The values of a node that others use: of a plain value, itself; of a sum, its last."""
        if self.is_call(node):
            return [value for value in self.members[node] if value in self._used_outside]
        return self.members[node] if self.is_input(node) else self.copies(node)

    @cached_property
    def _used_outside(self) -> set[int]:
        """The values that are used outside of their node, or are roots."""
        outside = {self.graph.tails[edge] for edge in self.partition.links}.union(self.graph.roots)
        if self.table.uses is not self.graph.uses:  # of a part of a graph: the rest may use them
            uses = enumerate(zip(self.table.uses, self.graph.uses, strict=True))
            outside |= {value for value, (everywhere, here) in uses if everywhere > here}
        return outside

    @cached_property
    def sizes(self) -> list[int]:
        """How many values were made in each call, and in those inside of it."""
        of_calls = Counter(self.table.call)
        counts = [of_calls[index] for index in range(len(self.table.calls))]
        for index in range(len(counts) - 1, -1, -1):
            parent = self.table.calls[index].parent
            if parent is not None:
                counts[parent] += counts[index]
        return counts

    def opens(self, calls: Sequence[int]) -> str:
        """The name that opens these calls, drawn as one: their path, or the key of a single one of several.

        Of heads of attention it is the first, of their positions the one that sees most.
        """
        first = self.table.calls[calls[0]]
        if first.is_told_apart:
            return self.table.calls[max(calls, key=lambda call: (self.sizes[call], -call))].key
        is_only = len(calls) > 1 or sum(call.path == first.path for call in self.table.calls) == 1
        return first.path if is_only else first.key or first.path


# ── of several, one ─────────────────────────────────────────────────────────────────────────────────────────────────


def in_common(names: Sequence[str]) -> str:
    """A name for several: with * where their numbers differ, and "" where more does.

    >>> in_common(["layers[0].w[1]", "layers[0].w[2]"]), in_common(["x", "x"]), in_common(["x", "y"])
    ('layers[0].w[*]', 'x', '')
    """
    if len(set(names)) == 1:
        return names[0]
    pieces = [re.split(r"(\d+)", name) for name in names]
    if len({tuple(name[::2]) for name in pieces}) > 1:
        return ""
    return "".join(same.pop() if len(same := set(column)) == 1 else "*" for column in zip(*pieces, strict=True))


def unanimous(numbers: Sequence[float | None]) -> float | None:
    """The number, where all are the same."""
    return numbers[0] if numbers and len({repr(x) for x in numbers}) == 1 else None


def largest(grads: Iterable[object]) -> float | None:
    """The largest |gradient|, nan if one is; None where no backward pass has been."""
    numbers = (grad if isinstance(grad, float) else float(number_of(grad)) for grad in grads if grad is not NO_GRAD_YET)
    sizes = [abs(number) for number in numbers]
    nan = next((size for size in sizes if size != size), None)
    return max(sizes, default=None) if nan is None else nan
