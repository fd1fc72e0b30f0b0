# exercise: 16
# wrong
# where: test_tanh, line 19 | test_mul, line 13
# mend: assert for return
# names: K1

import math


def test_mul(Value):
    a, b = Value(2.0), Value(3.0)
    (7 * (a * b)).backward()
    return a.grad == 21 and b.grad == 14


def test_tanh(Value):
    a = Value(0.5)
    (3 * a.tanh()).backward()
    return math.isclose(a.grad, 3 * (1 - math.tanh(0.5) ** 2))


TESTS = [test_mul, test_tanh]
