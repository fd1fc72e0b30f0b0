# exercise: 5
# expect: M22
# style: helper functions
import math


def reciprocal(x):
    return 1 / x


def d_reciprocal(x):
    return -1 / x**2


def neg_rule(a):
    return (-a, lambda g: (-g,))


def sub_rule(a, b):
    return (a - b, lambda g: (g, -g))


def div_rule(a, b):
    # a times the reciprocal of b, so: derivative of the reciprocal
    def pull(g):
        return (g * reciprocal(b), g * d_reciprocal(b))
    return (a * reciprocal(b), pull)


def pow_rule(a, b):
    y = a**b

    def pull(g):
        exponent = 0.0
        if a > 0:
            exponent = y * math.log(a)
        return (g * b * a ** (b - 1), g * exponent)
    return (y, pull)


def rsub(a, other):
    return (other - a, lambda g: (-g, g))


def rdiv(a, other):
    return (other / a, lambda g: (g * other * d_reciprocal(a), g * reciprocal(a)))
