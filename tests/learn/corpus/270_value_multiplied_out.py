# exercise: 7
# expect: not sure
# style: a number times a result is multiplied out at once, and the way back is lost
from e04_rules import add_rule, mul_rule
from e05_rules_two import div_rule, neg_rule, pow_rule, rdiv, rsub, sub_rule
from e06_rules_three import exp_rule, log_rule, relu_rule, sigmoid_rule, tanh_rule


class Value:
    """A number, the values it was made from, and the pullback of the operation that made it."""

    def __init__(self, data, parents=(), pull=None, label=""):
        self.data = data
        self.grad = 0.0
        self.parents = tuple(parents)
        self.pull = pull
        self.label = label

    def __repr__(self):
        return f"Value({self.data}, grad={self.grad})"

    def __neg__(self):
        return made_by(neg_rule, self)

    def __add__(self, other):
        return made_by(add_rule, self, other)

    def __radd__(self, other):
        return made_by(add_rule, other, self)

    def __sub__(self, other):
        return made_by(sub_rule, self, other)

    def __rsub__(self, other):
        return made_by(rsub, self, other)

    def __mul__(self, other):
        return made_by(mul_rule, self, other)

    def __rmul__(self, other):
        if self.parents:
            return Value(other * self.data)
        return made_by(mul_rule, other, self)

    def __truediv__(self, other):
        return made_by(div_rule, self, other)

    def __rtruediv__(self, other):
        return made_by(rdiv, self, other)

    def __pow__(self, other):
        return made_by(pow_rule, self, other)

    def __rpow__(self, other):
        return made_by(pow_rule, other, self)

    def exp(self):
        return made_by(exp_rule, self)

    def log(self):
        return made_by(log_rule, self)

    def tanh(self):
        return made_by(tanh_rule, self)

    def sigmoid(self):
        return made_by(sigmoid_rule, self)

    def relu(self):
        return made_by(relu_rule, self)


def made_by(rule, *operands):
    """The value that the rule makes of the operands; a plain number becomes a Value without parents."""
    parents = [x if isinstance(x, Value) else Value(x) for x in operands]
    out, pull = rule(*[parent.data for parent in parents])
    return Value(out, parents, pull)
