# exercise: 6
# right

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
    z = math.exp(-abs(x))
    out = (1 if x >= 0 else z) / (1 + z)
    return out, lambda g: (g * z / (1 + z) ** 2,)


def relu_rule(x):
    return max(x, 0.0), lambda g: (g if x > 0 else 0.0,)
