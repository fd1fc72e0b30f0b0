# exercise: 10
# right

from math import isclose


def _at(f, xs, i, step):
    return f([x + step * (i == j) for j, x in enumerate(xs)])[0]


def _is_wrong(f, xs, i, claim, h=1e-5):
    y = f(list(xs))[0]
    right, left = (_at(f, xs, i, h) - y) / h, (y - _at(f, xs, i, -h)) / h
    if not isclose(right, left, rel_tol=0.01, abs_tol=1e-3):
        return False
    return not isclose(claim, (right + left) / 2, rel_tol=1e-4, abs_tol=1e-7)


def gradcheck(f, xs):
    return [i for i, claim in enumerate(f(list(xs))[1]) if _is_wrong(f, xs, i, claim)]


def _everything(a, b):
    c = a * b + a
    d = (c.tanh() * 3 + (b / a) * 2 - (a - b)) * 2
    e = d + (0 - a**3) * 2 + (a.exp() * 3).log() + b.log() * 5 + 1 / (a + b) + (1 - b) * 3
    return e * 2 + (a - 5 * b).relu() * 3 + (b * 7).relu() * 2 + (0 - b).relu()


def _long_way(a, b):
    c = 5 * a
    return (3 * c) * (3 * c) + c + b


def _short_way(a, b):
    c = 5 * a
    return c + (3 * c) * (3 * c) * b


def broken(engines):
    points = [[0.5, 1.25], [2.0, 3.0], [1.5, 0.25]]
    functions = [_everything, _long_way, _short_way]
    return [
        name
        for name, engine in engines.items()
        if any(gradcheck(lambda p: engine(f, p), xs) for f in functions for xs in points)
    ]
