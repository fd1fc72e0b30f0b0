# exercise: 6
# right

import math


def exp_rule(x):
    y = math.e**x
    return y, lambda g: (y * g,)


def log_rule(x):
    return math.log(x), lambda g: (g * x**-1,)


def tanh_rule(x):
    return math.tanh(x), lambda g: (g / math.cosh(x) ** 2 if abs(x) < 300 else 0.0,)


def sigmoid_rule(x):
    y = (1 + math.tanh(x / 2)) / 2
    return y, lambda g: (g * y * (1 - y),)


def relu_rule(x):
    on = x > 0
    return x * on, lambda g: (g * on,)
