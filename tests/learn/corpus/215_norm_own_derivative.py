# exercise: 21
# expect: U14
# style: each number by itself, with the quotient rule
import math


def rmsnorm(xs, scale):
    r = math.sqrt(sum(x * x for x in xs) / len(xs) + 1e-5)
    return [s * x / r for s, x in zip(scale, xs)]


def rmsnorm_backward(xs, scale, gradients):
    n = len(xs)
    r = math.sqrt(sum(x * x for x in xs) / n + 1e-5)
    dx = [g * s * (r - x * x / (n * r)) / r**2 for g, s, x in zip(gradients, scale, xs)]
    return dx, [g * x / r for g, x in zip(gradients, xs)]
