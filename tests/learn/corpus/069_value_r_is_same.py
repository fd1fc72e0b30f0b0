# exercise: 7
# expect: M18 | M23
# style: aliases for reflected operators
from e04_rules import add_rule, mul_rule
from e05_rules_two import div_rule, neg_rule, pow_rule, sub_rule
from e06_rules_three import exp_rule, log_rule, relu_rule, sigmoid_rule, tanh_rule


class Value:
    def __init__(self, data, parents=(), pull=None, label=""):
        self.data = data
        self.parents = tuple(parents)
        self.pull = pull
        self.label = label
        self.grad = 0.0

    def __repr__(self):
        return f"Value(data={self.data}, grad={self.grad})"

    def _op(self, rule, *others):
        operands = [self]
        for other in others:
            if not isinstance(other, Value):
                other = Value(other)
            operands.append(other)
        out, pull = rule(*(o.data for o in operands))
        return Value(out, operands, pull)

    def __add__(self, other):
        return self._op(add_rule, other)

    def __sub__(self, other):
        return self._op(sub_rule, other)

    def __mul__(self, other):
        return self._op(mul_rule, other)

    def __truediv__(self, other):
        return self._op(div_rule, other)

    def __pow__(self, other):
        return self._op(pow_rule, other)

    def __rpow__(self, other):
        return Value(other) ** self

    __radd__ = __add__
    __rsub__ = __sub__
    __rmul__ = __mul__
    __rtruediv__ = __truediv__

    def __neg__(self):
        return self._op(neg_rule)

    def exp(self):
        return self._op(exp_rule)

    def log(self):
        return self._op(log_rule)

    def tanh(self):
        return self._op(tanh_rule)

    def sigmoid(self):
        return self._op(sigmoid_rule)

    def relu(self):
        return self._op(relu_rule)
