"""Exercise 21 in small steps, each with its own way back: squares, mean, power, product."""

EPSILON = 1e-5


def rmsnorm(xs, scale):
    factor = (sum(x**2 for x in xs) / len(xs) + EPSILON) ** -0.5
    return [x * factor * s for x, s in zip(xs, scale)]


def rmsnorm_backward(xs, scale, gradients):
    mean = sum(x**2 for x in xs) / len(xs) + EPSILON
    factor = mean**-0.5
    of_factor = 0.0
    of_xs, of_scale = [], []
    for x, s, g in zip(xs, scale, gradients):
        of_scale.append(g * x * factor)
        of_factor += g * s * x
        of_xs.append(g * s * factor)
    of_mean = of_factor * -0.5 * mean**-1.5
    for i, x in enumerate(xs):
        of_xs[i] += of_mean * 2 * x / len(xs)
    return of_xs, of_scale
