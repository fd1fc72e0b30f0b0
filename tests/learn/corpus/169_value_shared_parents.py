# exercise: 7
# expect: not sure
# style: a list as default argument, parents appended
from e04_rules import add_rule, mul_rule
from e05_rules_two import div_rule, neg_rule, pow_rule, sub_rule
from e06_rules_three import exp_rule, log_rule, relu_rule, sigmoid_rule, tanh_rule


class Value:
    def __init__(self, data, parents=[], pull=None, label=""):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.pull = pull
        self.label = label

    @staticmethod
    def make(rule, *operands):
        out = Value(0.0)
        numbers = []
        for operand in operands:
            if not isinstance(operand, Value):
                operand = Value(operand)
            out.parents.append(operand)
            numbers.append(operand.data)
        out.data, out.pull = rule(*numbers)
        return out

    def __add__(self, other):
        return Value.make(add_rule, self, other)

    def __radd__(self, other):
        return Value.make(add_rule, other, self)

    def __sub__(self, other):
        return Value.make(sub_rule, self, other)

    def __rsub__(self, other):
        return Value.make(sub_rule, other, self)

    def __mul__(self, other):
        return Value.make(mul_rule, self, other)

    def __rmul__(self, other):
        return Value.make(mul_rule, other, self)

    def __truediv__(self, other):
        return Value.make(div_rule, self, other)

    def __rtruediv__(self, other):
        return Value.make(div_rule, other, self)

    def __pow__(self, other):
        return Value.make(pow_rule, self, other)

    def __rpow__(self, other):
        return Value.make(pow_rule, other, self)

    def __neg__(self):
        return Value.make(neg_rule, self)

    def exp(self):
        return Value.make(exp_rule, self)

    def log(self):
        return Value.make(log_rule, self)

    def tanh(self):
        return Value.make(tanh_rule, self)

    def sigmoid(self):
        return Value.make(sigmoid_rule, self)

    def relu(self):
        return Value.make(relu_rule, self)
