"""Nodes that are alike: made in the same way of what is alike, and used alike; drawn as one with its number.

Each node gets a colour from its operation and the colours of its operands, then one from that and the colours of its
users: two walks. Alike nodes stand at the same height of the graph, so that drawing them as one makes no cycle.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Sequence

import numpy as np

from autograd.core.graph import topological
from autograd.value import Value
from autograd.viz.fold.partition import Partition, links
from autograd.viz.graph.columns import PARAMETER, Columns

__all__ = ["has_siblings", "likeness", "merge_alike", "operand_place"]

Operand = tuple[int, int]
"""A node, and the place it takes among the operands, as far as that matters."""


def merge_alike(columns: Columns, partition: Partition, siblings: bool, apart: frozenset[int]) -> Partition:
    """Draw alike nodes as one. siblings: also where parameters, and modules, differ in the numbers of their paths.

    apart: calls whose values are like no others. A node of the user's choice (a root, an end of a path) stays alone.
    """
    separate = _separate(columns, apart)
    operands, users = _neighbours(columns, partition, siblings, separate)
    nodes = partition.nodes()
    if any(node < operand for node, mine in operands.items() for operand, _ in mine):  # folding has changed the order
        nodes = topological(*nodes, parents=lambda node: [operand for operand, _ in operands.get(node, ())])
    own = _own_looks(columns, partition, siblings, separate)
    numbers: dict[Hashable, int] = {}
    forward: dict[int, int] = {}
    for node in nodes:
        made_of = sorted((place, forward[operand]) for operand, place in operands.get(node, ()))
        forward[node] = numbers.setdefault((own[node], *made_of), len(numbers))
    numbers = {}
    colour: dict[int, int] = {}
    for node in reversed(nodes):
        used_by = sorted((colour[user], place) for user, place in users.get(node, ()))
        colour[node] = numbers.setdefault((forward[node], *used_by), len(numbers))
    classes: dict[int, list[int]] = defaultdict(list)
    for node in sorted(nodes):
        classes[colour[node]].append(node)
    copies = {alike[-1]: alike for alike in classes.values() if len(alike) > 1}
    last = np.arange(len(columns.graph))
    for node, alike in copies.items():
        last[alike] = node
    merged = np.where(partition.node >= 0, last[partition.node], partition.node)
    return Partition(merged, partition.folds, copies)


def has_siblings(columns: Columns) -> bool:
    """Whether there is anything whose name differs from another's in a number that is no index."""
    return bool(columns.calls or columns.paths) or any(
        likeness(label, siblings=True) != likeness(label, siblings=False) for label in columns.labels.values()
    )


def likeness(path: str, siblings: bool) -> str:
    """What alike names have in common: ``x[*]`` of x[0] and x[1]; of siblings ``x*`` of x1 and x2, too.

    >>> likeness("x1[12, 3]", siblings=False), likeness("x1[12, 3]", siblings=True)
    ('x1[*]', 'x*[*]')
    """
    if not path:
        return ""
    inside = re.sub(r"\[\d+(, \d+)*\]", "[*]", path)
    return re.sub(r"\d+", "*", inside) if siblings else inside


def _separate(columns: Columns, apart: frozenset[int]) -> list[int]:
    """Of each call, the one that is told apart and in which it stands, or -1; -1 for a value in no call, the last."""
    separate: list[int] = []
    for place, call in enumerate(columns.calls):
        outer = -1 if call.parent is None else separate[call.parent]
        separate.append(outer if outer >= 0 else place if place in apart else -1)
    return [*separate, -1]


def _neighbours(
    columns: Columns, partition: Partition, siblings: bool, separate: Sequence[int]
) -> tuple[dict[int, list[Operand]], dict[int, list[Operand]]]:
    """The operands and the users of each node."""
    graph = columns.graph
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
        if separate[columns.call[head]] >= 0:
            place = position
        elif fold is None:
            place = operand_place(graph.values[head], position)
        else:
            place = 0 if siblings or fold.call < 0 else len(operands[head])
        operands[head].append((tail, place))
        users[tail].append((head, place))
    return operands, users


def operand_place(value: Value, position: int) -> int:
    """Which operand of its operation: of one over sequences, which sequence.

    >>> import autograd
    >>> a, b = Value(1.0), Value(2.0)
    >>> [operand_place(a - b, 1), operand_place(autograd.sum([a, b]), 1), operand_place(autograd.dot([a], [b]), 1)]
    [1, 0, 1]
    """
    rule = value._rule
    return position * len(rule.operands) // len(value._operands()) if rule.sequences else position


def _own_looks(columns: Columns, partition: Partition, siblings: bool, separate: Sequence[int]) -> dict[int, Hashable]:
    """What a node is like by itself."""
    around = [likeness(call.path, siblings) for call in columns.calls]
    contents = _contents(columns, partition)
    alone = {*columns.pinned, *columns.graph.roots}
    looks: dict[int, Hashable] = {}
    for node in partition.nodes():
        fold = partition.folds.get(node)
        place = fold.call if fold is not None and fold.call >= 0 else int(columns.call[node])
        box = (around[place], separate[place]) if place >= 0 else ()
        kind = int(columns.kinds[node])
        if node in alone or (kind == PARAMETER and not siblings):
            looks[node] = ("alone", node)
        elif fold is not None and fold.call >= 0:
            looks[node] = ("call", box, fold.part, fold.parts, contents[node])
        else:
            made = fold.title if fold is not None else _operation(columns.graph.values[node])
            looks[node] = (kind, likeness(columns.name(node), siblings), box, made)
    return looks


def _operation(value: Value) -> Hashable:
    rule = value._rule
    return None if rule is None else (rule.name, rule.constant_operand, *rule.parameters.items())


def _contents(columns: Columns, partition: Partition) -> dict[int, int]:
    """A number for the operations that were folded into each call: the same for the same operations in the same order.

    The values of one call stand in the order of the graph, as those of another call of the same module do.
    """
    inside = np.flatnonzero(np.isin(partition.node, [node for node, fold in partition.folds.items() if fold.call >= 0]))
    operations: dict[int, list[str]] = defaultdict(list)
    for value, node in zip(inside.tolist(), partition.node[inside].tolist(), strict=True):
        operations[node].append(columns.graph.values[value]._op)
    numbers: dict[Hashable, int] = {}
    return {node: numbers.setdefault(tuple(mine), len(numbers)) for node, mine in operations.items()}
