# exercise: 5
# wrong
# where: neg_rule, line 18
# mend: one gradient
# names: none

import math


def sub_rule(a, b):
    def pull(g):
        return (g, -g)

    return a - b, pull


def neg_rule(a):
    return sub_rule(0.0, a)


def div_rule(a, b):
    def pull(g):
        return (g / b, -g * a / b**2)

    return a / b, pull


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
