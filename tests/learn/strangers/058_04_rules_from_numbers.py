# exercise: 4
# right

import operator


class Pull:
    __slots__ = ("factors",)

    def __init__(self, *factors):
        self.factors = factors

    def __call__(self, upstream):
        return tuple(upstream * factor for factor in self.factors)


def add_rule(a, b):
    return operator.add(a, b), Pull(1.0, 1.0)


def mul_rule(a, b):
    return operator.mul(a, b), Pull(b, a)
