# exercise: 6
# wrong
# where: sigmoid_rule, line 25
# mend: x >= 0
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
    out = 0.0
    if x > 0:
        out = 1 / (1 + math.exp(-x))
    elif x < 0:
        z = math.exp(x)
        out = z / (1 + z)
    return out, lambda g: (g * out * (1 - out),)


def relu_rule(x):
    out = max(x, 0.0)
    return out, lambda g: (g if x > 0 else 0.0,)
