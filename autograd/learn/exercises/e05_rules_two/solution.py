"""Exercise 5: rules for the other operators."""

import math


def neg_rule(a):
    """-a falls as fast as a rises."""
    return -a, lambda g: (-g,)


def sub_rule(a, b):
    """The right operand enters with a minus, and so does its gradient."""
    return a - b, lambda g: (g, -g)


def div_rule(a, b):
    """The derivative of a/b by b is -a/b²."""
    return a / b, lambda g: (g / b, -g * a / b**2)


def pow_rule(a, b):
    """The derivative of aᵇ is b·aᵇ⁻¹ by the base, and aᵇ·ln a by the exponent."""

    def pull(g):
        by_base = b * a ** (b - 1)
        by_exponent = a**b * math.log(a) if a > 0 else 0.0
        return (g * by_base, g * by_exponent)

    return a**b, pull


def rsub(a, other):
    """What Python calls for 1 - a, with a first."""
    return other - a, lambda g: (-g, g)


def rdiv(a, other):
    """What Python calls for 1 / a, with a first."""
    return other / a, lambda g: (-g * other / a**2, g / a)
