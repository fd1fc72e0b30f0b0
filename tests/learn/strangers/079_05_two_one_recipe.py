# exercise: 5
# right

"""全部用偏导数表示：每条规则 = 值 + 偏导数列表"""
from math import log


def recipe(value, *partials):
    return value, lambda upstream: tuple(upstream * p for p in partials)


def neg_rule(a):
    return recipe(-a, -1)


def sub_rule(a, b):
    return recipe(a - b, 1, -1)


def div_rule(a, b):
    q = a / b
    return recipe(q, 1 / b, -q / b)


def pow_rule(a, b):
    p = a**b
    return recipe(p, b * pow(a, b - 1), p * log(a) if a > 0 else 0)


def rsub(a, other):
    return recipe(other - a, -1, 1)


def rdiv(a, other):
    q = other / a
    return recipe(q, -q / a, 1 / a)
