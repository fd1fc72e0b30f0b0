"""Exercise 21: normalization and its derivative."""

import math

EPSILON = 1e-5


def root_mean_square(xs):
    """√(mean of x² + ε): with ε it is never 0."""
    return math.sqrt(sum(x * x for x in xs) / len(xs) + EPSILON)


def rmsnorm(xs, scale):
    """scale · x / r, with the root mean square r of all xs."""
    r = root_mean_square(xs)
    return [s * x / r for s, x in zip(scale, xs)]


def rmsnorm_backward(xs, scale, gradients):
    """r depends on every x: beside the share along its own path, each receives one along r."""
    r = root_mean_square(xs)
    normalized = [x / r for x in xs]
    arriving = [g * s for g, s in zip(gradients, scale)]
    along_r = sum(a * n for a, n in zip(arriving, normalized)) / len(xs)
    of_xs = [(a - n * along_r) / r for a, n in zip(arriving, normalized)]
    of_scale = [g * n for g, n in zip(gradients, normalized)]
    return of_xs, of_scale
