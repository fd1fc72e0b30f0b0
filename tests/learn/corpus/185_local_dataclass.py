# exercise: 18
# expect: M24
# style: a dataclass, operations through one helper
from dataclasses import dataclass
from math import exp, log


@dataclass(eq=False)
class Value:
    data: float
    children: tuple = ()
    local_grads: tuple = ()
    grad: float = 0.0

    def __add__(self, other): return op(lambda a, b: a + b, lambda a, b: (1.0, 1.0), self, other)
    def __sub__(self, other): return op(lambda a, b: a - b, lambda a, b: (1.0, -1.0), self, other)
    def __mul__(self, other): return op(lambda a, b: a * b, lambda a, b: (b, a), self, other)
    def __truediv__(self, other): return op(lambda a, b: a / b, lambda a, b: (1 / b, -a / b**2), self, other)
    def __radd__(self, other): return op(lambda a, b: a + b, lambda a, b: (1.0, 1.0), other, self)
    def __rsub__(self, other): return op(lambda a, b: a - b, lambda a, b: (1.0, -1.0), other, self)
    def __rmul__(self, other): return op(lambda a, b: a * b, lambda a, b: (b, a), other, self)
    def __rtruediv__(self, other): return op(lambda a, b: a / b, lambda a, b: (1 / b, -a / b**2), other, self)
    def __neg__(self): return op(lambda a: -a, lambda a: (-1.0,), self)
    def __pow__(self, k): return op(lambda a: a**k, lambda a: (k * a**k,), self)
    def log(self): return op(log, lambda a: (1 / a,), self)
    def exp(self): return op(exp, lambda a: (exp(a),), self)
    def relu(self): return op(lambda a: a if a > 0 else 0.0, lambda a: (1.0 if a > 0 else 0.0,), self)

    def backward(self):
        waiting, todo = {}, [self]
        while todo:
            for child in todo.pop().children:
                if id(child) not in waiting:
                    waiting[id(child)] = 0
                    todo.append(child)
                waiting[id(child)] += 1
        self.grad, todo = 1.0, [self]
        while todo:
            node = todo.pop()
            for child, local in zip(node.children, node.local_grads):
                child.grad += local * node.grad
                waiting[id(child)] -= 1
                if not waiting[id(child)]:
                    todo.append(child)


def op(forward, derivatives, *operands):
    values = [x if isinstance(x, Value) else Value(x) for x in operands]
    numbers = [v.data for v in values]
    return Value(forward(*numbers), tuple(values), derivatives(*numbers))
