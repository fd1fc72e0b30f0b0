"""Exercise 6 with pullbacks that give a list of one number, and derivatives written out of the input."""

import math


def exp_rule(x):
    def pull(g):
        return [g * math.exp(x)]

    return math.exp(x), pull


def log_rule(x):
    def pull(g):
        return [g * x**-1]

    return math.log(x), pull


def tanh_rule(x):
    def pull(g):
        return [g - g * math.tanh(x) ** 2]

    return math.tanh(x), pull


def sigmoid_rule(x):
    half = math.tanh(x / 2)

    def pull(g):
        return [g * (1 - half * half) / 4]

    return (1 + half) / 2, pull


def relu_rule(x):
    if x > 0:
        return x, lambda g: [g]
    return 0, lambda g: [0]
