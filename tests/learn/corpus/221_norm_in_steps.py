# exercise: 21
# expect: passed
# style: microgpt's form, and each of its lines backwards
def rmsnorm(xs, scale):
    ms = sum(x * x for x in xs) / len(xs)
    k = (ms + 1e-5) ** -0.5
    return [x * k * s for x, s in zip(xs, scale)]


def rmsnorm_backward(xs, scale, gradients):
    ms = sum(x * x for x in xs) / len(xs)
    k = (ms + 1e-5) ** -0.5
    dscale = [g * x * k for g, x in zip(gradients, xs)]
    dk = sum(g * s * x for g, s, x in zip(gradients, scale, xs))
    dms = dk * -0.5 * (ms + 1e-5) ** -1.5
    return [g * s * k + dms * 2 * x / len(xs) for g, s, x in zip(gradients, scale, xs)], dscale
