"""A partition of the values, and which of its nodes are shown, as a Picture."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from typing import Any

import numpy as np

from autograd.core.graph import topological
from autograd.core.node import NO_GRAD_YET
from autograd.value import number_of
from autograd.viz.fold.partition import HIDDEN, Partition, links
from autograd.viz.fold.repeats import operand_slot
from autograd.viz.graph.labels import printable
from autograd.viz.graph.node_table import CONSTANT, INPUT, PARAMETER, RESULT, NodeTable
from autograd.viz.graph.search import breadth_first, components
from autograd.viz.picture import Edge, Group, Kind, Node, Picture

__all__ = ["assemble", "nearest"]

KINDS: dict[int, Kind] = {INPUT: "input", PARAMETER: "parameter", CONSTANT: "constant", RESULT: "result"}
MOST_SWEPT = 5_000
"""Where more edges than these are drawn as one, or more values, no local derivative or contribution is worked out:
it takes a step in Python for each of them."""


def nearest(table: NodeTable, partition: Partition, starts: Iterable[int], most: int, both_ways: bool) -> list[int]:
    """At most so many nodes, nearest to where it starts, breadth first: by operands, or by operands and users."""
    _, tails, heads = links(table.graph, partition.node)
    beside: dict[int, list[int]] = defaultdict(list)
    for tail, head in zip(tails.tolist(), heads.tolist(), strict=True):
        beside[head].append(tail)
    for tail, head in zip(tails.tolist(), heads.tolist(), strict=True) if both_ways else ():
        beside[tail].append(head)
    return breadth_first(starts, lambda node: beside.get(node, ()), most)


def assemble(table: NodeTable, partition: Partition, shown: Iterable[int], ends: str = "") -> Picture:
    """The picture of the nodes that are shown.

    ends: what is said of neighbours that are not: of "operands", of "operands and users", or nothing.
    """
    return _Assembly(table, partition, set(shown), ends).picture()


class _Assembly:
    """The values and the edges of each node that is shown, which the parts of one picture share.

    members: its values. operands: the edges into it, by the node they come from. unseen: how many nodes are operands of
    it and are not shown. hidden: how often it uses each of the parameters and numbers that are drawn inside of it.
    """

    def __init__(self, table: NodeTable, partition: Partition, shown: set[int], ends: str) -> None:
        self.table, self.partition, self.shown, self.ends = table, partition, shown, ends
        self.graph, self.node = table.graph, partition.node
        self.members = self._members()
        self.operands: dict[int, dict[int, list[int]]] = {node: {} for node in sorted(shown)}
        self.unseen: Counter[int] = Counter()
        self.hidden: dict[int, dict[int, int]] = {node: {} for node in shown}
        self._look_around()
        self.users: dict[int, list[int]] = defaultdict(list)
        for head, tails in self.operands.items():
            for tail in tails:
                self.users[tail].append(head)
        self.is_output = table.uses > np.bincount(self.graph.tails, minlength=len(self.graph))
        self.is_output[self.graph.tails[self.node[self.graph.tails] != self.node[self.graph.heads]]] = True
        self.is_output[list(self.graph.roots)] = True
        self.representative = self._representatives()
        self.box = self._boxes()
        self.locals: dict[int, list[Any]] = {}

    def _members(self) -> dict[int, list[int]]:
        several = self.shown & (self.partition.folds.keys() | self.partition.copies.keys())
        chosen = np.flatnonzero(np.isin(self.node, sorted(several)))
        members: dict[int, list[int]] = {node: [] if node in several else [node] for node in self.shown}
        for value, node in zip(chosen.tolist(), self.node[chosen].tolist(), strict=True):
            members[node].append(value)
        return members

    def _look_around(self) -> None:
        """Find the edges into each node that is shown."""
        graph, count = self.graph, len(self.graph)
        is_shown = np.zeros(count + 1, np.bool_)
        is_shown[list(self.shown)] = True
        tails, heads = self.node[graph.tails], self.node[graph.heads]
        into = is_shown[heads] & (tails != heads)
        hidden = np.flatnonzero(into & (tails == HIDDEN))
        pairs, uses = np.unique(heads[hidden] * count + graph.tails[hidden], return_counts=True)
        for pair, use in zip(pairs.tolist(), uses.tolist(), strict=True):
            self.hidden[pair // count][pair % count] = use
        edges = np.flatnonzero(into & (tails != HIDDEN))
        pairs = heads[edges] * count + tails[edges]
        order = np.argsort(pairs, kind="stable")
        distinct, starts = np.unique(pairs[order], return_index=True)
        by_pair, bounds = edges[order].tolist(), [*starts.tolist(), len(edges)]
        groups = [by_pair[start:end] for start, end in pairwise(bounds)]
        for group, pair in sorted(zip(groups, distinct.tolist(), strict=True), key=lambda item: item[0][0]):
            head, tail = divmod(pair, count)
            if tail in self.shown:
                self.operands[head][tail] = group
            else:
                self.unseen[head] += 1

    def picture(self) -> Picture:
        """All of it."""
        roots = [int(self.node[root]) for root in self.graph.roots if self.node[root] in self.shown]
        ends = [node for node in self.operands if node not in self.users]
        nodes: list[Node] = []
        edges: list[Edge] = []
        hidden: set[int] = set()
        for node in topological(*roots, *ends, parents=self.operands.__getitem__):
            new = set(self.hidden[node]) - hidden
            hidden |= new
            self._add_unseen_operands(node, nodes, edges)
            nodes.append(self._node(node, numbers=sum(self.table.kinds[leaf] == CONSTANT for leaf in new)))
            edges += self._edges(node)
            self._add_unseen_users(node, nodes, edges)
        return Picture(
            nodes=tuple(nodes),
            edges=tuple(edges),
            groups=self._groups(),
            total=self.graph.total,
            is_whole_count=self.graph.is_whole,
            left_out=self.graph.total - sum(map(len, self.members.values())) - len(hidden),
        )

    # ── nodes ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _is_call(self, node: int) -> bool:
        fold = self.partition.fold(node)
        return fold is not None and fold.call >= 0

    def _is_one_value(self, node: int) -> bool:
        return self.partition.fold(node) is None and node not in self.partition.copies

    def _name(self, node: int) -> str:
        fold = self.partition.fold(node)
        if fold is None or fold.call < 0:
            return f"n{self.graph.numbers[self.partition.first(node)]}"
        return f"g{fold.call}" + (f"_{fold.part}" if fold.part > 1 else "")

    def _outputs(self, node: int) -> list[int]:
        """The values of a node that others use: of a plain value, itself; of a sum, its last."""
        if self._is_call(node):
            return [value for value in self.members[node] if self.is_output[value]]
        return self.partition.copies.get(node, [node])

    def _node(self, node: int, numbers: int) -> Node:
        first, fold = self.partition.first(node), self.partition.fold(node)
        copies, members = self.partition.copies.get(node, [node]), self.members[node]
        outputs = self._outputs(node)
        values = [self.graph.values[output] for output in outputs] if len(outputs) == len(copies) else []
        parameters = self._parameters(node) if fold else []
        if fold is None:
            operation = printable(self.graph.values[first]._op)
        else:
            operation = fold.title
        return Node(
            name=self._name(node),
            kind="group" if self._is_call(node) else KINDS[int(self.table.kinds[first])],
            label=self._label(copies),
            operation=operation,
            data=_unanimous([value.data for value in values]),
            grad=_unanimous([number_of(value._grad) if value.has_grad else None for value in values]),
            is_root=any(self.node[root] == node for root in self.graph.roots),
            group=self._group_name(self.box[node]),
            values=len(members) + numbers,
            parameters=len(parameters),
            largest_grad=_largest([self.graph.values[value]._grad for value in (*members, *self._own(node))]),
            repeats=len(copies),
            opens=self.table.calls[fold.call].path if fold and fold.call >= 0 else "",
            parts=() if self._is_one_value(node) else tuple(f"n{self.graph.numbers[value]}" for value in members),
        )

    def _label(self, copies: Sequence[int]) -> str:
        """The name of a value, the title of a call; of several, what they have in common."""
        fold = self.partition.folds.get(copies[0])
        if fold is None or fold.call < 0:
            return in_common([self.table.short_name(copy) for copy in copies])
        calls = [self.table.calls[self.partition.folds[copy].call] for copy in copies]
        title = calls[0].title if len(calls) == 1 else in_common([call.plain for call in calls])
        return f"{title} · part {fold.part} of {fold.parts}" if fold.parts > 1 else title

    def _parameters(self, node: int) -> list[int]:
        """The parameters its values are made from, drawn inside of it or beside it."""
        beside = [self.partition.copies.get(tail, [tail]) for tail in self.operands[node]]
        leaves = (*self.hidden[node], *chain.from_iterable(beside))
        return [leaf for leaf in leaves if self.table.kinds[leaf] == PARAMETER]

    def _own(self, node: int) -> list[int]:
        """The parameters nothing else uses, as the other calls of a model would: their gradients come from here."""
        uses, kinds = self.table.uses, self.table.kinds
        return [leaf for leaf, count in self.hidden[node].items() if kinds[leaf] == PARAMETER and count == uses[leaf]]

    # ── edges ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _edges(self, head: int) -> list[Edge]:
        """The edges into a node: one for each operand of a value, one for each node beside a folded one."""
        is_fold = self.partition.fold(head) is not None
        slopes = self._slopes(head) if is_fold and head not in self.partition.copies else {}
        arrows = []
        for entry, (tail, edges) in enumerate(self.operands[head].items()):
            for merged in [edges] if is_fold else self._by_operand(head, tail, edges):
                position = entry if is_fold else int(self.graph.positions[merged[0]])
                local = (slopes.get(tail) if is_fold else self._local(merged[0])) if len(merged) == 1 else None
                contribution = self._contribution(merged)
                arrows.append(Edge(self._name(tail), self._name(head), position, local, contribution, len(merged)))
        return sorted(arrows, key=lambda arrow: arrow.position)

    def _by_operand(self, head: int, tail: int, edges: list[int]) -> list[list[int]]:
        """The edges from one node to an operation, as far as they are different operands: a·a has two.

        They are not where the tail is a folded call, or the head an operation over sequences that is drawn for several.
        """
        if len(edges) == 1 or self._is_call(tail):
            return [edges]
        if self._is_one_value(head) and self._is_one_value(tail):
            return [[edge] for edge in edges]
        operands: dict[int, list[int]] = defaultdict(list)
        for edge in edges:
            operands[operand_slot(self.graph.values[head], int(self.graph.positions[edge]))].append(edge)
        return list(operands.values())

    def _local(self, edge: int) -> float | None:
        """The local derivative, as a number; None for a constant's."""
        head = int(self.graph.heads[edge])
        if head not in self.locals:
            self.locals[head] = [local for _, local in self.graph.values[head]._edges()]
        local = self.locals[head][self.graph.positions[edge]]
        return None if local is None else float(number_of(local))

    def _contribution(self, edges: Sequence[int]) -> float | None:
        """The sum these edges added to the gradient of the value they come from: of several values, the largest sum."""
        if len(edges) > MOST_SWEPT:
            return None
        added: dict[int, float] = {}
        for edge in edges:
            value, local = self.graph.values[self.graph.heads[edge]], self._local(edge)
            if local is not None and value.has_grad:
                upstream, tail = float(number_of(value._grad)), int(self.graph.tails[edge])
                product = local * upstream
                if math.isnan(product) and not math.isnan(number_of(self.graph.values[tail]._grad)):
                    product = 0.0  # nothing was carried: the operand, or one on the way to it, was not chosen
                added[tail] = added.get(tail, 0.0) + product
        return max(added.values(), key=lambda x: (x != x, abs(x)), default=None)

    def _slopes(self, head: int) -> dict[int, float]:
        """The derivative of a folded node's one output by each node beside it; none where it has several outputs."""
        outputs = self._outputs(head)
        if len(outputs) > 1 or len(self.members[head]) > MOST_SWEPT:
            return {}
        adjoints = dict.fromkeys(outputs, 1.0)
        slopes: dict[int, float] = {}
        for value in reversed(self.members[head]):
            upstream = adjoints.get(value, 0.0)
            for edge in self.graph.edges_into(value) if upstream else ():
                local = self._local(edge)
                if local is not None:
                    tail = int(self.graph.tails[edge])
                    inside = self.node[tail] == head
                    into, key = (adjoints, tail) if inside else (slopes, int(self.node[tail]))
                    into[key] = into.get(key, 0.0) + local * upstream
        return {tail: slopes.get(tail, 0.0) for tail in self.operands[head]}

    # ── what is not shown ───────────────────────────────────────────────────────────────────────────────────────────

    def _add_unseen_operands(self, node: int, nodes: list[Node], edges: list[Edge]) -> None:
        """A node "… 3 more" before one of which not every operand is here."""
        unseen = self.unseen[node]
        if len(self.graph) < self.graph.total or not self.graph.is_whole:
            for value in self.members[node]:
                unseen += len(self.graph.values[value]._operands()) - len(self.graph.edges_into(value))
        if unseen and self.ends:
            self._add_unseen(f"more{self._name(node).removeprefix('n')}", unseen, node, nodes)
            position = sum(map(len, self.operands[node].values()))
            edges.append(Edge(nodes[-1].name, self._name(node), position))

    def _add_unseen_users(self, node: int, nodes: list[Node], edges: list[Edge]) -> None:
        """A node "… 3 more" behind one of which not every user is here."""
        if self.ends != "operands and users":
            return
        here = np.isin(self.node[self.graph.heads], sorted(self.shown))
        members = np.isin(self.graph.tails, self.members[node])
        unseen = int(self.table.uses[self.members[node]].sum()) - int((here & members).sum())
        if unseen:
            self._add_unseen(f"users{self._name(node).removeprefix('n')}", unseen, node, nodes)
            edges.append(Edge(self._name(node), nodes[-1].name))

    def _add_unseen(self, name: str, count: int, beside: int, nodes: list[Node]) -> None:
        group = self._group_name(self.box[beside])
        nodes.append(Node(name, "more", label=f"… {count} more", values=count, group=group))

    # ── boxes around them ───────────────────────────────────────────────────────────────────────────────────────────

    def _representatives(self) -> list[int]:
        """For each call, the first of those drawn as one box with it, because their nodes are drawn as one."""
        pairs = []
        for copies in self.partition.copies.values():
            first, *others = (self._call_of(copy) for copy in copies)
            for other in others:
                a, b = first, other
                while a != b and min(a, b) >= 0:
                    pairs.append((a, b))
                    a, b = self._outer(a), self._outer(b)
        first_of: list[int] = components(len(self.table.calls), *np.array(pairs, np.intp).reshape(-1, 2).T).tolist()
        return first_of

    def _outer(self, call: int) -> int:
        parent = self.table.calls[call].parent
        return -1 if parent is None else parent

    def _call_of(self, node: int) -> int:
        """The call a node stands in."""
        fold = self.partition.folds.get(node)
        return int(self.table.call[node]) if fold is None or fold.call < 0 else self._outer(fold.call)

    def _boxes(self) -> dict[int, int]:
        """The box of each node that is shown, or -1: of a parameter or a number, that around all of its users."""
        boxes: dict[int, int] = {}
        for node in self.shown:
            call = self._call_of(self.partition.first(node))
            boxes[node] = self.representative[call] if call >= 0 else -1
        for node in self.shown:
            if self.table.kinds[self.partition.first(node)] in (PARAMETER, CONSTANT) and self.users.get(node):
                boxes[node] = self._around({boxes[user] for user in self.users[node]})
        return boxes

    def _around(self, boxes: set[int]) -> int:
        while len(boxes) > 1 and min(boxes) >= 0:
            innermost = max(boxes)  # the outer have the smaller numbers
            outer = self._outer(innermost)
            boxes = boxes - {innermost} | {self.representative[outer] if outer >= 0 else -1}
        return min(boxes)

    def _group_name(self, box: int) -> str | None:
        return None if box < 0 else f"g{box}"

    def _groups(self) -> tuple[Group, ...]:
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
        for box in sorted(wanted):
            calls = [self.table.calls[call] for call in together[box]]
            plain = in_common([call.plain for call in calls])
            outer = self._outer(box)
            if len(calls) == 1:
                plain = calls[0].title
            elif outer < 0:
                plain = f"{plain} · {len(calls)} calls"
            around = self._group_name(self.representative[outer] if outer >= 0 else -1)
            groups.append(Group(f"g{box}", plain, around, opens=calls[0].path))
        return tuple(groups)


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


def _unanimous(numbers: Sequence[float | None]) -> float | None:
    """The number, where all are the same."""
    return numbers[0] if numbers and len({repr(x) for x in numbers}) == 1 else None


def _largest(grads: Iterable[object]) -> float | None:
    """The largest |gradient|, nan if one is; None where no backward pass has been."""
    sizes = [abs(float(number_of(grad))) for grad in grads if grad is not NO_GRAD_YET]
    return max(sizes, key=lambda size: (size != size, size), default=None)
