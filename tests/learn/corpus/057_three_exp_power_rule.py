# exercise: 6
# expect: M37
# style: over-commented
import math


def exp_rule(x):
    # e to the x
    out = math.exp(x)

    def pull(g):
        # power rule: bring the exponent down and lower it by one
        return (g * x * math.exp(x - 1),)

    return out, pull


def log_rule(x):
    # natural logarithm
    out = math.log(x)

    def pull(g):
        # one over x
        return (g * 1 / x,)

    return out, pull


def tanh_rule(x):
    out = math.tanh(x)

    def pull(g):
        # one minus tanh squared
        return (g * (1 - out * out),)

    return out, pull


def sigmoid_rule(x):
    # two forms so that nothing overflows
    if x >= 0:
        out = 1 / (1 + math.exp(-x))
    else:
        out = math.exp(x) / (1 + math.exp(x))

    def pull(g):
        return (g * out * (1 - out),)

    return out, pull


def relu_rule(x):
    out = x if x > 0 else 0

    def pull(g):
        return (g if x > 0 else 0,)

    return out, pull
