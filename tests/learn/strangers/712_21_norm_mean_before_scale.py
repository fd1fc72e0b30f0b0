# exercise: 21
# wrong
# where: rmsnorm_backward, line 24
# mend: the mean of what arrives times scale
# names: U18

import math

EPSILON = 1e-5


def rmsnorm(xs, scale):
    ms = sum(x * x for x in xs) / len(xs)
    r = math.sqrt(ms + EPSILON)
    return [x / r * s for x, s in zip(xs, scale)]


def rmsnorm_backward(xs, scale, gradients):
    n = len(xs)
    r = math.sqrt(sum(x * x for x in xs) / n + EPSILON)
    normed = [x / r for x in xs]
    dscale = [g * y for g, y in zip(gradients, normed)]
    dnormed = [g * s for g, s in zip(gradients, scale)]
    mean = sum(g * y for g, y in zip(gradients, normed)) / n
    dxs = [(d - y * mean) / r for d, y in zip(dnormed, normed)]
    return dxs, dscale
