# exercise: 7
# expect: M51
# style: closures
from e04_rules import add_rule, mul_rule
from e05_rules_two import div_rule, neg_rule, pow_rule, sub_rule
from e06_rules_three import exp_rule, log_rule, relu_rule, sigmoid_rule, tanh_rule


class Value:
    def __init__(self, data, parents=(), pull=None, label=""):
        self.data, self.parents, self.pull, self.label = data, parents, pull, label
        self.grad = 0.0

    def __add__(self, other):
        if isinstance(other, (int, float)):
            other = Value(other)
        return Value(add_rule(self.data, other.data)[0], (self, other), add_rule(self.data, other.data)[1])

    def __sub__(self, other):
        if isinstance(other, (int, float)):
            other = Value(other)
        return Value(sub_rule(self.data, other.data)[0], (self, other), sub_rule(self.data, other.data)[1])

    def __mul__(self, other):
        if isinstance(other, (int, float)):
            other = Value(other)
        return Value(mul_rule(self.data, other.data)[0], (self, other), mul_rule(self.data, other.data)[1])

    def __truediv__(self, other):
        if isinstance(other, (int, float)):
            other = Value(other)
        return Value(div_rule(self.data, other.data)[0], (self, other), div_rule(self.data, other.data)[1])

    def __pow__(self, other):
        if isinstance(other, (int, float)):
            other = Value(other)
        return Value(pow_rule(self.data, other.data)[0], (self, other), pow_rule(self.data, other.data)[1])

    def __neg__(self):
        return Value(neg_rule(self.data)[0], (self,), neg_rule(self.data)[1])

    def exp(self):
        return Value(exp_rule(self.data)[0], (self,), exp_rule(self.data)[1])

    def log(self):
        return Value(log_rule(self.data)[0], (self,), log_rule(self.data)[1])

    def tanh(self):
        return Value(tanh_rule(self.data)[0], (self,), tanh_rule(self.data)[1])

    def sigmoid(self):
        return Value(sigmoid_rule(self.data)[0], (self,), sigmoid_rule(self.data)[1])

    def relu(self):
        return Value(relu_rule(self.data)[0], (self,), relu_rule(self.data)[1])
