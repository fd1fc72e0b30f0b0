# exercise: 21
# expect: U1
# style: the quotient's numerator only, list comprehensions
def root(xs):
    return (sum(x * x for x in xs) / len(xs) + 1e-5) ** 0.5


def rmsnorm(xs, scale):
    r = root(xs)
    return [x / r * s for x, s in zip(xs, scale)]


def rmsnorm_backward(xs, scale, gradients):
    r = root(xs)
    dx = [g * s / r for g, s in zip(gradients, scale)]
    ds = [g * x / r for g, x in zip(gradients, xs)]
    return dx, ds
