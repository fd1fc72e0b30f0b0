# exercise: 16
# expect: passed
# style: one table of expressions, checked by nudging with plain numbers
import math


class Plain(float):
    """A float with the functions, so that the same expressions give plain numbers."""

    def _wrap(name):
        def method(self, *others):
            return Plain(getattr(float, name)(self, *(float(o) for o in others)))
        return method

    for _name in "add radd sub rsub mul rmul truediv rtruediv pow rpow neg".split():
        vars()[f"__{_name}__"] = _wrap(f"__{_name}__")

    def exp(self):
        return Plain(math.exp(self))

    def log(self):
        return Plain(math.log(self))

    def tanh(self):
        return Plain(math.tanh(self))

    def sigmoid(self):
        return Plain(0.5 + 0.5 * math.tanh(self / 2))

    def relu(self):
        return Plain(max(self, 0.0))


def doubled(a):
    for _ in range(3):
        a = a + a
    return a


def twice_long_left(a):
    s = a * 5
    return (s * 3) * 2 + s


def twice_long_right(a):
    s = a * 5
    return s + (s * 3) * 2


def same_number(a, b):
    return (a * 2) * (b * 3)


CASES = {
    "add": (lambda a, b: (a + b) * 5, 2.0, 3.0),
    "add_twice": (lambda a: a + a, 3.0),
    "mul": (lambda a, b: (a * b) * 7, 2.0, 3.0),
    "sub": (lambda a, b: (a - b) * 7, 5.0, 3.0),
    "rsub": (lambda a: (1 - a) * 3, 4.0),
    "neg": (lambda a: -a * 3, 4.0),
    "div": (lambda a, b: a / b * 3, 5.0, 2.0),
    "rdiv": (lambda a: 1 / a * 3, 4.0),
    "pow": (lambda a: 7 * a**3, 2.0),
    "pow_both": (lambda a, b: a**b * 2, 2.0, 3.0),
    "exp": (lambda a: a.exp() * 3, 2.0),
    "log": (lambda a: a.log() * 3, 2.0),
    "tanh": (lambda a: a.tanh() * 3, 0.5),
    "sigmoid": (lambda a: a.sigmoid() * 3, 0.5),
    "relu_right": (lambda a: a.relu() * 3, 3.0),
    "relu_left": (lambda a: a.relu() * 3, -3.0),
    "relu_minus": (lambda a: -a.relu(), 2.0),
    "doubled": (doubled, 3.0),
    "long_left": (twice_long_left, 1.0),
    "long_right": (twice_long_right, 1.0),
    "same_number": (same_number, 3.0, 2.0),
    "single": (lambda a: a * 1, 5.0),
}


def make(f, *xs):
    def test(Value):
        leaves = [Value(x) for x in xs]
        y = f(*leaves)
        assert math.isclose(y.data, f(*map(Plain, xs)), rel_tol=1e-9)
        y.backward()
        for i, leaf in enumerate(leaves):
            up = [Plain(x + 1e-5 * (i == j)) for j, x in enumerate(xs)]
            down = [Plain(x - 1e-5 * (i == j)) for j, x in enumerate(xs)]
            assert math.isclose(leaf.grad, (f(*up) - f(*down)) / 2e-5, rel_tol=1e-5)
    return test


def test_backward_twice(Value):
    a = Value(3.0)
    y = a * 2 + 1
    y.backward()
    y.backward()
    assert a.grad == 4.0


def test_far_out(Value):
    assert Value(-1000.0).sigmoid().data < 1e-9


TESTS = [make(*case) for case in CASES.values()] + [test_backward_twice, test_far_out]
