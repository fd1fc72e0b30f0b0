# exercise: 16
# expect: K9
# style: == on floats that differ between right engines
import math


def test_sigmoid(Value):
    a = Value(0.5)
    y = a.sigmoid() * 3
    y.backward()
    s = 1 / (1 + math.exp(-0.5))
    assert y.data == 3 * s
    assert a.grad == 3 * s * (1 - s)


def test_tanh(Value):
    a = Value(0.5)
    y = 3 * a.tanh()
    y.backward()
    assert a.grad == 3 * (1 - math.tanh(0.5) ** 2)


def test_parents(Value):
    a, b = Value(2.0), Value(3.0)
    y = a * b
    assert y.parents == (a, b)


def test_power(Value):
    a = Value(2.0)
    y = a**3
    y.backward()
    assert a.grad == 12


TESTS = [thing for name, thing in list(globals().items()) if name.startswith("test_")]
