# exercise: 6
# wrong
# where: sigmoid_rule, line 25
# mend: no clamp: the two forms
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
    x = max(-20.0, min(20.0, x))  # exp must not overflow
    out = 1 / (1 + math.exp(-x))
    return out, lambda g: (g * out * (1 - out),)


def relu_rule(x):
    return max(x, 0.0), lambda g: (g if x > 0 else 0.0,)
