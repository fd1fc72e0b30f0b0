# exercise: 16
# wrong
# where: check, line 20 | TESTS | the file
# mend: let the AssertionError through
# names: none

import math


def close(a, b):
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


def check(y, data, *pairs):
    try:
        y.backward()
        assert close(y.data, data)
        for leaf, grad in pairs:
            assert close(leaf.grad, grad)
    except AssertionError:
        print("wrong:", y.data, data)


def test_add(Value):
    a, b = Value(5.0), Value(7.0)
    check(3 * (a + b), 36.0, (a, 3.0), (b, 3.0))


def test_add_number(Value):
    a = Value(5.0)
    check(3 * (a + 2.0), 21.0, (a, 3.0))
    b = Value(5.0)
    check(3 * (2.0 + b), 21.0, (b, 3.0))


def test_sub(Value):
    a, b = Value(5.0), Value(7.0)
    check(3 * (a - b), -6.0, (a, 3.0), (b, -3.0))
    c = Value(5.0)
    check(3 * (2.0 - c), -9.0, (c, -3.0))
    d = Value(5.0)
    check(3 * (d - 2.0), 9.0, (d, 3.0))


def test_neg(Value):
    a = Value(5.0)
    check(3 * -a, -15.0, (a, -3.0))


def test_mul(Value):
    a, b = Value(2.0), Value(3.0)
    check(5 * (a * b), 30.0, (a, 15.0), (b, 10.0))


def test_div(Value):
    a, b = Value(6.0), Value(4.0)
    check(5 * (a / b), 7.5, (a, 1.25), (b, -30.0 / 16))
    c = Value(4.0)
    check(5 * (3.0 / c), 3.75, (c, -15.0 / 16))
    d = Value(4.0)
    check(5 * (d / 8.0), 2.5, (d, 5.0 / 8))


def test_pow(Value):
    a = Value(2.5)
    check(5 * a**3, 5 * 2.5**3, (a, 15 * 2.5**2))
    a, b = Value(2.5), Value(1.5)
    check(5 * a**b, 5 * 2.5**1.5, (a, 7.5 * 2.5**0.5), (b, 5 * 2.5**1.5 * math.log(2.5)))
    b = Value(3.0)
    check(5 * 2.0**b, 40.0, (b, 40 * math.log(2)))


def test_exp(Value):
    a = Value(0.7)
    check(5 * a.exp(), 5 * math.exp(0.7), (a, 5 * math.exp(0.7)))


def test_log(Value):
    a = Value(3.7)
    check(5 * a.log(), 5 * math.log(3.7), (a, 5 / 3.7))


def test_tanh(Value):
    a = Value(0.7)
    t = math.tanh(0.7)
    check(5 * a.tanh(), 5 * t, (a, 5 * (1 - t * t)))


def test_sigmoid(Value):
    for x in (0.7, -1.3):
        a = Value(x)
        s = 1 / (1 + math.exp(-x))
        check(5 * a.sigmoid(), 5 * s, (a, 5 * s * (1 - s)))
    a = Value(-1000.0)
    check(a.sigmoid(), 0.0, (a, 0.0))


def test_relu(Value):
    a = Value(0.7)
    check(5 * a.relu(), 3.5, (a, 5.0))
    a = Value(-0.7)
    check(5 * a.relu(), 0.0, (a, 0.0))


def test_shared(Value):
    a = Value(3.0)
    check(2 * (a * a), 18.0, (a, 12.0))
    a = Value(3.0)
    check(a + a, 6.0, (a, 2.0))
    a = Value(3.0)
    b = a * 2
    check(b * a + b, 24.0, (a, 14.0))
    a = Value(3.0)
    b = a * 2
    check(a * b + b.exp(), 18 + math.exp(6), (a, 12 + 2 * math.exp(6)))


def test_equal_numbers(Value):
    a, b = Value(3.0), Value(3.0)
    check(2 * a * b + a * 5, 33.0, (a, 11.0), (b, 6.0))


def test_twice(Value):
    a, b = Value(3.0), Value(4.0)
    y = (a * b).tanh() + a * b * a
    y.backward()
    ga, gb = a.grad, b.grad
    y.backward()
    assert close(a.grad, 2 * ga) and close(b.grad, 2 * gb)
    z = a * 2
    z.backward()
    assert close(a.grad, 2 * ga + 2)


def test_many_paths(Value):
    a = Value(1.0)
    y = a
    for _ in range(30):
        y = y + y
    check(y, 2.0**30, (a, 2.0**30))


def test_long_chain(Value):
    a = Value(1.0)
    y = a
    for _ in range(3000):
        y = y + 1.0
    check(y, 3001.0, (a, 1.0))


def test_changed_later(Value):
    a, b = Value(2.0), Value(3.0)
    y = a * b
    a.data = 100.0
    y.backward()
    assert close(b.grad, 2.0)


TESTS = [thing for name, thing in list(globals().items()) if name.startswith("test_")]
