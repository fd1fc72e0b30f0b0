"""Sums written with +, as one operation of many operands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

from autograd.viz.graph.node_table import NodeTable
from autograd.viz.web.words import picture_words

__all__ = ["SHORTEST", "Sum", "find_starts", "find_sums"]

SHORTEST = 3
"""A sum of fewer terms is an addition, and stays one."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A tree of additions, with the products in it if it is made of these. values: the sum itself is the last.

    numbers: the constants among its terms. Its title is the sign where it is no longer than an addition, and only joins
    what sum() starts from to what follows. opens: the argument that shows it term by term, if any.
    """

    values: tuple[int, ...]
    title: str
    numbers: tuple[int, ...] = ()
    opens: str = ""


def find_sums(table: NodeTable) -> list[Sum]:
    """The sums of three terms and more, each as far as nothing else uses what is inside, or has a name for it.

    >>> import autograd
    >>> from autograd.viz.graph.node_table import node_table
    >>> from autograd.viz.graph.groups import find_groups
    >>> from autograd.viz.graph.arrays import graph_arrays
    >>> a, b, c = (autograd.Value(x) for x in (1.0, 2.0, 3.0))
    >>> graph = graph_arrays([a + b + c * c])
    >>> find_sums(node_table(graph, find_groups(graph, [])))
    [Sum(values=(2, 5), title='sum of 3', numbers=(), opens='sums')]
    """
    additions = _Additions(table)
    long = [total for total in map(additions.whole, additions.tops()) if total is not None]
    taken = set(chain.from_iterable(total.values for total in long))
    return [*long, *(start for start in additions.starts() if taken.isdisjoint(start.values))]


def find_starts(table: NodeTable) -> list[Sum]:
    """The additions to the 0 that sum() starts from, which is no term: each is one with the next addition."""
    return list(_Additions(table).starts())


class _Additions:
    """The additions of a graph. joins, multiplies: which additions and products are inside of another addition."""

    def __init__(self, table: NodeTable) -> None:
        graph = self.graph = table.graph
        self.words = picture_words(table.language)
        rules = ["" if value._rule is None else value._rule.name for value in graph.values]
        is_binary = np.diff(graph.starts) == 2
        self.is_add = np.array([rule == "add" for rule in rules]) & is_binary
        is_mul = np.array([rule == "mul" for rule in rules]) & is_binary
        self.user = np.full(len(graph), -1)
        self.user[graph.tails] = graph.heads
        is_inside = (table.uses == 1) & (self.user >= 0) & self.is_add[self.user]
        is_inside &= table.call == table.call[self.user]
        is_inside[[*table.labels, *table.pinned, *graph.roots]] = False
        self.is_inside = is_inside & self.is_add
        self.multiplies: list[bool] = (is_inside & is_mul).tolist()
        self.zeros = {
            int(graph.tails[graph.starts[value]]): value
            for value in np.flatnonzero(self.is_add).tolist()
            if self._is_start(value)
        }

    def _is_start(self, value: int) -> bool:
        """Whether it adds to an unnamed 0 that comes first, as sum() does."""
        node = self.graph.values[value]
        first = self.graph.values[self.graph.tails[self.graph.starts[value]]]
        return node._rule.constant_operand == 0 and first.is_constant and not first.label and first.data == 0.0

    def tops(self) -> list[int]:
        """The additions that are inside of no other."""
        tops: list[int] = np.flatnonzero(self.is_add & ~self.is_inside).tolist()
        return tops

    def whole(self, top: int) -> Sum | None:
        """All that an addition adds up; None where that is too little to be folded."""
        values, terms, waiting = [top], [], self.graph.operands(top)
        while waiting:
            value = waiting.pop()
            if self.is_inside[value]:
                values.append(value)
                waiting += self.graph.operands(value)
            elif value not in self.zeros:
                terms.append(value)
        if len(terms) < SHORTEST:
            return None
        products = [term for term in terms if self.multiplies[term]]
        title = self.words.say("sum_of", len(terms))
        if len(products) >= max(SHORTEST, len(terms) / 2):
            others = len(terms) - len(products)
            key = "dot_and_more" if others else "dot_of"
            title = self.words.say(key, len(products), others)
            values += products
        return Sum(tuple(sorted(values)), title, self._numbers(terms), "sums")

    def starts(self) -> Iterator[Sum]:
        """Each addition to sum()'s 0, with the one it is inside of."""
        for value in self.zeros.values():
            whole = (value, int(self.user[value])) if self.is_inside[value] else (value,)
            yield Sum(whole, "+", self._numbers(chain.from_iterable(map(self.graph.operands, whole))))

    def _numbers(self, terms: Iterable[int]) -> tuple[int, ...]:
        return tuple(term for term in terms if self.graph.values[term].is_constant and term not in self.zeros)
