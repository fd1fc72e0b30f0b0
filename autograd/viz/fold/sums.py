"""Sums written with +, as one operation of many operands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from autograd.viz.graph.node_table import NodeTable

__all__ = ["SHORTEST", "Sum", "find_sums"]

SHORTEST = 3
"""A sum of fewer terms is an addition, and stays one."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A tree of additions, with the products in it if it is made of these. values: the sum itself is the last."""

    values: tuple[int, ...]
    title: str


def find_sums(table: NodeTable) -> list[Sum]:
    """The sums of three terms and more, each as far as nothing else uses what is inside, or has a name for it.

    >>> import autograd
    >>> from autograd.viz.graph.node_table import node_table
    >>> from autograd.viz.graph.groups import find_groups
    >>> from autograd.viz.graph.arrays import graph_arrays
    >>> a, b, c = (autograd.Value(x) for x in (1.0, 2.0, 3.0))
    >>> graph = graph_arrays([a + b + c * c])
    >>> find_sums(node_table(graph, find_groups(graph, [])))
    [Sum(values=(2, 5), title='sum of 3')]
    """
    graph = table.graph
    rules = ["" if value._rule is None else value._rule.name for value in graph.values]
    is_binary = np.diff(graph.starts) == 2
    is_add = np.array([rule == "add" for rule in rules]) & is_binary
    is_mul = np.array([rule == "mul" for rule in rules]) & is_binary
    user = np.full(len(graph), -1)
    user[graph.tails] = graph.heads
    is_inside = (table.uses == 1) & (user >= 0) & is_add[user] & (table.call == table.call[user])
    is_inside[[*table.labels, *table.pinned, *graph.roots]] = False
    joins, multiplies = (is_inside & is_add).tolist(), (is_inside & is_mul).tolist()
    sums = []
    for top in np.flatnonzero(is_add & ~(is_inside & is_add)).tolist():
        values, terms, waiting = [top], [], graph.operands(top)
        while waiting:
            value = waiting.pop()
            if joins[value]:
                values.append(value)
                waiting += graph.operands(value)
            else:
                terms.append(value)
        if len(terms) >= SHORTEST:
            products = [term for term in terms if multiplies[term]]
            title = f"sum of {len(terms)}"
            if len(products) >= max(SHORTEST, len(terms) / 2):
                others = len(terms) - len(products)
                title = f"dot of {len(products)}" + (f" and {others} more" if others else "")
                values += products
            sums.append(Sum(tuple(sorted(values)), title))
    return sums
