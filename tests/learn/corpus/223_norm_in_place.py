# exercise: 21
# expect: U20
# style: the list that came in is divided
EPS = 1e-5


def rmsnorm(xs, scale):
    r = (sum(x**2 for x in xs) / len(xs) + EPS) ** 0.5
    for i in range(len(xs)):
        xs[i] /= r
    return [s * x for s, x in zip(scale, xs)]


def rmsnorm_backward(xs, scale, gradients):
    r = (sum(x**2 for x in xs) / len(xs) + EPS) ** 0.5
    n = [x / r for x in xs]
    h = [g * s for g, s in zip(gradients, scale)]
    m = sum(a * b for a, b in zip(h, n)) / len(n)
    return [(a - b * m) / r for a, b in zip(h, n)], [g * b for g, b in zip(gradients, n)]
