# exercise: 21
# right

import math

EPSILON = 1e-5


def rmsnorm(xs, scale):
    ms = sum(x * x for x in xs) / len(xs)
    r = math.sqrt(ms + EPSILON)
    return [x / r * s for x, s in zip(xs, scale)]


def rmsnorm_backward(xs, scale, gradients):
    n = len(xs)
    r2 = sum(x**2 for x in xs) / n + EPSILON
    r = r2**0.5
    dxs = []
    for i in range(n):
        total = 0.0
        for j in range(n):
            dy = ((i == j) / r - xs[i] * xs[j] / (n * r2 * r)) * scale[j]
            total += gradients[j] * dy
        dxs.append(total)
    return tuple(dxs), tuple(g * x / r for g, x in zip(gradients, xs))
