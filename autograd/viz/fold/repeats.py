"""Nodes that are alike: made in the same way of what is alike, and used alike; drawn as one with its number.

Each node gets a colour from its operation and the colours of its operands, then one from that and the colours of its
users: two walks. Alike nodes stand at the same height of the graph, so that drawing them as one makes no cycle.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal

from autograd.value import Value
from autograd.viz.fold.partition import Partition
from autograd.viz.graph.node_table import INPUT, PARAMETER, NodeTable

__all__ = ["Alike", "has_numbered_alike", "likeness", "merge_alike", "merge_around", "operand_slot"]

Alike = Literal["calls", "indices", "numbers", "counts"]
"""What the nodes drawn as one may differ in: the number of the call they were made in; also indices in their names, as
x[0] and x[1]; also other numbers in these, as x1 and x2; also how many of what is alike they are made of or used by."""

ANY_NUMBER = ("numbers", "counts")


def merge_alike(table: NodeTable, partition: Partition, alike: Alike, apart: frozenset[int]) -> Partition:
    """Draw alike nodes as one.

    apart: calls whose values are like no others. A node of the user's choice (a root, an end of a path) stays alone.
    """
    separate = _separate(table, apart)
    edges = partition.edges
    slots = _slots(table, partition, alike, separate)
    looks = _own_looks(table, partition, alike, separate)
    forward = _colours(edges.order, looks, edges.into, edges.tails, slots, alike)
    colour = _colours(edges.order[::-1], forward, edges.out_of, edges.heads, slots, alike)
    return _merged(partition, colour)


def merge_around(
    table: NodeTable,
    partition: Partition,
    opened: Partition,
    folded: Partition,
    alone: frozenset[int],
    values: frozenset[int],
) -> Partition:
    """Draw as one what is alike inside of some calls that are opened; and outside of them, what is if they are folded.

    opened, folded: what merge_alike has made of the partition, and of the same with these calls folded. alone: the
    calls. values: those that are drawn as one with no others.
    """
    inside = _separate(table, alone)
    colour: dict[int, Hashable] = {}
    for node in opened.nodes:
        for copy in opened.copies.get(node, [node]):
            colour[copy] = "inside", inside[_call_of(table, opened, copy)], copy if copy in values else node
    for node in folded.nodes:
        for copy in folded.copies.get(node, [node]):
            if inside[_call_of(table, folded, copy)] < 0:
                colour[copy] = "outside", node
    return _merged(partition, {node: colour[node] for node in partition.nodes})


def _merged(partition: Partition, colour: Mapping[int, Hashable]) -> Partition:
    """The partition with nodes of one colour drawn as one."""
    classes: dict[Hashable, list[int]] = defaultdict(list)
    for node in sorted(colour):
        classes[colour[node]].append(node)
    copies = {members[-1]: members for members in classes.values() if len(members) > 1}
    last = {copy: node for node, members in copies.items() for copy in members}
    merged = [last.get(node, node) for node in partition.node]
    return Partition(partition.graph, merged, partition.folds, copies, finer=partition)


def _colours(
    nodes: Sequence[int],
    own: Mapping[int, Hashable],
    edges: Mapping[int, Sequence[int]],
    ends: Sequence[int],
    slots: Sequence[int],
    alike: Alike,
) -> dict[int, int]:
    """A number for each node: the same where its own look and its neighbours' numbers, with their slots, are.

    edges: of each node, to the neighbours that have numbers already. ends: of each edge, the neighbour.
    Where counts may differ, a softmax over three is as one over four.
    """
    numbers: dict[Hashable, int] = {}
    colour: dict[int, int] = {}
    for node in nodes:
        beside: Iterable[int] = [colour[ends[edge]] * SLOTS + slots[edge] for edge in edges.get(node, ())]
        beside = sorted({*beside} if alike == "counts" else beside)
        colour[node] = numbers.setdefault((own[node], *beside), len(numbers))
    return colour


SLOTS = 1 << 20
"""More than any operation has operands: a node and a slot are one number."""


def has_numbered_alike(table: NodeTable) -> bool:
    """Whether there is anything whose name differs from another's in a number that is no index."""
    return bool(table.calls or table.paths) or any(
        likeness(label, "numbers") != likeness(label, "indices") for label in table.labels.values()
    )


@lru_cache(20_000)
def likeness(path: str, alike: Alike) -> str:
    """The part that the names of alike nodes share.

    >>> [likeness("x1[12, 3]", alike) for alike in ("calls", "indices", "numbers")]
    ['x1[12, 3]', 'x1[*]', 'x*[*]']
    """
    if not path or alike == "calls":
        return path
    inside = re.sub(r"\[\d+(, \d+)*\]", "[*]", path)
    return re.sub(r"\d+", "*", inside) if alike in ANY_NUMBER else inside


