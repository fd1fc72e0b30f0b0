# exercise: 5
# expect: M25
# style: from a maths notebook
from math import log


def neg_rule(u):
    def pull(g): return (-g,)
    return -u, pull


def sub_rule(u, v):
    def pull(g): return (g, -g)
    return u - v, pull


def div_rule(u, v):
    # quotient rule (u'v - uv') / v^2
    def pull(g):
        du = (1 * v - u * 0) / v**2
        dv = (0 * v - u * 1) / v**2
        return (g * du, g * dv)
    return u / v, pull


def pow_rule(u, n):
    def pull(g):
        du = u ** (n - 1)
        if u > 0:
            dn = log(u) * u**n
        else:
            dn = 0.0
        return (g * du, g * dn)
    return u**n, pull


def rsub(u, w):
    def pull(g): return (-g, g)
    return w - u, pull


def rdiv(u, w):
    def pull(g):
        du = -w / u**2
        dw = 1 / u
        return (g * du, g * dw)
    return w / u, pull
