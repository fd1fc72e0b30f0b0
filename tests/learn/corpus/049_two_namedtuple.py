# exercise: 5
# expect: passed
# style: namedtuple, division through powers
import math
from collections import namedtuple

Rule = namedtuple("Rule", "value pull")


def pow_rule(a, b):
    value = a**b

    def pull(g):
        by_base = g * b * a ** (b - 1)
        try:
            by_exponent = g * value * math.log(a)
        except ValueError:
            by_exponent = 0.0
        return by_base, by_exponent

    return Rule(value, pull)


def neg_rule(a):
    return Rule(0 - a, lambda g: [0 - g])


def sub_rule(a, b):
    return Rule(a + neg_rule(b).value, lambda g: [g, *neg_rule(b).pull(g)])


def div_rule(a, b):
    inverse = pow_rule(b, -1)

    def pull(g):
        by_inverse, _ = inverse.pull(g * a)
        return g * inverse.value, by_inverse

    return Rule(a * inverse.value, pull)


def rsub(a, other):
    value, pull = sub_rule(other, a)
    return Rule(value, lambda g: list(reversed(pull(g))))


def rdiv(a, other):
    value, pull = div_rule(other, a)
    return Rule(value, lambda g: list(reversed(pull(g))))
