"""An engine in the form of microgpt's, written for these tests: operations keep local derivatives, backward multiplies.

The form is Andrej Karpathy's (microgpt, 2026); the code is not his. It is the reference for programs that are written
for such a Value: they run on this class and on ours, and every number has to agree.
"""

from __future__ import annotations

import math
from typing import Any

__all__ = ["Reference"]


class Reference:
    """A number with its children and the derivative in each of them."""

    __slots__ = ("_children", "_local_grads", "data", "grad")

    def __init__(self, data: float, children: Any = (), local_grads: Any = ()) -> None:
        self.data, self.grad = data, 0
        self._children, self._local_grads = children, local_grads

    def __add__(self, other: Any) -> Reference:
        b = _wrapped(other)
        return Reference(self.data + b.data, (self, b), (1, 1))

    def __mul__(self, other: Any) -> Reference:
        b = _wrapped(other)
        return Reference(self.data * b.data, (self, b), (b.data, self.data))

    def __pow__(self, power: float) -> Reference:
        return Reference(self.data**power, (self,), (power * self.data ** (power - 1),))

    def exp(self) -> Reference:
        e = math.exp(self.data)
        return Reference(e, (self,), (e,))

    def log(self) -> Reference:
        return Reference(math.log(self.data), (self,), (1 / self.data,))

    def relu(self) -> Reference:
        return Reference(max(0, self.data), (self,), (float(self.data > 0),))

    def __neg__(self) -> Reference:
        return self * -1

    def __radd__(self, other: Any) -> Reference:
        return self + other

    def __sub__(self, other: Any) -> Reference:
        return self + (-other)

    def __rsub__(self, other: Any) -> Reference:
        return -self + other

    def __rmul__(self, other: Any) -> Reference:
        return self * other

    def __truediv__(self, other: Any) -> Reference:
        return self * other**-1

    def __rtruediv__(self, other: Any) -> Reference:
        return self**-1 * other

    def backward(self) -> None:
        order: dict[Reference, None] = {}

        def visit(node: Reference) -> None:
            if node not in order:
                for child in node._children:
                    visit(child)
                order[node] = None

        visit(self)
        self.grad = 1
        for node in reversed(order):
            for child, local in zip(node._children, node._local_grads, strict=True):
                child.grad += local * node.grad


def _wrapped(number: Any) -> Reference:
    return number if isinstance(number, Reference) else Reference(number)
