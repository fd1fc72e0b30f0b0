# exercise: 6
# right

from math import e, exp, log, tanh


def _unary(out, slope):
    def pull(g):
        return (slope * g,)
    return out, pull


def exp_rule(x):
    return _unary(exp(x), exp(x))


def log_rule(x):
    return _unary(log(x), x**-1)


def tanh_rule(x):
    t = tanh(x)
    return _unary(t, (1 + t) * (1 - t))


def sigmoid_rule(x):
    try:
        s = 1 / (1 + exp(-x))
    except OverflowError:
        s = 0.0
    return _unary(s, s * (1 - s))


def relu_rule(x):
    on = int(x > 0)
    return _unary(on * x, on)
