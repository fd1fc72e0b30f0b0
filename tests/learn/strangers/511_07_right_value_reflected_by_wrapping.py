# exercise: 7
# right

from e04_rules import *
from e05_rules_two import *
from e06_rules_three import *


class Value(object):
    def __init__(self, data, parents=(), pull=None, label=""):
        self.data = data
        self.parents = list(parents)
        self.pull = pull
        self.grad = 0.0
        self.label = label

    def __repr__(self):
        return "Value(%s)" % self.data

    @staticmethod
    def _binary(rule, a, b):
        a = Value._wrap(a)
        b = Value._wrap(b)
        out, pull = rule(a.data, b.data)
        return Value(out, [a, b], pull)

    @staticmethod
    def _wrap(x):
        if type(x) is Value:
            return x
        return Value(x)

    def _unary(self, rule):
        out, pull = rule(self.data)
        return Value(out, [self], pull)

    def __add__(self, other): return Value._binary(add_rule, self, other)
    def __radd__(self, other): return Value(other) + self
    def __sub__(self, other): return Value._binary(sub_rule, self, other)
    def __rsub__(self, other): return Value(other) - self
    def __mul__(self, other): return Value._binary(mul_rule, self, other)
    def __rmul__(self, other): return Value(other) * self
    def __truediv__(self, other): return Value._binary(div_rule, self, other)
    def __rtruediv__(self, other): return Value(other) / self
    def __pow__(self, other): return Value._binary(pow_rule, self, other)
    def __rpow__(self, other): return Value(other) ** self
    def __neg__(self): return self._unary(neg_rule)
    def exp(self): return self._unary(exp_rule)
    def log(self): return self._unary(log_rule)
    def tanh(self): return self._unary(tanh_rule)
    def sigmoid(self): return self._unary(sigmoid_rule)
    def relu(self): return self._unary(relu_rule)
