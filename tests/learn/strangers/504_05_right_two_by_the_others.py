# exercise: 5
# right

from math import log

from e04_rules import add_rule, mul_rule


def neg_rule(a):
    out, pull = mul_rule(a, -1)
    return out, lambda g: pull(g)[:1]


def sub_rule(a, b):
    minus, pull_minus = neg_rule(b)
    out, pull_sum = add_rule(a, minus)

    def pull(g):
        left, right = pull_sum(g)
        return left, *pull_minus(right)

    return out, pull


def pow_rule(base, exponent):
    match base > 0:
        case True:
            return base**exponent, lambda g: (
                g * exponent * base ** (exponent - 1),
                g * base**exponent * log(base),
            )
        case _:
            return base**exponent, lambda g: (g * exponent * base ** (exponent - 1), 0.0)


def div_rule(a, b):
    return a / b, lambda g: (g / b, -a * g / (b * b))


def rsub(a, other):
    return sub_rule(other, a)[0], lambda g: (-g, g)


def rdiv(a, other):
    return other / a, lambda g: (-g * other / a / a, g / a)
