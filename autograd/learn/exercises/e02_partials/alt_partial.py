"""Exercise 2 as one expression: a function of one number for each argument."""

from functools import partial

from e01_nudge import nudge


def at(f, xs, i, x):
    return f(*(x if j == i else other for j, other in enumerate(xs)))


def grad(f, xs, h=1e-5):
    return tuple(nudge(partial(at, f, xs, i), x, h) for i, x in enumerate(xs))
