# exercise: 7
# expect: M44
# style: micrograd from memory
import math


class Value:
    def __init__(self, data, parents=(), pull=None, label=""):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.pull = pull
        self.label = label

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), lambda g: (g, g))

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), lambda g: (g * other.data, g * self.data))

    def __pow__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data ** other.data, (self, other))

        def pull(g):
            da = g * other.data * self.data ** (other.data - 1)
            db = g * out.data * math.log(self.data) if self.data > 0 else 0.0
            return (da, db)
        out.pull = pull
        return out

    def __neg__(self):
        return Value(-self.data, (self,), lambda g: (-g,))

    def __sub__(self, other):
        return self + (-other)

    def __truediv__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        return self * other ** -1

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return (-self) + other

    def __rtruediv__(self, other):
        return other * self ** -1

    def __rpow__(self, other):
        return Value(other) ** self

    def exp(self):
        out = Value(math.exp(self.data), (self,))
        out.pull = lambda g: (g * out.data,)
        return out

    def log(self):
        return Value(math.log(self.data), (self,), lambda g: (g / self.data,))

    def tanh(self):
        out = Value(math.tanh(self.data), (self,))
        out.pull = lambda g: (g * (1 - out.data ** 2),)
        return out

    def sigmoid(self):
        x = self.data
        out = Value(1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x)), (self,))
        out.pull = lambda g: (g * out.data * (1 - out.data),)
        return out

    def relu(self):
        return Value(max(0.0, self.data), (self,), lambda g: (g if self.data > 0 else 0.0,))
