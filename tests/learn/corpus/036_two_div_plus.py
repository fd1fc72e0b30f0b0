# exercise: 5
# expect: M19
# style: over-commented
import math

def neg_rule(a):
    # minus a, derivative is minus one
    return -a, lambda g: (-1 * g,)

def sub_rule(a, b):
    # first operand plus, second minus
    return a - b, lambda g: (1 * g, -1 * g)

def div_rule(a, b):
    # a / b = a * 1/b
    # derivative for a: 1/b
    # derivative for b: a / b^2
    d_a = 1 / b
    d_b = a / (b ** 2)
    return a / b, lambda g: (d_a * g, d_b * g)

def pow_rule(a, b):
    # power rule
    d_a = b * a ** (b - 1)
    # exponential
    if a > 0:
        d_b = (a ** b) * math.log(a)
    else:
        d_b = 0.0
    return a ** b, lambda g: (d_a * g, d_b * g)

def rsub(a, other):
    return other - a, lambda g: (-g, g)

def rdiv(a, other):
    out, pull = div_rule(other, a)
    def swapped(g):
        x, y = pull(g)
        return y, x
    return out, swapped
