"""A scalar engine of Python objects in microgpt's form: a peer for `benchmarks.gpt`, and a reference for tests.

A node has slots for its number, its gradient, its parents and the local derivatives, both as tuples; an operation
returns a node, without closures, and only `backward` multiplies. The form is that of Andrej Karpathy's microgpt
(February 2026, https://karpathy.github.io/2026/02/12/microgpt/); the lines are this project's own.
"""

from __future__ import annotations

import math
from typing import Any

from benchmarks.gpt_model import Number, Vector, Words

__all__ = ["WORDS", "Value"]


class Value:
    __slots__ = ("_children", "_local_grads", "data", "grad")

    def __init__(self, data: float, children: tuple[Any, ...] = (), local_grads: tuple[float, ...] = ()) -> None:
        self.data, self.grad = data, 0.0
        self._children, self._local_grads = children, local_grads

    def __add__(self, other: Number) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Number) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, power: float) -> Value:
        return Value(self.data**power, (self,), (power * self.data ** (power - 1),))

    def exp(self) -> Value:
        e = math.exp(self.data)
        return Value(e, (self,), (e,))

    def log(self) -> Value:
        return Value(math.log(self.data), (self,), (1.0 / self.data,))

    def relu(self) -> Value:
        return Value(max(0.0, self.data), (self,), (float(self.data > 0.0),))

    def __neg__(self) -> Value:
        return self * -1.0

    def __radd__(self, other: Number) -> Value:
        return self + other

    def __rmul__(self, other: Number) -> Value:
        return self * other

    def __sub__(self, other: Number) -> Value:
        return self + (-other)

    def __rsub__(self, other: Number) -> Value:
        return -self + other

    def __truediv__(self, other: Number) -> Value:
        return self * other**-1.0

    def __rtruediv__(self, other: Number) -> Value:
        return self**-1.0 * other

    def backward(self) -> None:
        order: list[Value] = []
        visited: set[Value] = set()

        def visit(node: Value) -> None:
            if node not in visited:
                visited.add(node)
                for child in node._children:
                    visit(child)
                order.append(node)

        visit(self)
        self.grad = 1.0
        for node in reversed(order):
            for child, local in zip(node._children, node._local_grads, strict=True):
                child.grad += local * node.grad


def softmax(logits: Vector) -> Vector:
    """e^xᵢ / Σ e^xⱼ, an operation at a time. The largest number is subtracted as a constant."""
    largest = max(x.data for x in logits)
    powers = [(x - largest).exp() for x in logits]
    total = sum(powers)
    return [power / total for power in powers]


WORDS = Words(
    softmax=softmax,
    relu=lambda x: x.relu(),
    pick=lambda table, index: table[index],
    cross_entropy=lambda logits, target: -softmax(logits)[target].log(),
)
"""The functions that a model needs, of an engine that has operators, exp, log and relu."""
