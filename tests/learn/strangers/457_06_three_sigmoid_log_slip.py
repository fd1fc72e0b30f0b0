# exercise: 6
# wrong
# where: sigmoid_rule, line 28
# mend: exp(x) / (1 + exp(x))
# names: none

import math


def exp_rule(x):
    out = math.exp(x)
    return out, lambda g: (g * out,)


def log_rule(x):
    return math.log(x), lambda g: (g / x,)


def tanh_rule(x):
    out = math.tanh(x)
    return out, lambda g: (g * (1 - out**2),)


def sigmoid_rule(x):
    try:
        out = 1 / (1 + math.exp(-x))
    except OverflowError:
        out = 1.0
    return out, lambda g: (g * out * (1 - out),)


def relu_rule(x):
    out = max(x, 0.0)
    return out, lambda g: (g if x > 0 else 0.0,)
