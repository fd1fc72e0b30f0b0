# exercise: 5
# wrong
# where: div_rule, line 26
# mend: / always
# names: none

import math


def neg_rule(a):
    def pull(g):
        return (-g,)

    return -a, pull


def sub_rule(a, b):
    def pull(g):
        return (g, -g)

    return a - b, pull


def div_rule(a, b):
    if isinstance(a, int) and isinstance(b, int):
        out = a // b
    else:
        out = a / b
    return out, lambda g: (g / b, -g * a / (b * b))


def pow_rule(a, b):
    out = a**b

    def pull(g):
        da = g * b * a ** (b - 1)
        db = g * out * math.log(a) if a > 0 else 0.0
        return (da, db)

    return out, pull


def rsub(a, other):
    out, pull = sub_rule(other, a)

    def flipped(g):
        left, right = pull(g)
        return (right, left)

    return out, flipped


def rdiv(a, other):
    out, pull = div_rule(other, a)

    def flipped(g):
        left, right = pull(g)
        return (right, left)

    return out, flipped
