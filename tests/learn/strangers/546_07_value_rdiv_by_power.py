# exercise: 7
# wrong
# where: Value.__rtruediv__, line 51
# mend: other, not 1
# names: none

from e04_rules import add_rule, mul_rule
from e05_rules_two import div_rule, neg_rule, pow_rule, rdiv, rsub, sub_rule
from e06_rules_three import exp_rule, log_rule, relu_rule, sigmoid_rule, tanh_rule


def apply(rule, *args):
    nodes = [x if isinstance(x, Value) else Value(x) for x in args]
    out, pull = rule(*[n.data for n in nodes])
    return Value(out, tuple(nodes), pull)


class Value:
    def __init__(self, data, parents=(), pull=None, label=""):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.pull = pull
        self.label = label

    def __neg__(self):
        return apply(neg_rule, self)

    def __add__(self, other):
        return apply(add_rule, self, other)

    def __radd__(self, other):
        return apply(add_rule, other, self)

    def __sub__(self, other):
        return apply(sub_rule, self, other)

    def __rsub__(self, other):
        return apply(rsub, self, other)

    def __mul__(self, other):
        return apply(mul_rule, self, other)

    def __rmul__(self, other):
        return apply(mul_rule, other, self)

    def __truediv__(self, other):
        return apply(div_rule, self, other)

    def __rtruediv__(self, other):
        return self**-1

    def __pow__(self, other):
        return apply(pow_rule, self, other)

    def __rpow__(self, other):
        return apply(pow_rule, other, self)

    def exp(self):
        return apply(exp_rule, self)

    def log(self):
        return apply(log_rule, self)

    def tanh(self):
        return apply(tanh_rule, self)

    def sigmoid(self):
        return apply(sigmoid_rule, self)

    def relu(self):
        return apply(relu_rule, self)
