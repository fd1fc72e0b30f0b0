"""Exercise 6: rules for functions of one number.

As before, a rule gives the value and a function pull(g). There is one operand, so pull(g) holds one gradient.

    out, pull = exp_rule(0.5)
    out            # 1.6487…
    pull(1.0)      # (∂out/∂x,), times what arrives, here 1

Python's math module has exp, log (the natural logarithm) and tanh.
"""

import math


def exp_rule(x):
    """(eˣ, pull)."""
    raise NotImplementedError


def log_rule(x):
    """(ln x, pull), for positive x."""
    raise NotImplementedError


def tanh_rule(x):
    """(tanh x, pull)."""
    raise NotImplementedError


def sigmoid_rule(x):
    """(1 / (1 + e⁻ˣ), pull), for any x: also for -1000 and for 1000."""
    raise NotImplementedError


def relu_rule(x):
    """(the larger of x and 0, pull)."""
    raise NotImplementedError
