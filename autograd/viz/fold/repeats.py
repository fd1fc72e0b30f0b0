"""Nodes that are alike: made in the same way of what is alike, and used alike; drawn as one with its number.

Each node gets a colour from its operation and the colours of its operands, then one from that and the colours of its
users: two walks. Alike nodes stand at the same height of the graph, so that drawing them as one makes no cycle.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Sequence
from typing import Literal

import numpy as np

from autograd.core.graph import topological
from autograd.value import Value
from autograd.viz.fold.partition import Partition, links
from autograd.viz.graph.node_table import INPUT, PARAMETER, NodeTable

__all__ = ["Alike", "has_numbered_alike", "likeness", "merge_alike", "operand_slot"]

Alike = Literal["calls", "indices", "numbers"]
"""What the nodes drawn as one may differ in: the number of the call they were made in; also indices in their names, as
x[0] and x[1]; also other numbers in these, as x1 and x2."""

Operand = tuple[int, int]
"""A node, and its slot among the operands of the other, as far as that matters."""


def merge_alike(table: NodeTable, partition: Partition, alike: Alike, apart: frozenset[int]) -> Partition:
    """Draw alike nodes as one.

    apart: calls whose values are like no others. A node of the user's choice (a root, an end of a path) stays alone.
    """
    separate = _separate(table, apart)
    operands, users = _neighbours(table, partition, alike, separate)
    nodes = partition.nodes()
    if any(node < tail for node, tails in operands.items() for tail, _ in tails):  # folding has changed the order
        nodes = topological(*nodes, parents=lambda node: [operand for operand, _ in operands.get(node, ())])
    own = _own_looks(table, partition, alike, separate)
    numbers: dict[Hashable, int] = {}
    forward: dict[int, int] = {}
    for node in nodes:
        made_of = sorted((slot, forward[operand]) for operand, slot in operands.get(node, ()))
        forward[node] = numbers.setdefault((own[node], *made_of), len(numbers))
    numbers = {}
    colour: dict[int, int] = {}
    for node in reversed(nodes):
        used_by = sorted((colour[user], slot) for user, slot in users.get(node, ()))
        colour[node] = numbers.setdefault((forward[node], *used_by), len(numbers))
    classes: dict[int, list[int]] = defaultdict(list)
    for node in sorted(nodes):
        classes[colour[node]].append(node)
    copies = {members[-1]: members for members in classes.values() if len(members) > 1}
    last = np.arange(len(table.graph))
    for node, members in copies.items():
        last[members] = node
    merged = np.where(partition.node >= 0, last[partition.node], partition.node)
    return Partition(merged, partition.folds, copies)


def has_numbered_alike(table: NodeTable) -> bool:
    """Whether there is anything whose name differs from another's in a number that is no index."""
    return bool(table.calls or table.paths) or any(
        likeness(label, "numbers") != likeness(label, "indices") for label in table.labels.values()
    )


def likeness(path: str, alike: Alike) -> str:
    """The part that the names of alike nodes share.

    >>> [likeness("x1[12, 3]", alike) for alike in ("calls", "indices", "numbers")]
    ['x1[12, 3]', 'x1[*]', 'x*[*]']
    """
    if not path or alike == "calls":
        return path
    inside = re.sub(r"\[\d+(, \d+)*\]", "[*]", path)
    return re.sub(r"\d+", "*", inside) if alike == "numbers" else inside


def _separate(table: NodeTable, apart: frozenset[int]) -> list[int]:
    """For each call, the call around it that is told apart, or -1; and -1 at the end, for a value in no call."""
    separate: list[int] = []
    for index, call in enumerate(table.calls):
        outer = -1 if call.parent is None else separate[call.parent]
        separate.append(outer if outer >= 0 else index if index in apart else -1)
    return [*separate, -1]


def _neighbours(
    table: NodeTable, partition: Partition, alike: Alike, separate: Sequence[int]
) -> tuple[dict[int, list[Operand]], dict[int, list[Operand]]]:
    """The operands and the users of each node."""
    graph = table.graph
    operands: dict[int, list[Operand]] = defaultdict(list)
    users: dict[int, list[Operand]] = defaultdict(list)
    edges, tails, heads = links(graph, partition.node)
    is_fold = np.zeros(len(graph), np.bool_)
    is_fold[list(partition.folds)] = True
    _, first = np.unique(tails * len(graph) + heads, return_index=True)
    wanted = ~is_fold[heads]
    wanted[first] = True  # into what is folded, one edge from each node
    positions = graph.positions[edges[wanted]].tolist()
    for position, tail, head in zip(positions, tails[wanted].tolist(), heads[wanted].tolist(), strict=True):
        fold = partition.folds.get(head)
        if separate[table.call[head]] >= 0:
            slot = position
        elif fold is None:
            is_apart = alike == "calls" and graph.values[head]._rule.name == "dot"  # x[0] and x[1] are two inputs
            slot = position if is_apart else operand_slot(graph.values[head], position)
        elif fold.call >= 0 and table.calls[fold.call].module < 0:
            slot = position  # of a function's own operation: each sample goes the same way into a loss
        else:
            slot = 0 if alike == "numbers" or fold.call < 0 else len(operands[head])
        operands[head].append((tail, slot))
        users[tail].append((head, slot))
    return operands, users


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
    for node in partition.nodes():
        fold = partition.folds.get(node)
        call = fold.call if fold is not None and fold.call >= 0 else int(table.call[node])
        box = (around[call], separate[call]) if call >= 0 else ()
        kind = int(table.kinds[node])
        if node in alone or (kind == PARAMETER and alike != "numbers"):
            looks[node] = ("alone", node)
        elif fold is not None and fold.label:
            looks[node] = ("input", likeness(fold.label, alike))
        elif fold is not None and fold.call >= 0:
            looks[node] = ("call", box, fold.part, fold.parts, contents[node])
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

    The values of one call stand in the order of the graph, as those of another call of the same module do.
    """
    inside = np.flatnonzero(np.isin(partition.node, [node for node, fold in partition.folds.items() if fold.call >= 0]))
    operations: dict[int, list[str]] = defaultdict(list)
    for value, node in zip(inside.tolist(), partition.node[inside].tolist(), strict=True):
        operations[node].append(table.graph.values[value]._op)
    numbers: dict[Hashable, int] = {}
    return {node: numbers.setdefault(tuple(inside_node), len(numbers)) for node, inside_node in operations.items()}