def _call_of(table: NodeTable, partition: Partition, node: int) -> int:
    """The call that a node is, or stands in; -1 where it is in none."""
    fold = partition.folds.get(node)
    return fold.call if fold is not None and fold.call >= 0 else table.call[node]


def _separate(table: NodeTable, apart: frozenset[int]) -> list[int]:
    """For each call, the call around it that is told apart, or -1; and -1 at the end, for a value in no call."""
    separate: list[int] = []
    for index, call in enumerate(table.calls):
        outer = -1 if call.parent is None else separate[call.parent]
        separate.append(outer if outer >= 0 else index if index in apart else -1)
    return [*separate, -1]


def _slots(table: NodeTable, partition: Partition, alike: Alike, separate: Sequence[int]) -> list[int]:
    """The slot of each edge among the operands of its head, as far as it matters."""
    slots = list(partition.edges.positions)
    for head, edges in partition.edges.into.items():
        if separate[table.call[head]] >= 0:
            continue
        fold = partition.folds.get(head)
        if fold is None:
            value = table.graph.values[head]
            rule = value._rule
            if rule.sequences and not (alike == "calls" and rule.name == "dot"):  # x[0] and x[1] are two inputs
                sequences, count = len(rule.operands), len(value._operands())
                for edge in edges:
                    slots[edge] = slots[edge] * sequences // count
        elif alike in ANY_NUMBER or fold.call < 0:
            slots[edges.start : edges.stop] = [0] * len(edges)
        elif table.calls[fold.call].module >= 0:  # into a function's own operation each sample goes the same way
            slots[edges.start : edges.stop] = range(len(edges))
    return slots


def operand_slot(value: Value, position: int) -> int:
    """Which operand of its operation: of one over sequences, which sequence.

    >>> import autograd
    >>> a, b = Value(1.0), Value(2.0)
    >>> [operand_slot(a - b, 1), operand_slot(autograd.sum([a, b]), 1), operand_slot(autograd.dot([a], [b]), 1)]
    [1, 0, 1]
    """
    rule = value._rule
    return position * len(rule.operands) // len(value._operands()) if rule.sequences else position


def _own_looks(table: NodeTable, partition: Partition, alike: Alike, separate: Sequence[int]) -> dict[int, Hashable]:
    """The look of each node by itself."""
    around = [likeness(call.path, alike) for call in table.calls]
    contents = _contents(table, partition)
    alone = {*table.pinned, *table.graph.roots}
    looks: dict[int, Hashable] = {}
    for node in partition.nodes:
        fold = partition.folds.get(node)
        call = _call_of(table, partition, node)
        box = (around[call], separate[call]) if call >= 0 else ()
        kind = table.kinds[node]
        if node in alone or (kind == PARAMETER and alike not in ANY_NUMBER):
            looks[node] = ("alone", node)
        elif fold is not None and fold.label:
            looks[node] = ("input", likeness(fold.label, alike))
        elif fold is not None and fold.call >= 0:
            is_any_length = alike == "counts" and table.calls[fold.call].module < 0
            looks[node] = ("call", box, fold.part, fold.parts, "" if is_any_length else contents[node])
        else:
            operation = (
                likeness(fold.pattern or fold.title, alike)
                if fold is not None
                else _operation(table.graph.values[node])
            )
            by = "indices" if alike == "calls" and kind == INPUT else alike  # each sample may have labels of its own
            looks[node] = (kind, likeness(table.name(node), by), box, operation)
    return looks


def _operation(value: Value) -> Hashable:
    rule = value._rule
    return None if rule is None else (rule.name, rule.constant_operand, *rule.parameters.items())


def _contents(table: NodeTable, partition: Partition) -> dict[int, int]:
    """A number for the operations that were folded into each call: the same for the same operations in the same order.

    The values of one call stand in the order of the graph, as those of another call of the same module do; those of
    heads of attention among others of the module, in any order.
    """
    numbers: dict[tuple[int, ...], int] = {}
    contents = {}
    for node, fold in partition.folds.items():
        if fold.call >= 0:
            operations = [table.operations[value] for value in partition.members[node]]
            is_unordered = table.calls[fold.call].is_told_apart
            key = tuple(sorted(operations) if is_unordered else operations)
            contents[node] = numbers.setdefault(key, len(numbers))
    return contents
