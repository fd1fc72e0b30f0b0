# exercise: 16
# right

import math

S = 1 / (1 + math.exp(-0.5))
CASES = [
    # f, inputs, value, gradients
    (lambda a, b: (a + b) * 5, (2, 3), 25, (5, 5)),
    (lambda a, b: (a * b) * 7, (2, 3), 42, (21, 14)),
    (lambda a, b: (a - b) * 3, (5, 3), 6, (3, -3)),
    (lambda a, b: (a / b) * 2, (5, 2), 5, (1, -2.5)),
    (lambda a: 2 * -a, (5,), -10, (-2,)),
    (lambda a: (1 - a) * 2, (4,), -6, (-2,)),
    (lambda a: (1 / a) * 32, (4,), 8, (-2,)),
    (lambda a: 7 * a**3, (2,), 56, (84,)),
    (lambda a, b: 3 * a**b, (2, 3), 24, (36, 24 * math.log(2))),
    (lambda a: 3 * a.exp(), (2,), 3 * math.e**2, (3 * math.e**2,)),
    (lambda a: 3 * a.log(), (2,), 3 * math.log(2), (1.5,)),
    (lambda a: 3 * a.tanh(), (0.5,), 3 * math.tanh(0.5), (3 - 3 * math.tanh(0.5) ** 2,)),
    (lambda a: 3 * a.sigmoid(), (0.5,), 3 * S, (3 * S * (1 - S),)),
    (lambda a: -2 * a.relu(), (3,), -6, (-2,)),
    (lambda a: 2 * a.relu(), (-3,), 0, (0,)),
    (lambda a: (a + a) * 3, (3,), 18, (6,)),
    (lambda a, b: (2 * a) * (3 * b), (3, 2), 36, (12, 18)),
]


def test_table(Value):
    for f, xs, value, grads in CASES:
        leaves = [Value(float(x)) for x in xs]
        y = f(*leaves)
        y.backward()
        assert math.isclose(y.data, value, rel_tol=1e-9, abs_tol=1e-12)
        for leaf, grad in zip(leaves, grads):
            assert math.isclose(leaf.grad, grad, rel_tol=1e-9, abs_tol=1e-12), (leaf.grad, grad)


def test_far_out(Value):
    assert Value(-1000.0).sigmoid().data < 1e-9
    assert Value(1000.0).sigmoid().data > 0.999


def test_skips(Value):
    a = Value(1.0)
    b = a * 5
    (((b * 3) * 2) + b).backward()
    assert a.grad == 35
    a = Value(1.0)
    b = a * 5
    (b + ((b * 3) * 2)).backward()
    assert a.grad == 35


def test_doubling(Value):
    x = a = Value(3.0)
    for _ in range(4):
        x = x + x
    x.backward()
    assert a.grad == 16


def test_itself_and_again(Value):
    a = Value(7.0)
    a.backward()
    assert a.grad == 1
    b = Value(2.0)
    y = (b + 1) * 3
    y.backward()
    y.backward()
    assert b.grad == 6


def test_long_chain(Value):
    x = a = Value(1.0)
    for _ in range(5000):
        x = x + 0.5
    x.backward()
    assert a.grad == 1


def test_old_numbers(Value):
    a = Value(3.0)
    y = a * a
    a.data = 10.0
    y.backward()
    assert a.grad == 6


TESTS = [thing for name, thing in list(globals().items()) if name.startswith("test_")]
