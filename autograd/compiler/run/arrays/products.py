"""The way back through matrix products: the part of an operand that wants a gradient, and weights that are used again.

A recurrence multiplies the same weights with the state of each step. By hand one keeps the gradients of all steps and
their operands side by side, and has the gradient of the weights by one product at the end; so does this.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from autograd.compiler.program import MATMUL, Program
from autograd.compiler.run.arrays.layout import Layout, Step
from autograd.compiler.run.arrays.parts import Part
from autograd.compiler.run.arrays.views import View
from autograd.util.arrays import Array

__all__ = ["SharedWeights", "between", "wanted_range"]

_LEAST = 3
"""Products of the same weights from which on their gradients are one product: it costs two copies for each."""


def wanted_range(active: Array, axis: int) -> tuple[int, int]:
    """From where to where the registers along an axis want a gradient, if all between do and no others; else all."""
    others = tuple(i for i in range(active.ndim) if i != axis)
    every, some = np.logical_and.reduce(active, others), np.logical_or.reduce(active, others)
    chosen = np.flatnonzero(every)
    if len(chosen) and np.array_equal(every, some) and chosen[-1] - chosen[0] == len(chosen) - 1:
        return int(chosen[0]), int(chosen[-1]) + 1
    return 0, active.shape[axis]


def between(view: View, axis: int, begin: int, end: int) -> View:
    """The part of a view from one place along an axis to another."""
    shape = tuple(end - begin if i == axis else n for i, n in enumerate(view.shape))
    return view._replace(offset=view.offset + begin * view.strides[axis], shape=shape)


class _Collected(NamedTuple):
    """The products of one matrix of weights.

    upstream, other: (1, rows or inner, products), what came back and the other operand of each. part: one of them.
    returned: those of which something has come back, in the order of the columns.
    """

    upstream: View
    other: View
    part: Part
    returned: list[int]


class SharedWeights:
    """The gradients of weights that several matrix products of one column have, which are one product at the end.

    first: the number of the first product with the same weights, for each of them.
    """

    def __init__(self, program: Program, layout: Layout, wanted: bool) -> None:
        self.program, self.layout = program, layout
        self.first: dict[int, int] = {}
        self.collected: dict[int, _Collected] = {}
        if wanted:
            self._find()

    def _find(self) -> None:
        program = self.program
        codes = [i for i, x in enumerate(program.operations) if x.rule is MATMUL]
        groups: dict[bytes, list[int]] = {}
        for i in np.flatnonzero(np.isin(program.codes, codes)).tolist():
            stack, rows, inner, columns = program.shapes[i].tolist()
            weights, others = np.split(
                program.operands[program.first[i] : program.first[i + 1]], [stack * rows * inner]
            )
            ours = (program.is_parameter(weights) | program.is_constant(weights)).all()
            if stack == columns == 1 and ours and program.batched[others].any():
                groups.setdefault(weights.tobytes(), []).append(i)
        for numbers in groups.values():
            if len(numbers) >= _LEAST:
                self.first |= dict.fromkeys(numbers, numbers[0])

    def collect(self, part: Part, upstream: View, other: View) -> bool:
        """Keep what came back for a product, to make them all at the end; if its weights are shared."""
        if part.number not in self.first:
            return False
        first = self.first[part.number]
        if first not in self.collected:
            count = list(self.first.values()).count(first)
            kept, others = (self.layout.temporary((1, x.shape[1], count), True) for x in (upstream, other))
            self.collected[first] = _Collected(kept, others, part, [])
        products = self.collected[first]
        column = len(products.returned)
        for source, table in ((upstream, products.upstream), (other, products.other)):
            self.layout.steps.append(Step("copy", (source,), between(table, 2, column, column + 1)))
        products.returned.append(part.number)
        return True

    def products(self) -> Iterator[tuple[Part, View, View]]:
        """(one of the products that it is for, what came back, the other operands) of each product to make."""
        for upstream, other, part, returned in self.collected.values():
            yield part, between(upstream, 2, 0, len(returned)), between(other, 2, 0, len(returned))
