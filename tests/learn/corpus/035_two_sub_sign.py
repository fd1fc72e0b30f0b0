# exercise: 5
# expect: M17
# style: Java-like classes
from abc import ABC, abstractmethod
from math import log


class Rule(ABC):
    def __init__(self, *operands):
        self.operands = operands

    @abstractmethod
    def forward(self): ...

    @abstractmethod
    def backward(self, g): ...

    def run(self):
        return self.forward(), self.backward


class NegRule(Rule):
    def forward(self):
        return -self.operands[0]

    def backward(self, g):
        return (-g,)


class SubRule(Rule):
    def forward(self):
        return self.operands[0] - self.operands[1]

    def backward(self, g):
        # like a sum, it distributes the gradient
        return g, g


class DivRule(Rule):
    def forward(self):
        return self.operands[0] / self.operands[1]

    def backward(self, g):
        top, bottom = self.operands
        return g * (1 / bottom), g * (-top / (bottom * bottom))


class PowRule(Rule):
    def forward(self):
        return self.operands[0] ** self.operands[1]

    def backward(self, g):
        base, exponent = self.operands
        first = g * exponent * base ** (exponent - 1)
        if base <= 0:
            return first, 0.0
        return first, g * self.forward() * log(base)


def neg_rule(a):
    return NegRule(a).run()


def sub_rule(a, b):
    return SubRule(a, b).run()


def div_rule(a, b):
    return DivRule(a, b).run()


def pow_rule(a, b):
    return PowRule(a, b).run()


def rsub(a, other):
    value, back = SubRule(other, a).run()
    return value, lambda g: tuple(reversed(back(g)))


def rdiv(a, other):
    value, back = DivRule(other, a).run()
    return value, lambda g: tuple(reversed(back(g)))
