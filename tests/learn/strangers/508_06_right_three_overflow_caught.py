# exercise: 6
# right

from functools import lru_cache
from math import exp, log, tanh


@lru_cache
def exp_rule(x):
    out = exp(x)
    return out, lambda g: (g * out,)


@lru_cache(maxsize=None)
def log_rule(x):
    return log(x), lambda g: (g / x,)


def tanh_rule(x):
    out = tanh(x)
    return out, lambda g: (g * (1 - out) * (1 + out),)


def sigmoid_rule(x):
    try:
        out = 1.0 / (1.0 + exp(-x))
    except OverflowError:
        return 0.0, lambda g: (0.0,)
    return out, lambda g: (g * out * (1.0 - out),)


def relu_rule(x):
    return (x, lambda g: (g,)) if x > 0 else (0.0, lambda g: (0.0,))
