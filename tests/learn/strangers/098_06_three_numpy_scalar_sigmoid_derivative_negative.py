# exercise: 6
# wrong
# where: sigmoid_rule, line 26
# mend: out * (1 - out)
# names: none

import numpy as np


def exp_rule(x):
    y = np.exp(x)
    return y, lambda g: (y * g,)


def log_rule(x):
    return np.log(x), lambda g: (g / x,)


def tanh_rule(x):
    y = np.tanh(x)
    return y, lambda g: ((1 - y * y) * g,)


def sigmoid_rule(x):
    y = 0.5 * (1 + np.tanh(x / 2))
    return y, lambda g: (y * (y - 1) * g,)


def relu_rule(x):
    return np.maximum(x, 0), lambda g: (np.where(x > 0, g, 0.0),)
