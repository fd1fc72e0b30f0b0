"""The edges of a picture: the local derivatives, contributions and weights of the edges that are drawn as one."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from autograd.value import number_of
from autograd.viz.fold.repeats import operand_slot
from autograd.viz.fold.view import View
from autograd.viz.graph.node_table import CONSTANT, PARAMETER
from autograd.viz.picture import Edge

__all__ = ["Edges"]

MOST_SWEPT = 5_000
"""Where more edges than these are drawn as one, or more values, no local derivative or contribution is worked out:
it takes a step in Python for each of them."""


class Edges:
    """The edges between the nodes of a view."""

    def __init__(self, view: View) -> None:
        self.view, self.graph = view, view.graph
        self.locals: dict[int, list[Any]] = {}

    def into(self, head: int) -> list[Edge]:
        """The edges into a node: one for each operand of a value, one for each node beside a folded one."""
        view = self.view
        is_fold = view.partition.fold(head) is not None
        slopes = self._slopes(head) if is_fold and head not in view.partition.copies else {}
        arrows = []
        for entry, (tail, edges) in enumerate(view.operands[head].items()):
            for merged in [edges] if is_fold else self._by_operand(head, tail, edges):
                position = entry if is_fold else self.graph.positions[merged[0]]
                local = (slopes.get(tail) if is_fold else self._local(merged[0])) if len(merged) == 1 else None
                arrows.append(
                    Edge(
                        tail=view.name(tail),
                        head=view.name(head),
                        position=position,
                        local=local,
                        contribution=self._contribution(merged),
                        count=len(merged),
                        weight=self._weight(merged) if view.is_call(head) else None,
                    )
                )
        return sorted(arrows, key=lambda arrow: arrow.position)

    def _by_operand(self, head: int, tail: int, edges: list[int]) -> list[list[int]]:
        """The edges from one node to an operation, as far as they are different operands: a·a has two.

        They are not where the tail is a folded call, or the head an operation over sequences that is drawn for several.
        """
        if len(edges) == 1 or self.view.is_call(tail):
            return [edges]
        if self.view.is_one_value(head) and self.view.is_one_value(tail):
            return [[edge] for edge in edges]
        operands: dict[int, list[int]] = defaultdict(list)
        for edge in edges:
            operands[operand_slot(self.graph.values[head], self.graph.positions[edge])].append(edge)
        return list(operands.values())

    def _local(self, edge: int) -> float | None:
        """The local derivative, as a number; None for a constant's."""
        head = self.graph.heads[edge]
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
                upstream, tail = float(number_of(value._grad)), self.graph.tails[edge]
                product = local * upstream
                if math.isnan(product) and not math.isnan(number_of(self.graph.values[tail]._grad)):
                    product = 0.0  # nothing was carried: the operand, or one on the way to it, was not chosen
                added[tail] = added.get(tail, 0.0) + product
        return max(added.values(), key=lambda x: (x != x, abs(x)), default=None)

    def _slopes(self, head: int) -> dict[int, float]:
        """The derivative of a folded node's one output by each node beside it; none where it has several outputs."""
        view, outputs = self.view, self.view.outputs(head)
        if len(outputs) > 1 or len(view.members[head]) > MOST_SWEPT:
            return {}
        adjoints = dict.fromkeys(outputs, 1.0)
        slopes: dict[int, float] = {}
        for value in reversed(view.members[head]):
            upstream = adjoints.get(value, 0.0)
            for edge in self.graph.edges_into(value) if upstream else ():
                local = self._local(edge)
                if local is not None:
                    tail = self.graph.tails[edge]
                    inside = view.node[tail] == head
                    into, key = (adjoints, tail) if inside else (slopes, int(view.node[tail]))
                    into[key] = into.get(key, 0.0) + local * upstream
        kinds = view.table.kinds
        return {tail: slopes.get(tail, 0.0) for tail in view.operands[head] if kinds[tail] != CONSTANT}

    def _weight(self, edges: Sequence[int]) -> float | None:
        """The parameter that multiplies the tail of these edges, where it is the same for all; else None.

        It is the other factor of a product, or stands at the same position in the other sequence of a dot product.
        """
        if len(edges) > MOST_SWEPT:
            return None
        weights = set()
        for edge in edges:
            head = self.graph.heads[edge]
            operands = self.graph.operands(head)
            if self.graph.values[head]._rule.name not in ("mul", "dot") or len(operands) % 2:
                return None
            index = edge - self.graph.starts[head]
            weights.add(operands[(index + len(operands) // 2) % len(operands)])
        weight = weights.pop()
        if weights or self.view.table.kinds[weight] != PARAMETER:
            return None
        return float(self.graph.values[weight].data)
