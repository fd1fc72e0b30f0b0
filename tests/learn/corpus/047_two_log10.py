# exercise: 5
# expect: not sure
# style: NumPy
import numpy as np


def neg_rule(a):
    return -a, lambda g: (-g,)


def sub_rule(a, b):
    return a - b, lambda g: (g, -g)


def div_rule(a, b):
    return a / b, lambda g: (g / b, -a * g / b**2)


def pow_rule(a, b):
    def pull(g):
        log_a = np.log10(a) if a > 0 else 0.0
        return float(g * b * a ** (b - 1)), float(g * a**b * log_a)
    return a**b, pull


def rsub(a, other):
    return other - a, lambda g: (-g, g)


def rdiv(a, other):
    return other / a, lambda g: (-other * g / a**2, g / a)
