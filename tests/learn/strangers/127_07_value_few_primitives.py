# exercise: 7
# right

from e04_rules import add_rule, mul_rule
from e05_rules_two import div_rule, neg_rule, pow_rule, rdiv, rsub, sub_rule
from e06_rules_three import exp_rule, log_rule, relu_rule, sigmoid_rule, tanh_rule


class Value:
    """减法、除法都用加法、乘法、乘方来写"""
    __slots__ = ("data", "grad", "parents", "pull", "label")

    def __init__(self, data, parents=(), pull=None, label=""):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.pull = pull
        self.label = label

    @classmethod
    def of(cls, x):
        return x if isinstance(x, cls) else cls(x)

    def _by(self, rule, *more):
        operands = (self, *more)
        return Value(*self._order(operands, rule))

    @staticmethod
    def _order(operands, rule):
        out, pull = rule(*[o.data for o in operands])
        return out, operands, pull

    def __add__(self, other): return self._by(add_rule, Value.of(other))
    def __mul__(self, other): return self._by(mul_rule, Value.of(other))
    def __pow__(self, other): return self._by(pow_rule, Value.of(other))
    def __neg__(self): return self._by(neg_rule)
    def __sub__(self, other): return self._by(sub_rule, Value.of(other))
    def __truediv__(self, other): return self._by(div_rule, Value.of(other))
    def __radd__(self, other): return Value.of(other) + self
    def __rmul__(self, other): return Value.of(other) * self
    def __rsub__(self, other): return Value.of(other) - self
    def __rtruediv__(self, other): return Value.of(other) / self
    def __rpow__(self, other): return Value.of(other) ** self
    def exp(self): return self._by(exp_rule)
    def log(self): return self._by(log_rule)
    def tanh(self): return self._by(tanh_rule)
    def sigmoid(self): return self._by(sigmoid_rule)
    def relu(self): return self._by(relu_rule)
