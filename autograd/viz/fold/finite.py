"""The first value of a graph that is nan or inf."""

from __future__ import annotations

import math

from autograd.viz.graph.indexed import IndexedGraph

__all__ = ["first_not_finite"]


def first_not_finite(graph: IndexedGraph) -> int:
    """The first value that is not finite though its operands are, or -1.

    Where a root is not finite, it is one from which only such values lead to that root. A constant counts only then:
    −inf is a number people write, as in a mask.

    >>> from autograd import Value
    >>> from autograd.viz.graph.indexed import indexed_graph
    >>> a = Value(-1.0)
    >>> first_not_finite(indexed_graph([a.log() * 2])), first_not_finite(indexed_graph([a * 2]))
    (1, -1)
    """
    is_finite = [math.isfinite(value.data) for value in graph.values]
    if all(is_finite):
        return -1
    reached = {root for root in graph.roots if not is_finite[root]}
    firsts = []
    for value in range(len(graph) - 1, -1, -1):
        if is_finite[value]:
            continue
        wrong = [operand for operand in graph.operands(value) if not is_finite[operand]]
        if value in reached:
            reached.update(wrong)
        if not wrong and (value in reached or not graph.values[value].is_constant):
            firsts.append(value)
    leading = [value for value in firsts if value in reached]
    return min(leading or firsts, default=-1)
