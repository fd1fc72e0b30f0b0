# exercise: 18
# right

import math
import operator


def lift(x):
    return x if type(x) is Value else Value(x)


def binary(f, df):
    def method(self, other):
        other = lift(other)
        return Value(f(self.data, other.data), [self, other], list(df(self.data, other.data)))

    def reflected(self, other):
        return method(lift(other), self)

    return method, reflected


class Value:
    __slots__ = ("data", "grad", "children", "local_grads")

    def __init__(self, data, children=(), local_grads=()):
        self.data, self.grad, self.children, self.local_grads = data, 0.0, children, local_grads

    __add__, __radd__ = binary(operator.add, lambda a, b: (1.0, 1.0))
    __sub__, __rsub__ = binary(operator.sub, lambda a, b: (1.0, -1.0))
    __mul__, __rmul__ = binary(operator.mul, lambda a, b: (b, a))
    __truediv__, __rtruediv__ = binary(operator.truediv, lambda a, b: (1 / b, -a / b / b))

    def __neg__(self):
        return Value(-self.data, [self], [-1.0])

    def __pow__(self, n):
        return Value(self.data**n, [self], [n * self.data ** (n - 1)])

    def exp(self):
        return Value(math.exp(self.data), [self], [math.exp(self.data)])

    def log(self):
        return Value(math.log(self.data), [self], [1 / self.data])

    def relu(self):
        return Value(self.data, [self], [1.0]) if self.data > 0 else Value(0.0, [self], [0.0])

    def backward(self):
        order, seen, stack = [], set(), [(self, iter(self.children))]
        seen.add(self)
        while stack:
            node, rest = stack[-1]
            child = next(rest, None)
            if child is None:
                order.append(stack.pop()[0])
            elif child not in seen:
                seen.add(child)
                stack.append((child, iter(child.children)))
        self.grad = 1.0
        while order:
            node = order.pop()
            for child, local in zip(node.children, node.local_grads):
                child.grad += node.grad * local
