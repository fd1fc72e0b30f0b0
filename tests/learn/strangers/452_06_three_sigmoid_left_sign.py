# exercise: 6
# wrong
# where: sigmoid_rule, line 27
# mend: the same sign on the left
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
    if x < 0:
        out = math.exp(x) / (1 + math.exp(x))
        return out, lambda g: (g * out * (out - 1),)
    out = 1 / (1 + math.exp(-x))
    return out, lambda g: (g * out * (1 - out),)


def relu_rule(x):
    out = max(x, 0.0)
    return out, lambda g: (g if x > 0 else 0.0,)
