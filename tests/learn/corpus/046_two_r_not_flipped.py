# exercise: 5
# expect: M48
# style: reuse
import math


def neg_rule(a):
    return -a, lambda g: (-g,)


def sub_rule(a, b):
    return a - b, lambda g: (g, -g)


def div_rule(a, b):
    return a / b, lambda g: (g / b, -a * g / b**2)


def pow_rule(a, b):
    return a**b, lambda g: (b * a ** (b - 1) * g, a**b * math.log(a) * g if a > 0 else 0.0)


def rsub(a, other):
    return sub_rule(other, a)


def rdiv(a, other):
    return div_rule(other, a)
