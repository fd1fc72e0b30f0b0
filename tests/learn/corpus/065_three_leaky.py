# exercise: 6
# expect: not sure
# style: closures
import math


def exp_rule(x):
    y = math.exp(x)
    return y, lambda g: (y * g,)


def log_rule(x):
    return math.log(x), lambda g: (g / x,)


def tanh_rule(x):
    y = math.tanh(x)
    return y, lambda g: (g * (1 - y * y),)


def sigmoid_rule(x):
    x = max(-500, min(500, x))
    y = 1 / (1 + math.exp(-x))
    return y, lambda g: (g * y * (1 - y),)


def relu_rule(x):
    # leaky so that no neuron dies
    y = x if x > 0 else 0.01 * x
    return y, lambda g: (g if x > 0 else 0.01 * g,)
