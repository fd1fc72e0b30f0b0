# exercise: 6
# expect: M31
# style: one helper for all
import math


def unary(value, derivative):
    return value, lambda g: (g * derivative,)


def squash(value):
    # tanh and sigmoid are both S-curves
    return unary(value, value * (1 - value))


def exp_rule(x):
    return unary(math.exp(x), math.exp(x))


def log_rule(x):
    return unary(math.log(x), 1.0 / x)


def tanh_rule(x):
    return squash(math.tanh(x))


def sigmoid_rule(x):
    return squash(0.5 * math.tanh(0.5 * x) + 0.5)


def relu_rule(x):
    return unary(max(x, 0), 1.0 if x > 0 else 0.0)
