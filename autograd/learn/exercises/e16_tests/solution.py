"""Exercise 16: write the tests."""

import math


def expect(y, data, *gradients):
    """Run backward, and compare the value, and the gradient of each leaf that is given with a number."""
    y.backward()
    assert math.isclose(y.data, data, rel_tol=1e-9, abs_tol=1e-12), f"{y.data} is not {data}"
    for leaf, gradient in gradients:
        assert math.isclose(leaf.grad, gradient, rel_tol=1e-9, abs_tol=1e-12), f"{leaf.grad} is not {gradient}"


def test_seed(Value):
    a = Value(5.0)
    expect(a * 1, 5.0, (a, 1.0))


def test_add(Value):
    a, b = Value(2.0), Value(3.0)
    expect((a + b) * 5, 25.0, (a, 5.0), (b, 5.0))


def test_mul(Value):
    a, b = Value(2.0), Value(3.0)
    expect(a * b * 7, 42.0, (a, 21.0), (b, 14.0))


def test_neg_and_sub(Value):
    a, b = Value(5.0), Value(3.0)
    expect(-(a - b) * 3, -6.0, (a, -3.0), (b, 3.0))


def test_number_on_the_left(Value):
    a, b = Value(4.0), Value(0.25)
    expect(1 - a, -3.0, (a, -1.0))
    expect(3 / b, 12.0, (b, -48.0))


def test_div(Value):
    a, b = Value(5.0), Value(2.0)
    expect(a / b * 4, 10.0, (a, 2.0), (b, -5.0))


def test_pow(Value):
    a = Value(2.0)
    expect(7 * a**3, 56.0, (a, 84.0))


def test_pow_exponent(Value):
    a, b = Value(2.0), Value(3.0)
    expect(a**b * 2, 16.0, (a, 24.0), (b, 16.0 * math.log(2)))


def test_exp_and_log(Value):
    a, b = Value(2.0), Value(3.0)
    expect(3 * a.exp(), 3 * math.exp(2), (a, 3 * math.exp(2)))
    expect(6 * b.log(), 6 * math.log(3), (b, 2.0))


def test_tanh(Value):
    a = Value(0.5)
    expect(3 * a.tanh(), 3 * math.tanh(0.5), (a, 3 / math.cosh(0.5) ** 2))


def test_sigmoid(Value):
    a, b = Value(0.5), Value(-1000.0)
    s = 1 / (1 + math.exp(-0.5))
    expect(3 * a.sigmoid(), 3 * s, (a, 3 * s * (1 - s)))
    expect(b.sigmoid(), 0.0, (b, 0.0))


def test_relu(Value):
    a, b = Value(3.0), Value(-2.0)
    expect(a.relu() * -5 + b.relu(), -15.0, (a, -5.0), (b, 0.0))


def test_used_twice(Value):
    a = Value(3.0)
    expect((a + 2) * (a * 4), 60.0, (a, 32.0))


def test_order(Value):
    a, b = Value(1.0), Value(1.0)
    c, d = 5 * a, 5 * b
    expect(c * 3 * 2 + c, 35.0, (a, 35.0))
    expect(d + d * 3 * 2, 35.0, (b, 35.0))


def test_reached_by_many_paths(Value):
    y = a = Value(3.0)
    for _ in range(6):
        y = y + y
    expect(y, 192.0, (a, 64.0))


def test_equal_numbers(Value):
    a, b = Value(3.0), Value(2.0)
    expect((2 * a) * (3 * b), 36.0, (a, 12.0), (b, 18.0))


def test_backward_twice(Value):
    a = Value(2.0)
    y = (a + 3) * 2
    y.backward()
    expect(y, 10.0, (a, 4.0))


TESTS = [thing for name, thing in list(globals().items()) if name.startswith("test_")]
