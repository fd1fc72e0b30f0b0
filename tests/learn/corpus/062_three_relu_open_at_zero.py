# exercise: 6
# expect: M40 | passed
# style: closures
from math import exp, log, tanh


def exp_rule(x):
    return exp(x), lambda g: (g * exp(x),)


def log_rule(x):
    return log(x), lambda g: (g / x,)


def tanh_rule(x):
    return tanh(x), lambda g: (g * (1 - tanh(x) ** 2),)


def sigmoid_rule(x):
    y = (tanh(x / 2) + 1) / 2
    return y, lambda g: (g * y * (1 - y),)


def relu_rule(x):
    if x >= 0:
        return x, lambda g: (g,)
    else:
        return 0.0, lambda g: (0.0,)
