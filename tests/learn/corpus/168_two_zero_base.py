# exercise: 5
# expect: not sure | crashed
# style: closures, the logarithm of 0
from math import log


def neg_rule(a):
    return -a, lambda g: (-g,)


def sub_rule(a, b):
    return a - b, lambda g: (g, -g)


def div_rule(a, b):
    return a / b, lambda g: (g / b, -g * a / b**2)


def pow_rule(a, b):
    def pull(g):
        if a < 0:
            return g * b * a ** (b - 1), 0.0
        return g * b * a ** (b - 1), g * a**b * log(a)
    return a**b, pull


def rsub(a, other):
    return other - a, lambda g: (-g, g)


def rdiv(a, other):
    return other / a, lambda g: (-g * other / a**2, g / a)
