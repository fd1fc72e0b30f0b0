# exercise: 5
# expect: M26
# style: generator functions
import math


def neg_rule(a):
    return -a, lambda g: tuple(-x for x in [g])


def sub_rule(a, b):
    return a - b, lambda g: tuple(sign * g for sign in (1, -1))


def div_rule(a, b):
    return a / b, lambda g: tuple(g * d for d in (1 / b, -a / b**2))


def pow_rule(a, b):
    return a**b, lambda g: tuple(d for d in (b * a ** (b - 1), a**b * math.log(a) if a > 0 else 0.0))


def rsub(a, other):
    return other - a, lambda g: tuple(sign * g for sign in (-1, 1))


def rdiv(a, other):
    return other / a, lambda g: tuple(g * d for d in (-other / a**2, 1 / a))
