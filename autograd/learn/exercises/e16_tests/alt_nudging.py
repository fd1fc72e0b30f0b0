"""Exercise 16 by nudging: each test is an expression, and the engine's gradient is compared with measured slopes."""

import math


def compare(Value, f, *numbers, value=None, h=1e-5):
    leaves = [Value(x) for x in numbers]
    out = f(*leaves)
    out.backward()
    if value is not None:
        assert abs(out.data - value) < 1e-9
    for i, leaf in enumerate(leaves):

        def moved(step, i=i):
            return f(*[Value(x + step * (j == i)) for j, x in enumerate(numbers)]).data

        assert abs(leaf.grad - (moved(h) - moved(-h)) / (2 * h)) < 1e-5 * max(1.0, abs(leaf.grad))


def test_one_value(Value):
    compare(Value, lambda a: a * 1.0, 4.0, value=4.0)


def test_arithmetic(Value):
    compare(Value, lambda a, b: ((a + b) * 5 - a * b) * 3, 2.0, 3.0, value=57.0)
    compare(Value, lambda a, b: -(a - b) * 2, 5.0, 3.0, value=-4.0)
    compare(Value, lambda a, b: 3 * (a / b), 5.0, 2.0, value=7.5)


def test_products(Value):
    compare(Value, lambda a, b: 7 * (a * b), 2.0, 3.0, value=42.0)


def test_sums(Value):
    compare(Value, lambda a, b: 7 * (a + b), 2.0, 3.0, value=35.0)


def test_powers(Value):
    compare(Value, lambda a: 7 * a**3, 2.0, value=56.0)
    compare(Value, lambda a, b: 2 * a**b, 2.0, 3.0, value=16.0)


def test_left(Value):
    compare(Value, lambda a: 1 - a, 4.0, value=-3.0)
    compare(Value, lambda a: 1 / a, 4.0, value=0.25)


def test_exp(Value):
    compare(Value, lambda a: 3 * a.exp(), 2.0, value=3 * math.exp(2))


def test_log(Value):
    compare(Value, lambda a: 3 * a.log(), 2.0, value=3 * math.log(2))


def test_tanh(Value):
    compare(Value, lambda a: 3 * a.tanh(), 0.5, value=3 * math.tanh(0.5))


def test_sigmoid(Value):
    compare(Value, lambda a: 3 * a.sigmoid(), 0.5)
    compare(Value, lambda a: 3 * a.sigmoid(), -1000.0, value=0.0)


def test_relu(Value):
    compare(Value, lambda a, b: -5 * a.relu() + b.relu(), 3.0, -2.0, value=-15.0)


def test_shared(Value):
    def f(a):
        b = a * 5
        c = b * 3
        return (b + c * 2) * a + (c * 2 + b)

    compare(Value, f, 1.0, value=70.0)


def test_same_number(Value):
    compare(Value, lambda a, b: (a * 2) * (b * 3), 3.0, 2.0)


TESTS = [thing for name, thing in list(globals().items()) if name.startswith("test_")]
