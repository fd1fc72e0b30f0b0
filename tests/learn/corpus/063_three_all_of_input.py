# exercise: 6
# expect: M29 | M33
# style: formulas with x everywhere
import math


def exp_rule(x):
    return math.exp(x), lambda g: (g * math.exp(x),)


def log_rule(x):
    return math.log(x), lambda g: (g * x**-1,)


def tanh_rule(x):
    return math.tanh(x), lambda g: (g * (1 - x * x),)


def sigmoid_rule(x):
    if x >= 0:
        y = 1 / (1 + math.exp(-x))
    else:
        y = math.exp(x) / (1 + math.exp(x))
    return y, lambda g: (g * x * (1 - x),)


def relu_rule(x):
    return max(x, 0.0), lambda g: (g * (x > 0),)
