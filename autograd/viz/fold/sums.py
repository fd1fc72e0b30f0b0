"""Sums written with +, as one operation of many operands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, pairwise

from autograd.viz.graph.node_table import NodeTable
from autograd.viz.web.words import picture_words

__all__ = ["SHORTEST", "Additions", "Sum", "find_starts", "find_sums"]

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
    >>> from autograd.viz.graph.indexed import indexed_graph
    >>> a, b, c = (autograd.Value(x) for x in (1.0, 2.0, 3.0))
    >>> graph = indexed_graph([a + b + c * c])
    >>> find_sums(node_table(graph, find_groups(graph, [])))
    [Sum(values=(2, 5), title='sum of 3', numbers=(), opens='sums')]
    """
    return Additions(table).sums()


def find_starts(table: NodeTable) -> list[Sum]:
    """The additions to the 0 that sum() starts from, which is no term: each is one with the next addition."""
    return Additions(table).starts()


class Additions:
    """The additions of a graph. user: the addition of which a value is an operand.

    inner, products: which additions and which products of two are inside of that, and of nothing else.
    """

    def __init__(self, table: NodeTable) -> None:
        graph = self.graph = table.graph
        self.words = picture_words(table.language)
        self.adds, multiplies = (self._binary(name) for name in ("add", "mul"))
        self.user = {operand: value for value in self.adds for operand in graph.operands(value)}
        apart = {*table.labels, *table.pinned, *graph.roots}
        inside = {
            operand
            for operand, value in self.user.items()
            if table.uses[operand] == 1 and table.call[operand] == table.call[value] and operand not in apart
        }
        self.inner, self.products = inside.intersection(self.adds), inside.intersection(multiplies)
        self.zeros = {graph.operands(value)[0]: value for value in self.adds if self._is_start(value)}

    def _binary(self, name: str) -> list[int]:
        """The values that this operation made of two operands."""
        graph = self.graph
        return [
            value
            for value, (start, end) in enumerate(pairwise(graph.starts))
            if end - start == 2 and graph.values[value]._rule.name == name
        ]

    def _is_start(self, value: int) -> bool:
        """Whether it adds to an unnamed 0 that comes first, as sum() does."""
        node = self.graph.values[value]
        first = self.graph.values[self.graph.operands(value)[0]]
        return node._rule.constant_operand == 0 and first.is_constant and not first.label and first.data == 0.0

    def sums(self) -> list[Sum]:
        """The sums of three terms and more, and the starts that are in none of them."""
        tops = (value for value in self.adds if value not in self.inner)
        long = [total for total in map(self._whole, tops) if total is not None]
        taken = set(chain.from_iterable(total.values for total in long))
        return [*long, *(start for start in self.starts() if taken.isdisjoint(start.values))]

    def _whole(self, top: int) -> Sum | None:
        """All that an addition adds up; None where that is too little to be folded."""
        values, terms, waiting = [top], [], self.graph.operands(top)
        while waiting:
            value = waiting.pop()
            if value in self.inner:
                values.append(value)
                waiting += self.graph.operands(value)
            elif value not in self.zeros:
                terms.append(value)
        if len(terms) < SHORTEST:
            return None
        products = [term for term in terms if term in self.products]
        title = self.words.say("sum_of", len(terms))
        if len(products) >= max(SHORTEST, len(terms) / 2):
            others = len(terms) - len(products)
            key = "dot_and_more" if others else "dot_of"
            title = self.words.say(key, len(products), others)
            values += products
        return Sum(tuple(sorted(values)), title, self._numbers(terms), "sums")

    def starts(self) -> list[Sum]:
        """Each addition to sum()'s 0, with the one it is inside of."""
        both = [(value, self.user[value]) if value in self.inner else (value,) for value in self.zeros.values()]
        operands = [chain.from_iterable(map(self.graph.operands, values)) for values in both]
        return [Sum(values, "+", self._numbers(terms)) for values, terms in zip(both, operands, strict=True)]

    def _numbers(self, terms: Iterable[int]) -> tuple[int, ...]:
        return tuple(term for term in terms if self.graph.values[term].is_constant and term not in self.zeros)
