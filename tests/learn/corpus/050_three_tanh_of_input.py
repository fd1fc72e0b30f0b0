# exercise: 6
# expect: M29
# style: closures
import math


def exp_rule(x):
    y = math.exp(x)
    def pull(g):
        return (y * g,)
    return y, pull


def log_rule(x):
    def pull(g):
        return (g / x,)
    return math.log(x), pull


def tanh_rule(x):
    def pull(g):
        return ((1 - x ** 2) * g,)
    return math.tanh(x), pull


def sigmoid_rule(x):
    if x < 0:
        z = math.exp(x)
        s = z / (1 + z)
    else:
        z = math.exp(-x)
        s = 1 / (1 + z)
    def pull(g):
        return (s * (1 - s) * g,)
    return s, pull


def relu_rule(x):
    def pull(g):
        if x > 0:
            return (g,)
        return (0.0,)
    return max(0.0, x), pull
