# exercise: 5
# expect: M18
# style: closures, shared by reuse
import math


def neg_rule(a):
    return -a, lambda g: (-g,)


def sub_rule(a, b):
    return a + neg_rule(b)[0], lambda g: (g, *neg_rule(b)[1](g))


def pow_rule(a, b):
    out = math.pow(a, b)

    def pull(g):
        left = b * math.pow(a, b - 1)
        right = out * math.log(a) if a > 0 else 0.0
        return g * left, g * right

    return out, pull


def div_rule(a, b):
    return a / b, lambda g: (g / b, -g * a / (b * b))


def rsub(a, other):
    return sub_rule(a, other)


def rdiv(a, other):
    return other / a, lambda g: (-g * other / (a * a), g / a)
