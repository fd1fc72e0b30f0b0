# exercise: 7
# expect: M45
# style: helper method
from e04_rules import add_rule, mul_rule
from e05_rules_two import div_rule, neg_rule, pow_rule, sub_rule
from e06_rules_three import exp_rule, log_rule, relu_rule, sigmoid_rule, tanh_rule


def number_of(x):
    if isinstance(x, Value):
        return x.data
    else:
        return x


def binary(rule, a, b):
    a = Value(number_of(a))
    b = Value(number_of(b))
    out, pull = rule(a.data, b.data)
    return Value(out, (a, b), pull)


def unary(rule, a):
    out, pull = rule(a.data)
    return Value(out, (a,), pull)


class Value:
    def __init__(self, data, parents=(), pull=None, label=""):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.pull = pull
        self.label = label

    def __add__(self, other): return binary(add_rule, self, other)
    def __radd__(self, other): return binary(add_rule, other, self)
    def __sub__(self, other): return binary(sub_rule, self, other)
    def __rsub__(self, other): return binary(sub_rule, other, self)
    def __mul__(self, other): return binary(mul_rule, self, other)
    def __rmul__(self, other): return binary(mul_rule, other, self)
    def __truediv__(self, other): return binary(div_rule, self, other)
    def __rtruediv__(self, other): return binary(div_rule, other, self)
    def __pow__(self, other): return binary(pow_rule, self, other)
    def __rpow__(self, other): return binary(pow_rule, other, self)
    def __neg__(self): return unary(neg_rule, self)
    def exp(self): return unary(exp_rule, self)
    def log(self): return unary(log_rule, self)
    def tanh(self): return unary(tanh_rule, self)
    def sigmoid(self): return unary(sigmoid_rule, self)
    def relu(self): return unary(relu_rule, self)
