"""Exercise 16 as a table of expressions and expected numbers, from which the tests are made."""

from math import cosh, e, exp, log, tanh

TABLE = {
    "add": ("(a + b) * 7", 2, 3, 35, 7, 7),
    "mul": ("a * b * 7", 2, 3, 42, 21, 14),
    "sub": ("(a - b) * 7", 5, 3, 14, 7, -7),
    "neg": ("-a * 7 + b", 5, 3, -32, -7, 1),
    "div": ("a / b * 8", 5, 2, 20, 4, -10),
    "left": ("(1 - a) * (6 / b)", 4, 3, -6, -2, 2),
    "pow": ("7 * a ** 3 + b", 2, 1, 57, 84, 1),
    "exponent": ("a ** b + b", 2, 3, 11, 12, 8 * log(2) + 1),
    "exp": ("a.exp() * b", 2, 3, 3 * exp(2), 3 * exp(2), exp(2)),
    "log": ("a.log() * b", 2, 3, 3 * log(2), 1.5, log(2)),
    "tanh": ("a.tanh() * b", 0.5, 3, 3 * tanh(0.5), 3 / cosh(0.5) ** 2, tanh(0.5)),
    "sigmoid": ("a.sigmoid() * b", -1, 3, 3 / (1 + e), 3 * e / (1 + e) ** 2, 1 / (1 + e)),
    "small": ("a.sigmoid() + b", -1000, 3, 3, 0, 1),
    "relu": ("a.relu() * -4 + b.relu()", 3, -3, -12, -4, 0),
    "twice": ("(a + b) * a + a", 3, 5, 27, 12, 3),
    "short_and_long": ("(lambda c: c * 3 * 2 + c)(5 * a) * b", 1, 1, 35, 35, 35),
    "long_and_short": ("(lambda c: c + c * 3 * 2)(5 * a) * b", 1, 1, 35, 35, 35),
    "doubled": ("(lambda c: c + c)((lambda c: c + c)(a + a)) * b", 3, 1, 24, 8, 24),
    "equal": ("(2 * a) * (3 * b)", 3, 2, 36, 12, 18),
}


def made(name):
    source, a0, b0, *expected = TABLE[name]

    def test(Value):
        a, b = Value(float(a0)), Value(float(b0))
        out = eval(source, {"a": a, "b": b})
        out.backward()
        for found, right in zip((out.data, a.grad, b.grad), expected):
            assert abs(found - right) <= 1e-6 * (1 + abs(right)), (name, found, right)

    test.__name__ = f"test_{name}"
    return test


def test_twice_backward(Value):
    a = Value(2.0)
    out = a * 3 * 1
    out.backward()
    out.backward()
    assert a.grad == 6.0


TESTS = [made(name) for name in TABLE] + [test_twice_backward]
