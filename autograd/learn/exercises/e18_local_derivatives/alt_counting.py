"""Exercise 18 with a table of derivatives, and without a list of all nodes: a node sends when nothing is left to arrive."""

from collections import Counter
from math import exp, log


class Value:
    def __init__(self, data, children=(), local_grads=()):
        self.data, self.grad = data, 0.0
        self.edges = list(zip(children, local_grads))

    @property
    def children(self):
        return [child for child, _ in self.edges]

    def backward(self):
        uses, stack = Counter(), [self]
        while stack:
            for child in stack.pop().children:
                if not uses[child]:
                    stack.append(child)
                uses[child] += 1
        ready, self.grad = [self], 1.0
        while ready:
            node = ready.pop()
            for child, local_grad in node.edges:
                child.grad += node.grad * local_grad
                uses[child] -= 1
                if not uses[child]:
                    ready.append(child)


BINARY = {
    "add": (lambda a, b: a + b, lambda a, b: (1, 1)),
    "sub": (lambda a, b: a - b, lambda a, b: (1, -1)),
    "mul": (lambda a, b: a * b, lambda a, b: (b, a)),
    "truediv": (lambda a, b: a / b, lambda a, b: (1 / b, -a / b / b)),
}
UNARY = {
    "__neg__": (lambda x: -x, lambda x: -1.0),
    "exp": (exp, exp),
    "log": (log, lambda x: 1 / x),
    "relu": (lambda x: (abs(x) + x) / 2, lambda x: (x > 0) * 1.0),
}


def binary(function, derivatives, is_reflected):
    def method(self, other):
        other = other if isinstance(other, Value) else Value(other)
        a, b = (other, self) if is_reflected else (self, other)
        return Value(function(a.data, b.data), [a, b], derivatives(a.data, b.data))

    return method


def unary(function, derivative):
    return lambda self: Value(function(self.data), [self], [derivative(self.data)])


def power(self, k):
    return unary(lambda x: x**k, lambda x: k * x ** (k - 1))(self)


for name, pair in BINARY.items():
    setattr(Value, f"__{name}__", binary(*pair, False))
    setattr(Value, f"__r{name}__", binary(*pair, True))
for name, pair in UNARY.items():
    setattr(Value, name, unary(*pair))
Value.__pow__ = power
