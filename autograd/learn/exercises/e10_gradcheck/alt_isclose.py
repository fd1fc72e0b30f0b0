"""Exercise 10 with math.isclose, and with three slopes: the claim has to agree with one, unless the outer two disagree."""

from functools import partial
from math import isclose

near = partial(isclose, rel_tol=1e-4, abs_tol=1e-7)
alike = partial(isclose, rel_tol=0.05, abs_tol=0.01)


def along(f, xs, i):
    """f as a function of the i-th argument alone."""
    return lambda x: f([*xs[:i], x, *xs[i + 1 :]])[0]


def gradcheck(f, xs):
    def is_fine(i, claim, h=2e-6):
        g, x = along(f, xs, i), xs[i]
        left, right = (g(x) - g(x - h)) / h, (g(x + h) - g(x)) / h
        return near(claim, (left + right) / 2) or not alike(left, right)

    return [i for i, claim in enumerate(f(tuple(xs))[1]) if not is_fine(i, claim)]


SAMPLES = {
    (2.0, 3.0): [
        lambda a, b: 2 * (a + b) * (a - b),
        lambda a, b: 2 * (a * b) * a,
        lambda a, b: 2 * (a / b),
        lambda a, b: 2 * (a**-2) + b**3,
    ],
    (0.5, 1.5): [
        lambda a, b: 2 * a.exp() + 3 * b.log(),
        lambda a, b: 2 * a.tanh() + 3 * b.tanh(),
        lambda a, b: 2 * a.relu() - (-b).relu(),
    ],
}


def broken(engines):
    def is_broken(engine):
        for point, functions in SAMPLES.items():
            for function in functions:
                if gradcheck(partial(engine, function), list(point)):
                    return True
        return False

    return list(filter(lambda name: is_broken(engines[name]), engines))
