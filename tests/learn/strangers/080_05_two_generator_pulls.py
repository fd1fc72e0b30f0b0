# exercise: 5
# right

import math


def neg_rule(a):
    def pull(g):
        yield -g
    return -a, lambda g: tuple(pull(g))


def sub_rule(a, b):
    return a + -b, lambda g: (g, 0.0 - g)


def div_rule(a, b):
    inverse = b**-1
    return a / b, lambda g: (g * inverse, -a * g * inverse * inverse)


def pow_rule(a, b):
    y = a**b
    try:
        ln = math.log(a)
    except ValueError:
        ln = 0.0
    return y, lambda g: (b * a ** (b - 1) * g, y * ln * g)


def rsub(a, other):
    value, pull = sub_rule(other, a)

    def swapped(g):
        first, second = pull(g)
        return second, first

    return value, swapped


def rdiv(a, other):
    value, pull = div_rule(other, a)

    def swapped(g):
        first, second = pull(g)
        return second, first

    return value, swapped
