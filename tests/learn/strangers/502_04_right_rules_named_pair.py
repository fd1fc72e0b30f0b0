# exercise: 4
# right

from typing import NamedTuple


class Gradients(NamedTuple):
    left: float
    right: float


def add_rule(a, b):
    return a + b, lambda g: Gradients(g, g)


def mul_rule(a, b):
    return a * b, lambda g: Gradients(left=b * g, right=a * g)
