# exercise: 5
# expect: M23
# style: aliases
import math


def neg_rule(a):
    return -a, lambda g: (-g,)


def sub_rule(a, b):
    return a - b, lambda g: (g, -g)


def div_rule(a, b):
    return a / b, lambda g: (g * b ** -1, g * -a * b ** -2)


def pow_rule(a, b):
    lna = math.log(a) if a > 0 else 0.0
    return a ** b, lambda g: (g * b * a ** (b - 1), g * lna * a ** b)


def rsub(a, other):
    minus_a, _ = neg_rule(a)
    return minus_a + other, lambda g: (-g, g)


rdiv = div_rule
