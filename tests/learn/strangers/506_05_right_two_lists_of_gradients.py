# exercise: 5
# right

import math


def neg_rule(a):
    return 0.0 - a, lambda g: (g * -1.0,)


def sub_rule(a, b):
    return a - b, lambda g: (g, 0.0 - g)


def div_rule(a, b):
    out = a / b
    return out, lambda g: (g / b, -(out * (g / b)))


def pow_rule(a, b):
    out = a**b

    def pull(g):
        by_base = g * b * a ** (b - 1) if b != 0 else 0.0
        try:
            by_exponent = g * out * math.log(a)
        except ValueError:
            by_exponent = 0.0
        return by_base, by_exponent

    return out, pull


def rsub(a, other):
    out, pull = sub_rule(other, a)
    return out, lambda g: tuple(reversed(pull(g)))


def rdiv(a, other):
    out, pull = div_rule(other, a)
    return out, lambda g: tuple(reversed(pull(g)))
