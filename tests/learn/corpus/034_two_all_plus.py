# exercise: 5
# expect: M16 | M17
# style: closures
import math


def neg_rule(a):
    def pull(g):
        return (g,)
    return -a, pull


def sub_rule(a, b):
    def pull(g):
        return (g, g)
    return a - b, pull


def div_rule(a, b):
    def pull(g):
        return (g / b, -g * a / b**2)
    return a / b, pull


def pow_rule(a, b):
    def pull(g):
        da = g * b * a ** (b - 1)
        db = g * a**b * math.log(a) if a > 0 else 0.0
        return (da, db)
    return a**b, pull


def rsub(a, other):
    def pull(g):
        return (-g, g)
    return other - a, pull


def rdiv(a, other):
    def pull(g):
        return (-g * other / a**2, g / a)
    return other / a, pull
