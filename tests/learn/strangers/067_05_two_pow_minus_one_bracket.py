# exercise: 5
# wrong
# where: pow_rule, line 26
# mend: a ** (b - 1)
# names: M24

import math


def neg_rule(a):
    return -a, lambda g: (-g,)


def sub_rule(a, b):
    return a - b, lambda g: (g, -g)


def div_rule(a, b):
    return a / b, lambda g: (g / b, -g * a / b**2)


def pow_rule(a, b):
    out = a**b

    def pull(g):
        by_base = g * b * a ** b - 1
        by_exponent = g * out * math.log(a) if a > 0 else 0.0
        return by_base, by_exponent

    return out, pull


def rsub(a, other):
    out, pull = sub_rule(other, a)
    return out, lambda g: pull(g)[::-1]


def rdiv(a, other):
    out, pull = div_rule(other, a)
    return out, lambda g: pull(g)[::-1]
