# exercise: 7
# expect: M45 | not sure
# style: lambdas, parents as data
from e04_rules import add_rule, mul_rule
from e05_rules_two import div_rule, neg_rule, pow_rule, sub_rule
from e06_rules_three import exp_rule, log_rule, relu_rule, sigmoid_rule, tanh_rule


def val(x):
    return x if type(x) is Value else Value(x)


def make(rule, *xs):
    xs = tuple(map(val, xs))
    out, pull = rule(*[x.data for x in xs])
    # keep the numbers that went in
    return Value(out, tuple(x.data for x in xs), pull)


class Value:
    def __init__(self, data, parents=(), pull=None, label=""):
        self.data = data
        self.grad = 0.0
        self.parents = parents
        self.pull = pull
        self.label = label

    __add__ = lambda a, b: make(add_rule, a, b)  # noqa
    __radd__ = lambda a, b: make(add_rule, b, a)  # noqa
    __mul__ = lambda a, b: make(mul_rule, a, b)  # noqa
    __rmul__ = lambda a, b: make(mul_rule, b, a)  # noqa
    __sub__ = lambda a, b: make(sub_rule, a, b)  # noqa
    __rsub__ = lambda a, b: make(sub_rule, b, a)  # noqa
    __truediv__ = lambda a, b: make(div_rule, a, b)  # noqa
    __rtruediv__ = lambda a, b: make(div_rule, b, a)  # noqa
    __pow__ = lambda a, b: make(pow_rule, a, b)  # noqa
    __rpow__ = lambda a, b: make(pow_rule, b, a)  # noqa
    __neg__ = lambda a: make(neg_rule, a)  # noqa
    exp = lambda a: make(exp_rule, a)  # noqa
    log = lambda a: make(log_rule, a)  # noqa
    tanh = lambda a: make(tanh_rule, a)  # noqa
    sigmoid = lambda a: make(sigmoid_rule, a)  # noqa
    relu = lambda a: make(relu_rule, a)  # noqa
