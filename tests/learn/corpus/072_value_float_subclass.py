# exercise: 7
# expect: passed
# style: slots, saved numbers as default arguments, no rules imported
import math
from numbers import Real


class Value:
    __slots__ = ("data", "grad", "parents", "pull", "label")

    def __init__(self, data, parents=(), pull=None, label=""):
        self.data, self.parents, self.pull, self.label = float(data), list(parents), pull, label
        self.grad = 0

    @staticmethod
    def of(x):
        return Value(x) if isinstance(x, Real) else x

    def __neg__(self):
        return Value(-self.data, [self], lambda g: [-g])

    def __add__(self, other):
        other = Value.of(other)
        return Value(self.data + other.data, [self, other], lambda g: [g, g])

    __radd__ = __add__

    def __mul__(self, other):
        other = Value.of(other)
        return Value(self.data * other.data, [self, other], lambda g, x=self.data, y=other.data: [g * y, g * x])

    __rmul__ = __mul__

    def __sub__(self, other):
        other = Value.of(other)
        return Value(self.data - other.data, [self, other], lambda g: [g, -g])

    def __rsub__(self, other):
        return Value.of(other).__sub__(self)

    def __truediv__(self, other):
        other = Value.of(other)
        return Value(self.data / other.data, [self, other],
                     lambda g, x=self.data, y=other.data: [g / y, -g * x / y / y])

    def __rtruediv__(self, other):
        return Value.of(other).__truediv__(self)

    def __pow__(self, other):
        other = Value.of(other)

        def pull(g, x=self.data, n=other.data):
            return [g * n * x ** (n - 1), g * x**n * math.log(x) if x > 0 else 0.0]

        return Value(self.data ** other.data, [self, other], pull)

    def __rpow__(self, other):
        return Value.of(other).__pow__(self)

    def _unary(self, out, slope):
        return Value(out, [self], lambda g: [g * slope])

    def exp(self):
        return self._unary(math.exp(self.data), math.exp(self.data))

    def log(self):
        return self._unary(math.log(self.data), 1 / self.data)

    def tanh(self):
        t = math.tanh(self.data)
        return self._unary(t, 1 - t * t)

    def sigmoid(self):
        s = 0.5 + 0.5 * math.tanh(0.5 * self.data)
        return self._unary(s, s * (1 - s))

    def relu(self):
        return self._unary(max(self.data, 0.0), float(self.data > 0))
