# exercise: 5
# wrong
# where: pow_rule, line 33
# mend: a ** b
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
    def pull(g):
        return (g / b, -g * a / b**2)

    return a / b, pull


def pow_rule(a, b):
    out = 1.0
    for _ in range(int(b)):
        out *= a

    def pull(g):
        return (g * b * a ** (b - 1), g * out * math.log(a) if a > 0 else 0.0)

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
