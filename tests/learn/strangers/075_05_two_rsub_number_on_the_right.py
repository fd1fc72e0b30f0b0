# exercise: 5
# wrong
# where: rsub, line 28
# mend: rsub is other - a
# names: M48

import math

def neg_rule(x):
    def pull(g): return (-1 * g,)
    return -x, pull

def sub_rule(x, y):
    def pull(g): return (g, g * -1)
    return x - y, pull

def div_rule(x, y):
    def pull(g): return (g * 1 / y, g * -x / (y * y))
    return x / y, pull

def pow_rule(x, y):
    def pull(g):
        if x <= 0: return (g * y * x ** (y - 1), 0.0)
        return (g * y * x ** (y - 1), g * x ** y * math.log(x))
    return x ** y, pull

def rsub(x, other):
    def pull(g): return (g, g * -1)
    return other - x, pull

def rdiv(x, other):
    def pull(g): return (g * -other / (x * x), g / x)
    return other / x, pull
