# exercise: 18
# expect: not sure
# style: nothing flows any more where a gradient is 0, so it stops there
import math


class Value:
    """A number, the Values it was made from, and its derivative by each of them."""

    def __init__(self, data, children=(), local_grads=()):
        self.data = data
        self.grad = 0.0
        self.children = tuple(children)
        self.local_grads = tuple(local_grads)

    def __repr__(self):
        return f"Value({self.data}, grad={self.grad})"

    def __neg__(self):
        return Value(-self.data, (self,), (-1.0,))

    def __add__(self, other):
        other = as_value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __sub__(self, other):
        other = as_value(other)
        return Value(self.data - other.data, (self, other), (1.0, -1.0))

    def __mul__(self, other):
        other = as_value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __truediv__(self, other):
        other = as_value(other)
        return Value(self.data / other.data, (self, other), (1 / other.data, -self.data / other.data**2))

    def __pow__(self, k):
        return Value(self.data**k, (self,), (k * self.data ** (k - 1),))

    def exp(self):
        out = math.exp(self.data)
        return Value(out, (self,), (out,))

    def log(self):
        return Value(math.log(self.data), (self,), (1 / self.data,))

    def relu(self):
        return Value(max(0.0, self.data), (self,), (1.0 if self.data > 0 else 0.0,))

    def __radd__(self, other):
        return self + other

    def __rsub__(self, other):
        return as_value(other) - self

    def __rmul__(self, other):
        return self * other

    def __rtruediv__(self, other):
        return as_value(other) / self

    def backward(self):
        """Multiply each local derivative by the gradient that has arrived, and add the product to the child's."""
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, is_finished = stack.pop()
            if is_finished:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((child, False) for child in node.children)
        self.grad = 1.0
        for node in reversed(order):
            if node.grad == 0:
                break
            for child, local_grad in zip(node.children, node.local_grads):
                child.grad += local_grad * node.grad


def as_value(x):
    """A plain number becomes a Value without children."""
    return x if isinstance(x, Value) else Value(x)
