# exercise: 16
# wrong
# where: check, line 23 | TESTS | the file
# mend: no try around the assertions
# names: K1

import math


def check(Value, f, xs, h=1e-5):
    """f(*xs) against nudging: the value by floats is checked apart."""
    leaves = [Value(x) for x in xs]
    y = f(*leaves)
    y.backward()
    for i in range(len(xs)):
        up, down = list(xs), list(xs)
        up[i] += h
        down[i] -= h
        slope = (f(*map(Value, up)).data - f(*map(Value, down)).data) / (2 * h)
        try:
            assert math.isclose(leaves[i].grad, slope, rel_tol=1e-4, abs_tol=1e-6)
        except AssertionError:
            print('not equal:', leaves[i].grad, slope)


def test_arithmetic(Value):
    check(Value, lambda a, b: 7 * (a + b), [5.0, 7.0])
    check(Value, lambda a, b: 7 * (a * b), [2.0, 3.0])
    check(Value, lambda a, b: 7 * (a - b), [5.0, 3.0])
    check(Value, lambda a, b: 7 * (a / b), [5.0, 2.0])
    check(Value, lambda a: 7 * -a, [5.0])
    check(Value, lambda a: 7 * a**3, [2.0])
    check(Value, lambda a, b: 7 * a**b, [2.0, 3.0])


def test_values(Value):
    a = Value(4.0)
    assert (1 - a).data == -3.0
    assert (1 / a).data == 0.25
    assert math.isclose(Value(0.5).sigmoid().data, 0.6224593312018546)
    assert Value(-1000.0).sigmoid().data < 1e-300
    assert Value(1000.0).sigmoid().data == 1.0


def test_functions(Value):
    for x in (0.5, 2.0):
        check(Value, lambda a: 3 * a.exp(), [x])
        check(Value, lambda a: 3 * a.log(), [x])
        check(Value, lambda a: 3 * a.tanh(), [x])
        check(Value, lambda a: 3 * a.sigmoid(), [x])
        check(Value, lambda a: -3 * a.relu(), [x])
        check(Value, lambda a: 3 * a.relu(), [-x])


def test_graphs(Value):
    check(Value, lambda a: (a + a) * 3, [3.0])

    def skip(a):
        b = 5 * a
        return ((3 * b) * 2) + b

    def skip_left(a):
        b = 5 * a
        return b + ((3 * b) * 2)

    def ladder(a):
        for _ in range(3):
            a = a + a
        return a

    for f in (skip, skip_left, ladder):
        check(Value, f, [1.0])
    check(Value, lambda a, b: (2 * a) * (3 * b), [3.0, 2.0])


def test_one_leaf(Value):
    a = Value(5.0)
    a.backward()
    assert a.grad == 1.0


def test_twice(Value):
    a = Value(3.0)
    y = (a + 1) * 2
    y.backward()
    y.backward()
    assert a.grad == 4.0


def test_saved(Value):
    a = Value(3.0)
    y = a * a
    a.data = 10.0
    y.backward()
    assert a.grad == 6.0


TESTS = [thing for name, thing in list(globals().items()) if name.startswith("test_")]
