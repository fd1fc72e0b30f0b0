# exercise: 6
# expect: M39
# style: closures
import math


def exp_rule(x):
    out = math.exp(x)
    def pull(g):
        return (g * out,)
    return out, pull


def log_rule(x):
    out = math.log(x)
    def pull(g):
        return (g / x,)
    return out, pull


def tanh_rule(x):
    out = math.tanh(x)
    def pull(g):
        return (g - g * out**2,)
    return out, pull


def sigmoid_rule(x):
    try:
        out = 1 / (1 + math.exp(-x))
    except OverflowError:
        out = 0.0
    def pull(g):
        return (g * out * (1 - out),)
    return out, pull


def relu_rule(x):
    out = max(x, 0)
    def pull(g):
        # relu is a straight line, slope 1
        return (g,)
    return out, pull
