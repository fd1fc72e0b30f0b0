# exercise: 6
# wrong
# checked: 9
# where: tanh_rule, line 22
# mend: out ** 2
# names: none

import math


def exp_rule(x):
    y = math.exp(x)
    return y, lambda g: (g * y,)


def log_rule(x):
    return math.log(x), lambda g: (g / x,)


def tanh_rule(x):
    y = math.tanh(x)
    return y, lambda g: (g * (1 - y**3),)


def sigmoid_rule(x):
    y = 1 / (1 + math.exp(-x)) if x > -700 else 0.0
    return y, lambda g: (g * y * (1 - y),)


def relu_rule(x):
    return (x, lambda g: (g,)) if x > 0 else (0.0, lambda g: (0.0,))
