# exercise: 6
# expect: passed
# style: exceptions, one class of rules
import math


class Unary:
    """Callable rule: a function and its derivative by (input, output)."""

    def __init__(self, function, derivative):
        self.function = function
        self.derivative = derivative

    def __call__(self, x):
        out = self.function(x)
        slope = self.derivative(x, out)
        return out, lambda g: (slope and slope * g or 0.0,)


def logistic(x):
    try:
        return 1 / (1 + math.exp(-x))
    except OverflowError:
        return 0.0


exp_rule = Unary(math.exp, lambda x, out: out)
log_rule = Unary(math.log, lambda x, out: 1 / x)
tanh_rule = Unary(math.tanh, lambda x, out: 1 / math.cosh(x) ** 2)
sigmoid_rule = Unary(logistic, lambda x, out: out - out**2)
relu_rule = Unary(lambda x: (x + abs(x)) / 2, lambda x, out: (x > 0) * 1.0)
