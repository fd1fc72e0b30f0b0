"""Exercise 7 in the style of micrograd: the rules are inside the operators, as closures that add to the gradients.

What a derivative needs is taken out of the operands in the forward step.
"""

import math


class Value:
    def __init__(self, data, _children=(), label=""):
        self.data = data
        self.grad = 0.0
        self._prev = _children
        self._backward = lambda: None
        self.label = label

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        a, b = self.data, other.data
        out = Value(a * b, (self, other))

        def _backward():
            self.grad += b * out.grad
            other.grad += a * out.grad

        out._backward = _backward
        return out

    def __pow__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        a, b = self.data, other.data
        out = Value(a**b, (self, other))

        def _backward():
            self.grad += b * a ** (b - 1) * out.grad
            if a > 0:
                other.grad += a**b * math.log(a) * out.grad

        out._backward = _backward
        return out

    def _function(self, data, slope):
        out = Value(data, (self,))

        def _backward():
            self.grad += slope * out.grad

        out._backward = _backward
        return out

    def exp(self):
        e = math.exp(self.data)
        return self._function(e, e)

    def log(self):
        return self._function(math.log(self.data), 1 / self.data)

    def tanh(self):
        t = math.tanh(self.data)
        return self._function(t, 1 - t * t)

    def sigmoid(self):
        s = (1 + math.tanh(self.data / 2)) / 2
        return self._function(s, s * (1 - s))

    def relu(self):
        return self._function(max(0.0, self.data), 1.0 if self.data > 0 else 0.0)

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return other + (-self)

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        return self * other**-1.0

    def __rtruediv__(self, other):
        return other * self**-1.0

    def __rpow__(self, other):
        return Value(other) ** self
