# exercise: 6
# expect: M30
# style: everything from exp
from math import exp, log


def exp_rule(x):
    e = exp(x)
    return e, lambda up: [up * e]


def log_rule(x):
    return log(x), lambda up: [up / x]


def tanh_rule(x):
    t = (exp(2 * x) - 1) / (exp(2 * x) + 1)
    return t, lambda up: [up * (1 - t)]


def _sig(x):
    return 1 / (1 + exp(-x)) if x > 0 else exp(x) / (exp(x) + 1)


def sigmoid_rule(x):
    s = _sig(x)
    return s, lambda up: [up * (s - s * s)]


def relu_rule(x):
    return (x, lambda up: [up]) if x > 0 else (0.0, lambda up: [0.0])
