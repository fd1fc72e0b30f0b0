# exercise: 5
# right

import math


def neg_rule(a):
    return 0 - a, lambda g: [-g]


def sub_rule(a, b):
    return a - b, lambda g: [g, -g]


def div_rule(a, b):
    return a / b, lambda g: [g / b, -(g / b) * (a / b)]


def pow_rule(a, b):
    if a > 0:
        return math.exp(b * math.log(a)), lambda g: [g * b * math.exp((b - 1) * math.log(a)), g * a**b * math.log(a)]
    return a**b, lambda g: [g * b * a ** (b - 1), 0.0]


rsub = lambda a, other: (other - a, lambda g: [-g, g])
rdiv = lambda a, other: (other / a, lambda g: [-g * other / a / a, g / a])
