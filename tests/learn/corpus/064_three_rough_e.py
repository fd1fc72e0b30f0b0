# exercise: 6
# expect: not sure
# style: constants by hand
import math

e = 2.718


def exp_rule(x):
    out = e ** x
    return out, lambda g: (out * g,)


def log_rule(x):
    return math.log(x), lambda g: (g / x,)


def tanh_rule(x):
    t = math.tanh(x)
    return t, lambda g: ((1 - t**2) * g,)


def sigmoid_rule(x):
    if x >= 0:
        s = 1 / (1 + math.exp(-x))
    else:
        s = math.exp(x) / (1 + math.exp(x))
    return s, lambda g: (s * (1 - s) * g,)


def relu_rule(x):
    return max(0.0, x), lambda g: (g if x > 0 else 0.0,)
