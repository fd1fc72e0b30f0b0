# exercise: 21
# expect: not sure
# style: the list of gradients is multiplied where it is
def root(xs):
    return (sum(x * x for x in xs) / len(xs) + 1e-5) ** 0.5


def rmsnorm(xs, scale):
    r = root(xs)
    return [x / r * s for x, s in zip(xs, scale)]


def rmsnorm_backward(xs, scale, gradients):
    r = root(xs)
    n = [x / r for x in xs]
    ds = [g * k for g, k in zip(gradients, n)]
    for i, s in enumerate(scale):
        gradients[i] *= s
    m = sum(g * k for g, k in zip(gradients, n)) / len(n)
    return [(g - k * m) / r for g, k in zip(gradients, n)], ds
