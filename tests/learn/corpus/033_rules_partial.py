# exercise: 4
# expect: passed
# style: functools and operator
from functools import partial
from operator import add, mul


def _scaled(factors, g):
    return [factor * g for factor in factors]


def add_rule(a, b):
    return [add(a, b), partial(_scaled, (1, 1))]


def mul_rule(a, b):
    return [mul(a, b), partial(_scaled, (b, a))]
