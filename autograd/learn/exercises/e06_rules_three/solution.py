"""Exercise 6: rules for functions of one number."""

import math


def exp_rule(x):
    """The exponential function is its own derivative."""
    out = math.exp(x)
    return out, lambda g: (g * out,)


def log_rule(x):
    """The derivative of ln x is 1/x."""
    return math.log(x), lambda g: (g / x,)


def tanh_rule(x):
    """The derivative of tanh is 1 - out²."""
    out = math.tanh(x)
    return out, lambda g: (g * (1 - out**2),)


def sigmoid(x):
    """1 / (1 + e⁻ˣ), written so that exp is only asked for what is at most 1."""
    if x >= 0:
        return 1 / (1 + math.exp(-x))
    return math.exp(x) / (1 + math.exp(x))


def sigmoid_rule(x):
    """The derivative of sigmoid is out·(1 - out)."""
    out = sigmoid(x)
    return out, lambda g: (g * out * (1 - out),)


def relu_rule(x):
    """The gradient passes where the input is positive; at 0 the derivative is taken to be 0."""
    return max(x, 0.0), lambda g: (g if x > 0 else 0.0,)
