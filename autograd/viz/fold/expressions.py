"""Operations on the way to a value, drawn in its box as one expression: ``(y − 1)**2``, ``tanh(w·x + b)``."""

from __future__ import annotations

from collections.abc import Sequence

from autograd.viz.fold.partition import HIDDEN, Fold, Partition
from autograd.viz.fold.sums import SHORTEST
from autograd.viz.graph.node_table import CONSTANT, RESULT, NodeTable
from autograd.viz.write.formula import expression, vector
from autograd.viz.write.numbers import number

__all__ = ["LONGEST", "Names", "fold_expressions"]

LONGEST = 24
"""In letters: a longer expression is no title that one reads at a glance."""

UNNAMED = "…"


def fold_expressions(table: NodeTable, partition: Partition) -> Partition:
    """The partition with values that have one use, and no name, in the box of the value they make.

    That is done as far as the whole can be written as a short expression of things that have names.
    No cycle appears: what has one use is only ever put into its user.

    >>> import autograd
    >>> from autograd.viz.fold.partition import fold_calls
    >>> from autograd.viz.graph.node_table import node_table
    >>> from autograd.viz.graph.groups import find_groups
    >>> from autograd.viz.graph.indexed import indexed_graph
    >>> w, x, b = (autograd.Value(1.0, label=label) for label in "wxb")
    >>> graph = indexed_graph([autograd.tanh(w * x + b)])
    >>> table = node_table(graph, find_groups(graph, []))
    >>> [fold.title for fold in fold_expressions(table, fold_calls(table, 0, frozenset())).folds.values()]
    ['tanh(w·x + b)']
    """
    writer = _Writer(table, partition)
    node, folds = list(partition.node), dict(partition.folds)
    for top, values in writer.inside.items():
        for value in values:
            node[value] = top
            for leaf in table.graph.operands(value):
                if writer.is_detail(leaf):
                    node[leaf] = HIDDEN
        folds[top] = Fold(title=writer.text[top], opens="expressions", pattern=writer.pattern(top))
    return Partition(table.graph, node, folds, partition.copies, finer=partition)


class Names:
    """What the operands of a picture are called in an expression."""

    def __init__(self, table: NodeTable, partition: Partition) -> None:
        self.table, self.graph, self.partition = table, table.graph, partition

    def of(self, value: int, user: int) -> str:
        """The name of an operand: of what a model gives, where that is one value, the model's."""
        table, call = self.table, self.table.call[value]
        outer = table.outermost[call]
        if outer >= 0 and outer != table.outermost[table.call[user]] and table.outputs[outer] == {value}:
            return table.calls[outer].path or UNNAMED
        fold = self.partition.folds.get(self.partition.node[value])
        if fold is not None and fold.call >= 0:
            return table.calls[call].path or UNNAMED
        if self.is_number(value):
            return number(self.graph.values[value].data)
        return table.short_name(value) or UNNAMED

    def is_number(self, value: int) -> bool:
        """Whether it is a number without a name."""
        return self.table.kinds[value] == CONSTANT and value not in self.table.labels

    def of_sum(self, values: Sequence[int]) -> str:
        """A folded sum as it is written, ``w·x + b``; "" where something in it has no name, or it is too long.

        values: the sum itself is the last. The products of vectors are one: w[0]·x[0] + w[1]·x[1].
        """
        inside, waiting, user = {*values}, [values[-1]], values[-1]
        terms: list[str] = []
        factors: list[list[str]] = []
        while waiting:
            value = waiting.pop()
            operands = self.graph.operands(value) if value in inside else []
            if operands and self.graph.values[value]._op == "+":
                waiting += reversed(operands)
            elif operands:
                factors.append([self.of(x, value) for x in operands])
            elif not self.is_number(value) or self.graph.values[value].data:  # sum() begins with 0
                terms.append(self.of(value, user))
        columns = [vector(column) for column in zip(*factors, strict=True)]
        is_product = len(factors) >= SHORTEST and len(columns) == 2 and all(columns)
        products = [expression("*", pair) for pair in ([columns] if is_product else factors)]
        stem = vector(terms) if len(terms) >= SHORTEST else ""
        text = " + ".join([*products, *([f"sum({stem})"] if stem else terms)])
        return "" if UNNAMED in text or len(text) > LONGEST else text


class _Writer:
    """The expressions of a partition. text: of each operation that can be written.

    inside: of each value that others are put into, all of its box.
    """

    def __init__(self, table: NodeTable, partition: Partition) -> None:
        self.table, self.graph, self.partition = table, table.graph, partition
        self.text: dict[int, str] = {}
        self.inside: dict[int, list[int]] = {}
        self.names = Names(table, partition)
        alone = {*table.labels, *table.pinned, *self.graph.roots}
        for value in partition.nodes:
            if table.kinds[value] != RESULT or value in partition.folds:
                continue
            operands = self.graph.operands(value)
            inner = [
                x for x in dict.fromkeys(operands) if x in self.text and x not in alone and self._is_only(x, value)
            ]
            text = self._written(value, inner)
            if inner and (len(text) > LONGEST or UNNAMED in text):
                inner, text = [], self._written(value, [])
            if len(text) <= LONGEST and UNNAMED not in text:
                self.text[value] = text
                if inner:
                    self.inside[value] = [y for x in inner for y in self.inside.pop(x, [x])] + [value]

    def _is_only(self, value: int, user: int) -> bool:
        """Whether a value has this one use, in the same module."""
        return self.table.uses[value] == 1 and self.table.call[value] == self.table.call[user]

    def is_detail(self, leaf: int) -> bool:
        """Whether a number stands in the expression alone."""
        return self.names.is_number(leaf) and self.table.uses[leaf] == 1 and leaf not in self.table.pinned

    def _written(self, value: int, inner: list[int]) -> str:
        """An operation on its operands."""
        operands = [self.text[x] if x in inner else self.names.of(x, value) for x in self.graph.operands(value)]
        return expression(self.graph.values[value]._op, operands)

    def pattern(self, top: int) -> str:
        """The expression of a box, without its numbers."""
        written: dict[int, str] = {}
        for value in self.inside[top]:
            operands = [
                written.get(x) or (UNNAMED if self.names.is_number(x) else self.names.of(x, value))
                for x in self.graph.operands(value)
            ]
            written[value] = expression(self.graph.values[value]._op, operands)
        return written[top]
