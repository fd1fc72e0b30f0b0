# exercise: 6
# expect: M35
# style: textbook formulas
import math

E = math.e


def exp_rule(x):
    out = E ** x
    return out, lambda g: (g * out,)


def log_rule(x):
    return math.log(x, E), lambda g: (g / x,)


def tanh_rule(x):
    out = math.tanh(x)
    return out, lambda g: (g * (1 - out) * (1 + out),)


def sigmoid_rule(x):
    out = 1 / (1 + math.exp(-x))
    return out, lambda g: (g * out * (1 - out),)


def relu_rule(x):
    out = (abs(x) + x) / 2
    return out, lambda g: (g * (1 if out > 0 else 0),)
