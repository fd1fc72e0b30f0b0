# exercise: 5
# expect: not sure
# style: the logarithm of the size, so that it never fails
import math


def neg_rule(a):
    return -a, lambda g: (-g,)


def sub_rule(a, b):
    return a - b, lambda g: (g, -g)


def div_rule(a, b):
    return a / b, lambda g: (g / b, -a * g / (b * b))


def pow_rule(a, b):
    out = a**b
    log = math.log(abs(a)) if a != 0 else 0.0
    return out, lambda g: (g * b * a ** (b - 1), g * out * log)


def rsub(a, other):
    return other - a, lambda g: (-g, g)


def rdiv(a, other):
    return other / a, lambda g: (-other * g / (a * a), g / a)
