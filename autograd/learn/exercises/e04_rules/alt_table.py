"""Exercise 4 with the local derivatives computed at once and one pullback for every operation."""

from functools import partial


def pull(local, g):
    return tuple(g * derivative for derivative in local)


def add_rule(a, b):
    return a + b, partial(pull, (1.0, 1.0))


def mul_rule(a, b):
    return a * b, partial(pull, (b, a))
