# exercise: 21
# expect: crashed
# style: the normalized numbers as outputs over scale
def rmsnorm(xs, scale):
    r = (sum(x * x for x in xs) / len(xs) + 1e-5) ** 0.5
    return [x / r * s for x, s in zip(xs, scale)]


def rmsnorm_backward(xs, scale, gradients):
    r = (sum(x * x for x in xs) / len(xs) + 1e-5) ** 0.5
    n = [y / s for y, s in zip(rmsnorm(xs, scale), scale)]
    h = [g * s for g, s in zip(gradients, scale)]
    m = sum(a * b for a, b in zip(h, n)) / len(n)
    return [(a - b * m) / r for a, b in zip(h, n)], [g * b for g, b in zip(gradients, n)]
